"""Deadlines as officers read them: how much working time is left, how long they have passed."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.dossiers.models import Dossier
from motcua.dossiers.operations.counter import NEARLY_OVER_HOURS
from motcua.dossiers.states import State
from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar
from motcua.foundation.working_time import HOURS_PER_DAY, hours_words, working_hours_between

_LONG = timedelta(days=60)  # beyond it nobody counts hours


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline beside the moment of looking at it. `tone` is a tag's: danger, warning, waiting, neutral."""

    name: str
    due_at: datetime
    words: str
    tone: str
    is_late: bool
    ticking: str = ""  # what a script needs to count on, as JSON; empty where nothing is counted down


def clock(name: str, due_at: datetime, at: datetime, calendar: Calendar) -> Clock:
    """What is left until `due_at`, in working time; what has passed since when it is over."""
    if due_at < at:
        passed = _span(due_at, at, calendar)
        words = _("Quá hạn %(time)s") % {"time": passed} if passed else _("Quá hạn")
        return Clock(name, due_at, words, "danger", True)
    left = _("còn %(time)s") % {"time": _span(at, due_at, calendar) or _("dưới 1 phút")}
    if due_at.astimezone(HANOI).date() == at.astimezone(HANOI).date():
        whole = working_hours_between(at, due_at, calendar) >= HOURS_PER_DAY  # looked at before the day's work began
        words = _("Hạn hôm nay") if whole else _("Hạn hôm nay, %(left)s") % {"left": left}
        return Clock(name, due_at, words, "warning", False)
    soon = due_at - at < timedelta(days=3)
    return Clock(name, due_at, left[0].upper() + left[1:], "waiting" if soon else "neutral", False)


def countdown(name: str, due_at: datetime, at: datetime, calendar: Calendar, nearly_hours: float) -> Clock:
    """A deadline of some working hours: it is quiet until `nearly_hours` of working time are left, and it ticks."""
    told = clock(name, due_at, at, calendar)
    if told.is_late:
        return told
    nearly = working_hours_between(at, due_at, calendar) <= nearly_hours
    return replace(told, tone="warning" if nearly else "neutral", ticking=_ticking(due_at, at, calendar, nearly_hours))


def _ticking(due_at: datetime, at: datetime, calendar: Calendar, nearly_hours: float) -> str:
    """The working time until the deadline as pairs of seconds from now, and from when on the deadline is of today.

    Seconds from the server's moment: what the clock of the officer's computer says does not matter.
    """
    if due_at - at > _LONG:
        return ""
    first, last, spans = at.astimezone(HANOI), due_at.astimezone(HANOI), []
    for day in (first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)):
        for begins, ends in calendar.on(day).sessions:
            if ends > at and begins < due_at:
                spans.append([_seconds(max(begins, at) - at), _seconds(min(ends, due_at) - at)])
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    told = {"spans": spans, "today": _seconds(midnight - at), "nearly": nearly_hours, "day": HOURS_PER_DAY}
    return json.dumps(told, separators=(",", ":"))


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())


def words() -> dict[str, object]:
    """The words of `clock` for a script that counts on: patterns with one place each, of units for one and for many."""
    return {
        "left": _("còn %(time)s"),
        "working": _("%(hours)s làm việc"),
        "days": _("%(n)d ngày làm việc"),
        "last": _("dưới 1 phút"),
        "today": _("Hạn hôm nay"),
        "todayLeft": _("Hạn hôm nay, %(left)s"),
        "late": _("Quá hạn"),
        "hours": [ngettext("%(n)s giờ", "%(n)s giờ", n) for n in (1, 2)],
        "minutes": [ngettext("%(n)s phút", "%(n)s phút", n) for n in (1, 2)],
    }


def _span(begins: datetime, ends: datetime, calendar: Calendar) -> str:
    """The working time between two moments in words; empty when nobody worked in between."""
    if ends - begins > _LONG:
        return _("%(n)d ngày") % {"n": (ends - begins).days}
    hours = working_hours_between(begins, ends, calendar)
    if round(hours * 60) == 0:
        return ""
    if hours < HOURS_PER_DAY:
        return _("%(hours)s làm việc") % {"hours": hours_words(hours)}
    return _("%(n)d ngày làm việc") % {"n": int(hours // HOURS_PER_DAY)}


def of_dossier(
    dossier: Dossier,
    at: datetime,
    *,
    supplement_due: datetime | None = None,
) -> Clock | None:
    """The deadline that runs in a dossier's state; none runs once there is a result.

    Reads the calendars of reception and agency: have them at hand.
    """
    state = dossier.state
    counter, agency = dossier.reception.calendar.calendar, dossier.agency.calendar.calendar
    if state == State.SUBMITTED and dossier.intake_due_at:
        return countdown(_("Hạn phản hồi tiếp nhận"), dossier.intake_due_at, at, counter, NEARLY_OVER_HOURS)
    if state == State.SUPPLEMENT_REQUESTED and supplement_due:
        return clock(_("Hạn bổ sung"), supplement_due, at, counter)
    if state == State.PAYMENT_REQUESTED and dossier.payment_due_at:
        return clock(_("Hạn nộp phí, lệ phí"), dossier.payment_due_at, at, counter)
    if state in (State.ACCEPTED, State.PROCESSING) and dossier.due_at:
        return clock(_("Hẹn trả kết quả"), dossier.due_at, at, agency)
    return None

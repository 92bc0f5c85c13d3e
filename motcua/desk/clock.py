"""Deadlines as officers read them: how much working time is left, how long they have passed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from motcua.dossiers.models import Dossier
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
        return clock(_("Hạn phản hồi tiếp nhận"), dossier.intake_due_at, at, counter)
    if state == State.SUPPLEMENT_REQUESTED and supplement_due:
        return clock(_("Hạn bổ sung"), supplement_due, at, counter)
    if state == State.PAYMENT_REQUESTED and dossier.payment_due_at:
        return clock(_("Hạn nộp phí, lệ phí"), dossier.payment_due_at, at, counter)
    if state in (State.ACCEPTED, State.PROCESSING) and dossier.due_at:
        return clock(_("Hẹn trả kết quả"), dossier.due_at, at, agency)
    return None

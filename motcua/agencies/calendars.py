"""Changing when a unit works: an open change gathers edits, is looked at, and is kept as a new version.

Nothing counts before the change is kept. The room of the dossiers shows what it would move, and moves it afterwards.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, CalendarChange, WorkingCalendar
from motcua.agencies.operations import require_administrator, write_calendar
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.vietnamese import day as day_text
from motcua.foundation.vietnamese import weekday_and_day
from motcua.foundation.working_calendar import Calendar, DayKind, Week

Kind = Literal["holidays", "extra_working_days"]


class SpecialDay(NamedTuple):
    """A day that is a holiday, or is worked in exchange for another."""

    day: date
    kind: Kind
    name: str


@transaction.atomic
def make_calendar(*, name: str, like: WorkingCalendar, actor: Actor, at: datetime) -> WorkingCalendar:
    """A new calendar that begins as a copy of another. Raises NotAllowed, or Refusal for a name that is taken."""
    require_administrator(actor)
    if WorkingCalendar.objects.filter(name=name).exists():
        raise Refusal(_("Đã có lịch mang tên này. Vui lòng đặt tên khác."))
    return write_calendar(name=name, content=like.calendar, actor=actor, at=at)


@transaction.atomic
def add_special_days(
    *, calendar: WorkingCalendar, days: Iterable[SpecialDay], actor: Actor, at: datetime
) -> CalendarChange:
    """Make days holidays, or days worked in exchange, in the open change of a calendar.

    Raises NotAllowed, or Refusal, naming the day, when one is special already or its kind changes nothing.
    """
    change = _open_change(calendar, actor, at)
    content = dict(change.content)
    for one in days:
        _check_special(_calendar(change, content), one)
        content[one.kind] = {**content.get(one.kind, {}), one.day.isoformat(): one.name}
    return _edited(change, content)


def _check_special(known: Calendar, one: SpecialDay) -> None:
    found, text = known.on(one.day), day_text(one.day)
    if found.kind in (DayKind.HOLIDAY, DayKind.EXTRA_DAY) or one.day in known.holidays:
        raise Refusal(
            _("Ngày %(day)s đã có trong lịch: %(name)s. Vui lòng xóa ngày này trước khi thêm lại.")
            % {"day": text, "name": found.name}
        )
    if one.kind == "extra_working_days" and found.kind == DayKind.WORKING_DAY:
        raise Refusal(_("Ngày %(day)s vốn là ngày làm việc. Vui lòng chọn ngày khác.") % {"day": text})


@transaction.atomic
def clear_special_day(*, calendar: WorkingCalendar, day: date, actor: Actor, at: datetime) -> CalendarChange:
    """Make a special day a day like any other in the open change; a second call changes nothing. Raises NotAllowed."""
    change = _open_change(calendar, actor, at)
    content = dict(change.content)
    for kind in ("holidays", "extra_working_days"):
        content[kind] = {key: name for key, name in content.get(kind, {}).items() if key != day.isoformat()}
    return _edited(change, content)


@transaction.atomic
def set_hours(
    *, calendar: WorkingCalendar, sessions: Week, reception: Week | None, actor: Actor, at: datetime
) -> CalendarChange:
    """Set the sessions of the week, and the hours of reception where they differ, in the open change.

    Raises NotAllowed, or Refusal with a sentence when the hours make no sense.
    """
    change = _open_change(calendar, actor, at)
    known = _calendar(change, change.content)
    try:
        changed = Calendar(
            known.name, sessions, known.version, known.holidays, known.extra_working_days,
            None if reception == sessions else reception,
        )  # fmt: skip
    except ValueError as mistake:
        raise Refusal(str(mistake)) from mistake
    plain = changed.to_json()
    return _edited(change, {**change.content, "sessions": plain["sessions"], "reception": plain["reception"]})


@transaction.atomic
def set_units(
    *, calendar: WorkingCalendar, agencies: Iterable[Agency], actor: Actor, at: datetime
) -> CalendarChange:
    """Say in the open change which further agencies will work by this calendar. Raises NotAllowed."""
    change = _open_change(calendar, actor, at)
    change.units = sorted({agency.pk for agency in agencies if agency.calendar_id != calendar.pk})
    return _edited(change, change.content)


@transaction.atomic
def discard(*, change: CalendarChange, actor: Actor, at: datetime) -> CalendarChange:
    """Give an open change up; a second call changes nothing. Raises NotAllowed, or WrongState once it is kept."""
    require_administrator(actor)
    change = _locked(change)
    if change.kept_at:
        raise WrongState(_("Thay đổi này đã được áp dụng nên không hủy được."))
    if change.discarded_at is None:
        change.discarded_at = at
        change.save(update_fields=["discarded_at"])
    return change


@transaction.atomic
def keep(
    *, change: CalendarChange, seen: int, moves_dates: bool, actor: Actor, at: datetime
) -> CalendarChange:
    """Make an open change count from now on, as a new version; `moves_dates` has open dossiers counted anew.

    `seen` is the revision that was looked at. Raises NotAllowed, WrongState when the change was edited or kept
    meanwhile, or Refusal when it changes nothing.
    """
    require_administrator(actor)
    change = _locked(change)
    row = change.working_calendar
    if not change.is_open:
        raise WrongState(_("Thay đổi này đã được áp dụng hoặc đã hủy."))
    if change.revision != seen or row.version != change.base_version:
        raise WrongState(_("Lịch vừa được sửa tiếp. Vui lòng xem lại thay đổi trước khi áp dụng."))
    if not differences(change):
        raise Refusal(_("Chưa có thay đổi nào so với lịch đang áp dụng."))
    row = write_calendar(name=row.name, content=change.calendar, actor=actor, at=at)
    units = Agency.objects.select_for_update().filter(pk__in=change.units).order_by("pk")
    change.came_from = {str(unit.pk): unit.calendar_id for unit in units}
    Agency.objects.filter(pk__in=change.units).update(calendar=row, calendar_since=at)
    change.kept_at, change.kept_by, change.version = at, actor.name, row.version
    change.moves_dates = moves_dates
    change.done_at = None if moves_dates else at
    change.save()
    events.record(
        "calendar.change_kept", subject=f"calendar:{row.pk}", actor=actor, at=at, change=change.pk,
        version=row.version, units=change.units, moves_dates=moves_dates,
    )  # fmt: skip
    return change


def differences(change: CalendarChange) -> list[str]:
    """What a change makes different, in sentences; before it is kept."""
    lines = calendar_differences(change.working_calendar.calendar, change.calendar)
    units = Agency.objects.filter(pk__in=change.units).order_by("code")
    return lines + [_("Cơ quan sẽ dùng lịch này: %(name)s.") % {"name": unit.name} for unit in units]


def calendar_differences(old: Calendar, new: Calendar) -> list[str]:
    """What differs between two versions of a calendar, in sentences."""
    lines = []
    for kind, added, removed in (
        ("holidays", _("Thêm ngày nghỉ %(day)s: %(name)s."), _("Bỏ ngày nghỉ %(day)s: %(name)s.")),
        ("extra_working_days", _("Thêm ngày làm bù %(day)s: %(name)s."), _("Bỏ ngày làm bù %(day)s: %(name)s.")),
    ):
        before, after = getattr(old, kind), getattr(new, kind)
        for day in sorted({*before, *after}):
            if before.get(day) == after.get(day):
                continue
            if day in before:
                lines.append(removed % {"day": weekday_and_day(day), "name": before[day]})
            if day in after:
                lines.append(added % {"day": weekday_and_day(day), "name": after[day]})
    lines += _week_differences(old.sessions, new.sessions, _("Giờ làm việc %(day)s: %(old)s → %(new)s."))
    lines += _week_differences(
        old.reception or old.sessions, new.reception or new.sessions, _("Giờ tiếp nhận %(day)s: %(old)s → %(new)s.")
    )
    return lines


def weekdays() -> list[str]:
    """The names of the days of the week, Monday first."""
    return [_("thứ Hai"), _("thứ Ba"), _("thứ Tư"), _("thứ Năm"), _("thứ Sáu"), _("thứ Bảy"), _("Chủ nhật")]


def hours_text(week: Week, weekday: int) -> str:
    """The hours of a weekday: "07:00–11:30, 13:30–17:00", or that nobody works."""
    return ", ".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in week[weekday]) or _("nghỉ")


def _week_differences(old: Week, new: Week, sentence: str) -> list[str]:
    return [
        sentence % {"day": name, "old": hours_text(old, weekday), "new": hours_text(new, weekday)}
        for weekday, name in enumerate(weekdays())
        if old[weekday] != new[weekday]
    ]


def open_change(calendar: WorkingCalendar) -> CalendarChange | None:
    """The change that somebody is working on, if there is one."""
    return calendar.changes.filter(kept_at=None, discarded_at=None).select_related("working_calendar").first()


def _open_change(calendar: WorkingCalendar, actor: Actor, at: datetime) -> CalendarChange:
    """The open change of a calendar, held; begun when there is none, anew when the calendar has moved on. Raises NotAllowed."""
    require_administrator(actor)
    row = WorkingCalendar.objects.select_for_update().get(pk=calendar.pk)
    found = open_change(row)
    if found is not None and found.base_version != row.version:  # somebody wrote the calendar otherwise
        discard(change=found, actor=actor, at=at)
        found = None
    if found is None:
        found = CalendarChange.objects.create(
            working_calendar=row, base_version=row.version, content=row.content, begun_at=at, begun_by=actor.name
        )
    return found


def _edited(change: CalendarChange, content: dict[str, Any]) -> CalendarChange:
    """Keep an edit of an open change; one that undoes itself leaves nothing behind."""
    change.content, change.revision = content, change.revision + 1
    change.preview = change.preview_revision = None
    change.save(update_fields=["content", "units", "revision", "preview", "preview_revision"])
    return change


def _calendar(change: CalendarChange, content: dict[str, Any]) -> Calendar:
    return Calendar.from_json({**content, "name": change.working_calendar.name})


def _locked(change: CalendarChange) -> CalendarChange:
    WorkingCalendar.objects.select_for_update().get(pk=change.working_calendar_id)
    return CalendarChange.objects.select_for_update(of=("self",)).select_related("working_calendar").get(pk=change.pk)

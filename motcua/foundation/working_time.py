"""Working time: hours counted by a calendar, and deadlines that can explain themselves.

Counts as the Civil Code 2015 does (articles 147 and 148): the first day is left out, and a deadline that
falls on a day off moves to the end of the next working day. All moments are aware and are counted in Hanoi.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any, Literal, NamedTuple, get_args

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.foundation import shown, vietnamese
from motcua.foundation.time import months_later
from motcua.foundation.working_calendar import Calendar, Span, in_hanoi

Pause = Span
Unit = Literal["working_days", "calendar_days", "hours", "months"]

HOURS_PER_DAY = 8
SAME_DAY_CUTOFF = time(15)
_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta()


class Reason(StrEnum):
    """Why a day of a trace counts or does not."""

    WORKING_DAY = "working_day"
    EXTRA_DAY = "extra_day"
    CALENDAR_DAY = "calendar_day"
    WORKING_HOURS = "working_hours"
    FIRST_DAY = "first_day"
    AFTER_HOURS = "after_hours"
    AFTER_CUTOFF = "after_cutoff"
    DAY_OFF = "day_off"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    MOVED = "moved"


# Deadlines --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """So many working days, calendar days, working hours or months.

    Zero days means the same day. Part of a working day is that part of eight working hours. Raises ValueError
    for an amount that cannot be counted.
    """

    amount: int | float
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit) or not 0 <= self.amount < math.inf:
            raise ValueError(_("Thời hạn không hợp lệ. Vui lòng kiểm tra lại."))
        if self.amount == 0 and self.unit in ("hours", "months"):
            raise ValueError(_("Thời hạn theo giờ hoặc tháng phải lớn hơn 0."))
        if self.amount != int(self.amount) and self.unit in ("calendar_days", "months"):
            raise ValueError(_("Thời hạn theo ngày hoặc tháng phải là số nguyên."))

    @property
    def hours(self) -> float | None:
        """The working hours to run, or None when whole days are counted."""
        if self.unit == "hours":
            return self.amount
        if self.amount != int(self.amount):
            return self.amount * HOURS_PER_DAY
        return None

    def to_json(self) -> dict[str, Any]:
        return {"amount": self.amount, "unit": self.unit}

    def __str__(self) -> str:
        """In words, in the language of the page: "5 ngày làm việc"."""
        if self.amount == 0:
            return _("trong ngày làm việc")
        count = math.ceil(self.amount)
        words = {
            "working_days": ngettext("%(n)s ngày làm việc", "%(n)s ngày làm việc", count),
            "calendar_days": ngettext("%(n)s ngày", "%(n)s ngày", count),
            "hours": ngettext("%(n)s giờ làm việc", "%(n)s giờ làm việc", count),
            "months": ngettext("%(n)s tháng", "%(n)s tháng", count),
        }
        return words[self.unit] % {"n": vietnamese.number(self.amount)}


class Entry(NamedTuple):
    """One day of a trace."""

    day: date
    counted: bool
    reason: Reason
    name: str = ""  # of the holiday or extra working day
    worked: timedelta = _NOTHING  # the working time counted, in a limit of hours
    ran: tuple[Span, ...] = ()  # from when to when the clock ran, in a limit of hours


@dataclass(frozen=True)
class Deadline:
    """When a time limit ends, and every day on the way there.

    The last day of `trace` is the day of `due_at`. `start` is the moment asked about, `effective_start` the
    first moment of working time from then on, `closing` the working hours of the last day.
    """

    due_at: datetime
    trace: tuple[Entry, ...]
    limit: TimeLimit
    start: datetime
    effective_start: datetime
    pauses: tuple[Pause, ...]
    calendar_name: str
    calendar_version: int
    closing: tuple[Span, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON to keep beside what is due."""
        return {
            "due_at": self.due_at.isoformat(),
            "trace": [_entry_to_json(entry) for entry in self.trace],
            "limit": self.limit.to_json(),
            "start": self.start.isoformat(),
            "effective_start": self.effective_start.isoformat(),
            "pauses": [[begins.isoformat(), ends.isoformat()] for begins, ends in self.pauses],
            "calendar": {"name": self.calendar_name, "version": self.calendar_version},
            "closing": _spans_to_json(self.closing),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Deadline":
        return cls(
            due_at=_moment(content["due_at"]),
            trace=tuple(_entry(*entry) for entry in content["trace"]),
            limit=TimeLimit(**content["limit"]),
            start=_moment(content["start"]),
            effective_start=_moment(content["effective_start"]),
            pauses=tuple((_moment(begins), _moment(ends)) for begins, ends in content["pauses"]),
            calendar_name=content["calendar"]["name"],
            calendar_version=content["calendar"]["version"],
            closing=_spans(content.get("closing", ())),
        )


def deadline(
    start: datetime,
    limit: TimeLimit,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    *,
    same_day_cutoff: time = SAME_DAY_CUTOFF,
) -> Deadline:
    """Return when `limit`, begun at `start`, ends, with the days counted and not counted on the way.

    A start outside working time counts from the next working moment. Working days and calendar days leave
    the first day out and end with the working time of the last; calendar days and months that end on a day
    off end with the next working day (Civil Code 2015, articles 147 and 148); hours are working hours. A
    limit of zero days ends the same day, or the next working day when begun after `same_day_cutoff`.

    `pauses` (from, to) stop the clock: hours within do not run, and a day counts when the clock runs at its
    end. Raises ValueError when a moment is naive or a pause ends before it begins.
    """
    start = in_hanoi(start)
    stops = _merged(pauses)
    effective_start = next_working_moment(start, calendar)
    trace = list(_days_before(start, effective_start, calendar))
    if limit.hours is not None:
        due_at = _run_hours(effective_start, timedelta(hours=limit.hours), calendar, stops, trace)
    else:
        due_at = _run_days(effective_start, limit, calendar, stops, trace, same_day_cutoff=same_day_cutoff)
    return Deadline(
        due_at=due_at,
        trace=tuple(trace),
        limit=limit,
        start=start,
        effective_start=effective_start,
        pauses=tuple(stops),
        calendar_name=calendar.name,
        calendar_version=calendar.version,
        closing=calendar.on(due_at.date()).sessions,
    )


def next_working_moment(moment: datetime, calendar: Calendar) -> datetime:
    """Return `moment` when it is in working time, else the start of the next session.

    Both ends of a session are working time: what comes at 17:00 sharp is of that day. Raises ValueError when `moment` is naive.
    """
    moment = in_hanoi(moment)
    day = moment.date()
    while True:
        for begins, ends in calendar.on(day).sessions:
            if moment <= ends:
                return max(moment, begins)
        day += _ONE_DAY


def add_working_hours(
    start: datetime, hours: float, calendar: Calendar, pauses: Iterable[Pause] = ()
) -> datetime:
    """Return the earliest moment by which `hours` of working time have run since `start`, pauses left out.

    Raises ValueError when `hours` is negative or a moment is naive.
    """
    if hours < 0:
        raise ValueError(f"{hours} working hours")
    start = next_working_moment(start, calendar)
    return _run_hours(start, timedelta(hours=hours), calendar, _merged(pauses), []) if hours else start


def working_hours_between(
    start: datetime, end: datetime, calendar: Calendar, pauses: Iterable[Pause] = ()
) -> float:
    """Return the hours of working time from `start` to `end`, pauses left out.

    Negative when `end` is earlier. Raises ValueError when a moment is naive.
    """
    start, end = in_hanoi(start), in_hanoi(end)
    if end < start:
        return -working_hours_between(end, start, calendar, pauses)
    stops = _merged(pauses)
    total, day = _NOTHING, start.date()
    while day <= end.date():
        for begins, ends in calendar.on(day).sessions:
            for running in _running(max(begins, start), min(ends, end), stops):
                total += running[1] - running[0]
        day += _ONE_DAY
    return total / timedelta(hours=1)


def _run_days(
    start: datetime,
    limit: TimeLimit,
    calendar: Calendar,
    stops: Sequence[Pause],
    trace: list[Entry],
    *,
    same_day_cutoff: time,
) -> datetime:
    day = start.date()
    remaining, every_day = _days_to_count(day, limit)
    if remaining or start.time() > same_day_cutoff:
        trace.append(Entry(day, False, Reason.FIRST_DAY if remaining else Reason.AFTER_CUTOFF))
        day += _ONE_DAY
    remaining = remaining or 1
    while True:
        sessions, ends_at, kind, name = calendar.on(day)
        reason = Reason(kind)
        stopped = bool(stops) and any(begins < ends_at <= ends for begins, ends in stops)
        counted = False
        if (sessions and stopped) or (every_day and remaining and stopped):
            reason, name = Reason.PAUSED, ""
        elif remaining and (sessions or every_day):
            counted = True
            remaining -= 1
            if every_day:
                reason, name = Reason.CALENDAR_DAY, ""
        elif sessions:
            reason, name = Reason.MOVED, ""
        trace.append(Entry(day, counted, reason, name))
        if not remaining and sessions and not stopped:
            return ends_at
        day += _ONE_DAY


def _days_to_count(first: date, limit: TimeLimit) -> tuple[int, bool]:
    """How many days, and whether days off count too."""
    amount = int(limit.amount)
    if limit.unit == "months":
        return (months_later(first, amount) - first).days, True
    return amount, limit.unit == "calendar_days" and amount > 0


def _run_hours(
    start: datetime, remaining: timedelta, calendar: Calendar, stops: Sequence[Pause], trace: list[Entry]
) -> datetime:
    day = start.date()
    while True:
        sessions, _ends_at, kind, name = calendar.on(day)
        worked, ran = _NOTHING, list[Span]()
        for begins, ends in sessions:
            for runs_from, runs_to in _running(max(begins, start), ends, stops):
                span = runs_to - runs_from
                if span >= remaining:
                    ran.append((runs_from, runs_from + remaining))
                    trace.append(Entry(day, True, Reason.WORKING_HOURS, "", worked + remaining, tuple(ran)))
                    return runs_from + remaining
                ran.append((runs_from, runs_to))
                worked += span
                remaining -= span
        if worked:
            trace.append(Entry(day, True, Reason.WORKING_HOURS, "", worked, tuple(ran)))
        elif not sessions:
            trace.append(Entry(day, False, Reason(kind), name))
        else:
            idle = Reason.AFTER_HOURS if start >= sessions[-1][1] else Reason.PAUSED
            trace.append(Entry(day, False, idle))
        day += _ONE_DAY


def _days_before(start: datetime, effective_start: datetime, calendar: Calendar) -> Iterator[Entry]:
    """The days that passed before the first working moment."""
    day = start.date()
    while day < effective_start.date():
        known = calendar.on(day)
        reason = Reason.AFTER_HOURS if known.sessions else Reason(known.kind)
        yield Entry(day, False, reason, "" if known.sessions else known.name)
        day += _ONE_DAY


def _running(begins: datetime, ends: datetime, stops: Sequence[Pause]) -> Iterator[Pause]:
    """The pieces from `begins` to `ends` in which the clock is not stopped."""
    for stop, resume in stops:
        if stop >= ends:
            break
        if stop > begins:
            yield begins, stop
        begins = max(begins, resume)
    if begins < ends:
        yield begins, ends


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    """Pauses in order, in Hanoi time, those that touch made one."""
    merged: list[Pause] = []
    for begins, ends in sorted((in_hanoi(begins), in_hanoi(ends)) for begins, ends in pauses):
        if ends < begins:
            raise ValueError("a pause ends before it begins")
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], ends)
        else:
            merged.append((begins, ends))
    return merged


# Explanations -----------------------------------------------------------------------------------------------


def explain(deadline: Deadline, basis: str = "") -> list[str]:
    """Return the deadline's reasons, one sentence a line: limit, start, pauses, days, end, calendar, law.

    `basis` names the text that sets the limit itself, where one is known. What is told suffices to find the date
    again: `motcua.foundation.explanations.parse_explanation` does.
    """
    lines = [_("Thời hạn: %(limit)s.") % {"limit": deadline.limit}, _explain_start(deadline)]
    for begins, ends in deadline.pauses:
        pause = {"from": shown.moment(begins), "to": shown.moment(ends)}
        lines.append(_("Tạm dừng tính thời gian: từ %(from)s đến %(to)s.") % pause)
    lines += _explain_days(deadline.trace)
    if deadline.closing and deadline.limit.hours is None:
        lines.append(_("Giờ làm việc của ngày cuối: %(hours)s.") % {"hours": _clock_hours(deadline.closing)})
    calendar = {"name": deadline.calendar_name, "version": deadline.calendar_version}
    lines.append(_("Hết hạn: %(moment)s.") % {"moment": shown.moment(deadline.due_at)})
    lines.append(_("Lịch làm việc: %(name)s, phiên bản %(version)s.") % calendar)
    if basis:
        lines.append(_("Căn cứ của thời hạn: %(basis)s.") % {"basis": basis.rstrip(".")})
    return [*lines, _("Căn cứ tính thời hạn: Điều 147, Điều 148 Bộ luật Dân sự năm 2015.")]


def hours_words(hours: float) -> str:
    """Return hours in words, to the minute, without their sign: "3 giờ 30 phút", "45 phút"."""
    whole, minutes = divmod(round(abs(hours) * 60), 60)
    parts = [ngettext("%(n)s giờ", "%(n)s giờ", whole) % {"n": whole}] if whole else []
    if minutes or not whole:
        parts.append(ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": minutes})
    return " ".join(parts)


def _explain_start(deadline: Deadline) -> str:
    if deadline.effective_start == deadline.start:
        return _("Bắt đầu: %(moment)s.") % {"moment": shown.moment(deadline.start)}
    return _("Bắt đầu: %(moment)s, ngoài giờ làm việc; tính từ %(effective)s.") % {
        "moment": shown.moment(deadline.start),
        "effective": shown.moment(deadline.effective_start),
    }


def _explain_days(trace: Sequence[Entry]) -> Iterator[str]:
    """Runs of like days, one line each; days counted by the hour stand alone."""
    counted = 0
    for (reason, name, worked, ran), run in groupby(trace, key=lambda entry: entry[2:]):
        days = list(run)
        first, last = days[0].day, days[-1].day
        if worked:
            counts = {"hours": hours_words(worked / timedelta(hours=1)), "clock": _clock_hours(ran)}
            words = _("tính %(hours)s (%(clock)s)") % counts
            for entry in days:
                yield _line(entry.day, entry.day, words)
        elif days[0].counted:
            words = _counted_words(counted, len(days))
            counted += len(days)
            yield _line(first, last, f"{words} ({name})" if name else words)
        else:
            words = _("không tính (%(reason)s)") % {"reason": name or _reason_words(reason)}
            yield _line(first, last, words)


def _line(first: date, last: date, words: str) -> str:
    begins, ends = shown.weekday_and_day(first), shown.weekday_and_day(last)
    if first == last:
        return f"{begins[0].upper()}{begins[1:]}: {words}."
    return _("Từ %(first)s đến %(last)s: %(words)s.") % {"first": begins, "last": ends, "words": words}


def _clock_hours(spans: Iterable[Span]) -> str:
    """Hours of one day by the clock: "07:00–11:30, 13:30–17:00"."""
    return ", ".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in spans)


def _counted_words(before: int, days: int) -> str:
    if days == 1:
        return _("tính, ngày thứ %(n)s") % {"n": before + 1}
    numbers = {"days": days, "first": before + 1, "last": before + days}
    return _("tính %(days)s ngày, ngày thứ %(first)s đến ngày thứ %(last)s") % numbers


def _reason_words(reason: Reason) -> str:
    return {
        Reason.FIRST_DAY: _("ngày đầu tiên"),
        Reason.AFTER_HOURS: _("hết giờ làm việc"),
        Reason.AFTER_CUTOFF: _("nhận sau giờ trả kết quả trong ngày"),
        Reason.DAY_OFF: _("nghỉ hằng tuần"),
        Reason.HOLIDAY: _("nghỉ lễ"),
        Reason.PAUSED: _("tạm dừng tính thời gian"),
        Reason.MOVED: _("hạn rơi vào ngày nghỉ, chuyển sang ngày làm việc tiếp theo"),
    }[reason]


# Reading and writing ----------------------------------------------------------------------------------------


def _moment(text: str) -> datetime:
    return in_hanoi(datetime.fromisoformat(text))


def _entry(
    day: str, counted: bool, reason: str, name: str = "", seconds: float = 0, ran: Sequence[Sequence[str]] = ()
) -> Entry:
    return Entry(date.fromisoformat(day), counted, Reason(reason), name, timedelta(seconds=seconds), _spans(ran))


def _spans(content: Iterable[Sequence[str]]) -> tuple[Span, ...]:
    return tuple((_moment(begins), _moment(ends)) for begins, ends in content)


def _spans_to_json(spans: Iterable[Span]) -> list[list[str]]:
    return [[begins.isoformat(), ends.isoformat()] for begins, ends in spans]


def _entry_to_json(entry: Entry) -> list[Any]:
    content = [entry.day.isoformat(), entry.counted, entry.reason.value]
    if entry.worked:
        return [*content, entry.name, entry.worked.total_seconds(), _spans_to_json(entry.ran)]
    return [*content, entry.name] if entry.name else content

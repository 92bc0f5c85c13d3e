"""When an agency works: its week, its holidays, the days it works in exchange, its hours of reception."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from motcua.foundation.time import HANOI

Session = tuple[time, time]
Span = tuple[datetime, datetime]
Week = tuple[tuple[Session, ...], ...]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ONE_DAY = timedelta(days=1)
_HOLIDAYS = Path(__file__).parent / "data" / "holidays.json"


class DayKind(StrEnum):
    """What a day is for an agency."""

    WORKING_DAY = "working_day"
    EXTRA_DAY = "extra_day"
    DAY_OFF = "day_off"
    HOLIDAY = "holiday"


class Day(NamedTuple):
    """What a calendar says of one day."""

    sessions: tuple[Span, ...]  # from, to: aware; empty on a day off
    ends_at: datetime  # the end of the last session; on a day off, midnight after it
    kind: DayKind
    name: str  # of the holiday or of the extra working day


@dataclass(frozen=True)
class Calendar:
    """When an agency works, and when it receives people.

    `sessions` and `reception` hold seven weekdays, Monday first; without `reception` people are received
    whenever the agency works. An extra working day (a swap) wins over a holiday and has the hours of the
    longest weekday. Raises ValueError, with a sentence for the administrator, when the hours make no sense.
    """

    name: str
    sessions: Week
    version: int = 1
    holidays: Mapping[date, str] = field(default_factory=dict)
    extra_working_days: Mapping[date, str] = field(default_factory=dict)
    reception: Week | None = None
    _days: dict[date, Day] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_week(self.sessions)
        if self.reception is not None:
            _check_week(self.reception)

    def on(self, day: date) -> Day:
        """What this calendar says of `day`; remembered, so that asking again costs nothing."""
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._look_up(day)
        return known

    def works_on(self, day: date) -> bool:
        return bool(self.on(day).sessions)

    def receives_at(self, moment: datetime) -> bool:
        """Whether the counter is open at `moment`, both ends of a session included."""
        moment = in_hanoi(moment)
        return any(begins <= moment <= ends for begins, ends in self.reception_on(moment.date()))

    def reception_on(self, day: date) -> tuple[Span, ...]:
        """The hours of reception of `day`: none on a holiday."""
        if self.reception is None:
            return self.on(day).sessions
        kind = self.on(day).kind
        if kind == DayKind.HOLIDAY:
            return ()
        if kind == DayKind.EXTRA_DAY:
            return _at(day, max(self.reception, key=_length))
        return _at(day, self.reception[day.weekday()])

    def _look_up(self, day: date) -> Day:
        week_sessions, name = self.sessions[day.weekday()], ""
        if day in self.extra_working_days:
            sessions, kind = _at(day, max(self.sessions, key=_length)), DayKind.EXTRA_DAY
            name = self.extra_working_days[day]
        elif day in self.holidays:
            sessions, kind = (), DayKind.HOLIDAY
            name = self.holidays[day]
        elif week_sessions:
            sessions, kind = _at(day, week_sessions), DayKind.WORKING_DAY
        else:
            sessions, kind = (), DayKind.DAY_OFF
        ends_at = sessions[-1][1] if sessions else datetime.combine(day + _ONE_DAY, time(), HANOI)
        return Day(sessions, ends_at, kind, name)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Calendar":
        """Build a calendar from what `to_json` made. Raises ValueError when it cannot be read."""
        try:
            known: dict[str, Any] = {
                "name": content["name"],
                "version": content.get("version", 1),
                "sessions": _week(content["sessions"]),
                "holidays": _dates(content.get("holidays", {})),
                "extra_working_days": _dates(content.get("extra_working_days", {})),
                "reception": _week(content["reception"]) if content.get("reception") else None,
            }
        except (KeyError, TypeError, AttributeError, ValueError) as mistake:
            raise ValueError(_("Lịch làm việc không đúng cấu trúc. Vui lòng kiểm tra lại.")) from mistake
        return cls(**known)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: sessions {"mon": [["07:00", "11:30"], …], …}, days {"2026-11-24": name}."""
        return {
            "name": self.name,
            "version": self.version,
            "sessions": _week_to_json(self.sessions),
            "holidays": _dates_to_json(self.holidays),
            "extra_working_days": _dates_to_json(self.extra_working_days),
            "reception": _week_to_json(self.reception) if self.reception is not None else None,
        }


@lru_cache(maxsize=1)
def office_calendar() -> Calendar:
    """The common office week, 7:00–11:30 and 13:30–17:00 from Monday to Friday, with every known holiday."""
    office_day = ((time(7), time(11, 30)), (time(13, 30), time(17)))
    return Calendar(
        name="Giờ hành chính",
        sessions=(office_day,) * 5 + ((), ()),
        holidays={day: name for year in known_years() for day, name in vietnam_holidays(year).items()},
        extra_working_days={
            day: name for year in known_years() for day, name in vietnam_extra_working_days(year).items()
        },
    )


def known_years() -> list[int]:
    """The years whose holidays are known, in order: beyond the last, a deadline sees weekends only."""
    return sorted(int(year) for year in _holiday_data())


def vietnam_holidays(year: int) -> dict[date, str]:
    """Return the public holidays of `year` with their names. Raises ValueError for a year not known."""
    return _dates(_year(year)["holidays"])


def vietnam_extra_working_days(year: int) -> dict[date, str]:
    """Return the days off worked in exchange for another day. Raises ValueError for a year not known."""
    return _dates(_year(year)["extra_working_days"])


def unverified_days(year: int) -> frozenset[date]:
    """Days of both lists not yet checked against a decision. Raises ValueError for a year not known."""
    return frozenset(date.fromisoformat(day) for day in _year(year)["unverified"])


def _year(year: int) -> dict[str, Any]:
    try:
        known: dict[str, Any] = _holiday_data()[str(year)]
    except KeyError:
        raise ValueError(_("Chưa có danh sách ngày nghỉ lễ của năm %(year)s.") % {"year": year}) from None
    return known


@lru_cache(maxsize=1)
def _holiday_data() -> dict[str, Any]:
    content = json.loads(_HOLIDAYS.read_text(encoding="utf-8"))
    years: dict[str, Any] = content["years"]
    return years


def in_hanoi(moment: datetime) -> datetime:
    """Return `moment` in Hanoi time. Raises ValueError when it is naive."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(HANOI)


def _at(day: date, sessions: Iterable[Session]) -> tuple[Span, ...]:
    return tuple(
        (datetime.combine(day, begins, HANOI), datetime.combine(day, ends, HANOI))
        for begins, ends in sessions
    )


def _length(sessions: Iterable[Session]) -> int:
    """Minutes worked in a day of these sessions."""
    return sum((ends.hour - begins.hour) * 60 + ends.minute - begins.minute for begins, ends in sessions)


def _check_week(week: Week) -> None:
    if len(week) != len(_WEEKDAYS) or not any(week):
        raise ValueError(_("Lịch làm việc phải có ít nhất một buổi làm việc trong tuần."))
    for sessions in week:
        moments = [moment for session in sessions for moment in session]
        if any(later <= earlier for earlier, later in zip(moments[::2], moments[1::2], strict=True)):
            raise ValueError(_("Giờ bắt đầu của mỗi buổi phải trước giờ kết thúc."))
        if moments != sorted(moments):
            raise ValueError(_("Các buổi làm việc trong ngày phải theo thứ tự và không được chồng lên nhau."))


def _week(content: Mapping[str, Iterable[Sequence[str]]]) -> Week:
    return tuple(
        tuple(
            (time.fromisoformat(begins), time.fromisoformat(ends))
            for begins, ends in content.get(weekday, ())
        )
        for weekday in _WEEKDAYS
    )


def _week_to_json(week: Week) -> dict[str, list[list[str]]]:
    return {
        weekday: [[f"{begins:%H:%M}", f"{ends:%H:%M}"] for begins, ends in sessions]
        for weekday, sessions in zip(_WEEKDAYS, week, strict=True)
    }


def _dates(content: Mapping[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in content.items()}


def _dates_to_json(days: Mapping[date, str]) -> dict[str, str]:
    return {day.isoformat(): name for day, name in sorted(days.items())}

"""What `working_time.explain` told, read back: the date follows from the lines alone, or they are refused.

Each line is held against the others: the days follow each other without a gap and have their own weekdays, as many
are counted as the limit asks for, and the moment told at the end is the one that the days lead to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from motcua.foundation import vietnamese
from motcua.foundation.time import HANOI, months_later

_MOMENT = r"\d\d:\d\d, (?:thứ \w+|Chủ nhật) \d\d/\d\d/\d{4}"
_DAY = r"((?:thứ \w+|Chủ nhật) \d\d/\d\d/\d{4})"
_LIMIT = re.compile(r"Thời hạn: (?:(trong ngày làm việc)|([\d.,]+) (ngày làm việc|ngày|giờ làm việc|tháng))\.")
_START = re.compile(rf"Bắt đầu: ({_MOMENT})(?:, ngoài giờ làm việc; tính từ ({_MOMENT}))?\.")
_ONE = re.compile(rf"{_DAY}: (.+)\.", re.IGNORECASE)
_RUN = re.compile(rf"Từ {_DAY} đến {_DAY}: (.+)\.")
_CLOSING = re.compile(r"Giờ làm việc của ngày cuối: (.+)\.")
_DUE = re.compile(rf"Hết hạn: ({_MOMENT})\.")
_NUMBERED = re.compile(r"tính(?: (\d+) ngày)?, ngày thứ (\d+)(?: đến ngày thứ (\d+))?(?: \(.*\))?")
_HOURS = re.compile(r"tính (?:(\d+) giờ)? ?(?:(\d+) phút)? \((.+)\)")
_ONE_DAY, _ONE_MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass
class _Told:
    """What the lines say, as they are read."""

    amount: float = 0
    unit: str = ""
    start: datetime | None = None
    begins: datetime | None = None
    days: list[date] = field(default_factory=list)
    counted: int = 0
    worked: timedelta = timedelta()
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    closing: str = ""
    due_at: datetime | None = None

    @property
    def hours(self) -> float | None:
        if self.unit == "giờ làm việc":
            return self.amount
        return self.amount * 8 if self.amount != int(self.amount) else None


def parse_explanation(lines: Iterable[str]) -> datetime:
    """The moment to which the lines of an explanation lead, to the minute, in Hanoi time.

    Reads what `explain` wrote in Vietnamese. Raises ValueError where a line is missing or contradicts another.
    """
    told = _Told()
    for line in lines:
        _read(told, line)
    _need(told.unit and told.start and told.begins and told.due_at and told.days, "a line is missing")
    assert told.start and told.begins and told.due_at
    _need(told.days[0] == told.start.date(), "the days do not begin with the start")
    _need(all(b - a == _ONE_DAY for a, b in zip(told.days, told.days[1:], strict=False)), "the days have a gap")
    reached = _reached_by_hours(told) if told.hours is not None else _reached_by_days(told)
    _need(reached == told.due_at, "the days lead elsewhere than to the end that is told")
    return reached


def _reached_by_hours(told: _Told) -> datetime:
    wanted, found = timedelta(hours=told.hours or 0), sum((b - a for a, b in told.spans), timedelta())
    slack = _ONE_MINUTE * len(told.spans)  # moments are told to the minute
    _need(told.spans and abs(found - wanted) <= slack and abs(told.worked - wanted) <= slack, "the hours do not add up")
    _need(told.begins and told.begins <= told.spans[0][1], "the clock ran before the start")
    _need(told.spans[-1][1].date() == told.days[-1], "the last hours are not of the last day")
    return told.spans[-1][1]


def _reached_by_days(told: _Told) -> datetime:
    assert told.begins
    first, amount = told.begins.date(), int(told.amount)
    wanted = (months_later(first, amount) - first).days if told.unit == "tháng" else amount or 1
    _need(told.counted == wanted, "not as many days are counted as the limit has")
    closing = _spans(told.days[-1], told.closing)
    _need(closing, "the hours of the last day are missing")
    return closing[-1][1]


def _read(told: _Told, line: str) -> None:
    if found := _LIMIT.fullmatch(line):
        told.amount = 0 if found[1] else float(found[2].replace(".", "").replace(",", "."))
        told.unit = "ngày làm việc" if found[1] else found[3]
    elif found := _START.fullmatch(line):
        told.start = _moment(found[1])
        told.begins = _moment(found[2]) if found[2] else told.start
    elif found := _RUN.fullmatch(line):
        _read_days(told, _day(found[1]), _day(found[2]), found[3])
    elif found := _ONE.fullmatch(line):
        _read_days(told, _day(found[1]), _day(found[1]), found[2])
    elif found := _CLOSING.fullmatch(line):
        told.closing = found[1]
    elif found := _DUE.fullmatch(line):
        told.due_at = _moment(found[1])


def _read_days(told: _Told, first: date, last: date, words: str) -> None:
    days = [first + offset * _ONE_DAY for offset in range((last - first).days + 1)]
    told.days += days
    if words.startswith("không tính"):
        return
    if found := _NUMBERED.fullmatch(words):
        many, begins, ends = int(found[1] or 1), int(found[2]), int(found[3] or found[2])
        _need(begins == told.counted + 1 and ends - begins + 1 == many == len(days), "the days are numbered wrongly")
        _need(told.begins and first >= told.begins.date(), "a day before the start is counted")
        told.counted = ends
    elif found := _HOURS.fullmatch(words):
        told.worked += timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
        told.spans += _spans(first, found[3])
    else:
        raise ValueError(f"a day that is neither counted nor not: {words}")


def _spans(day: date, text: str) -> list[tuple[datetime, datetime]]:
    """The moments of "07:00–11:30, 13:30–17:00" on a day."""
    spans = []
    for part in filter(None, text.split(", ")):
        begins, ends = (datetime.combine(day, time.fromisoformat(each), HANOI) for each in part.split("–"))
        spans.append((begins, ends))
    return spans


def _moment(text: str) -> datetime:
    clock, day = text.split(", ")
    return datetime.combine(_day(day), time.fromisoformat(clock), HANOI)


def _day(text: str) -> date:
    day = datetime.strptime(text.rsplit(" ", 1)[1], "%d/%m/%Y").date()
    _need(vietnamese.weekday_and_day(day).casefold() == text.casefold(), "a day has another weekday")
    return day


def _need(holds: object, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)

"""Thousands of deadlines against another way to find them, and read back from what is said of them.

The other way knows minutes alone. A whole stretch of time is laid out as one list of the minutes in which the agency
works; a limit of hours walks along it, a limit of days asks for each day whether its last minute runs.
"""

import random
from bisect import bisect_left
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.foundation.explanations import parse_explanation
from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar, office_calendar
from motcua.foundation.working_time import TimeLimit, deadline, explain

FIRST, DAYS = date(2026, 1, 1), 1500
CASES = 2500
_WEEKS = [
    ["0700-1130 1330-1700"] * 5 + ["", ""],
    ["0700-1100 1300-1700"] * 5 + ["0700-1100", ""],  # half a Saturday
    ["0730-1130 1300-1630"] * 4 + ["0730-1130", "", ""],  # half a Friday
    ["0800-1200 1300-1500 1515-1745"] * 6 + ["0800-1000"],
    ["", "0900-1600", "", "0900-1600", "", "", "0600-0700"],
]


class Minutes:
    """A calendar as the minutes since FIRST in which it works, in order."""

    def __init__(self, week: list[str], holidays: set[date], swaps: set[date]) -> None:
        longest = max(week, key=lambda text: sum(b - a for a, b in _sessions(text)))
        self.sessions: list[list[tuple[int, int]]] = []
        for offset in range(DAYS):
            day = FIRST + timedelta(days=offset)
            text = longest if day in swaps else "" if day in holidays else week[day.weekday()]
            self.sessions.append([(offset * 1440 + a, offset * 1440 + b) for a, b in _sessions(text)])
        self.working = [minute for day in self.sessions for a, b in day for minute in range(a, b)]

    def begin(self, start: int) -> int:
        """The start, or the first minute of the next session when nobody works then; a session's end is within."""
        if any(a <= start <= b for a, b in self.sessions[start // 1440]):
            return start
        return self.working[bisect_left(self.working, start)]

    def hours(self, start: int, minutes: int, pauses: list[tuple[int, int]]) -> int:
        place = bisect_left(self.working, start)
        while minutes:
            minute = self.working[place]
            minutes -= not any(a <= minute < b for a, b in pauses)
            place += 1
        return minute + 1

    def days(self, start: int, wanted: int, pauses: list[tuple[int, int]], *, every_day: bool, from_today: bool) -> int:
        day = start // 1440 + (not from_today)
        passed = 0
        while True:
            works = bool(self.sessions[day])
            end = self.sessions[day][-1][1] if works else (day + 1) * 1440
            if not any(a < end <= b for a, b in pauses):
                passed += works or every_day
                if works and passed >= wanted:
                    return end
            day += 1


def _sessions(text: str) -> list[tuple[int, int]]:
    return [
        (int(part[:2]) * 60 + int(part[2:4]), int(part[5:7]) * 60 + int(part[7:9])) for part in text.split()
    ]


def _expected(minutes: Minutes, start: int, limit: TimeLimit, pauses: list[tuple[int, int]]) -> int:
    begin = minutes.begin(start)
    if limit.unit == "hours" or limit.amount != int(limit.amount):
        return minutes.hours(begin, round(limit.amount * (60 if limit.unit == "hours" else 480)), pauses)
    wanted = int(limit.amount)
    if limit.unit == "months":
        day = FIRST + timedelta(days=begin // 1440)
        month = day.month - 1 + wanted
        target = _day_or_last(day.year + month // 12, month % 12 + 1, day.day)
        wanted = (target - day).days
    if wanted == 0:
        return minutes.days(begin, 1, pauses, every_day=False, from_today=begin % 1440 <= 15 * 60)
    return minutes.days(begin, wanted, pauses, every_day=limit.unit in ("calendar_days", "months"), from_today=False)


def _day_or_last(year: int, month: int, day: int) -> date:
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def _moment(minute: int) -> datetime:
    return datetime.combine(FIRST, time(), HANOI) + timedelta(minutes=minute)


def _limit(chance: random.Random) -> TimeLimit:
    return chance.choice(
        [
            lambda: TimeLimit(chance.choice([0, 0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45]), "working_days"),
            lambda: TimeLimit(chance.choice([0.5, 1.5, 2.5]), "working_days"),
            lambda: TimeLimit(chance.choice([0, 1, 5, 10, 30, 60, 90]), "calendar_days"),
            lambda: TimeLimit(chance.choice([0.25, 0.5, 1, 4, 8, 16, 20, 40]), "hours"),
            lambda: TimeLimit(chance.choice([1, 2, 3, 6]), "months"),
        ]
    )()


def _calendars(chance: random.Random) -> list[tuple[Calendar, Minutes]]:
    """Weeks of all kinds with holidays and days worked in exchange; and the office's own."""
    made = []
    for number, week in enumerate(_WEEKS * 3):
        days = [FIRST + timedelta(days=offset) for offset in chance.sample(range(DAYS), 80)]
        holidays, swaps = set(days[:60]), set(days[55:])  # some are both
        calendar = Calendar(
            f"Lịch {number}",
            tuple(tuple((_time(a), _time(b)) for a, b in _sessions(text)) for text in week),
            version=number + 1,
            holidays=dict.fromkeys(holidays, "Nghỉ lễ: ngày của tỉnh"),
            extra_working_days=dict.fromkeys(swaps, "Làm bù (thay ngày nghỉ)"),
        )
        made.append((calendar, Minutes(week, holidays, swaps)))
    office = office_calendar()
    made.append((office, Minutes(_WEEKS[0], set(office.holidays), set(office.extra_working_days))))
    return made


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _pauses(chance: random.Random, start: int) -> list[tuple[int, int]]:
    pauses = []
    for _each in range(chance.choice([0, 0, 1, 1, 2, 3])):
        begins = max(0, start + chance.randint(-3000, 40_000))
        pauses.append((begins, begins + chance.choice([0, 1, 45, 600, 1440, 4000, 20_000])))
    return pauses


@pytest.mark.parametrize("part", range(5))
def test_thousands_of_deadlines_agree_with_the_minutes_and_are_read_back_from_their_words(part):
    chance = random.Random(20260 + part)
    calendars = _calendars(chance)
    seen = set()
    for _number in range(CASES // 5):
        calendar, minutes = chance.choice(calendars)
        start, limit = chance.randint(10 * 1440, 700 * 1440), _limit(chance)
        if chance.random() < 0.2:  # where the law draws lines: around 15:00 and the ends of sessions
            start = start // 1440 * 1440 + chance.choice([899, 900, 901, 690, 691, 1020, 1021, 420])
        pauses = _pauses(chance, start)

        found = deadline(_moment(start), limit, calendar, [(_moment(a), _moment(b)) for a, b in pauses])

        about = f"{_moment(start)} {limit} {calendar.name} {pauses}"
        assert found.due_at == _moment(_expected(minutes, start, limit, pauses)), about
        assert parse_explanation(explain(found, "Quyết định số 12/QĐ-UBND")) == found.due_at, about
        seen.add((limit.unit, bool(pauses), any(entry.name for entry in found.trace)))
    assert len(seen) == 16  # every unit with and without pauses, over special days and without


OFFICE = office_calendar()
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(HANOI))
limits = st.one_of(
    st.builds(TimeLimit, st.integers(0, 40), st.sampled_from(["working_days", "calendar_days"])),
    st.builds(TimeLimit, st.integers(1, 200).map(lambda quarters: quarters / 4), st.just("hours")),
    st.builds(TimeLimit, st.integers(1, 12), st.just("months")),
)


@given(moments, limits, st.lists(st.tuples(st.integers(-5000, 50_000), st.integers(0, 20_000)), max_size=3))
@settings(max_examples=300, deadline=None)
def test_moments_of_real_life_are_read_back_to_the_minute(start, limit, offsets):
    pauses = [(start + timedelta(minutes=a), start + timedelta(minutes=a + b)) for a, b in offsets]
    found = deadline(start, limit, OFFICE, pauses)
    assert parse_explanation(explain(found)) == found.due_at.replace(second=0, microsecond=0)


def lines_of(amount: float = 3, unit: str = "working_days") -> list[str]:
    start = datetime(2026, 11, 20, 18, 0, tzinfo=HANOI)
    return explain(deadline(start, TimeLimit(amount, unit), OFFICE))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Thời hạn: 3", "Thời hạn: 4"),  # more days than are counted
        ("ngày thứ 1", "ngày thứ 2"),
        ("Hết hạn: 17:00, thứ Sáu 27/11/2026", "Hết hạn: 17:00, thứ Hai 30/11/2026"),
        ("13:30–17:00", "13:30–16:00"),  # the end told is not the end of the last day
        ("Thứ Ba 24/11/2026", "Thứ Tư 24/11/2026"),  # a Tuesday
        ("Thứ Ba 24/11/2026: không tính", "Thứ Ba 24/11/2026: có tính"),
        ("Bắt đầu", "Khởi đầu"),
    ],
)
def test_words_that_contradict_each_other_are_refused(old, new):
    lines = lines_of()
    assert any(old in line for line in lines)
    with pytest.raises(ValueError):
        parse_explanation([line.replace(old, new) for line in lines])


def test_hours_that_do_not_add_up_and_a_missing_day_are_refused():
    lines = lines_of(10, "hours")
    with pytest.raises(ValueError, match="add up"):
        parse_explanation([line.replace("Thời hạn: 10 giờ", "Thời hạn: 9 giờ") for line in lines])
    with pytest.raises(ValueError, match="gap"):
        parse_explanation([line for line in lines if "24/11/2026" not in line])
    with pytest.raises(ValueError, match="missing"):
        parse_explanation(lines[:-3])

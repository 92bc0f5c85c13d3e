import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar, office_calendar
from motcua.foundation.working_time import (
    Deadline,
    Reason,
    TimeLimit,
    add_working_hours,
    deadline,
    explain,
    hours_words,
    next_working_moment,
    working_hours_between,
)

OFFICE = office_calendar()


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HANOI)


def due(start: str, amount: float, unit: str, *pauses: tuple[str, str], **options: time) -> str:
    """When a limit ends, in the office calendar, written as the tests write moments."""
    stops = [(at(begins), at(ends)) for begins, ends in pauses]
    found = deadline(at(start), TimeLimit(amount, unit), OFFICE, stops, **options)
    return f"{found.due_at:%d/%m/%Y %H:%M}"


# Working days: 23/11/2026 is a Monday and 24/11/2026 a holiday.


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("25/11/2026 09:15", 1, "26/11/2026 17:00"),  # the first day does not count
        ("25/11/2026 07:00", 1, "26/11/2026 17:00"),
        ("25/11/2026 17:00", 1, "26/11/2026 17:00"),  # 17:00 sharp is still that day
        ("25/11/2026 17:01", 1, "27/11/2026 17:00"),  # a minute later is the next
        ("25/11/2026 06:00", 1, "26/11/2026 17:00"),  # early birds are of that day
        ("25/11/2026 12:00", 1, "26/11/2026 17:00"),  # the lunch break too
        ("27/11/2026 09:15", 1, "30/11/2026 17:00"),  # over the weekend
        ("27/11/2026 18:00", 1, "01/12/2026 17:00"),  # Friday evening counts from Monday
        ("28/11/2026 10:00", 1, "01/12/2026 17:00"),  # so does Saturday
        ("23/11/2026 09:15", 1, "25/11/2026 17:00"),  # over the holiday
        ("23/11/2026 17:30", 1, "26/11/2026 17:00"),  # evening before the holiday
        ("20/11/2026 09:15", 5, "30/11/2026 17:00"),
        ("13/02/2026 09:00", 1, "23/02/2026 17:00"),  # over Tết
        ("21/08/2026 09:00", 1, "22/08/2026 17:00"),  # a Saturday worked in exchange counts
        ("28/08/2026 09:00", 1, "03/09/2026 17:00"),  # the Monday off in exchange does not
        ("31/12/2026 09:00", 1, "04/01/2027 17:00"),  # over New Year
    ],
)
def test_working_days_end_with_the_working_time_of_the_last_day(start, days, end):
    assert due(start, days, "working_days") == end


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("25/11/2026 09:15", 2, "27/11/2026 17:00"),
        ("25/11/2026 09:15", 3, "30/11/2026 17:00"),  # Saturday, hence Monday
        ("25/11/2026 09:15", 4, "30/11/2026 17:00"),  # Sunday, hence Monday
        ("25/11/2026 09:15", 5, "30/11/2026 17:00"),
        ("20/11/2026 09:15", 4, "25/11/2026 17:00"),  # a holiday, hence the day after
        ("27/11/2026 18:00", 1, "01/12/2026 17:00"),  # counts from Monday
        ("10/02/2026 09:00", 5, "23/02/2026 17:00"),  # a day of Tết, hence the first day of work
        ("16/08/2026 09:00", 5, "22/08/2026 17:00"),  # a Saturday worked in exchange is no day off
    ],
)
def test_calendar_days_that_end_on_a_day_off_move_to_the_next_working_day(start, days, end):
    assert due(start, days, "calendar_days") == end


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("25/11/2026 09:15", 1, "25/12/2026 17:00"),
        ("30/11/2026 09:15", 3, "01/03/2027 17:00"),  # 28/2/2027, the last of the month, is a Sunday
        ("31/08/2026 09:15", 1, "05/10/2026 17:00"),  # a day off: begins 3/9, ends Saturday 3/10
        ("31/03/2026 09:15", 1, "04/05/2026 17:00"),  # 30/4 is a holiday, as is 1/5
        ("25/11/2026 09:15", 12, "25/11/2027 17:00"),
        ("24/11/2025 09:15", 12, "25/11/2026 17:00"),
        ("31/12/2025 09:15", 2, "02/03/2026 17:00"),  # 28/2/2026 is a Saturday
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(start, months, end):
    assert due(start, months, "months") == end


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("25/11/2026 09:00", 2, "25/11/2026 11:00"),
        (
            "25/11/2026 09:00",
            2.5,
            "25/11/2026 11:30",
        ),  # the end of the morning, not the begin of the afternoon
        ("25/11/2026 09:00", 3, "25/11/2026 14:00"),  # over lunch
        ("25/11/2026 09:00", 8, "26/11/2026 09:00"),
        ("25/11/2026 07:00", 8, "25/11/2026 17:00"),  # one whole day
        ("25/11/2026 12:00", 1, "25/11/2026 14:30"),
        ("25/11/2026 17:00", 1, "26/11/2026 08:00"),
        ("25/11/2026 22:00", 8, "26/11/2026 17:00"),  # filed at night, answered by the end of the next day
        ("23/11/2026 16:00", 2, "25/11/2026 08:00"),  # over the holiday
        ("27/11/2026 16:00", 8, "30/11/2026 16:00"),  # over the weekend
        ("28/11/2026 16:00", 0.25, "30/11/2026 07:15"),
    ],
)
def test_hours_are_working_hours(start, hours, end):
    assert due(start, hours, "hours") == end
    assert add_working_hours(at(start), hours, OFFICE) == at(end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("25/11/2026 09:00", "25/11/2026 17:00"),
        ("25/11/2026 15:00", "25/11/2026 17:00"),  # 15:00 sharp is not after 15:00
        ("25/11/2026 15:01", "26/11/2026 17:00"),
        ("25/11/2026 17:30", "26/11/2026 17:00"),  # counts from the next morning
        ("27/11/2026 15:30", "30/11/2026 17:00"),
        ("23/11/2026 16:00", "25/11/2026 17:00"),
        ("28/11/2026 09:00", "30/11/2026 17:00"),
    ],
)
@pytest.mark.parametrize("unit", ["working_days", "calendar_days"])
def test_same_day_procedures_received_after_fifteen_end_the_next_working_day(start, end, unit):
    assert due(start, 0, unit) == end


def test_the_hour_of_the_same_day_rule_is_a_parameter():
    assert due("25/11/2026 15:30", 0, "working_days", same_day_cutoff=time(16)) == "25/11/2026 17:00"
    assert due("25/11/2026 14:30", 0, "working_days", same_day_cutoff=time(14)) == "26/11/2026 17:00"


def test_half_a_working_day_is_four_hours():
    assert due("25/11/2026 09:00", 0.5, "working_days") == "25/11/2026 15:00"
    assert due("25/11/2026 09:00", 1.5, "working_days") == "26/11/2026 15:00"


# Pauses


@pytest.mark.parametrize(
    ("pause", "end"),
    [
        (
            ("26/11/2026 10:00", "27/11/2026 10:00"),
            "01/12/2026 17:00",
        ),  # 26/11 ends stopped, 27/11 runs again
        (("26/11/2026 10:00", "26/11/2026 14:00"), "30/11/2026 17:00"),  # within a day: the day counts
        (("26/11/2026 17:00", "27/11/2026 07:00"), "30/11/2026 17:00"),  # a night costs nothing
        (("26/11/2026 16:59", "27/11/2026 07:00"), "01/12/2026 17:00"),  # the last minute was not run
        (("26/11/2026 10:00", "26/11/2026 17:00"), "01/12/2026 17:00"),  # resumed when the day was over
        (("27/11/2026 18:00", "30/11/2026 06:00"), "30/11/2026 17:00"),  # a weekend costs nothing
        (("26/11/2026 10:00", "03/12/2026 10:00"), "07/12/2026 17:00"),
        (("20/11/2026 10:00", "24/11/2026 10:00"), "30/11/2026 17:00"),  # before the start
        (("30/11/2026 17:00", "10/12/2026 10:00"), "30/11/2026 17:00"),  # after the end
    ],
)
def test_a_working_day_counts_when_the_clock_runs_at_its_end(pause, end):
    assert due("25/11/2026 09:00", 3, "working_days", pause) == end


def test_calendar_days_and_months_stop_in_a_pause_too():
    pause = ("26/11/2026 10:00", "28/11/2026 10:00")
    assert due("25/11/2026 09:00", 6, "calendar_days") == "01/12/2026 17:00"
    assert due("25/11/2026 09:00", 6, "calendar_days", pause) == "03/12/2026 17:00"
    assert due("25/11/2026 09:00", 1, "months", pause) == "28/12/2026 17:00"  # 27/12 is a Sunday


def test_a_day_off_within_a_pause_does_not_end_a_count_of_calendar_days():
    pause = ("28/11/2026 10:00", "30/11/2026 18:00")
    assert due("25/11/2026 09:00", 2, "calendar_days", pause) == "27/11/2026 17:00"
    assert due("25/11/2026 09:00", 3, "calendar_days", pause) == "01/12/2026 17:00"


def test_a_count_that_ended_on_a_day_off_waits_for_a_working_day_that_runs():
    pause = ("29/11/2026 10:00", "30/11/2026 18:00")
    assert due("25/11/2026 09:00", 3, "calendar_days", pause) == "01/12/2026 17:00"


def test_hours_within_a_pause_do_not_run():
    assert due("25/11/2026 09:00", 4, "hours", ("25/11/2026 10:00", "25/11/2026 14:30")) == "26/11/2026 07:30"
    assert due("25/11/2026 09:00", 1, "hours", ("25/11/2026 10:00", "27/11/2026 14:30")) == "25/11/2026 10:00"
    assert due("25/11/2026 09:00", 1, "hours", ("25/11/2026 09:00", "25/11/2026 09:30")) == "25/11/2026 10:30"


def test_pauses_may_overlap_and_come_in_any_order():
    pauses = [
        ("26/11/2026 15:00", "27/11/2026 10:00"),
        ("26/11/2026 10:00", "26/11/2026 16:00"),
        ("26/11/2026 10:30", "26/11/2026 11:00"),
    ]
    assert due("25/11/2026 09:00", 3, "working_days", *pauses) == "01/12/2026 17:00"
    assert due("25/11/2026 09:00", 10, "hours", *pauses) == "27/11/2026 11:00"


def test_pauses_that_touch_are_told_as_one():
    pauses = [
        (at("26/11/2026 10:00"), at("26/11/2026 11:00")),
        (at("26/11/2026 11:00"), at("27/11/2026 10:00")),
    ]
    found = deadline(at("25/11/2026 09:00"), TimeLimit(3, "working_days"), OFFICE, pauses)
    assert found.pauses == ((pauses[0][0], pauses[1][1]),)


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        due("25/11/2026 09:00", 3, "working_days", ("27/11/2026 10:00", "26/11/2026 10:00"))


# Hours


def test_the_next_working_moment_is_now_or_the_next_session():
    for moment, working in [
        ("25/11/2026 09:00", "25/11/2026 09:00"),
        ("25/11/2026 11:30", "25/11/2026 11:30"),
        ("25/11/2026 11:31", "25/11/2026 13:30"),
        ("25/11/2026 17:01", "26/11/2026 07:00"),
        ("23/11/2026 17:01", "25/11/2026 07:00"),
        ("27/11/2026 19:00", "30/11/2026 07:00"),
    ]:
        assert next_working_moment(at(moment), OFFICE) == at(working)


def test_working_hours_between_two_moments_leave_out_nights_holidays_and_pauses():
    assert working_hours_between(at("25/11/2026 09:00"), at("25/11/2026 14:00"), OFFICE) == 3
    assert working_hours_between(at("23/11/2026 16:00"), at("25/11/2026 08:00"), OFFICE) == 2
    assert working_hours_between(at("28/11/2026 00:00"), at("29/11/2026 23:00"), OFFICE) == 0
    assert working_hours_between(at("25/11/2026 08:00"), at("25/11/2026 07:00"), OFFICE) == -1
    pause = (at("25/11/2026 08:00"), at("25/11/2026 14:00"))
    assert working_hours_between(at("25/11/2026 07:00"), at("25/11/2026 17:00"), OFFICE, [pause]) == 4


def test_adding_no_hours_gives_the_next_working_moment_and_fewer_are_refused():
    assert add_working_hours(at("25/11/2026 12:00"), 0, OFFICE) == at("25/11/2026 13:30")
    with pytest.raises(ValueError, match="-1"):
        add_working_hours(at("25/11/2026 12:00"), -1, OFFICE)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(8, "8 giờ"), (3.5, "3 giờ 30 phút"), (0.75, "45 phút"), (0, "0 phút"), (-1.25, "1 giờ 15 phút")],
)
def test_hours_are_said_to_the_minute(hours, words):
    assert hours_words(hours) == words


# The clock


def test_the_law_counts_days_in_hanoi_whatever_zone_the_moment_comes_in():
    start = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)  # 06:00 on 25/11 in Hanoi
    assert deadline(start, TimeLimit(1, "working_days"), OFFICE).due_at == at("26/11/2026 17:00")


def test_moments_without_a_time_zone_are_refused():
    naive = datetime(2026, 11, 25, 9)
    for call in (
        lambda: deadline(naive, TimeLimit(1, "working_days"), OFFICE),
        lambda: deadline(at("25/11/2026 09:00"), TimeLimit(1, "hours"), OFFICE, [(naive, naive)]),
        lambda: next_working_moment(naive, OFFICE),
        lambda: working_hours_between(naive, naive, OFFICE),
    ):
        with pytest.raises(ValueError, match="time zone"):
            call()


@pytest.mark.parametrize(
    ("amount", "unit"),
    [(-1, "working_days"), (0, "hours"), (0, "months"), (1.5, "months"), (0.5, "calendar_days"), (1, "weeks"),
     (float("nan"), "hours"), (float("inf"), "working_days")],
)  # fmt: skip
def test_limits_that_cannot_be_counted_are_refused(amount, unit):
    with pytest.raises(ValueError, match="Thời hạn"):
        TimeLimit(amount, unit)


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (5, "working_days", "5 ngày làm việc"),
        (0.5, "working_days", "0,5 ngày làm việc"),
        (30, "calendar_days", "30 ngày"),
        (8, "hours", "8 giờ làm việc"),
        (2, "months", "2 tháng"),
        (0, "working_days", "trong ngày làm việc"),
    ],
)
def test_a_limit_says_itself_in_words(amount, unit, words):
    assert str(TimeLimit(amount, unit)) == words


# Explanations


def test_a_deadline_explains_itself_day_by_day():
    pause = (at("26/11/2026 10:00"), at("30/11/2026 09:30"))
    found = deadline(at("20/11/2026 18:00"), TimeLimit(3, "working_days"), OFFICE, [pause])
    assert explain(found) == [
        "Thời hạn: 3 ngày làm việc.",
        "Bắt đầu: 18:00, thứ Sáu 20/11/2026, ngoài giờ làm việc; tính từ 07:00, thứ Hai 23/11/2026.",
        "Tạm dừng tính thời gian: từ 10:00, thứ Năm 26/11/2026 đến 09:30, thứ Hai 30/11/2026.",
        "Thứ Sáu 20/11/2026: không tính (hết giờ làm việc).",
        "Từ thứ Bảy 21/11/2026 đến Chủ nhật 22/11/2026: không tính (nghỉ hằng tuần).",
        "Thứ Hai 23/11/2026: không tính (ngày đầu tiên).",
        "Thứ Ba 24/11/2026: không tính (Ngày Văn hóa Việt Nam).",
        "Thứ Tư 25/11/2026: tính, ngày thứ 1.",
        "Từ thứ Năm 26/11/2026 đến thứ Sáu 27/11/2026: không tính (tạm dừng tính thời gian).",
        "Từ thứ Bảy 28/11/2026 đến Chủ nhật 29/11/2026: không tính (nghỉ hằng tuần).",
        "Từ thứ Hai 30/11/2026 đến thứ Ba 01/12/2026: tính 2 ngày, ngày thứ 2 đến ngày thứ 3.",
        "Giờ làm việc của ngày cuối: 07:00–11:30, 13:30–17:00.",
        "Hết hạn: 17:00, thứ Ba 01/12/2026.",
        "Lịch làm việc: Giờ hành chính, phiên bản 1.",
        "Căn cứ tính thời hạn: Điều 147, Điều 148 Bộ luật Dân sự năm 2015.",
    ]


def test_hours_a_moved_end_and_a_late_same_day_are_explained_too():
    hours = explain(deadline(at("23/11/2026 15:30"), TimeLimit(8, "hours"), OFFICE))
    assert hours[2:5] == [
        "Thứ Hai 23/11/2026: tính 1 giờ 30 phút (15:30–17:00).",
        "Thứ Ba 24/11/2026: không tính (Ngày Văn hóa Việt Nam).",
        "Thứ Tư 25/11/2026: tính 6 giờ 30 phút (07:00–11:30, 13:30–15:30).",
    ]
    evening = explain(deadline(at("25/11/2026 17:00"), TimeLimit(1, "hours"), OFFICE))
    assert evening[2] == "Thứ Tư 25/11/2026: không tính (hết giờ làm việc)."
    moved = explain(deadline(at("25/11/2026 09:00"), TimeLimit(3, "calendar_days"), OFFICE))
    assert (
        moved[-5]
        == "Thứ Hai 30/11/2026: không tính (hạn rơi vào ngày nghỉ, chuyển sang ngày làm việc tiếp theo)."
    )
    late = explain(deadline(at("25/11/2026 15:30"), TimeLimit(0, "working_days"), OFFICE))
    assert late[2] == "Thứ Tư 25/11/2026: không tính (nhận sau giờ trả kết quả trong ngày)."
    swap = explain(deadline(at("21/08/2026 09:00"), TimeLimit(1, "working_days"), OFFICE))
    assert swap[3] == "Thứ Bảy 22/08/2026: tính, ngày thứ 1 (Làm bù cho thứ Hai 31/08/2026)."


def test_a_deadline_is_found_in_a_fifth_of_a_millisecond():
    limit, start = TimeLimit(30, "working_days"), at("20/11/2026 09:00")
    deadline(start, limit, OFFICE)
    times = []
    for _ in range(50):
        begin = perf_counter()
        deadline(start, limit, OFFICE)
        times.append(perf_counter() - begin)
    assert min(times) < 0.0002


# Generated cases, against an oracle that walks every quarter of an hour

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
ENDS_OF_SESSIONS = [
    "0700-1130 1330-1700",
    "0730-1030",
    "0800-1200 1300-1515 1530-1700",
    "0000-2345",
    "0700-1100",
    "",
]


def hour(text: str) -> time:
    return time(int(text[:2]), int(text[2:]))


days = st.integers(0, 500).map(lambda offset: FIRST + offset * DAY)
moments = st.tuples(days, st.integers(0, 95)).map(
    lambda drawn: datetime.combine(drawn[0], time(), HANOI) + drawn[1] * QUARTER
)
weeks = st.lists(st.sampled_from(ENDS_OF_SESSIONS), min_size=7, max_size=7).filter(any).map(
    lambda week: tuple(
        tuple((hour(session[:4]), hour(session[5:])) for session in day.split()) for day in week
    )
)  # fmt: skip
calendars = st.one_of(
    st.just(OFFICE),
    st.builds(
        Calendar,
        name=st.just("x"),
        sessions=weeks,
        holidays=st.dictionaries(days, st.sampled_from(["Lễ", "Tết"]), max_size=40),
        extra_working_days=st.dictionaries(days, st.just("Làm bù"), max_size=10),
    ),
)
limits = st.one_of(
    st.builds(TimeLimit, st.integers(0, 12), st.sampled_from(["working_days", "calendar_days"])),
    st.builds(TimeLimit, st.integers(1, 120).map(lambda quarters: quarters / 4), st.just("hours")),
    st.builds(TimeLimit, st.integers(1, 3), st.just("months")),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, TimeLimit, Calendar, list[tuple[datetime, datetime]]]:
    start = draw(moments)
    offsets = st.tuples(st.integers(-200, 1500), st.integers(0, 700))
    pauses = [
        (start + begin * QUARTER, start + (begin + length) * QUARTER)
        for begin, length in draw(st.lists(offsets, max_size=3))
    ]
    return start, draw(limits), draw(calendars), pauses


class Oracle:
    """The same law, told tick by tick: a tick is a quarter of an hour, named by its begin."""

    def __init__(self, calendar: Calendar, pauses: list[tuple[datetime, datetime]]) -> None:
        self.content = calendar.to_json()
        self.pauses = pauses

    def hours_of(self, day: date) -> list[list[str]]:
        week = list(self.content["sessions"].values())
        if day.isoformat() in self.content["extra_working_days"]:
            return max(week, key=lambda hours: sum(self.minutes(e) - self.minutes(b) for b, e in hours))
        if day.isoformat() in self.content["holidays"]:
            return []
        return week[day.weekday()]

    @staticmethod
    def minutes(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    def works(self, tick: datetime) -> bool:
        clock = f"{tick:%H:%M}"
        return any(begins <= clock < ends for begins, ends in self.hours_of(tick.date()))

    def stopped(self, tick: datetime) -> bool:
        return any(begins <= tick and tick + QUARTER <= ends for begins, ends in self.pauses)

    def ends_a_day(self, tick: datetime) -> bool:
        hours = self.hours_of(tick.date())
        return f"{tick + QUARTER:%H:%M}" == (hours[-1][1] if hours else "00:00")

    def ticks(self, start: datetime) -> Iterator[datetime]:
        while True:
            yield start
            start += QUARTER

    def begin(self, start: datetime) -> datetime:
        return next(tick for tick in self.ticks(start) if self.works(tick) or self.works(tick - QUARTER))

    def hours(self, start: datetime, hours: float) -> datetime:
        run = (tick for tick in self.ticks(self.begin(start)) if self.works(tick) and not self.stopped(tick))
        return [next(run) for _ in range(round(hours * 4))][-1] + QUARTER

    def days(self, start: datetime, limit: TimeLimit) -> datetime:
        begin = self.begin(start)
        wanted, first_counts = int(limit.amount), False
        if limit.unit == "months":
            wanted = self.days_of_months(begin.date(), wanted)
        if wanted == 0:
            wanted, first_counts = 1, f"{begin:%H:%M}" <= "15:00"
        every_day = limit.unit == "months" or (limit.unit == "calendar_days" and limit.amount > 0)
        passed = 0
        for tick in self.ticks(datetime.combine(begin.date(), time(), HANOI)):
            if not self.ends_a_day(tick) or (tick.date() == begin.date() and not first_counts):
                continue
            works = bool(self.hours_of(tick.date()))
            if not self.stopped(tick):
                passed += works or every_day
                if passed >= wanted and works:
                    return tick + QUARTER
        raise AssertionError

    @staticmethod
    def days_of_months(first: date, months: int) -> int:
        """Walk until the months have turned; stop at the same number, or at the last day of a short month."""
        day, turned = first, 0
        while not (turned == months and (day.day == first.day or (day + DAY).day == 1)):
            day += DAY
            turned += day.day == 1
        return (day - first).days


@given(cases())
@settings(max_examples=int(os.environ.get("DEADLINE_CASES", "500")), deadline=None)
def test_every_deadline_agrees_with_the_slow_oracle(case):
    start, limit, calendar, pauses = case
    oracle = Oracle(calendar, pauses)
    found = deadline(start, limit, calendar, pauses)

    assert found.effective_start == oracle.begin(start)
    if limit.unit == "hours":
        assert found.due_at == oracle.hours(start, limit.amount)
        assert add_working_hours(start, limit.amount, calendar, pauses) == found.due_at
        assert working_hours_between(start, found.due_at, calendar, pauses) == limit.amount
    else:
        assert found.due_at == oracle.days(start, limit)


@given(cases())
@settings(max_examples=200, deadline=None)
def test_the_trace_alone_gives_the_deadline_again(case):
    start, limit, calendar, pauses = case
    found = deadline(start, limit, calendar, pauses)

    assert [entry.day for entry in found.trace] == days_from_to(start.date(), found.due_at.date())
    assert Deadline.from_json(found.to_json()) == found
    if limit.unit == "hours":
        assert sum((entry.worked for entry in found.trace), timedelta()) == timedelta(hours=limit.amount)
    else:
        assert found.due_at == calendar.on(found.trace[-1].day).ends_at
    if limit.unit == "working_days":
        assert sum(entry.counted for entry in found.trace) == (limit.amount or 1)
    if limit.unit == "calendar_days" and limit.amount:
        assert sum(entry.counted for entry in found.trace) == limit.amount
    assert all(entry.reason != Reason.PAUSED for entry in found.trace) or pauses


@given(cases())
@settings(max_examples=200, deadline=None)
def test_the_explanation_read_again_gives_the_same_day(case):
    start, limit, calendar, pauses = case
    found = deadline(start, limit, calendar, pauses)

    told, counted = read(explain(found))

    assert told == days_from_to(start.date(), found.due_at.date())
    assert counted == sum(entry.counted for entry in found.trace)


def days_from_to(first: date, last: date) -> list[date]:
    return [first + offset * DAY for offset in range((last - first).days + 1)]


def read(lines: list[str]) -> tuple[list[date], int]:
    """The days that an explanation tells of, and how many of them it counts."""
    told, counted = [], 0
    for line in lines:
        if re.match(r"(Từ )?(thứ|Chủ nhật)", line, re.IGNORECASE):
            where, what = line.split(": ", 1)
            first, *last = [
                datetime.strptime(found, "%d/%m/%Y").date() for found in re.findall(r"[\d/]{10}", where)
            ]
            run = days_from_to(first, last[0] if last else first)
            told += run
            counted += len(run) if what.startswith("tính") else 0
    return told, counted

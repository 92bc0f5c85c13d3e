"""The moon's days against published calendars."""

import itertools
from datetime import date, timedelta

import pytest

from motcua.foundation import holidays, lunar, working_calendar
from motcua.foundation.working_calendar import office_calendar

TET = ["2000-02-05", "2001-01-24", "2002-02-12", "2003-02-01", "2004-01-22", "2005-02-09", "2006-01-29", "2007-02-17", "2008-02-07", "2009-01-26", "2010-02-14", "2011-02-03", "2012-01-23", "2013-02-10", "2014-01-31", "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-02", "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08"]  # in 2007 and 2030 a day before the Chinese one
KINGS_DAY = ["2007-04-26", "2008-04-15", "2010-04-23", "2011-04-12", "2012-03-31", "2013-04-19", "2014-04-09", "2015-04-28", "2016-04-16", "2017-04-06", "2018-04-25", "2019-04-14", "2020-04-02", "2021-04-21", "2022-04-10", "2023-04-29", "2024-04-18", "2025-04-07", "2026-04-26", "2027-04-16"]


@pytest.mark.parametrize("text", TET)
def test_the_lunar_new_year_is_that_of_the_published_calendars(text):
    known = date.fromisoformat(text)
    assert lunar.lunar_new_year(known.year) == known


@pytest.mark.parametrize("text", KINGS_DAY)
def test_the_tenth_of_the_third_month_is_that_of_the_published_calendars(text):
    known = date.fromisoformat(text)
    assert lunar.solar(known.year, 3, 10) == known


@pytest.mark.parametrize(
    ("year", "month", "day", "known"),
    [
        (2025, 8, 15, "2025-10-06"),  # mid-autumn of a year with a leap sixth month
        (2026, 8, 15, "2026-09-25"),
        (2024, 12, 29, "2025-01-28"),  # the last day of the year
        (2020, 8, 15, "2020-10-01"),  # after a leap fourth month
        (2023, 3, 10, "2023-04-29"),  # after a leap second month
        (2025, 1, 15, "2025-02-12"),
    ],
)
def test_days_after_a_leap_month_are_found_too(year, month, day, known):
    assert lunar.solar(year, month, day) == date.fromisoformat(known)


def test_months_follow_each_other_and_have_29_or_30_days():
    firsts = [lunar.solar(year, month, 1) for year in range(1970, 2100) for month in range(1, 13)]
    gaps = {(b - a).days for a, b in itertools.pairwise(firsts)}
    assert gaps <= {29, 30, 58, 59, 60}  # the longer ones hold a leap month


@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (1, 0), (1, 31)])
def test_a_day_that_no_lunar_year_has_is_refused(month, day):
    with pytest.raises(ValueError, match="no lunar day"):
        lunar.solar(2026, month, day)


def test_years_have_their_names():
    assert [holidays.year_name(year) for year in (2024, 2025, 2026, 2027)] == ["Giáp Thìn", "Ất Tỵ", "Bính Ngọ", "Đinh Mùi"]


def test_a_year_is_proposed_with_five_days_of_tet_and_the_days_that_make_up():
    found = holidays.proposed(2027, office_calendar())
    by_day = {one.day: one for one in found}
    assert sum("Tết Nguyên đán" in one.name and one.made_up_for is None for one in found) == 5
    # 6/2/2027, the first of the year, is a Saturday: it and the Sunday are made up for after the days off
    assert by_day[date(2027, 2, 10)].made_up_for == date(2027, 2, 6)
    assert by_day[date(2027, 2, 11)].made_up_for == date(2027, 2, 7)
    assert by_day[date(2027, 5, 3)].made_up_for == date(2027, 5, 1)
    assert date(2027, 4, 16) in by_day and date(2027, 11, 24) in by_day
    assert [one.day for one in found] == sorted(by_day)


def test_the_choices_of_the_year_move_days():
    early = {one.day for one in holidays.proposed(2026, office_calendar(), tet="2-3", national_day="after")}
    late = {one.day for one in holidays.proposed(2026, office_calendar())}
    assert date(2026, 9, 3) in early and date(2026, 9, 1) in late
    assert date(2026, 2, 15) in early and date(2026, 2, 15) not in late
    with pytest.raises(ValueError):
        holidays.proposed(2026, office_calendar(), tet="5-0")  # type: ignore[arg-type]


def test_the_day_of_culture_is_proposed_from_2026_on():
    assert date(2025, 11, 24) not in {one.day for one in holidays.proposed(2025, office_calendar())}


@pytest.mark.parametrize("year", range(2024, 2060))
def test_every_proposed_holiday_leaves_its_working_days_off(year):
    calendar = office_calendar()
    found = holidays.proposed(year, calendar)
    working = [one.day for one in found if calendar.sessions[one.day.weekday()]]
    assert len({one.day for one in found}) == len(found)
    assert len(working) == (12 if year >= 2026 else 11)  # as many working days off as the law gives


@pytest.mark.parametrize("year", working_calendar.known_years())
def test_what_was_decided_for_a_year_is_among_what_could_be_proposed(year):
    """Every holiday of the list that is no swap is a day that one of the choices proposes."""
    calendar = office_calendar()
    possible = {
        one.day
        for tet in ("1-4", "2-3")
        for beside in ("before", "after")
        for one in holidays.proposed(year, calendar, tet=tet, national_day=beside)  # type: ignore[arg-type]
    }
    known = {day for day, name in working_calendar.vietnam_holidays(year).items() if "hoán đổi" not in name}
    assert known <= possible


def test_a_year_without_holidays_is_noticed():
    last = max(working_calendar.known_years())
    assert not holidays.is_missing(last, office_calendar())
    assert holidays.is_missing(last + 1, office_calendar())
    assert lunar.eve(2027) == date(2027, 2, 6) - timedelta(days=1)

from datetime import UTC, date, datetime, time, timedelta

import pytest

from motcua.foundation import working_calendar
from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar, DayKind, office_calendar

MORNING, AFTERNOON = (time(7), time(11, 30)), (time(13, 30), time(17))
OFFICE_WEEK = ((MORNING, AFTERNOON),) * 5 + ((), ())


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HANOI)


def test_a_calendar_survives_json():
    calendar = Calendar(
        name="Sở Khoa học và Công nghệ",
        version=3,
        sessions=OFFICE_WEEK,
        holidays={date(2026, 11, 24): "Ngày Văn hóa Việt Nam"},
        extra_working_days={date(2026, 8, 22): "Làm bù"},
        reception=(((time(7, 30), time(10, 30)),),) * 5 + ((), ()),
    )
    assert Calendar.from_json(calendar.to_json()) == calendar
    assert calendar.to_json()["sessions"]["mon"] == [["07:00", "11:30"], ["13:30", "17:00"]]
    assert Calendar.from_json(office_calendar().to_json()) == office_calendar()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "không đúng cấu trúc"),
        ({"name": "x", "sessions": {"mon": [["7 giờ", "8 giờ"]]}}, "không đúng cấu trúc"),
        (
            {"name": "x", "sessions": {"mon": [["07:00", "08:00"]]}, "holidays": {"24/11": "x"}},
            "không đúng cấu trúc",
        ),
        ({"name": "x", "sessions": {}}, "ít nhất một buổi"),
        ({"name": "x", "sessions": {"mon": [["11:00", "07:00"]]}}, "phải trước giờ kết thúc"),
        ({"name": "x", "sessions": {"mon": [["07:00", "12:00"], ["11:00", "17:00"]]}}, "không được chồng"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(ValueError, match=sentence):
        Calendar.from_json(content)


def test_an_extra_working_day_has_the_hours_of_the_longest_weekday_and_wins_over_a_holiday():
    saturday = date(2026, 8, 22)
    week = ((MORNING, AFTERNOON),) * 5 + ((MORNING,), ())
    calendar = Calendar("x", week, holidays={saturday: "Nghỉ"}, extra_working_days={saturday: "Làm bù"})
    assert calendar.on(saturday).kind == DayKind.EXTRA_DAY
    assert calendar.on(saturday).ends_at == at("22/08/2026 17:00")
    assert calendar.on(saturday + timedelta(7)).ends_at == at("29/08/2026 11:30")


def test_hours_of_reception_differ_from_working_hours():
    reception = ((((time(7, 30), time(10, 30))), (time(13, 30), time(16, 30))),) * 5 + (
        ((time(7, 30), time(11)),),
        (),
    )
    calendar = Calendar("x", OFFICE_WEEK, holidays={date(2026, 11, 24): "Lễ"}, reception=reception)
    assert calendar.receives_at(at("23/11/2026 10:30"))
    assert not calendar.receives_at(at("23/11/2026 10:31"))
    assert calendar.receives_at(at("23/11/2026 14:00").astimezone(UTC))
    assert calendar.receives_at(at("28/11/2026 08:00"))  # Saturday: people are received, no work is counted
    assert not calendar.works_on(date(2026, 11, 28))
    assert not calendar.receives_at(at("24/11/2026 08:00"))
    assert not calendar.receives_at(at("29/11/2026 08:00"))


def test_without_hours_of_reception_people_are_received_whenever_the_agency_works():
    assert office_calendar().receives_at(at("23/11/2026 16:59"))
    assert not office_calendar().receives_at(at("23/11/2026 12:00"))


def test_the_day_of_culture_is_a_holiday_from_2026_on():
    assert date(2025, 11, 24) not in working_calendar.vietnam_holidays(2025)
    for year in (2026, 2027):
        assert working_calendar.vietnam_holidays(year)[date(year, 11, 24)] == "Ngày Văn hóa Việt Nam"


def test_tet_is_known_but_not_verified():
    assert working_calendar.vietnam_holidays(2026)[date(2026, 2, 17)].startswith("Mùng 1")
    assert working_calendar.vietnam_holidays(2027)[date(2027, 2, 6)].startswith("Mùng 1")
    assert {date(2026, 2, 17), date(2026, 2, 20)} <= working_calendar.unverified_days(2026)
    assert date(2027, 2, 6) in working_calendar.unverified_days(2027)


@pytest.mark.parametrize("year", working_calendar.known_years())
def test_every_year_has_its_fixed_holidays_and_belongs_to_itself(year):
    holidays, extra = (
        working_calendar.vietnam_holidays(year),
        working_calendar.vietnam_extra_working_days(year),
    )
    assert {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)} <= set(holidays)
    assert {day.year for day in holidays | extra} == {year}
    assert working_calendar.unverified_days(year) <= set(holidays) | set(extra)
    assert all(day.weekday() >= 5 for day in extra)
    assert not set(holidays) & set(extra)
    assert (
        sum(
            name.startswith(("Tết Nguyên đán", "Mùng 1"))
            for day, name in holidays.items()
            if day.weekday() < 5
        )
        == 5
    )


def test_a_holiday_on_a_weekend_gives_a_day_off_in_exchange():
    assert date(2026, 4, 27) in working_calendar.vietnam_holidays(2026)  # 10/3 by the moon is Sunday 26/4
    assert date(2027, 5, 3) in working_calendar.vietnam_holidays(2027)  # 1/5 is a Saturday


def test_a_year_without_holidays_known_is_refused():
    with pytest.raises(ValueError, match="2019"):
        working_calendar.vietnam_holidays(2019)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        office_calendar().receives_at(datetime(2026, 11, 24, 9))

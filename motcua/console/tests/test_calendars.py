"""Calendars as an administrator keeps them: edited, looked at with what they move, applied."""

import re
from datetime import date, timedelta

import pytest

from motcua.agencies import calendars as operations
from motcua.agencies.models import Agency, WorkingCalendar
from motcua.dossiers import operations as dossiers
from motcua.dossiers import recount_jobs
from motcua.dossiers.models import Dossier
from motcua.foundation import holidays
from motcua.foundation.time import HANOI, now
from motcua.foundation.working_calendar import known_years
from tests.cast import complete_draft, pay_everything

HOLIDAY = {"kind": "holidays", "day": "08/12/2026", "name": "Quốc tang"}


@pytest.fixture
def address(calendar):
    return f"/quan-tri/lich/{calendar.pk}/"


@pytest.fixture
def accepted(version, department, centre, an, binh, as_actor):
    """A dossier accepted on Monday, due a week later."""

    def make(number=1):
        found = []
        for _each in range(number):
            at = now() - timedelta(minutes=5)
            dossier = dossiers.submit(
                dossier=complete_draft(version, department, centre, an, at), actor=as_actor(an), at=at
            )
            pay_everything(dossier, at)
            found.append(dossiers.accept(dossier=dossier, actor=as_actor(binh), at=at))
        return found

    return make


def row(calendar):
    return WorkingCalendar.objects.get(pk=calendar.pk)


def revision(page):
    return re.search(r'name="revision" value="(\d+)"', page.text)[1]


def test_a_holiday_is_added_looked_at_and_applied(console, calendar, address, thao):
    assert console.post(address, HOLIDAY).status_code == 302
    assert row(calendar).calendar.works_on(date(2026, 12, 8))
    assert "Có thay đổi chưa áp dụng" in console.get(address).text

    page = console.get(f"{address}thay-doi/")
    assert "Thêm ngày nghỉ thứ Ba 08/12/2026: Quốc tang." in page.text

    answer = console.post(f"{address}thay-doi/", {"revision": revision(page), "dates": "move"}, follow=True)
    assert "phiên bản 2" in answer.text
    assert not row(calendar).calendar.works_on(date(2026, 12, 8))
    text = console.get(f"{address}phien-ban/2/").text
    assert "Thêm ngày nghỉ thứ Ba 08/12/2026: Quốc tang." in text and thao.full_name in text
    assert console.get(f"{address}phien-ban/3/").status_code == 404


def test_a_day_that_is_there_already_is_refused_with_what_was_typed(console, address):
    console.post(address, HOLIDAY)
    again = console.post(address, HOLIDAY)
    assert again.status_code == 422
    assert 'value="08/12/2026"' in again.text


def test_a_change_is_given_up(console, calendar, address):
    console.post(address, HOLIDAY)
    console.post(f"{address}thay-doi/huy/")
    assert "chưa áp dụng" not in console.get(address).text
    assert console.get(f"{address}thay-doi/").status_code == 302
    assert row(calendar).version == 1


def test_a_day_is_taken_out_again(console, address):
    console.post(f"{address}xoa-ngay/", {"day": "2026-11-24"})
    assert "Bỏ ngày nghỉ thứ Ba 24/11/2026" in console.get(f"{address}thay-doi/").text
    assert console.post(f"{address}xoa-ngay/", {"day": "hôm qua"}).status_code == 302


def test_what_changed_after_the_preview_is_not_applied_blindly(console, calendar, address):
    console.post(address, HOLIDAY)
    seen = revision(console.get(f"{address}thay-doi/"))
    console.post(address, {**HOLIDAY, "day": "09/12/2026"})
    answer = console.post(f"{address}thay-doi/", {"revision": seen, "dates": "move"}, follow=True)
    assert "Vui lòng xem lại" in answer.text
    assert row(calendar).version == 1


def test_the_preview_names_the_dossiers_and_applying_moves_them(console, calendar, address, accepted):
    [dossier] = accepted()
    before = dossier.due_at.astimezone(HANOI).date()
    console.post(address, {**HOLIDAY, "day": f"{before:%d/%m/%Y}"})
    page = console.get(f"{address}thay-doi/")
    assert dossier.code in page.text and "Sở Khoa học và Công nghệ tỉnh Kon Tum" in page.text

    console.post(f"{address}thay-doi/", {"revision": revision(page), "dates": "move"})
    change = row(calendar).changes.get()
    recount_jobs.recount(change.pk)

    assert Dossier.objects.get(pk=dossier.pk).due_at > dossier.due_at
    text = console.get(f"{address}thay-doi/{change.pk}/").text
    assert "Đã tính lại xong" in text and "100%" in text


def test_hours_are_edited_with_mistakes_told_at_their_day(console, calendar, address):
    typed = {f"work-{day}": "7:00-11:30, 13h30-17h" for day in range(5)} | {"reception-0": "07:30-10:30"}
    answer = console.post(f"{address}gio/", typed | {"work-2": "sáng", "work-3": "11:00-07:00", "reception-1": "7:00-12:00, 11:00-12:30"})
    assert answer.status_code == 422
    for words in ("Giờ “sáng” không đúng", "phải trước giờ kết thúc", "không được chồng", 'value="sáng"'):
        assert words in answer.text
    assert console.post(f"{address}gio/", {}).status_code == 422  # nobody works

    answer = console.post(f"{address}gio/", typed | {"work-4": "07:00-11:30"}, follow=True)
    assert "Giờ làm việc thứ Sáu: 07:00–11:30, 13:30–17:00 → 07:00–11:30." in answer.text
    assert "Giờ tiếp nhận thứ Hai: 07:00–11:30, 13:30–17:00 → 07:30–10:30." in answer.text


def test_a_new_calendar_is_a_copy_and_is_given_to_a_unit(console, calendar, department):
    console.post("/quan-tri/lich/them/", {"name": "Ca sáng", "like": calendar.pk})
    made = WorkingCalendar.objects.get(name="Ca sáng")
    assert made.content["sessions"] == calendar.content["sessions"]
    again = console.post("/quan-tri/lich/them/", {"name": "Ca sáng", "like": calendar.pk})
    assert again.status_code == 422

    page = console.post(f"/quan-tri/lich/{made.pk}/co-quan/", {"agencies": [department.pk]}, follow=True)
    assert "Cơ quan sẽ dùng lịch này: Sở Khoa học và Công nghệ tỉnh Kon Tum." in page.text
    console.post(f"/quan-tri/lich/{made.pk}/thay-doi/", {"revision": revision(page), "dates": "leave"})
    assert Agency.objects.get(pk=department.pk).calendar == made


def test_the_holidays_of_a_year_to_come_are_proposed_and_taken_over_day_by_day(console, calendar, address):
    year = now().astimezone(HANOI).year + 2
    assert holidays.is_missing(year, calendar.calendar) == (year not in known_years())
    page = console.get(f"{address}de-xuat/{year}/")
    proposed = holidays.proposed(year, calendar.calendar)
    assert f"{holidays.year_name(year)}" in page.text
    wanted = [one.day.isoformat() for one in proposed[:3]]

    answer = console.post(f"{address}de-xuat/{year}/", {"days": wanted}, follow=True)
    assert answer.text.count("Thêm ngày nghỉ") == 3
    assert "Đã có trong lịch" in console.get(f"{address}de-xuat/{year}/").text
    change = operations.open_change(row(calendar))
    assert {day.isoformat() for day in change.calendar.holidays} >= set(wanted)


def test_a_year_that_cannot_be_proposed_is_not_found(console, address):
    assert console.get(f"{address}de-xuat/1999/").status_code == 404
    assert console.get(f"{address}de-xuat/{now().year + 1}/?tet=9-9").status_code == 404


def test_a_calendar_without_next_years_holidays_warns(console, calendar, address, thao, as_actor):
    coming = now().astimezone(HANOI).year + 1
    change = None
    for day in [day for day in calendar.calendar.holidays if day.year == coming]:
        change = operations.clear_special_day(calendar=calendar, day=day, actor=as_actor(thao), at=now())
    if change:
        operations.keep(change=change, seen=change.revision, moves_dates=False, actor=as_actor(thao), at=now())
    for page in (console.get("/quan-tri/lich/"), console.get(address)):
        assert f"năm {coming}" in page.text and "hưa có ngày nghỉ lễ, tết" in page.text


def test_the_pages_cost_the_same_for_one_dossier_and_for_many(
    console, address, accepted, django_assert_max_num_queries
):
    accepted(3)
    console.post(address, HOLIDAY)
    console.get(f"{address}thay-doi/")
    for path in ("", "gio/", "co-quan/", f"de-xuat/{now().year + 1}/", "thay-doi/", "phien-ban/1/"):
        with django_assert_max_num_queries(14):
            console.get(address + path)


@pytest.mark.parametrize("path", ["", "gio/", "co-quan/", "de-xuat/2027/", "thay-doi/", "phien-ban/1/"])
def test_nobody_else_finds_the_pages(client, binh, address, path):
    client.force_login(binh)
    assert client.get(address + path).status_code == 404

"""The days nobody works: changed in the open, kept as versions, found again for any moment."""

from datetime import date, time, timedelta

import pytest
from django.db import DatabaseError, transaction

from motcua.agencies import calendars, operations
from motcua.agencies.calendars import SpecialDay
from motcua.agencies.models import CalendarVersion, Role, WorkingCalendar
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.foundation.working_calendar import DayKind
from tests.cast import MONDAY_9AM

A_TUESDAY, A_SATURDAY, NATIONAL_DAY = date(2026, 12, 8), date(2026, 12, 12), date(2026, 9, 2)
OFFICE_DAY = ((time(7), time(11, 30)), (time(13, 30), time(17)))


@pytest.fixture
def thao(hire, province, as_actor):
    """Y Thảo administers."""
    return as_actor(hire("thao", "Y Thảo", province, Role.ADMINISTRATOR))


@pytest.fixture
def add(calendar, thao):
    """Add a special day to the open change of the calendar."""

    def make(day=A_TUESDAY, kind="holidays", name="Quốc tang"):
        return calendars.add_special_days(
            calendar=calendar, days=[SpecialDay(day, kind, name)], actor=thao, at=MONDAY_9AM
        )

    return make


@pytest.fixture
def keep(thao):
    def make(change, at=MONDAY_9AM, seen=None):
        return calendars.keep(change=change, seen=seen or change.revision, moves_dates=True, actor=thao, at=at)

    return make


def now_of(calendar):
    return WorkingCalendar.objects.get(pk=calendar.pk)


def test_an_edit_counts_only_once_the_change_is_kept(add, keep, calendar):
    change = add()
    assert now_of(calendar).calendar.works_on(A_TUESDAY)

    kept = keep(change)

    row = now_of(calendar)
    assert (row.version, kept.version) == (2, 2)
    assert row.calendar.on(A_TUESDAY).kind == DayKind.HOLIDAY
    [event] = Event.objects.filter(type="calendar.change_kept")
    assert event.data["version"] == 2


def test_edits_gather_in_one_change(add, calendar, thao):
    add()
    change = add(A_SATURDAY, "extra_working_days", "Làm bù")
    assert calendar.changes.count() == 1
    assert calendars.differences(change) == [
        "Thêm ngày nghỉ thứ Ba 08/12/2026: Quốc tang.",
        "Thêm ngày làm bù thứ Bảy 12/12/2026: Làm bù.",
    ]
    change = calendars.clear_special_day(calendar=calendar, day=A_TUESDAY, actor=thao, at=MONDAY_9AM)
    assert len(calendars.differences(change)) == 1


def test_a_saturday_is_worked_in_exchange_and_is_free_again(add, keep, calendar, thao):
    keep(add(A_SATURDAY, "extra_working_days", "Làm bù"))
    assert now_of(calendar).calendar.works_on(A_SATURDAY)
    keep(calendars.clear_special_day(calendar=calendar, day=A_SATURDAY, actor=thao, at=MONDAY_9AM))
    assert not now_of(calendar).calendar.works_on(A_SATURDAY)


def test_every_version_is_kept_with_its_moment_and_found_again(add, keep, calendar):
    for weeks in (1, 2, 3):
        keep(add(A_TUESDAY + timedelta(weeks=weeks)), at=MONDAY_9AM + timedelta(days=weeks))
    row = now_of(calendar)
    moments = [(0, 1), (1, 2), (1.5, 2), (2, 3), (3, 4), (90, 4)]
    assert [row.in_force(MONDAY_9AM + timedelta(days=days, minutes=1)).version for days, _ in moments][1:] == [
        version for _, version in moments
    ][1:]
    assert row.in_force(MONDAY_9AM - timedelta(days=400)).version == 1
    assert [one.version for one in row.as_known(MONDAY_9AM + timedelta(days=2, minutes=1))] == [3, 4, 2, 1]
    second = row.in_force(MONDAY_9AM + timedelta(days=1, minutes=1))
    assert not second.works_on(A_TUESDAY + timedelta(weeks=1)) and second.works_on(A_TUESDAY + timedelta(weeks=2))


def test_a_version_is_never_changed(add, keep):
    keep(add())
    for change in (lambda rows: rows.update(kept_by="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(CalendarVersion.objects.all())


def test_what_was_edited_after_it_was_looked_at_is_not_kept(add, keep):
    seen = add().revision
    with pytest.raises(WrongState):
        keep(add(A_TUESDAY + timedelta(days=1)), seen=seen)


def test_a_change_is_kept_once_and_a_discarded_one_never(add, keep, thao):
    change = keep(add())
    with pytest.raises(WrongState):
        keep(change)
    with pytest.raises(WrongState):
        calendars.discard(change=change, actor=thao, at=MONDAY_9AM)
    other = add(A_TUESDAY + timedelta(days=1))
    calendars.discard(change=other, actor=thao, at=MONDAY_9AM)
    calendars.discard(change=other, actor=thao, at=MONDAY_9AM)
    with pytest.raises(WrongState):
        keep(other)


def test_a_change_that_undoes_itself_is_not_kept(add, keep, calendar, thao):
    add()
    with pytest.raises(Refusal, match="Chưa có thay đổi"):
        keep(calendars.clear_special_day(calendar=calendar, day=A_TUESDAY, actor=thao, at=MONDAY_9AM))


def test_a_calendar_written_meanwhile_begins_the_change_anew(add, calendar, thao):
    old = add()
    operations.write_calendar(name=calendar.name, content=old.calendar, actor=thao, at=MONDAY_9AM)
    new = add(A_TUESDAY + timedelta(days=1))
    assert new.pk != old.pk
    assert A_TUESDAY in new.calendar.holidays


@pytest.mark.parametrize(
    ("day", "kind"),
    [(NATIONAL_DAY, "holidays"), (NATIONAL_DAY, "extra_working_days"), (A_TUESDAY, "extra_working_days")],
)
def test_a_day_that_would_not_change_is_refused(add, calendar, day, kind):
    with pytest.raises(Refusal):
        add(day, kind, "x")
    assert not calendar.changes.exists()


def test_hours_and_hours_of_reception_are_set_apart(keep, calendar, thao):
    week = ((OFFICE_DAY,) * 4) + (OFFICE_DAY[:1], (), ())
    reception = (((time(7, 30), time(10, 30)),),) * 5 + ((), ())
    change = calendars.set_hours(calendar=calendar, sessions=week, reception=reception, actor=thao, at=MONDAY_9AM)
    assert "Giờ làm việc thứ Sáu: 07:00–11:30, 13:30–17:00 → 07:00–11:30." in calendars.differences(change)
    assert "Giờ tiếp nhận thứ Hai: 07:00–11:30, 13:30–17:00 → 07:30–10:30." in calendars.differences(change)
    keep(change)
    assert now_of(calendar).calendar.reception == reception


@pytest.mark.parametrize(
    ("week", "sentence"),
    [
        ((((time(11), time(7)),),) + ((),) * 6, "trước giờ kết thúc"),
        ((((time(7), time(12)), (time(11), time(17))),) + ((),) * 6, "không được chồng"),
        (((),) * 7, "ít nhất một buổi"),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_a_sentence(calendar, thao, week, sentence):
    with pytest.raises(Refusal, match=sentence):
        calendars.set_hours(calendar=calendar, sessions=week, reception=None, actor=thao, at=MONDAY_9AM)


def test_a_unit_gets_another_calendar_and_it_is_remembered_which_it_had(keep, calendar, thao, department, centre):
    other = calendars.make_calendar(name="Ca sớm", like=calendar, actor=thao, at=MONDAY_9AM)
    change = calendars.set_units(calendar=other, agencies=[department], actor=thao, at=MONDAY_9AM)
    assert calendars.differences(change) == ["Cơ quan sẽ dùng lịch này: Sở Khoa học và Công nghệ tỉnh Kon Tum."]
    kept = keep(change)
    department.refresh_from_db()
    centre.refresh_from_db()
    assert (department.calendar, centre.calendar) == (other, calendar)
    assert kept.came_from == {str(department.pk): calendar.pk}
    with pytest.raises(Refusal):
        calendars.make_calendar(name="Ca sớm", like=calendar, actor=thao, at=MONDAY_9AM)


def test_others_leave_the_calendar_alone(binh, calendar, as_actor, add, keep):
    change = add()
    for actor in (as_actor(binh), Actor.anonymous()):
        for act in (
            lambda: calendars.add_special_days(calendar=calendar, days=[], actor=actor, at=MONDAY_9AM),  # noqa: B023
            lambda: calendars.clear_special_day(calendar=calendar, day=NATIONAL_DAY, actor=actor, at=MONDAY_9AM),  # noqa: B023
            lambda: calendars.set_units(calendar=calendar, agencies=[], actor=actor, at=MONDAY_9AM),  # noqa: B023
            lambda: calendars.discard(change=change, actor=actor, at=MONDAY_9AM),  # noqa: B023
            lambda: calendars.keep(change=change, seen=1, moves_dates=True, actor=actor, at=MONDAY_9AM),  # noqa: B023
            lambda: calendars.make_calendar(name="x", like=calendar, actor=actor, at=MONDAY_9AM),  # noqa: B023
        ):
            with pytest.raises(NotAllowed):
                act()

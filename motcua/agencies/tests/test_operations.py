"""Who works where, and the days nobody works."""

from datetime import date

import pytest

from motcua.agencies import operations
from motcua.agencies.models import Officer, Role, WorkingCalendar
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.models import Event
from motcua.foundation.working_calendar import DayKind
from tests.cast import MONDAY_9AM

A_TUESDAY, A_SATURDAY, NATIONAL_DAY = date(2026, 12, 8), date(2026, 12, 12), date(2026, 9, 2)


@pytest.fixture
def thao(hire, province, as_actor):
    """Y Thảo administers."""
    return as_actor(hire("thao", "Y Thảo", province, Role.ADMINISTRATOR))


def role_of(user, role):
    return Officer.objects.get(user=user, role=role)


def test_a_role_that_ends_is_gone_and_remembered(thao, binh, as_actor):
    operations.dismiss(officer=role_of(binh, Role.RECEIVER), actor=thao, at=MONDAY_9AM)

    assert not as_actor(binh).roles
    [event] = Event.objects.about(f"user:{binh.pk}")
    assert (event.type, event.data) == ("officer.dismissed", {"agency": "H34.01", "role": "receiver"})


def test_ending_a_role_twice_is_one_end(thao, binh):
    office = role_of(binh, Role.RECEIVER)
    again = Officer.objects.get(pk=office.pk)
    operations.dismiss(officer=office, actor=thao, at=MONDAY_9AM)
    operations.dismiss(officer=again, actor=thao, at=MONDAY_9AM)
    assert Event.objects.filter(type="officer.dismissed").count() == 1


def test_nobody_but_an_administrator_ends_a_role(binh, chi, as_actor):
    with pytest.raises(NotAllowed):
        operations.dismiss(officer=role_of(chi, Role.APPRAISER), actor=as_actor(binh), at=MONDAY_9AM)
    assert Officer.objects.filter(user=chi).exists()


def test_the_last_administrator_stays(thao, hire, province):
    office = Officer.objects.get(role=Role.ADMINISTRATOR)
    with pytest.raises(Refusal):
        operations.dismiss(officer=office, actor=thao, at=MONDAY_9AM)

    gone = hire("cu", "Nguyễn Văn Cũ", province, Role.ADMINISTRATOR)
    gone.is_active = False
    gone.save()
    with pytest.raises(Refusal):
        operations.dismiss(officer=office, actor=thao, at=MONDAY_9AM)

    hire("moi", "Nguyễn Văn Mới", province, Role.ADMINISTRATOR)
    operations.dismiss(officer=office, actor=thao, at=MONDAY_9AM)
    assert not Officer.objects.filter(pk=office.pk).exists()


def test_a_new_holiday_counts_at_once_and_raises_the_version(thao, calendar):
    before = calendar.version
    row = operations.set_special_day(
        calendar=calendar, day=A_TUESDAY, kind="holidays", name="Quốc tang", actor=thao, at=MONDAY_9AM
    )
    assert row.version == before + 1
    assert row.calendar.on(A_TUESDAY).kind == DayKind.HOLIDAY
    assert not WorkingCalendar.objects.get(pk=calendar.pk).calendar.works_on(A_TUESDAY)


def test_a_saturday_is_worked_in_exchange_and_is_free_again(thao, calendar):
    operations.set_special_day(
        calendar=calendar, day=A_SATURDAY, kind="extra_working_days", name="Làm bù", actor=thao, at=MONDAY_9AM
    )
    assert WorkingCalendar.objects.get(pk=calendar.pk).calendar.works_on(A_SATURDAY)

    operations.clear_special_day(calendar=calendar, day=A_SATURDAY, actor=thao, at=MONDAY_9AM)
    row = operations.clear_special_day(calendar=calendar, day=A_SATURDAY, actor=thao, at=MONDAY_9AM)
    assert not row.calendar.works_on(A_SATURDAY)
    assert Event.objects.filter(type="calendar.changed").count() == 2


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (NATIONAL_DAY, "holidays"),
        (NATIONAL_DAY, "extra_working_days"),
        (A_SATURDAY, "holidays"),
        (A_TUESDAY, "extra_working_days"),
    ],
)
def test_a_day_that_would_not_change_is_refused(thao, calendar, day, kind):
    with pytest.raises(Refusal):
        operations.set_special_day(
            calendar=calendar, day=day, kind=kind, name="x", actor=thao, at=MONDAY_9AM
        )
    assert WorkingCalendar.objects.get(pk=calendar.pk).version == calendar.version


def test_others_leave_the_calendar_alone(binh, calendar, as_actor):
    for actor in (as_actor(binh), Actor.anonymous()):
        with pytest.raises(NotAllowed):
            operations.clear_special_day(calendar=calendar, day=NATIONAL_DAY, actor=actor, at=MONDAY_9AM)
        with pytest.raises(NotAllowed):
            operations.set_special_day(
                calendar=calendar, day=A_TUESDAY, kind="holidays", name="x", actor=actor, at=MONDAY_9AM
            )


def test_a_calendar_written_again_unchanged_is_no_event(thao, calendar):
    for _again in range(2):
        operations.write_calendar(name="Ca chiều", content=calendar.calendar, actor=thao, at=MONDAY_9AM)
    assert Event.objects.filter(type="calendar.changed").count() == 1

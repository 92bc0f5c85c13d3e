"""Who works where, and the days nobody works."""

import pytest

from motcua.agencies import operations
from motcua.agencies.models import Officer, Role
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.models import Event
from tests.cast import MONDAY_9AM


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


def test_a_calendar_written_again_unchanged_is_no_event(thao, calendar):
    for _again in range(2):
        operations.write_calendar(name="Ca chiều", content=calendar.calendar, actor=thao, at=MONDAY_9AM)
    assert Event.objects.filter(type="calendar.changed").count() == 1

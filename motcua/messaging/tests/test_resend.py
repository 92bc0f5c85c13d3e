"""A letter that failed is tried again when an administrator says so."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.accounts.middleware import actor_of
from motcua.agencies.models import Role
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, WrongState
from motcua.messaging import operations
from motcua.messaging.models import Message
from tests.cast import MONDAY_9AM


@pytest.fixture
def letter(db):
    event = events.record("test.happened", subject="test:1", actor=Actor.system("test"), at=MONDAY_9AM)
    return Message.objects.create(
        event=event, recipient="an@example.vn", subject_line="Thông báo", body="…", created_at=MONDAY_9AM,
        state=Message.State.FAILED, failure="Connection refused",
    )  # fmt: skip


@pytest.fixture
def thao(hire, province):
    return actor_of(hire("thao", "Y Thảo", province, Role.ADMINISTRATOR))


def waiting_jobs(letter):
    return ProcrastinateJob.objects.filter(
        task_name="motcua.messaging.jobs.send", args={"message_id": letter.pk}, status="todo"
    ).count()


def test_a_failed_letter_waits_again(letter, thao):
    operations.resend(message=letter, actor=thao, at=MONDAY_9AM)

    letter.refresh_from_db()
    assert letter.state == Message.State.WAITING
    assert waiting_jobs(letter) == 1


def test_two_who_resend_at_once_send_one(letter, thao):
    operations.resend(message=letter, actor=thao, at=MONDAY_9AM)
    with pytest.raises(WrongState):
        operations.resend(message=letter, actor=thao, at=MONDAY_9AM)
    assert waiting_jobs(letter) == 1


def test_only_an_administrator_resends(letter, binh):
    with pytest.raises(NotAllowed):
        operations.resend(message=letter, actor=actor_of(binh), at=MONDAY_9AM)
    letter.refresh_from_db()
    assert letter.state == Message.State.FAILED

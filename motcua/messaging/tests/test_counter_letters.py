"""What the counter's own people are told, and who handed a dossier in without an account."""

from datetime import timedelta

import pytest

from motcua.agencies.models import Role
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.messaging.models import Message
from motcua.messaging.subscribers import write_to_the_citizen, write_to_the_counter
from tests.cast import MONDAY_9AM

HOUR = timedelta(hours=1)


def last(type_: str) -> Event:
    return Event.objects.filter(type=type_).latest("id")


@pytest.fixture
def nearly_over(submitted, binh, hire, centre):
    hire("lan", "Đỗ Thị Lan", centre, Role.HEAD)
    operations.warn_of_intake(actor=Actor.system("warn_of_intake"), at=submitted.intake_due_at - HOUR)
    return submitted


def test_receivers_and_heads_are_told_once_before_the_intake_is_over(nearly_over, dung):
    for _ in range(2):
        write_to_the_counter(last("dossier.intake_nearly_over"))

    assert sorted(Message.objects.values_list("recipient", flat=True)) == [
        "binh@example.vn",
        "lan@example.vn",
    ]
    assert nearly_over.code in Message.objects.first().body


def test_what_was_answered_meanwhile_is_not_told(nearly_over, binh, as_actor):
    operations.refuse(
        dossier=nearly_over,
        reason="Sai thủ tục",
        basis="TT 28/2012",
        advice="",
        actor=as_actor(binh),
        at=MONDAY_9AM + HOUR,
    )

    write_to_the_counter(last("dossier.intake_nearly_over"))

    assert not Message.objects.filter(event__type="dossier.intake_nearly_over").exists()


@pytest.mark.parametrize("email", ["", "yhlan@example.vn"])
def test_who_has_no_account_is_written_to_where_there_is_an_address(submitted, email):
    Dossier.objects.filter(pk=submitted.pk).update(
        applicant=None,
        submitter=submitted.submitter | {"email": email},
        state="settled",
        settled_at=MONDAY_9AM,
        delivery="counter",
    )

    operations.remind_of_results(actor=Actor.system("remind_of_results"), at=MONDAY_9AM + 24 * 11 * HOUR)
    write_to_the_citizen(last("dossier.result_waits"))

    letters = Message.objects.filter(event__type="dossier.result_waits")
    assert [one.recipient for one in letters] == ([email] if email else [])
    assert all("Trung tâm Phục vụ hành chính công" in one.body for one in letters)

"""What people are told, once, with the paper that belongs to it."""

from datetime import timedelta

import pytest
from django.core import mail

from motcua.dossiers import operations
from motcua.dossiers.subscribers import acknowledge
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.messaging.jobs import send
from motcua.messaging.models import Message
from motcua.messaging.subscribers import write_to_the_citizen
from motcua.payments.models import Charge
from motcua.payments.states import ChargeState
from tests.cast import MONDAY_9AM, pay_everything


def last(type_: str) -> Event:
    return Event.objects.filter(type=type_).latest("id")


def deliver(event: Event) -> list[Message]:
    write_to_the_citizen(event)
    messages = list(Message.objects.filter(event=event))
    for message in messages:
        send.func(message.pk)
    return messages


def test_the_letter_of_receipt_names_code_secret_and_agency_and_brings_the_notice(submitted):
    acknowledge(last("dossier.submitted"))
    acknowledge(last("dossier.submitted"))  # delivered twice: still one paper and one letter
    deliver(last("dossier.acknowledged"))
    deliver(last("dossier.acknowledged"))

    [letter] = mail.outbox
    assert submitted.code in letter.subject
    assert submitted.lookup_secret in letter.body
    assert "Trung tâm Phục vụ hành chính công tỉnh Kon Tum" in letter.body
    [(_name, content, kind)] = letter.attachments
    assert (content[:5], kind) == (b"%PDF-", "application/pdf")


def test_acceptance_says_who_received_and_when_the_result_is_due(submitted, binh, as_actor):
    pay_everything(submitted)
    operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + timedelta(hours=1))
    deliver(last("dossier.accepted"))

    [letter] = mail.outbox
    assert "Người thực hiện: Trần Thị Bình" in letter.body
    assert "Hẹn trả kết quả: 17:00, thứ Hai 07/12/2026" in letter.body
    assert len(letter.attachments) == 1


def test_a_request_for_supplement_lists_every_paper_with_its_reason(submitted, binh, as_actor):
    operations.ask_supplement(
        dossier=submitted,
        items=[
            {"component_id": "bao_cao_danh_gia", "name": "Báo cáo đánh giá", "reason": "Thiếu chữ ký"},
            {"component_id": "", "name": "Tờ khai", "reason": "Sai địa chỉ"},
        ],
        basis="Thông tư 28/2012/TT-BKHCN",
        note="",
        actor=as_actor(binh),
        at=MONDAY_9AM,
    )
    deliver(last("dossier.supplement_asked"))

    [letter] = mail.outbox
    for words in ("Báo cáo đánh giá: Thiếu chữ ký", "Tờ khai: Sai địa chỉ", "Thông tư 28/2012/TT-BKHCN"):
        assert words in letter.body


def test_a_server_that_cannot_be_reached_leaves_an_honest_row_and_a_retry(submitted, settings):
    acknowledge(last("dossier.submitted"))
    event = last("dossier.acknowledged")
    write_to_the_citizen(event)
    message = Message.objects.get(event=event)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nobody listens there

    with pytest.raises(OSError):
        send.func(message.pk)

    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert message.failure


def test_a_date_that_a_calendar_moved_is_told_with_the_old_and_the_new(submitted):
    moved = events.record(
        "dossier.due_moved", subject=submitted.subject, actor=Actor.system("recount"), at=MONDAY_9AM,
        old_due_at=MONDAY_9AM.isoformat(), due_at=(MONDAY_9AM + timedelta(days=1)).isoformat(),
    )  # fmt: skip
    deliver(moved)

    [letter] = mail.outbox
    assert "được tính lại" in letter.subject
    assert "từ 09:00, thứ Hai 30/11/2026 sang 09:00, thứ Ba 01/12/2026" in letter.body


def test_events_that_concern_only_officers_are_not_written_about(submitted):
    event = last("dossier.submitted")
    event.type = "dossier.appraised"
    write_to_the_citizen(event)
    assert not Message.objects.filter(event=event).exists()


def test_nobody_is_told_to_pay_again_what_is_paid_or_closed(submitted):
    charge = Charge.objects.about(submitted.subject).get()
    failed = events.record(
        "payment.failed", subject=submitted.subject, actor=Actor.system("test"), at=MONDAY_9AM, charge=charge.pk
    )
    pay_everything(submitted)
    write_to_the_citizen(failed)
    assert not Message.objects.filter(event=failed).exists()
    Charge.objects.filter(pk=charge.pk).update(state=ChargeState.UNPAID, paid_at=None)
    write_to_the_citizen(failed)
    assert Message.objects.filter(event=failed).exists()

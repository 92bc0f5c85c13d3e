"""A receipt follows every settled payment, and no other; its numbers have no gaps."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI
from motcua.payments import operations, receipts
from motcua.payments.models import Receipt
from motcua.payments.tests.conftest import LINES, MONDAY_9AM
from motcua.payments.tests.test_pay import MINUTE, notice, say

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("issue_receipt")


@pytest.fixture
def paid(charge, start):
    payment = start(charge)
    say(notice(payment))
    payment.refresh_from_db()
    return payment


def waiting_receipt_jobs() -> list[dict[str, int]]:
    jobs = ProcrastinateJob.objects.filter(task_name="motcua.payments.receipts.issue_receipt")
    return [job.args for job in jobs]


def test_settling_defers_the_receipt_in_the_same_transaction(paid):
    assert waiting_receipt_jobs() == [{"payment_id": paid.pk}]


def test_the_receipt_keeps_what_was_collected_from_whom_and_by_whom(paid):
    receipt = receipts.issue(payment=paid, actor=SYSTEM, at=MONDAY_9AM + 2 * MINUTE)
    assert (receipt.form_symbol, receipt.series, receipt.number_text) == ("01BLP0-001", "MC-26E", "00000001")
    assert (receipt.payer_name, receipt.collector_name) == ("Nguyễn Văn An", "Sở Khoa học và Công nghệ")
    assert (receipt.collector_tax_code, receipt.reference) == ("6100000001", "H34.12-261123-0007")
    assert (receipt.lines, receipt.amount_vnd) == (LINES, 200_000)
    assert receipt.collected_at == paid.settled_at
    event = Event.objects.get(type="receipt.issued")
    assert event.subject == "dossier:12"
    assert event.data["receipt"] == receipt.pk


def test_the_job_may_run_again(paid):
    receipts.issue_receipt(payment_id=paid.pk)
    receipts.issue_receipt(payment_id=paid.pk)
    assert Receipt.objects.count() == 1
    assert Event.objects.filter(type="receipt.issued").count() == 1


def test_a_payment_that_is_not_settled_gets_no_receipt(charge, start):
    with pytest.raises(ValueError, match="settles nothing"):
        receipts.issue(payment=start(charge), actor=SYSTEM, at=MONDAY_9AM)


def test_a_duplicate_gets_no_receipt(charge, start):
    first = start(charge)
    say(notice(first, "failed", reference=""))
    second = start(charge, at=MONDAY_9AM + 2 * MINUTE)
    say(notice(second))
    say(notice(first))
    assert waiting_receipt_jobs() == [{"payment_id": second.pk}]
    with pytest.raises(ValueError, match="settles nothing"):
        receipts.issue(payment=first, actor=SYSTEM, at=MONDAY_9AM)


def test_money_for_a_cancelled_charge_gets_no_receipt(charge, start, an):
    payment = start(charge)
    operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM)
    say(notice(payment))
    assert waiting_receipt_jobs() == []
    assert receipts.issue_missing(at=MONDAY_9AM + timedelta(days=1)) == 0


def test_a_receipt_that_a_lost_job_left_out_is_issued_by_the_clock(paid):
    assert receipts.issue_missing(at=MONDAY_9AM + 2 * MINUTE) == 0
    assert receipts.issue_missing(at=MONDAY_9AM + 7 * MINUTE) == 1
    assert receipts.issue_missing(at=MONDAY_9AM + 8 * MINUTE) == 0


def test_a_withdrawal_between_paying_and_the_receipt_does_not_stop_the_receipt(paid, charge, an):
    operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM + MINUTE)
    assert receipts.issue(payment=paid, actor=SYSTEM, at=MONDAY_9AM + 2 * MINUTE).number == 1


def test_numbers_begin_again_at_one_on_new_years_day_in_hanoi(new_charge, start):
    numbers = []
    for day, at in enumerate(
        [
            datetime(2026, 12, 31, 9, tzinfo=HANOI),
            datetime(2026, 12, 31, 23, 59, 59, tzinfo=HANOI),
            datetime(2027, 1, 1, 0, 0, 0, tzinfo=HANOI),
        ]
    ):
        payment = start(new_charge(f"dossier:{day}"))
        say(notice(payment))
        receipt = receipts.issue(payment=payment, actor=SYSTEM, at=at)
        numbers.append((receipt.series, receipt.year, receipt.number))
    assert numbers == [("MC-26E", 2026, 1), ("MC-26E", 2026, 2), ("MC-27E", 2027, 1)]


def test_a_series_of_another_installation_is_a_setting(paid, settings):
    settings.RECEIPT_SERIES, settings.RECEIPT_FORM_SYMBOL = "KT", "02BLP0-001"
    receipt = receipts.issue(payment=paid, actor=SYSTEM, at=MONDAY_9AM)
    assert (receipt.form_symbol, receipt.series) == ("02BLP0-001", "KT-26E")


@pytest.mark.parametrize(
    "statement", ["UPDATE payments_receipt SET number = 9", "DELETE FROM payments_receipt"]
)
def test_a_receipt_never_changes(paid, statement):
    receipts.issue(payment=paid, actor=SYSTEM, at=MONDAY_9AM)
    with pytest.raises(Exception, match="never changed"), connection.cursor() as cursor:
        cursor.execute(statement)

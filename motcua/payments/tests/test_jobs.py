"""What runs by the clock."""

from datetime import timedelta

import pytest

from motcua.foundation.time import now
from motcua.payments import jobs, operations
from motcua.payments.gateways import Outcome, Report
from motcua.payments.states import Status
from motcua.payments.tests.test_pay import notice, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(new_charge, start):
    """Three attempts that began an hour ago."""
    return [start(new_charge(f"dossier:{n}"), at=now() - timedelta(hours=1)) for n in range(3)]


def test_every_waiting_attempt_is_asked_about(waiting, bank):
    jobs.query_open_payments()
    assert bank.asked == [payment.code for payment in waiting]
    for payment in waiting:
        payment.refresh_from_db()
        assert payment.status == Status.EXPIRED


def test_a_silent_gateway_is_asked_once_a_round(waiting, bank):
    bank.is_reachable = False
    jobs.query_open_payments()
    assert len(bank.asked) == 1


def test_one_answer_that_cannot_be_recorded_does_not_stop_the_others(waiting, bank):
    say(notice(waiting[2], reference="R1"))
    for payment in waiting[:2]:
        bank.books[payment.code] = Report(payment.code, Outcome.PAID, payment.amount_vnd, "R1")
    bank.books[waiting[1].code] = Report(waiting[1].code, Outcome.PAID, waiting[1].amount_vnd, "R2")
    jobs.query_open_payments()
    assert len(bank.asked) == 2
    waiting[1].refresh_from_db()
    assert waiting[1].status == Status.PAID


def test_the_job_after_a_return_asks_the_gateway(charge, start, bank):
    payment = start(charge, at=now())
    bank.books[payment.code] = Report(payment.code, Outcome.PAID, payment.amount_vnd, "R1")
    operations.check_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    assert payment.status == Status.PAID


def test_missing_receipts_are_issued(charge, start):
    payment = start(charge)
    say(notice(payment), at=now() - timedelta(hours=1))
    jobs.issue_missing_receipts()
    payment.refresh_from_db()
    assert payment.receipt.number == 1

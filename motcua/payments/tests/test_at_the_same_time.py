"""What happens when things happen at the same moment, with real commits and real locks."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.models import Event
from motcua.payments import operations, receipts
from motcua.payments.models import Payment, Receipt
from motcua.payments.states import ChargeState, Status
from motcua.payments.tests.conftest import MONDAY_9AM
from motcua.payments.tests.test_pay import MINUTE, notice, say

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = Actor.system("test")
MANY = 8


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that begin together; what each returned, or the refusal it raised."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            gate.wait()
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_simultaneous_messages_settle_once(charge, start):
    payment = start(charge)
    answers = at_once(*[lambda: say(notice(payment))] * MANY)
    assert Counter(answers) == {"done": 1, "already_done": MANY - 1}
    assert Event.objects.filter(type="payment.settled").count() == 1


def test_a_message_and_a_query_at_once_settle_once(charge, start, bank):
    payment = start(charge)
    bank.books[payment.code] = bank.read(notice(payment))
    at_once(
        *[lambda: say(notice(payment))] * 3,
        *[lambda: operations.ask_gateway(payment=payment, at=MONDAY_9AM + MINUTE)] * 3,
    )
    assert Event.objects.filter(type="payment.settled").count() == 1
    assert len(bank.asked) <= 1


def test_pressing_pay_many_times_begins_one_attempt(charge, start):
    attempts = at_once(*[lambda: start(charge)] * MANY)
    assert len({attempt.pk for attempt in attempts if isinstance(attempt, Payment)}) == 1
    assert Payment.objects.count() == 1


def test_two_attempts_that_succeed_at_once_settle_once(charge, start):
    first = start(charge)
    say(notice(first, "failed", reference=""))
    second = start(charge, at=MONDAY_9AM + 2 * MINUTE)
    assert at_once(lambda: say(notice(first)), lambda: say(notice(second))) == ["done", "done"]
    assert Payment.objects.filter(status=Status.PAID).count() == 2
    assert Payment.objects.filter(flag="duplicate").count() == 1
    assert Event.objects.filter(type="payment.settled").count() == 1


def test_a_withdrawal_and_the_money_at_once_end_in_money_owed_back(charge, start, an):
    payment = start(charge)
    at_once(
        lambda: say(notice(payment)),
        lambda: operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM),
    )
    charge.refresh_from_db()
    assert charge.state == ChargeState.REFUND_DUE


def test_raising_a_charge_many_times_at_once_makes_one(new_charge):
    assert len({charge.pk for charge in at_once(*[new_charge] * MANY)}) == 1  # type: ignore[attr-defined]


def test_receipt_numbers_have_no_gaps_when_many_are_issued_and_some_roll_back(new_charge, start):
    payments = []
    for n in range(12):
        payments.append(start(new_charge(f"dossier:{n}")))
        say(notice(payments[-1]))

    def issue(payment: Payment) -> None:
        receipts.issue(payment=payment, actor=SYSTEM, at=MONDAY_9AM)

    def fail(payment: Payment) -> None:
        with transaction.atomic():
            issue(payment)
            transaction.set_rollback(True)

    acts = [lambda p=p: issue(p) for p in payments] + [lambda p=p: fail(p) for p in payments[:6]]
    at_once(*acts, *[lambda: issue(payments[0])] * 3)
    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, 13))

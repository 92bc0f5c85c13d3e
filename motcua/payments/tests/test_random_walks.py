"""Random histories of payers, a bank, its messages, a clock and a network, checked after every step.

Whatever the order: nothing is marked paid that the bank does not hold, nothing that the bank holds stays
unmarked once its message or our query came through, and no charge settles twice.
"""

import random
from datetime import timedelta

import pytest

from motcua.foundation.actor import Actor
from motcua.foundation.errors import WrongState
from motcua.foundation.models import Event
from motcua.payments import operations, receipts
from motcua.payments.gateways import Outcome, Report
from motcua.payments.models import SETTLES_CHARGE, Charge, Payment, Receipt
from motcua.payments.states import ChargeState, Status
from motcua.payments.tests.conftest import MONDAY_9AM

pytestmark = pytest.mark.django_db

STEPS = 700
SYSTEM = Actor.system("test")


class World:
    def __init__(self, seed: int, bank, new_charge, start, an) -> None:
        self.chance = random.Random(seed)
        self.bank, self.start, self.an = bank, start, an
        self.at = MONDAY_9AM
        self.charges = [new_charge(f"dossier:{n}") for n in range(6)]
        self.messages: list[dict[str, str]] = []  # all that the bank ever said; any may come at any time

    # -- what can happen ---------------------------------------------------------------------------------

    def press_pay(self) -> None:
        charge = self.chance.choice(self.charges)
        charge.refresh_from_db()
        live = charge.live_attempt()
        try:
            payment = self.start(charge, at=self.at)
        except WrongState:
            return
        assert live is None or payment == live, "a second attempt began while the first was open"

    def open_the_banks_page(self) -> None:
        payment = self._some_payment()
        if payment and payment.code not in self.bank.books and self.at < payment.expires_at:
            self._book(payment, Outcome.UNFINISHED)

    def end_at_the_bank(self) -> None:
        """Mostly what is open ends; now and then the bank changes its mind and has the money after all."""
        payment = self._some_payment()
        known = payment and self.bank.books.get(payment.code)
        if not payment or not known or known.outcome is Outcome.PAID:
            return
        if known.outcome in (Outcome.UNFINISHED, Outcome.HELD):
            outcome = self.chance.choice([Outcome.PAID, Outcome.PAID, Outcome.FAILED, Outcome.CANCELLED])
            outcome = Outcome.HELD if self.chance.random() < 0.1 else outcome
        elif self.chance.random() < 0.1:
            outcome = Outcome.PAID
        else:
            return
        self._book(payment, outcome)
        self.messages.append(self._message(payment))

    def message_arrives(self) -> None:
        if self.messages:
            message = dict(self.chance.choice(self.messages))
            fault = self.chance.random()
            if fault < 0.1:
                message |= {"outcome": "paid", "signature": "bad"}
            elif fault < 0.2:
                message |= {"outcome": "paid", "amount": "1000"}
            operations.receive_message(gateway="test-bank", params=message, at=self.at)

    def browser_returns(self) -> None:
        if self.messages:
            message = self.chance.choice(self.messages)
            operations.note_return(gateway="test-bank", params=message, at=self.at)

    def clock_runs(self) -> None:
        self.at += timedelta(seconds=self.chance.choice([1, 20, 60, 300, 900]))

    def periodic_job_runs(self) -> None:
        for payment in Payment.objects.to_query(self.at):
            operations.ask_gateway(payment=payment, at=self.at)

    def payer_asks_again(self) -> None:
        payment = self._some_payment()
        if payment:
            operations.ask_gateway(payment=payment, at=self.at)

    def network_changes(self) -> None:
        self.bank.is_reachable = self.chance.random() < 0.7

    def dossier_is_withdrawn(self) -> None:
        if self.chance.random() < 0.1:
            charge = self.chance.choice(self.charges)
            operations.cancel_charge(charge=charge, actor=self.an, at=self.at)

    def receipts_are_issued(self) -> None:
        receipts.issue_missing(at=self.at)

    # -- what must hold ----------------------------------------------------------------------------------

    def check(self) -> None:
        for charge in Charge.objects.all():
            payments = list(charge.payments.all())
            paid = [payment for payment in payments if payment.status == Status.PAID]
            settling = [payment for payment in paid if payment.flag in ("", "late")]
            live = [payment for payment in payments if payment.status == Status.STARTED]
            for payment in paid:
                assert self.bank.books[payment.code].outcome is Outcome.PAID, (
                    "marked, but the bank has nothing"
                )
            assert len(settling) <= 1
            assert bool(settling) == (charge.state in (ChargeState.PAID, ChargeState.REFUND_DUE))
            assert (charge.state == ChargeState.PENDING) <= bool(live)
            assert not (live and charge.state == ChargeState.UNPAID)
            assert len(live) <= 1

    def settle_down(self) -> None:
        """The network holds, every message comes once more, and the clock runs for two days."""
        self.bank.is_reachable = True
        for message in self.messages:
            operations.receive_message(gateway="test-bank", params=message, at=self.at)
        for _ in range(60):
            self.at += timedelta(hours=1)
            self.periodic_job_runs()
        self.receipts_are_issued()

    def check_the_end(self) -> None:
        for payment in Payment.objects.select_related("charge"):
            known = self.bank.books.get(payment.code)
            if known and known.outcome is Outcome.PAID:
                assert payment.status == Status.PAID, "the bank has the money, we do not say so"
                assert payment.charge.state in (ChargeState.PAID, ChargeState.REFUND_DUE)
            elif payment.status == Status.STARTED:
                assert known is not None
                assert known.outcome is Outcome.HELD
        settled = Charge.objects.filter(paid_at__isnull=False).count()
        assert Event.objects.filter(type="payment.settled").count() == settled
        assert Receipt.objects.count() == settled
        assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, settled + 1))
        assert (
            Payment.objects.filter(SETTLES_CHARGE, receipt=None, charge__paid_at__isnull=False).count() == 0
        )

    # -- the bank ----------------------------------------------------------------------------------------

    def _some_payment(self) -> Payment | None:
        payments = list(Payment.objects.order_by("-id")[:8])
        return self.chance.choice(payments) if payments else None

    def _book(self, payment: Payment, outcome: Outcome) -> None:
        response = {Outcome.PAID: "00", Outcome.HELD: "07"}.get(outcome, "")
        number = "" if outcome in (Outcome.UNFINISHED, Outcome.CANCELLED) else f"R{payment.pk}"
        self.bank.books[payment.code] = Report(
            payment.code, outcome, payment.amount_vnd, number, response_code=response
        )

    def _message(self, payment: Payment) -> dict[str, str]:
        report = self.bank.books[payment.code]
        return {
            "code": report.payment_code,
            "outcome": report.outcome.value,
            "amount": str(report.amount_vnd),
            "reference": report.gateway_reference,
            "response": report.response_code,
            "signature": "good",
        }


@pytest.mark.parametrize("seed", range(5))
def test_no_history_loses_or_doubles_money(seed, bank, new_charge, start, an):
    world = World(seed, bank, new_charge, start, an)
    acts = [
        (world.press_pay, 6),
        (world.open_the_banks_page, 6),
        (world.end_at_the_bank, 5),
        (world.message_arrives, 5),
        (world.browser_returns, 2),
        (world.clock_runs, 5),
        (world.periodic_job_runs, 3),
        (world.payer_asks_again, 2),
        (world.network_changes, 1),
        (world.dossier_is_withdrawn, 1),
        (world.receipts_are_issued, 1),
    ]
    for _ in range(STEPS):
        act = world.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        act()
        world.check()
    world.settle_down()
    world.check()
    world.check_the_end()

"""What a person decides: money of a wrong amount, and money that goes back."""

import pytest
from django.db import IntegrityError, transaction

from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.models import Event
from motcua.payments import operations
from motcua.payments.models import Payment
from motcua.payments.states import ChargeState, Flag, Status
from motcua.payments.tests.conftest import MONDAY_9AM
from motcua.payments.tests.test_at_the_same_time import at_once
from motcua.payments.tests.test_pay import MINUTE, notice, say

THU = Actor("officer", "7", "Ngô Thị Thu")
LATER = MONDAY_9AM + 30 * MINUTE


@pytest.fixture
def wrong(start):
    """An attempt whose gateway reports another amount: wrong(charge, "250000")."""

    def make(charge, amount: str = "250000") -> Payment:
        payment = start(charge)
        say(notice(payment, amount=amount))
        payment.refresh_from_db()
        return payment

    return make


def accept(payment: Payment, reason: str = "Sao kê số 12") -> Payment:
    return operations.accept_amount(payment=payment, reason=reason, actor=THU, at=LATER)


def void(payment: Payment, reason: str = "Sao kê số 12") -> Payment:
    return operations.void_payment(payment=payment, reason=reason, actor=THU, at=LATER)


def refund(payment: Payment, reference: str = "UNC 08") -> Payment:
    return operations.note_refund(payment=payment, reference=reference, actor=THU, at=LATER)


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_too_much_is_taken_for_the_fee_and_the_rest_goes_back(self, charge, wrong):
        payment = accept(wrong(charge))
        charge.refresh_from_db()
        assert (payment.status, payment.flag, payment.owed_back_vnd) == (Status.PAID, Flag.NONE, 50_000)
        assert charge.state == ChargeState.PAID
        assert charge.settled_payment() == payment
        told = Event.objects.get(type="payment.amount_accepted")
        assert (told.actor_name, told.data["reason"], told.data["received_vnd"]) == ("Ngô Thị Thu", "Sao kê số 12", 250_000)
        payment = refund(payment)
        charge.refresh_from_db()
        assert (payment.owed_back_vnd, payment.refunded_vnd, payment.refunded_by) == (0, 50_000, "Ngô Thị Thu")
        assert charge.state == ChargeState.PAID

    def test_the_gateway_that_says_it_again_hears_that_it_is_done(self, charge, wrong):
        payment = accept(wrong(charge))
        assert say(notice(payment, amount="250000")) == "already_done"
        payment.refresh_from_db()
        assert (payment.flag, payment.owed_back_vnd) == (Flag.NONE, 50_000)

    def test_too_little_is_never_enough(self, charge, wrong):
        payment = wrong(charge, "199000")
        with pytest.raises(Refusal, match="ít hơn"):
            accept(payment)
        charge.refresh_from_db()
        assert charge.state == ChargeState.PENDING

    def test_a_voided_attempt_goes_back_whole_and_the_fee_can_be_paid_anew(self, charge, wrong, start):
        payment = void(wrong(charge, "199000"))
        charge.refresh_from_db()
        assert (payment.status, payment.owed_back_vnd, charge.state) == (Status.VOIDED, 199_000, ChargeState.UNPAID)
        second = start(charge, at=LATER)
        assert second.pk != payment.pk
        say(notice(second))
        charge.refresh_from_db()
        assert charge.state == ChargeState.PAID
        refund(payment)
        charge.refresh_from_db()
        assert charge.state == ChargeState.PAID
        assert Event.objects.filter(type="payment.voided").get().data["reason"] == "Sao kê số 12"

    def test_whatever_comes_for_a_voided_attempt_settles_nothing_and_goes_back(self, charge, wrong):
        payment = void(wrong(charge, "199000"))
        assert say(notice(payment)) == "already_done"
        payment.refresh_from_db()
        charge.refresh_from_db()
        assert (payment.status, payment.owed_back_vnd, charge.state) == (Status.VOIDED, 200_000, ChargeState.UNPAID)

    def test_voiding_an_old_attempt_leaves_the_one_under_way(self, charge, start):
        first = start(charge)
        say(notice(first, "failed", reference=""))
        second = start(charge, at=MONDAY_9AM + 2 * MINUTE)
        say(notice(first, amount="250000"))
        void(first)
        charge.refresh_from_db()
        second.refresh_from_db()
        assert (charge.state, second.status) == (ChargeState.PENDING, Status.STARTED)

    def test_the_wrong_amount_of_a_withdrawn_dossier_can_only_go_back(self, charge, wrong, an):
        payment = wrong(charge)
        operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM)
        with pytest.raises(WrongState):
            accept(payment)
        assert void(payment).owed_back_vnd == 250_000
        charge.refresh_from_db()
        assert charge.state == ChargeState.CANCELLED

    @pytest.mark.parametrize("decide", [accept, void])
    def test_no_decision_without_a_reason_or_twice_or_on_what_is_in_order(self, charge, wrong, start, new_charge, decide):
        payment = wrong(charge)
        with pytest.raises(Refusal, match="lý do"):
            decide(payment, "  ")
        decide(payment)
        with pytest.raises(WrongState):
            decide(payment)
        with pytest.raises(WrongState):
            decide(start(new_charge("dossier:13")))

    def test_a_fee_that_is_owed_back_is_paid_back_once_with_a_reference(self, charge, start, an):
        payment = start(charge)
        say(notice(payment))
        with pytest.raises(WrongState):
            refund(payment)
        operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM)
        with pytest.raises(Refusal, match="chứng từ"):
            refund(payment, " ")
        refund(payment)
        charge.refresh_from_db()
        assert charge.state == ChargeState.REFUNDED
        told = Event.objects.get(type="payment.refunded")
        assert (told.data["reference"], told.data["amount_vnd"], told.actor_name) == ("UNC 08", 200_000, "Ngô Thị Thu")
        with pytest.raises(WrongState):
            refund(payment)
        with pytest.raises(WrongState):
            start(charge)

    def test_what_was_paid_back_before_is_not_owed_again(self, charge, wrong, an):
        payment = refund(accept(wrong(charge)))
        operations.cancel_charge(charge=charge, actor=an, at=LATER)
        payment.refresh_from_db()
        assert payment.owed_back_vnd == 200_000
        assert refund(payment, "UNC 09").refunded_vnd == 250_000

    def test_what_came_twice_goes_back_and_the_fee_stays_paid(self, charge, start):
        first = start(charge)
        say(notice(first, "failed", reference=""))
        second = start(charge, at=MONDAY_9AM + 2 * MINUTE)
        say(notice(second))
        say(notice(first))
        first.refresh_from_db()
        assert list(Payment.objects.owed_back()) == [first]
        refund(first)
        charge.refresh_from_db()
        assert charge.state == ChargeState.PAID
        assert not Payment.objects.owed_back().exists()

    @pytest.mark.parametrize(
        ("name", "changes"),
        [
            ("payment_of_wrong_amount_says_what_came", {"flag": Flag.AMOUNT_MISMATCH}),
            ("payment_of_wrong_amount_says_what_came", {"status": Status.VOIDED}),
            ("payment_owed_back_only_of_what_came", {"owed_back_vnd": 1}),
            ("payment_refund_is_told_whole", {"refunded_vnd": 1}),
            ("payment_refund_is_told_whole", {"refund_reference": "UNC 08"}),
        ],
    )
    def test_what_may_not_be_stored(self, charge, start, name, changes):
        payment = start(charge)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**changes)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_two_decisions_at_once_are_one(self, charge, wrong):
        payment = wrong(charge)
        found = at_once(*[lambda: accept(payment), lambda: void(payment)] * 3)
        assert sum(isinstance(one, Payment) for one in found) == 1
        assert Event.objects.filter(type__in=["payment.amount_accepted", "payment.voided"]).count() == 1

    def test_a_decision_and_the_right_amount_at_once_settle_once(self, charge, wrong):
        payment = wrong(charge)
        at_once(lambda: accept(payment), lambda: say(notice(payment)), lambda: accept(payment))
        charge.refresh_from_db()
        assert charge.state == ChargeState.PAID
        assert Event.objects.filter(type="payment.settled").count() == 1

    def test_voiding_and_the_right_amount_at_once_lose_no_money(self, charge, wrong):
        payment = wrong(charge)
        at_once(lambda: void(payment), lambda: say(notice(payment)))
        charge.refresh_from_db()
        payment.refresh_from_db()
        assert (charge.state, payment.owed_back_vnd) in [(ChargeState.PAID, 0), (ChargeState.UNPAID, 200_000)]

    def test_a_refund_noted_many_times_at_once_is_noted_once(self, charge, start, an):
        payment = start(charge)
        say(notice(payment))
        operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM)
        at_once(*[lambda: refund(payment)] * 6)
        payment.refresh_from_db()
        assert payment.refunded_vnd == 200_000
        assert Event.objects.filter(type="payment.refunded").count() == 1

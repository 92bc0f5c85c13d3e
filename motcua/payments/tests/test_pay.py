"""A charge, an attempt to pay it, and every way in which the attempt can end."""

from datetime import timedelta

import pytest

from motcua.foundation.actor import Actor
from motcua.foundation.errors import WrongState
from motcua.foundation.models import Event
from motcua.payments import operations
from motcua.payments.gateways import Outcome, Report
from motcua.payments.models import Charge, GatewayMessage, Payment
from motcua.payments.states import ATTEMPT, CHARGE, ChargeState, Flag, Status
from motcua.payments.tests.conftest import LINES, MONDAY_9AM

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
SYSTEM = Actor.system("test")


def story(charge: Charge) -> list[str]:
    return [event.type for event in Event.objects.about(charge.subject)]


def notice(payment: Payment, outcome: str = "paid", **changes: str) -> dict[str, str]:
    message = {
        "code": payment.code,
        "outcome": outcome,
        "amount": str(payment.amount_vnd),
        "reference": f"R{payment.pk}",
        "response": "00" if outcome == "paid" else "24",
        "signature": "good",
    }
    return message | changes


def say(message: dict[str, str], at=MONDAY_9AM + MINUTE) -> str:
    return operations.receive_message(gateway="test-bank", params=message, at=at)["answer"]


def test_a_charge_is_the_sum_of_its_lines(charge):
    assert (charge.amount_vnd, charge.state) == (200_000, ChargeState.UNPAID)
    assert charge.collector_name == "Sở Khoa học và Công nghệ"
    assert story(charge) == ["charge.raised"]


def test_lines_that_come_to_nothing_make_no_charge(an):
    charge = operations.raise_charge(
        subject="dossier:1", reference="", description="", lines=[LINES[0] | {"amount_vnd": 0}], due="x",
        payer_name="", payer_address="", payer_email="", account={}, actor=an, at=MONDAY_9AM,
    )  # fmt: skip
    assert charge is None
    assert not Charge.objects.exists()


@pytest.mark.parametrize("amount", [-1, 1.5, "150000", True])
def test_an_amount_that_is_not_whole_dong_is_refused(new_charge, amount):
    with pytest.raises(ValueError, match="đồng"):
        new_charge(lines=[LINES[0] | {"amount_vnd": amount}])


def test_raising_the_same_charge_again_returns_the_first(charge, new_charge):
    assert new_charge() == charge
    assert story(charge) == ["charge.raised"]


def test_raising_it_with_other_lines_is_refused(charge, new_charge):
    with pytest.raises(WrongState):
        new_charge(lines=LINES[:1])


def test_two_purposes_of_one_dossier_are_two_charges(charge, new_charge):
    assert new_charge(due="before_result") != charge


def test_paying_sends_the_payer_to_the_gateway(charge, start):
    payment = start(charge)
    charge.refresh_from_db()
    assert payment.redirect_url == f"https://bank.example/pay/{payment.code}?amount=200000"
    assert payment.expires_at == MONDAY_9AM + 15 * MINUTE
    assert charge.state == ChargeState.PENDING
    assert story(charge) == ["charge.raised", "payment.started"]


def test_the_payer_may_go_back_to_the_same_page_while_the_link_holds(charge, start):
    first = start(charge)
    assert start(charge, at=MONDAY_9AM + 14 * MINUTE) == first
    assert story(charge).count("payment.started") == 1


def test_after_the_link_has_expired_nothing_new_begins_before_the_gateway_has_spoken(charge, start, bank):
    first = start(charge)
    after = MONDAY_9AM + 15 * MINUTE
    with pytest.raises(WrongState, match="Vui lòng không thanh toán lại"):
        start(charge, at=after)
    bank.is_reachable = False
    assert not operations.ask_gateway(payment=first, at=after)
    with pytest.raises(WrongState):
        start(charge, at=after)
    bank.is_reachable = True
    assert operations.ask_gateway(payment=first, at=after + MINUTE)
    first.refresh_from_db()
    assert first.status == Status.EXPIRED
    assert start(charge, at=after + MINUTE) != first


def test_whoever_came_back_from_the_gateway_is_not_sent_there_again(charge, start):
    payment = start(charge)
    operations.note_return(gateway="test-bank", params=notice(payment), at=MONDAY_9AM + MINUTE)
    with pytest.raises(WrongState, match="đang chờ ngân hàng xác nhận"):
        start(charge, at=MONDAY_9AM + 2 * MINUTE)


def test_coming_back_settles_nothing(charge, start):
    payment = start(charge)
    back = operations.note_return(gateway="test-bank", params=notice(payment), at=MONDAY_9AM + MINUTE)
    charge.refresh_from_db()
    assert back is not None
    assert back.status == Status.STARTED
    assert charge.state == ChargeState.PENDING


def test_coming_back_with_a_forged_address_is_not_believed(charge, start):
    payment = start(charge)
    forged = notice(payment, signature="bad")
    assert operations.note_return(gateway="test-bank", params=forged, at=MONDAY_9AM) is None
    payment.refresh_from_db()
    assert payment.returned_at is None


def test_a_server_message_settles(charge, start):
    payment = start(charge)
    assert say(notice(payment)) == "done"
    payment.refresh_from_db()
    charge.refresh_from_db()
    assert (payment.status, payment.flag, payment.gateway_reference) == (Status.PAID, "", f"R{payment.pk}")
    assert payment.settled_at == charge.paid_at == MONDAY_9AM + MINUTE
    assert charge.state == ChargeState.PAID
    assert story(charge) == ["charge.raised", "payment.started", "payment.settled"]


def test_the_message_may_come_before_the_browser_is_back(charge, start):
    payment = start(charge)
    say(notice(payment))
    back = operations.note_return(gateway="test-bank", params=notice(payment), at=MONDAY_9AM + 2 * MINUTE)
    assert back is not None
    assert back.status == Status.PAID
    with pytest.raises(WrongState, match="đã được thanh toán"):
        start(charge)


def test_the_same_message_five_times_settles_once(charge, start):
    payment = start(charge)
    assert [say(notice(payment)) for _ in range(5)] == ["done"] + ["already_done"] * 4
    assert story(charge).count("payment.settled") == 1
    assert GatewayMessage.objects.count() == 5


@pytest.mark.parametrize(("outcome", "status"), [("failed", Status.FAILED), ("cancelled", Status.CANCELLED)])
def test_a_failure_lets_the_payer_try_again(charge, start, outcome, status):
    payment = start(charge)
    assert say(notice(payment, outcome)) == "done"
    payment.refresh_from_db()
    charge.refresh_from_db()
    assert (payment.status, payment.response_code, charge.state) == (status, "24", ChargeState.UNPAID)
    assert say(notice(payment, outcome)) == "already_done"
    assert start(charge) != payment


def test_a_failure_after_success_changes_nothing(charge, start):
    payment = start(charge)
    say(notice(payment))
    assert say(notice(payment, "failed")) == "already_done"
    charge.refresh_from_db()
    assert charge.state == ChargeState.PAID


def test_a_wrong_amount_is_flagged_once_and_never_settles(charge, start):
    payment = start(charge)
    assert [say(notice(payment, amount="199000")) for _ in range(3)] == ["wrong_amount"] * 3
    payment.refresh_from_db()
    assert (payment.status, payment.flag) == (Status.STARTED, Flag.AMOUNT_MISMATCH)
    assert story(charge).count("payment.flagged") == 1
    with pytest.raises(WrongState):
        start(charge)


def test_after_a_wrong_amount_the_gateways_books_decide(charge, start, bank):
    payment = start(charge)
    say(notice(payment, amount="199000"))
    bank.books[payment.code] = Report(payment.code, Outcome.PAID, 200_000, "R1")
    operations.ask_gateway(payment=payment, at=MONDAY_9AM + 2 * MINUTE)
    payment.refresh_from_db()
    assert (payment.status, payment.flag) == (Status.PAID, "")


def test_a_wrong_amount_after_settling_changes_nothing(charge, start):
    payment = start(charge)
    say(notice(payment))
    assert say(notice(payment, amount="1")) == "wrong_amount"
    payment.refresh_from_db()
    assert (payment.status, payment.flag) == (Status.PAID, "")


def test_a_bad_signature_settles_nothing_and_leaves_evidence(charge, start):
    payment = start(charge)
    assert say(notice(payment, signature="bad")) == "bad_signature"
    charge.refresh_from_db()
    kept = GatewayMessage.objects.get()
    assert charge.state == ChargeState.PENDING
    assert (kept.verdict, kept.raw["code"], kept.kind) == ("bad_signature", payment.code, "notice")


def test_what_anybody_could_have_made_up_leaves_no_trace(charge, start):
    start(charge)
    assert say({"code": "MC261123FFFFFFFFFF", "outcome": "paid", "signature": "bad"}) == "bad_signature"
    assert say({"code": "\x00"}) == "bad_signature"
    assert not GatewayMessage.objects.exists()


def test_a_message_about_an_unknown_payment_is_answered_so(charge, start):
    payment = start(charge)
    assert say(notice(payment, code="MC000000")) == "unknown_payment"


def test_a_message_through_another_gateway_does_not_reach_the_payment(charge, start, settings):
    payment = start(charge)
    report = Report(payment.code, Outcome.PAID, payment.amount_vnd)
    with pytest.raises(Payment.DoesNotExist):
        operations.settle(report=report, gateway="vnpay", actor=SYSTEM, at=MONDAY_9AM)


def test_a_message_that_cannot_be_read_is_an_error(charge, start):
    payment = start(charge)
    assert say(notice(payment, amount="many")) == "error"
    assert GatewayMessage.objects.get().verdict == "error"


def test_a_message_as_long_as_no_gateways_is_refused_unkept(charge):
    assert say({f"x{n}": "1" for n in range(100)}) == "bad_signature"
    assert say({"x": "1" * 5000}) == "bad_signature"
    assert not GatewayMessage.objects.exists()


def test_one_transaction_number_cannot_settle_two_payments(charge, new_charge, start):
    other = new_charge("dossier:13")
    first, second = start(charge), start(other)
    say(notice(first, reference="SAME"))
    assert say(notice(second, reference="SAME")) == "error"
    second.refresh_from_db()
    assert second.status == Status.STARTED


@pytest.mark.parametrize("outcome", ["failed", "cancelled"])
def test_money_after_a_failure_is_accepted_and_flagged(charge, start, outcome):
    payment = start(charge)
    say(notice(payment, outcome, reference=""))
    assert say(notice(payment), at=MONDAY_9AM + 60 * MINUTE) == "done"
    payment.refresh_from_db()
    charge.refresh_from_db()
    assert (payment.status, payment.flag, charge.state) == (Status.PAID, Flag.LATE, ChargeState.PAID)
    assert story(charge)[-2:] == ["payment.settled", "payment.flagged"]


def test_money_after_expiry_is_accepted_and_flagged(charge, start):
    payment = start(charge)
    operations.ask_gateway(payment=payment, at=MONDAY_9AM + 15 * MINUTE)
    assert say(notice(payment), at=MONDAY_9AM + 30 * MINUTE) == "done"
    payment.refresh_from_db()
    assert payment.flag == Flag.LATE


def test_a_second_success_is_kept_as_a_duplicate_and_settles_nothing(charge, start):
    first = start(charge)
    say(notice(first, "failed", reference=""))
    second = start(charge, at=MONDAY_9AM + 2 * MINUTE)
    assert say(notice(first)) == "done"  # late, while the second is under way
    assert say(notice(second)) == "done"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.flag, second.flag) == (Flag.LATE, Flag.DUPLICATE)
    assert story(charge).count("payment.settled") == 1
    assert charge.settled_payment() == first


def test_a_live_attempt_that_fails_after_an_older_one_settled_leaves_the_charge_paid(charge, start):
    first = start(charge)
    say(notice(first, "failed", reference=""))
    second = start(charge, at=MONDAY_9AM + 2 * MINUTE)
    say(notice(first))
    say(notice(second, "failed"))
    charge.refresh_from_db()
    assert charge.state == ChargeState.PAID
    assert story(charge)[-1] == "payment.failed"


def test_what_the_gateway_looks_into_stays_open_for_ever(charge, start, bank):
    payment = start(charge)
    assert say(notice(payment, "held", response="07", reference="")) == "done"
    bank.books[payment.code] = Report(payment.code, Outcome.UNFINISHED, 200_000)
    operations.ask_gateway(payment=payment, at=MONDAY_9AM + 600 * MINUTE)
    payment.refresh_from_db()
    assert payment.status == Status.STARTED
    with pytest.raises(WrongState):
        start(charge, at=MONDAY_9AM + 600 * MINUTE)
    say(notice(payment), at=MONDAY_9AM + 700 * MINUTE)
    payment.refresh_from_db()
    assert (payment.status, payment.flag) == (Status.PAID, "")


def test_a_query_settles_when_no_message_comes(charge, start, bank):
    payment = start(charge)
    bank.books[payment.code] = Report(payment.code, Outcome.PAID, 200_000, "R9")
    assert operations.ask_gateway(payment=payment, at=MONDAY_9AM + 5 * MINUTE)
    charge.refresh_from_db()
    kept = GatewayMessage.objects.get()
    assert charge.state == ChargeState.PAID
    assert (kept.kind, kept.verdict, kept.payment_code) == ("answer", "done", payment.code)
    assert say(notice(payment, reference="R9")) == "already_done"


def test_an_opened_page_may_end_some_minutes_after_its_link(charge, start, bank):
    payment = start(charge)
    bank.books[payment.code] = Report(payment.code, Outcome.UNFINISHED, 200_000)
    operations.ask_gateway(payment=payment, at=MONDAY_9AM + 16 * MINUTE)
    payment.refresh_from_db()
    assert payment.status == Status.STARTED
    operations.ask_gateway(payment=payment, at=MONDAY_9AM + 20 * MINUTE)
    payment.refresh_from_db()
    assert payment.status == Status.EXPIRED


def test_the_gateway_is_not_asked_twice_within_ten_seconds(charge, start, bank):
    payment = start(charge)
    for seconds in (0, 3, 9, 10):
        operations.ask_gateway(payment=payment, at=MONDAY_9AM + timedelta(seconds=seconds))
    assert len(bank.asked) == 2


def test_a_payer_who_asks_often_does_not_slow_the_clock_down(charge, start, bank):
    payment = start(charge)
    for seconds in range(0, 240, 20):
        operations.ask_gateway(payment=payment, at=MONDAY_9AM + timedelta(seconds=seconds))
    payment.refresh_from_db()
    assert (payment.queries, payment.query_at) == (0, MONDAY_9AM + 5 * MINUTE)


def test_the_clock_asks_with_growing_pauses_and_at_the_moments_of_expiry(charge, start, bank):
    payment = start(charge)
    bank.is_reachable = False
    asked = []
    for minute in range(0, 300):
        at = MONDAY_9AM + minute * MINUTE
        for due in Payment.objects.to_query(at):
            operations.ask_gateway(payment=due, at=at)
            asked.append(minute)
    assert asked == [5, 6, 7, 9, 13, 15, 20, 50, 110, 170, 230, 290]
    payment.refresh_from_db()
    assert payment.status == Status.STARTED


def test_coming_back_brings_the_next_query_forward(charge, start):
    payment = start(charge)
    operations.note_return(gateway="test-bank", params=notice(payment), at=MONDAY_9AM + MINUTE)
    payment.refresh_from_db()
    assert payment.query_at == MONDAY_9AM + MINUTE + timedelta(seconds=5)


def test_withdrawing_before_paying_cancels_the_charge(charge, start, an):
    operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM, reason="rút hồ sơ")
    charge.refresh_from_db()
    assert charge.state == ChargeState.CANCELLED
    assert story(charge) == ["charge.raised", "charge.cancelled"]
    with pytest.raises(WrongState, match="đã được hủy"):
        start(charge)


def test_withdrawing_after_paying_owes_the_money_back(charge, start, an):
    say(notice(start(charge)))
    for _ in range(2):
        operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM)
    charge.refresh_from_db()
    assert charge.state == ChargeState.REFUND_DUE
    assert story(charge).count("charge.refund_due") == 1


def test_money_for_a_cancelled_charge_is_kept_and_owed_back(charge, start, an):
    payment = start(charge)
    operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM)
    assert say(notice(payment)) == "done"
    payment.refresh_from_db()
    charge.refresh_from_db()
    assert (payment.status, payment.flag, charge.state) == (Status.PAID, Flag.LATE, ChargeState.REFUND_DUE)
    assert "payment.settled" not in story(charge)
    assert charge.paid_at is None


def test_a_cancelled_charge_stays_cancelled_when_its_attempt_fails(charge, start, an):
    payment = start(charge)
    operations.cancel_charge(charge=charge, actor=an, at=MONDAY_9AM)
    say(notice(payment, "failed"))
    charge.refresh_from_db()
    assert charge.state == ChargeState.CANCELLED


@pytest.mark.parametrize("transition", CHARGE.values(), ids=CHARGE.keys())
@pytest.mark.parametrize("state", ChargeState)
def test_a_charge_moves_only_as_its_table_says(charge, transition, state):
    if state in transition.sources:
        return
    charge.state = state
    with pytest.raises(WrongState):
        operations._move_charge(charge, transition.name, SYSTEM, MONDAY_9AM)


def test_no_attempt_leaves_paid():
    assert all(Status.PAID not in transition.sources for transition in ATTEMPT.values())

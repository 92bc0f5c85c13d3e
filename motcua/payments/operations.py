"""All that can happen to a charge and to the attempts to pay it.

Every writer locks the charge first, so whatever arrives twice, late or at the same moment is handled
one after the other. Nothing here speaks to the network while it holds a lock.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.jobs import job
from motcua.foundation.time import HANOI, now
from motcua.payments.gateways import (
    GATEWAYS,
    Answer,
    BadMessage,
    BadSignature,
    Outcome,
    Report,
    Unreachable,
)
from motcua.payments.models import CASH, Charge, GatewayMessage, Payment
from motcua.payments.receipts import issue, issue_receipt
from motcua.payments.states import (
    ATTEMPT,
    CHARGE,
    QUERY_PAUSES,
    UNFINISHED_GRACE,
    ChargeState,
    Flag,
    Status,
)

logger = logging.getLogger(__name__)

LINE_KEYS = ("code", "name", "kind", "amount_vnd", "basis")
MESSAGE_LIMIT = 60, 2000  # parameters, characters in each: more is no gateway's message
ASK_AT_MOST_EVERY = timedelta(seconds=10)
QUERY_AFTER_RETURN = timedelta(seconds=5)
GIVEN_UP = {Outcome.FAILED: "fail", Outcome.CANCELLED: "cancel"}


class ReferenceReused(Exception):
    """The gateway gave the number of one transaction to another."""


# -- what is owed ------------------------------------------------------------------------------------------


@transaction.atomic(savepoint=False)
def raise_charge(
    *,
    subject: str,
    reference: str,
    description: str,
    lines: Sequence[Mapping[str, object]],
    due: str,
    payer_name: str,
    payer_address: str,
    payer_email: str,
    account: Mapping[str, object],
    actor: Actor,
    at: datetime,
    purpose: str = "",
    collector_name: str = "",
    collector_tax_code: str = "",
) -> Charge | None:
    """The charge of these lines for this subject, or None when they come to nothing.

    `lines` are {code, name, kind, amount_vnd, basis}, whole đồng. `purpose` is `due` unless told; raising the
    same purpose again returns the charge that is there. Raises WrongState when that one has other lines.
    """
    kept = [{key: line.get(key, "") for key in LINE_KEYS} for line in lines if line["amount_vnd"]]
    amount_vnd = sum(_whole_dong(line["amount_vnd"]) for line in kept)
    if not amount_vnd:
        return None
    charge = Charge(
        subject=subject,
        purpose=purpose or due,
        reference=reference,
        description=description[:250],
        payer_name=payer_name[:250],
        payer_address=payer_address[:500],
        payer_email=payer_email,
        account=dict(account),
        collector_name=(collector_name or str(account.get("holder", "")))[:250],
        collector_tax_code=collector_tax_code,
        lines=kept,
        amount_vnd=amount_vnd,
        due=due,
        raised_at=at,
    )
    if _insert(charge):
        events.record(
            "charge.raised",
            subject=subject,
            actor=actor,
            at=at,
            charge=charge.pk,
            amount_vnd=amount_vnd,
            due=due,
        )
        return charge
    there = Charge.objects.get(subject=subject, purpose=charge.purpose)
    if there.lines != kept:
        raise WrongState(
            _("Khoản thu của hồ sơ này đã được lập với số tiền khác. Vui lòng kiểm tra lại khoản thu.")
        )
    return there


def _insert(charge: Charge) -> bool:
    """Write the charge unless its subject has one for this purpose, in one statement; whether it was written."""
    fields = [field for field in Charge._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(getattr(charge, field.attname), connection) for field in fields]
    columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT (subject, purpose) DO NOTHING RETURNING id"
    ).format(
        table=sql.Identifier(Charge._meta.db_table),
        columns=columns,
        places=sql.SQL(", ").join(sql.Placeholder() * len(fields)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        written = cursor.fetchone()
    if written:
        charge.pk, charge._state.adding, charge._state.db = written[0], False, connection.alias
    return written is not None


def _whole_dong(amount: object) -> int:
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
        raise ValueError(f"{amount!r} is not a whole, positive number of đồng")
    return amount


@transaction.atomic
def cancel_charge(*, charge: Charge, actor: Actor, at: datetime, reason: str = "") -> Charge:
    """Close the charge of something that was withdrawn: cancelled when unpaid, else to be paid back.

    Safe to call again. Money that arrives afterwards is kept, flagged, and owed back.
    """
    charge = _lock(charge.pk)
    if charge.state in CHARGE["cancel"].sources:
        _move_charge(charge, "cancel", actor, at, reason=reason)
    elif charge.state == ChargeState.PAID:
        _owe_back(charge, actor, at, reason=reason)
    return charge


# -- paying ------------------------------------------------------------------------------------------------


@transaction.atomic
def start_payment(
    *, charge: Charge, gateway: str, client_ip: str, return_url: str, actor: Actor, at: datetime
) -> Payment:
    """The attempt to whose `redirect_url` the payer goes: the live one while its link holds, or a new one.

    Raises WrongState when the charge is settled or closed, and when an earlier attempt may still turn out to
    have been paid; ask the gateway then.
    """
    charge = _lock(charge.pk)
    if charge.state in (ChargeState.PAID, ChargeState.REFUND_DUE):
        raise WrongState(_("Khoản phí, lệ phí này đã được thanh toán. Vui lòng không thanh toán lại."))
    if charge.state in (ChargeState.CANCELLED, ChargeState.REFUNDED):
        raise WrongState(_("Khoản thu này đã được hủy. Không cần thanh toán."))
    live = charge.live_attempt()
    if live and live.resumable(at):
        return live
    if live:
        raise WrongState(_("Giao dịch đang chờ ngân hàng xác nhận. Vui lòng không thanh toán lại."))
    expires_at = at + timedelta(minutes=settings.PAYMENT_LINK_LIFETIME_MINUTES)
    payment = Payment(
        code=f"MC{at.astimezone(HANOI):%y%m%d}{secrets.token_hex(5).upper()}",
        charge=charge,
        gateway=gateway,
        amount_vnd=charge.amount_vnd,
        started_at=at,
        expires_at=expires_at,
        client_ip=client_ip,
        query_at=at + QUERY_PAUSES[0],
    )
    payment.redirect_url = GATEWAYS[gateway].payment_url(payment.order(return_url=return_url))
    payment.save()
    _move_charge(
        charge, "start", actor, at, payment=payment.pk, code=payment.code, amount_vnd=payment.amount_vnd
    )
    return payment


def receive_message(*, gateway: str, params: Mapping[str, str], at: datetime) -> dict[str, str]:
    """Take a server message of a gateway and return the JSON that it expects as the answer.

    The message is kept as it came, and committed, before anybody judges it. Only what is neither signed nor
    about one of our payments leaves no trace: anybody can send that, as often as he likes.
    """
    plugin = GATEWAYS[gateway]
    if not _is_worth_keeping(gateway, params):
        return plugin.reply(Answer.BAD_SIGNATURE)
    kept = _keep(gateway, GatewayMessage.Kind.NOTICE, params, at)
    code = ""
    try:
        report = plugin.read(params)
        code = report.payment_code
        answer = settle(report=report, gateway=gateway, actor=Actor.system(gateway), at=at)
    except BadSignature:
        answer = Answer.BAD_SIGNATURE
    except BadMessage:
        answer = Answer.ERROR
    except Payment.DoesNotExist:
        answer, code = Answer.UNKNOWN_PAYMENT, ""
    except Exception:  # the gateway must get an answer, and sends the message again on this one
        logger.exception("message %s of %s could not be handled", kept.pk, gateway)
        answer = Answer.ERROR
    if answer not in (Answer.DONE, Answer.ALREADY_DONE):
        logger.warning("message %s of %s refused: %s", kept.pk, gateway, answer.value)
    _judge(kept, answer.value, code)
    return plugin.reply(answer)


def _is_worth_keeping(gateway: str, params: Mapping[str, str]) -> bool:
    if len(params) > MESSAGE_LIMIT[0] or any(len(value) > MESSAGE_LIMIT[1] for value in params.values()):
        return False
    try:
        GATEWAYS[gateway].read(params)
    except BadSignature:
        values = [value for value in params.values() if "\x00" not in value]
        return Payment.objects.filter(gateway=gateway, code__in=values).exists()
    except BadMessage:
        return True
    return True


def note_return(*, gateway: str, params: Mapping[str, str], at: datetime) -> Payment | None:
    """The attempt with which the payer's browser came back, or None when the signature does not hold.

    It settles nothing: it notes that the payer is back, so that nobody pays twice, and has the gateway asked
    in some seconds in case its own message does not come.
    """
    try:
        report = GATEWAYS[gateway].read(params)
    except (BadSignature, BadMessage):
        return None
    payment = Payment.objects.filter(code=report.payment_code, gateway=gateway).first()
    if payment is None or payment.returned_at is not None:
        return payment
    _keep(gateway, GatewayMessage.Kind.RETURN, params, at, verdict="shown", code=payment.code)
    with transaction.atomic():
        payment = _lock_attempt(gateway, payment.code)
        payment.returned_at = at
        if payment.status == Status.STARTED:
            payment.query_at = at + QUERY_AFTER_RETURN
            wait = int(QUERY_AFTER_RETURN.total_seconds())
            check_payment.configure(schedule_in={"seconds": wait}).defer(payment_id=payment.pk)
        payment.save(update_fields=["returned_at", "query_at"])
    return payment


def ask_gateway(*, payment: Payment, at: datetime) -> bool:
    """Ask the gateway how the attempt stands and record what it says; True when it answered.

    Only attempts whose end is unknown are asked about, and not twice within ten seconds. Speaks over the
    network, so it must not be called inside a transaction.
    """
    with transaction.atomic(durable=True):
        payment = _lock_attempt(payment.gateway, payment.code)
        just_asked = payment.checked_at is not None and at - payment.checked_at < ASK_AT_MOST_EVERY
        if payment.status != Status.STARTED or just_asked:
            return True
        payment.checked_at = at
        if payment.query_at <= at:
            payment.queries += 1
            payment.query_at = _next_query(payment, at)
        payment.save(update_fields=["checked_at", "queries", "query_at"])
    try:
        report, raw = GATEWAYS[payment.gateway].query(payment.order(), at=at)
    except Unreachable as problem:
        logger.warning("%s did not answer about %s: %s", payment.gateway, payment, problem)
        return False
    kept = _keep(payment.gateway, GatewayMessage.Kind.ANSWER, raw, at, code=payment.code)
    answer = settle(report=report, gateway=payment.gateway, actor=Actor.system("ask_gateway"), at=at)
    _judge(kept, answer.value, payment.code)
    return True


@job(retries=1)
def check_payment(payment_id: int) -> None:
    """Ask about one attempt, some seconds after its payer came back."""
    ask_gateway(payment=Payment.objects.get(pk=payment_id), at=now())


def _next_query(payment: Payment, at: datetime) -> datetime:
    """After a growing pause, but not past the moments at which the attempt may expire."""
    pause = QUERY_PAUSES[min(payment.queries, len(QUERY_PAUSES) - 1)]
    ends = (payment.expires_at, payment.expires_at + UNFINISHED_GRACE)
    return min([at + pause, *(end for end in ends if end > at)])


# -- the one writer ----------------------------------------------------------------------------------------


@transaction.atomic
def settle(*, report: Report, gateway: str, actor: Actor, at: datetime) -> Answer:
    """Record what the gateway reports of one attempt. Safe to call again with the same report.

    Raises Payment.DoesNotExist when the attempt is not ours, ReferenceReused when its number belongs to
    another one.
    """
    payment = _lock_attempt(gateway, report.payment_code)
    if report.outcome is Outcome.PAID:
        return _receive_money(payment, report, actor, at)
    if payment.status != Status.STARTED:
        return Answer.ALREADY_DONE
    if report.outcome in GIVEN_UP:
        _note_reference(payment, report)
        _end(payment, GIVEN_UP[report.outcome], actor, at)
    elif report.outcome is Outcome.HELD:
        _note_reference(payment, report)
        payment.save(update_fields=["gateway_reference", "bank_code", "response_code"])
    elif not payment.is_held and at >= payment.expires_at + _grace(report.outcome):
        _end(payment, "expire", actor, at)
    return Answer.DONE


def _receive_money(payment: Payment, report: Report, actor: Actor, at: datetime) -> Answer:
    """The gateway has the money: settle the charge, or say why it does not."""
    if payment.status == Status.VOIDED:
        return _hear_of_voided(payment, report, actor, at)
    if report.amount_vnd != payment.amount_vnd:
        return _flag_wrong_amount(payment, report, actor, at)
    if payment.status == Status.PAID:
        return Answer.ALREADY_DONE
    charge = payment.charge
    _note_reference(payment, report)
    late = payment.status != Status.STARTED
    settles = charge.state in CHARGE["settle"].sources
    if settles or charge.state == ChargeState.CANCELLED:
        payment.flag = Flag.LATE if late or not settles else Flag.NONE
    else:
        payment.flag = Flag.DUPLICATE
    payment.status, payment.settled_at, payment.received_vnd = ATTEMPT["settle"].target, at, None
    payment.owed_back_vnd = payment.amount_vnd if payment.flag == Flag.DUPLICATE else 0
    payment.save()
    if settles:
        _settle_charge(payment, actor, at)
    if payment.flag:
        _record_flag(payment, actor, at)
    if charge.state == ChargeState.CANCELLED:
        _owe_back(charge, actor, at, payment=payment.pk, amount_vnd=payment.amount_vnd)
    return Answer.DONE


def _settle_charge(payment: Payment, actor: Actor, at: datetime) -> None:
    """Mark the charge as paid by this attempt, which is saved, and have the receipt issued."""
    charge = payment.charge
    _move_charge(
        charge,
        "settle",
        actor,
        at,
        payment=payment.pk,
        code=payment.code,
        amount_vnd=payment.amount_vnd,
        purpose=charge.purpose,
        due=charge.due,
        gateway_reference=payment.gateway_reference,
        gateway=payment.gateway,
    )
    issue_receipt.defer(payment_id=payment.pk)


def _owe_back(charge: Charge, actor: Actor, at: datetime, **data: object) -> None:
    """Owe back all that settled the charge, but for what was paid back of it already. The charge is locked."""
    _move_charge(charge, "owe_back", actor, at, **data)
    payment = charge.settled_payment()
    if payment:
        payment.owed_back_vnd = payment.came_vnd - payment.refunded_vnd
        payment.save(update_fields=["owed_back_vnd"])


def _hear_of_voided(payment: Payment, report: Report, actor: Actor, at: datetime) -> Answer:
    """A person has ended this attempt: it settles nothing any more, but what came is owed back as it came."""
    if report.amount_vnd != payment.came_vnd:
        payment.received_vnd = report.amount_vnd
        payment.owed_back_vnd = max(report.amount_vnd - payment.refunded_vnd, 0)
        payment.save(update_fields=["received_vnd", "owed_back_vnd"])
        _record_flag(payment, actor, at, reported_vnd=report.amount_vnd)
    return Answer.ALREADY_DONE


def _flag_wrong_amount(payment: Payment, report: Report, actor: Actor, at: datetime) -> Answer:
    """Keep the attempt unsettled, give it to a person, and have the gateway asked for the truth."""
    if payment.status == Status.PAID:  # by a person, who took this amount for the right one, or long before
        return Answer.ALREADY_DONE if report.amount_vnd == payment.came_vnd else Answer.WRONG_AMOUNT
    if payment.flag != Flag.AMOUNT_MISMATCH:
        payment.flag = Flag.AMOUNT_MISMATCH
        payment.query_at, payment.received_vnd = at, report.amount_vnd
        payment.save(update_fields=["flag", "query_at", "received_vnd"])
        _record_flag(payment, actor, at, reported_vnd=report.amount_vnd)
    elif payment.received_vnd != report.amount_vnd:  # the last word counts, for whoever decides
        payment.received_vnd = report.amount_vnd
        payment.save(update_fields=["received_vnd"])
    return Answer.WRONG_AMOUNT


@transaction.atomic
def take_cash(*, charge: Charge, client_ip: str, actor: Actor, at: datetime) -> Payment:
    """Settle a charge with cash that a cashier has counted, and number its receipt at once.

    Raises WrongState when it is settled or closed, and while an attempt to pay it elsewhere is under way: nobody
    shall pay twice.
    """
    charge = _lock(charge.pk)
    if charge.state != ChargeState.UNPAID:
        raise WrongState(
            _("Khoản thu đang ở trạng thái “%(state)s” nên không thu tiền mặt được.") % {"state": charge.get_state_display()}
        )
    payment = Payment.objects.create(
        code=f"TM{at.astimezone(HANOI):%y%m%d}{secrets.token_hex(5).upper()}",
        charge=charge,
        gateway=CASH,
        amount_vnd=charge.amount_vnd,
        status=ATTEMPT["settle"].target,
        started_at=at,
        settled_at=at,
        expires_at=at + timedelta(minutes=1),
        client_ip=client_ip or "127.0.0.1",
        query_at=at,
    )
    _settle_charge(payment, actor, at)
    issue(payment=payment, actor=actor, at=at)
    return payment


# -- what a person decides ---------------------------------------------------------------------------------


@transaction.atomic
def accept_amount(*, payment: Payment, reason: str, actor: Actor, at: datetime) -> Payment:
    """Let the money of a wrong amount settle its charge; what came too much is owed back.

    Raises WrongState when the attempt waits for nobody's decision or its charge for no money, and Refusal without
    a reason or when less came than is owed.
    """
    payment, reason = _undecided(payment, reason)
    if payment.charge.state not in CHARGE["settle"].sources:
        raise WrongState(
            _("Khoản thu không còn chờ thanh toán. Vui lòng hủy giao dịch để hoàn lại số tiền đã nhận.")
        )
    if payment.came_vnd < payment.amount_vnd:
        raise Refusal(
            _("Số tiền nhận được ít hơn số tiền phải nộp. Vui lòng hủy giao dịch để người nộp thanh toán lại.")
        )
    payment.flag = Flag.NONE if payment.status == Status.STARTED else Flag.LATE
    payment.status, payment.settled_at = ATTEMPT["settle"].target, at
    payment.owed_back_vnd = payment.came_vnd - payment.amount_vnd
    payment.save(update_fields=["flag", "status", "settled_at", "owed_back_vnd"])
    about = payment.charge
    events.record(
        "payment.amount_accepted",
        subject=about.subject,
        actor=actor,
        at=at,
        charge=about.pk,
        **_decision(payment, reason),
    )
    _settle_charge(payment, actor, at)
    return payment


@transaction.atomic
def void_payment(*, payment: Payment, reason: str, actor: Actor, at: datetime) -> Payment:
    """End an attempt of a wrong amount: all that came is owed back, and the charge can be paid anew.

    Raises WrongState when the attempt waits for nobody's decision, and Refusal without a reason.
    """
    payment, reason = _undecided(payment, reason)
    was_live = payment.status == Status.STARTED
    payment.flag, payment.status = Flag.NONE, ATTEMPT["void"].target
    payment.owed_back_vnd = payment.came_vnd
    payment.save(update_fields=["flag", "status", "owed_back_vnd"])
    if was_live and payment.charge.state in CHARGE["void"].sources:  # else another attempt is under way
        _move_charge(payment.charge, "void", actor, at, **_decision(payment, reason))
    else:
        about = payment.charge
        events.record(
            ATTEMPT["void"].event, subject=about.subject, actor=actor, at=at, charge=about.pk, **_decision(payment, reason)
        )
    return payment


@transaction.atomic
def note_refund(*, payment: Payment, reference: str, actor: Actor, at: datetime) -> Payment:
    """Record that what is owed back of an attempt was paid back; `reference` names the order that did it.

    Raises WrongState when nothing is owed back, and Refusal without a reference.
    """
    payment = _lock_attempt(payment.gateway, payment.code)
    charge, amount = payment.charge, payment.owed_back_vnd
    if not amount:
        raise WrongState(_("Giao dịch này không còn khoản tiền nào phải hoàn trả."))
    if not reference.strip():
        raise Refusal(_("Vui lòng nhập số chứng từ hoàn tiền."))
    payment.owed_back_vnd, payment.refunded_vnd = 0, payment.refunded_vnd + amount
    payment.refunded_at, payment.refunded_by = at, actor.name
    payment.refund_reference = reference.strip()[:100]
    payment.save(
        update_fields=["owed_back_vnd", "refunded_vnd", "refunded_at", "refunded_by", "refund_reference"]
    )
    data = {"payment": payment.pk, "code": payment.code, "amount_vnd": amount, "reference": payment.refund_reference}
    if charge.state in CHARGE["refund"].sources and payment.flag in (Flag.NONE, Flag.LATE) and payment.settled_at:
        _move_charge(charge, "refund", actor, at, **data)
    else:  # the charge stands as it is: what came twice, too much, or with an attempt that was ended
        events.record("payment.refunded", subject=charge.subject, actor=actor, at=at, charge=charge.pk, **data)
    return payment


def _undecided(payment: Payment, reason: str) -> tuple[Payment, str]:
    """The attempt, locked, that waits for a decision; and the reason of it."""
    payment = _lock_attempt(payment.gateway, payment.code)
    if payment.flag != Flag.AMOUNT_MISMATCH:
        raise WrongState(_("Giao dịch này đã được đối soát: %(state)s.") % {"state": payment.get_status_display()})
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu căn cứ, lý do xử lý."))
    return payment, reason.strip()


def _decision(payment: Payment, reason: str) -> dict[str, object]:
    return {
        "payment": payment.pk,
        "code": payment.code,
        "reason": reason,
        "received_vnd": payment.came_vnd,
        "owed_back_vnd": payment.owed_back_vnd,
    }


def _end(payment: Payment, name: str, actor: Actor, at: datetime) -> None:
    """End a live attempt without money; the charge can be paid anew."""
    transition = ATTEMPT[name]
    payment.status = transition.target
    payment.save(update_fields=["status", "gateway_reference", "bank_code", "response_code"])
    data = {
        "payment": payment.pk,
        "code": payment.code,
        "status": payment.status,
        "response_code": payment.response_code,
    }
    if payment.charge.state in CHARGE["fail"].sources:
        _move_charge(payment.charge, "fail", actor, at, **data)
    else:  # the charge was closed or settled meanwhile
        about = payment.charge
        events.record(transition.event, subject=about.subject, actor=actor, at=at, charge=about.pk, **data)


def _move_charge(charge: Charge, name: str, actor: Actor, at: datetime, **data: object) -> None:
    """Check, change, record: the one path by which a charge changes state. The charge is locked."""
    transition = CHARGE[name]
    if charge.state not in transition.sources:
        raise WrongState(_("Khoản thu đang ở trạng thái: %(state)s.") % {"state": charge.get_state_display()})
    charge.state = transition.target
    if charge.state == ChargeState.PAID:
        charge.paid_at = at
    charge.save(update_fields=["state", "paid_at"])
    events.record(transition.event, subject=charge.subject, actor=actor, at=at, charge=charge.pk, **data)


def _record_flag(payment: Payment, actor: Actor, at: datetime, **data: object) -> None:
    events.record(
        "payment.flagged",
        subject=payment.charge.subject,
        actor=actor,
        at=at,
        charge=payment.charge_id,
        payment=payment.pk,
        code=payment.code,
        flag=payment.flag,
        amount_vnd=payment.amount_vnd,
        **data,
    )


def _grace(outcome: Outcome) -> timedelta:
    """How long after its link an attempt may still end well: not at all when nobody opened the link."""
    return timedelta(0) if outcome is Outcome.NOT_FOUND else UNFINISHED_GRACE


def _note_reference(payment: Payment, report: Report) -> None:
    reference = report.gateway_reference
    if reference:
        others = Payment.objects.filter(gateway=payment.gateway, gateway_reference=reference)
        if others.exclude(pk=payment.pk).exists():
            raise ReferenceReused(f"{payment.gateway} {reference}")
        payment.gateway_reference = reference
    payment.bank_code = report.bank_code or payment.bank_code
    payment.response_code = report.response_code


# -- rows --------------------------------------------------------------------------------------------------


def _lock(charge_id: int) -> Charge:
    return Charge.objects.select_for_update().get(pk=charge_id)


def _lock_attempt(gateway: str, code: str) -> Payment:
    """The attempt, with its charge, both locked: the charge first, as everywhere."""
    charge_id = Payment.objects.values_list("charge_id", flat=True).get(gateway=gateway, code=code)
    charge = _lock(charge_id)
    payment = Payment.objects.select_for_update().get(gateway=gateway, code=code)
    payment.charge = charge
    return payment


def _keep(
    gateway: str, kind: str, raw: Mapping[str, str], at: datetime, *, verdict: str = "", code: str = ""
) -> GatewayMessage:
    """Keep the message as it came, committed on its own."""
    clean = {name.replace("\x00", ""): value.replace("\x00", "") for name, value in raw.items()}
    with transaction.atomic(durable=True):
        return GatewayMessage.objects.create(
            gateway=gateway, kind=kind, raw=clean, received_at=at, verdict=verdict, payment_code=code
        )


def _judge(message: GatewayMessage, verdict: str, code: str) -> None:
    GatewayMessage.objects.filter(pk=message.pk).update(verdict=verdict, payment_code=code)

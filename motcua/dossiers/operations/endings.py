"""How a dossier ends without the result that was asked for, and what becomes of its fees.

A dossier that was accepted is stopped by a leader (Mẫu 05); one that is withdrawn is let go by the counter; one
whose conditions are not met gets a decision like any other, with reason and basis.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from motcua.dossiers import letters
from motcua.dossiers.models import Dossier, EndProposal, Result, SupplementRequest
from motcua.dossiers.models.extensions import may_propose_end
from motcua.dossiers.operations.moving import change, check, lock, move
from motcua.dossiers.operations.numbering import numbered
from motcua.dossiers.operations.steps import (
    close_tasks,
    finish,
    leads_back,
    open_task,
    require_processing,
    walk,
)
from motcua.dossiers.states import TRANSITIONS, State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.foundation.shown import moment
from motcua.foundation.vietnamese import in_vietnamese, money
from motcua.papers import operations as papers
from motcua.payments import operations as payments
from motcua.payments.models import Charge
from motcua.payments.states import ChargeState
from motcua.procedures.definition import Step

_BATCH = 500  # dossiers a run


# -- fees ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fees:
    """What becomes of a dossier's fees when it ends early: `sentence` is printed, for the citizen to read."""

    paid_vnd: int
    owed_vnd: int
    is_back: bool  # what was paid is given back
    sentence: str


@in_vietnamese
def fees_at_the_end(dossier: Dossier) -> Fees:
    """What becomes of the fees if the dossier ends now: what was paid is given back as long as nothing was done for it.

    Something was done once a step other than the assignment was finished, or another unit gave its opinion.
    """
    charges = list(Charge.objects.about(dossier.subject))
    paid = sum(one.amount_vnd for one in charges if one.state == ChargeState.PAID)
    owed = sum(one.amount_vnd for one in charges if one.state in (ChargeState.UNPAID, ChargeState.PENDING))
    is_back = not _was_worked_on(dossier)
    said = []
    if paid and is_back:
        why = _("cơ quan chưa thẩm định hồ sơ") if dossier.accepted_at else _("hồ sơ chưa được tiếp nhận giải quyết")
        said.append(_("Số tiền %(money)s đã nộp được hoàn trả vì %(why)s.") % {"money": money(paid), "why": why})
    elif paid:
        said.append(_("Số tiền %(money)s đã nộp không được hoàn trả vì cơ quan đã thẩm định hồ sơ.") % {"money": money(paid)})
    if owed:
        said.append(_("Khoản %(money)s chưa nộp được hủy.") % {"money": money(owed)})
    return Fees(paid, owed, bool(paid) and is_back, " ".join(said) or _("Hồ sơ không có khoản phí, lệ phí nào."))


def _was_worked_on(dossier: Dossier) -> bool:
    if not dossier.accepted_at:
        return False
    done = dossier.tasks.filter(completed_at__isnull=False).exclude(act="assign").exclude(outcome="closed")
    return done.exists() or dossier.consultations.answered().exists()


def end_everything(dossier: Dossier, actor: Actor, at: datetime, *, at_counter: bool) -> Fees:
    """Close what would otherwise wait for ever: tasks, supplements, charges. Returns what becomes of the fees.

    What is given back is told in a letter of its own (Thông báo hoàn trả phí, lệ phí), from the unit that ends it: the
    one-stop counter, or the body that settles.
    """
    fees = fees_at_the_end(dossier)
    close_tasks(dossier, actor, at)
    dossier.supplements.filter(closed_at=None).update(closed_at=at)
    back = []
    for charge in Charge.objects.about(dossier.subject):
        if charge.state == ChargeState.PAID and not fees.is_back:
            continue
        if charge.state == ChargeState.PAID:
            back.append(charge)
        payments.cancel_charge(charge=charge, actor=actor, at=at)
    if back:
        unit = dossier.reception if at_counter else dossier.agency
        signer = letters.receiver(actor) if at_counter else letters.signer(actor, unit)
        papers.issue(
            kind="refund_notice",
            subject=dossier.subject,
            number=numbered(unit.code, at, "HTP"),
            data=letters.refund_notice(dossier, unit, back, signer),
            actor=actor,
            at=at,
        )
    return fees


def drop_owed(dossier: Dossier, actor: Actor, at: datetime) -> None:
    """Cancel what is still owed: nothing is issued for it any more."""
    for charge in Charge.objects.about(dossier.subject).owed():
        payments.cancel_charge(charge=charge, actor=actor, at=at)


# -- withdrawal ----------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(*, dossier: Dossier, actor: Actor, at: datetime) -> Dossier:
    """Confirm the withdrawal that the citizen asked for, in writing; the fees follow `fees_at_the_end`.

    Raises NotAllowed, WrongState, or Refusal when nobody asked.
    """
    dossier = lock(dossier)
    check(dossier, "withdraw", actor)
    if not dossier.withdrawal_requested_at:
        raise Refusal(_("Người nộp chưa đề nghị rút hồ sơ này."))
    fees = end_everything(dossier, actor, at, at_counter=True)
    dossier = move(dossier, "withdraw", actor, at, {}, reason=dossier.withdrawal_reason, fees=fees.sentence)
    papers.issue(
        kind="withdrawal_slip",
        subject=dossier.subject,
        number=numbered(dossier.reception.code, at, "RHS"),
        data=letters.withdrawal_slip(dossier, fees.sentence, who_asked_to_withdraw(dossier), actor),
        actor=actor,
        at=at,
    )
    return dossier


def who_asked_to_withdraw(dossier: Dossier) -> str:
    """Who asked at the counter for the dossier back; empty where it was asked in the account (one query)."""
    asked = Event.objects.about(dossier.subject).filter(type="dossier.withdrawal_requested").order_by("pk").last()
    return str(asked.data.get("asked_by", "")) if asked else ""


@transaction.atomic
def decline_withdrawal(*, dossier: Dossier, reason: str, actor: Actor, at: datetime) -> Dossier:
    """Say no to a withdrawal, with a reason; the dossier goes on.

    Raises NotAllowed, or Refusal when nobody asked or no reason is given.
    """
    dossier = lock(dossier)
    if not dossier.allows(TRANSITIONS["withdraw"], actor):
        raise NotAllowed(_("Ông/Bà không có quyền thực hiện thao tác này đối với hồ sơ."))
    if not dossier.withdrawal_requested_at or dossier.state not in TRANSITIONS["withdraw"].sources:
        raise WrongState(_("Hồ sơ không có đề nghị rút nào đang chờ xác nhận."))
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do không đồng ý rút hồ sơ."))
    changes = {"withdrawal_requested_at": None, "withdrawal_reason": ""}
    return change(dossier, changes, "dossier.withdrawal_declined", actor, at, reason=reason.strip())


# -- stop ----------------------------------------------------------------------------------------------------


@transaction.atomic
def stop(
    *, dossier: Dossier, reason: str, basis: str, actor: Actor, at: datetime, advice: str = "", seen: str = ""
) -> Dossier:
    """Stop settling an accepted dossier, in writing, with reason and basis (Thông tư 03/2025/TT-VPCP, Mẫu 05).

    Raises NotAllowed, WrongState for one that was never accepted, or Refusal without a reason or a basis.
    """
    dossier = lock(dossier)
    check(dossier, "stop", actor, seen=seen)
    if not dossier.accepted_at:
        raise WrongState(_("Hồ sơ chưa được tiếp nhận nên không dừng giải quyết; bộ phận một cửa từ chối tiếp nhận."))
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do dừng giải quyết hồ sơ."))
    if not basis.strip():
        raise Refusal(_("Vui lòng nêu căn cứ của việc dừng giải quyết."))
    fees = end_everything(dossier, actor, at, at_counter=False)
    dossier = move(
        dossier, "stop", actor, at, {}, reason=reason.strip(), basis=basis.strip(), advice=advice.strip(), fees=fees.sentence
    )
    papers.issue(
        kind="stop_notice",
        subject=dossier.subject,
        number=numbered(dossier.agency.code, at, "TBD"),
        data=letters.stop_notice(dossier, reason.strip(), basis.strip(), advice.strip(), fees.sentence, actor),
        actor=actor,
        at=at,
    )
    return dossier


@transaction.atomic
def propose_end(*, dossier: Dossier, reason: str, basis: str, actor: Actor, at: datetime) -> EndProposal:
    """Put it to the leader that a dossier should be stopped.

    Raises NotAllowed, WrongState when it cannot be stopped or was proposed already, Refusal without reason or basis.
    """
    dossier = lock(dossier)
    if dossier.state not in TRANSITIONS["stop"].sources or dossier.end_proposals.open().exists():
        raise WrongState(_("Hồ sơ không dừng được, hoặc đã có đề nghị dừng đang chờ lãnh đạo."))
    if not may_propose_end(dossier, actor):
        raise NotAllowed(_("Việc đề nghị dừng giải quyết thuộc cán bộ đang giải quyết hồ sơ."))
    if not reason.strip() or not basis.strip():
        raise Refusal(_("Vui lòng nêu lý do và căn cứ dừng giải quyết."))
    return _propose(dossier, EndProposal.Cause.OFFICER, reason.strip(), basis.strip(), actor, at)


@transaction.atomic
def decline_end(*, dossier: Dossier, reason: str, actor: Actor, at: datetime) -> Dossier:
    """Let a dossier go on that somebody proposed to end; the wait for its owner goes on too.

    Raises NotAllowed, WrongState when nothing is proposed, or Refusal without a reason.
    """
    dossier = lock(dossier)
    proposal = dossier.end_proposals.open().first()
    if proposal is None:
        raise WrongState(_("Hồ sơ không có đề nghị dừng nào đang chờ."))
    if not dossier.allows(TRANSITIONS["stop" if dossier.accepted_at else "refuse"], actor):
        raise NotAllowed(_("Ông/Bà không có quyền thực hiện thao tác này đối với hồ sơ."))
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do không dừng giải quyết."))
    proposal.closed_at = at
    proposal.save(update_fields=["closed_at"])
    events.record("dossier.end_declined", subject=dossier.subject, actor=actor, at=at, reason=reason.strip())
    return dossier


def _propose(
    dossier: Dossier, cause: EndProposal.Cause, reason: str, basis: str, actor: Actor, at: datetime
) -> EndProposal:
    proposal = EndProposal.objects.create(
        dossier=dossier, cause=cause, reason=reason, basis=basis[:500], proposed_at=at, proposed_by=actor.name
    )
    events.record(
        "dossier.end_proposed", subject=dossier.subject, actor=actor, at=at, cause=cause.value, reason=reason, basis=basis
    )
    return proposal


def propose_overdue_ends(*, actor: Actor, at: datetime) -> int:
    """Propose to end what waits for its owner longer than it has to, each wait once. Returns how many.

    Run by a job; each dossier in its own transaction.
    """
    told = EndProposal.objects.filter(proposed_at__gte=OuterRef("since"))  # and declined, it may be: once a wait is enough
    asked = (
        SupplementRequest.objects.filter(closed_at=None, due_at__lt=at, dossier__state=State.SUPPLEMENT_REQUESTED)
        .annotate(since=F("requested_at"))
        .exclude(Exists(told.filter(dossier=OuterRef("dossier"))))
    )
    waiting = (
        Dossier.objects.filter(state=State.PAYMENT_REQUESTED, payment_due_at__lt=at)
        .annotate(since=F("paused_at"))
        .exclude(Exists(told.filter(dossier=OuterRef("pk"))))
    )
    found = [
        *asked.exclude(dossier__end_proposals__closed_at=None, dossier__end_proposals__isnull=False)
        .order_by("due_at").values_list("dossier_id", flat=True)[:_BATCH],
        *waiting.exclude(end_proposals__closed_at=None, end_proposals__isnull=False)
        .order_by("payment_due_at").values_list("pk", flat=True)[:_BATCH],
    ]  # fmt: skip
    return sum(_propose_overdue(pk, actor, at) for pk in found)


@transaction.atomic
@in_vietnamese
def _propose_overdue(pk: int, actor: Actor, at: datetime) -> bool:
    dossier = lock(Dossier(pk=pk))
    cause, since, reason, basis = EndProposal.Cause.PAYMENT_OVERDUE, dossier.paused_at, "", ""
    if dossier.state == State.SUPPLEMENT_REQUESTED:
        request = dossier.supplements.filter(closed_at=None).first()
        if request is None or request.due_at >= at:
            return False
        cause, since = EndProposal.Cause.SUPPLEMENT_OVERDUE, request.requested_at
        reason = _("Quá thời hạn bổ sung, hoàn thiện hồ sơ (%(due)s) mà tổ chức, cá nhân chưa bổ sung theo yêu cầu.") % {
            "due": moment(request.due_at)
        }
        basis = request.basis
    elif dossier.state == State.PAYMENT_REQUESTED and dossier.payment_due_at and dossier.payment_due_at < at:
        reason = _("Quá thời hạn nộp phí, lệ phí (%(due)s) mà tổ chức, cá nhân chưa nộp đủ.") % {
            "due": moment(dossier.payment_due_at)
        }
    else:
        return False
    if dossier.end_proposals.filter(proposed_at__gte=since or at).exists():
        return False
    _propose(dossier, cause, reason, basis or _basis_of(dossier), actor, at)
    return True


def _basis_of(dossier: Dossier) -> str:
    """The first law that the procedure names, for who has to name one."""
    basis = next(iter(dossier.definition.record.legal_basis), None)
    return basis.citation[:500] if basis else ""


# -- not eligible --------------------------------------------------------------------------------------------


def refusing_outcome(dossier: Dossier, step: Step) -> str:
    """The outcome by which a decision against the applicant goes to whoever approves it; "" where there is none."""
    for outcome in step.outcomes:
        if not leads_back(dossier, step, outcome):
            following, _passed = walk(dossier, outcome.to)
            if following is not None and following.act in ("approve", "stamp"):
                return outcome.id
    return ""


@transaction.atomic
def find_not_eligible(
    *,
    dossier: Dossier,
    reason: str,
    basis: str,
    conclusion: str,
    advice: str,
    actor: Actor,
    at: datetime,
    seen: int | None = None,
) -> Dossier:
    """Finish the appraisal with a draft decision that the conditions are not met; it is approved and issued like any.

    Raises NotAllowed, WrongState, or Refusal without a reason or a basis, or where no approval follows.
    """
    dossier = lock(dossier)
    task = open_task(dossier, "appraise", actor, seen)
    require_processing(dossier)
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do hồ sơ không đủ điều kiện."))
    if not basis.strip():
        raise Refusal(_("Vui lòng nêu căn cứ pháp lý của việc từ chối."))
    outcome = refusing_outcome(dossier, dossier.definition.step(task.step_id))
    if not outcome:
        raise Refusal(_("Bước này chưa trình phê duyệt. Vui lòng chuyển hồ sơ đến bước thẩm định cuối."))
    decided = _draft_not_eligible(dossier, reason.strip(), basis.strip(), conclusion.strip(), advice.strip(), actor)
    finish(dossier, task, outcome, conclusion.strip() or reason.strip(), actor, at)
    decided.content = decided.content | {"fee": fees_at_the_end(dossier).sentence}
    decided.save(update_fields=["content"])
    events.record(
        "dossier.found_not_eligible",
        subject=dossier.subject,
        actor=actor,
        at=at,
        outcome=outcome,
        reason=reason.strip(),
        basis=basis.strip(),
        note=conclusion.strip(),
    )
    return dossier


def _draft_not_eligible(
    dossier: Dossier, reason: str, basis: str, conclusion: str, advice: str, actor: Actor
) -> Result:
    decided, _is_new = Result.objects.update_or_create(
        dossier=dossier,
        defaults={
            "kind": Result.Kind.NOT_ELIGIBLE,
            "name": "Thông báo không đủ điều kiện giải quyết hồ sơ",  # kept, and read by the citizen
            "reason": reason,
            "basis": basis[:500],
            "advice": advice,
            "content": {"conclusion": conclusion},
            "drafted_by": actor.name,
            "approved_at": None,
            "approved_by": "",
            "check_code": "",
            "signature": None,
        },
    )
    return decided

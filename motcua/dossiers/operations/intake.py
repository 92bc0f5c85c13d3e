"""The one-stop counter: accept, ask for what is missing, refuse, confirm a withdrawal."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import deadlines, printing
from motcua.dossiers.models import Dossier, Reading, SupplementRequest
from motcua.dossiers.operations.moving import change, check, lock, move
from motcua.dossiers.operations.steps import begin, close_tasks
from motcua.dossiers.states import TRANSITIONS, State
from motcua.foundation.actor import Actor
from motcua.foundation.codes import next_number
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import HANOI
from motcua.papers import operations as papers
from motcua.payments import operations as payments
from motcua.payments.models import Charge


@transaction.atomic
def accept(*, dossier: Dossier, actor: Actor, at: datetime) -> Dossier:
    """Accept a submitted dossier, start its legal clock and the first step, issue Mẫu 01.

    Where the time limit begins with the fee too, and that is still owed, the clock starts when it comes.
    Raises NotAllowed, WrongState, or Refusal while a fee that is due first is unpaid.
    """
    dossier = lock(dossier)
    check(dossier, "accept", actor)
    charges = Charge.objects.about(dossier.subject)
    if charges.owed().filter(due="before_acceptance").exists():
        raise Refusal(_("Hồ sơ chưa nộp phí, lệ phí phải nộp trước khi tiếp nhận."))
    waits = dossier.definition.process.clock == "accepted_and_paid" and charges.owed().exists()
    changes = {"accepted_at": at} | ({} if waits else deadlines.clock_from(dossier, at))
    due_at = changes.get("due_at")
    dossier = move(dossier, "accept", actor, at, changes, due_at=due_at.isoformat() if due_at else "")
    task = begin(dossier, dossier.definition.first_step.id, actor, at)
    if task is not None and task.act != "assign":  # nobody is to be assigned: it is under way
        dossier = move(dossier, "begin", actor, at, {})
    papers.issue(
        kind="acceptance_slip",
        subject=dossier.subject,
        number=numbered(dossier.reception.code, at, "TNHS"),
        data=printing.acceptance_slip(dossier, actor.name),
        actor=actor,
        at=at,
    )
    return dossier


def numbered(unit: str, at: datetime, suffix: str) -> str:
    """The next number of a kind of paper in a unit and year, such as 12/TNHS."""
    return f"{next_number(counter_of(unit, at, suffix)):02}/{suffix}"


def counter_of(unit: str, at: datetime, suffix: str) -> str:
    """The name of the counter of a kind of paper in a unit and year."""
    return f"paper {unit} {suffix} {at.astimezone(HANOI).year}"


@transaction.atomic
def ask_supplement(
    *, dossier: Dossier, items: list[dict[str, Any]], basis: str, note: str, actor: Actor, at: datetime
) -> Dossier:
    """Ask, once and for everything, for what is missing or wrong, and issue Mẫu 02.

    `items` are {"component_id", "name", "reason"}; an empty component_id is about the form.
    At intake no clock runs; in appraisal the clock pauses until the supplement comes.
    Raises NotAllowed, WrongState, or Refusal without an item, a reason or a legal basis.
    """
    dossier = lock(dossier)
    in_appraisal = dossier.state == State.PROCESSING
    name = "ask_supplement_in_appraisal" if in_appraisal else "ask_supplement"
    check(dossier, name, actor)
    if not items:
        raise Refusal(_("Vui lòng chọn ít nhất một giấy tờ hoặc nội dung cần bổ sung."))
    if not all(item["reason"].strip() for item in items):
        raise Refusal(_("Vui lòng nêu lý do cho từng giấy tờ cần bổ sung."))
    if not basis.strip():
        raise Refusal(_("Vui lòng nêu căn cứ của yêu cầu bổ sung."))
    most = dossier.definition.process.limits.supplement_times
    if in_appraisal and dossier.supplements.filter(stage=SupplementRequest.Stage.APPRAISAL).count() >= most:
        raise Refusal(
            _("Đã yêu cầu bổ sung %(most)d lần khi thẩm định, không yêu cầu thêm được theo quy định của thủ tục.")
            % {"most": most}
        )
    stage = SupplementRequest.Stage.APPRAISAL if in_appraisal else SupplementRequest.Stage.INTAKE
    request = SupplementRequest.objects.create(
        dossier=dossier,
        stage=stage,
        items=items,
        basis=basis.strip(),
        note=note.strip(),
        requested_at=at,
        requested_by=actor.name,
        due_at=deadlines.supplement_due(dossier, at),
    )
    changes = {"paused_at": at} if in_appraisal else {}
    dossier = move(
        dossier, name, actor, at, changes,
        items=items, basis=request.basis, note=request.note, due_at=request.due_at.isoformat(), stage=stage.value,
    )  # fmt: skip
    papers.issue(
        kind="supplement_request",
        subject=dossier.subject,
        number=numbered(dossier.reception.code, at, "HDHS"),
        data=printing.supplement_request(dossier, request),
        actor=actor,
        at=at,
    )
    return dossier


@transaction.atomic
def refuse(*, dossier: Dossier, reason: str, basis: str, advice: str, actor: Actor, at: datetime) -> Dossier:
    """Refuse to receive a dossier, in writing, with reason, basis and what to do (Mẫu 03).

    Raises NotAllowed, WrongState, or Refusal without a reason or a basis.
    """
    dossier = lock(dossier)
    check(dossier, "refuse", actor)
    if dossier.accepted_at:
        raise WrongState(_("Hồ sơ đã được tiếp nhận nên không từ chối tiếp nhận được."))
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do từ chối tiếp nhận."))
    if not basis.strip():
        raise Refusal(_("Vui lòng nêu căn cứ pháp lý của việc từ chối."))
    end_everything(dossier, actor, at)
    dossier = move(
        dossier, "refuse", actor, at, {}, reason=reason.strip(), basis=basis.strip(), advice=advice.strip()
    )
    papers.issue(
        kind="refusal",
        subject=dossier.subject,
        number=numbered(dossier.reception.code, at, "TCHS"),
        data=printing.refusal(dossier, reason.strip(), basis.strip(), advice.strip(), actor.name),
        actor=actor,
        at=at,
    )
    return dossier


def end_everything(dossier: Dossier, actor: Actor, at: datetime) -> None:
    """Close what would otherwise wait for ever: tasks, supplements, unpaid charges.

    What was paid is given back only when the dossier was never accepted: then nothing was done for it.
    """
    close_tasks(dossier, actor, at)
    dossier.supplements.filter(closed_at=None).update(closed_at=at)
    charges = Charge.objects.about(dossier.subject)
    for charge in charges.owed() if dossier.accepted_at else charges:
        payments.cancel_charge(charge=charge, actor=actor, at=at)


@transaction.atomic
def withdraw(*, dossier: Dossier, actor: Actor, at: datetime) -> Dossier:
    """Confirm the withdrawal that the citizen asked for.

    Raises NotAllowed, WrongState, or Refusal when nobody asked.
    """
    dossier = lock(dossier)
    check(dossier, "withdraw", actor)
    if not dossier.withdrawal_requested_at:
        raise Refusal(_("Người nộp chưa đề nghị rút hồ sơ này."))
    end_everything(dossier, actor, at)
    return move(dossier, "withdraw", actor, at, {}, reason=dossier.withdrawal_reason)


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


def note_reading(*, dossier: Dossier, purpose: str, actor: Actor, at: datetime) -> None:
    """Log that somebody else than its owner looked at the personal data of a dossier."""
    if actor.id == str(dossier.applicant_id):
        return
    Reading.objects.create(
        dossier=dossier, actor_id=actor.id, actor_name=actor.name, purpose=purpose, read_at=at
    )

"""The agency's work up to the draft of a result: assign, appraise, send back.

Each act of a step takes `seen`, the key of the task that the officer saw: a page that is older than the
step's latest round is refused with WrongState.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.accounts.models import User
from motcua.agencies.models import Officer
from motcua.dossiers import printing
from motcua.dossiers.models import Dossier, Result, Task
from motcua.dossiers.operations.intake import counter_of, end_everything, numbered
from motcua.dossiers.operations.moving import check, lock, move
from motcua.dossiers.operations.steps import chosen_outcome, finish, leads_back, open_task, unit_of, walk
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.models import Counter
from motcua.papers import operations as papers
from motcua.payments.models import Charge

RESULT = "TB"  # how numbers of results end
_TOO_LATE = "Kết quả đã được ban hành."  # kept, and written to the citizen: in Vietnamese whoever acts


def expected_number(dossier: Dossier, at: datetime) -> str:
    """The number that the result would get now; another dossier may take it first."""
    last = Counter.objects.filter(scope=counter_of(dossier.agency.code, at, RESULT)).first()
    return f"{last.last + 1 if last else 1:02}/{RESULT}"


def _step_done(dossier: Dossier, act: str, outcome: str, note: str, actor: Actor, at: datetime) -> None:
    events.record(f"dossier.{act}", subject=dossier.subject, actor=actor, at=at, outcome=outcome, note=note)


@transaction.atomic
def assign(
    *, dossier: Dossier, assignee: User, note: str, actor: Actor, at: datetime, seen: int | None = None
) -> Dossier:
    """Give an accepted dossier, or one that came back, to an officer of the agency.

    Raises NotAllowed, WrongState, or Refusal when the officer does not work there in that role.
    """
    dossier = lock(dossier)
    task = open_task(dossier, "assign", actor, seen)
    chosen = chosen_outcome(dossier, task)
    place = whom_to_assign(dossier, task)
    if place is None or not Officer.objects.working_as(*place).filter(user=assignee).exists():
        raise Refusal(_("Vui lòng chọn một chuyên viên của cơ quan."))
    if dossier.state == State.ACCEPTED:
        check(dossier, "assign", actor, task)
        finish(dossier, task, chosen.id, note, actor, at, assignee_id=assignee.pk)
        return move(dossier, "assign", actor, at, {}, assignee=assignee.full_name, note=note)
    _require_processing(dossier)
    finish(dossier, task, chosen.id, note, actor, at, assignee_id=assignee.pk)
    events.record(
        "dossier.assigned",
        subject=dossier.subject,
        actor=actor,
        at=at,
        assignee=assignee.full_name,
        note=note,
    )
    return dossier


def whom_to_assign(dossier: Dossier, task: Task) -> tuple[str, int] | None:
    """The role and the unit of those to whom this task gives the dossier; None when no step follows."""
    following, _passed = walk(dossier, chosen_outcome(dossier, task).to)
    return (following.role, unit_of(dossier, following.unit).pk) if following else None


def _require_processing(dossier: Dossier) -> None:
    if dossier.state != State.PROCESSING:
        raise WrongState(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên không thực hiện được thao tác này.")
            % {"state": dossier.get_state_display()}
        )


@transaction.atomic
def appraise(
    *, dossier: Dossier, outcome: str, conclusion: str, actor: Actor, at: datetime, seen: int | None = None
) -> Dossier:
    """Finish the appraisal with an outcome; one that leads to approval drafts the result.

    `conclusion` is what the appraiser found. Raises NotAllowed, WrongState, or Refusal without it.
    """
    dossier = lock(dossier)
    task = open_task(dossier, "appraise", actor, seen)
    _require_processing(dossier)
    if not conclusion.strip():
        raise Refusal(_("Vui lòng nhập ý kiến thẩm định."))
    chosen = chosen_outcome(dossier, task, outcome)
    following, _passed = walk(dossier, chosen.to)
    if following is not None and following.act in ("approve", "stamp"):
        _draft_result(dossier, conclusion.strip(), actor)
    finish(dossier, task, chosen.id, conclusion.strip(), actor, at)
    _step_done(dossier, "appraised", outcome, conclusion.strip(), actor, at)
    return dossier


def _draft_result(dossier: Dossier, conclusion: str, actor: Actor) -> None:
    spec = next(iter(dossier.definition.record.results), None)
    Result.objects.update_or_create(
        dossier=dossier,
        defaults={
            "name": spec.name if spec else dossier.procedure_version.name,
            "content": {"conclusion": conclusion},
            "drafted_by": actor.name,
            "approved_at": None,
            "approved_by": "",
        },
    )


@transaction.atomic
def approve(
    *, dossier: Dossier, note: str, actor: Actor, at: datetime, outcome: str = "", seen: int | None = None
) -> Dossier:
    """Approve the drafted result; it then waits for its number and stamp, or for whoever approves next.

    Raises NotAllowed, WrongState, or Refusal when there is no draft or the outcome leads back.
    """
    dossier = lock(dossier)
    task = open_task(dossier, "approve", actor, seen)
    _require_processing(dossier)
    decided = Result.objects.filter(dossier=dossier).first()
    if decided is None:
        raise Refusal(_("Chưa có dự thảo kết quả để phê duyệt."))
    chosen = chosen_outcome(dossier, task, outcome)
    if leads_back(dossier, dossier.definition.step(task.step_id), chosen):
        raise Refusal(_("Vui lòng chọn một kết quả xử lý của bước này."))
    finish(dossier, task, chosen.id, note.strip(), actor, at)
    office = Officer.objects.filter(user_id=int(actor.id), agency_id=task.agency_id, role=task.role).first()
    decided.approved_at, decided.approved_by = at, actor.name
    decided.approver_title = office.title if office else ""
    decided.save(update_fields=["approved_at", "approved_by", "approver_title"])
    _step_done(dossier, "approved", chosen.id, note.strip(), actor, at)
    return dossier


@transaction.atomic
def send_back(
    *,
    dossier: Dossier,
    act: str,
    outcome: str,
    reason: str,
    actor: Actor,
    at: datetime,
    seen: int | None = None,
) -> Dossier:
    """Return the dossier to an earlier step, with a reason.

    Raises NotAllowed, WrongState, or Refusal without a reason or for an outcome that leads on.
    """
    dossier = lock(dossier)
    task = open_task(dossier, act, actor, seen)
    _require_processing(dossier)
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do trả lại."))
    step = dossier.definition.step(task.step_id)
    chosen = next((one for one in step.outcomes if one.id == outcome), None)
    if chosen is None or not leads_back(dossier, step, chosen):
        raise Refusal(_("Vui lòng chọn bước trước để trả lại."))
    finish(dossier, task, outcome, reason.strip(), actor, at)
    _step_done(dossier, "sent_back", outcome, reason.strip(), actor, at)
    return dossier


@transaction.atomic
def stop(*, dossier: Dossier, reason: str, actor: Actor, at: datetime) -> Dossier:
    """Stop settling a dossier for a stated reason (Thông tư 03/2025/TT-VPCP, Mẫu 05).

    Raises NotAllowed, WrongState, or Refusal without a reason.
    """
    dossier = lock(dossier)
    check(dossier, "stop", actor)
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do dừng giải quyết hồ sơ."))
    end_everything(dossier, actor, at)
    return move(dossier, "stop", actor, at, {}, reason=reason.strip())

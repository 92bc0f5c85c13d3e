"""The agency's work up to the draft of a result: assign, appraise, send back.

Each act of a step takes `seen`, the key of the task that the officer saw: a page that is older than the
step's latest round is refused with WrongState.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.accounts.models import User
from motcua.agencies.models import Officer
from motcua.dossiers.models import Dossier
from motcua.dossiers.operations import issuing
from motcua.dossiers.operations.assigning import whom_to_assign
from motcua.dossiers.operations.moving import check, lock, move
from motcua.dossiers.operations.steps import (
    chosen_outcome,
    finish,
    leads_back,
    open_task,
    require_processing,
    step_done,
    walk,
)
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal


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
    require_processing(dossier)
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


@transaction.atomic
def appraise(
    *, dossier: Dossier, outcome: str, conclusion: str, actor: Actor, at: datetime, seen: int | None = None
) -> Dossier:
    """Finish the appraisal with an outcome; one that leads to approval drafts the result.

    `conclusion` is what the appraiser found. Raises NotAllowed, WrongState, or Refusal without it.
    """
    dossier = lock(dossier)
    task = open_task(dossier, "appraise", actor, seen)
    require_processing(dossier)
    if not conclusion.strip():
        raise Refusal(_("Vui lòng nhập ý kiến thẩm định."))
    chosen = chosen_outcome(dossier, task, outcome)
    following, _passed = walk(dossier, chosen.to)
    if following is not None and following.act in ("approve", "stamp"):
        issuing.redraft(dossier, conclusion.strip(), actor)
    finish(dossier, task, chosen.id, conclusion.strip(), actor, at)
    step_done(dossier, "appraised", outcome, conclusion.strip(), actor, at)
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
    require_processing(dossier)
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do trả lại."))
    step = dossier.definition.step(task.step_id)
    chosen = next((one for one in step.outcomes if one.id == outcome), None)
    if chosen is None or not leads_back(dossier, step, chosen):
        raise Refusal(_("Vui lòng chọn bước trước để trả lại."))
    finish(dossier, task, outcome, reason.strip(), actor, at)
    step_done(dossier, "sent_back", outcome, reason.strip(), actor, at)
    return dossier

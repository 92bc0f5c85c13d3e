"""What a fee has to do with the clock: asked for in the middle it stops it, and with some procedures it starts it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import deadlines, letters
from motcua.dossiers.models import Dossier
from motcua.dossiers.operations.moving import change, check, lock, move
from motcua.dossiers.operations.numbering import numbered
from motcua.dossiers.operations.pausing import resumed
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.papers import operations as papers
from motcua.payments.models import Charge


@transaction.atomic
def ask_payment(*, dossier: Dossier, note: str, actor: Actor, at: datetime) -> Dossier:
    """Have the dossier wait until its fees are paid, while the clock stands still; issue the notice of what is owed.

    Raises NotAllowed, WrongState, or Refusal when nothing is owed.
    """
    dossier = lock(dossier)
    check(dossier, "ask_payment", actor)
    if not _owes(dossier):
        raise Refusal(_("Hồ sơ không còn khoản phí, lệ phí nào phải nộp."))
    due_at = deadlines.payment_due(dossier, at)
    changes = {"paused_at": at, "payment_due_at": due_at}
    dossier = move(dossier, "ask_payment", actor, at, changes, note=note.strip(), due_at=due_at.isoformat())
    papers.issue(
        kind="fee_notice",
        subject=dossier.subject,
        number=numbered(dossier.agency.code, at, "TBP"),
        data=letters.fee_notice(dossier, Charge.objects.about(dossier.subject).owed(), note.strip(), actor),
        actor=actor,
        at=at,
    )
    return dossier


@transaction.atomic
def note_payment(*, dossier: Dossier, actor: Actor, at: datetime) -> Dossier:
    """Go on once nothing is owed any more: from the wait for a payment, and with the clock that begins with it.

    Safe to call at any time and again: it changes nothing while something is owed or nothing waits. `at` is when
    the last fee came.
    """
    dossier = lock(dossier)
    if not dossier.accepted_at or dossier.is_ended or _owes(dossier):
        return dossier
    at = max(at, dossier.accepted_at)
    if dossier.waits_for_fee:
        changes = deadlines.clock_from(dossier, at)
        for task in dossier.tasks.open().select_related("agency__calendar"):
            hours = dossier.definition.step(task.step_id).hours
            task.due_at = max(task.due_at, deadlines.task_due(dossier, task.agency, hours, at))
            task.save(update_fields=["due_at"])
        paused = {"paused_at": at} if dossier.paused_at else {}
        due_at = changes["due_at"].isoformat()
        change(dossier, changes | paused, "dossier.clock_started", actor, at, due_at=due_at)
    if dossier.state == State.PAYMENT_REQUESTED:
        at = max(at, dossier.paused_at or at)
        changes, moved = resumed(dossier, at)
        return move(dossier, "paid", actor, at, changes, **moved)
    return dossier


def _owes(dossier: Dossier) -> bool:
    return Charge.objects.about(dossier.subject).owed().exists()


"""The one-stop counter accepts a dossier; who looks at one is noted."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import deadlines, printing
from motcua.dossiers.models import Dossier
from motcua.dossiers.operations.assigning import give_by_rule
from motcua.dossiers.operations.moving import check, lock, move
from motcua.dossiers.operations.numbering import numbered
from motcua.dossiers.operations.steps import begin
from motcua.dossiers.operations.ticking import tell_at_acceptance
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.papers import operations as papers
from motcua.payments.models import Charge


@transaction.atomic
def accept(*, dossier: Dossier, actor: Actor, at: datetime) -> Dossier:
    """Accept a submitted dossier, start its legal clock and the first step, issue Mẫu 01.

    Where the time limit begins with the fee too, and that is still owed, the clock starts when it comes.
    Raises NotAllowed, WrongState, or Refusal while a fee that is due first is unpaid, or something is ticked bad.
    """
    dossier = lock(dossier)
    check(dossier, "accept", actor)
    charges = Charge.objects.about(dossier.subject)
    if charges.owed().filter(due="before_acceptance").exists():
        raise Refusal(_("Hồ sơ chưa nộp phí, lệ phí phải nộp trước khi tiếp nhận."))
    tell_at_acceptance(dossier, at)
    waits = dossier.definition.process.clock == "accepted_and_paid" and charges.owed().exists()
    changes = {"accepted_at": at} | ({} if waits else deadlines.clock_from(dossier, at))
    due_at = changes.get("due_at")
    dossier = move(dossier, "accept", actor, at, changes, due_at=due_at.isoformat() if due_at else "")
    task = begin(dossier, dossier.definition.first_step.id, actor, at)
    if task is not None and task.act == "assign":
        dossier = give_by_rule(dossier, task, at)
    elif task is not None:  # nobody is to be assigned: it is under way
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

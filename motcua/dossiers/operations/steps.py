"""The steps of a procedure as tasks: begun, done with an outcome, and led on to the next."""

from datetime import datetime

from django.utils.translation import gettext as _

from motcua.agencies.models import Officer
from motcua.dossiers import deadlines
from motcua.dossiers.models import Dossier, Task
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.shown import moment
from motcua.procedures.definition import Step


def begin_step(dossier: Dossier, step: Step, at: datetime, assignee_id: int | None = None) -> Task:
    """Put a step in front of those who do it; a step that comes again goes to who did it before."""
    return Task.objects.create(
        dossier=dossier,
        step_id=step.id,
        name=step.name,
        act=step.act,
        role=step.role,
        agency=dossier.reception if step.unit == "reception" else dossier.agency,
        assignee_id=assignee_id,
        started_at=at,
        due_at=deadlines.task_due(dossier, step, at),
    )


def open_task(dossier: Dossier, act: str, actor: Actor, seen: int | None = None) -> Task:
    """The open task of a locked dossier for this act. Raises WrongState or NotAllowed.

    `seen` is the key of the task that the officer had before his eyes: when the step was done meanwhile and
    came again, what he saw is no longer what he would decide on.
    """
    task = dossier.tasks.open().filter(act=act).first()
    if task is None or seen not in (None, task.pk):
        done = dossier.tasks.filter(act=act, completed_at__isnull=False).last()
        if done is None or done.completed_at is None:
            raise WrongState(_("Hồ sơ chưa đến bước này."))
        raise WrongState(
            _("%(name)s đã thực hiện bước “%(step)s” lúc %(at)s.")
            % {"name": done.completed_by, "step": done.name, "at": moment(done.completed_at)}
        )
    if not task.doable_by(actor):
        raise NotAllowed(_("Bước này không thuộc nhiệm vụ của Ông/Bà."))
    return task


def finish(
    dossier: Dossier,
    task: Task,
    outcome: str,
    note: str,
    actor: Actor,
    at: datetime,
    assignee_id: int | None = None,
) -> Task | None:
    """Close a task with one of its outcomes and begin what follows; None at the end of the process.

    Raises Refusal for an outcome that the step does not have.
    """
    step = dossier.definition.step(task.step_id)
    chosen = next((one for one in step.outcomes if one.id == outcome), None)
    if chosen is None:
        raise Refusal(_("Vui lòng chọn một kết quả xử lý của bước này."))
    task.completed_at, task.completed_by, task.outcome, task.note = at, actor.name, outcome, note
    task.save(update_fields=["completed_at", "completed_by", "outcome", "note"])
    if chosen.to == "end":
        return None
    following = dossier.definition.step(chosen.to)
    if assignee_id is None:  # back, or on a second time: to the same hands as before
        assignee_id = _who_had_it(dossier, following)
    return begin_step(dossier, following, at, assignee_id)


def _who_had_it(dossier: Dossier, step: Step) -> int | None:
    """Who did this step of the dossier last, as long as he still works there in that role."""
    before = dossier.tasks.filter(step_id=step.id).exclude(assignee=None).last()
    if before is None or before.assignee_id is None:
        return None
    there = Officer.objects.working_as(before.role, before.agency_id).filter(user_id=before.assignee_id)
    return before.assignee_id if there.exists() else None


def close_tasks(dossier: Dossier, actor: Actor, at: datetime) -> None:
    """Close every open task of a dossier that ends early."""
    dossier.tasks.open().update(completed_at=at, completed_by=actor.name, outcome="closed")

"""The steps of a procedure as tasks: begun, done with an outcome, and led on to the next.

A step whose condition does not hold for the answers is passed over by its first outcome, and the story says so.
When a step begins, the units that it consults are asked; when it ends, what it needs must be there.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, Officer
from motcua.dossiers import deadlines, printing
from motcua.dossiers.models import Consultation, Dossier, Result, Task
from motcua.dossiers.operations.moving import change
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.shown import moment
from motcua.papers import operations as papers
from motcua.payments.models import Charge
from motcua.procedures.definition import Step
from motcua.procedures.parts import END, Outcome


def walk(dossier: Dossier, step_id: str) -> tuple[Step | None, list[Step]]:
    """The step at which a dossier that is led to `step_id` comes to rest, None at the end; and those passed over.

    Steps that lead to each other in a circle, none of whose conditions holds, end at the first that comes again.
    """
    definition, variables = dossier.definition, printing.variables_of(dossier)
    passed: list[Step] = []
    while step_id != END:
        step = definition.step(step_id)
        if step in passed or variables.holds(step.when):
            return step, passed
        passed.append(step)
        step_id = step.outcomes[0].to
    return None, passed


def unit_of(dossier: Dossier, unit: str) -> Agency:
    """The unit that a step or a consultation names. Raises Refusal when there is no such agency."""
    if unit == "agency":
        return dossier.agency
    if unit == "reception":
        return dossier.reception
    found = Agency.objects.filter(code=unit).select_related("calendar").first()
    if found is None:
        raise Refusal(
            _("Đơn vị có mã %(code)s trong quy trình chưa có trong danh mục đơn vị. Vui lòng liên hệ người quản trị.")
            % {"code": unit}
        )
    return found


RECALLED = "recalled"  # the outcome of a step that was called back before anybody looked


def begin(
    dossier: Dossier,
    step_id: str,
    actor: Actor,
    at: datetime,
    assignee_id: int | None = None,
    resumed: Task | None = None,
) -> Task | None:
    """Lead a locked dossier to a step and put that in front of those who do it; None at the end of the process.

    A step that comes again goes to who did it before, unless an assignee is given. The first one that is assigned
    is the one who handles the dossier. `resumed` is the step whose end is undone: what it asked other units and
    waited for is waited for again.
    """
    step, passed = walk(dossier, step_id)
    for one in passed:
        events.record(
            "dossier.step_passed", subject=dossier.subject, actor=Actor.system("steps"), at=at, step=one.name
        )
    if step is None:
        return None
    unit = unit_of(dossier, step.unit)
    if assignee_id is None:
        assignee_id = _who_had_it(dossier, step, unit)
    task = Task.objects.create(
        dossier=dossier,
        step_id=step.id,
        name=step.name,
        act=step.act,
        role=step.role,
        agency=unit,
        assignee_id=assignee_id,
        started_at=at,
        due_at=deadlines.task_due(dossier, unit, step.hours, at),
    )
    _resume_questions(dossier, task, resumed, at)
    asked = _consult(dossier, task, step, actor, at) if step.consults else []
    let_see(dossier, [unit, *asked], actor, at)
    return task


def _resume_questions(dossier: Dossier, task: Task, resumed: Task | None, at: datetime) -> None:
    """Go on waiting for what the step asked before it was called back, as long as there is time to answer it.

    The same question with the same date: the unit is not asked twice.
    """
    before = resumed or dossier.tasks.filter(step_id=task.step_id).exclude(pk=task.pk).last()
    if before is None or (resumed is None and before.outcome != RECALLED):
        return
    unanswered = before.consultations.filter(answered_at=None, taken_back_by="", closed_at=before.completed_at)
    unanswered.filter(due_at__gt=at).update(task=task, closed_at=None)


def _consult(dossier: Dossier, task: Task, step: Step, actor: Actor, at: datetime) -> list[Agency]:
    """Ask the units that the step consults, but for what was answered already; returns whom."""
    variables = printing.variables_of(dossier)
    answered = set(dossier.consultations.answered().values_list("task__step_id", "consult_id"))
    waiting = set(task.consultations.open().values_list("consult_id", flat=True))
    asked = []
    for one in step.consults:
        if (step.id, one.id) in answered or one.id in waiting or not variables.holds(one.when):
            continue
        unit = unit_of(dossier, one.unit)
        asked.append(unit)
        consultation = Consultation.objects.create(
            dossier=dossier,
            task=task,
            asker_id=task.agency_id,
            consult_id=one.id,
            agency=unit,
            question=one.question,
            required=one.required,
            asked_at=at,
            due_at=deadlines.task_due(dossier, unit, one.hours, at),
        )
        events.record(
            "dossier.consulted",
            subject=dossier.subject,
            actor=actor,
            at=at,
            unit=unit.name,
            question=one.question,
            due_at=consultation.due_at.isoformat(),
        )
    return asked


def let_see(dossier: Dossier, units: list[Agency], actor: Actor, at: datetime) -> None:
    """Open a locked dossier to the units that work on it; it stays open to them, and its story says since when."""
    known = {dossier.agency_id, dossier.reception_id, *dossier.also_seen_by}
    if new := {unit.pk for unit in units} - known:
        change(dossier, {"also_seen_by": sorted({*dossier.also_seen_by, *new})}, "dossier.opened_to", actor, at)


def open_task(dossier: Dossier, act: str, actor: Actor, seen: int | None = None) -> Task:
    """The open task of a locked dossier for this act. Raises WrongState or NotAllowed.

    `seen` is the key of the task that the officer had before his eyes: when the step was done meanwhile and
    came again, what he saw is no longer what he would decide on.
    """
    task = dossier.tasks.open().filter(act=act).select_related("agency").first()
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


def require_processing(dossier: Dossier) -> None:
    """Raise WrongState unless the dossier is under way."""
    if dossier.state != State.PROCESSING:
        raise WrongState(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên không thực hiện được thao tác này.")
            % {"state": dossier.get_state_display()}
        )


def step_done(dossier: Dossier, act: str, outcome: str, note: str, actor: Actor, at: datetime) -> None:
    """Record the end of a step that changes no state."""
    events.record(f"dossier.{act}", subject=dossier.subject, actor=actor, at=at, outcome=outcome, note=note)


def leads_back(dossier: Dossier, step: Step, outcome: Outcome) -> bool:
    """Whether an outcome returns the dossier to a step before this one."""
    order = [one.id for one in dossier.definition.process.steps]
    return outcome.to != END and order.index(outcome.to) < order.index(step.id)


def chosen_outcome(dossier: Dossier, task: Task, outcome: str = "") -> Outcome:
    """The outcome of that id, the first when none is named. Raises Refusal for one that the step does not have."""
    outcomes = dossier.definition.step(task.step_id).outcomes
    found = next((one for one in outcomes if one.id == outcome), None) if outcome else outcomes[0]
    if found is None:
        raise Refusal(_("Vui lòng chọn một kết quả xử lý của bước này."))
    return found


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

    Raises Refusal for an outcome that the step does not have, and while something is missing that the step needs
    before it leads on.
    """
    chosen = chosen_outcome(dossier, task, outcome)
    step = dossier.definition.step(task.step_id)
    leads_on = not leads_back(dossier, step, chosen)
    actor = actor.in_place_of([(task.agency_id, task.role)], task.assignee_id)
    if leads_on and (lacking := lacks(dossier, task, step)):
        raise Refusal(" ".join(lacking))
    task.completed_at, task.completed_by, task.outcome, task.note = at, actor.name, chosen.id, note
    task.save(update_fields=["completed_at", "completed_by", "outcome", "note"])
    task.consultations.open().update(closed_at=at)
    if leads_on:
        for kind in step.prints:
            _print(dossier, kind, task, actor, at)
    return begin(dossier, chosen.to, actor, at, assignee_id)


def lacks(dossier: Dossier, task: Task, step: Step) -> list[str]:
    """What keeps the step from leading on, a sentence each."""
    sentences = []
    missing = [  # officers ask other units too, besides the step
        one.agency.name
        for one in dossier.consultations.all()
        if one.answered_at is None
        and not one.taken_back_by
        and (one.closed_at is None if "opinions" in step.needs else one.required and one.task_id == task.pk)
    ]
    if missing:
        sentences.append(_("Chưa có ý kiến của: %(units)s.") % {"units": "; ".join(missing)})
    if "fee_paid" in step.needs and Charge.objects.about(dossier.subject).owed().exists():
        sentences.append(_("Người nộp chưa nộp đủ phí, lệ phí."))
    if "result_draft" in step.needs and not Result.objects.filter(dossier=dossier).exists():
        sentences.append(_("Chưa có dự thảo kết quả."))
    return sentences


def _print(dossier: Dossier, kind: str, task: Task, actor: Actor, at: datetime) -> None:
    """Issue a paper that the end of a step makes."""
    data = printing.paper_of_step(kind, dossier, actor, at)
    papers.issue(
        kind=data.kind, subject=dossier.subject, data=data.values, actor=actor, at=at, once=f"step:{task.pk}:{kind}"
    )


def _who_had_it(dossier: Dossier, step: Step, unit: Agency) -> int | None:
    """Who did this act for the dossier last in that unit, as long as he still works there in that role."""
    before = dossier.tasks.filter(act=step.act, role=step.role, agency=unit).exclude(assignee=None).last()
    if before is None or before.assignee_id is None:
        return None
    there = Officer.objects.working_as(before.role, before.agency_id).filter(user_id=before.assignee_id)
    return before.assignee_id if there.exists() else None


def close_tasks(dossier: Dossier, actor: Actor, at: datetime) -> None:
    """Close every open task and consultation of a dossier that ends early."""
    dossier.tasks.open().update(completed_at=at, completed_by=actor.name, outcome="closed")
    dossier.consultations.open().update(closed_at=at)

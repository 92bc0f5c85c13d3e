"""A task goes from hand to hand: taken over, forwarded, given to somebody else, called back. And phrases."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.accounts.models import User
from motcua.agencies.models import Officer, Role
from motcua.dossiers.models import Dossier, Phrase, Reading, Task
from motcua.dossiers.operations.moving import lock
from motcua.dossiers.operations.steps import RECALLED, begin, leads_back
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event

_PASSED_ON = ("dossier.assigned", "dossier.appraised", "dossier.sent_back", "dossier.forwarded")
MOST_PHRASES = 200  # of one officer, or of one unit


@transaction.atomic
def take_over(*, dossier: Dossier, actor: Actor, at: datetime, seen: int | None = None) -> Dossier:
    """Take a step that waits for anybody of a role. Raises NotAllowed, or WrongState when somebody was faster."""
    dossier = lock(dossier)
    task = _open(dossier, seen)
    if not actor.has_role(task.role, task.agency_id):
        raise NotAllowed(_("Bước này không thuộc nhiệm vụ của Ông/Bà."))
    if task.assignee is not None:
        raise WrongState(_("%(name)s đã nhận xử lý bước này.") % {"name": task.assignee.full_name})
    actor = actor.in_place_of([(task.agency_id, task.role)])
    _give(task, actor.user_id)
    events.record("dossier.taken_over", subject=dossier.subject, actor=actor, at=at, step=task.name, task=task.pk)
    return dossier


@transaction.atomic
def forward(
    *, dossier: Dossier, assignee: User, note: str, actor: Actor, at: datetime, seen: int | None = None
) -> Dossier:
    """Give a step of one's own to a colleague in the same role of the same unit.

    Raises NotAllowed, WrongState, or Refusal for somebody who does not work there or has it already.
    """
    dossier = lock(dossier)
    task = _open(dossier, seen)
    if not task.doable_by(actor):
        raise NotAllowed(_("Bước này không thuộc nhiệm vụ của Ông/Bà."))
    actor = actor.in_place_of([(task.agency_id, task.role)], task.assignee_id)
    _pass_to(dossier, task, assignee, "dossier.forwarded", note, actor, at)
    return dossier


@transaction.atomic
def reassign(
    *, dossier: Dossier, assignee: User, note: str, actor: Actor, at: datetime, seen: int | None = None
) -> Dossier:
    """Give an open step to another officer in its role: what the head of the unit decides.

    Raises NotAllowed, WrongState, or Refusal for somebody who does not work there or has it already.
    """
    dossier = lock(dossier)
    task = _open(dossier, seen)
    if not task.reassignable_by(actor):
        raise NotAllowed(_("Chỉ lãnh đạo của đơn vị đang xử lý mới được giao lại bước này."))
    actor = actor.in_place_of([(task.agency_id, role) for role in Task.REASSIGNED_BY])
    _pass_to(dossier, task, assignee, "dossier.reassigned", note, actor, at)
    return dossier


def _open(dossier: Dossier, seen: int | None) -> Task:
    """The open step of a locked dossier that the officer saw. Raises WrongState when it is over."""
    tasks = dossier.tasks.open().select_related("agency", "assignee")
    task = next((one for one in tasks if seen in (None, one.pk)), None)
    if task is None or dossier.is_ended:
        raise WrongState(_("Hồ sơ không còn ở bước này. Vui lòng xem lại hồ sơ."))
    return task


def _give(task: Task, user_id: int | None) -> None:
    task.assignee_id = user_id
    task.save(update_fields=["assignee"])


def _pass_to(
    dossier: Dossier, task: Task, assignee: User, event: str, note: str, actor: Actor, at: datetime
) -> None:
    if not Officer.objects.working_as(task.role, task.agency_id).filter(user=assignee).exists():
        raise Refusal(_("Vui lòng chọn một cán bộ cùng vai trò trong đơn vị."))
    if task.assignee_id == assignee.pk:
        raise Refusal(_("%(name)s đang xử lý bước này. Vui lòng chọn người khác.") % {"name": assignee.full_name})
    before = task.assignee_id
    _give(task, assignee.pk)
    events.record(
        event,
        subject=dossier.subject,
        actor=actor,
        at=at,
        step=task.name,
        assignee=assignee.full_name,
        note=note.strip(),
        task=task.pk,
        before=before,
        after=assignee.pk,
    )


# Calling back -----------------------------------------------------------------------------------------------


def passed_on(dossier: Dossier, actor: Actor) -> Task | None:
    """The open step that this officer passed on last and can call back: nobody has looked at it or done anything.

    What a leader approved, and a step that issued papers, stay as they are.
    """
    if dossier.state != State.PROCESSING:
        return None
    last = Event.objects.about(dossier.subject).filter(type__in=_PASSED_ON).last()
    if last is None or last.actor_kind != "officer" or last.actor_id != actor.id:
        return None
    waiting = dossier.tasks.open().select_related("agency").first()
    if waiting is None or waiting.assignee_id == actor.user_id:
        return None
    if last.type == "dossier.forwarded":
        if last.data.get("task") != waiting.pk or last.data.get("after") != waiting.assignee_id:
            return None
    elif not _ended_at(dossier, waiting, last.occurred_at):
        return None
    return None if _is_touched(dossier, waiting, last) else waiting


def _ended_at(dossier: Dossier, waiting: Task, at: datetime) -> bool:
    """Whether the step before the waiting one ended then, in a way that can be undone."""
    done = dossier.tasks.filter(completed_at=at).exclude(outcome=RECALLED).last()
    if done is None or waiting.started_at != at:
        return False
    step = dossier.definition.step(done.step_id)
    outcome = next((one for one in step.outcomes if one.id == done.outcome), None)
    if outcome is None:
        return False
    if leads_back(dossier, step, outcome):
        return True
    return done.act in ("assign", "appraise") and not step.prints


def _is_touched(dossier: Dossier, waiting: Task, last: Event) -> bool:
    """Whether somebody else did something since then, or those who have the step looked at the dossier."""
    later = Event.objects.about(dossier.subject).filter(id__gt=last.pk, type__startswith="dossier.", actor_kind="officer")
    if later.exclude(actor_id=last.actor_id).exists() or waiting.consultations.answered().exists():
        return True
    readers = Reading.objects.filter(dossier=dossier, read_at__gte=last.occurred_at).exclude(actor_id=last.actor_id)
    if waiting.assignee_id:
        return readers.filter(actor_id=str(waiting.assignee_id)).exists()
    there = Officer.objects.working_as(waiting.role, waiting.agency_id).values_list("user_id", flat=True)
    return readers.filter(actor_id__in=[str(key) for key in there]).exists()


@transaction.atomic
def recall(*, dossier: Dossier, note: str, actor: Actor, at: datetime, seen: int | None = None) -> Dossier:
    """Call back what one passed on while nobody has touched it. Raises WrongState when it is too late."""
    dossier = lock(dossier)
    waiting = passed_on(dossier, actor)
    if waiting is None or seen not in (None, waiting.pk):
        raise WrongState(_("Hồ sơ đã được người nhận mở hoặc xử lý nên không thu hồi được."))
    last = Event.objects.about(dossier.subject).filter(type__in=_PASSED_ON).last()
    assert last is not None  # passed_on has found it
    if last.type == "dossier.forwarded":
        _give(waiting, last.data.get("before"))
    else:
        done = dossier.tasks.filter(completed_at=last.occurred_at).exclude(outcome=RECALLED).last()
        assert done is not None
        waiting.completed_at, waiting.completed_by, waiting.outcome = at, actor.name, RECALLED
        waiting.save(update_fields=["completed_at", "completed_by", "outcome"])
        waiting.consultations.open().update(closed_at=at)
        begin(dossier, done.step_id, actor, at, done.assignee_id or actor.user_id, resumed=done)
    events.record(
        "dossier.recalled", subject=dossier.subject, actor=actor, at=at, step=waiting.name, note=note.strip()
    )
    return dossier


# Phrases ----------------------------------------------------------------------------------------------------


@transaction.atomic
def write_phrase(
    *, phrase: Phrase | None, title: str, text: str, agency_id: int | None, actor: Actor, at: datetime
) -> Phrase:
    """Keep a text under a title, for oneself or, with `agency_id`, for one's unit; or change one.

    Raises NotAllowed, or Refusal without a title or a text, and for a title that is taken.
    """
    writer = actor.user_id
    if actor.kind != "officer" or writer is None or (agency_id is not None and agency_id not in actor.agency_ids):
        raise NotAllowed(_("Ông/Bà chỉ dùng chung mẫu câu trong đơn vị của mình."))
    if phrase is not None and not may_change_phrase(phrase, actor):
        raise NotAllowed(_("Mẫu câu dùng chung do người viết hoặc lãnh đạo đơn vị sửa."))
    title, text = title.strip(), text.strip()
    if not title or not text:
        raise Refusal(_("Vui lòng nhập tên gọi và nội dung của mẫu câu."))
    if agency_id is None:
        same = Phrase.objects.filter(agency=None, user_id=writer)
    else:
        same = Phrase.objects.filter(agency_id=agency_id)
    if phrase is not None:
        same = same.exclude(pk=phrase.pk)
    if same.filter(title=title).exists():
        raise Refusal(_("Đã có mẫu câu tên này. Vui lòng đặt tên khác."))
    if phrase is None:
        if same.count() >= MOST_PHRASES:
            raise Refusal(_("Đã có quá nhiều mẫu câu. Vui lòng xóa bớt mẫu không dùng."))
        phrase = Phrase(user_id=writer)
    phrase.title, phrase.text, phrase.agency_id = title, text, agency_id
    phrase.save()
    events.record("phrase.written", subject=f"phrase:{phrase.pk}", actor=actor, at=at, title=title, agency=agency_id)
    return phrase


def may_change_phrase(phrase: Phrase, actor: Actor) -> bool:
    """Its writer, or who leads the unit with which it is shared."""
    if phrase.user_id == actor.user_id:
        return True
    leads = (Role.HEAD.value, Role.LEADER.value)
    return phrase.agency_id is not None and any(actor.has_role(role, phrase.agency_id) for role in leads)


@transaction.atomic
def remove_phrase(*, phrase: Phrase, actor: Actor, at: datetime) -> None:
    """Forget a phrase; where it was used it stays. Raises NotAllowed."""
    if not may_change_phrase(phrase, actor):
        raise NotAllowed(_("Mẫu câu dùng chung do người viết hoặc lãnh đạo đơn vị xóa."))
    key = phrase.pk
    phrase.delete()
    events.record("phrase.removed", subject=f"phrase:{key}", actor=actor, at=at, title=phrase.title)

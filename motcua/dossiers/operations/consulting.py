"""The opinions of other units: asked beside a step, and given."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Agency
from motcua.dossiers import deadlines
from motcua.dossiers.models import Consultation, Dossier, Task
from motcua.dossiers.operations.moving import lock
from motcua.dossiers.operations.steps import let_see, open_task
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.shown import moment

MOST_UNITS = 10  # asked at once
LONGEST_HOURS = 240  # of working time, for an opinion


@dataclass(frozen=True, slots=True)
class Question:
    """What one unit is asked, for how many working hours, and whether the step waits for the answer."""

    agency: Agency
    question: str
    hours: int
    required: bool = False


@transaction.atomic
def give_opinion(
    *, consultation: Consultation, opinion: str, text: str, actor: Actor, at: datetime
) -> Consultation:
    """Answer what a unit was asked; the first answer counts.

    Raises NotAllowed, WrongState when somebody was faster or the step has ended, and Refusal for an unknown
    opinion or for one that needs words and has none.
    """
    dossier = lock(consultation.dossier)
    asked = Consultation.objects.select_related("agency").get(pk=consultation.pk)
    if not any(actor.has_role(role, asked.agency_id) for role in Consultation.ANSWERED_BY):
        raise NotAllowed(_("Việc cho ý kiến này không thuộc nhiệm vụ của Ông/Bà."))
    if asked.answered_at:
        raise WrongState(
            _("%(name)s đã cho ý kiến lúc %(at)s.") % {"name": asked.answered_by, "at": moment(asked.answered_at)}
        )
    if asked.taken_back_by:
        raise WrongState(_("%(name)s đã rút câu hỏi này.") % {"name": asked.taken_back_by})
    if asked.closed_at:
        raise WrongState(_("Bước lấy ý kiến đã kết thúc nên không nhận thêm ý kiến."))
    if opinion not in Consultation.Opinion.values:
        raise Refusal(_("Vui lòng chọn ý kiến của đơn vị."))
    if opinion != Consultation.Opinion.AGREES and not text.strip():
        raise Refusal(_("Vui lòng nêu nội dung ý kiến."))
    asked.opinion, asked.text = opinion, text.strip()
    asked.answered_at = asked.closed_at = at
    asked.answered_by = actor.name
    asked.save(update_fields=["opinion", "text", "answered_at", "closed_at", "answered_by"])
    events.record(
        "dossier.opinion_given",
        subject=dossier.subject,
        actor=actor,
        at=at,
        unit=asked.agency.name,
        opinion=opinion,
        note=asked.text,
    )
    return asked


@transaction.atomic
def consult(
    *, dossier: Dossier, questions: Collection[Question], actor: Actor, at: datetime, seen: int | None = None
) -> list[Consultation]:
    """Ask other units, all at once, beside an appraisal that is under way; a required answer is waited for.

    Raises NotAllowed, WrongState, or Refusal without a unit or a question, for a time out of measure, and for a
    unit that is being asked already.
    """
    dossier = lock(dossier)
    task = open_task(dossier, "appraise", actor, seen)
    actor = actor.in_place_of([(task.agency_id, task.role)], task.assignee_id)
    if dossier.state != State.PROCESSING:
        raise WrongState(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên không thực hiện được thao tác này.")
            % {"state": dossier.get_state_display()}
        )
    if not questions:
        raise Refusal(_("Vui lòng chọn ít nhất một đơn vị để lấy ý kiến."))
    if len(questions) > MOST_UNITS or len({one.agency.pk for one in questions}) < len(questions):
        raise Refusal(_("Mỗi đơn vị chỉ được hỏi một lần, tối đa %(most)d đơn vị.") % {"most": MOST_UNITS})
    waiting = set(task.consultations.open().values_list("agency_id", flat=True))
    number = dossier.consultations.filter(consult_id__startswith=Consultation.AD_HOC).count()
    asked = []
    for one in questions:
        if one.agency.pk == task.agency_id:
            raise Refusal(_("Vui lòng chọn đơn vị khác với đơn vị đang thụ lý."))
        if one.agency.pk in waiting:
            raise Refusal(_("Đang chờ ý kiến của %(unit)s.") % {"unit": one.agency.name})
        if not one.question.strip():
            raise Refusal(_("Vui lòng nêu nội dung xin ý kiến cho từng đơn vị."))
        if not 1 <= one.hours <= LONGEST_HOURS:
            raise Refusal(_("Thời hạn cho ý kiến từ 1 đến %(most)d giờ làm việc.") % {"most": LONGEST_HOURS})
        number += 1
        asked.append(_ask(dossier, task, one, f"{Consultation.AD_HOC}{number}", actor, at))
    let_see(dossier, [one.agency for one in questions], actor, at)
    return asked


@transaction.atomic
def take_back_question(*, consultation: Consultation, note: str, actor: Actor, at: datetime) -> Consultation:
    """Wait no longer for what was asked beside the procedure, while nobody has answered.

    Raises NotAllowed, or WrongState when it was answered, taken back or overtaken by the end of the step.
    """
    dossier = lock(consultation.dossier)
    asked = Consultation.objects.select_related("agency", "task").get(pk=consultation.pk)
    if asked.answered_at:
        raise WrongState(
            _("%(name)s đã cho ý kiến lúc %(at)s.") % {"name": asked.answered_by, "at": moment(asked.answered_at)}
        )
    if asked.closed_at:
        raise WrongState(_("Câu hỏi này không còn chờ ý kiến."))
    if not asked.retractable_by(actor):
        raise NotAllowed(_("Chỉ người hỏi hoặc lãnh đạo đơn vị hỏi mới được rút câu hỏi."))
    asked.closed_at, asked.taken_back_by = at, actor.name
    asked.save(update_fields=["closed_at", "taken_back_by"])
    events.record(
        "dossier.question_taken_back",
        subject=dossier.subject,
        actor=actor,
        at=at,
        unit=asked.agency.name,
        question=asked.question,
        note=note.strip(),
    )
    return asked


def _ask(dossier: Dossier, task: Task, one: Question, consult_id: str, actor: Actor, at: datetime) -> Consultation:
    consultation = Consultation.objects.create(
        dossier=dossier,
        task=task,
        asker_id=task.agency_id,
        consult_id=consult_id,
        agency=one.agency,
        question=one.question.strip(),
        required=one.required,
        asked_at=at,
        due_at=deadlines.task_due(dossier, one.agency, one.hours, at),
    )
    events.record(
        "dossier.consulted",
        subject=dossier.subject,
        actor=actor,
        at=at,
        unit=one.agency.name,
        question=consultation.question,
        due_at=consultation.due_at.isoformat(),
    )
    return consultation

"""What this actor may do to this dossier now: the page's buttons, no more and no fewer."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Role
from motcua.dossiers.models import Consultation, Dossier, EndProposal, Extension, NoticeDraft, Task
from motcua.dossiers.models.extensions import drafts_extensions, may_propose_end, signs_extensions
from motcua.dossiers.states import TRANSITIONS, State
from motcua.foundation.actor import Actor
from motcua.procedures.parts import END


@dataclass(frozen=True, slots=True)
class Act:
    """One button: `name` is the operation's; `outcome` names a step's outcome where it has one."""

    name: str
    label: str | Promise
    tone: str = "secondary"  # primary | secondary | warning
    outcome: str = ""
    task: Task | None = None  # the step that it ends
    consultation: Consultation | None = None  # what it answers


@dataclass(frozen=True, slots=True)
class Ends:
    """What is under way to put a dossier's date off, or to end it without what was asked for."""

    may_extend: bool = False  # its date can be put off (once more)
    extension: Extension | None = None  # the apology that waits for a leader
    proposal: EndProposal | None = None  # that it should end
    refusing_outcome: str = ""  # of the open appraisal: by which a decision against the applicant is approved
    is_against: bool = False  # the drafted result is such a decision: it waits for no fee


_NOTHING = Ends()


@dataclass(frozen=True, slots=True)
class Found:
    """What the check of a dossier has found so far: something defective, and a request drafted for the head."""

    has_bad: bool = False
    draft: NoticeDraft | None = None


_UNCHECKED = Found()


def acts_for(
    dossier: Dossier,
    actor: Actor,
    open_tasks: Collection[Task],
    *,
    owed: Collection[str] = (),
    consultations: Collection[Consultation] = (),
    may_ask_more: bool = True,
    ends: Ends = _NOTHING,
    found: Found = _UNCHECKED,
    with_team: bool = False,
    awaits_signature: bool = False,
    passed_on: Task | None = None,
    hindered: Collection[int] = (),
) -> list[Act]:
    """The acts that would succeed if they were done at once, the likeliest first.

    `owed` are the words for when the unpaid charges are due ("before_acceptance", "before_result"): nothing
    is accepted or issued before its fee is paid. `consultations` are those of the dossier. `may_ask_more` is false
    once papers were asked for in appraisal as often as the procedure lets them be. `found` is what was ticked: nothing
    is accepted of which something is ticked bad. `ends` is what page and operation
    know of apologies and ends. `with_team` adds what passes a
    step from hand to hand; `passed_on` is the step that this officer can call back. `hindered` are the keys of the
    tasks that something keeps from leading on (`operations.lacks`): they can only be sent back.
    """
    acts: list[Act] = []
    if dossier.may("accept", actor) and "before_acceptance" not in owed and not found.has_bad:
        acts.append(Act("accept", _("Tiếp nhận"), "primary"))
    for task in open_tasks:
        if awaits_signature and task.act in ("approve", "stamp"):  # until it has come, or nobody waits for it
            continue
        if task.doable_by(actor):
            is_free = task.pk not in hindered
            acts += _acts_of_step(dossier, task, actor, () if ends.is_against else owed, is_free)
            if is_free and task.act == "appraise" and dossier.state == State.PROCESSING and ends.refusing_outcome:
                acts.append(Act("find_not_eligible", _("Không đủ điều kiện"), "warning", task=task))
    acts += [
        Act("give_opinion", _("Gửi ý kiến"), "primary", str(one.pk), consultation=one)
        for one in consultations
        if one.answerable_by(actor)
    ]
    acts += [
        Act("take_back_question", _("Rút câu hỏi"), outcome=str(one.pk), consultation=one)
        for one in consultations
        if with_team and one.retractable_by(actor)
    ]
    acts += _acts_of_notice(dossier, actor, open_tasks, found, may_ask_more)
    if dossier.may("bring_supplement", actor):
        acts.append(Act("bring_supplement", _("Nhận bổ sung tại quầy")))
    if owed and dossier.may("ask_payment", actor):
        acts.append(Act("ask_payment", _("Yêu cầu nộp phí")))
    if dossier.may("refuse", actor) and not dossier.accepted_at:
        acts.append(Act("refuse", _("Từ chối tiếp nhận"), "warning"))
    if dossier.state == State.SETTLED and actor.has_role(Role.RETURNER, dossier.reception_id):
        acts.append(Act("keep_result", _("Chuyển nơi lưu giữ")))
    if dossier.withdrawal_requested_at and dossier.may("withdraw", actor):
        acts.append(Act("withdraw", _("Đồng ý rút hồ sơ")))
        acts.append(Act("decline_withdrawal", _("Không đồng ý rút")))
    elif dossier.is_withdrawn_at_counter and dossier.may("withdraw", actor):
        acts.append(Act("request_withdrawal", _("Ghi nhận đề nghị rút hồ sơ")))
    acts += _acts_at_the_end(dossier, actor, ends)
    if with_team and not dossier.is_ended:
        acts += _acts_of_team(dossier, actor, open_tasks)
    if passed_on:
        acts.append(Act("recall", _("Thu hồi"), task=passed_on))
    return acts


def _acts_of_notice(
    dossier: Dossier, actor: Actor, open_tasks: Collection[Task], found: Found, may_ask_more: bool
) -> list[Act]:
    """Asking for more: at the counter, in appraisal by the head or a leader, before that as the appraiser's draft."""
    if dossier.may("ask_supplement", actor):
        return [Act("ask_supplement", _("Yêu cầu bổ sung"), "primary" if found.has_bad else "secondary")]
    if dossier.state != State.PROCESSING or any(task.act == "stamp" for task in open_tasks):
        return []  # what was decided asks for nothing
    if dossier.may("ask_supplement_in_appraisal", actor):
        acts = []
        if may_ask_more:
            label = _("Duyệt yêu cầu bổ sung") if found.draft else _("Yêu cầu bổ sung")
            acts.append(Act("ask_supplement", label, "primary" if found.draft else "secondary"))
        if found.draft:
            acts.append(Act("return_draft", _("Trả lại dự thảo bổ sung")))
        return acts
    if may_ask_more and any(one.act == "appraise" and one.doable_by(actor) for one in open_tasks):
        label = _("Sửa yêu cầu bổ sung đã trình") if found.draft else _("Trình yêu cầu bổ sung")
        return [Act("draft_supplement", label)]
    return []


def _acts_at_the_end(dossier: Dossier, actor: Actor, ends: Ends) -> list[Act]:
    """Putting the date off, and stopping the dossier."""
    acts: list[Act] = []
    if ends.may_extend and drafts_extensions(dossier, actor):
        if ends.extension and signs_extensions(dossier, actor):
            acts.append(Act("sign_extension", _("Ký xin lỗi và gia hạn")))
        elif ends.extension:
            acts.append(Act("draft_extension", _("Sửa văn bản xin lỗi")))
        else:
            acts.append(Act("draft_extension", _("Soạn văn bản xin lỗi")))
        if ends.extension:
            acts.append(Act("discard_extension", _("Bỏ dự thảo xin lỗi")))
    if dossier.accepted_at and dossier.may("stop", actor):
        acts.append(Act("stop", _("Dừng giải quyết"), "warning"))
    elif may_propose_end(dossier, actor) and ends.proposal is None:
        acts.append(Act("propose_end", _("Đề nghị dừng giải quyết"), "warning"))
    if ends.proposal and dossier.may("stop" if dossier.accepted_at else "refuse", actor):
        acts.append(Act("decline_end", _("Không dừng, chờ tiếp")))
    return acts


def _acts_of_team(dossier: Dossier, actor: Actor, open_tasks: Collection[Task]) -> list[Act]:
    """Taking a step that waits for anybody, passing it on, and asking other units beside it."""
    acts: list[Act] = []
    for task in open_tasks:
        mine = task.doable_by(actor)
        if mine and task.act == "appraise" and dossier.state == State.PROCESSING:
            acts.append(Act("consult", _("Lấy ý kiến đơn vị khác"), task=task))
        if mine and task.assignee_id is None:
            acts.append(Act("take_over", _("Nhận xử lý"), task=task))
        if mine:
            acts.append(Act("forward", _("Chuyển người khác xử lý"), task=task))
        elif task.reassignable_by(actor):
            acts.append(Act("reassign", _("Giao lại cho người khác"), task=task))
    return acts


# Acts that change no state, done by who may do the transition.
_DONE_AS = {
    "request_withdrawal": "withdraw", "decline_withdrawal": "withdraw", "sign_extension": "stop", "decline_end": "stop",
}  # fmt: skip


def in_capacity(
    actor: Actor, dossier: Dossier, name: str, task: Task | None = None, consultation: Consultation | None = None
) -> Actor:
    """The actor under the name in which this act is done: with the absent officer's when it is done in his place."""
    if task is not None:
        if name == "reassign":
            return actor.in_place_of([(task.agency_id, role) for role in Task.REASSIGNED_BY])
        return actor.in_place_of([(task.agency_id, task.role)], task.assignee_id)
    if consultation is not None and name == "take_back_question":
        asking = consultation.task
        roles = [asking.role] if asking.doable_by(actor) else Task.REASSIGNED_BY
        return actor.in_place_of([(asking.agency_id, role) for role in roles], asking.assignee_id)
    if consultation is not None:
        return actor.in_place_of([(consultation.agency_id, role) for role in Consultation.ANSWERED_BY])
    if name == "ask_supplement" and dossier.state == State.PROCESSING:
        name = "ask_supplement_in_appraisal"
    transition = TRANSITIONS.get(_DONE_AS.get(name, name))
    if transition is None:
        return actor
    unit = dossier.reception_id if transition.place == "reception" else dossier.agency_id
    return actor.in_place_of([(unit, role) for role in transition.roles])


def acts_of_owner(dossier: Dossier, actor: Actor, *, is_rated: bool) -> list[Act]:
    """What the citizen or organisation that filed it may do now, the likeliest first; paying is per charge."""
    if not dossier.allows(TRANSITIONS["submit"], actor):
        return []
    acts: list[Act] = []
    if dossier.state == State.DRAFT:
        acts.append(Act("submit", _("Tiếp tục"), "primary"))
        acts.append(Act("discard_draft", _("Xóa bản nháp"), "warning"))
    if dossier.state == State.SUPPLEMENT_REQUESTED:
        acts.append(Act("supplement", _("Bổ sung hồ sơ"), "primary"))
    if dossier.state in (State.SETTLED, State.RETURNED) and not is_rated:
        acts.append(Act("rate", _("Đánh giá mức độ hài lòng")))
    if dossier.state in TRANSITIONS["withdraw"].sources and not dossier.withdrawal_requested_at:
        acts.append(Act("request_withdrawal", _("Rút hồ sơ"), "warning"))
    return acts


def _acts_of_step(dossier: Dossier, task: Task, actor: Actor, owed: Collection[str], is_free: bool) -> list[Act]:
    """The outcomes of a step; unless it `is_free` to lead on, those alone that lead back."""
    if not _can_be_done(dossier, task, actor, owed):
        return []
    if task.act == "assign":
        return [Act("assign", _("Phân công"), "primary", task=task)] if is_free else []
    step = dossier.definition.step(task.step_id)
    order = [one.id for one in dossier.definition.process.steps]
    acts = []
    for outcome in step.outcomes:
        back = outcome.to != END and order.index(outcome.to) < order.index(step.id)
        if not back and is_free:
            acts.append(Act(task.act, outcome.name, "primary", outcome.id, task))
        elif back and dossier.state == State.PROCESSING:
            acts.append(Act("send_back", outcome.name, "secondary", outcome.id, task))
    return acts


def _can_be_done(dossier: Dossier, task: Task, actor: Actor, owed: Collection[str]) -> bool:
    if task.act == "assign":
        return dossier.state == State.PROCESSING or dossier.state in TRANSITIONS["assign"].sources
    if task.act in ("appraise", "approve"):
        return dossier.state == State.PROCESSING
    if task.act == "stamp":
        return dossier.state in TRANSITIONS["settle"].sources and not owed
    return task.act == "return_result" and dossier.state in TRANSITIONS["return_result"].sources

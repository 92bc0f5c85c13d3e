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


def acts_for(
    dossier: Dossier,
    actor: Actor,
    open_tasks: Collection[Task],
    *,
    owed: Collection[str] = (),
    consultations: Collection[Consultation] = (),
    may_ask_more: bool = True,
) -> list[Act]:
    """The acts that would succeed if they were done at once, the likeliest first.

    `owed` are the words for when the unpaid charges are due ("before_acceptance", "before_result"): nothing
    is accepted or issued before its fee is paid. `consultations` are those of the dossier. `may_ask_more` is false
    once papers were asked for in appraisal as often as the procedure lets them be.
    """
    acts: list[Act] = []
    if dossier.may("accept", actor) and "before_acceptance" not in owed:
        acts.append(Act("accept", _("Tiếp nhận"), "primary"))
    for task in open_tasks:
        if task.doable_by(actor):
            acts += _acts_of_step(dossier, task, actor, owed)
    acts += [
        Act("give_opinion", _("Gửi ý kiến"), "primary", str(one.pk), consultation=one)
        for one in consultations
        if one.answerable_by(actor)
    ]
    acts += _acts_of_notice(dossier, actor, open_tasks, found, may_ask_more)
    if dossier.may("bring_supplement", actor):
        acts.append(Act("bring_supplement", _("Nhận bổ sung tại quầy")))
    if owed and dossier.may("ask_payment", actor):
        acts.append(Act("ask_payment", _("Yêu cầu nộp phí")))
    if dossier.may("refuse", actor) and not dossier.accepted_at:
        acts.append(Act("refuse", _("Từ chối tiếp nhận"), "warning"))
    if dossier.withdrawal_requested_at and dossier.may("withdraw", actor):
        acts.append(Act("withdraw", _("Đồng ý rút hồ sơ")))
        acts.append(Act("decline_withdrawal", _("Không đồng ý rút")))
    if dossier.may("stop", actor):
        acts.append(Act("stop", _("Dừng giải quyết"), "warning"))
    return acts


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


def _acts_of_step(dossier: Dossier, task: Task, actor: Actor, owed: Collection[str]) -> list[Act]:
    if not _can_be_done(dossier, task, actor, owed):
        return []
    if task.act == "assign":
        return [Act("assign", _("Phân công"), "primary", task=task)]
    step = dossier.definition.step(task.step_id)
    order = [one.id for one in dossier.definition.process.steps]
    acts = []
    for outcome in step.outcomes:
        back = outcome.to != END and order.index(outcome.to) < order.index(step.id)
        if not back:
            acts.append(Act(task.act, outcome.name, "primary", outcome.id, task))
    if dossier.state == State.SETTLED and actor.has_role(Role.RETURNER, dossier.reception_id):
        acts.append(Act("keep_result", _("Chuyển nơi lưu giữ")))
        elif dossier.state == State.PROCESSING:
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

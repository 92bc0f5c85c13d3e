"""What follows a notice: the applicant is reminded, may disagree with a reason, and is answered by a leader."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Role
from motcua.dossiers.models import Dossier, Objection, SupplementRequest
from motcua.dossiers.operations.moving import lock
from motcua.dossiers.states import TRANSITIONS
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState

REMINDERS = (50, 90)  # percent of the term of a supplement


@transaction.atomic
def object_to(*, request: SupplementRequest, place: int, text: str, actor: Actor, at: datetime) -> Objection:
    """Say, as who filed it, that one does not agree with one reason of an open request; once a reason.

    Raises NotAllowed, WrongState, or Refusal without words.
    """
    dossier = lock(Dossier(pk=request.dossier_id))
    if not dossier.allows(TRANSITIONS["submit"], actor):
        raise NotAllowed(_("Chỉ người nộp hồ sơ mới nêu được ý kiến."))
    request = SupplementRequest.objects.get(pk=request.pk)
    if request.closed_at or not 0 <= place < len(request.items):
        raise WrongState(_("Yêu cầu bổ sung này đã kết thúc."))
    if not text.strip():
        raise Refusal(_("Vui lòng nêu vì sao Ông/Bà không đồng ý."))
    if request.objections.filter(place=place).exists():
        raise WrongState(_("Ý kiến về lý do này đã được gửi và đang chờ trả lời."))
    objection = Objection.objects.create(
        request=request, place=place, agency_id=dossier.agency_id, text=text.strip(), made_at=at
    )
    events.record(
        "dossier.objected", subject=dossier.subject, actor=actor, at=at,
        item=request.items[place]["name"], objection=text.strip(),
    )  # fmt: skip
    return objection


@transaction.atomic
def answer_objection(*, objection: Objection, answer: str, actor: Actor, at: datetime) -> Objection:
    """Answer, as a leader of the settling agency, somebody who does not agree with a reason.

    Raises NotAllowed, WrongState when it was answered, or Refusal without words.
    """
    dossier = lock(Dossier(pk=objection.request.dossier_id))
    objection = Objection.objects.select_for_update(of=("self",)).select_related("request").get(pk=objection.pk)
    if not actor.has_role(Role.LEADER, objection.agency_id):
        raise NotAllowed(_("Chỉ lãnh đạo cơ quan giải quyết mới trả lời được ý kiến này."))
    if objection.answered_at:
        raise WrongState(_("%(name)s đã trả lời ý kiến này.") % {"name": objection.answered_by_name})
    if not answer.strip():
        raise Refusal(_("Vui lòng nhập nội dung trả lời."))
    objection.answer, objection.answered_at, objection.answered_by_name = answer.strip(), at, actor.name
    objection.save(update_fields=["answer", "answered_at", "answered_by_name"])
    events.record(
        "dossier.objection_answered", subject=dossier.subject, actor=actor, at=at,
        item=objection.item["name"], answer=answer.strip(),
    )  # fmt: skip
    return objection


@transaction.atomic
def remind(*, request: SupplementRequest, actor: Actor, at: datetime) -> int:
    """Remind who should bring a supplement, at 50 and at 90 percent of the term. Returns which, 0 for none.

    Of two that are due together only the later is told. Safe to call as often as one likes.
    """
    dossier = lock(Dossier(pk=request.dossier_id))
    request = SupplementRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    due = _reminders_due(request, at)
    if request.closed_at or at >= request.due_at or not due:
        return 0
    request.reminded = due[-1]
    request.save(update_fields=["reminded"])
    events.record(
        "dossier.supplement_reminded", subject=dossier.subject, actor=actor, at=at,
        percent=due[-1], items=request.items, due_at=request.due_at.isoformat(),
    )  # fmt: skip
    return due[-1]


def remind_of_supplements(*, actor: Actor, at: datetime) -> int:
    """Remind of every supplement for which it is time, each in a transaction of its own; how many those were."""
    waiting = SupplementRequest.objects.filter(closed_at=None, due_at__gt=at, reminded__lt=REMINDERS[-1])
    dated = waiting.only("dossier_id", "requested_at", "due_at", "reminded").iterator(chunk_size=2000)
    late = [request for request in dated if _reminders_due(request, at)]  # few: only these are locked
    return sum(remind(request=request, actor=actor, at=at) > 0 for request in late)


def _reminders_due(request: SupplementRequest, at: datetime) -> list[int]:
    return [one for one in REMINDERS if request.reminded < one and request.remind_at(one) <= at]

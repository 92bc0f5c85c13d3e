"""The opinion of a unit that a step asked."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers.models import Consultation
from motcua.dossiers.operations.moving import lock
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.shown import moment


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

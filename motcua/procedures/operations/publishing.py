"""Versions become current ones: on their day, and never by one person alone."""

import logging
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.time import HANOI
from motcua.procedures.models import (
    Procedure,
    ProcedureDraft,
    ProcedureVersion,
    Publication,
    PublicationKind,
    PublicationState,
)
from motcua.procedures.operations.drafts import (
    SavedMeanwhile,
    check_base,
    check_draft,
    check_second_person,
    lock_draft,
)
from motcua.procedures.operations.importing import BadPackage
from motcua.procedures.operations.versions import (
    check_editor,
    lock_procedure,
    make_current,
    make_version,
    record_event,
)

logger = logging.getLogger(__name__)


@transaction.atomic
def approve(*, draft: ProcedureDraft, revision: int, actor: Actor, at: datetime) -> Publication:
    """Make a version of a proposed draft: the current one at once when its day has come, else on its day.

    `revision` is what the approver has read. Raises NotAllowed for who wrote or proposed it, WrongState when it is
    not proposed any more or an other version came meanwhile, SavedMeanwhile, or BadPackage with all mistakes.
    """
    check_editor(actor)
    draft = lock_draft(draft)
    if not draft.is_proposed or draft.publish_on is None or draft.proposed_at is None:
        raise WrongState(_("Bản soạn không còn chờ duyệt. Vui lòng tải lại trang."))
    if draft.revision != revision:
        raise SavedMeanwhile(draft)
    check_second_person(actor, draft.proposed_by, draft.edited_by)
    check_base(draft)
    checked = check_draft(draft)  # rules may have become stricter since it was proposed
    if checked.definition is None:
        raise BadPackage(draft.number, checked.mistakes)
    procedure = draft.procedure
    publication = Publication.objects.create(
        procedure=procedure,
        version=make_version(procedure=procedure, definition=checked.definition, at=at),
        kind=PublicationKind.PUBLISH,
        state=PublicationState.SCHEDULED,
        takes_effect_on=draft.publish_on,
        note=draft.note,
        proposed_by=draft.proposed_by,
        proposed_by_name=draft.proposed_by_name,
        proposed_at=draft.proposed_at,
        approved_by=actor.id,
        approved_by_name=actor.name,
        approved_at=at,
    )
    draft.delete()
    _record("procedure.approved", publication, actor, at)
    if publication.takes_effect_on <= _today(at):
        _apply(publication, actor, at)
    return publication


# Going back ---------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_rollback(
    *, procedure: Procedure, version: ProcedureVersion, reason: str, actor: Actor, at: datetime
) -> Publication:
    """Ask for somebody else's approval to make an older version the current one again.

    Raises NotAllowed, WrongState when one is asked for already or the version counts already, or Refusal.
    """
    check_editor(actor)
    procedure = lock_procedure(procedure.pk)
    if version.procedure_id != procedure.pk or procedure.current is None:
        raise Refusal(_("Phiên bản này không phải của thủ tục đang mở. Vui lòng chọn lại."))
    if version.pk == procedure.current_id:
        raise WrongState(_("Phiên bản này đang được áp dụng."))
    if not Publication.objects.filter(version=version, state=PublicationState.APPLIED).exists():
        raise WrongState(_("Chỉ khôi phục được phiên bản đã từng được áp dụng."))
    if procedure.publications.filter(state=PublicationState.PROPOSED).exists():
        raise WrongState(_("Đã có một đề nghị khôi phục đang chờ duyệt. Vui lòng xử lý đề nghị đó trước."))
    if not reason.strip():
        raise Refusal(_("Vui lòng ghi lý do khôi phục."))
    publication = Publication.objects.create(
        procedure=procedure,
        version=version,
        kind=PublicationKind.ROLLBACK,
        state=PublicationState.PROPOSED,
        takes_effect_on=_today(at),
        note=reason.strip()[:4000],
        proposed_by=actor.id,
        proposed_by_name=actor.name,
        proposed_at=at,
    )
    _record("procedure.rollback_proposed", publication, actor, at)
    return publication


@transaction.atomic
def approve_rollback(*, publication: Publication, actor: Actor, at: datetime) -> Publication:
    """Make the older version the current one at once. Raises NotAllowed for who asked for it, or WrongState."""
    check_editor(actor)
    publication = _lock(publication)
    if publication.state != PublicationState.PROPOSED:
        raise WrongState(_("Đề nghị này không còn chờ duyệt. Vui lòng tải lại trang."))
    check_second_person(actor, publication.proposed_by)
    publication.approved_by, publication.approved_by_name = actor.id, actor.name
    publication.approved_at, publication.takes_effect_on = at, _today(at)
    _apply(publication, actor, at)
    return publication


# On the day ---------------------------------------------------------------------------------------------------


@transaction.atomic
def cancel_publication(*, publication: Publication, reason: str, actor: Actor, at: datetime) -> Publication:
    """Take back what waits for approval or for its day; the version stays, and never counts.

    Raises NotAllowed, WrongState when it counts already, or Refusal without a reason.
    """
    check_editor(actor)
    publication = _lock(publication)
    if publication.state not in (PublicationState.PROPOSED, PublicationState.SCHEDULED):
        raise WrongState(_("Phiên bản đã được áp dụng hoặc đã hủy. Vui lòng tải lại trang."))
    if not reason.strip():
        raise Refusal(_("Vui lòng ghi lý do hủy."))
    publication.state = PublicationState.CANCELLED
    publication.cancelled_by_name, publication.cancelled_at = actor.name, at
    publication.cancelled_reason = reason.strip()[:4000]
    publication.save(update_fields=["state", "cancelled_by_name", "cancelled_at", "cancelled_reason"])
    _record("procedure.publication_cancelled", publication, actor, at, reason=publication.cancelled_reason)
    return publication


def apply_due(*, actor: Actor, at: datetime) -> int:
    """Make current whatever's day has come, in the order of days; return how many. Doing so twice changes nothing.

    What cannot be applied stays for the next round and does not stop the others.
    """
    count = 0
    for publication in list(Publication.objects.due(_today(at))):
        try:
            count += _apply_one(publication, actor, at)
        except Exception:
            logger.exception("the publication %s could not be applied", publication.pk)
    return count


@transaction.atomic
def _apply_one(publication: Publication, actor: Actor, at: datetime) -> bool:
    publication = _lock(publication)
    if publication.state != PublicationState.SCHEDULED:
        return False  # an other worker was faster
    _apply(publication, actor, at)
    return True


def _apply(publication: Publication, actor: Actor, at: datetime) -> None:
    procedure = lock_procedure(publication.procedure_id)
    publication.replaced = procedure.current
    publication.state, publication.applied_at = PublicationState.APPLIED, at
    publication.save()
    make_current(procedure=procedure, version=publication.version)
    _record("procedure.published", publication, actor, at)


def _lock(publication: Publication) -> Publication:
    """The publication as it is now, held with its procedure until the end of the transaction."""
    lock_procedure(publication.procedure_id)
    return (
        Publication.objects.select_for_update(of=("self",))
        .select_related("version", "procedure")
        .get(pk=publication.pk)
    )


def _record(type_: str, publication: Publication, actor: Actor, at: datetime, **data: object) -> None:
    record_event(
        type_, procedure=publication.procedure, actor=actor, at=at,
        publication=publication.pk, kind=publication.kind, version=publication.version.version,
        takes_effect_on=publication.takes_effect_on.isoformat(), **data,
    )  # fmt: skip


def _today(at: datetime) -> date:
    return at.astimezone(HANOI).date()

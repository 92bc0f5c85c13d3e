"""What takes too long for a page: replaying a year of dossiers under a draft."""

import logging
from datetime import datetime

from django.db import transaction

from motcua.dossiers import rehearsal as rehearsing
from motcua.foundation.actor import Actor
from motcua.foundation.jobs import job
from motcua.foundation.time import now
from motcua.procedures import operations
from motcua.procedures.models import ProcedureDraft, Rehearsal

logger = logging.getLogger(__name__)

AT_ONCE = 50  # dossiers that a page can wait for


def begin(draft: ProcedureDraft, actor: Actor, at: datetime) -> None:
    """Rehearse a draft: at once when there are few dossiers, else in the background."""
    many = sum(rows[: AT_ONCE + 1].count() for rows in rehearsing.dossiers_of(draft.number, at)) > AT_ONCE
    with transaction.atomic():
        asked = operations.ask_rehearsal(draft=draft, actor=actor, at=at)
        if many:
            rehearse.defer(rehearsal_id=asked.pk)
    if not many:
        rehearse(asked.pk)


@job(retries=2, priority=-5)
def rehearse(rehearsal_id: int) -> None:
    """Work out and keep what a draft would change; one that was edited or published meanwhile is let be."""
    asked = Rehearsal.objects.select_related("draft__procedure").filter(pk=rehearsal_id).first()
    if asked is None or asked.done_at is not None or asked.draft.revision != asked.revision:
        return
    definition = operations.check_draft(asked.draft).definition
    if definition is None:
        operations.keep_rehearsal(rehearsal=asked, report=None, failure="mistakes", at=now())
        return
    try:
        report = rehearsing.rehearse(definition, at=now()).to_json()
    except Exception:
        logger.exception("the rehearsal of %s failed", asked)
        operations.keep_rehearsal(rehearsal=asked, report=None, failure="failed", at=now())
        return
    operations.keep_rehearsal(rehearsal=asked, report=report, at=now())

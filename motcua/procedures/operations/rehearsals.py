"""What a draft would change for dossiers: asked for on a page, worked out in the background, kept."""

from datetime import datetime
from typing import Any

from django.db import transaction

from motcua.foundation.actor import Actor
from motcua.procedures.models import ProcedureDraft, Rehearsal
from motcua.procedures.operations.versions import check_editor


@transaction.atomic
def ask_rehearsal(*, draft: ProcedureDraft, actor: Actor, at: datetime) -> Rehearsal:
    """The place for what the draft as it stands would change; an earlier answer is forgotten. Raises NotAllowed."""
    check_editor(actor)
    rehearsal, _made = Rehearsal.objects.update_or_create(
        draft=draft,
        revision=draft.revision,
        defaults={
            "asked_by_name": actor.name, "asked_at": at, "done_at": None, "report": None, "failure": "",
        },
    )  # fmt: skip
    return rehearsal


def keep_rehearsal(
    *, rehearsal: Rehearsal, report: dict[str, Any] | None, failure: str = "", at: datetime
) -> None:
    """Keep what came out, or why nothing did; of one asked again meanwhile, the last counts."""
    Rehearsal.objects.filter(pk=rehearsal.pk).update(report=report, failure=failure[:2000], done_at=at)

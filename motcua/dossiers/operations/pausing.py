"""The clock goes on after a wait for the dossier's owner."""

from datetime import datetime
from typing import Any

from motcua.dossiers import deadlines
from motcua.dossiers.models import Dossier


def resumed(dossier: Dossier, at: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields of a paused dossier that goes on at `at`, and what the event says of its date.

    The open steps and consultations get the time back that was waited. The date of a dossier whose clock has not
    begun stays unknown.
    """
    if dossier.paused_at is None:
        return {}, {}
    dossier.pauses = [*dossier.pauses, [dossier.paused_at.isoformat(), at.isoformat()]]
    changes: dict[str, Any] = {"pauses": dossier.pauses, "paused_at": None}
    for task in dossier.tasks.open().select_related("agency__calendar"):
        hours = dossier.definition.step(task.step_id).hours
        task.due_at = deadlines.task_due(dossier, task.agency, hours, task.started_at)
        task.save(update_fields=["due_at"])
    if dossier.clock_started_at is None:
        return changes, {}
    old_due_at = dossier.due_at
    changes["due_at"] = deadlines.settlement_deadline(dossier, dossier.clock_started_at).due_at
    return changes, {
        "old_due_at": old_due_at.isoformat() if old_due_at else "",
        "due_at": changes["due_at"].isoformat(),
    }

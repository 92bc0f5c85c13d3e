"""The clock goes on after a wait for the dossier's owner."""

from datetime import datetime, timedelta
from typing import Any

from motcua.dossiers import deadlines
from motcua.dossiers.models import Dossier
from motcua.foundation import working_time
from motcua.foundation.time import HANOI
from motcua.foundation.working_time import TimeLimit


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
    for asked in dossier.consultations.open().select_related("agency__calendar"):
        calendar = asked.agency.calendar.calendar
        left = working_time.working_hours_between(dossier.paused_at, asked.due_at, calendar)
        if left > 0:
            asked.due_at = working_time.add_working_hours(at, left, calendar)
            asked.save(update_fields=["due_at"])
    if dossier.clock_started_at is None:
        return changes, {}
    old_due_at = dossier.due_at
    changes |= dates_again(dossier, dossier.clock_started_at)
    return changes, {
        "old_due_at": old_due_at.isoformat() if old_due_at else "",
        "due_at": changes["due_at"].isoformat(),
    }


def dates_again(dossier: Dossier, clock_started_at: datetime) -> dict[str, datetime]:
    """The dates of a dossier counted anew, after a pause: one that an apology put off moves by as many working days."""
    due_at = deadlines.settlement_deadline(dossier, clock_started_at).due_at
    before = dossier.due_before_extension
    if before is None or dossier.due_at is None:
        return {"due_at": due_at}
    calendar = dossier.agency.calendar.calendar
    first, last = before.astimezone(HANOI).date(), due_at.astimezone(HANOI).date()
    moved = sum(calendar.works_on(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    put_off = dossier.due_at
    if moved:
        put_off = working_time.deadline(put_off, TimeLimit(moved, "working_days"), calendar).due_at
    return {"due_before_extension": due_at, "due_at": max(put_off, due_at)}

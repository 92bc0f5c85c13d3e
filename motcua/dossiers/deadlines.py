"""The dates a dossier promises, from its procedure's time limit and its units' calendars."""

from datetime import datetime

from motcua.dossiers.models import Dossier
from motcua.foundation import working_time
from motcua.foundation.working_time import Deadline, TimeLimit
from motcua.procedures.definition import Step

# What a procedure without a published time limit gets, so that nothing waits for ever.
UNPUBLISHED = TimeLimit(15, "working_days")


def intake_due(dossier: Dossier, at: datetime) -> datetime:
    """By when the citizen hears whether an online filing is accepted: 8 working hours.

    Source: Nghị định 45/2020/NĐ-CP as consolidated; hours of the reception's calendar.
    """
    calendar = dossier.reception.calendar.calendar
    return working_time.add_working_hours(at, dossier.definition.process.intake_hours, calendar)


def settlement_deadline(dossier: Dossier, start: datetime) -> Deadline:
    """When the result is due, with the trace of every day that was counted or not."""
    calendar = dossier.agency.calendar.calendar
    definition = dossier.definition
    limit = definition.time_limit(dossier.channel) or definition.time_limit("in_person")
    return working_time.deadline(start, limit or UNPUBLISHED, calendar, _pauses(dossier))


def task_due(dossier: Dossier, step: Step, at: datetime) -> datetime:
    """By when a step begun at `at` should be done: its working hours, by the calendar of the unit that does it.

    What the dossier waited for its owner is no working time.
    """
    unit = dossier.reception if step.unit == "reception" else dossier.agency
    return working_time.add_working_hours(at, step.hours, unit.calendar.calendar, _pauses(dossier))


def _pauses(dossier: Dossier) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in dossier.pauses]


def supplement_due(dossier: Dossier, at: datetime) -> datetime:
    """Until when a supplement is waited for; 15 working days where the procedure says nothing."""
    limit = dossier.definition.process.limits.supplement or TimeLimit(15, "working_days")
    return working_time.deadline(at, limit, dossier.reception.calendar.calendar).due_at

"""The dates a dossier promises, from its procedure's time limit and its units' calendars."""

from datetime import datetime

from motcua.agencies.models import Agency
from motcua.dossiers.models import Dossier
from motcua.foundation import working_time
from motcua.foundation.working_time import Deadline, TimeLimit

# What a procedure without a published time limit gets, so that nothing waits for ever.
UNPUBLISHED = TimeLimit(15, "working_days")


def intake_due(dossier: Dossier, at: datetime) -> datetime:
    """By when the citizen hears whether an online filing is accepted: 8 working hours.

    Source: Nghị định 45/2020/NĐ-CP as consolidated; hours of the reception's calendar.
    """
    calendar = dossier.reception.calendar.calendar
    return working_time.add_working_hours(at, dossier.definition.process.intake_hours, calendar)


def time_limit(dossier: Dossier) -> TimeLimit | None:
    """The published time limit of the dossier's case and channel, in person where the channel has none."""
    definition = dossier.definition
    scenario = definition.scenario(dossier.answers)
    return definition.time_limit(dossier.channel, scenario) or definition.time_limit("in_person", scenario)


def settlement_deadline(dossier: Dossier, start: datetime) -> Deadline:
    """When the result is due if the time limit begins at `start`, with the trace of every day."""
    calendar = dossier.agency.calendar.calendar
    pauses = [(max(begins, start), ends) for begins, ends in _pauses(dossier) if ends > start]
    return working_time.deadline(start, time_limit(dossier) or UNPUBLISHED, calendar, pauses)


def clock_from(dossier: Dossier, start: datetime) -> dict[str, datetime]:
    """The fields of a dossier whose time limit begins at `start`."""
    due_at = settlement_deadline(dossier, start).due_at
    return {"clock_started_at": start, "first_due_at": due_at, "due_at": due_at}


def task_due(dossier: Dossier, unit: Agency, hours: int, at: datetime) -> datetime:
    """By when work begun at `at` should be done: so many working hours, by the calendar of the unit that does it.

    What the dossier waited for its owner is no working time.
    """
    return working_time.add_working_hours(at, hours, unit.calendar.calendar, _pauses(dossier))


def _pauses(dossier: Dossier) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in dossier.pauses]


def supplement_due(dossier: Dossier, at: datetime) -> datetime:
    """Until when a supplement is waited for; 15 working days where the procedure says nothing."""
    limit = dossier.definition.process.limits.supplement or UNPUBLISHED
    return working_time.deadline(at, limit, dossier.reception.calendar.calendar).due_at


def payment_due(dossier: Dossier, at: datetime) -> datetime:
    """Until when a payment asked for in the middle is waited for; 15 working days where nothing is said."""
    limit = dossier.definition.process.limits.payment or UNPUBLISHED
    return working_time.deadline(at, limit, dossier.reception.calendar.calendar).due_at

"""Walks made-up dossiers through a procedure: what is asked of them, what they cost, which ways they can take.

Nothing is kept; everything is a pure function of the definition, the answers and a calendar.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, product
from typing import Any

from django.utils.translation import gettext as _

from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar
from motcua.foundation.working_time import HOURS_PER_DAY, TimeLimit, deadline, working_hours_between
from motcua.procedures import rules
from motcua.procedures.answers import sample_values
from motcua.procedures.definition import Definition
from motcua.procedures.examples import examples_of
from motcua.procedures.expressions import ExpressionFailed, expression
from motcua.procedures.parts import Component, Field, Scenario
from motcua.procedures.rules import FeeAmount
from motcua.procedures.ways import Route, routes

_MOST_SAMPLES = 500  # sets of answers tried to find each case


@dataclass(frozen=True, slots=True)
class Simulation:
    """What one made-up dossier comes to.

    `total_vnd` is None, and `fee_problem` a sentence, when a fee cannot be computed. `problems` are what is missing
    or wrong in the answers, by field.
    """

    name: str
    channel: str
    answers: Mapping[str, Any]
    scenario: Scenario | None
    components: tuple[Component, ...]
    fees: tuple[FeeAmount, ...]
    total_vnd: int | None
    fee_problem: str
    limit: TimeLimit | None
    starts_at: datetime
    due_at: datetime | None
    routes: tuple[Route, ...]
    problems: Mapping[str, str]

    @property
    def usual(self) -> Route | None:
        """The way on which every step ends as usual; None for a procedure without steps."""
        return self.routes[0] if self.routes else None


def simulate(
    definition: Definition,
    answers: Mapping[str, Any],
    *,
    at: datetime,
    calendar: Calendar,
    channel: str = "online",
    name: str = "",
) -> Simulation:
    """Return what a dossier with these answers comes to when its time limit begins at `at`."""
    scenario = definition.scenario(answers)
    today = at.astimezone(HANOI).date()
    try:
        fees, problem = tuple(rules.fee_lines(definition, answers, channel, today)), ""
    except ExpressionFailed as failure:
        fees, problem = (), str(failure)
    limit = definition.time_limit(channel, scenario)
    due_at = deadline(at, limit, calendar).due_at if limit else None
    return Simulation(
        name=name,
        channel=channel,
        answers=answers,
        scenario=scenario,
        components=tuple(rules.asked_components(definition, answers, channel)),
        fees=fees,
        total_vnd=None if problem else sum(line.amount_vnd for line in fees),
        fee_problem=problem,
        limit=limit,
        starts_at=at,
        due_at=due_at,
        routes=tuple(routes(definition, answers, channel, _allowed_hours(limit, at, due_at, calendar))),
        problems=rules.problems(definition.form, answers, today=today),
    )


def simulations(definition: Definition, *, at: datetime, calendar: Calendar) -> list[Simulation]:
    """One simulation of each example; without any, of sample answers for each case.

    An example with a day of its own is filed on that day, at the same hour.
    """
    found = [
        simulate(
            definition, answers, calendar=calendar, channel=example.channel, name=example.name,
            at=datetime.combine(example.today, at.timetz()) if example.today else at,
        )
        for example, answers in examples_of(definition)
    ]  # fmt: skip
    if found:
        return found
    rows = definition.channel_rows()
    channel = rows[0].channel if rows else "online"
    return [
        simulate(
            definition, answers, at=at, calendar=calendar, channel=channel,
            name=case.name if case else _("Câu trả lời mẫu"),
        )
        for case, answers in samples(definition)
    ]  # fmt: skip


def samples(definition: Definition) -> list[tuple[Scenario | None, dict[str, Any]]]:
    """Sample answers for each case that some sample answers come to; one set when there are no cases."""
    found: dict[str, tuple[Scenario | None, dict[str, Any]]] = {}
    for answers in islice(_samples(definition), _MOST_SAMPLES):
        case = definition.scenario(answers)
        found.setdefault(case.id if case else "", (case, answers))
        if len(found) >= max(1, len(definition.record.scenarios)):
            break
    return list(found.values())


def _samples(definition: Definition) -> Iterator[dict[str, Any]]:
    """Plausible answers, every choice that conditions of cases speak of made differently in turn."""
    usual = {field.id: sample_values(field, 0) for field in definition.form.fields}
    named = set[str]().union(
        *(expression(case.when).names for case in definition.record.scenarios if case.when)
    )
    deciding = [field for field in definition.form.fields if field.id in named]
    for choice in product(*(range(_variety(field)) for field in deciding)):
        yield usual | {
            field.id: sample_values(field, place) for field, place in zip(deciding, choice, strict=True)
        }


def _variety(field: Field) -> int:
    return max(2, len(field.options))


def _allowed_hours(
    limit: TimeLimit | None, at: datetime, due_at: datetime | None, calendar: Calendar
) -> float | None:
    """The working hours that the time limit gives; 8 for each working day."""
    if limit is None or due_at is None:
        return None
    if limit.unit == "working_days":
        return limit.amount * HOURS_PER_DAY
    return limit.amount if limit.unit == "hours" else working_hours_between(at, due_at, calendar)

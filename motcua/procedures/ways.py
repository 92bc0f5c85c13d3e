"""The ways that a dossier can take through the steps of its procedure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from motcua.procedures import rules
from motcua.procedures.definition import Definition
from motcua.procedures.parts import END, Outcome, Step


@dataclass(frozen=True, slots=True)
class Passage:
    """One step and how it ended; `skipped` when its condition does not hold and nobody has to do it."""

    step: Step
    outcome: Outcome
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """One way through the process: the usual one, or the one that takes `unusual` once and is usual otherwise.

    `hours` are the working hours that its steps may take in all. `ends` is false for a way that never comes to the
    end. `allowed` are the working hours of the time limit; None when there is no limit.
    """

    passages: tuple[Passage, ...]
    hours: int
    ends: bool
    allowed: float | None
    unusual: Passage | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that somebody does, in order."""
        return tuple(passage.step for passage in self.passages if not passage.skipped)

    @property
    def is_too_long(self) -> bool:
        return self.allowed is not None and self.hours > self.allowed


def usual_route(definition: Definition, answers: Mapping[str, Any], channel: str = "online") -> Route | None:
    """The way on which every step ends with its first outcome; None when there are no steps."""
    return next(iter(routes(definition, answers, channel, None)), None)


def routes(
    definition: Definition, answers: Mapping[str, Any], channel: str, allowed: float | None
) -> Iterator[Route]:
    """The usual way first, then one for each other outcome of each step that can be reached.

    Such a way goes to the step as directly as it can, takes the outcome once, and goes on as usual.
    """
    if not definition.process.steps:
        return
    variables = rules.variables_of(definition, answers, channel)
    steps = {step.id: step for step in definition.process.steps}
    skipped = {step.id for step in steps.values() if not variables.holds(step.when)}
    ways = _ways_to(steps, definition.first_step, skipped)
    yield _route(list(_usual_from(definition.first_step, steps, skipped)), allowed, None)
    for step in definition.process.steps:
        for outcome in step.outcomes[1:]:
            if step.id in ways and step.id not in skipped:
                unusual = Passage(step, outcome)
                way = [*ways[step.id], unusual]
                if outcome.to in steps:
                    way += _usual_from(steps[outcome.to], steps, skipped)
                yield _route(way, allowed, unusual)


def _usual_from(step: Step, steps: Mapping[str, Step], skipped: set[str]) -> Iterator[Passage]:
    """The first outcomes from a step on, until the end or the first step that comes again."""
    seen: set[str] = set()
    while step.id not in seen and step.outcomes:
        seen.add(step.id)
        yield Passage(step, step.outcomes[0], step.id in skipped)
        if step.outcomes[0].to not in steps:
            return
        step = steps[step.outcomes[0].to]


def _ways_to(steps: Mapping[str, Step], first: Step, skipped: set[str]) -> dict[str, list[Passage]]:
    """The shortest way to each step that can be reached, first outcomes preferred."""
    ways: dict[str, list[Passage]] = {first.id: []}
    waiting = [first]
    while waiting:
        step = waiting.pop(0)
        outcomes = step.outcomes[:1] if step.id in skipped else step.outcomes
        for outcome in outcomes:
            if outcome.to in steps and outcome.to not in ways:
                ways[outcome.to] = [*ways[step.id], Passage(step, outcome, step.id in skipped)]
                waiting.append(steps[outcome.to])
    return ways


def _route(passages: list[Passage], allowed: float | None, unusual: Passage | None) -> Route:
    hours = sum(passage.step.hours for passage in passages if not passage.skipped)
    ends = bool(passages) and passages[-1].outcome.to == END
    return Route(tuple(passages), hours, ends, allowed, unusual)


"""How many dossiers will be late soon if nothing changes: read off the pace of the last 90 days.

For each open dossier there is a step at which it is, how many working hours it has been there, and how many working
hours are left until its date. Of the dossiers that were at the same step within the last 90 days, and stayed as long
there, some took longer than that to be settled: their share is the chance that this one will be late. The chances
added up are the forecast, and the dossiers with the highest chance are those that it names. What waits for its
owner has a clock that stands still, and is left out; so is what is late already.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from motcua.dossiers.models import DossierQuerySet, Task
from motcua.dossiers.states import RUNNING
from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar

LOOKED_BACK = timedelta(days=90)
FEWEST = 5  # cases from which a pace is read
MOST_CASES = 6000  # steps looked at in a unit, the newest
MOST_OF_A_STEP = 500  # cases of one step that a chance is read from, the newest
MOST_OPEN = 20_000  # open steps looked at in a unit
_ONE_DAY = timedelta(days=1)


class WorkedHours:
    """Working hours between any two moments within some days, by sums that are made once."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        self._calendar, self._first, self._last = calendar, first, last
        self._sums = [0.0]
        day = first
        while day <= last:
            hours = sum((ends - begins).total_seconds() for begins, ends in calendar.on(day).sessions) / 3600
            self._sums.append(self._sums[-1] + hours)
            day += _ONE_DAY

    def until(self, moment: datetime) -> float:
        """Working hours from the first day to this moment; moments outside count as the nearest inside."""
        local = moment.astimezone(HANOI)
        index = (local.date() - self._first).days
        if index < 0 or local.date() > self._last:
            return 0.0 if index < 0 else self._sums[-1]
        spent = sum(
            (min(local, ends) - begins).total_seconds()
            for begins, ends in self._calendar.on(local.date()).sessions
            if begins < local
        )
        return self._sums[index] + spent / 3600

    def between(self, begins: datetime, ends: datetime, pauses: Iterable[Iterable[str]] = ()) -> float:
        """Working hours from one moment to a later one, without what lies in the pauses."""
        hours = self.until(ends) - self.until(begins)
        for from_, to in pauses:
            start, end = max(datetime.fromisoformat(from_), begins), min(datetime.fromisoformat(to), ends)
            if start < end:
                hours -= self.until(end) - self.until(start)
        return max(hours, 0.0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected until `horizon`."""

    horizon: datetime
    expected: float  # dossiers that will be late by then, of those that are not yet
    looked_at: int  # open dossiers in time whose date lies before the horizon
    cases: int  # finished steps from which the pace was read
    likely: list[tuple[int, int]]  # keys of the dossiers that the number names, and their chance in percent

    @property
    def number(self) -> int:
        return len(self.likely)

    def to_json(self) -> dict[str, Any]:
        return {
            "horizon": self.horizon.isoformat(),
            "expected": self.expected,
            "looked_at": self.looked_at,
            "cases": self.cases,
            "likely": self.likely,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Forecast":
        likely = [(pk, chance) for pk, chance in content["likely"]]
        return cls(**{**content, "horizon": datetime.fromisoformat(content["horizon"]), "likely": likely})


def end_of_week(at: datetime, calendar: Calendar) -> datetime:
    """When work ends on the last working day of this week, Friday as a rule; of the next week when that is over."""
    monday = at.astimezone(HANOI).date() - timedelta(days=at.astimezone(HANOI).weekday())
    for week in range(6):
        for back in range(7):
            day = monday + timedelta(days=7 * week + 6 - back)
            if calendar.works_on(day):
                ends = calendar.on(day).ends_at
                if ends > at:
                    return ends
                break
    return datetime.combine(monday + timedelta(days=4), time(17), HANOI)


class Pace:
    """What came of the finished steps: how long each took, and how long it was from its beginning to the result."""

    def __init__(self) -> None:
        self._by_step: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
        self._by_act: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.cases = 0

    def note(self, procedure: int, step: str, act: str, took: float, until_settled: float) -> None:
        """Both in working hours. What is noted first counts where there are more cases than are looked at."""
        self.cases += 1
        for known in (self._by_step[procedure, step], self._by_act[act]):
            if len(known) < MOST_OF_A_STEP:
                known.append((took, until_settled))

    def chance_of_more(self, procedure: int, step: str, act: str, spent: float, left: float) -> float:
        """The share of those who had been at the step as long, and took longer than `left` hours more to be settled.

        1 beyond all that is known. Where a step has too few cases, the same act in all procedures of the unit stands
        in for it; where that has too few as well, nothing is expected.
        """
        known = self._by_step.get((procedure, step), [])
        if len(known) < FEWEST:
            known = self._by_act.get(act, [])
        if len(known) < FEWEST:
            return 0.0
        as_long = [until_settled for took, until_settled in known if took > spent]
        return sum(one > spent + left for one in as_long) / len(as_long) if as_long else 1.0


def read_pace(rows: DossierQuerySet, at: datetime, worked: WorkedHours) -> Pace:
    """The pace of what was settled within the last 90 days (one query)."""
    finished = (
        Task.objects.filter(dossier__in=rows.filter(settled_at__gte=at - LOOKED_BACK, settled_at__lte=at).order_by().values("pk"))
        .filter(completed_at__isnull=False)
        .exclude(act="return_result")
        .order_by("-dossier__settled_at", "-pk")  # not the newest filed: those that are done by now were quick
        .values_list(
            "dossier__procedure_version__procedure_id",
            "step_id",
            "act",
            "started_at",
            "completed_at",
            "dossier__settled_at",
            "dossier__pauses",
        )[:MOST_CASES]
    )
    pace = Pace()
    for procedure, step, act, started_at, completed_at, settled_at, pauses in finished:
        if completed_at is not None and settled_at is not None and started_at <= settled_at:
            took = worked.between(started_at, completed_at, pauses)
            pace.note(procedure, step, act, took, worked.between(started_at, settled_at, pauses))
    return pace


def forecast(rows: DossierQuerySet, at: datetime, calendar: Calendar) -> Forecast:
    """What to expect of these dossiers until the end of the week (two queries).

    `rows` have `due` as reporting.counted() gives it; `calendar` is that of the unit.
    """
    horizon = end_of_week(at, calendar)
    worked = WorkedHours(calendar, (at - LOOKED_BACK - timedelta(days=400)).date(), (horizon + _ONE_DAY).date())
    pace = read_pace(rows, at, worked)
    chances: dict[int, float] = {}
    for pk, procedure, step, act, started_at, due, pauses in _open(rows, at, horizon):
        spent, left = worked.between(started_at, at, pauses), worked.between(at, due)
        chance = pace.chance_of_more(procedure, step, act, spent, left)
        chances[pk] = max(chance, chances.get(pk, 0.0))
    expected = sum(chances.values())
    likely = sorted(chances.items(), key=lambda item: (-item[1], item[0]))[: round(expected)]
    return Forecast(horizon, round(expected, 2), len(chances), pace.cases, [(pk, round(100 * c)) for pk, c in likely])


def _open(rows: DossierQuerySet, at: datetime, horizon: datetime) -> Iterator[tuple[Any, ...]]:
    """The open steps of what runs in time and is due before the horizon."""
    running = rows.filter(Q(state__in=sorted(RUNNING), paused_at=None) & Q(due__gte=at, due__lte=horizon))
    found = Task.objects.open().filter(dossier__in=running.values("pk"))
    for pk, procedure, step, act, started_at, before, due, pauses in found.order_by("pk").values_list(
        "dossier_id",
        "dossier__procedure_version__procedure_id",
        "step_id",
        "act",
        "started_at",
        "dossier__due_before_extension",
        "dossier__due_at",
        "dossier__pauses",
    )[:MOST_OPEN]:
        yield pk, procedure, step, act, started_at, before or due, pauses


"""What a change of a calendar would move: every running date of the open dossiers, counted by it.

A date that was given is never brought forward: who was promised it, or was given it for a step, has planned with it,
and by law the time may only grow when fewer days are worked (Bộ luật Dân sự 2015, Điều 147: a limit counts working
days as they are). A date that has passed stays: being late is not mended by a calendar. A date that was not counted
from a calendar, such as one that an apology set, stays as it is. A clock that stands still is counted anew when it goes
on.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from motcua.agencies.models import Agency, CalendarChange
from motcua.dossiers import deadlines
from motcua.dossiers.deadlines import Basis
from motcua.dossiers.models import Consultation, Dossier, SupplementRequest, Task
from motcua.dossiers.states import RUNNING, WAITS_FOR_OWNER, State
from motcua.dossiers.story import PROMISED
from motcua.foundation.working_calendar import Calendar

SHOWN = 100  # moves that a preview keeps to be looked at
_BATCH = 200
_OPEN = sorted({State.SUBMITTED, *RUNNING, *WAITS_FOR_OWNER})


@dataclass(frozen=True, slots=True)
class Move:
    """One date that a calendar would give later."""

    basis: Basis
    due_at: datetime

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.basis.kind,
            "name": self.basis.name,
            "key": self.basis.key,
            "old": self.basis.due_at.isoformat(),
            "new": self.due_at.isoformat(),
        }


@dataclass(frozen=True)
class Preview:
    """What a change would move, counted; and the first of it to look at."""

    looked_at: int
    dossiers: int  # of which a date would move later
    promised: int  # of these, with a date that the applicant was told
    kept: int  # whose date would come earlier, and stays
    units: tuple[tuple[str, int], ...]  # dossiers that move, by the unit that settles
    rows: tuple[dict[str, Any], ...]  # {"code", "unit", "name", "old", "new"}

    def to_json(self) -> dict[str, Any]:
        return {
            "looked_at": self.looked_at,
            "dossiers": self.dossiers,
            "promised": self.promised,
            "kept": self.kept,
            "units": [list(one) for one in self.units],
            "rows": list(self.rows),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Preview":
        units = tuple((name, count) for name, count in content["units"])
        return cls(**{**content, "units": units, "rows": tuple(content["rows"])})


def concerned(change: CalendarChange) -> QuerySet[Dossier]:
    """The open dossiers with a date that this change could move, in the order of their keys."""
    units = sorted(units_of(change))
    where = Q(agency_id__in=units) | Q(reception_id__in=units) | Q(also_seen_by__overlap=units)
    return Dossier.objects.filter(where, state__in=_OPEN).order_by("pk")


def preview(change: CalendarChange, at: datetime) -> Preview:
    """What an open change would move, if it were kept at this moment; changes nothing."""
    units, calendar = units_of(change), change.calendar
    looked_at = dossiers = promised = kept = 0
    by_unit: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for dossier in read(concerned(change)):
        looked_at += 1
        later, earlier = moves(dossier, units, calendar, at)
        kept += bool(earlier)
        if not later:
            continue
        dossiers += 1
        promised += any(one.basis.kind in PROMISED for one in later)
        by_unit[dossier.agency.name] += 1
        for one in later if len(rows) < SHOWN else []:
            rows.append({**one.to_json(), "code": dossier.code, "unit": one.basis.unit.label})
    return Preview(looked_at, dossiers, promised, kept, tuple(by_unit.most_common()), tuple(rows[:SHOWN]))


def moves(
    dossier: Dossier, units: Collection[int], calendar: Calendar, at: datetime
) -> tuple[list[Move], list[Move]]:
    """The dates yet to come of a dossier that this calendar would give later, and those that it would give earlier.

    `units` are those that work by it. The dossier comes from `read`.
    """
    later, earlier = [], []
    for basis in running(dossier):
        if basis.unit.pk not in units or basis.due_at <= at:
            continue
        counted = basis.counted()
        if counted is None:
            continue
        due_at = basis.by(calendar, counted.start).due_at
        if due_at > basis.due_at:
            later.append(Move(basis, due_at))
        elif due_at < basis.due_at:
            earlier.append(Move(basis, due_at))
    return later, earlier


def running(dossier: Dossier) -> Iterator[Basis]:
    """What the dates rest on that run in a dossier now; none of a clock that stands still."""
    found: list[Basis | None] = []
    if dossier.state == State.SUBMITTED and dossier.submitted_at:
        found.append(deadlines.intake_basis(dossier, deadlines.came_at(dossier) or dossier.submitted_at))
    if dossier.state in RUNNING:
        if dossier.due_before_extension is None:
            found.append(deadlines.settlement_basis(dossier))
        found += [deadlines.task_basis(dossier, one) for one in dossier.tasks.all() if not one.completed_at]
        found += [deadlines.consultation_basis(dossier, one) for one in dossier.consultations.all() if not one.closed_at]
    if dossier.state == State.SUPPLEMENT_REQUESTED:
        found += [deadlines.supplement_basis(dossier, one) for one in dossier.supplements.all() if not one.closed_at]
    if dossier.state == State.PAYMENT_REQUESTED:
        found.append(deadlines.payment_basis(dossier))
    yield from (one for one in found if one is not None)


def read(dossiers: QuerySet[Dossier]) -> Iterable[Dossier]:
    """The dossiers with all that their dates rest on, in batches; the content of a version once for each version."""
    return (
        dossiers.select_related("procedure_version", "agency__calendar", "reception__calendar")
        .defer("procedure_version__content", "search")
        .prefetch_related(
            Prefetch("tasks", Task.objects.open().select_related("agency__calendar")),
            Prefetch("consultations", Consultation.objects.open().select_related("agency__calendar")),
            Prefetch("supplements", SupplementRequest.objects.all()),
        )
        .iterator(chunk_size=_BATCH)
    )


def units_of(change: CalendarChange) -> set[int]:
    """The agencies that work by the calendar of a change, or will."""
    here = Agency.objects.filter(calendar=change.working_calendar_id).values_list("pk", flat=True)
    return {*here, *change.units}



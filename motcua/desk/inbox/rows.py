"""What a row of a list shows beside the dossier itself; a fixed number of queries, however many rows."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from motcua.desk import clock
from motcua.desk.clock import Clock
from motcua.desk.inbox.filters import Filters
from motcua.desk.inbox.tabs import MINE
from motcua.dossiers.models import Consultation, Dossier, Seen, Task
from motcua.dossiers.states import ENDED, WAITS_FOR_OWNER, State
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.payments.models import Charge
from motcua.ui.tones import DOSSIER_TONES


@dataclass(frozen=True, slots=True)
class Row:
    """One dossier in a list."""

    dossier: Dossier
    clock: Clock | None
    step: Task | None
    step_clock: Clock | None
    tone: str
    state: str
    owes: bool
    asked_clock: Clock | None  # until when this officer's unit is asked for its opinion
    changed_at: datetime | None
    in_place: bool  # the step is one of an absent officer for whom this one stands in
    is_new: bool  # something happened since this officer last opened it

    @property
    def procedure(self) -> str:
        return self.dossier.procedure_version.procedure.display_name

    @property
    def phone(self) -> str:
        return str(self.dossier.submitter.get("phone", ""))


def rows(dossiers: list[Dossier], actor: Actor, at: datetime, filters: Filters) -> list[Row]:
    """The rows of these dossiers: four queries, and one more for those who may be asked for opinions."""
    waiting = [dossier.subject for dossier in dossiers if dossier.state not in ENDED]
    owing = set(
        Charge.objects.owed().filter(subject__in=waiting).values_list("subject", flat=True) if waiting else []
    )
    asked = _asked(dossiers, actor) if filters.tab is MINE else {}
    changed = _changed(dossiers)
    seen = dict(Seen.objects.filter(user_id=int(actor.id), dossier__in=dossiers).values_list("dossier_id", "seen_at"))
    return [
        _row(
            dossier,
            at,
            filters,
            actor,
            owes=dossier.subject in owing,
            asked=asked.get(dossier.pk),
            changed_at=changed.get(dossier.subject),
            seen_at=seen.get(dossier.pk),
        )
        for dossier in dossiers
    ]


def _changed(dossiers: list[Dossier]) -> dict[str, datetime]:
    """When something last happened to each (one query)."""
    told = Event.objects.filter(subject__in=[dossier.subject for dossier in dossiers])
    return dict(told.values("subject").annotate(last=Max("occurred_at")).values_list("subject", "last"))


def _asked(dossiers: list[Dossier], actor: Actor) -> dict[int, Consultation]:
    """The opinions that this officer may give on these dossiers, the most urgent of each (a query, for who may)."""
    found = Consultation.objects.answerable_by(actor).filter(dossier__in=dossiers).order_by("-due_at")
    return {one.dossier_id: one for one in found.select_related("agency__calendar")}


def _row(
    dossier: Dossier,
    at: datetime,
    filters: Filters,
    actor: Actor,
    *,
    owes: bool,
    asked: Consultation | None,
    changed_at: datetime | None,
    seen_at: datetime | None,
) -> Row:
    state = State(dossier.state)
    step = next(iter(dossier.open_tasks), None)  # type: ignore[attr-defined]
    running = state in (State.ACCEPTED, State.PROCESSING)
    step_clock = None
    if step and running and filters.tab is MINE:
        step_clock = clock.clock(step.name, step.due_at, at, dossier.agency.calendar.calendar)
    return Row(
        dossier,
        clock.of_dossier(dossier, at, supplement_due=dossier.deadline),
        step if dossier.state not in WAITS_FOR_OWNER else None,
        step_clock,
        DOSSIER_TONES[state],
        str(state.label),
        owes,
        clock.clock(_("Hạn cho ý kiến"), asked.due_at, at, asked.agency.calendar.calendar) if asked else None,
        changed_at,
        step is not None and step.assignee_id in actor.deputises,
        dossier.state not in ENDED and (seen_at is None or (changed_at is not None and changed_at > seen_at)),
    )

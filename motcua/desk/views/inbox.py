"""The inbox: what this officer can do now, and the dossiers of his units by state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from motcua.accounts.http import Request
from motcua.agencies.models import Officer, Role
from motcua.desk import clock
from motcua.desk import inbox as lists
from motcua.desk.access import frame, officer, units_of
from motcua.desk.clock import Clock
from motcua.desk.inbox import ENDED_TAB, EVERYTHING, MINE, MOST_COUNTED, TABS, Filters
from motcua.dossiers.models import Consultation, Dossier, Task
from motcua.dossiers.states import ENDED, WAITS_FOR_OWNER, State
from motcua.foundation.actor import Actor
from motcua.foundation.time import now
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

    @property
    def procedure(self) -> str:
        return self.dossier.procedure_version.procedure.display_name


@officer
@require_GET
def inbox(request: Request) -> HttpResponse:
    """A list of dossiers; a whole code typed into the search leads to its dossier at once."""
    filters, at = Filters.read(request.GET), now()
    if filters.text and (found := _named(request, filters.text)):
        return redirect("desk:dossier", code=found.code)
    units = units_of(request)
    page = lists.page(request.actor, filters, at, lists.Place.read(request.GET))
    context = {
        "filters": filters,
        "tabs": _tabs(request, filters, at),
        "rows": _rows(page.rows, request.actor, at, filters),
        "page": page,
        "units": units,
        "procedures": _procedures(request, filters),
        "colleagues": _colleagues(request, filters),
        "my_key": request.actor.id,
        "without_filters": Filters(tab=MINE if filters.tab is EVERYTHING else filters.tab).address(),
        "shows_state": filters.tab in (MINE, ENDED_TAB, EVERYTHING),
    }
    return render(request, "desk/inbox.html", context | frame(units, "inbox"))


def _named(request: Request, text: str) -> Dossier | None:
    """The dossier whose whole code the text is: from a bar code, or pasted."""
    if text.count("-") < 2:
        return None
    return Dossier.objects.visible_to(request.actor).filter(code=text.upper()).only("code").first()


def _tabs(request: Request, filters: Filters, at: datetime) -> list[dict[str, Any]]:
    counted = lists.counts(request.actor, filters, at)
    shown = [EVERYTHING, *TABS] if filters.text else TABS
    return [
        {
            "text": tab.name,
            "href": filters.on(tab).address(),
            "current": tab is filters.tab,
            "count": f"{MOST_COUNTED - 1}+" if counted.get(tab.key) == MOST_COUNTED else counted.get(tab.key),
        }
        for tab in shown
    ]


def _rows(dossiers: list[Dossier], actor: Actor, at: datetime, filters: Filters) -> list[Row]:
    waiting = [dossier.subject for dossier in dossiers if dossier.state not in ENDED]
    owing = set(
        Charge.objects.owed().filter(subject__in=waiting).values_list("subject", flat=True) if waiting else []
    )
    asked = _asked(dossiers, actor) if filters.tab is MINE else {}
    return [
        _row(dossier, at, filters, owes=dossier.subject in owing, asked=asked.get(dossier.pk)) for dossier in dossiers
    ]


def _asked(dossiers: list[Dossier], actor: Actor) -> dict[int, Consultation]:
    """The opinions that this officer may give on these dossiers, the most urgent of each (a query, for who may)."""
    found = Consultation.objects.answerable_by(actor).filter(dossier__in=dossiers).order_by("-due_at")
    return {one.dossier_id: one for one in found.select_related("agency__calendar")}


def _row(dossier: Dossier, at: datetime, filters: Filters, *, owes: bool, asked: Consultation | None) -> Row:
    step = next(iter(dossier.open_tasks), None)  # type: ignore[attr-defined]
    running = dossier.state in (State.ACCEPTED, State.PROCESSING)
    step_clock = None
    if step and running and filters.tab is MINE:
        step_clock = clock.clock(step.name, step.due_at, at, dossier.agency.calendar.calendar)
    return Row(
        dossier,
        clock.of_dossier(dossier, at, supplement_due=dossier.supplement_due),  # type: ignore[attr-defined]
        step if dossier.state not in WAITS_FOR_OWNER else None,
        step_clock,
        DOSSIER_TONES[State(dossier.state)],
        dossier.get_state_display(),
        owes,
        clock.clock(_("Hạn cho ý kiến"), asked.due_at, at, asked.agency.calendar.calendar) if asked else None,
    )


def _procedures(request: Request, filters: Filters) -> list[tuple[str, str]]:
    """The procedures under way in the officer's units: as many as their backlog has, whatever is kept."""
    under_way = Dossier.objects.visible_to(request.actor).filter(state__in=MINE.states)
    number, short = "procedure_version__procedure__number", "procedure_version__procedure__short_name"
    name, order = "procedure_version__procedure__name", "procedure_version__procedure__name_key"
    found = under_way.order_by(order).values_list(number, short, name, order).distinct()[:100]
    listed = [(number, f"{(short or name)[:80]} ({number})") for number, short, name, _order in found]
    if filters.procedure and filters.procedure not in dict(listed):
        listed.append((filters.procedure, filters.procedure))
    return listed


def _colleagues(request: Request, filters: Filters) -> list[tuple[str, str]]:
    """Whose tasks one may ask for: everybody's in my units who can be given a dossier."""
    found = (
        Officer.objects.filter(agency_id__in=request.actor.agency_ids, user__is_active=True)
        .filter(Q(role=Role.APPRAISER) | Q(user_id=request.actor.user_id))
        .order_by("user__sort_key")
        .values_list("user_id", "user__full_name")
        .distinct()[:300]
    )
    listed = [(str(key), name) for key, name in found]
    return [("chua", _("Chưa phân công")), *listed]

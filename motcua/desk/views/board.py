"""The board: how many dossiers of my units are in which state, how many are late, and who has what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from motcua.accounts.http import Request
from motcua.agencies.models import Agency
from motcua.desk import inbox
from motcua.desk.access import frame, officer, units_of
from motcua.desk.inbox import ENDED_TAB, MINE, TABS, Filters
from motcua.dossiers.models import Dossier, Task
from motcua.dossiers.states import State
from motcua.foundation.time import now

_SHOWN = [tab for tab in TABS if tab not in (MINE, ENDED_TAB)]
_RUNNING = next(tab for tab in TABS if State.PROCESSING in tab.states and tab is not MINE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that opens into the dossiers it counts."""

    name: str
    count: int
    href: str
    has_deadline: bool = True


@officer
@require_GET
def board(request: Request) -> HttpResponse:
    at = now()
    units = units_of(request)
    context = {
        "units": [(unit, _cells(request, unit, at)) for unit in units],
        "loads": _loads(request, at),
        "at": at,
    }
    return render(request, "desk/board.html", context | frame(units, "board"))


def _cells(request: Request, unit: Agency, at: datetime) -> list[list[Cell]]:
    """For each list of what is under way, how many there are and how many are late (one query a unit)."""
    under_way = Dossier.objects.visible_to(request.actor).filter(
        Q(agency=unit) | Q(reception=unit), state__in=MINE.states
    )
    counted = (
        inbox.with_deadlines(under_way)
        .order_by()
        .values("state")
        .annotate(total=Count("pk"), late=Count("pk", filter=inbox.is_late_at(at)))
    )
    by_state: dict[str, Any] = {row["state"]: row for row in counted}
    cells = []
    for tab in _SHOWN:
        rows = [by_state[state] for state in tab.states if state in by_state]
        filters = Filters(tab=tab, unit=unit.code)
        late = Filters(tab=tab, unit=unit.code, late=True)
        cells.append(
            [
                Cell(
                    str(tab.name),
                    sum(row["total"] for row in rows),
                    filters.link,
                    State.SETTLED not in tab.states,
                ),
                Cell(_("quá hạn"), sum(row["late"] for row in rows), late.link),
            ]
        )
    return cells


def _loads(request: Request, at: datetime) -> list[dict[str, Any]]:
    """Whose table has how many dossiers under way, and how many of those are late (one query)."""
    running = Dossier.objects.visible_to(request.actor).filter(state__in=_RUNNING.states)
    counted = (
        Task.objects.open()
        .filter(dossier__in=running, assignee__isnull=False)
        .values("assignee_id", "assignee__full_name", "assignee__sort_key")
        .annotate(
            total=Count("dossier_id", distinct=True),
            late=Count("dossier_id", distinct=True, filter=Q(dossier__due_at__lt=at)),
        )
        .order_by("assignee__sort_key")
    )
    return [
        {
            "name": row["assignee__full_name"],
            "total": Cell(_("đang xử lý"), row["total"], _of(row["assignee_id"], late=False)),
            "late": Cell(_("quá hạn"), row["late"], _of(row["assignee_id"], late=True)),
        }
        for row in counted
    ]


def _of(assignee: int, *, late: bool) -> str:
    return Filters(tab=_RUNNING, assignee=str(assignee), late=late).link

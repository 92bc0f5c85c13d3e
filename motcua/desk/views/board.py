"""The board of the supervisor: of a unit, and of all units of a controller; every number opens its dossiers."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from motcua.accounts.http import Request
from motcua.agencies.models import Agency
from motcua.agencies.oversight import overseen_by
from motcua.desk.access import frame, officer, units_of
from motcua.desk.views.reports import listed, opened, tabs
from motcua.dossiers import outlook, overtaken, reporting
from motcua.dossiers.models import Handover
from motcua.dossiers.outlook import CELLS, Moment
from motcua.dossiers.reporting import Scope
from motcua.foundation.planning import planned_for_its_values
from motcua.foundation.time import now
from motcua.ui import paging
from motcua.ui.tones import DOSSIER_TONES

_HEADS = ("dang-mo", "qua-han", "hom-nay", "sap-han")
_BESIDE = ("cho-nhan", "cham-nhan", "gap-nhan", "cho-nop", "cho-tra", "xin-loi")
_COLUMNS = ("dang-mo", "qua-han", "hom-nay", "sap-han", "buoc-cham")
_MOST_NAMED = 20  # overtaken dossiers that the board itself lists


@dataclass(frozen=True, slots=True)
class Number:
    """A number that opens into the dossiers it counts; nothing opens behind zero."""

    key: str
    name: str
    count: int
    href: str


@officer
@require_GET
def board(request: Request) -> HttpResponse:
    """The board of a unit; who reads several sees them side by side first."""
    at, units = now(), _units(request)
    unit = next((unit for unit in units if unit.code == request.GET.get("don-vi", "")), None)
    context = {"at": at, "tabs": tabs(request, "board"), "units": units} | frame(units_of(request), "board")
    if unit is None and len(units) != 1:
        return render(request, "desk/board/units.html", context | _side_by_side(units, at))
    with planned_for_its_values():
        shown = _of_unit(request, unit or units[0], at)
    return render(request, "desk/board/unit.html", context | shown)


@officer
@require_GET
def board_dossiers(request: Request) -> HttpResponse:
    """The dossiers that a number of the board counts, page by page."""
    at, asked, units = now(), request.GET, _units(request)
    unit = next((unit for unit in units if asked.get("don-vi", unit.code) == unit.code), None)
    key = asked.get("so", "dang-mo")
    if unit is None:
        raise Http404
    step, person = asked.get("buoc", "")[:200], asked.get("nguoi")
    if person is not None and person and not (person.isascii() and person.isdigit() and len(person) < 18):
        raise Http404
    title, rows = _named(key, unit, at, step, person)
    page = paging.page(listed(rows), request, by="submitted_at", size=50)
    context = {
        "at": at,
        "unit": unit,
        "title": title,
        "step": step,
        "page": page,
        "opened": opened(request, page.rows),
        "tones": DOSSIER_TONES,
        "tabs": tabs(request, "board"),
        "back": _address(unit),
    }
    return render(request, "desk/board/dossiers.html", context | frame(units_of(request), "board"))


def _named(key: str, unit: Agency, at: datetime, step: str, person: str | None) -> tuple[str, Any]:
    """What a list is called, and its dossiers. Raises Http404 for a number that there is not."""
    if key in ("du-bao", "bi-vuot"):
        seen = outlook.kept_or_now([unit], at)[unit.pk]
        keys = [pk for pk, _chance in seen.forecast.likely] if key == "du-bao" else [one.dossier for one in seen.overtaken]
        title = _("Dự báo sẽ quá hạn") if key == "du-bao" else _("Bị vượt lượt")
        return title, reporting.counted().filter(Scope((unit,)).condition(), pk__in=keys)
    if key != "buoc-cham" and key not in CELLS:
        raise Http404
    moment = Moment.of(at, unit.calendar.calendar)
    title = str(CELLS[key].name) if key in CELLS else _("Chậm ở bước hiện tại")
    return title, outlook.dossiers(key, Scope((unit,)), moment, step=step, officer=person)


def _units(request: Request) -> list[Agency]:
    """The units whose boards this officer opens: where he works, and those that he controls (one query)."""
    found = Agency.objects.filter(overseen_by(request.actor)) | Agency.objects.filter(pk__in=request.actor.agency_ids)
    return list(found.select_related("calendar").order_by("code").distinct())


def _address(unit: Agency, key: str = "", **more: str) -> str:
    return _address_of(unit.code, key) + ("&" + urlencode(more) if more else "")


@lru_cache(maxsize=5000)
def _address_of(code: str, key: str) -> str:
    """The address of a number, or of a board without key; a page of a province has a thousand of them."""
    words = {"don-vi": code, **({"so": key} if key else {})}
    return f"{reverse('desk:board_dossiers' if key else 'desk:board')}?{urlencode(words)}"


def _number(unit: Agency, key: str, count: int, name: str = "", **more: str) -> Number:
    return Number(key, name or str(CELLS[key].name), count, _address(unit, key, **more) if count else "")


def _of_unit(request: Request, unit: Agency, at: datetime) -> dict[str, Any]:
    moment = Moment.of(at, unit.calendar.calendar)
    now_, seen = outlook.board(unit, moment), outlook.kept_or_now([unit], at)[unit.pk]
    named = seen.overtaken[:_MOST_NAMED]
    dossiers = overtaken.dossiers_of(named)
    days = outlook.due_days(Scope((unit,)), moment, unit.calendar.calendar)
    return {
        "unit": unit,
        "heads": [_number(unit, key, now_.counts[key]) for key in _HEADS],
        "beside": [_number(unit, key, now_.counts[key]) for key in _BESIDE],
        "soon": moment.soon,
        "steps": [_line(unit, line, "buoc") for line in now_.steps],
        "officers": [_line(unit, line, "nguoi") for line in now_.officers],
        "columns": [str(CELLS[key].name) if key in CELLS else _("Chậm ở bước") for key in _COLUMNS],
        "days": days,
        "seen": seen,
        "forecast": seen.forecast,
        "forecast_href": _address(unit, "du-bao"),
        "overtaken": [(dossiers[one.dossier], one) for one in named if one.dossier in dossiers],
        "overtaken_href": _address(unit, "bi-vuot"),
        "opened": opened(request, list(dossiers.values())),
        "in_transit": _in_transit(unit),
        "opens_slips": unit.pk in request.actor.agency_ids,
    }


def _line(unit: Agency, line: outlook.Line, word: str) -> tuple[str, list[Number]]:
    return line.name, [
        _number(unit, key, line.counts[key], _("Chậm ở bước hiện tại") if key not in CELLS else "", **{word: line.key})
        for key in _COLUMNS
    ]


def _in_transit(unit: Agency) -> list[tuple[str, str, int]]:
    """Slips on their way to this unit and from it: the word of the list that shows just these, its name, how many."""
    sent, begun = Q(state=Handover.State.SENT), Q(state=Handover.State.GATHERING)
    to, from_here = sent & Q(taker=unit), (sent | begun) & Q(giver=unit)
    counted = Handover.objects.filter(to | from_here).aggregate(
        den=Count("pk", filter=to), di=Count("pk", filter=from_here)
    )
    return [("den", _("Phiếu bàn giao chờ nhận"), counted["den"]), ("di", _("Phiếu bàn giao đang chuyển đi"), counted["di"])]


def _side_by_side(units: list[Agency], at: datetime) -> dict[str, Any]:
    """What is kept of each unit, and the sums; units without work are left out.

    What a one-stop centre receives is settled by other units: it stands below the sums, and is not in them.
    """
    seen = outlook.kept_or_now(units, at)
    keys = [*_HEADS, "cho-nhan", "cham-nhan", "cho-tra", "xin-loi"]
    shown = [unit for unit in units if any(seen[unit.pk].counts.values())]
    settling = [seen[unit.pk] for unit in shown if unit.kind != Agency.Kind.CENTRE]
    return {
        "columns": [str(CELLS[key].name) for key in keys] + [_("Dự báo quá hạn"), _("Bị vượt lượt")],
        "rows": [_row(unit, keys, seen[unit.pk]) for unit in shown if unit.kind != Agency.Kind.CENTRE],
        "centres": [_row(unit, keys, seen[unit.pk]) for unit in shown if unit.kind == Agency.Kind.CENTRE],
        "total": [
            *(sum(one.counts[key] for one in settling) for key in keys),
            sum(one.forecast.number for one in settling),
            sum(len(one.overtaken) for one in settling),
        ],
        "heads": [(str(CELLS[key].name), sum(one.counts[key] for one in settling)) for key in _HEADS],
        "expected": sum(one.forecast.number for one in settling),
        "unexplained": sum(one.unexplained for one in settling),
        "horizon": max((seen[unit.pk].forecast.horizon for unit in shown), default=None),
        "since": min((seen[unit.pk].at for unit in shown), default=at),
    }


def _row(unit: Agency, keys: list[str], seen: outlook.Outlook) -> tuple[Agency, str, list[Number]]:
    """A unit, the address of its board, its numbers."""
    numbers = [_number(unit, key, seen.counts[key]) for key in keys]
    numbers.append(_number(unit, "du-bao", seen.forecast.number, _("Dự báo quá hạn")))
    numbers.append(_number(unit, "bi-vuot", len(seen.overtaken), _("Bị vượt lượt")))
    return unit, _address(unit), numbers

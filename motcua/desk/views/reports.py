"""The reports: Biểu II.06a and the register, on screen, as a sheet, as a paper; and the dossiers behind each number."""

import io
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from motcua.accounts.http import Request
from motcua.agencies.models import Agency
from motcua.desk import reports, sheets
from motcua.desk.access import frame, officer, units_of
from motcua.desk.reports import Asked
from motcua.dossiers import operations, reporting
from motcua.dossiers.models import Dossier
from motcua.dossiers.reporting import BESIDE, CELLS, Period, Span
from motcua.dossiers.uploads import PDF
from motcua.foundation.time import HANOI, now
from motcua.papers.render import render as draw
from motcua.procedures.models import Sector
from motcua.ui import paging
from motcua.ui.tones import DOSSIER_TONES

AT_ONCE = 300  # lines of a register that is drawn while one waits: half a second
MOST_ON_PAPER = 3000  # what a job draws: some 360 pages
MOST_IN_SHEET = 10_000  # some seconds; a year of most units


@officer
@require_GET
def statistics(request: Request) -> HttpResponse:
    """Biểu II.06a of a period, by sector or by unit; every number opens its dossiers."""
    asked = _asked(request)
    found = reporting.statistics(asked.span, asked.scope, sector=asked.sector)
    total = reporting.Line("", str(found.total.name), found.total.counts)
    context = _context(request, asked) | {
        "groups": reports.groups(),
        "columns": reports.COLUMNS,
        "rows": [reports.shown(asked, line) for line in reports.lines(asked, found)],
        "total": reports.shown(_whole(asked), total),
        "beside": reports.beside(asked, found),
        "sectors": list(Sector.objects.order_by("name_key").values_list("code", "name")),
        "form": reports.FORM,
    }
    return render(request, "desk/reports/statistics.html", context)


@officer
@require_GET
def statistics_sheet(request: Request) -> FileResponse:
    asked = _asked(request)
    found = reporting.statistics(asked.span, asked.scope, sector=asked.sector)
    content = sheets.workbook(**reports.statistics_sheet(asked, found))
    return _saved(content, f"bieu-ii-06a-{_file(asked)}.xlsx", sheets.TYPE)


@officer
@require_GET
def statistics_paper(request: Request) -> FileResponse:
    asked = _asked(request)
    found = reporting.statistics(asked.span, asked.scope, sector=asked.sector)
    data = reports.statistics_paper(asked, found, request.actor.name, now())
    return _saved(draw("table", data), f"bieu-ii-06a-{_file(asked)}.pdf", PDF)


@officer
@require_GET
def dossiers(request: Request) -> HttpResponse:
    """The dossiers that a number of Biểu II.06a counts, page by page."""
    asked, key = _asked(request), request.GET.get("so", "tiep-nhan")
    cell = CELLS.get(key) or BESIDE.get(key)
    if cell is None:
        raise Http404
    rows = reporting.dossiers(key, asked.span, asked.scope, sector=asked.sector)
    page = paging.page(listed(rows), request, by="submitted_at" if key in BESIDE else "accepted_at", size=50)
    context = _context(request, asked) | {
        "title": cell.name,
        "page": page,
        "opened": opened(request, page.rows),
        "tones": DOSSIER_TONES,
        "sector": Sector.objects.filter(code=asked.sector).values_list("name", flat=True).first() or "",
        "back": asked.words(),
    }
    return render(request, "desk/reports/dossiers.html", context)


@officer
@require_GET
def register(request: Request) -> HttpResponse:
    """Sổ theo dõi hồ sơ (Mẫu 07) of a unit and a period. Who looks is logged: it names people."""
    asked = _asked(request, book=True)
    page = paging.page(_register(asked), request, by="accepted_at", size=30)
    operations.note_readings(dossiers=page.rows, purpose="view_register", actor=request.actor, at=now())
    context = _context(request, asked) | {
        "page": page,
        "entries": [reports.entry(dossier) for dossier in page.rows],
        "opened": opened(request, page.rows),
        "tones": DOSSIER_TONES,
        "form": reports.REGISTER_FORM,
    }
    return render(request, "desk/reports/register.html", context)


@officer
@require_GET
def register_sheet(request: Request) -> HttpResponse | FileResponse:
    """Mẫu 07 as a sheet; one that is too long for it is asked to be narrowed, never cut off in silence."""
    asked = _asked(request, book=True)
    found = list(_register(asked).order_by("accepted_at", "pk")[: MOST_IN_SHEET + 1])
    if len(found) > MOST_IN_SHEET:
        return _too_long(request, asked, MOST_IN_SHEET, is_sheet=True)
    operations.note_readings(dossiers=found, purpose="export_register", actor=request.actor, at=now())
    content = sheets.workbook(**reports.register_sheet(asked, found))
    return _saved(content, f"so-theo-doi-{_file(asked)}.xlsx", sheets.TYPE)


@officer
@require_GET
def register_paper(request: Request) -> HttpResponse | FileResponse:
    """Mẫu 07 as PDF: a short one at once, a long one by a job; one too long for paper is asked to be narrowed."""
    asked = _asked(request, book=True)
    found = list(_register(asked).order_by("accepted_at", "pk")[: MOST_ON_PAPER + 1])
    if len(found) > MOST_ON_PAPER:
        return _too_long(request, asked, MOST_ON_PAPER)
    operations.note_readings(dossiers=found, purpose="export_register", actor=request.actor, at=now())
    at, name = now(), f"so-theo-doi-{_file(asked)}.pdf"
    data = reports.register_paper(asked, found, request.actor.name, at)
    if len(found) <= AT_ONCE:
        return _saved(draw("table", data), name, PDF)
    pressed = f"{request.actor.id}:{asked.words()}:{at:%Y-%m-%d %H:%M}"  # twice in a minute is once
    run = operations.order_table(key=uuid5(NAMESPACE_URL, pressed), data=data, name=name, actor=request.actor, at=at)
    return redirect("desk:bulk_run", public_id=run.public_id)


def _too_long(request: Request, asked: Asked, most: int, *, is_sheet: bool = False) -> HttpResponse:
    context = _context(request, asked) | {"most": most, "is_sheet": is_sheet}
    return render(request, "desk/reports/too_long.html", context, status=422)


def _asked(request: Request, *, book: bool = False) -> Asked:
    """What the address asks for. Raises PermissionDenied to who reads no unit's figures."""
    units = reporting.units_reported_to(request.actor, book=book)
    if not units:
        raise PermissionDenied
    at = now()
    key = request.GET.get("ky", "")
    first, last = _day(request.GET.get("tu", "")), _day(request.GET.get("den", ""))
    if first and last and first <= last and key in ("", request.GET.get("dang-xem")):  # typed, and no other chosen
        period = Period.between(first, last)
    else:
        period = Period.read(key, at.astimezone(HANOI).date())
    unit = next((unit for unit in units if unit.code == request.GET.get("don-vi", "")), None)
    if unit is None and (book or len(units) == 1):
        own = [unit for unit in units if unit.kind != Agency.Kind.PROVINCE]  # the province itself keeps no register
        unit = (own or units)[0]
    by = reports.BY_UNIT if request.GET.get("theo") == reports.BY_UNIT and unit is None else reports.BY_SECTOR
    return Asked(Span(period, _cut(request.GET.get("luc", ""), at)), tuple(units), unit, request.GET.get("linh-vuc", "")[:20], by)


def _whole(asked: Asked) -> Asked:
    """The same, for the line of sums: it is of no sector and of no unit of its own."""
    return Asked(asked.span, asked.units, asked.unit, asked.sector, reports.BY_SECTOR)


def _cut(text: str, at: datetime) -> datetime:
    """The moment that a link names, at which its number was counted; never one that is still to come."""
    try:
        named = datetime.fromisoformat(text)
        return min(named, at) if named.tzinfo else at
    except (ValueError, OverflowError):
        return at


def _day(text: str) -> date | None:
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
        return found if 2000 <= found.year < 3000 else None
    return None


def _context(request: Request, asked: Asked) -> dict[str, Any]:
    today = asked.span.at.astimezone(HANOI).date()
    period = asked.span.period
    offered = reports.choices(today)
    context = {
        "asked": asked,
        "period": period,
        "previous": period.beside(-1),
        "next": following if (following := period.beside(1)) and following.start <= asked.span.at else None,
        "offered": offered,
        "is_own": period.key not in {one.key for _kind, found in offered for one in found},
        "over": asked.span.cut == period.end,
        "tabs": tabs(request, getattr(request.resolver_match, "url_name", "")),
    }
    return context | frame(units_of(request), "board")


def tabs(request: Request, current: str) -> list[dict[str, Any]]:
    """The pages beside the board, as far as this officer may open them."""
    held = {role for _agency, role in request.actor.roles}
    leads = {"head", "leader", "controller"}
    entries = [
        ("board", _("Bảng điều hành"), True),
        ("reports", _("Báo cáo II.06a"), bool(held & leads)),
        ("register", _("Sổ theo dõi"), bool(held & (leads | {"receiver", "returner", "clerk"}))),
    ]
    return [
        {"text": text, "href": reverse(f"desk:{name}"), "current": current.startswith(name.rstrip("s"))}
        for name, text, may in entries
        if may
    ]


def listed(rows: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """All that a line of a list of numbers shows, in one query: nothing about people."""
    return rows.select_related("procedure_version__procedure", "agency").only(
        "code", "state", "submitted_at", "accepted_at", "due_at", "due_before_extension", "settled_at", "ended_at",
        "procedure_version__procedure__name", "procedure_version__procedure__short_name", "agency__name",
        "agency__short_name",
    )  # fmt: skip


def opened(request: Request, rows: list[Dossier]) -> set[int]:
    """The dossiers of a list whose pages this officer may open (one query)."""
    seen = Dossier.objects.visible_to(request.actor, overseen=True).filter(pk__in=[row.pk for row in rows])
    return set(seen.values_list("pk", flat=True))


def _register(asked: Asked) -> QuerySet[Dossier]:
    """What was accepted in the period."""
    within = {"accepted_at__gte": asked.span.start, "accepted_at__lt": asked.span.cut}
    rows = reporting.counted().filter(asked.scope.condition()).filter(**within)
    return reports.register(rows)


def _file(asked: Asked) -> str:
    return f"{asked.unit.code if asked.unit else 'toan-tinh'}-{asked.span.period.key}".replace("_", "-den-")


def _saved(content: bytes, name: str, kind: str) -> FileResponse:
    response = FileResponse(io.BytesIO(content), as_attachment=kind != PDF, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response

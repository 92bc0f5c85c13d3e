"""Slips: what comes, what goes, what is confirmed."""

import io
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from motcua.accounts.http import Request
from motcua.agencies.models import Agency
from motcua.desk.access import frame, officer, units_of
from motcua.dossiers import operations
from motcua.dossiers.models import BroughtPaper, Dossier, Handover, HandoverLine
from motcua.dossiers.states import State
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.time import now
from motcua.papers import operations as papers
from motcua.ui.paging import page

TONES = {"gathering": "neutral", "sent": "waiting", "received": "success", "partly": "danger", "cancelled": "neutral"}
OFFERED = 200  # dossiers on the page that makes a slip


@officer
@require_GET
def handovers(request: Request) -> HttpResponse:
    """The slips of my units: on their way here, on their way from here, and those that are over."""
    wanted = request.GET.get("muc", "den")
    units = request.actor.agency_ids
    on_their_way = Q(state=Handover.State.SENT)
    filters = {
        "den": on_their_way & Q(taker_id__in=units),
        "di": (on_their_way | Q(state=Handover.State.GATHERING)) & Q(giver_id__in=units),
        "xong": Q(state__in=["received", "partly", "cancelled"]),
    }
    if wanted not in filters:
        wanted = "den"
    found = Handover.objects.visible_to(request.actor).filter(filters[wanted]).select_related("giver", "taker")
    listed = page(found.annotate(total=Count("lines")), request, by="-")
    names = {
        "den": (_("Chờ nhận"), _("Không có hồ sơ nào đang được chuyển đến đơn vị")),
        "di": (_("Đang chuyển đi"), _("Không có hồ sơ nào đang được chuyển đi")),
        "xong": (_("Đã xong"), _("Chưa có phiếu bàn giao nào đã xong")),
    }
    context = {
        "tabs": [{"text": name, "href": f"?muc={key}", "current": key == wanted} for key, (name, _none) in names.items()],
        "page": listed,
        "empty": names[wanted][1],
        "tones": TONES,
        "may_give": any(operations.hands_over_for(unit, request.actor) for unit in units),
    }
    return render(request, "desk/handover/list.html", context | frame(units_of(request), "handovers"))


@officer
@require_GET
def gather(request: Request) -> HttpResponse:
    """The dossiers whose papers, or results, may go from one of my units to another; chosen, they make a slip."""
    content = request.GET.get("content", Handover.Content.PAPERS)
    if content not in Handover.Content.values:
        content = Handover.Content.PAPERS
    mine = [unit for unit in units_of(request) if operations.hands_over_for(unit.pk, request.actor)]
    if not mine:
        raise Http404
    giver = next((unit for unit in mine if str(unit.pk) == request.GET.get("giver")), mine[0])
    rows = _between(giver, content)
    context = {
        "content": content,
        "giver": giver,
        "givers": [(str(unit.pk), unit.label) for unit in mine],
        "rows": rows[:OFFERED],
        "more": len(rows) > OFFERED,
        "offered": OFFERED,
        "all_chosen": request.GET.get("chon") == "tat-ca",
    }
    return render(request, "desk/handover/gather.html", context | frame(units_of(request), "handovers"))


def _between(giver: Agency, content: str) -> list[Dossier]:
    """Dossiers of the giver and another unit that wait to be handed on, the most urgent first (one query)."""
    lines = HandoverLine.objects.filter(dossier=OuterRef("pk"), handover__content=content)
    found = Dossier.objects.for_list().select_related("procedure_version__procedure")
    if content == Handover.Content.RESULTS:
        found = found.filter(agency=giver, state=State.SETTLED).exclude(reception=giver)
    else:
        found = found.filter(reception=giver, state__in=[State.ACCEPTED, State.PROCESSING]).exclude(agency=giver)
        on_paper = BroughtPaper.objects.filter(dossier=OuterRef("pk"))
        found = found.filter(~Q(channel=Dossier.Channel.ONLINE) | Exists(on_paper))
    taken = lines.filter(state__in=[HandoverLine.State.UNDER_WAY, HandoverLine.State.RECEIVED])
    return list(found.exclude(Exists(taken)).order_by("due_at", "id")[: OFFERED + 1])


@officer
@require_http_methods(["GET", "POST"])
def slip(request: Request, pk: int) -> HttpResponse:
    """One slip; the unit that takes confirms it here, the one that gives may call it back."""
    found = _find(request, pk)
    mistakes: dict[str, str] = {}
    typed: dict[int, str] = {}
    if request.method == "POST":
        typed = {
            int(name[6:]): str(words)
            for name, words in request.POST.items()
            if name.startswith("thieu-") and name[6:].isdecimal() and len(name) < 24 and str(words).strip()
        }
        act = request.POST.get("viec", "")
        try:
            said = _done(request, found, act, typed)
        except Refusal as refusal:
            mistakes[""] = str(refusal)
            found = _find(request, pk)
            return _shown(request, found, mistakes, typed, 409 if isinstance(refusal, WrongState) else 422)
        messages.success(request, said)
        return redirect("desk:handover", pk=pk)
    return _shown(request, found, mistakes, typed, 200)


def _done(request: Request, found: Handover, act: str, missing: dict[int, str]) -> str:
    who: dict[str, Any] = {"handover": found, "actor": request.actor, "at": now()}
    if act == "nhan":
        operations.take(missing=missing, note=request.POST.get("note", ""), **who)
        if missing:
            return _("Đã xác nhận nhận thiếu; bên giao thấy nội dung còn thiếu.")
        return _("Đã xác nhận nhận đủ theo phiếu số %(number)s.") % {"number": found.number}
    if act == "giao":
        given = operations.give(**who)
        return _("Đã giao theo phiếu số %(number)s.") % {"number": given.number}
    if act == "huy":
        operations.cancel_handover(**who)
        return _("Đã hủy phiếu bàn giao.")
    raise Http404


def _shown(
    request: Request, found: Handover, mistakes: dict[str, str], typed: dict[int, str], status: int
) -> HttpResponse:
    lines = list(
        found.lines.select_related("dossier__procedure_version__procedure").defer(
            "dossier__answers", "dossier__search", "dossier__procedure_version__content"
        )
    )
    is_open = found.state == Handover.State.SENT
    context: dict[str, Any] = {
        "slip": found,
        "lines": lines,
        "tone": TONES[found.state],
        "mistakes": mistakes,
        "typed": typed,
        "may_take": is_open and operations.hands_over_for(found.taker_id, request.actor),
        "may_give": found.state == Handover.State.GATHERING and operations.hands_over_for(found.giver_id, request.actor),
        "may_cancel": found.state in ("sent", "gathering") and operations.hands_over_for(found.giver_id, request.actor),
        "line_tones": {"under_way": "waiting", "received": "success", "missing": "danger", "cancelled": "neutral"},
    }
    return render(request, "desk/handover/slip.html", context | frame(units_of(request), "handovers"), status=status)


@officer
@require_GET
def paper(request: Request, pk: int) -> FileResponse:
    """The slip as PDF, as it was issued last. It names people: who prints it is logged."""
    found = _find(request, pk)
    if found.paper is None:
        raise Http404
    listed = Dossier.objects.filter(handover_lines__handover=found).only("id", "applicant_id")
    operations.note_readings(dossiers=listed, purpose="print_papers", actor=request.actor, at=now())
    stored = papers.file_of(found.paper)
    with stored.open() as content:
        answer = io.BytesIO(content.read())
    response = FileResponse(answer, filename=stored.name, content_type=stored.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _find(request: Request, pk: int) -> Handover:
    found = Handover.objects.visible_to(request.actor).select_related("giver", "taker", "paper__file")
    return get_object_or_404(found, pk=pk)

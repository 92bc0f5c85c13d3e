"""The inbox: what this officer can do now, and the dossiers of his units; found, filtered, kept and taken away."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from motcua.accounts.http import Request
from motcua.agencies.models import Agency, Officer, Role
from motcua.desk import inbox as lists
from motcua.desk.access import frame, officer, units_of
from motcua.desk.inbox import BY_KEY, EVERYTHING, MINE, MOST_COUNTED, STATES, WORK, Filters, Tab
from motcua.desk.inbox import columns as table
from motcua.desk.inbox.described import described
from motcua.desk.inbox.export import MOST_ROWS, workbook
from motcua.desk.inbox.offered import procedures_under_way
from motcua.desk.inbox.rows import rows
from motcua.desk.views.notices import to_decide
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier, SavedView, StartView
from motcua.dossiers.operations.bulk import MOST as MOST_CHOSEN
from motcua.dossiers.searching import code_in
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.papers.models import Paper
from motcua.ui.menu import address as address_of


@officer
@require_GET
def inbox(request: Request) -> HttpResponse:
    """A list of dossiers; a code that is scanned or typed whole leads to its dossier at once."""
    asked, views = request.GET, _views(request)
    start = next((view for view in views if view.starts), None)  # type: ignore[attr-defined]
    if not asked and start:
        return redirect(f"{reverse('desk:inbox')}{_address_of_view(start)}")
    filters, at = Filters.read(asked), now()
    if filters.text and (found := _scanned(request, asked.get("q", ""))):
        return redirect("desk:dossier", code=found.code)
    units = units_of(request)
    page = lists.page(request.actor, filters, at, lists.read_place(asked))
    shown = table.chosen(filters.columns)
    current = next((view for view in views if view.pk == filters.view), None)
    context = {
        "filters": filters,
        "work": _tabs(request, filters, WORK),
        "states": _tabs(request, filters, STATES),
        "counted": _counted(request, at),
        "rows": rows(page.rows, request.actor, at, filters),
        "page": page,
        "units": units,
        "procedures": _procedures(request, filters),
        "colleagues": _colleagues(request, filters),
        "columns": shown,
        "all_columns": table.COLUMNS,
        "column_keys": {one.key for one in shown},
        "my_key": request.actor.id,
        "without_filters": filters.bare(MINE if filters.tab is EVERYTHING and filters.text else None).address(),
        "conditions": described(filters),
        "hidden_words": {word: value for word, value in filters.narrowing.items() if word not in _IN_THE_FORM},
        "views": [(view, _address_of_view(view)) for view in views],
        "view": current,
        "start": start.pk if start else 0,
        "export": f"{reverse('desk:export')}{filters.address()}",
        "most_rows": MOST_ROWS,
        "bulk": address_of("desk:bulk"),
        "most_chosen": MOST_CHOSEN,
        "to_decide": to_decide(request.actor) if filters.tab is MINE else [],
    }
    return render(request, "desk/inbox.html", context | frame(units, "inbox"))


def _views(request: Request) -> list[SavedView]:
    """The saved views that this officer may use, each with `starts` (one query)."""
    start = StartView.objects.filter(user_id=int(request.actor.id), view=OuterRef("pk"))
    usable = SavedView.objects.usable_by(request.actor).select_related("shared_with")
    return list(usable.annotate(starts=Exists(start)).order_by("name", "id")[:100])


_IN_THE_FORM = {"q", "thu-tuc", "nguoi", "don-vi", "qua-han"}


def _scanned(request: Request, text: str) -> Dossier | None:
    """The dossier that a text names: its whole code, alone or in an address, or the check code of one of its papers."""
    seen = Dossier.objects.visible_to(request.actor).only("code")
    if code := code_in(text[:500]):
        return seen.filter(code=code).first()
    paper = Paper.objects.by_check_code(text[:500].rpartition("=")[2]).first()
    if paper is None or not paper.subject.startswith("dossier:"):
        return None
    return seen.filter(pk=int(paper.subject.partition(":")[2])).first()


def _tabs(request: Request, filters: Filters, tabs: list[Tab]) -> list[dict[str, Any]]:
    return [
        {
            "key": tab.key,
            "text": tab.name,
            "href": filters.bare(tab).address(),
            "current": tab is filters.tab,
            "letter": tab.letter,
        }
        for tab in tabs
    ]


def _counted(request: Request, at: Any) -> dict[str, str]:
    counted = lists.counts(request.actor, at)
    return {key: f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count) for key, count in counted.items()}


def _procedures(request: Request, filters: Filters) -> list[tuple[str, str]]:
    listed = procedures_under_way(request.actor)
    if filters.procedure and filters.procedure not in dict(listed):
        return [*listed, (filters.procedure, filters.procedure)]
    return listed


def _colleagues(request: Request, filters: Filters) -> list[tuple[str, str]]:
    """Whose tasks one may ask for: everybody's in my units who can be given a dossier."""
    found = (
        Officer.objects.filter(agency_id__in=request.actor.agency_ids, user__is_active=True)
        .filter(Q(role=Role.APPRAISER) | Q(user_id=int(request.actor.id)))
        .order_by("user__sort_key")
        .values_list("user_id", "user__full_name")
        .distinct()[:300]
    )
    listed = [(str(key), name) for key, name in found]
    if filters.assignee.isdigit() and filters.assignee not in dict(listed):
        name = Officer.objects.filter(user_id=int(filters.assignee)).values_list("user__full_name", flat=True).first()
        listed.append((filters.assignee, name or filters.assignee))
    return [("chua", _("Chưa phân công")), ("toi", _("Tôi")), *listed]


# Taken away, and kept ---------------------------------------------------------------------------------------


@officer
@require_GET
def export(request: Request) -> HttpResponseBase:
    """The list as an XLSX file."""
    filters, at = Filters.read(request.GET), now()
    name = f"ho-so-{filters.tab.key}-{at.astimezone(HANOI):%Y%m%d-%H%M}.xlsx"
    return FileResponse(
        workbook(request.actor, filters, at),
        as_attachment=True,
        filename=name,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


@officer
@require_GET
def choose_columns(request: Request) -> HttpResponse:
    """The list with the columns that were ticked."""
    ticked = set(request.GET.getlist("hien"))
    keys = tuple(one.key for one in table.COLUMNS if one.key in ticked)
    filters = replace(Filters.read(request.GET), columns=() if keys == table.USUAL else keys)
    return redirect(filters.link)


@officer
@require_POST
def save_view(request: Request) -> HttpResponse:
    """Keep the list that is open under a name."""
    filters = Filters.read({word: value for word, value in request.POST.items() if isinstance(value, str)})
    code = request.POST.get("chia-se", "")
    unit = get_object_or_404(Agency, code=code) if code else None
    words = {"muc": filters.tab.key, **filters.narrowing}
    try:
        view = operations.save_view(
            name=request.POST.get("ten", ""),
            words=words,
            columns=list(filters.columns),
            shared_with=unit,
            actor=request.actor,
            at=now(),
        )
        if request.POST.get("mo-dau") == "1":
            operations.begin_with(view=view, actor=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(filters.link)
    messages.success(request, _("Đã lưu bộ lọc “%(name)s”.") % {"name": view.name})
    return redirect(f"{reverse('desk:inbox')}{_address_of_view(view)}")


@officer
@require_POST
def change_view(request: Request, pk: int) -> HttpResponse:
    """Begin with a saved view, begin with it no longer, or drop it."""
    view = SavedView.objects.usable_by(request.actor).filter(pk=pk).first()
    if view is None:
        raise Http404
    match request.POST.get("viec"):
        case "mo-dau":
            operations.begin_with(view=view, actor=request.actor)
            messages.success(request, _("Hộp việc sẽ mở bằng bộ lọc “%(name)s”.") % {"name": view.name})
        case "thoi-mo-dau":
            operations.begin_with(view=None, actor=request.actor)
            messages.success(request, _("Hộp việc sẽ mở bằng “Việc của tôi”."))
        case "xoa":
            try:
                operations.drop_view(view=view, actor=request.actor)
            except Refusal as refusal:
                raise PermissionDenied from refusal
            messages.success(request, _("Đã xóa bộ lọc “%(name)s”.") % {"name": view.name})
            return redirect(f"{reverse('desk:inbox')}{Filters(tab=BY_KEY.get(view.words.get('muc', ''), MINE)).address()}")
        case _other:
            raise Http404
    return redirect(f"{reverse('desk:inbox')}{_address_of_view(view)}")


def _address_of_view(view: SavedView) -> str:
    words = {**view.words, "cot": ",".join(view.columns), "xem": str(view.pk)}
    return Filters.read(words).address()

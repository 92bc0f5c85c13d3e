"""What people say for what the law says, and what they looked for in vain."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Max, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.http import Request
from motcua.console import forms
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.foundation.vietnamese import fold
from motcua.procedures import operations
from motcua.procedures.models import MissedQuery, Synonym
from motcua.procedures.search import search
from motcua.ui.paging import numbered, page

_MISSED_DAYS, _MISSED_SHOWN, _MISSED_PAGE = 30, 10, 50
_TRIED_SHOWN = 5


@require_safe
def synonyms(request: Request) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()[:100]
    rows = Synonym.objects.in_use()
    if fold(wanted):
        rows = rows.filter(Q(term_key__contains=fold(wanted)) | Q(replacements__icontains=wanted))
    shown = {
        "page": page(rows, request, by="term_key"),
        "q": wanted,
        "missed": list(_missed()[:_MISSED_SHOWN]),
        **_tried(request),
    }
    return render(request, "console/synonyms.html", shown)


@require_safe
def missed(request: Request) -> HttpResponse:
    """All that was looked for in vain of late, with a way to a synonym for each."""
    shown = {"page": numbered(_missed(), request, size=_MISSED_PAGE), "days": _MISSED_DAYS, **_tried(request)}
    return render(request, "console/missed_queries.html", shown)


def _tried(request: Request) -> dict[str, Any]:
    """What people find now who look for the word that is to be tried."""
    word = request.GET.get("thu", "").strip()[:100]
    results = search(word, limit=_TRIED_SHOWN) if word else None
    return {"tried": word, "results": results}


def _missed() -> QuerySet[Any, Any]:
    """What was looked for in vain of late and has no synonym yet, most often first: text, total, the last day."""
    since = now().astimezone(HANOI).date() - timedelta(days=_MISSED_DAYS)
    lacking = MissedQuery.objects.filter(day__gte=since).exclude(
        text__in=Synonym.objects.in_use().values("term_key")
    )
    counted = lacking.values("text").annotate(total=Sum("times"), last=Max("day"))
    return counted.order_by("-total", "text")


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    form = forms.NewSynonym(request.POST or None, initial={"term": request.GET.get("tu", "")[:100]})
    if request.method == "POST" and form.is_valid():
        term = form.cleaned_data["term"]
        if Synonym.objects.in_use().filter(term_key=fold(term)).exists():
            form.add_error("term", _("Từ này đã có trong danh sách. Vui lòng tìm và sửa từ đó."))
        elif _kept(request, form, term):
            return _try_it(term)
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    synonym = get_object_or_404(Synonym.objects.in_use(), pk=pk)
    initial = {"replacements": "\n".join(synonym.replacements)}
    form = forms.Replacements(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _kept(request, form, synonym.term):
        return _try_it(synonym.term)
    return _form_page(request, form, synonym)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    synonym = get_object_or_404(Synonym, pk=pk)
    operations.remove_synonym(synonym=synonym, actor=request.actor, at=now())
    messages.success(request, _("Đã xóa từ đồng nghĩa “%(term)s”.") % {"term": synonym.term})
    return redirect("console:synonyms")


def _try_it(term: str) -> HttpResponse:
    """Back to the list, showing what the word finds now."""
    return redirect(f"{reverse('console:synonyms')}?{urlencode({'thu': term})}#thu-tim")


def _kept(request: Request, form: forms.Replacements, term: str) -> bool:
    """Whether the synonym could be kept; otherwise the form says why not."""
    try:
        synonym = operations.set_synonym(
            term=term, replacements=form.cleaned_data["replacements"], actor=request.actor, at=now()
        )
    except Refusal as refusal:
        form.add_error("replacements", str(refusal))
        return False
    messages.success(request, _("Đã lưu từ đồng nghĩa “%(term)s”.") % {"term": synonym.term})
    return True


def _form_page(request: Request, form: forms.Replacements, synonym: Synonym | None) -> HttpResponse:
    shown = {"form": form, "synonym": synonym}
    return render(request, "console/synonym.html", shown, status=422 if form.errors else 200)

"""The pages before one files: the first page, the search, one procedure, the public figures."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.accounts.http import Request
from motcua.accounts.middleware import public
from motcua.content.models import Article
from motcua.foundation import formats
from motcua.foundation.time import now
from motcua.portal.catalogue import reports, shelf
from motcua.portal.catalogue.detail import Detail
from motcua.portal.catalogue.listing import Wanted, listing
from motcua.procedures import operations
from motcua.procedures.models import Procedure
from motcua.procedures.search import search

_SUGGESTIONS = 8
_SHORTEST = 2  # characters before anything is suggested
_PRIVATE = (
    "/tai-khoan/",
    "/ho-so/",
    "/nop-ho-so/",
    "/thanh-toan/",
    "/tra-cuu-ho-so/",
    "/can-bo/",
    "/quan-tri/",
)


@public
@require_safe
def home(request: Request) -> HttpResponse:
    shown = {
        "procedures": shelf.most_filed(),
        "sectors": shelf.sectors(),
        "articles": shelf.articles()[:4],
    }
    return render(request, "portal/catalogue/home.html", shown)


# The list -----------------------------------------------------------------------------------------------------


@public
@require_safe
def procedures(request: Request) -> HttpResponse:
    """Look a procedure up ("Tra cứu thủ tục")."""
    return _list(request, Wanted.of(request.GET), _("Tra cứu thủ tục"))


@public
@require_safe
def file(request: Request) -> HttpResponse:
    """Choose the procedure to file for: the same list, of those that are filed here."""
    return _list(request, Wanted.of(request.GET, filed_here=True), _("Nộp hồ sơ trực tuyến"))


def _list(request: Request, wanted: Wanted, title: str) -> HttpResponse:
    found = listing(wanted)
    if wanted.text and not found.total and not wanted.is_filtered and not wanted.filed_here:
        operations.note_missed_query(text=wanted.text, at=now())
    shown = {
        "title": title,
        "listing": found,
        "wanted": found.wanted,
        "filters": found.filters,
        "agencies": shelf.agencies(),
        "sectors": shelf.sectors(),
    }
    return render(request, "portal/catalogue/procedures.html", shown)


@public
@require_safe
def suggest(request: Request) -> HttpResponse:
    """What fits as one types: the options of a list, as a piece of HTML."""
    wanted = Wanted.of(request.GET)
    results = search(wanted.text, limit=_SUGGESTIONS) if len(wanted.text) >= _SHORTEST else None
    response = render(request, "portal/catalogue/suggestions.html", {"results": results})
    patch_cache_control(response, private=True, max_age=30)
    return response


# One procedure ------------------------------------------------------------------------------------------------


@public
@require_safe
def procedure(request: Request, number: str) -> HttpResponse:
    if number != (bare := _bare(number)):
        return HttpResponsePermanentRedirect(reverse("portal:procedure", args=[bare]))
    found, detail = _find(request, number)
    numbers = detail.record.related
    related = list(Procedure.objects.for_list().filter(number__in=numbers)) if numbers else []
    shown = {"procedure": found, "detail": detail, "related": related}
    return render(request, "portal/catalogue/procedure.html", shown)


@public
@require_safe
def procedure_print(request: Request, number: str) -> HttpResponse:
    """The whole record on paper."""
    _procedure, detail = _find(request, number)
    address = settings.BASE_URL + reverse("portal:procedure", args=[number])
    shown = {"detail": detail, "page_address": address, "at": now()}
    return render(request, "portal/catalogue/print.html", shown)


def _bare(number: str) -> str:
    """The national number in any of its written forms. Raises Http404."""
    try:
        return formats.procedure_number(number)
    except ValueError:
        raise Http404 from None


def _find(request: Request, number: str) -> tuple[Procedure, Detail]:
    """The procedure with what its current version tells this reader. Raises Http404."""
    procedures = Procedure.objects.published().select_related("current", "sector").defer("current__content")
    found = get_object_or_404(procedures, number=number)
    assert found.current is not None  # published
    is_officer = request.actor.kind == "officer"
    return found, Detail(found.current.definition, shelf.agencies(), now().date(), for_officer=is_officer)


# Figures, and what robots ask for -----------------------------------------------------------------------------


@public
@require_safe
def statistics(request: Request) -> HttpResponse:
    return render(request, "portal/catalogue/statistics.html", {"figures": reports.public_figures()})


@public
@require_safe
def robots(request: Request) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _PRIVATE)]
    lines += ["", f"Sitemap: {settings.BASE_URL}{reverse('portal:sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
def sitemap(request: Request) -> HttpResponse:
    """The address of every public page, one a line."""
    paths = [reverse(f"portal:{name}") for name in ("home", "procedures", "articles", "statistics")]
    numbers = Procedure.objects.published().order_by("number").values_list("number", flat=True)
    paths += [reverse("portal:procedure", args=[number]) for number in numbers]
    slugs = Article.objects.published().values_list("slug", flat=True)
    paths += [reverse("portal:article", args=[slug]) for slug in slugs]
    text = "".join(f"{settings.BASE_URL}{path}\n" for path in paths)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@public
@require_safe
def favicon(request: Request) -> HttpResponse:
    return redirect(static("ui/favicon.svg"), permanent=True)

"""The papers of a draft: brought, looked at, replaced, taken out."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.dossiers import operations, previews
from motcua.dossiers.models import Document, Dossier
from motcua.dossiers.states import State
from motcua.dossiers.uploads import PDF
from motcua.foundation.errors import Refusal
from motcua.portal.filing import stash, steps
from motcua.portal.filing.steps import Draft
from motcua.portal.filing.views import draft_of, page, step_url

# What a file may do when a browser shows it: nothing.
_SHOWN = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
_INLINE = (PDF, "image/jpeg", "image/png")


@never_cache
@require_http_methods(["GET", "POST"])
def upload(request: Request, public_id: UUID, component_id: str) -> HttpResponse:
    """Attach the chosen files to one component; answers a script with the component's new list."""
    draft = draft_of(request, public_id)
    back = f"{step_url(draft.dossier, 'papers')}#{component_id}"
    if request.method == "GET" or draft.dossier.state != State.DRAFT:
        return redirect(back)
    replaced = request.POST.get("replaces", "")
    name = f"replacement-{replaced}" if replaced else f"file-{component_id}"
    chosen = request.FILES.getlist("file") or request.FILES.getlist(name)
    problems = steps.attach_all(draft, component_id, chosen)
    if not chosen:
        problems = {component_id: _("Vui lòng chọn tệp trước khi tải lên.")}
    for other in request.FILES:  # chosen beside other components of the same page: not to be lost
        if other.startswith("file-") and other != f"file-{component_id}":
            problems |= steps.attach_all(draft, other.removeprefix("file-"), request.FILES.getlist(other))
    if replaced.isdecimal() and component_id not in problems:
        _take_out(draft, int(replaced))
    if stash.is_script(request):
        return _fragment(request, draft, component_id, problems.get(component_id, ""))
    if problems:
        return page(request, draft, "papers", problems, status=422)
    messages.success(request, _("Đã tải tệp lên."))
    return redirect(back)


def _take_out(draft: Draft, pk: int) -> None:
    document = get_object_or_404(Document.objects.select_related("dossier"), pk=pk, dossier=draft.dossier)
    operations.detach(document=document, actor=draft.actor, at=draft.at)
    draft.__dict__.pop("documents", None)
    draft.__dict__.pop("missing", None)


@never_cache
@require_POST
def detach(request: Request, public_id: UUID, pk: int) -> HttpResponse:
    """Take one file out; answers a script with the component's new list."""
    draft = draft_of(request, public_id)
    component_id = next((one.component_id for one in draft.documents if one.pk == pk), "")
    problem = ""
    if component_id:  # taken out already, in another tab: nothing to do
        try:
            _take_out(draft, pk)
        except Refusal as refusal:
            problem = str(refusal)
    if stash.is_script(request):
        return _fragment(request, draft, component_id, problem)
    if problem:
        messages.error(request, problem)
    return redirect(f"{step_url(draft.dossier, 'papers')}#{component_id}")


def _fragment(request: Request, draft: Draft, component_id: str, problem: str) -> JsonResponse:
    shown = steps.show_papers(draft) | {
        "dossier": draft.dossier, "component_id": component_id, "problem": problem,
    }  # fmt: skip
    html = render_to_string("portal/filing/files.html", shown, request=request)
    count = len(shown["documents"].get(component_id, []))
    return JsonResponse({"html": html, "problem": problem, "count": count}, status=422 if problem else 200)


def _document(request: Request, public_id: UUID, pk: int) -> Document:
    """A file of a dossier of this account (one query). Raises Http404, for officers too: the desk logs their looks."""
    if request.actor.kind != "citizen":
        raise Http404
    return get_object_or_404(
        Document.objects.select_related("file"),
        pk=pk,
        dossier__public_id=public_id,
        dossier__in=Dossier.objects.visible_to(request.actor),
    )


@require_GET
def document(request: Request, public_id: UUID, pk: int) -> FileResponse:
    """The file itself: shown where a browser can show it safely, else saved."""
    found = _document(request, public_id, pk)
    try:
        content = found.file.open()
    except FileNotFoundError:
        raise Http404 from None
    kind = found.file.content_type
    response = FileResponse(
        content, as_attachment=kind not in _INLINE, filename=found.name, content_type=kind
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _SHOWN
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def thumbnail(request: Request, public_id: UUID, pk: int) -> HttpResponse:
    """A small picture of the file's first page."""
    found = _document(request, public_id, pk)
    try:
        with found.file.open() as content:
            picture = previews.thumbnail(content, found.file.content_type)
    except FileNotFoundError:
        picture = None
    if picture is None:
        raise Http404
    response = HttpResponse(picture, content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400, immutable"  # a file never changes under its number
    return response

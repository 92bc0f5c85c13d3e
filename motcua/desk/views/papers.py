"""Files to look at and papers to print. Each look is logged."""

import io
from uuid import UUID

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from motcua.accounts.http import Request
from motcua.desk.access import officer
from motcua.desk.page import SHOWN, DossierPage, find
from motcua.desk.results.drafts import begun
from motcua.dossiers import operations, printing
from motcua.dossiers.models import Document, Dossier
from motcua.dossiers.uploads import PDF
from motcua.foundation.models import StoredFile
from motcua.foundation.time import now
from motcua.papers import operations as paper_operations
from motcua.papers.masters import render_now as draw_now
from motcua.papers.models import Paper

# A file that somebody else made may show itself and nothing more.
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"


@officer
@require_GET
def document(request: Request, code: str, pk: int) -> FileResponse:
    """A file that was brought: shown where a browser can show it safely, else saved."""
    dossier = find(request, code)
    found = get_object_or_404(Document.objects.select_related("file"), dossier=dossier, pk=pk)
    operations.note_reading(dossier=dossier, purpose="view_document", actor=request.actor, at=now())
    return _file(found.file, found.name, save="tai" in request.GET)


@officer
@require_GET
def paper(request: Request, paper_id: UUID) -> FileResponse:
    """The PDF of a paper issued about a dossier that this officer may see."""
    found = get_object_or_404(Paper.objects.select_related("file"), pk=paper_id)
    kind, _colon, key = found.subject.partition(":")
    if kind != "dossier" or not key.isdigit():
        raise Http404
    dossier = get_object_or_404(
        Dossier.objects.visible_to(request.actor).only("id", "applicant_id"), pk=int(key)
    )
    operations.note_reading(dossier=dossier, purpose="view_paper", actor=request.actor, at=now())
    stored = paper_operations.file_of(found)
    return _file(stored, stored.name, save="tai" in request.GET)


@officer
@require_GET
def draft_result(request: Request, code: str) -> FileResponse:
    """The result as it would be issued now, without number and without a code to check it by; once signed, as signed."""
    page = DossierPage(find(request, code), request.actor, now())
    result = begun(page) if page.may_write_result else page.result
    if result is None:
        raise Http404
    operations.note_reading(dossier=page.dossier, purpose="view_paper", actor=page.actor, at=page.at)
    if result.signature and result.signature.file and not result.issued_at:
        return _file(result.signature.file, f"da-ky-{code}.pdf", save=False)  # as it was signed
    kind, data = printing.result(page.dossier, result, "", page.at)
    return _pdf(draw_now(kind, {"issued_at": page.at} | data), f"du-thao-{code}.pdf")


@officer
@require_GET
def control_slip(request: Request, code: str) -> FileResponse:
    """Mẫu số 06 as it stands now."""
    page = DossierPage(find(request, code), request.actor, now())
    if page.dossier.accepted_at is None:
        raise Http404
    operations.note_reading(dossier=page.dossier, purpose="view_paper", actor=page.actor, at=page.at)
    data = printing.control_slip(page.dossier, page.tasks, page.at)
    return _pdf(draw_now("control_slip", data), f"phieu-kiem-soat-{code}.pdf")


@officer
@require_GET
def form(request: Request, code: str, component_id: str) -> FileResponse:
    """A paper that the system prints from the answers, in the layout of the law."""
    dossier = find(request, code)
    operations.note_reading(dossier=dossier, purpose="view_paper", actor=request.actor, at=now())
    try:
        content = printing.preview(dossier, component_id)
    except KeyError:
        raise Http404 from None
    return _pdf(content, f"{component_id}-{code}.pdf")


def _file(file: StoredFile, name: str, *, save: bool) -> FileResponse:
    try:
        content = file.open()
    except FileNotFoundError:
        raise Http404 from None
    return _sent(content, name, file.content_type, save=save or file.content_type not in SHOWN)


def _pdf(content: bytes, name: str) -> FileResponse:
    return _sent(io.BytesIO(content), name, PDF, save=False)


def _sent(content: object, name: str, kind: str, *, save: bool) -> FileResponse:
    response = FileResponse(content, as_attachment=save, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _ALONE if kind == PDF else f"{_ALONE}; sandbox"
    return response

"""The papers of a draft: brought, looked at, replaced, dated, taken over from before, taken out."""

import io
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import PurePath
from typing import IO, Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.dossiers import operations, previews, printing, reuse
from motcua.dossiers.models import Document, Dossier, Upload
from motcua.dossiers.operations import uploading
from motcua.dossiers.states import State
from motcua.dossiers.uploads import PDF, file_name
from motcua.foundation import formats
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI
from motcua.portal.filing import stash
from motcua.portal.filing.paper_list import SHOWN, attach_all, forget, fragment
from motcua.portal.filing.steps import Draft
from motcua.portal.filing.views import draft_of, page, step_url
from motcua.procedures import rules
from motcua.procedures.definition import Component
from motcua.procedures.models import PackageFile

# What a file may do when a browser shows it: nothing.
_SHOWN = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
_TURNS = ("0", "90", "180", "270")


# Brought --------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def upload(request: Request, public_id: UUID, component_id: str) -> HttpResponse:
    """Attach the chosen files to one component; answers a script with the component's new list."""
    draft = draft_of(request, public_id)
    back = _back(draft, component_id)
    if request.method == "GET" or draft.dossier.state != State.DRAFT:
        return redirect(back)
    replaced = request.POST.get("replaces", "")
    name = f"replacement-{replaced}" if replaced else f"file-{component_id}"
    chosen = request.FILES.getlist("file") or request.FILES.getlist(name)
    if request.POST.get("joined") and len(chosen) > 1:
        problems = _join_chosen(draft, component_id, chosen)
    else:
        replaces = int(replaced) if replaced.isdecimal() else None
        problems = attach_all(draft, component_id, chosen, replaces)
    if not chosen:
        problems = {component_id: _("Vui lòng chọn tệp trước khi tải lên.")}
    for other in request.FILES:  # chosen beside other components of the same page: not to be lost
        if other.startswith("file-") and other != f"file-{component_id}":
            problems |= attach_all(draft, other.removeprefix("file-"), request.FILES.getlist(other))
    if stash.is_script(request):
        return fragment(request, draft, component_id, problems.get(component_id, ""))
    if problems:
        return page(request, draft, "papers", problems, status=422)
    messages.success(request, _("Đã tải tệp lên."))
    return redirect(back)


def _join_chosen(draft: Draft, component_id: str, chosen: list[UploadedFile]) -> dict[str, str]:
    """Make one file of the chosen photos, in their order."""
    try:
        operations.join_photos(
            dossier=draft.dossier,
            component_id=component_id,
            pages=[(cast(IO[bytes], one.file), 0) for one in chosen],
            name=_joined_name(chosen[0].name or ""),
            actor=draft.actor,
            at=draft.at,
        )
    except Refusal as refusal:
        return {component_id: str(refusal)}
    forget(draft)
    return {}


def _joined_name(first: str) -> str:
    return file_name(f"{PurePath(first).stem or 'anh-chup'}.pdf")


@never_cache
@require_POST
def join(request: Request, public_id: UUID, component_id: str) -> JsonResponse:
    """Make one file of photos that were uploaded for it: "page" names them in order, "turn" their quarter turns."""
    draft = draft_of(request, public_id)
    mine = Upload.objects.of(draft.actor).filter(
        dossier_id=draft.dossier.pk, component_id=component_id, purpose=Upload.Purpose.PHOTO
    )
    by_id = {str(one.public_id): one for one in mine}
    wanted, turns = request.POST.getlist("page"), request.POST.getlist("turn")
    if any(one not in by_id or not by_id[one].is_whole for one in wanted) or len(set(wanted)) != len(wanted):
        return fragment(request, draft, component_id, _("Có ảnh chưa tải lên xong. Vui lòng chọn lại ảnh."))
    photos = [by_id[one] for one in wanted]
    turns += ["0"] * len(photos)
    problem = ""
    with ExitStack() as stack:
        try:
            operations.join_photos(
                dossier=draft.dossier,
                component_id=component_id,
                pages=[
                    (stack.enter_context(uploading.opened(one)), int(turn) if turn in _TURNS else 0)
                    for one, turn in zip(photos, turns, strict=False)
                ],
                name=_joined_name(photos[0].name if photos else ""),
                actor=draft.actor,
                at=draft.at,
                uploads=photos,
            )
        except FileNotFoundError:
            problem = _("Có ảnh chưa tải lên xong. Vui lòng chọn lại ảnh.")
        except Refusal as refusal:
            problem = str(refusal)
    return fragment(request, draft, component_id, problem)


@never_cache
@require_POST
def drop(request: Request, public_id: UUID, upload_id: UUID) -> HttpResponse:
    """Give up a file that is half there."""
    draft = draft_of(request, public_id)
    found = Upload.objects.of(draft.actor).filter(public_id=upload_id, dossier_id=draft.dossier.pk).first()
    if found:
        operations.drop_upload(upload=found, actor=draft.actor)
    component_id = found.component_id if found else ""
    if stash.is_script(request) and component_id:
        return fragment(request, draft, component_id)
    return redirect(_back(draft, component_id))


@never_cache
@require_GET
def listed(request: Request, public_id: UUID, component_id: str) -> JsonResponse:
    """The files of one component as they are now, for a page that waits for the look through a large one."""
    return fragment(request, draft_of(request, public_id), component_id)


# Taken over from before -----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def existing(request: Request, public_id: UUID, component_id: str) -> HttpResponse:
    """Choose a paper of an earlier dossier, or a result that was issued, instead of uploading it again."""
    draft = draft_of(request, public_id)
    if draft.dossier.state != State.DRAFT:
        return redirect("portal:submitted", public_id)
    component = _asked(draft, component_id)
    problem = ""
    if request.method == "POST":
        problem = _take_over(draft, component_id, request.POST.get("existing", ""))
        if not problem:
            messages.success(request, _("Đã thêm giấy tờ vào hồ sơ."))
            return redirect(_back(draft, component_id))
    today = draft.at.astimezone(HANOI).date()
    shown = {
        "draft": draft,
        "dossier": draft.dossier,
        "definition": draft.dossier.definition,
        "component": component,
        "results": reuse.standing_results(component, draft.actor, today),
        "offers": reuse.offers(draft.dossier, component, draft.actor),
        "problem": problem,
        "back": _back(draft, component_id),
    }
    return render(request, "portal/filing/existing.html", shown, status=422 if problem else 200)


def _take_over(draft: Draft, component_id: str, chosen: str) -> str:
    """Attach what was chosen ("document:12" or "result:<paper>"); why not, when it cannot be."""
    kind, _colon, key = chosen.partition(":")
    about: dict[str, Any] = {
        "dossier": draft.dossier, "component_id": component_id, "actor": draft.actor, "at": draft.at,
    }  # fmt: skip
    try:
        if kind == "document" and key.isdecimal() and len(key) < 16:
            operations.reuse(earlier=Document(pk=int(key)), **about)
        elif kind == "result":
            operations.attach_result(paper_id=UUID(key), **about)
        else:
            return _("Vui lòng chọn một giấy tờ.")
    except ValueError:
        return _("Vui lòng chọn một giấy tờ.")
    except Refusal as refusal:
        return str(refusal)
    return ""


def _asked(draft: Draft, component_id: str) -> Component:
    asked = rules.asked_components(draft.dossier.definition, draft.dossier.answers, draft.dossier.channel)
    found = next((one for one in asked if one.id == component_id and not one.form), None)
    if found is None:
        raise Http404
    return found


# Changed, taken out -----------------------------------------------------------------------------------------------


@never_cache
@require_POST
def detach(request: Request, public_id: UUID, pk: int) -> HttpResponse:
    """Take one file out; answers a script with the component's new list."""
    return _change(
        request, public_id, pk, lambda draft, one: operations.detach(document=one, actor=draft.actor, at=draft.at)
    )


@never_cache
@require_POST
def keep(request: Request, public_id: UUID, pk: int) -> HttpResponse:
    """Keep a file as it is, whatever was found."""
    return _change(
        request,
        public_id,
        pk,
        lambda draft, one: operations.keep_as_it_is(document=one, actor=draft.actor, at=draft.at),
    )


@never_cache
@require_POST
def dates(request: Request, public_id: UUID, pk: int) -> HttpResponse:
    """Keep when a paper was issued and until when it is valid."""

    def change(draft: Draft, document: Document) -> None:
        operations.date_paper(
            document=document,
            issued_on=_typed_day(request, f"issued_on-{pk}", document.issued_on),
            valid_until=_typed_day(request, f"valid_until-{pk}", document.valid_until),
            actor=draft.actor,
            at=draft.at,
        )

    return _change(request, public_id, pk, change)


def _typed_day(request: Request, name: str, before: date | None) -> date | None:
    """The day that was typed, none when the field is empty, as it was when it was not asked. Raises Refusal."""
    text = request.POST.get(name)
    if text is None:
        return before
    if not text.strip():
        return None
    try:
        return formats.day(text)
    except ValueError:
        raise Refusal(_("Vui lòng nhập ngày theo dạng ngày/tháng/năm, ví dụ: 27/03/2026.")) from None


def _change(
    request: Request, public_id: UUID, pk: int, change: Callable[[Draft, Document], object]
) -> HttpResponse:
    draft = draft_of(request, public_id)
    document = draft.dossier.documents.select_related("file").filter(pk=pk).first()
    component_id, problem = "", ""
    if document:  # taken out already, in another tab: nothing to do
        document.dossier = draft.dossier
        component_id = document.component_id
        try:
            change(draft, document)
        except Refusal as refusal:
            problem = str(refusal)
    if stash.is_script(request):
        return fragment(request, draft, component_id or request.POST.get("component", ""), problem)
    if problem:
        messages.error(request, problem)
    return redirect(_back(draft, component_id))


def _back(draft: Draft, component_id: str) -> str:
    return f"{step_url(draft.dossier, 'papers')}#{component_id}"


# Looked at --------------------------------------------------------------------------------------------------------


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
        content, as_attachment=kind not in SHOWN, filename=found.name, content_type=kind
    )
    return _alone(response)


def _alone(response: FileResponse) -> FileResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _SHOWN
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def thumbnail(request: Request, public_id: UUID, pk: int, number: int = 1) -> HttpResponse:
    """A picture of one page: small, or large enough to be read with `?lon`."""
    found = _document(request, public_id, pk)
    large = "lon" in request.GET
    try:
        with found.file.open() as content:
            picture = previews.picture(content, found.file.content_type, number, large=large)
    except FileNotFoundError:
        picture = None
    if picture is None:
        raise Http404
    response = HttpResponse(picture, content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400, immutable"  # a file never changes under its number
    return response


@never_cache
@require_GET
def form_preview(request: Request, public_id: UUID, component_id: str) -> FileResponse:
    """The paper that the system prints of the answers, as it would be now."""
    draft = draft_of(request, public_id)
    try:
        content = printing.preview(draft.dossier, component_id)
    except KeyError:
        raise Http404 from None
    return _alone(FileResponse(io.BytesIO(content), filename=f"{component_id}.pdf", content_type=PDF))




@require_GET
def template(request: Request, public_id: UUID, component_id: str) -> FileResponse:
    """The empty form of one paper, to be saved."""
    definition = draft_of(request, public_id).dossier.definition
    try:
        wanted = definition.component(component_id).template
    except KeyError:
        raise Http404 from None
    digest = definition.templates.get(wanted.file, "") if wanted else ""
    kept = get_object_or_404(PackageFile.objects.select_related("file"), sha256=digest)
    try:
        content = kept.file.open()
    except FileNotFoundError:
        raise Http404 from None
    name = PurePath(wanted.file).name if wanted else ""
    return _alone(FileResponse(content, as_attachment=True, filename=name, content_type=kept.file.content_type))

"""The page on which the citizen brings what was asked for."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.dossiers import operations
from motcua.dossiers.models import Document, Dossier, SupplementRequest
from motcua.dossiers.states import State
from motcua.dossiers.uploads import ACCEPT, file_name
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.portal.filing import stash
from motcua.portal.mine.views import own_dossier, status_of, typed

LONGEST_NOTE = 2000
_NOTES = "supplement_notes"  # in the session: what was typed while files were being brought


@stash.keeps_posts
@never_cache
@require_http_methods(["GET", "POST"])
def supplement(request: Request, public_id: UUID) -> HttpResponse:
    """Show what is asked; keep the files that were chosen; hand everything in."""
    dossier = own_dossier(request, public_id)
    asked = dossier.supplements.filter(closed_at=None).first()
    if dossier.state != State.SUPPLEMENT_REQUESTED or asked is None:
        if request.method == "POST":
            messages.info(request, _("Nội dung bổ sung của hồ sơ này đã được gửi trước đó."))
        return redirect("portal:dossier", public_id)
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        problems, status = _attach(request, dossier, asked), 422
        note = typed(request, "note")
        _keep_note(request, public_id, note)
        action = request.POST.get("action", "")
        if not problems and action.startswith("object:"):
            problems = _object(request, asked, action.removeprefix("object:"))
            if not problems:
                messages.success(request, _("Đã gửi ý kiến không đồng ý. Lãnh đạo cơ quan giải quyết sẽ trả lời Ông/Bà."))
                return redirect(f"{request.path}#cac-giay-to")
            status = int(problems.pop("status"))
        elif not problems and action == "send":
            if not (problems := _send(request, dossier, note)):
                messages.success(
                    request, _("Đã gửi nội dung bổ sung của hồ sơ %(code)s.") % {"code": dossier.code}
                )
                return redirect("portal:dossier", public_id)
            status = int(problems.pop("status"))
        elif not problems:
            problems = _detach(request, dossier, asked, action)
            if not problems:
                return redirect(f"{request.path}#cac-giay-to")
    elif kept := typed(request, "note"):
        _keep_note(request, public_id, kept)
        return redirect(request.path)
    items = _items(dossier, asked)
    return render(
        request,
        "portal/mine/supplement.html",
        {
            "dossier": dossier,
            "asked": asked,
            "items": items,
            "note": request.session.get(_NOTES, {}).get(str(public_id), ""),
            "needs_note": any(not item["id"] and not item["objection"] for item in items),
            "problems": problems,
            "typed": request.POST,
            "accept": ACCEPT,
            "limit_mb": settings.UPLOAD_LIMIT_MB,
            "most": LONGEST_NOTE,
            "is_late": asked.due_at < now(),
        },
        status=status,
    )


def _items(dossier: Dossier, asked: SupplementRequest) -> list[dict[str, object]]:
    """Each asked paper with its reason, its form and the files brought for it so far."""
    brought: dict[str, list[Document]] = {}
    for document in asked.documents.select_related("file"):
        brought.setdefault(document.component_id, []).append(document)
    objections = {one.place: one for one in asked.objections.all()}
    forms = {one.id for one in dossier.definition.record.components if one.form}
    return [
        {
            "id": item["component_id"],
            "name": item["name"],
            "reason": item["reason"],
            "basis": item.get("basis") or asked.basis,
            "place": place,
            "objection": objections.get(place),
            "is_form": item["component_id"] in forms,
            "documents": brought.get(item["component_id"], []),
        }
        for place, item in enumerate(asked.items)
    ]


def _object(request: Request, asked: SupplementRequest, place: str) -> dict[str, str]:
    """Tell the agency that one does not agree with one reason. Nothing when it went well, else as `_send`."""
    field = f"objection-{place}"
    text = typed(request, field)
    if len(text) > LONGEST_NOTE:
        return {field: _("Vui lòng viết ngắn lại, tối đa %(most)d ký tự.") % {"most": LONGEST_NOTE}, "status": "422"}
    try:
        operations.object_to(
            request=asked,
            place=int(place) if place.isdecimal() and len(place) < 4 else -1,
            text=text,
            actor=request.actor,
            at=now(),
        )
    except Refusal as refusal:
        return {field: str(refusal), "status": str(status_of(refusal))}
    return {}


def _attach(request: Request, dossier: Dossier, asked: SupplementRequest) -> dict[str, str]:
    """Keep every chosen file; the reasons for those that were refused, by input."""
    problems: dict[str, str] = {}
    for item in asked.items:
        if not item["component_id"]:
            continue  # a question about the form, answered in the note
        field = f"file-{item['component_id']}"
        for one in request.FILES.getlist(field):
            assert one.file is not None  # an upload has content
            try:
                operations.attach(
                    dossier=dossier,
                    component_id=item["component_id"],
                    stream=one.file,
                    name=file_name(one.name or ""),
                    actor=request.actor,
                    at=now(),
                )
            except Refusal as refusal:
                problems[field] = f"{problems.get(field, '')} {refusal}".strip()
    return problems


def _detach(request: Request, dossier: Dossier, asked: SupplementRequest, action: str) -> dict[str, str]:
    """Take out the file that the pressed button names; it may have gone already, in another tab."""
    verb, _colon, key = action.partition(":")
    if verb != "remove" or not key.isdecimal():
        return {}
    document = asked.documents.select_related("dossier").filter(pk=int(key)).first()
    if document:
        try:
            operations.detach(document=document, actor=request.actor, at=now())
        except Refusal as refusal:
            return {f"file-{document.component_id}": str(refusal)}
    return {}


def _send(request: Request, dossier: Dossier, note: str) -> dict[str, str]:
    """Hand everything in. Nothing when it went well, else what is wrong and the answer's status."""
    if len(note) > LONGEST_NOTE:
        return {
            "note": _("Vui lòng viết ngắn lại, tối đa %(most)d ký tự.") % {"most": LONGEST_NOTE},
            "status": "422",
        }
    try:
        operations.supplement(dossier=dossier, note=note, actor=request.actor, at=now())
    except Refusal as refusal:
        return {"": str(refusal), "status": str(status_of(refusal))}
    _keep_note(request, dossier.public_id, "")
    return {}


def _keep_note(request: Request, public_id: UUID, note: str) -> None:
    notes = {key: text for key, text in request.session.get(_NOTES, {}).items() if key != str(public_id)}
    if note.strip():
        notes[str(public_id)] = note[: 2 * LONGEST_NOTE]
    if notes != request.session.get(_NOTES, {}):
        request.session[_NOTES] = notes

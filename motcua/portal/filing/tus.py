"""Uploads in pieces by the tus protocol, version 1.0.0: core, creation, termination, checksum, expiration.

Who may write is decided before a byte of the body is read; the body goes to the disk in small blocks.
"""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.dossiers import operations
from motcua.dossiers.models import Upload
from motcua.dossiers.operations import uploading
from motcua.dossiers.uploads import file_name
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import now
from motcua.portal.filing.paper_list import fragment
from motcua.portal.filing.views import draft_of

VERSION = "1.0.0"
_EXTENSIONS = "creation,termination,checksum,expiration"
_PIECE = "application/offset+octet-stream"
_WRONG_CHECKSUM = 460  # the protocol's own
View = Callable[..., HttpResponse]


def _tus(view: View) -> View:
    """Speak only the version that is known; say a refusal as text, with the status that the protocol gives it."""

    @wraps(view)
    def answer(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            response = HttpResponse(status=412)
            response["Tus-Version"] = VERSION
            return response
        try:
            response = view(request, *args, **kwargs)
        except uploading.Busy as refusal:
            response = _refused(refusal, 423)
        except uploading.WrongOffset as refusal:
            response = _refused(refusal, 409)
            response["Upload-Offset"] = str(refusal.offset)
        except uploading.WrongChecksum as refusal:
            response = _refused(refusal, _WRONG_CHECKSUM)
        except NotAllowed as refusal:
            response = _refused(refusal, 403)
        except WrongState as refusal:
            response = _refused(refusal, 410)
        except Refusal as refusal:
            response = _refused(refusal, 422)
        response["Tus-Resumable"] = VERSION
        return response

    return answer


def _refused(refusal: Refusal, status: int) -> HttpResponse:
    return HttpResponse(str(refusal), status=status, content_type="text/plain; charset=utf-8")


@never_cache
@require_http_methods(["OPTIONS", "POST"])
@_tus
def uploads(request: Request, public_id: UUID) -> HttpResponse:
    """Say what is spoken here, or announce a file and answer with its address."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = _EXTENSIONS
        response["Tus-Max-Size"] = str(settings.UPLOAD_LIMIT_MB << 20)
        response["Tus-Checksum-Algorithm"] = ",".join(uploading.CHECKSUMS)
        return response
    draft = draft_of(request, public_id)
    size = request.headers.get("Upload-Length", "")
    if not _is_amount(size):
        return HttpResponse(status=400)
    about = _metadata(request.headers.get("Upload-Metadata", ""))
    replaces = about.get("replaces", "")
    upload = operations.begin_upload(
        dossier=draft.dossier,
        component_id=about.get("component", ""),
        name=file_name(about.get("filename", "")),
        size=int(size),
        actor=draft.actor,
        at=draft.at,
        purpose=Upload.Purpose.PHOTO if about.get("purpose") == "photo" else Upload.Purpose.PAPER,
        replaces=int(replaces) if _is_amount(replaces) else None,
        fingerprint=about.get("fingerprint", "")[:64],
    )
    response = HttpResponse(status=201)
    response["Location"] = reverse("portal:tus_upload", args=[public_id, upload.public_id])
    return _told(response, upload)


@never_cache
@require_http_methods(["HEAD", "PATCH", "DELETE"])
@_tus
def upload(request: Request, public_id: UUID, upload_id: UUID) -> HttpResponse:
    """How far a file is, its next piece, or its end."""
    found = _own(request, public_id, upload_id)
    response = HttpResponse(status=204)
    if request.method == "DELETE":
        operations.drop_upload(upload=found, actor=request.actor)
        return response
    if request.method == "PATCH":
        offset, length = request.headers.get("Upload-Offset", ""), request.headers.get("Content-Length", "")
        if request.content_type != _PIECE:
            return HttpResponse(status=415)
        if not _is_amount(offset) or not _is_amount(length):
            return HttpResponse(status=400)
        found = operations.append(
            upload=found,
            offset=int(offset),
            stream=request,
            length=int(length),
            checksum=request.headers.get("Upload-Checksum", ""),
            actor=request.actor,
            at=now(),
        )
    else:
        response.status_code = 200
        response["Upload-Length"] = str(found.size)
    return _told(response, found)


@never_cache
@require_POST
def finish(request: Request, public_id: UUID, upload_id: UUID) -> JsonResponse:
    """Make a paper of a file that has come whole; answers with the new list of its component."""
    draft = draft_of(request, public_id)
    found = Upload.objects.of(request.actor).filter(public_id=upload_id, dossier=draft.dossier).first()
    component_id = found.component_id if found else request.POST.get("component", "")
    problem, status = "", 200
    if found:
        found.dossier = draft.dossier
        try:
            operations.finish_upload(upload=found, actor=draft.actor, at=draft.at)
        except uploading.Busy as refusal:
            return JsonResponse({"problem": str(refusal)}, status=423)
        except Refusal as refusal:
            problem, status = str(refusal), 422
    return fragment(request, draft, component_id, problem, status)


def _own(request: Request, public_id: UUID, upload_id: UUID) -> Upload:
    draft = draft_of(request, public_id)
    found = get_object_or_404(
        Upload.objects.of(request.actor), public_id=upload_id, dossier_id=draft.dossier.pk
    )
    if found.expires_at <= draft.at:
        raise Http404
    found.dossier = draft.dossier
    return found


def _told(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _is_amount(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _metadata(text: str) -> dict[str, str]:
    """The pairs of Upload-Metadata; one that cannot be read is left out."""
    found: dict[str, str] = {}
    for pair in text.split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode().replace("\x00", "")
        except ValueError:
            continue
    return found

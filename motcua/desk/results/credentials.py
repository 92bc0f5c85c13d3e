"""One's own certificates, and the seals of the agencies whose clerk one is: seen, added, no longer used."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.agencies.models import Agency, Role
from motcua.desk import pins
from motcua.desk.access import frame, officer, units_of
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.papers import signing
from motcua.papers.models import Credential
from motcua.papers.signers import SIGNERS

_SOON_DAYS = 30
_LARGEST = 400_000  # bytes of what is sent along


@officer
@require_GET
def credentials(request: Request) -> HttpResponse:
    """The certificates that this officer may sign or seal with."""
    at = now()
    mine = Q(user_id=request.actor.user_id) | Q(agency__in=_sealed_by(request))
    found = Credential.objects.filter(mine, retired_at=None).select_related("agency").order_by("agency_id", "-added_at")
    context = {
        "rows": [(one, str(SIGNERS[one.adapter].name), *_life(one, at)) for one in found.defer("container", "image", "chain")],
        "ways": [(code, SIGNERS[code].name) for code in SIGNERS],
    }
    return render(request, "desk/results/credentials.html", context | frame(units_of(request), "credentials"))


def _sealed_by(request: Request) -> list[int]:
    return [agency_id for agency_id, role in request.actor.roles if role == Role.CLERK]


def _life(credential: Credential, at: Any) -> tuple[str, str]:
    days = (credential.valid_until - at).days
    if credential.valid_until <= at:
        return "danger", _("Đã hết hạn")
    if days < _SOON_DAYS:
        return "warning", ngettext("Còn %(days)d ngày", "Còn %(days)d ngày", days) % {"days": days}
    return "success", _("Còn hiệu lực")


@sensitive_post_parameters("pin")
@officer
@require_http_methods(["GET", "POST"])
def add(request: Request, adapter: str) -> HttpResponse:
    """The form that one way of signing asks for."""
    if adapter not in SIGNERS:
        raise Http404
    signer, mistakes, status = SIGNERS[adapter], {}, 200
    agencies = list(Agency.objects.filter(pk__in=_sealed_by(request)))
    if request.method == "POST":
        try:
            agency = next((one for one in agencies if str(one.pk) == request.POST.get("agency")), None)
            with pins.counted(request.actor, now()):
                credential = signing.add_credential(
                    adapter=adapter,
                    label=request.POST.get("label", "")[:100],
                    given={name: request.POST.get(name, "")[:100] for name, _label in signer.fields},
                    file=_sent(request, "file"),
                    pin=request.POST.get("pin", "")[:100],
                    image=_sent(request, "image"),
                    agency=agency,
                    actor=request.actor,
                    at=now(),
                )
        except Refusal as refusal:
            mistakes, status = {"": str(refusal)}, 422
        else:
            messages.success(request, _("Đã thêm chứng thư số của %(name)s.") % {"name": credential.holder})
            return redirect("desk:credentials")
    context = {
        "signer": signer,
        "agencies": [(str(one.pk), one.name) for one in agencies],
        "mistakes": mistakes,
        "typed": request.POST,
    }
    return render(request, "desk/results/add_credential.html", context | frame(units_of(request), "credentials"), status=status)


def _sent(request: Request, name: str) -> bytes:
    """What was sent along; empty for nothing. Raises Refusal when it is too large."""
    file = request.FILES.get(name)
    if file is None or isinstance(file, list):
        return b""
    if file.size is None or file.size > _LARGEST:
        raise Refusal(_("Tệp quá lớn. Vui lòng chọn tệp không quá 400 KB."))
    content: bytes = file.read()
    return content


@officer
@require_POST
def retire(request: Request, pk: int) -> HttpResponse:
    """Sign with it no more."""
    mine = Q(user_id=request.actor.user_id) | Q(agency__in=_sealed_by(request))
    credential = get_object_or_404(Credential.objects.filter(mine), pk=pk)
    try:
        signing.retire_credential(credential=credential, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Đã ngừng dùng chứng thư số của %(name)s.") % {"name": credential.holder})
    return redirect("desk:credentials")

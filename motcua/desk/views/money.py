"""One attempt to pay a fee that a person must look at: decide on a wrong amount, note what was paid back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.desk.access import frame, officer, units_of
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import now
from motcua.foundation.vietnamese import money as money_shown
from motcua.payments.models import Payment
from motcua.payments.states import Flag


@officer
@require_http_methods(["GET", "POST"])
def payment(request: Request, code: str) -> HttpResponse:
    """What came of the attempt, and the form of what this officer may do about it."""
    found, dossier = _find(request, code)
    if request.method == "GET":
        return _shown(request, found, dossier, {})
    try:
        said = _do(request, found, dossier)
    except Refusal as refusal:
        told = isinstance(refusal, WrongState | NotAllowed)
        status = 403 if isinstance(refusal, NotAllowed) else 409 if told else 422
        found, dossier = _find(request, code)
        return _shown(request, found, dossier, {"" if told else _field(request): str(refusal)}, status)
    messages.success(request, said)
    return redirect("desk:payment", code)


def _find(request: Request, code: str) -> tuple[Payment, Dossier]:
    """The attempt and its dossier, as far as this officer may see that. Raises Http404."""
    found = get_object_or_404(Payment.objects.select_related("charge", "receipt"), code=code)
    dossier = Dossier.objects.visible_to(request.actor).for_list().filter(code=found.charge.reference).first()
    if dossier is None or dossier.subject != found.charge.subject:
        raise Http404
    return found, dossier


def _do(request: Request, found: Payment, dossier: Dossier) -> str:
    """Do what was chosen; returns what to say of it. Raises Refusal."""
    who: dict[str, Any] = {"dossier": dossier, "payment": found, "actor": request.actor, "at": now()}
    if _field(request) == "reference":
        owed = money_shown(found.owed_back_vnd)
        operations.note_refund(reference=request.POST["reference"], **who)
        return _("Đã ghi nhận việc hoàn trả %(money)s.") % {"money": owed}
    reason = request.POST.get("reason", "")
    match request.POST.get("decision"):
        case "accept":
            operations.accept_amount(reason=reason, **who)
            return _("Đã chấp nhận số tiền nhận được. Khoản phí, lệ phí đã được nộp đủ.")
        case "void":
            operations.void_payment(reason=reason, **who)
            return _("Đã hủy giao dịch. Người nộp thanh toán lại được ngay.")
    raise Refusal(_("Vui lòng chọn cách xử lý."))


def _field(request: Request) -> str:
    """The field that a refusal is about."""
    if "reference" in request.POST:
        return "reference"
    return "reason" if request.POST.get("decision") in ("accept", "void") else "decision"


def _shown(
    request: Request, found: Payment, dossier: Dossier, mistakes: dict[str, str], status: int = 200
) -> HttpResponse:
    may = operations.keeps_books(dossier, request.actor)
    context = {
        "payment": found,
        "charge": found.charge,
        "dossier": dossier,
        "receipt": getattr(found, "receipt", None),
        "difference": found.came_vnd - found.amount_vnd,
        "decides": may and found.flag == Flag.AMOUNT_MISMATCH,
        "refunds": may and found.owed_back_vnd > 0,
        "waits": not may and (found.flag == Flag.AMOUNT_MISMATCH or found.owed_back_vnd > 0),
        "mistakes": {key: text for key, text in mistakes.items() if key},
        "refusal": mistakes.get("", ""),
        "typed": request.POST,
    }
    return render(request, "desk/payment.html", context | frame(units_of(request), "charges"), status=status)

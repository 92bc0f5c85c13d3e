"""The result as the appraiser writes it, beside the paper it becomes; and a signature that is waited for."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.desk.access import frame, officer, units_of
from motcua.desk.page import DossierPage, find
from motcua.dossiers import drafting, operations, printing
from motcua.dossiers.models import Result
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.papers.models import Signature


@officer
@require_http_methods(["GET", "POST"])
def draft(request: Request, code: str) -> HttpResponse:
    """The texts of the result; saving brings them into the paper beside. A script saves while one types."""
    page = DossierPage(find(request, code), request.actor, now())
    if not page.may_write_result:
        messages.warning(request, _("Dự thảo kết quả không còn sửa được ở bước này."))
        return redirect("desk:dossier", code=code)
    operations.note_reading(dossier=page.dossier, purpose="view_paper", actor=page.actor, at=page.at)
    problem, status = "", 200
    if request.method == "POST":
        given = {key: value for key, value in request.POST.items() if isinstance(value, str)}
        try:
            operations.draft_result(dossier=page.dossier, texts=given, actor=page.actor, at=page.at)
        except Refusal as refusal:
            problem, status = str(refusal), 422
        if "tu-dong" in request.POST:
            return JsonResponse({"problem": problem}, status=status)
        if not problem:
            messages.success(request, _("Đã lưu dự thảo kết quả của hồ sơ %(code)s.") % {"code": code})
            return redirect("desk:dossier" if "xong" in request.POST else "desk:write_result", code)
    return render(request, "desk/results/draft.html", _draft(request, page, problem) | frame(units_of(request), "inbox"), status=status)


def begun(page: DossierPage) -> Result:
    """The result as its writer has it before him, though nothing be written yet."""
    decided = operations.draft_of(page.dossier, page.at)
    if decided.approved_at or decided.kind != Result.Kind.GRANTED:  # it will be written anew
        return Result(dossier=page.dossier, name=decided.name, content=decided.content)
    return decided


def _draft(request: Request, page: DossierPage, problem: str) -> dict[str, Any]:
    decided = begun(page)
    kind, data = printing.result(page.dossier, decided, "", page.at)
    until = operations.valid_until(page.dossier, decided, page.at)
    shown = drafting.shown(kind, data, until)
    if problem:
        shown |= {key: request.POST.get(key, value) for key, value in shown.items()}
    return {
        "page": page,
        "dossier": page.dossier,
        "texts": [(text, shown[text.id]) for text in drafting.texts_of(kind)],
        "problem": problem,
        "name": decided.name,
    }


@officer
@require_http_methods(["GET", "POST"])
def waiting(request: Request, code: str) -> HttpResponse:
    """How the signature stands that this dossier waits for (GET, for the page's script); ask again, or give up (POST)."""
    dossier = find(request, code)
    signature = Signature.objects.live().filter(subject=dossier.subject).select_related("credential").first()
    if request.method == "GET":
        return JsonResponse({"waits": signature is not None})
    if signature is None:
        return redirect("desk:dossier", code=code)
    if signature.actor_id != request.actor.id:
        raise Http404
    try:
        if request.POST.get("lam") == "huy":
            operations.cancel_signing(signature=signature, actor=request.actor, at=now())
            messages.success(request, _("Đã hủy yêu cầu ký. Ông/Bà có thể ký lại."))
        elif operations.check_signature(signature=signature, at=now()):
            messages.success(request, _("Đã nhận được chữ ký số."))
        else:
            messages.info(request, _("Chưa có chữ ký. Vui lòng xác nhận trên điện thoại."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("desk:dossier", code=code)

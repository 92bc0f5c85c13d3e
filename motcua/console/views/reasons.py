"""The library of reasons: found, added, changed, retired."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.http import Request
from motcua.agencies.models import Agency
from motcua.console import forms
from motcua.dossiers import operations
from motcua.dossiers.models import StandardReason
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.ui.paging import page


@require_safe
def reasons(request: Request) -> HttpResponse:
    """All reasons in use, or those retired, the most used first."""
    asked = {key: request.GET.get(key, "").strip()[:100] for key in ("q", "dung", "thu-tuc", "tinh-trang")}
    retired = asked["tinh-trang"] == "thoi-dung"
    rows = StandardReason.objects.filter(retired_at__isnull=not retired).matching(asked["q"])
    rows = rows.select_related("procedure", "agency")
    if asked["dung"] in StandardReason.Use.values:
        rows = rows.filter(use=asked["dung"])
    if asked["thu-tuc"]:
        rows = rows.filter(Q(procedure__number=asked["thu-tuc"]))
    shown = {"page": page(rows.defer("procedure__search_words"), request, by="-used"), "asked": asked, "uses": StandardReason.Use.choices, "retired": retired}
    return render(request, "console/reasons.html", shown)


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    form = forms.LibraryReason(request.POST or None, agencies=_agencies())
    if request.method == "POST" and form.is_valid() and _kept(request, form, None):
        return redirect("console:reasons")
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    reason = get_object_or_404(StandardReason.objects.active().select_related("procedure"), pk=pk)
    initial = {name: getattr(reason, name) for name in ("text", "basis", "use", "stage", "about", "component_id")}
    initial |= {
        "procedure": reason.procedure.number if reason.procedure else "",
        "agency": str(reason.agency_id or ""),
    }
    form = forms.LibraryReason(request.POST or None, initial=initial, agencies=_agencies())
    if request.method == "POST" and form.is_valid() and _kept(request, form, reason):
        return redirect("console:reasons")
    return _form_page(request, form, reason)


@require_POST
def retire(request: Request, pk: int) -> HttpResponse:
    reason = get_object_or_404(StandardReason, pk=pk)
    operations.retire_reason(reason=reason, actor=request.actor, at=now())
    messages.success(request, _("Đã thôi dùng lý do “%(text)s”. Văn bản đã gửi không thay đổi.") % {"text": reason.text})
    return redirect("console:reasons")


@require_POST
def offer_again(request: Request, pk: int) -> HttpResponse:
    reason = get_object_or_404(StandardReason, pk=pk)
    try:
        operations.offer_again(reason=reason, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã dùng lại lý do “%(text)s”.") % {"text": reason.text})
    return redirect("console:reasons")


def _agencies() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Agency.objects.order_by("code").values_list("pk", "name")]


def _kept(request: Request, form: forms.LibraryReason, reason: StandardReason | None) -> bool:
    """Whether the reason could be kept; otherwise the form says why not."""
    try:
        kept = operations.keep_reason(reason=reason, actor=request.actor, at=now(), **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("text", str(refusal))
        return False
    messages.success(request, _("Đã lưu lý do “%(text)s”.") % {"text": kept.text})
    return True


def _form_page(request: Request, form: forms.LibraryReason, reason: StandardReason | None) -> HttpResponse:
    shown = {"form": form, "reason": reason}
    return render(request, "console/reason.html", shown, status=422 if form.errors else 200)

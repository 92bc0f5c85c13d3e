"""The bodies that receive and settle."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.http import Request
from motcua.agencies import operations
from motcua.agencies.models import Agency, WorkingCalendar
from motcua.console import forms
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.ui.paging import page

_OFFICERS_SHOWN = 200


@require_safe
def agencies(request: Request) -> HttpResponse:
    rows = Agency.objects.select_related("calendar").annotate(staff=Count("officers__user", distinct=True))
    return render(request, "console/agencies.html", {"page": page(rows, request, by="code")})


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    form = forms.NewAgency(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = _kept(request, form, values.pop("code"), values.pop("parent"), values.pop("calendar"))
        if made:
            return redirect("console:agency", pk=made.pk)
    return render(request, "console/agency_add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def agency(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Agency.objects.select_related("parent", "calendar"), pk=pk)
    initial = {name: getattr(found, name) for name in forms.AgencyFacts.base_fields}
    form = forms.AgencyFacts(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _kept(request, form, found.code, found.parent, found.calendar):
        return redirect("console:agency", pk=pk)
    staff = found.officers.select_related("user").order_by("role", "user__sort_key", "id")
    shown = {"agency": found, "form": form, "staff": staff[:_OFFICERS_SHOWN]}
    return render(request, "console/agency.html", shown, status=422 if form.errors else 200)


def _kept(
    request: Request, form: forms.AgencyFacts, code: str, parent: Agency | None, calendar: WorkingCalendar
) -> Agency | None:
    """The agency as it is now; None when it could not be kept, and the form says why not."""
    values = dict(form.cleaned_data)
    try:
        agency = operations.write_agency(
            code=code, values=values, parent=parent, calendar=calendar, actor=request.actor, at=now()
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Đã lưu thông tin cơ quan."))
    return agency

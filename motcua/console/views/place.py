"""Which province this is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.agencies import operations
from motcua.agencies.models import Place
from motcua.console import forms
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.ui import kept


@require_http_methods(["GET", "POST"])
def place(request: Request) -> HttpResponse:
    current = Place.current()
    columns = ("product_name", "province_name", "seat", "portal_host", "tax_code", "emblem")
    initial = {name: getattr(current, name) for name in columns}
    form = forms.Place(request.POST or None, initial=initial | forms.Place.hotline_fields(current.hotlines))
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_place(values=form.values(), actor=request.actor, at=now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            kept.forget()  # other processes read it anew within half a minute
            messages.success(request, _("Đã lưu thông tin địa phương."))
            return redirect("console:place")
    shown = {"form": form, "current": current, "rows": _rows_shown(form)}
    return render(request, "console/place.html", shown, status=422 if form.errors else 200)


def _rows_shown(form: forms.Place) -> range:
    """Every hotline there is, and two empty rows for new ones."""
    filled = [
        row for row in range(forms.HOTLINES) if form[f"number-{row}"].value() or form[f"label-{row}"].value()
    ]
    return range(min(max(filled, default=-1) + 3, forms.HOTLINES))

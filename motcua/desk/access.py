"""Who enters the desk, and what frames its pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from motcua.accounts.http import Request
from motcua.agencies.models import Agency

View = Callable[..., HttpResponseBase]


def officer(view: View) -> View:
    """Let officers in; everybody else gets the page that says who may enter. What is shown is kept nowhere."""

    @never_cache
    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor.kind != "officer":
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def units_of(request: Request) -> list[Agency]:
    """The units in which this officer works, by code (one query)."""
    return list(Agency.objects.filter(pk__in=request.actor.agency_ids))


def frame(units: list[Agency], current: str) -> dict[str, Any]:
    """The side menu and the name of the unit, for every page of the desk."""
    entries = [
        ("inbox", _("Hộp việc"), "list"),
        ("board", _("Tổng hợp"), "chart"),
        ("charges", _("Phí, lệ phí"), "pay"),
        ("register", _("Sổ kết quả đã cấp"), "list"),
        ("credentials", _("Chữ ký số"), "check"),
        ("handovers", _("Bàn giao hồ sơ"), "out"),
        ("bulk", _("Xử lý hàng loạt"), "copy"),
        ("phrases", _("Mẫu câu"), "edit"),
        ("absence", _("Vắng mặt, làm thay"), "user"),
    ]
    if any(unit.kind in (Agency.Kind.CENTRE, Agency.Kind.COMMUNE) for unit in units):  # where people come to
        entries.insert(1, ("counter", _("Tiếp nhận trực tiếp"), "edit"))
    return {
        "navigation": [
            {"text": text, "href": reverse(f"desk:{name}"), "icon": icon, "current": name == current}
            for name, text, icon in entries
        ],
        "agency_name": units[0].name if units else "",
    }

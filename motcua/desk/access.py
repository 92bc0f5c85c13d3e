"""Who enters the desk, and what frames its pages."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from motcua.accounts.http import Request
from motcua.agencies.models import Agency, Role
from motcua.desk import clock
from motcua.foundation.actor import Actor
from motcua.ui.menu import address

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
    """The side menu, still to be told for whom, and the name of the unit, for every page of the desk."""
    return {
        "navigation": partial(menu, units, current),
        "agency_name": units[0].name if units else "",
        "clock_words": clock.words,
    }


def menu(units: list[Agency], current: str, actor: Actor) -> list[dict[str, Any]]:
    """The entries that this officer has use for, under headings; the page that is open is marked."""
    receives = any(unit.kind in (Agency.Kind.CENTRE, Agency.Kind.COMMUNE) for unit in units)  # where people come to
    decides = actor.holds(Role.HEAD) or actor.holds(Role.LEADER)
    controls = decides or actor.holds(Role.CONTROLLER)
    signs = actor.holds(Role.LEADER) or actor.holds(Role.HEAD) or actor.holds(Role.CLERK)
    groups: list[tuple[str, list[tuple[str, str, str, bool]]]] = [
        (
            "",
            [
                ("inbox", _("Hộp việc"), "list", True),
                ("counter", _("Tiếp nhận trực tiếp"), "edit", receives),
                ("notices", _("Chờ quyết định"), "check", decides),
                ("handovers", _("Bàn giao hồ sơ"), "out", True),
                ("charges", _("Phí, lệ phí"), "pay", True),
            ],
        ),
        (
            _("Theo dõi"),
            [
                ("board", _("Tổng hợp, báo cáo"), "chart", True),
                ("issued", _("Sổ kết quả đã cấp"), "file", True),
                ("why_returned", _("Lý do trả hồ sơ"), "question", controls),
                ("bulk", _("Xử lý hàng loạt"), "copy", True),
            ],
        ),
        (
            _("Của tôi"),
            [
                ("absence", _("Vắng mặt, làm thay"), "calendar", True),
                ("phrases", _("Mẫu câu"), "edit", True),
                ("credentials", _("Chữ ký số"), "sign", signs),
            ],
        ),
    ]
    entries: list[dict[str, Any]] = []
    for heading, links in groups:
        entries += [{"heading": heading}] if heading else []
        entries += [
            {"text": text, "href": reverse(f"desk:{name}"), "icon": icon, "current": name == current}
            for name, text, icon, shown in links
            if shown
        ]
    outside = _outside(actor)
    return entries + ([{"heading": _("Quản trị")}, *outside] if outside else [])


def _outside(actor: Actor) -> list[dict[str, Any]]:
    """The way to the console, for those who have work there."""
    if actor.holds(Role.ADMINISTRATOR):
        route, text, icon = "console:home", _("Quản trị hệ thống"), "building"
    elif actor.holds(Role.CONTROLLER):
        route, text, icon = "console:procedures", _("Danh mục thủ tục"), "list"
    else:
        return []
    href = address(route)
    return [{"text": text, "href": href, "icon": icon, "current": False}] if href else []

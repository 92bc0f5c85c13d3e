"""The main menu of the citizens' pages: names as the field knows them, addresses by route name."""

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    text: str | Promise
    route: str
    icon: str = ""
    main: bool = True  # in the band at the top; the others wait under "Khác"


@dataclass(frozen=True, slots=True)
class Link:
    text: str | Promise
    href: str
    icon: str
    main: bool
    current: bool


MENU = [
    Entry(_("Trang chủ"), "portal:home", "home"),
    Entry(_("Thủ tục hành chính"), "portal:procedures", "list"),
    Entry(_("Nộp hồ sơ trực tuyến"), "portal:file", "upload"),
    Entry(_("Tra cứu hồ sơ"), "portal:lookup", "search"),
    Entry(_("Thanh toán trực tuyến"), "portal:payments", "pay"),
    Entry(_("Hướng dẫn sử dụng"), "portal:articles", "help"),
    Entry(_("Phản ánh, kiến nghị"), "portal:feedback", "chat", main=False),
    Entry(_("Hỏi đáp"), "portal:questions", "question", main=False),
    Entry(_("Đánh giá mức độ hài lòng"), "portal:satisfaction", "star", main=False),
    Entry(_("Thống kê"), "portal:statistics", "chart", main=False),
]


@cache
def address(route: str) -> str | None:
    """The address of a route, or None when this installation serves no such page."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return None


def menu(path: str) -> list[Link]:
    """The menu's links; the one whose address begins `path` most closely is current."""
    found = [(entry, href) for entry in MENU if (href := address(entry.route)) is not None]
    nearest = max(
        (href for entry, href in found if path == href or (href != "/" and path.startswith(href))),
        key=len,
        default="",
    )
    return [Link(entry.text, href, entry.icon, entry.main, current=href == nearest) for entry, href in found]

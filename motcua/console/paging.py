"""Lists page by page, by key: the cost of a page does not grow with its number."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict

AFTER, BEFORE = "sau", "truoc"  # the key of the row that the page follows, or precedes
SIZE = 30
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the addresses of the pages beside them; empty where there is none."""

    rows: list[Row]
    previous: str = ""
    next: str = ""


def page(rows: QuerySet[Row], request: HttpRequest, *, by: str = "", size: int = SIZE) -> Page[Row]:
    """The page of `rows` that the request asks for, ordered by the field `by` and the key; "-" turns the order.

    Without `by`, by the key alone: "" or "-". A place that is not there any more counts as the beginning.
    Two queries at most.
    """
    down, field = by.startswith("-"), by.removeprefix("-")
    backwards = BEFORE in request.GET
    anchor = _anchor(rows, request.GET.get(BEFORE if backwards else AFTER, ""), field)
    backwards = backwards and anchor is not None
    if anchor is not None:
        rows = rows.filter(_beyond(anchor, field, "lt" if down != backwards else "gt"))
    sign = "-" if down != backwards else ""
    found = list(rows.order_by(*(sign + name for name in (field, "pk") if name))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    return Page(
        found,
        previous=_address(request.GET, BEFORE, found[0].pk) if (more if backwards else anchor) else "",
        next=_address(request.GET, AFTER, found[-1].pk) if backwards or more else "",
    )


def _anchor(rows: QuerySet[Any], key: str, field: str) -> tuple[Any, Any] | None:
    """The place to go on from: what the row with this key has in `field`, and the key."""
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    anchors = rows.model._default_manager.filter(pk=int(key))
    return anchors.values_list(field or "pk", "pk").first()


def _beyond(anchor: tuple[Any, Any], field: str, way: str) -> Q:
    value, pk = anchor
    if not field:
        return Q(**{f"pk__{way}": pk})
    return Q(**{f"{field}__{way}": value}) | Q(**{field: value, f"pk__{way}": pk})


def _address(asked: QueryDict, name: str, key: Any) -> str:
    kept = asked.copy()
    for old in (AFTER, BEFORE):
        kept.pop(old, None)
    kept[name] = str(key)
    return "?" + kept.urlencode()


def bounded(rows: QuerySet[Any], limit: int = 99) -> str:
    """How many there are, in words that cost little to find: a number, or "99+"."""
    count = rows.order_by()[: limit + 1].count()
    return f"{limit}+" if count > limit else str(count)

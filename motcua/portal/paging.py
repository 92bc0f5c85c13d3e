"""Lists page by page, by key: the cost of a page does not grow with its number."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

OLDER, NEWER = "sau", "truoc"
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, newest first, and the addresses of the pages beside them; empty where there is none."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


def page(rows: QuerySet[Row], request: HttpRequest, *, by: str, size: int = 20) -> Page[Row]:
    """The page of `rows` that the request asks for, by the moment `by` and the key, newest first (one query).

    A place that nobody can read counts as the beginning.
    """
    backwards = NEWER in request.GET
    place = _read(request.GET.get(NEWER) or request.GET.get(OLDER) or "")
    if place is None:
        backwards = False
    else:
        moment, pk = place
        way = "gt" if backwards else "lt"
        rows = rows.filter(Q(**{f"{by}__{way}": moment}) | Q(**{by: moment, f"pk__{way}": pk}))
    found = list(
        rows.order_by(by, "pk")[: size + 1] if backwards else rows.order_by(f"-{by}", "-pk")[: size + 1]
    )
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    has_newer = more if backwards else place is not None
    has_older = True if backwards else more
    return Page(
        found,
        newer=_address(request, NEWER, _key(found[0], by)) if has_newer else "",
        older=_address(request, OLDER, _key(found[-1], by)) if has_older else "",
    )


def _key(row: Any, by: str) -> str:
    return f"{getattr(row, by).timestamp():.6f}-{row.pk}"


def _read(text: str) -> tuple[datetime, int] | None:
    moment, _dash, pk = text.rpartition("-")
    try:
        return datetime.fromtimestamp(float(moment), UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None


def _address(request: HttpRequest, name: str, key: str) -> str:
    kept = {key: value for key, value in request.GET.items() if key not in (OLDER, NEWER)}
    return "?" + urlencode(kept | {name: key})

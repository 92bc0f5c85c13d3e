"""Lists page by page, by key: the cost of a page does not grow with its number."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet, TextField, Value
from django.http import HttpRequest, QueryDict

AFTER, BEFORE = "sau", "truoc"  # the place that the page follows, or precedes
PAGE = "trang"  # the number of a page of a list without keys
_LAST_PAGE = 1000
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the addresses of the pages beside them; empty where there is none."""

    rows: list[Row]
    previous: str = ""
    next: str = ""


def page(rows: QuerySet[Row], request: HttpRequest, *, by: str, size: int = 30) -> Page[Row]:
    """The page of `rows` that the request asks for, in the order of the column `by` and the key; "-" turns it.

    Without a column by the key alone: "" or "-". An address names a place, not a row: a row that went away
    meanwhile does not matter. A place that nobody can read counts as the beginning. One query.
    """
    down, name = by.startswith("-"), by.removeprefix("-")
    column = rows.model._meta.get_field(name) if name else None
    backwards = BEFORE in request.GET
    place = _read(request.GET.get(BEFORE if backwards else AFTER, ""), column)
    backwards = backwards and place is not None
    if place is not None:
        rows = rows.filter(_beyond(place, name, "lt" if down != backwards else "gt"))
    sign = "-" if down != backwards else ""
    found = list(rows.order_by(*(sign + each for each in (name, "pk") if each))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    return Page(
        found,
        previous=_address(request.GET, BEFORE, found[0], name) if (more if backwards else place) else "",
        next=_address(request.GET, AFTER, found[-1], name) if backwards or more else "",
    )


def numbered(rows: QuerySet[Any, Any], request: HttpRequest, *, size: int = 30) -> "Page[Any]":
    """The page of a list without keys, such as of sums, which is worked out whole for each page anyway."""
    asked = request.GET.get(PAGE, "")
    number = min(int(asked), _LAST_PAGE) if asked.isdecimal() and len(asked) < 7 and int(asked) > 0 else 1
    found = list(rows[(number - 1) * size : number * size + 1])
    kept = request.GET.copy()
    kept.pop(PAGE, None)

    def address(other: int) -> str:
        there = kept.copy()
        there[PAGE] = str(other)
        return "?" + there.urlencode()

    return Page(
        found[:size],
        previous=address(number - 1) if number > 1 else "",
        next=address(number + 1) if len(found) > size and number < _LAST_PAGE else "",
    )


def bounded(rows: QuerySet[Any], limit: int = 99) -> str:
    """How many there are, in words that cost little to find: a number, or "99+"."""
    count = rows.order_by()[: limit + 1].count()
    return _words(count, limit)


def bounded_each(tables: Mapping[str, QuerySet[Any]], limit: int = 99) -> dict[str, str]:
    """`bounded` of several, under their names, in one query; an empty one has "0"."""
    parts = [rows.order_by().values_list(Value(name, TextField()))[: limit + 1] for name, rows in tables.items()]
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else chain(*parts)
    counts = Counter(name for (name,) in found)
    return {name: _words(counts[name], limit) for name in tables}


def _words(count: int, limit: int) -> str:
    return f"{limit}+" if count > limit else str(count)


def _read(text: str, column: Any) -> tuple[Any, int] | None:
    """The place that an address names: what stands in the column there, and the key."""
    written, line, key = text.rpartition("_")
    if column and not line:
        return None
    try:
        value = column.to_python(written) if isinstance(column, Field) else None
        if isinstance(value, datetime) and value.tzinfo is None:
            return None
        return value, int(key)
    except (ValueError, OverflowError, ValidationError):
        return None


def _beyond(place: tuple[Any, int], name: str, way: str) -> Q:
    value, key = place
    if not name:
        return Q(**{f"pk__{way}": key})
    return Q(**{f"{name}__{way}": value}) | Q(**{name: value, f"pk__{way}": key})


def _address(asked: QueryDict, way: str, row: Model, name: str) -> str:
    value = getattr(row, name) if name else ""
    kept = asked.copy()
    for old in (AFTER, BEFORE):
        kept.pop(old, None)
    kept[way] = f"{value.isoformat() if isinstance(value, datetime) else value}_{row.pk}"
    return "?" + kept.urlencode()

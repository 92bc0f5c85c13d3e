"""The pages of a list: which dossiers stand on one, with all that a row shows, and the addresses beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import Prefetch

from motcua.desk.inbox.filters import Filters
from motcua.desk.inbox.reading import Found, Place, nearest, order_of
from motcua.dossiers.models import Dossier, Task
from motcua.foundation.actor import Actor

SIZE = 30  # rows of a page


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Dossier]
    previous: str = ""  # addresses; empty where there is none
    next: str = ""


def page(actor: Actor, filters: Filters, at: datetime, place: Place | None = None, size: int = SIZE) -> Page:
    """The rows of a list at a place: nearest deadline first, or the newest first where nothing is awaited."""
    if place and (place.moment is not None) != bool(order_of(filters).column):
        place = None
    backwards = place is not None and place.backwards
    found = nearest(actor, filters, at, place, size + 1)
    more = len(found) > size
    found = found[1:] if more and backwards else found[:size]
    if not found and place and not backwards:  # the rows after it went away meanwhile
        return Page([], previous=filters.address(truoc=_written(replace(place, pk=place.pk + 1))))
    if not found:
        return page(actor, filters, at, size=size) if place else Page([])
    return Page(
        rows_of(found),
        filters.address(truoc=_place(found[0])) if (more if backwards else place) else "",
        filters.address(sau=_place(found[-1])) if (backwards or more) else "",
    )


def codes(actor: Actor, filters: Filters, at: datetime, most: int) -> list[str]:
    """The codes of the first dossiers of a list, in its order (two queries)."""
    found = [pk for pk, _moment in nearest(actor, filters, at, None, most)]
    code_of = dict(Dossier.objects.filter(pk__in=found).values_list("pk", "code"))
    return [code_of[pk] or "" for pk in found if pk in code_of]


def read_place(asked: Mapping[str, str]) -> Place | None:
    """The place that an address names; None, the beginning, when nobody can read it."""
    backwards = "truoc" in asked
    seconds, _dash, pk = (asked.get("truoc") or asked.get("sau") or "").rpartition("_")
    try:
        return Place(datetime.fromtimestamp(float(seconds), UTC) if seconds else None, int(pk), backwards)
    except (ValueError, OverflowError, OSError):
        return None


def rows_of(found: Found) -> list[Dossier]:
    """The dossiers of these keys in their order, with `open_tasks` and all else that a row shows (two queries)."""
    tasks = Task.objects.open().select_related("assignee", "agency")
    rows = (
        Dossier.objects.for_list()
        .select_related("procedure_version__procedure", "agency__calendar", "reception__calendar")
        .defer(
            "answers",
            "owner",
            "search",
            "agency__calendar__content",  # read once a process, where it is needed
            "reception__calendar__content",
            "procedure_version__content",
            "procedure_version__procedure__search_words",
        )
        .prefetch_related(Prefetch("tasks", tasks, to_attr="open_tasks"))
        .in_bulk([pk for pk, _moment in found])
    )
    return [rows[pk] for pk, _moment in found if pk in rows]


def _place(row: tuple[int, datetime | None]) -> str:
    return _written(Place(row[1], row[0]))


def _written(place: Place) -> str:
    return f"{place.moment.timestamp():.6f}_{place.pk}" if place.moment else f"_{place.pk}"

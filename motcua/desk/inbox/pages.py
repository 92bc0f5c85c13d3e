"""The pages of a list: which dossiers stand on one, with all that a row shows, and the addresses beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from motcua.agencies.models import Agency
from motcua.desk.inbox.filters import Filters
from motcua.desk.inbox.reading import Found, Place, nearest, order_of
from motcua.dossiers.models import Dossier, Task
from motcua.foundation.actor import Actor
from motcua.procedures.models import ProcedureVersion

SIZE = 25  # rows of a page


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
    """The dossiers of these keys in their order, with `open_tasks` and all else that a row shows (four queries).

    Rows share few units and procedures: each of them is read and made once, and not for each row.
    """
    rows = Dossier.objects.defer("answers", "owner", "search").in_bulk([pk for pk, _moment in found])
    steps = list(Task.objects.open().filter(dossier_id__in=rows).select_related("assignee"))
    units = Agency.objects.select_related("calendar").defer("calendar__content").in_bulk(
        {key for one in rows.values() for key in (one.agency_id, one.reception_id)} | {one.agency_id for one in steps}
    )  # the content of a calendar is read once a process, where it is needed
    versions = (
        ProcedureVersion.objects.select_related("procedure")
        .defer("content", "procedure__search_words")
        .in_bulk({one.procedure_version_id for one in rows.values()})
    )
    open_tasks: dict[int, list[Task]] = {}
    for step in steps:
        step.agency = units[step.agency_id]
        open_tasks.setdefault(step.dossier_id, []).append(step)
    for one in rows.values():
        one.agency, one.reception = units[one.agency_id], units[one.reception_id]
        one.procedure_version = versions[one.procedure_version_id]
        one.open_tasks = open_tasks.get(one.pk, [])  # type: ignore[attr-defined]
    return [rows[pk] for pk, _moment in found if pk in rows]


def _place(row: tuple[int, datetime | None]) -> str:
    return _written(Place(row[1], row[0]))


def _written(place: Place) -> str:
    return f"{place.moment.timestamp():.6f}_{place.pk}" if place.moment else f"_{place.pk}"

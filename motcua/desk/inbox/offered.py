"""What may be chosen in the filters."""

from django.db.models.expressions import RawSQL

from motcua.desk.inbox.reading import UNIT, compiled, lateral
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import UNDER_WAY
from motcua.foundation.actor import Actor
from motcua.procedures.models import Procedure

_LOOKED_AT = 500  # of what is under way in a unit: the procedures of these are offered


def procedures_under_way(actor: Actor) -> list[tuple[str, str]]:
    """Number and name of the procedures of what is under way in these units, by name (one query).

    Of a unit with thousands under way only some are looked at: another procedure is found by its number in the search.
    """
    parts, given = [], []
    for unit in ("agency_id", "reception_id"):
        waiting = Dossier.objects.filter(state__in=sorted(UNDER_WAY), **{unit: UNIT}).order_by()
        statement = compiled(waiting.values_list("procedure_version_id")[:_LOOKED_AT])
        if statement and actor.agency_ids:
            sql, values = lateral(*statement, sorted(actor.agency_ids), None)
            parts.append(f"({sql})")
            given += values
    if not parts:
        return []
    found = Procedure.objects.filter(versions__in=RawSQL(" UNION ".join(parts), given))  # noqa: S611 - compiled querysets
    found = found.distinct().order_by("name_key", "number").only("number", "name", "short_name")[:200]
    return [(one.number, f"{one.display_name[:80]} ({one.number})") for one in found]

"""What may be chosen in the filters."""

from motcua.desk.inbox.reading import UNIT, compiled, lateral
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import UNDER_WAY
from motcua.foundation.actor import Actor
from motcua.procedures.models import Procedure

_LOOKED_AT = 3000  # of the newest under way in a unit: what they are about is offered


def procedures_under_way(actor: Actor) -> list[tuple[str, str]]:
    """Number and name of the procedures of what is under way in these units, by name (two queries).

    Of a unit with thousands under way those are looked at whose time is nearest; another procedure can still be asked for
    by its number in the search.
    """
    versions: set[int] = set()
    for unit in ("agency_id", "reception_id"):
        waiting = Dossier.objects.filter(state__in=sorted(UNDER_WAY), **{unit: UNIT})
        sql, given = lateral(
            *compiled(waiting.order_by().values_list("procedure_version_id")[:_LOOKED_AT]), sorted(actor.agency_ids), None
        )
        versions.update(_keys(sql, given))
    found = Procedure.objects.filter(versions__in=versions).distinct().order_by("name_key", "number")[:200]
    return [(one.number, f"{one.display_name[:80]} ({one.number})") for one in found]


def _keys(sql: str, given: list[object]) -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT version FROM ({sql}) AS found (version)", given)  # noqa: S608
        return [key for (key,) in cursor.fetchall()]

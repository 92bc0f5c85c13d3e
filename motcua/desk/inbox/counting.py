"""How many dossiers each list of what is under way holds: up to a hundred, then nobody counts on."""

from datetime import datetime

from django.db import connection

from motcua.desk.inbox.filters import Filters
from motcua.desk.inbox.reading import compiled, lateral, pieces
from motcua.desk.inbox.tabs import ENDED_TAB, EVERYTHING, MENTIONED, TABS
from motcua.dossiers.models import Dossier
from motcua.foundation.actor import Actor

MOST_COUNTED = 100  # a list that holds more says "99+"
COUNTED = [tab for tab in TABS if tab not in (ENDED_TAB, EVERYTHING, MENTIONED)]


def counts(actor: Actor, at: datetime) -> dict[str, int]:
    """How many rows each list holds, MOST_COUNTED at most (one query, which reads no more than these)."""
    parts, given = [], []
    for tab in COUNTED:
        for piece in pieces(actor, Filters(tab=tab), Dossier.objects.all(), at):
            statement = compiled(piece.rows.order_by().values_list(piece.pk)[:MOST_COUNTED])
            if statement is None or piece.units == []:
                continue
            sql, values = lateral(*statement, piece.units, piece.states)
            parts.append(f"(SELECT '{tab.key}', id FROM ({sql}) AS found (id) LIMIT {MOST_COUNTED})")  # noqa: S608
            given += values
    counted = dict.fromkeys([tab.key for tab in COUNTED], 0)
    if not parts:
        return counted
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT tab, least(count(DISTINCT id), {MOST_COUNTED})"  # noqa: S608 - made of compiled querysets
            f" FROM ({' UNION ALL '.join(parts)}) AS found (tab, id) GROUP BY tab",
            given,
        )
        return counted | dict(cursor.fetchall())

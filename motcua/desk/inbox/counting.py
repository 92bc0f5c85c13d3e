"""How many dossiers each list of what is under way holds: up to a hundred, then nobody counts on."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from motcua.desk.inbox.filters import Filters, end_of
from motcua.desk.inbox.reading import Piece, Statement, compiled, done_lately, lateral, pieces
from motcua.desk.inbox.tabs import LATE, MINE, RUNNING, STATES, TODAY, UNASSIGNED, WAITING, Tab
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import UNDER_WAY
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.foundation.written import WrittenStatement

MOST_COUNTED = 100  # a list that holds more says "99+"
_BY_ITSELF = [MINE, UNASSIGNED, WAITING, TODAY, LATE]
_BY_STATE = [tab for tab in STATES if tab.states <= UNDER_WAY]

_AT = datetime(1901, 1, 1, tzinfo=UTC)  # no moment of ours
_MIDNIGHT = end_of(_AT.astimezone(HANOI).date())


def counts(actor: Actor, at: datetime) -> dict[str, int]:
    """How many rows each list holds, MOST_COUNTED at most (two queries, which read not many more than these)."""
    written = _written(Actor(actor.kind, actor.id, "", actor.roles, actor.stands_in_for), MOST_COUNTED)
    found: dict[str, int] = {}
    if actor.agency_ids:
        with connection.cursor() as cursor:
            cursor.execute(*written(at=at, midnight=end_of(at.astimezone(HANOI).date()), lately=done_lately(actor)))
            found = dict(cursor.fetchall())
    by_itself = {tab.key: found.get(tab.key, 0) for tab in _BY_ITSELF}
    by_state = {tab.key: min(sum(found.get(f"={state}", 0) for state in tab.states), MOST_COUNTED) for tab in _BY_STATE}
    return by_itself | by_state


@lru_cache(maxsize=5000)
def _written(actor: Actor, most: int) -> WrittenStatement:
    """What counts the lists of an officer, written once for each."""
    return WrittenStatement(lambda **when: _statement(actor, most, **when), at=_AT, midnight=_MIDNIGHT, lately=[-9002])


def _statement(actor: Actor, most: int, at: datetime, midnight: datetime, lately: list[int]) -> Statement:
    """(word, rows) of each list, where the word is that of the list, or "=" and a state."""
    parts: list[str] = []
    given: list[Any] = []
    for tab in _BY_ITSELF:
        for piece in _pieces(actor, tab, at, lately):
            if statement := _keys(piece, most, piece.pk):
                parts.append(f"(SELECT '{tab.key}', id FROM ({statement[0]}) AS found (id) LIMIT {most})")  # noqa: S608
                given += statement[1]
    for piece in _pieces(actor, replace(RUNNING, states=UNDER_WAY), at, lately):
        if statement := _keys(piece, most, "state", piece.pk):
            parts.append(f"(SELECT '=' || state, id FROM ({statement[0]}) AS found (state, id))")  # noqa: S608
            given += statement[1]
    return (
        f"SELECT word, least(count(DISTINCT id), {most})"  # noqa: S608 - made of compiled querysets
        f" FROM ({' UNION ALL '.join(parts)}) AS found (word, id) GROUP BY word"
    ), given


def _pieces(actor: Actor, tab: Tab, at: datetime, lately: list[int]) -> list[Piece]:
    found = pieces(actor, Filters(tab=tab), Dossier.objects.all(), at, lately)
    return [piece for piece in found if piece.units != []]


def _keys(piece: Piece, most: int, *columns: str) -> Statement | None:
    statement = compiled(piece.rows.order_by().values_list(*columns)[:most])
    return lateral(*statement, piece.units, piece.states) if statement else None

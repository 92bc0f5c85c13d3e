"""Reads the keys of a page from indexes: for each unit and each state no more rows than a page has.

`dossiers()` says which dossiers a list holds; the pieces here find the nearest of the same dossiers without looking at
the others. Tests hold both to the same answer. A piece is a query of (key of the dossier, moment); in it UNIT and STATE
stand for each unit and each state in turn, which PostgreSQL joins laterally.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Lookup, OrderBy, Q, QuerySet

from motcua.agencies.models import Role
from motcua.desk.inbox import filters as words
from motcua.desk.inbox.filters import Filters
from motcua.desk.inbox.mentions import mentioned
from motcua.desk.inbox.tabs import ENDED_TAB, EVERYTHING, LATE, MENTIONED, MINE, TODAY, UNASSIGNED, WAITING
from motcua.dossiers.models import Consultation, Dossier, DossierQuerySet, Task
from motcua.dossiers.searching import Question
from motcua.dossiers.states import UNDER_WAY, WAITS_FOR_OWNER, State
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI

UNIT, STATE = -9001, "§state"
_WORKED_ON = [State.ACCEPTED.value, State.PROCESSING.value, State.SETTLED.value]  # a paused dossier waits for others
_ASSIGNABLE = [Role.HEAD.value, Role.APPRAISER.value]
_REMEMBERED = 300  # steps that an officer did last: what he still asks himself about

Statement = tuple[str, list[Any]]  # with the values of its %s
Found = list[tuple[int, datetime | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a row, or before it. Lists by key alone have no moment."""

    moment: datetime | None
    pk: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """By which moment of a dossier a list is read, and whether the latest comes first; without column by the key."""

    column: str
    down: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """(dossier, moment) of some dossiers of a list; `pk` and `moment` are the names of these in its table."""

    rows: QuerySet[Any]
    moment: str
    pk: str = "pk"
    units: Sequence[int] | None = None
    states: Sequence[str] | None = None
    few: bool = False  # to be found first and sorted then, not met while reading in order


def order_of(filters: Filters) -> Order:
    """Nearest deadline first; of what has ended, or of everything, the newest."""
    tab = filters.tab
    if tab in (TODAY, LATE):
        return Order("deadline")
    if tab.by_deadline:
        return Order("awaited_at")
    if filters.settled_from or filters.settled_to or filters.outcome:
        return Order("settled_at", down=True)
    if tab is ENDED_TAB and not filters.text:
        return Order("", down=True)
    return Order("submitted_at", down=True)


def dossiers(actor: Actor, filters: Filters, at: datetime) -> DossierQuerySet:
    """The dossiers of a list, in no order: what `nearest` reads, said plainly. A text that finds nothing is taken as begun."""
    found = Dossier.objects.visible_to(actor).filter(words.condition(filters, actor, at), state__in=filters.tab.states)
    found = found.filter(_in_tab(actor, filters, at))
    if filters.text:
        whole = found.filter(Question.of(filters.text).among(actor.agency_ids))
        begun = Question.of(filters.text, begins=True)
        return whole if whole.exists() else found.filter(begun.among(actor.agency_ids))
    return found


def nearest(actor: Actor, filters: Filters, at: datetime, place: Place | None, size: int) -> Found:
    """The first `size` of a list after a place, or the last ones before it, in the order of reading."""
    order = order_of(filters)
    base = Dossier.objects.filter(words.condition(filters, actor, at))
    if not filters.text:
        return _read(pieces(actor, filters, base, at), order, place, size)
    for question in (Question.of(filters.text), Question.of(filters.text, begins=True)):
        if filters.tab.by_deadline:
            found = _read(pieces(actor, filters, base.filter(question.among(actor.agency_ids)), at), order, place, size)
        else:
            found = _searched(actor, filters, question, base, at, place, size)
        if found:
            break
    return found


def pieces(
    actor: Actor, filters: Filters, base: DossierQuerySet, at: datetime, lately: list[int] | None = None
) -> list[Piece]:
    """What a list is put together from; `base` holds the conditions beside those of the list.

    `lately` are the dossiers that `done_lately` finds; they are looked up where they are not given.
    """
    tab, order = filters.tab, order_of(filters)
    states = sorted(tab.states & filters.states if filters.states else tab.states)
    if tab is MINE:
        return _mine(actor, base)
    if tab is UNASSIGNED:
        return _unassigned(actor, base)
    if tab is WAITING:
        return _waiting(actor, base, lately)
    if tab is MENTIONED:
        return [Piece(base.visible_to(actor).filter(pk__in=mentioned(actor)), "submitted_at")]
    base = base.filter(_in_tab(actor, filters, at))
    if tab in (TODAY, LATE):
        return _of_units(actor, base.filter(deadline__isnull=False), order.column, sorted(UNDER_WAY))
    if tab is ENDED_TAB or (tab is EVERYTHING and order.column != "submitted_at"):
        return _of_units(actor, base.filter(state__in=states), order.column, states)
    if tab is EVERYTHING:
        return _of_units(actor, base.filter(submitted_at__isnull=False, state__in=states), order.column, states)
    return _of_units(actor, base.filter(state__in=sorted(UNDER_WAY)), order.column, states, each_state=True)


def _in_tab(actor: Actor, filters: Filters, at: datetime) -> Q:
    """What a list asks for beside the states."""
    tab = filters.tab
    if tab is MINE:
        return _mine_condition(actor)
    if tab is UNASSIGNED:
        return Q(pk__in=_unassigned_tasks(actor).filter(agency_id__in=actor.agency_ids).values("dossier_id"))
    if tab is WAITING:
        asked, handled = _asked_by_us(actor), _handled(actor)
        return Q(state__in=WAITS_FOR_OWNER) | Q(pk__in=asked.values("dossier_id")) | Q(pk__in=handled)
    if tab is MENTIONED:
        return Q(pk__in=mentioned(actor))
    if tab is LATE:
        return words.is_late_at(at)
    if tab is TODAY:
        tomorrow = words.end_of(at.astimezone(HANOI).date())
        return Q(deadline__gte=at, deadline__lt=tomorrow)
    return Q()


# The lists ---------------------------------------------------------------------------------------------------


def _of_units(
    actor: Actor, base: DossierQuerySet, moment: str, states: Sequence[str], *, each_state: bool = False
) -> list[Piece]:
    """What my units settle, what they receive, and the few where they were asked."""
    units = sorted(actor.agency_ids)
    held = base.filter(state=STATE) if each_state else base
    listed = list(states) if each_state else None
    asked = base.filter(also_seen_by__overlap=units, state__in=list(states))
    if set(states) <= UNDER_WAY:
        asked = asked.filter(state__in=sorted(UNDER_WAY))
    return [
        Piece(held.filter(agency_id=UNIT), moment, units=units, states=listed),
        Piece(held.filter(reception_id=UNIT), moment, units=units, states=listed),
        Piece(asked, moment, few=True),
    ]


def _counters(actor: Actor) -> list[int]:
    return sorted(agency_id for agency_id, role in actor.roles if role == Role.RECEIVER)


def _wishes(counters: list[int]) -> Q:
    """Withdrawals that these counters are to answer."""
    sources = sorted(UNDER_WAY - {State.SETTLED})
    return Q(withdrawal_requested_at__isnull=False, state__in=sources, reception_id__in=counters)


def _mine_condition(actor: Actor) -> Q:
    counters = _counters(actor)
    return (
        Q(state__in=_WORKED_ON, pk__in=Task.objects.doable_by(actor).values("dossier_id"))
        | Q(pk__in=Consultation.objects.answerable_by(actor).values("dossier_id"))
        | Q(state=State.SUBMITTED, reception_id__in=counters)
        | _wishes(counters)
    )


def _mine(actor: Actor, base: DossierQuerySet) -> list[Piece]:
    """My tasks, those that nobody has yet, my counter's new dossiers and withdrawals, opinions that we are asked for."""
    found: list[Piece] = []
    people = {actor.user_id, *actor.deputises}
    tasks = _tasks_on(base, Task.objects.doable_by(actor))
    found.append(Piece(tasks.filter(assignee_id__in=sorted(filter(None, people))), "due_at", "dossier_id"))
    for role in sorted({role for _agency, role in actor.roles}):
        units = sorted(agency_id for agency_id, held in actor.roles if held == role)
        free = _tasks_on(base, Task.objects.open()).filter(assignee=None, agency_id=UNIT, role=role)
        found.append(Piece(free, "due_at", "dossier_id", units=units))
    if counters := _counters(actor):
        new = base.filter(state=State.SUBMITTED, reception_id=UNIT)
        found.append(Piece(new, "awaited_at", units=counters))
        found.append(Piece(base.filter(_wishes(counters), state__in=sorted(UNDER_WAY)), "awaited_at"))
    asked = Consultation.objects.answerable_by(actor)
    if not asked.query.is_empty():
        found.append(Piece(asked.filter(_whose_dossier(base)), "due_at", "dossier_id"))
    return found


def _unassigned_tasks(actor: Actor) -> QuerySet[Task]:
    return Task.objects.open().filter(assignee=None, role__in=_ASSIGNABLE)


def _unassigned(actor: Actor, base: DossierQuerySet) -> list[Piece]:
    units, found = sorted(actor.agency_ids), []
    for role in _ASSIGNABLE:
        tasks = Task.objects.open().filter(assignee=None, role=role, agency_id=UNIT)
        found.append(Piece(_tasks_on(base, tasks, [State.ACCEPTED, State.PROCESSING]), "due_at", "dossier_id", units=units))
    return found


def _waiting(actor: Actor, base: DossierQuerySet, lately: list[int] | None) -> list[Piece]:
    """What waits for its owner or for an opinion that we asked for, and what I have done my part of."""
    states = sorted(WAITS_FOR_OWNER)
    waiting = base.filter(state__in=sorted(UNDER_WAY))
    seen = waiting.visible_to(actor)
    return [
        *_of_units(actor, waiting, "awaited_at", states, each_state=True),
        Piece(_asked_by_us(actor).filter(_whose_dossier(base)), "dossier__awaited_at", "dossier_id", few=True),
        Piece(seen.filter(pk__in=_handled(actor, lately)), "awaited_at"),
    ]


def _asked_by_us(actor: Actor) -> QuerySet[Consultation]:
    """Opinions of other units that a step of ours waits for."""
    units = sorted(actor.agency_ids)
    return Consultation.objects.open().filter(asker_id__in=units).exclude(agency_id__in=units)


def done_lately(actor: Actor) -> list[int]:
    """The keys of dossiers of which this officer did a step last (one query)."""
    done = Task.objects.filter(assignee_id=actor.user_id, completed_at__isnull=False).order_by("-completed_at")
    return sorted(set(done.values_list("dossier_id", flat=True)[:_REMEMBERED]))


def _handled(actor: Actor, lately: list[int] | None = None) -> QuerySet[Any]:
    """The keys of dossiers of which this officer did a step lately and has none to do now.

    The late ones are read first: a planner that is told keys looks them up, where it would read a whole index for a limit.
    """
    keys = done_lately(actor) if lately is None else lately
    mine = Task.objects.doable_by(actor).filter(_Among(F("dossier_id"), keys)).values("dossier_id")
    return Dossier.objects.filter(_Among(F("pk"), keys)).exclude(pk__in=mine).values("pk")


class _Among(Lookup):
    """One of these keys, which are one value of the statement, however many they are."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        key, given = self.process_lhs(compiler, connection)
        return f"{key} = ANY(%s::bigint[])", [*given, self.rhs]


def _tasks_on(base: DossierQuerySet, tasks: QuerySet[Task], states: Sequence[str] = _WORKED_ON) -> QuerySet[Task]:
    tasks = tasks.filter(dossier__state__in=list(states))
    return tasks.filter(dossier__in=base) if base.query.where else tasks


def _whose_dossier(base: DossierQuerySet) -> Q:
    under_way = Q(dossier__state__in=sorted(UNDER_WAY))
    return under_way & Q(dossier__in=base) if base.query.where else under_way


# How they are read -------------------------------------------------------------------------------------------


def _read(found: Sequence[Piece], order: Order, place: Place | None, size: int) -> Found:
    """The nearest rows of the pieces together (one query). Of a dossier with two moments the nearer counts."""
    found = [piece for piece in found if piece.units != []]
    if not found:
        return []
    down = order.down != bool(place and place.backwards)
    parts = list(filter(None, (_part(piece, order, place, size, down) for piece in found)))
    if not parts:
        return []
    way, best = ("DESC", "max") if down else ("ASC", "min")
    by = f"moment {way}, id {way}" if order.column else f"id {way}"
    sql = " UNION ALL ".join(f"({one})" for one, _given in parts)
    given = [value for _sql, values in parts for value in values]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {best}(moment) AS moment FROM ({sql}) AS found (id, moment) GROUP BY id ORDER BY {by} LIMIT %s",  # noqa: S608 - made of compiled querysets
            [*given, size],
        )
        rows: Found = cursor.fetchall()
    if place and place.backwards:
        rows.reverse()
    return rows


def _part(piece: Piece, order: Order, place: Place | None, size: int, down: bool) -> Statement | None:
    """The statement of a piece; None when its conditions contradict each other."""
    rows, moment = piece.rows, piece.moment if order.column else ""
    if place:
        rows = rows.filter(_beyond(piece, moment, place, "lt" if down else "gt"))
    sign = "-" if down else ""
    keys = [key for key in (moment, piece.pk) if key]
    by: list[Any] = [sign + key for key in keys]
    if piece.few:  # an order that no index has
        by = [OrderBy(F(key) + (timedelta() if key != piece.pk else 0), descending=down) for key in keys]
    rows = rows.order_by(*by).values_list(piece.pk, moment or piece.pk)[:size]
    statement = compiled(rows)
    if statement is None:
        return None
    sql, given = statement
    if not order.column:
        sql = f"SELECT id, NULL::timestamptz FROM ({sql}) AS keys (id, same)"  # noqa: S608
    return lateral(sql, given, piece.units, piece.states)


def _beyond(piece: Piece, moment: str, place: Place, way: str) -> Q:
    if not moment:
        return Q(**{f"{piece.pk}__{way}": place.pk})
    # The first condition says nothing new, but is one that an index can begin at.
    return Q(**{f"{moment}__{way}e": place.moment}) & (
        Q(**{f"{moment}__{way}": place.moment}) | Q(**{moment: place.moment, f"{piece.pk}__{way}": place.pk})
    )


def compiled(rows: QuerySet[Any]) -> Statement | None:
    """The statement of a query, and its values in order; None when it can find nothing."""
    try:
        sql, given = rows.query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return None
    return sql, list(given)


def lateral(
    sql: str, given: list[Any], units: Sequence[int] | None, states: Sequence[str] | None
) -> Statement:
    """A statement done for each unit and each state, which stand in it as UNIT and STATE."""
    if units is None and states is None:
        return sql, given
    places = {UNIT: "unit.id", STATE: "state.word"}
    parts, values = sql.split("%s"), iter(given)
    assert len(parts) == len(given) + 1
    written, kept = parts[0], []
    for part, value in zip(parts[1:], values, strict=True):
        named = places.get(value) if isinstance(value, int | str) else None
        if named is None:
            kept.append(value)
        written += (named or "%s") + part
    sources: list[str] = []
    listed: list[list[Any]] = []
    if units is not None:
        sources.append("unnest(%s::bigint[]) AS unit (id)")
        listed.append(list(units))
    if states is not None:
        sources.append("unnest(%s::text[]) AS state (word)")
        listed.append([str(one) for one in states])
    made = f"SELECT part.* FROM {' CROSS JOIN '.join(sources)} CROSS JOIN LATERAL ({written}) AS part"  # noqa: S608
    return made, [*listed, *kept]


# Searching ---------------------------------------------------------------------------------------------------

_LOOKED_AT = 1000  # the newest of a unit, read one by one: frequent words are among them
_RECENT = timedelta(weeks=3)  # then the index of words within these last weeks; then all of it


def _searched(
    actor: Actor,
    filters: Filters,
    question: Question,
    base: DossierQuerySet,
    at: datetime,
    place: Place | None,
    size: int,
) -> Found:
    """The newest that a text finds, in stages: none of them reads much more than a page of what it finds.

    A frequent word fills the page from the newest dossiers of the units; a rarer one from an index of words, for which
    the week of filing is a word too, so that only the last weeks are looked through; a rare one from all of it. Pages
    before a place are read from all of it at once: they are few.
    """
    units, order = actor.agency_ids, order_of(filters)
    if not question.words:
        return []
    states = sorted(filters.tab.states & filters.states if filters.states else filters.tab.states)
    base = base.visible_to(actor).filter(_in_tab(actor, filters, at), state__in=states)
    if order.column == "submitted_at" and not (place and place.backwards):
        newest = base.filter(pk__in=_among_newest(actor, question, place))
        found = _read([Piece(newest, order.column)], order, place, size)
        if len(found) < size:
            until = (place and place.moment) or at
            recent = base.filter(question.among(units, until - _RECENT, until), submitted_at__gte=until - _RECENT)
            found = _read([Piece(recent, order.column)], order, place, size)
        if len(found) == size:
            return found
    return _read([Piece(base.filter(question.among(units)), order.column)], order, place, size)


def _among_newest(actor: Actor, question: Question, place: Place | None) -> list[int]:
    """The keys of those that a text finds among the newest of each unit: read as they come, not from an index of words."""
    rows = Dossier.objects.filter(submitted_at__isnull=False).order_by("-submitted_at", "-pk")
    if place:
        rows = rows.filter(submitted_at__lte=place.moment)
    parts = []
    for unit in ("agency_id", "reception_id"):
        newest = rows.filter(**{unit: UNIT}).values_list("pk", "search")[:_LOOKED_AT]
        if statement := compiled(newest):
            parts.append(lateral(*statement, sorted(actor.agency_ids), None))
    if not parts or not actor.agency_ids:
        return []
    sql = " UNION ALL ".join(f"({one})" for one, _given in parts)
    given = [value for _sql, values in parts for value in values]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT id FROM ({sql}) AS newest (id, search) WHERE search @@ %s::tsquery",  # noqa: S608
            [*given, question.query],
        )
        return [pk for (pk,) in cursor.fetchall()]

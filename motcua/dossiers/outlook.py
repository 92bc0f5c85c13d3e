"""The board of a unit: what is open, on whose table, how near to its date, and what is to be expected.

As in the reports, each number and the list that it opens are made by the same condition. What a page cannot work out
within its time (forecast, overtaken dossiers; everything, for the province) is counted every few minutes by a job and
kept, with the moment at which it was counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.agencies.models import Agency
from motcua.dossiers import forecast as forecasting
from motcua.dossiers import overtaken as overtaking
from motcua.dossiers.forecast import Forecast
from motcua.dossiers.models import Dossier, DossierQuerySet, Extension, Task, UnitFigures
from motcua.dossiers.overtaken import Overtaken
from motcua.dossiers.reporting import Scope, counted, late_by
from motcua.dossiers.states import RUNNING, WAITS_FOR_OWNER, State
from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar
from motcua.foundation.working_time import add_working_hours
from motcua.foundation.written import WrittenStatement

SOON_DAYS = 2  # working days after today within which a date is near
INTAKE_SOON_HOURS = 2  # working hours left of the eight
DAYS_AHEAD = 10  # working days whose dates the board shows
_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the board: its word in addresses, and its name."""

    key: str
    name: str | Promise


_L = gettext_lazy
CELLS = {
    cell.key: cell
    for cell in [
        Cell("dang-mo", _L("Đang giải quyết")),
        Cell("qua-han", _L("Quá hạn")),
        Cell("hom-nay", _L("Đến hạn hôm nay")),
        Cell("sap-han", _L("Sắp đến hạn")),
        Cell("cho-nop", _L("Chờ người nộp")),
        Cell("cho-tra", _L("Chờ trả kết quả")),
        Cell("cho-nhan", _L("Chờ tiếp nhận")),
        Cell("cham-nhan", _L("Chậm phản hồi tiếp nhận")),
        Cell("gap-nhan", _L("Sắp hết 08 giờ phản hồi")),
        Cell("xin-loi", _L("Thư xin lỗi chờ ký")),
    ]
}
User = get_user_model()
OF_STEPS = ("dang-mo", "buoc-cham", "hom-nay", "sap-han", "qua-han")  # the numbers of a step, and of an officer


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, and those around it by a unit's calendar."""

    at: datetime
    midnight: datetime  # the end of the day
    soon: datetime  # the end of the last working day that is near
    intake_soon: datetime

    @classmethod
    def of(cls, at: datetime, calendar: Calendar) -> "Moment":
        day = at.astimezone(HANOI).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), HANOI)
        left = SOON_DAYS
        for _day in range(60):
            day += timedelta(days=1)
            left -= calendar.works_on(day)
            if left == 0:
                break
        return cls(at, midnight, calendar.on(day).ends_at, add_working_hours(at, INTAKE_SOON_HOURS, calendar))


def conditions(moment: Moment) -> dict[str, Q]:
    """Which dossiers each number of the board counts."""
    open_ = Q(accepted_at__isnull=False, closed_at=None)
    running = _running(moment)
    submitted = Q(state=State.SUBMITTED)
    return {
        "dang-mo": open_,
        "qua-han": open_ & late_by(moment.at),
        "hom-nay": running & Q(due__lt=moment.midnight),
        "sap-han": running & Q(due__gte=moment.midnight, due__lte=moment.soon),
        "buoc-cham": open_ & Q(paused_at=None, tasks__completed_at=None, tasks__due_at__lt=moment.at),
        "cho-nop": Q(state__in=WAITS_FOR_OWNER),
        "cho-tra": Q(state=State.SETTLED),
        "cho-nhan": submitted,
        "cham-nhan": submitted & Q(intake_due_at__lt=moment.at),
        "gap-nhan": submitted & Q(intake_due_at__gte=moment.at, intake_due_at__lte=moment.intake_soon),
        "xin-loi": Q(state__in=sorted(RUNNING), pk__in=Extension.objects.drafted().values("dossier_id")),
    }


def _running(moment: Moment) -> Q:
    """The clock ticks, and the date has not passed."""
    return Q(accepted_at__isnull=False, closed_at=None, paused_at=None, state__in=sorted(RUNNING)) & Q(due__gte=moment.at)


_KEPT = Q(state__in=sorted({State.SUBMITTED, State.SETTLED, *RUNNING, *WAITS_FOR_OWNER}))  # by an index: not the ended


def open_rows(scope: Scope) -> DossierQuerySet:
    """What a board looks at: everything of these units that is under way."""
    return counted().filter(scope.condition()).filter(_KEPT)


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers of a step, or of an officer."""

    key: str  # the step's name, the user's key, or empty: nobody
    name: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Board:
    """The numbers of a unit as they are now (three queries)."""

    counts: dict[str, int]
    steps: list[Line]
    officers: list[Line]


def board(unit: Agency, moment: Moment) -> Board:
    steps, officers = _lines(unit, moment)
    return Board(counts(unit, moment), steps, officers)


def counts(unit: Agency, moment: Moment) -> dict[str, int]:
    """The numbers of a unit (one query)."""
    [numbers] = _rows(_counting(unit.kind)(unit=unit.pk, **asdict(moment)))
    return dict(zip(CELLS, numbers, strict=True))


def _lines(unit: Agency, moment: Moment) -> tuple[list[Line], list[Line]]:
    """The numbers of each step, the most loaded first, and of each officer by name, nobody first (two queries)."""
    found: dict[str, list[tuple[Any, ...]]] = {"name": [], "officer": []}
    for word, *line in _rows(_summing(unit.kind)(unit=unit.pk, at=moment.at, midnight=moment.midnight, soon=moment.soon)):
        found[word].append(tuple(line))
    by_officer = {int(key or 0): numbers for key, *numbers in found["officer"]}
    known = User.objects.filter(pk__in=[key for key in by_officer if key]).order_by("sort_key", "pk")
    everybody = [(0, _("Chưa phân công")), *known.values_list("pk", "full_name")]
    by_load = sorted(found["name"], key=lambda line: (-line[1], line[0]))
    return (
        [Line(name, name, _numbers(numbers)) for name, *numbers in by_load[:_MOST_LINES]],
        [Line(str(key or ""), name, _numbers(by_officer[key])) for key, name in everybody if key in by_officer][: 3 * _MOST_LINES],
    )


def _numbers(numbers: list[int]) -> dict[str, int]:
    return dict(zip(OF_STEPS, numbers, strict=True))


# The statements of a board are written once for each kind of unit: Django takes longer to write them than PostgreSQL to
# sum up a usual unit.

_UNIT = -9003
_AT, _MIDNIGHT, _SOON, _INTAKE_SOON = (datetime(1901, 1, day, tzinfo=HANOI) for day in (1, 2, 3, 4))  # no moments of ours


@cache
def _counting(kind: str) -> WrittenStatement:
    def statement(unit: int, **moments: datetime) -> tuple[str, Sequence[Any]]:
        flags = _flags(CELLS, Moment(**moments))
        rows = open_rows(Scope((Agency(pk=unit, kind=kind),))).order_by().annotate(**flags).values_list(*flags)
        sql, given = rows.query.sql_with_params()
        numbers = ", ".join(f"count(*) FILTER (WHERE {name})" for name in flags)
        return f"SELECT {numbers} FROM ({sql}) AS open ({', '.join(flags)})", given  # noqa: S608 - a compiled queryset

    return WrittenStatement(statement, unit=_UNIT, at=_AT, midnight=_MIDNIGHT, soon=_SOON, intake_soon=_INTAKE_SOON)


@cache
def _summing(kind: str) -> WrittenStatement:
    """(which line, its key, its numbers) of the steps and of the officers.

    The open tasks are read once, and summed twice: a dossier counts once in each line, however many tasks it has there.
    """

    def statement(unit: int, at: datetime, midnight: datetime, soon: datetime) -> tuple[str, Sequence[Any]]:
        moment = Moment(at, midnight, soon, soon)
        flags = _flags(OF_STEPS, moment)
        rows = open_rows(Scope((Agency(pk=unit, kind=kind),))).order_by().filter(conditions(moment)["dang-mo"])
        tasks = rows.filter(tasks__isnull=False, tasks__completed_at=None).annotate(**flags)
        sql, given = tasks.values_list("pk", "tasks__name", "tasks__assignee_id", *flags).query.sql_with_params()
        numbers = ", ".join(f"count(*) FILTER (WHERE {name})" for name in flags)
        once = ", ".join(f"bool_or({name}) AS {name}" for name in flags)
        lines = " UNION ALL ".join(
            f"SELECT '{word}', {word}::text, {numbers} FROM (SELECT {word}, {once} FROM task GROUP BY {word}, id) AS one GROUP BY {word}"  # noqa: S608
            for word in ("name", "officer")
        )
        return f"WITH task (id, name, officer, {', '.join(flags)}) AS MATERIALIZED ({sql}) {lines}", given

    return WrittenStatement(statement, unit=_UNIT, at=_AT, midnight=_MIDNIGHT, soon=_SOON)


def _flags(keys: Iterable[str], moment: Moment) -> dict[str, ExpressionWrapper]:
    """Whether a dossier counts, by the names that the numbers have in a statement."""
    asked = conditions(moment)
    return {"n_" + key.replace("-", "_"): ExpressionWrapper(asked[key], BooleanField()) for key in keys}


def _rows(statement: tuple[str, list[Any]]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return list(cursor.fetchall())


def due_days(scope: Scope, moment: Moment, calendar: Calendar) -> list[tuple[date, int]]:
    """How many dossiers in time are due on each of the next working days, today first (one query)."""
    day = moment.at.astimezone(HANOI).date()
    days = [day]
    while len(days) < DAYS_AHEAD:
        day += timedelta(days=1)
        if calendar.works_on(day):
            days.append(day)
    last = datetime.combine(days[-1] + timedelta(days=1), time(), HANOI)
    rows = open_rows(scope).filter(_running(moment) & Q(due__lt=last)).order_by()
    found: Any = rows.annotate(day=F("due_on")).values_list("day").annotate(Count("pk"))
    counted_ = dict(found)
    return [(one, counted_.get(one, 0)) for one in sorted({*days, *counted_})]


def dossiers(key: str, scope: Scope, moment: Moment, *, step: str = "", officer: str | None = None) -> DossierQuerySet:
    """The dossiers that a number counts, in no order yet. `officer` is a user's key; empty for nobody."""
    rows, asked = open_rows(scope), conditions(moment)
    if step or officer is not None:
        tasks = Task.objects.open()
        if step:
            tasks = tasks.filter(name=step)
        if officer is not None:
            tasks = tasks.filter(assignee_id=int(officer)) if officer else tasks.filter(assignee=None)
        if key == "buoc-cham":
            late = tasks.filter(due_at__lt=moment.at).values("dossier_id")
            return rows.filter(asked["dang-mo"], paused_at=None, pk__in=late)
        rows = rows.filter(pk__in=tasks.values("dossier_id"))
    return rows.filter(asked[key])


# What is kept ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a board shows of a unit as it was at one moment."""

    at: datetime
    counts: dict[str, int]
    forecast: Forecast
    overtaken: list[Overtaken]

    @classmethod
    def empty(cls, at: datetime) -> "Outlook":
        """Of a unit without any work."""
        return cls(at, dict.fromkeys(CELLS, 0), Forecast(at, 0.0, 0, 0, []), [])

    @property
    def unexplained(self) -> int:
        return sum(not one.reasons for one in self.overtaken)

    def to_json(self) -> dict[str, Any]:
        return {
            "counts": self.counts,
            "forecast": self.forecast.to_json(),
            "overtaken": [one.to_json() for one in self.overtaken],
        }

    @classmethod
    def from_content(cls, at: datetime, content: dict[str, Any]) -> "Outlook":
        return cls(
            at,
            dict.fromkeys(CELLS, 0) | content["counts"],
            Forecast.from_json(content["forecast"]),
            [Overtaken.from_json(one) for one in content["overtaken"]],
        )


def look(unit: Agency, at: datetime) -> Outlook:
    """Work out everything of a unit (nine queries, and some arithmetic for each open dossier)."""
    scope, calendar = Scope((unit,)), unit.calendar.calendar
    everything = counted().filter(scope.condition())
    return Outlook(
        at,
        counts(unit, Moment.of(at, calendar)),
        forecasting.forecast(everything, at, calendar),
        overtaking.overtaken(everything, at),
    )


def kept_or_now(units: list[Agency], at: datetime) -> dict[int, Outlook]:
    """What is known of these units by key: as it was kept, or worked out now where nothing is kept yet.

    Of a unit that never had any work nothing is kept, and nothing is to be worked out.
    """
    seen = {one.agency_id: Outlook.from_content(one.counted_at, one.content) for one in UnitFigures.objects.filter(agency__in=units)}
    unknown = [unit for unit in units if unit.pk not in seen]
    busy = set(_busy().filter(pk__in=[unit.pk for unit in unknown]).values_list("pk", flat=True)) if unknown else set()
    return seen | {unit.pk: look(unit, at) if unit.pk in busy else Outlook.empty(at) for unit in unknown}


def units_with_work() -> list[Agency]:
    """The units that settle or receive something at present, or did, by code."""
    kept = Agency.objects.filter(pk__in=UnitFigures.objects.values("agency_id"))
    return list((_busy() | kept).select_related("calendar"))


def _busy() -> QuerySet[Agency]:
    """The units that settle or receive something at present; a centre counts what it receives."""
    under_way = Dossier.objects.filter(_KEPT).order_by()
    settles = Exists(under_way.filter(agency=OuterRef("pk")))
    receives = Exists(under_way.filter(reception=OuterRef("pk")))
    return Agency.objects.filter(settles | Q(kind=Agency.Kind.CENTRE) & Q(receives))


def count_figures(*, at: datetime) -> int:
    """Count anew what the boards keep, unit by unit; returns how many units were counted."""
    units = units_with_work()
    for unit in units:
        with transaction.atomic():
            UnitFigures.objects.update_or_create(
                agency=unit, defaults={"counted_at": at, "content": look(unit, at).to_json()}
            )
    return len(units)

"""Queries whose statement is written once.

Writing a statement of many columns takes Django several times as long as PostgreSQL needs to answer it. Where one
query stands at the beginning of most requests, it is worth writing it once a process; only its values change.
Use it for such queries alone: everywhere else a queryset says the same more simply.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)


class _Statement(NamedTuple):
    """What Django's own reader of models works out for each query."""

    sql: str
    parameters: list[Any]  # a name, or a value that never changes
    converters: list[tuple[int, list[Callable[..., Any]], Any]]
    model: type[Model]
    columns: slice
    names: list[str]
    related: list[Any]
    annotations: dict[str, int]
    locks: bool


class _Name(str):
    """Stands for a value among the parameters."""

    __slots__ = ()


class WrittenStatement:
    """The statement that `make` returns for these values, with its parameters; each time for other ones.

    `samples` are values of the right types that occur nowhere else in the statement: they tell where the values go.
    """

    def __init__(self, make: Callable[..., tuple[str, Sequence[Any]]], **samples: Any) -> None:
        self._make, self._samples = make, samples
        self._made: tuple[str, list[Any]] | None = None

    def __call__(self, **values: Any) -> tuple[str, list[Any]]:
        """The statement, and its parameters with these values in their places."""
        if self._made is None:
            sql, parameters = self._make(**self._samples)
            self._made = sql, _placed(parameters, self._samples)
        sql, placed = self._made
        return sql, [values[one] if isinstance(one, _Name) else one for one in placed]


class Written(Generic[M]):
    """The query that `make` returns for these values, each time for other ones.

    `samples` are values of the right types that occur nowhere else in the query: they tell where the values go.
    The rows are those of the queryset, with what it selects of related rows and with its annotations.
    """

    def __init__(self, make: Callable[..., QuerySet[M]], **samples: Any) -> None:
        self._make, self._samples = make, samples
        self._statement: _Statement | None = None

    def rows(self, **values: Any) -> list[M]:
        """Raises TransactionManagementError when the query locks rows and no transaction is open."""
        statement = self._statement or self._write()
        if statement.locks and not connection.in_atomic_block:
            raise TransactionManagementError("a query that locks rows needs a transaction")
        given = [values[one] if isinstance(one, _Name) else one for one in statement.parameters]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, given)
            found = cursor.fetchall()
        return [_read(statement, list(row)) for row in found]

    def first(self, **values: Any) -> M | None:
        return next(iter(self.rows(**values)), None)

    def _write(self) -> _Statement:
        queryset = self._make(**self._samples)
        compiler: Any = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        placed = _placed(parameters, self._samples)
        info, select = compiler.klass_info, compiler.select
        populators: Any = get_related_populators  # the types are those of a later Django
        places = info["select_fields"]
        converters = compiler.get_converters([column[0] for column in select])
        self._statement = _Statement(
            sql,
            placed,
            [(place, found, expression) for place, (found, expression) in converters.items()],
            info["model"],
            slice(places[0], places[-1] + 1),
            [column[0].target.attname for column in select[places[0] : places[-1] + 1]],
            populators(info, select, DEFAULT_DB_ALIAS),
            dict(compiler.annotation_col_map),
            bool(queryset.query.select_for_update),
        )
        return self._statement


def _placed(parameters: Sequence[Any], samples: dict[str, Any]) -> list[Any]:
    """The parameters with names where the samples stood. Raises ValueError for a sample that stood nowhere."""
    names = [(sample, _Name(name)) for name, sample in samples.items()]
    placed = [next((name for sample, name in names if one == sample), one) for one in parameters]
    if missing := {name for _sample, name in names} - {one for one in placed if isinstance(one, _Name)}:
        raise ValueError(f"{', '.join(sorted(missing))} occurs nowhere in the query")
    return placed


def _read(statement: _Statement, row: list[Any]) -> Any:
    for place, converters, expression in statement.converters:
        for convert in converters:
            row[place] = convert(row[place], expression, connection)
    found = statement.model.from_db(DEFAULT_DB_ALIAS, statement.names, row[statement.columns])
    for populator in statement.related:
        populator.populate(row, found)
    for name, place in statement.annotations.items():
        setattr(found, name, row[place])
    return found

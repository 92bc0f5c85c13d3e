"""Answers as rules see them: each of its field's type, and empty when the field is not asked."""

import logging
import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from motcua.procedures.expressions import ExpressionFailed, expression
from motcua.procedures.parts import Field, Form

LARGEST = 10**15  # of a number or an amount in đồng; beyond, rules see nothing

log = logging.getLogger(__name__)


def empty_value(field: Field) -> Any:
    """What rules see when the field has no answer."""
    if field.type in ("choices", "table"):
        return []
    if field.type == "yes_no":
        return False
    if field.type in ("number", "money"):
        return 0.0 if field.decimals else 0
    return ""


def sample_values(field: Field, place: int) -> Any:
    """A plausible answer for trying rules out; `place` says which option of a choice."""
    options = [option.value for option in field.options] or ["x"]
    match field.type:
        case "choice":
            return options[place % len(options)]
        case "choices":
            return options[place % len(options) :]
        case "table":
            return [{column.id: sample_values(column, place) for column in field.columns}]
        case "yes_no":
            return place % 2 == 0
        case "number" | "money":
            number = max(field.min or 0, min(place + 1, field.max if field.max is not None else LARGEST))
            return float(number) if field.decimals else int(number)
        case "date":
            return "2026-11-24"
        case _:
            return "x"


def is_empty(value: Any) -> bool:
    """Whether nothing was answered. "No" is an answer."""
    return value is None or value in ("", [])


def typed_value(field: Field, value: Any) -> Any:
    """The answer in its field's type; the empty value when it is not of that type.

    Text that was kept although it is no number, no date or no option counts as empty here, and so does a number
    outside the field's bounds.
    """
    empty = empty_value(field)
    match field.type:
        case "yes_no":
            return value is True
        case "number" | "money":
            return _number(field, value, empty)
        case "date":
            return value if is_iso_date(value) else empty
        case "choice":
            return value if any(option.value == value for option in field.options) else empty
        case "choices":
            known = {option.value for option in field.options}
            return (
                [part for part in value if isinstance(part, str) and part in known]
                if isinstance(value, list)
                else []
            )
        case "table":
            rows = value if isinstance(value, list) else []
            return [
                {column.id: typed_value(column, row.get(column.id)) for column in field.columns}
                for row in rows
                if isinstance(row, dict)
            ]
        case _:
            return value if isinstance(value, str) else empty


def _number(field: Field, value: Any, empty: int | float) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return empty
    least, most = (
        (-LARGEST if field.min is None else field.min),
        (LARGEST if field.max is None else field.max),
    )
    if not least <= value <= most:
        return empty
    if field.decimals:
        return float(value)
    return int(value) if value == int(value) else empty


def is_iso_date(value: Any) -> bool:
    """Whether `value` is text of the form YYYY-MM-DD that names a day."""
    if not isinstance(value, str) or len(value) != 10:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


class Variables(Mapping[str, Any]):
    """The variables of an expression, computed as they are asked for.

    A field whose condition is false is not asked: its old answer is kept in the dossier, but rules see the empty
    value. `extra` holds what is not a field, such as the channel.
    """

    def __init__(self, form: Form, answers: Mapping[str, Any], **extra: Any) -> None:
        self._fields = {field.id: field for field in form.fields}
        self._answers = answers
        self._values: dict[str, Any] = dict(extra)
        self._visible: dict[str, bool] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            field = self._fields[name]
            asked = self.asks(field)
            self._values[name] = typed_value(field, self._answers.get(name)) if asked else empty_value(field)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._values, **self._fields})

    def __len__(self) -> int:
        return len({**self._values, **self._fields})

    def __contains__(self, name: object) -> bool:
        return name in self._values or name in self._fields

    def asks(self, field: Field) -> bool:
        """Whether the field is asked, given the other answers."""
        if field.id not in self._visible:
            self._visible[field.id] = True  # the checker refuses circles; this ends one all the same
            self._visible[field.id] = self.holds(field.when)
        return self._visible[field.id]

    def holds(self, condition: str) -> bool:
        """Whether a condition is true. An empty one is; so is one that fails, for then more is asked, not less."""
        if not condition:
            return True
        try:
            return expression(condition).value(self) is True
        except ExpressionFailed as failure:
            log.warning("%s", failure)
            return True

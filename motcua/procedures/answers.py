"""Answers as rules see them: each of its field's type, and empty when the field is not asked."""

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from motcua.foundation import places
from motcua.procedures.composites import COMPOSITE, ROW_ID, part_names, sub_fields
from motcua.procedures.expressions import BadExpression, ExpressionFailed, expression
from motcua.procedures.parts import Field, Form

LARGEST = 10**15  # of a number or an amount in đồng; beyond, rules see nothing

log = logging.getLogger(__name__)


def empty_value(field: Field) -> Any:
    """What rules see when the field has no answer."""
    if field.type in ("choices", "table"):
        return []
    if field.type in COMPOSITE:
        return {part.id: empty_value(part) for part in sub_fields(field)}
    if field.type == "yes_no":
        return False
    if field.type in ("number", "money"):
        return 0.0 if field.decimals else 0
    if field.type == "year":
        return 0
    if field.type == "computed":
        return 0 if field.shown_as in ("number", "money") else ""
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
            return [{column.id: sample_values(column, place) for column in sub_fields(field)}]
        case "place":
            first = places.provinces()[0].code
            return {"province": first, "commune": places.communes(first)[0].code, "street": "x"}
        case "person" | "organisation" | "group":
            return {part.id: sample_values(part, place) for part in sub_fields(field)}
        case "yes_no":
            return place % 2 == 0
        case "number" | "money":
            number = max(field.min or 0, min(place + 1, field.max if field.max is not None else LARGEST))
            return float(number) if field.decimals else int(number)
        case "year":
            return int(max(field.min or 0, min(2020 + place, field.max if field.max is not None else 2200)))
        case "date":
            return "2026-11-24"
        case "computed":
            return {"number": place + 1, "money": place + 1, "date": "2026-11-24"}.get(field.shown_as, "x")
        case "note" | "file":
            return ""
        case _:
            return "x"


def is_empty(value: Any) -> bool:
    """Whether nothing was answered. "No" is an answer; a row or a group without any answer is none."""
    if isinstance(value, dict):
        return all(is_empty(part) for key, part in value.items() if key != ROW_ID)
    return value is None or value in ("", [])


def typed_value(field: Field, value: Any) -> Any:
    """The answer in its field's type; the empty value when it is not of that type.

    Text that was kept although it is no number, no date or no option counts as empty here, and so does a number
    outside the field's bounds. All parts of a composite field are there, and what is no part is not.
    """
    empty = empty_value(field)
    match field.type:
        case "yes_no":
            return value is True
        case "number" | "money" | "year":
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
            return [_typed_parts(field, row) for row in rows if isinstance(row, dict)]
        case "place":
            return _typed_place(value if isinstance(value, dict) else {})
        case "person" | "organisation" | "group":
            return _typed_parts(field, value if isinstance(value, dict) else {})
        case "computed" | "note" | "file":
            return empty
        case _:
            return value if isinstance(value, str) else empty


def _typed_parts(field: Field, value: Mapping[str, Any]) -> dict[str, Any]:
    return {part.id: typed_value(part, value.get(part.id)) for part in sub_fields(field)}


def _typed_place(value: Mapping[str, Any]) -> dict[str, str]:
    """Codes that nobody knows count as empty, as does a commune of another province."""
    texts = {key: value[key] if isinstance(value.get(key), str) else "" for key in part_names("place")}
    province = places.province(texts["province"])
    commune = places.commune(texts["commune"])
    if not province:
        texts["province"] = ""
    if not commune or commune.province != texts["province"]:
        texts["commune"] = ""
    return texts


def _number(field: Field, value: Any, empty: int | float) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return empty
    least, most = (
        (-LARGEST if field.min is None else field.min),
        (LARGEST if field.max is None else field.max),
    )
    if not least <= value <= most:
        return empty
    if field.decimals and field.type != "year":
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


def computed_value(field: Field, value: Any) -> Any:
    """What a formula gave, in the type in which it is shown: whole đồng are rounded, halves up."""
    empty = empty_value(field)
    match field.shown_as:
        case "number" | "money":
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
                return empty
            if field.shown_as == "money" and isinstance(value, float):
                return int(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))
            return value
        case "date":
            return value if is_iso_date(value) else empty
        case _:
            return value if isinstance(value, str) else empty


class Variables(Mapping[str, Any]):
    """The variables of an expression, computed as they are asked for.

    A field whose condition, or whose section's condition, is false is not asked: its old answer is kept in the
    dossier, but rules see the empty value. A computed field has the value of its formula. `extra` holds what is
    not a field, such as the channel; an extra that is a function is called when it is first needed.
    """

    def __init__(self, form: Form, answers: Mapping[str, Any], **extra: Any) -> None:
        self._fields = {field.id: field for field in form.fields}
        self._sections = {
            field.id: section.when for section in form.sections if section.when for field in section.fields
        }
        self._answers = answers
        self._late: dict[str, Callable[[], Any]] = {key: made for key, made in extra.items() if callable(made)}
        self._values: dict[str, Any] = {key: value for key, value in extra.items() if key not in self._late}
        self._visible: dict[str, bool] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            self._values[name] = self._late[name]() if name in self._late else self._field(self._fields[name])
        return self._values[name]

    def _field(self, field: Field) -> Any:
        if not self.asks(field):
            return empty_value(field)
        if field.type == "computed":
            self._values[field.id] = empty_value(field)  # the checker refuses circles; this ends one all the same
            return self._computed(field)
        return typed_value(field, self._answers.get(field.id))

    def _computed(self, field: Field) -> Any:
        """A value that cannot be computed for these answers is empty: something is still missing."""
        try:
            return computed_value(field, expression(field.formula).value(self))
        except (BadExpression, ExpressionFailed) as failure:
            log.info("%s", failure)
            return empty_value(field)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._values, **self._late, **self._fields})

    def __len__(self) -> int:
        return len({**self._values, **self._late, **self._fields})

    def __contains__(self, name: object) -> bool:
        return name in self._values or name in self._fields or name in self._late

    def asks(self, field: Field) -> bool:
        """Whether the field is asked, given the other answers."""
        if field.id not in self._visible:
            self._visible[field.id] = True  # the checker refuses circles; this ends one all the same
            section = self._sections.get(field.id, "")
            self._visible[field.id] = self.holds(section) and self.holds(field.when)
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

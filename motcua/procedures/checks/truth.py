"""Whether a condition can ever be true: tried on every answer that could make a difference.

A number, a date or a text only matters by how it stands to the constants that it is compared with, so those, their
neighbours and the empty answer are all that has to be tried. Conditions that also calculate, or look into rows, are
left alone; so are those of too many variables.
"""

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from motcua.procedures.answers import Variables, empty_value, is_iso_date
from motcua.procedures.composites import COMPOSITE, sub_fields
from motcua.procedures.expression_trees import (
    Binary,
    Call,
    Either,
    Items,
    Literal,
    Node,
    Unary,
    leaf_name,
    tree,
)
from motcua.procedures.expressions import BadExpression, ExpressionFailed, expression
from motcua.procedures.parts import Field, Form, Section

_TRIALS = 4096  # combinations of answers for one condition
_LEAVES = 12  # with two values each there would be more combinations
_OTHER = "\u2026"  # a text that no condition names


def never_true(
    form: Form, condition: str, free: Mapping[str, Sequence[Any]] | None = None, unless: Iterable[str] = ()
) -> bool:
    """Whether no answers make the condition true. False when it cannot be told.

    `free` are the values of what is not a field, such as the channel. With `unless`, the answers must make none
    of those conditions true.
    """
    conditions = [condition, *unless]
    if _tried(form, conditions, free or {}, follow=True) is False:
        return True
    return _tried(form, conditions, free or {}, follow=False) is False


def _tried(form: Form, conditions: Sequence[str], free: Mapping[str, Sequence[Any]], *, follow: bool) -> bool | None:
    """Whether some answers make the first condition true and no other; None when not all could be tried.

    With `follow`, fields that are not asked are empty, and what decides about them is tried too.
    """
    survey = _Survey({one.id: one for one in form.fields}, free)
    for source in conditions:
        survey.read(source)
    if follow:
        sections = {one.id: section.when for section in form.sections for one in section.fields}
        for id in survey.waiting():
            if len(survey.leaves) > _LEAVES:
                return None
            survey.read(survey.fields[id].when)
            survey.read(sections[id])
    domains = survey.domains() if survey.is_understood else None
    if domains is None or math.prod(len(values) for values in domains.values()) > _TRIALS:
        return None
    shape = _only(form, {path.partition(".")[0] for path in domains}, follow=follow)
    for values in itertools.product(*domains.values()):
        variables = _Trial(shape, dict(zip(domains, values, strict=True)))
        if _holds(conditions[0], variables) and not any(_holds(other, variables) for other in conditions[1:]):
            return True
    return False


def _holds(condition: str, variables: Variables) -> bool:
    """What cannot be computed counts as true: nothing is said against it here."""
    try:
        return not condition or expression(condition).value(variables) is True
    except (BadExpression, ExpressionFailed):
        return True


def _only(form: Form, ids: Collection[str], *, follow: bool) -> Form:
    """The form with these fields alone; without `follow` they are always asked."""
    return Form(
        tuple(
            Section(
                section.id,
                section.title,
                tuple(one if follow else replace(one, when="") for one in fields),
                when=section.when if follow else "",
            )
            for section in form.sections
            if (fields := [one for one in section.fields if one.id in ids])
        )
    )


class _Trial(Variables):
    """Variables of which the values are given by path, "nguoi.name", and not read from answers."""

    def __init__(self, form: Form, values: Mapping[str, Any]) -> None:
        super().__init__(form, {}, **{key: value for key, value in values.items() if "." not in key})
        self._given = values
        for one in self._fields:
            self._values.pop(one, None)

    def _field(self, field: Field) -> Any:
        value = empty_value(field)
        if not self.asks(field):
            return value
        if field.id in self._given:
            return self._given[field.id]
        if field.type in COMPOSITE:
            value |= {part: self._given[f"{field.id}.{part}"] for part in value if f"{field.id}.{part}" in self._given}
        return value


@dataclass
class _Survey:
    """What some conditions compare with what."""

    fields: Mapping[str, Field]
    free: Mapping[str, Sequence[Any]]
    is_understood: bool = True
    leaves: dict[str, Field | None] = field(default_factory=dict)  # by path; None for what is free
    sized: set[str] = field(default_factory=set)
    texts: dict[str, None] = field(default_factory=dict)
    numbers: dict[float, None] = field(default_factory=dict)

    def read(self, source: str) -> None:
        if source:
            node = tree(source)
            self.is_understood = self.is_understood and node is not None and self._truth(node)

    def waiting(self) -> Iterator[str]:
        """The fields among the leaves, those included that are found while going through them."""
        seen: set[str] = set()
        while new := [id for path in self.leaves if (id := path.partition(".")[0]) in self.fields and id not in seen]:
            seen.add(new[0])
            yield new[0]

    def _truth(self, node: Node) -> bool:
        """Take note of a condition; whether it is of a kind that can be tried out."""
        match node:
            case Literal(value):
                return isinstance(value, bool)
            case Unary("!", of):
                return self._truth(of)
            case Either(condition, then, otherwise):
                return self._truth(condition) and self._truth(then) and self._truth(otherwise)
            case Binary("&&" | "||", left, right):
                return self._truth(left) and self._truth(right)
            case Binary("==" | "!=", left, right):
                if not isinstance(left, Literal | Items) and not isinstance(right, Literal | Items):
                    self._each_option(left, right)
                return self._value(left) and self._value(right)
            case Binary("<" | "<=" | ">" | ">=", left, right):
                return self._ordered(left) and self._ordered(right)
            case Binary("in", left, right):
                is_plain = isinstance(left, Literal) or isinstance(right, Items)
                return is_plain and self._value(left) and self._value(right)
            case _:
                one = self._leaf(node)
                return one is not None and one.type == "yes_no"

    def _value(self, node: Node) -> bool:
        match node:
            case Literal(value):
                self._constant(value)
                return True
            case Items(items):
                return all(isinstance(item, Literal) and self._value(item) for item in items)
            case Call("size", None, (of,)) | Call("size", of, ()) if of is not None:
                one = self._leaf(of)
                self.sized.add(leaf_name(of))
                return one is not None and one.type in ("table", "choices")
            case _:
                return self._leaf(node) is not None or leaf_name(node) in self.free

    def _each_option(self, *nodes: Node) -> None:
        """When a choice is compared with another field, each of its options matters there too."""
        for node in nodes:
            one = self._leaf(node)
            self.texts |= dict.fromkeys(option.value for option in one.options) if one else {}

    def _ordered(self, node: Node) -> bool:
        """Numbers and dates; texts in order of the alphabet are not tried."""
        if isinstance(node, Literal):
            self._constant(node.value)
            return not isinstance(node.value, str) or is_iso_date(node.value) or not node.value
        one = self._leaf(node)
        if one is None:
            return leaf_name(node) == "today" or (isinstance(node, Call) and self._value(node))
        return one.type in ("number", "money", "year", "date")

    def _constant(self, value: Any) -> None:
        if isinstance(value, str):
            self.texts[value] = None
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.numbers[value] = None

    def _leaf(self, node: Node) -> Field | None:
        path = leaf_name(node)
        id, _dot, part = path.partition(".")
        if id in self.free and not part:
            self.leaves[id] = None
            return None
        one = self.fields.get(id)
        if one is not None and part:
            one = next((each for each in sub_fields(one) if each.id == part), None) if one.type != "table" else None
        if not path or one is None or one.type in (*COMPOSITE, "computed", "note", "file"):
            return None
        self.leaves[path] = one
        return one

    def domains(self) -> dict[str, list[Any]] | None:
        """For each leaf the values that are worth trying; None when there are too many."""
        found: dict[str, list[Any]] = {}
        for one in self.leaves.values():
            for bound in (one.min, one.max) if one else ():
                self._constant(bound)
        for path, one in self.leaves.items():
            values = list(self.free[path]) if one is None else _without_repeats(self._domain(path, one))
            if values is None:
                return None
            if path == "today":
                values = self._dates()
            found[path] = values
        return found

    def _domain(self, path: str, one: Field) -> list[Any] | None:
        match one.type:
            case "yes_no":
                return [True, False]
            case "choice" if one.options:
                return [option.value for option in one.options] + [""]
            case "choices":
                return self._chosen(path, one)
            case "table":
                most = one.max_rows or 500
                sizes = {size for number in self.numbers for size in (int(number) - 1, int(number), int(number) + 1)}
                row = {column.id: empty_value(column) for column in one.columns}
                return [[row] * size for size in sorted({0, 1} | sizes) if 0 <= size <= most]
            case "number" | "money" | "year":
                return self._around(one)
            case "date":
                return [*self._dates(), ""]
            case _:
                return [*self.texts, *(_OTHER * (number + 1) for number in range(len(self.leaves))), ""]

    def _chosen(self, path: str, one: Field) -> list[Any] | None:
        """All sets of options that can be told apart."""
        options = [option.value for option in one.options]
        matter = options if path in self.sized else [option for option in options if option in self.texts]
        rest = [option for option in options if option not in matter][:1]
        if len(matter) > 8:
            return None
        every = [*matter, *rest]
        return [
            [option for option in every if option in chosen]
            for size in range(len(every) + 1)
            for chosen in itertools.combinations(every, size)
        ]

    def _around(self, one: Field) -> list[Any]:
        """The constants and so many neighbours that the numbers can stand to each other in every order."""
        step = 10**-one.decimals if one.decimals and one.type == "number" else 1
        reach = min(4, 1 + sum(1 for leaf in self.leaves.values() if leaf and leaf.type in ("number", "money", "year")))
        anchors = list(self.numbers) or [1]
        values = {anchor + gap * step for anchor in anchors for gap in range(-reach, reach + 1)}
        if step != 1:
            values = {round(value, one.decimals) for value in values}
        else:
            values = {math.floor(value) for value in values} | {math.ceil(value) for value in values}
        least, most = (-math.inf if one.min is None else one.min), (math.inf if one.max is None else one.max)
        kept = sorted(value for value in values if least <= value <= most)
        return [float(value) if step != 1 else int(value) for value in [*kept, 0]]

    def _dates(self) -> list[str]:
        reach = 1 + sum(1 for leaf in self.leaves.values() if leaf is None or leaf.type == "date")
        anchors = [text for text in self.texts if is_iso_date(text)] or ["2026-11-24"]
        days = {_shifted(anchor, gap) for anchor in anchors for gap in range(-min(4, reach), min(4, reach) + 1)}
        return sorted(days)


def _without_repeats(values: list[Any] | None) -> list[Any] | None:
    return None if values is None else [one for place, one in enumerate(values) if one not in values[:place]]


def _shifted(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days)).isoformat()
    except OverflowError:
        return day

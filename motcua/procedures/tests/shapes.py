"""Any definition that the shapes allow, sensible or not: for properties that must hold for all of them."""

import types
import typing
import unicodedata
from datetime import date
from typing import Any, get_type_hints

from hypothesis import strategies as st

from motcua.foundation.working_time import TimeLimit
from motcua.procedures.definition import Definition
from motcua.procedures.parts import Fees, Field, Form, Process, Record
from motcua.procedures.shape import _is_shape, keys

# What a file can hold: texts in NFC without space around them, numbers of at most 15 digits, six after the comma.
texts = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
    | st.sampled_from(["yes", "null", "~", "1.5", "0905123456", "2026-01-01", "a: b", "- a", "#", "'", '"', "Đạt, ký", "a\x85b", "a\u2028b", "a\rb"])
    | st.lists(st.sampled_from(["Phiếu", "khai báo", "«máy»", ":", "-", "\n", "  "]), max_size=40).map(" ".join)
).map(lambda text: unicodedata.normalize("NFC", text.strip()).strip())
numbers = st.integers(-(10**12), 10**12) | st.integers(-(10**9), 10**9).map(lambda n: n / 10**4)
file_names = st.sampled_from(["a", "Mẫu 01", "giay-phep_(2)"])
limits = st.builds(
    TimeLimit, st.integers(1, 99), st.sampled_from(["working_days", "calendar_days", "hours", "months"])
)


def values(hint: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a hint of `parts.py`."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values(part, depth) for part in arguments])
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        if arguments[0] is Field and depth > 6:  # columns of columns
            return st.just(())
        return st.lists(values(arguments[0], depth + 1), max_size=2).map(tuple)
    if hint is TimeLimit:
        return limits
    if _is_shape(hint):
        return shapes(hint, depth)
    if hint is type(None):
        return st.none()
    simple = {str: texts, int: st.integers(-(10**12), 10**12), float: numbers, bool: st.booleans()}
    return simple[hint] if hint in simple else st.dates(date(1900, 1, 1), date(2100, 1, 1))


def shapes(shape: type, depth: int = 0) -> st.SearchStrategy[Any]:
    """Objects of a shape: what must be given is, of the rest some keys are."""
    hints = get_type_hints(shape)
    parts = {key.name: (key, values(hints[key.name], depth + 1)) for key in keys(shape)}
    required = {name: strategy for name, (key, strategy) in parts.items() if key.required}
    optional = {name: strategy for name, (key, strategy) in parts.items() if not key.required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: shape(**given))


definitions = st.builds(
    Definition,
    shapes(Record),
    shapes(Form),
    shapes(Fees),
    shapes(Process),
    papers=st.dictionaries(file_names.map("{}.typ".format), texts, max_size=2),
    templates=st.dictionaries(
        file_names.map("{}.docx".format), st.text("0123456789abcdef", min_size=64, max_size=64), max_size=2
    ),
    tests=st.dictionaries(file_names.map("{}.yaml".format), texts, max_size=2),
)

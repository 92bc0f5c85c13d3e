"""A procedure's content as a tree that is edited: JSON in the shapes of `parts.py`, right or wrong.

What a page posts is kept as it was typed when it does not fit; the check says later what is wrong with it. Reading a
page that nobody changed gives back what was there.
"""

import copy
import dataclasses
import re
import types
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, Protocol, Union, get_args, get_origin, get_type_hints

from motcua.foundation.vietnamese import unaccented
from motcua.procedures import parts

Path = tuple[str | int, ...]
Kind = Literal[
    "text", "long", "expression", "int", "number", "bool", "date", "day", "word", "words", "lines",
    "shape", "rows", "pages",
]  # fmt: skip

ROOTS: dict[str, type] = {
    "record": parts.Record,
    "form": parts.Form,
    "fees": parts.Fees,
    "process": parts.Process,
}
MARK = "~"  # name + MARK is posted beside what a browser leaves out when nothing is chosen
_EXPRESSIONS = {"when", "rule", "formula", "of", "quantity"}
_LONG = {"summary", "note", "help", "message", "question", "partial_reason", "address"}
_DAYS = {"not_after", "not_before"}  # a date, or the day of filing
_IN_ROWS = (  # small enough to be edited where they stand; all others have a page each
    parts.Channel, parts.Option, parts.Outcome, parts.Tier, parts.Share, parts.ResultOf, parts.FormerAgency,
    parts.LegalBasis,
)  # fmt: skip
TODAY = "today"
NAMING: dict[type, str] = {  # the key by which others speak of a part
    parts.Scenario: "id", parts.Component: "id", parts.Result: "id", parts.Section: "id", parts.Field: "id",
    parts.Option: "value", parts.FeeLine: "code", parts.Relief: "id", parts.Step: "id", parts.Outcome: "id",
    parts.Consultation: "id",
}  # fmt: skip


class Posted(Protocol):
    """What a form sends: Django's QueryDict."""

    def __contains__(self, name: object) -> bool: ...
    def getlist(self, name: str) -> list[str]: ...
    def __iter__(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a shape, and how it is edited."""

    shape: type
    key: str
    kind: Kind
    item: Any  # the shape of a part or of a list's items; the words that may be chosen
    required: bool
    default: Any  # in JSON; None when there is none


@lru_cache(maxsize=64)
def keys_of(shape: type) -> tuple[Key, ...]:
    hints = get_type_hints(shape)
    found = []
    for field in dataclasses.fields(shape):
        key = field.name.rstrip("_")
        factory = field.default_factory
        given = field.default if factory is dataclasses.MISSING else factory()
        required = given is dataclasses.MISSING
        kind, item = _kind(key, hints[field.name])
        default = None if required or dataclasses.is_dataclass(given) else given
        found.append(Key(shape, key, kind, item, required, [] if default == () else default))
    return tuple(found)


def _kind(key: str, hint: Any) -> tuple[Kind, Any]:
    if get_origin(hint) in (Union, types.UnionType):
        rest = [part for part in get_args(hint) if part is not type(None)]
        hint = rest[0] if len(rest) == 1 else float
    if get_origin(hint) is Literal:
        return "word", get_args(hint)
    if get_origin(hint) is tuple:
        return _list_kind(get_args(hint)[0])
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return "shape", hint
    if hint is str:
        if key in _EXPRESSIONS:
            return "expression", None
        return ("day" if key in _DAYS else "long" if key in _LONG else "text"), None
    plain: dict[Any, Kind] = {int: "int", float: "number", bool: "bool", date: "date"}
    return plain[hint], None


def _list_kind(part: Any) -> tuple[Kind, Any]:
    if get_origin(part) is Literal:
        return "words", get_args(part)
    if part is str:
        return "lines", None
    return ("rows" if part in _IN_ROWS else "pages"), part


def key_of(shape: type, key: str) -> Key:
    """Raises KeyError when the shape has no such key."""
    for one in keys_of(shape):
        if one.key == key:
            return one
    raise KeyError(key)


# Places -------------------------------------------------------------------------------------------------------


def path_of(text: str) -> Path:
    """`sections/0/fields/2` as a path."""
    return tuple(int(part) if part.isdecimal() else part for part in text.split("/") if part)


def shape_at(path: Path) -> type:
    """The shape of what stands at a path. Raises KeyError when there can be no shape."""
    if not path or path[0] not in ROOTS:
        raise KeyError(path)
    shape: Any = ROOTS[str(path[0])]
    waiting: Any = None  # the items of a list whose place comes next
    for part in path[1:]:
        if isinstance(part, int):
            if waiting is None:
                raise KeyError(path)
            shape, waiting = waiting, None
            continue
        if waiting is not None:
            raise KeyError(path)
        key = key_of(shape, part)
        if key.kind == "shape":
            shape = key.item
        elif key.kind in ("rows", "pages"):
            waiting = key.item
        else:
            raise KeyError(path)
    if waiting is not None:
        raise KeyError(path)
    return shape


def at(content: Any, path: Path) -> Any:
    """What stands at a path; None when nothing does."""
    for part in path:
        if isinstance(part, int) and isinstance(content, list) and part < len(content):
            content = content[part]
        elif isinstance(part, str) and isinstance(content, dict):
            content = content.get(part)
        else:
            return None
    return content


def put(content: Any, path: Path, value: Any) -> Any:
    """The content with `value` at a path; nothing of what was given is changed. An empty group makes way."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        items = list(content) if isinstance(content, list) else []
        if first >= len(items):
            raise KeyError(path)
        items[first] = put(items[first], rest, value)
        return items
    group = dict(content) if isinstance(content, dict) else {}
    group[first] = put(group.get(first), rest, value)
    return group


def group_at(content: Any, path: Path) -> dict[str, Any]:
    """The group at a path; an empty one when something else stands there."""
    found = at(content, path)
    return found if isinstance(found, dict) else {}


def list_at(content: Any, path: Path) -> list[Any]:
    found = at(content, path)
    return found if isinstance(found, list) else []


# Lists --------------------------------------------------------------------------------------------------------


def added(content: Any, path: Path, item: Any, place: int | None = None) -> Any:
    """The content with one more item in the list at a path: at the end unless a place is said."""
    items = list(list_at(content, path))
    items.insert(len(items) if place is None else place, item)
    return put(content, path, items)


def removed(content: Any, path: Path, place: int) -> Any:
    items = list(list_at(content, path))
    del items[place]
    return put(content, path, items)


def moved(content: Any, path: Path, place: int, by: int) -> Any:
    """The content with the item at `place` moved up (-1) or down (1); at the border it stays."""
    items = list(list_at(content, path))
    to = place + by
    if not (0 <= place < len(items) and 0 <= to < len(items)):
        return content
    items[place], items[to] = items[to], items[place]
    return put(content, path, items)


def copied(content: Any, path: Path, place: int) -> Any:
    """The content with a copy of an item after it. Ids are not made different here: see `ids.distinct`."""
    items = list_at(content, path)
    return added(content, path, copy.deepcopy(items[place]), place + 1)


# What a page posts --------------------------------------------------------------------------------------------


def read(shape: type, posted: Posted, old: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The group that a page holds after its post: what is not on the page stays as it was."""
    new: dict[str, Any] = {}
    for key in keys_of(shape):
        name = prefix + key.key
        if _is_posted(key, name, posted):
            value = _value(key, name, posted, old.get(key.key))
            if not value and NAMING.get(shape) == key.key:
                value = old.get(key.key)  # a name is changed, never lost
        elif key.key in old:
            value = old[key.key]
        else:
            continue
        if _is_kept(key, value, old):
            new[key.key] = value
    new |= {key: value for key, value in old.items() if key not in {one.key for one in keys_of(shape)}}
    return new


def _is_posted(key: Key, name: str, posted: Posted) -> bool:
    if name in posted or name + MARK in posted:
        return True
    return key.kind == "shape" and any(str(other).startswith(name + ".") for other in posted)


def _is_kept(key: Key, value: Any, old: Mapping[str, Any]) -> bool:
    """What is at its default is not written; a required text that was never filled is missing, not empty."""
    if key.required:
        return value not in (None, "", []) or (old.get(key.key) == value and key.key in old)
    if key.kind == "shape":
        return bool(value) or (key.key in old and old[key.key] == value)
    return value is not None and value != key.default


def _value(key: Key, name: str, posted: Posted, old: Any) -> Any:
    if key.kind == "shape":
        return read(key.item, posted, old if isinstance(old, dict) else {}, name + ".")
    if key.kind == "rows":
        return _rows(key, name, posted, old if isinstance(old, list) else [])
    texts = [clean(text) for text in posted.getlist(name)]
    if key.kind in ("words", "lines") and name + MARK in posted:  # ticked: in the order in which they stood
        before = old if isinstance(old, list) else []
        return [text for text in before if text in texts] + [text for text in texts if text and text not in before]
    if key.kind == "lines":
        return lines(texts)
    text = texts[-1] if texts else ""
    if key.kind == "bool":
        return text == "yes"
    if key.kind in ("int", "number"):
        return number(text, whole=key.kind == "int")
    if key.kind in ("date", "day"):
        return day(text) if key.kind == "date" or text else ""
    if key.kind == "word":
        return text or None
    return text.strip() if key.kind == "long" else text.strip().replace("\n", " ")


def _rows(key: Key, name: str, posted: Posted, old: list[Any]) -> list[Any]:
    """Rows are posted as `name.0.key`; one in which nothing is typed is dropped."""
    pattern = re.compile(re.escape(name) + r"\.(\d{1,4})\.")
    places = sorted({int(found[1]) for other in posted if (found := pattern.match(str(other)))})
    rows = []
    for place in places:
        before = old[place] if place < len(old) and isinstance(old[place], dict) else {}
        row = read(key.item, posted, before, f"{name}.{place}.")
        if row or (place < len(old) and old[place] == {}):
            rows.append(row)
    return rows


def clean(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\0", "")


def lines(texts: Sequence[str]) -> list[str]:
    """Chosen words, or the lines of one text; with an empty line in it, its paragraphs."""
    if len(texts) == 1 and "\n\n" in texts[0]:
        blocks = re.split(r"\n\s*\n", texts[0])
        return [block.strip() for block in blocks if block.strip()]
    return [line.strip() for text in texts for line in text.split("\n") if line.strip()]


def lines_text(value: Any) -> str:
    """A list of texts as one text, as `lines` reads it."""
    if not isinstance(value, list):
        return "" if value is None else str(value)
    items = [str(item) for item in value]
    if any("\n" in item for item in items):
        return "\n\n".join(items) + "\n\n"
    return "\n".join(items)


def number(text: str, *, whole: bool) -> int | float | str | None:
    """`1.500.000` or `0,1` as a number; the text itself when it is none, None when there is none."""
    text = text.strip().replace("\xa0", " ")
    if not text:
        return None
    bare = text.replace(" ", "")
    if re.fullmatch(r"-?\d{1,15}", bare, re.ASCII):
        return int(bare)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+", bare, re.ASCII):
        return int(bare.replace(".", ""))
    if not whole and re.fullmatch(r"-?\d{1,15}[.,]\d{1,6}", bare, re.ASCII):
        return float(bare.replace(",", "."))
    return text


def number_text(value: Any) -> str:
    """A number as `number` reads it, without dots between thousands."""
    if isinstance(value, float):
        return format(value, "f").rstrip("0").rstrip(".").replace(".", ",")
    return "" if value is None else str(value)


def day(text: str) -> str | None:
    """`24/11/2026` as `2026-11-24`, "hôm nay" as "today"; the text itself when it is no day, None for nothing."""
    text = text.strip()
    if not text:
        return None
    if unaccented(text).lower() in ("hom nay", "ngay nop", "ngay nop ho so", TODAY):
        return TODAY
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text, re.ASCII)
    if not found:
        return text
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return text

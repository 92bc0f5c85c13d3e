"""The short names (ids) by which parts of a procedure speak of each other: proposed, kept apart, renamed everywhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from motcua.console.editor import tree
from motcua.console.editor.tree import Path
from motcua.foundation.vietnamese import unaccented
from motcua.procedures import parts

_LONGEST = 40
_EXPRESSIONS = ("when", "rule", "formula", "of", "quantity")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")

# From which of its texts a name is proposed.
FROM = {parts.Field: "label", parts.Section: "title", parts.Option: "label", parts.Consultation: "question"}
NAMED = tuple(tree.NAMING)


@dataclass(frozen=True, slots=True)
class Use:
    """Where an id is spoken of: the key that holds it, or the expression in which it stands."""

    path: Path
    in_expression: bool = False


def key_of(shape: type) -> str:
    """The key under which parts of this shape have their name."""
    return tree.NAMING.get(shape, "id")


def proposed(text: str) -> str:
    """A name made of a Vietnamese text: "Loại chủ máy" gives "loai_chu_may"."""
    words = re.findall(r"[a-z0-9]+", unaccented(text).lower())
    name = ""
    for word in words:
        if name and len(name) + 1 + len(word) > _LONGEST:
            break
        name += ("_" if name else "") + word
    return f"m_{name}"[:_LONGEST] if name[:1].isdigit() else name[:_LONGEST]


def taken(content: Any, path: Path) -> set[str]:
    """The names that a part at `path` must not have: its neighbours', for a question those of the whole form."""
    neighbours = tree.list_at(content, path[:-1])
    shape = tree.shape_at(path)
    found = {_name(item, shape) for place, item in enumerate(neighbours) if place != path[-1]}
    if shape is parts.Field and len(path) == 5:  # in a section, not a column
        for place, section in enumerate(tree.list_at(content, ("form", "sections"))):
            for number, field in enumerate(tree.list_at(section, ("fields",))):
                if ("form", "sections", place, "fields", number) != path:
                    found.add(_name(field, shape))
    return found - {""}


def _name(item: Any, shape: type) -> str:
    return str(item.get(key_of(shape)) or "") if isinstance(item, dict) else ""


def distinct(name: str, others: set[str]) -> str:
    """The name, with a number after it when others have it."""
    if not name or name not in others:
        return name
    bare = re.sub(r"_\d+$", "", name)
    number = 2
    while f"{bare}_{number}" in others:
        number += 1
    return f"{bare}_{number}"


def named(content: Any, path: Path) -> Any:
    """The content with names for the part at `path` and the rows in it that have none yet."""
    shape = tree.shape_at(path)
    group = tree.group_at(content, path)
    if shape in NAMED and not group.get(key_of(shape)):
        text = str(group.get(FROM.get(shape, "name")) or "")
        name = proposed(text).upper() if shape is parts.FeeLine else proposed(text)
        if shape is parts.Step and not name:
            name = {"assign": "phan_cong", "appraise": "tham_dinh", "approve": "phe_duyet", "stamp": "dong_dau",
                    "return_result": "tra_ket_qua"}.get(str(group.get("act")), "")  # fmt: skip
        if name:
            content = tree.put(content, (*path, key_of(shape)), distinct(name, taken(content, path)))
    for key in tree.keys_of(shape):
        if key.kind == "rows" and key.item in NAMED:
            for place in range(len(tree.list_at(content, (*path, key.key)))):
                content = named(content, (*path, key.key, place))
    return content


# Where a name is used -----------------------------------------------------------------------------------------


def uses(content: Any, path: Path) -> list[Use]:
    """Every place that speaks of the part at `path` by its name, the part itself not among them."""
    shape = tree.shape_at(path)
    name = _name(tree.at(content, path), shape)
    if not name:
        return []
    found = [Use(place) for place in _holders(content, path, shape, name)]
    if shape is parts.Field:
        member = len(path) > 5
        for place, text in _expressions(content):
            if _said(text, name, member=member):
                found.append(Use(place, in_expression=True))
    elif shape is parts.Scenario:
        for place, text in _expressions(content):
            if re.search(rf"scenario\s*[!=]=\s*['\"]{re.escape(name)}['\"]", text):
                found.append(Use(place, in_expression=True))
    elif shape is parts.Option:
        question = str(tree.group_at(content, path[:-2]).get("id") or "")
        for place, text in _expressions(content):
            if question and _said(text, question, member=False) and re.search(rf"['\"]{re.escape(name)}['\"]", text):
                found.append(Use(place, in_expression=True))
    return [use for use in found if use.path[: len(path)] != path]


def renamed(content: Any, path: Path, new: str) -> Any:
    """The content with the part at `path` called `new`, there and wherever it is spoken of."""
    shape = tree.shape_at(path)
    old = _name(tree.at(content, path), shape)
    for use in uses(content, path):
        value = tree.at(content, use.path)
        if not use.in_expression:
            value = _renamed_text(str(value), old, new) if use.path[:2] == ("record", "unverified") else new
        elif shape is parts.Field:
            value = _with_name(str(value), old, new, member=len(path) > 5)
        else:
            value = re.sub(rf"(['\"]){re.escape(old)}\1", rf"\g<1>{new}\g<1>", str(value))
        content = tree.put(content, use.path, value)
    own = tree.group_at(content, path)
    for place, text in list(_expressions(content)):  # a table's own columns may speak of it
        if place[: len(path)] == path and shape is parts.Field and own:
            content = tree.put(content, place, _with_name(text, old, new, member=len(path) > 5))
    return tree.put(content, (*path, key_of(shape)), new)


def _renamed_text(path: str, old: str, new: str) -> str:
    return ".".join(new if part == old else part for part in path.split("."))


def _holders(content: Any, path: Path, shape: type, name: str) -> Iterator[Path]:
    """The keys that name a part directly."""
    components = tree.list_at(content, ("record", "components"))
    lines = tree.list_at(content, ("fees", "lines"))
    if shape is parts.Scenario:
        for place, one in enumerate(components):
            yield from _in_list(one, ("record", "components", place, "scenarios"), name)
        for place, one in enumerate(lines):
            yield from _in_list(one, ("fees", "lines", place, "scenarios"), name)
    elif shape is parts.Section:
        for place, one in enumerate(components):
            yield from _in_list(one, ("record", "components", place, "sections"), name)
    elif shape is parts.Field:
        if len(path) == 5:
            for place, one in enumerate(tree.list_at(content, ("form", "checks"))):
                if isinstance(one, dict) and one.get("field") == name:
                    yield ("form", "checks", place, "field")
        for place, one in enumerate(components):
            key = "for_each" if len(path) == 5 else "row_name"
            table = tree.group_at(content, path[:5]).get("id")
            if isinstance(one, dict) and one.get(key) == name and (key == "for_each" or one.get("for_each") == table):
                yield ("record", "components", place, key)
    elif shape is parts.FeeLine:
        for place, one in enumerate(tree.list_at(content, ("fees", "reliefs"))):
            yield from _in_list(one, ("fees", "reliefs", place, "lines"), name)
    elif shape is parts.Step:
        for place, one in enumerate(tree.list_at(content, ("process", "steps"))):
            for number, outcome in enumerate(tree.list_at(one, ("outcomes",))):
                if isinstance(outcome, dict) and outcome.get("to") == name:
                    yield ("process", "steps", place, "outcomes", number, "to")
    for place, text in enumerate(tree.list_at(content, ("record", "unverified"))):
        if shape is not parts.Option and name in str(text).split(".") and str(text).split(".")[0] in _root_words(path):
            yield ("record", "unverified", place)


def _root_words(path: Path) -> tuple[str, ...]:
    return (str(path[1]),) if path[0] == "record" else (str(path[0]),)


def _in_list(item: Any, path: Path, name: str) -> Iterator[Path]:
    for place, one in enumerate(tree.list_at(item, (path[-1],))):
        if one == name:
            yield (*path, place)


def _expressions(content: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every expression of the content with its place."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key in _EXPRESSIONS and isinstance(value, str):
                yield (*path, key), value
            elif not path and key not in tree.ROOTS:
                continue
            else:
                yield from _expressions(value, (*path, key))
    elif isinstance(content, list):
        for place, value in enumerate(content):
            yield from _expressions(value, (*path, place))


def _pattern(name: str, *, member: bool) -> re.Pattern[str]:
    before = r"(?<=\.)" if member else r"(?<![\w.])"
    return re.compile(rf"{before}{re.escape(name)}(?!\w)")


def _said(text: str, name: str, *, member: bool) -> bool:
    return bool(_pattern(name, member=member).search(_QUOTED.sub("''", text)))


def _with_name(text: str, old: str, new: str, *, member: bool) -> str:
    """The expression with `new` for `old`, texts in quotes as they are."""
    pattern, parts_, start = _pattern(old, member=member), [], 0
    for quoted in _QUOTED.finditer(text):
        parts_ += [pattern.sub(new, text[start : quoted.start()]), quoted[0]]
        start = quoted.end()
    return "".join([*parts_, pattern.sub(new, text[start:])])

"""Reads YAML and JSON into the dataclasses of `parts.py`, by their type hints, and writes them back.

Reading YAML never stops at the first mistake: what is wrong gets a harmless value in its place, and every
mistake is kept with its line.
"""

import dataclasses
import difflib
import re
import types
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml
from django.utils.translation import gettext as _

Path = tuple[str | int, ...]
_DEEPEST = 12  # levels of nesting; more than any shape has
_TYPES = {
    "text": "một dòng chữ",
    "int": "một số nguyên (ví dụ 5)",
    "number": "một số (ví dụ 0.5)",
    "bool": "true hoặc false",
    "date": "một ngày viết theo dạng 2026-11-24",
    "list": "một danh sách (mỗi mục bắt đầu bằng dấu gạch ngang)",
    "group": "một nhóm gồm các khóa và giá trị",
}


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing that is wrong with a package: where, what, and what to do about it."""

    file: str
    line: int
    message: str
    advice: str
    path: Path = dataclasses.field(default=(), compare=False)  # of the value in the file, or of what is around it

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.advice}"


@dataclass(frozen=True, slots=True)
class Key:
    name: str  # in Python
    key: str  # in the file
    hint: Any
    required: bool
    default: Any  # only when not required


@lru_cache(maxsize=64)
def keys(shape: type) -> tuple[Key, ...]:
    hints = get_type_hints(shape)
    keys = []
    for field in dataclasses.fields(shape):
        factory = field.default_factory
        default = field.default if factory is dataclasses.MISSING else factory()
        required = default is dataclasses.MISSING
        keys.append(Key(field.name, field.name.rstrip("_"), hints[field.name], required, default))
    return tuple(keys)


def _optional(hint: Any) -> Any:
    """The hint without `| None`."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = tuple(part for part in get_args(hint) if part is not type(None))
        return rest[0] if len(rest) == 1 else float  # the only union of two is int | float
    return hint


def _is_shape(hint: Any) -> bool:
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def given(value: Any) -> list[tuple[str, Any]]:
    """The keys of a shape with what is not at its default, in the order of the shape."""
    shape: type = type(value)
    parts = [(key, getattr(value, key.name)) for key in keys(shape)]
    return [(key.key, part) for key, part in parts if key.required or part != key.default]


# JSON ---------------------------------------------------------------------------------------------------------


def dump(value: Any) -> Any:
    """Return `value` as JSON types; what equals its default is left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {key: dump(part) for key, part in given(value)}
    if isinstance(value, tuple):
        return [dump(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def load(hint: Any, content: Any) -> Any:
    """Return what `dump` was given. Raises KeyError, TypeError or ValueError for anything else."""
    hint = _optional(hint)
    if content is None:
        return None
    if _is_shape(hint):
        return hint(
            **{key.name: load(key.hint, content[key.key]) for key in keys(hint) if key.key in content}
        )
    if get_origin(hint) is tuple:
        return tuple(load(get_args(hint)[0], part) for part in content)
    if hint is date:
        return date.fromisoformat(content)
    return content


# YAML ---------------------------------------------------------------------------------------------------------


class Reader:
    """Reads one YAML file. `mistakes` and `line_of` speak of all that was read so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self._lines: dict[Path, int] = {(): 1}
        self._files: dict[Path, str] = {}  # of what stands in another file, being of an older format
        self._seen: set[int] = set()

    def read(self, text: str, shape: type) -> Any:
        """Return an object of `shape`; whatever was wrong is harmless and empty in it."""
        node = self.parse(text)
        if node is None:
            return _harmless(shape)
        return self._read(shape, node, ())

    def read_node(self, node: yaml.Node, hint: Any, path: Path) -> Any:
        """Return the value of a node that `parse` gave, known from now on as `path`."""
        return self._read(hint, node, path)

    def parse(self, text: str) -> yaml.Node | None:
        """Return the file's root node; None, with a mistake noted, when it is not YAML or empty."""
        try:
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self.add_at(
                line,
                _("Tệp không đúng cú pháp YAML (%(problem)s).") % {"problem": error.problem},
                _(
                    "Vui lòng kiểm tra thụt đầu dòng, dấu hai chấm và dấu ngoặc kép ở dòng này hoặc dòng trước."
                ),
            )
            return None
        except (yaml.YAMLError, ValueError, RecursionError):
            self.add_at(
                1,
                _("Tệp chứa ký tự không được phép hoặc lồng quá sâu."),
                _("Vui lòng lưu lại tệp dưới dạng UTF-8."),
            )
            return None
        if node is None:
            self.add_at(1, _("Tệp không có nội dung."), _("Vui lòng ghi nội dung hoặc xóa tệp."))
        return node

    def line_of(self, path: Path) -> int:
        """The line where the value at `path` stands, or the nearest value around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def add(self, path: Path, message: str, advice: str) -> None:
        """Note a mistake in the value at `path`, or in the nearest value around it."""
        while path not in self._lines:
            path = path[:-1]
        file = self._files.get(path, self.file)
        self.mistakes.append(Mistake(file, self._lines[path], message, advice, path))

    def add_at(self, line: int, message: str, advice: str, path: Path = ()) -> None:
        self.mistakes.append(Mistake(self.file, line, message, advice, path))

    def _read(self, full_hint: Any, node: yaml.Node, path: Path) -> Any:
        hint = _optional(full_hint)
        self._lines[path] = node.start_mark.line + 1
        if node.start_mark.name.endswith(".yaml"):
            self._files[path] = node.start_mark.name
        if id(node) in self._seen or len(path) > _DEEPEST:
            self.add(
                path,
                _("Giá trị được tham chiếu lại bằng dấu & và *, hoặc lồng quá sâu."),
                _("Vui lòng viết lại đầy đủ giá trị."),
            )
            return _harmless(hint)
        self._seen.add(id(node))
        if _is_shape(hint):
            return self._shape(hint, node, path)
        if get_origin(hint) is tuple:
            return self._list(get_args(hint)[0], node, path)
        before = len(self.mistakes)
        value = self._scalar(hint, node, path)
        return value if len(self.mistakes) == before else _harmless(full_hint)

    def _shape(self, shape: type, node: yaml.Node, path: Path) -> Any:
        before = len(self.mistakes)
        given: dict[str, yaml.Node] = {}
        if isinstance(node, yaml.MappingNode):
            given = dict(self._entries(shape, node, path))
        else:
            self._wrong_type("group", path)
        values = {}
        for key in keys(shape):
            if key.key in given:
                values[key.name] = self._read(key.hint, given[key.key], (*path, key.key))
            elif key.required:
                if isinstance(node, yaml.MappingNode):
                    self.add(
                        path,
                        _("Thiếu mục bắt buộc «%(key)s».") % {"key": key.key},
                        _("Vui lòng bổ sung mục này."),
                    )
                values[key.name] = _harmless(key.hint)
        try:
            return shape(**values)
        except ValueError as refusal:  # the shape itself knows better, as a time limit does
            if len(self.mistakes) == before:
                self.add(path, str(refusal), _("Vui lòng sửa lại giá trị."))
            return None

    def _entries(self, shape: type, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        """The keys that the shape knows and that have a value; mistakes for all others."""
        known = [key.key for key in keys(shape)]
        seen = set()
        for key_node, value in node.value:
            name = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            line = key_node.start_mark.line + 1
            if name in seen:
                self.add_at(
                    line,
                    _("Mục «%(key)s» được ghi hai lần.") % {"key": name},
                    _("Vui lòng giữ lại một lần."),
                    path,
                )
            elif name not in known:
                near = difflib.get_close_matches(str(name), known, n=1)
                advice = (
                    _("Có phải là «%(key)s»?") % {"key": near[0]}
                    if near
                    else _("Các mục được dùng ở đây: %(keys)s.") % {"keys": ", ".join(known)}
                )
                self.add_at(line, _("Không có mục nào tên là «%(key)s».") % {"key": name}, advice, path)
            elif not (isinstance(value, yaml.ScalarNode) and value.tag == "tag:yaml.org,2002:null"):
                yield str(name), value
            seen.add(name)

    def _list(self, hint: Any, node: yaml.Node, path: Path) -> tuple[Any, ...]:
        if not isinstance(node, yaml.SequenceNode):
            self._wrong_type("list", path)
            return ()
        return tuple(self._read(hint, part, (*path, place)) for place, part in enumerate(node.value))

    def _scalar(self, hint: Any, node: yaml.Node, path: Path) -> Any:
        if get_origin(hint) is Literal:
            return self._word(get_args(hint), node, path)
        raw = node.value if isinstance(node, yaml.ScalarNode) else None
        plain = raw if isinstance(node, yaml.ScalarNode) and not node.style else None
        if hint is str:
            if raw is not None and node.tag != "tag:yaml.org,2002:null":
                return unicodedata.normalize("NFC", raw.strip())
            self._wrong_type("text", path)
            return None
        if hint is bool:
            if plain in ("true", "false"):
                return plain == "true"
            self._wrong_type("bool", path)
            return None
        if hint is date:
            try:
                return date.fromisoformat(raw or "")
            except ValueError:
                self._wrong_type("date", path)
                return None
        return self._number(hint, plain or "", path)

    def _number(self, hint: type, plain: str, path: Path) -> int | float | None:
        if re.fullmatch(r"-?[0-9]{1,15}", plain, re.ASCII):
            return int(plain)
        if hint is float and re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,6}", plain, re.ASCII):
            return float(plain)
        self._wrong_type("number" if hint is float else "int", path)
        return None

    def _word(self, words: Sequence[str], node: yaml.Node, path: Path) -> str | None:
        word = node.value if isinstance(node, yaml.ScalarNode) else ""
        if word in words:
            return str(word)
        self.add(
            path,
            _("Giá trị «%(word)s» không được dùng ở mục «%(key)s».") % {"word": word, "key": _name(path)},
            _("Vui lòng chọn một trong: %(words)s.") % {"words": ", ".join(words)},
        )
        return None

    def _wrong_type(self, wanted: str, path: Path) -> None:
        self.add(
            path,
            _("Mục «%(key)s» phải là %(type)s.") % {"key": _name(path), "type": _TYPES[wanted]},
            _("Vui lòng sửa lại giá trị."),
        )


def _name(path: Path) -> str:
    names = [part for part in path if isinstance(part, str)]
    return names[-1] if names else "?"


def _harmless(hint: Any) -> Any:
    """An empty value of the hinted type, so that checking can go on."""
    if get_origin(hint) in (Union, types.UnionType):
        return None if type(None) in get_args(hint) else 0
    if _is_shape(hint):
        return hint(**{key.name: _harmless(key.hint) for key in keys(hint) if key.required})
    if get_origin(hint) is tuple:
        return ()
    return {str: "", int: 0, float: 0, bool: False}.get(hint, "" if get_origin(hint) is Literal else None)

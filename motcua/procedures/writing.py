"""Writes a procedure as the folder that it was read from, or would be: the same layout every time, for good diffs.

Keys stand in the order of `parts.py`, names first and lists of groups last. What is short stands on one line,
long texts are folded. `read_folder` of what was written gives an equal definition.
"""

import dataclasses
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from motcua.procedures import shape
from motcua.procedures.definition import Definition, template_path

_WIDTH = 110  # characters
_TAG = "tag:yaml.org,2002:"
_FIRST = ("format", "id", "code", "number", "value", "name", "short_name", "label", "title")
_NUMBER = re.compile(r"[-+.]?[0-9][0-9a-fA-FxXoO_.:+-]*")  # what some reader of YAML takes for a number or date
_FOLDABLE = re.compile(r"[!-~\xa1-\u1fff]+( [!-~\xa1-\u1fff]+)*")  # words with single spaces between them
_ORDINARY = re.compile(r"[\x20-\x7e\xa0-\u1fff\u2030-\ud7ff]*")  # no controls, no separators of lines
_LINES = re.compile(r"[\n\t\x20-\x7e\xa1-\u1fff]*")


def folder_files(definition: Definition) -> dict[str, str]:
    """The texts of a procedure's folder, by path in it; the files of templates/ are not among them."""
    parts = {
        "procedure.yaml": definition.record,
        "form.yaml": definition.form,
        "fees.yaml": definition.fees,
        "process.yaml": definition.process,
    }
    files = {
        name: yaml_of(part)
        for name, part in parts.items()
        if name == "procedure.yaml" or definition.is_filed_here or part != type(part)()
    }
    files |= {f"papers/{name}": text for name, text in definition.papers.items()}
    files |= {f"tests/{name}": text for name, text in definition.tests.items()}
    return files


def write_folder(definition: Definition, folder: Path, templates: Mapping[str, bytes]) -> list[Path]:
    """Write the procedure into `folder` and return the files written; what else was there of it is removed.

    `templates` are the bytes of the empty forms, by file name. Raises KeyError, having written nothing, when one
    of the definition's is not given.
    """
    contents = {folder / name: text.encode() for name, text in folder_files(definition).items()}
    contents |= {template_path(folder, name): templates[name] for name in definition.templates}
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
    for old in _ours(folder) - contents.keys():
        old.unlink()
    for name in ("papers", "templates", "tests"):
        if (folder / name).is_dir() and not any((folder / name).iterdir()):
            (folder / name).rmdir()
    return sorted(contents)


def _ours(folder: Path) -> set[Path]:
    """The files of a package that stand in the folder now."""
    names = ("procedure.yaml", "form.yaml", "fees.yaml", "process.yaml", "papers/*.typ", "templates/*", "tests/*.yaml")
    return {path for name in names for path in folder.glob(name) if path.is_file()}


# YAML ---------------------------------------------------------------------------------------------------------


def yaml_of(part: Any) -> str:
    """One part (a Record, Form, Fees or Process) as the text of its file."""
    node = _node(part, top=True)
    return yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=_WIDTH)


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _node(value: Any, *, top: bool = False) -> yaml.Node:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _group(value, top=top)
    if isinstance(value, tuple):
        parts = [_node(part) for part in value]
        plain = all(isinstance(part, yaml.ScalarNode) for part in parts)
        flow = not parts or (plain and _is_short(parts) and not any(" " in part.value for part in parts))
        return yaml.SequenceNode(f"{_TAG}seq", parts, flow_style=flow)
    return _scalar(value)


def _group(value: Any, *, top: bool) -> yaml.MappingNode:
    pairs = [(key, _node(part)) for key, part in _ordered(value)]
    nodes = [(yaml.ScalarNode(f"{_TAG}str", key), node) for key, node in pairs]
    flow = not top and all(_is_plain(node) for _key, node in pairs) and _is_short([n for p in nodes for n in p])
    if flow:
        for _key, node in pairs:
            if isinstance(node, yaml.ScalarNode) and node.style in (">", "|"):
                node.style = '"' if "\n" in node.value else None
    return yaml.MappingNode(f"{_TAG}map", nodes, flow_style=flow)


def _ordered(value: Any) -> list[tuple[str, Any]]:
    """The keys that are not at their default: names first, lists of groups last, else as `parts.py` has them."""
    pairs = shape.given(value)
    is_record = "number" in dict(pairs) and "agencies" in dict(pairs)

    def rank(pair: tuple[str, Any]) -> tuple[int, int]:
        key, part = pair
        if key in _FIRST:
            return 0, _FIRST.index(key)
        groups = isinstance(part, tuple) and bool(part) and dataclasses.is_dataclass(part[0])
        return (2, 0) if groups and not is_record else (1, 0)

    return sorted(pairs, key=rank)


def _is_plain(node: yaml.Node) -> bool:
    """Whether a node may stand within braces on one line: a scalar, a list of words, a small group of scalars."""
    return isinstance(node, yaml.ScalarNode) or (isinstance(node, yaml.CollectionNode) and node.flow_style is True)


def _is_short(nodes: list[yaml.Node]) -> bool:
    return sum(map(_length, nodes)) <= _WIDTH - 16


def _length(node: yaml.Node) -> int:
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2 + 100 * ("\n" in node.value)
    parts = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    return 2 + sum(map(_length, parts))


def _scalar(value: Any) -> yaml.ScalarNode:
    if isinstance(value, bool):
        return yaml.ScalarNode(f"{_TAG}bool", "true" if value else "false")
    if isinstance(value, date):
        return yaml.ScalarNode(f"{_TAG}timestamp", value.isoformat())
    if isinstance(value, int):
        return yaml.ScalarNode(f"{_TAG}int", str(value))
    if isinstance(value, float):
        written = format(Decimal(repr(value)), "f")
        return yaml.ScalarNode(f"{_TAG}float", written if "." in written else f"{written}.0")
    if value is None:
        return yaml.ScalarNode(f"{_TAG}null", "null")
    return yaml.ScalarNode(f"{_TAG}str", value, style=_style(value))


def _style(text: str) -> str | None:
    """How a text is written: plain or quoted as YAML decides, folded when long, as it stands with line ends."""
    if "\n" in text and _LINES.fullmatch(text):
        return "|"
    if len(text) > _WIDTH - 20 and _FOLDABLE.fullmatch(text):
        return ">"
    return '"' if _NUMBER.fullmatch(text) or not _ORDINARY.fullmatch(text) else None

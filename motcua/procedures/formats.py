"""Older formats of a procedure, migrated forward one format at a time: stored content and folders alike.

A version keeps the content that it was imported with for ever; it is migrated each time it is read. A folder of an
older format is read as today's, and its mistakes keep the file and the line where they stand.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

FORMAT = 2  # of the folders and of the stored JSON


@dataclass(frozen=True, slots=True)
class Move:
    """What stood at `old` stands at `new` since; paths begin with the part (record, form, fees, process)."""

    old: tuple[str, ...]
    new: tuple[str, ...]

    def renamed(self, path: str) -> str:
        """A path of `unverified` (without "record") under its new name."""
        return _written(self.new) if path == _written(self.old) else path


# What changed from each format to the next.
_MOVES: dict[Any, tuple[Move, ...]] = {
    1: (Move(("record", "supplement_limit"), ("process", "limits", "supplement")),),
}


def _written(path: tuple[str, ...]) -> str:
    return ".".join(path[1:] if path[0] == "record" else path)


# Stored content -----------------------------------------------------------------------------------------------


def migrated(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content (record, form, fees, process in JSON types) in today's format.

    Raises ValueError when it is of a format that nobody knows.
    """
    if content.get("format") == FORMAT:
        return content
    content = copy.deepcopy(content)
    while (number := content.get("format", 0)) != FORMAT:
        if number not in _MOVES:
            raise ValueError(f"a definition of format {number!r}, not {FORMAT}")
        record = content.setdefault("record", {})
        for move in _MOVES[number]:
            _move(content, move)
            if "unverified" in record:
                record["unverified"] = [move.renamed(path) for path in record["unverified"]]
        content["format"] = record["format"] = number + 1
    return content


def _move(content: dict[str, Any], move: Move) -> None:
    value = _parent(content, move.old).pop(move.old[-1], None)
    if value is not None:
        _parent(content, move.new).setdefault(move.new[-1], value)


def _parent(content: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for key in path[:-1]:
        content = content.setdefault(key, {})
    return content


# Folders ------------------------------------------------------------------------------------------------------

FILES = {"record": "procedure.yaml", "form": "form.yaml", "fees": "fees.yaml", "process": "process.yaml"}


def format_of(nodes: Mapping[str, yaml.Node | None]) -> int | None:
    """The format that procedure.yaml names; None when it names none that is known."""
    node = nodes.get(FILES["record"])
    value = _get(node, "format") if isinstance(node, yaml.MappingNode) else None
    written = value.value if isinstance(value, yaml.ScalarNode) else ""
    known = {str(number): number for number in [*_MOVES, FORMAT]}
    return known.get(written)


def migrate_nodes(nodes: dict[str, yaml.Node | None]) -> None:
    """Bring the files of a folder, by name, to today's format; does nothing when the format is not known."""
    number = format_of(nodes)
    while number is not None and number < FORMAT:
        for move in _MOVES[number]:
            _move_node(nodes, move)
            _rename_unverified(nodes[FILES["record"]], move)
        number += 1
        found = _get(nodes[FILES["record"]], "format")
        assert isinstance(found, yaml.ScalarNode)
        found.value = str(number)


def _move_node(nodes: dict[str, yaml.Node | None], move: Move) -> None:
    file = FILES[move.old[0]]
    node = nodes.get(file)
    for key in move.old[1:-1]:
        node = _get(node, key)
    value = _get(node, move.old[-1])
    if value is None:
        return
    assert isinstance(node, yaml.MappingNode)
    node.value = [pair for pair in node.value if pair[1] is not value]
    value = _at_its_file(value, file)
    to = nodes[FILES[move.new[0]]] = nodes.get(FILES[move.new[0]]) or _group(value)
    for key in move.new[1:-1]:
        found = _get(to, key) or _group(value)
        _put(to, key, found)
        to = found
    _put(to, move.new[-1], value)


def _rename_unverified(record: yaml.Node | None, move: Move) -> None:
    marks = _get(record, "unverified")
    for node in marks.value if isinstance(marks, yaml.SequenceNode) else []:
        if isinstance(node, yaml.ScalarNode):
            node.value = move.renamed(node.value)


def _get(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _put(node: yaml.Node, key: str, value: yaml.Node) -> None:
    """Add a key, unless the node is no mapping (a mistake that the reader tells) or has it already."""
    if isinstance(node, yaml.MappingNode) and _get(node, key) is None:
        name = yaml.ScalarNode("tag:yaml.org,2002:str", key, value.start_mark, value.end_mark)
        node.value.append((name, value))


def _group(at: yaml.Node) -> yaml.MappingNode:
    return yaml.MappingNode("tag:yaml.org,2002:map", [], at.start_mark, at.end_mark)


def _at_its_file(node: yaml.Node, file: str, seen: frozenset[int] = frozenset()) -> yaml.Node:
    """The same node, and all below it, remembering the file where it stands."""
    if id(node) in seen:  # an alias to what is around it, which the reader refuses
        return node
    seen |= {id(node)}
    moved = copy.copy(node)
    moved.start_mark = moved.end_mark = yaml.Mark(file, 0, node.start_mark.line, 0, None, 0)
    if isinstance(node, yaml.MappingNode):
        moved.value = [
            (_at_its_file(name, file, seen), _at_its_file(value, file, seen)) for name, value in node.value
        ]
    elif isinstance(node, yaml.SequenceNode):
        moved.value = [_at_its_file(part, file, seen) for part in node.value]
    return moved

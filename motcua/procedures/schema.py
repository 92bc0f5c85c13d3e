"""The format as JSON Schema, made from the shapes of `parts.py` and the words of `words.py`.

Editors complete and explain the keys of a file by it; `read_folder` remains what decides.
"""

import dataclasses
import json
import types
import typing
from datetime import date
from typing import Any, get_args, get_origin

from motcua.procedures import shape, words
from motcua.procedures.definition import FORMAT
from motcua.procedures.parts import Fees, Form, Process, Record

SHAPES: dict[str, type] = {"procedure": Record, "form": Form, "fees": Fees, "process": Process}
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": ["string", "number"]},  # a text that looks like a number is read as it is written
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
}


def schema_files() -> dict[str, str]:
    """The schema of each file of a folder, as text, by file name ("procedure.json")."""
    return {
        f"{name}.json": json.dumps(_schema(name, kind), ensure_ascii=False, indent=2) + "\n"
        for name, kind in SHAPES.items()
    }


def _schema(name: str, kind: type) -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    _define(kind, definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"{name}.yaml ({FORMAT})",
        "$ref": f"#/definitions/{kind.__name__}",
        "definitions": definitions,
    }


def _define(kind: type, definitions: dict[str, Any]) -> None:
    if kind.__name__ in definitions:
        return
    definitions[kind.__name__] = {}
    keys = shape.keys(kind)
    definitions[kind.__name__] = {
        "type": "object",
        "title": words.name(kind),
        "additionalProperties": False,
        "required": [key.key for key in keys if key.required],
        "properties": {key.key: _key(kind, key, definitions) for key in keys},
    }


def _key(kind: type, key: shape.Key, definitions: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"title": words.label(kind, key.key), "description": words.help_text(kind, key.key)}
    value = _value(key.hint, definitions)
    if key.key == "format":
        value = {"const": FORMAT}
    if not key.required:  # a key without a value counts as not written
        value = {"anyOf": [value, {"type": "null"}]}
        if isinstance(key.default, str | int | float | bool) and key.default != "":
            described["default"] = key.default
    return {name: text for name, text in described.items() if text != ""} | value


def _value(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (typing.Union, types.UnionType):
        rest = [part for part in arguments if part is not type(None)]
        return _value(rest[0], definitions) if len(rest) == 1 else {"type": "number"}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _value(arguments[0], definitions)}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        _define(hint, definitions)
        return {"$ref": f"#/definitions/{hint.__name__}"}
    return dict(_SIMPLE[hint])

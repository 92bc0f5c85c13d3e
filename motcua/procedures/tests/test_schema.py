import json
from datetime import date
from typing import Any

import pytest
import yaml
from django.conf import settings

from motcua.procedures.definition import package_folders
from motcua.procedures.schema import schema_files

FOLDER = settings.ROOT / "procedures" / "schema"
TYPES = {"string": str, "number": int | float, "integer": int, "boolean": bool, "array": list, "object": dict}


def test_the_schemas_that_come_along_are_those_of_today():
    kept = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert kept == schema_files(), "python -m motcua procedures schema --to procedures/schema"


@pytest.mark.parametrize("folder", package_folders(settings.ROOT / "procedures"), ids=lambda path: path.name)
def test_the_catalogue_fits_its_schema(folder):
    for name, text in schema_files().items():
        file = folder / name.replace(".json", ".yaml")
        if file.exists():
            schema = json.loads(text)
            problem = _problem(yaml.safe_load(file.read_text()), schema, schema["definitions"])
            assert problem == "", file


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"lines": 5}, "array"),
        ({"lines": [{"code": "A", "name": "B", "kind": "fee"}]}, "due"),
        ({"lines": [{"code": "A", "name": "B", "kind": "free", "due": "before_result"}]}, "free"),
        ({"lanes": []}, "lanes"),
    ],
)
def test_what_does_not_fit_is_noticed(content, words):
    schema = json.loads(schema_files()["fees.json"])
    assert words in _problem(content, schema, schema["definitions"])


def test_every_key_is_explained():
    for text in schema_files().values():
        for name, shape in json.loads(text)["definitions"].items():
            for key, said in shape["properties"].items():
                assert said.get("title"), f"{name}.{key}"


def _problem(value: Any, schema: dict[str, Any], all_of_them: dict[str, Any]) -> str:
    """What JSON Schema (of the keywords that we use) says against a value; empty when nothing."""
    if "$ref" in schema:
        return _problem(value, all_of_them[schema["$ref"].rpartition("/")[2]], all_of_them)
    if "anyOf" in schema:
        problems = [_problem(value, one, all_of_them) for one in schema["anyOf"]]
        return "" if "" in problems else problems[0]
    if "const" in schema or "enum" in schema:
        return "" if value in schema.get("enum", [schema.get("const")]) else f"{value} is not among them"
    if schema["type"] == "null":
        return "" if value is None else f"{value} is not null"
    wanted = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    value = value.isoformat() if isinstance(value, date) else value
    if not any(isinstance(value, TYPES[one]) and (one == "boolean") == isinstance(value, bool) for one in wanted):
        return f"{value!r} is not {wanted}"
    if schema["type"] == "array":
        return next(filter(None, (_problem(part, schema["items"], all_of_them) for part in value)), "")
    if schema["type"] == "object":
        if lacking := set(schema["required"]) - value.keys():
            return f"{lacking} lack"
        if strange := value.keys() - schema["properties"].keys():
            return f"{strange} is strange"
        return next(
            filter(None, (_problem(value[key], schema["properties"][key], all_of_them) for key in value)), ""
        )
    return ""

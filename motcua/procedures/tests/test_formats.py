"""Packages of older formats, kept as they were: folders, and what was stored of them."""

import json
import shutil
from pathlib import Path

import pytest

from motcua.procedures.definition import FORMAT, Definition, read_folder
from motcua.procedures.examples import run_examples
from motcua.procedures.formats import migrated
from motcua.procedures.writing import write_folder

KEPT = Path(__file__).parent / "packages"
FOLDERS = sorted(path for path in KEPT.glob("format-*/*") if path.is_dir())
STORED = sorted(KEPT.glob("format-*/*.json"))


def _named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("folder", FOLDERS, ids=_named)
def test_a_folder_of_an_older_format_is_a_procedure_of_today(folder):
    definition, mistakes = read_folder(folder)
    assert mistakes == []
    assert definition.record.format == FORMAT
    assert run_examples(definition) == []


@pytest.mark.parametrize("stored", STORED, ids=_named)
def test_what_was_stored_in_an_older_format_is_what_its_folder_says_today(stored):
    content = json.loads(stored.read_text())
    assert content["format"] < FORMAT
    from_folder, _mistakes = read_folder(stored.with_suffix(""))
    from_store = Definition.from_json(content)
    parts = ("record", "form", "fees", "process")
    assert [getattr(from_store, part) for part in parts] == [getattr(from_folder, part) for part in parts]
    assert content == json.loads(stored.read_text()), "reading changes nothing of what is stored"


@pytest.mark.parametrize("folder", FOLDERS, ids=_named)
def test_a_folder_that_was_rewritten_says_the_same(folder, tmp_path):
    before, _mistakes = read_folder(folder)
    copy = shutil.copytree(folder, tmp_path / folder.name)
    write_folder(before, copy, {})
    assert f"format: {FORMAT}\n" in (copy / "procedure.yaml").read_text()
    assert read_folder(copy) == (before, [])


def test_every_older_format_has_kept_packages():
    formats = {f"format-{number}" for number in range(1, FORMAT)}
    assert {path.parent.name for path in FOLDERS} == {path.parent.name for path in STORED} == formats


def test_what_is_marked_unverified_keeps_its_mark_under_the_new_name():
    content = {"format": 1, "record": {"unverified": ["supplement_limit", "sector.code"], "supplement_limit": {"amount": 1}}}
    now = migrated(content)
    assert now["record"]["unverified"] == ["process.limits.supplement", "sector.code"]
    assert now["process"] == {"limits": {"supplement": {"amount": 1}}}
    assert content["record"]["unverified"] == ["supplement_limit", "sector.code"]


def test_content_without_a_known_format_is_refused():
    for number in (None, 0, 3, "1"):
        with pytest.raises(ValueError, match="format"):
            migrated({"format": number, "record": {}})


@pytest.mark.parametrize(
    "text",
    [
        "format: 1\nsupplement_limit: &a [*a]\n",
        "format: 1\nsupplement_limit: &a {b: *a}\n",
        "format: 1\nunverified: 5\nsupplement_limit: 7\n",
        "[format, 1]",
        "format: {a: 1}\n",
        "? [a]\n: 1\nformat: 1\n",
        "format: 1\nsupplement_limit: null\n",
    ],
)
def test_no_nonsense_of_an_older_format_breaks_the_reader(package, text):
    folder = package()
    (folder / "procedure.yaml").write_text(text)
    (folder / "process.yaml").write_text("- a\n")
    definition, mistakes = read_folder(folder)
    assert definition is None
    assert mistakes

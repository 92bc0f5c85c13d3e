import re
from pathlib import Path

import pytest

from motcua.procedures import shape
from motcua.procedures.definition import read_folder
from motcua.procedures.differences import differences
from motcua.procedures.examples import run_examples
from motcua.procedures.words import KEYS
from motcua.procedures.writing import write_folder

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "procedures.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml (\S+)\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def example(tmp_path):
    folder = tmp_path / "2.009999"
    for name, text in BLOCKS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_worked_example_passes_the_check(example):
    assert [name for name, _text in BLOCKS][:4] == ["procedure.yaml", "form.yaml", "fees.yaml", "process.yaml"]
    definition, mistakes = read_folder(example)
    assert mistakes == []
    assert definition is not None
    assert len(definition.tests) == 2
    assert run_examples(definition) == []


def test_the_worked_example_is_written_as_it_was_read(example):
    before, _mistakes = read_folder(example)
    write_folder(before, example, {})
    after, _mistakes = read_folder(example)
    assert differences(before, after) == []


@pytest.mark.parametrize("kind", KEYS, ids=lambda kind: kind.__name__)
def test_every_key_is_in_the_document(kind):
    written = set(re.findall(r"[a-z_]+", PAGE))
    assert {key.key for key in shape.keys(kind)} - written == set()

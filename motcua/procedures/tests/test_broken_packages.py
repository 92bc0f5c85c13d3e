"""Packages with one mistake each, kept as data: the mistake is said at its line, in words, and nothing breaks.

`packages/good` is whole; a folder of `packages/broken` has the file that differs, and in mistake.txt the file, the
line and words of what must be said.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.procedures.definition import read_folder

PACKAGES = Path(__file__).with_name("packages")
GOOD = PACKAGES / "good"
BROKEN = sorted(folder for folder in (PACKAGES / "broken").iterdir() if folder.is_dir())
FILES = ("procedure.yaml", "form.yaml", "fees.yaml", "process.yaml")


@pytest.fixture
def composed(tmp_path: Path) -> Callable[[Path], Path]:
    """The good package with what is in another folder laid over it."""

    def compose(folder: Path) -> Path:
        target = tmp_path / "2.009998"
        shutil.copytree(GOOD, target)
        shutil.copytree(folder, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("mistake.txt"))
        return target

    return compose


def test_the_good_package_has_no_mistakes(composed):
    definition, mistakes = read_folder(composed(GOOD))
    assert mistakes == []
    assert definition is not None


def test_there_are_enough_of_them():
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("folder", BROKEN, ids=lambda folder: folder.name)
def test_each_broken_package_gives_its_message(composed, folder):
    file, line, words = (folder / "mistake.txt").read_text(encoding="utf-8").strip().split(":", 2)
    definition, mistakes = read_folder(composed(folder))
    assert definition is None
    said = [(mistake.file, mistake.line) for mistake in mistakes if words.strip() in str(mistake)]
    assert (file, int(line)) in said, "\n".join(map(str, mistakes))
    assert all(mistake.message and mistake.advice for mistake in mistakes)


# Damage by chance


TEXTS = {name: (GOOD / name).read_text(encoding="utf-8") for name in FILES}
WORDS = sorted({token.value for text in TEXTS.values() for token in yaml.scan(text) if isinstance(token, yaml.ScalarToken)})


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, str]:
    """Some scalars of the files replaced by others, some lines moved, doubled or gone."""
    texts = dict(TEXTS)
    for _number in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(FILES))
        text = texts[name]
        way = draw(st.sampled_from(["word", "word", "word", "drop", "double", "letter", "indent"]))
        lines = text.split("\n")
        place = draw(st.integers(0, len(lines) - 1))
        if way == "word":
            old = draw(st.sampled_from([word for word in WORDS if word in text] or [""]))
            new = draw(st.sampled_from(WORDS) | st.sampled_from(["", "[]", "{}", "null", "-1", "0.5", "~", "'x'", "9" * 15]))
            parts = text.split(old) if old else [text]
            at = draw(st.integers(1, max(1, len(parts) - 1)))
            texts[name] = old.join(parts[:at]) + (new if len(parts) > 1 else "") + old.join(parts[at:])
            continue
        if way == "drop":
            del lines[place]
        elif way == "double":
            lines.insert(place, lines[place])
        elif way == "indent":
            lines[place] = lines[place][2:] if draw(st.booleans()) else "  " + lines[place]
        elif lines[place]:
            at = draw(st.integers(0, len(lines[place]) - 1))
            lines[place] = lines[place][:at] + draw(st.sampled_from(list(":{}[],'\"&*!|>%@`#- \t0a."))) + lines[place][at + 1 :]
        texts[name] = "\n".join(lines)
    return texts


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_no_damage_breaks_the_reader_or_the_checks(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("damaged") / "2.009998"
    shutil.copytree(GOOD, folder)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    definition, mistakes = read_folder(folder)
    shutil.rmtree(folder.parent)
    assert (definition is None) == bool(mistakes)
    assert all(mistake.line >= 1 and mistake.message for mistake in mistakes)

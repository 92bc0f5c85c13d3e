"""Whether the content of a draft is a procedure: it goes the way that folders go, so that nothing is checked twice.

A draft may be anything while it is written. It is put into files as it stands and read back like every other
folder; a mistake then also tells where in the content it is.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from django.utils.translation import get_language

from motcua.foundation.time import HANOI, now
from motcua.procedures.definition import Definition, read_folder
from motcua.procedures.examples import run_examples
from motcua.procedures.formats import FILES as PARTS
from motcua.procedures.shape import Mistake

_PART_OF = {file: part for part, file in PARTS.items()}
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake, and the place in the content: ("form", "sections", 0, "fields", 2); a file alone is ("papers", "x.typ")."""

    place: Place
    mistake: Mistake


@dataclass(frozen=True, slots=True)
class Checked:
    """What a draft came to: a definition without findings, or findings."""

    definition: Definition | None
    findings: tuple[Finding, ...]

    @property
    def mistakes(self) -> list[Mistake]:
        return [finding.mistake for finding in self.findings]


def check_content(number: str, content: Mapping[str, Any]) -> Checked:
    """Say everything that is wrong with a content of today's format, its examples too, or give the procedure it is.

    Of the files to download only the names are looked at. The last few contents are remembered.
    """
    written = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return _checked(number, written, get_language(), now().astimezone(HANOI).date())


@lru_cache(maxsize=20)
def _checked(number: str, written: str, _language: str | None, _today: date) -> Checked:
    """What is wrong with a content, in the language that is spoken now, on the day that the examples are run."""
    content = json.loads(written)
    with TemporaryDirectory(prefix="motcua-draft-") as root:
        folder = Path(root) / number
        _write(folder, content)
        definition, mistakes = read_folder(folder)
    if definition is not None:
        definition = dataclasses.replace(definition, templates=dict(_files(content, "templates")))
        mistakes = run_examples(definition)
    findings = tuple(map(_finding, mistakes))
    return Checked(None if findings else definition, findings)


def _write(folder: Path, content: Mapping[str, Any]) -> None:
    """Put a content into the files of a folder, right or wrong as it is."""
    folder.mkdir(parents=True)
    for part, name in PARTS.items():
        if content.get(part) is None:
            continue
        text = yaml.dump(
            content[part], Dumper=_Plain, allow_unicode=True, sort_keys=False, width=10**6,
            default_flow_style=False,
        )  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    for below in ("papers", "tests"):
        for name, text in _files(content, below):
            _file(folder, below, name).write_text(text, encoding="utf-8")
    for name, _sha256 in _files(content, "templates"):
        begin = b"%PDF" if name.endswith(".pdf") else b"PK\x03\x04"  # the files were looked at when they came
        _file(folder, "templates", name).write_bytes(begin)


class _Plain(yaml.CSafeDumper):
    """Writes what is there twice, twice: the readers know no references."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _files(content: Mapping[str, Any], part: str) -> list[tuple[str, str]]:
    files = content.get(part)
    pairs = files.items() if isinstance(files, Mapping) else ()
    return [(str(name), str(value)) for name, value in pairs]


def _file(folder: Path, below: str, name: str) -> Path:
    """Where a file goes; whatever its name says, it stays below the folder."""
    path = folder / below / (Path(name).name or "_")
    path.parent.mkdir(exist_ok=True)
    return path


def _finding(mistake: Mistake) -> Finding:
    if mistake.file in _PART_OF:
        return Finding((_PART_OF[mistake.file], *mistake.path), mistake)
    return Finding(tuple(mistake.file.split("/")), mistake)

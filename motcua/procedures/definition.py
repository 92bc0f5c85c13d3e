"""One procedure, read whole from its folder or from the JSON of a version."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from motcua.foundation.working_time import TimeLimit
from motcua.procedures import checks, shape
from motcua.procedures.formats import FORMAT, migrated
from motcua.procedures.parts import Component, Fees, Field, Form, Process, Record, Result, Section, Step
from motcua.procedures.shape import Mistake

__all__ = [
    "FORMAT", "Component", "Definition", "Fees", "Field", "Form", "Mistake", "Process", "Record", "Result", "Section",
    "Step", "package_folders", "read_folder",
]  # fmt: skip

_FILES: dict[str, type] = {
    "procedure.yaml": Record,
    "form.yaml": Form,
    "fees.yaml": Fees,
    "process.yaml": Process,
}
_KNOWN_FOLDERS = {"papers", "tests"}
_LARGEST = 1_000_000  # bytes of one file


@dataclass(frozen=True)
class Definition:
    """A procedure as it was reviewed: public record, form, fees and inner process. Never changes."""

    record: Record
    form: Form
    fees: Fees
    process: Process

    @property
    def number(self) -> str:
        return self.record.number

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def short_name(self) -> str:
        """The name for narrow places: the short one when there is one."""
        return self.record.short_name or self.record.name

    @property
    def search_text(self) -> str:
        """What searches look into besides the name: what it is for, the sector, the papers, the results."""
        record = self.record
        words = [record.summary, record.sector.name]
        words += [component.name for component in record.components]
        words += [result.name for result in record.results]
        return " ".join(words)

    @property
    def is_filed_here(self) -> bool:
        return self.record.kind == "filed_here"

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(channel.channel for channel in self.record.channels)

    def component(self, id: str) -> Component:
        """Raises KeyError when the procedure has no such component."""
        return self._components[id]

    def result(self, id: str) -> Result:
        """Raises KeyError when the procedure has no such result."""
        return self._results[id]

    def section(self, id: str) -> Section:
        """Raises KeyError when the form has no such section."""
        return self._sections[id]

    def field(self, id: str) -> Field:
        """Raises KeyError when the form has no such field."""
        return self._fields[id]

    def step(self, id: str) -> Step:
        """Raises KeyError when the process has no such step."""
        return self._steps[id]

    @property
    def first_step(self) -> Step:
        return self.process.steps[0]

    def time_limit(self, channel: str) -> TimeLimit | None:
        """How long settling takes when filed through `channel`; None when the procedure is not filed so."""
        return next((row.time_limit for row in self.record.channels if row.channel == channel), None)

    @cached_property
    def _components(self) -> dict[str, Component]:
        return {component.id: component for component in self.record.components}

    @cached_property
    def _results(self) -> dict[str, Result]:
        return {result.id: result for result in self.record.results}

    @cached_property
    def _sections(self) -> dict[str, Section]:
        return {section.id: section for section in self.form.sections}

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {field.id: field for field in self.form.fields}

    @cached_property
    def _steps(self) -> dict[str, Step]:
        return {step.id: step for step in self.process.steps}

    def to_json(self) -> dict[str, Any]:
        """The whole definition in JSON types; `from_json` gives an equal one back."""
        return {
            "format": FORMAT,
            "record": shape.dump(self.record),
            "form": shape.dump(self.form),
            "fees": shape.dump(self.fees),
            "process": shape.dump(self.process),
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Definition":
        """Older formats are migrated forward. Raises ValueError for a format that nobody knows."""
        content = migrated(content)
        return cls(
            record=shape.load(Record, content["record"]),
            form=shape.load(Form, content["form"]),
            fees=shape.load(Fees, content["fees"]),
            process=shape.load(Process, content["process"]),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal: equal exactly when the definitions are equal."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def read_folder(path: Path) -> tuple[Definition | None, list[Mistake]]:
    """Return the procedure in a folder and every mistake found, in the order of files and lines.

    The definition is None when there is any mistake. `form.yaml`, `fees.yaml` and `process.yaml` may be missing
    for a procedure that is not filed here. The examples in tests/ are not run here: see `examples.py`.
    """
    readers = {name: shape.Reader(name) for name in _FILES}
    parts = {name: _read_file(path / name, readers[name], kind) for name, kind in _FILES.items()}
    mistakes = _strangers(path)
    if parts["procedure.yaml"] is not None:
        definition = Definition(
            record=parts["procedure.yaml"],
            form=parts["form.yaml"] or Form(),
            fees=parts["fees.yaml"] or Fees(),
            process=parts["process.yaml"] or Process(),
        )
        absent = {name for name, part in parts.items() if part is None}
        checks.check(
            definition.record,
            definition.form,
            definition.fees,
            definition.process,
            readers,
            path.name,
            absent,
        )
    for reader in readers.values():
        mistakes += sorted(reader.mistakes)
    return (None, mistakes) if mistakes else (definition, [])


def _read_file(path: Path, reader: shape.Reader, kind: type) -> Any:
    """An object of `kind`; None when there is no such file or it cannot be read at all."""
    try:
        if path.stat().st_size > _LARGEST:
            reader.add((), _("Tệp lớn hơn 1 MB."), _("Vui lòng rút gọn nội dung."))
            return None
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if path.name == "procedure.yaml":
            reader.add((), _("Thư mục không có tệp này."), _("Mỗi thủ tục phải có tệp procedure.yaml."))
        return None
    except UnicodeDecodeError:
        reader.add((), _("Tệp không ở dạng UTF-8."), _("Vui lòng lưu lại tệp dưới dạng UTF-8."))
        return None
    return reader.read(text, kind)


def _strangers(path: Path) -> list[Mistake]:
    """Files that nothing reads, most likely with a misspelt name."""
    if not path.is_dir():
        return []
    return [
        Mistake(
            entry.name,
            1,
            _("Không có tệp hoặc thư mục nào tên như vậy trong gói thủ tục."),
            _("Các tên được dùng: %(names)s.") % {"names": ", ".join([*_FILES, "papers/", "tests/"])},
        )
        for entry in sorted(path.iterdir())
        if not entry.name.startswith(".") and entry.name not in _FILES and entry.name not in _KNOWN_FOLDERS
        and entry.suffix != ".md"
    ]  # fmt: skip


def package_folders(path: Path) -> list[Path]:
    """Every procedure's folder at `path` or below it, in order of name."""
    return sorted(file.parent for file in path.rglob("procedure.yaml"))

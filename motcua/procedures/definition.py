"""One procedure, read whole from its folder or from the JSON of a version."""

import dataclasses
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from motcua.foundation.working_time import TimeLimit
from motcua.procedures import checks, shape
from motcua.procedures.answers import Variables
from motcua.procedures.formats import FORMAT, migrate_nodes, migrated
from motcua.procedures.parts import (
    Channel,
    Component,
    Fees,
    Field,
    Form,
    Process,
    Record,
    Result,
    Scenario,
    Section,
    Step,
)
from motcua.procedures.shape import Mistake

__all__ = [
    "FORMAT", "Component", "Definition", "Fees", "Field", "Form", "Mistake", "Process", "Record", "Result", "Section",
    "Step", "file_component", "package_folders", "read_folder", "template_path",
]  # fmt: skip

_FILES: dict[str, type] = {
    "procedure.yaml": Record,
    "form.yaml": Form,
    "fees.yaml": Fees,
    "process.yaml": Process,
}
_LARGEST = 1_000_000  # bytes of one text
_LARGEST_TEMPLATE = 10_000_000  # bytes
_MOST_FILES = 50  # in one folder of a package
_TEXTS = {"papers": ".typ", "tests": ".yaml"}  # folders of texts, and how their names end
_TEMPLATES = {".docx": b"PK\x03\x04", ".xlsx": b"PK\x03\x04", ".odt": b"PK\x03\x04", ".pdf": b"%PDF"}
_FILE_NAME = re.compile(r"\w[\w .()-]{0,98}\w")


@dataclass(frozen=True)
class Definition:
    """A procedure as it was reviewed: public record, form, fees and inner process. Never changes.

    `papers` and `tests` are texts by file name: templates that the system prints by, and the examples. `templates`
    gives the SHA-256 of each empty form to download, by file name; the files themselves are kept beside.
    """

    record: Record
    form: Form
    fees: Fees
    process: Process
    papers: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    templates: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    tests: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)

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
        """What searches look into besides the name: what it is for, cases, papers, results, what is chosen, old codes."""
        record = self.record
        words = [record.summary, record.sector.name]
        words += [scenario.name for scenario in record.scenarios]
        words += [component.name for component in record.components]
        words += [result.name for result in record.results]
        words += [option.label for field in self._all_fields() for option in field.options]
        words += [re.sub(r"\D", "", number[:8]) for number in record.old_numbers]
        return " ".join(words)

    def _all_fields(self) -> Iterator[Field]:
        for field in self.form.fields:
            yield field
            yield from field.columns

    @property
    def is_filed_here(self) -> bool:
        return self.record.kind == "filed_here"

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(channel.channel for channel in self.record.channels)

    def component(self, id: str) -> Component:
        """The paper of that id: a component, the one that a row's ("id.row") stands for, or a file field's.

        Raises KeyError when the procedure has no such paper.
        """
        return self._components[id.partition(".")[0]]

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

    def scenario(self, answers: Mapping[str, Any]) -> Scenario | None:
        """The case of these answers: the first whose condition holds. None when there are no cases, or none fits."""
        if not self.record.scenarios:
            return None
        variables = Variables(self.form, answers)
        return next((case for case in self.record.scenarios if variables.holds(case.when)), None)

    def channel_rows(self, scenario: Scenario | None = None) -> tuple[Channel, ...]:
        """The ways to file: the case's own, the record's when it has none."""
        return scenario.channels if scenario and scenario.channels else self.record.channels

    def sequence(self, scenario: Scenario | None = None) -> tuple[str, ...]:
        """How the procedure goes, step by step: the case's own words, the record's when it has none."""
        return scenario.sequence if scenario and scenario.sequence else self.record.sequence

    def time_limit(self, channel: str, scenario: Scenario | None = None) -> TimeLimit | None:
        """How long settling takes when filed through `channel`; None when it is not filed so."""
        return next((row.time_limit for row in self.channel_rows(scenario) if row.channel == channel), None)

    @cached_property
    def _components(self) -> dict[str, Component]:
        of_fields = {field.id: file_component(field) for field in self.form.fields if field.type == "file"}
        return of_fields | {component.id: component for component in self.record.components}

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
            "papers": dict(self.papers),
            "templates": dict(self.templates),
            "tests": dict(self.tests),
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
            papers=dict(content.get("papers", {})),
            templates=dict(content.get("templates", {})),
            tests=dict(content.get("tests", {})),
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal: equal exactly when the definitions are equal."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def file_component(field: Field) -> Component:
    """The paper that a field of type `file` asks for."""
    return Component(field.id, field.label, copies=1, required=field.required, note=field.help)


# Folders ------------------------------------------------------------------------------------------------------


def read_folder(path: Path) -> tuple[Definition | None, list[Mistake]]:
    """Return the procedure in a folder and every mistake found, in the order of files and lines.

    The definition is None when there is any mistake. A folder of an older format is read as today's. `form.yaml`,
    `fees.yaml` and `process.yaml` may be missing for a procedure that is not filed here. The examples in tests/ are
    read but not run here: see `examples.py`.
    """
    readers = {name: shape.Reader(name) for name in _FILES}
    nodes = {name: _node(path / name, readers[name]) for name in _FILES}
    absent = {name for name in _FILES if not (path / name).is_file()}
    migrate_nodes(nodes)
    mistakes = _strangers(path)
    papers, tests = _texts(path, "papers", mistakes), _texts(path, "tests", mistakes)
    templates = _templates(path, mistakes)
    record = nodes["procedure.yaml"]
    if record is not None:
        definition = Definition(
            record=readers["procedure.yaml"].read_node(record, Record, ()),
            form=_part(nodes, readers, "form.yaml") or Form(),
            fees=_part(nodes, readers, "fees.yaml") or Fees(),
            process=_part(nodes, readers, "process.yaml") or Process(),
            papers=papers,
            templates=templates,
            tests=tests,
        )
        checks.check(
            definition.record,
            definition.form,
            definition.fees,
            definition.process,
            readers,
            path.name,
            absent,
        )
        _check_files(definition, readers["procedure.yaml"])
    for reader in readers.values():
        mistakes += sorted(reader.mistakes)
    return (None, mistakes) if mistakes else (definition, [])


def template_path(path: Path, name: str) -> Path:
    """Where an empty form stands in a procedure's folder."""
    return path / "templates" / name


def _node(path: Path, reader: shape.Reader) -> yaml.Node | None:
    """The root of a file; None when there is no such file or it cannot be read at all."""
    text = _text(path, reader)
    return None if text is None else reader.parse(text)


def _part(nodes: Mapping[str, yaml.Node | None], readers: Mapping[str, shape.Reader], name: str) -> Any:
    node = nodes[name]
    return None if node is None else readers[name].read_node(node, _FILES[name], ())


def _text(path: Path, reader: shape.Reader) -> str | None:
    """The text of a file with plain line ends; None, mostly with a mistake noted, when there is none."""
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
    except OSError:
        reader.add((), _("Không đọc được tệp."), _("Vui lòng kiểm tra quyền đọc tệp và thư mục."))
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _texts(path: Path, folder: str, mistakes: list[Mistake]) -> dict[str, str]:
    """The texts of papers/ or tests/, by file name."""
    texts = {}
    for file in _files(path, folder, (_TEXTS[folder],), mistakes):
        reader = shape.Reader(f"{folder}/{file.name}")
        text = _text(file, reader)
        if text is not None and "\0" in text:
            reader.add((), _("Tệp chứa ký tự không được phép."), _("Vui lòng lưu lại tệp dưới dạng UTF-8."))
        elif text is not None:
            texts[unicodedata.normalize("NFC", file.name)] = text
        mistakes += reader.mistakes
    return texts


def _templates(path: Path, mistakes: list[Mistake]) -> dict[str, str]:
    """The SHA-256 of the files of templates/, by file name."""
    found = {}
    for file in _files(path, "templates", tuple(_TEMPLATES), mistakes):
        reader = shape.Reader(f"templates/{file.name}")
        content = file.read_bytes() if file.stat().st_size <= _LARGEST_TEMPLATE else None
        if content is None:
            reader.add((), _("Tệp lớn hơn 10 MB."), _("Vui lòng giảm dung lượng tệp."))
        elif not content.startswith(_TEMPLATES[file.suffix]):
            reader.add(
                (),
                _("Nội dung không đúng với đuôi tên tệp «%(suffix)s».") % {"suffix": file.suffix},
                _("Vui lòng lưu lại tệp đúng định dạng."),
            )
        else:
            found[unicodedata.normalize("NFC", file.name)] = hashlib.sha256(content).hexdigest()
        mistakes += reader.mistakes
    return found


def _files(path: Path, folder: str, suffixes: tuple[str, ...], mistakes: list[Mistake]) -> Iterator[Path]:
    """The files of a folder of the package, in order of name; mistakes for what cannot be used there."""
    entries = sorted(entry for entry in (path / folder).glob("*") if not entry.name.startswith("."))
    if len(entries) > _MOST_FILES:
        mistakes.append(
            Mistake(
                f"{folder}/",
                1,
                _("Có hơn %(most)d tệp trong thư mục.") % {"most": _MOST_FILES},
                _("Vui lòng bỏ bớt tệp."),
            )
        )
        return
    for entry in entries:
        if not entry.is_file() or entry.suffix not in suffixes:
            advice = _("Các đuôi tên tệp được dùng ở đây: %(names)s.") % {"names": ", ".join(suffixes)}
            message = _("Không dùng được tệp hoặc thư mục này.")
        elif not _FILE_NAME.fullmatch(unicodedata.normalize("NFC", entry.name)):
            message = _("Tên tệp có ký tự không dùng được hoặc dài quá 100 ký tự.")
            advice = _("Vui lòng chỉ dùng chữ, số, dấu cách và các dấu . - _ ( ) trong tên tệp.")
        else:
            yield entry
            continue
        mistakes.append(Mistake(f"{folder}/{entry.name}", 1, message, advice))


def _check_files(definition: Definition, reader: shape.Reader) -> None:
    """Note the files that the record names and the package does not have."""
    for place, component in enumerate(definition.record.components):
        template = component.template.file if component.template else ""
        if template and template not in definition.templates:
            _missing(reader, ("components", place, "template", "file"), "templates", template)
        if component.layout and component.layout not in definition.papers:
            _missing(reader, ("components", place, "layout"), "papers", component.layout)


def _missing(reader: shape.Reader, path: shape.Path, folder: str, name: str) -> None:
    reader.add(
        path,
        _("Thư mục %(folder)s không có tệp «%(name)s».") % {"folder": f"{folder}/", "name": name},
        _("Vui lòng thêm tệp hoặc sửa tên."),
    )


def _strangers(path: Path) -> list[Mistake]:
    """Files that nothing reads, most likely with a misspelt name."""
    if not path.is_dir():
        return []
    folders = [*_TEXTS, "templates"]
    names = ", ".join([*_FILES, *(f"{name}/" for name in folders)])
    return [
        Mistake(
            entry.name,
            1,
            _("Không có tệp hoặc thư mục nào tên như vậy trong gói thủ tục."),
            _("Các tên được dùng: %(names)s.") % {"names": names},
        )
        for entry in sorted(path.iterdir())
        if not entry.name.startswith(".") and entry.name not in [*_FILES, *folders] and entry.suffix != ".md"
    ]


def package_folders(path: Path, *, prepared: bool = False) -> list[Path]:
    """Every procedure's folder at `path` or below it, in order of name.

    What lies below a folder `prepared` is a version for later: it counts when asked for, or when `path` names it.
    """
    folders = sorted(file.parent for file in path.rglob("procedure.yaml"))
    return [folder for folder in folders if prepared or "prepared" not in folder.relative_to(path).parts]

from dataclasses import replace

import pytest
import yaml
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as effort

from motcua.procedures.definition import Definition, package_folders, read_folder
from motcua.procedures.parts import Fees, Form, Process, Record
from motcua.procedures.shape import Reader
from motcua.procedures.tests.shapes import definitions
from motcua.procedures.writing import folder_files, write_folder, yaml_of

DOCX = b"PK\x03\x04 a form"


@pytest.mark.parametrize("folder", package_folders(settings.ROOT / "procedures"), ids=lambda path: path.name)
def test_every_procedure_of_the_catalogue_is_read_back_as_it_was_written(folder, tmp_path):
    definition, _mistakes = read_folder(folder)
    if definition is None:
        pytest.skip("the check of the catalogue says what is wrong with it")
    templates = {name: (folder / "templates" / name).read_bytes() for name in definition.templates}
    write_folder(definition, tmp_path / folder.name, templates)
    again, mistakes = read_folder(tmp_path / folder.name)
    assert mistakes == []
    assert again == definition
    assert again.digest == definition.digest


@effort(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions)
def test_whatever_the_shapes_allow_is_read_back_as_it_was_written(definition: Definition):
    shapes = {"record": Record, "form": Form, "fees": Fees, "process": Process}
    for name, shape in shapes.items():
        part = getattr(definition, name)
        reader = Reader(name)
        read = reader.read(yaml_of(part), shape)
        assert reader.mistakes == []
        assert read == part
        assert repr(read) == repr(part), "a whole number stays one"


def test_the_same_definition_gives_the_same_text_whatever_the_layout_was(package, definition):
    folder = package()
    text = (folder / "process.yaml").read_text()
    (folder / "process.yaml").write_text("# a remark\n" + text.replace("intake_hours: 8\n", "") + "\nintake_hours: 8\n")
    other, _ = read_folder(folder)
    assert folder_files(other) == folder_files(definition)


def test_papers_templates_and_examples_come_back(package, tmp_path):
    folder = package()
    for name, content in {"papers/to_khai.typ": "= Tờ khai\r\n".encode(), "templates/Mẫu 01.docx": DOCX}.items():
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(content)
    definition, mistakes = read_folder(folder)
    assert mistakes == []
    assert definition.papers == {"to_khai.typ": "= Tờ khai\n"}
    other = tmp_path / "other" / folder.name
    write_folder(definition, other, {"Mẫu 01.docx": DOCX})
    assert read_folder(other) == (definition, [])
    assert Definition.from_json(definition.to_json()) == definition


def test_writing_into_a_folder_takes_away_what_is_no_longer_there(package, definition):
    folder = package()
    (folder / "papers").mkdir()
    (folder / "papers" / "old.typ").write_text("x")
    (folder / "README.md").write_text("stays")
    write_folder(definition, folder, {})
    assert read_folder(folder) == (definition, [])
    assert not (folder / "papers").exists()
    assert (folder / "README.md").exists()


def test_nothing_is_written_when_an_empty_form_is_not_given(definition, tmp_path):
    with pytest.raises(KeyError):
        write_folder(replace(definition, templates={"a.docx": "0" * 64}), tmp_path / "x", {})
    assert not (tmp_path / "x").exists()


def test_the_text_is_pleasant_to_read(definition):
    files = folder_files(definition)
    assert files["process.yaml"].splitlines()[:8] == [
        "steps:",
        "  - id: phan_cong",
        "    name: Phân công thụ lý",
        "    act: assign",
        "    role: head",
        "    unit: agency",
        "    hours: 4",
        "    outcomes:",
    ]
    assert 'number: "2.009999"' in files["procedure.yaml"]
    assert "name: Khai báo máy đo độ ồn\n" in files["procedure.yaml"]
    assert max(map(len, files["procedure.yaml"].splitlines())) <= 120
    assert yaml.safe_load(files["fees.yaml"])["account"]["bin"] == "970436"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("templates/a.docx", b"no zip", "không đúng với đuôi"),
        ("templates/a.exe", b"MZ", "Không dùng được"),
        ("templates/a!.docx", DOCX, "Tên tệp"),
        ("templates/b.docx/x", b"", "Không dùng được"),
        ("templates/big.pdf", b"%PDF" + b"0" * 10_000_001, "10 MB"),
        ("papers/a.typ", b"\xff\xfe", "UTF-8"),
        ("papers/a.typ", b"a\0b", "ký tự không được phép"),
        ("papers/a.txt", b"x", ".typ"),
        ("tests/a.yaml", b"#" * 1_000_001, "1 MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_said(package, name, content, words):
    folder = package()
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    definition, mistakes = read_folder(folder)
    assert definition is None
    assert [words in str(mistake) for mistake in mistakes] == [True]


def test_a_file_that_the_record_names_must_be_there(package):
    edits = {"procedure.yaml": ("form: true}", "form: true, layout: x.typ, template: {name: Mẫu, file: y.docx}}")}
    definition, mistakes = read_folder(package(edits=edits))
    assert definition is None
    assert sorted(mistake.message for mistake in mistakes if "không có tệp" in mistake.message) == [
        "Thư mục papers/ không có tệp «x.typ».",
        "Thư mục templates/ không có tệp «y.docx».",
    ]


def test_too_many_files_are_refused(package):
    folder = package()
    (folder / "papers").mkdir()
    for number in range(51):
        (folder / "papers" / f"{number}.typ").write_text("x")
    _definition, mistakes = read_folder(folder)
    assert ["50" in str(mistake) for mistake in mistakes] == [True]


def test_a_folder_of_the_first_format_is_read_as_todays(package):
    edits = {"procedure.yaml": ("format: 2", "format: 1\nsupplement_limit: {amount: 15, unit: working_days}")}
    definition, mistakes = read_folder(package(edits=edits))
    assert mistakes == []
    assert str(definition.process.limits.supplement) == "15 ngày làm việc"
    assert definition.record.format == 2


def test_a_mistake_in_a_folder_of_an_older_format_is_told_where_it_stands(package):
    edits = {"procedure.yaml": ("format: 2", "format: 1\nsupplement_limit: {amount: mười, unit: working_days}")}
    _definition, mistakes = read_folder(package(edits=edits))
    assert [(mistake.file, mistake.line) for mistake in mistakes] == [("procedure.yaml", 2)]


def test_an_amount_of_time_that_cannot_be_counted_is_said(package):
    edits = {"procedure.yaml": ("{amount: 5, unit: working_days}", "{amount: 0, unit: hours}")}
    _definition, mistakes = read_folder(package(edits=edits))
    assert any("lớn hơn 0" in str(mistake) for mistake in mistakes)

"""The command of the catalogue, as a reviewer types it."""

import json
import shutil
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from motcua.dossiers.management.commands.procedures import _HELP
from motcua.foundation.actor import Actor
from motcua.procedures import operations
from motcua.procedures.definition import package_folders, read_folder
from motcua.procedures.models import ProcedureVersion
from motcua.procedures.schema import schema_files
from motcua.procedures.tests.conftest import write_package
from tests.cast import MONDAY_9AM

SYSTEM = Actor.system("test")
LAN = Actor("officer", "7", "Trần Lan", frozenset({(1, "controller")}))
MINH = Actor("officer", "8", "Lê Minh", frozenset({(1, "administrator")}))
FORMAT_1 = settings.ROOT / "motcua" / "procedures" / "tests" / "packages" / "format-1"


def _said(*arguments: object) -> str:
    out = StringIO()
    call_command("procedures", *map(str, arguments), stdout=out)
    return out.getvalue()


def _refused(*arguments: object) -> str:
    with pytest.raises(CommandError) as refusal:
        _said(*arguments)
    assert refusal.value.returncode == 1
    return str(refusal.value)


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_package(tmp_path / "procedures")


@pytest.fixture
def imported(db, folder) -> ProcedureVersion:
    return operations.import_folder(folder=folder, actor=SYSTEM, at=MONDAY_9AM).version


def test_the_examples_are_run_one_by_one(folder):
    assert "2.009999/tests/doanh_nghiep.yaml: Doanh nghiệp có ba máy: đạt" in _said("test", folder)
    example = folder / "tests" / "doanh_nghiep.yaml"
    example.write_text(example.read_text().replace("210000", "1"))
    assert _refused("test", folder) == "1 tệp ví dụ: 0 đạt, 1 không đạt."


def test_two_folders_are_compared_in_sentences(folder, tmp_path):
    other = write_package(tmp_path / "other", edits={"process.yaml": ("hours: 20", "hours: 16")})
    assert _said("diff", folder, other) == "Quy trình\n  – Bước «Thẩm định»: 20 → 16 giờ làm việc\n1 điểm khác nhau.\n"
    assert _said("diff", folder, folder) == "Hai bản giống nhau.\n"


def test_a_version_is_compared_with_a_folder(imported, tmp_path):
    other = write_package(tmp_path / "other", edits={"process.yaml": ("hours: 20", "hours: 16")})
    operations.import_folder(folder=other, actor=SYSTEM, at=MONDAY_9AM)
    assert "20 → 16 giờ làm việc" in _said("diff", "2.009999@1", "2.009999")
    assert "Hai bản giống nhau." in _said("diff", "2.009999@2", other)


@pytest.mark.parametrize("named", ["2.000001", "2.009999@9", "2.009999@x", "2.009999@99999999999999", "/nowhere"])
def test_what_is_not_there_is_said(imported, named):
    assert "không phải là thư mục" in _refused("diff", named, "2.009999")


def test_an_import_says_what_waits_and_will_replace_it(imported, folder, tmp_path):
    draft = operations.start_draft(procedure=imported.procedure, actor=SYSTEM, at=MONDAY_9AM)
    record = draft.content["record"] | {"name": "Tên sẽ áp dụng"}
    draft = operations.save_draft(
        draft=draft, content=draft.content | {"record": record}, revision=draft.revision, actor=LAN, at=MONDAY_9AM
    )
    draft = operations.propose(
        draft=draft, revision=draft.revision, publish_on=date(2030, 1, 1), note="x", actor=LAN, at=MONDAY_9AM
    )
    operations.approve(draft=draft, revision=draft.revision, actor=MINH, at=MONDAY_9AM)
    other = write_package(tmp_path / "other", edits={"process.yaml": ("hours: 20", "hours: 16")})
    assert "2.009999: phiên bản 2 đã duyệt từ trước sẽ thay bản vừa nạp từ ngày 01/01/2030" in _said("import", other)
    assert "đã duyệt từ trước" not in _said("import", other), "nothing is new"


def test_a_procedure_is_simulated_in_words(db, folder, tmp_path):
    said = _said("simulate", folder, "--at", "2026-11-24T09:00")
    assert "Hồ sơ giả định: Doanh nghiệp có ba máy (nộp trực tiếp)" in said
    assert "    Tổng cộng: 210.000 đồng" in said
    assert "Khi bước «Thẩm định» kết thúc bằng «Trả lại»: 56 trong 48 giờ làm việc, DÀI HƠN THỜI HẠN" in said
    answers = tmp_path / "answers.yaml"
    answers.write_text("so_luong: 1\n")
    assert "Phí khai báo: 150.000 đồng" in _said("simulate", folder, "--answers", answers)
    answers.write_text("so_may: 1\n")
    assert "Không có trường «so_may»" in _refused("simulate", folder, "--answers", answers)
    assert "không đọc được" in _refused("simulate", folder, "--answers", tmp_path / "none.yaml")


def test_export_after_import_is_the_identity(db, tmp_path):
    folders = package_folders(settings.ROOT / "procedures")
    for folder in folders:
        operations.import_folder(folder=folder, actor=SYSTEM, at=MONDAY_9AM)
    _said("export", "--to", tmp_path)
    for folder in folders:
        assert read_folder(tmp_path / folder.name) == read_folder(folder)
    before = ProcedureVersion.objects.count()
    _said("import", tmp_path)
    assert ProcedureVersion.objects.count() == before


def test_files_to_download_are_exported_too(db, folder, tmp_path):
    content = b"PK\x03\x04 a form"
    (folder / "templates").mkdir()
    (folder / "templates" / "Mẫu 01.docx").write_bytes(content)
    operations.import_folder(folder=folder, actor=SYSTEM, at=MONDAY_9AM)
    assert "1 thủ tục được ghi" in _said("export", "2.009999", "--to", tmp_path / "out")
    assert (tmp_path / "out" / "2.009999" / "templates" / "Mẫu 01.docx").read_bytes() == content
    assert "không có thủ tục 2.000001" in _refused("export", "2.000001", "--to", tmp_path / "out")


def test_folders_of_an_older_format_are_rewritten_once(tmp_path):
    shutil.copytree(FORMAT_1, tmp_path / "old")
    assert _said("migrate", tmp_path / "old").endswith("3 folders rewritten.\n")
    assert _said("migrate", tmp_path / "old") == "0 folders rewritten.\n"
    assert "3 procedures, 0 mistakes." in _said("check", tmp_path / "old")


def test_folders_are_made_from_the_national_database(tmp_path):
    file = tmp_path / "national.json"
    file.write_text(json.dumps([{"MATTHC": "1.014393.H34", "TENTTHC": "Thủ tục"}, {"MATTHC": "x"}]))
    assert _refused("import-national", file, "--to", tmp_path / "to") == "1 thư mục được tạo; 1 thủ tục không tạo được."
    assert "1 procedures, 0 mistakes." in _said("check", tmp_path / "to")
    file.write_text("{")
    assert "không phải là tệp JSON" in _refused("import-national", file)
    assert "không đọc được tệp" in _refused("import-national", tmp_path / "none")


def test_the_schemas_are_written_and_printed(tmp_path):
    _said("schema", "--to", tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == schema_files()
    assert '"title": "fees.yaml (2)"' in _said("schema")


def test_a_folder_with_mistakes_is_not_simulated(db, folder):
    (folder / "form.yaml").write_text("sections: 5\n")
    assert "form.yaml:1" in _refused("simulate", folder)
    assert "form.yaml:1" in _refused("rehearse", folder)


def test_every_command_is_in_the_document():
    page = (settings.ROOT / "docs" / "procedures.md").read_text()
    assert [name for name in _HELP if f"motcua procedures {name}" not in page] == []

"""A rehearsal says before publishing what is so after it."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from motcua.accounts.middleware import actor_of
from motcua.dossiers import filing, operations, rehearsal
from motcua.dossiers.models import Dossier
from motcua.dossiers.rehearsal import Rehearsal, rehearse, report
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.payments.models import Charge
from motcua.procedures import operations as procedures
from motcua.procedures.definition import Definition, read_folder
from motcua.procedures.models import ProcedureVersion
from motcua.procedures.tests.conftest import FILES, write_package
from tests.cast import MONDAY_9AM, PDF, pay_everything

P, F, M, S = "procedure.yaml", "form.yaml", "fees.yaml", "process.yaml"
HOUR = timedelta(hours=1)
SYSTEM = Actor.system("test")
ANSWERS = {
    "ho_ten": "Nguyễn Văn An", "loai_chu": "doanh_nghiep", "ma_so_thue": "0100109106", "dien_thoai": "0905123456",
    "so_luong": 3, "gia_tri": 5_000_000, "ngay_mua": "2026-05-04", "ngay_dung": "2026-05-05",
    "noi_dung": ["nha_may"], "cho_thue": False, "thiet_bi": [{"ten": "M1", "gia": 5}, {"ten": "M2"}],
}  # fmt: skip

# Edits of the small procedure: file, what stands there, what shall stand there.
EDITS = {
    "a paper more": (P, "  - {id: anh_may", "  - {id: so_may, name: Sổ máy, copies: 1}\n  - {id: anh_may"),
    "a paper that nobody must bring": (P, "  - {id: anh_may", "  - {id: so, name: Sổ, copies: 1, required: false}\n  - {id: anh_may"),
    "a paper for others": (P, "  - {id: anh_may", "  - {id: so, name: Sổ, copies: 1, when: so_luong > 9}\n  - {id: anh_may"),
    "a paper for each machine": (P, "  - {id: anh_may", "  - {id: ly_lich, name: Lý lịch, copies: 1, for_each: thiet_bi, row_name: ten}\n  - {id: anh_may"),
    "a paper becomes mandatory": (P, "originals: 1, required: false", "originals: 1"),
    "a paper less": (P, "  - {id: giay_dang_ky, name: Giấy đăng ký kinh doanh, copies: 1, when: loai_chu == 'doanh_nghiep'}\n", ""),
    "a paper under another id": (P, "id: giay_dang_ky", "id: dang_ky"),
    "a paper under another name": (P, "Giấy đăng ký kinh doanh", "Giấy chứng nhận đăng ký doanh nghiệp"),
    "four days": (P, "{amount: 5, unit: working_days}", "{amount: 4, unit: working_days}"),
    "ten days of the calendar": (P, "{amount: 5, unit: working_days}", "{amount: 10, unit: calendar_days}"),
    "forty hours": (P, "{amount: 5, unit: working_days}", "{amount: 40, unit: hours}"),
    "another summary": (P, "summary: Dành", "summary: Áp dụng cho"),
    "six days at the counter": (P, "{amount: 6, unit: working_days}", "{amount: 7, unit: working_days}"),
    "a question more": (F, "      - {id: dien_thoai", "      - {id: ma_kho, label: Mã kho, type: text, required: true}\n      - {id: dien_thoai"),
    "a question that may stay open": (F, "      - {id: dien_thoai", "      - {id: ma_kho, label: Mã kho, type: text}\n      - {id: dien_thoai"),
    "a question for others": (F, "      - {id: dien_thoai", "      - {id: ma_kho, label: Mã kho, type: text, required: true, when: loai_chu == 'ca_nhan'}\n      - {id: dien_thoai"),
    "an option less": (F, "{value: nha_may, label: Nhà máy}", "{value: xuong, label: Xưởng}"),
    "fewer machines": (F, "max_rows: 3", "max_rows: 1"),
    "more machines": (F, "max_rows: 3", "min_rows: 3\n        max_rows: 3"),
    "a column that must be filled": (F, "{id: gia, label: Giá, type: money}", "{id: gia, label: Giá, type: money, required: true}"),
    "a smaller number": (F, "min: 1, max: 100", "min: 1, max: 2"),
    "a shorter name": (F, "max_length: 60", "max_length: 5"),
    "a more recent purchase": (F, "max_age_months: 24", "max_age_months: 3"),
    "a check": (F, "checks:\n", "checks:\n  - {rule: so_luong < 3, message: Nhiều máy quá., field: so_luong}\n"),
    "a question less": (F, "      - {id: do_chinh_xac, label: Độ chính xác, type: number, decimals: 2}\n", ""),
    "a higher fee": (M, "amount: 150000", "amount: 200000"),
    "a dearer machine": (M, "so_luong * 20000", "so_luong * 25000"),
    "a levy for all": (M, ", when: channel != 'online'", ""),
    "a fee for more machines": (M, "when: so_luong > 1", "when: so_luong > 3"),
    "a relief": (M, "lines:\n", "reliefs: [{id: giam, name: Giảm một nửa, percent: 50}]\nlines:\n"),
    "fewer hours": (S, "hours: 20", "hours: 16"),
    "the first step under another id": (S, "phan_cong", "giao_viec"),
    "a step less": (S, "  - {id: phan_cong, act: assign, role: head, unit: agency, hours: 4, outcomes: [{id: chuyen, name: Chuyển, to: tham_dinh}]}\n", ""),
}  # fmt: skip


@pytest.fixture
def first(db, tmp_path) -> ProcedureVersion:
    folder = write_package(tmp_path / "first")
    return procedures.import_folder(folder=folder, actor=SYSTEM, at=MONDAY_9AM).version


@pytest.fixture
def file_one(first, department, centre, an):
    """Make a complete draft of An's under the first version."""

    def make() -> Dossier:
        actor = actor_of(an)
        submitter = {
            "kind": "person", "name": an.full_name, "citizen_number": an.username, "phone": "0905123456",
            "email": an.email, "address": "12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
        }  # fmt: skip
        dossier = operations.start_draft(
            version=first, agency=department, reception=centre, actor=actor, at=MONDAY_9AM, submitter=submitter,
            answers=ANSWERS,
        )  # fmt: skip
        operations.attach(
            dossier=dossier, component_id="giay_dang_ky", stream=BytesIO(PDF + str(dossier.pk).encode()),
            name="giay.pdf", actor=actor, at=MONDAY_9AM,
        )  # fmt: skip
        operations.choose_delivery(dossier=dossier, delivery="electronic", address="", actor=actor, at=MONDAY_9AM)
        dossier.refresh_from_db()
        return dossier

    return make


@pytest.fixture
def accept(an, binh):
    """Submit a draft, pay what is owed, accept it: all at the same moment."""

    def through(dossier: Dossier) -> Dossier:
        dossier = operations.submit(dossier=dossier, actor=actor_of(an), at=MONDAY_9AM)
        pay_everything(dossier)
        return operations.accept(dossier=dossier, actor=actor_of(binh), at=MONDAY_9AM)

    return through


def _edited(root: Path, file: str, old: str, new: str) -> Path:
    folder = write_package(root)
    for example in (folder / "tests").iterdir():
        example.unlink()
    text = FILES[file].replace(old, new) if old == "phan_cong" else FILES[file].replace(old, new, 1)
    text = text.replace(", {id: tra_lai, name: Trả lại, to: phan_cong}", "") if file == S and not new else text
    assert text != FILES[file]
    (folder / file).write_text(text)
    return folder


def _owed(dossier: Dossier) -> int:
    return sum(charge.amount_vnd for charge in Charge.objects.about(dossier.subject))


def _names(affected) -> set[str]:
    return {one.what for one in affected}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_what_was_rehearsed_is_what_publishing_does(edit, tmp_path, file_one, accept, an, first):
    twin, draft = accept(file_one()), file_one()
    definition, mistakes = read_folder(_edited(tmp_path / "second", *edit))
    assert definition is not None, mistakes
    said = rehearse(definition, at=MONDAY_9AM)
    assert (said.drafts.total, said.open.total, said.past.total) == (1, 1, 0)

    second = procedures.import_definition(definition=definition, actor=SYSTEM, at=MONDAY_9AM).version
    operations.renew_draft(dossier=draft, actor=actor_of(an), at=MONDAY_9AM)
    draft.refresh_from_db()
    assert draft.procedure_version == second

    missing = filing.completeness(draft, list(draft.documents.all()), MONDAY_9AM.date()).missing
    labels = {field.id: field.label for field in definition.form.fields}
    assert _names(said.drafts.answers) == {labels[one.field.split("-")[0]] for one in missing if one.step == "form"}
    asked = {paper.component.id: paper.component.name for paper in filing.asked_papers(draft, {})}
    assert _names(said.drafts.papers) == {asked[one.field] for one in missing if one.step == "papers"}
    assert (said.drafts.answers, said.drafts.papers) == tuple(
        tuple(type(one)(one.what, one.count, (str(draft),)) for one in getattr(said.open, name))
        for name in ("answers", "papers")
    )
    if not missing:
        filed = accept(draft)
        moved = {f"{_owed(twin):,} đồng → {_owed(filed):,} đồng".replace(",", ".")} if _owed(twin) != _owed(filed) else set()
        assert _names(said.drafts.fees) == _names(said.open.fees) == moved
        assert bool(said.drafts.dates) == bool(said.open.dates) == (twin.due_at != filed.due_at)
        if said.drafts.dates:
            old, new = first.definition.time_limit("online"), definition.time_limit("online")
            assert _names(said.drafts.dates) == {f"{old} → {new}"}

    twin.refresh_from_db()
    assert twin.procedure_version == first, "what was filed stays with its version"
    gone = {task.name for task in twin.tasks.open() if task.step_id not in [s.id for s in definition.process.steps]}
    assert _names(said.open.steps) == gone
    assert said.drafts.steps == ()
    touched = [replay.answers + replay.papers + replay.fees + replay.dates + replay.steps for replay in (said.drafts, said.open)]
    assert [said.drafts.touched, said.open.touched] == [int(bool(each)) for each in touched]


def test_nothing_changes_under_the_same_version_and_nothing_is_written(first, file_one, accept):
    accept(file_one())
    file_one()
    before = (Event.objects.count(), ProcedureVersion.objects.count(), list(Dossier.objects.order_by("pk").values()))
    said = rehearse(first.definition, at=MONDAY_9AM + HOUR)
    assert not (said.drafts.changes or said.open.changes or said.past.changes)
    after = (Event.objects.count(), ProcedureVersion.objects.count(), list(Dossier.objects.order_by("pk").values()))
    assert after == before


def test_dossiers_that_ended_long_ago_are_left_out(first, file_one, accept):
    ended, older = accept(file_one()), accept(file_one())
    Dossier.objects.update(state=State.STOPPED, ended_at=MONDAY_9AM + HOUR)
    Dossier.objects.filter(pk=older.pk).update(submitted_at=MONDAY_9AM - timedelta(days=366))
    said = rehearse(_with_fee(first.definition, 1), at=MONDAY_9AM + HOUR)
    assert said.past.total == 1
    assert said.past.fees[0].examples == (ended.code,)


def test_most_frequent_first_and_only_some_dossiers_are_named(first, file_one, monkeypatch):
    monkeypatch.setattr(rehearsal, "MOST_EXAMPLES", 2)
    drafts = [file_one() for _number in range(3)]
    [fee] = rehearse(_with_fee(first.definition, 0), at=MONDAY_9AM).drafts.fees
    assert (fee.what, fee.count) == ("210.000 đồng → 60.000 đồng", 3)
    assert fee.examples == tuple(str(draft) for draft in drafts[:2])


def test_a_rehearsal_is_kept_as_json_and_told_in_sentences(first, file_one, accept):
    accept(file_one())
    file_one()
    said = rehearse(_with_fee(first.definition, 200_000), at=MONDAY_9AM)
    assert Rehearsal.from_json(said.to_json()) == said
    text = "\n".join(report(said))
    assert "Bản nháp đang mở: 1. Bản nháp sẽ chuyển sang bản mới." in text
    assert "Các hồ sơ này giữ nguyên bản khi nộp" in text
    assert text.count("Phí, lệ phí 210.000 đồng → 260.000 đồng: 1 hồ sơ") == 2
    assert "Không có gì thay đổi." in text


def test_a_rehearsal_reads_in_batches(first, file_one, django_assert_max_num_queries):
    for _number in range(6):
        file_one()
    with django_assert_max_num_queries(9):
        rehearse(_with_fee(first.definition, 1), at=MONDAY_9AM)


def test_the_command_rehearses(first, file_one, tmp_path):
    file_one()
    folder = _edited(tmp_path / "second", *EDITS["a paper more"])
    out = StringIO()
    call_command("procedures", "rehearse", str(folder), stdout=out)
    assert "Phải nộp thêm giấy tờ «Sổ máy»: 1 hồ sơ" in out.getvalue()


def _with_fee(definition: Definition, amount_vnd: int) -> Definition:
    line, *rest = definition.fees.lines
    return replace(definition, fees=replace(definition.fees, lines=(replace(line, amount=amount_vnd), *rest)))

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.foundation.working_time import TimeLimit
from motcua.procedures.definition import Definition, read_folder
from motcua.procedures.examples import run_examples
from motcua.procedures.parts import Fees, Field, Form, Process, Record, Section
from motcua.procedures.tests.conftest import FILES, write_package

P, F, M, S, T = "procedure.yaml", "form.yaml", "fees.yaml", "process.yaml", "tests/doanh_nghiep.yaml"


def test_a_good_package_has_no_mistakes(package):
    definition, mistakes = read_folder(package())
    assert mistakes == []
    assert definition is not None
    assert definition.number == "2.009999"
    assert definition.time_limit("online") == TimeLimit(5, "working_days")
    assert definition.time_limit("post") is None
    assert definition.step("tra").name == "Trả kết quả"
    assert definition.component("phieu").form
    assert run_examples(definition) == []


def test_a_definition_survives_json(definition):
    again = Definition.from_json(definition.to_json())
    assert again == definition
    assert again.digest == definition.digest


limits = st.builds(
    TimeLimit, st.integers(1, 99), st.sampled_from(["working_days", "calendar_days", "hours", "months"])
)
st.register_type_strategy(TimeLimit, limits)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
fields = st.builds(
    Field,
    min=st.none() | st.integers() | st.floats(allow_nan=False),
    columns=st.just(()) | st.tuples(st.builds(Field, columns=st.just(()))),
)
forms = st.builds(
    Form,
    sections=st.lists(st.builds(Section, fields=st.lists(fields, max_size=2).map(tuple)), max_size=2).map(
        tuple
    ),
)
definitions = st.builds(Definition, st.from_type(Record), forms, st.from_type(Fees), st.from_type(Process))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions)
def test_every_definition_survives_json(any_definition):
    assert Definition.from_json(json.loads(json.dumps(any_definition.to_json()))) == any_definition


def test_another_format_is_refused(definition):
    with pytest.raises(ValueError, match="format"):
        Definition.from_json({**definition.to_json(), "format": 9})


# One edit, where the mistake is, and words of it.
BROKEN = [
    (P, 'number: "2.009999"', 'number: "2.00999"', 2, "không đúng dạng"),
    (P, 'number: "2.009999"', 'number: "2.009998"', 2, "khác tên thư mục"),
    (P, "short_name:", "shortname:", 4, "Có phải là «short_name»"),
    (P, "format: 2", "format: 9", 1, "định dạng"),
    (P, "format: 2\n", "format: 2\nformat: 2\n", 2, "hai lần"),
    (P, "name: Khai báo máy đo độ ồn\n", "", 1, "Thiếu mục bắt buộc «name»"),
    (P, "kind: filed_here", "kind: here", 6, "Vui lòng chọn một trong: filed_here"),
    (P, "kind: filed_here", "kind: filed_elsewhere", 6, "địa chỉ của hệ thống đó"),
    (P, "service_level: full", "service_level: partial", 12, "nêu lý do"),
    (P, "implementing: [H34.12]", "implementing: []", 10, "cơ quan thực hiện"),
    (P, "implementing: [H34.12]", "implementing: [Sở]", 10, "Mã cơ quan"),
    (P, "subjects: [citizen, business]\n", "", 1, "đối tượng thực hiện"),
    (P, "subjects: [citizen, business]", "subjects: citizen", 11, "một danh sách"),
    (P, "subjects: [citizen, business]", "subjects: [citizen, citizen]", 11, "hai lần"),
    (P, "issued_on: 2026-01-15", "issued_on: 15/01/2026", 7, "2026-11-24"),
    (P, "{from: 2026-02-01, to: null}", "{from: 2026-02-01, to: 2026-01-01}", 13, "đứng trước"),
    (P, "{amount: 5, unit: working_days}", "{amount: -5, unit: working_days}", 17, "Thời hạn"),
    (P, "{amount: 5, unit: working_days}", "{amount: 2, unit: working_days}", None, "dài hơn thời hạn"),
    (P, "{channel: online, time", "{channel: post, time", 17, "hình thức nộp trực tuyến"),
    (P, "id: giay_dang_ky", "id: phieu", 21, "đã dùng"),
    (P, "copies: 1, when", "when", 21, "không yêu cầu bản nào"),
    (P, "loai_chu == 'doanh_nghiep'", "loai_chu = 'doanh_nghiep'", 21, "không đúng"),
    (P, "loai_chu == 'doanh_nghiep'", "loai == 'doanh_nghiep'", 21, "«loai»"),
    (P, "loai_chu == 'doanh_nghiep'", "loai_chu", 21, "đúng hoặc sai"),
    (P, "loai_chu == 'doanh_nghiep'", "so_luong + 'x' == 'x'", 21, "khác kiểu"),
    (P, "type: notice", "type: paper", 24, "certificate"),
    (P, 'related: ["2.001207"]', 'related: ["2.009999"]', 27, "Thủ tục liên quan"),
    (P, "sector.code", "sector.kode", 28, "Không có mục"),
    (P, "sequence: [", "sequence: [[", None, "cú pháp YAML"),
    (F, "id: chu_may", "id: Chu-May", 2, "không dùng được"),
    (F, "{id: dien_thoai", "{id: ho_ten", 12, "đã dùng ở dòng 5"),
    (F, "type: phone", "type: telephone", 12, "phone"),
    (F, "max_length: 60", "max_length: sáu mươi", 5, "một số nguyên"),
    (F, "required: true, max_length", "required: yes, max_length", 5, "true hoặc false"),
    (F, "prefill: applicant.name", "prefill: applicant.nom", 5, "Không điền sẵn"),
    (F, "when: loai_chu == 'doanh_nghiep'", "when: ma_so_thue != ''", 11, "phụ thuộc vào chính nó"),
    (F, "min: 1, max: 100", "min: 100, max: 1", 16, "mâu thuẫn"),
    (F, "{id: so_luong, label: Số lượng, type: number", "{id: so_luong, label: Số lượng, type: text", 16, "không dùng cho trường kiểu text"),
    (F, "not_after: today", "not_after: tomorrow", 19, "Giới hạn ngày"),
    (F, "options: [{value: nha_may, label: Nhà máy}, {value: cong_truong, label: Công trường}]", "help: Chọn", 21, "chưa có lựa chọn"),
    (F, "{id: gia, label: Giá, type: money}", "{id: ten, label: Giá, type: money}", 33, "đã dùng"),
    (F, "field: ngay_dung", "field: ngay_dong", 35, "«ngay_dong»"),
    (F, "id: so_luong", "id: today", 16, "không dùng được"),
    (M, "amount: 150000,", "", 3, "amount hoặc formula"),
    (M, "amount: 150000", "amount: 150.000", 3, "một số nguyên"),
    (M, "amount: 150000", "amount: -1", 3, "âm"),
    (M, '"so_luong * 20000"', '"so_luong * 20000.0"', 4, "khác kiểu"),
    (M, '"so_luong * 20000"', "\"'nhiều'\"", 4, "không phải số tiền"),
    (M, '"so_luong * 20000"', '"thiet_bi.map(t, t.gia_ca).size()"', 4, "cột"),
    (M, "code: THEM", "code: PHI", 4, "hai lần"),
    (M, 'account: {number: "0000000000", bank: Kho bạc Nhà nước, holder: Sở Khoa học và Công nghệ, bin: "970436"}\n', "", 1, "chưa ghi tài khoản"),
    (S, "to: tham_dinh", "to: tham_din", 3, "Không có bước «tham_din»"),
    (S, "to: tham_dinh", "to: tra", 4, "Không có lối nào dẫn đến bước «tham_dinh»"),
    (S, "to: end", "to: tra", 11, "đến khi kết thúc"),
    (S, "role: head", "role: boss", 3, "appraiser"),
    (S, "hours: 20", "hours: 0", 9, "Số giờ"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "words"), BROKEN)
def test_each_mistake_is_said_with_its_line(package, file, old, new, line, words):
    definition, mistakes = read_folder(package(edits={file: (old, new)}))
    assert definition is None
    said = [mistake for mistake in mistakes if words in str(mistake)]
    assert said, mistakes
    assert line is None or line in {mistake.line for mistake in said if mistake.file == file}, said


def test_all_mistakes_are_said_at_once(package):
    edits = {
        P: ("kind: filed_here", "kind: here"),
        F: ("type: phone", "type: fon"),
        M: ("amount: 150000", "amount: x"),
    }
    edits[S] = ("to: end", "to: nowhere")
    _definition, mistakes = read_folder(package(edits=edits))
    assert {mistake.file for mistake in mistakes} == {P, F, M, S}


@pytest.mark.parametrize("name", [F, M, S])
def test_what_is_filed_here_needs_all_files(package, name):
    folder = package()
    (folder / name).unlink()
    _definition, mistakes = read_folder(folder)
    assert any(mistake.file == name for mistake in mistakes)


def test_a_misspelt_file_is_noticed(package):
    folder = package()
    (folder / "form.yml").write_text("x")
    _definition, mistakes = read_folder(folder)
    assert [mistake.file for mistake in mistakes] == ["form.yml"]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"- &a [*a]", b"x: " + b"[" * 3000, b"\x00", b"42", b"? [a]: b"]
)
def test_no_content_breaks_the_reader(package, content):
    folder = package()
    for name in (P, F, M, S):
        (folder / name).write_bytes(content)
        definition, mistakes = read_folder(folder)
        assert definition is None
        assert mistakes


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_breaks_the_reader(tmp_path_factory, data):
    name = data.draw(st.sampled_from([P, F, M, S]))
    lines = FILES[name].split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    lines[place] = data.draw(
        st.sampled_from(
            ["", "  - x", "a: [", lines[place][2:], lines[place] + " x", lines[place].replace(":", "")]
        )
    )
    folder = write_package(tmp_path_factory.mktemp("damaged"))
    (folder / name).write_text("\n".join(lines), encoding="utf-8")
    definition, mistakes = read_folder(folder)
    assert (definition is None) == bool(mistakes)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("fee_vnd: 210000", "fee_vnd: 1", "mong đợi 1 nhưng được 210000"),
        ("giay_dang_ky, ", "", "giay_dang_ky"),
        ("amount: 6", "amount: 5", "5 ngày làm việc"),
        ("tham_dinh, tra]", "tra]", "tham_dinh → tra"),
        ("so_luong: 3", "so_luong: 0", "không nhỏ hơn 1"),
        ("so_luong: 3", "so_may: 3", "Không có trường «so_may»"),
        ("name: Doanh nghiệp", "nam: Doanh nghiệp", "«name»"),
    ],
)
def test_an_example_that_does_not_hold_is_said(package, old, new, words):
    folder = package(edits={T: (old, new)})
    definition, _ = read_folder(folder)
    assert definition is not None
    mistakes = run_examples(definition)
    assert words in "\n".join(map(str, mistakes))

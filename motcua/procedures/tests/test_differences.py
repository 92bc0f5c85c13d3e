import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from motcua.foundation.working_time import TimeLimit
from motcua.procedures.definition import Definition, read_folder
from motcua.procedures.differences import differences, grouped
from motcua.procedures.parts import Channel, Fees, Form, Process, Record, Scenario
from motcua.procedures.tests.conftest import FILES
from motcua.procedures.tests.shapes import definitions, values

P, F, M, S = "procedure.yaml", "form.yaml", "fees.yaml", "process.yaml"

# One edit of the small procedure, and all that is said of it.
EDITS = [
    (P, "{id: anh_may,", "{id: so_may, name: Sổ máy, copies: 1}\n  - {id: anh_may,", ["Thêm giấy tờ «Sổ máy»"]),
    (P, "  - {id: anh_may, name: Ảnh máy, originals: 1, required: false}\n", "", ["Bỏ giấy tờ «Ảnh máy»"]),
    (P, "Ảnh máy, originals: 1, required: false", "Ảnh máy, originals: 1", ["Giấy tờ «Ảnh máy» trở thành bắt buộc"]),
    (P, "id: anh_may", "id: anh", ["Giấy tờ «Ảnh máy», mã giấy tờ: «anh_may» → «anh»"]),
    (P, "Ảnh máy", "Ảnh chụp máy", ["Giấy tờ «Ảnh máy», tên giấy tờ: «Ảnh máy» → «Ảnh chụp máy»"]),
    (P, "kinh doanh, copies: 1", "kinh doanh, copies: 2", ["Giấy tờ «Giấy đăng ký kinh doanh», số bản sao: 1 → 2"]),
    (P, "{amount: 5, unit: working_days}", "{amount: 4, unit: working_days}",
     ["Thời hạn giải quyết (trực tuyến): 5 → 4 ngày làm việc"]),
    (P, "{amount: 6, unit: working_days}", "{amount: 6, unit: calendar_days}",
     ["Thời hạn giải quyết (trực tiếp): 6 ngày làm việc → 6 ngày"]),
    (P, "issued_on: 2026-01-15", "issued_on: 2026-01-16",
     ["Quyết định công bố, ngày ban hành: 15/01/2026 → 16/01/2026"]),
    (P, "to: null", "to: 2027-01-31", ["Thời gian hiệu lực, hết hiệu lực sau ngày: không có → 31/01/2027"]),
    (P, "subjects: [citizen, business]", "subjects: [citizen]",
     ["Đối tượng thực hiện: bỏ Doanh nghiệp, hộ kinh doanh"]),
    (P, "  - {channel: in_person, time_limit: {amount: 6, unit: working_days}}\n", "", ["Bỏ hình thức nộp trực tiếp"]),
    (P, "components.phieu, ", "", ["Chưa xác minh: bỏ Thành phần hồ sơ › «Phiếu khai báo»"]),
    (P, "Bước 2. Nhận kết quả.", "Bước 2. Nhận thông báo.",
     ["Sửa «Bước 2. Nhận kết quả.» → «Bước 2. Nhận thông báo.»"]),
    (P, "loai_chu == 'doanh_nghiep'", "loai_chu == 'ca_nhan'",
     ["Giấy tờ «Giấy đăng ký kinh doanh», chỉ cần khi: «Loại chủ máy» là «Doanh nghiệp» → «Loại chủ máy» là «Cá nhân»"]),
    (F, "{id: dien_thoai, label: Số điện thoại, type: phone}", "{id: dien_thoai, label: Số điện thoại, type: phone, required: true}",
     ["Câu hỏi «Số điện thoại» trở thành bắt buộc"]),
    (F, "label: Số lượng, type: number, required: true", "label: Số lượng, type: number",
     ["Câu hỏi «Số lượng» không còn bắt buộc"]),
    (F, "      - {id: do_chinh_xac, label: Độ chính xác, type: number, decimals: 2}\n", "",
     ["Phần của tờ khai «Máy»: bỏ câu hỏi «Độ chính xác»"]),
    (F, "{value: ca_nhan, label: Cá nhân}, ", "", ["Câu hỏi «Loại chủ máy»: bỏ lựa chọn «Cá nhân»"]),
    (F, "max_rows: 3", "max_rows: 4", ["Câu hỏi «Danh sách máy», số dòng nhiều nhất: 3 → 4"]),
    (F, "{id: gia, label: Giá, type: money}", "{id: gia, label: Giá, type: money, required: true}",
     ["Câu hỏi «Danh sách máy», cột «Giá» trở thành bắt buộc"]),
    (M, "amount: 150000", "amount: 200000", ["Phí «Phí khai báo»: 150.000 đồng → 200.000 đồng"]),
    (M, "when: so_luong > 1", "when: so_luong > 2",
     ["Phí «Phí theo máy», chỉ thu khi: «Số lượng» lớn hơn 1 → «Số lượng» lớn hơn 2"]),
    (M, "kind: levy", "kind: fee", ["Lệ phí «Lệ phí», loại khoản thu: Lệ phí → Phí"]),
    (S, "hours: 20", "hours: 16", ["Bước «Thẩm định»: 20 → 16 giờ làm việc"]),
    (S, "{id: tra_lai, name: Trả lại, to: phan_cong}", "{id: tra_lai, name: Trả lại, to: tra}",
     ["Bước «Thẩm định», hướng xử lý «Trả lại», chuyển đến: «Phân công thụ lý» → «Trả kết quả»"]),
    (S, ", {id: tra_lai, name: Trả lại, to: phan_cong}", "", ["Bước «Thẩm định»: bỏ hướng xử lý «Trả lại»"]),
    (S, "intake_hours: 8", "intake_hours: 4", None),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "sentences"), EDITS)
def test_an_edit_is_said_in_a_sentence(package, definition, file, old, new, sentences):
    edited = FILES[file].replace(old, new, 1)
    assert edited != FILES[file]
    folder = package()
    (folder / file).write_text(edited)
    (folder / "tests" / "doanh_nghiep.yaml").write_text(definition.tests["doanh_nghiep.yaml"])
    after, mistakes = read_folder(folder)
    assert after is not None, mistakes
    found = [difference.sentence for difference in differences(definition, after)]
    assert len(found) == 1
    if sentences:
        assert found == sentences


def test_a_question_that_moves_to_another_section_is_said_to_move(definition):
    first, second = definition.form.sections
    moved = first.fields[-1]
    form = replace(
        definition.form,
        sections=(replace(first, fields=first.fields[:-1]), replace(second, fields=(moved, *second.fields))),
    )
    assert [str(each) for each in differences(definition, replace(definition, form=form))] == [
        "Câu hỏi «Số điện thoại»: chuyển từ phần của tờ khai «Chủ máy» sang phần của tờ khai «Máy»"
    ]


def test_another_order_is_said(definition):
    record = replace(definition.record, components=definition.record.components[::-1])
    found = differences(definition, replace(definition, record=record))
    assert [str(each) for each in found] == ["Thay đổi thứ tự thành phần hồ sơ"]


def test_a_limit_of_a_case_is_said_with_the_case(definition):
    def with_days(days: int) -> Definition:
        rows = (Channel("online", TimeLimit(days, "working_days")),)
        record = replace(definition.record, scenarios=(Scenario("cap_lai", "Cấp lại", channels=rows),))
        return replace(definition, record=record)

    [difference] = differences(with_days(3), with_days(2))
    assert str(difference) == "Trường hợp «Cấp lại», thời hạn giải quyết (trực tuyến): 3 → 2 ngày làm việc"


def test_papers_templates_and_examples_are_named(definition):
    old = replace(definition, papers={"a.typ": "1", "b.typ": "1"}, templates={"m.docx": "0" * 64}, tests={})
    new = replace(definition, papers={"a.typ": "2"}, templates={"m.docx": "1" * 64}, tests={"t.yaml": "name: x"})
    assert [str(each) for each in differences(old, new)] == [
        "Nội dung mẫu in «a.typ» thay đổi",
        "Bỏ mẫu in «b.typ»",
        "Nội dung tệp mẫu «m.docx» thay đổi",
        "Thêm tệp ví dụ «t.yaml»",
    ]


def test_differences_stand_in_groups(definition):
    record = replace(definition.record, components=definition.record.components[1:])
    record = replace(record, summary="x", related=(), sequence=())
    new = replace(definition, record=record, papers={"a.typ": "x"})
    parts = ["Thông tin công khai", "Trình tự thực hiện", "Thành phần hồ sơ", "Mẫu in"]
    assert [part for part, _found in grouped(differences(definition, new))] == parts


@effort(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions)
def test_nothing_is_said_of_a_definition_and_itself(definition):
    again = Definition.from_json(json.loads(json.dumps(definition.to_json())))
    assert differences(definition, again) == []


@effort(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions, definitions)
def test_something_is_said_of_any_two_definitions_that_are_not_equal(old, new):
    assert bool(differences(old, new)) == (old != new)
    assert all(each.sentence and each.part for each in differences(old, new))


def test_no_key_of_any_shape_is_forgotten():
    """A definition in which every key has a value, and every one of them changed, one at a time."""
    whole = Definition(
        *(_filled(shape) for shape in (Record, Form, Fees, Process)), papers={"a": "1"}, templates={}, tests={"a": "1"}
    )
    edits = list(_edits(whole))
    assert len(edits) > 250
    for what, edited in edits:
        assert edited != whole, what
        assert differences(whole, edited), what
        assert differences(edited, whole), what


def _filled(hint, depth=0):
    """A value of a hint, with something in every key."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _filled(next(part for part in arguments if part is not type(None)), depth)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return () if depth > 8 else (_filled(arguments[0], depth + 1),)
    if hint is TimeLimit:
        return TimeLimit(5, "working_days")
    if is_dataclass(hint):
        return hint(**{name: _filled(part, depth + 1) for name, part in get_type_hints(hint).items()})
    return {str: "a", int: 3, float: 2.5, bool: True, date: date(2026, 1, 1)}[hint]


def _edits(thing, where=""):
    """Copies of a thing, each with one key somewhere in it changed, and the name of that key."""
    if isinstance(thing, TimeLimit):
        yield from [(where, TimeLimit(6, "working_days")), (where, TimeLimit(5, "calendar_days"))]
        return
    hints = get_type_hints(type(thing))
    for field in fields(thing):
        value, name = getattr(thing, field.name), f"{where}.{field.name}"
        if is_dataclass(value):
            inner = list(_edits(value, name))
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            inner = [(what, (edited,)) for what, edited in _edits(value[0], name)] + [(name, ()), (name, value * 2)]
        else:
            inner = [(name, _other(value, hints[field.name]))] if value != () else []
        yield from ((what, replace(thing, **{field.name: edited})) for what, edited in inner)


def _other(value, hint):
    words = [word for part in (hint, *get_args(hint)) if get_origin(part) is Literal for word in get_args(part)]
    if isinstance(value, tuple):
        return ()
    if words:
        return words[1]
    if isinstance(value, dict):
        return {"b": "2"}
    return {bool: lambda: not value, str: lambda: "b", date: lambda: date(2026, 1, 2)}.get(type(value), lambda: value + 1)()


@effort(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_one_key_that_changes_anywhere_is_noticed(small, data):
    edited = _edited(small, data)
    assert bool(differences(small, edited)) == (edited != small)
    assert bool(differences(edited, small)) == (edited != small)


@pytest.fixture(scope="module")
def small(definition):
    return definition


def _edited(thing, data):
    """The same thing with one key somewhere inside it changed."""
    if not is_dataclass(thing):
        return thing
    hints = get_type_hints(type(thing))
    name = data.draw(st.sampled_from([field.name for field in fields(thing)]))
    value = getattr(thing, name)
    if is_dataclass(value) and not isinstance(value, TimeLimit) and data.draw(st.booleans()):
        return replace(thing, **{name: _edited(value, data)})
    if isinstance(value, tuple) and value and is_dataclass(value[0]) and data.draw(st.integers(0, 3)):
        place = data.draw(st.integers(0, len(value) - 1))
        changed = (*value[:place], _edited(value[place], data), *value[place + 1 :])
        return replace(thing, **{name: changed})
    if isinstance(thing, Definition) and name in ("papers", "templates", "tests"):
        return replace(thing, **{name: {"a": data.draw(st.text("ab"))}})
    return replace(thing, **{name: data.draw(values(hints[name], 3))})

from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.procedures import rules
from motcua.procedures.cleaning import clean, display_text, input_text, tidy
from motcua.procedures.definition import Definition
from motcua.procedures.expressions import BadExpression, ExpressionFailed, browser_condition, expression
from motcua.procedures.parts import Check, FeeLine, Fees, Field, Form, Option, Section

TODAY = date(2026, 11, 24)
COMPANY = {"ho_ten": "Nguyễn An", "loai_chu": "doanh_nghiep", "ma_so_thue": "0100109106", "so_luong": 3, "gia_tri": 1_234_567,
           "thiet_bi": [{"ten": "M1", "gia": 5}]}  # fmt: skip


def post(text: str) -> QueryDict:
    return QueryDict(text)


# Papers and fees


def test_papers_follow_the_answers(definition):
    assert [c.id for c in rules.asked_components(definition, {})] == ["phieu", "anh_may"]
    assert [c.id for c in rules.asked_components(definition, COMPANY)] == ["phieu", "giay_dang_ky", "anh_may"]


def test_fees_follow_the_answers_and_the_channel(definition):
    assert [(f.code, f.amount_vnd) for f in rules.fee_lines(definition, {}, "online")] == [("PHI", 150_000)]
    fees = rules.fee_lines(definition, COMPANY, "in_person")
    assert [(f.code, f.kind, f.amount_vnd) for f in fees] == [
        ("PHI", "fee", 150_000),
        ("THEM", "fee", 60_000),
        ("LE_PHI", "levy", 1235),  # 1234.567 rounded
    ]


def test_an_answer_that_is_no_longer_asked_is_not_seen_by_rules(definition):
    form = Form(
        sections=(Section("s", "S", (
            Field("a", "A", "yes_no"),
            Field("b", "B", "yes_no", when="a"),
            Field("c", "C", "text", when="b", required=True),
        )),)
    )  # fmt: skip
    assert [f.id for f in rules.visible_fields(form, {"a": True, "b": True})] == ["a", "b", "c"]
    assert [f.id for f in rules.visible_fields(form, {"a": False, "b": True})] == ["a"]
    assert rules.problems(form, {"a": False, "b": True}) == {}
    assert rules.problems(form, {"a": True, "b": True}) == {"c": "Vui lòng nhập thông tin: C."}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates().map(str),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ten", "gia", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_the_answers_fees_are_whole_dong_and_nothing_crashes(definition, data):
    ids = [field.id for field in definition.form.fields]
    answers = data.draw(
        st.dictionaries(st.sampled_from(ids), anything | st.sampled_from(["doanh_nghiep", 2, 10**14]))
    )
    channel = data.draw(st.sampled_from(["online", "in_person", "post"]))
    for line in rules.fee_lines(definition, answers, channel):
        assert type(line.amount_vnd) is int
        assert line.amount_vnd >= 0
    rules.asked_components(definition, answers)
    problems = rules.problems(definition.form, answers, today=TODAY)
    assert all(isinstance(message, str) and message for message in problems.values())
    for field in definition.form.fields:
        assert isinstance(display_text(field, answers.get(field.id)), str)


@settings(max_examples=200, deadline=None)
@given(count=st.integers(1, 100), value=st.integers(0, 10**12))
def test_fees_are_as_the_formula_says(definition, count, value):
    answers = {"so_luong": count, "gia_tri": value}
    amounts = {line.code: line.amount_vnd for line in rules.fee_lines(definition, answers, "post")}
    assert amounts.get("THEM", 20_000) == count * 20_000
    assert amounts["LE_PHI"] == pytest.approx(value / 1000, abs=0.51)


def test_a_formula_that_cannot_be_computed_is_refused_in_words(definition):
    line = FeeLine("X", "Phí lạ", "fee", "before_result", formula="1000 / so_luong")
    broken = Definition(definition.record, definition.form, Fees(None, (line,)), definition.process)
    with pytest.raises(ExpressionFailed, match="chia cho số không"):
        rules.fee_lines(broken, {})


# One section, as posted


def test_a_section_is_read_by_the_types_of_its_fields(definition):
    values, problems = rules.clean_section(
        definition.form,
        "may",
        post(
            "so_luong=12&gia_tri=1.500.000+đồng&do_chinh_xac=0,25&ngay_mua=1/11/2026&noi_dung=cong_truong&noi_dung=nha_may"
            "&cho_thue=no&thiet_bi-0-_id=0a1b2c3d&thiet_bi-0-ten=Máy+A&thiet_bi-0-gia=150.000"
            "&thiet_bi-1-_id=44444444&thiet_bi-1-ten=&thiet_bi-1-gia="
        ),
        {},
        today=TODAY,
    )
    assert problems == {}
    assert values == {
        "so_luong": 12,
        "gia_tri": 1_500_000,
        "do_chinh_xac": 0.25,
        "ngay_mua": "2026-11-01",
        "noi_dung": ["nha_may", "cong_truong"],
        "cho_thue": False,
        "thiet_bi": [{"_id": "0a1b2c3d", "ten": "Máy A", "gia": 150_000}],
    }


def test_what_is_wrong_is_kept_as_typed_and_said(definition):
    values, problems = rules.clean_section(
        definition.form,
        "may",
        post("so_luong=mười&ngay_mua=30/2/2026&thiet_bi-3-_id=ffffffff&thiet_bi-3-gia=rẻ&gia_tri="),
        {},
        today=TODAY,
    )
    assert values["so_luong"] == "mười"
    assert values["ngay_mua"] == "30/2/2026"
    assert values["thiet_bi"] == [{"_id": "ffffffff", "ten": "", "gia": "rẻ"}]
    assert set(problems) == {"so_luong", "ngay_mua", "thiet_bi-0-ten", "thiet_bi-0-gia"}
    assert set(rules.problems(definition.form, values, today=TODAY)) >= set(problems)


def test_what_is_required_is_asked_for(definition):
    _values, problems = rules.clean_section(
        definition.form, "chu_may", post("ho_ten=+&loai_chu=doanh_nghiep"), {}
    )
    assert problems == {
        "ho_ten": "Vui lòng nhập thông tin: Họ và tên.",
        "ma_so_thue": "Vui lòng nhập thông tin: Mã số thuế.",
    }


def test_a_hidden_field_keeps_its_text_and_has_no_problem(definition):
    values, problems = rules.clean_section(
        definition.form, "chu_may", post("ho_ten=An&loai_chu=ca_nhan&ma_so_thue=123"), {}
    )
    assert problems == {}
    assert values["ma_so_thue"] == "123"


def test_what_was_not_posted_keeps_its_answer_but_unticked_boxes_and_removed_rows_are_gone(definition):
    answers = {"noi_dung": ["nha_may"], "thiet_bi": [{"ten": "M"}], "gia_tri": 5}
    values, problems = rules.clean_section(definition.form, "may", post("so_luong=1"), answers)
    assert values == {"so_luong": 1, "noi_dung": [], "thiet_bi": []}
    assert problems == {"thiet_bi": "Vui lòng nhập ít nhất 1 dòng: Danh sách máy."}


def test_too_many_rows_are_kept_and_refused(definition):
    posted = {f"thiet_bi-{row}-ten": f"M{row}" for row in range(5)}
    values, problems = rules.clean_section(definition.form, "may", {"so_luong": "1", **posted}, {})
    assert len(values["thiet_bi"]) == 5
    assert problems == {"thiet_bi": "Chỉ được nhập tối đa 3 dòng: Danh sách máy."}


def test_a_check_across_fields_is_said_at_its_field(definition):
    posted = {"so_luong": "1", "thiet_bi-0-ten": "M", "ngay_mua": "2/11/2026", "ngay_dung": "1/11/2026"}
    values, problems = rules.clean_section(definition.form, "may", posted, {}, today=TODAY)
    assert problems == {"ngay_dung": "Ngày sử dụng không được trước ngày mua."}
    assert rules.problems(definition.form, {**COMPANY, **values}, today=TODAY) == problems


def test_a_check_waits_for_the_sections_it_names(definition):
    form = Form(
        sections=(
            Section("s1", "1", (Field("a", "A", "number"),)),
            Section("s2", "2", (Field("b", "B", "number"),)),
        ),
        checks=(Check("a <= b", "A không được lớn hơn B.", "a"),),
    )
    assert rules.clean_section(form, "s1", {"a": "5"}, {})[1] == {}
    assert rules.problems(form, {"a": 5, "b": 1}) == {"a": "A không được lớn hơn B."}


def test_a_complete_form_has_no_problems(definition):
    assert rules.problems(definition.form, COMPANY, today=TODAY) == {}


def test_a_value_of_the_wrong_type_is_a_problem_on_submit(definition):
    assert set(rules.problems(definition.form, {**COMPANY, "so_luong": "3"}, today=TODAY)) == {"so_luong"}
    assert set(rules.problems(definition.form, {**COMPANY, "thiet_bi": "x"}, today=TODAY)) == {"thiet_bi"}


def test_a_paper_that_grew_too_old_in_the_draft_is_a_problem_on_submit(definition):
    answers = {**COMPANY, "ngay_mua": "2024-11-25"}
    assert rules.problems(definition.form, answers, today=TODAY) == {}
    assert set(rules.problems(definition.form, answers, today=date(2026, 12, 24))) == {"ngay_mua"}


def test_prefill_fills_only_what_is_empty(definition):
    sources = {"applicant.name": "Nguyễn An"}
    assert rules.prefilled(definition.form, {}, sources) == {"ho_ten": "Nguyễn An"}
    assert rules.prefilled(definition.form, {"ho_ten": "Khác"}, sources) == {}


typed = st.text(max_size=60) | st.sampled_from(
    [
        "1.234,5",
        "-1",
        "24/11/2026",
        "2026-02-29",
        "yes",
        "nha_may",
        "150.000 đồng",
        "1e9",
        "\x00a",
        "\ud800",
        "٣",
        "9" * 400,
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_no_text_is_lost_or_breaks_a_section(definition, data):
    form = definition.form
    section = data.draw(st.sampled_from(form.sections))
    names = [f.id for f in section.fields] + [
        "thiet_bi-0-ten",
        "thiet_bi-7-gia",
        "thiet_bi-x-gia",
        "thiet_bi-1-la",
    ]
    posted = data.draw(st.dictionaries(st.sampled_from(names), typed | st.lists(typed, max_size=3)))
    values, problems = rules.clean_section(form, section.id, posted, {}, today=TODAY)
    for field in section.fields:
        text = posted.get(field.id)
        if field.type not in ("choices", "table") and isinstance(text, str):
            kept = values[field.id]
            assert (kept != "") == (tidy(text) != "")
            if field.type == "text":
                assert kept == tidy(text)
    # What was kept, typed again, comes to the same.
    again = {field.id: input_text(field, values[field.id]) for field in section.fields
             if field.id in values and field.type not in ("choices", "table")}  # fmt: skip
    values_again, _problems = rules.clean_section(form, section.id, again, values, today=TODAY)
    assert {key: values_again[key] for key in again} == {key: values[key] for key in again}
    assert all("Vui lòng" in m or "." in m for m in problems.values())


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Field("a", "A", "number"), "2026", 2026),
        (Field("a", "A", "number"), "12.345", 12345),
        (Field("a", "A", "number", decimals=1), "2,5", 2.5),
        (Field("a", "A", "money"), "150.000đ", 150_000),
        (Field("a", "A", "date"), "2026-11-24", "2026-11-24"),
        (Field("a", "A", "phone"), "+84 905 123 456", "0905123456"),
        (Field("a", "A", "citizen_id"), "001 190 000 001", "001190000001"),
        (Field("a", "A", "long_text"), "một \r\nhai\x00", "một\nhai"),
        (Field("a", "A", "text"), "Ho\u0300a \t bình", "Hòa bình"),
    ],
)
def test_texts_are_read_as_vietnamese_write_them(field, text, value):
    assert clean(field, text, TODAY) == (value, None)


def test_values_are_shown_as_vietnamese_write_them():
    assert input_text(Field("a", "A", "number"), 2026) == "2026"
    assert input_text(Field("a", "A", "number", decimals=1), 12345.5) == "12.345,5"
    assert input_text(Field("a", "A", "money"), 1500) == "1.500"
    assert input_text(Field("a", "A", "date"), "2026-11-04") == "04/11/2026"
    assert display_text(Field("a", "A", "money"), 1500) == "1.500 đồng"
    assert display_text(Field("a", "A", "yes_no"), False) == "Không"
    options = (Option("x", "Mục X"), Option("y", "Mục Y"))
    assert display_text(Field("a", "A", "choices", options=options), ["x", "y"]) == "Mục X; Mục Y"
    table = Field("t", "T", "table", columns=(Field("a", "Tên", "text"), Field("b", "Giá", "money")))
    assert display_text(table, [{"a": "M", "b": 5}, {"a": "N"}]) == "Tên: M; Giá: 5 đồng\nTên: N"


# Expressions


@pytest.mark.parametrize(
    ("source", "condition"),
    [
        ("a == 'x'", [["==", "a", "x"]]),
        ("a != 'x' && b", [["!=", "a", "x"], ["==", "b", "yes"]]),
        ("b == false", [["!=", "b", "yes"]]),
        ("!b", [["!=", "b", "yes"]]),
        ("a in ['x', \"y\"]", [["in", "a", ["x", "y"]]]),
        ("'x' in c", [["has", "c", "x"]]),
        ("a == 'x && y'", [["==", "a", "x && y"]]),
        ("", []),
        ("a == 'x' || b", [["or", [[["==", "a", "x"]], [["==", "b", "yes"]]]]]),
        ("(a == 'x')", [["==", "a", "x"]]),
        ("'x' == a", [["==", "a", "x"]]),
        ("!('x' in c || b)", [["not", [["or", [[["has", "c", "x"]], [["==", "b", "yes"]]]]]]]),
        ("nguoi.title == 'x'", [["==", "nguoi.title", "x"]]),
        ("scenario == 'x'", None),
        ("a == b", None),
        ("n > 3", None),
        ("a ==", None),
    ],
)
def test_simple_conditions_go_to_the_browser(source, condition):
    assert browser_condition(source) == condition


FORM = Form(
    sections=(Section("s", "S", (
        Field("a", "A", "choice", options=(Option("x", "X"), Option("y", "Y"))),
        Field("b", "B", "yes_no"),
        Field("c", "C", "choices", options=(Option("x", "X"), Option("y", "Y"))),
        Field("nguoi", "Người", "person", parts=("name", "gender")),
    )),)
)  # fmt: skip
ATOMS = [
    "a == 'x'",
    "a != 'x'",
    "'x' == a",
    "a in ['x', 'y']",
    "a in []",
    "'x' in c",
    "b",
    "!b",
    "b == true",
    "b != true",
    "b == false",
    "b != false",
    "nguoi.name == ''",
    "nguoi.gender == 'nu'",
    "nguoi.gender in ['nam', 'nu']",
]
conditions = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: (
        st.tuples(inner, st.sampled_from([" && ", " || "]), inner).map(lambda parts: f"({''.join(parts)})")
        | inner.map(lambda one: f"!({one})")
    ),
    max_leaves=6,
)


def in_the_browser(condition, shown):
    """As ui/form/conditions.js does; test_form_conditions.py in the portal tries that one itself."""
    operator, *operands = condition
    if operator == "or":
        return any(all(in_the_browser(each, shown) for each in one) for one in operands[0])
    if operator == "not":
        return not all(in_the_browser(each, shown) for each in operands[0])
    name, wanted = operands
    values = shown.get(name, [])
    value = values[0] if values else ""
    return {
        "==": lambda: value == wanted,
        "!=": lambda: value != wanted,
        "in": lambda: value in wanted,
        "has": lambda: wanted in values,
    }[operator]()


@settings(max_examples=400, deadline=None)
@given(
    conditions, st.sampled_from(["", "x", "y"]), st.sampled_from(["", True, False]), st.lists(st.sampled_from("xy"), unique=True),
    st.sampled_from(["", "An"]), st.sampled_from(["", "nam", "nu"]),
)  # fmt: skip
def test_the_browser_decides_as_the_server_does(source, a, b, c, name, gender):
    answers = {"a": a, "b": b, "c": c, "nguoi": {"name": name, "gender": gender}}
    shown = {"a": [a], "b": [{True: "yes", False: "no", "": ""}[b]], "c": c, "nguoi.name": [name], "nguoi.gender": [gender]}
    server = rules.Variables(FORM, answers).holds(source)
    found = browser_condition(source)
    assert found is not None
    assert all(in_the_browser(condition, shown) for condition in found) == server


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text("ab'\"&|!=()[]<>+-*/%.,? in0123", max_size=30))
def test_no_text_breaks_the_expressions(source):
    browser_condition(source)
    try:
        expression(source).value({"a": 1, "b": "x"})
    except (BadExpression, ExpressionFailed) as refusal:
        assert str(refusal)


def test_sum_min_and_max_are_there():
    assert (
        expression("sum(t.map(r, r.gia)) + min(1, 2) + max(1, 2)").value({"t": [{"gia": 5}, {"gia": 6}]})
        == 14
    )

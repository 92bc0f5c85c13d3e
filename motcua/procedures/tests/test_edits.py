"""A draft is typed into in any order, from more than one page: no answer that was given is lost."""

import re
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.foundation import places
from motcua.procedures import rules
from motcua.procedures.answers import is_empty
from motcua.procedures.cleaning import tidy
from motcua.procedures.composites import sub_fields
from motcua.procedures.parts import Field, Form, Option, Section

TODAY = date(2026, 11, 24)
XY = (Option("x", "X"), Option("y", "Y"))
PROVINCE = places.provinces()[0].code
FORM = Form((
    Section("dau", "Đầu", (
        Field("ten", "Tên", "text", required=True),
        Field("loai", "Loại", "choice", options=XY),
        Field("so", "Số", "number", when="loai == 'x'", min=1, max=9),
        Field("nam", "Năm", "year"),
        Field("nguoi", "Người", "person", required=True, parts=("name", "birth_date", "phone")),
    )),
    Section("may", "Máy", (
        Field("noi_dat", "Nơi đặt", "place"),
        Field("cac_may", "Các máy", "table", columns=(Field("ten", "Tên", "text"), Field("gia", "Giá", "money")), max_rows=3),
        Field("dung", "Dùng", "choices", options=XY),
        Field("tong", "Tổng", "computed", formula="sum(cac_may.map(m, m.gia))", shown_as="money"),
        Field("anh", "Ảnh", "file"),
    ), when="ten != ''"),
))  # fmt: skip

texts = st.text(max_size=12) | st.sampled_from(["x", "y", "3", "30", "150.000", "An", "2020", "1/1/2020", "0905123456", PROVINCE, "yes"])
SINGLE = {
    section.id: [
        name
        for one in section.fields
        for name in ([one.id] if not sub_fields(one) else [f"{one.id}-{part.id}" for part in sub_fields(one)])
        if one.type not in ("table", "choices", "computed", "file")
    ]
    for section in FORM.sections
}


@st.composite
def edits(draw):
    """One page of one section as a browser sends it; some questions may be missing."""
    section = draw(st.sampled_from(["dau", "may"]))
    posted = draw(st.dictionaries(st.sampled_from(SINGLE[section]), texts, max_size=6))
    if section == "may":
        posted["dung"] = draw(st.lists(st.sampled_from(["x", "y", "la"]), max_size=2))
        posted |= {"tong": "5", "anh": "x"} if draw(st.booleans()) else {}
        for row in draw(st.sets(st.integers(0, 6), max_size=4)):
            posted |= {f"cac_may-{row}-ten": draw(texts), f"cac_may-{row}-gia": draw(texts)}
            if draw(st.booleans()):
                posted[f"cac_may-{row}-_id"] = draw(st.sampled_from(["0000000a", "0000000b", "x"]))
    return section, posted


def kept(answers, name):
    """What is kept under the name that an input has, as a text that can be typed again."""
    id, _dash, part = name.partition("-")
    field = next(one for one in FORM.fields if one.id == id)
    if not part:
        return rules.input_text(field, answers.get(id))
    value = answers.get(id)
    column = next(one for one in sub_fields(field) if one.id == part)
    return rules.input_text(column, value.get(part) if isinstance(value, dict) else None)


@settings(max_examples=300, deadline=None)
@given(st.lists(edits(), max_size=6))
def test_no_sequence_of_edits_loses_an_answer(sequence):
    answers, last = {}, {}
    for section, posted in sequence:
        before = dict(answers)
        values, _problems = rules.clean_section(FORM, section, posted, answers, today=TODAY)
        answers |= values
        last |= {name: text for name, text in posted.items() if name in SINGLE[section]}
        others = [one.id for other in FORM.sections if other.id != section for one in other.fields]
        assert {id: answers.get(id) for id in others} == {id: before.get(id) for id in others}
        if section == "may":
            rows_are_kept(posted, before, answers.get("cac_may", []))
            assert set(posted["dung"]) == set(answers.get("dung", []))
        for name, text in last.items():
            same_as_typed(name, text, answers)
    assert not {"tong", "anh"} & answers.keys()
    assert_all_are_said(answers)


def same_as_typed(name, text, answers):
    """Whatever was typed last is there: as its value, or as the text itself where it is no value."""
    again, _problems = rules.clean_section(FORM, "dau" if name in SINGLE["dau"] else "may", {name: text}, {}, today=TODAY)
    assert kept(answers, name) == kept(again, name)
    assert (kept(answers, name) == "") == (tidy(text) == "")


def rows_are_kept(posted, before, rows):
    """All rows that were posted, in their order; no row posted is no row left, unless the table was not there."""
    numbers = sorted({int(found[1]) for name in posted if (found := re.match(r"cac_may-(\d+)-", name))})
    if not numbers and not before.get("ten"):
        assert rows == before.get("cac_may", [])
        return
    typed = [[tidy(posted[f"cac_may-{number}-{column}"]) for column in ("ten", "gia")] for number in numbers]
    typed = [cells for cells in typed if any(cells)]
    assert [row["ten"] for row in rows] == [cells[0] for cells in typed]
    assert [is_empty(row["gia"]) for row in rows] == [not cells[1] for cells in typed]
    assert len({row["_id"] for row in rows}) == len(rows)


def assert_all_are_said(answers):
    """Everything that is kept can be looked at, judged, and typed again."""
    rules.problems(FORM, answers, today=TODAY)
    rules.warnings(FORM, answers, today=TODAY)
    rules.computed(FORM, answers)
    for field in FORM.fields:
        value = answers.get(field.id)
        assert is_empty(value) or rules.display_text(field, value)


@settings(max_examples=200, deadline=None)
@given(edits(), edits())
def test_two_pages_at_once_lose_nothing_of_different_sections(first, second):
    """Each page only knows the draft as it was when it was opened; only its own fields are written."""
    if first[0] == second[0]:
        return
    one, _problems = rules.clean_section(FORM, *first, {}, today=TODAY)
    two, _problems = rules.clean_section(FORM, *second, {}, today=TODAY)
    both = {**one, **two}
    assert all(both[key] == value for key, value in one.items())
    assert not one.keys() & two.keys()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4), st.data())
def test_rows_keep_their_ids_through_saving_again_and_again(cells, data):
    posted = {f"cac_may-{n}-{column}": text for n, row in enumerate(cells) for column, text in zip(("ten", "gia"), row, strict=True)}
    first, _problems = rules.clean_section(FORM, "may", posted, {}, today=TODAY)
    again, _problems = rules.clean_section(FORM, "may", posted, first, today=TODAY)
    assert again == first  # a page that was never told the ids
    rows = first.get("cac_may", [])
    order = data.draw(st.permutations(range(len(rows))))
    moved = {
        f"cac_may-{n}-{key}": rules.input_text(Field("f", "F", "text" if key != "gia" else "money"), value)
        for n, old in enumerate(order)
        for key, value in rows[old].items()
    }
    after, _problems = rules.clean_section(FORM, "may", moved, first, today=TODAY)
    assert [row["_id"] for row in after.get("cac_may", [])] == [rows[old]["_id"] for old in order]

"""Fields made of several answers, computed values, sections with conditions, and rows that keep their names."""

from dataclasses import replace
from datetime import date

import pytest

from motcua.foundation import places
from motcua.procedures import rules
from motcua.procedures.answers import empty_value, is_empty, sample_values, typed_value
from motcua.procedures.cleaning import clean, display_text, input_text
from motcua.procedures.composites import sub_fields
from motcua.procedures.definition import Definition
from motcua.procedures.parts import Check, Component, Field, Form, Scenario, Section

TODAY = date(2026, 11, 24)
PROVINCE = places.provinces()[0]
COMMUNE = places.communes(PROVINCE.code)[0]
STRANGE = places.communes(places.provinces()[1].code)[0]

HEAD = Field("nguoi", "Người đứng đầu", "person", required=True, parts=("name", "birth_year", "citizen_id", "title"))
WHERE = Field("noi_dat", "Nơi đặt", "place", required=True)
FIRM = Field("to_chuc", "Tổ chức", "organisation")
LIMITS = Field("muc", "Mức", "group", columns=(
    Field("thap", "Thấp nhất", "number", required=True), Field("cao", "Cao nhất", "number"),
))  # fmt: skip
DEVICES = Field("may", "Máy", "table", columns=(Field("ten", "Tên", "text", required=True), Field("gia", "Giá", "money")))
FORM = Form(
    sections=(
        Section("s", "S", (HEAD, WHERE, FIRM, LIMITS, DEVICES, Field("nam_sx", "Năm sản xuất", "year", not_after="today"))),
        Section("t", "T", (
            Field("tong", "Tổng giá", "computed", formula="sum(may.map(m, m.gia))", shown_as="money"),
            Field("anh", "Ảnh", "file", required=True),
            Field("chu_y", "Chú ý", "note"),
        ), when="nguoi.name != ''"),
    ),
    checks=(Check("nam_sx == 0 || nam_sx >= 2000", "Máy đã cũ. Vui lòng kiểm tra lại.", "nam_sx", level="warning"),),
)  # fmt: skip


def saved(posted, answers=None, section="s"):
    return rules.clean_section(FORM, section, posted, answers or {}, today=TODAY)


def test_a_person_is_answered_in_parts():
    values, problems = saved({"nguoi-name": " Nguyễn  An ", "nguoi-birth_year": "1990", "nguoi-title": "Giám đốc"})
    assert values["nguoi"] == {"name": "Nguyễn An", "birth_year": 1990, "citizen_id": "", "title": "Giám đốc"}
    assert problems == {
        "nguoi-citizen_id": "Vui lòng nhập thông tin: Số định danh cá nhân (căn cước).",
        "noi_dat-province": "Vui lòng chọn: Tỉnh, thành phố.",
        "noi_dat-commune": "Vui lòng chọn: Xã, phường, đặc khu.",
    }
    assert display_text(HEAD, values["nguoi"]) == "Họ và tên: Nguyễn An; Năm sinh: 1990; Chức vụ: Giám đốc"


def test_a_part_that_was_not_posted_keeps_its_answer():
    earlier = {"nguoi": {"name": "An", "title": "Giám đốc"}}
    values, _problems = saved({"nguoi-name": "Bình"}, earlier)
    assert values["nguoi"]["name"] == "Bình"
    assert values["nguoi"]["title"] == "Giám đốc"


def test_what_is_wrong_in_a_part_is_kept_and_said_at_the_part():
    values, problems = saved({"nguoi-name": "An", "nguoi-citizen_id": "12", "nguoi-birth_year": "2030"})
    assert values["nguoi"]["citizen_id"] == "12"
    assert problems["nguoi-birth_year"] == "Vui lòng nhập năm không sau 2026."
    assert {"nguoi-citizen_id", "nguoi-birth_year"} <= set(rules.problems(FORM, values, today=TODAY))


def test_a_place_is_a_commune_of_a_province():
    good = {"noi_dat-province": PROVINCE.code, "noi_dat-commune": COMMUNE.code, "noi_dat-street": "12 Lê Lợi"}
    values, problems = saved(good)
    assert not [key for key in problems if key.startswith("noi_dat")]
    assert display_text(WHERE, values["noi_dat"]) == f"12 Lê Lợi, {COMMUNE.name}, {PROVINCE.name}"
    assert typed_value(WHERE, values["noi_dat"]) == values["noi_dat"]
    values, problems = saved(good | {"noi_dat-commune": STRANGE.code})
    assert "thuộc tỉnh, thành phố đã chọn" in problems["noi_dat-commune"]
    assert typed_value(WHERE, values["noi_dat"])["commune"] == ""
    assert "trong danh sách" in saved({"noi_dat-province": "xx"})[1]["noi_dat-province"]


def test_a_group_that_is_not_required_asks_for_its_parts_only_when_it_is_begun():
    assert "muc-thap" not in saved({"muc-thap": "", "muc-cao": ""})[1]
    values, problems = saved({"muc-thap": "", "muc-cao": "5"})
    assert values["muc"] == {"thap": "", "cao": 5}
    assert problems["muc-thap"] == "Vui lòng nhập thông tin: Thấp nhất."


def test_rules_see_every_part_of_a_composite():
    seen = rules.Variables(FORM, {"nguoi": {"name": "An", "la": 1}})
    assert seen["nguoi"] == {"name": "An", "birth_year": 0, "citizen_id": "", "title": ""}
    assert seen["muc"] == {"thap": 0, "cao": 0}
    assert seen.holds("to_chuc.fax == '' && nguoi.name == 'An'")


@pytest.mark.parametrize("field", [HEAD, WHERE, FIRM, LIMITS, DEVICES, *FORM.sections[1].fields])
def test_samples_are_what_rules_take(field):
    assert is_empty(empty_value(field)) or field.type == "computed" or not any(
        value for value in empty_value(field).values()
    )
    if field.type not in ("computed", "file", "note"):
        assert typed_value(field, sample_values(field, 1)) == sample_values(field, 1)


def test_parts_of_a_personal_field_are_personal():
    assert all(part.personal for part in sub_fields(HEAD))
    assert not any(part.personal for part in sub_fields(WHERE))
    assert all(part.personal for part in sub_fields(replace(DEVICES, personal=True)))


# Computed values, sections, warnings


def test_a_computed_value_follows_the_answers_and_is_never_kept():
    answers = {"nguoi": {"name": "An"}, "may": [{"ten": "A", "gia": 5}, {"ten": "B", "gia": 1_000}]}
    assert rules.computed(FORM, answers) == {"tong": 1005}
    assert display_text(FORM.sections[1].fields[0], 1005) == "1.005 đồng"
    assert saved({"tong": "7", "anh": "x", "chu_y": "x"}, answers, "t") == ({}, {})


def test_a_section_whose_condition_does_not_hold_is_not_asked():
    assert [one.id for one in rules.visible_fields(FORM, {})][-1] == "nam_sx"
    assert [one.id for one in rules.visible_fields(FORM, {"nguoi": {"name": "An"}})][-3:] == ["tong", "anh", "chu_y"]
    assert rules.computed(FORM, {"may": [{"gia": 5}]}) == {}


def test_a_warning_stops_nobody():
    answers = {
        "nguoi": {"name": "An", "citizen_id": "001190000001"}, "nam_sx": 1999,
        "noi_dat": {"province": PROVINCE.code, "commune": COMMUNE.code},
    }  # fmt: skip
    assert rules.problems(FORM, answers, today=TODAY) == {}
    assert rules.warnings(FORM, answers, today=TODAY) == {"nam_sx": "Máy đã cũ. Vui lòng kiểm tra lại."}


@pytest.mark.parametrize(("text", "value"), [("2020", 2020), ("20", "20"), ("năm", "năm"), ("1800", "1800"), ("", "")])
def test_years_are_numbers_of_four_digits(text, value):
    field = Field("n", "N", "year")
    read, problem = clean(field, text, TODAY)
    assert read == value
    assert (problem is None) == (isinstance(value, int) or text == "")
    assert clean(field, input_text(field, read), TODAY) == (read, problem)


# Rows


def test_a_row_keeps_its_id_however_it_is_posted():
    first, _problems = saved({"may-0-ten": "A", "may-1-ten": "B"})
    ids = [row["_id"] for row in first["may"]]
    assert len(set(ids)) == 2
    again, _problems = saved({"may-0-ten": "A2", "may-1-ten": "B"}, first)  # as a page does that knows no ids yet
    assert [row["_id"] for row in again["may"]] == ids
    swapped, _problems = saved({"may-0-ten": "B", "may-0-_id": ids[1], "may-1-ten": "A", "may-1-_id": ids[0]}, first)
    assert [(row["_id"], row["ten"]) for row in swapped["may"]] == [(ids[1], "B"), (ids[0], "A")]
    copied, _problems = saved({"may-0-ten": "A", "may-0-_id": ids[0], "may-1-ten": "A", "may-1-_id": ids[0]}, {})
    assert copied["may"][0]["_id"] == ids[0] != copied["may"][1]["_id"]


# Papers


@pytest.fixture
def cases(definition: Definition) -> Definition:
    """A procedure for new and for changed devices, with one declaration for each of them."""
    record = replace(
        definition.record,
        scenarios=(Scenario("thay_doi", "Thay đổi", when="nam_sx > 2020"), Scenario("moi", "Mới")),
        components=(
            Component("don", "Đơn", form=True),
            Component("phieu", "Phiếu khai báo", form=True, for_each="may", row_name="ten"),
            Component("giay_cu", "Giấy cũ", originals=1, scenarios=("thay_doi",)),
        ),
    )
    return replace(definition, record=record, form=FORM)


def test_there_is_one_paper_for_each_row(cases):
    answers = {"may": [{"_id": "0000000a", "ten": "A"}, {"_id": "0000000b", "ten": "B"}]}
    asked = rules.asked_components(cases, answers)
    assert [(one.id, one.name) for one in asked] == [
        ("don", "Đơn"), ("phieu.0000000a", "Phiếu khai báo – A"), ("phieu.0000000b", "Phiếu khai báo – B"),
    ]  # fmt: skip
    assert cases.component("phieu.0000000a").name == "Phiếu khai báo"
    assert asked[1].base_id == "phieu"


def test_papers_and_files_follow_the_case(cases):
    answers = {"nam_sx": 2021, "nguoi": {"name": "An"}}
    assert [one.id for one in rules.asked_components(cases, answers)] == ["don", "giay_cu", "anh"]
    assert cases.scenario(answers).id == "thay_doi"
    assert cases.scenario({}).id == "moi"
    assert cases.component("anh").name == "Ảnh"

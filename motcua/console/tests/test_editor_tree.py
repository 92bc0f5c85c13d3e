"""The tree of a procedure's content: read, changed, named, renamed. Pages show and take back every procedure unchanged."""

import re
from pathlib import Path

import pytest
from django.http import QueryDict
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

from motcua.console.editor import conditions, controls, ids, tree
from motcua.console.editor.controls import Look
from motcua.console.editor.pages import BY_SLUG, PAGES, counts, page_of, spot
from motcua.console.tests.posting import posted
from motcua.procedures import parts
from motcua.procedures.definition import package_folders, read_folder

CATALOGUE = package_folders(Path("procedures"))
MACHINE = {
    "record": {
        "number": "2.009999",
        "unverified": ["components.giay_phep", "sector.code"],
        "components": [
            {"id": "giay_phep", "name": "Giấy phép", "when": "loai_chu == 'doanh_nghiep'", "copies": 1},
            {"id": "anh", "name": "Ảnh máy", "originals": 1, "for_each": "may", "row_name": "so_may"},
        ],
    },
    "form": {
        "sections": [
            {
                "id": "chu_may",
                "title": "Chủ máy",
                "fields": [
                    {"id": "loai_chu", "label": "Loại chủ máy", "type": "choice", "options": [
                        {"value": "ca_nhan", "label": "Cá nhân"}, {"value": "doanh_nghiep", "label": "Doanh nghiệp"}]},
                    {"id": "may", "label": "Máy", "type": "table", "columns": [
                        {"id": "so_may", "label": "Số máy", "type": "text"}]},
                ],
            }
        ],
        "checks": [{"rule": "loai_chu != '' && may.exists(m, m.so_may != '')", "message": "…", "field": "loai_chu"}],
    },
    "fees": {"lines": [{"code": "PHI", "name": "Phí", "formula": "may.size() * 20000", "when": "'loai_chu' == loai_chu"}]},
    "process": {"steps": [
        {"id": "xem", "act": "appraise", "outcomes": [{"id": "dat", "name": "Đạt", "to": "tra"}]},
        {"id": "tra", "act": "return_result", "outcomes": [{"id": "xong", "name": "Xong", "to": "end"}]},
    ]},
}  # fmt: skip


def every_place(content):
    """Each part that has a page of its own."""
    for page in PAGES:
        if page.base:
            yield page.base, page.keys
    for root, shape in tree.ROOTS.items():
        yield from ((path, ()) for path in _items(content, (root,), shape))


def _items(content, path, shape):
    for key in tree.keys_of(shape):
        if key.kind == "pages":
            for place in range(len(tree.list_at(content, (*path, key.key)))):
                yield (*path, key.key, place)
                yield from _items(content, (*path, key.key, place), key.item)
        elif key.kind == "shape":
            yield from _items(content, (*path, key.key), key.item)


def page_html(look, path, keys):
    template = engines["jinja2"].from_string(
        '{% import "console/editor/controls.html" as inputs %}<form>{% for one in made %}{{ inputs.control(one) }}{% endfor %}</form>'
    )
    return template.render({"made": controls.controls(look, path, keys=keys)})


@pytest.mark.parametrize("folder", CATALOGUE, ids=lambda folder: folder.name)
def test_a_page_that_nobody_changed_gives_back_what_it_showed(folder):
    definition, mistakes = read_folder(folder)
    assert definition, mistakes
    content = definition.to_json()
    look = Look.at(content, {}, {"H34.12": "Sở Khoa học và Công nghệ"})

    for path, keys in every_place(content):
        shown = tree.group_at(content, path)
        assert tree.read(tree.shape_at(path), posted(page_html(look, path, keys)), shown) == shown, path


def test_what_does_not_fit_is_kept_as_it_was_typed():
    query = QueryDict("originals=ba&copies=1.500&max_age_months=&required~=1&name=%20B%E1%BA%A3n%20sao%20")

    read = tree.read(parts.Component, query, {"id": "x", "copies": 2, "max_age_months": 6})

    assert read == {"id": "x", "name": "Bản sao", "originals": "ba", "copies": 1500, "required": False}


def test_dates_and_numbers_are_read_as_people_write_them():
    query = QueryDict("from=24/11/2026&to=mai&percent=12,5&id=x&name=G")
    assert tree.read(parts.Relief, query, {}) == {
        "id": "x", "name": "G", "percent": 12.5, "from": "2026-11-24", "to": "mai"}  # fmt: skip
    assert tree.read(parts.Field, QueryDict("not_after=h%C3%B4m+nay&not_before=1/2/2026"), {}) == {
        "not_after": "today", "not_before": "2026-02-01"}  # fmt: skip


def test_an_empty_row_and_an_empty_group_go():
    query = QueryDict("options.0.value=a&options.0.label=A&options.1.value=&options.1.label=&options~=1")
    assert tree.read(parts.Field, query, {})["options"] == [{"value": "a", "label": "A"}]
    assert tree.read(parts.Component, QueryDict("template.name=&template.file="), {"template": {"name": "x"}}) == {}


@given(st.lists(st.text(st.characters(blacklist_categories=["C"]), min_size=1).map(str.strip).filter(bool), max_size=5))
def test_lines_come_back_as_they_went(items):
    items = [tree.clean(re.sub(r"[\u2028\u2029\x85]", " ", item)) for item in items]
    assert tree.lines([tree.clean(tree.lines_text(items))]) == items


@given(st.one_of(st.integers(-(10**12), 10**12), st.decimals(-9999, 9999, places=3).map(float)))
def test_numbers_come_back_as_they_went(number):
    assert tree.number(tree.number_text(number), whole=False) == number


def test_items_are_added_moved_copied_and_removed_without_touching_what_was_there():
    path = ("record", "components")
    before = tree.at(MACHINE, path)

    moved = tree.moved(MACHINE, path, 0, 1)
    assert [one["id"] for one in tree.at(moved, path)] == ["anh", "giay_phep"]
    assert tree.moved(MACHINE, path, 1, 1) is MACHINE
    assert [one["id"] for one in tree.at(tree.copied(MACHINE, path, 0), path)] == ["giay_phep", "giay_phep", "anh"]
    assert [one["id"] for one in tree.at(tree.removed(MACHINE, path, 0), path)] == ["anh"]
    assert tree.at(tree.added({}, ("form", "sections"), {"id": "x"}), ("form", "sections", 0, "id")) == "x"
    assert tree.at(MACHINE, path) is before


@pytest.mark.parametrize("path", [("record", "nothing"), ("form", "sections"), ("x",), (), ("form", 0), ("record", "name")])
def test_only_shapes_have_pages(path):
    with pytest.raises(KeyError):
        tree.shape_at(path)


# Names --------------------------------------------------------------------------------------------------------


def test_a_name_is_proposed_from_the_words():
    assert ids.proposed("Loại chủ máy (đang dùng)") == "loai_chu_may_dang_dung"
    assert ids.proposed("3 ảnh 3×4") == "m_3_anh_34" or ids.proposed("3 ảnh 3×4").startswith("m_3_anh")
    assert ids.distinct("may", {"may", "may_2"}) == "may_3"


def test_a_question_without_a_name_gets_one_that_no_other_has():
    path = ("form", "sections", 0, "fields")
    content = tree.added(MACHINE, path, {"type": "text", "label": "Loại chủ máy"})
    named = ids.named(content, (*path, 2))
    assert tree.at(named, (*path, 2, "id")) == "loai_chu_may"
    again = ids.named(tree.added(named, path, {"type": "text", "label": "Loại chủ máy"}), (*path, 3))
    assert tree.at(again, (*path, 3, "id")) == "loai_chu_may_2"


def test_renaming_a_question_renames_it_wherever_it_is_spoken_of():
    path = ("form", "sections", 0, "fields", 0)

    told = [controls.where(MACHINE, use.path) for use in ids.uses(MACHINE, path)]
    renamed = ids.renamed(MACHINE, path, "chu")

    assert told == [
        "Kiểm tra chéo «…», Hiện tại câu hỏi",
        "Giấy tờ «Giấy phép», Chỉ cần khi",
        "Kiểm tra chéo «…», Điều phải đúng",
        "Khoản phí, lệ phí «Phí», Chỉ thu khi",
    ]
    assert tree.at(renamed, (*path, "id")) == "chu"
    assert tree.at(renamed, ("record", "components", 0, "when")) == "chu == 'doanh_nghiep'"
    assert tree.at(renamed, ("form", "checks", 0)) == {
        "rule": "chu != '' && may.exists(m, m.so_may != '')", "message": "…", "field": "chu"}  # fmt: skip
    assert tree.at(renamed, ("fees", "lines", 0, "when")) == "'loai_chu' == chu", "a text in quotes is no name"
    assert ids.renamed(renamed, path, "loai_chu") == MACHINE


def test_columns_options_papers_and_steps_are_renamed_too():
    column = ids.renamed(MACHINE, ("form", "sections", 0, "fields", 1, "columns", 0), "seri")
    assert tree.at(column, ("record", "components", 1, "row_name")) == "seri"
    assert "m.seri" in tree.at(column, ("form", "checks", 0, "rule"))

    option = ids.renamed(MACHINE, ("form", "sections", 0, "fields", 0, "options", 1), "cong_ty")
    assert tree.at(option, ("record", "components", 0, "when")) == "loai_chu == 'cong_ty'"

    paper = ids.renamed(MACHINE, ("record", "components", 0), "phep")
    assert tree.at(paper, ("record", "unverified")) == ["components.phep", "sector.code"]

    step = ids.renamed(MACHINE, ("process", "steps", 1), "tra_ket_qua")
    assert tree.at(step, ("process", "steps", 0, "outcomes", 0, "to")) == "tra_ket_qua"

    table = ids.renamed(MACHINE, ("form", "sections", 0, "fields", 1), "thiet_bi")
    assert tree.at(table, ("record", "components", 1, "for_each")) == "thiet_bi"
    assert tree.at(table, ("fees", "lines", 0, "formula")) == "thiet_bi.size() * 20000"


# Conditions in words ------------------------------------------------------------------------------------------


def test_simple_conditions_are_said_in_words():
    names = conditions.Names.of(MACHINE)
    assert conditions.reading("loai_chu == 'doanh_nghiep'", names) == "Khi «Loại chủ máy» là «Doanh nghiệp»."
    assert conditions.reading("loai_chu != 'ca_nhan' && channel == 'online'", names) == (
        "Khi «Loại chủ máy» không phải là «Cá nhân» và «Hình thức nộp» là «Trực tuyến»."
    )
    assert conditions.reading("loai_chu == '' || tong >= 3000", names) == (
        "Khi «Loại chủ máy» chưa được trả lời hoặc «tong» từ 3.000 trở lên."
    )
    assert conditions.reading("loai_chu in ['ca_nhan', 'doanh_nghiep']", names) == (
        "Khi «Loại chủ máy» là một trong: «Cá nhân», «Doanh nghiệp»."
    )
    assert conditions.reading("may.size() > 3 || true", names) == ""
    assert conditions.reading("loai_chu ==", names) == ""


def test_conditions_are_put_together_from_lists():
    names = conditions.Names.of(MACHINE)
    choices = dict(pair for group in conditions.choices(names, extra=True) for pair in group.choices)
    assert choices["loai_chu == 'doanh_nghiep'"] == "Loại chủ máy: Doanh nghiệp"
    assert conditions.joined("", "loai_chu == 'ca_nhan'", negated=True) == "loai_chu != 'ca_nhan'"
    assert conditions.joined("a || b", "cam_ket", negated=True) == "(a || b) && !cam_ket"


# Places -------------------------------------------------------------------------------------------------------


def test_each_place_has_its_page_and_input():
    assert spot(("record", "components", 1, "template", "name")) == (
        BY_SLUG["thanh-phan"], ("record", "components", 1), "template-name")  # fmt: skip
    assert spot(("record", "sector", "code")) == (BY_SLUG["thong-tin-chung"], ("record",), "sector-code")
    assert spot(("form", "sections", 0, "fields", 2))[1] == ("form", "sections", 0, "fields", 2)
    assert spot(("fees", "lines"))[1:] == (("fees",), "lines")
    assert page_of(("record",)) == PAGES[0]
    assert page_of(("tests", "x.yaml")).slug == "vi-du"
    assert counts({("record", "agencies"): ["a", "b"], ("process",): ["c"]}) == {"co-quan": 2, "quy-trinh": 1}


def test_every_key_of_every_root_stands_on_a_page():
    for root, shape in tree.ROOTS.items():
        for key in tree.keys_of(shape):
            if key.key not in ("format", "unverified"):
                assert any(page.holds((root, key.key)) for page in PAGES), (root, key.key)


def test_a_question_shows_only_what_its_type_may_have_and_what_stands_there():
    path = ("form", "sections", 0, "fields", 0)
    content = tree.put(MACHINE, (*path, "max_rows"), 3)
    keys = {one.key.key for one in controls.controls(Look.at(content, {}, {}), path)}
    assert {"options", "when", "required", "max_rows"} <= keys
    assert not {"columns", "min", "formula", "tone"} & keys

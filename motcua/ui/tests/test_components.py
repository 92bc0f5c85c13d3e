from datetime import date, datetime
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError

from motcua.foundation.time import HANOI

FIELDS = {
    "input": 'ui.input("x", "Họ và tên", {})',
    "password": 'ui.password("x", "Mật khẩu", {})',
    "textarea": 'ui.textarea("x", "Nội dung", {})',
    "select": 'ui.select("x", "Lĩnh vực", {{"a": "A"}}, {})',
    "date_input": 'ui.date_input("x", "Ngày cấp", {})',
    "file": 'ui.file("x", "Giấy tờ", {})',
    "checkbox": 'ui.checkbox("x", "Cam đoan", {})',
}
GROUPS = {
    "radios": 'ui.radios("x", "Giới tính", {{"a": "Nam", "b": "Nữ"}}, {})',
    "checkboxes": 'ui.checkboxes("x", "Đối tượng", {{"a": "Công dân", "b": "Tổ chức"}}, {})',
}
ALL = FIELDS | GROUPS


@pytest.mark.parametrize("call", FIELDS.values(), ids=list(FIELDS))
def test_a_field_names_its_label_hint_and_error_to_those_who_listen(draw, parse, call):
    page = parse(draw("{{ " + call.format('hint="Gợi ý", error="Sai"') + " }}"))

    tag = next(t for t, a in page.elements if t in ("input", "textarea", "select"))
    field = page.one(tag, id="x")
    assert page.one("label", **{"for": "x"})
    assert field["aria-describedby"] == "x-hint x-error"
    assert field["aria-invalid"] == "true"
    assert {"x-hint", "x-error"} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("call", GROUPS.values(), ids=list(GROUPS))
def test_a_group_of_choices_names_its_hint_and_error_and_its_summary_link_reaches_the_first(
    draw, parse, call
):
    page = parse(draw("{{ " + call.format('hint="Gợi ý", error="Sai"') + " }}"))

    assert page.one("fieldset")["aria-describedby"] == "x-group-hint x-group-error"
    assert {"x-group-hint", "x-group-error"} <= set(page.ids)
    assert page.one("input", id="x")["value"] == "a"
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("call", ALL.values(), ids=list(ALL))
def test_a_field_without_error_says_nothing_of_errors(draw, call):
    html = draw("{{ " + call.format("hint=''") + " }}")

    assert "error" not in html
    assert "aria-invalid" not in html


def test_the_error_stands_between_the_label_and_the_field(draw):
    html = draw('{{ ui.input("x", "Họ và tên", error="Vui lòng nhập thông tin.") }}')

    assert html.index("Họ và tên") < html.index("Vui lòng nhập thông tin.") < html.index("<input")


def test_only_optional_fields_say_so(draw):
    said = "(không bắt buộc)"

    assert said in draw('{{ ui.input("x", "A", required=false) }}')
    assert said in draw('{{ ui.radios("x", "A", {"a": "A"}, required=false) }}')
    assert said not in draw('{{ ui.input("x", "A", required=true) }}{{ ui.input("y", "B") }}')
    assert 'aria-required="true"' in draw('{{ ui.input("x", "A", required=true) }}')


def test_what_people_typed_is_never_markup(draw):
    evil = '"><script>alert(1)</script>'
    calls = [
        'ui.input("x", v, v, hint=v, error=v, suffix=v, attrs={"data-a": v})', 'ui.textarea("x", v, v)',
        'ui.select("x", v, {v: v}, v)', 'ui.radios("x", v, [(v, v, v)])', 'ui.checkboxes("x", v, [v], [v])',
        'ui.date_input("x", v, v)', 'ui.file("x", v)', 'ui.checkbox("x", v, value=v)', 'ui.button(v, href=v)',
        'ui.button(v, name="a", value=v)', 'ui.error_summary({v: v})', 'ui.banner(v, title=v)', 'ui.panel(v, v, figure=v)',
        'ui.summary_list([(v, v, v, v)], title=v)', 'ui.tag("info", v)', 'ui.table([v], [[v], [{"text": v, "href": v}]], caption=v)',
        'ui.timeline([{"title": v, "when": v, "who": v, "text": v}])', 'ui.breadcrumbs([(v, v)])', 'ui.steps([v, v], 1)',
        'ui.empty_state(v, v)', 'ui.card(v, href=v, text=v, meta=v)', 'ui.tabs([{"text": v, "href": v, "count": v}])',
        'ui.details(v, v)', 'ui.search(v, value=v)', 'ui.hidden("a", v)', 'ui.stat(v, v)', 'ui.pagination(v, v)',
        'v|paragraphs',
    ]  # fmt: skip

    for call in calls:
        assert "<script>" not in draw("{{ " + call + " }}", v=evil), call


def test_an_unknown_name_in_a_page_is_an_error_not_an_empty_place(draw):
    with pytest.raises(UndefinedError):
        draw("{{ nobody_gave_this }}")


def test_an_unknown_tone_is_an_error(draw):
    for call in ('ui.tag("pinkish", "A")', 'ui.button("A", tone="huge")', 'ui.banner("A", tone="odd")'):
        with pytest.raises(UndefinedError):
            draw("{{ " + call + " }}")


def test_choices_come_in_any_handy_shape(draw, parse):
    shapes = [
        {"1": "Một", "2": "Hai"},
        [(1, "Một"), (2, "Hai")],
        [{"value": "1", "label": "Một"}, {"value": "2", "label": "Hai"}],
        [SimpleNamespace(value="1", label="Một"), SimpleNamespace(value="2", label="Hai")],
    ]

    for shape in shapes:
        page = parse(draw('{{ ui.select("x", "Số", shape, 2) }}', shape=shape))
        assert page.one("option", value="2").keys() == {"value", "selected"}
        assert page.one("option", value="1").keys() == {"value"}


def test_a_choice_may_reveal_a_field_and_it_is_there_without_scripts(draw):
    html = draw(
        '{{ ui.radios("nhan", "Nhận", [{"value": "post", "label": "Bưu chính", "reveal": ui.input("dia_chi", "Địa chỉ")}]) }}'
    )

    assert '<div class="govuk-radios__conditional">' in html
    assert 'name="dia_chi"' in html


def test_a_date_is_shown_as_one_types_it_and_a_mistake_stays_as_typed(draw, parse):
    for value, shown in (
        (date(1988, 3, 27), "27/03/1988"),
        ("1988-03-27", "27/03/1988"),
        ("31/02/1988", "31/02/1988"),
    ):
        assert parse(draw('{{ ui.date_input("x", "Ngày", v) }}', v=value)).one("input")["value"] == shown
    assert "value" not in parse(draw('{{ ui.date_input("x", "Ngày", none) }}')).one("input")


def test_the_summary_of_mistakes_leads_to_each_field(draw, parse):
    page = parse(draw("{{ ui.error_summary(p) }}", p={"ho_ten": "Thiếu.", "__all__": ["Trùng.", "Quá hạn."]}))

    assert [a["href"] for t, a in page.elements if t == "a"] == ["#ho_ten"]
    assert sum(t == "li" for t, _ in page.elements) == 3
    assert page.one("div", role="alert")
    assert draw("{{ ui.error_summary({}) }}").strip() == ""


def test_each_cell_of_a_table_carries_its_columns_name_for_a_narrow_screen(draw, parse):
    page = parse(draw('{{ ui.table(["Mã", {"label": "Phí", "numeric": true}], [["A-1", 5]]) }}'))

    assert page.one("td")["data-label"] == "Phí"
    assert page.one("th", scope="row")
    assert "Không có hồ sơ" in draw('{{ ui.table(["Mã"], [], empty="Không có hồ sơ.") }}')


def test_the_step_one_is_at_is_marked_and_past_ones_say_so(draw, parse):
    html = draw('{{ ui.steps(["Chọn", {"text": "Kê khai", "href": "/2"}, "Nộp"], 2) }}')

    assert sum(a.get("aria-current") == "step" for _, a in parse(html).elements) == 1
    assert html.count("(đã xong)") == 1
    assert "Bước 2/3" in html


def test_a_summary_says_when_nothing_is_known_and_offers_the_change(draw, parse):
    html = draw('{{ ui.summary_list([("Họ tên", "An", "/sua"), ("Ghi chú", none)]) }}')

    assert "Chưa có thông tin" in html
    assert parse(html).one("a")["href"] == "/sua"


def test_moments_days_money_and_sizes_are_written_the_vietnamese_way(draw):
    at = datetime(2026, 11, 24, 9, 15, tzinfo=HANOI)

    assert draw("{{ at|moment }} {{ at.date()|day }}", at=at) == "09:15, thứ Ba 24/11/2026 24/11/2026"
    assert draw("{{ none|moment }}{{ none|day }}") == ""
    assert draw("{{ 150000|money }}") == "150.000 đồng"
    assert draw("{{ 512|size }}, {{ 1500000|size }}, {{ 300000|size }}") == "512 byte, 1,4 MB, 293 KB"


def test_plain_text_becomes_paragraphs(draw, parse):
    assert draw("{{ t|paragraphs }}", t="Một\r\nhai\r\n\r\nba <b>") == (
        '<p class="govuk-body">Một<br>hai</p>\n<p class="govuk-body">ba &lt;b&gt;</p>'
    )

"""Before one files: the first page, the search, the page of a procedure."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from motcua.agencies.models import Role
from motcua.content.operations import write_article
from motcua.foundation.actor import Actor
from motcua.foundation.time import now
from motcua.portal.catalogue.detail import Detail
from motcua.procedures import operations
from motcua.procedures.definition import read_folder
from motcua.procedures.models import MissedQuery, Procedure
from motcua.procedures.search import catalogue as index
from motcua.ui import kept
from tests.cast import MONDAY_9AM, ROOT

SYSTEM = Actor.system("test")
HERE, HERE_TOO, ELSEWHERE, INFORMATION, BY_FORMULA = (
    "2.001207",
    "2.001209",
    "1.013337",
    "3.000453",
    "2.002380",
)


def read(number):
    definition, mistakes = read_folder(next((ROOT / "procedures" / "kontum").glob(f"*/{number}")))
    assert definition is not None, mistakes
    return definition


def put(definition):
    operations.import_definition(definition=definition, actor=SYSTEM, at=MONDAY_9AM)
    index.forget()
    kept.forget()
    return definition


def put_many(count):
    definition = read(HERE_TOO)
    for place in range(count):
        record = replace(definition.record, number=f"3.{place:06}", related=())
        operations.import_definition(
            definition=replace(definition, record=record), actor=SYSTEM, at=MONDAY_9AM
        )
    index.forget()


@pytest.fixture(autouse=True)
def read_anew():
    index.forget()
    kept.forget()
    yield
    index.forget()
    kept.forget()


@pytest.fixture
def catalogue(department, centre):
    for number in (HERE, HERE_TOO, ELSEWHERE, BY_FORMULA):
        put(read(number))
    told = read(INFORMATION)
    put(replace(told, record=replace(told.record, kind="information_only", service_level="information")))
    partial = read(ELSEWHERE)
    put(replace(partial, record=replace(partial.record, service_level="partial", partial_reason="Thẩm định tại chỗ.")))


def page(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def words(html):
    """What a person reads of a page's main part."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def found(html):
    return re.findall(r'mc-hit__title"><a class="govuk-link" href="/thu-tuc/([^/]+)/', html)


# The first page -----------------------------------------------------------------------------------------------


def test_the_first_page_offers_search_procedures_look_up_guidance_and_hotlines(client, catalogue):
    Procedure.objects.filter(number=BY_FORMULA).update(times_filed=3)
    write_article(
        slug="dang-ky", title="Đăng ký tài khoản", summary="", body="", position=1, published_on=date(2026, 9, 7),
        actor=SYSTEM, at=now(),
    )  # fmt: skip

    html = page(client, "/")

    assert 'action="/thu-tuc/"' in html
    assert re.search(r'action="/tra-cuu-ho-so/" method="get".*name="ma"', html, re.S)
    assert "0260.3797799" in words(html)
    assert "/huong-dan/dang-ky/" in html
    assert "Tiêu chuẩn đo lường chất lượng" in words(html)
    assert re.findall(r'mc-door__link" href="/thu-tuc/([^/]+)/', html)[0] == BY_FORMULA
    assert ELSEWHERE not in words(html)


def test_the_first_page_stands_before_anything_was_loaded(client, db):
    assert "Danh mục thủ tục chưa được nạp" in words(page(client, "/"))


def test_the_first_page_costs_few_statements(client, catalogue, django_assert_max_num_queries):
    put_many(30)
    with django_assert_max_num_queries(5):  # a cold process
        page(client, "/")
    with django_assert_max_num_queries(0):
        page(client, "/")


def test_the_menu_leads_to_pages_that_exist(client, catalogue):
    menu = re.findall(r'govuk-service-navigation__link" href="([^"]+)"', page(client, "/"))

    assert len(menu) == 6
    assert {client.get(address).status_code for address in menu} <= {
        200,
        302,
    }  # 302: payments ask for a login


# The list -----------------------------------------------------------------------------------------------------


def test_a_procedure_is_found_as_people_type_it(client, catalogue):
    html = page(client, "/thu-tuc/", q="dang ky cong bo hop chuan tu danh gia")

    assert found(html)[0] == HERE
    assert re.search(r"Tìm thấy \d+ thủ tục", words(html))


def test_without_words_all_are_listed(client, catalogue):
    html = page(client, "/thu-tuc/")

    assert len(found(html)) == 5
    assert "Tìm thấy 5 thủ tục" in words(html)


@pytest.mark.parametrize(
    ("name", "value", "numbers"),
    [
        ("linh-vuc", "G06-KC03", {HERE, HERE_TOO, INFORMATION}),
        ("muc-do", "information", {INFORMATION}),
        ("muc-do", "partial", {ELSEWHERE}),
        ("co-quan", "H34", {ELSEWHERE}),
        ("co-quan", "H34.12", {HERE, HERE_TOO, INFORMATION, BY_FORMULA}),
        ("doi-tuong", "foreigner", {HERE, HERE_TOO}),
        ("muc-do", "không có", {HERE, HERE_TOO, ELSEWHERE, INFORMATION, BY_FORMULA}),  # unknown: not said
    ],
)
def test_a_filter_keeps_what_fits(client, catalogue, name, value, numbers):
    html = page(client, "/thu-tuc/", **{name: value})

    assert numbers <= set(found(html)) if name == "doi-tuong" else set(found(html)) == numbers
    assert ("Bỏ các bộ lọc" in html) == (value != "không có")


def test_only_what_is_filed_here_is_offered_to_file(client, catalogue):
    html = page(client, "/nop-ho-so/")

    assert set(found(html)) == {HERE, HERE_TOO, BY_FORMULA}
    assert f'href="/thu-tuc/{HERE}/nop/"' in html


def test_the_list_has_pages_and_one_past_the_end_shows_the_last(client, catalogue):
    put_many(30)

    first, last = page(client, "/thu-tuc/", q="cong bo"), page(client, "/thu-tuc/", q="cong bo", trang="99")

    assert len(found(first)) == 20
    assert "q=cong+bo&amp;trang=2" in first
    assert found(last)
    assert not set(found(first)) & set(found(last))
    assert 'rel="next"' not in last


@pytest.mark.parametrize("page_number", ["0", "-1", "x", "²", "9" * 30, ""])
def test_any_page_number_shows_a_page(client, catalogue, page_number):
    assert found(page(client, "/thu-tuc/", trang=page_number))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_for_any_number_of_rows(
    client, department, rows, django_assert_max_num_queries
):
    put_many(rows)
    page(client, "/thu-tuc/")

    with django_assert_max_num_queries(1):  # the catalogue's stamp, at most
        page(client, "/thu-tuc/", q="cong bo")


def test_nothing_found_says_so_offers_sectors_and_is_counted(client, catalogue):
    for _time in range(2):
        html = page(client, "/thu-tuc/", q="Zzqx wwkk")

    assert "Không tìm thấy thủ tục phù hợp. Vui lòng thử từ khóa khác hoặc chọn theo lĩnh vực." in words(html)
    assert "?linh-vuc=G06-KC03" in html
    assert [(missed.text, missed.times) for missed in MissedQuery.objects.all()] == [("zzqx wwkk", 2)]


def test_what_only_a_filter_hides_is_no_missed_word(client, catalogue):
    page(client, "/thu-tuc/", q="hợp chuẩn", **{"co-quan": "H34"})
    page(client, "/nop-ho-so/", q="zzqx wwkk")
    page(client, "/thu-tuc/goi-y/", q="zzqx wwkk")

    assert not MissedQuery.objects.exists()


def test_what_was_typed_is_shown_as_text(client, catalogue):
    html = page(client, "/thu-tuc/", q='"><script>alert(1)</script>')

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize(
    "text", ["x" * 5000, "\ud800".encode("utf-8", "surrogatepass"), "%", "'; DROP TABLE", "(((", '"']
)
def test_any_text_is_answered(client, catalogue, text):
    assert client.get("/thu-tuc/", {"q": text}).status_code == 200
    assert client.get("/thu-tuc/goi-y/", {"q": text}).status_code == 200


def test_suggestions_are_options_that_lead_to_procedures(client, catalogue):
    html = page(client, "/thu-tuc/goi-y/", q="hop chuan")

    assert re.findall(r'role="option" id="([^"]+)"', html)[:2] == ["goi-y-1", "goi-y-2"]
    assert f'data-mc-href="/thu-tuc/{HERE}/"' in html
    assert re.search(r'data-mc-status="Tìm thấy \d+ thủ tục"', html)


def test_one_letter_suggests_nothing_yet(client, catalogue):
    assert "option" not in page(client, "/thu-tuc/goi-y/", q="h").replace("mc-finder__options", "")


# One procedure ------------------------------------------------------------------------------------------------


def test_the_page_tells_the_whole_record(client, catalogue):
    text = words(page(client, f"/thu-tuc/{HERE}/"))

    for part in (
        "Trình tự thực hiện", "Bước 5.", "Cách thức thực hiện", "Bưu chính công ích", "05 ngày làm việc",
        "Thành phần hồ sơ", "Mẫu 1. KHKSCL", "Tùy trường hợp", "Số lượng hồ sơ: 01 bộ",
        "Thời hạn giải quyết", "không quá 15 ngày làm việc", "Phí, lệ phí", "150.000 đồng/giấy", "Thông tư số 183/2016/TT-BTC",
        "Đối tượng thực hiện", "Người nước ngoài", "Cơ quan thực hiện", "Sở Khoa học và Công nghệ tỉnh Kon Tum",
        "Trung tâm Phục vụ hành chính công tỉnh Kon Tum", "Kết quả thực hiện", "Thông báo tiếp nhận hồ sơ công bố hợp chuẩn",
        "Căn cứ pháp lý", "28/2012/TT-BKHCN", "Yêu cầu, điều kiện", "Mẫu đơn, tờ khai", "Toàn trình",
        "không phụ thuộc địa giới hành chính", "Thủ tục hành chính liên quan", HERE_TOO,
    ):  # fmt: skip
        assert part in text, part


def test_the_main_act_is_to_file_online(client, catalogue):
    Procedure.objects.filter(number=HERE).update(times_filed=1234)

    html = page(client, f"/thu-tuc/{HERE}/")

    assert re.search(rf'href="/thu-tuc/{HERE}/nop/"[^>]*govuk-button--start', html)
    assert "Đã có 1.234 lượt nộp hồ sơ." in words(html)


def test_what_is_filed_elsewhere_says_where_and_offers_no_filing(client, catalogue):
    html = page(client, f"/thu-tuc/{ELSEWHERE}/")

    assert "Hồ sơ được nộp tại Cổng Dịch vụ công quốc gia." in words(html)
    assert 'href="https://dichvucong.gov.vn"' in html
    assert f"/thu-tuc/{ELSEWHERE}/nop/" not in html


def test_what_is_only_told_about_says_whom_to_ask(client, catalogue):
    html = page(client, f"/thu-tuc/{INFORMATION}/")

    assert "Vui lòng liên hệ cơ quan thực hiện" in words(html)
    assert f"/thu-tuc/{INFORMATION}/nop/" not in html


def test_a_formula_is_told_in_words(client, catalogue):
    text = words(page(client, f"/thu-tuc/{BY_FORMULA}/"))

    assert "Theo công thức" in text
    assert "Hệ thống tính theo công thức từ nội dung kê khai" in text
    assert "thiet_bi" not in text


@pytest.mark.parametrize(
    ("changes", "way", "text"),
    [
        ({}, "here", ""),
        ({"to": date(2026, 11, 23)}, "ended", "23/11/2026"),
        ({"to": date(2026, 11, 24)}, "here", ""),  # the last day counts
        ({"from_": date(2026, 11, 25)}, "not_yet", "25/11/2026"),
    ],
)
def test_a_procedure_is_filed_while_it_is_in_force(db, changes, way, text):
    definition = read(HERE)
    record = replace(definition.record, validity=replace(definition.record.validity, **changes))

    filing = Detail(replace(definition, record=record), {}, date(2026, 11, 24)).filing

    assert filing.way == way
    assert text in filing.text


def test_without_an_online_channel_it_is_filed_at_the_counter(centre):
    definition = read(HERE)
    channels = tuple(row for row in definition.record.channels if row.channel != "online")
    record = replace(definition.record, channels=channels)

    filing = Detail(replace(definition, record=record), {centre.code: centre}, date(2026, 11, 24)).filing

    assert filing.way == "counter"
    assert centre.name in filing.text


def test_what_nobody_verified_is_no_fact_for_citizens(client, catalogue):
    text = words(page(client, f"/thu-tuc/{HERE}/"))

    assert "475/QĐ-UBND" not in text
    assert "G06-KC03" not in text
    assert "Chưa kiểm chứng" not in text
    assert "legal_basis" not in text
    assert "Các nội dung sau đang được rà soát: Nơi nộp hồ sơ; Căn cứ pháp lý." in text


@pytest.mark.parametrize("address", [f"/thu-tuc/{HERE}/", f"/thu-tuc/{HERE}/in/"])
def test_an_officer_sees_what_nobody_verified_marked(client, catalogue, hire, department, address):
    client.force_login(hire("phuc", "Bùi Đức Phúc", department, Role.CONTROLLER))

    text = words(page(client, address))

    assert "475/QĐ-UBND" in text
    assert "G06-KC03" in text
    assert "Chưa kiểm chứng Căn cứ pháp lý legal_basis" in text


def test_a_citizen_who_is_logged_in_sees_no_marks_either(client, catalogue, an):
    client.force_login(an)

    assert "475/QĐ-UBND" not in words(page(client, f"/thu-tuc/{HERE}/"))


@pytest.mark.parametrize("number", ["2.001207.000.00.00.H34", "2.001207.H34", "2.001207.h34"])
def test_the_long_number_leads_to_the_page(client, catalogue, number):
    response = client.get(f"/thu-tuc/{number}/")

    assert response.status_code == 301
    assert response["Location"] == "/thu-tuc/2.001207/"


@pytest.mark.parametrize("number", ["9.999999", "khong-co", "2.001207x"])
def test_an_unknown_number_is_not_found(client, catalogue, number):
    assert client.get(f"/thu-tuc/{number}/").status_code == 404


def test_the_print_holds_every_part_and_its_source(client, catalogue):
    html = page(client, f"/thu-tuc/{HERE}/in/")

    assert len(re.findall(r'class="mc-sheet__part"', html)) == 11
    assert "Nguồn: http" in words(html)
    assert "mc-footer" not in html


def test_without_scripts_every_part_is_a_section_with_a_link(client, catalogue):
    html = page(client, f"/thu-tuc/{HERE}/")

    links = re.findall(r'govuk-tabs__tab" href="#([^"]+)"', html)
    panels = re.findall(r'<section class="govuk-tabs__panel" id="([^"]+)"', html)
    assert links == panels
    assert len(links) == 11
    assert "govuk-tabs__panel--hidden" not in html


def test_a_procedure_costs_few_statements(client, catalogue, django_assert_max_num_queries):
    page(client, f"/thu-tuc/{HERE}/")

    with django_assert_max_num_queries(2):  # the procedure, the related ones
        page(client, f"/thu-tuc/{HERE}/")


@pytest.mark.parametrize(
    "address", ["/", "/thu-tuc/", f"/thu-tuc/{HERE}/", f"/thu-tuc/{HERE}/in/", "/thong-ke/"]
)
def test_no_page_carries_style_or_script_of_its_own_nor_asks_another_host(client, catalogue, address):
    html = page(client, address)

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.findall(r'(?:src|action)="(?:https?:)?//', html)


# Robots -------------------------------------------------------------------------------------------------------


def test_robots_are_kept_from_what_is_private_and_told_the_rest(client, catalogue):
    robots, sitemap = client.get("/robots.txt"), client.get("/sitemap.txt")

    assert "Disallow: /ho-so/" in robots.content.decode()
    assert "Disallow: /\n" not in robots.content.decode()
    assert f"/thu-tuc/{HERE}/\n" in sitemap.content.decode()
    assert sitemap["Content-Type"].startswith("text/plain")


def test_the_emblem_is_the_icon(client):
    assert client.get("/favicon.ico")["Location"] == "/static/ui/favicon.svg"


# Visits -------------------------------------------------------------------------------------------------------

BROWSER = {
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    "HTTP_ACCEPT": "text/html,*/*;q=0.8",
}


def visits():
    from motcua.content.operations import visit_figures

    return visit_figures(at=now()).today


def test_a_browser_counts_once_a_day(client, catalogue):
    for address in ("/", "/thu-tuc/", f"/thu-tuc/{HERE}/"):
        client.get(address, **BROWSER)
    assert visits() == 1

    client.cookies["mc_visit"] = (now().date() - timedelta(days=1)).isoformat()
    client.get("/", **BROWSER)
    assert visits() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"HTTP_USER_AGENT": "curl/8.5.0"},
        {"HTTP_USER_AGENT": ""},
        {"HTTP_ACCEPT": "*/*"},  # a script's request, not a page to read
        {"HTTP_SEC_PURPOSE": "prefetch"},
    ],
)
def test_what_is_no_reader_does_not_count(client, catalogue, changes):
    response = client.get("/", **{**BROWSER, **changes})

    assert visits() == 0
    assert "mc_visit" not in response.cookies


def test_officers_redirects_errors_and_posts_do_not_count(client, catalogue, binh):
    client.get("/thu-tuc/2.001207.H34/", **BROWSER)
    client.get("/thu-tuc/9.999999/", **BROWSER)
    client.post("/", **BROWSER)
    client.get("/robots.txt", **BROWSER)
    client.force_login(binh)
    client.get("/", **BROWSER)

    assert visits() == 0

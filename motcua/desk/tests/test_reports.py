"""The supervisor's pages: every number opens exactly its dossiers, on screen, in the sheet and on paper."""

import html
import io
import re
from datetime import timedelta

import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.agencies.models import Role
from motcua.desk.tests.conftest import NOW
from motcua.desk.views import reports as pages
from motcua.dossiers import outlook
from motcua.dossiers.models import BulkRun, Dossier, Reading, UnitFigures
from motcua.dossiers.operations.drawing import draw_table
from motcua.foundation.time import HANOI

DAY = timedelta(days=1)


@pytest.fixture
def controller(hire, province):
    return hire("phuc", "Bùi Đức Phúc", province, Role.CONTROLLER)


@pytest.fixture
def some_of_each(at_stage):
    """Dossiers at each stage, one of them late, one due today, one settled late."""
    found = {stage: at_stage(stage) for stage in ("submitted", "supplement", "accepted", "appraise", "approve", "stamp", "return", "returned")}
    Dossier.objects.filter(pk=found["appraise"].pk).update(due_at=NOW - timedelta(minutes=5), clock_started_at=NOW - 5 * DAY, accepted_at=NOW - 5 * DAY)
    Dossier.objects.filter(pk=found["approve"].pk).update(due_at=NOW + timedelta(hours=1))
    Dossier.objects.filter(pk=found["returned"].pk).update(
        settled_at=NOW, due_at=NOW - timedelta(minutes=1), accepted_at=NOW - 40 * DAY, clock_started_at=NOW - 40 * DAY
    )
    return found


def numbers(page: str) -> list[tuple[str, int]]:
    """The addresses behind a page's numbers, and the numbers."""
    found = re.findall(r'<a [^>]*?href="(/can-bo/[^"]*[?&](?:amp;)?so=[^"]+)"[^>]*>([\d.]+)', page)
    return [(html.unescape(address), int(shown.replace(".", ""))) for address, shown in found]


def counted(browser, address: str) -> int:
    """How many dossiers a list holds, over all its pages."""
    total = 0
    while address:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        page = answer.content.decode()
        total += page.count('desk-list__link')
        following = re.search(r'rel="next"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*rel="next"', page)
        link = html.unescape(next(filter(None, following.groups()))) if following else ""
        address = address.partition("?")[0] + link if link else ""
    return total


def test_every_number_of_the_report_opens_its_dossiers(some_of_each, controller, as_user):
    browser = as_user(controller)
    for asked in ("", "?ky=2026-11&theo=don-vi", "?ky=2026-10", "?ky=2026", "?ky=2026-k4", "?ky=2026-11-01_2026-11-30"):
        page = browser.get(f"/can-bo/bao-cao/{asked}").content.decode()
        found = numbers(page)
        assert len(found) > (5 if asked != "?ky=2026-10" else 0), asked
        for address, number in found:
            assert counted(browser, address) == number, address


def test_every_number_of_a_units_board_opens_its_dossiers(some_of_each, dung, as_user):
    browser = as_user(dung)
    page = browser.get("/can-bo/tong-hop/").content.decode()
    found = numbers(page)
    assert len(found) > 10
    for address, number in found:
        assert counted(browser, address) == number, address
    assert "1 hồ sơ sẽ quá hạn" not in page  # nothing was settled often enough to tell


def test_every_number_of_the_provinces_board_opens_its_dossiers(some_of_each, controller, as_user):
    browser = as_user(controller)
    outlook.count_figures(at=NOW)
    page = browser.get("/can-bo/tong-hop/").content.decode()
    found = numbers(page)
    assert len(found) > 5
    for address, number in found:
        assert counted(browser, address) == number, address


def test_the_province_reads_what_was_kept_and_says_when(some_of_each, controller, as_user, at_stage, django_assert_max_num_queries):
    outlook.count_figures(at=NOW - timedelta(minutes=3))
    kept = UnitFigures.objects.get(agency__code="H34.12").content["counts"]["dang-mo"]
    at_stage("accepted")
    browser = as_user(controller)
    with django_assert_max_num_queries(14):
        page = browser.get("/can-bo/tong-hop/").content.decode()
    assert "14:57" in page
    shown = dict(numbers(page))
    assert shown["/can-bo/tong-hop/ho-so/?don-vi=H34.12&so=dang-mo"] == kept


def test_a_page_costs_as_many_queries_with_many_dossiers_as_with_one(at_stage, dung, as_user):
    browser = as_user(dung)
    addresses = ("/can-bo/tong-hop/", "/can-bo/bao-cao/", "/can-bo/so-theo-doi/", "/can-bo/bao-cao/ho-so/?so=tiep-nhan")

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        return len(asked)

    at_stage("approve")
    at_stage("return")
    browser.get(addresses[0])
    before = {address: cost(address) for address in addresses}
    for stage in ("accepted", "appraise", "approve", "return"):
        at_stage(stage)
    for address in addresses:
        assert cost(address) <= min(before[address] + 1, 30), address


def test_the_sheet_says_what_the_screen_says(some_of_each, dung, as_user):
    browser = as_user(dung)
    answer = browser.get("/can-bo/bao-cao/bieu.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    total = next(row for row in rows if row[1] == "Tổng số")
    screen = {
        re.search(r"[?&]so=([^&]+)", address)[1]: number
        for address, number in numbers(browser.get("/can-bo/bao-cao/").content.decode())[-14:]
    }
    assert total[2] == screen["tiep-nhan"] == 6
    assert total[2] == total[3] + total[4] + total[5] == total[6] + total[10] + total[13] + total[14] + total[15]


def test_the_paper_is_landscape_and_its_text_can_be_selected(some_of_each, dung, as_user):
    for address in ("/can-bo/bao-cao/bieu.pdf", "/can-bo/so-theo-doi/so.pdf"):
        answer = as_user(dung).get(address)
        assert answer["Content-Type"] == "application/pdf"
        with pypdfium2.PdfDocument(b"".join(answer.streaming_content)) as document:
            width, height = document.get_page_size(0)
            page = document[0]
            text = page.get_textpage()
            assert width > height
            assert "SỞ KHOA HỌC VÀ CÔNG NGHỆ" in " ".join(text.get_text_bounded().split())
            text.close()
            page.close()


def test_the_register_names_people_and_every_look_is_logged(some_of_each, binh, as_user):
    browser = as_user(binh)
    page = browser.get("/can-bo/so-theo-doi/").content.decode()
    accepted = [one for stage, one in some_of_each.items() if stage not in ("submitted", "supplement", "returned")]
    for dossier in accepted:
        assert dossier.code in page
    assert "Nguyễn Văn An" in page and "0905123456" in page
    assert some_of_each["submitted"].code not in page
    seen = Reading.objects.filter(purpose="view_register").values_list("dossier_id", flat=True)
    assert {one.pk for one in accepted} <= set(seen)
    answer = browser.get("/can-bo/so-theo-doi/so.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert accepted[0].code in [row[1].value for row in sheet.iter_rows()]
    assert Reading.objects.filter(purpose="export_register", actor_id=str(binh.pk)).count() == len(accepted)


def test_who_leads_nothing_reads_no_report(chi, giang, controller, some_of_each, as_user):
    assert as_user(chi).get("/can-bo/bao-cao/").status_code == 403
    assert as_user(chi).get("/can-bo/so-theo-doi/").status_code == 403
    page = as_user(giang).get("/can-bo/bao-cao/?don-vi=H34.12").content.decode()
    assert numbers(page) == []
    assert as_user(giang).get("/can-bo/tong-hop/ho-so/?don-vi=H34.12&so=dang-mo").status_code == 404


def test_a_controller_opens_the_dossier_behind_a_number_but_works_on_none(some_of_each, controller, as_user):
    browser = as_user(controller)
    code = some_of_each["approve"].code
    assert browser.get(f"/can-bo/ho-so/{code}/").status_code == 200
    assert code not in browser.get("/can-bo/?muc=dang-xu-ly").content.decode()


def test_a_link_made_earlier_opens_what_was_counted_then(at_stage, dung, as_user):
    dossier = at_stage("accepted")
    cut = (dossier.accepted_at - timedelta(minutes=1)).astimezone(HANOI).isoformat()
    address = "/can-bo/bao-cao/ho-so/"
    assert counted(as_user(dung), f"{address}?ky=2026-11&so=tiep-nhan") == 1
    answer = as_user(dung).get(address, {"ky": "2026-11", "so": "tiep-nhan", "luc": cut})
    assert answer.content.decode().count("desk-list__link") == 0


def test_an_empty_unit_is_told_why(dung, controller, as_user):
    assert "không có hồ sơ nào đang giải quyết" in as_user(dung).get("/can-bo/tong-hop/").content.decode()
    assert "Chưa đơn vị nào có hồ sơ" in as_user(controller).get("/can-bo/tong-hop/").content.decode()
    assert "Không có hồ sơ nào trong kỳ" in as_user(dung).get("/can-bo/bao-cao/").content.decode()
    assert "Chưa có hồ sơ nào được tiếp nhận" in as_user(dung).get("/can-bo/so-theo-doi/").content.decode()


def test_days_that_are_typed_win_unless_another_period_is_chosen(dung, as_user):
    asked = {"tu": "02/11/2026", "den": "20/11/2026", "dang-xem": "2026-11"}
    page = as_user(dung).get("/can-bo/bao-cao/", asked | {"ky": "2026-11"}).content.decode()
    assert "từ ngày 02/11/2026 đến ngày 20/11/2026" in page
    page = as_user(dung).get("/can-bo/bao-cao/", asked | {"ky": "2026-10"}).content.decode()
    assert "từ ngày 01/10/2026 đến ngày 31/10/2026" in page


def test_a_long_register_is_drawn_by_a_job_whose_page_offers_the_file(some_of_each, binh, as_user, monkeypatch):
    monkeypatch.setattr(pages, "AT_ONCE", 1)
    address = reverse("desk:register_paper")

    ordered = as_user(binh).get(address)
    again = as_user(binh).get(address)
    run = BulkRun.objects.get()  # pressed twice in a minute: one file
    assert ordered.status_code == again.status_code == 302 and ordered.url == again.url
    waiting = as_user(binh).get(ordered.url).content.decode()
    assert "đang được lập" in waiting and 'http-equiv="refresh"' in waiting

    draw_table(run.pk)
    draw_table(run.pk)  # a job that is tried again changes nothing
    run.refresh_from_db()
    assert set(run.options) == {"name"}  # whom the register names is in the file alone
    done = as_user(binh).get(ordered.url).content.decode()
    assert "Đã lập xong" in done and 'http-equiv="refresh"' not in done
    file = as_user(binh).get(reverse("desk:bulk_file", args=[run.public_id]))
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(b"".join(file)))
    assert "Mẫu số 07" in text and "SỔ THEO DÕI HỒ SƠ" in text
    assert "Lập bản in (PDF)" in as_user(binh).get(reverse("desk:bulk")).content.decode()


def test_the_file_of_a_register_is_for_who_ordered_it(some_of_each, binh, chi, as_user, monkeypatch):
    monkeypatch.setattr(pages, "AT_ONCE", 0)
    ordered = as_user(binh).get(reverse("desk:register_paper"))
    assert as_user(chi).get(ordered.url).status_code == 404

"""Somebody without an account comes to the counter with papers, pays in cash, and fetches the result with his code."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.citizen import NUMBER, Citizen, answers, as_upload, downloaded
from tests.journeys.officer import Officer, settle

pytestmark = pytest.mark.journey
SCAN = "giay-dang-ky-kinh-doanh"


def begin(page: Page) -> None:
    page.get_by_role("link", name="Tiếp nhận trực tiếp").click()
    page.get_by_label("Người nộp đến làm thủ tục gì").fill(NUMBER)
    page.get_by_role("button", name="Tìm thủ tục").click()
    page.get_by_role("button", name=re.compile("^Nhập hồ sơ")).first.click()
    expect(page.get_by_role("heading", name="Người nộp", exact=True)).to_be_visible()


def enter_person(page: Page, name: str, telephone: str) -> None:
    page.get_by_label("Họ và tên hoặc tên tổ chức").first.fill(name)
    page.get_by_label("Số định danh cá nhân/Căn cước").first.fill("062091004711")
    page.get_by_label("Số điện thoại").first.fill(telephone)
    page.get_by_label("Nơi ở hiện tại hoặc trụ sở").first.fill("7 Lê Lợi, phường Kon Tum, tỉnh Kon Tum")


def press_in_bar(page: Page, button: str) -> None:
    bar = page.get_by_role("group", name="Thao tác với hồ sơ")
    bar.get_by_role("button", name=button, exact=True).click()


def test_a_person_without_an_account_is_served_at_the_counter(product, visit):
    binh = Officer(visit(), "Cán bộ tiếp nhận").log_in()
    page, form = binh.page, Citizen(binh.page, product, None)
    begin(page)
    enter_person(page, "A Blơng", "0905471100")
    page.locator('input[name="tep-giay_to_phap_ly"]').set_input_files([as_upload(SCAN)])

    # Too early: what lacks is named beside its place, and the scan is not lost.
    press_in_bar(page, "Tiếp nhận")
    expect(page.get_by_role("heading", name="Còn thiếu hoặc chưa đúng")).to_be_visible()
    scan = page.get_by_role("link", name=f"{SCAN}.pdf")
    assert downloaded(page, scan).startswith(b"%PDF")
    form.fill_form(answers())
    page.get_by_role("button", name="Đã nhận đủ bản giấy theo quy định").click()
    expect(page.locator('[name="originals-bao_cao_danh_gia"]')).to_have_value("1")
    press_in_bar(page, "Tiếp nhận")

    # The fee comes first.
    expect(page.get_by_text("Còn phải nộp 150.000 đồng, trước khi hồ sơ được tiếp nhận")).to_be_visible()
    code = page.locator(".counter-visit .mc-whole").inner_text()
    secret = page.locator(".counter-secret").inner_text()
    whole_visit = page.url
    thu = Officer(visit(), "Cán bộ thu phí").log_in().open(code).page
    thu.get_by_role("button", name="Thu tiền mặt").click()
    thu.get_by_role("button", name="Đã thu 150.000 đồng").click()
    expect(thu.get_by_text("biên lai được lập")).to_be_visible()

    # Accepted, with the slip in his hand.
    page.goto(whole_visit)
    page.get_by_role("button", name="Tiếp nhận", exact=True).click()
    binh.press("Tiếp nhận", f"Đã tiếp nhận hồ sơ {code}. Hẹn trả kết quả")
    slip = page.get_by_role("link", name="In giấy tiếp nhận và hẹn trả kết quả")
    assert downloaded(page, slip).startswith(b"%PDF")

    settle(visit, code)

    # He comes back, and says the code that stands on the slip.
    yen = Officer(visit(), "Cán bộ trả kết quả").log_in().open(code).write("Người nhận kết quả", "A Blơng")
    yen.choose("Xác nhận bằng mã tra cứu").write("Mã tra cứu của hồ sơ", "000000" if secret != "000000" else "111111")
    yen.press("Trả kết quả", "Lỗi: Mã tra cứu không đúng")
    yen.write("Mã tra cứu của hồ sơ", secret).press("Trả kết quả", f"Đã trả kết quả của hồ sơ {code}.")
    how = product.rows("SELECT state, returned_how, returned_to FROM dossiers_dossier WHERE code = %s", code)
    assert how == [("returned", "code", "A Blơng")]

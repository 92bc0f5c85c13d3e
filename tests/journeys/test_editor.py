"""A civil servant changes a procedure in a browser: what is typed is kept at once, and the citizens' page follows."""

import pytest
from playwright.sync_api import Page, expect

from motcua.demo.accounts import ACCOUNTS
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey

CONTROLLER = next(one for one in ACCOUNTS if one.role == "Cán bộ kiểm soát thủ tục hành chính")
PROCEDURE = "/quan-tri/thu-tuc/2.000212/"
EDITOR = f"{PROCEDURE}soan/"


def begin(page: Page) -> None:
    page.goto(PROCEDURE)
    page.get_by_label("Tên đăng nhập").fill(CONTROLLER.login)
    page.get_by_label("Mật khẩu", exact=True).fill(CONTROLLER.password)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    page.locator("form[action*='ban-soan'] button, a[href*='/soan/']").first.click()
    page.wait_for_url("**/soan/**")


def test_a_question_is_added_and_the_preview_follows_at_once(visit: Visit) -> None:
    page = visit()
    begin(page)

    page.goto(f"{EDITOR}to-khai/sections/0/")
    page.get_by_text("Thêm câu hỏi: chọn kiểu trả lời").click()
    page.get_by_role("button", name="Có hoặc không").click()
    page.get_by_label("Câu hỏi", exact=True).fill("Có kho riêng")
    page.keyboard.press("Tab")

    expect(page.locator("[data-mc-editor-state]")).to_contain_text("Đã lưu lúc")
    preview = page.frame_locator("iframe[name=xem-truoc-khung]")
    expect(preview.get_by_text("Có kho riêng")).to_be_visible()

    # A paper that is asked only then: chosen from the list, said in words, and it comes and goes with the answer.
    page.goto(f"{EDITOR}thanh-phan/")
    page.locator("#components").get_by_role("button", name="Thêm mục").click()
    page.get_by_label("Tên giấy tờ").fill("Sơ đồ kho")
    page.get_by_text("Chọn điều kiện từ danh sách").click()
    page.get_by_label("Câu hỏi và câu trả lời").select_option(label="Có kho riêng: Có")
    page.get_by_role("button", name="Thêm điều kiện này").click()
    expect(page.get_by_text("Khi «Có kho riêng» là «Có».")).to_be_visible()

    preview = page.frame_locator("iframe[name=xem-truoc-khung]")
    expect(preview.get_by_text("Sơ đồ kho")).to_have_count(0)
    preview.get_by_text("Thử trả lời tờ khai").click()
    preview.get_by_role("group", name="Có kho riêng").get_by_label("Có", exact=True).check()
    expect(preview.get_by_text("Sơ đồ kho")).to_be_visible()

    # A mistake is told beside its input while one types, and counted beside the page; then mended.
    page.get_by_label("Số bản sao").fill("hai")
    page.keyboard.press("Tab")
    expect(page.get_by_text("«Số bản sao» phải là một số nguyên")).to_be_visible()
    page.get_by_label("Số bản sao").fill("2")
    page.keyboard.press("Tab")
    expect(page.get_by_text("«Số bản sao» phải là một số nguyên")).to_have_count(0)

    # Removed by mistake, and brought back.
    page.goto(f"{EDITOR}thanh-phan/")
    page.get_by_role("button", name="Xóa Sơ đồ kho").click()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_role("link", name="Sơ đồ kho")).to_be_visible()

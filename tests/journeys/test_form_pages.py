"""What scripts add to the pages of a form: cells from a spreadsheet, rows brought back, a connection that is cut."""

import pytest
from playwright.sync_api import expect

from tests.journeys.citizen import Citizen

pytestmark = pytest.mark.journey
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(event);
}"""


@pytest.fixture
def an(product, visit, people) -> Citizen:
    """At the form of a new draft."""
    an = Citizen(visit(), product, next(people))
    an.log_in()
    an.begin()
    an.page.goto(an.page.url.replace("nguoi-nop", "to-khai"))
    return an


def kept(an: Citizen) -> list[str]:
    """The first column of the table, as it is in the database."""
    ((answers,),) = an.product.rows(
        "SELECT d.answers FROM dossiers_dossier d JOIN accounts_user u ON u.id = d.applicant_id WHERE u.username = %s",
        an.person.citizen_number,
    )
    return [row["so_hieu"] for row in answers.get("tieu_chuan", [])]


def test_rows_are_pasted_copied_moved_and_brought_back(an):
    page = an.page
    page.locator('[name="tieu_chuan-0-so_hieu"]').focus()
    page.evaluate(PASTE, "Tên gọi tiêu chuẩn\tSố hiệu\nCà phê bột\tTCVN 1\nCà phê hạt\tTCVN 2\n")
    expect(page.locator('[name="tieu_chuan-1-ten_goi"]')).to_have_value("Cà phê hạt")
    table = page.locator('[data-mc-table="tieu_chuan"]')
    table.get_by_role("button", name="Nhân bản dòng").first.click()
    expect(page.locator('[name="tieu_chuan-1-so_hieu"]')).to_have_value("TCVN 1")
    table.get_by_role("button", name="Chuyển dòng xuống").nth(1).click()
    expect(page.locator('[name="tieu_chuan-1-so_hieu"]')).to_have_value("TCVN 2")
    table.get_by_role("button", name="Xóa dòng").nth(0).click()
    expect(page.locator('[name="tieu_chuan-2-so_hieu"]')).to_have_count(0)
    an.wait_until_saved()
    assert kept(an) == ["TCVN 2", "TCVN 1"]

    table.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator('[name="tieu_chuan-2-so_hieu"]')).to_have_value("TCVN 1")
    an.wait_until_saved()
    assert kept(an) == ["TCVN 1", "TCVN 2", "TCVN 1"]


def test_rows_typed_without_a_connection_are_sent_when_it_is_back(an):
    page = an.page
    page.context.set_offline(True)
    page.locator('[name="tieu_chuan-0-so_hieu"]').fill("TCVN 9")
    expect(page.get_by_text("Kết nối bị gián đoạn").first).to_be_visible()
    assert kept(an) == []

    page.context.set_offline(False)
    expect(page.locator("[data-mc-saved-text]")).to_contain_text("Đã lưu lúc")
    assert kept(an) == ["TCVN 9"]


def test_a_photo_among_the_questions_and_a_day_that_was_typed_are_kept(product, visit, people):
    an = Citizen(visit(), product, next(people))
    page = an.page
    an.log_in()
    an.begin("2.002379")
    page.goto(page.url.replace("nguoi-nop", "to-khai"))
    page.get_by_label("Cấp mới chứng chỉ").check()
    an.upload("anh_3x4")
    page.reload()
    expect(an.card("anh_3x4").get_by_role("link", name="anh_3x4.pdf")).to_be_visible()

    page.goto(page.url.replace("to-khai", "giay-to"))
    an.upload("phieu_kham_suc_khoe")
    card = an.card("phieu_kham_suc_khoe")
    card.get_by_label("Ngày cấp").fill("01/03/2020")
    an.go_on()  # without pressing "Lưu ngày"
    expect(card).to_contain_text("được cấp quá 6 tháng")
    page.reload()
    expect(card.get_by_label("Ngày cấp")).to_have_value("01/03/2020")

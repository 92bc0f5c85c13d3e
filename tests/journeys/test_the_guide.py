"""The guide, from the registration to the returned result, as people see it in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.citizen import NAME, NUMBER, Citizen, answers, downloaded, somebody
from tests.journeys.officer import Officer, settle

pytestmark = pytest.mark.journey


def test_the_guide_from_the_registration_to_the_returned_result(product, visit):
    an = Citizen(visit(), product, somebody("Nguyễn Thị Ánh"))
    page, email = an.page, an.person.email

    # Bước 1: Đăng ký tài khoản. Bước 2: Đăng nhập
    an.register()
    an.log_out()
    an.log_in()

    # Tra cứu thủ tục, without diacritics, and "Nộp trực tuyến"
    page.goto("/")
    page.get_by_label("Nhập tên, mã thủ tục hoặc từ khóa").fill("cong bo hop chuan tu danh gia")
    page.get_by_role("button", name="Tìm kiếm", exact=True).click()
    page.get_by_role("link", name=NAME, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(NUMBER)
    page.get_by_role("button", name="Nộp trực tuyến").first.click()
    page.get_by_role("button", name="Bắt đầu kê khai").click()

    # Thông tin người nộp, taken over from the account; the form, the papers, how to receive, the fee
    expect(an.heading("Thông tin người nộp")).to_be_visible()
    assert an.shown("submitter-email") == email
    assert an.shown("submitter-address") == an.person.address
    an.file_everything(answers())
    expect(page.get_by_role("main")).to_contain_text("150.000 đồng")
    expect(page.get_by_role("main")).to_contain_text("Cà phê rang xay nguyên chất")

    # Mã xác nhận, Nộp hồ sơ
    an.confirm()
    code = an.submit()
    secret = page.locator(".mc-secret").inner_text()
    mail = product.mail(email, f"Đã nhận hồ sơ {code}")
    assert secret in mail["text"]
    assert product.attachment(mail).startswith(b"%PDF-")

    # Bước 3: Thanh toán trực tuyến: a wrong OTP, then money, reported twice by the bank
    page.get_by_role("button", name="Thanh toán 150.000 đồng").click()
    an.go_to_gateway()
    an.pay("Nhập sai OTP")
    expect(page.get_by_text("Lần thanh toán gần nhất không thành công")).to_be_visible()
    an.go_to_gateway("Thanh toán lại")
    an.pay("Thông báo gửi hai lần")
    expect(page.get_by_role("heading", name="Thanh toán thành công")).to_be_visible()
    expect(page.get_by_role("button", name="Tải biên lai (PDF)")).to_be_visible()
    assert downloaded(page, page.get_by_role("button", name="Tải biên lai (PDF)")).startswith(b"%PDF-")
    receipt = product.mail(email, f"Biên lai điện tử của hồ sơ {code}")
    assert product.attachment(receipt).startswith(b"%PDF-")
    charge = "charge_id = (SELECT id FROM payments_charge WHERE reference = %s)"
    assert product.rows(f"SELECT status FROM payments_payment WHERE {charge} ORDER BY id", code) == [
        ("failed",),
        ("paid",),
    ]

    # Một cửa: accepted, assigned, appraised, approved, numbered, handed over
    binh = Officer(visit(), "Cán bộ tiếp nhận").log_in().open(code)
    binh.press("Tiếp nhận", f"Đã tiếp nhận hồ sơ {code}. Hẹn trả kết quả:")
    slip = product.mail(email, f"Hồ sơ {code} đã được tiếp nhận")
    assert product.attachment(slip).startswith(b"%PDF-")
    settle(visit, code)
    yen = Officer(visit(), "Cán bộ trả kết quả").log_in().open(code)
    yen.press("Trả kết quả", f"Đã trả kết quả của hồ sơ {code}.")

    # The citizen sees the result, downloads it, and says how it was
    product.mail(email, f"Đã trả kết quả hồ sơ {code}")
    page.goto("/ho-so/")
    page.get_by_role("link", name=NAME).first.click()
    expect(page.get_by_text("Hồ sơ đã có kết quả")).to_be_visible()
    result = downloaded(page, page.get_by_role("button", name="Tải kết quả (PDF)"))
    assert result.startswith(b"%PDF-")
    assert product.attachment(product.mail(email, f"Hồ sơ {code} đã có kết quả")) == result
    page.get_by_role("button", name="Đánh giá mức độ hài lòng").click()
    page.locator('[name="score"]').last.check()
    page.get_by_role("button", name="Gửi đánh giá").click()
    expect(page.get_by_text("Đánh giá của Ông/Bà")).to_be_visible()

    # Anybody with code and secret sees how it stands, without a login and without personal data
    stranger = visit()
    stranger.goto("/tra-cuu-ho-so/")
    stranger.get_by_label("Mã hồ sơ").fill(code)
    stranger.get_by_label("Mã tra cứu").fill(secret)
    stranger.get_by_role("main").get_by_role("button", name="Tra cứu").click()
    expect(stranger.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    expect(stranger.get_by_role("main")).to_contain_text(re.compile("đã trả kết quả", re.IGNORECASE))
    assert an.person.name not in stranger.content()
    assert email not in stranger.content()

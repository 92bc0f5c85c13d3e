"""Everything goes wrong that can: at the end nothing typed or attached is missing, and there is one dossier."""

import hashlib

import pytest
from playwright.sync_api import expect

from tests.journeys.citizen import NAME, PAPERS, Citizen, answers, as_upload, pdf
from tests.journeys.officer import Officer

pytestmark = pytest.mark.journey
TELEPHONE = {"width": 360, "height": 740}
EXPIRED = "Phiên làm việc đã hết"
CUT = "Kết nối bị gián đoạn"


def assert_one_complete_dossier(product, person, given) -> None:
    """One dossier of this person, with every answer and every file, byte by byte."""
    ((pk, stored),) = product.rows(
        "SELECT d.id, d.answers FROM dossiers_dossier d JOIN accounts_user u ON u.id = d.applicant_id"
        " WHERE u.username = %s",
        person.citizen_number,
    )
    stored["tieu_chuan"] = [
        {key: text for key, text in row.items() if text and key != "_id"} for row in stored["tieu_chuan"]
    ]
    assert {key: stored.get(key) for key in given} == given
    files = product.rows(
        "SELECT d.component_id, f.sha256 FROM dossiers_document d JOIN foundation_storedfile f ON f.id = d.file_id"
        " WHERE d.dossier_id = %s AND d.supplement_id IS NULL",
        pk,
    )
    assert sorted(files) == sorted((paper, hashlib.sha256(pdf(paper)).hexdigest()) for paper in PAPERS)
    subject = f"dossier:{pk}"
    about = "FROM foundation_event WHERE subject = %s AND type = 'dossier.submitted'"
    assert product.one(f"SELECT count(*) {about}", subject) == 1
    assert product.one("SELECT count(*) FROM payments_charge WHERE subject = %s", subject) == 1


def log_in_again(an: Citizen) -> None:
    """In a tab of its own, as the page advises."""
    with an.page.expect_popup() as opened:
        an.page.get_by_role("link", name="Đăng nhập lại ở trang mới").first.click()
    other = Citizen(opened.value, an.product, an.person)
    other.type_login()
    other.page.close()


def test_with_a_telephone_on_a_bad_line(product, visit, people):
    an = Citizen(visit(viewport=TELEPHONE), product, next(people))
    page, context, given = an.page, an.page.context, answers()
    half = dict(list(given.items())[:12])
    rest = {key: value for key, value in given.items() if key not in half}
    an.log_in()
    an.begin()
    an.answer("submitter-phone", "0912345678")
    page.reload()  # before the page had time to save
    expect(page.locator('[name="submitter-phone"]')).to_have_value("0912345678")
    an.wait_until_saved()
    an.go_on()

    # The line is cut while she types, and when she wants to go on.
    expect(an.heading("Tờ khai")).to_be_visible()
    an.fill_form(half)
    context.set_offline(True)
    an.fill_form(rest)
    expect(page.get_by_text(CUT)).to_be_visible()
    an.go_on()
    expect(an.heading("Tờ khai")).to_be_visible()
    context.set_offline(False)
    an.wait_until_saved()
    assert an.missing_answers(given) == {}
    page.reload()
    assert an.missing_answers(given) == {}

    # Her login ends while she types; she goes back and forth.
    context.clear_cookies(name="sessionid")
    given["nhan_hieu"] = "Đăk Hà – Măng Đen"
    an.answer("nhan_hieu", given["nhan_hieu"])
    expect(page.get_by_text(EXPIRED)).to_be_visible()
    log_in_again(an)
    an.go_on()
    expect(an.heading("Thành phần hồ sơ")).to_be_visible()
    page.go_back()
    expect(an.heading("Tờ khai")).to_be_visible()
    assert an.missing_answers(given) == {}
    page.go_forward()

    # Uploads: the line is cut, the file is empty, the login has ended.
    first, second, *others = PAPERS
    context.set_offline(True)
    an.file_input(first).set_input_files([as_upload(first)])
    expect(page.get_by_text(f"{CUT} khi tải tệp {first}.pdf")).to_be_visible()
    context.set_offline(False)  # and it goes on by itself
    expect(an.card(first).get_by_role("link", name=f"{first}.pdf")).to_be_visible()
    an.file_input(second).set_input_files(
        [{"name": "trong.pdf", "mimeType": "application/pdf", "buffer": b""}]
    )
    expect(an.card(second)).to_contain_text("không đọc được hoặc không có nội dung")
    context.clear_cookies(name="sessionid")
    an.file_input(second).set_input_files([as_upload(second)])
    expect(an.card(second)).to_contain_text(EXPIRED)
    log_in_again(an)
    page.get_by_role("button", name="Thử lại").click()
    expect(an.card(second).get_by_role("link", name=f"{second}.pdf")).to_be_visible()
    for component in others:
        an.upload(component)
    an.go_on()
    page.get_by_label("Nhận bản điện tử").check()
    an.go_on()
    expect(an.heading("Phí, lệ phí")).to_be_visible()
    an.go_on()

    # A wrong code; two tabs; a double click.
    expect(an.heading("Kiểm tra và nộp hồ sơ")).to_be_visible()
    other = Citizen(context.new_page(), product, an.person)
    other.page.goto(page.url)
    other.confirm()
    an.confirm(code="00000" if an.confirmation_code() != "00000" else "11111")
    page.get_by_role("button", name="Nộp hồ sơ", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("Mã xác nhận không đúng hoặc đã hết hiệu lực.")
    assert page.get_by_label("Tôi xin cam đoan").is_checked()
    an.confirm()
    page.get_by_role("button", name="Nộp hồ sơ", exact=True).last.dblclick()
    code = an.submitted_code()
    assert other.submit() == code
    other.page.close()
    assert_one_complete_dossier(product, an.person, given)

    # The bank says nothing: the page says not to pay again, and settles by itself.
    page.get_by_role("button", name="Thanh toán 150.000 đồng").click()
    an.go_to_gateway()
    an.pay("Không gửi thông báo")
    expect(page.get_by_text("Vui lòng không thanh toán lại.").first).to_be_visible()
    expect(page.get_by_role("button", name="Thanh toán trực tuyến")).to_be_hidden()
    expect(page.get_by_role("heading", name="Thanh toán thành công")).to_be_visible(timeout=45_000)

    # The officer asks for one paper again and for a word about the form; the line is bad again.
    binh = Officer(visit(), "Cán bộ tiếp nhận").log_in().open(code)
    binh.page.get_by_role("link", name="Yêu cầu bổ sung").click()
    binh.page.get_by_label("Quy trình sản xuất", exact=True).check()
    binh.page.locator('[name="reason-giay-quy_trinh_san_xuat"]').fill("Bản chụp thiếu trang 2")
    binh.press("Yêu cầu bổ sung", f"Đã gửi yêu cầu bổ sung hồ sơ {code}.")
    mail = product.mail(an.person.email, f"Hồ sơ {code} cần bổ sung")
    assert "Bản chụp thiếu trang 2" in mail["text"]
    page.goto("/ho-so/")
    page.get_by_role("button", name=f"Bổ sung hồ sơ {code}").click()
    page.get_by_label("Ghi chú gửi cơ quan").fill("Đã chụp lại đủ 03 trang.")
    page.locator("input[type=file]").set_input_files([as_upload("quy_trinh_du_trang")])
    page.get_by_role("button", name="Lưu và gửi sau").click()
    expect(page.get_by_role("link", name="quy_trinh_du_trang.pdf")).to_be_visible()
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Gửi bổ sung").click()
    an.type_login()
    expect(page.get_by_label("Ghi chú gửi cơ quan")).to_have_value("Đã chụp lại đủ 03 trang.")
    expect(page.get_by_role("link", name="quy_trinh_du_trang.pdf")).to_be_visible()
    page.get_by_role("button", name="Gửi bổ sung").click()
    expect(page.get_by_role("heading", level=1, name=NAME)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("quy_trinh_du_trang.pdf")
    product.mail(an.person.email, f"Đã nhận bổ sung của hồ sơ {code}")

    assert_one_complete_dossier(product, an.person, given)
    binh.open(code)
    expect(binh.page.get_by_role("main")).to_contain_text("quy_trinh_du_trang.pdf")
    expect(binh.page.get_by_role("main")).to_contain_text("quy_trinh_san_xuat.pdf")


def test_without_scripts(product, visit, people):
    an = Citizen(visit(java_script_enabled=False, viewport=TELEPHONE), product, next(people))
    page, given = an.page, answers()
    given["tieu_chuan"] = [*given["tieu_chuan"], {"so_hieu": "TCVN 9702:2013", "ten_goi": "Cà phê rang"}]
    an.log_in()
    an.begin()
    an.go_on()
    expect(an.heading("Tờ khai")).to_be_visible()
    asked_later = {"ngay_ky_bao_cao": given["ngay_ky_bao_cao"]}  # once "tự đánh giá" is chosen
    one_row = {"tieu_chuan": given["tieu_chuan"][:1]}
    an.fill_form({key: value for key, value in (given | one_row).items() if key not in asked_later})
    page.get_by_role("button", name="Thêm dòng").click()
    an.fill_form(asked_later | {"tieu_chuan": given["tieu_chuan"]})
    assert an.missing_answers(given) == {}

    page.context.clear_cookies(name="sessionid")
    an.go_on()
    an.type_login()
    expect(an.heading("Tờ khai")).to_be_visible()
    assert an.missing_answers(given) == {}
    an.go_on()

    expect(an.heading("Thành phần hồ sơ")).to_be_visible()
    for component in PAPERS:  # chosen, and sent all at once
        an.file_input(component).set_input_files([as_upload(component)])
    an.go_on()
    expect(an.heading("Hình thức nhận kết quả")).to_be_visible()
    an.go_on()
    expect(page.get_by_role("alert")).to_contain_text("Vui lòng chọn hình thức nhận kết quả.")
    page.get_by_label("Nhận qua dịch vụ bưu chính công ích").check()
    an.go_on()
    expect(an.heading("Phí, lệ phí")).to_be_visible()
    an.go_on()
    expect(an.heading("Kiểm tra và nộp hồ sơ")).to_be_visible()
    an.confirm()
    an.submit()

    assert_one_complete_dossier(product, an.person, given)

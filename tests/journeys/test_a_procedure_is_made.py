"""A procedure that the portal does not know is typed in, tried, published and filed: by pages alone, no file is touched."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.citizen import Citizen, Person
from tests.journeys.conftest import Visit
from tests.journeys.pages import ADMINISTRATOR, as_role
from tests.product import Product

pytestmark = pytest.mark.journey

CONTROLLER = "Cán bộ kiểm soát thủ tục hành chính"
NAME = "Cấp Thẻ giám định viên sở hữu công nghiệp"
REASON = "Lý do đề nghị cấp thẻ"
LOST, FIRST = "Thẻ bị mất, bị hỏng", "Cấp lần đầu"


class Editor:
    """An administrator before the editor: every key is found by the words beside it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, part: str) -> None:
        """One of the parts listed at the left."""
        parts = self.page.get_by_role("navigation", name="Các phần của thủ tục")
        parts.get_by_role("link", name=re.compile(rf"^{re.escape(part)}\s*\d*$")).click()
        expect(self.page.get_by_role("heading", level=1, name=part, exact=True)).to_be_visible()

    def write(self, *texts: tuple[str, str]) -> None:
        """(label, text) of the inputs of this page."""
        for label, text in texts:
            self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, *choices: tuple[str, str]) -> None:
        for label, option in choices:
            self.page.get_by_label(label, exact=True).select_option(label=option)

    def tick(self, group: str, choice: str) -> None:
        self.page.get_by_role("group", name=group).get_by_label(choice, exact=True).check()

    def add(self, within: str) -> None:
        """One more item of a list."""
        self.page.locator(f"#{within}").get_by_role("button", name="Thêm mục").last.click()

    def row(self, name: str, number: int) -> Locator:
        return self.page.get_by_role("group", name=f"{name}: mục {number}", exact=True)

    def ask(self, kind: str, label: str) -> None:
        """One more question of this type in the section or the table that is shown."""
        types = self.page.locator("details.mc-editor-types")
        if types.get_attribute("open") is None:
            types.locator("summary").click()
        types.get_by_role("button", name=re.compile(f"^{re.escape(kind)}")).click()
        self.page.get_by_label("Câu hỏi", exact=True).fill(label)

    def only_when(self, question: str, answer: str) -> None:
        self.page.get_by_text("Chọn điều kiện từ danh sách").first.click()
        self.page.get_by_label("Câu hỏi và câu trả lời").select_option(label=f"{question}: {answer}")
        self.page.get_by_role("button", name="Thêm điều kiện này").click()
        expect(self.page.get_by_text(f"Khi «{question}» là «{answer}».")).to_be_visible()

    def save(self) -> None:
        self.page.get_by_role("button", name="Lưu", exact=True).last.click()
        expect(self.page.get_by_text("Đã lưu.", exact=True)).to_be_visible()

    def back(self) -> None:
        self.page.get_by_role("link", name="Về danh sách").click()


def type_the_record(editor: Editor) -> None:
    page = editor.page
    editor.write(("Mô tả ngắn", "Dành cho cá nhân hành nghề giám định sở hữu công nghiệp."))
    editor.choose(("Loại thủ tục", "Thủ tục do luật định"), ("Cấp thực hiện", "Cấp tỉnh"))
    editor.tick("Đối tượng thực hiện", "Công dân Việt Nam")
    editor.save()

    editor.open("Cơ quan")
    editor.tick("Cơ quan thực hiện", "Sở Khoa học và Công nghệ tỉnh Kon Tum")
    editor.choose(("Nơi tiếp nhận", "Trung tâm Phục vụ hành chính công tỉnh Kon Tum"))
    editor.save()

    editor.open("Cách thức, thời hạn")
    editor.write(("Trình tự thực hiện", "Nộp hồ sơ.\nSở Khoa học và Công nghệ thẩm định.\nNhận thẻ."))
    for number, channel in enumerate(("Trực tuyến", "Trực tiếp"), 1):
        editor.add("channels")
        row = editor.row("Cách thức và thời hạn", number)
        row.get_by_label(channel, exact=True).check()
        row.get_by_label("Số lượng", exact=True).fill("20")
        row.get_by_label("Đơn vị thời gian", exact=True).select_option(label="ngày làm việc")
    editor.save()

    editor.open("Kết quả")
    editor.add("results")
    editor.write(("Tên kết quả", "Thẻ giám định viên sở hữu công nghiệp"))
    editor.choose(("Loại kết quả", "Giấy chứng nhận, chứng chỉ"))
    editor.save()

    editor.open("Căn cứ pháp lý")
    editor.add("legal_basis")
    editor.write(
        ("Số, ký hiệu", "65/2023/NĐ-CP"),
        ("Trích yếu", "Nghị định quy định chi tiết một số điều của Luật Sở hữu trí tuệ"),
    )
    editor.save()

    editor.open("Chưa xác minh")
    for mark in ("Mã thủ tục", "Quyết định công bố"):
        page.get_by_label(re.compile(f"^{mark}")).first.check()
    editor.save()


def type_the_form(editor: Editor) -> None:
    """Two sections: a reason with a question that only one of its answers asks for, and a table."""
    page = editor.page
    editor.open("Tờ khai")
    editor.add("sections")
    editor.write(("Tên phần", "Nội dung đề nghị"))
    editor.ask("Chọn một", REASON)
    for number, option in enumerate((FIRST, LOST), 1):
        editor.add("options")
        text = editor.row("Các lựa chọn", number).get_by_label("Nội dung lựa chọn")
        expect(text).to_be_focused()
        text.fill(option)
    page.get_by_label("Bắt buộc trả lời").check()
    editor.save()
    editor.back()
    editor.ask("Một dòng chữ", "Số thẻ đã cấp")
    editor.only_when(REASON, LOST)
    editor.back()
    editor.open("Tờ khai")

    editor.add("sections")
    editor.write(("Tên phần", "Kinh nghiệm"))
    editor.ask("Bảng", "Quá trình công tác")
    editor.ask("Một dòng chữ", "Nơi công tác")
    editor.save()
    editor.back()
    editor.ask("Năm", "Từ năm")
    editor.save()


def type_papers_fee_process(editor: Editor) -> None:
    page = editor.page
    editor.open("Thành phần hồ sơ")
    editor.add("components")
    editor.write(("Tên giấy tờ", "Tờ khai yêu cầu cấp thẻ"))
    page.get_by_label("Hệ thống lập từ tờ khai").check()
    editor.save()
    editor.back()
    editor.add("components")
    editor.write(("Tên giấy tờ", "Thẻ đã cấp"))
    editor.only_when(REASON, LOST)

    editor.open("Phí, lệ phí")
    editor.add("lines")
    editor.write(("Tên khoản thu", "Phí thẩm định"), ("Mức thu cố định (đồng)", "250.000"))
    editor.save()
    editor.back()
    editor.write(
        ("Số tài khoản", "3511.0.1234567"),
        ("Nơi mở tài khoản", "Kho bạc Nhà nước khu vực XV"),
        ("Chủ tài khoản", "Sở Khoa học và Công nghệ tỉnh Kon Tum"),
    )
    editor.save()

    editor.open("Quy trình")
    for act, hours in (
        ("Phân công thụ lý", "8"),
        ("Thẩm định hồ sơ", "104"),
        ("Phê duyệt kết quả", "24"),
        ("Cấp số, đóng dấu", "8"),
        ("Trả kết quả", "8"),
    ):  # each added step is the next usual one, and the one before leads to it
        editor.add("steps")
        expect(page.get_by_role("heading", level=1, name=act)).to_be_visible()
        editor.write(("Số giờ làm việc", hours))
        editor.save()
        editor.back()
    expect(editor.page.get_by_role("link", name="Tất cả lỗi", exact=True)).to_be_visible()  # and no number beside it


def make_an_example(editor: Editor) -> None:
    """A dossier tried in the preview, and kept: it runs again at each change."""
    editor.open("Tờ khai")
    preview = editor.page.frame_locator("iframe[name=xem-truoc-khung]")
    preview.get_by_label(LOST).check()
    preview.get_by_label("Số thẻ đã cấp").fill("GĐ-0123")
    preview.get_by_label("Nơi công tác").fill("Trường Đại học Đà Nẵng")
    preview.get_by_label("Từ năm").fill("2015")
    expect(preview.get_by_text("Thẻ đã cấp", exact=True)).to_be_visible()
    preview.get_by_label("Giữ các câu trả lời trên làm ví dụ kiểm thử").fill("Thẻ bị mất")
    preview.get_by_role("button", name="Lưu làm ví dụ").click()
    expect(editor.page.get_by_text("Đúng", exact=True)).to_be_visible()


def rehearse_and_propose(editor: Editor) -> None:
    page = editor.page
    page.get_by_role("link", name="Về trang thủ tục").click()
    page.get_by_role("link", name="Chạy thử trên hồ sơ đã có").click()
    page.get_by_role("button", name="Chạy thử", exact=True).click()
    done = page.get_by_role("heading", name="Bản nháp đang mở")
    for _second in range(30):
        if done.is_visible():
            break
        page.wait_for_timeout(1000)
        page.get_by_role("link", name="Tải lại trang").click()
    expect(done).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Về trang thủ tục").click()
    page.get_by_role("button", name="Đề nghị công bố").click()
    expect(page.get_by_role("heading", name="Thủ tục mới")).to_be_visible()
    page.get_by_label("Lý do, căn cứ").fill("Thủ tục được công bố bổ sung.")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_text("Đã gửi đề nghị.")).to_be_visible()


def approve(page: Page, number: str) -> None:
    """The second person finds it in the list of what waits, reads it, and approves."""
    page.goto("/quan-tri/thu-tuc/")
    page.get_by_label("Tình trạng").select_option(label="Chờ duyệt")
    page.get_by_role("button", name="Lọc").click()
    page.get_by_role("link", name=number, exact=True).click()
    page.get_by_role("button", name="Xem và duyệt").click()
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.get_by_text("Đã duyệt và công bố phiên bản 1.")).to_be_visible()


def file(citizen: Citizen) -> str:
    """Found by the words that people use; filed with the paper that the answers ask for."""
    page = citizen.page
    page.goto("/thu-tuc/?q=the+giam+dinh+vien")
    page.get_by_role("link", name=NAME).first.click()
    page.get_by_role("button", name="Nộp trực tuyến").first.click()
    page.get_by_role("button", name=re.compile("Bắt đầu")).click()
    citizen.go_on()
    page.get_by_label(LOST).check()
    page.get_by_label("Số thẻ đã cấp").fill("GĐ-0123")
    page.get_by_label("Nơi công tác").fill("Trường Đại học Đà Nẵng")
    page.get_by_label("Từ năm").fill("2015")
    citizen.go_on()
    expect(citizen.heading("Thành phần hồ sơ")).to_be_visible()
    citizen.upload("the_da_cap")
    citizen.go_on()
    page.get_by_label("Nhận bản điện tử").check()
    citizen.go_on()
    expect(page.get_by_role("main")).to_contain_text("250.000 đồng")
    citizen.go_on()
    citizen.confirm()
    return citizen.submit()


def test_a_procedure_is_typed_in_tried_published_and_filed(visit: Visit, product: Product, people: Iterator[Person]) -> None:
    number = f"9.{datetime.now().microsecond:06}"
    administrator = visit()
    as_role(ADMINISTRATOR)(administrator)
    administrator.goto("/quan-tri/thu-tuc/")
    administrator.get_by_role("button", name="Thêm thủ tục").click()
    administrator.get_by_label("Mã số thủ tục").fill(number)
    administrator.get_by_label("Tên thủ tục").fill(NAME)
    administrator.get_by_label("Lĩnh vực", exact=True).select_option(label="Sở hữu trí tuệ")
    administrator.get_by_role("button", name="Bắt đầu soạn").click()

    editor = Editor(administrator)
    type_the_record(editor)
    type_the_form(editor)
    type_papers_fee_process(editor)
    make_an_example(editor)
    rehearse_and_propose(editor)

    # Not alone: who proposed is told to wait for another; and nobody sees it before.
    administrator.get_by_role("button", name="Xem và duyệt").click()
    expect(administrator.get_by_text("cần cán bộ khác duyệt")).to_be_visible()
    assert visit().goto(f"/thu-tuc/{number}/").status == 404  # type: ignore[union-attr]
    controller = visit()
    as_role(CONTROLLER)(controller)
    approve(controller, number)

    citizen = Citizen(visit(), product, next(people))
    citizen.log_in()
    code = file(citizen)
    citizen.page.get_by_role("button", name="Thanh toán 250.000 đồng").click()
    citizen.go_to_gateway()
    citizen.pay("Thanh toán thành công")
    expect(citizen.page.get_by_role("heading", name="Thanh toán thành công")).to_be_visible()
    stored = product.one(
        "SELECT answers ->> 'so_the_da_cap' FROM dossiers_dossier WHERE code = %s", code
    )
    assert stored == "GĐ-0123"

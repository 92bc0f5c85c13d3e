"""A citizen before a browser: what the guide tells her to do, done by what she reads on the page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from playwright.sync_api import Locator, Page, expect

from motcua.foundation.time import HANOI
from tests.answers import example_answers
from tests.cast import PASSWORD, PDF
from tests.product import Product

NUMBER = "2.001207"
NAME = "Đăng ký công bố hợp chuẩn dựa trên kết quả tự đánh giá của tổ chức, cá nhân sản xuất, kinh doanh"
PAPERS = [
    "giay_to_phap_ly",
    "tieu_chuan_cong_bo",
    "quy_trinh_san_xuat",
    "ke_hoach_kiem_soat_chat_luong",
    "ke_hoach_giam_sat",
    "bao_cao_danh_gia",
    "phieu_ket_qua_thu_nghiem",
]
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    citizen_number: str
    email: str
    phone: str = "0905123456"
    address: str = "12 Trần Phú, phường Kon Tum, tỉnh Kon Tum"
    password: str = PASSWORD


def somebody(name: str = "Nguyễn Thị Ánh") -> Person:
    """A person whom the portal does not know yet."""
    number = f"062190{datetime.now().microsecond % 1000:03}{next(_numbers):03}"
    return Person(name, number, f"cd{number}@example.vn")


def answers() -> dict[str, Any]:
    """Answers that fit today: their days lie a little before it."""
    today = datetime.now(HANOI).date()
    days = {"ngay_ky_bao_cao": 12, "ngay_phieu_thu_nghiem": 33, "ngay_lap": 6}
    return example_answers(NUMBER) | {
        field: (today - timedelta(days=ago)).isoformat() for field, ago in days.items()
    }


def pdf(name: str) -> bytes:
    """A PDF that differs from every other by its name."""
    return PDF + name.encode()


def as_upload(name: str, content: bytes | None = None) -> dict[str, Any]:
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": content or pdf(name)}


@dataclass
class Citizen:
    page: Page
    product: Product
    person: Person

    # Account --------------------------------------------------------------------------------------------------

    def register(self) -> None:
        page, person = self.page, self.person
        page.goto("/")
        page.get_by_role("link", name="Đăng ký", exact=True).first.click()
        page.get_by_label("Họ và tên").fill(person.name)
        page.get_by_label("Số định danh cá nhân").fill(person.citizen_number)
        page.get_by_label("Số điện thoại").fill(person.phone)
        page.get_by_label("Nơi thường trú").fill(person.address)
        page.get_by_label("Thư điện tử").fill(person.email)
        page.get_by_label("Mật khẩu", exact=True).fill(person.password)
        page.get_by_label("Nhập lại mật khẩu").fill(person.password)
        page.get_by_role("main").get_by_role("button", name="Đăng ký").click()
        expect(page.get_by_role("heading", name="Xác minh thư điện tử")).to_be_visible()
        mail = self.product.mail(person.email, "Mã xác minh")
        found = re.search(r"\b\d{8}\b", mail["text"])
        assert found, mail["text"]
        page.get_by_label("Mã xác minh").fill(found[0])
        page.get_by_role("button", name="Xác minh", exact=True).click()
        expect(page.get_by_role("heading", name="Xác minh thư điện tử")).to_be_hidden()

    def log_out(self) -> None:
        self.page.goto("/")
        self.page.context.clear_cookies(name="sessionid")

    def log_in(self) -> None:
        self.page.goto("/")
        self.page.get_by_role("link", name="Đăng nhập", exact=True).first.click()
        self.type_login()

    def type_login(self) -> None:
        page = self.page
        page.get_by_label("Tên đăng nhập").fill(self.person.citizen_number)
        page.get_by_label("Mật khẩu", exact=True).fill(self.person.password)
        page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("heading", name="Đăng nhập", exact=True)).to_be_hidden()

    # The filing -----------------------------------------------------------------------------------------------

    def begin(self, number: str = NUMBER) -> None:
        self.page.goto(f"/thu-tuc/{number}/nop/")
        self.page.get_by_role("button", name=re.compile("Bắt đầu")).click()
        expect(self.heading("Thông tin người nộp")).to_be_visible()

    def heading(self, text: str) -> Locator:
        return self.page.get_by_role("heading", level=1, name=text, exact=True)

    def go_on(self) -> None:
        self.page.get_by_role("button", name="Tiếp tục", exact=True).last.click()

    def answer(self, name: str, value: Any) -> None:
        """Type or choose one answer as the page asks for it."""
        if isinstance(value, list):
            for place, row in enumerate(value):
                for column, part in row.items():
                    self.answer(f"{name}-{place}-{column}", part)
            return
        field = self.page.locator(f'[name="{name}"]')
        text = (
            {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else as_typed(value)
        )
        if field.first.get_attribute("type") == "radio":
            self.page.locator(f'[name="{name}"][value="{text}"]').check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)

    def fill_form(self, given: Mapping[str, Any]) -> None:
        for name, value in given.items():
            self.answer(name, value)

    def shown(self, name: str) -> str:
        """What stands in a field of the page."""
        field = self.page.locator(f'[name="{name}"]')
        if field.first.get_attribute("type") != "radio":
            return field.input_value()
        chosen = self.page.locator(f'[name="{name}"]:checked')
        return chosen.get_attribute("value") or "" if chosen.count() else ""

    def missing_answers(self, given: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        """The fields of the page that do not show what was given: {field: (shown, given)}."""
        expected: dict[str, str] = {}
        for name, value in given.items():
            if isinstance(value, list):
                cells = (
                    (f"{name}-{at}-{key}", part) for at, row in enumerate(value) for key, part in row.items()
                )
                expected |= {cell: as_typed(part) for cell, part in cells}
            else:
                expected[name] = (
                    {True: "yes", False: "no"}[value] if isinstance(value, bool) else as_typed(value)
                )
        return {name: (seen, text) for name, text in expected.items() if (seen := self.shown(name)) != text}

    def wait_until_saved(self) -> None:
        expect(self.page.locator("[data-mc-saved]")).to_contain_text("Đã lưu lúc")

    def file_input(self, component: str) -> Locator:
        return self.page.locator(f'input[type=file][name="file-{component}"]')

    def card(self, component: str) -> Locator:
        return self.page.locator(f'[data-mc-component="{component}"]')

    def upload(self, component: str) -> None:
        self.file_input(component).set_input_files([as_upload(component)])
        expect(self.card(component).get_by_role("link", name=f"{component}.pdf")).to_be_visible()

    def confirmation_code(self) -> str:
        return self.product.code_of(self.page.locator('[name="code_key"]').input_value())

    def file_everything(self, given: Mapping[str, Any]) -> None:
        """All steps from the first to the check of all answers."""
        self.go_on()
        expect(self.heading("Tờ khai")).to_be_visible()
        self.fill_form(given)
        self.go_on()
        expect(self.heading("Thành phần hồ sơ")).to_be_visible()
        for component in PAPERS:
            self.upload(component)
        self.go_on()
        self.page.get_by_label("Nhận bản điện tử").check()
        self.go_on()
        expect(self.heading("Phí, lệ phí")).to_be_visible()
        self.go_on()
        expect(self.heading("Kiểm tra và nộp hồ sơ")).to_be_visible()

    def confirm(self, code: str = "") -> None:
        """Tick the commitment and type the code of the picture, or another one."""
        self.page.get_by_label("Tôi xin cam đoan").check()
        self.page.get_by_label("Mã xác nhận").fill(code or self.confirmation_code())

    def submit(self) -> str:
        """Press the button; the code that the dossier got."""
        self.page.get_by_role("button", name="Nộp hồ sơ", exact=True).last.click()
        return self.submitted_code()

    def submitted_code(self) -> str:
        expect(self.page.get_by_role("heading", name="Hồ sơ đã được nộp thành công")).to_be_visible()
        code: str = self.page.locator(".mc-panel__figure").inner_text().strip()
        assert re.fullmatch(r"H34\.\d+-\d{6}-\d{4,}", code), code
        return code

    # Paying ---------------------------------------------------------------------------------------------------

    def go_to_gateway(self, button: str = "Thanh toán trực tuyến") -> None:
        self.page.get_by_role("button", name=button).click()
        expect(self.page.get_by_role("heading", name="Xác nhận thanh toán")).to_be_visible()

    def pay(self, how: str) -> None:
        """Choose how the payment ends on the gateway's page; the browser comes back by itself."""
        self.page.get_by_role("button", name=how).click()
        self.page.wait_for_url(f"{self.product.base_url}/**")


def as_typed(value: Any) -> str:
    """An answer as a person types it: days as dd/MM/yyyy."""
    text = str(value)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    return text


def downloaded(page: Page, link: Locator) -> bytes:
    """The content behind a link, fetched as the person who is logged in."""
    address = link.get_attribute("href")
    assert address
    answer = page.request.get(address)
    assert answer.ok, f"{answer.status} {address}"
    return answer.body()

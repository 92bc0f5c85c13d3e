"""An officer before a browser: opens a dossier from the inbox, presses the button of the step."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from motcua.demo.accounts import ACCOUNTS, PIN

_BY_ROLE = {account.role: account for account in ACCOUNTS}


@dataclass
class Officer:
    page: Page
    role: str

    @property
    def name(self) -> str:
        return _BY_ROLE[self.role].name

    def log_in(self) -> "Officer":
        account, page = _BY_ROLE[self.role], self.page
        page.goto("/can-bo/")
        page.get_by_label("Tên đăng nhập").fill(account.login)
        page.get_by_label("Mật khẩu", exact=True).fill(account.password)
        page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("heading", name="Hộp việc")).to_be_visible()
        return self

    def open(self, code: str) -> "Officer":
        """A whole code in the search of the inbox opens its dossier at once."""
        page = self.page
        page.goto("/can-bo/")
        page.get_by_role("searchbox", name="Tìm hồ sơ").fill(code)
        page.get_by_role("searchbox", name="Tìm hồ sơ").press("Enter")
        expect(page.get_by_role("heading", level=1, name=code)).to_be_visible()
        return self

    def write(self, label: str, text: str) -> "Officer":
        self.page.get_by_label(label).fill(text)
        return self

    def choose(self, label: str) -> "Officer":
        self.page.get_by_label(label).check()
        return self

    def press(self, button: str, told: str) -> None:
        """Press a button of the dossier's bar; `told` is what the page says afterwards."""
        bar = self.page.get_by_role("group", name="Thao tác với hồ sơ")
        bar.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_text(told)).to_be_visible()


def settle(visit, code: str, *, opinion: str = "Hồ sơ đầy đủ, hợp lệ.") -> None:
    """What the agency does from the assignment to the number on the result."""

    def officer(role: str) -> Officer:
        return Officer(visit(), role).log_in().open(code)

    appraiser = _BY_ROLE["Chuyên viên thụ lý"].name
    officer("Lãnh đạo phòng").choose(appraiser).press(
        "Phân công", f"Đã phân công hồ sơ {code} cho {appraiser}."
    )
    chi = officer("Chuyên viên thụ lý").write("Ý kiến thẩm định", opinion)
    chi.press("Đạt, trình phê duyệt", f"Đã chuyển hồ sơ {code} sang bước tiếp theo.")
    dung = officer("Lãnh đạo cơ quan").write("Mã PIN", PIN)
    dung.press("Ký số, phê duyệt", f"Đã ký số và phê duyệt kết quả của hồ sơ {code}.")
    officer("Văn thư").write("Mã PIN", PIN).press("Cấp số, ban hành", "Đã ban hành kết quả số")

"""The main pages of the product by who sees them, with something on them to see."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from motcua.demo.accounts import ACCOUNTS
from tests.cast import PASSWORD
from tests.journeys.citizen import NUMBER
from tests.product import Product

RECEIVER, APPRAISER = "Cán bộ tiếp nhận", "Chuyên viên thụ lý"
LEADER, ADMINISTRATOR = "Lãnh đạo cơ quan", "Quản trị hệ thống"
CONTROLLER = "Cán bộ kiểm soát thủ tục hành chính"


@dataclass(frozen=True, slots=True)
class Shown:
    """One page: a short name, its address."""

    name: str
    address: str


def log_in(page: Page, login: str, password: str) -> None:
    page.goto("/tai-khoan/dang-nhap/")
    page.locator('[name="login"]').fill(login)
    page.locator('[name="password"]').fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/dang-nhap/" not in address)


def as_role(role: str) -> Callable[[Page], None]:
    account = next(account for account in ACCOUNTS if account.role == role)
    return lambda page: log_in(page, account.login, account.password)


def as_citizen(login: str) -> Callable[[Page], None]:
    return lambda page: log_in(page, login, PASSWORD)


def nobody(page: Page) -> None:
    """Stay a stranger."""


Role = tuple[Callable[[Page], None], list[Shown]]


def all_pages(product: Product) -> dict[str, Role]:
    """Who sees which pages: how one becomes that role, and the pages."""
    (filed,) = product.prepare("payments", accounts=1)
    (drafting,) = product.prepare("drafts", accounts=1)
    draft = f"/nop-ho-so/{drafting['drafts'][0]}"
    dossier = f"/ho-so/{filed['public_id']}"
    desk = f"/can-bo/ho-so/{filed['dossier']}"
    article = product.rows("SELECT slug FROM content_article ORDER BY id LIMIT 1")
    return {
        "stranger": (
            nobody,
            [
                Shown("trang-chu", "/"),
                Shown("tra-cuu-thu-tuc", "/thu-tuc/?q=cong+bo+hop+chuan"),
                Shown("khong-tim-thay", "/thu-tuc/?q=xyzzy+qwert"),
                Shown("thu-tuc", f"/thu-tuc/{NUMBER}/"),
                Shown("in-thu-tuc", f"/thu-tuc/{NUMBER}/in/"),
                Shown("chon-thu-tuc", "/nop-ho-so/"),
                Shown("dang-ky", "/tai-khoan/dang-ky/"),
                Shown("dang-ky-to-chuc", "/tai-khoan/dang-ky/to-chuc/"),
                Shown("dang-nhap", "/tai-khoan/dang-nhap/"),
                Shown("quen-mat-khau", "/tai-khoan/quen-mat-khau/"),
                Shown("du-lieu-ca-nhan", "/tai-khoan/du-lieu-ca-nhan/"),
                Shown("tra-cuu-ho-so", "/tra-cuu-ho-so/"),
                Shown("kiem-tra-giay-to", "/kiem-tra-giay-to/"),
                Shown("cac-huong-dan", "/huong-dan/"),
                *[Shown("huong-dan", f"/huong-dan/{slug}/") for (slug,) in article],
                Shown("thong-ke", "/thong-ke/"),
                Shown("khong-co-trang", "/khong-co-trang-nay/"),
            ],
        ),
        "filer": (
            as_citizen(drafting["login"]),
            [
                Shown("bat-dau", f"/thu-tuc/{NUMBER}/nop/"),
                Shown("nguoi-nop", f"{draft}/nguoi-nop/"),
                Shown("to-khai", f"{draft}/to-khai/"),
                Shown("giay-to", f"{draft}/giay-to/"),
                Shown("nhan-ket-qua", f"{draft}/nhan-ket-qua/"),
                Shown("le-phi", f"{draft}/le-phi/"),
                Shown("kiem-tra", f"{draft}/kiem-tra/"),
            ],
        ),
        "citizen": (
            as_citizen(filed["login"]),
            [
                Shown("da-nop", f"/nop-ho-so/{filed['public_id']}/da-nop/"),
                Shown("ho-so-cua-toi", "/ho-so/"),
                Shown("ho-so", f"{dossier}/"),
                Shown("rut-ho-so", f"{dossier}/rut/"),
                Shown("cac-khoan-thu", "/thanh-toan/"),
                Shown("thanh-toan", f"/thanh-toan/{filed['charge']}/"),
                Shown("tai-khoan", "/tai-khoan/thong-tin/"),
                Shown("doi-mat-khau", "/tai-khoan/doi-mat-khau/"),
            ],
        ),
        "receiver": (
            as_role(RECEIVER),
            [
                Shown("hop-viec", "/can-bo/"),
                Shown("ho-so-can-bo", f"{desk}/"),
                Shown("yeu-cau-bo-sung", f"{desk}/yeu-cau-bo-sung/"),
                Shown("tu-choi", f"{desk}/tu-choi/"),
                Shown("tong-hop", "/can-bo/tong-hop/"),
                Shown("thu-phi", "/can-bo/thu-phi/"),
            ],
        ),
        "appraiser": (as_role(APPRAISER), [Shown("viec-tham-dinh", "/can-bo/")]),
        "leader": (
            as_role(LEADER),
            [Shown("viec-lanh-dao", "/can-bo/"), Shown("so-lieu", "/can-bo/tong-hop/")],
        ),
        "administrator": (
            as_role(ADMINISTRATOR),
            [
                Shown("quan-tri", "/quan-tri/"),
                Shown("tu-dong-nghia", "/quan-tri/tu-dong-nghia/"),
                Shown("danh-muc", "/quan-tri/thu-tuc/"),
                Shown("mot-thu-tuc", f"/quan-tri/thu-tuc/{NUMBER}/"),
                Shown("dia-phuong", "/quan-tri/dia-phuong/"),
                Shown("co-quan", "/quan-tri/co-quan/"),
                Shown("can-bo", "/quan-tri/can-bo/"),
                Shown("lich", "/quan-tri/lich/"),
                Shown(
                    "mot-lich",
                    f"/quan-tri/lich/{product.rows('SELECT min(id) FROM agencies_workingcalendar')[0][0]}/",
                ),
                Shown("quan-tri-huong-dan", "/quan-tri/huong-dan/"),
                Shown("viet-huong-dan", "/quan-tri/huong-dan/viet/"),
                Shown("that-bai", "/quan-tri/that-bai/"),
            ],
        ),
    }

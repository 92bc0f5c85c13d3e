"""The English texts: complete, true to the Vietnamese ones of the code, and shown to those who ask only."""

import io
import re
import runpy
from datetime import datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from motcua.dossiers import notices, operations
from motcua.foundation import shown
from motcua.foundation.time import HANOI
from motcua.foundation.vietnamese import in_vietnamese
from motcua.papers.models import Paper
from motcua.ui import views
from tests.cast import MONDAY_9AM, pay_everything

TEXTS: dict[str, Any] = runpy.run_path(str(Path(settings.ROOT) / "tools" / "texts"))
RUN = "Run tools/texts, write the empty translations in {po}, and run it again."
PLACEHOLDER = re.compile(r"%%\{\w+\}|%\(\w+\)[a-z]|%[a-z]")
VIETNAMESE_WORDS = (
    "Thủ tục", "hồ sơ", "Hồ sơ", "Tra cứu", "Thanh toán", "Hướng dẫn", "Đăng nhập", "Đăng ký", "Trang chủ",
    "Vui lòng", "Ông/Bà", "Tìm", "Danh mục", "Thống kê", "Liên hệ", "Mật khẩu", "Cỡ chữ", "Bước",
)  # fmt: skip


@pytest.fixture(scope="module")
def english() -> Catalog:
    return TEXTS["written"]()


def said(message: Message) -> list[str]:
    return [str(one) for one in (message.string if message.pluralizable else [message.string])]


def asked(message: Message) -> list[str]:
    return [str(one) for one in (message.id if message.pluralizable else [message.id])]


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def test_every_text_of_the_code_is_in_the_catalogue_and_no_other():
    in_code = {(message.context, *asked(message)) for message in messages(TEXTS["in_the_code"]())}
    in_po = {(message.context, *asked(message)) for message in messages(TEXTS["written"]())}
    how = RUN.format(po=TEXTS["PO"].relative_to(settings.ROOT))
    assert sorted(map(str, in_code - in_po)) == [], f"New texts. {how}"
    assert sorted(map(str, in_po - in_code)) == [], f"Texts that have left the code. {how}"


def test_every_text_has_english_words(english):
    empty = TEXTS["untranslated"](english)
    assert empty == [], RUN.format(po=TEXTS["PO"].relative_to(settings.ROOT))
    assert [message.id for message in messages(english) if message.fuzzy] == []


def test_the_files_are_as_the_tool_writes_them():
    texts = TEXTS["updated"]()
    assert TEXTS["PO"].read_bytes() == TEXTS["po_of"](texts), "Run tools/texts."
    assert TEXTS["MO"].read_bytes() == TEXTS["mo_of"](texts), "Run tools/texts."


def test_translations_keep_the_placeholders(english):
    def held(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text))

    differ = [
        (message.id, text)
        for message in messages(english)
        for text in said(message)
        if text and held(text) != held(asked(message)[0])
    ]
    assert differ == []


def test_translations_begin_and_end_like_the_original(english):
    """Spaces at the edges join two texts; a full stop makes a sentence."""

    def edges(text: str) -> tuple[str, ...]:
        return re.fullmatch(r"(\s*).*?([.:]?)(\s*)", text, re.DOTALL).groups()

    differ = []
    for message in messages(english):
        original = asked(message)[0]
        for text in said(message):
            if text and edges(original) != edges(text):
                differ.append((original, text))
    assert differ == []


def test_a_placeholder_is_found():
    assert PLACEHOLDER.findall("Trang %(page)s/%(pages)s, %%{count} tệp, %s") == [
        "%(page)s",
        "%(pages)s",
        "%%{count}",
        "%s",
    ]


# -- which language a page is in ---------------------------------------------------------------------------


def reader(language: str = "") -> Client:
    client = Client()
    if language:
        client.cookies = SimpleCookie({settings.LANGUAGE_COOKIE_NAME: language})
    return client


PUBLIC = [
    "/",
    "/thu-tuc/",
    "/huong-dan/",
    "/thong-ke/",
    "/tra-cuu-ho-so/",
    "/kiem-tra-giay-to/",
    "/tai-khoan/dang-nhap/",
    "/tai-khoan/dang-ky/",
    "/khong-co-trang-nay/",
]


def test_a_text_within_an_f_string_is_found():
    code = """a = f"<b>{_('Xóa')}</b>"; b = ngettext("%(n)s giờ", "%(n)s giờ", n); c = _(f"{a}")"""

    found = TEXTS["in_python"](io.BytesIO(code.encode()), TEXTS["KEYWORDS"], (), {})
    assert {(name, texts) for _line, name, texts, _comments in found} == {
        ("_", ("Xóa",)),
        ("ngettext", ("%(n)s giờ", "%(n)s giờ", None)),
        ("_", (None,)),
    }


@pytest.mark.parametrize("address", PUBLIC)
def test_an_english_page_speaks_no_vietnamese_besides_its_data(place, address):
    page = reader("en").get(address)

    text = page.content.decode()
    assert '<html lang="en"' in text
    assert page.headers["Content-Language"] == "en"
    words = re.sub(
        r"<[^>]*>", " ", re.sub(r"<(script|style).*?</\1>|>\s*Tiếng Việt\s*<", "", text, flags=re.S)
    )
    for data in ("Cổng Dịch vụ công tỉnh Kon Tum", place.hotlines[0]["label"]):
        words = words.replace(data, "")
    assert [word for word in VIETNAMESE_WORDS if word in words] == []


@pytest.mark.parametrize("accepted", ["en", "en-GB,en;q=0.9", "fr", "vi;q=0.1,en"])
def test_a_page_is_vietnamese_whatever_the_browser_prefers(place, accepted):
    page = reader().get("/tra-cuu-ho-so/", headers={"Accept-Language": accepted})

    assert '<html lang="vi"' in page.content.decode()
    assert "Tra cứu hồ sơ" in page.content.decode()
    assert page.headers["Content-Language"] == "vi"


def test_a_language_that_nobody_speaks_here_is_vietnamese(place):
    assert '<html lang="vi"' in reader("xx").get("/tra-cuu-ho-so/").content.decode()


def test_pages_are_kept_apart_by_their_readers_choice(place):
    page = reader().get("/tra-cuu-ho-so/")

    assert "Cookie" in page.headers["Vary"]
    assert "Accept-Language" not in page.headers["Vary"]


def test_one_changes_the_language_and_back_without_scripts(place):
    client = reader()
    there = client.get("/tra-cuu-ho-so/").content.decode()
    assert 'name="ngon-ngu" value="en" lang="en"' in there

    answer = client.get("/hien-thi/", {"ve": "/tra-cuu-ho-so/", "ngon-ngu": "en"}, follow=True)

    assert answer.redirect_chain == [("/tra-cuu-ho-so/", 302)]
    assert "Look up a dossier" in answer.content.decode()
    assert 'name="ngon-ngu" value="vi" lang="vi">Tiếng Việt' in answer.content.decode()
    answer = client.get("/hien-thi/", {"ve": "/tra-cuu-ho-so/", "ngon-ngu": "vi"}, follow=True)
    assert "Tra cứu hồ sơ" in answer.content.decode()


@pytest.mark.parametrize("wished", ["xx", "", "en; path=/"])
def test_an_unknown_language_is_not_kept(rf, wished):
    answer = views.display(rf.get("/hien-thi/", {"ngon-ngu": wished, "ve": "//evil.example/"}))

    assert not answer.cookies
    assert answer["Location"] == "/"


def test_a_broken_page_is_in_its_readers_language(rf):
    with translation.override("en"):
        page = views.server_error(rf.get("/")).content.decode()
    assert '<html lang="en"' in page
    assert "Something went wrong" in page


def test_the_next_request_of_a_thread_does_not_inherit_the_language(place):
    reader("en").get("/tra-cuu-ho-so/")

    assert translation.get_language() == "vi"


# -- what stays Vietnamese ---------------------------------------------------------------------------------


def test_what_is_written_on_papers_is_vietnamese_for_every_officer():
    @in_vietnamese
    def on_paper() -> str:
        return str(_("Đúng hạn"))

    with translation.override("en"):
        assert on_paper() == "Đúng hạn"
        assert str(_("Đúng hạn")) == "On time"


def test_what_an_officer_who_reads_english_asks_for_is_named_in_vietnamese(submitted):
    with translation.override("en"):
        assert notices.items_of(submitted)[-1].name.startswith("Tờ khai: ")


def test_an_officer_who_reads_english_issues_vietnamese_papers(submitted, binh, as_actor):
    pay_everything(submitted)
    with translation.override("en"):
        operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM)
        paper = Paper.objects.get(kind="acceptance_slip")
        assert paper.title_shown == "Acceptance slip with the deadline of the result"

    assert paper.title == "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    assert paper.data["time_limit"] == "05 ngày làm việc"
    assert paper.data["receiver"]["title"] == "Người tiếp nhận hồ sơ"


def test_weekdays_are_in_the_language_of_the_page():
    at = datetime(2026, 11, 24, 9, 15, tzinfo=HANOI)

    assert shown.moment(at) == "09:15, thứ Ba 24/11/2026"
    with translation.override("en"):
        assert shown.moment(at) == "09:15, Tuesday 24/11/2026"

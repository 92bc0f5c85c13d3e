"""Articles and synonyms, written by administrators."""

from datetime import date

import pytest

from motcua.console import forms
from motcua.content.models import Article
from motcua.foundation.actor import Actor
from motcua.foundation.time import now
from motcua.procedures import operations as procedures
from motcua.procedures.models import Synonym
from tests.cast import MONDAY_9AM

SYSTEM = Actor.system("test")
ARTICLE = {
    "title": "Cách nộp hồ sơ trực tuyến",
    "slug": "",
    "summary": "Từ tìm đến nhận.",
    "body": "## Chuẩn bị\n\n**Giấy tờ** <script>alert(1)</script>",
    "position": "10",
    "published_on": "24/11/2026",
}


@pytest.fixture
def red_book(db):
    return procedures.set_synonym(
        term="sổ đỏ", replacements=["giấy chứng nhận quyền sử dụng đất"], actor=SYSTEM, at=MONDAY_9AM
    )


def test_an_article_is_written_and_its_title_makes_its_address(console):
    assert console.post("/quan-tri/huong-dan/viet/", ARTICLE).status_code == 302

    article = Article.objects.get()
    assert article.slug == "cach-nop-ho-so-truc-tuyen"
    assert article.published_on == date(2026, 11, 24)
    assert "Cách nộp hồ sơ trực tuyến" in console.get("/quan-tri/huong-dan/").text


def test_a_preview_shows_the_text_and_keeps_nothing(console):
    page = console.post("/quan-tri/huong-dan/viet/", ARTICLE | {"preview": "1"})

    assert page.status_code == 200
    assert "<strong>Giấy tờ</strong> &lt;script&gt;" in page.text
    assert 'value="24/11/2026"' in page.text
    assert not Article.objects.exists()


def test_a_mistake_keeps_what_was_typed(console):
    page = console.post("/quan-tri/huong-dan/viet/", ARTICLE | {"published_on": "31/02/2026", "title": " "})

    assert page.status_code == 422
    assert 'value="31/02/2026"' in page.text
    assert "## Chuẩn bị" in page.text
    assert not Article.objects.exists()


def test_an_address_in_use_is_not_overwritten_but_changing_the_article_keeps_it(console):
    console.post("/quan-tri/huong-dan/viet/", ARTICLE)
    again = console.post("/quan-tri/huong-dan/viet/", ARTICLE | {"body": "Khác"})
    assert again.status_code == 422

    article = Article.objects.get()
    console.post(f"/quan-tri/huong-dan/{article.pk}/", ARTICLE | {"title": "Tên mới", "published_on": ""})
    article.refresh_from_db()
    assert (article.title, article.slug, article.published_on) == (
        "Tên mới",
        "cach-nop-ho-so-truc-tuyen",
        None,
    )


def test_a_synonym_is_added_from_what_was_not_found(console):
    procedures.note_missed_query(text="hộ chiếu xanh", at=now())
    assert "ho chieu xanh" in console.get("/quan-tri/tu-dong-nghia/").text
    assert 'value="ho chieu xanh"' in console.get("/quan-tri/tu-dong-nghia/them/?tu=ho+chieu+xanh").text

    typed = {"term": "hộ chiếu xanh", "replacements": "hộ chiếu phổ thông\r\n\r\nhộ chiếu"}
    assert console.post("/quan-tri/tu-dong-nghia/them/", typed).status_code == 302
    assert Synonym.objects.get().replacements == ["hộ chiếu phổ thông", "hộ chiếu"]
    assert "ho chieu xanh" not in console.get("/quan-tri/tu-dong-nghia/").text  # no longer lacking


def test_what_was_not_found_goes_on_from_page_to_page(console):
    for number in range(60):
        procedures.note_missed_query(text=f"từ lạ {number:02}", at=now())
    address = "/quan-tri/tu-dong-nghia/tim-khong-thay/"
    first = console.get(address).text
    assert "tu la 49" in first and "tu la 50" not in first and "trang=2" in first
    second = console.get(address + "?trang=2").text
    assert "tu la 50" in second and "tu la 59" in second and "trang=3" not in second
    assert "tu la 00" in console.get(address + "?trang=khong").text


def test_adding_a_word_that_is_there_asks_to_change_it(console, red_book):
    page = console.post("/quan-tri/tu-dong-nghia/them/", {"term": "So do", "replacements": "bản đồ"})
    assert page.status_code == 422
    assert 'value="So do"' in page.text
    assert Synonym.objects.get().replacements == red_book.replacements


def test_a_synonym_is_changed_removed_and_searched(console, red_book):
    console.post(f"/quan-tri/tu-dong-nghia/{red_book.pk}/", {"replacements": "sổ hồng"})
    assert "sổ hồng" in console.get("/quan-tri/tu-dong-nghia/?q=SỔ đỏ").text
    assert "sổ hồng" in console.get("/quan-tri/tu-dong-nghia/?q=hồng").text
    assert "sổ hồng" not in console.get("/quan-tri/tu-dong-nghia/?q=hộ chiếu").text

    console.post(f"/quan-tri/tu-dong-nghia/{red_book.pk}/xoa/")
    assert not Synonym.objects.in_use().exists()
    assert console.get(f"/quan-tri/tu-dong-nghia/{red_book.pk}/").status_code == 404


def test_a_synonym_that_says_nothing_is_refused_with_a_sentence(console):
    page = console.post("/quan-tri/tu-dong-nghia/them/", {"term": "sổ đỏ", "replacements": "Sổ đỏ"})
    assert page.status_code == 422
    assert "Vui lòng nhập từ người dân dùng" in page.text


def test_the_emblem_is_chosen_among_those_that_are_there():
    assert "ui/emblem.svg" in forms.emblems()

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from motcua.agencies.models import Place
from motcua.ui.menu import MENU, Entry, menu
from motcua.ui.place import PlaceShown, place_shown

UI = Path(__file__).resolve().parent.parent


@pytest.fixture
def guide(settings, client, db):
    settings.DEMO = True
    return client.get("/giao-dien/").content.decode()


def test_every_component_is_drawn_in_the_guide_with_tags_that_match(guide, parse):
    page = parse(guide)

    assert len(page.ids) == len(set(page.ids))
    assert guide.count("H34.12-261124-") > 200


def test_the_officers_layout_is_drawn(settings, client, db, parse):
    settings.DEMO = True

    assert parse(client.get("/giao-dien/?desk").content.decode()).one("main")["id"] == "main-content"


def test_outside_a_demonstration_there_is_no_guide(settings, client, db):
    settings.DEMO = False

    response = client.get("/giao-dien/")

    assert response.status_code == 404
    assert "Không tìm thấy trang" in response.content.decode()


def test_no_page_carries_style_or_script_of_its_own(guide):
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", guide)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", guide))


def test_no_page_asks_another_host_for_anything(guide):
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', guide)
    for sheet in UI.glob("static/ui/**/*.css"):
        assert not re.findall(r"url\([\"']?(?:https?:)?//", sheet.read_text())


def test_every_file_that_a_stylesheet_names_is_there():
    for sheet in UI.glob("static/ui/**/*.css"):
        for name in re.findall(r"url\([\"']?(?!data:)([^\"')]+)", sheet.read_text()):
            assert (sheet.parent / name).is_file(), name


def test_nothing_of_another_government_is_carried():
    everything = "".join(path.read_text() for path in UI.glob("static/ui/**/*.css"))

    assert "GDS Transport" not in everything
    assert "crest" not in everything
    assert all((folder / "LICENSE").is_file() for folder in (UI / "static/ui/vendor").iterdir())


@pytest.mark.parametrize("name", ["500.html", "400.html"])
def test_a_page_of_last_resort_needs_no_request_and_no_database(name):
    html = get_template(name).render()

    assert "Vui lòng" in html
    assert "Về trang chủ" in html


@pytest.mark.parametrize("name", ["404.html", "403.html", "403_csrf.html", "429.html"])
def test_an_error_page_says_what_to_do_next(name, rf, db, parse):
    request = rf.get("/")
    html = get_template(name).render({}, request)

    assert parse(html).one("main")
    assert "vui lòng" in html


def test_a_form_from_elsewhere_is_refused_in_vietnamese(db, rf, settings):
    from motcua.ui.views import csrf_failure

    response = csrf_failure(rf.post("/"), reason="CSRF cookie not set.")

    assert response.status_code == 403
    assert "CSRF" not in response.content.decode()


def test_the_header_names_the_province_and_its_hotlines(client, db, settings):
    settings.DEMO = True
    Place.objects.create(
        pk=1,
        province_name="Kon Tum",
        province_code="H34",
        hotlines=[{"number": "0260.3797799", "label": "Trung tâm"}],
    )

    html = client.get("/giao-dien/").content.decode()

    assert "Cổng Dịch vụ công tỉnh Kon Tum" in html
    assert "Ủy ban nhân dân tỉnh Kon Tum" in html
    assert 'href="tel:02603797799"' in html


def test_a_new_installation_has_pages_before_it_has_a_province(db):
    assert place_shown() == PlaceShown()


def test_a_city_is_not_called_a_province():
    assert PlaceShown(province_name="thành phố Đà Nẵng").title == "Cổng Dịch vụ công thành phố Đà Nẵng"
    assert PlaceShown(province_name="Kon Tum").title == "Cổng Dịch vụ công tỉnh Kon Tum"
    assert PlaceShown(province_name="Kon Tum", product_name="Một cửa Kon Tum").title == "Một cửa Kon Tum"


def test_the_menu_shows_only_pages_that_exist_and_marks_the_nearest(monkeypatch):
    monkeypatch.setattr("motcua.ui.menu.MENU", [
        Entry("Hiển thị", "ui:display"), Entry("Giao diện", "ui:styleguide"), Entry("Chưa có", "nowhere:page"),
    ])  # fmt: skip

    shown = menu("/giao-dien/nut-bam/")

    assert [str(link.text) for link in shown] == ["Hiển thị", "Giao diện"]
    assert [link.current for link in shown] == [False, True]


def test_the_menu_has_the_words_of_the_field():
    assert [str(entry.text) for entry in MENU] == [
        "Trang chủ", "Thủ tục hành chính", "Nộp hồ sơ trực tuyến", "Tra cứu hồ sơ", "Thanh toán trực tuyến",
        "Hướng dẫn sử dụng", "Phản ánh, kiến nghị", "Hỏi đáp", "Đánh giá mức độ hài lòng", "Thống kê",
    ]  # fmt: skip

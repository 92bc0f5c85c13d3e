"""The library of reasons, kept by those who answer for the catalogue."""

import pytest
from django.core.management import call_command
from django.test import Client

from motcua.dossiers import operations
from motcua.dossiers.models import StandardReason
from motcua.foundation.actor import Actor
from tests.cast import MONDAY_9AM

REASON = {
    "text": "Bản chụp mờ hoặc không đọc được", "basis": "Nghị định 45/2020/NĐ-CP", "use": "supplement", "stage": "intake",
    "about": "paper", "procedure": "", "component_id": "", "agency": "",
}  # fmt: skip


def test_a_reason_is_added_found_changed_and_retired(console, version):
    assert console.post("/quan-tri/ly-do/them/", REASON | {"procedure": "2.001207"}).status_code == 302
    reason = StandardReason.objects.get()
    assert reason.procedure == version.procedure
    for query in ("?q=khong+doc+duoc", "?dung=supplement", "?thu-tuc=2.001207"):
        assert REASON["text"] in console.get(f"/quan-tri/ly-do/{query}").text
    assert REASON["text"] not in console.get("/quan-tri/ly-do/?q=het+han").text
    assert "2.001207" in console.get(f"/quan-tri/ly-do/{reason.pk}/").text
    assert console.post(f"/quan-tri/ly-do/{reason.pk}/", REASON | {"text": "Không đọc được"}).status_code == 302
    reason.refresh_from_db()
    assert (reason.text, reason.procedure) == ("Không đọc được", None)
    console.post(f"/quan-tri/ly-do/{reason.pk}/thoi-dung/")
    assert not StandardReason.objects.active().exists()
    assert console.get(f"/quan-tri/ly-do/{reason.pk}/").status_code == 404


def test_a_retired_reason_is_offered_again_unless_another_took_its_place(console, version):
    console.post("/quan-tri/ly-do/them/", REASON)
    reason = StandardReason.objects.get()
    console.post(f"/quan-tri/ly-do/{reason.pk}/thoi-dung/")
    console.get("/quan-tri/ly-do/")  # reads what it was told
    assert REASON["text"] not in console.get("/quan-tri/ly-do/").text
    retired = console.get("/quan-tri/ly-do/?tinh-trang=thoi-dung").text
    assert REASON["text"] in retired and f"/quan-tri/ly-do/{reason.pk}/dung-lai/" in retired
    console.post(f"/quan-tri/ly-do/{reason.pk}/dung-lai/")
    assert StandardReason.objects.active().get() == reason
    console.post(f"/quan-tri/ly-do/{reason.pk}/thoi-dung/")
    console.post("/quan-tri/ly-do/them/", REASON)
    answer = console.post(f"/quan-tri/ly-do/{reason.pk}/dung-lai/", follow=True)
    assert "đã có trong thư viện" in answer.text
    assert StandardReason.objects.active().count() == 1


def test_both_that_are_empty_are_named(console):
    page = console.post("/quan-tri/ly-do/them/", REASON | {"text": "", "basis": ""}).text
    assert "Vui lòng nhập thông tin: Lý do." in page and "Vui lòng nhập thông tin: Căn cứ pháp lý." in page


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"basis": " "}, {"use": "x"}, {"procedure": "9.999999"}, {"procedure": "2.001207", "component_id": "khong_co"}, {"component_id": "x"}],
)
def test_what_is_lacking_or_unknown_is_said(console, version, wrong):
    assert console.post("/quan-tri/ly-do/them/", REASON | wrong).status_code == 422
    assert not StandardReason.objects.exists()


def test_others_do_not_enter(binh):
    client = Client()
    client.force_login(binh)
    assert client.get("/quan-tri/ly-do/").status_code == 404


def test_the_library_of_the_house_is_read_once(version, capsys):
    call_command("reasons", "import")
    total = StandardReason.objects.count()
    assert total >= 40
    assert {one.use for one in StandardReason.objects.all()} == set(StandardReason.Use.values)
    call_command("reasons", "import")
    assert StandardReason.objects.count() == total


def test_a_page_costs_the_same_with_many(console, province, django_assert_max_num_queries):
    for number in range(60):
        operations.keep_reason(
            use="stop", text=f"Lý do {number}", basis="Nghị định 118/2025/NĐ-CP", agency=province,
            actor=Actor.system("test"), at=MONDAY_9AM,
        )  # fmt: skip
    with django_assert_max_num_queries(12):
        page = console.get("/quan-tri/ly-do/").text
    assert "Trang sau" in page

"""Notes, presence and kin on the page of a dossier."""

import pytest

from motcua.desk.inbox.mentions import mentioned
from motcua.dossiers.models import DossierLink, Note
from motcua.dossiers.operations import notes
from motcua.foundation.time import now


@pytest.fixture
def dossier(file_another):
    return file_another()


@pytest.fixture
def address(dossier):
    return f"/can-bo/ho-so/{dossier.code}/"


def test_a_note_is_written_with_a_name_and_its_reader_is_told_once(as_user, binh, chi, dossier, address, as_actor):
    answer = as_user(binh).post(address + "ghi-chu/", {"text": f"@{chi.full_name} xem giúp mẫu 2."}, follow=True)
    assert "Đã lưu ghi chú nội bộ." in answer.text and "xem giúp mẫu 2." in answer.text
    assert list(mentioned(as_actor(chi))) == [{"note__dossier_id": dossier.pk}]
    first, again = as_user(chi).get(address).text, as_user(chi).get(address).text
    assert "được nhắc đến trong ghi chú" in first and "được nhắc đến trong ghi chú" not in again


def test_without_scripts_a_colleague_is_chosen_from_a_list(as_user, binh, chi, address):
    page = as_user(binh).get(address).text
    assert f'<option value="{chi.pk}">{chi.full_name}</option>' in page
    as_user(binh).post(address + "ghi-chu/", {"text": "Nhờ xem giúp", "mentioned": [chi.pk]})
    assert Note.objects.get().mentions.get().user == chi


@pytest.mark.parametrize("typed", [{"text": ""}, {"text": "x", "mentioned": "abc"}, {"text": "x", "mentioned": "999999"}])
def test_what_makes_no_note_is_said(as_user, binh, address, typed):
    answer = as_user(binh).post(address + "ghi-chu/", typed, follow=True)
    assert answer.status_code == 200
    assert not Note.objects.exists()


def test_a_note_is_shown_as_text(as_user, binh, address):
    as_user(binh).post(address + "ghi-chu/", {"text": "<script>alert(1)</script>"})
    assert "<script>alert" not in as_user(binh).get(address).text


def test_who_else_has_the_page_is_named_and_whether_it_is_his_work(as_user, at_stage, binh, chi):
    address = f"/can-bo/ho-so/{at_stage('appraise').code}/"
    assert "đang mở hồ sơ này" not in as_user(chi).get(address).text
    assert f"{chi.full_name} đang xử lý hồ sơ này." in as_user(binh).get(address).text
    assert f"{binh.full_name} đang mở hồ sơ này." in as_user(chi).post(address + "dang-xem/").text


def test_dossiers_are_linked_and_each_shows_the_other(as_user, binh, file_another, dossier, address):
    other = file_another()
    as_user(binh).post(address + "lien-quan/", {"other": other.code.lower(), "way": "related", "note": "Cùng cơ sở"})
    assert other.code in as_user(binh).get(address).text
    back = as_user(binh).get(f"/can-bo/ho-so/{other.code}/").text
    assert dossier.code in back and "Cùng cơ sở" in back
    as_user(binh).post(address + "lien-quan/", {"other": other.code, "way": "end-related"})
    assert not DossierLink.objects.exists()


def test_a_part_of_a_filing_is_shown_both_ways(as_user, binh, file_another, dossier, address):
    child = file_another()
    as_user(binh).post(address + "lien-quan/", {"other": child.code, "way": "child"})
    assert "Hồ sơ thành phần" in as_user(binh).get(address).text
    assert "Hồ sơ chính của hồ sơ liên thông này" in as_user(binh).get(f"/can-bo/ho-so/{child.code}/").text
    as_user(binh).post(address + "lien-quan/", {"other": child.code, "way": "end-child"})
    child.refresh_from_db()
    assert child.parent_id is None


def test_a_code_that_nobody_may_see_is_not_found(as_user, binh, address):
    answer = as_user(binh).post(address + "lien-quan/", {"other": "H34.99-261122-0001"}, follow=True)
    assert "Không tìm thấy hồ sơ" in answer.text


def test_strangers_and_citizens_find_none_of_it(client, giang, an, address):
    for user in (giang, an):
        client.force_login(user)
        for path in ("ghi-chu/", "dang-xem/", "lien-quan/"):
            assert client.post(address + path, {"text": "x"}).status_code in (403, 404)


def test_notes_cost_the_same_few_queries_however_many(
    binh, chi, dossier, as_actor, django_assert_max_num_queries
):
    from motcua.desk.views.notes import beside

    for number in range(30):
        notes.write_note(
            dossier=dossier, text=f"Ghi chú {number} @{chi.full_name}", actor=as_actor(binh), at=now()
        )
    with django_assert_max_num_queries(9):
        shown = beside(dossier, as_actor(chi), now())
        assert len([[one.user.full_name for one in note.mentions.all()] for note in shown["notes"]]) == 30

"""A dossier as it stood after any of its events."""

import pytest
from django.db import connection

from motcua.foundation.models import Event

pytestmark = pytest.mark.django_db


def address(dossier, event=None):
    return f"/can-bo/ho-so/{dossier.code}/tai-thoi-diem/" + (f"?su-kien={event.pk}" if event else "")


def test_after_each_event_the_dossier_is_shown_as_it_stood_then(at_stage, as_user, chi):
    dossier = at_stage("approve")
    story = list(Event.objects.about(dossier.subject))
    submitted = next(one for one in story if one.type == "dossier.submitted")
    accepted = next(one for one in story if one.type == "dossier.accepted")
    page = as_user(chi)

    before = page.get(address(dossier, submitted)).content.decode()
    then = page.get(address(dossier, accepted)).content.decode()
    last = page.get(address(dossier)).content.decode()

    assert "Mới đăng ký" in before and "Được tiếp nhận" in then and "Đang xử lý" in last
    assert "Khi đó hồ sơ chưa đến bước xử lý nào." in before and "Lịch sử hồ sơ toàn vẹn" in last
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" not in before
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in last


def test_a_row_changed_by_hand_is_told_on_the_page(at_stage, as_user, chi):
    dossier = at_stage("approve")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_dossier SET due_at = due_at + interval '1 day' WHERE id = %s", [dossier.pk])
    assert "Lịch sử hồ sơ không toàn vẹn" in as_user(chi).get(address(dossier)).content.decode()


def test_who_may_not_see_the_dossier_does_not_see_its_past(at_stage, as_user, giang, an):
    dossier = at_stage("approve")
    assert as_user(giang).get(address(dossier)).status_code == 404
    assert as_user(an).get(address(dossier)).status_code == 403


def test_an_event_of_another_dossier_is_not_found(at_stage, as_user, chi):
    one, other = at_stage("approve"), at_stage("approve")
    event = Event.objects.about(other.subject).first()
    assert as_user(chi).get(address(one, event)).status_code == 404

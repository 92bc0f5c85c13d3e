"""Putting a date off and ending a dossier, on the page: each form works, and shows what will become of the fees."""

from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.desk.tests.conftest import NOW
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier, Result
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.papers.models import Credential, Paper
from tests.signers import PIN

REASON = {"reason": "Không đủ điều kiện", "basis": "Điều 9 TT 28/2012"}


def act_of(dossier: Dossier, slug: str) -> str:
    return reverse("desk:act", args=[dossier.code, slug])


def page_of(browser, dossier: Dossier) -> str:
    return browser.get(reverse("desk:dossier", args=[dossier.code])).content.decode()


def now_of(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


@pytest.fixture
def late(at_stage, monkeypatch):
    """A dossier in appraisal on the last day on which an apology comes in time."""
    dossier = at_stage("appraise")
    at = dossier.due_at - timedelta(days=3, hours=8)
    monkeypatch.setattr("motcua.desk.views.dossier.now", lambda: at)
    return dossier


def test_an_appraiser_drafts_an_apology_and_the_leader_signs_it(late, chi, dung, as_user):
    browser = as_user(chi)
    assert "Soạn văn bản xin lỗi" in page_of(browser, late)
    form = browser.get(act_of(late, "soan-xin-loi")).content.decode()
    assert "Thẩm định hồ sơ" in form and "gửi muộn" not in form
    given = {"reason": "chờ xác minh", "late_unit": "Phòng TĐC", "new_due_on": "10/12/2026"}
    assert browser.post(act_of(late, "soan-xin-loi"), given).status_code == 302
    leader = as_user(dung)
    shown = leader.get(act_of(late, "ky-xin-loi")).content.decode()
    assert "chờ xác minh" in shown and "10/12/2026" in shown
    answer = leader.post(act_of(late, "ky-xin-loi"), given | {"new_due_on": "11/12/2026"}, follow=True)
    assert "Hẹn trả mới: 17:00, thứ Sáu 11/12/2026" in answer.content.decode()
    assert now_of(late).due_before_extension == late.due_at
    assert act_of(late, "soan-xin-loi") not in page_of(browser, late)


def test_a_leader_with_a_certificate_signs_the_apology_with_his_pin(late, chi, dung, as_user, certified):
    certified(dung)
    given = {"reason": "chờ xác minh", "late_unit": "", "new_due_on": "10/12/2026"}
    as_user(chi).post(act_of(late, "soan-xin-loi"), given)
    leader = as_user(dung)
    shown = leader.get(act_of(late, "ky-xin-loi")).content.decode()
    assert 'name="pin"' in shown and "Tệp dùng thử" in shown
    given["credential"] = str(Credential.objects.get().pk)
    for pin, words in (("", "Vui lòng nhập mã PIN"), ("999999", "Mã PIN không đúng")):
        answer = leader.post(act_of(late, "ky-xin-loi"), given | {"pin": pin})
        page = answer.content.decode()
        assert answer.status_code == 422 and words in page and "chờ xác minh" in page and "999999" not in page
    answer = leader.post(act_of(late, "ky-xin-loi"), given | {"pin": PIN}, follow=True)
    assert "Hẹn trả mới: 17:00, thứ Năm 10/12/2026" in answer.content.decode()
    paper = Paper.objects.get(kind="apology")
    assert "Hoàng Dũng" in leader.get("/kiem-tra-giay-to/", {"ma": paper.check_code}).content.decode()


def test_a_day_that_is_no_day_is_asked_for_again(late, chi, as_user):
    given = {"reason": "x", "late_unit": "", "new_due_on": "40/12/2026"}
    answer = as_user(chi).post(act_of(late, "soan-xin-loi"), given)
    assert answer.status_code == 422
    assert "40/12/2026" in answer.content.decode()


def test_long_before_the_date_nobody_is_asked_to_put_it_off(at_stage, chi, as_user, monkeypatch):
    dossier = at_stage("appraise")
    monkeypatch.setattr("motcua.desk.views.dossier.now", lambda: dossier.due_at - timedelta(days=7, minutes=1))
    assert "Soạn văn bản xin lỗi" not in page_of(as_user(chi), dossier)


def test_the_leader_reads_what_becomes_of_the_fee_before_he_stops(at_stage, dung, as_user):
    dossier = at_stage("appraise")
    browser = as_user(dung)
    assert "150.000 đồng đã nộp được hoàn trả" in browser.get(act_of(dossier, "dung")).content.decode()
    assert browser.post(act_of(dossier, "dung"), {"reason": "Trùng", "basis": ""}).status_code == 422
    assert browser.post(act_of(dossier, "dung"), REASON).status_code == 302
    assert now_of(dossier).state == State.STOPPED
    assert Paper.objects.filter(kind__in=["stop_notice", "refund_notice"]).count() == 2


def test_what_the_clock_proposed_stands_in_the_leaders_form(at_stage, dung, as_actor, ha, as_user):
    dossier = at_stage("appraise")
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    operations.ask_supplement(
        dossier=dossier, items=items, basis="TT 28/2012", note="", actor=as_actor(ha), at=NOW
    )
    operations.propose_overdue_ends(actor=Actor.system("propose_ends"), at=NOW + timedelta(days=60))
    form = as_user(dung).get(act_of(dossier, "dung")).content.decode()
    assert "Quá thời hạn bổ sung" in form and "TT 28/2012" in form
    browser = as_user(dung)
    assert browser.post(act_of(dossier, "khong-dung"), {"reason": "Chờ thêm một tuần"}).status_code == 302
    assert not dossier.end_proposals.open().exists()


def test_an_appraiser_finds_somebody_not_eligible_and_the_leader_sees_why(at_stage, chi, dung, as_user):
    dossier = at_stage("appraise")
    browser = as_user(chi)
    form = browser.get(act_of(dossier, "khong-du-dieu-kien")).content.decode()
    assert "Đạt, trình phê duyệt" not in form.partition('class="desk-bar"')[2].partition("</div>")[0]
    task = dossier.tasks.open().get()
    given = REASON | {"note": "Không đạt.", "advice": "", "seen": task.pk}
    assert browser.post(act_of(dossier, "khong-du-dieu-kien"), given | {"basis": ""}).status_code == 422
    assert browser.post(act_of(dossier, "khong-du-dieu-kien"), given).status_code == 302
    assert Result.objects.get(dossier=dossier).kind == Result.Kind.NOT_ELIGIBLE
    shown = page_of(as_user(dung), dossier)
    assert "hồ sơ không đủ điều kiện" in shown and REASON["reason"] in shown

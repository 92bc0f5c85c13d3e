"""Pages of working together: what is passed on, who is away, slips, phrases, questions to other units."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from motcua.agencies.models import Absence, Role
from motcua.desk.tests.conftest import NOW
from motcua.desk.tests.test_acts import act_of, page_of, press
from motcua.dossiers import operations
from motcua.dossiers.models import Consultation, Dossier, Phrase
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI, now


def text_of(answer) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def khoi(hire, department):
    return hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)


def test_a_step_is_forwarded_and_called_back_on_the_page(at_stage, chi, khoi, as_user):
    dossier, browser = at_stage("appraise"), as_user(chi)
    form = text_of(browser.get(act_of(dossier, "chuyen-nguoi-khac")))
    assert "Võ Minh Khôi" in form
    assert press(browser, dossier, "chuyen-nguoi-khac", assignee=khoi.pk, note="Bận họp").status_code == 302
    page = text_of(browser.get(page_of(dossier)))
    assert "Thu hồi" in page
    assert press(browser, dossier, "thu-hoi", note="").status_code == 302
    assert dossier.tasks.open().get().assignee == chi


def test_the_head_reassigns_and_the_appraiser_is_not_asked_twice(at_stage, ha, chi, khoi, as_user):
    dossier, browser = at_stage("appraise"), as_user(ha)
    assert "Giao lại cho người khác" in text_of(browser.get(page_of(dossier)))
    assert press(browser, dossier, "giao-lai", assignee=khoi.pk).status_code == 302
    assert dossier.tasks.open().get().assignee == khoi


def test_other_units_are_asked_from_the_page_of_the_dossier(at_stage, chi, giang, as_user):
    dossier, browser = at_stage("appraise"), as_user(chi)
    unit = giang.offices.first().agency
    form = text_of(browser.get(act_of(dossier, "lay-y-kien")))
    assert "Sở Xây dựng" in form
    answer = press(browser, dossier, "lay-y-kien", **{"unit-0": unit.pk, "question-0": "", "hours-0": 8})
    assert answer.status_code == 422
    assert "Vui lòng nêu nội dung xin ý kiến." in text_of(answer)
    given = {"unit-0": unit.pk, "question-0": "Có vướng quy hoạch không?", "hours-0": 8, "required-0": "yes"}
    assert press(browser, dossier, "lay-y-kien", **given).status_code == 302
    asked = Consultation.objects.get()
    assert (asked.agency, asked.required) == (unit, True)
    assert "Chưa có ý kiến của: Sở Xây dựng" in text_of(browser.get(page_of(dossier)))


def test_a_deputy_sees_the_absent_officers_work_and_is_named_with_both_names(at_stage, chi, khoi, as_user):
    dossier = at_stage("appraise")
    today = now().astimezone(HANOI).date()
    browser = as_user(chi)
    given = {"deputy": khoi.pk, "first_day": f"{today:%d/%m/%Y}", "last_day": f"{today:%d/%m/%Y}", "note": "Ốm"}
    assert browser.post(reverse("desk:absence"), given).status_code == 302
    deputy = as_user(khoi)
    assert "làm thay Phạm Thị Chi" in text_of(deputy.get(reverse("desk:absence")))
    assert dossier.code in text_of(deputy.get("/can-bo/"))
    assert press(deputy, dossier, "tham-dinh", outcome="dat", note="Hồ sơ đạt").status_code == 302
    event = Event.objects.about(dossier.subject).get(type="dossier.appraised")
    assert event.actor_name == "Võ Minh Khôi (thay Phạm Thị Chi)"
    absence = Absence.objects.get()
    assert browser.post(reverse("desk:absence_end", args=[absence.pk])).status_code == 302
    assert not Absence.objects.current(now() + timedelta(seconds=1)).exists()


def test_days_that_make_no_sense_come_back_with_what_was_typed(chi, khoi, as_user):
    given = {"deputy": khoi.pk, "first_day": "31/02/2027", "last_day": "", "note": "Nghỉ phép năm"}
    answer = as_user(chi).post(reverse("desk:absence"), given)
    assert answer.status_code == 422
    assert "Nghỉ phép năm" in text_of(answer)
    assert not Absence.objects.exists()


def test_a_day_of_an_absence_that_is_missing_is_named(as_user, chi):
    told = text_of(as_user(chi).post(reverse("desk:absence"), {}))
    assert "Vui lòng chọn người làm thay." in told
    assert f'<option value="{chi.pk}"' not in told  # nobody stands in for himself
    assert "Vui lòng nhập ngày bắt đầu vắng mặt." in told
    assert "Vui lòng nhập ngày cuối vắng mặt." in told


def test_a_phrase_is_kept_and_stands_below_the_field(at_stage, chi, as_user):
    browser = as_user(chi)
    answer = browser.post(reverse("desk:phrases"), {"title": "Đạt", "text": "Hồ sơ đầy đủ, hợp lệ.", "agency": ""})
    assert answer.status_code == 302
    page = text_of(browser.get(page_of(at_stage("appraise"))))
    assert re.search(r"data-desk-phrase>Hồ sơ đầy đủ, hợp lệ\.<", page)
    phrase = Phrase.objects.get()
    changed = {"title": "Đạt yêu cầu", "text": "Đạt.", "agency": ""}
    assert browser.post(reverse("desk:phrase", args=[phrase.pk]), changed).status_code == 302
    assert "Đạt yêu cầu" in text_of(browser.get(reverse("desk:phrases")))
    assert browser.post(reverse("desk:phrase_remove", args=[phrase.pk])).status_code == 302
    assert not Phrase.objects.exists()


def test_a_phrase_of_somebody_else_is_nowhere(chi, khoi, as_user):
    as_user(chi).post(reverse("desk:phrases"), {"title": "Riêng", "text": "Của tôi", "agency": ""})
    phrase = Phrase.objects.get()
    assert as_user(khoi).get(reverse("desk:phrase", args=[phrase.pk])).status_code == 404
    assert "Riêng" not in text_of(as_user(khoi).get(reverse("desk:phrases")))


def test_a_slip_is_confirmed_by_the_other_side_with_what_is_missing(
    at_stage, binh, ha, giang, centre, department, as_user, as_actor
):
    dossiers, online = [at_stage("accepted"), at_stage("accepted")], at_stage("accepted")
    Dossier.objects.filter(pk__in=[one.pk for one in dossiers]).update(channel="in_person")  # their papers lie there
    browser = as_user(binh)
    assert online.code not in text_of(browser.get(reverse("desk:handover_gather")))  # it has no papers to hand over
    offered = text_of(browser.get(reverse("desk:handover_gather")))
    assert all(one.code in offered for one in dossiers) and "Chọn tất cả" in offered and " checked" not in offered
    assert text_of(browser.get(reverse("desk:handover_gather"), {"chon": "tat-ca"})).count(" checked") == 2
    slip = operations.hand_over(
        dossiers=dossiers, giver=centre, taker=department, content="papers", actor=as_actor(binh), at=NOW
    )
    address = reverse("desk:handover", args=[slip.pk])
    assert dossiers[0].code not in text_of(browser.get(reverse("desk:handover_gather")))
    taker = as_user(ha)
    assert "01/PBG" in text_of(taker.get(reverse("desk:handovers")))
    assert "Xác nhận đã nhận" in text_of(taker.get(address))
    line = slip.lines.last()
    assert taker.post(address, {"viec": "nhan", f"thieu-{line.pk}": "bản chính"}).status_code == 302
    page = text_of(browser.get(address))
    assert "Nhận thiếu" in page
    assert "bản chính" in page
    assert taker.get(reverse("desk:handover_paper", args=[slip.pk])).status_code == 200
    assert dossiers[0].readings.filter(purpose="print_papers", actor_name="Lê Thị Hà").exists()
    assert taker.post(address, {"viec": "nhan"}).status_code == 409
    assert "Phiếu bàn giao số 01/PBG" in text_of(browser.get(page_of(dossiers[0])))
    assert as_user(giang).get(address).status_code == 404


@pytest.mark.parametrize("name", ["handovers", "absence", "phrases", "bulk"])
def test_the_pages_stand_empty_too_and_cost_little(name, chi, as_user, django_assert_max_num_queries):
    browser = as_user(chi)
    with django_assert_max_num_queries(12):
        assert browser.get(reverse(f"desk:{name}")).status_code == 200

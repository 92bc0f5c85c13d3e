"""Opinions of other units, fees asked for in the middle and the clock that begins with the fee, through the pages."""

from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.agencies.models import Agency, Role
from motcua.desk.tests.conftest import HOUR, OPINION
from motcua.desk.tests.test_acts import act_of, now_of, page_of, press
from motcua.dossiers import operations
from motcua.dossiers.models import Document, Dossier
from motcua.dossiers.states import State
from motcua.dossiers.tests.conftest import changed, step  # noqa: F401 - a fixture
from motcua.foundation.actor import Actor
from motcua.payments.models import Charge
from tests.cast import MONDAY_9AM, complete_draft, pay_everything

QUESTION = "Cơ sở có đủ điều kiện hay không?"


def fee_with_the_result(content):
    for line in content["fees"]["lines"]:
        line["due"] = "before_result"


def consults(number=1, required=True):
    return lambda content: step(content, "appraise").update(
        consults=[
            {"id": f"y_kien_{n}", "unit": "H34.05", "question": QUESTION, "hours": 16, "required": required, "when": "true"}
            for n in range(number)
        ]
    )


@pytest.fixture
def file_it(department, centre, an, officers, giang, as_actor):
    """File a dossier under a version: accepted, and on Chi's table when it is to be."""

    def make(version, *, paid=True, stage="appraise") -> Dossier:
        draft = complete_draft(version, department, centre, an)
        dossier = operations.submit(dossier=draft, actor=as_actor(an), at=MONDAY_9AM)
        if paid:
            pay_everything(dossier)
        if stage == "submitted":
            return dossier
        at = MONDAY_9AM + HOUR
        dossier = operations.accept(dossier=dossier, actor=as_actor(officers["binh"]), at=at)
        return operations.assign(
            dossier=dossier, assignee=officers["chi"], note="", actor=as_actor(officers["ha"]), at=at
        )

    return make


def read(user, dossier, as_user) -> str:
    return as_user(user).get(page_of(dossier)).content.decode()


# Opinions ----------------------------------------------------------------------------------------------------


def test_a_unit_that_is_asked_finds_it_in_its_inbox_answers_and_the_step_goes_on(changed, file_it, chi, giang, as_user):  # noqa: F811
    dossier = file_it(changed(consults()))
    assert "Chưa có ý kiến của: Sở Xây dựng tỉnh Kon Tum" in read(chi, dossier, as_user)
    assert press(as_user(chi), dossier, "tham-dinh", outcome="dat", note=OPINION).status_code == 422
    browser = as_user(giang)
    assert dossier.code in browser.get("/can-bo/").content.decode()
    page = read(giang, dossier, as_user)
    assert QUESTION in page and "Hạn cho ý kiến" in page and "Gửi ý kiến" in page
    asked = dossier.consultations.get()
    answer = browser.post(
        act_of(dossier, "cho-y-kien"), {"outcome": asked.pk, "opinion": "other", "note": "Cần thêm bản vẽ"}, follow=True
    )
    assert "Đã gửi ý kiến về hồ sơ" in answer.content.decode()
    assert dossier.code not in browser.get("/can-bo/").content.decode()
    page = read(chi, dossier, as_user)
    assert "Ý kiến: Cần thêm bản vẽ" in page and "Bùi Văn Giang" in page and "Chưa có ý kiến" not in page
    assert press(as_user(chi), dossier, "tham-dinh", outcome="dat", note=OPINION).status_code == 302


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ({"opinion": ""}, 422, "Vui lòng chọn ý kiến của đơn vị."),
        ({"opinion": "la"}, 422, "Vui lòng chọn ý kiến của đơn vị."),
        ({"opinion": "disagrees", "note": " "}, 422, "Vui lòng nêu nội dung ý kiến."),
        ({"opinion": "agrees", "outcome": "999999"}, 422, "Không tìm thấy nội dung xin ý kiến."),
        ({"opinion": "agrees", "outcome": "x"}, 422, "Không tìm thấy nội dung xin ý kiến."),
    ],
)
def test_an_opinion_that_says_too_little_comes_back_with_what_was_typed(
    changed, file_it, giang, as_user, given, status, told  # noqa: F811
):
    dossier = file_it(changed(consults()))
    given = {"outcome": dossier.consultations.get().pk, "note": "Chữ đã nhập"} | given
    answer = as_user(giang).post(act_of(dossier, "cho-y-kien"), given)
    assert answer.status_code == status
    assert told in answer.content.decode()
    assert not dossier.consultations.answered().exists()


def test_the_second_answer_hears_who_was_faster_and_loses_no_word(changed, file_it, giang, as_actor, as_user):  # noqa: F811
    dossier = file_it(changed(consults()))
    asked = dossier.consultations.get()
    operations.give_opinion(consultation=asked, opinion="agrees", text="", actor=as_actor(giang), at=MONDAY_9AM + HOUR)
    answer = as_user(giang).post(
        act_of(dossier, "cho-y-kien"), {"outcome": asked.pk, "opinion": "disagrees", "note": "Viết rất lâu"}
    )
    assert answer.status_code == 409
    assert "đã cho ý kiến lúc" in answer.content.decode() and "Viết rất lâu" in answer.content.decode()


def test_nobody_but_the_asked_unit_answers(changed, file_it, chi, binh, giang, as_user, hire):  # noqa: F811
    dossier = file_it(changed(consults()))
    given = {"outcome": dossier.consultations.get().pk, "opinion": "agrees"}
    clerk = hire("khanh", "Lê Khanh", Agency.objects.get(code="H34.05"), Role.CLERK)
    for user in (chi, binh, clerk):
        assert as_user(user).post(act_of(dossier, "cho-y-kien"), given).status_code == 403
    assert not dossier.consultations.answered().exists()


def test_who_asked_takes_the_question_back_beside_it_and_nobody_else_is_offered_that(changed, file_it, chi, giang, as_user):  # noqa: F811
    dossier = file_it(changed(consults()))
    asked_by_procedure = dossier.consultations.get()
    unit = Agency.objects.create(
        code="H34.09", name="Sở Tài chính", kind=Agency.Kind.DEPARTMENT, calendar=asked_by_procedure.agency.calendar
    )
    form = {"unit-0": unit.pk, "question-0": "Có vướng mắc về đất không?", "hours-0": "8", "required-0": "yes"}
    assert press(as_user(chi), dossier, "lay-y-kien", **form).status_code == 302
    asked = dossier.consultations.get(agency=unit)
    way = f"{act_of(dossier, 'rut-cau-hoi')}?ket-qua={asked.pk}"
    page = read(chi, dossier, as_user)
    assert page.count("rut-cau-hoi") == 1  # what the procedure asks stays asked
    assert f"{way}#viec" in page
    assert "rut-cau-hoi" not in read(giang, dossier, as_user)
    assert "Có vướng mắc về đất không?" in as_user(chi).get(way).content.decode()
    told = as_user(chi).post(act_of(dossier, "rut-cau-hoi"), {"outcome": asked.pk, "note": "Hỏi nhầm đơn vị"}, follow=True)
    page = told.content.decode()
    assert "Phạm Thị Chi đã rút câu hỏi" in page and "Hỏi nhầm đơn vị" in page
    assert "Chưa có ý kiến của: Sở Xây dựng tỉnh Kon Tum" in page and "Tài chính;" not in page
    assert as_user(chi).post(act_of(dossier, "rut-cau-hoi"), {"outcome": asked.pk}).status_code == 409


@pytest.mark.parametrize("number", [1, 4])
def test_opinions_cost_the_same_few_queries_however_many(
    changed, file_it, chi, as_user, number, django_assert_max_num_queries  # noqa: F811
):
    dossier = file_it(changed(consults(number)))
    browser = as_user(chi)
    with django_assert_max_num_queries(30):  # with notes, links, colleagues, and the dossier that comes next
        page = browser.get(page_of(dossier)).content.decode()
    assert page.count(f"Nội dung xin ý kiến: {QUESTION}") >= number


# Fees and the clock -------------------------------------------------------------------------------------------


def test_a_fee_is_asked_for_in_the_middle_and_the_dossier_goes_on_when_it_came(changed, file_it, ha, chi, as_user):  # noqa: F811
    dossier = file_it(changed(fee_with_the_result), paid=False)
    page = as_user(ha).get(act_of(dossier, "yeu-cau-nop-phi")).content.decode()
    assert "Thời hạn giải quyết tạm dừng" in page and "Hạn nộp:" in page
    answer = as_user(ha).post(act_of(dossier, "yeu-cau-nop-phi"), {"note": "Nộp sớm"}, follow=True)
    assert "Đã yêu cầu nộp phí, lệ phí" in answer.content.decode()
    assert now_of(dossier).state == State.PAYMENT_REQUESTED
    page = read(chi, dossier, as_user)
    assert "Người nộp nộp phí, lệ phí" in page and "Hạn nộp phí, lệ phí" in page
    assert press(as_user(chi), dossier, "tham-dinh", outcome="dat", note=OPINION).status_code == 409
    pay_everything(dossier, MONDAY_9AM + 3 * HOUR)
    operations.note_payment(dossier=dossier, actor=Actor.system("note_payment"), at=MONDAY_9AM + 3 * HOUR)
    assert now_of(dossier).state == State.PROCESSING
    assert press(as_user(chi), dossier, "tham-dinh", outcome="dat", note=OPINION).status_code == 302


def test_no_fee_is_asked_for_when_none_is_owed_or_by_who_may_not(changed, file_it, ha, chi, as_user):  # noqa: F811
    version = changed(fee_with_the_result)
    paid = file_it(version)
    assert as_user(ha).get(act_of(paid, "yeu-cau-nop-phi")).status_code == 302
    assert as_user(ha).post(act_of(paid, "yeu-cau-nop-phi"), {"note": ""}).status_code == 422
    owing = file_it(version, paid=False)
    assert as_user(chi).post(act_of(owing, "yeu-cau-nop-phi"), {"note": ""}).status_code == 403
    Charge.objects.filter(reference=owing.code).update(state="cancelled")
    assert as_user(ha).post(act_of(owing, "yeu-cau-nop-phi"), {"note": ""}).status_code == 422
    assert now_of(owing).state == State.PROCESSING


def test_where_the_clock_begins_with_the_fee_no_day_is_promised_before_it(changed, file_it, binh, as_user):  # noqa: F811
    version = changed(fee_with_the_result, lambda content: content["process"].update(clock="accepted_and_paid"))
    dossier = file_it(version, paid=False, stage="submitted")
    assert "chưa có ngày hẹn trả" in read(binh, dossier, as_user)
    answer = press(as_user(binh), dossier, "tiep-nhan")
    page = as_user(binh).get(answer["Location"]).content.decode()
    assert "Thời hạn tính từ khi hồ sơ hợp lệ và đã nộp đủ phí" in page
    assert now_of(dossier).due_at is None
    listed = as_user(binh).get("/can-bo/?muc=dang-xu-ly").content.decode()
    assert "Thời hạn tính từ khi hồ sơ hợp lệ" in listed
    pay_everything(dossier, MONDAY_9AM + 2 * HOUR)
    operations.note_payment(dossier=dossier, actor=Actor.system("note_payment"), at=MONDAY_9AM + 2 * HOUR)
    assert "Hẹn trả kết quả" in read(binh, dossier, as_user) and now_of(dossier).due_at is not None


# Supplements and signatures -----------------------------------------------------------------------------------


def test_once_the_procedure_lets_nobody_ask_again_it_is_said_and_not_offered(changed, file_it, ha, an, as_actor, as_user):  # noqa: F811
    dossier = file_it(changed(lambda content: content["process"].setdefault("limits", {}).update(supplement_times=1)))
    page = as_user(ha).get(act_of(dossier, "yeu-cau-bo-sung")).content.decode()
    assert "kể cả lần này: 1." in page
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    dossier = operations.ask_supplement(
        dossier=dossier, items=items, basis="TT 28", note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR
    )
    operations.supplement(dossier=dossier, note="Đã sửa", actor=as_actor(an), at=MONDAY_9AM + 3 * HOUR)
    assert reverse("desk:act", args=[dossier.code, "yeu-cau-bo-sung"]) not in read(ha, dossier, as_user)
    assert as_user(ha).get(act_of(dossier, "yeu-cau-bo-sung")).status_code == 302


def test_a_step_that_is_signed_says_so_and_the_others_do_not(changed, file_it, chi, dung, as_user):  # noqa: F811
    dossier = file_it(changed(lambda content: step(content, "approve").update(signs=True)))
    assert "Bước này ký văn bản" not in read(chi, dossier, as_user)
    press(as_user(chi), dossier, "tham-dinh", outcome="dat", note=OPINION)
    assert "Bước này ký văn bản" in read(dung, dossier, as_user)


# What stands beside the papers --------------------------------------------------------------------------------


def test_beside_a_paper_stand_its_dates_where_it_comes_from_and_what_the_look_at_it_found(at_stage, chi, as_user):
    dossier = at_stage("appraise")
    day = MONDAY_9AM.date()
    Document.objects.filter(pk=dossier.documents.first().pk).update(
        issued_on=day - timedelta(days=400),
        valid_until=day - timedelta(days=2),
        source="earlier_dossier",
        origin={"dossier": "H34.12-250101-0001", "document": 1, "component": "x"},
        findings=[{"kind": "blurred", "pages": [2]}],
        findings_kept_at=MONDAY_9AM,
    )
    page = read(chi, dossier, as_user)
    assert "Trang 2 bị mờ." in page and "Người nộp đã xác nhận giữ nguyên." in page
    assert "Có giá trị đến: 28/11/2026" in page and "Đã hết hiệu lực" in page
    assert "Lấy từ hồ sơ H34.12-250101-0001" in page
    assert "Vui lòng giữ chắc máy" not in page  # advice for who takes the picture


def test_a_result_that_stood_for_a_paper_and_was_revoked_is_marked(at_stage, chi, as_user):
    dossier = at_stage("appraise")
    gone = {"paper": "00000000-0000-4000-8000-000000000000", "number": "12/GP", "name": "Giấy phép", "dossier": "x"}
    Document.objects.filter(pk=dossier.documents.first().pk).update(source="issued_result", origin=gone)
    page = read(chi, dossier, as_user)
    assert "Dùng kết quả đã cấp số 12/GP thay giấy tờ" in page and "Kết quả đã bị thu hồi" in page


def test_alternatives_stand_together_and_the_one_that_is_there_is_enough(changed, file_it, chi, as_user):  # noqa: F811
    def alternatives(content):
        papers = [one for one in content["record"]["components"] if not one.get("form")]
        for one in papers[:2]:
            one.update(one_of="chung_nhan", required=True)

    dossier = file_it(changed(alternatives))
    brought = list(dossier.documents.values_list("component_id", flat=True))
    dossier.documents.filter(component_id=brought[0]).delete()
    page = read(chi, dossier, as_user)
    assert page.count("Một trong các giấy tờ sau") == 1
    assert "Chưa có tệp" not in page


def test_who_is_asked_reads_in_the_list_until_when_and_the_list_costs_the_same_few_queries(
    changed, file_it, giang, as_user, django_assert_max_num_queries  # noqa: F811
):
    version = changed(consults())
    for _time in range(3):
        file_it(version)
    browser = as_user(giang)
    with django_assert_max_num_queries(20):  # with saved views, unread marks and what waits for a decision
        page = browser.get("/can-bo/").content.decode()
    assert page.count("Chờ đơn vị cho ý kiến") == 3 == page.count('data-label="Hạn cho ý kiến"')

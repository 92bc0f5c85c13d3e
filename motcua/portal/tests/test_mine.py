"""The citizen afterwards: the list, one dossier's page, and all that its owner may do."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from motcua.dossiers import operations
from motcua.dossiers.acts import acts_of_owner
from motcua.dossiers.models import Dossier, Rating
from motcua.dossiers.operations.moving import check
from motcua.dossiers.states import ENDED_EARLY, State
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.papers.models import Paper
from motcua.payments import operations as payments
from motcua.payments.models import Charge
from motcua.ui.tones import DOSSIER_TONES
from tests.cast import MONDAY_9AM, PDF, complete_draft, pay_everything

HOUR = timedelta(hours=1)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def as_an(client, an):
    client.force_login(an)
    return client


@pytest.fixture
def accepted(submitted, binh, as_actor) -> Dossier:
    pay_everything(submitted)
    return operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + HOUR)


@pytest.fixture
def processing(accepted, ha, chi, as_actor) -> Dossier:
    return operations.assign(
        dossier=accepted, assignee=chi, note="Giao chị Chi", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR
    )


@pytest.fixture
def settled(processing, chi, dung, van, as_actor) -> Dossier:
    at = MONDAY_9AM + 3 * HOUR
    dossier = operations.appraise(
        dossier=processing, outcome="dat", conclusion="Ý kiến nội bộ", actor=as_actor(chi), at=at
    )
    dossier = operations.approve(dossier=dossier, note="", actor=as_actor(dung), at=at)
    return operations.stamp(dossier=dossier, actor=as_actor(van), at=at)


def asked(dossier, actor, *more: dict) -> Dossier:
    """Ask for the dossier's first paper again, and for what else is said."""
    component = dossier.documents.first().component_id
    items = [{"component_id": component, "name": "Bản sao giấy tờ", "reason": "Thiếu chữ ký"}, *more]
    return operations.ask_supplement(
        dossier=dossier, items=items, basis="Thông tư 28/2012/TT-BKHCN", note="Gửi bản màu", actor=actor, at=MONDAY_9AM + HOUR
    )


@pytest.fixture
def supplementing(submitted, binh, as_actor) -> Dossier:
    return asked(submitted, as_actor(binh))


def address(dossier: Dossier, rest: str = "") -> str:
    return f"/ho-so/{dossier.public_id}/{rest}"


# The list ----------------------------------------------------------------------------------------------------


def test_who_has_nothing_is_led_to_the_procedures(client, company):
    client.force_login(company)
    text = text_of(client.get("/ho-so/"))
    assert "chưa có hồ sơ nào" in text
    assert "Tìm thủ tục" in text


def test_what_awaits_the_citizen_is_shown_first_and_says_what_to_do(as_an, submitted):
    text = text_of(as_an.get("/ho-so/"))
    assert submitted.code in text
    assert "Ông/Bà cần thực hiện:</strong> Nộp phí, lệ phí 150.000 đồng" in text
    assert 'aria-current="page">Cần thực hiện' in text


def test_each_group_holds_its_dossiers(as_an, settled, version, department, centre, an):
    draft = complete_draft(version, department, centre, an)
    Dossier.objects.filter(pk=settled.pk).update(delivery="counter")
    codes = {
        group: (settled.code in text, str(draft.public_id) in text)
        for group in ("can-thuc-hien", "dang-giai-quyet", "da-co-ket-qua", "nhap", "tat-ca")
        for text in [text_of(as_an.get(f"/ho-so/?nhom={group}"))]
    }
    assert codes == {
        "can-thuc-hien": (True, True),  # the result has to be fetched
        "dang-giai-quyet": (False, False),
        "da-co-ket-qua": (True, False),
        "nhap": (False, True),
        "tat-ca": (True, True),
    }


def test_a_payment_whose_end_is_unknown_does_not_ask_the_citizen_for_money(as_an, an, submitted, as_actor):
    charge = Charge.objects.get()
    payment = payments.start_payment(
        charge=charge, gateway="vnpay", client_ip="127.0.0.1", return_url="http://127.0.0.1/", actor=as_actor(an), at=now()
    )
    assert submitted.code in text_of(as_an.get("/ho-so/?nhom=can-thuc-hien"))
    type(payment).objects.update(returned_at=now())

    assert submitted.code not in text_of(as_an.get("/ho-so/?nhom=can-thuc-hien"))
    text = text_of(as_an.get(address(submitted)))
    assert "Vui lòng không thanh toán lại" in text
    assert "Còn phải nộp" not in text
    assert "Ngân hàng và cổng thanh toán" in text


@pytest.mark.parametrize("text", ["261130-0001", "h34.12-261130", "cong bo hop chuan", "Công bố hợp chuẩn", "nguyen van an"])
def test_dossiers_are_found_by_code_procedure_and_owner_with_accents_or_without(as_an, submitted, text):
    assert submitted.code in text_of(as_an.get("/ho-so/", {"q": text}))


@pytest.mark.parametrize("text", ["không có đâu", "' & !", "a:*b|", "%", "\x00"])
def test_a_search_without_a_hit_says_so(as_an, submitted, text):
    answer = as_an.get("/ho-so/", {"q": text})
    assert answer.status_code in (200, 400)


def test_a_long_list_is_walked_page_by_page_there_and_back(as_an, version, department, centre, an, as_actor):
    drafts = [
        operations.start_draft(
            version=version, agency=department, reception=centre, actor=as_actor(an), at=MONDAY_9AM + number * HOUR,
            submitter={}, answers={},
        )
        for number in range(45)
    ]  # fmt: skip
    newest_first = [str(draft.public_id) for draft in reversed(drafts)]

    def ids(text):
        return list(dict.fromkeys(re.findall(r"/ho-so/([0-9a-f-]{36})/\"", text)))

    def link(text, rel):
        found = re.search(rf'href="([^"]+)" rel="{rel}"', text)
        return found and "/ho-so/" + found[1].replace("&amp;", "&")

    page = text_of(as_an.get("/ho-so/?nhom=tat-ca"))
    assert link(page, "prev") is None
    walked = ids(page)
    while link(page, "next"):
        page = text_of(as_an.get(link(page, "next")))
        walked += ids(page)
    assert walked == newest_first
    back = ids(page)
    while link(page, "prev"):
        page = text_of(as_an.get(link(page, "prev")))
        back = ids(page) + back
    assert back == newest_first
    for nonsense in ("?sau=x", "?truoc=1-", "?sau=nan-1", "?sau=1e400-3", "?truoc=9-99999999999999999999"):
        assert as_an.get(f"/ho-so/{nonsense}").status_code == 200


def test_lists_cost_few_queries_with_one_row_and_with_thirty(
    as_an, submitted, version, department, centre, an, as_actor, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        as_an.get("/ho-so/")
    for _ in range(29):
        draft = complete_draft(version, department, centre, an)
        operations.submit(dossier=draft, actor=as_actor(an), at=MONDAY_9AM)
    with django_assert_max_num_queries(12):
        assert as_an.get("/ho-so/?nhom=tat-ca").status_code == 200
    with django_assert_max_num_queries(12):
        assert as_an.get("/ho-so/?q=hop+chuan").status_code == 200


# Drafts --------------------------------------------------------------------------------------------------------


def test_going_on_with_a_draft_leads_to_the_first_step_that_lacks_something(as_an, draft):
    assert as_an.get(address(draft)).url.endswith("/kiem-tra/")
    Dossier.objects.filter(pk=draft.pk).update(answers={})
    assert as_an.get(address(draft)).url.endswith("/to-khai/")


def test_a_draft_is_deleted_after_a_question(as_an, draft):
    assert "Xóa bản nháp này?" in text_of(as_an.get(address(draft, "xoa/")))
    assert Dossier.objects.exists()
    assert "Đã xóa bản nháp" in text_of(as_an.post(address(draft, "xoa/"), follow=True))
    assert not Dossier.objects.exists()


def test_what_was_filed_is_not_deleted(as_an, submitted):
    as_an.post(address(submitted, "xoa/"))
    assert Dossier.objects.exists()


# One dossier -----------------------------------------------------------------------------------------------------


def test_the_page_says_where_it_stands_what_comes_next_and_what_was_filed(as_an, processing):
    text = text_of(as_an.get(address(processing)))
    for words in (
        "Đang xử lý",
        "Thẩm định hồ sơ",  # the task that is open
        "Sở Khoa học và Công nghệ tỉnh Kon Tum",
        "17:00, thứ Hai 07/12/2026",  # the promised day
        "Vì sao có ngày hẹn này?",
        "nghỉ hằng tuần",
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "Tiếp nhận hồ sơ",
        "0260.3797799",
        "Rút hồ sơ",
        processing.lookup_secret,
    ):
        assert words in text, words
    for document in processing.documents.all():
        assert f"/tep/{document.pk}/" in text
    assert "Giao chị Chi" not in text  # a note between officers


def test_internal_opinions_stay_inside(as_an, settled):
    text = text_of(as_an.get(address(settled)))
    assert "Hồ sơ đã có kết quả" in text
    assert "Ý kiến nội bộ" not in text.split("Giấy tờ cơ quan đã cấp")[0]


def test_the_page_says_who_read_the_dossier(as_an, submitted, binh, as_actor):
    operations.note_reading(dossier=submitted, purpose="view_dossier", actor=as_actor(binh), at=now())
    text = text_of(as_an.get(address(submitted)))
    assert "Ai đã xem hồ sơ này" in text
    assert "Trần Thị Bình" in text
    assert "Xem hồ sơ" in text


def test_a_fee_that_is_owed_stands_above_everything(as_an, submitted):
    text = text_of(as_an.get(address(submitted)))
    assert text.index("Còn phải nộp 150.000 đồng") < text.index("Quá trình giải quyết")
    assert f"/thanh-toan/{Charge.objects.get().pk}/" in text


def test_a_refusal_is_told_at_the_top_with_reason_basis_advice_and_paper(as_an, submitted, binh, as_actor):
    operations.refuse(
        dossier=submitted, reason="Không thuộc thẩm quyền", basis="Nghị định 118/2025/NĐ-CP", advice="Nộp tại Sở Công Thương",
        actor=as_actor(binh), at=MONDAY_9AM,
    )  # fmt: skip
    top = text_of(as_an.get(address(submitted))).split("Quá trình giải quyết")[0]
    paper = Paper.objects.get(kind="refusal")
    for words in ("Không thuộc thẩm quyền", "Nghị định 118/2025/NĐ-CP", "Nộp tại Sở Công Thương", f"/giay/{paper.pk}/"):
        assert words in top
    assert "Việc tiếp theo" not in top
    assert "Còn phải nộp" not in top


PAGES = ["", "xoa/", "bo-sung/", "rut/", "danh-gia/"]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_enters(client, supplementing, company, binh, page):
    for user in (company, binh):
        client.force_login(user)
        assert client.get(address(supplementing, page)).status_code == 404
        if page:
            assert client.post(address(supplementing, page), {"action": "send", "reason": "x"}).status_code == 404
    client.logout()
    answer = client.get(address(supplementing, page))
    assert answer.status_code == 302
    assert "/tai-khoan/" in answer.url


@pytest.mark.parametrize("state", State)
def test_the_owner_is_offered_exactly_what_would_succeed(submitted, an, as_actor, state):
    submitted.state = state
    actor = as_actor(an)
    offered = {act.name for act in acts_of_owner(submitted, actor, is_rated=False)}
    for name in ("submit", "supplement"):
        try:
            check(submitted, name, actor)
            assert name in offered
        except Refusal:
            assert name not in offered
    Dossier.objects.filter(pk=submitted.pk).update(settled_at=now())
    for name, act in (
        ("request_withdrawal", lambda: operations.request_withdrawal(dossier=submitted, reason="x", actor=actor, at=now())),
        ("rate", lambda: operations.rate(dossier=submitted, score=2, comment="", actor=actor, at=now())),
    ):
        if state == State.DRAFT:
            continue  # a draft has no code; the database refuses to make one here
        waited_for = now() if state == State.PAYMENT_REQUESTED else None
        ended_at = now() if state in ENDED_EARLY else None
        Dossier.objects.filter(pk=submitted.pk).update(state=state, payment_due_at=waited_for, ended_at=ended_at)
        try:
            act()
            assert name in offered
        except Refusal:
            assert name not in offered


def test_every_state_has_its_colour():
    assert set(DOSSIER_TONES) == set(State)


@pytest.mark.parametrize("stage", ["submitted", "processing", "settled", "supplementing"])
def test_the_page_costs_few_queries(as_an, request, stage, django_assert_max_num_queries):
    dossier = request.getfixturevalue(stage)
    for number in range(30):
        operations.note_reading(dossier=dossier, purpose="view_dossier", actor=_reader(number), at=now())
    as_an.get(address(dossier))  # parses the procedure once
    with django_assert_max_num_queries(12):
        assert as_an.get(address(dossier)).status_code == 200


def _reader(number):
    from motcua.foundation.actor import Actor

    return Actor("officer", str(1000 + number), f"Cán bộ {number}")


# Papers ------------------------------------------------------------------------------------------------------------


def test_issued_papers_are_for_the_owner_and_for_officers_who_see_the_dossier(client, accepted, an, binh, giang, company):
    slip = Paper.objects.get(kind="acceptance_slip")
    for user, status in ((an, 200), (binh, 200), (giang, 404), (company, 404)):
        client.force_login(user)
        assert client.get(f"/giay/{slip.pk}/").status_code == status, user
    client.logout()
    assert client.get(f"/giay/{slip.pk}/").status_code == 302
    assert [reading.actor_name for reading in accepted.readings.all()] == ["Trần Thị Bình"]


def test_a_paper_is_a_pdf_that_is_shown_or_saved(as_an, accepted):
    slip = Paper.objects.get(kind="acceptance_slip")
    shown = as_an.get(f"/giay/{slip.pk}/")
    assert shown["Content-Type"] == "application/pdf"
    assert b"".join(shown.streaming_content).startswith(b"%PDF-")
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["Cache-Control"] == "private, no-store"
    assert as_an.get(f"/giay/{slip.pk}/?tai-ve")["Content-Disposition"].startswith("attachment")


# Supplement --------------------------------------------------------------------------------------------------------


def pdf(name: str = "moi.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + name.encode(), "application/pdf")


def test_what_is_asked_is_said_paper_by_paper_with_reason_and_basis(as_an, supplementing):
    for page in (address(supplementing), address(supplementing, "bo-sung/")):
        text = text_of(as_an.get(page))
        for words in ("Bản sao giấy tờ", "Thiếu chữ ký", "Thông tư 28/2012/TT-BKHCN", "Cần bổ sung trước"):
            assert words in text
    assert "Gửi bản màu" in text


def test_the_citizen_brings_what_was_asked_and_hands_it_in(as_an, supplementing):
    component = supplementing.documents.first().component_id
    page = address(supplementing, "bo-sung/")

    as_an.post(page, {"action": "upload", f"file-{component}": pdf(), "note": "Đã ký lại"})
    text = text_of(as_an.get(page))
    assert "moi.pdf" in text
    assert "Đã ký lại" in text  # what was typed waits

    answer = as_an.post(page, {"action": "send", "note": "Đã ký lại"}, follow=True)
    assert "Đã gửi nội dung bổ sung" in text_of(answer)
    supplementing.refresh_from_db()
    assert supplementing.state == State.SUBMITTED
    assert supplementing.documents.filter(component_id=component).count() == 2
    assert "Đã ký lại" in text_of(as_an.get(address(supplementing)))


def test_one_press_attaches_and_hands_in(as_an, supplementing):
    component = supplementing.documents.first().component_id
    as_an.post(address(supplementing, "bo-sung/"), {"action": "send", f"file-{component}": pdf(), "note": ""})
    supplementing.refresh_from_db()
    assert supplementing.state == State.SUBMITTED


def test_without_the_paper_nothing_is_handed_in_and_the_note_stays(as_an, supplementing):
    answer = as_an.post(address(supplementing, "bo-sung/"), {"action": "send", "note": "Đã ký lại"})
    assert answer.status_code == 422
    text = text_of(answer)
    assert "Vui lòng đính kèm giấy tờ được yêu cầu: Bản sao giấy tờ." in text
    assert "Đã ký lại" in text


def test_a_file_that_cannot_be_used_is_refused_with_the_reason_beside_it(as_an, supplementing):
    component = supplementing.documents.first().component_id
    answer = as_an.post(
        address(supplementing, "bo-sung/"),
        {"action": "send", f"file-{component}": SimpleUploadedFile("virus.exe", b"MZ"), "note": "Đã ký lại"},
    )
    assert answer.status_code == 422
    text = text_of(answer)
    assert f'href="#file-{component}"' in text
    assert "không đúng định dạng" in text
    assert "Đã ký lại" in text
    supplementing.refresh_from_db()
    assert supplementing.state == State.SUPPLEMENT_REQUESTED


def test_a_new_file_is_taken_out_again_an_old_one_is_not(as_an, supplementing):
    component = supplementing.documents.first().component_id
    page = address(supplementing, "bo-sung/")
    old = supplementing.documents.first()
    as_an.post(page, {"action": "upload", f"file-{component}": pdf()})
    new = supplementing.documents.last()
    as_an.post(page, {"action": f"remove:{new.pk}"})
    as_an.post(page, {"action": f"remove:{old.pk}"})
    assert not supplementing.documents.filter(pk=new.pk).exists()
    assert supplementing.documents.filter(pk=old.pk).exists()


def test_a_question_about_the_form_is_answered_in_words(as_an, submitted, binh, as_actor):
    item = {"component_id": "", "name": "Tờ khai", "reason": "Số điện thoại không đúng"}
    operations.ask_supplement(
        dossier=submitted, items=[item], basis="TT 28", note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    page = address(submitted, "bo-sung/")
    empty = as_an.post(page, {"action": "send", "note": " "})
    assert empty.status_code == 422
    assert "giải trình" in text_of(empty)
    as_an.post(page, {"action": "send", "note": "0905 000 111"})
    submitted.refresh_from_db()
    assert submitted.state == State.SUBMITTED


def test_a_supplement_that_was_sent_in_another_tab_is_not_sent_twice(as_an, supplementing):
    component = supplementing.documents.first().component_id
    page = address(supplementing, "bo-sung/")
    sent = {"action": "send", f"file-{component}": pdf(), "note": ""}
    as_an.post(page, sent)
    answer = as_an.post(page, sent | {f"file-{component}": pdf()}, follow=True)
    assert "đã được gửi trước đó" in text_of(answer)
    assert supplementing.documents.filter(component_id=component).count() == 2


def test_what_was_typed_survives_an_expired_login(client, supplementing, an):
    page = address(supplementing, "bo-sung/")
    client.post(page, {"action": "send", "note": "Đã ký lại"})
    client.force_login(an)
    assert "Đã ký lại" in text_of(client.get(page, follow=True))


# Withdraw, rate ------------------------------------------------------------------------------------------------------


def test_the_citizen_asks_to_withdraw_with_a_reason(as_an, processing):
    page = address(processing, "rut/")
    assert "150.000 đồng" in text_of(as_an.get(page))  # what was paid, and what becomes of it
    refused = as_an.post(page, {"reason": "  "})
    assert refused.status_code == 422
    assert "Vui lòng nhập lý do rút hồ sơ." in text_of(refused)
    long = as_an.post(page, {"reason": "x" * 501})
    assert long.status_code == 422
    assert "x" * 501 in text_of(long)

    assert "Đã gửi đề nghị rút" in text_of(as_an.post(page, {"reason": "Không còn nhu cầu"}, follow=True))

    again = as_an.post(page, {"reason": "Không còn nhu cầu"})
    assert again.status_code == 409
    assert "đang chờ" in text_of(again)
    assert as_an.get(page).status_code == 302
    assert "Đề nghị rút hồ sơ đã gửi" in text_of(as_an.get(address(processing)))


def test_a_dossier_with_a_result_is_not_withdrawn(as_an, settled):
    assert as_an.post(address(settled, "rut/"), {"reason": "x"}).status_code == 409


def test_the_citizen_rates_once(as_an, settled):
    page = address(settled, "danh-gia/")
    assert "Rất hài lòng" in text_of(as_an.get(page))
    missing = as_an.post(page, {"comment": "Nhanh"})
    assert missing.status_code == 422
    assert "Nhanh" in text_of(missing)
    as_an.post(page, {"score": "1", "comment": "Nhanh"})
    assert Rating.objects.get().score == 1
    assert as_an.post(page, {"score": "0"}).status_code == 409
    assert as_an.get(page).status_code == 302
    assert "Nhanh" in text_of(as_an.get(address(settled)))


def test_what_is_not_settled_is_not_rated(as_an, processing):
    assert as_an.get(address(processing, "danh-gia/")).status_code == 302
    assert as_an.post(address(processing, "danh-gia/"), {"score": "2"}).status_code == 409


def test_what_is_paid_awaits_the_counter_and_not_the_citizen(submitted):
    at = now()
    assert Dossier.objects.awaiting_owner(at).get() == submitted
    pay_everything(submitted)
    assert not Dossier.objects.awaiting_owner(at).exists()


def test_the_citizen_reads_who_looked_at_the_dossier_when_and_what_for(accepted, as_an, binh, as_actor):
    for minute in range(40):
        operations.note_reading(
            dossier=accepted, purpose="view_document", actor=as_actor(binh), at=MONDAY_9AM + timedelta(minutes=minute)
        )
    on_the_page = as_an.get(f"/ho-so/{accepted.public_id}/").content.decode()
    first = as_an.get(f"/ho-so/{accepted.public_id}/luot-xem/").content.decode()

    assert on_the_page.count("Xem giấy tờ trong hồ sơ") == 5 and "Xem tất cả lượt xem" in on_the_page
    assert first.count("Xem giấy tờ trong hồ sơ") == 30 and "Trần Thị Bình" in first


def test_nobody_looks_for_a_purpose_that_could_not_be_told(accepted, binh, as_actor):
    with pytest.raises(ValueError):
        operations.note_reading(dossier=accepted, purpose="curiosity", actor=as_actor(binh), at=MONDAY_9AM)


def test_an_says_of_one_reason_that_she_does_not_agree_and_reads_the_answer(as_an, supplementing, dung, as_actor):
    page = address(supplementing, "bo-sung/")
    assert "Tôi không đồng ý với lý do này" in text_of(as_an.get(page))
    answer = as_an.post(page, {"action": "object:0", "objection-0": ""})
    assert answer.status_code == 422 and "vì sao Ông/Bà không đồng ý" in text_of(answer)
    assert as_an.post(page, {"action": "object:0", "objection-0": "Đã ký ở trang 3", "note": "Giữ lại"}).status_code == 302
    shown = text_of(as_an.get(page))
    assert "Đã ký ở trang 3" in shown and "đang chờ lãnh đạo" in shown and "Giữ lại" in shown
    assert as_an.post(page, {"action": "object:0", "objection-0": "Lần nữa"}).status_code == 409
    assert as_an.post(page, {"action": "object:x", "objection-x": "Sai"}).status_code == 409
    objection = supplementing.supplements.get().objections.get()
    operations.answer_objection(objection=objection, answer="Chữ ký trang 3 hợp lệ", actor=as_actor(dung), at=MONDAY_9AM)
    assert "Chữ ký trang 3 hợp lệ" in text_of(as_an.get(page))
    assert "Chữ ký trang 3 hợp lệ" in text_of(as_an.get(address(supplementing)))


def test_what_an_does_not_agree_with_need_not_be_brought_again(as_an, supplementing, binh, as_actor):
    page = address(supplementing, "bo-sung/")
    (item,) = supplementing.supplements.get().items
    refused = as_an.post(page, {"action": "send", "note": ""})
    assert refused.status_code == 422 and item["name"] in text_of(refused)
    as_an.post(page, {"action": "object:0", "objection-0": "Giấy còn hiệu lực đến năm 2030"})
    shown = text_of(as_an.get(page))
    assert "Đã nêu ý kiến" in shown and "Chưa có tệp" not in shown
    assert as_an.post(page, {"action": "send", "note": ""}).status_code == 302
    supplementing.refresh_from_db()
    assert supplementing.state == State.SUBMITTED
    seen = supplementing.supplements.get().objections.get()
    assert seen.text == "Giấy còn hiệu lực đến năm 2030"

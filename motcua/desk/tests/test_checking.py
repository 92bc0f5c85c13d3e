"""The page on which an officer ticks paper by paper, and where the ticks lead; what leaders decide about notices."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.agencies.models import Role
from motcua.desk.tests.conftest import HOUR, NOW
from motcua.dossiers import notices, operations
from motcua.dossiers.models import Dossier, NoticeDraft, Objection, Override, Verdict
from motcua.dossiers.states import State
from motcua.dossiers.tests.test_notices import BASIS, asked, bring, papers_of
from motcua.foundation.actor import Actor
from tests.cast import MONDAY_9AM


def check_of(dossier: Dossier) -> str:
    return reverse("desk:check", args=[dossier.code])


def act_of(dossier: Dossier, slug: str) -> str:
    return reverse("desk:act", args=[dossier.code, slug])


@pytest.fixture
def keep(db):
    def make(**fields):
        given = {"use": "supplement", "text": "Bản chụp mờ", "basis": BASIS} | fields
        return operations.keep_reason(actor=Actor.system("test"), at=MONDAY_9AM, **given)

    return make


def test_every_paper_and_section_is_listed_with_its_reasons(at_stage, binh, keep, as_user):
    keep()
    dossier = at_stage("submitted")
    page = unescape(as_user(binh).get(check_of(dossier)).content.decode())
    for item in notices.items_of(dossier):
        assert item.name in page and f'name="tick-{item.key}"' in page
    assert "Bản chụp mờ" in page and "Tất cả đạt" in page
    assert page.count("data-desk-preview>") >= dossier.documents.count()


def test_a_tick_is_kept_at_once_and_said_so(at_stage, binh, keep, as_user):
    dossier, reason = at_stage("submitted"), keep()
    key = papers_of(dossier)[0].key
    browser = as_user(binh)
    said = browser.post(check_of(dossier), {"only": key, f"tick-{key}": "bad", f"common-{key}": reason.pk}).json()
    assert said["saved"] == "Đã lưu lúc 15:00" and said["next"] == "Yêu cầu bổ sung" and "1 mục chưa đạt" in said["sum"]
    verdict = Verdict.objects.get()
    assert (verdict.reason, verdict.basis, verdict.standard) == ("Bản chụp mờ", BASIS, reason)
    said = browser.post(check_of(dossier), {"only": key, f"tick-{key}": "good"}).json()
    assert said["next"] == "Tiếp nhận"


def test_all_good_leads_to_acceptance(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    browser = as_user(binh)
    assert browser.post(check_of(dossier), {"action": "on"}).status_code == 422  # nothing is ticked yet
    assert browser.post(check_of(dossier), {"action": "rest"}).status_code == 302
    answer = browser.post(check_of(dossier), {"action": "on"})
    assert answer["Location"] == act_of(dossier, "tiep-nhan") + "#viec"
    assert browser.post(answer["Location"].partition("#")[0]).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == State.ACCEPTED and not Verdict.objects.open().exists()


def test_what_is_bad_leads_to_one_notice_that_is_filled_in_already(at_stage, binh, keep, as_user):
    dossier, reason = at_stage("submitted"), keep()
    first, second = (one.key for one in papers_of(dossier)[:2])
    browser = as_user(binh)
    given = {
        f"tick-{first}": "bad", f"common-{first}": reason.pk, f"reason-{first}": "Chụp lại trang 2",
        f"tick-{second}": "bad", "action": "rest",
    }  # fmt: skip
    browser.post(check_of(dossier), given)
    answer = browser.post(check_of(dossier), {"action": "on"})
    assert answer.status_code == 422 and "Vui lòng nêu lý do chưa đạt" in answer.content.decode()
    answer = browser.post(
        check_of(dossier), {f"tick-{second}": "bad", f"reason-{second}": "Thiếu dấu", f"basis-{second}": BASIS, "action": "on"}
    )
    assert answer["Location"] == act_of(dossier, "yeu-cau-bo-sung") + "#viec"
    assert "/tiep-nhan/" not in browser.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    form = unescape(browser.get(act_of(dossier, "yeu-cau-bo-sung")).content.decode())
    assert re.findall(r'name="item" id="[^"]+" value="([^"]+)" checked', form) == [first, second]
    assert "Chụp lại trang 2" in form and "Thiếu dấu" in form
    sent = {
        "item": [first, second], f"common-{first}": reason.pk, f"reason-{first}": "Chụp lại trang 2",
        f"reason-{second}": "Thiếu dấu", "basis": BASIS,
    }  # fmt: skip
    assert browser.post(act_of(dossier, "yeu-cau-bo-sung"), sent).status_code == 302
    items = dossier.supplements.get().items
    assert [one["reason"] for one in items] == ["Bản chụp mờ. Chụp lại trang 2", "Thiếu dấu"]


def test_a_refusal_takes_the_ticks_along(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    key = papers_of(dossier)[0].key
    browser = as_user(binh)
    given = {f"tick-{key}": "bad", f"reason-{key}": "Giấy tờ giả", f"basis-{key}": BASIS, "action": "refuse"}
    answer = browser.post(check_of(dossier), given)
    assert answer["Location"] == act_of(dossier, "tu-choi") + "#viec"
    assert "Giấy tờ giả" in browser.get(act_of(dossier, "tu-choi")).content.decode()
    browser.post(act_of(dossier, "tu-choi"), {"reason": "Hồ sơ không hợp lệ", "basis": BASIS, "advice": ""})
    dossier.refresh_from_db()
    assert dossier.state == State.REFUSED
    assert Verdict.objects.told().get(good=False).reason == "Giấy tờ giả"


def test_a_reason_of_the_library_is_enough_for_a_refusal(at_stage, binh, keep, as_user):
    reason = keep(use="refuse", text="Không thuộc thẩm quyền")
    dossier = at_stage("submitted")
    assert "Không thuộc thẩm quyền" in as_user(binh).get(act_of(dossier, "tu-choi")).content.decode()
    as_user(binh).post(act_of(dossier, "tu-choi"), {"standard": reason.pk, "reason": "", "basis": "", "advice": ""})
    dossier.refresh_from_db()
    reason.refresh_from_db()
    assert dossier.state == State.REFUSED and reason.used == 1


def test_the_appraiser_drafts_and_the_head_finds_it_and_sends_or_returns(at_stage, chi, ha, as_user):
    dossier = at_stage("appraise")
    key = papers_of(dossier)[0].key
    given = {"item": [key], f"reason-{key}": "Thiếu phụ lục", "basis": BASIS}
    browser = as_user(chi)
    assert browser.post(check_of(dossier), {f"tick-{key}": "bad", f"reason-{key}": "Thiếu phụ lục", f"basis-{key}": BASIS, "action": "rest"}).status_code == 302
    assert browser.post(check_of(dossier), {"action": "on"})["Location"] == act_of(dossier, "trinh-bo-sung") + "#viec"
    assert browser.post(act_of(dossier, "trinh-bo-sung"), given).status_code == 302
    waiting = as_user(ha).get(reverse("desk:notices")).content.decode()
    assert dossier.code in waiting and "Thiếu phụ lục" in waiting
    assert as_user(ha).post(act_of(dossier, "tra-lai-du-thao"), {"reason": "Nêu rõ phụ lục nào"}).status_code == 302
    assert "Nêu rõ phụ lục nào" in as_user(chi).get(act_of(dossier, "trinh-bo-sung")).content.decode()
    as_user(chi).post(act_of(dossier, "trinh-bo-sung"), given)
    form = as_user(ha).get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert "Duyệt yêu cầu bổ sung" in form and "Thiếu phụ lục" in form
    assert as_user(ha).post(act_of(dossier, "yeu-cau-bo-sung"), given).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == State.SUPPLEMENT_REQUESTED
    assert NoticeDraft.objects.get(request__isnull=False).drafted_by == chi


@pytest.fixture
def standing(at_stage, binh, an, as_actor):
    """Back at the counter; all but the first paper was told to be good."""
    dossier = at_stage("submitted")
    first = papers_of(dossier)[0]
    at = MONDAY_9AM + HOUR
    dossier = operations.ask_supplement(dossier=dossier, items=asked(first), basis=BASIS, note="", actor=as_actor(binh), at=at)
    bring(dossier, first, as_actor(an), at)
    return operations.supplement(dossier=dossier, note="", actor=as_actor(an), at=at)


def test_asking_again_goes_by_way_of_the_leader(standing, binh, dung, as_user):
    key = papers_of(standing)[1].key
    browser = as_user(binh)
    ask = {"item": [key], f"reason-{key}": "Sai số giấy", "basis": BASIS}
    refused = browser.post(act_of(standing, "yeu-cau-bo-sung"), ask)
    assert refused.status_code == 422 and "Đã đánh giá đạt trước đó" in refused.content.decode()
    tick = {f"tick-{key}": "bad", f"reason-{key}": "Sai số giấy", f"basis-{key}": BASIS, "action": "rest"}
    browser.post(check_of(standing), tick)
    answer = browser.post(check_of(standing), {"action": "on"})
    assert answer["Location"] == reverse("desk:ask_override", args=[standing.code]) + f"?muc={key}"
    form = browser.get(answer["Location"]).content.decode()
    assert re.search(rf'value="{key}" checked', form)
    address = reverse("desk:ask_override", args=[standing.code])
    assert browser.post(address, {"muc": [key], "reason": ""}).status_code == 422
    assert browser.post(address, {"muc": [key], "reason": "Tra cứu thấy số giấy không tồn tại"}).status_code == 302
    leader = as_user(dung)
    page = leader.get(reverse("desk:notices")).content.decode()
    assert "Tra cứu thấy số giấy không tồn tại" in page and "Trần Thị Bình" in page
    override = Override.objects.get()
    decide = reverse("desk:override_decide", args=[override.pk])
    assert leader.post(decide, {"words": "", "granted": "yes"}).status_code == 422
    assert as_user(binh).post(decide, {"words": "Tự duyệt", "granted": "yes"}).status_code == 404
    assert leader.post(decide, {"words": "Đồng ý", "granted": "yes"}).status_code == 302
    assert browser.post(act_of(standing, "yeu-cau-bo-sung"), ask).status_code == 302
    assert Override.objects.get().used_at == NOW


def test_a_leader_answers_who_does_not_agree(standing, binh, an, dung, as_user, as_actor):
    at = MONDAY_9AM + 2 * HOUR
    dossier = operations.ask_supplement(
        dossier=standing, items=asked(papers_of(standing)[0]), basis=BASIS, note="", actor=as_actor(binh), at=at
    )
    operations.object_to(
        request=dossier.supplements.last(), place=0, text="Đã có chữ ký ở trang 3", actor=as_actor(an), at=at
    )
    leader = as_user(dung)
    page_of_it = reverse("desk:dossier", args=[dossier.code])
    assert "Trả lời người nộp" in leader.get(page_of_it).content.decode()
    assert "Lãnh đạo cơ quan chưa trả lời." in as_user(binh).get(page_of_it).content.decode()
    operations.supplement(dossier=dossier, note="", actor=as_actor(an), at=at)
    operations.accept(dossier=dossier, actor=as_actor(binh), at=at)
    assert "Lãnh đạo cơ quan chưa trả lời." not in as_user(binh).get(page_of_it).content.decode()  # it was about the intake
    assert "Trả lời người nộp" in leader.get(page_of_it).content.decode()
    assert "Đã có chữ ký ở trang 3" in leader.get(reverse("desk:notices")).content.decode()
    address = reverse("desk:objection_answer", args=[Objection.objects.get().pk])
    assert leader.post(address, {"words": " "}).status_code == 422
    assert leader.post(address, {"words": "Chữ ký trang 3 là của người khác"}).status_code == 302
    assert Objection.objects.get().answered_by_name == "Hoàng Dũng"
    page = as_user(binh).get(page_of_it).content.decode()
    assert "chưa trả lời" not in page
    assert "Đã có chữ ký ở trang 3" in page and "Chữ ký trang 3 là của người khác" in page


def test_an_appraiser_reads_at_once_why_the_request_came_back(at_stage, chi, ha, as_user, as_actor):
    dossier = at_stage("appraise")
    draft = {"items": asked(papers_of(dossier)[0]), "basis": BASIS, "note": ""}
    operations.draft_supplement(dossier=dossier, actor=as_actor(chi), at=NOW, **draft)
    operations.return_draft(dossier=dossier, reason="Nêu rõ trang nào thiếu.", actor=as_actor(ha), at=NOW)
    page_of_it = reverse("desk:dossier", args=[dossier.code])
    told = as_user(chi).get(page_of_it).content.decode()
    assert "Lê Thị Hà trả lại dự thảo yêu cầu bổ sung" in told and "Nêu rõ trang nào thiếu." in told.split("desk-bar")[0]
    assert "trả lại dự thảo yêu cầu" not in as_user(ha).get(page_of_it).content.decode()
    operations.draft_supplement(dossier=dossier, actor=as_actor(chi), at=NOW, **draft)
    assert "trả lại dự thảo yêu cầu" not in as_user(chi).get(page_of_it).content.decode()


def test_an_appraiser_is_told_why_nothing_more_can_be_asked_for(at_stage, chi, ha, an, as_user, as_actor):
    dossier = at_stage("appraise")
    page_of_it = reverse("desk:dossier", args=[dossier.code])
    assert "không yêu cầu thêm" not in as_user(chi).get(page_of_it).content.decode()
    dossier = operations.ask_supplement(
        dossier=dossier, items=asked(papers_of(dossier)[0]), basis=BASIS, note="", actor=as_actor(ha), at=NOW
    )
    operations.object_to(request=dossier.supplements.get(), place=0, text="Đã có", actor=as_actor(an), at=NOW)
    operations.supplement(dossier=dossier, note="Đã rõ", actor=as_actor(an), at=NOW)
    told = as_user(chi).get(page_of_it).content.decode()
    assert "Đã yêu cầu bổ sung 1 lần khi thẩm định" in told and "Trình yêu cầu bổ sung" not in told


def test_reasons_are_counted_by_reason_and_officer(standing, binh, dung, hire, province, keep, as_user, as_actor):
    page = as_user(dung).get(reverse("desk:why_returned")).content.decode()
    assert "Thiếu chữ ký" in page and "Trần Thị Bình" in page
    assert "Thiếu chữ ký" not in as_user(dung).get(reverse("desk:why_returned"), {"den": "01/01/2026"}).content.decode()
    assert as_user(binh).get(reverse("desk:why_returned")).status_code == 403
    oversees = hire("kiem", "Đỗ Kiểm", province, Role.CONTROLLER)
    assert "Thiếu chữ ký" in as_user(oversees).get(reverse("desk:why_returned")).content.decode()


def test_only_heads_and_leaders_decide(binh, chi, giang, standing, as_user):
    for officer in (binh, chi):
        assert as_user(officer).get(reverse("desk:notices")).status_code == 403
    assert standing.code not in as_user(giang).get(reverse("desk:notices")).content.decode()


def test_who_may_not_check_is_sent_back(at_stage, chi, giang, as_user):
    dossier = at_stage("submitted")
    assert as_user(chi).get(check_of(dossier), follow=False).status_code == 302
    assert as_user(giang).get(check_of(dossier)).status_code == 404


def test_all_ticks_of_a_page_are_kept_at_once_however_many(at_stage, binh, as_user):
    dossier, browser = at_stage("submitted"), as_user(binh)
    keys = [one.key for one in papers_of(dossier)]
    assert len(keys) > 2
    spent = []
    for some in (keys[:1], keys[1:]):
        with CaptureQueriesContext(connection) as counted:
            browser.post(check_of(dossier), {f"tick-{key}": "good" for key in some} | {"action": "save"})
        spent.append(sum("FOR UPDATE" in one["sql"] and '"dossiers_dossier"' in one["sql"] for one in counted))
    assert spent == [1, 1]
    assert set(Verdict.objects.open().values_list("item", flat=True)) == set(keys)


def test_the_pages_cost_the_same_with_many_rows(
    at_stage, standing, ha, dung, chi, binh, file_another, as_user, as_actor, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40):
        as_user(binh).get(check_of(standing))
    browser = as_user(ha)
    spent = []
    for _number in range(3):
        dossier = at_stage("appraise")
        operations.draft_supplement(
            dossier=dossier, items=asked(papers_of(dossier)[0]), basis=BASIS, note="", actor=as_actor(chi), at=NOW
        )
        with django_assert_max_num_queries(25) as counted:
            browser.get(reverse("desk:notices"))
        spent.append(len(counted))
    assert spent[1] == spent[2]
    with django_assert_max_num_queries(30):
        as_user(dung).get(reverse("desk:why_returned"))

"""One notice, all defects: what was told to be good is not found fault with later, unless a leader signs for it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.agencies.models import Role
from motcua.dossiers import jobs, notices, operations
from motcua.dossiers.acts import acts_for
from motcua.dossiers.models import (
    Dossier,
    NoticeDraft,
    Objection,
    Override,
    StandardReason,
    SupplementRequest,
    Verdict,
)
from motcua.dossiers.operations import NeedsOverride
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from tests.cast import MONDAY_9AM, PDF, pay_everything

HOUR = timedelta(hours=1)
BASIS = "Nghị định 118/2025/NĐ-CP"


@pytest.fixture
def paid(submitted) -> Dossier:
    pay_everything(submitted)
    return submitted


@pytest.fixture
def processing(paid, binh, ha, chi, as_actor) -> Dossier:
    """Accepted by Bình without a tick, given to Chi."""
    dossier = operations.accept(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM + HOUR)
    return operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)


def asked(*items, reason="Thiếu chữ ký"):
    return [
        {"component_id": one.component_id, "section_id": one.section_id, "name": one.name, "reason": reason} for one in items
    ]


def papers_of(dossier):
    return [one for one in notices.items_of(dossier) if one.component_id]


def bring(dossier, item, an, at, content=b"moi"):
    """An brings a new file for what was asked, and hands everything in."""
    operations.attach(
        dossier=dossier, component_id=item.component_id, stream=BytesIO(PDF + content), name="moi.pdf", actor=an, at=at
    )


# Ticking ------------------------------------------------------------------------------------------------------


def test_binh_ticks_paper_by_paper_and_may_change_her_mind(paid, binh, as_actor):
    paper = papers_of(paid)[0]
    tick = {"dossier": paid, "item": paper.key, "actor": as_actor(binh)}
    operations.tick(**tick, good=True, at=MONDAY_9AM)
    operations.tick(**tick, good=False, reason="Mờ trang 2", basis=BASIS, at=MONDAY_9AM + HOUR)
    verdict = Verdict.objects.get()
    assert (verdict.good, verdict.reason, verdict.decided_by_name) == (False, "Mờ trang 2", "Trần Thị Bình")


def test_a_reason_of_the_library_brings_its_words_and_its_basis(paid, binh, as_actor):
    standard = operations.keep_reason(
        use="supplement", text="Bản chụp mờ", basis=BASIS, actor=Actor.system("test"), at=MONDAY_9AM
    )
    paper = papers_of(paid)[0]
    verdict = operations.tick(
        dossier=paid, item=paper.key, good=False, reason="Chụp lại trang 2", standard=standard,
        actor=as_actor(binh), at=MONDAY_9AM,
    )  # fmt: skip
    assert (verdict.reason, verdict.basis) == ("Bản chụp mờ. Chụp lại trang 2", BASIS)


def test_all_the_rest_is_good_at_one_press_and_what_is_ticked_bad_stays_bad(paid, binh, as_actor):
    paper = papers_of(paid)[0]
    operations.tick(dossier=paid, item=paper.key, good=False, reason="Sai", actor=as_actor(binh), at=MONDAY_9AM)
    count = operations.tick_the_rest(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    assert count == len(notices.items_of(paid)) - 1
    assert [one.item for one in paid.verdicts.open() if not one.good] == [paper.key]


def test_only_who_checks_the_dossier_ticks(paid, chi, an, giang, binh, as_actor):
    item = papers_of(paid)[0].key
    for stranger in (chi, an, giang):
        with pytest.raises(NotAllowed):
            operations.tick(dossier=paid, item=item, good=True, actor=as_actor(stranger), at=MONDAY_9AM)
    with pytest.raises(Refusal, match="không có giấy tờ"):
        operations.tick(dossier=paid, item="giay-khong-co", good=True, actor=as_actor(binh), at=MONDAY_9AM)


def test_nothing_is_accepted_that_is_ticked_bad(paid, binh, as_actor):
    paper = papers_of(paid)[0]
    operations.tick(dossier=paid, item=paper.key, good=False, reason="Sai", actor=as_actor(binh), at=MONDAY_9AM)
    with pytest.raises(Refusal, match="chưa đạt"):
        operations.accept(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    operations.tick(dossier=paid, item=paper.key, good=True, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.accept(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    assert [one.item for one in dossier.verdicts.told()] == [paper.key]


def test_in_appraisal_the_appraiser_ticks_and_no_colleague_without_the_task(processing, chi, hire, department, as_actor):
    item = papers_of(processing)[0].key
    operations.tick(dossier=processing, item=item, good=True, actor=as_actor(chi), at=MONDAY_9AM)
    other = hire("em", "Vũ Thị Em", department, Role.APPRAISER)
    with pytest.raises(NotAllowed):
        operations.tick(dossier=processing, item=item, good=True, actor=as_actor(other), at=MONDAY_9AM)


# One notice ---------------------------------------------------------------------------------------------------


def test_what_a_notice_does_not_name_stands_as_good(paid, binh, an, as_actor):
    first, second = papers_of(paid)[:2]
    ask = {"basis": BASIS, "note": "", "actor": as_actor(binh)}
    dossier = operations.ask_supplement(dossier=paid, items=asked(first), at=MONDAY_9AM, **ask)
    bring(dossier, first, as_actor(an), MONDAY_9AM)
    dossier = operations.supplement(dossier=dossier, note="", actor=as_actor(an), at=MONDAY_9AM + HOUR)
    with pytest.raises(NeedsOverride) as refusal:
        operations.ask_supplement(dossier=dossier, items=asked(second), at=MONDAY_9AM + HOUR, **ask)
    assert [one.item for one in refusal.value.items] == [second.key]
    dossier = operations.ask_supplement(dossier=dossier, items=asked(first), at=MONDAY_9AM + HOUR, **ask)
    assert dossier.state == State.SUPPLEMENT_REQUESTED  # what was defective and came anew may be defective again


def test_a_paper_that_was_good_and_came_anew_may_be_found_wrong(paid, binh, an, as_actor):
    first, second = papers_of(paid)[:2]
    ask = {"basis": BASIS, "note": "", "actor": as_actor(binh)}
    dossier = operations.ask_supplement(dossier=paid, items=asked(first), at=MONDAY_9AM, **ask)
    bring(dossier, first, as_actor(an), MONDAY_9AM)
    dossier = operations.supplement(dossier=dossier, note="", actor=as_actor(an), at=MONDAY_9AM)
    operations.tick(dossier=dossier, item=first.key, good=True, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.accept(dossier=dossier, actor=as_actor(binh), at=MONDAY_9AM)
    assert set(notices.standing(dossier, notices.items_of(dossier))) >= {first.key, second.key}
    dossier.documents.filter(component_id=second.component_id).delete()
    assert second.key not in notices.standing(dossier, notices.items_of(dossier))


def test_what_binh_ticked_good_binds_the_appraisal_too(paid, binh, ha, chi, as_actor):
    operations.tick_the_rest(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.accept(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM)
    with pytest.raises(NeedsOverride):
        operations.ask_supplement(
            dossier=dossier, items=asked(papers_of(dossier)[0]), basis=BASIS, note="", actor=as_actor(ha), at=MONDAY_9AM
        )


def test_the_form_at_large_is_blocked_once_every_section_of_it_was_good(paid, binh, ha, chi, as_actor):
    operations.tick_the_rest(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.accept(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM)
    whole = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    with pytest.raises(NeedsOverride):
        operations.ask_supplement(dossier=dossier, items=whole, basis=BASIS, note="", actor=as_actor(ha), at=MONDAY_9AM)


def test_a_notice_names_all_that_is_ticked_bad(paid, binh, as_actor):
    first, second = papers_of(paid)[:2]
    operations.tick(dossier=paid, item=second.key, good=False, reason="Sai", actor=as_actor(binh), at=MONDAY_9AM)
    with pytest.raises(Refusal, match="nêu đủ một lần"):
        operations.ask_supplement(
            dossier=paid, items=asked(first), basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM
        )


@pytest.mark.parametrize("reason, basis", [("", BASIS), (" ", BASIS), ("Thiếu", ""), ("Thiếu", " ")])
def test_no_notice_leaves_without_reason_and_basis(paid, binh, as_actor, reason, basis):
    with pytest.raises(Refusal, match=r"lý do|căn cứ"):
        operations.ask_supplement(
            dossier=paid, items=asked(papers_of(paid)[0], reason=reason), basis=basis, note="",
            actor=as_actor(binh), at=MONDAY_9AM,
        )  # fmt: skip
    assert not SupplementRequest.objects.exists()


def test_each_defect_keeps_a_basis_of_its_own(paid, binh, as_actor):
    first, second = papers_of(paid)[:2]
    items = asked(first, second)
    items[1]["basis"] = "Nghị định 45/2020/NĐ-CP"
    dossier = operations.ask_supplement(
        dossier=paid, items=items, basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    assert dossier.supplements.get().basis == f"{BASIS}; Nghị định 45/2020/NĐ-CP"
    assert [one.basis for one in dossier.verdicts.filter(good=False)] == [BASIS, "Nghị định 45/2020/NĐ-CP"]


def test_what_is_asked_at_intake_may_have_a_time_of_its_own(changed, department, centre, an, binh, as_actor):
    from tests.cast import complete_draft

    limits = {"supplement": {"amount": 15, "unit": "working_days"}, "supplement_at_intake": {"amount": 3, "unit": "working_days"}}
    version = changed(lambda content: content["process"].update(limits=limits))
    draft = complete_draft(version, department, centre, an)
    dossier = operations.submit(dossier=draft, actor=as_actor(an), at=MONDAY_9AM)
    dossier = operations.ask_supplement(
        dossier=dossier, items=asked(papers_of(dossier)[0]), basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    assert dossier.supplements.get().due_at.date() == (MONDAY_9AM + timedelta(days=3)).date()


def test_a_refusal_names_its_defects_and_obeys_the_same_rule(paid, binh, an, as_actor):
    first, second = papers_of(paid)[:2]
    by = {"basis": BASIS, "actor": as_actor(binh)}
    dossier = operations.ask_supplement(dossier=paid, items=asked(first), note="", at=MONDAY_9AM, **by)
    bring(dossier, first, as_actor(an), MONDAY_9AM)
    dossier = operations.supplement(dossier=dossier, note="", actor=as_actor(an), at=MONDAY_9AM)
    refuse = {"dossier": dossier, "reason": "Hồ sơ không hợp lệ", "advice": "", "at": MONDAY_9AM, **by}
    with pytest.raises(NeedsOverride):
        operations.refuse(items=asked(second), **refuse)
    dossier = operations.refuse(items=asked(first), **refuse)
    assert dossier.state == State.REFUSED
    event = Event.objects.about(dossier.subject).filter(type="dossier.refused").get()
    assert event.data["items"][0]["reason"] == "Thiếu chữ ký"


# A leader's leave ---------------------------------------------------------------------------------------------


@pytest.fixture
def standing(paid, binh, an, as_actor) -> Dossier:
    """A dossier back at the counter, of which everything but the first paper was told to be good."""
    first = papers_of(paid)[0]
    dossier = operations.ask_supplement(
        dossier=paid, items=asked(first), basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    bring(dossier, first, as_actor(an), MONDAY_9AM)
    return operations.supplement(dossier=dossier, note="", actor=as_actor(an), at=MONDAY_9AM)


def test_a_leader_signs_for_asking_again_once(standing, binh, dung, an, as_actor):
    second = papers_of(standing)[1]
    by = {"actor": as_actor(binh), "at": MONDAY_9AM}
    [override] = operations.ask_override(dossier=standing, items=[second.key], reason="Phát hiện số giấy sai", **by)
    with pytest.raises(Refusal, match="đã được gửi"):
        operations.ask_override(dossier=standing, items=[second.key], reason="Lần nữa", **by)
    ask = {"items": asked(second), "basis": BASIS, "note": "", **by}
    with pytest.raises(NeedsOverride):
        operations.ask_supplement(dossier=standing, **ask)
    with pytest.raises(NotAllowed):
        operations.decide_override(override=override, granted=True, words="Tự cho phép", **by)
    with pytest.raises(Refusal, match="lý do"):
        operations.decide_override(override=override, granted=True, words=" ", actor=as_actor(dung), at=MONDAY_9AM)
    operations.decide_override(
        override=override, granted=True, words="Đồng ý do sai số giấy", actor=as_actor(dung), at=MONDAY_9AM
    )
    dossier = operations.ask_supplement(dossier=standing, **ask)
    assert Override.objects.get().used_at == MONDAY_9AM
    operations.object_to(
        request=dossier.supplements.last(), place=0, text="Giấy đã được xác nhận", actor=as_actor(an), at=MONDAY_9AM
    )
    third = papers_of(standing)[2]
    bring(dossier, second, as_actor(an), MONDAY_9AM)
    dossier = operations.supplement(dossier=dossier, note="", actor=as_actor(an), at=MONDAY_9AM)
    with pytest.raises(NeedsOverride):
        operations.ask_supplement(dossier=dossier, **{**ask, "items": asked(third)})


def test_a_leave_that_was_used_is_not_used_again(standing, binh, dung, an, as_actor):
    section, other = [one for one in notices.items_of(standing) if one.section_id][:2]
    by = {"actor": as_actor(binh), "at": MONDAY_9AM}
    dossier = standing
    for item in (section, other):  # the section is found wrong, comes back as it was, and counts as good once more
        [leave] = operations.ask_override(dossier=dossier, items=[item.key], reason="Phát hiện sai", **by)
        operations.decide_override(override=leave, granted=True, words="Đồng ý", actor=as_actor(dung), at=MONDAY_9AM)
        dossier = operations.ask_supplement(dossier=dossier, items=asked(item), basis=BASIS, note="", **by)
        dossier = operations.supplement(dossier=dossier, note="Đã giải trình", actor=as_actor(an), at=MONDAY_9AM)
    with pytest.raises(NeedsOverride):
        operations.ask_supplement(dossier=dossier, items=asked(section), basis=BASIS, note="", **by)


def test_what_a_leader_declined_stays_blocked_and_may_be_asked_anew(standing, binh, dung, as_actor):
    second = papers_of(standing)[1]
    by = {"actor": as_actor(binh), "at": MONDAY_9AM}
    [override] = operations.ask_override(dossier=standing, items=[second.key], reason="Sai số", **by)
    operations.decide_override(override=override, granted=False, words="Không có cơ sở", actor=as_actor(dung), at=MONDAY_9AM)
    with pytest.raises(NeedsOverride):
        operations.ask_supplement(dossier=standing, items=asked(second), basis=BASIS, note="", **by)
    with pytest.raises(WrongState):
        operations.decide_override(override=override, granted=True, words="Đổi ý", actor=as_actor(dung), at=MONDAY_9AM)
    assert operations.ask_override(dossier=standing, items=[second.key], reason="Có chứng cứ mới", **by)


def test_a_leader_who_asks_himself_signs_in_the_same_act(paid, binh, ha, chi, dung, as_actor):
    operations.tick_the_rest(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.accept(dossier=paid, actor=as_actor(binh), at=MONDAY_9AM)
    dossier = operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM)
    ask = {"items": asked(papers_of(dossier)[0]), "basis": BASIS, "note": "", "at": MONDAY_9AM}
    with pytest.raises(NeedsOverride):  # a head's words do not do
        operations.ask_supplement(dossier=dossier, actor=as_actor(ha), override_reason="Cần thiết", **ask)
    operations.ask_supplement(dossier=dossier, actor=as_actor(dung), override_reason="Phát hiện giả mạo", **ask)
    assert (Override.objects.get().words, Override.objects.get().decided_by_name) == ("Phát hiện giả mạo", "Hoàng Dũng")


# The appraiser's draft ----------------------------------------------------------------------------------------


def test_the_appraiser_drafts_and_the_head_sends(processing, chi, ha, as_actor):
    draft = {"items": asked(papers_of(processing)[0]), "basis": BASIS, "note": "Gọi nếu cần", "at": MONDAY_9AM + 3 * HOUR}
    with pytest.raises(NotAllowed):
        operations.ask_supplement(dossier=processing, actor=as_actor(chi), **draft)
    operations.draft_supplement(dossier=processing, actor=as_actor(chi), **draft)
    waiting = processing.notice_drafts.get(closed_at=None)
    assert (waiting.drafted_by_name, waiting.items[0]["reason"]) == ("Phạm Thị Chi", "Thiếu chữ ký")
    dossier = operations.ask_supplement(dossier=processing, actor=as_actor(ha), **draft)
    sent = NoticeDraft.objects.get()
    assert sent.request == dossier.supplements.get() and sent.closed_by_name == "Lê Thị Hà"
    event = Event.objects.about(dossier.subject).filter(type="dossier.supplement_asked").get()
    assert event.data["drafted_by"] == "Phạm Thị Chi"


def test_what_was_decided_asks_for_nothing_more(processing, chi, ha, dung, as_actor):
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt.", actor=as_actor(chi), at=MONDAY_9AM + 3 * HOUR)
    decided = operations.approve(dossier=processing, note="", actor=as_actor(dung), at=MONDAY_9AM + 4 * HOUR)

    offered = {act.name for act in acts_for(decided, as_actor(ha), list(decided.tasks.open()))}

    assert "ask_supplement" not in offered
    with pytest.raises(WrongState, match="trả lại bước trước"):
        operations.ask_supplement(
            dossier=decided, items=asked(papers_of(decided)[0]), basis=BASIS, note="", actor=as_actor(ha), at=MONDAY_9AM + 5 * HOUR
        )


def test_the_head_returns_a_draft_with_a_reason(processing, chi, ha, as_actor):
    draft = {"items": asked(papers_of(processing)[0]), "basis": BASIS, "note": "", "at": MONDAY_9AM}
    with pytest.raises(WrongState):
        operations.return_draft(dossier=processing, reason="Chưa rõ", actor=as_actor(ha), at=MONDAY_9AM)
    operations.draft_supplement(dossier=processing, actor=as_actor(chi), **draft)
    operations.draft_supplement(dossier=processing, actor=as_actor(chi), **draft)  # written anew: one waits
    with pytest.raises(Refusal, match="lý do"):
        operations.return_draft(dossier=processing, reason=" ", actor=as_actor(ha), at=MONDAY_9AM)
    operations.return_draft(dossier=processing, reason="Nêu rõ trang nào", actor=as_actor(ha), at=MONDAY_9AM)
    assert processing.notice_drafts.filter(closed_at=None).count() == 0
    assert processing.notice_drafts.last().returned_because == "Nêu rõ trang nào"


# The applicant ------------------------------------------------------------------------------------------------


def test_an_does_not_agree_and_the_leader_answers(standing, binh, an, dung, company, as_actor):
    first = papers_of(standing)[0]
    dossier = operations.ask_supplement(
        dossier=standing, items=asked(first), basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    request = dossier.supplements.last()
    mine = {"request": request, "place": 0, "at": MONDAY_9AM}
    with pytest.raises(NotAllowed):
        operations.object_to(text="Không phải hồ sơ của tôi", actor=as_actor(company), **mine)
    with pytest.raises(Refusal, match="vì sao"):
        operations.object_to(text=" ", actor=as_actor(an), **mine)
    with pytest.raises(WrongState):
        operations.object_to(request=request, place=9, text="Không có", actor=as_actor(an), at=MONDAY_9AM)
    objection = operations.object_to(text="Giấy đã ký ở trang 3", actor=as_actor(an), **mine)
    with pytest.raises(WrongState):
        operations.object_to(text="Lần nữa", actor=as_actor(an), **mine)
    with pytest.raises(NotAllowed):
        operations.answer_objection(objection=objection, answer="Đã xem", actor=as_actor(binh), at=MONDAY_9AM)
    operations.answer_objection(objection=objection, answer="Chữ ký ở trang 3 hợp lệ", actor=as_actor(dung), at=MONDAY_9AM)
    assert Objection.objects.get().answered_by_name == "Hoàng Dũng"
    with pytest.raises(WrongState):
        operations.answer_objection(objection=objection, answer="Lần nữa", actor=as_actor(dung), at=MONDAY_9AM)


def test_an_is_reminded_at_half_and_nearly_all_of_the_time(paid, binh, as_actor, monkeypatch):
    operations.ask_supplement(
        dossier=paid, items=asked(papers_of(paid)[0]), basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    request = SupplementRequest.objects.get()

    def told() -> list[int]:
        found = Event.objects.filter(type="dossier.supplement_reminded").order_by("id")
        return [event.data["percent"] for event in found]

    for percent, expected in [(40, []), (51, [50]), (60, [50]), (91, [50, 90]), (95, [50, 90]), (120, [50, 90])]:
        monkeypatch.setattr(jobs, "now", lambda percent=percent: request.remind_at(percent))
        jobs.remind_of_supplements()
        assert told() == expected


def test_only_whose_time_it_is_is_held_for_the_reminder(paid, binh, as_actor, django_assert_num_queries):
    operations.ask_supplement(
        dossier=paid, items=asked(papers_of(paid)[0]), basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    request = SupplementRequest.objects.get()
    with django_assert_num_queries(1):
        assert operations.remind_of_supplements(actor=Actor.system("remind"), at=request.remind_at(40)) == 0
    assert operations.remind_of_supplements(actor=Actor.system("remind"), at=request.remind_at(55)) == 1


def test_who_was_not_reminded_in_time_is_reminded_once(paid, binh, as_actor):
    operations.ask_supplement(
        dossier=paid, items=asked(papers_of(paid)[0]), basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    request = SupplementRequest.objects.get()
    assert operations.remind(request=request, actor=Actor.system("remind"), at=request.remind_at(92)) == 90
    assert operations.remind(request=request, actor=Actor.system("remind"), at=request.remind_at(93)) == 0


# The library --------------------------------------------------------------------------------------------------


@pytest.fixture
def keep(db):
    def make(**fields):
        given = {"use": "supplement", "text": "Bản chụp mờ", "basis": BASIS} | fields
        return operations.keep_reason(actor=Actor.system("test"), at=MONDAY_9AM, **given)

    return make


def test_reasons_are_offered_where_they_belong(paid, keep, version, department, province):
    component = papers_of(paid)[0].component_id
    anywhere, here = keep(), keep(text="Thiếu phiếu thử nghiệm", procedure=version.procedure)
    this_paper = keep(text="Quá 12 tháng", procedure=version.procedure, component_id=component, about="paper")
    keep(text="Ở nơi khác", agency=province)
    at_intake = keep(text="Thiếu bản sao", stage="intake", agency=department)
    keep(use="refuse", text="Không thuộc thẩm quyền")
    found = notices.reasons_for("supplement", paid)
    assert set(found) == {anywhere, here, this_paper, at_intake}
    assert set(notices.reasons_for("supplement", paid, stage="appraisal")) == {anywhere, here, this_paper}
    papers = papers_of(paid)
    assert notices.fitting_item(found, papers[0])[0] == this_paper
    assert this_paper not in notices.fitting_item(found, papers[1])


def test_a_reason_is_found_with_and_without_diacritics_until_it_is_retired(keep):
    reason = keep()
    assert list(StandardReason.objects.active().matching("chup mo")) == [reason]
    assert list(StandardReason.objects.active().matching("118/2025 chụp")) == [reason]
    operations.retire_reason(reason=reason, actor=Actor.system("test"), at=MONDAY_9AM)
    assert not StandardReason.objects.active().matching("chụp")
    assert keep()  # and may come back


def test_what_is_used_is_counted(paid, keep, binh, as_actor):
    reason = keep()
    items = asked(papers_of(paid)[0])
    items[0]["standard"] = reason.pk
    operations.ask_supplement(dossier=paid, items=items, basis=BASIS, note="", actor=as_actor(binh), at=MONDAY_9AM)
    reason.refresh_from_db()
    assert reason.used == 1
    assert Verdict.objects.get(good=False).standard == reason


def test_nobody_keeps_a_reason_twice_or_without_words_or_without_right(keep, binh, as_actor):
    keep()
    for wrong, why in [({}, "đã có"), ({"text": " "}, "nội dung"), ({"basis": ""}, "căn cứ"), ({"component_id": "x"}, "thủ tục")]:
        with pytest.raises(Refusal, match=why):
            keep(**wrong)
    with pytest.raises(NotAllowed):
        operations.keep_reason(use="stop", text="x", basis="y", actor=as_actor(binh), at=MONDAY_9AM)


# What may be stored -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"good": True, "reason": "Đạt mà có lý do"},
        {"good": False, "told_at": MONDAY_9AM},
        {"good": False, "told_at": MONDAY_9AM, "reason": "Không căn cứ"},
        {"good": False, "implied": True},
    ],
)
def test_no_verdict_contradicts_itself(paid, wrong):
    row = {"item": "x", "name": "x", "stage": "intake", "fingerprint": "", "decided_at": MONDAY_9AM, "decided_by_name": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Verdict.objects.create(dossier=paid, **row | wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"granted": True},
        {"decided_at": MONDAY_9AM},
        {"used_at": MONDAY_9AM},
    ],
)
def test_no_leave_is_half_given(paid, binh, wrong):
    row = {
        "item": "x", "name": "x", "fingerprint": "", "agency_id": paid.agency_id, "reason": "Vì sai",
        "asked_at": MONDAY_9AM, "asked_by": binh, "asked_by_name": "Bình",
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.create(dossier=paid, **row | wrong)


@pytest.mark.parametrize(
    "wrong", [{"use": "else"}, {"stage": "x"}, {"about": "x"}, {"text": ""}, {"basis": ""}, {"component_id": "x"}]
)
def test_no_reason_of_the_library_is_nonsense(db, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        StandardReason.objects.create(**{"use": "stop", "text": "Lý do", "basis": BASIS, "search": ""} | wrong)


# No history ---------------------------------------------------------------------------------------------------

_ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["good", "bad", "rest", "ask", "ask", "bring", "bring", "accept", "assign", "refuse", "draft", "leave", "sign", "decline"]
        ),
        st.sets(st.integers(-2, 0), min_size=1, max_size=2),  # few things, so that they come again
        st.sampled_from(["", "", "", "binh", "ha", "chi", "dung"]),  # most often who would do it there
        st.booleans(),
    ),
    min_size=6,
    max_size=20,
)


def _as_it_is(dossier, item):
    """What an item holds, told without the house's own fingerprints."""
    if item.component_id:
        rows = dossier.documents.filter(component_id=item.component_id).values_list("file__sha256", flat=True)
        return sorted(rows)
    return dict(dossier.answers)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=_ACTS)
def test_in_no_history_is_what_was_good_and_has_not_changed_found_wrong_without_a_leaders_word(
    acts, paid, binh, ha, chi, dung, an, as_actor
):
    people = {"binh": as_actor(binh), "ha": as_actor(ha), "chi": as_actor(chi), "dung": as_actor(dung)}
    with transaction.atomic():
        _play(acts, Dossier.objects.get(pk=paid.pk), people, as_actor(an), chi)
        transaction.set_rollback(True)


def _who_would(act, state):
    if act in ("sign", "decline"):
        return "dung"
    if state == State.PROCESSING:
        return "ha" if act == "ask" else "chi"
    return "binh"


def _play(acts, dossier, people, an, chi):
    good: dict[str, object] = {}  # what was told to be good, and what it held then
    ticked: dict[str, bool] = {}
    used = 0
    for number, (act, chosen, name, flag) in enumerate(acts):
        at = MONDAY_9AM + timedelta(minutes=number)
        dossier = Dossier.objects.get(pk=dossier.pk)
        items = notices.items_of(dossier)
        some = [items[one % len(items)] for one in sorted(chosen)]
        actor, keys = people[name or _who_would(act, dossier.state)], {one.key for one in some}
        is_good = {one.key for one in items if good.get(one.key) == _as_it_is(dossier, one)}
        try:
            if act in ("good", "bad"):
                operations.tick(dossier=dossier, item=some[0].key, good=act == "good", reason="Sai", basis=BASIS, actor=actor, at=at)
                ticked[some[0].key] = act == "good"
            elif act == "rest":
                operations.tick_the_rest(dossier=dossier, actor=actor, at=at)
                ticked = {one.key: ticked.get(one.key, True) for one in items}
            elif act in ("ask", "refuse", "draft"):
                words = "Lãnh đạo xác nhận" if flag else ""
                if act == "ask":
                    operations.ask_supplement(dossier=dossier, items=asked(*some), basis=BASIS, note="", actor=actor, at=at, override_reason=words)
                elif act == "draft":
                    operations.draft_supplement(dossier=dossier, items=asked(*some), basis=BASIS, note="", actor=actor, at=at)
                    ticked |= dict.fromkeys(keys, False)
                    continue
                else:
                    operations.refuse(
                        dossier=dossier, reason="Không hợp lệ", basis=BASIS, advice="", items=asked(*some), actor=actor, at=at,
                        override_reason=words,
                    )  # fmt: skip
                again = keys & is_good
                used += len(again)
                total = Override.objects.filter(dossier=dossier, granted=True, used_at__isnull=False).count()
                assert total == used  # each that was good needed a leader's word, of its own
                leaders = Override.objects.filter(dossier=dossier).exclude(decided_by_name="").values_list("decided_by_name", flat=True)
                assert set(leaders) <= {"Hoàng Dũng"}
                good = {key: held for key, held in good.items() if key not in keys} | {
                    one.key: _as_it_is(dossier, one) for one in items if one.key not in keys
                }
                ticked = {}
            elif act == "bring":
                request = dossier.supplements.filter(closed_at=None).first()
                for entry in request.items if request else []:
                    if entry["component_id"]:
                        operations.attach(
                            dossier=dossier, component_id=entry["component_id"], stream=BytesIO(PDF + b"%d" % number),
                            name="moi.pdf", actor=an, at=at,
                        )  # fmt: skip
                operations.supplement(dossier=dossier, note="Đã bổ sung", actor=an, at=at)
            elif act == "accept":
                operations.accept(dossier=dossier, actor=actor, at=at)
                good |= {one.key: _as_it_is(dossier, one) for one in items if ticked.get(one.key)}
                ticked = {}
            elif act == "assign":
                operations.assign(dossier=dossier, assignee=chi, note="", actor=people["ha"], at=at)
            elif act == "leave":
                for one in operations.ask_override(dossier=dossier, items=keys, reason="Phát hiện sai", actor=actor, at=at):
                    if flag:
                        operations.decide_override(override=one, granted=True, words="Đã xem xét", actor=people["dung"], at=at)
            else:
                waiting = dossier.overrides.open().first()
                if waiting:
                    operations.decide_override(override=waiting, granted=act == "sign", words="Đã xem xét", actor=actor, at=at)
        except operations.NeedsOverride as refusal:
            assert {one.item for one in refusal.items} <= is_good  # and nobody has to sign for what was never good
        except Refusal:
            continue

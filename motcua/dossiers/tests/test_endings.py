"""How dossiers end without the result that was asked for, in writing, and what becomes of the fees."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.dossiers import operations
from motcua.dossiers.acts import Ends, acts_for
from motcua.dossiers.models import Dossier, Result
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.papers.models import Paper
from motcua.payments.models import Charge
from motcua.payments.states import ChargeState
from tests.cast import MONDAY_9AM, pay_everything

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LATER = MONDAY_9AM + 3 * HOUR
JOB = Actor.system("propose_ends")
WHY = {"reason": "Không đủ điều kiện", "basis": "Điều 9 TT 28/2012"}


@pytest.fixture
def accepted(submitted, binh, as_actor) -> Dossier:
    pay_everything(submitted)
    return operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + HOUR)


@pytest.fixture
def processing(accepted, ha, chi, as_actor) -> Dossier:
    return operations.assign(dossier=accepted, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)


def kinds(dossier) -> dict[str, str]:
    return dict(Paper.objects.about(dossier.subject).values_list("kind", "number"))


def charge(dossier) -> Charge:
    return Charge.objects.about(dossier.subject).get()


def appraised(dossier, chi, as_actor) -> None:
    operations.appraise(dossier=dossier, outcome="dat", conclusion="Hợp lệ.", actor=as_actor(chi), at=LATER)


# -- stop and fees -------------------------------------------------------------------------------------------


def test_stopping_before_the_appraisal_gives_the_fee_back_and_says_so(processing, dung, as_actor):
    dossier = operations.stop(dossier=processing, **WHY, advice="Nộp lại.", actor=as_actor(dung), at=LATER)

    assert dossier.state == State.STOPPED
    assert charge(dossier).state == ChargeState.REFUND_DUE
    assert {"stop_notice": "01/TBD", "refund_notice": "01/HTP"}.items() <= kinds(dossier).items()
    notice = Paper.objects.get(kind="stop_notice").data
    assert "150.000 đồng đã nộp được hoàn trả" in notice["fee"]
    assert notice["basis"] == WHY["basis"] and notice["signer"]["name"] == "Hoàng Dũng"
    assert Paper.objects.get(kind="refund_notice").data["amount_vnd"] == 150_000


def test_stopping_after_the_appraisal_keeps_the_fee_and_says_why(processing, chi, dung, as_actor):
    appraised(processing, chi, as_actor)
    dossier = operations.stop(dossier=processing, **WHY, actor=as_actor(dung), at=LATER)
    assert charge(dossier).state == ChargeState.PAID
    assert "không được hoàn trả vì cơ quan đã thẩm định" in Paper.objects.get(kind="stop_notice").data["fee"]
    assert "refund_notice" not in kinds(dossier)


@pytest.mark.parametrize("missing", ["reason", "basis"])
def test_nothing_is_stopped_without_reason_and_basis(processing, dung, as_actor, missing):
    with pytest.raises(Refusal):
        operations.stop(dossier=processing, **(WHY | {missing: " "}), actor=as_actor(dung), at=LATER)
    processing.refresh_from_db()
    assert processing.state == State.PROCESSING


def test_what_was_never_accepted_is_refused_and_not_stopped(submitted, binh, dung, as_actor):
    pay_everything(submitted)
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    dossier = operations.ask_supplement(
        dossier=submitted, items=items, basis="TT 28", note="", actor=as_actor(binh), at=LATER
    )
    assert "stop" not in {act.name for act in acts_for(dossier, as_actor(dung), [])}
    with pytest.raises(WrongState, match="chưa được tiếp nhận"):
        operations.stop(dossier=dossier, **WHY, actor=as_actor(dung), at=LATER)


# -- withdrawal ----------------------------------------------------------------------------------------------


def test_a_withdrawal_is_confirmed_on_paper_with_what_becomes_of_the_fee(processing, an, binh, as_actor):
    operations.request_withdrawal(dossier=processing, reason="Nộp nhầm", actor=as_actor(an), at=LATER)
    dossier = operations.withdraw(dossier=processing, actor=as_actor(binh), at=LATER + HOUR)
    assert dossier.state == State.WITHDRAWN
    assert charge(dossier).state == ChargeState.REFUND_DUE
    slip = Paper.objects.get(kind="withdrawal_slip")
    assert slip.number == "01/RHS" and slip.data["reason"] == "Nộp nhầm"
    assert "hoàn trả" in slip.data["fee"]


def test_a_withdrawal_after_the_appraisal_gives_nothing_back(processing, chi, an, binh, as_actor):
    appraised(processing, chi, as_actor)
    operations.request_withdrawal(dossier=processing, reason="Đổi ý", actor=as_actor(an), at=LATER)
    dossier = operations.withdraw(dossier=processing, actor=as_actor(binh), at=LATER + HOUR)
    assert charge(dossier).state == ChargeState.PAID
    assert "không được hoàn trả" in Paper.objects.get(kind="withdrawal_slip").data["fee"]


# -- who waits too long --------------------------------------------------------------------------------------


def test_the_clock_proposes_the_end_of_a_supplement_that_never_came_once(processing, ha, dung, an, as_actor):
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    operations.ask_supplement(
        dossier=processing, items=items, basis="TT 28/2012", note="", actor=as_actor(ha), at=LATER
    )
    assert operations.propose_overdue_ends(actor=JOB, at=LATER + DAY) == 0
    much_later = LATER + 40 * DAY
    assert operations.propose_overdue_ends(actor=JOB, at=much_later) == 1
    assert operations.propose_overdue_ends(actor=JOB, at=much_later + HOUR) == 0
    proposal = processing.end_proposals.get()
    assert proposal.cause == "supplement_overdue" and proposal.basis == "TT 28/2012"
    dossier = operations.stop(
        dossier=processing, reason=proposal.reason, basis=proposal.basis, actor=as_actor(dung), at=much_later
    )
    assert dossier.state == State.STOPPED
    assert not dossier.end_proposals.open().exists()


def test_who_answers_after_all_overtakes_the_proposal(processing, ha, an, as_actor):
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    operations.ask_supplement(dossier=processing, items=items, basis="TT 28", note="", actor=as_actor(ha), at=LATER)
    operations.propose_overdue_ends(actor=JOB, at=LATER + 40 * DAY)
    operations.supplement(dossier=processing, note="Đây ạ", actor=as_actor(an), at=LATER + 41 * DAY)
    assert not processing.end_proposals.open().exists()


def test_a_leader_may_wait_on_and_is_not_asked_again_for_the_same_wait(processing, ha, dung, as_actor):
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    operations.ask_supplement(dossier=processing, items=items, basis="TT 28", note="", actor=as_actor(ha), at=LATER)
    late = LATER + 40 * DAY
    operations.propose_overdue_ends(actor=JOB, at=late)
    with pytest.raises(NotAllowed):
        operations.decline_end(dossier=processing, reason="Chờ thêm", actor=as_actor(ha), at=late)
    operations.decline_end(dossier=processing, reason="Chờ thêm", actor=as_actor(dung), at=late)
    assert operations.propose_overdue_ends(actor=JOB, at=late + DAY) == 0


def test_an_appraiser_proposes_and_the_leader_finds_it(processing, chi, giang, dung, as_actor):
    with pytest.raises(NotAllowed):
        operations.propose_end(dossier=processing, **WHY, actor=as_actor(giang), at=LATER)
    with pytest.raises(Refusal):
        operations.propose_end(dossier=processing, reason="x", basis="", actor=as_actor(chi), at=LATER)
    proposal = operations.propose_end(dossier=processing, **WHY, actor=as_actor(chi), at=LATER)
    with pytest.raises(WrongState):
        operations.propose_end(dossier=processing, **WHY, actor=as_actor(chi), at=LATER)
    offered = acts_for(processing, as_actor(dung), [], ends=Ends(proposal=proposal))
    assert {"stop", "decline_end"} <= {act.name for act in offered}


# -- not eligible --------------------------------------------------------------------------------------------


def test_a_decision_that_the_conditions_are_not_met_goes_the_way_of_every_result(processing, chi, dung, van, as_actor):
    dossier = operations.find_not_eligible(
        dossier=processing, **WHY, conclusion="Thiếu kết quả thử nghiệm.", advice="Thử nghiệm lại.",
        actor=as_actor(chi), at=LATER,
    )  # fmt: skip
    decided = Result.objects.get(dossier=dossier)
    assert (decided.kind, decided.approved_at) == (Result.Kind.NOT_ELIGIBLE, None)
    operations.approve(dossier=dossier, note="", actor=as_actor(dung), at=LATER + HOUR)
    dossier = operations.stamp(dossier=dossier, actor=as_actor(van), at=LATER + 2 * HOUR)
    assert dossier.state == State.SETTLED
    paper = Paper.objects.get(kind="not_eligible")
    assert paper.data["reasons"] == [WHY]
    assert "không được hoàn trả" in paper.data["fee"]
    assert charge(dossier).state == ChargeState.PAID


@pytest.mark.parametrize("missing", ["reason", "basis"])
def test_nobody_is_found_not_eligible_without_reason_and_basis(processing, chi, as_actor, missing):
    with pytest.raises(Refusal):
        operations.find_not_eligible(
            dossier=processing, **(WHY | {missing: ""}), conclusion="", advice="", actor=as_actor(chi), at=LATER
        )
    assert not Result.objects.filter(dossier=processing).exists()


def test_an_appraiser_may_think_again_after_it_came_back(processing, chi, dung, as_actor):
    operations.find_not_eligible(
        dossier=processing, **WHY, conclusion="", advice="", actor=as_actor(chi), at=LATER
    )
    operations.send_back(
        dossier=processing, act="approve", outcome="tra_lai", reason="Xem lại", actor=as_actor(dung), at=LATER
    )
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt.", actor=as_actor(chi), at=LATER)
    decided = Result.objects.get(dossier=processing)
    assert (decided.kind, decided.reason, decided.basis) == (Result.Kind.GRANTED, "", "")


def test_no_result_against_somebody_is_kept_without_saying_why(processing):
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.create(dossier=processing, kind="not_eligible", name="x", drafted_by="Chi")


# -- a fee in the middle -------------------------------------------------------------------------------------


def test_a_fee_that_is_asked_for_comes_with_a_notice(submitted, binh, ha, chi, changed, as_actor):
    from motcua.payments.models import Charge as Charges

    pay_everything(submitted)
    dossier = operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + HOUR)
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)
    Charges.objects.filter(subject=dossier.subject).update(state=ChargeState.UNPAID, paid_at=None)
    dossier = operations.ask_payment(dossier=dossier, note="Phí thẩm định", actor=as_actor(ha), at=LATER)
    notice = Paper.objects.get(kind="fee_notice")
    assert notice.number == "01/TBP" and notice.data["amount_vnd"] == 150_000
    assert operations.propose_overdue_ends(actor=JOB, at=LATER + 40 * DAY) == 1
    assert dossier.end_proposals.get().cause == "payment_overdue"


def test_the_story_of_an_end_carries_reason_basis_and_fees(processing, dung, as_actor):
    operations.stop(dossier=processing, **WHY, actor=as_actor(dung), at=LATER)
    event = Event.objects.get(type="dossier.stopped")
    assert event.data["reason"] == WHY["reason"] and event.data["basis"] == WHY["basis"]
    assert "hoàn trả" in event.data["fees"]
    assert event.data["changed"]["state"] == "stopped"


# -- what was drafted ----------------------------------------------------------------------------------------


def test_what_was_drafted_meanwhile_is_overtaken_when_the_result_is_issued(processing, ha, chi, dung, van, as_actor):
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    common = {"dossier": processing, "actor": as_actor(chi), "at": LATER}
    operations.draft_supplement(items=items, basis="TT 28/2012", note="", **common)
    operations.draft_extension(reason="Chờ ý kiến", late_unit="", new_due_on=(LATER + 14 * DAY).date(), **common)
    operations.appraise(outcome="dat", conclusion="Hợp lệ.", **common)
    operations.approve(dossier=processing, note="", actor=as_actor(dung), at=LATER)
    dossier = operations.stamp(dossier=processing, actor=as_actor(van), at=LATER)
    assert dossier.notice_drafts.get().closed_at == LATER
    assert dossier.extensions.get().discarded_at == LATER
    with pytest.raises(WrongState):
        operations.return_draft(dossier=dossier, reason="Không cần", actor=as_actor(ha), at=LATER)


def test_an_apology_that_waits_while_the_clock_stands_is_dropped_with_the_dossier_and_not_before(
    processing, ha, chi, dung, as_actor
):
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    operations.draft_extension(
        dossier=processing, reason="Chờ", late_unit="", new_due_on=(LATER + 14 * DAY).date(), actor=as_actor(chi), at=LATER
    )
    operations.ask_supplement(
        dossier=processing, items=items, basis="TT 28/2012", note="", actor=as_actor(ha), at=LATER
    )
    with pytest.raises(WrongState):
        operations.discard_extension(dossier=processing, actor=as_actor(chi), at=LATER)
    dossier = operations.stop(dossier=processing, **WHY, actor=as_actor(dung), at=LATER)
    assert dossier.extensions.get().discarded_by == "Hoàng Dũng"

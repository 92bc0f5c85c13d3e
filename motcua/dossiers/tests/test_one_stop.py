"""The officers' half: from intake to the returned result, and everything that is refused."""

from datetime import timedelta

import pytest

from motcua.agencies import operations as agencies
from motcua.agencies.models import Officer, Role
from motcua.dossiers import operations
from motcua.dossiers.acts import acts_for
from motcua.dossiers.models import Dossier
from motcua.dossiers.operations.moving import check
from motcua.dossiers.states import TRANSITIONS, State
from motcua.dossiers.subscribers import hand_back
from motcua.dossiers.tests.test_filing import at_once
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.foundation.working_time import working_hours_between
from motcua.papers.models import Paper
from tests.cast import MONDAY_9AM, PDF, pay_everything

HOUR = timedelta(hours=1)


@pytest.fixture
def accepted(submitted, binh, as_actor) -> Dossier:
    pay_everything(submitted)
    return operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + HOUR)


@pytest.fixture
def processing(accepted, ha, chi, as_actor) -> Dossier:
    return operations.assign(dossier=accepted, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)


def test_the_whole_way_of_a_dossier_that_nothing_is_wrong_with(processing, chi, dung, van, yen, an, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    dossier = operations.appraise(
        dossier=processing, outcome="dat", conclusion="Hồ sơ hợp lệ.", actor=as_actor(chi), at=at
    )
    dossier = operations.approve(dossier=dossier, note="", actor=as_actor(dung), at=at)
    dossier = operations.stamp(dossier=dossier, actor=as_actor(van), at=at)
    assert dossier.state == State.SETTLED
    assert dossier.result.number == "01/TB"
    assert not dossier.is_late(at)
    dossier = operations.return_result(dossier=dossier, receiver_name="Nguyễn Văn An", note="", actor=as_actor(yen), at=at)
    assert dossier.state == State.RETURNED
    assert not dossier.tasks.open().exists()
    rating = operations.rate(dossier=dossier, score=2, comment="", actor=as_actor(an), at=at)
    assert str(rating) == "Rất hài lòng"
    kinds = set(Paper.objects.about(dossier.subject).values_list("kind", flat=True))
    assert {"acceptance_slip", "result_notice"} <= kinds


def test_accepting_starts_the_legal_clock_of_five_working_days(accepted):
    assert accepted.due_at == MONDAY_9AM.replace(month=12, day=7, hour=17)
    assert Paper.objects.about(accepted.subject).get(kind="acceptance_slip").number == "01/TNHS"
    assert accepted.tasks.open().get().act == "assign"


def test_a_dossier_whose_first_fee_is_unpaid_is_not_accepted(submitted, binh, as_actor):
    from motcua.payments.models import Charge

    Charge.objects.update(due="before_acceptance")
    with pytest.raises(Refusal, match="chưa nộp phí"):
        operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM)


@pytest.mark.parametrize("name", TRANSITIONS)
@pytest.mark.parametrize("state", State)
def test_every_transition_is_refused_from_every_wrong_state_and_to_every_stranger(name, state, submitted, giang, as_actor):
    submitted.state = state
    transition = TRANSITIONS[name]
    able = Actor(
        "officer",
        "1",
        "Người có quyền",
        frozenset((unit, role) for role in transition.roles for unit in (submitted.agency_id, submitted.reception_id)),
    )
    if "owner" in transition.roles:
        able = Actor("citizen", str(submitted.applicant_id), "An")
    if state in transition.sources:
        check(submitted, name, able)
    else:
        with pytest.raises(WrongState):
            check(submitted, name, able)
    with pytest.raises(NotAllowed):
        check(submitted, name, as_actor(giang))
    with pytest.raises(NotAllowed):
        check(submitted, name, Actor.anonymous())


def items(*components):
    return [{"component_id": one, "name": one, "reason": "Thiếu chữ ký"} for one in components]


def test_a_supplement_at_intake_comes_back_to_intake_and_only_what_was_asked_may_come(submitted, binh, an, as_actor):
    from io import BytesIO

    asked = submitted.documents.first().component_id
    other = submitted.documents.exclude(component_id=asked).first().component_id
    dossier = operations.ask_supplement(
        dossier=submitted, items=items(asked), basis="Thông tư 28/2012/TT-BKHCN", note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    assert dossier.state == State.SUPPLEMENT_REQUESTED
    actor, at = as_actor(an), MONDAY_9AM + HOUR
    with pytest.raises(Refusal, match="đính kèm giấy tờ được yêu cầu"):
        operations.supplement(dossier=dossier, note="", actor=actor, at=at)
    with pytest.raises(Refusal, match="không yêu cầu"):
        operations.attach(dossier=dossier, component_id=other, stream=BytesIO(PDF), name="a.pdf", actor=actor, at=at)
    operations.attach(dossier=dossier, component_id=asked, stream=BytesIO(PDF), name="moi.pdf", actor=actor, at=at)
    dossier = operations.supplement(dossier=dossier, note="Đã ký", actor=actor, at=at)
    assert dossier.state == State.SUBMITTED
    assert dossier.documents.filter(component_id=asked).count() == 2  # the old paper stays


def test_a_supplement_in_appraisal_stops_the_clock_and_moves_the_date(processing, ha, an, as_actor):
    from io import BytesIO

    old_due = processing.due_at
    asked = processing.documents.first().component_id
    at = MONDAY_9AM + 4 * HOUR
    dossier = operations.ask_supplement(
        dossier=processing, items=items(asked), basis="TT 28/2012", note="", actor=as_actor(ha), at=at
    )
    at += timedelta(days=2)
    operations.attach(dossier=dossier, component_id=asked, stream=BytesIO(PDF), name="b.pdf", actor=as_actor(an), at=at)
    dossier = operations.supplement(dossier=dossier, note="", actor=as_actor(an), at=at)
    assert dossier.state == State.PROCESSING
    assert dossier.due_at > old_due
    assert dossier.first_due_at == old_due


def test_what_is_waited_for_the_citizen_is_no_time_of_the_step_that_waits(processing, ha, an, as_actor):
    task = processing.tasks.open().get()
    asked_at = MONDAY_9AM + 4 * HOUR  # at noon, in the break
    dossier = operations.ask_supplement(
        dossier=processing, items=items(""), basis="TT 28/2012", note="", actor=as_actor(ha), at=asked_at
    )
    back_at = MONDAY_9AM + timedelta(days=14, hours=4)
    operations.supplement(dossier=dossier, note="Đã sửa", actor=as_actor(an), at=back_at)
    calendar = dossier.agency.calendar.calendar
    left = working_hours_between(asked_at, task.due_at, calendar)
    task.refresh_from_db()
    assert working_hours_between(back_at, task.due_at, calendar) == left > 0


@pytest.mark.parametrize("reason, basis", [("", "TT 28"), ("Sai", " ")])
def test_no_refusal_leaves_without_reason_and_basis(submitted, binh, as_actor, reason, basis):
    with pytest.raises(Refusal):
        operations.refuse(dossier=submitted, reason=reason, basis=basis, advice="", actor=as_actor(binh), at=MONDAY_9AM)
    assert Dossier.objects.get(pk=submitted.pk).state == State.SUBMITTED


def test_a_refused_dossier_ends_and_its_charge_is_cancelled(submitted, binh, as_actor):
    dossier = operations.refuse(
        dossier=submitted, reason="Không thuộc thẩm quyền", basis="Nghị định 118/2025/NĐ-CP", advice="", actor=as_actor(binh), at=MONDAY_9AM
    )
    assert dossier.is_ended
    from motcua.payments.models import Charge

    assert not Charge.objects.about(dossier.subject).owed().exists()


def test_the_citizen_asks_to_withdraw_and_the_counter_confirms_or_declines(processing, an, binh, as_actor):
    at = MONDAY_9AM + 5 * HOUR
    operations.request_withdrawal(dossier=processing, reason="Không còn nhu cầu", actor=as_actor(an), at=at)
    operations.decline_withdrawal(dossier=processing, reason="Kết quả đã được phê duyệt", actor=as_actor(binh), at=at)
    operations.request_withdrawal(dossier=processing, reason="Không còn nhu cầu", actor=as_actor(an), at=at)
    dossier = operations.withdraw(dossier=processing, actor=as_actor(binh), at=at)
    assert dossier.state == State.WITHDRAWN
    assert not dossier.tasks.open().exists()


def test_the_leader_sends_back_and_the_same_appraiser_has_it_again(processing, chi, dung, as_actor):
    at = MONDAY_9AM + 5 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Hợp lệ", actor=as_actor(chi), at=at)
    dossier = operations.send_back(
        dossier=processing, act="approve", outcome="tra_lai", reason="Cần làm rõ", actor=as_actor(dung), at=at
    )
    task = dossier.tasks.open().get()
    assert (task.act, task.assignee_id) == ("appraise", chi.pk)


@pytest.mark.django_db(transaction=True)
def test_two_officers_accept_at_once_one_wins_and_the_other_is_told_who(submitted, binh, hire, centre, as_actor):
    pay_everything(submitted)
    lan = hire("lan", "Mai Thị Lan", centre, Role.RECEIVER)
    actors = [as_actor(binh), as_actor(lan)]

    outcomes = at_once(
        *[lambda actor=actor: operations.accept(dossier=submitted, actor=actor, at=MONDAY_9AM) for actor in actors]
    )

    lost = [one for one in outcomes if isinstance(one, WrongState)]
    assert len(lost) == 1
    assert "Trần Thị Bình" in str(lost[0]) or "Mai Thị Lan" in str(lost[0])
    assert Event.objects.filter(type="dossier.accepted").count() == 1


def test_what_is_offered_is_what_may_be_done(processing, chi, dung, giang, binh, as_actor):
    tasks = list(processing.tasks.open())

    def names(user):
        return {act.name for act in acts_for(processing, as_actor(user), tasks)}

    assert {"appraise", "send_back"} <= names(chi)
    assert "appraise" not in names(dung)
    assert names(giang) == set()


def test_an_officer_from_elsewhere_sees_nothing_and_a_draft_is_seen_by_no_officer(submitted, draft, giang, binh, as_actor):
    assert not Dossier.objects.visible_to(as_actor(giang)).exists()
    assert Dossier.objects.visible_to(as_actor(binh)).filter(pk=submitted.pk).exists()


def test_a_page_older_than_the_steps_latest_round_is_told_who_did_it(processing, chi, dung, as_actor):
    at = MONDAY_9AM + 5 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Hợp lệ", actor=as_actor(chi), at=at)
    seen = processing.tasks.open().get().pk
    operations.send_back(
        dossier=processing, act="approve", outcome="tra_lai", reason="Cần làm rõ", actor=as_actor(dung), at=at, seen=seen
    )
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đã làm rõ", actor=as_actor(chi), at=at)
    with pytest.raises(WrongState, match="Hoàng Dũng đã thực hiện"):
        operations.approve(dossier=processing, note="", actor=as_actor(dung), at=at, seen=seen)
    now_seen = processing.tasks.open().get().pk
    operations.approve(dossier=processing, note="", actor=as_actor(dung), at=at, seen=now_seen)


def test_nothing_is_offered_that_an_unpaid_fee_would_refuse(submitted, processing, binh, van, chi, dung, as_actor):
    submitted.refresh_from_db()
    submitted.state, submitted.accepted_at = State.SUBMITTED, None
    assert "accept" in {act.name for act in acts_for(submitted, as_actor(binh), [])}
    assert "accept" not in {act.name for act in acts_for(submitted, as_actor(binh), [], owed=["before_acceptance"])}
    at = MONDAY_9AM + 5 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Hợp lệ", actor=as_actor(chi), at=at)
    dossier = operations.approve(dossier=processing, note="", actor=as_actor(dung), at=at)
    tasks = list(dossier.tasks.open())
    assert [act.name for act in acts_for(dossier, as_actor(van), tasks)] == ["stamp"]
    assert acts_for(dossier, as_actor(van), tasks, owed=["before_result"]) == []


def test_while_a_supplement_is_awaited_no_step_is_offered(processing, ha, chi, as_actor):
    dossier = operations.ask_supplement(
        dossier=processing, items=items("x"), basis="TT 28/2012", note="", actor=as_actor(ha), at=MONDAY_9AM + 4 * HOUR
    )
    acts = acts_for(dossier, as_actor(chi), list(dossier.tasks.open()))
    assert [act.name for act in acts if act.task] == []


def test_the_expected_number_is_the_one_that_the_result_then_gets(processing, chi, dung, van, as_actor):
    at = MONDAY_9AM + 5 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Hợp lệ", actor=as_actor(chi), at=at)
    dossier = operations.approve(dossier=processing, note="", actor=as_actor(dung), at=at)
    expected = operations.expected_number(dossier, at)
    assert operations.stamp(dossier=dossier, actor=as_actor(van), at=at).result.number == expected


def test_the_control_slip_names_every_handover(processing, chi, as_actor):
    from motcua.dossiers import printing
    from motcua.papers.render import render

    tasks = list(processing.tasks.select_related("assignee", "agency"))
    data = printing.control_slip(processing, tasks, MONDAY_9AM + 3 * HOUR)
    assert [line["taker"] for line in data["handovers"]] == ["Lê Thị Hà, Sở Khoa học và Công nghệ tỉnh Kon Tum", "Phạm Thị Chi"]
    assert [line["outcome"] for line in data["handovers"]] == ["Đúng hạn", "Đang thực hiện"]
    assert render("control_slip", data).startswith(b"%PDF")


def test_a_result_that_is_issued_answers_the_wish_to_withdraw(processing, an, chi, dung, van, as_actor):
    at = MONDAY_9AM + 5 * HOUR
    operations.request_withdrawal(dossier=processing, reason="Không còn nhu cầu", actor=as_actor(an), at=at)
    operations.appraise(dossier=processing, outcome="dat", conclusion="Hợp lệ", actor=as_actor(chi), at=at)
    operations.approve(dossier=processing, note="", actor=as_actor(dung), at=at)
    operations.stamp(dossier=processing, actor=as_actor(van), at=at)
    processing.refresh_from_db()
    assert (processing.state, processing.withdrawal_requested_at) == (State.SETTLED, None)
    [declined] = Event.objects.filter(type="dossier.withdrawal_declined")
    assert declined.data["reason"] == "Kết quả đã được ban hành."


def test_the_steps_of_an_officer_whose_role_ended_go_to_his_colleagues(processing, chi, hire, province, department, as_actor):
    thao = hire("thao", "Y Thảo", province, Role.ADMINISTRATOR)
    khoi = as_actor(hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER))
    agencies.dismiss(officer=Officer.objects.get(user=chi), actor=as_actor(thao), at=MONDAY_9AM)
    hand_back(Event.objects.get(type="officer.dismissed"))
    operations.appraise(dossier=processing, outcome="dat", conclusion="Hợp lệ", actor=khoi, at=MONDAY_9AM + 5 * HOUR)


def test_a_step_that_comes_again_goes_to_nobody_who_has_left(processing, chi, dung, as_actor):
    at = MONDAY_9AM + 5 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Hợp lệ", actor=as_actor(chi), at=at)
    Officer.objects.filter(user=chi).delete()
    dossier = operations.send_back(
        dossier=processing, act="approve", outcome="tra_lai", reason="Cần làm rõ", actor=as_actor(dung), at=at
    )
    assert dossier.tasks.open().get().assignee_id is None


def test_a_dismissal_told_late_takes_nothing_from_who_was_appointed_anew(processing, chi, hire, province, department, as_actor):
    thao = as_actor(hire("thao", "Y Thảo", province, Role.ADMINISTRATOR))
    agencies.dismiss(officer=Officer.objects.get(user=chi), actor=thao, at=MONDAY_9AM)
    agencies.appoint(user=chi, agency=department, role=Role.APPRAISER, title="", actor=thao, at=MONDAY_9AM)
    hand_back(Event.objects.get(type="officer.dismissed"))
    assert processing.tasks.open().get().assignee_id == chi.pk

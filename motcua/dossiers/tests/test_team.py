"""A step goes from hand to hand: taken, forwarded, given to somebody else, called back; and others are asked."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.accounts.middleware import actor_of
from motcua.agencies import absences
from motcua.agencies.models import Absence, Role
from motcua.dossiers import operations
from motcua.dossiers.models import Consultation, Dossier, Phrase
from motcua.dossiers.operations import Question
from motcua.dossiers.story import story
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI, now
from tests.cast import MONDAY_9AM, pay_everything

HOUR = timedelta(hours=1)


@pytest.fixture
def accepted(submitted, binh, as_actor) -> Dossier:
    pay_everything(submitted)
    return operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + HOUR)


@pytest.fixture
def processing(accepted, ha, chi, as_actor) -> Dossier:
    return operations.assign(dossier=accepted, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)


@pytest.fixture
def khoi(hire, department):
    """A colleague of Chi's."""
    return hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)


def task_of(dossier: Dossier):
    return dossier.tasks.open().select_related("assignee").get()


def last_event(dossier: Dossier) -> Event | None:
    return Event.objects.about(dossier.subject).last()


# Forwarding and reassigning -----------------------------------------------------------------------------------


def test_a_colleague_of_the_same_role_goes_on_with_the_step(processing, chi, khoi, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    operations.forward(dossier=processing, assignee=khoi, note="Chi đi họp", actor=as_actor(chi), at=at)
    task = task_of(processing)
    assert task.assignee == khoi
    assert task.due_at == processing.tasks.last().due_at
    event = last_event(processing)
    assert event is not None
    assert event.type == "dossier.forwarded"
    with pytest.raises(NotAllowed):
        operations.forward(dossier=processing, assignee=chi, note="", actor=as_actor(chi), at=at)


def test_a_step_is_not_forwarded_to_somebody_of_another_role_or_to_whom_it_belongs(processing, chi, dung, as_actor):
    for somebody in (dung, chi):
        with pytest.raises(Refusal):
            operations.forward(dossier=processing, assignee=somebody, note="", actor=as_actor(chi), at=MONDAY_9AM + 3 * HOUR)
    assert task_of(processing).assignee == chi


def test_the_head_gives_an_open_appraisal_to_somebody_else_and_nobody_else_may(processing, ha, chi, khoi, giang, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    for stranger in (khoi, giang):
        with pytest.raises(NotAllowed):
            operations.reassign(dossier=processing, assignee=khoi, note="", actor=as_actor(stranger), at=at)
    operations.reassign(dossier=processing, assignee=khoi, note="", actor=as_actor(ha), at=at)
    assert task_of(processing).assignee == khoi
    with pytest.raises(NotAllowed):
        operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)


def test_a_step_that_waits_for_anybody_is_taken_by_the_first(accepted, ha, hire, department, as_actor):
    second = hire("hung", "Trần Văn Hùng", department, Role.HEAD)
    operations.take_over(dossier=accepted, actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)
    assert task_of(accepted).assignee == ha
    with pytest.raises(WrongState, match="Lê Thị Hà"):
        operations.take_over(dossier=accepted, actor=as_actor(second), at=MONDAY_9AM + 2 * HOUR)


def test_what_was_seen_open_and_is_over_is_not_forwarded(processing, chi, khoi, dung, as_actor):
    seen = task_of(processing).pk
    at = MONDAY_9AM + 3 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)
    operations.send_back(dossier=processing, act="approve", outcome="tra_lai", reason="Xem lại", actor=as_actor(dung), at=at)
    with pytest.raises(WrongState):
        operations.forward(dossier=processing, assignee=khoi, note="", actor=as_actor(chi), at=at, seen=seen)


# Calling back -------------------------------------------------------------------------------------------------


def test_what_nobody_has_touched_is_called_back_and_done_again(processing, chi, dung, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)
    dossier = Dossier.objects.get(pk=processing.pk)
    assert operations.passed_on(dossier, as_actor(chi)) == task_of(dossier)
    operations.recall(dossier=dossier, note="Còn thiếu một ý", actor=as_actor(chi), at=at + HOUR)
    task = task_of(dossier)
    assert (task.act, task.assignee) == ("appraise", chi)
    with pytest.raises(WrongState):
        operations.approve(dossier=dossier, note="", actor=as_actor(dung), at=at + HOUR)
    operations.appraise(dossier=dossier, outcome="dat", conclusion="Đạt, bổ sung ý", actor=as_actor(chi), at=at + HOUR)
    assert task_of(dossier).act == "approve"


def test_what_the_next_one_has_looked_at_is_not_called_back(processing, chi, dung, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)
    operations.note_reading(dossier=processing, purpose="view_dossier", actor=as_actor(dung), at=at + HOUR)
    assert operations.passed_on(Dossier.objects.get(pk=processing.pk), as_actor(chi)) is None
    with pytest.raises(WrongState):
        operations.recall(dossier=processing, note="", actor=as_actor(chi), at=at + HOUR)


def test_an_assignment_and_a_forwarded_step_are_called_back_by_who_made_them(processing, ha, chi, khoi, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    operations.recall(dossier=processing, note="", actor=as_actor(ha), at=at)
    assert (task_of(processing).act, task_of(processing).assignee) == ("assign", ha)
    operations.assign(dossier=processing, assignee=chi, note="", actor=as_actor(ha), at=at)
    operations.forward(dossier=processing, assignee=khoi, note="", actor=as_actor(chi), at=at)
    with pytest.raises(WrongState):
        operations.recall(dossier=processing, note="", actor=as_actor(ha), at=at)
    operations.recall(dossier=processing, note="", actor=as_actor(chi), at=at)
    assert task_of(processing).assignee == chi


def test_an_approved_result_stays_approved(processing, chi, dung, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)
    operations.approve(dossier=processing, note="", actor=as_actor(dung), at=at)
    with pytest.raises(WrongState):
        operations.recall(dossier=processing, note="", actor=as_actor(dung), at=at)


# Absence ------------------------------------------------------------------------------------------------------


def away(user, deputy, first=0, last=3, by=None) -> Absence:
    today = now().astimezone(HANOI).date()
    return absences.declare_absence(
        user=user,
        deputy=deputy,
        first_day=today + timedelta(days=first),
        last_day=today + timedelta(days=last),
        note="Nghỉ phép",
        actor=actor_of(by or user),
        at=now(),
    )


def test_the_deputy_does_the_absent_officers_work_under_both_names(processing, chi, ha):
    with pytest.raises(NotAllowed):
        operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=actor_of(ha), at=MONDAY_9AM + 3 * HOUR)
    absence = away(chi, ha)
    assert actor_of(ha).deputises == {chi.pk}
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=actor_of(ha), at=MONDAY_9AM + 3 * HOUR)
    done = processing.tasks.filter(act="appraise").get()
    assert done.completed_by == "Lê Thị Hà (thay Phạm Thị Chi)"
    absences.end_absence(absence=absence, actor=actor_of(chi), at=now())
    assert not actor_of(ha).deputises
    assert not actor_of(ha).holds(Role.APPRAISER)


def test_a_deputy_does_his_own_work_under_his_own_name(processing, chi, khoi, ha, accepted):
    away(chi, khoi)
    operations.reassign(dossier=processing, assignee=khoi, note="", actor=actor_of(ha), at=MONDAY_9AM + 3 * HOUR)
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=actor_of(khoi), at=MONDAY_9AM + 3 * HOUR)
    assert processing.tasks.filter(act="appraise").get().completed_by == "Võ Minh Khôi"


def test_to_administer_is_never_lent(ha, chi, department, hire):
    hire("chi", "Phạm Thị Chi", department, Role.ADMINISTRATOR)
    away(chi, ha)
    assert actor_of(ha).holds(Role.APPRAISER)
    assert not actor_of(ha).holds(Role.ADMINISTRATOR)


def test_nobody_is_away_twice_at_once_or_sends_a_stranger(ha, chi, khoi, giang):
    away(chi, ha, 0, 3)
    with pytest.raises(Refusal, match="Đã đăng ký vắng mặt"):
        away(chi, khoi, 3, 5)
    with pytest.raises(Refusal, match="cùng đơn vị"):
        away(khoi, giang)
    with pytest.raises(NotAllowed):
        away(khoi, ha, by=chi)
    assert away(khoi, chi, by=ha).declared_by == "Lê Thị Hà"
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            user=chi, deputy=khoi, starts_at=now(), ends_at=now() + HOUR, declared_by="x", declared_at=now()
        )


def test_nobody_makes_himself_the_deputy_of_who_stands_above_him(ha, chi, khoi, dung, hire, department, province):
    with pytest.raises(NotAllowed):  # a head, to sign as the leader
        away(dung, ha, by=ha)
    with pytest.raises(NotAllowed, match="không tự nhận làm thay"):  # a head, to get another role beside his own
        away(chi, ha, by=ha)
    assert away(ha, dung, by=dung).deputy == dung  # who leads all may do so
    hire("chi", "Phạm Thị Chi", province, Role.LEADER)  # she is more elsewhere than her head knows
    with pytest.raises(NotAllowed):
        away(chi, khoi, by=ha)


def test_lent_roles_arrange_no_absences(ha, chi, khoi, dung):
    away(dung, chi)
    assert actor_of(chi).holds(Role.LEADER)
    with pytest.raises(NotAllowed):
        away(ha, khoi, by=chi)


@pytest.mark.parametrize(("first", "last"), [(date(2020, 1, 1), date(2020, 1, 2)), (date(2030, 1, 2), date(2030, 1, 1))])
def test_days_that_are_over_or_the_wrong_way_round_are_refused(chi, ha, first, last):
    with pytest.raises(Refusal):
        absences.declare_absence(
            user=chi, deputy=ha, first_day=first, last_day=last, note="", actor=actor_of(chi), at=now()
        )


# Asking other units -------------------------------------------------------------------------------------------


def test_units_are_asked_in_parallel_and_a_required_answer_is_waited_for(processing, chi, giang, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    elsewhere = giang.offices.first().agency
    asked = operations.consult(
        dossier=processing,
        questions=[Question(elsewhere, "Có ảnh hưởng quy hoạch không?", 16, required=True)],
        actor=as_actor(chi),
        at=at,
    )
    assert [one.consult_id for one in asked] == ["adhoc-1"]
    assert Dossier.objects.visible_to(as_actor(giang)).filter(pk=processing.pk).exists()
    with pytest.raises(Refusal, match="Sở Xây dựng"):
        operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)
    with pytest.raises(Refusal, match="Đang chờ ý kiến"):
        operations.consult(
            dossier=processing, questions=[Question(elsewhere, "Hỏi lại", 8)], actor=as_actor(chi), at=at
        )
    operations.give_opinion(consultation=asked[0], opinion="agrees", text="", actor=as_actor(giang), at=at)
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)
    assert task_of(processing).act == "approve"


def test_an_opinion_that_nobody_needs_is_no_longer_waited_for_when_the_step_ends(processing, chi, giang, as_actor):
    at = MONDAY_9AM + 3 * HOUR
    elsewhere = giang.offices.first().agency
    operations.consult(dossier=processing, questions=[Question(elsewhere, "Ý kiến?", 8)], actor=as_actor(chi), at=at)
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)
    assert Consultation.objects.get().closed_at == at


@pytest.fixture
def question(processing, chi, giang, as_actor) -> Consultation:
    """What Chi asked Giang's unit beside the procedure, and must have an answer to."""
    asked = [Question(giang.offices.first().agency, "Có ảnh hưởng quy hoạch không?", 16, required=True)]
    return operations.consult(dossier=processing, questions=asked, actor=as_actor(chi), at=MONDAY_9AM + 3 * HOUR)[0]


@pytest.mark.parametrize("who", ["chi", "ha"])
def test_who_asked_or_leads_takes_a_question_back_and_the_step_goes_on(question, processing, chi, giang, as_actor, who, request):
    at = MONDAY_9AM + 4 * HOUR
    operations.take_back_question(
        consultation=question, note="Đã rõ", actor=as_actor(request.getfixturevalue(who)), at=at
    )
    event = last_event(processing)
    assert event is not None
    told = next(iter(story([event], for_officer=True)))
    assert told.what == "Rút câu hỏi lấy ý kiến"
    assert told.details == ("Đơn vị: Sở Xây dựng tỉnh Kon Tum", "Nội dung xin ý kiến: Có ảnh hưởng quy hoạch không?", "Ghi chú: Đã rõ")
    with pytest.raises(WrongState, match="đã rút câu hỏi"):
        operations.give_opinion(consultation=question, opinion="agrees", text="", actor=as_actor(giang), at=at)
    asked_again = [Question(question.agency, "Hỏi lại cho rõ", 16)]
    operations.consult(dossier=processing, questions=asked_again, actor=as_actor(chi), at=at)
    operations.appraise(dossier=processing, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=at)


def test_nobody_else_takes_a_question_back_and_nobody_one_that_was_answered(question, chi, khoi, giang, binh, as_actor):
    at = MONDAY_9AM + 4 * HOUR
    for stranger in (khoi, giang, binh):
        with pytest.raises(NotAllowed):
            operations.take_back_question(consultation=question, note="", actor=as_actor(stranger), at=at)
    operations.give_opinion(consultation=question, opinion="agrees", text="", actor=as_actor(giang), at=at)
    with pytest.raises(WrongState, match="đã cho ý kiến"):
        operations.take_back_question(consultation=question, note="", actor=as_actor(chi), at=at)


@pytest.mark.parametrize(("question", "hours"), [("", 8), ("Ý kiến?", 0), ("Ý kiến?", 10_000)])
def test_a_question_without_words_or_with_a_time_out_of_measure_is_refused(processing, chi, giang, as_actor, question, hours):
    with pytest.raises(Refusal):
        operations.consult(
            dossier=processing,
            questions=[Question(giang.offices.first().agency, question, hours)],
            actor=as_actor(chi),
            at=MONDAY_9AM + 3 * HOUR,
        )


# Phrases ------------------------------------------------------------------------------------------------------


def test_phrases_are_ones_own_or_shared_with_the_unit(chi, khoi, ha, giang, department, as_actor):
    own = operations.write_phrase(phrase=None, title="Đạt", text="Hồ sơ đạt.", agency_id=None, actor=as_actor(chi), at=now())
    shared = operations.write_phrase(
        phrase=None, title="Đạt", text="Hồ sơ đầy đủ, hợp lệ.", agency_id=department.pk, actor=as_actor(chi), at=now()
    )
    assert set(Phrase.objects.usable_by(as_actor(chi))) == {own, shared}
    assert set(Phrase.objects.usable_by(as_actor(khoi))) == {shared}
    assert not Phrase.objects.usable_by(as_actor(giang)).exists()
    with pytest.raises(NotAllowed):
        operations.write_phrase(
            phrase=shared, title="Đạt", text="Khác", agency_id=department.pk, actor=as_actor(khoi), at=now()
        )
    operations.remove_phrase(phrase=shared, actor=as_actor(ha), at=now())
    assert not Phrase.objects.usable_by(as_actor(khoi)).exists()


def test_a_title_stands_for_one_phrase(chi, as_actor):
    for expected in (None, Refusal):
        if expected is None:
            operations.write_phrase(phrase=None, title="Đạt", text="Một", agency_id=None, actor=as_actor(chi), at=now())
            continue
        with pytest.raises(expected):
            operations.write_phrase(phrase=None, title="Đạt ", text="Hai", agency_id=None, actor=as_actor(chi), at=now())

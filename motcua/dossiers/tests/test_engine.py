"""What the procedure's steps promise: passed over, asked elsewhere, needed, printed; and the clock with its fee."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.agencies.models import Agency, Role
from motcua.dossiers import operations, printing
from motcua.dossiers.acts import acts_for
from motcua.dossiers.models import Consultation, Dossier
from motcua.dossiers.states import State
from motcua.dossiers.story import story
from motcua.dossiers.subscribers import go_on
from motcua.dossiers.tests.conftest import step
from motcua.dossiers.tests.test_filing import at_once
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.papers.models import Paper
from tests.cast import MONDAY_9AM, complete_draft, pay_everything

HOUR = timedelta(hours=1)


@pytest.fixture
def building(giang) -> Agency:
    """The department that is asked: Giang's."""
    return Agency.objects.get(code="H34.05")


@pytest.fixture
def file_it(department, centre, an, binh, as_actor):
    """File and accept a dossier under a version, its fees paid unless told otherwise."""

    def make(version, *, paid=True, accepted=True) -> Dossier:
        dossier = operations.submit(
            dossier=complete_draft(version, department, centre, an), actor=as_actor(an), at=MONDAY_9AM
        )
        if paid:
            pay_everything(dossier)
        return operations.accept(dossier=dossier, actor=as_actor(binh), at=MONDAY_9AM + HOUR) if accepted else dossier

    return make


def what_happened(dossier):
    return list(Event.objects.about(dossier.subject).values_list("type", flat=True))


def set_step(act, **keys):
    return lambda content: step(content, act).update(keys)


def fee_with_the_result(content):
    for line in content["fees"]["lines"]:
        line["due"] = "before_result"


# Steps ------------------------------------------------------------------------------------------------------


def test_a_step_that_does_not_concern_the_answers_is_passed_over_and_the_story_says_so(
    changed, file_it, ha, chi, dung, van, as_actor
):
    dossier = file_it(changed(set_step("approve", when="ten_goi == 'không có'")))
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
    operations.appraise(dossier=dossier, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=MONDAY_9AM + HOUR)
    assert [task.act for task in dossier.tasks.open()] == ["stamp"]
    told = [entry.details for entry in story(list(Event.objects.about(dossier.subject)), for_officer=True)]
    assert ("Bước: Phê duyệt kết quả",) in told
    with pytest.raises(Refusal, match="chưa được phê duyệt"):  # nobody's name may stand under it unasked
        operations.stamp(dossier=dossier, actor=as_actor(van), at=MONDAY_9AM + HOUR)


def test_a_first_step_that_is_passed_over_leaves_nobody_to_be_assigned(changed, file_it, chi, as_actor):
    dossier = file_it(changed(set_step("assign", when="false")))
    assert dossier.state == State.PROCESSING
    operations.appraise(dossier=dossier, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=MONDAY_9AM + HOUR)
    assert dossier.tasks.open().get().act == "approve"


def test_steps_that_lead_to_each_other_in_a_circle_come_to_rest(changed, file_it):
    def circle(content):
        first, second = content["process"]["steps"][:2]
        first["when"] = second["when"] = "false"
        second["outcomes"] = [{"id": "lai", "name": "Lại", "to": first["id"]}, *second["outcomes"]]

    dossier = file_it(changed(circle))
    assert dossier.tasks.open().count() == 1
    assert what_happened(dossier).count("dossier.step_passed") == 2


def test_a_step_of_another_unit_is_done_there_and_that_unit_sees_the_dossier(
    changed, file_it, building, giang, ha, chi, dung, as_actor
):
    dossier = file_it(changed(set_step("approve", unit="H34.05")))
    assert not Dossier.objects.visible_to(as_actor(giang)).exists()
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
    operations.appraise(dossier=dossier, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=MONDAY_9AM + HOUR)
    assert Dossier.objects.visible_to(as_actor(giang)).get() == dossier
    with pytest.raises(NotAllowed):
        operations.approve(dossier=dossier, note="", actor=as_actor(dung), at=MONDAY_9AM + HOUR)
    operations.approve(dossier=dossier, note="", actor=as_actor(giang), at=MONDAY_9AM + HOUR)
    assert dossier.tasks.open().get().act == "stamp"


def test_a_unit_that_nobody_knows_stops_the_step_with_words_and_changes_nothing(changed, file_it, ha, chi, as_actor):
    dossier = file_it(changed(set_step("appraise", unit="H34.99")))
    with pytest.raises(Refusal, match=r"H34\.99"):
        operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
    assert dossier.tasks.open().get().act == "assign"


def test_the_end_of_a_step_prints_what_it_says(changed, file_it, ha, chi, as_actor):
    def layout(content):
        content.setdefault("papers", {})["phieu-tham-dinh.typ"] = (
            "// Phiếu thẩm định\n#plain-head()\n#line-of(\"Sản phẩm\", \"ten_goi\")\n#form-foot()"
        )

    dossier = file_it(changed(layout, set_step("appraise", prints=["control_slip", "phieu-tham-dinh"])))
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
    operations.appraise(dossier=dossier, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=MONDAY_9AM + HOUR)
    issued = Paper.objects.about(dossier.subject).filter(kind__in=["control_slip", "laid_out"])
    assert {paper.title for paper in issued} == {"Phiếu kiểm soát quá trình giải quyết hồ sơ", "Phiếu thẩm định"}
    from motcua.papers.operations import file_of

    assert file_of(issued.get(kind="laid_out")).size > 1000


# Consultations ----------------------------------------------------------------------------------------------


def consult(required=True, needs=()):
    return set_step(
        "appraise",
        consults=[
            {"id": "xay_dung", "unit": "H34.05", "question": "Nhà xưởng có phép không?", "hours": 16, "required": required}
        ],
        needs=list(needs),
    )


@pytest.fixture
def asked(changed, file_it, giang, ha, chi, as_actor):
    """A dossier in appraisal about which Giang's department is asked."""

    def make(**keys):
        dossier = file_it(changed(consult(**keys)))
        operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
        return dossier, dossier.consultations.get()

    return make


def appraise(dossier, chi, as_actor):
    return operations.appraise(
        dossier=dossier, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=MONDAY_9AM + 2 * HOUR
    )


def test_a_required_opinion_is_waited_for_and_then_the_step_goes_on(asked, giang, chi, an, as_actor):
    dossier, consultation = asked()
    assert consultation.due_at == MONDAY_9AM + timedelta(days=2, hours=1)
    with pytest.raises(Refusal, match="Chưa có ý kiến của: Sở Xây dựng tỉnh Kon Tum"):
        appraise(dossier, chi, as_actor)
    operations.give_opinion(
        consultation=consultation, opinion="other", text="Cần bản vẽ", actor=as_actor(giang), at=MONDAY_9AM + HOUR
    )
    appraise(dossier, chi, as_actor)
    assert dossier.tasks.open().get().act == "approve"
    events = list(Event.objects.about(dossier.subject))
    officers = {entry.what: entry.details for entry in story(events, for_officer=True)}
    assert officers["Cho ý kiến phối hợp"] == (
        "Đơn vị: Sở Xây dựng tỉnh Kon Tum",
        "Ý kiến: Ý kiến khác",
        "Ghi chú: Cần bản vẽ",
    )
    citizens = {entry.what: entry.details for entry in story(events, for_officer=False)}
    assert citizens["Cho ý kiến phối hợp"] == ()


def test_a_step_that_waits_for_an_opinion_is_offered_to_be_sent_back_and_no_more(asked, chi, as_actor):
    dossier, _consultation = asked()
    dossier.refresh_from_db()
    task = dossier.tasks.open().get()
    assert operations.lacks(dossier, task, dossier.definition.step(task.step_id))
    offered = acts_for(dossier, as_actor(chi), [task], hindered=[task.pk])
    assert {act.name for act in offered if act.task} == {"send_back"}
    assert {"appraise", "send_back"} <= {act.name for act in acts_for(dossier, as_actor(chi), [task])}


def test_who_is_asked_sees_the_dossier_from_then_on_and_never_before(asked, giang, chi, as_actor):
    dossier, consultation = asked()
    assert list(Dossier.objects.visible_to(as_actor(giang))) == [dossier]
    dossier.refresh_from_db()
    offered = acts_for(dossier, as_actor(giang), dossier.tasks.open(), consultations=dossier.consultations.all())
    assert [act.name for act in offered] == ["give_opinion"]
    assert Consultation.objects.answerable_by(as_actor(giang)).exists()
    assert not Consultation.objects.answerable_by(as_actor(chi)).exists()
    operations.give_opinion(consultation=consultation, opinion="agrees", text="", actor=as_actor(giang), at=MONDAY_9AM + HOUR)
    assert Dossier.objects.visible_to(as_actor(giang)).get() == dossier
    dossier.refresh_from_db()
    assert acts_for(dossier, as_actor(giang), [], consultations=dossier.consultations.all()) == []


def test_only_head_and_appraiser_of_the_asked_unit_answer_and_not_without_words(asked, chi, hire, building, giang, as_actor):
    _dossier, consultation = asked()
    clerk = hire("thu", "Lý Thị Thu", building, Role.CLERK)
    for stranger in (chi, clerk):
        with pytest.raises(NotAllowed):
            operations.give_opinion(
                consultation=consultation, opinion="agrees", text="", actor=as_actor(stranger), at=MONDAY_9AM + HOUR
            )
    for opinion, text in (("disagrees", " "), ("perhaps", "x")):
        with pytest.raises(Refusal):
            operations.give_opinion(
                consultation=consultation, opinion=opinion, text=text, actor=as_actor(giang), at=MONDAY_9AM + HOUR
            )


def test_the_second_answer_hears_who_was_faster(asked, giang, as_actor):
    _dossier, consultation = asked()
    give = {"consultation": consultation, "opinion": "agrees", "text": "", "actor": as_actor(giang)}
    operations.give_opinion(**give, at=MONDAY_9AM + HOUR)
    with pytest.raises(WrongState, match="Bùi Văn Giang đã cho ý kiến"):
        operations.give_opinion(**give, at=MONDAY_9AM + HOUR)


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_counts(asked, giang, as_actor):
    dossier, consultation = asked()
    actor = as_actor(giang)

    def answer(opinion):
        try:
            operations.give_opinion(
                consultation=consultation, opinion=opinion, text="Có lý do", actor=actor, at=MONDAY_9AM + HOUR
            )
        except WrongState:
            return False
        return True

    done = at_once(lambda: answer("agrees"), lambda: answer("disagrees"))
    assert sorted(done) == [False, True]
    assert what_happened(dossier).count("dossier.opinion_given") == 1


def test_an_opinion_nobody_must_wait_for_is_closed_with_the_step(asked, giang, chi, as_actor):
    dossier, consultation = asked(required=False)
    appraise(dossier, chi, as_actor)
    with pytest.raises(WrongState, match="đã kết thúc"):
        operations.give_opinion(
            consultation=consultation, opinion="agrees", text="", actor=as_actor(giang), at=MONDAY_9AM + 3 * HOUR
        )


def test_a_step_that_needs_all_opinions_waits_for_the_others_too(asked, chi, as_actor):
    dossier, _consultation = asked(required=False, needs=["opinions"])
    with pytest.raises(Refusal, match="Chưa có ý kiến"):
        appraise(dossier, chi, as_actor)


def test_what_was_answered_is_not_asked_again_when_the_step_comes_again(asked, giang, ha, chi, dung, as_actor):
    dossier, consultation = asked()
    operations.give_opinion(consultation=consultation, opinion="agrees", text="", actor=as_actor(giang), at=MONDAY_9AM + HOUR)
    appraise(dossier, chi, as_actor)
    operations.send_back(
        dossier=dossier, act="approve", outcome="tra_lai", reason="Xem lại", actor=as_actor(dung), at=MONDAY_9AM + 3 * HOUR
    )
    assert dossier.consultations.count() == 1
    appraise(dossier, chi, as_actor)


def test_a_unit_is_asked_once_though_the_step_is_called_back_and_given_again(asked, ha, chi, as_actor):
    dossier, consultation = asked()
    for minute in (5, 10):
        at = MONDAY_9AM + HOUR + timedelta(minutes=minute)
        operations.recall(dossier=dossier, note="Nhầm", actor=as_actor(ha), at=at)
        assert not dossier.consultations.open().exists()
        operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=at + timedelta(minutes=1))
    again = dossier.consultations.get()
    assert (again.pk, again.due_at, again.closed_at) == (consultation.pk, consultation.due_at, None)
    assert again.task == dossier.tasks.open().get()
    assert what_happened(dossier).count("dossier.consulted") == 1
    with pytest.raises(Refusal, match="Chưa có ý kiến"):
        appraise(dossier, chi, as_actor)


def test_a_proposal_that_is_called_back_waits_again_for_what_it_had_asked(asked, ha, chi, giang, as_actor):
    dossier, consultation = asked(required=False)
    appraise(dossier, chi, as_actor)
    operations.recall(dossier=dossier, note="", actor=as_actor(chi), at=MONDAY_9AM + 3 * HOUR)
    assert dossier.consultations.get().closed_at is None
    assert what_happened(dossier).count("dossier.consulted") == 1
    operations.give_opinion(
        consultation=consultation, opinion="agrees", text="", actor=as_actor(giang), at=MONDAY_9AM + 3 * HOUR
    )


def test_a_question_whose_time_ran_out_meanwhile_is_asked_anew(asked, ha, chi, as_actor):
    dossier, _consultation = asked()
    operations.recall(dossier=dossier, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR + timedelta(minutes=5))
    later = MONDAY_9AM + timedelta(days=4)
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=later)
    assert dossier.consultations.open().get().due_at > later
    assert dossier.consultations.count() == 2


def test_sending_back_waits_for_nobody(asked, ha, chi, as_actor):
    dossier, _consultation = asked()
    operations.send_back(
        dossier=dossier, act="appraise", outcome="tra_lai", reason="Nhầm người", actor=as_actor(chi), at=MONDAY_9AM + HOUR
    )
    assert dossier.tasks.open().get().act == "assign"
    assert not dossier.consultations.open().exists()


def test_half_an_answer_is_refused_by_the_database(asked):
    _dossier, consultation = asked()
    for wrong in ({"opinion": "agrees"}, {"answered_at": MONDAY_9AM}, {"opinion": "maybe"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consultation.objects.filter(pk=consultation.pk).update(**wrong)


# What a step needs ------------------------------------------------------------------------------------------


def test_a_step_that_needs_the_fee_waits_for_it(changed, file_it, ha, chi, as_actor):
    dossier = file_it(changed(fee_with_the_result, set_step("appraise", needs=["fee_paid"])), paid=False)
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
    with pytest.raises(Refusal, match="chưa nộp đủ phí"):
        appraise(dossier, chi, as_actor)
    task = dossier.tasks.open().get()
    assert operations.lacks(dossier, task, dossier.definition.step(task.step_id)) == ["Người nộp chưa nộp đủ phí, lệ phí."]
    pay_everything(dossier)
    appraise(dossier, chi, as_actor)


def test_a_step_that_needs_a_draft_does_not_end_without_one(changed, file_it, ha, chi, as_actor):
    dossier = file_it(changed(set_step("assign", needs=["result_draft"])))
    with pytest.raises(Refusal, match="Chưa có dự thảo kết quả"):
        operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)


def test_no_more_supplements_than_the_law_allows(changed, file_it, ha, chi, an, as_actor):
    dossier = file_it(changed(lambda content: content["process"].update(limits={"supplement_times": 1})))
    dossier = operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
    ask = {"items": [{"component_id": "", "name": "Tờ khai", "reason": "Sai"}], "basis": "TT 28", "note": "", "actor": as_actor(ha)}
    operations.ask_supplement(dossier=dossier, at=MONDAY_9AM + 2 * HOUR, **ask)
    operations.supplement(dossier=dossier, note="Đã sửa", actor=as_actor(an), at=MONDAY_9AM + 3 * HOUR)
    with pytest.raises(Refusal, match="Đã yêu cầu bổ sung 1 lần"):
        operations.ask_supplement(dossier=dossier, at=MONDAY_9AM + 4 * HOUR, **ask)


# The clock --------------------------------------------------------------------------------------------------


def paid_clock(content):
    content["process"]["clock"] = "accepted_and_paid"


def deliver(dossier, type_):
    """Hand the event to its subscriber, as the worker does."""
    for event in Event.objects.about(dossier.subject).filter(type=type_):
        go_on(event)
    dossier.refresh_from_db()


def test_the_clock_starts_with_the_fee_when_that_comes_after_acceptance(changed, file_it, as_actor, chi):
    dossier = file_it(changed(fee_with_the_result, paid_clock), paid=False)
    assert dossier.waits_for_fee and dossier.due_at is None and not dossier.is_late(MONDAY_9AM + timedelta(days=90))
    slip = Paper.objects.about(dossier.subject).get(kind="acceptance_slip")
    assert slip.data["due_at"] is None
    from motcua.papers.operations import file_of

    assert file_of(slip).size > 1000
    told = story(list(Event.objects.about(dossier.subject)), for_officer=False)
    assert "Thời hạn tính từ khi hồ sơ hợp lệ và đã nộp đủ phí." in told[0].details
    pay_everything(dossier, at=MONDAY_9AM + timedelta(days=2))
    deliver(dossier, "payment.settled")
    assert dossier.clock_started_at == MONDAY_9AM + timedelta(days=2)
    assert dossier.due_at == dossier.first_due_at == MONDAY_9AM.replace(month=12, day=9, hour=17)
    due_at = dossier.due_at
    deliver(dossier, "payment.settled")  # at least once means: perhaps twice
    assert dossier.due_at == due_at
    assert what_happened(dossier).count("dossier.clock_started") == 1


def test_with_the_fee_in_hand_the_clock_starts_at_acceptance(changed, file_it):
    dossier = file_it(changed(paid_clock))
    assert dossier.clock_started_at == dossier.accepted_at
    assert dossier.due_at is not None


def test_the_time_limit_is_that_of_the_case(changed, file_it):
    def cases(content):
        content["record"]["scenarios"] = [
            {
                "id": "nhanh",
                "name": "Nhanh",
                "channels": [{"channel": "online", "time_limit": {"amount": 2, "unit": "working_days"}}],
            }
        ]

    dossier = file_it(changed(cases))
    assert dossier.due_at == MONDAY_9AM.replace(month=12, day=2, hour=17)
    slip = Paper.objects.about(dossier.subject).get(kind="acceptance_slip")
    assert slip.data["time_limit"] == "02 ngày làm việc"


def test_a_fee_asked_for_in_the_middle_stops_the_clock_until_it_comes(changed, file_it, ha, chi, dung, an, as_actor):
    dossier = file_it(changed(fee_with_the_result), paid=False)
    dossier = operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
    due_at = dossier.due_at
    with pytest.raises(NotAllowed):
        operations.ask_payment(dossier=dossier, note="", actor=as_actor(chi), at=MONDAY_9AM + 2 * HOUR)
    dossier = operations.ask_payment(dossier=dossier, note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)
    assert dossier.state == State.PAYMENT_REQUESTED and dossier.payment_due_at
    with pytest.raises(WrongState):
        appraise(dossier, chi, as_actor)
    pay_everything(dossier, at=MONDAY_9AM + timedelta(days=3))
    deliver(dossier, "payment.settled")
    assert dossier.state == State.PROCESSING and dossier.payment_due_at is None
    assert dossier.due_at > due_at == dossier.first_due_at
    with pytest.raises(Refusal, match="không còn khoản"):
        operations.ask_payment(dossier=dossier, note="", actor=as_actor(ha), at=MONDAY_9AM + timedelta(days=3))


def test_a_dossier_whose_fee_never_comes_can_be_stopped(changed, file_it, ha, chi, dung, as_actor):
    dossier = file_it(changed(fee_with_the_result), paid=False)
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)
    operations.ask_payment(dossier=dossier, note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)
    dossier = operations.stop(dossier=dossier, reason="Quá hạn nộp phí", basis="NĐ 118/2025/NĐ-CP", actor=as_actor(dung), at=MONDAY_9AM + timedelta(days=40))
    assert dossier.state == State.STOPPED
    deliver(dossier, "charge.cancelled")
    assert dossier.state == State.STOPPED


@pytest.mark.parametrize(
    "wrong",
    [
        {"clock_started_at": None},
        {"due_at": None},
        {"first_due_at": None},
        {"clock_started_at": MONDAY_9AM - timedelta(days=1)},
        {"due_at": MONDAY_9AM - timedelta(days=1)},
        {"payment_due_at": MONDAY_9AM},
    ],
)
def test_half_a_clock_is_refused_by_the_database(version, file_it, wrong):
    dossier = file_it(version)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk).update(**wrong)


# Printed forms ----------------------------------------------------------------------------------------------


def test_a_form_is_printed_in_the_procedures_layout_and_in_a_plain_one_without(version, changed, draft):
    component = next(one for one in version.definition.record.components if one.form)
    assert printing.preview(draft, component.id).startswith(b"%PDF")

    def laid_out(content):
        found = next(one for one in content["record"]["components"] if one["id"] == component.id)
        found["layout"] = "ban.typ"
        content.setdefault("papers", {})["ban.typ"] = "#plain-head()\n#line-of(\"Tên\", \"ten_goi\")\n#form-foot()"

    draft.procedure_version = changed(laid_out)
    assert printing.form_paper(draft, printing.asked_component(draft, component.id)).kind == "laid_out"
    assert printing.preview(draft, component.id).startswith(b"%PDF")
    with pytest.raises(KeyError):
        printing.preview(draft, "khong_co")

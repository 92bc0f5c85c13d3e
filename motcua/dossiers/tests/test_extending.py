"""A date that will not be kept: drafted in time, signed by a leader, told to the citizen, and remembered."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.dossiers import operations
from motcua.dossiers.acts import Ends, acts_for
from motcua.dossiers.models import Dossier, Extension
from motcua.dossiers.states import State
from motcua.dossiers.story import story
from motcua.dossiers.tests.test_issuing import text_of
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.papers import signed_pdf, signing
from motcua.papers.models import Paper, Signature
from motcua.papers.signers import SIGNERS, Waiting
from tests.cast import MONDAY_9AM, pay_everything
from tests.signers import PIN

HOUR = timedelta(hours=1)
DUE = MONDAY_9AM.replace(month=12, day=7, hour=17)  # five working days after Monday, November 30
FRIDAY = MONDAY_9AM.replace(month=12, day=4)  # the working day before
JOB = Actor.system("draft_extensions")


@pytest.fixture
def processing(submitted, binh, ha, chi, as_actor) -> Dossier:
    pay_everything(submitted)
    dossier = operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + HOUR)
    assert dossier.due_at == DUE
    return operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + 2 * HOUR)


def apology(dossier, **changes):
    words = {"reason": "chờ kết quả xác minh", "late_unit": "Phòng Tiêu chuẩn", "new_due_on": date(2026, 12, 10)}
    return {"dossier": dossier} | words | changes


def signed(dossier, chi, dung, at=FRIDAY):
    operations.draft_extension(**apology(dossier), actor=chi, at=at)
    return operations.sign_extension(**apology(dossier), actor=dung, at=at)


def test_a_leader_signs_what_the_appraiser_drafted_and_the_old_date_is_kept(processing, chi, dung, as_actor):
    dossier = signed(processing, as_actor(chi), as_actor(dung))

    assert dossier.due_at == DUE.replace(day=10)
    assert dossier.due_before_extension == dossier.first_due_at == DUE
    extension = dossier.extensions.get()
    assert (extension.signed_by, extension.in_time) == ("Hoàng Dũng", True)
    paper = Paper.objects.about(dossier.subject).get(kind="apology")
    assert paper.number == "01/PXL"
    assert paper.data["due_at"].startswith("2026-12-07") and paper.data["new_due_at"].startswith("2026-12-10")
    event = Event.objects.get(type="dossier.extended")
    assert event.data["changed"]["due_at"] == dossier.due_at.isoformat()
    (told,) = story([event], for_officer=False)
    assert "Hẹn trả trước đó: 17:00, thứ Hai 07/12/2026" in str(told) and "Hẹn trả mới: 17:00, thứ Năm 10/12/2026" in str(told)


def test_an_apology_on_the_day_itself_counts_and_says_that_it_is_late(processing, chi, dung, as_actor):
    dossier = signed(processing, as_actor(chi), as_actor(dung), at=DUE - 8 * HOUR)
    assert dossier.extensions.get().in_time is False
    assert Paper.objects.get(kind="apology").data["late"] is True


def test_what_was_put_off_still_counts_as_late(processing, chi, dung, as_actor):
    dossier = signed(processing, as_actor(chi), as_actor(dung))
    assert not dossier.is_late(DUE)
    assert dossier.is_late(DUE + HOUR)


def test_there_is_one_apology_unless_the_procedure_says_otherwise(processing, chi, dung, as_actor):
    dossier = signed(processing, as_actor(chi), as_actor(dung))
    with pytest.raises(WrongState, match="tối đa"):
        operations.draft_extension(
            **apology(dossier, new_due_on=date(2026, 12, 15)), actor=as_actor(chi), at=FRIDAY + HOUR
        )


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"reason": "  "}, "lý do"),
        ({"new_due_on": date(2026, 12, 12)}, "ngày nghỉ"),
        ({"new_due_on": date(2026, 12, 7)}, "sau ngày hẹn cũ"),
    ],
)
def test_an_apology_needs_a_reason_and_a_later_working_day(processing, chi, as_actor, changes, words):
    with pytest.raises(Refusal, match=words):
        operations.draft_extension(**apology(processing, **changes), actor=as_actor(chi), at=FRIDAY)
    assert not processing.extensions.exists()


def test_only_a_leader_signs_and_nobody_from_elsewhere_drafts(processing, chi, ha, giang, as_actor):
    with pytest.raises(NotAllowed):
        operations.draft_extension(**apology(processing), actor=as_actor(giang), at=FRIDAY)
    operations.draft_extension(**apology(processing), actor=as_actor(chi), at=FRIDAY)
    for user in (chi, ha, giang):
        with pytest.raises(NotAllowed):
            operations.sign_extension(**apology(processing), actor=as_actor(user), at=FRIDAY)


def test_the_job_drafts_on_the_working_day_before_and_once(processing):
    assert operations.draft_due_extensions(actor=JOB, at=FRIDAY - timedelta(days=1)) == 0
    assert operations.draft_due_extensions(actor=JOB, at=FRIDAY) == 1
    assert operations.draft_due_extensions(actor=JOB, at=FRIDAY + HOUR) == 0
    draft = processing.extensions.get()
    assert draft.by_system and draft.is_waiting and draft.old_due_at == DUE < draft.new_due_at
    assert "Thẩm định" in draft.reason


def test_a_draft_of_the_job_that_an_officer_edits_is_his(processing, chi, as_actor):
    operations.draft_due_extensions(actor=JOB, at=FRIDAY)
    suggested = operations.suggestion(processing, FRIDAY)
    operations.draft_extension(
        dossier=processing, reason="Chờ kết quả kiểm tra thực địa", late_unit="", new_due_on=suggested.new_due_on,
        actor=as_actor(chi), at=FRIDAY,
    )  # fmt: skip
    draft = processing.extensions.get()
    assert (draft.by_system, draft.drafted_by) == (False, "Phạm Thị Chi")


def test_what_an_officer_discarded_is_not_drafted_again_for_the_same_date(processing, chi, as_actor):
    operations.draft_due_extensions(actor=JOB, at=FRIDAY)
    operations.discard_extension(dossier=processing, actor=as_actor(chi), at=FRIDAY)
    assert operations.draft_due_extensions(actor=JOB, at=FRIDAY + HOUR) == 0


def test_after_a_pause_both_dates_move_by_the_same_working_days(processing, chi, dung, ha, an, as_actor):
    dossier = signed(processing, as_actor(chi), as_actor(dung))
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu số hiệu"}]
    operations.ask_supplement(
        dossier=dossier, items=items, basis="TT 28/2012", note="", actor=as_actor(ha), at=FRIDAY + HOUR
    )
    dossier = operations.supplement(
        dossier=dossier, note="Đã bổ sung.", actor=as_actor(an), at=FRIDAY + timedelta(days=5)
    )
    assert dossier.state == State.PROCESSING
    assert dossier.due_before_extension == DUE.replace(day=10)  # Friday to Wednesday: three working days
    assert dossier.due_at == DUE.replace(day=15)


def test_what_is_offered_succeeds_and_what_is_not_is_refused(processing, chi, dung, as_actor):
    def offered(user, **ends):
        tasks = list(processing.tasks.open())
        return {act.name for act in acts_for(processing, as_actor(user), tasks, ends=Ends(may_extend=True, **ends))}

    assert "draft_extension" in offered(chi) and "sign_extension" not in offered(chi)
    assert "sign_extension" not in offered(dung)
    with pytest.raises(WrongState, match="dự thảo"):
        operations.sign_extension(**apology(processing), actor=as_actor(dung), at=FRIDAY)
    draft = operations.draft_extension(**apology(processing), actor=as_actor(chi), at=FRIDAY)
    assert {"sign_extension", "discard_extension"} <= offered(dung, extension=draft)
    assert "sign_extension" not in offered(chi, extension=draft)


def test_a_dossier_has_one_draft_at_a_time(processing, chi, as_actor):
    operations.draft_extension(**apology(processing), actor=as_actor(chi), at=FRIDAY)
    operations.draft_extension(**apology(processing, reason="khác"), actor=as_actor(chi), at=FRIDAY)
    draft = processing.extensions.get()
    assert draft.reason == "khác"
    draft.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.save()


@pytest.mark.parametrize(
    "wrong",
    [
        {"new_due_at": DUE - HOUR},
        {"reason": ""},
        {"signed_at": DUE},
        {"signed_by": "Dũng"},
        {"signed_at": DUE, "signed_by": "Dũng", "in_time": True},  # without the paper
    ],
)
def test_the_table_keeps_no_half_apology(processing, wrong):
    given = {"reason": "x", "old_due_at": DUE, "new_due_at": DUE + HOUR, "drafted_at": FRIDAY, "drafted_by": "Chi"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(dossier=processing, **(given | wrong))


def test_a_stopped_dossier_keeps_no_draft_waiting(processing, chi, dung, as_actor):
    operations.draft_extension(**apology(processing), actor=as_actor(chi), at=FRIDAY)
    operations.stop(dossier=processing, reason="Trùng", basis="NĐ 118/2025", actor=as_actor(dung), at=FRIDAY)
    assert not Extension.objects.waiting().exists()
    assert processing.extensions.get().discarded_by == "Hoàng Dũng"


def test_a_leader_signs_the_apology_with_his_certificate_and_it_is_checked_like_a_result(
    processing, chi, dung, as_actor, certified
):
    operations.draft_extension(**apology(processing), actor=as_actor(chi), at=FRIDAY)
    dossier = operations.sign_apology(
        **apology(processing), credential=certified(dung), pin=PIN, actor=as_actor(dung), at=FRIDAY
    )

    assert dossier.due_at == DUE.replace(day=10)
    paper = dossier.extensions.get().paper
    with paper.file.open() as stream:
        pdf = stream.read()
    (leader,) = signed_pdf.look(pdf, roots=signing.trusted_roots())
    assert (leader.verdict, leader.name, leader.signed_at) == ("valid", "Hoàng Dũng", FRIDAY)
    text = text_of(pdf)
    assert "01/PXL" in text and "ngày 04 tháng 12 năm 2026" in text and paper.check_code in text
    assert [one.part for one in paper.signatures.all()] == ["ky"]


def test_a_wrong_pin_puts_nothing_off_and_takes_no_second_number(processing, chi, dung, as_actor, certified):
    operations.draft_extension(**apology(processing), actor=as_actor(chi), at=FRIDAY)
    sign = apology(processing) | {"credential": certified(dung), "actor": as_actor(dung), "at": FRIDAY}
    with pytest.raises(Refusal):
        operations.sign_apology(**sign | {"reason": "lý do đã sửa"}, pin="000000")
    processing.refresh_from_db()
    assert processing.due_at == DUE
    draft = processing.extensions.get()
    assert (draft.reason, draft.signed_at, draft.paper) == ("lý do đã sửa", None, None)
    dossier = operations.sign_apology(**sign, pin=PIN)
    assert dossier.extensions.get().paper.number == "01/PXL"


def test_what_a_service_signs_later_puts_the_date_off_only_then(processing, chi, dung, as_actor, certified, monkeypatch):
    credential = certified(dung)
    adapter = SIGNERS[credential.adapter]
    key = adapter.sign
    answers = []

    def later(job, pin):
        answers.append(key(job, PIN))
        return Waiting("ref-1", FRIDAY + HOUR)

    monkeypatch.setattr(adapter, "sign", later)
    monkeypatch.setattr(adapter, "ask", lambda reference: answers[0])
    operations.draft_extension(**apology(processing), actor=as_actor(chi), at=FRIDAY)
    waits = operations.sign_apology(**apology(processing), credential=credential, pin="", actor=as_actor(dung), at=FRIDAY)
    assert waits.due_at == DUE
    assert operations.check_signature(signature=Signature.objects.get(), at=FRIDAY + timedelta(minutes=5)) is True
    waits.refresh_from_db()
    assert waits.due_at == DUE.replace(day=10) and waits.extensions.get().paper.number == "01/PXL"


def test_nobody_else_signs_an_apology_with_a_certificate(processing, chi, dung, van, department, as_actor, certified):
    operations.draft_extension(**apology(processing), actor=as_actor(chi), at=FRIDAY)
    words = apology(processing) | {"pin": PIN, "at": FRIDAY}
    for credential, who in ((certified(dung), chi), (certified(van, department), dung)):
        with pytest.raises(NotAllowed):
            operations.sign_apology(**words, credential=credential, actor=as_actor(who))
    assert not Signature.objects.exists()

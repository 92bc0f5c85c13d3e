"""A dossier that comes over the counter: entered by Bình for somebody without an account."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction

from motcua.agencies.models import Role
from motcua.dossiers import filing, operations
from motcua.dossiers.models import BroughtPaper, Dossier, UncollectedResult
from motcua.dossiers.states import State
from motcua.dossiers.story import public_story, story
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.papers.models import Paper
from motcua.payments.models import Charge, Receipt
from tests.answers import example_answers
from tests.cast import MONDAY_9AM, PDF

HOUR = timedelta(hours=1)
PERSON = {
    "kind": "citizen",
    "name": "Y Hlan",
    "citizen_number": "062095004321",
    "phone": "0905999888",
    "address": "Thôn 2, xã Đăk Hà",
}


def entered(version, department, centre, actor, at=MONDAY_9AM, *, beside=None, sheets=True) -> Dossier:
    """A draft of the counter, complete but for the submit; its papers were brought as sheets."""
    dossier = operations.begin_entry(
        version=version, agency=department, reception=centre, actor=actor, at=at, beside=beside
    )
    if beside is None:
        operations.save_parties(dossier=dossier, submitter=PERSON, owner=None, actor=actor, at=at)
        operations.choose_delivery(dossier=dossier, delivery="counter", address="", actor=actor, at=at)
    operations.save_answers(dossier=dossier, values=example_answers(), actor=actor, at=at)
    dossier.refresh_from_db()
    if sheets:
        for paper in filing.asked_papers(dossier, {}):
            if paper.is_missing:
                operations.note_sheets(
                    dossier=dossier, component_id=paper.component.id, originals=1, certified=0, copies=2, actor=actor, at=at
                )
    return dossier


@pytest.fixture
def draft_of_counter(version, department, centre, binh, as_actor):
    return entered(version, department, centre, as_actor(binh))


@pytest.fixture
def cashier(hire, centre):
    return hire("thu", "Ngô Thị Thu", centre, Role.CASHIER)


@pytest.fixture
def accepted(draft_of_counter, binh, cashier, as_actor):
    """Entered, paid in cash, accepted."""
    dossier = operations.receive(dossier=draft_of_counter, actor=as_actor(binh), at=MONDAY_9AM)
    for charge in Charge.objects.about(dossier.subject).owed():
        operations.take_cash(dossier=dossier, charge=charge, client_ip="", actor=as_actor(cashier), at=MONDAY_9AM)
    return operations.accept(dossier=dossier, actor=as_actor(binh), at=MONDAY_9AM)


def settled(accepted, ha, chi, dung, van, as_actor, at=MONDAY_9AM + HOUR) -> Dossier:
    operations.assign(dossier=accepted, assignee=chi, note="", actor=as_actor(ha), at=at)
    operations.appraise(dossier=accepted, outcome="dat", conclusion="Hợp lệ.", actor=as_actor(chi), at=at)
    operations.approve(dossier=accepted, note="", actor=as_actor(dung), at=at)
    return operations.stamp(dossier=accepted, actor=as_actor(van), at=at)


def test_a_receiver_enters_a_dossier_and_accepts_it_in_the_same_visit(draft_of_counter, hire, centre, binh, as_actor):
    hire("binh", "Trần Thị Bình", centre, Role.CASHIER)

    dossier = operations.receive(dossier=draft_of_counter, actor=as_actor(binh), at=MONDAY_9AM, cash_taken=True)

    assert dossier.state == State.ACCEPTED
    assert (dossier.channel, dossier.applicant_id, dossier.received_by_id) == ("in_person", None, binh.pk)
    assert dossier.submitted_at == dossier.accepted_at == MONDAY_9AM
    slip = Paper.objects.about(dossier.subject).get(kind="acceptance_slip")
    assert slip.data["lookup_secret"] == dossier.lookup_secret
    sheets = [one for one in slip.data["components"] if one["originals"]]
    assert sheets and all(one["copies"] == 2 and not one["electronic"] for one in sheets)


def test_pressing_twice_makes_one_dossier(accepted, binh, as_actor):
    again = operations.receive(dossier=accepted, actor=as_actor(binh), at=MONDAY_9AM)

    assert again.code == accepted.code
    assert Paper.objects.about(accepted.subject).filter(kind="acceptance_slip").count() == 1


def test_a_fee_that_is_due_first_keeps_it_waiting_until_a_cashier_has_the_money(draft_of_counter, binh, cashier, as_actor):
    dossier = operations.receive(dossier=draft_of_counter, actor=as_actor(binh), at=MONDAY_9AM)
    assert dossier.state == State.SUBMITTED
    charge = Charge.objects.about(dossier.subject).get()

    with pytest.raises(NotAllowed):
        operations.take_cash(dossier=dossier, charge=charge, client_ip="", actor=as_actor(binh), at=MONDAY_9AM)
    payment = operations.take_cash(dossier=dossier, charge=charge, client_ip="", actor=as_actor(cashier), at=MONDAY_9AM)

    assert Receipt.objects.get(payment=payment).amount_vnd == charge.amount_vnd
    assert operations.accept(dossier=dossier, actor=as_actor(binh), at=MONDAY_9AM).state == State.ACCEPTED
    with pytest.raises(WrongState):
        operations.take_cash(dossier=dossier, charge=charge, client_ip="", actor=as_actor(cashier), at=MONDAY_9AM)


def test_a_draft_of_a_counter_is_seen_and_written_by_its_receivers_alone(draft_of_counter, hire, centre, an, giang, yen, as_actor):
    huong = as_actor(hire("huong", "Mai Thị Hương", centre, Role.RECEIVER))
    assert list(Dossier.objects.drafts_of_counter(huong)) == [draft_of_counter]
    operations.save_answers(dossier=draft_of_counter, values={"ten_goi": "Cà phê"}, actor=huong, at=MONDAY_9AM)

    for stranger in map(as_actor, (an, giang, yen)):
        assert not Dossier.objects.drafts_of_counter(stranger).exists()
        assert not Dossier.objects.visible_to(stranger).exists()
        with pytest.raises(NotAllowed):
            operations.save_answers(dossier=draft_of_counter, values={}, actor=stranger, at=MONDAY_9AM)
        with pytest.raises(NotAllowed):
            operations.receive(dossier=draft_of_counter, actor=stranger, at=MONDAY_9AM)
        with pytest.raises(NotAllowed):
            operations.discard_draft(dossier=draft_of_counter, actor=stranger)


def test_a_receiver_does_not_write_in_a_citizens_draft(draft, binh, as_actor):
    with pytest.raises(NotAllowed):
        operations.save_answers(dossier=draft, values={}, actor=as_actor(binh), at=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        operations.submit(dossier=draft, actor=as_actor(binh), at=MONDAY_9AM)


def test_what_is_missing_at_the_counter_is_told(version, department, centre, binh, as_actor):
    dossier = entered(version, department, centre, as_actor(binh), sheets=False)

    with pytest.raises(operations.Incomplete) as told:
        operations.receive(dossier=dossier, actor=as_actor(binh), at=MONDAY_9AM)

    assert {one.step for one in told.value.missing} == {"papers"}
    dossier.refresh_from_db()
    assert dossier.state == State.DRAFT


def test_the_identity_of_who_stands_there_is_judged(draft_of_counter, binh, as_actor):
    wrong = PERSON | {"citizen_number": "123"}
    operations.save_parties(dossier=draft_of_counter, submitter=wrong, owner=None, actor=as_actor(binh), at=MONDAY_9AM)

    with pytest.raises(operations.Incomplete) as told:
        operations.receive(dossier=draft_of_counter, actor=as_actor(binh), at=MONDAY_9AM)

    assert [one.field for one in told.value.missing] == ["submitter-citizen_number"]


def test_a_dossier_by_post_says_so(draft_of_counter, binh, as_actor):
    operations.say_how_it_came(
        dossier=draft_of_counter, channel="post", sender="Y Hlan", tracking="EI123456789VN", posted_on=None, place="Kệ 3",
        actor=as_actor(binh), at=MONDAY_9AM,
    )  # fmt: skip
    dossier = operations.receive(dossier=draft_of_counter, actor=as_actor(binh), at=MONDAY_9AM)

    assert (dossier.channel, dossier.entry.tracking, dossier.entry.place) == ("post", "EI123456789VN", "Kệ 3")
    assert Event.objects.about(dossier.subject).get(type="dossier.submitted").data["channel"] == "post"


def test_several_dossiers_of_one_visit_get_one_slip(version, department, centre, accepted, binh, as_actor):
    second = entered(version, department, centre, as_actor(binh), MONDAY_9AM + HOUR, beside=accepted)
    assert second.submitter == PERSON
    second = operations.receive(dossier=second, actor=as_actor(binh), at=MONDAY_9AM + HOUR)
    dossiers = list(operations.of_visit(accepted.entry.visit))
    assert dossiers == [accepted, second]

    slip, same = (
        operations.issue_visit_slip(dossiers=dossiers, visit=accepted.entry.visit, actor=as_actor(binh), at=MONDAY_9AM)
        for _ in range(2)
    )

    assert slip.pk == same.pk
    assert [one["code"] for one in slip.data["items"]] == [accepted.code, second.code]


def test_somebody_who_filed_before_is_known_by_number_and_phone(accepted, binh, an, as_actor):
    for text in (PERSON["citizen_number"], "0905 999 888"):
        assert operations.applicants_like(text, as_actor(binh), MONDAY_9AM)["name"] == PERSON["name"]
    assert [one.actor_name for one in accepted.readings.all()] == ["Trần Thị Bình"] * 2  # who looked is told
    assert operations.applicants_like("062095004", as_actor(binh), MONDAY_9AM) is None
    assert operations.applicants_like(PERSON["citizen_number"], as_actor(an), MONDAY_9AM) is None


def test_a_supplement_is_brought_to_the_counter_on_paper_and_scanned(submitted, binh, giang, as_actor):
    component = next(one.component.id for one in filing.asked_papers(submitted, {}) if not one.component.form)
    items = [{"component_id": component, "name": "Giấy tờ", "reason": "Mờ"}]
    ask = {"items": items, "basis": "TT 28/2012", "note": "", "actor": as_actor(binh), "at": MONDAY_9AM + HOUR}
    operations.ask_supplement(dossier=submitted, **ask)
    submitted.refresh_from_db()
    bring = {"dossier": submitted, "component_id": component, "originals": 0, "certified": 1, "copies": 0}

    with pytest.raises(NotAllowed):
        operations.note_sheets(**bring, actor=as_actor(giang), at=MONDAY_9AM + 2 * HOUR)
    with pytest.raises(Refusal):
        operations.supplement(dossier=submitted, note="", actor=as_actor(binh), at=MONDAY_9AM + 2 * HOUR)
    operations.note_sheets(**bring, actor=as_actor(binh), at=MONDAY_9AM + 2 * HOUR)
    operations.attach(
        dossier=submitted, component_id=component, stream=BytesIO(PDF + b"new"), name="quet.pdf", actor=as_actor(binh),
        at=MONDAY_9AM + 2 * HOUR,
    )  # fmt: skip
    dossier = operations.supplement(dossier=submitted, note="", actor=as_actor(binh), at=MONDAY_9AM + 2 * HOUR)

    assert dossier.state == State.SUBMITTED
    assert dossier.documents.filter(supplement__isnull=False).count() == 1
    told = Event.objects.about(dossier.subject).get(type="dossier.supplemented")
    assert told.actor_name == binh.full_name


def test_a_result_is_handed_over_against_the_code(accepted, ha, chi, dung, van, yen, as_actor):
    dossier = settled(accepted, ha, chi, dung, van, as_actor)
    give = {"dossier": dossier, "receiver_name": "Y Hlan", "note": "", "actor": as_actor(yen), "at": MONDAY_9AM + 500 * HOUR}

    with pytest.raises(Refusal, match="Mã tra cứu không đúng"):
        operations.return_result(**give, how="code", code="x")
    dossier = operations.return_result(**give, how="code", code=f" {dossier.lookup_secret} ")

    assert (dossier.state, dossier.returned_how, dossier.returned_to) == (State.RETURNED, "code", "Y Hlan")
    receipt = Paper.objects.about(dossier.subject).get(kind="return_receipt")
    assert receipt.data["received_by"]["name"] == "Y Hlan"


def test_a_result_by_post_has_a_tracking_number_and_an_electronic_one_needs_no_receipt(
    accepted, ha, chi, dung, van, yen, as_actor
):
    dossier = settled(accepted, ha, chi, dung, van, as_actor)
    give = {"dossier": dossier, "receiver_name": "Y Hlan", "note": "", "actor": as_actor(yen), "at": MONDAY_9AM + 2 * HOUR}

    with pytest.raises(Refusal, match="số hiệu bưu gửi"):
        operations.return_result(**give, how="post")
    with pytest.raises(Refusal):
        operations.return_result(**give, how="dove")
    dossier = operations.return_result(**give, how="electronic")

    assert dossier.returned_how == "electronic"
    assert not Paper.objects.about(dossier.subject).filter(kind="return_receipt").exists()


def test_nobody_comes_is_reminded_of_thrice_and_the_kept_result_is_still_returned(
    accepted, ha, chi, dung, van, yen, binh, as_actor
):
    dossier = settled(accepted, ha, chi, dung, van, as_actor)
    system = as_actor(yen)
    days = [MONDAY_9AM + timedelta(days=n) for n in (5, 12, 15, 24, 40, 60, 90)]

    told = [operations.remind_of_results(actor=system, at=at) for at in days]
    assert told == [0, 1, 0, 1, 1, 0, 0]
    with pytest.raises(NotAllowed):
        operations.keep_result(dossier=dossier, place="Tủ 2", actor=as_actor(binh), at=days[-1])
    with pytest.raises(Refusal):
        operations.keep_result(dossier=dossier, place=" ", actor=as_actor(yen), at=days[-1])
    operations.keep_result(dossier=dossier, place="Tủ 2, ngăn 5", actor=as_actor(yen), at=days[-1])

    dossier = operations.return_result(
        dossier=dossier, receiver_name="Y Hlan", note="", actor=as_actor(yen), at=days[-1] + HOUR
    )
    assert dossier.state == State.RETURNED
    assert UncollectedResult.objects.get(dossier=dossier).place == "Tủ 2, ngăn 5"


def test_the_unit_is_warned_once_before_the_intake_is_over(submitted, binh, as_actor):
    due_at = submitted.intake_due_at
    moments = [due_at - 20 * HOUR, due_at - HOUR, due_at - HOUR / 2, due_at + HOUR]

    warned = [operations.warn_of_intake(actor=as_actor(binh), at=at) for at in moments]

    assert warned == [0, 1, 0, 0]


def test_sheets_are_counted_once_for_a_paper(draft_of_counter):
    there = BroughtPaper.objects.filter(dossier=draft_of_counter).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        BroughtPaper.objects.create(
            dossier=draft_of_counter, component_id=there.component_id, originals=1, noted_at=MONDAY_9AM, noted_by="x"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        BroughtPaper.objects.create(dossier=draft_of_counter, component_id="y", noted_at=MONDAY_9AM, noted_by="x")


def test_a_page_from_before_the_filing_adds_no_sheet_behind_its_seal(draft_of_counter, binh, as_actor):
    page = Dossier.objects.get(pk=draft_of_counter.pk)
    operations.submit(dossier=draft_of_counter, actor=as_actor(binh), at=MONDAY_9AM)
    paper = draft_of_counter.on_paper.first()
    more = {"component_id": paper.component_id, "originals": 5, "certified": 0, "copies": 0}
    with pytest.raises(WrongState):
        operations.note_sheets(dossier=page, **more, actor=as_actor(binh), at=MONDAY_9AM + HOUR)


# The wish to withdraw, noted at the counter -----------------------------------------------------------------


def noted(dossier, actor, at=MONDAY_9AM + HOUR, **given) -> Dossier:
    words = {"reason": "Nộp nhầm thủ tục", "asked_by": "Y Hlan"} | given
    return operations.request_withdrawal(dossier=dossier, **words, actor=actor, at=at)


def test_who_has_no_account_asks_for_the_dossier_back_at_the_counter(accepted, binh, as_actor):
    receiver = as_actor(binh)
    dossier = noted(accepted, receiver)
    assert dossier.state == State.ACCEPTED and dossier.withdrawal_reason == "Nộp nhầm thủ tục"

    dossier = operations.withdraw(dossier=dossier, actor=receiver, at=MONDAY_9AM + 2 * HOUR)

    assert dossier.state == State.WITHDRAWN
    asked = Event.objects.about(dossier.subject).get(type="dossier.withdrawal_requested")
    assert (asked.actor_name, asked.data["asked_by"]) == (binh.full_name, "Y Hlan")
    told = story([asked], for_officer=True)[0]
    assert told.what == "Ghi nhận đề nghị rút hồ sơ tại quầy" and "Người đề nghị: Y Hlan" in told.details
    assert public_story([asked], dossier)[0].who == dossier.reception.name
    slip = Paper.objects.about(dossier.subject).get(kind="withdrawal_slip")
    assert slip.data["asked_by"] == "Y Hlan"


def test_the_counter_signs_what_it_pays_back_and_names_to_whom(accepted, centre, binh, as_actor):
    noted(accepted, as_actor(binh))
    operations.withdraw(dossier=accepted, actor=as_actor(binh), at=MONDAY_9AM + 2 * HOUR)

    notice = Paper.objects.about(accepted.subject).get(kind="refund_notice").data
    assert (notice["signer"]["title"], notice["signer"]["name"]) == ("Người tiếp nhận hồ sơ", binh.full_name)
    assert notice["agency"]["name"] == centre.name
    assert notice["payee"] == "Y Hlan"


def test_the_wish_is_noted_by_a_receiver_of_the_counter_alone(accepted, hire, department, giang, yen, chi, as_actor):
    elsewhere = hire("mai", "Lò Thị Mai", department, Role.RECEIVER)
    for who in (elsewhere, giang, yen, chi):
        with pytest.raises(NotAllowed):
            noted(accepted, as_actor(who))


@pytest.mark.parametrize("missing", ["reason", "asked_by"])
def test_the_wish_says_who_asks_and_why(accepted, binh, as_actor, missing):
    with pytest.raises(Refusal):
        noted(accepted, as_actor(binh), **{missing: " "})


def test_the_wish_is_noted_once_and_while_something_can_be_withdrawn(accepted, binh, ha, chi, dung, van, as_actor):
    noted(accepted, as_actor(binh))
    with pytest.raises(WrongState):
        noted(accepted, as_actor(binh))
    operations.decline_withdrawal(dossier=accepted, reason="Chưa rõ", actor=as_actor(binh), at=MONDAY_9AM + HOUR)
    done = settled(accepted, ha, chi, dung, van, as_actor)
    with pytest.raises(WrongState):
        noted(done, as_actor(binh))


def test_the_counter_notes_no_wish_for_who_filed_in_an_account(submitted, binh, as_actor):
    with pytest.raises(NotAllowed, match="trong tài khoản"):
        noted(submitted, as_actor(binh))

"""Papers and results go from unit to unit, and both sides say so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.dossiers import operations, printing
from motcua.dossiers.models import Handover, HandoverLine
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.papers import operations as papers
from tests.cast import MONDAY_9AM, pay_everything

AT = MONDAY_9AM + timedelta(hours=2)


@pytest.fixture
def accepted(submitted, binh, as_actor):
    pay_everything(submitted)
    return operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + timedelta(hours=1))


@pytest.fixture
def given(accepted, binh, centre, department, as_actor) -> Handover:
    """The counter gives the dossier's papers to the department."""
    return operations.hand_over(
        dossiers=[accepted], giver=centre, taker=department, content="papers", note="", actor=as_actor(binh), at=AT
    )


def test_a_slip_has_its_number_and_its_paper_and_waits_for_the_other_side(given, accepted):
    assert (given.number, given.state, given.given_by) == ("01/PBG", "sent", "Trần Thị Bình")
    assert given.paper.kind == "handover_slip"
    assert papers.file_of(given.paper).size > 1000
    assert Event.objects.about(accepted.subject).last().type == "dossier.handed_over"


def test_the_department_confirms_and_the_slip_names_both(given, accepted, ha, as_actor):
    first = given.paper
    slip = operations.take(handover=given, missing={}, actor=as_actor(ha), at=AT + timedelta(hours=1))
    assert (slip.state, slip.taken_by) == ("received", "Lê Thị Hà")
    assert slip.paper.data["taker"]["name"] == "Lê Thị Hà"
    first.refresh_from_db()
    assert first.is_revoked
    data = printing.control_slip(accepted, list(accepted.tasks.select_related("assignee", "agency")), AT)
    assert "Phiếu bàn giao số 01/PBG" in [line["note"] for line in data["handovers"]]
    with pytest.raises(WrongState, match="Lê Thị Hà đã xác nhận"):
        operations.take(handover=given, missing={}, actor=as_actor(ha), at=AT)


def test_what_did_not_come_is_named_and_may_be_given_again(given, accepted, binh, ha, centre, department, as_actor):
    line = given.lines.get()
    with pytest.raises(Refusal):
        operations.take(handover=given, missing={line.pk: " "}, actor=as_actor(ha), at=AT)
    slip = operations.take(handover=given, missing={line.pk: "bản chính giấy chứng nhận"}, actor=as_actor(ha), at=AT)
    assert slip.state == "partly"
    line.refresh_from_db()
    assert (line.state, line.note) == ("missing", "bản chính giấy chứng nhận")
    again = operations.hand_over(
        dossiers=[accepted], giver=centre, taker=department, content="papers", actor=as_actor(binh), at=AT
    )
    assert again.number == "02/PBG"


def test_only_those_of_the_two_units_give_and_take(given, accepted, ha, giang, binh, centre, department, as_actor):
    with pytest.raises(NotAllowed):
        operations.take(handover=given, missing={}, actor=as_actor(binh), at=AT)
    with pytest.raises(NotAllowed):
        operations.take(handover=given, missing={}, actor=as_actor(giang), at=AT)
    assert not Handover.objects.visible_to(as_actor(giang)).exists()
    assert Handover.objects.visible_to(as_actor(ha)).exists()
    with pytest.raises(NotAllowed):
        operations.hand_over(
            dossiers=[accepted], giver=centre, taker=department, content="papers", actor=as_actor(ha), at=AT
        )
    with pytest.raises(Refusal, match="không thuộc việc giải quyết"):
        operations.hand_over(
            dossiers=[accepted], giver=centre, taker=giang.offices.first().agency, content="papers",
            actor=as_actor(binh), at=AT,
        )  # fmt: skip


def test_nothing_is_on_two_slips_at_once(given, accepted, binh, centre, department, as_actor):
    with pytest.raises(WrongState, match="01/PBG"):
        operations.hand_over(
            dossiers=[accepted], giver=centre, taker=department, content="papers", actor=as_actor(binh), at=AT
        )
    other = Handover.objects.create(giver=centre, taker=department, content="papers", made_by=binh, made_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandoverLine.objects.create(handover=other, dossier=accepted)


def test_results_are_handed_over_only_when_they_are_there(accepted, ha, centre, department, as_actor):
    with pytest.raises(Refusal, match="chưa có kết quả"):
        operations.hand_over(
            dossiers=[accepted], giver=department, taker=centre, content="results", actor=as_actor(ha), at=AT
        )
    assert not Handover.objects.exists()


def test_a_slip_is_called_back_until_it_is_confirmed(given, accepted, binh, ha, as_actor):
    operations.cancel_handover(handover=given, actor=as_actor(binh), at=AT)
    given.paper.refresh_from_db()
    assert given.paper.is_revoked
    with pytest.raises(WrongState, match="hủy"):
        operations.take(handover=given, missing={}, actor=as_actor(ha), at=AT)


@pytest.mark.parametrize("wrong", [{"state": "sent"}, {"state": "received"}, {"number": "9/PBG"}, {"taken_at": AT}])
def test_a_slip_is_never_half_given(centre, department, binh, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(
            giver=centre, taker=department, content="papers", made_by=binh, made_at=AT, **wrong
        )

"""Two at once, each with a connection of his own: one wins, the other is told, and the story stays whole."""

import uuid
from datetime import timedelta

import pytest

from motcua.agencies.models import Role
from motcua.dossiers import operations, proof
from motcua.dossiers.models import BroughtPaper, Dossier
from motcua.dossiers.operations.bulk import do_next
from motcua.dossiers.states import State
from motcua.dossiers.tests.test_filing import at_once
from motcua.foundation.chain import broken_links_of
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.models import Event
from motcua.papers.models import Paper
from tests.cast import MONDAY_9AM, complete_draft, pay_everything

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
OVERDUE = MONDAY_9AM + timedelta(days=40)
LATER = MONDAY_9AM + 3 * HOUR
WHY = {"reason": "Quá hạn bổ sung", "basis": "Điều 9 TT 28/2012", "advice": ""}


@pytest.fixture
def filed(version, department, centre, an, as_actor):
    """File and pay for so many dossiers of An's."""

    def make(count: int) -> list[Dossier]:
        made = []
        for _number in range(count):
            draft = complete_draft(version, department, centre, an)
            made.append(operations.submit(dossier=draft, actor=as_actor(an), at=MONDAY_9AM))
            pay_everything(made[-1])
        return made

    return make


@pytest.fixture
def lan(hire, centre, as_actor):
    """A second receiver at the counter."""
    return as_actor(hire("lan", "Mai Thị Lan", centre, Role.RECEIVER))


def accepted(dossier, binh, as_actor) -> Dossier:
    return operations.accept(dossier=dossier, actor=as_actor(binh), at=MONDAY_9AM + HOUR)


def in_appraisal(dossier, binh, ha, chi, as_actor) -> Dossier:
    accepted(dossier, binh, as_actor)
    return operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + HOUR)


def is_whole(dossier: Dossier) -> bool:
    found = Dossier.objects.get(pk=dossier.pk)
    return not list(proof.contradictions([found])) and not broken_links_of(dossier.subject)


def happened(dossier: Dossier, kind: str) -> int:
    return Event.objects.filter(type=f"dossier.{kind}", subject=dossier.subject).count()


def losers(outcomes) -> list[Exception]:
    assert all(isinstance(one, Refusal | Dossier) for one in outcomes), outcomes
    return [one for one in outcomes if isinstance(one, Exception)]


def test_two_heads_assign_at_once_and_one_of_the_appraisers_has_it(
    filed, hire, department, binh, ha, chi, as_actor
):
    (dossier,) = filed(1)
    accepted(dossier, binh, as_actor)
    second = as_actor(hire("hung", "Trần Văn Hùng", department, Role.HEAD))
    khoi = hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)
    outcomes = at_once(
        lambda: operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=LATER),
        lambda: operations.assign(dossier=dossier, assignee=khoi, note="", actor=second, at=LATER),
    )
    assert [type(one) for one in losers(outcomes)] == [WrongState]
    assert dossier.tasks.open().get().act == "appraise"
    assert happened(dossier, "assigned") == 1 and is_whole(dossier)


def test_two_leaders_sign_at_once_and_one_name_stands_under_it(
    filed, hire, department, binh, ha, chi, dung, as_actor
):
    (dossier,) = filed(1)
    in_appraisal(dossier, binh, ha, chi, as_actor)
    operations.appraise(dossier=dossier, outcome="dat", conclusion="Đạt", actor=as_actor(chi), at=MONDAY_9AM + HOUR)
    deputy = as_actor(hire("hung", "Trần Văn Hùng", department, Role.LEADER))
    outcomes = at_once(
        *[lambda who=who: operations.approve(dossier=dossier, note="", actor=who, at=LATER) for who in (as_actor(dung), deputy)]
    )
    assert [type(one) for one in losers(outcomes)] == [WrongState]
    (event,) = Event.objects.filter(type="dossier.approved", subject=dossier.subject)
    assert Dossier.objects.get(pk=dossier.pk).result.approved_by == event.actor_name
    assert is_whole(dossier)


def test_an_acceptance_and_a_withdrawal_at_once_leave_no_step_and_no_fee_behind(filed, binh, lan, an, as_actor):
    for dossier in filed(3):
        operations.request_withdrawal(dossier=dossier, reason="Đổi ý", actor=as_actor(an), at=MONDAY_9AM)
        outcomes = at_once(
            lambda dossier=dossier: operations.accept(dossier=dossier, actor=as_actor(binh), at=LATER),
            lambda dossier=dossier: operations.withdraw(dossier=dossier, actor=lan, at=LATER),
        )
        assert all(isinstance(one, WrongState) for one in losers(outcomes))
        dossier.refresh_from_db()
        assert dossier.state == State.WITHDRAWN
        assert happened(dossier, "withdrawn") == 1 and happened(dossier, "accepted") == (2 - len(losers(outcomes)) - 1)
        assert not dossier.tasks.open().exists()
        assert Paper.objects.filter(subject=dossier.subject, kind="refund_notice").count() == 1
        assert is_whole(dossier)


def test_what_was_handed_in_just_before_is_not_refused_for_being_overdue(filed, binh, lan, an, as_actor):
    items = [{"component_id": "", "name": "Tờ khai", "reason": "Thiếu"}]
    for dossier in filed(3):
        operations.ask_supplement(dossier=dossier, items=items, basis="TT 28", note="", actor=lan, at=MONDAY_9AM)
        outcomes = at_once(
            lambda dossier=dossier: operations.supplement(dossier=dossier, note="Đã bổ sung", actor=as_actor(an), at=OVERDUE),
            lambda dossier=dossier: operations.refuse(
                dossier=dossier, **WHY, actor=as_actor(binh), at=OVERDUE, seen=State.SUPPLEMENT_REQUESTED
            ),
        )
        assert [type(one) for one in losers(outcomes)] == [WrongState]
        dossier.refresh_from_db()
        assert dossier.state == (State.REFUSED if isinstance(outcomes[0], Exception) else State.SUBMITTED)
        assert happened(dossier, "supplemented") + happened(dossier, "refused") == 1 and is_whole(dossier)


def test_two_counters_bring_the_same_supplement_and_it_came_once(filed, binh, lan, as_actor):
    (dossier,) = filed(1)
    paper = next(one for one in dossier.definition.record.components if not one.form)
    items = [{"component_id": paper.id, "name": paper.name, "reason": "Mờ"}]
    operations.ask_supplement(dossier=dossier, items=items, basis="TT 28", note="", actor=lan, at=MONDAY_9AM + HOUR)
    dossier.refresh_from_db()
    outcomes = at_once(
        *[
            lambda who=who: operations.bring_supplement(
                dossier=dossier, sheets={paper.id: {"copies": 1}}, scans=[], note="", actor=who, at=LATER
            )
            for who in (as_actor(binh), lan)
        ]
    )
    assert len(losers(outcomes)) == 1
    assert happened(dossier, "supplemented") == 1
    assert BroughtPaper.objects.get(dossier=dossier, component_id=paper.id).copies == 1
    assert is_whole(dossier)


def test_a_run_and_a_single_hand_accept_the_same_dossiers_and_each_is_accepted_once(filed, binh, lan, as_actor):
    made = filed(6)
    run = operations.order(
        key=uuid.uuid4(), verb="accept", codes=[one.code for one in made], options={}, actor=as_actor(binh), at=LATER
    )

    def by_run() -> None:
        while do_next(run=run, at=LATER):
            pass

    def by_hand() -> int:
        done = 0
        for dossier in reversed(made):
            try:
                operations.accept(dossier=dossier, actor=lan, at=LATER)
            except WrongState:
                continue
            done += 1
        return done

    _nothing, by_lan = at_once(by_run, by_hand)
    assert isinstance(by_lan, int), by_lan
    assert run.items.filter(state="done").count() + by_lan == len(made)
    assert run.items.filter(state="waiting").count() == 0
    assert [happened(one, "accepted") for one in made] == [1] * len(made)
    numbers = Paper.objects.filter(kind="acceptance_slip").values_list("number", flat=True)
    assert sorted(numbers) == [f"{number:02}/TNHS" for number in range(1, len(made) + 1)]
    assert all(map(is_whole, made))

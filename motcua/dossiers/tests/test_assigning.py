"""A unit's rules give an accepted dossier to somebody at once."""

from datetime import timedelta

import pytest

from motcua.accounts.middleware import actor_of
from motcua.agencies import absences
from motcua.agencies.models import Role
from motcua.dossiers import operations
from motcua.dossiers.models import AssignmentRule, Dossier
from motcua.dossiers.states import State
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI, now
from tests.cast import MONDAY_9AM, complete_draft, pay_everything

AT = MONDAY_9AM + timedelta(hours=1)


@pytest.fixture
def file_one(version, department, centre, an, as_actor):
    """One more dossier of An's, paid and filed."""

    def file() -> Dossier:
        draft = complete_draft(version, department, centre, an)
        dossier = operations.submit(dossier=draft, actor=as_actor(an), at=MONDAY_9AM)
        pay_everything(dossier)
        return dossier

    return file


@pytest.fixture
def khoi(hire, department):
    return hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)


@pytest.fixture
def rule(ha, department):
    """Make a rule: rule("person", chi) or with a condition, a procedure, a name."""

    def make(method, *people, **given):
        values = {"rule": None, "agency": department, "name": f"Quy tắc {method}", "procedure": None, "sector": None}
        values |= {"condition": "", "is_active": True, "actor": actor_of(ha), "at": AT} | given
        return operations.write_rule(method=method, people=list(people), **values)

    return make


def accept(dossier, binh) -> Dossier:
    return operations.accept(dossier=dossier, actor=actor_of(binh), at=now())


def handler(dossier):
    return dossier.tasks.open().get().assignee


def test_a_rule_gives_the_dossier_and_the_story_says_which(file_one, rule, chi, binh):
    rule("person", chi)
    dossier = accept(file_one(), binh)
    assert dossier.state == State.PROCESSING
    assert handler(dossier) == chi
    event = Event.objects.about(dossier.subject).get(type="dossier.assigned")
    assert (event.actor_kind, event.data["rule"]) == ("system", "Quy tắc person")


def test_without_a_fitting_rule_the_head_assigns(file_one, rule, chi, binh):
    rule("person", chi, is_active=False)
    assert accept(file_one(), binh).state == State.ACCEPTED


def test_the_head_still_gives_it_to_somebody_else(file_one, rule, chi, khoi, ha, binh):
    rule("person", chi)
    dossier = accept(file_one(), binh)
    operations.reassign(dossier=dossier, assignee=khoi, note="", actor=actor_of(ha), at=now())
    assert handler(dossier) == khoi


def test_they_take_turns(file_one, rule, chi, khoi, binh):
    rule("rotation", chi, khoi)
    assert [handler(accept(file_one(), binh)) for _ in range(4)] == [chi, khoi, chi, khoi]


def test_who_has_least_gets_the_next(file_one, rule, chi, khoi, ha, binh):
    for _ in range(2):
        dossier = accept(file_one(), binh)
        operations.assign(dossier=dossier, assignee=chi, note="", actor=actor_of(ha), at=now())
    rule("load", chi, khoi)
    assert [handler(accept(file_one(), binh)) for _ in range(2)] == [khoi, khoi]


def test_who_is_away_is_passed_over(file_one, rule, chi, khoi, binh):
    rule("rotation", chi, khoi)
    today = now().astimezone(HANOI).date()
    absences.declare_absence(
        user=chi, deputy=khoi, first_day=today, last_day=today, note="", actor=actor_of(chi), at=now()
    )
    assert [handler(accept(file_one(), binh)) for _ in range(2)] == [khoi, khoi]


def test_the_first_rule_whose_condition_holds_decides(file_one, rule, chi, khoi, binh, version):
    dossier = file_one()
    field = next(key for key, value in dossier.answers.items() if isinstance(value, str) and value)
    procedure = version.procedure
    rule("person", khoi, name="Trường hợp riêng", procedure=procedure, condition=f"{field} == 'không phải'")
    rule("person", chi, name="Còn lại")
    tried = operations.try_rules(dossier, now())
    assert [(one.rule.name, bool(one.chosen)) for one in tried] == [("Trường hợp riêng", False), ("Còn lại", True)]
    assert handler(accept(dossier, binh)) == chi


def test_a_rule_for_another_procedure_or_sector_does_not_fit(file_one, rule, chi, binh, version):
    from motcua.procedures.models import Sector

    other = Sector.objects.create(code="KHAC", name="Lĩnh vực khác")
    rule("person", chi, sector=other)
    assert accept(file_one(), binh).state == State.ACCEPTED


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"condition": "(("}, "cú pháp"),
        ({"condition": "khong_co == 'x'"}, "không có nội dung"),
        ({"name": " "}, "đặt tên"),
        ({"method": "luck"}, "cách giao"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule, chi, version, given, words):
    given = {"procedure": version.procedure} | given
    with pytest.raises(Refusal, match=words):
        rule(given.pop("method", "person"), chi, **given)
    assert not AssignmentRule.objects.exists()


def test_a_condition_needs_its_procedure_and_a_rule_its_people(rule, chi, khoi):
    with pytest.raises(Refusal, match="đã chọn một thủ tục"):
        rule("person", chi, condition="x == 'y'")
    with pytest.raises(Refusal, match="ít nhất một người"):
        rule("load")
    with pytest.raises(Refusal, match="chỉ chọn một người"):
        rule("person", chi, khoi)


def test_rules_are_put_in_order_and_only_by_those_who_may(rule, chi, khoi, ha, giang, department):
    first, second = rule("person", chi, name="Một"), rule("person", khoi, name="Hai")
    operations.raise_rule(rule=second, actor=actor_of(ha), at=AT)
    assert list(AssignmentRule.objects.filter(agency=department).order_by("position")) == [second, first]
    with pytest.raises(NotAllowed):
        operations.remove_rule(rule=first, actor=actor_of(chi), at=AT)
    operations.remove_rule(rule=first, actor=actor_of(ha), at=AT)
    assert list(AssignmentRule.objects.all()) == [second]

from dataclasses import replace
from datetime import datetime, time

import pytest
from django.conf import settings

from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import Calendar
from motcua.procedures.definition import package_folders, read_folder
from motcua.procedures.parts import Scenario
from motcua.procedures.simulation import samples, simulate, simulations
from motcua.procedures.ways import usual_route

DAY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
WEEK = Calendar("Giờ hành chính", (DAY,) * 5 + ((), ()))
TUESDAY = datetime(2026, 11, 24, 9, 15, tzinfo=HANOI)
ANSWERS = {"loai_chu": "doanh_nghiep", "so_luong": 3, "thiet_bi": [{"ten": "M1"}]}


def _simulate(definition, **changes):
    given = {"at": TUESDAY, "calendar": WEEK, "channel": "online"} | changes
    return simulate(definition, ANSWERS, **given)


def test_a_simulated_dossier_has_papers_fees_and_a_deadline(definition):
    found = _simulate(definition)
    assert [component.id for component in found.components] == ["phieu", "giay_dang_ky", "anh_may"]
    assert found.total_vnd == 210_000
    assert str(found.limit) == "5 ngày làm việc"
    assert found.due_at == datetime(2026, 12, 1, 17, tzinfo=HANOI)
    assert "ho_ten" in found.problems


def test_every_outcome_is_taken_once(definition):
    found = _simulate(definition)
    ways = [[passage.step.id for passage in route.passages] for route in found.routes]
    assert ways == [
        ["phan_cong", "tham_dinh", "tra"],
        ["phan_cong", "tham_dinh", "phan_cong", "tham_dinh", "tra"],
    ]
    assert [route.hours for route in found.routes] == [32, 56]
    assert [route.is_too_long for route in found.routes] == [False, True]
    assert found.routes[1].unusual.outcome.name == "Trả lại"
    taken = {(p.step.id, p.outcome.id) for route in found.routes for p in route.passages}
    assert taken == {(step.id, outcome.id) for step in definition.process.steps for outcome in step.outcomes}


def test_a_step_whose_condition_does_not_hold_is_passed_over(definition):
    first, second, last = definition.process.steps
    skipping = replace(definition.process, steps=(first, replace(second, when="so_luong > 5"), last))
    changed = replace(definition, process=skipping)
    assert [step.id for step in usual_route(changed, {"so_luong": 6}).steps] == ["phan_cong", "tham_dinh", "tra"]
    short = usual_route(changed, ANSWERS)
    assert [step.id for step in short.steps] == ["phan_cong", "tra"]
    assert short.hours == 12


def test_a_way_in_circles_ends(definition):
    first, second, last = definition.process.steps
    back = replace(second, outcomes=(replace(second.outcomes[0], to="phan_cong"),))
    changed = replace(definition, process=replace(definition.process, steps=(first, back, last)))
    route = usual_route(changed, {})
    assert not route.ends
    assert len(route.passages) == 2


def test_a_fee_that_cannot_be_computed_is_said(definition):
    line = replace(definition.fees.lines[0], amount=None, formula="1 / so_luong")
    found = simulate(
        replace(definition, fees=replace(definition.fees, lines=(line,))), {}, at=TUESDAY, calendar=WEEK
    )
    assert found.total_vnd is None
    assert found.fee_problem


def test_each_case_gets_sample_answers(definition):
    cases = (Scenario("dn", "Doanh nghiệp", when="loai_chu == 'doanh_nghiep' && cho_thue"), Scenario("khac", "Khác"))
    changed = replace(definition, record=replace(definition.record, scenarios=cases), tests={})
    assert {case.id for case, _answers in samples(changed)} == {"dn", "khac"}
    assert {found.name for found in simulations(changed, at=TUESDAY, calendar=WEEK)} == {"Doanh nghiệp", "Khác"}


@pytest.mark.parametrize("folder", package_folders(settings.ROOT / "procedures"), ids=lambda path: path.name)
def test_every_procedure_of_the_catalogue_can_be_simulated(folder):
    definition, _mistakes = read_folder(folder)
    if definition is None:
        pytest.skip("the check of the catalogue says what is wrong with it")
    for found in simulations(definition, at=TUESDAY, calendar=WEEK):
        assert found.routes or not definition.is_filed_here
        assert all(route.ends for route in found.routes)

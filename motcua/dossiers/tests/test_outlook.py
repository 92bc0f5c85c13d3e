"""The forecast and the overtaken: a simulated month, and stories with a reason and without."""

import random
from datetime import date, datetime, timedelta

import pytest

from motcua.dossiers import operations, outlook
from motcua.dossiers.forecast import LOOKED_BACK, WorkedHours, end_of_week, forecast
from motcua.dossiers.models import Dossier, Task
from motcua.dossiers.overtaken import overtaken
from motcua.dossiers.reporting import Scope, counted
from motcua.dossiers.states import State
from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import office_calendar
from motcua.foundation.working_time import add_working_hours, working_hours_between
from tests.cast import MONDAY_9AM, complete_draft, pay_everything

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = [("phan-cong", "assign", "head"), ("tham-dinh", "appraise", "appraiser"), ("phe-duyet", "approve", "leader")]
WEEKS = [datetime(2026, 9, 7, 8, tzinfo=HANOI) + 7 * DAY * week for week in range(4)]  # Mondays


def test_working_hours_by_sums_are_those_of_the_calendar():
    calendar, chance = office_calendar(), random.Random(3)
    worked = WorkedHours(calendar, date(2026, 1, 1), date(2026, 12, 31))
    for _one in range(200):
        begins = datetime(2026, 2, 1, tzinfo=HANOI) + chance.random() * 200 * DAY
        ends = begins + chance.random() * 30 * DAY
        assert worked.between(begins, ends) == pytest.approx(working_hours_between(begins, ends, calendar), abs=0.01)


def test_the_week_ends_on_friday_and_before_a_holiday_on_thursday():
    calendar = office_calendar()
    assert end_of_week(datetime(2026, 11, 25, 9, tzinfo=HANOI), calendar) == datetime(2026, 11, 27, 17, tzinfo=HANOI)
    assert end_of_week(datetime(2026, 11, 27, 18, tzinfo=HANOI), calendar) == datetime(2026, 12, 4, 17, tzinfo=HANOI)
    assert end_of_week(datetime(2026, 12, 30, 9, tzinfo=HANOI), calendar) == datetime(2026, 12, 31, 17, tzinfo=HANOI)


@pytest.fixture
def five_months(version, department, centre):
    """What a unit did from April to October: 24 dossiers a day, each with its own fate; lives as lists of moments."""
    chance, calendar = random.Random(11), office_calendar()
    lives = []
    day = datetime(2026, 4, 20, tzinfo=HANOI)
    while day < datetime(2026, 10, 5, tzinfo=HANOI):
        if calendar.works_on(day.date()):
            for _one in range(24):
                begins = calendar.on(day.date()).sessions[0][0] + chance.random() * 8 * HOUR
                moments = [begins]
                for usual in (3, 20, 5):  # working hours of a step, with a long tail
                    moments.append(add_working_hours(moments[-1], usual * chance.lognormvariate(-0.2, 0.7), calendar))
                lives.append((moments, add_working_hours(begins, 40, calendar)))
        day += DAY
    return lives


def _as_it_stood(lives, at, version, department, centre):
    """Put the rows of that moment into the tables: only what was known then."""
    Task.objects.all().delete()
    Dossier.objects.all().delete()
    known = [(index, moments, due) for index, (moments, due) in enumerate(lives) if at - LOOKED_BACK - 30 * DAY < moments[0] <= at]
    rows = Dossier.objects.bulk_create(
        (Dossier(
            procedure_version=version, agency=department, reception=centre, code=f"H34.12-260101-{index:05}",
            created_at=moments[0], saved_at=moments[0], submitted_at=moments[0], accepted_at=moments[0],
            clock_started_at=moments[0], first_due_at=due, due_at=due,
            settled_at=moments[-1] if moments[-1] <= at else None,
            state=State.SETTLED if moments[-1] <= at else State.PROCESSING,
        )
        for index, moments, due in known),
        batch_size=1000,
    )  # fmt: skip
    tasks = []
    for row, (_index, moments, due) in zip(rows, known, strict=True):
        for (step, act, role), begins, ends in zip(STEPS, moments, moments[1:], strict=False):
            if begins <= at:
                tasks.append(
                    Task(
                        dossier=row, step_id=step, name=step, act=act, role=role, agency=department, started_at=begins,
                        due_at=due, completed_at=ends if ends <= at else None, completed_by="Chi" if ends <= at else "",
                    )
                )  # fmt: skip
    Task.objects.bulk_create(tasks, batch_size=1000)


def test_over_a_simulated_month_the_forecast_is_right_to_a_tenth(five_months, version, department, centre):
    said = came = 0
    calendar = office_calendar()
    for monday in WEEKS:
        _as_it_stood(five_months, monday, version, department, centre)
        found = forecast(counted().filter(Scope((department,)).condition()), monday, calendar)
        said += found.number
        assert found.number == len(found.likely) == round(found.expected)
        came += sum(
            moments[0] <= monday < moments[-1] and monday <= due <= found.horizon and moments[-1] > due
            for moments, due in five_months
        )
    assert came > 60
    assert abs(said - came) <= came / 10, (said, came)


def test_without_enough_cases_nothing_is_foretold(version, department, centre):
    at = MONDAY_9AM
    _as_it_stood([([at - DAY, at + DAY], at + HOUR)], at, version, department, centre)
    found = forecast(counted(), at, office_calendar())
    assert (found.number, found.looked_at, found.cases) == (0, 1, 0)


@pytest.fixture
def taken_in(version, department, centre, an, binh, ha, chi, as_actor):
    """A dossier accepted at a moment, and under appraisal."""

    def take(at) -> Dossier:
        dossier = operations.submit(dossier=complete_draft(version, department, centre, an, at), actor=as_actor(an), at=at)
        pay_everything(dossier, at)
        dossier.refresh_from_db()
        dossier = operations.accept(dossier=dossier, actor=as_actor(binh), at=at)
        return operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=at)

    return take


def _settle(dossier: Dossier, at) -> None:
    """As if the rest had been done."""
    Dossier.objects.filter(pk=dossier.pk).update(state=State.SETTLED, settled_at=at)


def test_who_was_overtaken_without_a_reason_is_named_first(taken_in, department):
    first, second, third = (taken_in(MONDAY_9AM + hours * HOUR) for hours in (0, 1, 2))
    _settle(third, MONDAY_9AM + 3 * HOUR)
    _settle(second, MONDAY_9AM + 4 * HOUR)
    found = overtaken(counted(), MONDAY_9AM + 5 * HOUR)
    assert [(one.dossier, one.by, one.reasons) for one in found] == [(first.pk, 2, ()), (second.pk, 1, ())]
    assert found[0].words == ["Chưa rõ lý do"]
    seen = outlook.look(department, MONDAY_9AM + 5 * HOUR)
    assert seen.unexplained == 2
    assert outlook.Outlook.from_content(seen.at, seen.to_json()) == seen


def test_a_wait_that_began_before_explains_and_one_that_began_after_does_not(taken_in):
    waited, later, other = (taken_in(MONDAY_9AM + hours * HOUR) for hours in (0, 1, 2))
    Dossier.objects.filter(pk=waited.pk).update(paused_at=MONDAY_9AM + HOUR, state=State.SUPPLEMENT_REQUESTED)
    _settle(other, MONDAY_9AM + 3 * HOUR)
    Dossier.objects.filter(pk=later.pk).update(paused_at=MONDAY_9AM + 4 * HOUR, state=State.SUPPLEMENT_REQUESTED)
    found = {one.dossier: one.reasons for one in overtaken(counted(), MONDAY_9AM + 5 * HOUR)}
    assert found == {waited.pk: ("wait",), later.pk: ()}


def test_what_ended_before_its_time_was_not_overtaken_and_overtakes_nobody(taken_in):
    first, second = taken_in(MONDAY_9AM), taken_in(MONDAY_9AM + HOUR)
    Dossier.objects.filter(pk=second.pk).update(state=State.WITHDRAWN, ended_at=MONDAY_9AM + 2 * HOUR)
    assert overtaken(counted(), MONDAY_9AM + 5 * HOUR) == []
    _settle(first, MONDAY_9AM + 3 * HOUR)
    assert overtaken(counted(), MONDAY_9AM + 5 * HOUR) == []


def test_over_a_simulated_month_every_overtaking_is_found(five_months, version, department, centre):
    at = WEEKS[-1]
    _as_it_stood(five_months, at, version, department, centre)
    told = {one.dossier: one.by for one in overtaken(counted(), at)}
    rows = list(Dossier.objects.order_by("pk"))
    slow = {}
    for row in rows:
        if row.settled_at is None or row.settled_at >= at - 30 * DAY:
            by = sum(
                other.accepted_at > row.accepted_at
                and other.settled_at is not None
                and other.settled_at < (row.settled_at or at)
                for other in rows
            )
            if by:
                slow[row.pk] = by
    most = sorted(slow.items(), key=lambda item: (-item[1], item[0]))[:200]
    assert told == dict(most)


def test_a_dossier_counts_once_in_each_line_of_the_board(taken_in, department, chi):
    one, _other = taken_in(MONDAY_9AM), taken_in(MONDAY_9AM)
    task = one.tasks.get(completed_at=None)
    Task.objects.create(
        dossier=one, step_id="beside", name=task.name, act=task.act, role=task.role, agency=department, assignee=chi,
        started_at=MONDAY_9AM, due_at=MONDAY_9AM,
    )  # fmt: skip
    at = MONDAY_9AM + HOUR
    scope, moment = Scope((department,)), outlook.Moment.of(at, department.calendar.calendar)
    board = outlook.board(department, moment)
    [step], [officer] = board.steps, board.officers
    assert (step.name, officer.name) == (task.name, chi.full_name)
    for key in outlook.OF_STEPS:
        listed = outlook.dossiers(key, scope, moment, step=step.key).distinct().count()
        assert step.counts[key] == officer.counts[key] == listed, key
    assert step.counts["dang-mo"] == 2 and step.counts["buoc-cham"] == 1


def test_figures_are_kept_unit_by_unit_and_counted_anew(taken_in, department, centre, django_assert_num_queries):
    taken_in(MONDAY_9AM)
    assert outlook.count_figures(at=MONDAY_9AM + HOUR) == 2
    idle = department.parent
    with django_assert_num_queries(2):  # nothing is worked out of a unit without work
        assert not any(outlook.kept_or_now([idle], MONDAY_9AM)[idle.pk].counts.values())
    kept = outlook.kept_or_now([department, centre], MONDAY_9AM + 2 * HOUR)
    assert kept[department.pk].counts["dang-mo"] == kept[centre.pk].counts["dang-mo"] == 1
    assert kept[department.pk].at == MONDAY_9AM + HOUR
    taken_in(MONDAY_9AM + HOUR)
    outlook.count_figures(at=MONDAY_9AM + 2 * HOUR)
    assert outlook.kept_or_now([department], MONDAY_9AM + 2 * HOUR)[department.pk].counts["dang-mo"] == 2

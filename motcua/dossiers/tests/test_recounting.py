"""A calendar changes: who would move, who moves, and what is said of every date before and after."""

from datetime import date, datetime, timedelta

import pytest

from motcua.agencies import calendars
from motcua.agencies.calendars import SpecialDay
from motcua.agencies.models import CalendarChange, Role, WorkingCalendar
from motcua.dossiers import deadlines, operations, recount_jobs, recounting
from motcua.dossiers.models import Dossier
from motcua.dossiers.operations.recounting import move_dates, recount_next
from motcua.dossiers.story import story
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed
from motcua.foundation.explanations import parse_explanation
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI
from tests.cast import MONDAY_9AM, complete_draft, pay_everything

WEDNESDAY = date(2026, 12, 2)
SYSTEM = Actor.system("recount")
LATER = MONDAY_9AM + timedelta(hours=3)


@pytest.fixture
def thao(hire, province, as_actor):
    """Y Thảo administers."""
    return as_actor(hire("thao", "Y Thảo", province, Role.ADMINISTRATOR))


@pytest.fixture
def file(version, department, centre, an, as_actor):
    def make(at=MONDAY_9AM):
        dossier = operations.submit(
            dossier=complete_draft(version, department, centre, an, at), actor=as_actor(an), at=at
        )
        pay_everything(dossier, at)
        return dossier

    return make


@pytest.fixture
def accepted(file, binh, as_actor):
    return operations.accept(dossier=file(), actor=as_actor(binh), at=MONDAY_9AM + timedelta(hours=1))


@pytest.fixture
def free(calendar, thao):
    """Make Wednesday a holiday, in an open change."""

    def make(day=WEDNESDAY, kind="holidays"):
        days = [SpecialDay(day, kind, "Quốc tang")]
        return calendars.add_special_days(calendar=calendar, days=days, actor=thao, at=LATER)

    return make


@pytest.fixture
def keep(thao):
    def make(change, at=LATER, *, moves_dates=True):
        kept = calendars.keep(change=change, seen=change.revision, moves_dates=moves_dates, actor=thao, at=at)
        return CalendarChange.objects.select_related("working_calendar").get(pk=kept.pk)

    return make


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("agency__calendar", "reception__calendar").get(pk=dossier.pk)


def moved(dossier: Dossier) -> list[Event]:
    return list(Event.objects.about(dossier.subject).filter(type="dossier.due_moved"))


def test_before_it_is_kept_a_change_shows_what_it_would_move_and_moves_nothing(accepted, file, free):
    waiting = file(MONDAY_9AM + timedelta(days=1, hours=6))  # its eight hours run over Wednesday
    before = fresh(accepted).due_at

    found = recounting.preview(free(), LATER)

    assert (found.looked_at, found.dossiers, found.promised, found.kept) == (2, 2, 2, 0)
    assert found.units == (("Sở Khoa học và Công nghệ tỉnh Kon Tum", 2),)
    settlement = next(row for row in found.rows if row["kind"] == "settlement")
    assert settlement["code"] == accepted.code
    assert datetime.fromisoformat(settlement["old"]) == before
    assert datetime.fromisoformat(settlement["new"]) == before + timedelta(days=1)
    assert {row["code"] for row in found.rows if row["kind"] == "intake"} == {waiting.code}
    assert recounting.Preview.from_json(found.to_json()) == found
    assert fresh(accepted).due_at == before and not moved(accepted)


def test_a_kept_change_moves_each_date_with_an_event_of_old_and_new(accepted, free, keep):
    before = fresh(accepted)
    task = before.tasks.get()
    change = keep(free())

    recount_jobs.recount(change.pk)

    after = fresh(accepted)
    assert (after.due_at, after.first_due_at) == (before.due_at + timedelta(days=1), before.first_due_at)
    assert after.tasks.get().due_at == task.due_at  # due on Monday: no Wednesday on its way
    [event] = moved(accepted)
    assert datetime.fromisoformat(event.data["old_due_at"]) == before.due_at
    assert datetime.fromisoformat(event.data["due_at"]) == after.due_at
    assert (event.actor_kind, event.data["version"]) == ("system", 2)
    change.refresh_from_db()
    assert (change.looked_at, change.moved, change.done_at is not None) == (1, 1, True)
    [entry] = list(story([event], for_officer=False))
    assert entry.details[0].startswith("Hẹn trả kết quả: từ 17:00")


def test_counting_again_moves_nothing_more(accepted, free, keep):
    change = keep(free())
    for _again in range(2):
        move_dates(dossier=accepted, change=change, actor=SYSTEM, at=LATER)
        recount_jobs.recount(change.pk)
    assert len(moved(accepted)) == 1


def test_a_recount_that_was_killed_goes_on_after_the_last_dossier(file, binh, as_actor, free, keep):
    dossiers = [
        operations.accept(dossier=file(), actor=as_actor(binh), at=MONDAY_9AM + timedelta(hours=1)) for _ in range(3)
    ]
    change = keep(free())
    assert recount_next(change=change, actor=SYSTEM, at=LATER)  # and then the worker is killed
    change.refresh_from_db()
    assert (change.looked_at, change.moved, change.done_at) == (1, 1, None)

    recount_jobs.recount(change.pk)

    change.refresh_from_db()
    assert (change.looked_at, change.moved) == (3, 3)
    assert [len(moved(one)) for one in dossiers] == [1, 1, 1]


def test_a_date_is_never_brought_forward(accepted, free, keep):
    before = fresh(accepted).due_at
    saturday = free(date(2026, 12, 5), "extra_working_days")  # a day more to work: the result could come sooner

    found = recounting.preview(saturday, LATER)
    assert (found.dossiers, found.kept) == (0, 1)
    recount_jobs.recount(keep(saturday).pk)

    assert fresh(accepted).due_at == before and not moved(accepted)


def test_a_date_that_has_passed_is_not_mended_by_a_calendar(accepted, free, keep):
    before = fresh(accepted).due_at
    change = free()
    afterwards = before + timedelta(days=1)
    assert recounting.preview(change, afterwards).dossiers == 0
    kept = keep(change, at=afterwards)
    assert move_dates(dossier=accepted, change=kept, actor=SYSTEM, at=afterwards) == []
    assert fresh(accepted).due_at == before


def test_an_administrator_may_leave_the_dates_of_open_dossiers_alone(accepted, free, keep, thao):
    before = fresh(accepted).due_at
    change = keep(free(), moves_dates=False)
    assert change.done_at == LATER
    recount_jobs.recount(change.pk)
    assert fresh(accepted).due_at == before


def test_what_an_apology_promised_stays(accepted, free, keep):
    row = fresh(accepted)
    Dossier.objects.filter(pk=row.pk).update(due_before_extension=row.due_at, due_at=row.due_at + timedelta(days=7))
    recount_jobs.recount(keep(free()).pk)
    assert fresh(accepted).due_at == row.due_at + timedelta(days=7)


def test_every_date_keeps_its_explanation_when_the_calendar_changes_under_it(accepted, free, keep):
    promised = fresh(accepted)
    keep(free(), moves_dates=False)
    lines = deadlines.settlement_basis(fresh(accepted)).explain()
    assert parse_explanation(lines) == promised.due_at
    assert "Lịch làm việc: Giờ hành chính, phiên bản 1." in lines
    assert not any("Quốc tang" in line for line in lines)


def test_a_moved_date_is_explained_by_the_version_that_moved_it(accepted, free, keep):
    recount_jobs.recount(keep(free()).pk)
    row = fresh(accepted)
    lines = deadlines.settlement_basis(row).explain()
    assert parse_explanation(lines) == row.due_at
    assert "Thứ Tư 02/12/2026: không tính (Quốc tang)." in lines
    assert "Lịch làm việc: Giờ hành chính, phiên bản 2." in lines
    assert any("Quyết định" in line or "thời hạn công bố" in line for line in lines)


def test_a_unit_that_gets_another_calendar_still_explains_what_it_promised(accepted, keep, calendar, thao, department):
    promised = fresh(accepted).due_at
    short = calendars.make_calendar(name="Ca sáng", like=calendar, actor=thao, at=LATER)
    week = ((calendar.calendar.sessions[0][0],),) * 5 + ((), ())
    calendars.set_hours(calendar=short, sessions=week, reception=None, actor=thao, at=LATER)
    change = calendars.set_units(calendar=short, agencies=[department], actor=thao, at=LATER)
    found = recounting.preview(change, LATER)
    assert found.looked_at == 1
    keep(change, moves_dates=False)

    row = fresh(accepted)
    assert row.agency.calendar == short
    lines = deadlines.settlement_basis(row).explain()
    assert parse_explanation(lines) == promised
    assert "Lịch làm việc: Giờ hành chính, phiên bản 1." in lines


def test_a_date_that_no_calendar_gives_says_so(accepted):
    Dossier.objects.filter(pk=accepted.pk).update(due_at=datetime(2026, 12, 30, 11, 11, tzinfo=HANOI))
    lines = deadlines.settlement_basis(fresh(accepted)).explain()
    assert "ấn định riêng" in lines[-1] and "11:11" in lines[-1]


def test_every_running_date_of_every_stage_is_explained(file, binh, ha, chi, as_actor, an):
    """Intake, steps, settlement, supplement: what is kept is what the words lead to."""
    dossier = file(MONDAY_9AM + timedelta(minutes=17))
    explained = {}

    def look():
        [row] = recounting.read(Dossier.objects.filter(pk=dossier.pk))
        for basis in recounting.running(row):
            assert parse_explanation(basis.explain()) == basis.due_at.astimezone(HANOI).replace(second=0)
            explained[basis.kind] = basis.name

    look()
    operations.accept(dossier=dossier, actor=as_actor(binh), at=MONDAY_9AM + timedelta(hours=1))
    look()
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=MONDAY_9AM + timedelta(hours=2))
    look()
    assert set(explained) == {"intake", "settlement", "step"}


def test_nobody_moves_dates_by_hand(accepted, free, keep, thao):
    with pytest.raises(NotAllowed):
        move_dates(dossier=accepted, change=keep(free()), actor=thao, at=LATER)


def test_looking_costs_the_same_for_one_dossier_and_for_many(
    file, binh, as_actor, free, django_assert_max_num_queries
):
    for _each in range(4):
        operations.accept(dossier=file(), actor=as_actor(binh), at=MONDAY_9AM + timedelta(hours=1))
    change = free()
    recounting.preview(change, LATER)
    with django_assert_max_num_queries(6):
        assert recounting.preview(change, LATER).dossiers == 4


def test_many_dossiers_are_looked_at_in_the_background(accepted, free, monkeypatch):
    monkeypatch.setattr(recount_jobs, "AT_ONCE", 0)
    change = free()
    recount_jobs.look(change)
    change.refresh_from_db()
    assert (change.preview_revision, change.preview) == (change.revision, None)
    recount_jobs.look_at(change.pk, change.revision)
    change.refresh_from_db()
    assert change.preview["dossiers"] == 1
    assert WorkingCalendar.objects.get(pk=change.working_calendar_id).version == 1

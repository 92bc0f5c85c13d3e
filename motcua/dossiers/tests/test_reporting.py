"""The numbers of the reports, counted again slowly, by other means."""

import random
from datetime import date, datetime, timedelta

import pytest

from motcua.agencies.models import Agency, Role
from motcua.dossiers import operations, reporting
from motcua.dossiers.models import Dossier
from motcua.dossiers.reporting import BESIDE, CELLS, Period, Scope, Span
from motcua.dossiers.states import ENDED_EARLY, State
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.procedures import operations as procedures
from motcua.procedures.models import ProcedureVersion
from tests.cast import MONDAY_9AM, ROOT, complete_draft, pay_everything

AT = datetime(2026, 11, 24, 10, tzinfo=HANOI)
NOVEMBER = Period.read("2026-11", AT.date())
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def moment(*parts):
    return datetime(*parts, tzinfo=HANOI)


@pytest.fixture
def versions(db):
    """Procedures of several sectors."""
    chosen = []
    for folder in sorted((ROOT / "procedures" / "kontum").glob("*/*/")):
        if folder.parent.name not in {one.parent.name for one in chosen}:
            chosen.append(folder)
    for folder in chosen[:3]:
        procedures.import_folder(folder=folder, actor=Actor.system("test"), at=MONDAY_9AM)
    found = list(ProcedureVersion.objects.select_related("procedure__sector").order_by("pk"))
    assert len({one.procedure.sector_id for one in found}) > 1
    return found


@pytest.fixture
def units(department, province, calendar):
    health = Agency.objects.create(
        code="H34.10", name="Sở Y tế tỉnh Kon Tum", kind="department", parent=province, calendar=calendar
    )
    return [department, health]


@pytest.fixture
def lived(versions, units, centre):
    """Put a dossier into the table as if it had lived."""

    def make(accepted=None, **fields):
        make.count += 1
        filed = fields.pop("filed", accepted)
        due = fields.get("due_at")
        if fields.get("settled_at"):
            fields.setdefault("state", State.SETTLED)
        fields.setdefault("state", State.PROCESSING if accepted else State.SUBMITTED)
        return Dossier.objects.create(
            **{
                "procedure_version": versions[0],
                "agency": units[0],
                "reception": centre,
                "code": f"H34.12-261124-{make.count:05}",
                "created_at": filed,
                "saved_at": filed,
                "submitted_at": filed,
                "accepted_at": accepted,
                "clock_started_at": accepted if due else None,
                "first_due_at": due,
            }
            | fields
        )

    make.count = 0
    return make


def count(key, unit, period=NOVEMBER, at=AT):
    return reporting.dossiers(key, Span(period, at), Scope((unit,))).count()


def test_settled_on_an_earlier_day_is_before_time_and_on_the_day_up_to_the_hour_is_on_time(lived, department):
    due = moment(2026, 11, 10, 17)
    for settled in (moment(2026, 11, 9, 17, 30), moment(2026, 11, 10, 0, 5), due, due + timedelta(seconds=1)):
        lived(moment(2026, 11, 2, 8), due_at=due, settled_at=settled)
    assert [count(key, department) for key in ("truoc-han", "dung-han", "qua-han")] == [1, 2, 1]


def test_an_apology_does_not_make_a_late_dossier_one_in_time(lived, department):
    old, new = moment(2026, 11, 10, 17), moment(2026, 11, 20, 17)
    lived(moment(2026, 11, 2, 8), due_at=new, due_before_extension=old, settled_at=moment(2026, 11, 12, 9))
    lived(moment(2026, 11, 2, 8), due_at=AT + 5 * DAY, due_before_extension=old)
    assert (count("qua-han", department), count("dang-qua-han", department)) == (1, 1)


def test_what_waits_for_its_owner_is_late_only_when_it_was_before(lived, department):
    asked = State.SUPPLEMENT_REQUESTED
    due = moment(2026, 11, 10, 17)
    lived(moment(2026, 11, 2, 8), due_at=due, paused_at=due - HOUR, state=asked)
    late = lived(moment(2026, 11, 2, 8), due_at=due, paused_at=due + HOUR, state=asked)
    found = reporting.dossiers("dang-qua-han", Span(NOVEMBER, AT), Scope((department,)))
    assert list(found) == [late]
    assert count("trong-han", department) == 1


def test_a_child_is_counted_with_its_parent(lived, department):
    parent = lived(moment(2026, 11, 2, 8), due_at=AT + DAY)
    lived(moment(2026, 11, 2, 8), due_at=AT + DAY, parent=parent)
    assert count("tiep-nhan", department) == 1


def test_what_was_refused_at_the_counter_stands_beside_the_table(lived, department):
    lived(filed=moment(2026, 11, 2, 8), state=State.REFUSED, ended_at=moment(2026, 11, 3, 8))
    lived(filed=moment(2026, 11, 2, 8), state=State.WITHDRAWN, ended_at=moment(2026, 11, 3, 8))
    lived(filed=moment(2026, 11, 24, 8))
    assert count("tiep-nhan", department) == 0
    assert [count(key, department) for key in BESIDE] == [1, 1, 1]


def test_a_past_month_says_what_it_said_then(lived, department):
    """A dossier that was open at the end of October is open in October's table for ever."""
    lived(moment(2026, 10, 20, 8), due_at=moment(2026, 10, 27, 17), settled_at=moment(2026, 11, 3, 8))
    october = Period.read("2026-10", AT.date())
    assert (count("dang-qua-han", department, october), count("da-giai-quyet", department, october)) == (1, 0)
    assert (count("ky-truoc", department), count("qua-han", department)) == (1, 1)


def slowly(rows, span):
    """The same table, dossier by dossier."""
    numbers = dict.fromkeys([*CELLS, *BESIDE], 0)
    for row in rows:
        if row.parent_id or row.state == State.DRAFT:
            continue
        closed = row.settled_at or row.ended_at
        if row.accepted_at is None or row.accepted_at >= span.cut:
            beside(numbers, row, span)
        if row.accepted_at is None or row.accepted_at >= span.cut or (closed and closed < span.start):
            continue
        numbers["tiep-nhan"] += 1
        if row.accepted_at < span.start:
            numbers["ky-truoc"] += 1
        else:
            numbers["truc-tuyen" if row.channel == "online" else "truc-tiep"] += 1
        due = row.due_before_extension or row.due_at
        if closed is None or closed >= span.cut:
            numbers["dang-giai-quyet"] += 1
            looked = min(span.cut, row.paused_at) if row.paused_at else span.cut
            numbers["dang-qua-han" if due and due < looked else "trong-han"] += 1
        elif row.settled_at:
            numbers["da-giai-quyet"] += 1
            if due is None or row.settled_at <= due:
                days = (due.astimezone(HANOI).date() - row.settled_at.astimezone(HANOI).date()).days if due else 0
                numbers["truoc-han" if days > 0 else "dung-han"] += 1
            else:
                numbers["qua-han"] += 1
        else:
            numbers[{"withdrawn": "rut", "stopped": "dung", "refused": "tu-choi"}[row.state]] += 1
    return numbers


def beside(numbers, row, span):
    if row.submitted_at < span.cut and (row.accepted_at or row.ended_at is None or row.ended_at >= span.cut):
        numbers["cho-tiep-nhan"] += 1
    if row.accepted_at is None and row.ended_at and span.start <= row.ended_at < span.cut:
        numbers["khong-tiep-nhan" if row.state == "refused" else "rut-som"] += 1


_EDGES = [moment(2026, month, day) for month, day in ((8, 15), (9, 1), (10, 1), (10, 15), (11, 1), (11, 15))]  # where periods meet


def at_random(chance, lived, versions, units, parents):
    """A life with every trait that the table looks at, and moments at and around midnight."""

    def some(begins, ends):
        edges = [one for one in _EDGES if begins <= one <= ends]
        if edges and chance.random() < 0.3:
            return chance.choice(edges)
        found = begins + (ends - begins) * chance.random()
        return found.replace(hour=chance.choice([0, 7, 12, 17, 23]), minute=0, second=0, microsecond=0)

    filed = some(moment(2026, 8, 1), AT)
    fields = {
        "filed": filed,
        "procedure_version": chance.choice(versions),
        "agency": chance.choice(units),
        "channel": chance.choice(["online", "in_person", "post"]),
    }
    if chance.random() < 0.2:
        state = chance.choice([State.SUBMITTED, State.SUPPLEMENT_REQUESTED, *sorted(ENDED_EARLY)])
        if state in ENDED_EARLY:
            fields["ended_at"] = max(some(filed, filed + 10 * DAY), filed)
        return lived(state=state, **fields)
    accepted = filed + chance.randrange(30) * HOUR
    due = None if chance.random() < 0.1 else some(accepted, accepted + 30 * DAY) + DAY
    fields["due_at"] = due
    if due and chance.random() < 0.2:
        fields |= {"due_before_extension": due, "due_at": due + 5 * DAY}
    ending = chance.choice(["settled", "settled", "ended", "paused", "open", "returned"])
    later = some(accepted, accepted + 50 * DAY)
    later = max(later, accepted)
    if ending in ("settled", "returned"):
        fields |= {"settled_at": later, "state": State.SETTLED if ending == "settled" else State.RETURNED}
    elif ending == "ended":
        fields |= {"ended_at": later, "state": chance.choice(sorted(ENDED_EARLY))}
    elif ending == "paused":
        fields |= {"paused_at": later, "state": State.SUPPLEMENT_REQUESTED}
    if parents and chance.random() < 0.1:
        fields["parent"] = chance.choice(parents)
    return lived(accepted, **fields)


@pytest.mark.parametrize("seed", range(4))
def test_every_number_agrees_with_a_slow_count_and_all_sums_agree(seed, lived, versions, units):
    chance = random.Random(seed)
    parents: list[Dossier] = []
    for _one in range(150):
        parents.append(at_random(chance, lived, versions, units, parents))
    rows = list(Dossier.objects.all())
    for asked in ("2026-11", "2026-10", "2026-09", "2026-q3", "2026-q4", "2026-k4", "2026", "2026-08-15_2026-10-14"):
        span = Span(Period.read(asked, AT.date()), AT)
        whole = reporting.statistics(span, Scope(tuple(units)))
        assert whole.total.counts | whole.beside == slowly(rows, span)
        for line in [whole.total, *whole.sectors, *whole.units]:
            said = {cell.column: line.counts[key] for key, cell in CELLS.items()}
            assert said["3"] == said["4"] + said["5"] + said["6"]
            assert said["7"] == said["8"] + said["9"] + said["10"]
            assert said["11"] == said["12"] + said["13"]
            assert said["3"] == said["7"] + said["11"] + said["14"] + said["15"] + said["16"]
        alone = [reporting.statistics(span, Scope((unit,))) for unit in units]
        for key in CELLS:
            total = whole.total.counts[key]
            assert sum(line.counts[key] for line in whole.sectors) == total
            assert sum(line.counts[key] for line in whole.units) == total
            assert sum(one.total.counts[key] for one in alone) == total
            assert reporting.dossiers(key, span, whole.scope).count() == total
        for line in whole.sectors:
            narrowed = reporting.statistics(span, whole.scope, sector=line.key)
            assert narrowed.total.counts == line.counts


def test_lives_made_through_the_operations_are_counted_as_they_went(
    version, department, centre, an, binh, ha, chi, dung, van, yen, as_actor
):
    """Chance decides how far each dossier goes, and the table knows it."""
    who = {user.username: as_actor(user) for user in (binh, ha, chi, dung, van, yen)}
    chance, wanted = random.Random(7), dict.fromkeys(["tiep-nhan", "da-giai-quyet", "dang-giai-quyet", "dung", "khong-tiep-nhan"], 0)
    for _number in range(8):
        at = MONDAY_9AM
        dossier = operations.submit(
            dossier=complete_draft(version, department, centre, an, at), actor=as_actor(an), at=at
        )
        pay_everything(dossier, at)
        dossier.refresh_from_db()
        dossier = operations.accept(dossier=dossier, actor=who["binh"], at=at + HOUR)
        wanted["tiep-nhan"] += 1
        if chance.random() < 0.3:
            wanted["dang-giai-quyet"] += 1
            continue
        dossier = operations.assign(dossier=dossier, assignee=chi, note="", actor=who["ha"], at=at + 2 * HOUR)
        dossier = operations.appraise(
            dossier=dossier, outcome="dat", conclusion="Đạt yêu cầu.", actor=who["chi"], at=at + 3 * HOUR
        )
        if chance.random() < 0.3:
            wanted["dang-giai-quyet"] += 1
            continue
        dossier = operations.approve(dossier=dossier, note="", actor=who["dung"], at=at + 4 * HOUR)
        operations.stamp(dossier=dossier, actor=who["van"], at=at + 5 * HOUR)
        wanted["da-giai-quyet"] += 1
    span = Span(NOVEMBER, MONDAY_9AM + 6 * HOUR)
    found = reporting.statistics(span, Scope((department,)))
    assert {key: (found.total.counts | found.beside)[key] for key in wanted} == wanted
    assert found.total.counts["truoc-han"] == wanted["da-giai-quyet"]
    assert found.total.counts["truc-tuyen"] == wanted["tiep-nhan"]


@pytest.mark.parametrize(
    "asked, first, last",
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-k1", date(2025, 12, 15), date(2026, 3, 14)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-11-02_2026-11-20", date(2026, 11, 2), date(2026, 11, 20)),
        ("2026-13", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-11-20_2026-11-02", date(2026, 11, 1), date(2026, 11, 30)),
        ("x", date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_a_period_is_read_from_its_word_and_anything_else_is_this_month(asked, first, last):
    period = Period.read(asked, AT.date())
    assert (period.first, period.last) == (first, last)
    assert Period.read(period.key, AT.date()) == period


def test_periods_follow_each_other_without_a_gap():
    for asked in ("2026-12", "2026-q4", "2026-k4", "2026"):
        period = Period.read(asked, AT.date())
        assert period.beside(1).first == period.last + DAY
        assert period.beside(-1).last == period.first - DAY


def test_who_reads_whose_figures(units, province, centre, hire, as_actor):
    leader = hire("truong", "Lê Trưởng", units[0], Role.LEADER)
    controller = hire("phuc", "Bùi Đức Phúc", province, Role.CONTROLLER)
    appraiser = hire("khoi", "Võ Khôi", units[0], Role.APPRAISER)
    assert reporting.units_reported_to(as_actor(leader)) == [units[0]]
    assert reporting.units_reported_to(as_actor(controller)) == [province, centre, units[1], units[0]]
    assert reporting.units_reported_to(as_actor(appraiser)) == []

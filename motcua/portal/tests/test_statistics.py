"""The public figures: every number counted again by hand."""

from datetime import datetime, timedelta

import pytest

from motcua.dossiers.models import Dossier, Rating
from motcua.dossiers.states import ENDED_EARLY, State
from motcua.foundation.time import HANOI, now
from motcua.portal.catalogue.reports import percent, public_figures, read_figures
from motcua.ui import kept

AT = datetime(2026, 11, 24, 9, 15, tzinfo=HANOI)


@pytest.fixture(autouse=True)
def read_anew():
    kept.forget()
    yield
    kept.forget()


@pytest.fixture
def file(version, department, centre):
    """Put a dossier into the table as if it had lived: filed, perhaps promised, perhaps settled."""

    def make(filed, *, due=None, settled=None, state=State.SUBMITTED, channel="online", agency=department):
        make.count += 1
        return Dossier.objects.create(
            procedure_version=version,
            agency=agency,
            reception=centre,
            state=state,
            channel=channel,
            code=f"H34.12-261124-{make.count:04}",
            created_at=filed,
            saved_at=filed,
            submitted_at=filed,
            accepted_at=filed if due else None,
            clock_started_at=filed if due else None,
            first_due_at=due,
            due_at=due,
            settled_at=settled,
            ended_at=filed if state in ENDED_EARLY else None,
        )

    make.count = 0
    return make


def day(*parts):
    return datetime(*parts, 9, tzinfo=HANOI)


def test_dossiers_count_in_the_month_they_were_filed_and_in_the_month_they_were_settled(file):
    file(day(2026, 10, 30), due=day(2026, 11, 6), settled=day(2026, 11, 5), state=State.SETTLED)
    file(
        day(2026, 11, 2),
        due=day(2026, 11, 9),
        settled=day(2026, 11, 10),
        state=State.RETURNED,
        channel="in_person",
    )
    file(day(2026, 11, 20))

    figures = read_figures(AT)

    october, november = figures.months[-2:]
    assert (october.name, october.received, october.settled) == ("10/2026", 1, 0)
    assert (november.received, november.online, november.settled, november.on_time) == (2, 1, 2, 1)
    assert (figures.total.received, figures.total.settled, figures.total.on_time_percent) == (3, 2, 50.0)
    assert [row.name for row in figures.agencies] == ["Sở Khoa học và Công nghệ tỉnh Kon Tum"]


def test_a_month_begins_at_midnight_in_hanoi(file):
    file(datetime.fromisoformat("2026-10-31T17:30:00+00:00"))  # half past midnight on 1 November there

    assert [row.received for row in read_figures(AT).months[-2:]] == [0, 1]


def test_drafts_older_months_and_what_was_refused_do_not_count_as_settled(file, version, department, centre):
    file(day(2025, 11, 30))
    file(day(2026, 11, 3), state=State.REFUSED)
    Dossier.objects.create(
        procedure_version=version, agency=department, reception=centre, created_at=AT, saved_at=AT
    )

    figures = read_figures(AT)

    assert len(figures.months) == 12
    assert figures.months[0].name == "12/2025"
    assert (figures.total.received, figures.total.settled) == (1, 0)
    assert figures.total.on_time_percent is None


def test_what_runs_and_what_is_late_now(file):
    file(day(2026, 11, 3), due=AT + timedelta(hours=1), state=State.PROCESSING)
    file(day(2026, 11, 3), due=AT - timedelta(hours=1), state=State.ACCEPTED)

    figures = read_figures(AT)

    assert (figures.running, figures.overdue) == (2, 1)


def test_opinions_are_shares_of_all_opinions(file):
    for score in (2, 2, 1):
        dossier = file(day(2026, 11, 3), due=AT, settled=day(2026, 11, 4), state=State.RETURNED)
        Rating.objects.create(dossier=dossier, score=score, rated_at=day(2026, 11, 5))

    opinions = read_figures(AT).opinions

    assert [(opinion.label, opinion.count, opinion.percent) for opinion in opinions] == [
        ("Rất hài lòng", 2, 66.6), ("Hài lòng", 1, 33.3), ("Không hài lòng", 0, 0.0),
    ]  # fmt: skip


def test_a_share_is_a_hundred_only_when_it_is_all():
    assert percent(9999, 10_000) == 99.9
    assert percent(10_000, 10_000) == 100
    assert percent(0, 0) is None


@pytest.mark.parametrize("count", [1, 30])
def test_the_figures_take_five_statements_once_and_then_none(client, file, count, django_assert_num_queries):
    for _dossier in range(count):
        file(day(2026, 11, 3), due=AT, settled=day(2026, 11, 4), state=State.SETTLED)
    client.get("/")

    with django_assert_num_queries(5):
        public_figures()
    with django_assert_num_queries(0):
        client.get("/thong-ke/")


def test_the_page_draws_the_figures_and_tells_them_in_a_table(client, file):
    at = now()
    file(at - timedelta(minutes=5), due=at, settled=at - timedelta(minutes=1), state=State.SETTLED)

    html = client.get("/thong-ke/").content.decode()

    assert html.count('class="mc-chart__one"') == 13  # twelve months and the legend
    assert html.count('<th scope="row"') == 13  # twelve months and the agency
    assert "100\u00a0%" in html


def test_before_anything_was_filed_the_page_says_so(client, db):
    html = client.get("/thong-ke/").content.decode()

    assert "Chưa có hồ sơ trong 12 tháng qua" in html
    assert "mc-chart__one" not in html

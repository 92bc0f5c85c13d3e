from datetime import date, datetime

import pytest

from motcua.content import operations
from motcua.content.models import VisitDay
from motcua.foundation.time import HANOI


def at(*parts):
    return datetime(*parts, tzinfo=HANOI)


def test_a_visit_counts_for_its_day_in_hanoi(db):
    operations.count_visit(at=datetime.fromisoformat("2026-11-23T17:30:00+00:00"))  # half past midnight there
    operations.count_visit(at=at(2026, 11, 24, 9))

    assert VisitDay.objects.get().day == date(2026, 11, 24)
    assert VisitDay.objects.get().visits == 2


@pytest.mark.parametrize(
    ("moment", "figures"),
    [
        (at(2026, 11, 24, 9), (4, 3, 7, 20, 127)),
        (at(2026, 1, 1, 9), (0, 50, 0, 50, 0)),  # yesterday and last month lie in another year
    ],
)
def test_the_figures_are_sums_of_days(db, moment, figures):
    for day, visits in {
        date(2026, 11, 24): 4, date(2026, 11, 23): 3, date(2026, 10, 31): 20, date(2026, 3, 1): 100,
        date(2025, 12, 31): 50,
    }.items():  # fmt: skip
        if day <= moment.date():
            VisitDay.objects.create(day=day, visits=visits)

    shown = operations.visit_figures(at=moment)

    assert (shown.today, shown.yesterday, shown.month, shown.last_month, shown.year) == figures

"""The figures that everybody may see: how many dossiers came, were settled, and on time; how satisfied people were.

A dossier counts in the month in which it was filed, and in the month in which it was settled. Drafts, refused,
withdrawn and stopped dossiers are not settled. On time means: settled no later than the moment that was promised.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth

from motcua.agencies.models import Agency
from motcua.dossiers.models import Dossier, Rating
from motcua.foundation.time import HANOI, now
from motcua.ui.kept import Kept

MONTHS = 12
_KEPT_SECONDS = 300


@dataclass(slots=True)
class Row:
    """Counts of dossiers, of one month or one agency."""

    name: str
    received: int = 0
    online: int = 0
    settled: int = 0
    on_time: int = 0

    @property
    def on_time_percent(self) -> float | None:
        return percent(self.on_time, self.settled)

    @property
    def online_percent(self) -> float | None:
        return percent(self.online, self.received)


@dataclass(frozen=True, slots=True)
class Opinion:
    """How many gave one answer, and what part of all answers that is."""

    label: str
    count: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures at one moment, of the present month and the eleven before it."""

    at: datetime
    since: date
    total: Row
    months: list[Row]  # the oldest first
    agencies: list[Row]  # those with dossiers, in the order of their codes
    running: int
    overdue: int
    opinions: list[Opinion]
    ratings: int


def percent(part: int, whole: int) -> float | None:
    """One digit after the comma, rounded down: 100 only when it is all of them. None of nothing."""
    return part * 1000 // whole / 10 if whole else None


def read_figures(at: datetime) -> Figures:
    """Count everything, in five statements whose results have at most a row per month and agency."""
    months = {month: Row(f"{month:%m/%Y}") for month in _months(at)}
    agencies = {agency.pk: Row(agency.name) for agency in Agency.objects.all()}
    since = next(iter(months))
    start = datetime(since.year, since.month, 1, tzinfo=HANOI)
    total = Row("")
    for counted in _counted("submitted_at", start, at, online=Q(channel=Dossier.Channel.ONLINE)):
        for row in (total, months[counted["month"].date()], agencies[counted["agency_id"]]):
            row.received += counted["count"]
            row.online += counted["online"]
    for counted in _counted("settled_at", start, at, on_time=Q(settled_at__lte=F("due_at"))):
        for row in (total, months[counted["month"].date()], agencies[counted["agency_id"]]):
            row.settled += counted["count"]
            row.on_time += counted["on_time"]
    now_running = Dossier.objects.running().aggregate(
        count=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=at))
    )
    opinions = _opinions(start, at)
    return Figures(
        at=at,
        since=since,
        total=total,
        months=list(months.values()),
        agencies=[row for row in agencies.values() if row.received or row.settled],
        running=now_running["count"],
        overdue=now_running["overdue"],
        opinions=opinions,
        ratings=sum(opinion.count for opinion in opinions),
    )


def _months(at: datetime) -> Iterator[date]:
    """The first days of the last twelve months, this one too, the oldest first."""
    today = at.astimezone(HANOI).date()
    for back in reversed(range(MONTHS)):
        years, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield date(years, month + 1, 1)


def _counted(moment: str, start: datetime, at: datetime, **part: Q) -> Any:
    """Rows with agency_id, month, count, and the count of those that are `part`."""
    return (
        Dossier.objects.filed()
        .filter(**{f"{moment}__gte": start, f"{moment}__lte": at})
        .values("agency_id", month=TruncMonth(moment, tzinfo=HANOI))
        .annotate(count=Count("pk"), **{name: Count("pk", filter=which) for name, which in part.items()})
        .order_by()
    )


def _opinions(start: datetime, at: datetime) -> list[Opinion]:
    rows = (
        Rating.objects.filter(rated_at__gte=start, rated_at__lte=at)
        .values_list("score")
        .annotate(Count("pk"))
        .order_by()
    )
    counts = dict(rows)
    ratings = sum(counts.values())
    return [
        Opinion(str(score.label), counts.get(score.value, 0), percent(counts.get(score.value, 0), ratings))
        for score in Rating.Score
    ]


public_figures: Kept[Figures | None] = Kept(
    lambda: read_figures(now()), otherwise=None, seconds=_KEPT_SECONDS
)

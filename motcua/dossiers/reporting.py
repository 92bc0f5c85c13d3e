"""What the reports count, said once: each number and the list that it opens are made by the same condition.

Biểu II.06a/VPCP/KSTT (Thông tư 01/2020/TT-VPCP): what was received, settled and is still being settled in a period.
A dossier is received when it is accepted, with Mẫu 01; one that was refused at the counter was never received and
stands beside the table. A child of a linked filing is counted with its parent. Lateness is judged by the date that
was promised before an apology moved it; a date that a pause moved is the date. Trước hạn: settled on an earlier day
than the due day; đúng hạn: on that day, up to the due moment; quá hạn: later. What waits for its owner is late only
when it was late before the wait began.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.db.models import Count, DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.agencies.models import Agency, Role
from motcua.agencies.oversight import overseen_by
from motcua.dossiers.models import Dossier, DossierQuerySet
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI, months_later
from motcua.foundation.vietnamese import day as day_shown
from motcua.procedures.models import ProcedureVersion, Sector

_CUT_DAY = 14  # quarterly reports to the Government Office are cut at the 14th of the quarter's last month
_FIRST_YEAR, _LAST_YEAR = 2000, 2999


# Periods ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of a day to the end of a day, in Hanoi; `key` is its word in addresses."""

    first: date
    last: date
    key: str
    name: str

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), HANOI)

    @property
    def end(self) -> datetime:
        """The first moment that is no longer part of it."""
        return datetime.combine(self.last + timedelta(days=1), time(), HANOI)

    @property
    def days(self) -> str:
        return _("từ ngày %(first)s đến ngày %(last)s") % {"first": day_shown(self.first), "last": day_shown(self.last)}

    @classmethod
    def read(cls, asked: str, today: date) -> Self:
        """The period of an address; the present month when nobody can read it.

        `2026-11` is a month, `2026-q4` a quarter, `2026-k4` a quarter as it is reported (cut at the 14th), `2026` a
        year, `2026-11-02_2026-11-20` any days.
        """
        found = cls._read(asked) if len(asked) < 25 else None
        return found or cls._month(today.year, today.month)

    @classmethod
    def between(cls, first: date, last: date) -> Self:
        """Any days, both counted."""
        name = _("Từ %(first)s đến %(last)s") % {"first": day_shown(first), "last": day_shown(last)}
        return cls(first, last, f"{first.isoformat()}_{last.isoformat()}", name)

    @classmethod
    def _read(cls, asked: str) -> Self | None:
        if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)", asked, re.ASCII):
            try:
                first, last = (date.fromisoformat(text) for text in match.groups())
            except ValueError:
                return None
            within = first.year >= _FIRST_YEAR and last.year <= _LAST_YEAR
            return cls.between(first, last) if first <= last and within else None
        match = re.fullmatch(r"(\d{4})(?:-(q|k)?(\d{1,2}))?", asked, re.ASCII)
        if not match or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
            return None
        year, kind, number = int(match[1]), match[2] or "", int(match[3] or 0)
        if not match[3]:
            return cls(date(year, 1, 1), date(year, 12, 31), str(year), _("Năm %(year)s") % {"year": year})
        if kind and 1 <= number <= 4:
            return cls._quarter(year, number, reported=kind == "k")
        return cls._month(year, number) if not kind and 1 <= number <= 12 else None

    @classmethod
    def _month(cls, year: int, month: int) -> Self:
        first = date(year, month, 1)
        last = months_later(first, 1) - timedelta(days=1)
        return cls(first, last, f"{year}-{month:02}", _("Tháng %(month)s") % {"month": f"{month:02}/{year}"})

    @classmethod
    def _quarter(cls, year: int, quarter: int, *, reported: bool) -> Self:
        words = {"quarter": ("I", "II", "III", "IV")[quarter - 1], "year": year}
        first = date(year, 3 * quarter - 2, 1)
        if not reported:
            last = months_later(first, 3) - timedelta(days=1)
            return cls(first, last, f"{year}-q{quarter}", _("Quý %(quarter)s năm %(year)s") % words)
        last = date(year, 3 * quarter, _CUT_DAY)
        name = _("Kỳ báo cáo quý %(quarter)s năm %(year)s") % words
        return cls(months_later(last, -3) + timedelta(days=1), last, f"{year}-k{quarter}", name)

    def beside(self, way: int) -> "Period | None":
        """The period of the same kind before (-1) or after (1) this one; None for days of one's own choice."""
        match = re.fullmatch(r"(\d{4})(?:-(q|k)?(\d{1,2}))?", self.key, re.ASCII)
        if not match:
            return None
        year, kind, number = int(match[1]), match[2] or "", int(match[3] or 0)
        if not number:
            return Period._read(str(year + way))
        most = 4 if kind else 12
        years, index = divmod(year * most + number - 1 + way, most)
        return Period._read(f"{years}-{kind}{index + 1}" if kind else f"{years}-{index + 1:02}")


# Whose dossiers ---------------------------------------------------------------------------------------------

_KEEPS_BOOKS = (Role.RECEIVER, Role.RETURNER, Role.CLERK)
_LEADS = (Role.HEAD, Role.LEADER)


def units_reported_to(actor: Actor, *, book: bool = False) -> list[Agency]:
    """The units whose figures this officer reads, by code: those that he leads, and those below one he controls.

    With `book` also those whose register he helps to keep. Two queries at most.
    """
    roles = [*_LEADS, *(_KEEPS_BOOKS if book else ())]
    own = {agency_id for agency_id, role in actor.roles if role in roles}
    return list(Agency.objects.filter(Q(pk__in=own) | overseen_by(actor)).select_related("calendar"))


@dataclass(frozen=True, slots=True)
class Scope:
    """Which units are counted: one, or several together. A one-stop centre counts what it receives."""

    units: tuple[Agency, ...]

    @property
    def counter(self) -> Agency | None:
        """The one-stop centre that is counted, when it is that alone."""
        one = self.units[0] if len(self.units) == 1 else None
        return one if one and one.kind == Agency.Kind.CENTRE else None

    def condition(self) -> Q:
        if self.counter:
            return Q(reception_id=self.counter.pk)
        return Q(agency_id__in=sorted(unit.pk for unit in self.units))


# Conditions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """What a report is about: a period, and the moment at which it is cut when the period is not over."""

    period: Period
    at: datetime

    @property
    def start(self) -> datetime:
        return self.period.start

    @property
    def cut(self) -> datetime:
        """The first moment that is not counted any more."""
        return min(self.period.end, self.at)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the table: its word in addresses, its column in the form of the law, its name."""

    key: str
    column: str
    name: str | Promise


_L = gettext_lazy
CELLS = {
    cell.key: cell
    for cell in [
        Cell("tiep-nhan", "3", _L("Tiếp nhận: tổng số")),
        Cell("truc-tuyen", "4", _L("Tiếp nhận trong kỳ, trực tuyến")),
        Cell("truc-tiep", "5", _L("Tiếp nhận trong kỳ, trực tiếp và bưu chính")),
        Cell("ky-truoc", "6", _L("Từ kỳ trước chuyển qua")),
        Cell("da-giai-quyet", "7", _L("Đã giải quyết: tổng số")),
        Cell("truoc-han", "8", _L("Đã giải quyết trước hạn")),
        Cell("dung-han", "9", _L("Đã giải quyết đúng hạn")),
        Cell("qua-han", "10", _L("Đã giải quyết quá hạn")),
        Cell("dang-giai-quyet", "11", _L("Đang giải quyết: tổng số")),
        Cell("trong-han", "12", _L("Đang giải quyết, trong hạn")),
        Cell("dang-qua-han", "13", _L("Đang giải quyết, quá hạn")),
        Cell("rut", "14", _L("Rút hồ sơ")),
        Cell("dung", "15", _L("Dừng giải quyết")),
        Cell("tu-choi", "16", _L("Từ chối sau khi tiếp nhận")),
    ]
}
BESIDE = {
    cell.key: cell
    for cell in [
        Cell("khong-tiep-nhan", "", _L("Bị từ chối tiếp nhận")),
        Cell("rut-som", "", _L("Rút hoặc dừng trước khi tiếp nhận")),
        Cell("cho-tiep-nhan", "", _L("Chờ tiếp nhận đến thời điểm chốt")),
    ]
}


def counted() -> DossierQuerySet:
    """Dossiers as reports see them: without drafts and children, with `due`, `due_on`, `settled_on`, `closed_at`."""
    due = Coalesce("due_before_extension", "due_at")
    return Dossier.objects.filter(parent=None).alias(
        due=due,
        due_on=TruncDate(due, tzinfo=HANOI),
        settled_on=TruncDate("settled_at", tzinfo=HANOI),
        closed_at=Coalesce("settled_at", "ended_at"),
    )


def received(span: Span) -> Q:
    """Column 3: accepted in the period, or before and not closed when it began."""
    return Q(accepted_at__lt=span.cut) & (Q(closed_at=None) | Q(closed_at__gte=span.start))


def late_by(moment: Any) -> Q:
    """The promised date had passed at `moment`, or when the wait for the owner that still lasts began."""
    running = Least(Value(moment, DateTimeField()), F("paused_at"))  # Least passes over NULL
    return Q(due__lt=running)


def condition(key: str, span: Span) -> Q:
    """Which dossiers a number counts."""
    if key in BESIDE:
        return _beside(key, span)
    new, settled = Q(accepted_at__gte=span.start), Q(settled_at__gte=span.start, settled_at__lt=span.cut)
    ended = Q(settled_at=None, ended_at__gte=span.start, ended_at__lt=span.cut)
    pending = Q(closed_at=None) | Q(closed_at__gte=span.cut)
    early, late = Q(settled_on__lt=F("due_on")), Q(settled_at__gt=F("due"))
    narrower: dict[str, Q] = {
        "tiep-nhan": Q(),
        "truc-tuyen": new & Q(channel=Dossier.Channel.ONLINE),
        "truc-tiep": new & ~Q(channel=Dossier.Channel.ONLINE),
        "ky-truoc": Q(accepted_at__lt=span.start),
        "da-giai-quyet": settled,
        "truoc-han": settled & early,
        "dung-han": settled & (Q(due=None) | Q(settled_on__gte=F("due_on"), settled_at__lte=F("due"))),
        "qua-han": settled & late,
        "dang-giai-quyet": pending,
        "trong-han": pending & (Q(due=None) | Q(due__gte=Least(Value(span.cut, DateTimeField()), F("paused_at")))),
        "dang-qua-han": pending & late_by(span.cut),
        "rut": ended & Q(state=State.WITHDRAWN),
        "dung": ended & Q(state=State.STOPPED),
        "tu-choi": ended & Q(state=State.REFUSED),
    }
    return received(span) & narrower[key]


def _beside(key: str, span: Span) -> Q:
    """What was filed and never received, or not yet at the cut."""
    ended = Q(accepted_at=None, ended_at__gte=span.start, ended_at__lt=span.cut)
    if key == "khong-tiep-nhan":
        return ended & Q(state=State.REFUSED)
    if key == "rut-som":
        return ended & Q(state__in=[State.WITHDRAWN, State.STOPPED])
    waits = Q(accepted_at=None) | Q(accepted_at__gte=span.cut)
    open_ = Q(ended_at=None) | Q(ended_at__gte=span.cut) | Q(accepted_at__isnull=False)
    return Q(submitted_at__lt=span.cut) & waits & open_


# The table --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Line:
    """The numbers of one sector, of one unit, or of all."""

    key: str  # the sector's or the unit's code
    name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CELLS, 0))

    def add(self, counts: Mapping[str, int]) -> None:
        for key in CELLS:
            self.counts[key] += counts[key]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The table of a period, by sector and by unit, with its sums and what stands beside it."""

    span: Span
    scope: Scope
    sectors: list[Line]
    units: list[Line]
    total: Line
    beside: dict[str, int]


def statistics(span: Span, scope: Scope, *, sector: str = "") -> Statistics:
    """Count a period: two statements over the dossiers, whose results have a row per unit and version of a procedure.

    `sector` is the code of one to which the count is narrowed.
    """
    rows = _narrowed(counted().filter(scope.condition()), sector)
    found: Any = list(
        rows.filter(received(span))
        .order_by()
        .values("agency_id", "procedure_version_id")
        .annotate(**{_column(key): Count("agency_id", filter=condition(key, span)) for key in CELLS})
    )
    beside = rows.aggregate(**{_column(key): Count("agency_id", filter=condition(key, span)) for key in BESIDE})
    total = Line("", _("Tổng số"))
    sectors: dict[str, Line] = {}
    units: dict[str, Line] = {}
    names = _sectors({row["procedure_version_id"] for row in found})
    agencies = Agency.objects.in_bulk({row["agency_id"] for row in found})
    for row in found:
        counts = {key: row[_column(key)] for key in CELLS}
        of, agency = names[row["procedure_version_id"]], agencies[row["agency_id"]]
        for line in (
            total,
            sectors.setdefault(of.code, Line(of.code, of.name)),
            units.setdefault(agency.code, Line(agency.code, agency.name)),
        ):
            line.add(counts)
    keys = {one.code: one.name_key for one in names.values()}
    return Statistics(
        span,
        scope,
        sorted(sectors.values(), key=lambda line: keys[line.key]),
        sorted(units.values(), key=lambda line: line.key),
        total,
        {key: beside[_column(key)] for key in BESIDE},
    )


def dossiers(key: str, span: Span, scope: Scope, *, sector: str = "") -> DossierQuerySet:
    """The dossiers that a number counts, in no order yet."""
    return _narrowed(counted().filter(scope.condition()), sector).filter(condition(key, span))


def _narrowed(rows: DossierQuerySet, sector: str) -> DossierQuerySet:
    if not sector:
        return rows
    versions = ProcedureVersion.objects.filter(procedure__sector__code=sector).values_list("pk", flat=True)
    return rows.filter(procedure_version_id__in=list(versions))


def _column(key: str) -> str:
    return "n_" + key.replace("-", "_")


def _sectors(versions: Iterable[int]) -> dict[int, Sector]:
    found = ProcedureVersion.objects.filter(pk__in=list(versions)).values_list("pk", "procedure__sector_id")
    of = dict(found)
    sectors = Sector.objects.in_bulk(set(of.values()))
    return {pk: sectors[sector] for pk, sector in of.items()}

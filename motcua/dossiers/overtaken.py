"""Dossiers that were overtaken: one of the same procedure and unit came later and was settled earlier. And why.

A reason is something that kept the dossier while it was overtaken: it waited for a supplement or for a fee, another
unit was asked, a step was done again, its limit is longer. Where there is none, that is said: somebody should ask.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.dossiers.models import Consultation, Dossier, DossierQuerySet, SupplementRequest
from motcua.foundation.models import Event

OVERTAKERS = timedelta(days=90)  # how long ago those who overtook were settled, at most
SHOWN_FOR = timedelta(days=30)  # for how long one that is settled by now is still told of
MOST = 200  # told of in a unit, those overtaken by most
_MOST_ROWS = 50_000
_SUPPLEMENT, _FEE, _OPINION, _AGAIN, _WITHDRAWAL, _LONGER, _WAIT = (
    "supplement", "fee", "opinion", "again", "withdrawal", "longer", "wait",
)  # fmt: skip


def reason_words(reason: str) -> str:
    """A reason as officers read it; none is said too."""
    return {
        _SUPPLEMENT: _("Chờ người nộp bổ sung hồ sơ"),
        _FEE: _("Chờ nộp phí, lệ phí"),
        _OPINION: _("Lấy ý kiến đơn vị phối hợp"),
        _AGAIN: _("Trả lại bước trước để xử lý lại"),
        _WITHDRAWAL: _("Người nộp đề nghị rút hồ sơ"),
        _LONGER: _("Thời hạn giải quyết dài hơn"),
        _WAIT: _("Tạm dừng tính thời hạn"),
        "": _("Chưa rõ lý do"),
    }[reason]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """One dossier, how many overtook it, and what explains that; no reason means that nothing does."""

    dossier: int
    by: int
    reasons: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        return [reason_words(reason) for reason in self.reasons or ("",)]

    def to_json(self) -> list[Any]:
        return [self.dossier, self.by, list(self.reasons)]

    @classmethod
    def from_json(cls, content: list[Any]) -> "Overtaken":
        return cls(content[0], content[1], tuple(content[2]))


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    group: tuple[int, int]
    accepted_at: datetime
    settled_at: datetime | None
    clock_started_at: datetime | None
    first_due_at: datetime | None
    paused_at: datetime | None
    pauses: list[list[str]]


@dataclass(frozen=True, slots=True)
class _Case:
    row: _Row
    by: int
    since: datetime  # when the first overtook it: what began later explains nothing
    latest_due: datetime | None  # the latest date that was promised to one that overtook


def overtaken(rows: DossierQuerySet, at: datetime) -> list[Overtaken]:
    """Those of these dossiers that are open, or were settled within 30 days, and were overtaken (four queries).

    Those that nothing explains come first, then those that most overtook.
    """
    found = [_Row(pk, (unit, procedure), *rest) for pk, unit, procedure, *rest in _rows(rows, at)]
    cases = [
        case
        for _group, members in groupby(sorted(found, key=lambda row: row.group), key=lambda row: row.group)
        for case in _cases(list(members), at)
    ]
    cases.sort(key=lambda case: (-case.by, case.row.pk))
    cases = cases[:MOST]
    reasons = _reasons(cases)
    listed = [Overtaken(case.row.pk, case.by, tuple(reasons[case.row.pk])) for case in cases]
    return sorted(listed, key=lambda one: (bool(one.reasons), -one.by, one.dossier))


def _rows(rows: DossierQuerySet, at: datetime) -> Iterable[tuple[Any, ...]]:
    return (
        rows.filter(Q(settled_at=None) | Q(settled_at__gte=at - OVERTAKERS, settled_at__lte=at))
        .filter(accepted_at__isnull=False, accepted_at__lte=at, ended_at=None)
        .order_by()
        .values_list(
            "pk", "agency_id", "procedure_version__procedure_id", "accepted_at", "settled_at",
            "clock_started_at", "first_due_at", "paused_at", "pauses",
        )[:_MOST_ROWS]
    )  # fmt: skip


def _cases(rows: list[_Row], at: datetime) -> list[_Case]:
    """Who of one procedure and unit was overtaken: walking back in time, those already met came later."""
    settled: list[tuple[datetime, int]] = []  # of those that came later, in order of their settlement
    dues: dict[int, datetime | None] = {}
    cases: list[_Case] = []
    rows.sort(key=lambda row: row.accepted_at, reverse=True)
    for _moment, same in groupby(rows, key=lambda row: row.accepted_at):
        together = list(same)
        for row in together:
            before = bisect_left(settled, (row.settled_at or at, 0)) if row.settled_at else len(settled)
            recent = row.settled_at is None or row.settled_at >= at - SHOWN_FOR
            first = bisect_right(settled, (row.accepted_at, 0))
            if recent and before > first:
                promised = [due for _when, pk in settled[first:before] if (due := dues[pk])]
                cases.append(_Case(row, before - first, settled[first][0], max(promised, default=None)))
        for row in together:
            if row.settled_at is not None:
                insort(settled, (row.settled_at, row.pk))
                dues[row.pk] = row.first_due_at
    return cases


def _reasons(cases: list[_Case]) -> dict[int, list[str]]:
    """What kept each of them: something that began before the last one overtook it."""
    keys = [case.row.pk for case in cases]
    told: dict[int, dict[str, list[datetime]]] = {key: defaultdict(list) for key in keys}
    asked = SupplementRequest.objects.filter(dossier__in=keys, stage=SupplementRequest.Stage.APPRAISAL)
    for key, moment in asked.values_list("dossier_id", "requested_at"):
        told[key][_SUPPLEMENT].append(moment)
    for key, moment in Consultation.objects.filter(dossier__in=keys).values_list("dossier_id", "asked_at"):
        told[key][_OPINION].append(moment)
    kinds = {"dossier.payment_asked": _FEE, "dossier.sent_back": _AGAIN, "dossier.withdrawal_requested": _WITHDRAWAL}
    events = Event.objects.filter(subject__in=[f"dossier:{key}" for key in keys], type__in=list(kinds))
    for subject, type_, moment in events.values_list("subject", "type", "occurred_at"):
        told[int(subject.partition(":")[2])][kinds[type_]].append(moment)
    return {case.row.pk: _of(case, told[case.row.pk]) for case in cases}


def _of(case: _Case, told: dict[str, list[datetime]]) -> list[str]:
    row = case.row
    reasons = [reason for reason, moments in told.items() if min(moments) <= case.since]
    if row.clock_started_at is None or row.clock_started_at > row.accepted_at:
        reasons.append(_FEE)
    if row.first_due_at and case.latest_due and row.first_due_at > case.latest_due:
        reasons.append(_LONGER)
    pauses = [datetime.fromisoformat(begins) for begins, _ends in row.pauses] + ([row.paused_at] if row.paused_at else [])
    if not reasons and any(begins <= case.since for begins in pauses):
        reasons.append(_WAIT)
    return sorted(set(reasons))


def dossiers_of(found: Iterable[Overtaken]) -> dict[int, Dossier]:
    """Code and acceptance of the dossiers themselves (one query)."""
    return Dossier.objects.only("code", "accepted_at").in_bulk([one.dossier for one in found])

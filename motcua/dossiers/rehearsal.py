"""What a new version of a procedure would mean for its dossiers, found out before it is published.

Replayed are the open drafts, which really move to the new version, and for comparison the dossiers in work and
those filed in the last year, which stay with the version under which they were filed. Nothing is written.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from motcua.dossiers import deadlines, filing
from motcua.dossiers.models import Document, Dossier, Task
from motcua.dossiers.states import ENDED, State
from motcua.foundation import vietnamese
from motcua.foundation.time import HANOI
from motcua.foundation.working_time import TimeLimit
from motcua.procedures import rules
from motcua.procedures.definition import Definition
from motcua.procedures.expressions import ExpressionFailed
from motcua.procedures.models import ProcedureVersion

MOST_EXAMPLES = 10  # dossiers named for each thing that changes
_YEAR = timedelta(days=365)
_BATCH = 200  # dossiers read at a time


# One dossier --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What one version says of one dossier.

    `answers` are the questions whose answers are missing or wrong and `papers` the papers that are missing, each
    with its name by its id. `fee_vnd` is None when a fee cannot be computed, `due_at` when there is no time limit.
    """

    answers: Mapping[str, str]
    papers: Mapping[str, str]
    fee_vnd: int | None
    limit: TimeLimit | None
    due_at: datetime | None
    steps: frozenset[str]


def standing(dossier: Dossier, at: datetime) -> Standing:
    """What the dossier's version says of it, as on the day when it was filed, or at `at` for a draft."""
    definition = dossier.definition
    today = (dossier.submitted_at or at).astimezone(HANOI).date()
    limit = deadlines.time_limit(dossier)
    starts_at = dossier.clock_started_at or dossier.submitted_at or at
    return Standing(
        answers=_problems(definition, dossier.answers, today),
        papers={
            paper.component.id: paper.component.name
            for paper in filing.asked_papers(dossier, list(dossier.documents.all()), today)
            if paper.is_missing or paper.dates
        },
        fee_vnd=_fee_vnd(dossier, today),
        limit=limit,
        due_at=deadlines.settlement_deadline(dossier, starts_at).due_at if limit else None,
        steps=frozenset(step.id for step in definition.process.steps),
    )


def _problems(definition: Definition, answers: Mapping[str, Any], today: date) -> dict[str, str]:
    """The names of the questions with something missing or wrong, by their keys."""
    labels = {field.id: field.label for field in definition.form.fields}
    found = rules.problems(definition.form, answers, today=today)
    return {key: labels.get(key.split("-")[0], key) for key in found}


def _fee_vnd(dossier: Dossier, today: date) -> int | None:
    try:
        lines = rules.fee_lines(dossier.definition, dossier.answers, dossier.channel, today)
    except ExpressionFailed:
        return None
    return sum(line.amount_vnd for line in lines)


# All dossiers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Affected:
    """One thing that changes: for how many dossiers, and the codes of some of them.

    `what` is the name of a question, a paper or a step, or says from what to what.
    """

    what: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """What changes for one group of dossiers; each list has the most frequent first."""

    total: int
    touched: int  # dossiers for which anything changes
    answers: tuple[Affected, ...] = ()  # questions that would have to be answered, or answered anew
    papers: tuple[Affected, ...] = ()  # papers that would be missing
    fees: tuple[Affected, ...] = ()
    dates: tuple[Affected, ...] = ()
    steps: tuple[Affected, ...] = ()  # steps at which dossiers are and which are no longer there

    @property
    def changes(self) -> bool:
        return self.touched > 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What publishing would do (`drafts`) and what it would have done (`open`, `past`: these stay as they are)."""

    number: str
    at: datetime
    drafts: Replay
    open: Replay
    past: Replay

    @property
    def total(self) -> int:
        return self.drafts.total + self.open.total + self.past.total

    def to_json(self) -> dict[str, Any]:
        """Plain JSON to keep: counts, names, codes of dossiers."""
        return {**dataclasses.asdict(self), "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Rehearsal":
        return cls(
            number=content["number"],
            at=datetime.fromisoformat(content["at"]),
            drafts=_replay_from(content["drafts"]),
            open=_replay_from(content["open"]),
            past=_replay_from(content["past"]),
        )


def rehearse(
    definition: Definition, *, at: datetime, each: Callable[[], object] = lambda: None
) -> Rehearsal:
    """Replay the dossiers of the definition's procedure under it, in batches, writing nothing.

    The dossiers of the last year are those filed within 365 days before `at` that are no longer open. `each` is
    called after every dossier, for a progress bar: see `dossiers_of` for how many there are.
    """
    drafts, in_work, past = dossiers_of(definition.number, at)
    return Rehearsal(
        number=definition.number,
        at=at,
        drafts=_replay(drafts, definition, at, each),
        open=_replay(in_work, definition, at, each),
        past=_replay(past, definition, at, each),
    )


def dossiers_of(number: str, at: datetime) -> tuple[QuerySet[Dossier], QuerySet[Dossier], QuerySet[Dossier]]:
    """The drafts, the dossiers in work, and the ended ones filed within a year, of the procedure of that number."""
    of_procedure = Dossier.objects.filter(procedure_version__procedure__number=number)
    done = {*ENDED, State.SETTLED}
    return (
        of_procedure.filter(state=State.DRAFT),
        of_procedure.exclude(state__in={*done, State.DRAFT}),
        of_procedure.filter(state__in=done, submitted_at__gt=at - _YEAR, submitted_at__lte=at),
    )


class _Tally:
    """Counts of what changes, with examples."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}

    def add(self, what: Iterable[str], code: str) -> None:
        for name in dict.fromkeys(what):
            self._counts[name] += 1
            examples = self._examples.setdefault(name, [])
            if len(examples) < MOST_EXAMPLES:
                examples.append(code)

    def result(self) -> tuple[Affected, ...]:
        return tuple(
            Affected(name, count, tuple(self._examples[name])) for name, count in self._counts.most_common()
        )


def _replay(
    dossiers: QuerySet[Dossier], definition: Definition, at: datetime, each: Callable[[], object]
) -> Replay:
    candidate = ProcedureVersion(digest=definition.digest, content=definition.to_json())  # never saved
    tallies = {name: _Tally() for name in ("answers", "papers", "fees", "dates", "steps")}
    total = touched = 0
    for dossier in _read(dossiers):
        before = standing(dossier, at)
        names = {task.step_id: task.name for task in dossier.tasks.all()}
        dossier.procedure_version = candidate
        after = standing(dossier, at)
        found = {
            "answers": [name for key, name in after.answers.items() if key not in before.answers],
            "papers": [name for id, name in after.papers.items() if id not in before.papers],
            "fees": [_fee_change(before, after)] if before.fee_vnd != after.fee_vnd else [],
            "dates": [_date_change(before, after)] if before.due_at != after.due_at else [],
            "steps": [name for id, name in names.items() if id not in after.steps],
        }
        total += 1
        touched += any(found.values())
        for name, what in found.items():
            tallies[name].add(what, str(dossier))
        each()
    return Replay(total, touched, **{name: tally.result() for name, tally in tallies.items()})


def _read(dossiers: QuerySet[Dossier]) -> Iterable[Dossier]:
    """The dossiers with all that is asked of them, in batches; the content of a version once for each version."""
    return (
        dossiers.select_related("procedure_version", "agency__calendar", "reception__calendar")
        .defer("procedure_version__content", "search")
        .prefetch_related(
            Prefetch("documents", Document.objects.select_related("file")),
            Prefetch("tasks", Task.objects.open()),
        )
        .order_by("pk")
        .iterator(chunk_size=_BATCH)
    )


def _fee_change(before: Standing, after: Standing) -> str:
    return _("%(before)s → %(after)s") % {"before": _money(before.fee_vnd), "after": _money(after.fee_vnd)}


def _money(amount_vnd: int | None) -> str:
    return _("chưa tính được") if amount_vnd is None else vietnamese.money(amount_vnd)


def _date_change(before: Standing, after: Standing) -> str:
    words = {"before": before.limit or _("không có"), "after": after.limit or _("không có")}
    return _("%(before)s → %(after)s") % words


def _replay_from(content: Mapping[str, Any]) -> Replay:
    lists = {
        name: tuple(Affected(one["what"], one["count"], tuple(one["examples"])) for one in content[name])
        for name in ("answers", "papers", "fees", "dates", "steps")
    }
    return Replay(content["total"], content["touched"], **lists)


# In words -----------------------------------------------------------------------------------------------------


def report(rehearsal: Rehearsal) -> list[str]:
    """The rehearsal in sentences, one a line; what really moves first, what would have been after it."""
    lines = [_("Bản nháp đang mở: %(count)d. Bản nháp sẽ chuyển sang bản mới.") % {"count": rehearsal.drafts.total}]
    lines += _lines(rehearsal.drafts)
    lines.append(
        _("Hồ sơ đang giải quyết: %(count)d. Các hồ sơ này giữ nguyên bản khi nộp; nếu áp dụng bản mới thì:")
        % {"count": rehearsal.open.total}
    )
    lines += _lines(rehearsal.open)
    lines.append(
        _("Hồ sơ đã giải quyết trong một năm qua: %(count)d. Nếu đã áp dụng bản mới khi nộp thì:")
        % {"count": rehearsal.past.total}
    )
    return lines + _lines(rehearsal.past)


def _lines(replay: Replay) -> list[str]:
    kinds = (
        (_("Phải trả lời thêm hoặc trả lời lại «%(what)s»: %(count)d hồ sơ (%(examples)s)"), replay.answers),
        (_("Phải nộp thêm giấy tờ «%(what)s»: %(count)d hồ sơ (%(examples)s)"), replay.papers),
        (_("Phí, lệ phí %(what)s: %(count)d hồ sơ (%(examples)s)"), replay.fees),
        (_("Thời hạn giải quyết %(what)s: %(count)d hồ sơ (%(examples)s)"), replay.dates),
        (_("Đang ở bước «%(what)s» không còn trong quy trình: %(count)d hồ sơ (%(examples)s)"), replay.steps),
    )
    found = [
        sentence % {"what": one.what, "count": one.count, "examples": _examples(one)}
        for sentence, affected in kinds
        for one in affected
    ]
    return [f"  – {sentence}" for sentence in found or [_("Không có gì thay đổi.")]]


def _examples(affected: Affected) -> str:
    more = _(" …") if affected.count > len(affected.examples) else ""
    return ", ".join(affected.examples) + more

"""What the account has here already: papers of its earlier dossiers, results that it was issued."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from motcua.dossiers.models import Document, Dossier, Result
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI, months_later, now
from motcua.foundation.vietnamese import fold
from motcua.papers.models import Paper
from motcua.procedures.definition import Component

MOST = 200  # papers of earlier dossiers that are looked through


@dataclass(frozen=True, slots=True)
class Earlier:
    """A paper of an earlier dossier, offered for a component."""

    document: Document
    paper: str  # what it was brought as
    fits: bool  # it was brought as the same paper

    @property
    def dossier(self) -> Dossier:
        return self.document.dossier


@dataclass(frozen=True, slots=True)
class StandingResult:
    """An issued result that stands; without `valid_until` it has no end."""

    paper: Paper
    name: str
    number: str
    issued_on: date
    valid_until: date | None
    dossier_code: str


def earlier_papers(dossier: Dossier, actor: Actor) -> QuerySet[Document]:
    """The papers that this account filed in other dossiers, newest first; no issued results among them."""
    return (
        Document.objects.filter(dossier__in=Dossier.objects.visible_to(actor).filed())
        .exclude(dossier=dossier)
        .exclude(source=Document.Source.ISSUED_RESULT)
        .select_related("file", "dossier__procedure_version__procedure")
        .defer("dossier__procedure_version__content", "dossier__answers", "dossier__search")
        .order_by("-id")
    )


def offers(dossier: Dossier, component: Component, actor: Actor, most: int = 8) -> list[Earlier]:
    """Earlier papers for this component: first the same paper, by code, by id or by name, then the rest; each once."""
    there = set(dossier.documents.filter(component_id=component.id).values_list("file__sha256", flat=True))
    found: list[Earlier] = []
    for document in earlier_papers(dossier, actor)[:MOST]:
        if document.file.sha256 not in there:
            there.add(document.file.sha256)
            found.append(Earlier(document, paper_name(document), _fits(dossier, component, document)))
    return sorted(found, key=lambda one: not one.fits)[:most]


def paper_name(document: Document) -> str:
    """The name of the paper that a file was brought as."""
    try:
        return document.dossier.definition.component(document.component_id).name
    except KeyError:
        return document.name


def _fits(dossier: Dossier, component: Component, document: Document) -> bool:
    try:
        was = document.dossier.definition.component(document.component_id)
    except KeyError:
        return False
    if component.code and was.code == component.code:
        return True
    same_procedure = document.dossier.definition.number == dossier.definition.number
    base = dossier.definition.component(component.id)
    return (same_procedure and was.base_id == component.base_id) or fold(was.name) == fold(base.name)


def standing_results(component: Component, actor: Actor, today: date) -> list[StandingResult]:
    """The results of this account that may stand for the component today: not revoked, not expired, newest first."""
    if not component.replaced_by:
        return []
    numbers = {one.procedure for one in component.replaced_by}
    wanted = {(one.procedure, one.result) for one in component.replaced_by}
    issued = (
        Result.objects.filter(
            dossier__in=Dossier.objects.visible_to(actor),
            dossier__procedure_version__procedure__number__in=numbers,
            issued_at__isnull=False,
            paper__isnull=False,
            paper__revoked_at=None,
        )
        .select_related("paper__file", "dossier__procedure_version__procedure")
        .order_by("-issued_at")
    )
    return [
        one
        for number, result_id, one in _read(issued)
        if ({(number, ""), (number, result_id)} & wanted) and not (one.valid_until and one.valid_until < today)
    ]


def _read(results: QuerySet[Result]) -> Iterator[tuple[str, str, StandingResult]]:
    for result in results:
        assert result.issued_at and result.paper
        definition = result.dossier.definition
        kinds = definition.record.results
        kind = next((one for one in kinds if one.name == result.name), kinds[0] if len(kinds) == 1 else None)
        issued_on = result.issued_at.astimezone(HANOI).date()
        months = kind.validity_months if kind else None
        yield (
            definition.number,
            kind.id if kind else "",
            StandingResult(
                result.paper,
                result.name,
                result.number,
                issued_on,
                result.valid_until or (months_later(issued_on, months) if months else None),
                result.dossier.code or "",
            ),
        )


def date_problem(component: Component, document: Document, today: date) -> str:
    """What is wrong with a paper's dates for this component, and what to do; empty when nothing is."""
    if component.max_age_months:
        if document.issued_on is None:
            return _("Vui lòng nhập ngày cấp của giấy tờ: %(name)s.") % {"name": component.name}
        if document.issued_on < months_later(today, -component.max_age_months):
            return _(
                "%(name)s được cấp quá %(months)d tháng trước nên không còn dùng được. Vui lòng xin cấp lại và tải bản mới lên."
            ) % {"name": component.name, "months": component.max_age_months}
    if component.min_validity_days is not None:
        if document.valid_until is None:
            if document.source == Document.Source.ISSUED_RESULT:
                return ""  # without an end
            return _("Vui lòng nhập ngày hết hiệu lực của giấy tờ: %(name)s.") % {"name": component.name}
        if (document.valid_until - today).days < component.min_validity_days:
            return _(
                "%(name)s phải còn hiệu lực ít nhất %(days)d ngày khi nộp. Vui lòng gia hạn hoặc xin cấp lại rồi tải bản mới lên."
            ) % {"name": component.name, "days": component.min_validity_days}
    return ""


def has_fallen(document: Document) -> bool:
    """Whether the issued result that stands for this paper was revoked since, or its validity has ended."""
    if document.source != Document.Source.ISSUED_RESULT:
        return False
    if document.valid_until and document.valid_until < now().astimezone(HANOI).date():
        return True
    paper = document.origin.get("paper")
    return paper is not None and not Paper.objects.filter(pk=str(paper), revoked_at=None).exists()

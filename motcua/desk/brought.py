"""The papers of a dossier as an officer checks them: what is asked, what came for it, and what to look at twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from motcua.dossiers import filing, paper_check, printing
from motcua.dossiers.models import BroughtPaper, Document, Dossier
from motcua.foundation.time import HANOI, months_later
from motcua.foundation.vietnamese import day
from motcua.papers.models import Paper
from motcua.procedures.parts import Component


@dataclass(frozen=True, slots=True)
class Brought:
    """A component and the files that came for it, the newest first."""

    id: str
    name: str
    documents: list[Document]
    required: bool
    on_form: bool
    asked: bool = True  # the answers still call for it
    stood_in: bool = False  # another paper of which one is enough has come
    label: str = ""  # the name within its group: of a paper of a row, that of the row
    sheets: tuple[BroughtPaper, ...] = ()  # what was brought to the counter on paper, the newest first

    @property
    def sheets_told(self) -> list[tuple[str, bool]]:
        """How many sheets of which kind, and whether they came with a supplement; a line for each time."""
        return [(_told(one), one.supplement_id is not None) for one in self.sheets]


def _told(paper: BroughtPaper) -> str:
    counts = (
        (paper.originals, _("%(n)d bản chính")),
        (paper.certified, _("%(n)d bản sao chứng thực")),
        (paper.copies, _("%(n)d bản sao")),
    )
    return ", ".join(words % {"n": count} for count, words in counts if count)


@dataclass(frozen=True, slots=True)
class Group:
    """Papers that belong together; `title` is empty for one that stands alone."""

    title: str
    parts: list[Brought]


def brought(dossier: Dossier, documents: list[Document], on_paper: Sequence[BroughtPaper] = ()) -> list[Brought]:
    """The components that the dossier must or may bring, then those that it brought unasked; asks no database."""
    sheets: dict[str, list[BroughtPaper]] = {}
    for paper in on_paper[::-1]:
        sheets.setdefault(paper.component_id, []).append(paper)
    files: dict[str, list[Document]] = {}
    for document in documents[::-1]:
        files.setdefault(document.component_id, []).append(document)
    asked = filing.asked_papers(dossier, {key: len(found) for key, found in files.items()}, on_paper=sheets)
    names = {one.component.id: one.component.name for one in asked}
    parts = [
        Brought(
            one.component.id,
            one.component.name,
            files.pop(one.component.id, []),
            required=one.component.required,
            on_form=one.component.form,
            stood_in=one.stands_in,
            label=_label(dossier, one.component),
            sheets=tuple(sheets.get(one.component.id, ())),
        )
        for one in asked
    ]
    return parts + [
        Brought(key, printing.name_of(dossier, key, names), found, required=False, on_form=False, asked=False)
        for key, found in files.items()
    ]


def _label(dossier: Dossier, component: Component) -> str:
    """What tells a paper of a row from those of the other rows."""
    if component.base_id == component.id:
        return component.name
    return component.name.removeprefix(f"{dossier.definition.component(component.id).name} – ")


def groups(dossier: Dossier, parts: list[Brought]) -> list[Group]:
    """The parts, those of which one is enough together, and the same paper of several rows together."""
    found: dict[str, Group] = {}
    for part in parts:
        base, _dot, row = part.id.partition(".")
        try:
            component = dossier.definition.component(part.id)
        except KeyError:  # a field of the form, or nothing of the procedure any more
            component = None
        if part.asked and component and component.one_of:
            key, title = f"one of {component.one_of}.{row}", _("Một trong các giấy tờ sau")
        elif part.asked and component and row:
            key, title = f"rows of {base}", component.name
        else:
            key, title = part.id, ""
        found.setdefault(key, Group(title, [])).parts.append(part)
    return [group if len(group.parts) > 1 else Group("", group.parts) for group in found.values()]


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands beside one file: facts to read, and what to look at twice, a tone and words each."""

    facts: list[str]
    tags: list[tuple[str, str]]
    findings: list[str]  # what the look at the pages found
    kept: bool  # the applicant was told of the findings and left the file as it is


def checked(dossier: Dossier, documents: list[Document], today: date) -> dict[int, Checked]:
    """For each document what there is to know of it (one query where issued results stand for papers)."""
    papers = [one.origin["paper"] for one in documents if one.source == Document.Source.ISSUED_RESULT]
    found = Paper.objects.filter(pk__in=papers, revoked_at=None).values_list("pk", flat=True) if papers else []
    standing = set(map(str, found))
    filed = dossier.submitted_at.astimezone(HANOI).date() if dossier.submitted_at else today
    return {
        one.pk: Checked(
            _facts(one),
            _tags(dossier, one, standing, filed, today),
            [words for words, _advice in paper_check.said(one.findings)],
            one.findings_kept_at is not None,
        )
        for one in documents
    }


def _facts(document: Document) -> list[str]:
    facts, origin = [], document.origin
    if document.source == Document.Source.PHOTOS:
        facts.append(_("Ghép từ ảnh"))
    if document.source == Document.Source.EARLIER_DOSSIER:
        facts.append(_("Lấy từ hồ sơ %(code)s") % {"code": origin.get("dossier", "")})
    if document.source == Document.Source.ISSUED_RESULT:
        facts.append(_("Dùng kết quả đã cấp số %(number)s thay giấy tờ") % {"number": origin.get("number", "")})
    if document.issued_on:
        facts.append(_("Ngày cấp: %(day)s") % {"day": day(document.issued_on)})
    if document.valid_until:
        facts.append(_("Có giá trị đến: %(day)s") % {"day": day(document.valid_until)})
    return facts


def _tags(
    dossier: Dossier, document: Document, standing: set[str], filed: date, today: date
) -> list[tuple[str, str]]:
    """What is wrong with the dates, judged on the day on which the file came, and with a result that stands in."""
    tags = []
    if document.source == Document.Source.ISSUED_RESULT and str(document.origin.get("paper", "")) not in standing:
        tags.append(("danger", _("Kết quả đã bị thu hồi")))
    try:
        component = dossier.definition.component(document.component_id)
    except KeyError:
        component = None
    came = max(filed, document.added_at.astimezone(HANOI).date())
    if document.valid_until and document.valid_until < today:
        tags.append(("danger", _("Đã hết hiệu lực")))
    elif component and document.valid_until and _was_ending(component, document.valid_until, came):
        tags.append(("warning", _("Còn hiệu lực dưới %(n)d ngày khi nộp") % {"n": component.min_validity_days}))
    months = component.max_age_months if component else None
    if months and document.issued_on and months_later(document.issued_on, months) < came:
        tags.append(("warning", _("Cấp quá %(n)d tháng khi nộp") % {"n": months}))
    return tags


def _was_ending(component: Component, valid_until: date, came: date) -> bool:
    """Whether a paper was too near its end when it came."""
    return component.min_validity_days is not None and (valid_until - came).days < component.min_validity_days

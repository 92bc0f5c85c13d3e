"""What the page of papers shows: each asked paper with its files, what is said of them, and what may be done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import IO, TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from motcua.accounts.http import Request
from motcua.dossiers import filing, operations, paper_check, reasons, reuse
from motcua.dossiers.models import Document, Upload
from motcua.dossiers.uploads import ACCEPT, PDF, file_name
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI
from motcua.procedures.definition import Component

if TYPE_CHECKING:
    from motcua.portal.filing.steps import Draft

Problems = dict[str, str]
SHOWN = (PDF, "image/jpeg", "image/png")  # what a browser can show


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as the page shows it."""

    document: Document
    warnings: list[tuple[str, str]]  # what was found, what to do
    twin: str  # the other paper for which the same file is here
    date_problem: str

    @property
    def is_checked(self) -> bool:
        return self.document.findings is not None

    @property
    def is_kept(self) -> bool:
        return self.document.findings_kept_at is not None

    @property
    def is_shown(self) -> bool:
        return self.document.file.content_type in SHOWN


@dataclass
class Card:
    """One asked paper."""

    component: Component
    files: list[Brought] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    results: list[reuse.StandingResult] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)  # why this paper was sent back, in percent of cases

    @property
    def asks_issued_on(self) -> bool:
        return self.component.max_age_months is not None

    @property
    def asks_valid_until(self) -> bool:
        return self.component.min_validity_days is not None


@dataclass
class Group:
    """Papers of which one is enough, or one paper that stands alone."""

    id: str
    cards: list[Card]

    @property
    def is_choice(self) -> bool:
        return len(self.cards) > 1

    @property
    def is_met(self) -> bool:
        return any(card.files for card in self.cards)


def list_papers(draft: "Draft") -> dict[str, Any]:
    """The asked papers and the files brought for each."""
    by_component: dict[str, list[Document]] = {}
    for document in draft.documents:
        by_component.setdefault(document.component_id, []).append(document)
    return {"papers": filing.asked_papers(draft.dossier, draft.counts), "documents": by_component}


def show_papers(draft: "Draft") -> dict[str, Any]:
    """Everything that the template of papers wants."""
    shown = list_papers(draft)
    asked: list[filing.AskedPaper] = shown["papers"]
    by_component: dict[str, list[Document]] = shown["documents"]
    components = {paper.component.id: paper.component for paper in asked}
    names = {key: one.name for key, one in components.items()}
    for key in by_component:
        names.setdefault(key, paper_name(draft, key))
    brought = _brought(draft, components, names)
    open_uploads = _open_uploads(draft)
    told = _top_reasons(draft)
    today = draft.at.astimezone(HANOI).date()
    cards = [
        Card(
            component,
            [brought[one.pk] for one in by_component.get(component.id, [])],
            open_uploads.get(component.id, []),
            reuse.standing_results(component, draft.actor, today),
            told.get(component.base_id, []),
        )
        for component in components.values()
    ]
    return shown | {
        "groups": _groups(cards),
        "cards": {card.component.id: card for card in cards},
        "unneeded": [(names[key], found) for key, found in by_component.items() if key not in components],
        "accept": ACCEPT,
        "limit_mb": settings.UPLOAD_LIMIT_MB,
        "has_earlier": reuse.earlier_papers(draft.dossier, draft.actor).exists(),
        "template_url": lambda component: _template_url(draft, component),
    }


def paper_boxes(draft: "Draft", fields: Collection[str]) -> dict[str, Markup]:
    """For each of these fields of type file: what takes its files in the middle of the form. Asks nothing for none."""
    if not fields:
        return {}
    every = {one.id: one for one in draft.dossier.definition.form.fields}
    shown = show_papers(draft) | {"dossier": draft.dossier}
    boxes = {}
    for id in fields:
        # One that is not asked now has its box too: it is shown as soon as an answer asks for it.
        card = shown["cards"].get(id) or Card(Component(id=id, name=every[id].label))
        html = render_to_string("portal/filing/form_paper.html", shown | {"card": card})
        boxes[id] = Markup(html)  # noqa: S704 - escaped by the template
    return boxes


def paper_name(draft: "Draft", component_id: str) -> str:
    """The name of a paper that is not asked any more."""
    try:
        return draft.dossier.definition.component(component_id).name
    except KeyError:
        return _("Giấy tờ khác")


def _groups(cards: list[Card]) -> list[Group]:
    """Alternatives together, where the first of them stands; of papers of a row, those of the same row."""
    groups: dict[str, Group] = {}
    for card in cards:
        component = card.component
        row = component.id.partition(".")[2]
        key = f"one-of-{component.one_of}-{row}".rstrip("-") if component.one_of else component.id
        if key in groups:
            groups[key].cards.append(card)
        else:
            groups[key] = Group(key, [card])
    return list(groups.values())


def _brought(
    draft: "Draft", components: Mapping[str, Component], names: Mapping[str, str]
) -> dict[int, Brought]:
    today = draft.at.astimezone(HANOI).date()
    same = twins(draft.documents, names)
    return {
        one.pk: Brought(
            one,
            paper_check.said(one.findings),
            same.get(one.pk, ""),
            _date_problem(components.get(one.component_id), one, today),
        )
        for one in draft.documents
    }


def _date_problem(component: Component | None, document: Document, today: date) -> str:
    """What is wrong with the dates that were given; that one is missing still is said by its empty field."""
    if component is None:
        return ""
    if reuse.has_fallen(document):
        return _("Kết quả này đã bị thu hồi nên không dùng thay giấy tờ được. Vui lòng gỡ và tải tệp lên.")
    asked = [component.max_age_months is not None, component.min_validity_days is not None]
    given = [document.issued_on is not None, document.valid_until is not None]
    if not any(ask and have for ask, have in zip(asked, given, strict=True)):
        return ""
    return reuse.date_problem(component, document, today)


def twins(documents: list[Document], names: Mapping[str, str]) -> dict[int, str]:
    """For each document whose content is also attached elsewhere: the name of that other place."""
    places: dict[str, list[Document]] = {}
    for document in documents:
        places.setdefault(document.file.sha256, []).append(document)
    return {
        one.pk: names.get(other.component_id, other.component_id)
        for same in places.values()
        for one in same
        for other in same[:1]
        if one.pk != other.pk
    }


def _open_uploads(draft: "Draft") -> dict[str, list[Upload]]:
    found: dict[str, list[Upload]] = {}
    mine = Upload.objects.of(draft.actor).open(draft.at)
    for upload in mine.filter(dossier_id=draft.dossier.pk, purpose=Upload.Purpose.PAPER):
        found.setdefault(upload.component_id, []).append(upload)
    return found


def _top_reasons(draft: "Draft") -> dict[str, list[tuple[str, int]]]:
    """Why this procedure's papers were sent back most often: by component, with the percent of its cases."""
    return reasons.top_reasons(draft.dossier.procedure_version.procedure_id)


# What is brought ------------------------------------------------------------------------------------------------


def save_papers(draft: "Draft", files: Any) -> Problems:
    """Attach what was chosen but not uploaded yet; the inputs are named "file-" and the component."""
    refused: Problems = {}
    for name in files:
        component = name.removeprefix("file-")
        if name.startswith("file-"):
            refused |= attach_all(draft, component, files.getlist(name))
    return refused | {key: text for key, text in draft.missing_of("papers").items() if key not in refused}


def attach_all(
    draft: "Draft", component: str, chosen: list[UploadedFile], replaces: int | None = None
) -> Problems:
    """Attach each file; the reasons for those that were refused, under the component."""
    reasons = []
    for one in chosen:
        try:
            operations.attach(
                dossier=draft.dossier,
                component_id=component,
                stream=cast(IO[bytes], one.file),
                name=file_name(one.name or ""),
                actor=draft.actor,
                at=draft.at,
                replaces=replaces,
            )
        except Refusal as refusal:
            reasons.append(str(refusal))
        else:
            replaces = None  # only the first takes its place
    forget(draft)
    return {component: " ".join(reasons)} if reasons else {}


def forget(draft: "Draft") -> None:
    """Let the draft read its papers again: they have changed."""
    draft.__dict__.pop("documents", None)
    draft.__dict__.pop("missing", None)


def fragment(
    request: Request, draft: "Draft", component_id: str, problem: str = "", status: int = 0
) -> JsonResponse:
    """What a script gets after each change: the component's new list of files."""
    forget(draft)
    shown = show_papers(draft)
    card = shown["cards"].get(component_id)
    html = ""
    if card:
        shown |= {"dossier": draft.dossier, "card": card, "problem": ""}  # the script shows it, until the next try
        html = render_to_string("portal/filing/files.html", shown, request=request)
    elif not problem:
        problem, status = _("Giấy tờ này không còn được yêu cầu. Vui lòng tải lại trang."), 409
    group = next((one for one in shown["groups"] if card in one.cards), None)
    answer = {
        "html": html,
        "problem": problem,
        "count": len(card.files) if card else 0,
        "waits": bool(card) and any(not one.is_checked for one in card.files),
        "group": {"id": group.id, "met": group.is_met} if group and group.is_choice else None,
    }
    return JsonResponse(answer, status=status or (422 if problem else 200))




def _template_url(draft: "Draft", component: Component) -> str:
    """Where the empty form of a paper is downloaded; empty when there is none."""
    template = component.template
    if not template or template.file not in draft.dossier.definition.templates:
        return ""
    return reverse("portal:paper_template", args=[draft.dossier.public_id, component.base_id])

"""What the story of a dossier proves: how it stood at any moment, and that nobody changed its rows by hand.

Each event says which fields it changed; at the submit, and with each supplement, digests of what was declared and brought,
and how many sheets came on paper, are sealed into the event as well. The chain of the events themselves is checked by `foundation.chain`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from motcua.dossiers.models import BroughtPaper, Consultation, Document, Dossier, Task
from motcua.foundation.chain import digest
from motcua.foundation.models import Event
from motcua.papers.models import Paper

_MOMENTS = frozenset(
    field.name for field in Dossier._meta.get_fields() if getattr(field, "get_internal_type", str)() == "DateTimeField"
)


def seal(dossier: Dossier, documents: Iterable[Document], on_paper: Iterable[BroughtPaper]) -> dict[str, Any]:
    """The digests of what is declared and brought: the documents come with their files, what came on paper by key."""
    return {
        "answers": digest(dossier.answers),
        "parties": digest(_parties(dossier)),
        "files": {str(one.pk): f"{one.component_id} {one.file.sha256}" for one in documents},
        "sheets": [_counted(one) for one in on_paper],
    }


def _counted(paper: BroughtPaper) -> str:
    return f"{paper.component_id} {paper.originals}/{paper.certified}/{paper.copies}"


def _parties(dossier: Dossier) -> list[Any]:
    return [dossier.submitter, dossier.owner, dossier.on_behalf, dossier.delivery, dossier.delivery_address]


def as_of(events: Iterable[Event], at: datetime) -> dict[str, Any]:
    """The fields that the story had set until a moment, as they stood then; moments are aware datetimes."""
    return replayed(event.data for event in events if event.occurred_at <= at)


def replayed(told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of a dossier as the data of its events, oldest first, have set them."""
    fields: dict[str, Any] = {}
    for data in told:
        fields |= data.get("changed") or {}
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS and isinstance(value, str) else value
        for name, value in fields.items()
    }


@dataclass(slots=True)
class _Kept:
    """What the tables hold of one dossier beside its row."""

    told: list[dict[str, Any]] = field(default_factory=list)  # the data of its events, oldest first
    documents: dict[str, str] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    papers: dict[str, Any] = field(default_factory=dict)
    units: set[int] = field(default_factory=set)  # that do its steps, or were asked


def contradictions(dossiers: Sequence[Dossier]) -> Iterator[str]:
    """Where the rows of these dossiers, their documents and their papers are not what their stories say, in sentences.

    Six queries, however many dossiers.
    """
    kept = {one.pk: _Kept() for one in dossiers}
    by_subject = {one.subject: kept[one.pk] for one in dossiers}
    for subject, data in Event.objects.filter(subject__in=by_subject).order_by("id").values_list("subject", "data"):
        by_subject[subject].told.append(data)
    handed_in = Q(supplement=None) | Q(supplement__answered_at__isnull=False)
    documents = Document.objects.filter(handed_in, dossier__in=kept).order_by("id")
    for owner, pk, component, sha256 in documents.values_list("dossier_id", "pk", "component_id", "file__sha256"):
        kept[owner].documents[str(pk)] = f"{component} {sha256}"
    for paper in BroughtPaper.objects.filter(handed_in, dossier__in=kept).order_by("id"):
        kept[paper.dossier_id].sheets.append(_counted(paper))
    for subject, key, data in Paper.objects.filter(subject__in=by_subject).values_list("subject", "pk", "data"):
        by_subject[subject].papers[str(key)] = data
    for work in (Task, Consultation):
        for owner, unit in work.objects.filter(dossier__in=kept).order_by().values_list("dossier_id", "agency_id").distinct():
            kept[owner].units.add(unit)
    for one in dossiers:
        for what in _contradictions(one, kept[one.pk]):
            yield f"{one.code}: {what}"


def _contradictions(dossier: Dossier, kept: _Kept) -> Iterator[str]:
    fields = replayed(kept.told)
    for name, value in fields.items():
        if getattr(dossier, name) != value:
            yield f"{name} is {_shown(getattr(dossier, name))}, but its story says {_shown(value)}"
    if "also_seen_by" not in fields and (strangers := set(dossier.also_seen_by) - kept.units):
        yield f"it is open to units that nobody asked: {sorted(strangers)}"
    seals = [data["sealed"] for data in kept.told if "sealed" in data]
    if seals:
        yield from _broken_seals(dossier, kept, seals)
    for data in kept.told:
        if "digest" not in data or "paper" not in data:
            continue
        content = kept.papers.get(data["paper"])
        if content is None:
            yield f"the paper {data.get('title')} {data.get('number')} is gone"
        elif digest(content) != data["digest"]:
            yield f"the paper {data.get('title')} {data.get('number')} does not say what was issued"


def _broken_seals(dossier: Dossier, kept: _Kept, seals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if seals[-1]["answers"] != digest(dossier.answers):
        yield "the answers of its form are not those that were submitted"
    if seals[-1]["parties"] != digest(_parties(dossier)):
        yield "its people, or how the result is received, are not what was submitted"
    files = {key: value for sealed in seals for key, value in sealed["files"].items()}
    if files != kept.documents:
        yield f"its documents are not those that were brought ({len(kept.documents)} instead of {len(files)}, or other content)"
    counted = [one for sealed in seals for one in sealed.get("sheets", ())]
    if counted != kept.sheets and all("sheets" in sealed for sealed in seals):
        yield f"its sheets on paper are not those that were counted ({', '.join(kept.sheets)} instead of {', '.join(counted)})"


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)

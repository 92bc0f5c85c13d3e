"""What the story of a dossier proves: how it stood at any moment, and that nobody changed its rows by hand.

Each event says which fields it changed; at the submit, and with each supplement, digests of what was declared and brought
are sealed into the event as well. The chain of the events themselves is checked by `foundation.chain`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from motcua.dossiers.models import Consultation, Document, Dossier, Task
from motcua.foundation.chain import digest
from motcua.foundation.models import Event
from motcua.papers.models import Paper

_MOMENTS = frozenset(
    field.name for field in Dossier._meta.get_fields() if getattr(field, "get_internal_type", str)() == "DateTimeField"
)


def seal(dossier: Dossier, documents: Iterable[Document]) -> dict[str, Any]:
    """The digests of what is declared and brought: the documents come with their files."""
    return {
        "answers": digest(dossier.answers),
        "parties": digest(_parties(dossier)),
        "files": {str(one.pk): f"{one.component_id} {one.file.sha256}" for one in documents},
    }


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


def contradictions(dossiers: Sequence[Dossier]) -> Iterator[str]:
    """Where the rows of these dossiers, their documents and their papers are not what their stories say, in sentences.

    Five queries, however many dossiers.
    """
    stories: dict[str, list[dict[str, Any]]] = defaultdict(list)
    subjects = [one.subject for one in dossiers]
    for subject, data in Event.objects.filter(subject__in=subjects).order_by("id").values_list("subject", "data"):
        stories[subject].append(data)
    documents: dict[int, dict[str, str]] = defaultdict(dict)
    handed_in = Q(supplement=None) | Q(supplement__answered_at__isnull=False)
    brought = Document.objects.filter(handed_in, dossier__in=[one.pk for one in dossiers]).order_by("id")
    for owner, pk, component, sha256 in brought.values_list("dossier_id", "pk", "component_id", "file__sha256"):
        documents[owner][str(pk)] = f"{component} {sha256}"
    issued: dict[str, dict[str, Any]] = defaultdict(dict)
    for subject, key, data in Paper.objects.filter(subject__in=subjects).values_list("subject", "pk", "data"):
        issued[subject][str(key)] = data
    concerned: dict[int, set[int]] = defaultdict(set)
    for work in (Task, Consultation):
        for owner, unit in work.objects.filter(dossier__in=[one.pk for one in dossiers]).order_by().values_list("dossier_id", "agency_id").distinct():
            concerned[owner].add(unit)
    for one in dossiers:
        if strangers := set(one.also_seen_by) - concerned[one.pk]:
            yield f"{one.code}: it is open to units that nobody asked: {sorted(strangers)}"
        for what in _contradictions(one, stories[one.subject], documents[one.pk], issued[one.subject]):
            yield f"{one.code}: {what}"


def _contradictions(
    dossier: Dossier, told: Sequence[Mapping[str, Any]], documents: Mapping[str, str], papers: Mapping[str, Any]
) -> Iterator[str]:
    for name, value in replayed(told).items():
        if getattr(dossier, name) != value:
            yield f"{name} is {_shown(getattr(dossier, name))}, but its story says {_shown(value)}"
    seals = [data["sealed"] for data in told if "sealed" in data]
    if seals and seals[-1]["answers"] != digest(dossier.answers):
        yield "the answers of its form are not those that were submitted"
    if seals and seals[-1]["parties"] != digest(_parties(dossier)):
        yield "its people, or how the result is received, are not what was submitted"
    files = {key: value for sealed in seals for key, value in sealed["files"].items()}
    if seals and files != documents:
        yield f"its documents are not those that were brought ({len(documents)} instead of {len(files)}, or other content)"
    for data in told:
        if "digest" not in data or "paper" not in data:
            continue
        content = papers.get(data["paper"])
        if content is None:
            yield f"the paper {data.get('title')} {data.get('number')} is gone"
        elif digest(content) != data["digest"]:
            yield f"the paper {data.get('title')} {data.get('number')} does not say what was issued"


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)

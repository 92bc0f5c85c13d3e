"""One dossier while a receiver enters it: what its page keeps of a post, what still lacks, and what the page shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from motcua.dossiers import deadlines, filing, operations, parties, prefill
from motcua.dossiers.models import BroughtPaper, Document, Dossier
from motcua.dossiers.uploads import file_name
from motcua.foundation import formats
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI
from motcua.procedures import rules
from motcua.procedures.answers import is_empty
from motcua.ui.form_template import ANY_TABLE, Around, form_html

Problems = dict[str, str]
SELF, ON_BEHALF = "self", "on_behalf"
SHEETS = ("originals", "certified", "copies")
_LONGEST_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class Card:
    """A paper that is asked for: what came of it as files and as sheets."""

    asked: filing.AskedPaper
    documents: list[Document]
    sheets: BroughtPaper | None

    @property
    def id(self) -> str:
        return self.asked.component.id


@dataclass
class Entry:
    """A draft of the counter as its page works with it."""

    dossier: Dossier
    actor: Actor
    at: datetime
    rows: dict[str, int] = field(default_factory=dict)  # of tables, how many to show at least

    @cached_property
    def documents(self) -> list[Document]:
        return list(self.dossier.documents.select_related("file"))

    @cached_property
    def sheets(self) -> dict[str, BroughtPaper]:
        return {one.component_id: one for one in self.dossier.on_paper.filter(supplement=None)}

    @property
    def cards(self) -> list[Card]:
        asked = filing.asked_papers(self.dossier, self.documents, on_paper=self.sheets)
        return [
            Card(one, [each for each in self.documents if each.component_id == one.component.id], self.sheets.get(one.component.id))
            for one in asked
        ]

    @property
    def missing(self) -> Problems:
        """Everything that keeps the dossier from being accepted, by the id of what it stands beside."""
        found = filing.completeness(self.dossier, self.documents, on_paper=self.sheets).missing
        problems: Problems = {}
        for one in found:
            problems.setdefault(f"giay-{one.field}" if one.step == "papers" else one.field, one.message)
        return problems

    @property
    def promise(self) -> datetime:
        """When the result is due if the dossier is accepted now."""
        return deadlines.settlement_deadline(self.dossier, self.at).due_at

    @property
    def fees(self) -> dict[str, Any]:
        """Today's lines with their total in đồng; `unknown` says why they cannot be told yet."""
        dossier = self.dossier
        try:
            lines = rules.fee_lines(dossier.definition, dossier.answers, dossier.channel, self.at.astimezone(HANOI).date())
        except Refusal as refusal:
            return {"lines": [], "total": 0, "first": 0, "unknown": str(refusal)}
        first = sum(line.amount_vnd for line in lines if line.due == "before_acceptance")
        return {"lines": lines, "total": sum(line.amount_vnd for line in lines), "first": first, "unknown": ""}


# Keeping what was typed ---------------------------------------------------------------------------------------


def keep(
    entry: Entry, posted: QueryDict, files: MultiValueDict[str, UploadedFile], *, all_sheets: bool = False
) -> Problems:
    """Keep everything that was posted, right or wrong; what could not be kept, by input. Raises WrongState, NotAllowed.

    With `all_sheets` the prescribed numbers of sheets came of every paper for which none are posted.
    """
    problems = _keep_how_it_came(entry, posted)
    _keep_parties(entry, posted)
    _keep_answers(entry, posted)
    if all_sheets:  # only now it is known which papers these answers call for
        _fill_in_sheets(entry, posted)
    problems |= _keep_sheets(entry, posted)
    problems |= _keep_files(entry, files)
    problems |= _keep_delivery(entry, posted)
    return problems


def _who_and_when(entry: Entry) -> dict[str, Any]:
    return {"dossier": entry.dossier, "actor": entry.actor, "at": entry.at}


def _line(posted: QueryDict, name: str, longest: int = _LONGEST_ADDRESS) -> str:
    return " ".join(posted.get(name, "").replace("\x00", "").split())[:longest]


def _keep_how_it_came(entry: Entry, posted: QueryDict) -> Problems:
    problems: Problems = {}
    posted_on: date | None = None
    if text := _line(posted, "posted_on", 20):
        try:
            posted_on = formats.day(text)
        except ValueError as wrong:
            problems["posted_on"] = str(wrong)
    channel = posted.get("channel", entry.dossier.channel)
    operations.say_how_it_came(
        channel=channel if channel == Dossier.Channel.POST else Dossier.Channel.IN_PERSON,
        sender=_line(posted, "sender"),
        tracking=_line(posted, "tracking"),
        posted_on=posted_on,
        place=_line(posted, "place"),
        **_who_and_when(entry),
    )
    entry.dossier.entry.refresh_from_db()
    return problems


def _party(posted: QueryDict, prefix: str) -> dict[str, str]:
    kind = posted.get(f"{prefix}-kind", parties.CITIZEN)
    return parties.read(kind, {key: posted.get(f"{prefix}-{key}", "") for key in parties.PARTY})


def _keep_parties(entry: Entry, posted: QueryDict) -> None:
    submitter = _party(posted, "submitter")
    owner = _party(posted, "owner") if posted.get("owner-is") == ON_BEHALF else None
    set_parties(entry, submitter, owner)


def set_parties(entry: Entry, submitter: dict[str, str], owner: dict[str, str] | None) -> None:
    """Keep who files and for whom; answers that came from the owner and were not changed since follow."""
    dossier, before = entry.dossier, entry.dossier.owner
    if (submitter, owner or submitter, owner is not None) == (dossier.submitter, dossier.owner, dossier.on_behalf):
        return
    operations.save_parties(submitter=submitter, owner=owner, **_who_and_when(entry))
    dossier.submitter, dossier.owner, dossier.on_behalf = submitter, owner or submitter, owner is not None
    if values := prefill.followed(dossier.definition.form, dossier.answers, before, dossier.owner):
        operations.save_answers(values=values, **_who_and_when(entry))
        dossier.answers |= values


def _keep_answers(entry: Entry, posted: QueryDict) -> None:
    dossier = entry.dossier
    form, answers = dossier.definition.form, dict(dossier.answers)
    changed: dict[str, Any] = {}
    for section in form.sections:
        values, _problems = rules.clean_section(form, section.id, posted, answers)
        answers |= values
        changed |= values
    sources = parties.sources(dossier.owner)
    for one in form.fields:  # what just followed the person is not wiped out by the empty input that was posted with it
        if one.id in changed and is_empty(changed[one.id]) and one.prefill in sources and sources[one.prefill]:
            changed[one.id] = sources[one.prefill]
    changed = {key: value for key, value in changed.items() if dossier.answers.get(key) != value}
    if changed:
        operations.save_answers(values=changed, **_who_and_when(entry))
        dossier.answers |= changed


def _fill_in_sheets(entry: Entry, posted: QueryDict) -> None:
    """Write the prescribed numbers of sheets into a post, where it has none for a required paper."""
    for card in entry.cards:
        component, brought = card.asked.component, any(_line(posted, f"{key}-{card.id}", 6) for key in SHEETS)
        if component.required and not brought:
            posted[f"originals-{card.id}"] = str(component.originals or (0 if component.copies else 1))
            posted[f"copies-{card.id}"] = str(component.copies)


def _keep_sheets(entry: Entry, posted: QueryDict) -> Problems:
    problems: Problems = {}
    for card in entry.cards:
        counts: dict[str, Any] = {}
        there = card.sheets
        for key in SHEETS:
            text = _line(posted, f"{key}-{card.id}", 6)
            counts[key] = int(text) if text.isascii() and text.isdigit() else 0 if not text else -1
        if counts == {key: getattr(there, key) if there else 0 for key in SHEETS}:
            continue
        try:
            operations.note_sheets(component_id=card.id, **counts, **_who_and_when(entry))
        except Refusal as refusal:
            problems[f"giay-{card.id}"] = str(refusal)
    entry.__dict__.pop("sheets", None)
    return problems


def _keep_files(entry: Entry, files: MultiValueDict[str, UploadedFile]) -> Problems:
    problems: Problems = {}
    for card in entry.cards:
        for one in files.getlist(f"tep-{card.id}"):
            assert one.file is not None  # an upload has content
            try:
                operations.attach(component_id=card.id, stream=one.file, name=file_name(one.name or ""), **_who_and_when(entry))
            except Refusal as refusal:
                problems[f"giay-{card.id}"] = f"{problems.get(f'giay-{card.id}', '')} {refusal}".strip()
    if files:
        entry.__dict__.pop("documents", None)
    return problems


def _keep_delivery(entry: Entry, posted: QueryDict) -> Problems:
    dossier = entry.dossier
    chosen = posted.get("delivery", "")
    delivery = chosen if chosen in Dossier.Delivery.values else dossier.delivery
    address = _line(posted, "delivery_address") if delivery == Dossier.Delivery.POST else ""
    if (delivery, address) != (dossier.delivery, dossier.delivery_address):
        operations.choose_delivery(delivery=delivery, address=address, **_who_and_when(entry))
        dossier.delivery, dossier.delivery_address = delivery, address
    return {}


# The page -----------------------------------------------------------------------------------------------------


def shown(entry: Entry, problems: Mapping[str, str]) -> dict[str, Any]:
    """What the page's template reads."""
    dossier = entry.dossier
    version, form = dossier.procedure_version, dossier.definition.form
    around = Around(
        warnings=rules.warnings(form, dossier.answers) if any(one.level == "warning" for one in form.checks) else {},
        papers_href="#giay-to",
        table_href=reverse("desk:counter_table_form", args=[dossier.public_id, ANY_TABLE]),
    )
    fields = form_html(
        version.definition, (version.pk, version.digest), dossier.answers, problems, entry.rows, around=around
    )
    on_behalf = dossier.on_behalf
    return {
        "fields": fields,
        "cards": entry.cards,
        "submitter": dossier.submitter,
        "owner": dossier.owner if on_behalf else {},
        "owner_is": ON_BEHALF if on_behalf else SELF,
        "labels": {kind: parties.labels(kind) for kind in (parties.CITIZEN, parties.ORGANISATION)},
        "is_required": parties.is_required,
        "warnings": parties.warnings(dossier.owner) if dossier.owner else [],
        "fees": entry.fees,
        "promise": entry.promise,
        "takes_cash": operations.keeps_books(dossier, entry.actor),
    }


def live(entry: Entry) -> dict[str, Any]:
    """What a script puts into the page after saving: what is not asked, what was computed, what deserves a look."""
    form, answers = entry.dossier.definition.form, entry.dossier.answers
    asked = {one.id for one in rules.visible_fields(form, answers)}
    labels = {one.id: one for one in form.fields}
    return {
        "hidden": [one.id for one in form.fields if one.id not in asked],
        "computed": {key: rules.display_text(labels[key], value) for key, value in rules.computed(form, answers).items()},
        "warnings": rules.warnings(form, answers) if any(one.level == "warning" for one in form.checks) else {},
    }

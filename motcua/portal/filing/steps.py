"""The steps of filing: what each keeps of a post, what is wrong with it, and what its page shows.

Every step keeps what was typed, right or wrong. Problems are keyed by the id of the input they stand beside.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import PurePath
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _

from motcua.dossiers import filing, operations, parties
from motcua.dossiers.models import Document, Dossier
from motcua.dossiers.uploads import ACCEPT
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.procedures import rules
from motcua.procedures.answers import is_empty
from motcua.ui.form_template import form_html

Problems = dict[str, str]

SLUGS = {
    "submitter": "nguoi-nop",
    "form": "to-khai",
    "papers": "giay-to",
    "delivery": "nhan-ket-qua",
    "fees": "le-phi",
    "review": "kiem-tra",
}
WORDS = {slug: word for word, slug in SLUGS.items()}
SELF, ON_BEHALF = "self", "on_behalf"
_LONGEST_ADDRESS = 300


@dataclass
class Draft:
    """A draft as the pages of filing work with it."""

    dossier: Dossier
    actor: Actor
    at: datetime
    rows: dict[str, int] = field(default_factory=dict)  # of tables, how many to show at least
    is_outdated: bool = False  # the procedure has another version now

    @cached_property
    def documents(self) -> list[Document]:
        return list(self.dossier.documents.select_related("file"))

    @property
    def counts(self) -> dict[str, int]:
        return Counter(document.component_id for document in self.documents)

    @cached_property
    def missing(self) -> list[filing.Missing]:
        return filing.completeness(self.dossier, self.counts).missing

    def missing_of(self, step: str) -> Problems:
        problems: Problems = {}
        for one in self.missing:
            if one.step == step:
                problems.setdefault(one.field, one.message)
        return problems

    @property
    def steps(self) -> list[str]:
        """The steps of this dossier; a procedure without a form on screen has no such step."""
        return [step for step in SLUGS if step != "form" or self.dossier.definition.form.sections]


# Who files --------------------------------------------------------------------------------------------------


def save_parties(draft: Draft, posted: QueryDict) -> Problems:
    """Keep who files and for whom, and bring answers that came from there up to date."""
    dossier = draft.dossier
    before = parties.sources(dossier.owner)
    submitter = _read_party(posted, "submitter", dossier.submitter.get("kind", parties.CITIZEN))
    submitter |= {key: value for key in parties.IDENTITY if (value := dossier.submitter.get(key))}
    on_behalf = posted.get("owner-is", ON_BEHALF if dossier.on_behalf else SELF) == ON_BEHALF
    typed = posted.get("owner-kind", "")
    kind = typed if typed in (parties.CITIZEN, parties.ORGANISATION) else parties.CITIZEN
    owner = _read_party(posted, "owner", kind) if on_behalf else None
    operations.save_parties(dossier=dossier, submitter=submitter, owner=owner, actor=draft.actor, at=draft.at)
    dossier.submitter, dossier.owner, dossier.on_behalf = submitter, owner or submitter, on_behalf
    _follow(draft, before)
    return party_problems(draft)


def _read_party(posted: QueryDict, prefix: str, kind: str) -> dict[str, str]:
    return parties.read(kind, {key: posted.get(f"{prefix}-{key}", "") for key in parties.PARTY})


def _follow(draft: Draft, before: Mapping[str, str]) -> None:
    """Answers that were taken over from the owner and not changed since are taken over again."""
    dossier = draft.dossier
    now = parties.sources(dossier.owner)
    values = {
        one.id: now[one.prefill]
        for one in dossier.definition.form.fields
        if one.prefill in now
        and now[one.prefill]
        and now[one.prefill] != dossier.answers.get(one.id)
        and (is_empty(dossier.answers.get(one.id)) or dossier.answers.get(one.id) == before.get(one.prefill))
    }
    if values:
        operations.save_answers(dossier=dossier, values=values, actor=draft.actor, at=draft.at)
        dossier.answers |= values


def party_problems(draft: Draft) -> Problems:
    dossier = draft.dossier
    found = {
        f"submitter-{key}": text for key, text in parties.problems(dossier.submitter, of_account=True).items()
    }
    if dossier.on_behalf:
        found |= {f"owner-{key}": text for key, text in parties.problems(dossier.owner).items()}
    return found


def show_parties(draft: Draft) -> dict[str, Any]:
    dossier = draft.dossier
    submitter = dossier.submitter
    return {
        "submitter": submitter,
        "identity": [row for row in parties.rows(submitter) if row[0] in parties.IDENTITY and row[2]],
        "owner": dossier.owner if dossier.on_behalf else {},
        "owner_kind": dossier.owner.get("kind", parties.CITIZEN) if dossier.on_behalf else parties.CITIZEN,
        "owner_is": ON_BEHALF if dossier.on_behalf else SELF,
        "submitter_labels": parties.labels(submitter.get("kind", parties.CITIZEN)),
        "labels": {kind: parties.labels(kind) for kind in (parties.CITIZEN, parties.ORGANISATION)},
        "is_required": parties.is_required,
        "warnings": parties.warnings(dossier.owner),
    }


# The form ---------------------------------------------------------------------------------------------------


def save_form(draft: Draft, posted: QueryDict) -> Problems:
    """Keep every answer of the form; say what is wrong with them."""
    dossier = draft.dossier
    form, answers = dossier.definition.form, dict(dossier.answers)
    changed: dict[str, Any] = {}
    for section in form.sections:
        values, _problems = rules.clean_section(form, section.id, posted, answers)
        answers |= values
        changed |= values
    changed = {key: value for key, value in changed.items() if dossier.answers.get(key) != value}
    operations.save_answers(dossier=dossier, values=changed, actor=draft.actor, at=draft.at)
    dossier.answers = answers
    return rules.problems(form, answers)


def save_some_answers(draft: Draft, groups: set[str], posted: QueryDict) -> Problems:
    """Keep the answers of these fields only, as typed so far; say what is wrong with the form now."""
    dossier = draft.dossier
    form = dossier.definition.form
    changed: dict[str, Any] = {}
    for section in form.sections:
        if any(one.id in groups for one in section.fields):
            values, _problems = rules.clean_section(form, section.id, posted, dossier.answers)
            changed |= {key: value for key, value in values.items() if key in groups}
    operations.save_answers(dossier=dossier, values=changed, actor=draft.actor, at=draft.at)
    dossier.answers |= changed
    return rules.problems(form, dossier.answers)


def hidden_fields(draft: Draft) -> list[str]:
    """The fields that are not asked, given the answers so far."""
    form = draft.dossier.definition.form
    asked = {one.id for one in rules.visible_fields(form, draft.dossier.answers)}
    return [one.id for one in form.fields if one.id not in asked]


def form_problems(draft: Draft) -> Problems:
    return rules.problems(draft.dossier.definition.form, draft.dossier.answers)


def show_form(draft: Draft, problems: Problems) -> dict[str, Any]:
    version = draft.dossier.procedure_version
    html = form_html(
        version.definition, (version.pk, version.digest), draft.dossier.answers, problems, draft.rows
    )
    return {"fields": html}


def change_rows(draft: Draft, action: str, posted: QueryDict) -> None:
    """Add an empty row to a table, or take one of its rows away, in what was posted."""
    verb, _colon, rest = action.partition(":")
    table, _colon, place = rest.partition(":")
    if verb == "add":
        places = {name.split("-")[1] for name in posted if name.startswith(f"{table}-")}
        draft.rows[table] = len(places) + 1
        return
    for name in [name for name in posted if name.startswith(f"{table}-{place}-")]:
        posted.setlist(name, [""])  # a row without any text is left out


# Papers -----------------------------------------------------------------------------------------------------


def save_papers(draft: Draft, files: Any) -> Problems:
    """Attach what was chosen but not uploaded yet; the inputs are named "file-" and the component."""
    refused: Problems = {}
    for name in files:
        component = name.removeprefix("file-")
        if name.startswith("file-"):
            refused |= attach_all(draft, component, files.getlist(name))
    return refused | {key: text for key, text in draft.missing_of("papers").items() if key not in refused}


def attach_all(draft: Draft, component: str, chosen: list[UploadedFile]) -> Problems:
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
            )
        except Refusal as refusal:
            reasons.append(str(refusal))
    draft.__dict__.pop("documents", None)
    draft.__dict__.pop("missing", None)
    return {component: " ".join(reasons)} if reasons else {}


def file_name(name: str) -> str:
    """The name as it is kept: composed, without what does not print, not too long, its ending kept."""
    clean = "".join(mark for mark in unicodedata.normalize("NFC", name) if mark.isprintable()).strip()
    path = PurePath(clean or "tep")
    return f"{path.stem[:180]}{path.suffix[:20]}"


def show_papers(draft: Draft) -> dict[str, Any]:
    asked = filing.asked_papers(draft.dossier, draft.counts)
    by_component: dict[str, list[Document]] = {}
    for document in draft.documents:
        by_component.setdefault(document.component_id, []).append(document)
    names = {one.id: one.name for one in draft.dossier.definition.record.components}
    wanted = {paper.component.id for paper in asked}
    return {
        "papers": asked,
        "documents": by_component,
        "twins": twins(draft.documents, names),
        "unneeded": [
            (names.get(key, key), found) for key, found in by_component.items() if key not in wanted
        ],
        "accept": ACCEPT,
        "limit_mb": settings.UPLOAD_LIMIT_MB,
    }


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


# How to receive the result ------------------------------------------------------------------------------------


def save_delivery(draft: Draft, posted: QueryDict) -> Problems:
    dossier = draft.dossier
    chosen = posted.get("delivery", "")
    delivery = chosen if chosen in Dossier.Delivery.values else ""
    typed = " ".join(posted.get("delivery_address", "").replace("\x00", "").split())
    address = typed[:_LONGEST_ADDRESS]
    operations.choose_delivery(
        dossier=dossier, delivery=delivery, address=address, actor=draft.actor, at=draft.at
    )
    dossier.delivery, dossier.delivery_address = delivery, address
    if typed != address:
        most = {"most": _LONGEST_ADDRESS}
        return {"delivery_address": _("Vui lòng viết ngắn lại, tối đa %(most)d ký tự.") % most}
    return delivery_problems(draft)


def delivery_problems(draft: Draft) -> Problems:
    return draft.missing_of("delivery")


def show_delivery(draft: Draft) -> dict[str, Any]:
    dossier = draft.dossier
    return {"delivery_address": dossier.delivery_address or dossier.submitter.get("address", "")}


# Fee --------------------------------------------------------------------------------------------------------


def show_fees(draft: Draft) -> dict[str, Any]:
    """The lines of the fee with their total in đồng; `unknown` says why they cannot be computed yet."""
    definition = draft.dossier.definition
    try:
        lines = rules.fee_lines(definition, draft.dossier.answers, draft.dossier.channel)
        unknown = ""
    except Refusal as refusal:
        lines, unknown = [], str(refusal)
    return {
        "lines": lines,
        "total": sum(line.amount_vnd for line in lines),
        "unknown": unknown,
        "account": definition.fees.account,
        "before_acceptance": sum(line.amount_vnd for line in lines if line.due == "before_acceptance"),
    }


# Review -----------------------------------------------------------------------------------------------------


def show_review(draft: Draft) -> dict[str, Any]:
    dossier = draft.dossier
    form = dossier.definition.form
    asked = {one.id for one in rules.visible_fields(form, dossier.answers)}
    sections = []
    for section in form.sections:
        rows = [
            (one.label, one.id, rules.display_text(one, dossier.answers.get(one.id)))
            for one in section.fields
            if one.id in asked and one.type != "table"
        ]
        tables = [
            (
                one,
                [
                    [rules.display_text(column, row.get(column.id)) for column in one.columns]
                    for row in dossier.answers.get(one.id) or []
                    if isinstance(row, dict)
                ],
            )
            for one in section.fields
            if one.id in asked and one.type == "table"
        ]
        sections.append((section, rows, tables))
    return {
        "submitter_rows": parties.rows(dossier.submitter),
        "identity": parties.IDENTITY,
        "owner_rows": parties.rows(dossier.owner) if dossier.on_behalf else [],
        "sections": sections,
        "missing": draft.missing,
        **show_papers(draft),
        **show_fees(draft),
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One step's page: `save` keeps a post, `problems` says what stands in the way, `show` fills the template."""

    save: Callable[[Draft, QueryDict], Problems] | None
    problems: Callable[[Draft], Problems]
    show: Callable[[Draft, Problems], dict[str, Any]]


def _nothing(draft: Draft) -> Problems:
    return {}


STEPS = {
    "submitter": Step(save_parties, party_problems, lambda draft, problems: show_parties(draft)),
    "form": Step(save_form, form_problems, show_form),
    "papers": Step(
        None, lambda draft: draft.missing_of("papers"), lambda draft, problems: show_papers(draft)
    ),
    "delivery": Step(save_delivery, delivery_problems, lambda draft, problems: show_delivery(draft)),
    "fees": Step(None, _nothing, lambda draft, problems: show_fees(draft)),
    "review": Step(None, _nothing, lambda draft, problems: show_review(draft)),
}


def heading(step: str) -> str:
    return str(filing.STEPS[step]) or _("Nộp hồ sơ")

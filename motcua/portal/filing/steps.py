"""The steps of filing: what each keeps of a post, what is wrong with it, and what its page shows.

Every step keeps what was typed, right or wrong. Problems are keyed by the id of the input they stand beside.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.dossiers import filing, operations, parties, prefill
from motcua.dossiers.models import Document, Dossier
from motcua.foundation import vietnamese
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI
from motcua.portal.filing.paper_list import list_papers, paper_boxes, show_papers
from motcua.procedures import rules
from motcua.procedures.answers import is_empty
from motcua.procedures.composites import COMPOSITE, sub_fields
from motcua.procedures.parts import Field, Form, Percent, Section
from motcua.ui import form_tables
from motcua.ui.form_template import ANY_TABLE, Around, form_html

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


@dataclass(frozen=True)
class _Unseen:
    """A form that rides along in a key without being compared."""

    form: Form = field(compare=False)


@dataclass
class Draft:
    """A draft as the pages of filing work with it."""

    dossier: Dossier
    actor: Actor
    at: datetime
    rows: dict[str, int] = field(default_factory=dict)  # of tables, how many to show at least
    is_outdated: bool = False  # the procedure has another version now
    page: int = 1  # of the form

    @cached_property
    def documents(self) -> list[Document]:
        return list(self.dossier.documents.select_related("file"))

    @property
    def counts(self) -> dict[str, int]:
        return Counter(document.component_id for document in self.documents)

    @cached_property
    def missing(self) -> list[filing.Missing]:
        return filing.completeness(self.dossier, self.documents).missing

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
    before = dossier.owner
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


def _follow(draft: Draft, before: Mapping[str, Any]) -> None:
    """Answers that were taken over from the owner and not changed since are taken over again."""
    dossier = draft.dossier
    values = prefill.followed(dossier.definition.form, dossier.answers, before, dossier.owner)
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

_MANY_QUESTIONS = 40  # a form that asks everybody more than these is filled in on several pages
_FULL_PAGE = 25


@lru_cache(maxsize=300)
def _pages(version: int, digest: str, form: _Unseen) -> tuple[tuple[Section, ...], ...]:
    """The sections of a form by page: all on one, or a new page as soon as one is full."""
    sections = form.form.sections
    if sum(map(questions, sections)) <= _MANY_QUESTIONS:
        return (sections,)
    pages: list[list[Section]] = [[]]
    for section in sections:
        if pages[-1] and sum(map(questions, pages[-1])) + questions(section) > _FULL_PAGE:
            pages.append([])
        pages[-1].append(section)
    return tuple(map(tuple, pages))


def questions(section: Section) -> int:
    """How many inputs a section has for everybody, whatever the answers; of a table one row."""
    if section.when:
        return 0
    return sum(
        len(sub_fields(one)) or one.type not in ("note", "computed") for one in section.fields if not one.when
    )


def form_pages(draft: Draft) -> tuple[tuple[Section, ...], ...]:
    """The form's pages with the sections of each; the same for every draft of a version."""
    version = draft.dossier.procedure_version
    return _pages(version.pk, version.digest, _Unseen(draft.dossier.definition.form))


def page_of(draft: Draft, field: str) -> int:
    """The number of the page, from 1, where a field or a part of one stands; 1 when it stands nowhere."""
    wanted = field.partition("-")[0]
    for number, sections in enumerate(form_pages(draft), 1):
        if any(one.id == wanted for section in sections for one in section.fields):
            return number
    return 1


def asked_pages(draft: Draft) -> list[int]:
    """The numbers of the pages where something is asked, given the answers so far."""
    asked = {one.id for one in rules.visible_fields(draft.dossier.definition.form, draft.dossier.answers)}
    return [
        number
        for number, sections in enumerate(form_pages(draft), 1)
        if any(one.id in asked for section in sections for one in section.fields)
    ] or [1]


def of_page(draft: Draft, problems: Problems) -> Problems:
    """The problems of the page that is shown."""
    return {key: text for key, text in problems.items() if page_of(draft, key) == draft.page}


def save_form(draft: Draft, posted: QueryDict) -> Problems:
    """Keep every answer of the page; say what is wrong with them."""
    dossier = draft.dossier
    form, answers = dossier.definition.form, dict(dossier.answers)
    changed: dict[str, Any] = {}
    for section in form_pages(draft)[draft.page - 1]:
        values, _problems = rules.clean_section(form, section.id, posted, answers)
        answers |= values
        changed |= values
    changed = {key: value for key, value in changed.items() if dossier.answers.get(key) != value}
    operations.save_answers(dossier=dossier, values=changed, actor=draft.actor, at=draft.at)
    dossier.answers = answers
    return of_page(draft, rules.problems(form, answers))


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


def live_form(draft: Draft) -> dict[str, Any]:
    """What a script puts into the page after saving: what is not asked, what was computed, what deserves a look."""
    form, answers = draft.dossier.definition.form, draft.dossier.answers
    asked = {one.id for one in rules.visible_fields(form, answers)}
    said: dict[str, Any] = {"hidden": [one.id for one in form.fields if one.id not in asked]}
    if values := rules.computed(form, answers):
        shown = {one.id: one for one in form.fields}
        said["computed"] = {key: rules.display_text(shown[key], value) for key, value in values.items()}
    if any(one.level == "warning" for one in form.checks):
        said["warnings"] = rules.warnings(form, answers)
    return said


def form_problems(draft: Draft) -> Problems:
    return of_page(draft, rules.problems(draft.dossier.definition.form, draft.dossier.answers))


def show_form(draft: Draft, problems: Problems) -> dict[str, Any]:
    dossier = draft.dossier
    version, form = dossier.procedure_version, dossier.definition.form
    pages = form_pages(draft)
    here = pages[draft.page - 1]
    sources = parties.sources(dossier.owner)
    has_files = any(one.type == "file" for section in here for one in section.fields)
    around = Around(
        warnings=rules.warnings(form, dossier.answers) if any(one.level == "warning" for one in form.checks) else {},
        taken={
            one.id
            for one in form.fields
            if one.prefill and not is_empty(dossier.answers.get(one.id)) and dossier.answers[one.id] == sources.get(one.prefill)
        },
        files=draft.counts if has_files else {},
        boxes=paper_boxes(draft, [one.id for section in here for one in section.fields if one.type == "file"]),
        papers_href=reverse("portal:filing_step", args=[dossier.public_id, SLUGS["papers"]]),
        table_href=reverse("portal:table_form", args=[dossier.public_id, ANY_TABLE]),
    )
    html = form_html(
        version.definition, (version.pk, version.digest), dossier.answers, problems, draft.rows,
        sections=tuple(one.id for one in here) if len(pages) > 1 else (), around=around,
    )  # fmt: skip
    return {
        "fields": html,
        "has_files": has_files,
        "limit_mb": settings.UPLOAD_LIMIT_MB,
        "pages": [
            (number, ", ".join(section.title for section in pages[number - 1]))
            for number in (asked_pages(draft) if len(pages) > 1 else [])
        ],
    }


def change_rows(draft: Draft, action: str, posted: QueryDict, files: Mapping[str, Any]) -> list[str]:
    """Change the rows of a table in what was posted as a button says; what there is to tell of it. Raises Refusal."""
    told, at_least = form_tables.change_rows(draft.dossier.definition.form, action, posted, files)
    draft.rows |= at_least
    return told


def find_table(draft: Draft, table: str) -> Field:
    """A table of the form. Raises Http404."""
    return form_tables.find_table(draft.dossier.definition.form, table)


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
    """The lines of today's fee with their total in đồng; `unknown` says why they cannot be computed yet."""
    definition = draft.dossier.definition
    today = draft.at.astimezone(HANOI).date()
    try:
        lines = rules.fee_lines(definition, draft.dossier.answers, draft.dossier.channel, today)
        unknown = ""
    except Refusal as refusal:
        lines, unknown = [], str(refusal)
    return {
        "lines": lines,
        "how": {one.code: _percent_words(one.percent) for one in definition.fees.lines if one.percent},
        "total": sum(line.amount_vnd for line in lines),
        "unknown": unknown,
        "account": definition.fees.account,
        "before_acceptance": sum(line.amount_vnd for line in lines if line.due == "before_acceptance"),
    }


def _percent_words(percent: Percent) -> str:
    """How a fee that is a part of a sum comes about: the rate and its bounds."""
    words = [_("%(rate)s %% giá trị kê khai") % {"rate": vietnamese.number(percent.rate)}]
    if percent.min_vnd is not None:
        words.append(_("tối thiểu %(money)s") % {"money": vietnamese.money(percent.min_vnd)})
    if percent.max_vnd is not None:
        words.append(_("tối đa %(money)s") % {"money": vietnamese.money(percent.max_vnd)})
    return ", ".join(words)


# Review -----------------------------------------------------------------------------------------------------


def show_review(draft: Draft) -> dict[str, Any]:
    dossier = draft.dossier
    form = dossier.definition.form
    asked = {one.id for one in rules.visible_fields(form, dossier.answers)}
    answers = dossier.answers | rules.computed(form, dossier.answers)
    sections = []
    for section in form.sections:
        shown = [one for one in section.fields if one.id in asked and one.type not in ("note", "file")]
        if not shown:
            continue
        rows = [(one.label, one.id, _told(one, answers.get(one.id))) for one in shown if one.type != "table"]
        tables = [
            (
                one,
                [
                    [rules.display_text(column, row.get(column.id)) for column in one.columns]
                    for row in dossier.answers.get(one.id) or []
                    if isinstance(row, dict)
                ],
            )
            for one in shown
            if one.type == "table"
        ]
        sections.append((section, rows, tables))
    return {
        "submitter_rows": parties.rows(dossier.submitter),
        "identity": parties.IDENTITY,
        "owner_rows": parties.rows(dossier.owner) if dossier.on_behalf else [],
        "sections": sections,
        "missing": draft.missing,
        **list_papers(draft),
        **show_fees(draft),
    }


def _told(one: Field, value: Any) -> str:
    """An answer in words; of several parts each on a line of its own."""
    if one.type not in COMPOSITE or one.type == "place" or not isinstance(value, dict):
        return rules.display_text(one, value)
    parts = [(part.label, rules.display_text(part, value.get(part.id))) for part in sub_fields(one)]
    return "\n".join(f"{label}: {text}" for label, text in parts if text)


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

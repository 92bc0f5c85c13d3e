"""What of a dossier may be found good or defective, what stands of it, and the reasons that may be given."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from motcua.dossiers import printing
from motcua.dossiers.models import Document, Dossier, Override, StandardReason, Verdict
from motcua.dossiers.models.notices import Stage
from motcua.dossiers.states import State
from motcua.foundation.vietnamese import fold, in_vietnamese
from motcua.procedures import rules

WHOLE_FORM = "muc-"  # the key of what is asked of the form without naming a section
_PAPER, _SECTION = "giay-", "muc-"


# The library ------------------------------------------------------------------------------------------------


def reasons_for(use: str, dossier: Dossier, *, stage: str = "") -> list[StandardReason]:
    """The library's reasons for this use with this dossier, the most used first (one query).

    Those of its procedure and its units, and those of every procedure and unit; of a `stage` when it is named.
    """
    return list(_fitting(use, dossier, stage))


def _fitting(use: str, dossier: Dossier, stage: str) -> "QuerySet[StandardReason]":
    found = StandardReason.objects.active().filter(
        Q(procedure=None) | Q(procedure_id=dossier.procedure_version.procedure_id),
        Q(agency=None) | Q(agency_id__in=[dossier.agency_id, dossier.reception_id]),
        use=use,
    )
    return found.filter(stage__in=["", stage]) if stage else found


def searchable(text: str, basis: str) -> str:
    """What a search in the library reads of a reason."""
    return fold(f"{text} {basis}")


def worded(standard: StandardReason | None, own: str) -> str:
    """A reason of the library and one's own words as one text; the library's words are not said twice."""
    own, common = own.strip(), standard.text.strip() if standard else ""
    if common and fold(common).rstrip(". ") in fold(own):
        return own
    return ". ".join(part.rstrip(". ") if part is common and own else part for part in (common, own) if part)


def fitting_item(reasons: Iterable[StandardReason], item: "Item") -> list[StandardReason]:
    """Those that may be said of one paper or section; what was written for this very paper first."""
    about = "paper" if item.component_id else "section"
    base = item.component_id.partition(".")[0]
    found = [
        one
        for one in reasons
        if one.about in ("", about) and (not one.component_id or one.component_id in (item.component_id, base))
    ]
    return sorted(found, key=lambda one: not one.component_id)


# What can be ticked -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One paper of the dossier, or one section of its form: what an officer ticks, and a notice names.

    `fingerprint` tells whether it has changed: of the files that were brought for it, or of the answers.
    """

    key: str
    component_id: str
    section_id: str
    name: str
    fingerprint: str
    documents: tuple[Document, ...] = ()
    required: bool = False


@in_vietnamese
def items_of(dossier: Dossier, documents: Iterable[Document] | None = None) -> list[Item]:
    """The papers that the dossier is to bring, as the procedure names them, then the sections of its form.

    Papers that the system prints from the form are not among them: what is wrong there is wrong in a section.
    Names are in Vietnamese: they are kept, and told. One query without `documents`, none with them (with files).
    """
    if documents is None:
        documents = dossier.documents.select_related("file")
    brought: dict[str, list[Document]] = {}
    for document in documents:
        brought.setdefault(document.component_id, []).append(document)
    asked = rules.asked_components(dossier.definition, dossier.answers, dossier.channel)
    papers = [
        Item(
            f"{_PAPER}{one.id}",
            one.id,
            "",
            one.name,
            _of_files(brought.get(one.id, [])),
            tuple(brought.get(one.id, [])),
            one.required,
        )
        for one in asked
        if not one.form
    ]
    shown = {section["id"]: section for section in printing.answer_rows(dossier)}
    sections = [
        Item(
            f"{_SECTION}{one.id}",
            "",
            one.id,
            _("Tờ khai: %(title)s") % {"title": one.title},
            _of_answers(dossier, [field.id for field in one.fields]),
        )
        for one in dossier.definition.form.sections
        if one.id in shown and (shown[one.id]["rows"] or shown[one.id]["tables"])
    ]
    return papers + sections


def _of_files(documents: Iterable[Document]) -> str:
    return _digest(sorted(f"{one.file.sha256} {one.valid_until or ''}" for one in documents))


def _of_answers(dossier: Dossier, fields: Collection[str]) -> str:
    return _digest({key: dossier.answers.get(key) for key in sorted(fields)})


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def item_key(given: Mapping[str, object], items: Iterable[Item]) -> str:
    """The key of what an entry of a request names; WHOLE_FORM for the form at large."""
    if given.get("item"):
        return str(given["item"])
    if given.get("component_id"):
        return f"{_PAPER}{given['component_id']}"
    if given.get("section_id"):
        return f"{_SECTION}{given['section_id']}"
    return next((one.key for one in items if one.section_id and one.name == given.get("name")), WHOLE_FORM)


def stage_of(dossier: Dossier) -> str:
    """At which check a dossier is."""
    return Stage.INTAKE if dossier.state == State.SUBMITTED or not dossier.accepted_at else Stage.APPRAISAL


# What stands ------------------------------------------------------------------------------------------------


def ticks(dossier: Dossier) -> dict[str, Verdict]:
    """The ticks of which nobody was told yet, by item (one query)."""
    return {one.item: one for one in dossier.verdicts.open().select_related("decided_by")}


def standing(dossier: Dossier, items: Iterable[Item]) -> dict[str, Verdict]:
    """What was told to be good before and has not changed since, by item (one query).

    The latest word counts: what was good, changed, and was told to be wrong then is not good any more.
    """
    now = {one.key: one.fingerprint for one in items}
    found: dict[str, Verdict] = {}
    for verdict in dossier.verdicts.told():
        found.pop(verdict.item, None)
        if verdict.good and now.get(verdict.item) == verdict.fingerprint:
            found[verdict.item] = verdict
    return found


def usable_overrides(dossier: Dossier, items: Iterable[Item]) -> dict[str, Override]:
    """The leader's signed reasons that may be used for what has not changed since, by item (one query)."""
    now = {one.key: one.fingerprint for one in items}
    return {
        one.item: one for one in dossier.overrides.usable() if now.get(one.item) == one.fingerprint
    }


def needs_override(
    keys: Collection[str], stands: Mapping[str, Verdict], items: Collection[Item]
) -> list[str]:
    """Which of what is to be told defective was told good before and has not changed; the form at large is so
    only when every section of it is."""
    wanted = [key for key in keys if key in stands]
    if WHOLE_FORM in keys:
        sections = [one.key for one in items if one.section_id]
        if sections and all(key in stands for key in sections):
            wanted += [key for key in sections if key not in wanted]
    return wanted

"""Everything that can happen to the catalogue."""

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.time import HANOI
from motcua.foundation.vietnamese import fold, sort_key
from motcua.procedures.definition import Definition, read_folder
from motcua.procedures.examples import run_examples
from motcua.procedures.models import CatalogueStamp, Procedure, ProcedureVersion, Sector, Synonym
from motcua.procedures.search import catalogue
from motcua.procedures.shape import Mistake

_EDITORS = {"controller", "administrator"}
_COUNT_MISS = """
INSERT INTO procedures_missedquery (text, day, times) VALUES (%s, %s, 1)
ON CONFLICT (text, day) DO UPDATE SET times = procedures_missedquery.times + 1
"""


class BadPackage(Refusal):
    """A folder that is not a procedure: `mistakes` says everything that is wrong."""

    def __init__(self, folder: Path, mistakes: Sequence[Mistake]) -> None:
        super().__init__(
            _("Gói thủ tục %(folder)s có %(count)d lỗi. Vui lòng sửa rồi nạp lại.")
            % {"folder": folder.name, "count": len(mistakes)}
        )
        self.mistakes = list(mistakes)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to; `is_new` is false when the content was there already."""

    version: ProcedureVersion
    is_new: bool


def import_folder(*, folder: Path, actor: Actor, at: datetime) -> Imported:
    """Make a procedure's folder its current version. Doing so again with the same content changes nothing.

    Raises BadPackage, which says every mistake, or NotAllowed.
    """
    definition, mistakes = read_folder(folder)
    if definition is not None:
        mistakes = run_examples(folder, definition)
    if definition is None or mistakes:
        raise BadPackage(folder, mistakes)
    return import_definition(definition=definition, actor=actor, at=at)


@transaction.atomic
def import_definition(*, definition: Definition, actor: Actor, at: datetime) -> Imported:
    """Make a checked definition the current version of its procedure. Raises NotAllowed."""
    _editor(actor)
    sector = _sector(definition)
    columns = _columns(definition, sector)
    Procedure.objects.get_or_create(number=definition.number, defaults=columns)
    procedure = (
        Procedure.objects.select_for_update(of=("self",))
        .select_related("current")
        .get(number=definition.number)
    )
    changed = {key: value for key, value in columns.items() if getattr(procedure, key) != value}
    current = procedure.current
    if current is not None and current.digest == definition.digest and not changed:
        return Imported(current, is_new=False)
    is_new = current is None or current.digest != definition.digest
    if current is None or is_new:
        current = ProcedureVersion.objects.create(
            procedure=procedure,
            version=procedure.versions.count() + 1,
            name=definition.name,
            digest=definition.digest,
            content=definition.to_json(),
            imported_at=at,
            valid_from=definition.record.validity.from_,
            valid_to=definition.record.validity.to,
        )
    Procedure.objects.filter(pk=procedure.pk).update(current=current, **columns)
    _catalogue_changed()
    if is_new:
        events.record(
            "procedure.imported",
            subject=f"procedure:{procedure.pk}",
            actor=actor,
            at=at,
            number=procedure.number,
            version=current.version,
            digest=current.digest,
        )
    return Imported(current, is_new)


def _sector(definition: Definition) -> Sector:
    named = definition.record.sector
    values = {"name": named.name, "name_key": sort_key(named.name)}
    sector, made = Sector.objects.get_or_create(code=named.code, defaults=values)
    if not made and sector.name != named.name:
        Sector.objects.filter(pk=sector.pk).update(**values)
    return sector


def _columns(definition: Definition, sector: Sector) -> dict[str, object]:
    """What lists and searches want to know of a procedure without opening its content."""
    record = definition.record
    return {
        "sector_id": sector.pk,
        "name": record.name,
        "short_name": record.short_name,
        "name_key": sort_key(record.name)[:4000],
        "kind": record.kind,
        "level": record.service_level,
        "agencies": sorted({*record.agencies.implementing, *record.agencies.delegated}),
        "subjects": list(record.subjects),
        "summary": record.summary,
        "search_words": fold(definition.search_text),
    }


def count_filing(*, procedure: Procedure) -> None:
    """Count one filed dossier, for "the most used procedures".

    The row stays locked until the commit: call it from a subscriber, not while submitting.
    """
    Procedure.objects.filter(pk=procedure.pk).update(times_filed=F("times_filed") + 1)


# Words that people use ----------------------------------------------------------------------------------------


@transaction.atomic
def set_synonym(*, term: str, replacements: Sequence[str], actor: Actor, at: datetime) -> Synonym:
    """Say what `term` means in searches, from now on. Raises NotAllowed, or Refusal when either is empty."""
    _editor(actor)
    term, meanings = _synonym_texts(term, replacements)
    synonym, made = Synonym.objects.update_or_create(
        term_key=fold(term), defaults={"term": term, "replacements": meanings, "is_removed": False}
    )
    _catalogue_changed()
    events.record(
        "synonym.added" if made else "synonym.changed",
        subject=f"synonym:{synonym.pk}", actor=actor, at=at, term=term, replacements=meanings,
    )  # fmt: skip
    return synonym


@transaction.atomic
def remove_synonym(*, synonym: Synonym, actor: Actor, at: datetime) -> None:
    """Forget a synonym, also when the list that comes with the catalogue has it. Raises NotAllowed."""
    _editor(actor)
    if Synonym.objects.in_use().filter(pk=synonym.pk).update(is_removed=True):
        _catalogue_changed()
        events.record(
            "synonym.removed", subject=f"synonym:{synonym.pk}", actor=actor, at=at, term=synonym.term
        )


@transaction.atomic
def seed_synonyms(*, path: Path, actor: Actor, at: datetime) -> int:
    """Add the synonyms of a YAML file (term: [meanings]) that were never there; return how many.

    What administrators changed or removed stays as they left it. Raises NotAllowed, or Refusal for another file.
    """
    _editor(actor)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise Refusal(_("Tệp %(file)s phải gồm các dòng «từ: [nghĩa]».") % {"file": path.name})
    rows = {}
    for term, meanings in content.items():
        texts = meanings if isinstance(meanings, list) else [meanings]
        name, replacements = _synonym_texts(str(term), [str(text) for text in texts])
        rows[fold(name)] = Synonym(term=name, term_key=fold(name), replacements=replacements)
    known = set(Synonym.objects.filter(term_key__in=rows).values_list("term_key", flat=True))
    added = [synonym for key, synonym in rows.items() if key not in known]
    Synonym.objects.bulk_create(added, ignore_conflicts=True)
    if added:
        _catalogue_changed()
        events.record("synonym.seeded", subject="synonym:all", actor=actor, at=at, count=len(added))
    return len(added)


def _synonym_texts(term: str, replacements: Sequence[str]) -> tuple[str, list[str]]:
    term = " ".join(unicodedata.normalize("NFC", term).split())[:100]
    meanings = [" ".join(unicodedata.normalize("NFC", text).split())[:200] for text in replacements]
    meanings = [text for text in dict.fromkeys(meanings) if fold(text) and fold(text) != fold(term)]
    if not fold(term) or not meanings:
        raise Refusal(_("Vui lòng nhập từ người dân dùng và ít nhất một cách gọi khác."))
    return term, meanings


def note_missed_query(*, text: str, at: datetime) -> None:
    """Count a search that found nothing, in one statement. Numbers of people are not kept."""
    text = fold(text)[:100]
    digits = sum(character.isdigit() for character in text)
    if len(text) < 2 or digits >= 8 or not text.isprintable():
        return
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_MISS, [text, at.astimezone(HANOI).date()])


def _editor(actor: Actor) -> None:
    if actor.kind != "system" and not any(role in _EDITORS for _agency, role in actor.roles):
        raise NotAllowed(
            _("Chỉ cán bộ kiểm soát thủ tục hành chính hoặc quản trị hệ thống được sửa danh mục.")
        )


def _catalogue_changed() -> None:
    """Tell every process, at the commit, that its index is old."""
    CatalogueStamp.objects.update_or_create(pk=1, defaults={"stamp": uuid.uuid4()})
    transaction.on_commit(catalogue.look_again)

"""Words that people use, and what they looked for in vain."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import yaml
from django.db import connection, transaction
from django.utils.translation import gettext as _

from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI
from motcua.foundation.vietnamese import fold
from motcua.procedures.models import Synonym
from motcua.procedures.operations.versions import catalogue_changed, check_editor

_COUNT_MISS = """
INSERT INTO procedures_missedquery (text, day, times) VALUES (%s, %s, 1)
ON CONFLICT (text, day) DO UPDATE SET times = procedures_missedquery.times + 1
"""


@transaction.atomic
def set_synonym(*, term: str, replacements: Sequence[str], actor: Actor, at: datetime) -> Synonym:
    """Say what `term` means in searches, from now on. Raises NotAllowed, or Refusal when either is empty."""
    check_editor(actor)
    term, meanings = _synonym_texts(term, replacements)
    synonym, made = Synonym.objects.update_or_create(
        term_key=fold(term), defaults={"term": term, "replacements": meanings, "is_removed": False}
    )
    catalogue_changed()
    events.record(
        "synonym.added" if made else "synonym.changed",
        subject=f"synonym:{synonym.pk}", actor=actor, at=at, term=term, replacements=meanings,
    )  # fmt: skip
    return synonym


@transaction.atomic
def remove_synonym(*, synonym: Synonym, actor: Actor, at: datetime) -> None:
    """Forget a synonym, also when the list that comes with the catalogue has it. Raises NotAllowed."""
    check_editor(actor)
    if Synonym.objects.in_use().filter(pk=synonym.pk).update(is_removed=True):
        catalogue_changed()
        events.record(
            "synonym.removed", subject=f"synonym:{synonym.pk}", actor=actor, at=at, term=synonym.term
        )


@transaction.atomic
def seed_synonyms(*, path: Path, actor: Actor, at: datetime) -> int:
    """Add the synonyms of a YAML file (term: [meanings]) that were never there; return how many.

    What administrators changed or removed stays as they left it. Raises NotAllowed, or Refusal for another file.
    """
    check_editor(actor)
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
        catalogue_changed()
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

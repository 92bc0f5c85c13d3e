"""Folders of reviewed text become current versions at once: they were reviewed where they were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI
from motcua.procedures.definition import Definition, read_folder
from motcua.procedures.examples import run_examples
from motcua.procedures.models import (
    Procedure,
    ProcedureVersion,
    Publication,
    PublicationKind,
    PublicationState,
)
from motcua.procedures.operations.files import keep_templates
from motcua.procedures.operations.versions import (
    catalogue_changed,
    check_editor,
    columns_of,
    lock_procedure,
    make_version,
    record_event,
)
from motcua.procedures.shape import Mistake


class BadPackage(Refusal):
    """A folder that is not a procedure: `mistakes` says everything that is wrong."""

    def __init__(self, name: str, mistakes: Sequence[Mistake]) -> None:
        super().__init__(
            _("Gói thủ tục %(folder)s có %(count)d lỗi. Vui lòng sửa rồi nạp lại.")
            % {"folder": name, "count": len(mistakes)}
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
        mistakes = run_examples(definition)
    if definition is None or mistakes:
        raise BadPackage(folder.name, mistakes)
    check_editor(actor)
    keep_templates(definition=definition, folder=folder, at=at)
    return import_definition(definition=definition, actor=actor, at=at)


@transaction.atomic
def import_definition(*, definition: Definition, actor: Actor, at: datetime) -> Imported:
    """Make a checked definition the current version of its procedure. Raises NotAllowed."""
    check_editor(actor)
    columns = columns_of(definition)
    found, _made = Procedure.objects.get_or_create(number=definition.number, defaults=columns)
    procedure = lock_procedure(found.pk)
    changed = {key: value for key, value in columns.items() if getattr(procedure, key) != value}
    current = procedure.current
    if current is not None and current.digest == definition.digest and not changed:
        return Imported(current, is_new=False)
    replaced, is_new = current, current is None or current.digest != definition.digest
    if current is None or is_new:
        current = make_version(procedure=procedure, definition=definition, at=at)
        Publication.objects.create(
            procedure=procedure,
            version=current,
            replaced=replaced,
            kind=PublicationKind.IMPORT,
            state=PublicationState.APPLIED,
            takes_effect_on=at.astimezone(HANOI).date(),
            proposed_by=actor.id,
            proposed_by_name=actor.name,
            proposed_at=at,
            applied_at=at,
        )
    Procedure.objects.filter(pk=procedure.pk).update(current=current, **columns)
    catalogue_changed()
    if is_new:
        record_event(
            "procedure.imported", procedure=procedure, actor=actor, at=at,
            version=current.version, digest=current.digest,
        )  # fmt: skip
    return Imported(current, is_new)


def waiting(procedure: Procedure) -> Publication | None:
    """The approved version that waits for its day and will replace the current one; the first when there are several."""
    scheduled = procedure.publications.filter(state=PublicationState.SCHEDULED).select_related("version", "procedure")
    return scheduled.order_by("takes_effect_on", "id").first()


def count_filing(*, procedure: Procedure) -> None:
    """Count one filed dossier, for "the most used procedures".

    The row stays locked until the commit: call it from a subscriber, not while submitting.
    """
    Procedure.objects.filter(pk=procedure.pk).update(times_filed=F("times_filed") + 1)

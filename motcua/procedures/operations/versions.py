"""What all ways of changing the catalogue share: who may, how a version is made, how it becomes the current one."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed
from motcua.foundation.vietnamese import fold, sort_key
from motcua.procedures.definition import Definition
from motcua.procedures.models import CatalogueStamp, Procedure, ProcedureVersion, Sector
from motcua.procedures.search import catalogue

_EDITORS = {"controller", "administrator"}


def check_editor(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may change the catalogue."""
    if actor.kind != "system" and not any(role in _EDITORS for _agency, role in actor.roles):
        raise NotAllowed(
            _("Chỉ cán bộ kiểm soát thủ tục hành chính hoặc quản trị hệ thống được sửa danh mục.")
        )


def lock_procedure(pk: int) -> Procedure:
    """The procedure's row with its current version, held until the end of the transaction."""
    return Procedure.objects.select_for_update(of=("self",)).select_related("current").get(pk=pk)


def make_version(*, procedure: Procedure, definition: Definition, at: datetime) -> ProcedureVersion:
    """Keep a checked definition as the next version of a locked procedure; it is not the current one yet."""
    return ProcedureVersion.objects.create(
        procedure=procedure,
        version=procedure.versions.count() + 1,
        name=definition.name,
        digest=definition.digest,
        content=definition.to_json(),
        imported_at=at,
        valid_from=definition.record.validity.from_,
        valid_to=definition.record.validity.to,
    )


def make_current(*, procedure: Procedure, version: ProcedureVersion) -> None:
    """Show a version of a locked procedure to everybody, from the commit on."""
    columns = columns_of(version.definition)
    Procedure.objects.filter(pk=procedure.pk).update(current=version, **columns)
    catalogue_changed()


def columns_of(definition: Definition) -> dict[str, object]:
    """What lists and searches want to know of a procedure without opening its content."""
    record = definition.record
    return {
        "sector_id": sector_of(record.sector.code, record.sector.name).pk,
        "name": record.name,
        "short_name": record.short_name,
        "name_key": sort_key(record.name)[:4000],
        "kind": record.kind,
        "level": record.service_level,
        "agencies": sorted({*record.agencies.implementing, *record.agencies.delegated}),
        "subjects": list(record.subjects),
        "summary": record.summary,
        "search_words": fold(definition.search_text),
        "unverified": len(record.unverified),
    }


def sector_of(code: str, name: str) -> Sector:
    """The sector of that code, under that name from now on."""
    values = {"name": name, "name_key": sort_key(name)}
    sector, made = Sector.objects.get_or_create(code=code, defaults=values)
    if not made and sector.name != name:
        Sector.objects.filter(pk=sector.pk).update(**values)
    return sector


def catalogue_changed() -> None:
    """Tell every process, at the commit, that its index is old."""
    CatalogueStamp.objects.update_or_create(pk=1, defaults={"stamp": uuid.uuid4()})
    transaction.on_commit(catalogue.look_again)


def record_event(
    type_: str, *, procedure: Procedure, actor: Actor, at: datetime, **data: object
) -> None:
    """Write what happened to a procedure into its history."""
    subject = f"procedure:{procedure.pk}"
    events.record(type_, subject=subject, actor=actor, at=at, number=procedure.number, **data)

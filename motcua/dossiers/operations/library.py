"""The library of reasons: added to, changed and retired by those who keep the catalogue."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Role
from motcua.dossiers import notices
from motcua.dossiers.models import StandardReason
from motcua.dossiers.models.notices import StandardReasonQuerySet
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.procedures.models import Procedure


@transaction.atomic
def keep_reason(
    *, reason: StandardReason | None = None, actor: Actor, at: datetime, **fields: Any
) -> StandardReason:
    """Add a reason to the library, or change one; `fields` are StandardReason's.

    Notices that were sent keep their words. Raises NotAllowed, or Refusal without words or basis, or for one that
    is there already.
    """
    _require_librarian(actor)
    text, basis = str(fields.pop("text", "")).strip(), str(fields.pop("basis", "")).strip()
    if not text:
        raise Refusal(_("Vui lòng nhập nội dung lý do."))
    if not basis:
        raise Refusal(_("Vui lòng nhập căn cứ pháp lý."))
    if fields.get("component_id") and not fields.get("procedure"):
        raise Refusal(_("Vui lòng chọn thủ tục của giấy tờ."))
    row = reason or StandardReason()
    for name, value in {**fields, "text": text, "basis": basis}.items():
        setattr(row, name, value)
    row.search = notices.searchable(text, basis)
    if _like(row).exists():
        raise Refusal(_("Lý do này đã có trong thư viện."))
    row.save()
    events.record(
        "reason.kept", subject=f"reason:{row.pk}", actor=actor, at=at, text=text, basis=basis, use=row.use
    )
    return row


@transaction.atomic
def retire_reason(*, reason: StandardReason, actor: Actor, at: datetime) -> None:
    """Offer a reason no more; what was sent with it stays. Raises NotAllowed."""
    _require_librarian(actor)
    if StandardReason.objects.active().filter(pk=reason.pk).update(retired_at=at):
        events.record("reason.retired", subject=f"reason:{reason.pk}", actor=actor, at=at, text=reason.text)


@transaction.atomic
def offer_again(*, reason: StandardReason, actor: Actor, at: datetime) -> None:
    """Offer a retired reason once more. Raises NotAllowed, or Refusal when one like it is offered already."""
    _require_librarian(actor)
    held = StandardReason.objects.select_for_update(of=("self",)).get(pk=reason.pk)
    if held.retired_at is None:
        return
    if _like(held).exists():
        raise Refusal(_("Lý do này đã có trong thư viện."))
    StandardReason.objects.filter(pk=held.pk).update(retired_at=None)
    events.record("reason.offered_again", subject=f"reason:{held.pk}", actor=actor, at=at, text=held.text)


def _like(row: StandardReason) -> StandardReasonQuerySet:
    """Other reasons in use that say the same of the same."""
    same = StandardReason.objects.active().filter(
        use=row.use, stage=row.stage, about=row.about, text=row.text, procedure=row.procedure,
        component_id=row.component_id, agency=row.agency,
    )  # fmt: skip
    return same.exclude(pk=row.pk)


def _require_librarian(actor: Actor) -> None:
    if actor.kind != "system" and not (actor.holds(Role.ADMINISTRATOR) or actor.holds(Role.CONTROLLER)):
        raise NotAllowed(_("Chỉ quản trị hệ thống và cán bộ kiểm soát thủ tục mới sửa được thư viện lý do."))


@transaction.atomic
def import_reasons(*, groups: list[dict[str, Any]], actor: Actor, at: datetime) -> tuple[int, int]:
    """Add reasons that are written as in procedures/reasons.yaml. Returns how many were added, and were there already.

    Nothing is changed or retired. A reason of a procedure that is not in the catalogue is left out.
    Raises Refusal for what may not be kept.
    """
    numbers = {str(one["procedure"]) for group in groups for one in [group, *group["reasons"]] if one.get("procedure")}
    procedures = {one.number: one for one in Procedure.objects.filter(number__in=numbers)}
    added = known = 0
    for group in groups:
        for one in group["reasons"]:
            fields = {"use": "", "stage": "", "about": "", "component": "", **group, **one}
            number = str(fields.get("procedure") or "")
            if number and number not in procedures:
                continue
            row = {
                "use": fields["use"],
                "stage": fields["stage"],
                "about": fields["about"],
                "component_id": fields["component"],
                "procedure": procedures.get(number),
                "text": str(fields["text"]).strip(),
            }
            if StandardReason.objects.filter(**row).exists():
                known += 1
                continue
            keep_reason(actor=actor, at=at, basis=fields["basis"], **row)
            added += 1
    return added, known

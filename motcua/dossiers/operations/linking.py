"""Dossiers that belong together: related ones, and the parts of a linked filing under their parent."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Role
from motcua.dossiers.models import Dossier, DossierLink
from motcua.dossiers.operations.moving import change, lock
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState

ARRANGED_BY = frozenset({Role.RECEIVER.value, Role.HEAD.value, Role.LEADER.value})  # which is part of which


@transaction.atomic
def link(*, dossier: Dossier, other: Dossier, note: str, actor: Actor, at: datetime) -> DossierLink:
    """Say that two dossiers have to do with each other; a second call changes nothing.

    Raises NotAllowed unless the officer sees both, or Refusal for a dossier and itself.
    """
    _require_sight(dossier, other, actor)
    if dossier.pk == other.pk:
        raise Refusal(_("Hồ sơ không liên kết được với chính nó. Vui lòng nhập mã hồ sơ khác."))
    first, second = sorted([dossier, other], key=lambda one: one.pk)
    found, made = DossierLink.objects.get_or_create(
        first=first, second=second, defaults={"note": note.strip()[:300], "linked_by": actor.name, "linked_at": at}
    )
    if made:
        for one, its_other in ((first, second), (second, first)):
            events.record(
                "dossier.linked", subject=one.subject, actor=actor, at=at, other=its_other.code, note=found.note
            )
    return found


@transaction.atomic
def unlink(*, dossier: Dossier, other: Dossier, actor: Actor, at: datetime) -> None:
    """Say that two dossiers have nothing to do with each other; a second call changes nothing. Raises NotAllowed."""
    _require_sight(dossier, other, actor)
    first, second = sorted([dossier, other], key=lambda one: one.pk)
    gone, _rows = DossierLink.objects.filter(first=first, second=second).delete()
    if gone:
        for one, its_other in ((first, second), (second, first)):
            events.record("dossier.unlinked", subject=one.subject, actor=actor, at=at, other=its_other.code)


@transaction.atomic
def attach_child(*, dossier: Dossier, child: Dossier, actor: Actor, at: datetime) -> Dossier:
    """Make a dossier a part of another one's linked filing: from then on the two count as one.

    Raises NotAllowed unless the officer sees both and arranges such filings, WrongState when one of them is part of
    a filing already, or Refusal for a dossier and itself.
    """
    _require_arranging(dossier, child, actor)
    if dossier.pk == child.pk:
        raise Refusal(_("Hồ sơ không liên kết được với chính nó. Vui lòng nhập mã hồ sơ khác."))
    held = {one.pk: one for one in (lock(each) for each in sorted([dossier, child], key=lambda each: each.pk))}
    parent, part = held[dossier.pk], held[child.pk]
    if part.parent_id == parent.pk:
        return part
    if part.parent_id is not None or parent.parent_id is not None or part.children.exists():
        raise WrongState(_("Một trong hai hồ sơ đã thuộc một hồ sơ liên thông khác nên không gắn thêm được."))
    events.record("dossier.child_attached", subject=parent.subject, actor=actor, at=at, other=part.code)
    return change(part, {"parent": parent}, "dossier.attached", actor, at, other=parent.code)


@transaction.atomic
def detach_child(*, child: Dossier, actor: Actor, at: datetime) -> Dossier:
    """Take a dossier out of a linked filing; it counts by itself again. A second call changes nothing. Raises NotAllowed."""
    part = lock(child)
    if part.parent_id is None:
        return part
    parent = Dossier.objects.get(pk=part.parent_id)
    _require_arranging(parent, part, actor)
    events.record("dossier.child_detached", subject=parent.subject, actor=actor, at=at, other=part.code)
    return change(part, {"parent": None}, "dossier.detached", actor, at, other=parent.code)


def may_arrange(dossier: Dossier, actor: Actor) -> bool:
    """Whether this officer says which dossiers are parts of a filing: a receiver, head or leader of its units."""
    units = {dossier.agency_id, dossier.reception_id}
    return any(agency_id in units and role in ARRANGED_BY for agency_id, role in actor.roles)


def _require_arranging(parent: Dossier, part: Dossier, actor: Actor) -> None:
    _require_sight(parent, part, actor)
    if not (may_arrange(parent, actor) and may_arrange(part, actor)):
        raise NotAllowed(_("Chỉ cán bộ tiếp nhận hoặc lãnh đạo của đơn vị mới gắn được hồ sơ liên thông."))


def _require_sight(dossier: Dossier, other: Dossier, actor: Actor) -> None:
    keys = {dossier.pk, other.pk}
    seen = Dossier.objects.visible_to(actor).filter(pk__in=keys).count()
    if actor.kind != "officer" or seen != len(keys):
        raise NotAllowed(_("Ông/Bà không có quyền thực hiện thao tác này đối với hồ sơ."))

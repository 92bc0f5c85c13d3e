"""Paper by paper, section by section: good, or defective and why; nobody is told yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import notices
from motcua.dossiers.models import Dossier, StandardReason, Verdict
from motcua.dossiers.notices import Item
from motcua.dossiers.operations.moving import lock
from motcua.dossiers.states import TRANSITIONS, State
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState


def may_tick(dossier: Dossier, actor: Actor) -> bool:
    """Whether this officer checks the dossier now: at the counter, or in its appraisal (at most one query)."""
    if dossier.state == State.SUBMITTED:
        return dossier.allows(TRANSITIONS["ask_supplement"], actor)
    if dossier.state != State.PROCESSING:
        return False
    return dossier.allows(TRANSITIONS["ask_supplement_in_appraisal"], actor) or appraises(dossier, actor)


def appraises(dossier: Dossier, actor: Actor) -> bool:
    return any(
        one.doable_by(actor) for one in dossier.tasks.all() if one.act == "appraise" and one.completed_at is None
    )


def require_ticking(dossier: Dossier, actor: Actor) -> None:
    if may_tick(dossier, actor):
        return
    if dossier.state not in (State.SUBMITTED, State.PROCESSING):
        raise WrongState(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên không kiểm tra được.") % {"state": dossier.get_state_display()}
        )
    raise NotAllowed(_("Ông/Bà không có quyền kiểm tra hồ sơ này."))


@dataclass(frozen=True, slots=True)
class Tick:
    """What is said of one paper or section, by its key."""

    item: str
    good: bool
    reason: str = ""
    basis: str = ""
    standard: StandardReason | None = None


def tick(
    *,
    dossier: Dossier,
    item: str,
    good: bool,
    reason: str = "",
    basis: str = "",
    standard: StandardReason | None = None,
    actor: Actor,
    at: datetime,
) -> Verdict:
    """Say of one paper or section that it is good, or defective and why. Raises as `tick_all` does."""
    said = Tick(item, good, reason, basis, standard)
    return tick_all(dossier=dossier, ticks=[said], actor=actor, at=at)[0]


@transaction.atomic
def tick_all(*, dossier: Dossier, ticks: Iterable[Tick], actor: Actor, at: datetime) -> list[Verdict]:
    """Keep all of these ticks, or none. They may be changed until somebody is told.

    A reason may still be lacking: it is kept as one goes. Raises NotAllowed, WrongState, or Refusal for what the
    dossier does not have.
    """
    dossier = lock(dossier)
    require_ticking(dossier, actor)
    items = {one.key: one for one in notices.items_of(dossier)}
    kept = []
    for said in ticks:
        if said.item not in items:
            raise Refusal(_("Hồ sơ không có giấy tờ hoặc nội dung này. Vui lòng tải lại trang."))
        kept.append(keep_tick(dossier, items[said.item], said.good, said.reason, said.basis, said.standard, actor, at))
    return kept


def keep_tick(
    dossier: Dossier, item: Item, good: bool, reason: str, basis: str, standard: StandardReason | None, actor: Actor, at: datetime
) -> Verdict:
    verdict, _created = Verdict.objects.open().update_or_create(
        dossier=dossier,
        item=item.key,
        told_at=None,
        defaults={
            "name": item.name,
            "stage": notices.stage_of(dossier),
            "good": good,
            "reason": "" if good else notices.worded(standard, reason),
            "basis": "" if good else basis.strip() or (standard.basis if standard else ""),
            "standard": None if good else standard,
            "fingerprint": item.fingerprint,
            "decided_at": at,
            "decided_by_id": actor.user_id,
            "decided_by_name": actor.name,
        },
    )
    return verdict


@transaction.atomic
def tick_the_rest(*, dossier: Dossier, actor: Actor, at: datetime) -> int:
    """Call everything good that is not ticked yet, or has changed since. Returns how many.

    Raises NotAllowed, or WrongState.
    """
    dossier = lock(dossier)
    require_ticking(dossier, actor)
    ticked = notices.ticks(dossier)
    rest = [
        one
        for one in notices.items_of(dossier)
        if one.key not in ticked or ticked[one.key].fingerprint != one.fingerprint
    ]
    for one in rest:
        keep_tick(dossier, one, True, "", "", None, actor, at)
    return len(rest)


def tell_at_acceptance(dossier: Dossier, at: datetime) -> None:
    """Let what was ticked good stand, as the dossier is accepted. Raises Refusal while something is ticked bad."""
    ticked = notices.ticks(dossier)
    if not ticked:
        return
    now = {one.key: one for one in notices.items_of(dossier)}
    bad = [one.name for key, one in ticked.items() if not one.good and key in now]
    if bad:
        raise Refusal(
            _("Đang đánh dấu chưa đạt: %(names)s. Vui lòng yêu cầu bổ sung, hoặc sửa lại đánh dấu.")
            % {"names": "; ".join(bad)}
        )
    fresh = [one.pk for key, one in ticked.items() if one.good and key in now and now[key].fingerprint == one.fingerprint]
    dossier.verdicts.open().filter(pk__in=fresh).update(told_at=at)
    dossier.verdicts.open().delete()

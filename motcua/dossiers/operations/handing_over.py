"""Papers and results go from unit to unit: a slip is made, given, and confirmed by who takes it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, Role
from motcua.dossiers import slips
from motcua.dossiers.models import Dossier, Handover, HandoverLine
from motcua.dossiers.operations.moving import lock
from motcua.dossiers.operations.numbering import numbered
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.shown import moment
from motcua.papers import operations as papers

SUFFIX = "PBG"  # how numbers of slips end
HANDS_OVER = frozenset(
    {Role.RECEIVER.value, Role.RETURNER.value, Role.HEAD.value, Role.APPRAISER.value, Role.LEADER.value, Role.CLERK.value}
)
_NOT_YET = frozenset({State.DRAFT, State.RETURNED, State.WITHDRAWN})


def hands_over_for(agency_id: int, actor: Actor) -> bool:
    """Whether this actor gives and takes papers in the name of the unit."""
    return any(actor.has_role(role, agency_id) for role in HANDS_OVER)


def units_of(dossier: Dossier) -> set[int]:
    """The units between which a dossier's papers go."""
    return {dossier.reception_id, dossier.agency_id, *dossier.also_seen_by}


def start_handover(
    *, giver: Agency, taker: Agency, content: str, note: str, actor: Actor, at: datetime
) -> Handover:
    """A slip that gathers dossiers. Raises NotAllowed, or Refusal when both sides are one unit."""
    if not hands_over_for(giver.pk, actor):
        raise NotAllowed(_("Ông/Bà không có quyền bàn giao hồ sơ của đơn vị này."))
    if giver.pk == taker.pk:
        raise Refusal(_("Vui lòng chọn đơn vị nhận khác với đơn vị giao."))
    if content not in Handover.Content.values:
        raise Refusal(_("Vui lòng chọn nội dung bàn giao."))
    return Handover.objects.create(
        giver=giver, taker=taker, content=content, note=note.strip(), made_by_id=int(actor.id), made_at=at
    )


@transaction.atomic
def put_on_slip(*, handover: Handover, dossier: Dossier, things: str = "", actor: Actor, at: datetime) -> HandoverLine:
    """Put a dossier on a slip that gathers.

    Raises NotAllowed, WrongState, or Refusal for a dossier that neither side has to do with, that is on its way
    already, or whose result is not there yet.
    """
    dossier = lock(dossier)
    slip = _held(handover)  # so that it is not given meanwhile without this line
    if not hands_over_for(slip.giver_id, actor):
        raise NotAllowed(_("Ông/Bà không có quyền bàn giao hồ sơ của đơn vị này."))
    if slip.state != Handover.State.GATHERING:
        raise WrongState(_("Phiếu bàn giao đã lập xong nên không thêm được hồ sơ."))
    if not {slip.giver_id, slip.taker_id} <= units_of(dossier):
        raise Refusal(
            _("Hồ sơ không thuộc việc giải quyết của %(giver)s và %(taker)s.")
            % {"giver": slip.giver.label, "taker": slip.taker.label}
        )
    if dossier.state in _NOT_YET:
        raise WrongState(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên không bàn giao được.") % {"state": dossier.get_state_display()}
        )
    if slip.content == Handover.Content.RESULTS and dossier.settled_at is None:
        raise Refusal(_("Hồ sơ chưa có kết quả để bàn giao."))
    under_way = dossier.handover_lines.filter(state=HandoverLine.State.UNDER_WAY).select_related("handover").first()
    if under_way is not None and under_way.handover_id != slip.pk:
        raise WrongState(
            _("Hồ sơ đang được bàn giao theo phiếu số %(number)s.") % {"number": under_way.handover.number or "…"}
        )
    line, _made = HandoverLine.objects.get_or_create(
        handover=slip, dossier=dossier, defaults={"things": (things.strip() or slips.things_of(dossier, slip.content))[:300]}
    )
    return line


@transaction.atomic
def give(*, handover: Handover, actor: Actor, at: datetime) -> Handover:
    """Give what the slip lists: it gets its number and its paper. A second call changes nothing.

    Raises NotAllowed, or Refusal for an empty slip.
    """
    slip = _held(handover)
    if slip.state != Handover.State.GATHERING:
        return slip
    if not hands_over_for(slip.giver_id, actor):
        raise NotAllowed(_("Ông/Bà không có quyền bàn giao hồ sơ của đơn vị này."))
    lines = _lines(slip)
    if not lines:
        raise Refusal(_("Phiếu bàn giao chưa có hồ sơ nào."))
    slip.number = numbered(slip.giver.code, at, SUFFIX)
    slip.state, slip.given_at, slip.given_by = Handover.State.SENT, at, actor.name
    slip.paper = _issue(slip, lines, actor, at)
    slip.save(update_fields=["number", "state", "given_at", "given_by", "paper"])
    for line in lines:
        _record("dossier.handed_over", slip, line, actor, at)
    return slip


@transaction.atomic
def hand_over(
    *,
    dossiers: Collection[Dossier],
    giver: Agency,
    taker: Agency,
    content: str,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> Handover:
    """Make and give a slip for these dossiers, all or none. Raises NotAllowed, WrongState or Refusal."""
    slip = start_handover(giver=giver, taker=taker, content=content, note=note, actor=actor, at=at)
    for dossier in sorted(dossiers, key=lambda one: one.pk):
        put_on_slip(handover=slip, dossier=dossier, actor=actor, at=at)
    return give(handover=slip, actor=actor, at=at)


@transaction.atomic
def take(*, handover: Handover, missing: Mapping[int, str], note: str = "", actor: Actor, at: datetime) -> Handover:
    """Confirm what came. `missing` names the lines that did not come whole, by key, and what is missing.

    Raises NotAllowed, WrongState when it was confirmed or called back already, or Refusal for a missing line
    without a word about what is missing.
    """
    slip = _held(handover)
    if not hands_over_for(slip.taker_id, actor):
        raise NotAllowed(_("Chỉ cán bộ của đơn vị nhận mới được xác nhận phiếu bàn giao."))
    if slip.state != Handover.State.SENT:
        raise WrongState(_who_took(slip))
    lines = _lines(slip)
    unknown = set(missing) - {line.pk for line in lines}
    if unknown:
        raise Refusal(_("Phiếu bàn giao đã thay đổi. Vui lòng tải lại trang."))
    if any(not words.strip() for words in missing.values()):
        raise Refusal(_("Vui lòng ghi rõ hồ sơ nào thiếu những gì."))
    for line in lines:
        lacks = missing.get(line.pk, "").strip()
        line.state = HandoverLine.State.MISSING if lacks else HandoverLine.State.RECEIVED
        line.note = lacks[:300]
        line.save(update_fields=["state", "note"])
        _record("dossier.handover_incomplete" if lacks else "dossier.handover_taken", slip, line, actor, at)
    slip.state = Handover.State.PARTLY if missing else Handover.State.RECEIVED
    slip.taken_at, slip.taken_by = at, actor.name
    if note.strip():
        slip.note = f"{slip.note} {note.strip()}".strip()[:500]
    slip.paper = _issue(slip, lines, actor, at)  # now with the names of both sides
    slip.save(update_fields=["state", "taken_at", "taken_by", "note", "paper"])
    return slip


@transaction.atomic
def cancel_handover(*, handover: Handover, actor: Actor, at: datetime) -> Handover:
    """Call a slip back before the other side has confirmed it. Raises NotAllowed or WrongState."""
    slip = _held(handover)
    if not hands_over_for(slip.giver_id, actor):
        raise NotAllowed(_("Chỉ cán bộ của đơn vị giao mới được hủy phiếu bàn giao."))
    if slip.state not in (Handover.State.SENT, Handover.State.GATHERING):
        raise WrongState(_who_took(slip))
    lines = _lines(slip)
    slip.lines.update(state=HandoverLine.State.CANCELLED)
    slip.state = Handover.State.CANCELLED
    slip.save(update_fields=["state"])
    if slip.paper:
        papers.revoke(paper=slip.paper, reason=_("Đơn vị giao đã hủy phiếu bàn giao."), actor=actor, at=at)
    for line in lines:
        _record("dossier.handover_cancelled", slip, line, actor, at)
    return slip


def _held(handover: Handover) -> Handover:
    return (
        Handover.objects.select_for_update(of=("self",))
        .select_related("giver__parent", "taker__parent", "paper")
        .get(pk=handover.pk)
    )


def _lines(slip: Handover) -> list[HandoverLine]:
    return list(
        slip.lines.select_related("dossier__procedure_version").defer(
            "dossier__answers", "dossier__search", "dossier__procedure_version__content"
        )
    )


def _who_took(slip: Handover) -> str:
    if slip.taken_at:
        return _("%(name)s đã xác nhận phiếu bàn giao lúc %(at)s.") % {"name": slip.taken_by, "at": moment(slip.taken_at)}
    if slip.state == Handover.State.CANCELLED:
        return _("Phiếu bàn giao đã được đơn vị giao hủy.")
    return _("Phiếu bàn giao chưa được giao.")


def _issue(slip: Handover, lines: list[HandoverLine], actor: Actor, at: datetime) -> Any:
    if slip.paper:
        papers.revoke(paper=slip.paper, reason=_("Đã có bản có xác nhận của bên nhận."), actor=actor, at=at)
    return papers.issue(
        kind="handover_slip",
        subject=slip.subject,
        number=slip.number,
        data=slips.handover_slip(slip, lines),
        actor=actor,
        at=at,
    )


def _record(event: str, slip: Handover, line: HandoverLine, actor: Actor, at: datetime) -> None:
    events.record(
        event,
        subject=line.dossier.subject,
        actor=actor,
        at=at,
        number=slip.number,
        giver=slip.giver.name,
        taker=slip.taker.name,
        content=slip.content,
        missing=line.note,
    )

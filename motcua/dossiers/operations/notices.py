"""One notice, all defects: asking for a supplement, refusing, and a leader's leave to ask twice."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from motcua.agencies.models import Role
from motcua.dossiers import deadlines, notices, printing
from motcua.dossiers.models import (
    Dossier,
    NoticeDraft,
    Override,
    StandardReason,
    SupplementRequest,
    Verdict,
)
from motcua.dossiers.models.notices import Stage
from motcua.dossiers.notices import Item
from motcua.dossiers.operations.endings import end_everything
from motcua.dossiers.operations.moving import check, lock, move
from motcua.dossiers.operations.numbering import numbered
from motcua.dossiers.operations.ticking import appraises, keep_tick, require_ticking
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.papers import operations as papers


class NeedsOverride(Refusal):
    """Something was told to be good before and has not changed: a leader must sign for asking again.

    `items` are what it is about.
    """

    def __init__(self, items: Sequence[Verdict]) -> None:
        self.items = list(items)
        super().__init__(
            _(
                "Đã đánh giá đạt trước đó và không thay đổi: %(names)s. Muốn yêu cầu lại, vui lòng đề nghị lãnh đạo "
                "cơ quan giải quyết cho phép bằng lý do có ký xác nhận."
            )
            % {"names": "; ".join(one.name for one in items)}
        )


# The notice -------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_supplement(
    *,
    dossier: Dossier,
    items: Sequence[Mapping[str, Any]],
    basis: str,
    note: str,
    actor: Actor,
    at: datetime,
    override_reason: str = "",
) -> Dossier:
    """Ask, once and for everything, for what is missing or wrong, and issue Mẫu 02.

    `items` are {"component_id" or "section_id", "name", "reason"} with, where they differ, a "basis" of their own and
    the key of the library's reason as "standard"; without component and section it is the form at large. What the
    notice does not name counts as good from then on. At intake no clock runs; in appraisal the clock pauses until
    the supplement comes, and a draft that waits for the head is sent by it.

    Raises NotAllowed, WrongState, Refusal without an item, a reason or a legal basis, or NeedsOverride for what was
    good and has not changed; a leader of the settling agency signs for that by `override_reason`, or beforehand.
    """
    dossier = lock(dossier)
    in_appraisal = dossier.state == State.PROCESSING
    name = "ask_supplement_in_appraisal" if in_appraisal else "ask_supplement"
    check(dossier, name, actor)
    if in_appraisal and dossier.tasks.open().filter(act="stamp").exists():
        raise WrongState(_("Kết quả đã được phê duyệt. Vui lòng trả lại bước trước nếu hồ sơ còn thiếu."))
    now = notices.items_of(dossier)
    asked = _whole(items, basis, now)
    if in_appraisal:
        _require_times_left(dossier)
    _require_all_told(dossier, asked, now)
    _use_overrides(dossier, asked, now, actor, at, override_reason)
    stage = Stage.APPRAISAL if in_appraisal else Stage.INTAKE
    request = SupplementRequest.objects.create(
        dossier=dossier,
        stage=stage,
        items=asked,
        basis=_bases(asked),
        note=note.strip(),
        requested_at=at,
        requested_by=actor.name,
        due_at=deadlines.supplement_due(dossier, at, stage),
    )
    _tell(dossier, request, asked, now, actor, at)
    drafted_by = _close_draft(dossier, actor, at, request)
    note_use(asked)
    changes = {"paused_at": at} if in_appraisal else {}
    dossier = move(
        dossier, name, actor, at, changes,
        items=asked, basis=request.basis, note=request.note, due_at=request.due_at.isoformat(), stage=stage.value,
        **({"drafted_by": drafted_by} if drafted_by else {}),
    )  # fmt: skip
    papers.issue(
        kind="supplement_request",
        subject=dossier.subject,
        number=numbered(dossier.reception.code, at, "HDHS"),
        data=printing.supplement_request(dossier, request),
        actor=actor,
        at=at,
    )
    return dossier


def _whole(items: Sequence[Mapping[str, Any]], basis: str, now: Sequence[Item]) -> list[dict[str, Any]]:
    """The entries as they are kept, each with its key, reason and basis. Raises Refusal for what is lacking."""
    if not items:
        raise Refusal(_("Vui lòng chọn ít nhất một giấy tờ hoặc nội dung cần bổ sung."))
    if not all(str(item.get("reason", "")).strip() for item in items):
        raise Refusal(_("Vui lòng nêu lý do cho từng giấy tờ cần bổ sung."))
    if not all(str(item.get("basis") or basis).strip() for item in items):
        raise Refusal(_("Vui lòng nêu căn cứ của yêu cầu bổ sung."))
    return [
        {
            "item": notices.item_key(item, now),
            "component_id": str(item.get("component_id", "")),
            "section_id": str(item.get("section_id", "")),
            "name": str(item["name"]),
            "reason": str(item["reason"]).strip(),
            "basis": str(item.get("basis") or basis).strip(),
            "standard": item.get("standard"),
        }
        for item in items
    ]


def _bases(asked: Iterable[Mapping[str, Any]]) -> str:
    return "; ".join(dict.fromkeys(one["basis"] for one in asked))


def _require_times_left(dossier: Dossier) -> None:
    most = dossier.definition.process.limits.supplement_times
    if dossier.supplements.filter(stage=Stage.APPRAISAL).count() >= most:
        raise Refusal(
            _("Đã yêu cầu bổ sung %(most)d lần khi thẩm định, không yêu cầu thêm được theo quy định của thủ tục.")
            % {"most": most}
        )


def _require_all_told(dossier: Dossier, asked: Sequence[Mapping[str, Any]], now: Sequence[Item]) -> None:
    """One notice names all: nothing that is ticked bad may be left out of it."""
    named, known = {one["item"] for one in asked}, {one.key for one in now}
    if notices.WHOLE_FORM in named:
        named |= {one.key for one in now if one.section_id}
    left = [one.name for key, one in notices.ticks(dossier).items() if not one.good and key in known - named]
    if left:
        raise Refusal(
            _("Chưa nêu trong yêu cầu: %(names)s. Vui lòng nêu đủ một lần, hoặc đánh dấu đạt.")
            % {"names": "; ".join(left)}
        )


def _use_overrides(
    dossier: Dossier, asked: Sequence[Mapping[str, Any]], now: Sequence[Item], actor: Actor, at: datetime, reason: str
) -> None:
    """Use a leader's signed reason for each thing that was good and has not changed. Raises NeedsOverride."""
    stands = notices.standing(dossier, now)
    wanted = notices.needs_override([one["item"] for one in asked], stands, now)
    if not wanted:
        return
    signed = notices.usable_overrides(dossier, now)
    missing = [key for key in wanted if key not in signed]
    if missing and reason.strip() and actor.has_role(Role.LEADER, dossier.agency_id):
        for key in missing:
            signed[key] = _override(dossier, stands[key], reason, actor, at)
            _decide(signed[key], granted=True, words=reason, actor=actor, at=at)
    elif missing:
        raise NeedsOverride([stands[key] for key in missing])
    for key in wanted:
        one = signed[key]
        one.used_at = at
        one.save(update_fields=["used_at"])
        events.record("dossier.override_used", subject=dossier.subject, actor=actor, at=at, item=one.name, leader=one.decided_by_name)


def _tell(
    dossier: Dossier,
    request: SupplementRequest | None,
    asked: Sequence[Mapping[str, Any]],
    now: Sequence[Item],
    actor: Actor,
    at: datetime,
) -> None:
    """Keep what the notice says: these defective, all else good."""
    ticked, items = notices.ticks(dossier), {one.key: one for one in now}
    stage = request.stage if request else notices.stage_of(dossier)
    dossier.verdicts.open().delete()
    common = {"dossier": dossier, "stage": stage, "told_at": at, "request": request}
    by = {"decided_at": at, "decided_by_id": actor.user_id, "decided_by_name": actor.name}
    known = set(StandardReason.objects.filter(pk__in=[one["standard"] for one in asked if one["standard"]]).values_list("pk", flat=True))
    told = [
        Verdict(
            item=one["item"],
            name=one["name"][:400],
            good=False,
            reason=one["reason"],
            basis=one["basis"][:500],
            standard_id=one["standard"] if one["standard"] in known else None,
            fingerprint=items[one["item"]].fingerprint if one["item"] in items else "",
            **by,
            **common,
        )
        for one in asked
    ]
    named = {one["item"] for one in asked}
    for key, item in items.items():
        if key in named:
            continue
        tick = ticked.get(key)
        fresh = tick is not None and tick.good and tick.fingerprint == item.fingerprint
        if not fresh and item.section_id and notices.WHOLE_FORM in named:
            continue
        who = {
            "decided_at": tick.decided_at, "decided_by_id": tick.decided_by_id, "decided_by_name": tick.decided_by_name
        } if fresh and tick else by  # fmt: skip
        told.append(
            Verdict(item=key, name=item.name, good=True, implied=not fresh, fingerprint=item.fingerprint, **who, **common)
        )
    Verdict.objects.bulk_create(told)


def note_use(reasons: Collection[Mapping[str, Any]]) -> None:
    """Count that reasons of the library were given; `reasons` hold their keys as "standard"."""
    for key in sorted({one["standard"] for one in reasons if one.get("standard")}):  # in one order: no deadlock
        StandardReason.objects.filter(pk=key).update(used=F("used") + 1)


# The appraiser's draft --------------------------------------------------------------------------------------


@transaction.atomic
def draft_supplement(
    *, dossier: Dossier, items: Sequence[Mapping[str, Any]], basis: str, note: str, actor: Actor, at: datetime
) -> NoticeDraft:
    """Write a request as the appraiser who handles the dossier, for the head or a leader to send or return.

    Drafting again replaces what still waits. Raises NotAllowed, WrongState, or Refusal as `ask_supplement` does;
    what needs a leader's leave must have it, or be sent by the leader.
    """
    dossier = lock(dossier)
    if dossier.state != State.PROCESSING:
        raise WrongState(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên không thực hiện được thao tác này.")
            % {"state": dossier.get_state_display()}
        )
    if not appraises(dossier, actor):
        raise NotAllowed(_("Chỉ người đang thẩm định hồ sơ mới trình được yêu cầu bổ sung."))
    now = notices.items_of(dossier)
    asked = _whole(items, basis, now)
    _require_times_left(dossier)
    _require_all_told(dossier, asked, now)
    by_key = {one.key: one for one in now}
    for one in asked:
        if one["item"] in by_key:
            standard = StandardReason.objects.filter(pk=one["standard"]).first() if one["standard"] else None
            keep_tick(dossier, by_key[one["item"]], False, one["reason"], one["basis"], standard, actor, at)
    dossier.notice_drafts.filter(closed_at=None).update(closed_at=at)
    draft = NoticeDraft.objects.create(
        dossier=dossier,
        items=asked,
        basis=_bases(asked),
        note=note.strip(),
        drafted_at=at,
        drafted_by_id=int(actor.id),
        drafted_by_name=actor.name,
    )
    events.record(
        "dossier.supplement_drafted", subject=dossier.subject, actor=actor, at=at, items=asked, basis=draft.basis
    )
    return draft


@transaction.atomic
def return_draft(*, dossier: Dossier, reason: str, actor: Actor, at: datetime) -> NoticeDraft:
    """Give the draft back to the appraiser, with a reason. Raises NotAllowed, WrongState, or Refusal without one."""
    dossier = lock(dossier)
    check(dossier, "ask_supplement_in_appraisal", actor)
    draft = dossier.notice_drafts.filter(closed_at=None).first()
    if draft is None:
        raise WrongState(_("Không có dự thảo yêu cầu bổ sung nào đang chờ duyệt."))
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do trả lại dự thảo."))
    draft.closed_at, draft.closed_by_name, draft.returned_because = at, actor.name, reason.strip()
    draft.save(update_fields=["closed_at", "closed_by_name", "returned_because"])
    events.record(
        "dossier.supplement_draft_returned", subject=dossier.subject, actor=actor, at=at, reason=reason.strip()
    )
    return draft


def _close_draft(dossier: Dossier, actor: Actor, at: datetime, request: SupplementRequest | None) -> str:
    """End the wait of a draft, sent as this request. Returns who wrote it, empty without one."""
    draft = dossier.notice_drafts.filter(closed_at=None).first()
    if draft is None:
        return ""
    draft.closed_at, draft.closed_by_name, draft.request = at, actor.name, request
    draft.save(update_fields=["closed_at", "closed_by_name", "request"])
    return draft.drafted_by_name


# Refusal ----------------------------------------------------------------------------------------------------


@transaction.atomic
def refuse(
    *,
    dossier: Dossier,
    reason: str,
    basis: str,
    advice: str,
    actor: Actor,
    at: datetime,
    items: Sequence[Mapping[str, Any]] = (),
    standard: StandardReason | None = None,
    override_reason: str = "",
    seen: str = "",
) -> Dossier:
    """Refuse to receive a dossier, in writing, with reason, basis and what to do (Mẫu 03).

    `items` are the defects that it is refused for, as in `ask_supplement`; without any the reason is about the
    dossier as a whole. Raises NotAllowed, WrongState, Refusal without a reason or a basis, or NeedsOverride for
    what was good and has not changed.
    """
    dossier = lock(dossier)
    check(dossier, "refuse", actor, seen=seen)
    if dossier.accepted_at:
        raise WrongState(_("Hồ sơ đã được tiếp nhận nên không từ chối tiếp nhận được."))
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do từ chối tiếp nhận."))
    if not basis.strip():
        raise Refusal(_("Vui lòng nêu căn cứ pháp lý của việc từ chối."))
    asked: list[dict[str, Any]] = []
    if items:
        now = notices.items_of(dossier)
        asked = _whole(items, basis, now)
        _use_overrides(dossier, asked, now, actor, at, override_reason)
        _tell(dossier, None, asked, now, actor, at)
    note_use([*asked, {"standard": standard.pk if standard else None}])
    end_everything(dossier, actor, at, at_counter=True)
    dossier = move(
        dossier, "refuse", actor, at, {},
        reason=reason.strip(), basis=basis.strip(), advice=advice.strip(), **({"items": asked} if asked else {}),
    )  # fmt: skip
    papers.issue(
        kind="refusal",
        subject=dossier.subject,
        number=numbered(dossier.reception.code, at, "TCHS"),
        data=printing.refusal(dossier, reason.strip(), basis.strip(), advice.strip(), actor.name, asked),
        actor=actor,
        at=at,
    )
    return dossier


# A leader's leave -------------------------------------------------------------------------------------------


def _override(dossier: Dossier, stands: Verdict, reason: str, actor: Actor, at: datetime) -> Override:
    return Override.objects.create(
        dossier=dossier,
        item=stands.item,
        name=stands.name,
        fingerprint=stands.fingerprint,
        agency_id=dossier.agency_id,
        reason=reason.strip(),
        asked_at=at,
        asked_by_id=int(actor.id),
        asked_by_name=actor.name,
    )


@transaction.atomic
def ask_override(
    *, dossier: Dossier, items: Collection[str], reason: str, actor: Actor, at: datetime
) -> list[Override]:
    """Ask the leader of the settling agency for leave to find fault with what was good and has not changed.

    `items` are keys. Raises NotAllowed, WrongState, or Refusal without a reason or when none of them needs it.
    """
    dossier = lock(dossier)
    require_ticking(dossier, actor)
    if not reason.strip():
        raise Refusal(_("Vui lòng nêu lý do đề nghị lãnh đạo cho phép yêu cầu lại."))
    now = notices.items_of(dossier)
    stands, signed = notices.standing(dossier, now), notices.usable_overrides(dossier, now)
    waiting = set(dossier.overrides.open().values_list("item", flat=True))
    wanted = [key for key in notices.needs_override(items, stands, now) if key not in signed and key not in waiting]
    if not wanted:
        raise Refusal(_("Không có mục nào cần lãnh đạo cho phép, hoặc đề nghị đã được gửi."))
    asked = [_override(dossier, stands[key], reason, actor, at) for key in wanted]
    events.record(
        "dossier.override_asked", subject=dossier.subject, actor=actor, at=at,
        names="; ".join(one.name for one in asked), reason=reason.strip(),
    )  # fmt: skip
    return asked


@transaction.atomic
def decide_override(*, override: Override, granted: bool, words: str, actor: Actor, at: datetime) -> Override:
    """Sign for, or decline, finding fault with what was good before; with the leader's own reason.

    Raises NotAllowed unless this is a leader of the settling agency, WrongState when it was decided, or Refusal
    without words.
    """
    dossier = lock(Dossier(pk=override.dossier_id))
    override = Override.objects.select_for_update().get(pk=override.pk)
    if not actor.has_role(Role.LEADER, override.agency_id):
        raise NotAllowed(_("Chỉ lãnh đạo cơ quan giải quyết mới quyết định được đề nghị này."))
    if override.decided_at:
        raise WrongState(
            _("%(name)s đã quyết định đề nghị này.") % {"name": override.decided_by_name}
        )
    if not words.strip():
        raise Refusal(_("Vui lòng nêu lý do của quyết định."))
    _decide(override, granted=granted, words=words, actor=actor, at=at)
    events.record(
        "dossier.override_granted" if granted else "dossier.override_declined",
        subject=dossier.subject, actor=actor, at=at, item=override.name, reason=words.strip(),
    )  # fmt: skip
    return override


def _decide(override: Override, *, granted: bool, words: str, actor: Actor, at: datetime) -> None:
    override.granted, override.words, override.decided_at = granted, words.strip(), at
    override.decided_by_id, override.decided_by_name = actor.user_id, actor.name
    override.save(update_fields=["granted", "words", "decided_at", "decided_by", "decided_by_name"])

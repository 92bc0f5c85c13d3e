"""Who is away, and who does his tasks meanwhile."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Absence, Officer, Role
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import HANOI
from motcua.foundation.vietnamese import day

LONGEST = timedelta(days=366)
_ABOVE_HEADS = frozenset({Role.LEADER.value, Role.CONTROLLER.value})


def may_arrange(user_id: int, actor: Actor) -> bool:
    """Whether this actor says when that officer is away (at most one query)."""
    return user_id in arranged_by(actor, [user_id])


def arranged_by(actor: Actor, user_ids: Collection[int]) -> set[int]:
    """Those of these officers of whom this actor says when they are away (at most one query).

    Everybody of himself, administrators of all; others of those whom they lead. A deputy gets every role of who is
    away, so that is who leads him wherever he works: a leader of the unit, or a head where he is neither leader nor
    controller. Roles that are lent arrange nothing.
    """
    if actor.kind == "system" or (actor.kind == "officer" and actor.holds(Role.ADMINISTRATOR)):
        return set(user_ids)
    if actor.kind != "officer":
        return set()
    offices = Officer.objects.filter(user_id__in=user_ids).exclude(role=Role.ADMINISTRATOR)
    led: dict[int, bool] = {}
    for user_id, agency_id, role in offices.values_list("user_id", "agency_id", "role"):
        led[user_id] = led.get(user_id, True) and _leads(actor, agency_id, role)
    return {user_id for user_id in user_ids if user_id == actor.user_id or led.get(user_id, False)}


def _leads(actor: Actor, agency_id: int, role: str) -> bool:
    own = actor.own_roles
    return (agency_id, Role.LEADER.value) in own or ((agency_id, Role.HEAD.value) in own and role not in _ABOVE_HEADS)


@transaction.atomic
def declare_absence(
    *,
    user: AbstractBaseUser,
    deputy: AbstractBaseUser,
    first_day: date,
    last_day: date,
    note: str,
    actor: Actor,
    at: datetime,
) -> Absence:
    """Say that an officer is away from one day to another, both included, and who does his tasks.

    Raises NotAllowed, also to who makes himself the deputy and is no leader, or Refusal for days that are over or the
    wrong way round, for a deputy who does not work in one of the officer's units, and for days on which he is away
    already.
    """
    if not may_arrange(user.pk, actor):
        raise NotAllowed(_("Ông/Bà không có quyền đăng ký vắng mặt cho cán bộ này."))
    today = at.astimezone(HANOI).date()
    if last_day < first_day:
        raise Refusal(_("Ngày kết thúc phải từ ngày bắt đầu trở đi."))
    if last_day < today:
        raise Refusal(_("Thời gian vắng mặt đã qua. Vui lòng chọn ngày khác."))
    if last_day - first_day > LONGEST:
        raise Refusal(_("Thời gian vắng mặt quá dài. Vui lòng đăng ký tối đa một năm."))
    if deputy.pk == user.pk:
        raise Refusal(_("Người làm thay phải là một cán bộ khác."))
    if actor.user_id == deputy.pk and not any(role == Role.LEADER for _agency, role in actor.own_roles):
        raise NotAllowed(_("Ông/Bà không tự nhận làm thay người khác. Vui lòng đề nghị người đó hoặc lãnh đạo đăng ký."))
    units = Officer.objects.filter(user_id=user.pk).values("agency_id")
    if not Officer.objects.filter(user_id=deputy.pk, agency_id__in=units, user__is_active=True).exists():
        raise Refusal(_("Người làm thay phải là cán bộ đang làm việc trong cùng đơn vị."))
    starts_at = datetime.combine(first_day, time(), HANOI)
    ends_at = datetime.combine(last_day + timedelta(days=1), time(), HANOI)
    type(user)._default_manager.select_for_update().get(pk=user.pk)  # one after another, for the same person
    overlap = Absence.objects.filter(user_id=user.pk, starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    if overlap is not None:
        raise Refusal(
            _("Đã đăng ký vắng mặt từ %(first)s đến %(last)s. Vui lòng kết thúc lần đăng ký đó hoặc chọn ngày khác.")
            % {"first": _day(overlap.starts_at), "last": _day(overlap.ends_at - timedelta(seconds=1))}
        )
    absence = Absence.objects.create(
        user_id=user.pk,
        deputy_id=deputy.pk,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note.strip(),
        declared_by=actor.name,
        declared_at=at,
    )
    events.record(
        "absence.declared",
        subject=f"user:{user.pk}",
        actor=actor,
        at=at,
        deputy=deputy.pk,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
        note=absence.note,
    )
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, actor: Actor, at: datetime) -> None:
    """Back earlier, or not going at all: the deputy's time ends now. Raises NotAllowed or WrongState."""
    held = Absence.objects.select_for_update().filter(pk=absence.pk).first()
    if not may_arrange(absence.user_id, actor):
        raise NotAllowed(_("Ông/Bà không có quyền thay đổi thời gian vắng mặt của cán bộ này."))
    if held is None or held.ends_at <= at:
        raise WrongState(_("Thời gian vắng mặt này đã kết thúc."))
    if held.starts_at < at:
        held.ends_at = at
        held.save(update_fields=["ends_at"])
    else:
        held.delete()
    events.record("absence.ended", subject=f"user:{held.user_id}", actor=actor, at=at, deputy=held.deputy_id)


def _day(moment: datetime) -> str:
    return day(moment.astimezone(HANOI).date())

"""Setting up the place, its agencies and who works there."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, CalendarVersion, Officer, Place, Role, WorkingCalendar
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.working_calendar import Calendar


def require_administrator(actor: Actor) -> None:
    if actor.kind != "system" and not actor.holds(Role.ADMINISTRATOR):
        raise NotAllowed(_("Chỉ quản trị hệ thống mới được thay đổi thông tin này."))


@transaction.atomic
def set_place(*, values: dict[str, Any], actor: Actor, at: datetime) -> Place:
    """Say which province this is: names, code, emblem, hotlines. Raises NotAllowed."""
    require_administrator(actor)
    place, _made = Place.objects.update_or_create(pk=1, defaults=values)
    events.record("place.changed", subject="place:1", actor=actor, at=at, **values)
    return place


@transaction.atomic
def write_calendar(*, name: str, content: Calendar, actor: Actor, at: datetime) -> WorkingCalendar:
    """Keep a calendar under its name; a change raises its version. Raises NotAllowed."""
    require_administrator(actor)
    plain = {key: value for key, value in content.to_json().items() if key not in ("name", "version")}
    row, made = WorkingCalendar.objects.select_for_update().get_or_create(
        name=name, defaults={"content": plain}
    )
    changed = not made and row.content != plain
    if changed:
        _keep_version(row, actor.name, at)  # of a calendar that is older than the history
        row.content, row.version = plain, row.version + 1
        row.save(update_fields=["content", "version"])
    if made or changed:
        _keep_version(row, actor.name, at)
        events.record(
            "calendar.changed", subject=f"calendar:{row.pk}", actor=actor, at=at, version=row.version
        )
    return row


def _keep_version(row: WorkingCalendar, name: str, at: datetime) -> None:
    CalendarVersion.objects.get_or_create(
        working_calendar=row,
        version=row.version,
        defaults={"content": row.content, "kept_at": at, "kept_by": name},
    )


@transaction.atomic
def write_agency(
    *,
    code: str,
    values: dict[str, Any],
    parent: Agency | None,
    calendar: WorkingCalendar,
    actor: Actor,
    at: datetime,
) -> Agency:
    """Make or change the agency with this code. Raises NotAllowed."""
    require_administrator(actor)
    agency, _made = Agency.objects.update_or_create(
        code=code, defaults={**values, "parent": parent, "calendar": calendar}
    )
    events.record("agency.changed", subject=f"agency:{agency.pk}", actor=actor, at=at, code=code)
    return agency


@transaction.atomic
def appoint(
    *, user: AbstractBaseUser, agency: Agency, role: Role, title: str, actor: Actor, at: datetime
) -> Officer:
    """Give a person a role in an agency. Raises NotAllowed."""
    require_administrator(actor)
    officer, _made = Officer.objects.update_or_create(
        user_id=user.pk, agency=agency, role=role, defaults={"title": title}
    )
    events.record(
        "officer.appointed",
        subject=f"user:{user.pk}",
        actor=actor,
        at=at,
        agency=agency.code,
        role=role.value,
    )
    return officer


@transaction.atomic
def dismiss(*, officer: Officer, actor: Actor, at: datetime) -> None:
    """End a person's role in an agency; a second call changes nothing.

    Raises NotAllowed, or Refusal when nobody else would be left to administer.
    """
    require_administrator(actor)
    if officer.role == Role.ADMINISTRATOR:
        administrators = Officer.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
        others = (
            administrators.select_for_update(of=("self",)).order_by("id").values_list("user_id", flat=True)
        )
        if not set(others) - {officer.user_id}:
            raise Refusal(
                _(
                    "Đây là quản trị hệ thống duy nhất. Vui lòng bổ nhiệm người khác trước khi kết thúc vai trò này."
                )
            )
    deleted, _rows = Officer.objects.filter(pk=officer.pk).delete()
    if deleted:
        events.record(
            "officer.dismissed",
            subject=f"user:{officer.user_id}",
            actor=actor,
            at=at,
            agency=officer.agency.code,
            role=officer.role,
        )

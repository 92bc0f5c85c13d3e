"""Setting up the place, its agencies and who works there."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.accounts.models import User
from motcua.agencies.models import Agency, Officer, Place, Role, WorkingCalendar
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed
from motcua.foundation.working_calendar import Calendar


def _require_administrator(actor: Actor) -> None:
    if actor.kind != "system" and not any(role == Role.ADMINISTRATOR for _agency, role in actor.roles):
        raise NotAllowed(_("Chỉ quản trị hệ thống mới được thay đổi thông tin này."))


@transaction.atomic
def set_place(*, values: dict[str, Any], actor: Actor, at: datetime) -> Place:
    """Say which province this is: names, code, emblem, hotlines. Raises NotAllowed."""
    _require_administrator(actor)
    place, _made = Place.objects.update_or_create(pk=1, defaults=values)
    events.record("place.changed", subject="place:1", actor=actor, at=at, **values)
    return place


@transaction.atomic
def write_calendar(*, name: str, content: Calendar, actor: Actor, at: datetime) -> WorkingCalendar:
    """Keep a calendar under its name; a change raises its version. Raises NotAllowed."""
    _require_administrator(actor)
    plain = {key: value for key, value in content.to_json().items() if key not in ("name", "version")}
    row, made = WorkingCalendar.objects.select_for_update().get_or_create(name=name, defaults={"content": plain})
    if not made and row.content != plain:
        row.content, row.version = plain, row.version + 1
        row.save(update_fields=["content", "version"])
    if made or row.version > 1:
        events.record("calendar.changed", subject=f"calendar:{row.pk}", actor=actor, at=at, version=row.version)
    return row


@transaction.atomic
def write_agency(
    *, code: str, values: dict[str, Any], parent: Agency | None, calendar: WorkingCalendar, actor: Actor, at: datetime
) -> Agency:
    """Make or change the agency with this code. Raises NotAllowed."""
    _require_administrator(actor)
    agency, _made = Agency.objects.update_or_create(
        code=code, defaults={**values, "parent": parent, "calendar": calendar}
    )
    events.record("agency.changed", subject=f"agency:{agency.pk}", actor=actor, at=at, code=code)
    return agency


@transaction.atomic
def appoint(*, user: User, agency: Agency, role: Role, title: str, actor: Actor, at: datetime) -> Officer:
    """Give a person a role in an agency. Raises NotAllowed."""
    _require_administrator(actor)
    officer, _made = Officer.objects.update_or_create(
        user=user, agency=agency, role=role, defaults={"title": title}
    )
    events.record(
        "officer.appointed", subject=f"user:{user.pk}", actor=actor, at=at, agency=agency.code, role=role.value
    )
    return officer

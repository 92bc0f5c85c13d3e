"""The dates of open dossiers, counted anew after a change of a calendar: one dossier, one act, one event."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from motcua.agencies.models import CalendarChange, WorkingCalendar
from motcua.dossiers import recounting
from motcua.dossiers.models import Consultation, Dossier, SupplementRequest, Task
from motcua.dossiers.operations.moving import change as change_row
from motcua.dossiers.operations.moving import lock
from motcua.dossiers.recounting import Move
from motcua.dossiers.story import PROMISED
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed

_COLUMNS = {"settlement": "due_at", "intake": "intake_due_at", "payment": "payment_due_at"}
_ROWS: dict[str, QuerySet[Any]] = {
    "step": Task.objects.all(),
    "consultation": Consultation.objects.all(),
    "supplement": SupplementRequest.objects.all(),
}


@transaction.atomic
def move_dates(*, dossier: Dossier, change: CalendarChange, actor: Actor, at: datetime) -> list[Move]:
    """Count the running dates of a dossier by the calendar that a kept change made; returns those that moved.

    A date only moves later, and with an event of old and new date. Safe to call again: what has moved stays. Raises
    NotAllowed for anybody but the system, in whose name the administrator has it done.
    """
    if actor.kind != "system":
        raise NotAllowed(_("Hạn của hồ sơ chỉ được tính lại cùng với thay đổi lịch làm việc."))
    lock(dossier)
    current = next(iter(recounting.read(Dossier.objects.filter(pk=dossier.pk))))
    calendar = WorkingCalendar.objects.get(pk=change.working_calendar_id).calendar  # the newest, whatever came since
    later, _earlier = recounting.moves(current, recounting.units_of(change), calendar, at)
    if not later:
        return []
    columns = {_COLUMNS[one.basis.kind]: one.due_at for one in later if one.basis.kind in _COLUMNS}
    for one in later:
        if one.basis.kind in _ROWS:
            _ROWS[one.basis.kind].filter(pk=one.basis.key).update(due_at=one.due_at)
    first = next((one for one in later if one.basis.kind in PROMISED), None)
    told = {"old_due_at": first.basis.due_at.isoformat(), "due_at": first.due_at.isoformat()} if first else {}
    change_row(
        current, columns, "dossier.due_moved", actor, at,
        moves=[one.to_json() for one in later], calendar=calendar.name, version=calendar.version, change=change.pk, **told,
    )  # fmt: skip
    return later


def note_preview(*, change: CalendarChange, revision: int, preview: dict[str, Any] | None) -> None:
    """Keep what a revision of an open change would move; None while it is being worked out."""
    CalendarChange.objects.filter(pk=change.pk, revision=revision).update(preview=preview, preview_revision=revision)


def begin_recount(*, change: CalendarChange, at: datetime) -> None:
    """Say how many dossiers there are to look at; they are looked at by the job."""
    CalendarChange.objects.filter(pk=change.pk, done_at=None, last_dossier=0).update(
        to_look_at=recounting.concerned(change).count()
    )


@transaction.atomic
def recount_next(*, change: CalendarChange, actor: Actor, at: datetime) -> bool:
    """Count the next dossier of a kept change anew, together with how far it has come; False when none is left.

    A job that is killed goes on after the last dossier that is done.
    """
    held = CalendarChange.objects.select_for_update(of=("self",)).select_related("working_calendar").get(pk=change.pk)
    if held.kept_at is None or held.done_at is not None:
        return False
    following = recounting.concerned(held).filter(pk__gt=held.last_dossier).only("pk").first()
    if following is None:
        held.done_at = at
        held.save(update_fields=["done_at"])
        subject = f"calendar:{held.working_calendar_id}"
        events.record("calendar.dates_moved", subject=subject, actor=actor, at=at, change=held.pk, moved=held.moved)
        return False
    held.last_dossier = following.pk
    held.looked_at += 1
    held.moved += bool(move_dates(dossier=following, change=held, actor=actor, at=at))
    held.save(update_fields=["last_dossier", "looked_at", "moved"])
    return True

"""What takes too long for a page: looking at all open dossiers under a changed calendar, and moving their dates."""

import logging
from datetime import datetime

from django.db import transaction

from motcua.agencies.models import CalendarChange
from motcua.dossiers import recounting
from motcua.dossiers.operations import recounting as operations
from motcua.foundation.actor import Actor
from motcua.foundation.jobs import job
from motcua.foundation.time import now

logger = logging.getLogger(__name__)

AT_ONCE = 100  # dossiers that a page can wait for


def look(change: CalendarChange) -> None:
    """See what an open change would move: at once when there are few dossiers, else in the background."""
    if change.preview_revision == change.revision:
        return  # known, or being worked out
    if recounting.concerned(change)[: AT_ONCE + 1].count() > AT_ONCE:
        with transaction.atomic():
            operations.note_preview(change=change, revision=change.revision, preview=None)
            look_at.defer(change_id=change.pk, revision=change.revision)
    else:
        look_at(change.pk, change.revision)


@job(retries=2)
def look_at(change_id: int, revision: int) -> None:
    """Work out and keep what an open change would move; one that was edited meanwhile is let be."""
    change = CalendarChange.objects.select_related("working_calendar").filter(pk=change_id).first()
    if change is None or not change.is_open or change.revision != revision:
        return
    operations.note_preview(change=change, revision=revision, preview=recounting.preview(change, now()).to_json())


@job(retries=8, priority=-2)
def recount(change_id: int) -> None:
    """Move the dates of all dossiers that a kept change concerns, one after the other; goes on where it was ended."""
    change = CalendarChange.objects.select_related("working_calendar").get(pk=change_id)
    operations.begin_recount(change=change, at=now())
    while operations.recount_next(change=change, actor=Actor.system("recount"), at=_at(change)):
        pass


def _at(change: CalendarChange) -> datetime:
    """Now, or when the change was kept where that is later: stories may be told ahead of the clock."""
    return max(now(), change.kept_at) if change.kept_at else now()

"""Officers tell each other something about a dossier, and see who else is at it."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from motcua.accounts.models import User
from motcua.agencies.models import Officer
from motcua.dossiers.models import Dossier, Mention, Note, Presence, Task
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal

LONGEST = 4000  # letters of a note
PRESENT = timedelta(minutes=3)  # after the page was last seen; it says so every minute
_FORGOTTEN = timedelta(days=1)
_PRESENT = """
    INSERT INTO dossiers_presence (dossier_id, user_id, seen_at) VALUES (%s, %s, %s)
    ON CONFLICT (dossier_id, user_id) DO UPDATE SET seen_at = greatest(dossiers_presence.seen_at, excluded.seen_at)
"""


def colleagues(dossier: Dossier) -> QuerySet[User]:
    """The officers of the units that work on a dossier, by name: who reads its notes and may be named there."""
    units = [dossier.agency_id, dossier.reception_id, *dossier.also_seen_by]
    there = Officer.objects.filter(agency_id__in=units).values("user_id")
    found = User.objects.filter(kind=User.Kind.OFFICER, is_active=True, pk__in=there)
    return found.only("full_name").order_by("sort_key", "pk")


def named_in(text: str, people: Iterable[User]) -> list[User]:
    """Those whose full name follows an @ in the text; of names that begin alike the longest counts."""
    by_name: dict[str, list[User]] = {}
    for user in people:
        by_name.setdefault(user.full_name, []).append(user)
    found = []
    for name in sorted(by_name, key=len, reverse=True):
        text, times = re.subn(rf"@{re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE)
        found += by_name[name] if times else []
    return found


@transaction.atomic
def write_note(
    *, dossier: Dossier, text: str, mentioned: Iterable[int] = (), actor: Actor, at: datetime
) -> Note:
    """Keep a note of an officer beside a dossier, and name in it whom he means: by @, or by their keys.

    Raises NotAllowed for who does not see the dossier as an officer, or Refusal for a note without words or one that
    names somebody of another unit.
    """
    _require_sight(dossier, actor)
    text = text.strip()
    if not text:
        raise Refusal(_("Vui lòng nhập nội dung ghi chú."))
    if len(text) > LONGEST:
        raise Refusal(_("Ghi chú quá dài. Vui lòng nhập tối đa %(n)d ký tự.") % {"n": LONGEST})
    people = list(colleagues(dossier))
    keys = set(mentioned)
    if keys - {one.pk for one in people}:
        raise Refusal(_("Chỉ nhắc được cán bộ của các đơn vị đang cùng giải quyết hồ sơ này."))
    named = [one for one in people if one.pk in keys] + [one for one in named_in(text, people) if one.pk not in keys]
    note = Note.objects.create(dossier=dossier, author_id=int(actor.id), text=text, written_at=at)
    Mention.objects.bulk_create([Mention(note=note, user=one) for one in named if str(one.pk) != actor.id])
    events.record(
        "dossier.noted", subject=dossier.subject, actor=actor, at=at, note=note.pk,
        mentioned=[one.pk for one in named],
    )  # fmt: skip
    return note


@transaction.atomic
def take_back_note(*, note: Note, actor: Actor, at: datetime) -> Note:
    """Hide a note that its author no longer stands by; a second call changes nothing. Raises NotAllowed."""
    note = Note.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=note.pk)
    if actor.kind != "officer" or note.author_id != actor.user_id:
        raise NotAllowed(_("Chỉ người viết mới thu hồi được ghi chú."))
    if note.taken_back_at is None:
        note.taken_back_at = at
        note.save(update_fields=["taken_back_at"])
        events.record("dossier.note_taken_back", subject=note.dossier.subject, actor=actor, at=at, note=note.pk)
    return note


def read_mentions(*, dossier: Dossier, actor: Actor, at: datetime) -> int:
    """Note that an officer has the notes of a dossier before him; returns how many that name him were new."""
    return Mention.objects.of(actor).unread().filter(note__dossier=dossier).update(read_at=at)


def note_presence(*, dossier: Dossier, actor: Actor, at: datetime) -> None:
    """Note that an officer has the page of a dossier before him."""
    if actor.kind == "officer":
        with connection.cursor() as cursor:
            cursor.execute(_PRESENT, [dossier.pk, actor.user_id, at])


def present(*, dossier: Dossier, actor: Actor, at: datetime) -> list[User]:
    """The others who have the page of a dossier before them, or had a moment ago, by name (one query).

    Each `handles` it who has one of its open steps.
    """
    seen = Presence.objects.filter(dossier=dossier, seen_at__gt=at - PRESENT).exclude(user_id=int(actor.id))
    steps = Task.objects.open().filter(dossier=dossier, assignee=OuterRef("pk"))
    others = User.objects.filter(pk__in=seen.values("user_id")).annotate(handles=Exists(steps))
    return list(others.order_by("-handles", "sort_key", "pk")[:10])


def forget_presence(*, at: datetime) -> None:
    """Drop what is known of who was where a day ago."""
    Presence.objects.filter(seen_at__lt=at - _FORGOTTEN).delete()


def _require_sight(dossier: Dossier, actor: Actor) -> None:
    if actor.kind != "officer" or not Dossier.objects.visible_to(actor).filter(pk=dossier.pk).exists():
        raise NotAllowed(_("Ông/Bà không có quyền thực hiện thao tác này đối với hồ sơ."))


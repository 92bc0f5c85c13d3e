"""How officers look at their lists: what they have seen, and the filters that they keep."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Agency
from motcua.dossiers.models import Dossier, SavedView, Seen, StartView
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal

MOST_VIEWS = 50  # of one officer


def note_seen(*, dossier: Dossier, actor: Actor, at: datetime) -> None:
    """Remember that an officer has seen a dossier as it is at `at`; of others nothing is kept."""
    if actor.kind != "officer":
        return
    Seen.objects.bulk_create(
        [Seen(user_id=int(actor.id), dossier=dossier, seen_at=at)],
        update_conflicts=True,
        unique_fields=["user", "dossier"],
        update_fields=["seen_at"],
    )


@transaction.atomic
def save_view(
    *,
    name: str,
    words: Mapping[str, str],
    columns: list[str],
    shared_with: Agency | None,
    actor: Actor,
    at: datetime,
) -> SavedView:
    """Keep a list under a name; one's own view of that name is replaced.

    Raises NotAllowed for a unit in which the officer does not work, and Refusal without a name or for too many.
    """
    name = " ".join(name.split())
    if actor.kind != "officer" or (shared_with is not None and shared_with.pk not in actor.agency_ids):
        raise NotAllowed(_("Ông/Bà chỉ chia sẻ được bộ lọc với đơn vị của mình."))
    if not name:
        raise Refusal(_("Vui lòng đặt tên cho bộ lọc."))
    if len(name) > SavedView._meta.get_field("name").max_length:  # type: ignore[operator]
        raise Refusal(_("Tên bộ lọc dài quá 80 ký tự. Vui lòng đặt tên ngắn hơn."))
    own = SavedView.objects.filter(user_id=int(actor.id))
    if not own.filter(name=name).exists() and own.count() >= MOST_VIEWS:
        raise Refusal(_("Ông/Bà đã lưu %(most)d bộ lọc. Vui lòng xóa bớt trước khi lưu thêm.") % {"most": MOST_VIEWS})
    kept, _created = SavedView.objects.update_or_create(
        user_id=int(actor.id),
        name=name,
        defaults={"words": dict(words), "columns": columns, "shared_with": shared_with, "saved_at": at},
    )
    return kept


@transaction.atomic
def drop_view(*, view: SavedView, actor: Actor) -> None:
    """Delete one's own saved view, for everybody with whom it is shared. Raises NotAllowed."""
    if view.user_id != actor.user_id:
        raise NotAllowed(_("Chỉ người đã lưu bộ lọc mới xóa được."))
    view.delete()


@transaction.atomic
def begin_with(*, view: SavedView | None, actor: Actor) -> None:
    """Let an officer's inbox open with a view, or with his tasks again. Raises NotAllowed for a view of others."""
    if view is None:
        StartView.objects.filter(user_id=int(actor.id)).delete()
        return
    if not SavedView.objects.usable_by(actor).filter(pk=view.pk).exists():
        raise NotAllowed(_("Bộ lọc này không được chia sẻ với Ông/Bà."))
    StartView.objects.update_or_create(user_id=int(actor.id), defaults={"view": view})

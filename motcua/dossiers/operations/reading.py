"""Who looked at personal data, many dossiers at once."""

from collections.abc import Iterable
from datetime import datetime

from motcua.dossiers.models import Dossier, Reading
from motcua.foundation.actor import Actor

_AT_ONCE = 2000


def note_reading(*, dossier: Dossier, purpose: str, actor: Actor, at: datetime) -> None:
    """Log that somebody else than its owner looked at the personal data of a dossier."""
    note_readings(dossiers=[dossier], purpose=purpose, actor=actor, at=at)


def note_readings(*, dossiers: Iterable[Dossier], purpose: str, actor: Actor, at: datetime) -> None:
    """Log that somebody else than their owners looked at the personal data of these dossiers, in a list or a file.

    Raises ValueError for a purpose that nobody could read to the citizen.
    """
    Reading.Purpose(purpose)
    Reading.objects.bulk_create(
        (
            Reading(dossier_id=dossier.pk, actor_id=actor.id, actor_name=actor.name, purpose=purpose, read_at=at)
            for dossier in dossiers
            if actor.id != str(dossier.applicant_id)
        ),
        batch_size=_AT_ONCE,
    )

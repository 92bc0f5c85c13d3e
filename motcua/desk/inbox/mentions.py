"""Dossiers in whose notes an officer is named."""

from typing import Any

from django.db.models import QuerySet

from motcua.dossiers.models import Mention
from motcua.foundation.actor import Actor


def mentioned(actor: Actor) -> QuerySet[Any]:
    """The keys of the dossiers with a note that names this officer."""
    return Mention.objects.of(actor).values("note__dossier_id")

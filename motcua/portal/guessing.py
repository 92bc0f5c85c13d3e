"""Limits against guessing: every try is counted before it is judged, so that tries sent at once count too."""

import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries within `seconds`, counted for each key by itself."""

    name: str
    most: int
    seconds: int

    def allows(self, key: str) -> bool:
        """Count one try. The count starts anew `seconds` after its first try."""
        name = self._name(key)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            tries, until = cache.get(name, (0, time.time() + self.seconds))
            if tries < self.most:
                cache.set(name, (tries + 1, until), max(1, until - time.time()))
            return tries < self.most

    def forget(self, key: str) -> None:
        """After a right answer: who knows it does not guess."""
        cache.delete(self._name(key))

    def _name(self, key: str) -> str:
        return f"tries:{self.name}:{key}"


def address_of(request: HttpRequest) -> str:
    """The address that a request came from. Raises PermissionDenied when nothing says it."""
    return str(get_adapter().get_client_ip(request))

"""Limits on guessing: how often something may be tried within a window that begins with the first try.

One statement counts, so that two at once are two; the table is not logged, so that counting never waits
for the disk. After a crash of the database server all windows begin anew.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from motcua.accounts.models import Attempts

_COUNT = f"""
INSERT INTO {Attempts._meta.db_table} AS kept (key, count, until) VALUES (%(key)s, 1, %(end)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.until <= %(at)s THEN 1 ELSE kept.count + 1 END,
    until = CASE WHEN kept.until <= %(at)s THEN excluded.until ELSE kept.until END
RETURNING count, until
"""  # noqa: S608 - nothing from outside is put into the text


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` tries within `seconds`. Who tries is `subject`: an address, a login."""

    name: str
    amount: int
    seconds: int

    def count(self, subject: str, *, at: datetime) -> datetime | None:
        """Count one try. Return None when it is allowed, else when tries are allowed again."""
        end = at + timedelta(seconds=self.seconds)
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"key": self._key(subject), "end": end, "at": at})
            count, until = cursor.fetchone()
        return until if count > self.amount else None

    def blocked_until(self, subject: str, *, at: datetime) -> datetime | None:
        """Return when the next try is allowed, None when it is now. Counts nothing."""
        full = Attempts.objects.filter(key=self._key(subject), until__gt=at, count__gte=self.amount)
        return full.values_list("until", flat=True).first()

    def forget(self, subject: str) -> None:
        Attempts.objects.filter(key=self._key(subject)).delete()

    def _key(self, subject: str) -> str:
        """What is stored: nobody can read from it who tried."""
        return hashlib.sha256(f"{self.name}:{subject}".encode()).hexdigest()


WRONG_PASSWORDS = Limit("wrong password", amount=5, seconds=300)  # by login
WRONG_PINS = Limit("wrong pin", amount=5, seconds=300)  # of keys to sign with, by officer


def logins() -> Limit:
    """By network address, right or wrong."""
    return Limit("login", amount=settings.LOGINS_PER_MINUTE, seconds=60)


def network_of(address: str) -> str:
    """The address itself, of IPv6 the /64 around it: one customer has all of that."""
    try:
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.IPv6Network(f"{address}/64", strict=False).network_address)
    except ValueError:
        pass
    return address


def forget_expired(*, at: datetime) -> int:
    """Delete the windows that are over; return how many."""
    return Attempts.objects.filter(until__lte=at).delete()[0]

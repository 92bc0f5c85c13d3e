"""Numbers without gaps, and secrets that are easy to read out."""

import secrets

from django.db import connection

_NEXT = """
INSERT INTO foundation_counter (scope, last) VALUES (%s, 1)
ON CONFLICT (scope) DO UPDATE SET last = foundation_counter.last + 1
RETURNING last
"""


def next_number(scope: str) -> int:
    """The next number under this name, from 1, without gaps.

    Call it late in a transaction: the counter stays locked until the commit, and
    a rollback gives the number back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [scope])
        return int(cursor.fetchone()[0])


def secret(digits: int) -> str:
    """That many random decimal digits."""
    return "".join(secrets.choice("0123456789") for _ in range(digits))

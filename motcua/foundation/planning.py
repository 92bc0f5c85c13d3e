"""How the database plans what is asked of large tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def planned_for_its_values() -> Iterator[None]:
    """Have each statement planned for its own values, for as long as this lasts.

    A prepared statement is planned once for all values after some uses. For sums over a unit of thousands among units of
    few that plan is bad: at a million dossiers a board took ten times as long by it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        yield

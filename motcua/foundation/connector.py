"""How a worker speaks to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from procrastinate.contrib.django import app


@contextmanager
def for_worker() -> Iterator[None]:
    """Fetch jobs through a pool of connections, as a worker must, and let the jobs defer through Django's own.

    The library would defer through the pool too: outside the job's transaction, so that its job could begin
    before the commit, and would be left behind by a rollback.
    """
    own: Any = app.connector
    pool = own.get_worker_connector()
    pool.get_sync_connector = lambda: own  # what is called without await is called by a job
    with app.replace_connector(pool):
        yield

"""What a job defers belongs to the job's transaction, as everywhere."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.foundation.connector import for_worker

pytestmark = pytest.mark.django_db(transaction=True)


@app.task(name="tests.deferred_by_a_job")
def deferred() -> None:
    """A job that does nothing."""


class Undone(Exception):
    pass


def in_a_worker(act):
    """What `act` returns, called as a job is: in a thread, while the worker's connector is in use."""

    def job():
        try:
            return act()
        finally:
            connection.close()

    async def work():
        async with app.open_async():
            return await sync_to_async(job, thread_sensitive=False)()

    with for_worker():
        return async_to_sync(work)()


def test_nobody_sees_a_job_before_the_commit_of_the_job_that_deferred_it():
    def act():
        with transaction.atomic():
            deferred.defer()
            others = connection.copy()
            with others.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM procrastinate_jobs")
                seen = cursor.fetchone()[0]
            others.close()
            return seen

    before = ProcrastinateJob.objects.count()  # the library's tables are not emptied between tests
    assert in_a_worker(act) == before
    assert ProcrastinateJob.objects.count() == before + 1


def test_a_rollback_takes_the_deferred_job_along():
    def act():
        with transaction.atomic():
            deferred.defer()
            raise Undone

    before = ProcrastinateJob.objects.count()
    with pytest.raises(Undone):
        in_a_worker(act)
    assert ProcrastinateJob.objects.count() == before

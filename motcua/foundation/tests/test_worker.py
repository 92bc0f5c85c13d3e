"""Jobs that a dead worker had begun."""

import itertools
from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from motcua.foundation.jobs import Growing
from motcua.foundation.management.commands import worker

pytestmark = pytest.mark.django_db(transaction=True)


@app.task(name="tests.nothing")
def nothing() -> None:
    """A job that does nothing."""


def begun_by(worker_id, **configuration):
    """A job that a worker has begun; without a worker, by one that is dead and forgotten."""
    job_id = app.configure_task("tests.nothing", **configuration).defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
        if worker_id:
            cursor.execute("UPDATE procrastinate_jobs SET worker_id = %s WHERE id = %s", [worker_id, job_id])
    return job_id


def worker_silent_for(seconds):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [seconds],
        )
        return cursor.fetchone()[0]


def rescue():
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]

        async def once():
            async with app.open_async():
                return await worker.rescue()

        return async_to_sync(once)()


def status(job_id):
    return ProcrastinateJob.objects.values_list("status", flat=True).filter(pk=job_id).first()


def test_a_job_of_a_silent_worker_waits_again():
    job_id = begun_by(worker_silent_for(31))

    assert rescue() == 1
    assert status(job_id) == "todo"


def test_a_job_of_a_forgotten_worker_waits_again():
    job_id = begun_by(None)

    assert rescue() == 1
    assert status(job_id) == "todo"


def test_a_job_of_a_living_worker_is_left_alone():
    job_id = begun_by(worker_silent_for(20))

    assert rescue() == 0
    assert status(job_id) == "doing"


def test_a_job_whose_successor_waits_already_makes_way_for_it():
    dead = begun_by(None, lock="hourly", queueing_lock="hourly")
    successor = app.configure_task("tests.nothing", lock="hourly", queueing_lock="hourly").defer()

    rescue()

    assert status(dead) is None
    assert status(successor) == "todo"


def test_a_failing_job_is_tried_with_growing_pauses_but_never_lies_for_months():
    def pauses():
        for attempts in itertools.count():
            job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
            decision = Growing(12).get_retry_decision(exception=ValueError(), job=job)
            if decision is None:
                return
            yield (decision.retry_at - datetime.now(UTC)).total_seconds()

    found = [round(pause) for pause in pauses()]
    assert found[:4] == [4, 16, 64, 256]
    assert len(found) == 12
    assert sum(found) < 2 * 24 * 3600

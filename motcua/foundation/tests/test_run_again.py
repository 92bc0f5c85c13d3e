"""A job that failed for good runs again when an administrator says so."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.foundation import operations
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, WrongState
from motcua.foundation.models import Event
from motcua.foundation.time import now

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor("officer", "1", "Y Thảo", frozenset({(1, "administrator")}))
RECEIVER = Actor("officer", "2", "Trần Thị Bình", frozenset({(1, "receiver")}))


@app.task(name="tests.fails")
def fails() -> None:
    """A job that would fail."""


def failed_job(**configuration):
    job_id = app.configure_task("tests.fails", **configuration).defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job_id])
    return job_id


def status(job_id):
    return ProcrastinateJob.objects.values_list("status", flat=True).get(pk=job_id)


def test_a_failed_job_waits_again():
    job_id = failed_job()
    operations.run_job_again(job_id=job_id, actor=ADMINISTRATOR, at=now())
    assert status(job_id) == "todo"
    assert [event.type for event in Event.objects.about(f"job:{job_id}")] == ["job.retried"]


def test_a_job_that_waits_already_is_left_alone():
    job_id = failed_job()
    operations.run_job_again(job_id=job_id, actor=ADMINISTRATOR, at=now())
    with pytest.raises(WrongState):
        operations.run_job_again(job_id=job_id, actor=ADMINISTRATOR, at=now())
    with pytest.raises(WrongState):
        operations.run_job_again(job_id=job_id + 1, actor=ADMINISTRATOR, at=now())


def test_a_job_by_the_clock_does_not_wait_twice():
    job_id = failed_job(queueing_lock="tests.fails")
    app.configure_task("tests.fails", queueing_lock="tests.fails").defer()
    with pytest.raises(WrongState):
        operations.run_job_again(job_id=job_id, actor=ADMINISTRATOR, at=now())
    assert status(job_id) == "failed"


def test_only_an_administrator_runs_a_job_again():
    job_id = failed_job()
    with pytest.raises(NotAllowed):
        operations.run_job_again(job_id=job_id, actor=RECEIVER, at=now())
    assert status(job_id) == "failed"

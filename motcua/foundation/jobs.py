"""Background jobs: deferred inside the operation's transaction, they vanish when it rolls back."""

from collections.abc import Callable
from typing import Any, ParamSpec

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from procrastinate.tasks import Task

P = ParamSpec("P")
LONGEST_PAUSE = 6 * 3600  # seconds between two tries


class Growing(BaseRetryStrategy):
    """Try again after 4, 16, 64 … seconds, never after more than six hours; give up after `retries`."""

    def __init__(self, retries: int) -> None:
        self.retries = retries

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= self.retries:
            return None
        return RetryDecision(retry_in={"seconds": min(4 ** (job.attempts + 1), LONGEST_PAUSE)})


def job(
    *, queue: str = "default", retries: int = 5, priority: int = 0
) -> Callable[[Callable[P, Any]], "Task[P, Any, P]"]:
    """Make the function a job; it is tried again with growing pauses, `retries` times.

    Jobs of a higher `priority` go first: what can wait has a negative one.
    """

    def make(function: Callable[P, Any]) -> "Task[P, Any, P]":
        name = f"{function.__module__}.{function.__qualname__}"
        return app.task(name=name, queue=queue, retry=Growing(retries), priority=priority)(function)

    return make


def periodic(cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run the function by the clock (five cron fields), at most one at a time."""

    def make(function: Callable[[], None]) -> Callable[[], None]:
        name = f"{function.__module__}.{function.__qualname__}"

        def run(timestamp: int) -> None:
            function()

        task = app.task(name=name, queue="default", queueing_lock=name, lock=name)(run)
        app.periodic(cron=cron)(task)
        return function

    return make

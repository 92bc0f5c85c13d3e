"""The process that runs the background jobs."""

import asyncio
import logging
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from motcua.foundation.connector import for_worker

logger = logging.getLogger(__name__)

_RESCUE_SECONDS = 15
_SILENT_SECONDS = 30  # a worker without a sign of life for so long is dead


class Command(BaseCommand):
    help = "Run the background jobs: mails, papers, deliveries, what the clock starts. Ends after the current jobs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="Jobs at the same time (4).")
        parser.add_argument("--nice", type=int, default=0, help="Give way to pages, 0 to 19 (0).")
        parser.add_argument("--once", action="store_true", help="End when no job is waiting.")

    def handle(self, *, concurrency: int, nice: int, once: bool, **options: Any) -> None:
        os.nice(nice)
        with for_worker():
            asyncio.run(_work(concurrency=concurrency, once=once))


async def _work(*, concurrency: int, once: bool) -> None:
    async with app.open_async():
        rescue = asyncio.create_task(_rescue_for_ever())
        try:
            await app.run_worker_async(
                name=f"worker-{os.getpid()}",
                concurrency=concurrency,
                wait=not once,
                delete_jobs="successful",
                stalled_worker_timeout=_SILENT_SECONDS,
                shutdown_graceful_timeout=20,
            )
        finally:
            rescue.cancel()


async def _rescue_for_ever() -> None:
    """Give back the jobs that dead workers had begun, again and again: the library leaves that to us."""
    while True:
        try:
            await rescue()
        except ConnectorException:  # the database is away; the worker itself says so
            logger.warning("Jobs of dead workers could not be looked for.", exc_info=True)
        await asyncio.sleep(_RESCUE_SECONDS)


async def rescue(*, silent_seconds: float = _SILENT_SECONDS) -> int:
    """Make the jobs of dead workers wait again, and return how many. Jobs are idempotent: twice is no harm."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds))
    for job in stalled:
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:  # its successor waits already, and until this one is out of the way
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
    return len(stalled)

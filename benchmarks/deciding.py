"""A process in which four officers decide at once: they accept what was submitted, and appraise what waits for it.

    python -m benchmarks.deciding 0|1

Takes every other dossier, says "ready", waits for a line, decides, and writes the moments of its first and last act and
how many decisions there were.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
django.setup()

from django.db import connection  # noqa: E402

from motcua.accounts.middleware import actor_of  # noqa: E402
from motcua.accounts.models import User  # noqa: E402
from motcua.dossiers import operations  # noqa: E402
from motcua.dossiers.models import Consultation, Dossier, Task  # noqa: E402
from motcua.dossiers.states import State  # noqa: E402
from motcua.foundation.actor import Actor  # noqa: E402
from motcua.foundation.errors import Refusal  # noqa: E402
from motcua.foundation.time import now  # noqa: E402

EACH = 200  # decisions of a process
THREADS = 4
Decision = Callable[[], object]


def main() -> None:
    decisions, lock = _decisions(int(sys.argv[1])), threading.Lock()
    ready, go = threading.Barrier(THREADS + 1), threading.Event()
    failures: list[BaseException] = []
    done = [0] * THREADS

    def decide(place: int) -> None:
        try:
            with lock:
                first = next(decisions)
            with suppress(Refusal):
                first()  # connects, parses
            ready.wait()
            go.wait()
            while sum(done) < EACH:
                with lock:
                    following = next(decisions, None)
                if following is None:
                    break
                try:
                    following()
                except Refusal:  # somebody's rule: the page would not have offered it
                    continue
                done[place] += 1
        except BaseException as problem:
            failures.append(problem)
            ready.abort()
            raise
        finally:
            connection.close()

    workers = [threading.Thread(target=decide, args=[place]) for place in range(THREADS)]
    for worker in workers:
        worker.start()
    ready.wait()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    go.set()
    for worker in workers:
        worker.join()
    print(began, time.monotonic(), sum(done), flush=True)
    sys.exit(1 if failures else 0)


def _decisions(place: int) -> Iterator[Decision]:
    """In turns: an acceptance, an appraisal."""
    receiver = actor_of(User.objects.get(email="tiepnhan@motcua.example"))
    submitted = Dossier.objects.filter(state=State.SUBMITTED, reception__code="H34.01", withdrawal_requested_at=None)
    appraisals = (
        Task.objects.open()
        .filter(act="appraise", dossier__state=State.PROCESSING, assignee__isnull=False)
        .exclude(pk__in=Consultation.objects.open().values("task"))
    )
    accept = [one for one in submitted.order_by("pk").values_list("pk", flat=True)[: 4 * EACH] if one % 2 == place]
    appraise = [one for one in appraisals.select_related("assignee").order_by("pk")[: 4 * EACH] if one.pk % 2 == place]
    actors: dict[int, Actor] = {}
    for accepted, task in zip(accept, appraise, strict=False):
        assignee = task.assignee
        assert assignee is not None
        if assignee.pk not in actors:
            actors[assignee.pk] = actor_of(assignee)
        yield _accepting(accepted, receiver)
        yield _appraising(task, actors[assignee.pk])


def _accepting(dossier: int, actor: Actor) -> Decision:
    return lambda: operations.accept(dossier=Dossier(pk=dossier), actor=actor, at=now())


def _appraising(task: Task, actor: Actor) -> Decision:
    def appraise() -> object:
        dossier = Dossier.objects.select_related("procedure_version").get(pk=task.dossier_id)
        outcome = dossier.definition.step(task.step_id).outcomes[0].id
        return operations.appraise(
            dossier=dossier, outcome=outcome, conclusion="Hồ sơ đầy đủ, hợp lệ.", actor=actor, at=now(), seen=task.pk
        )

    return appraise


if __name__ == "__main__":
    main()

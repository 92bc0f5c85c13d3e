"""A process that files prepared drafts through the submit operation, with several threads at once.

    python -m benchmarks.submitting FIRST COUNT THREADS

Says "ready", waits for a line, files COUNT drafts from number FIRST on, writes the moments (monotonic seconds) of
its first and last act.
"""

import os
import sys
import threading
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
django.setup()

from django.db import connection  # noqa: E402

from motcua.accounts.middleware import actor_of  # noqa: E402
from motcua.dossiers import operations  # noqa: E402
from motcua.dossiers.models import Dossier  # noqa: E402
from motcua.foundation.time import now  # noqa: E402


def main() -> None:
    first, count, threads = map(int, sys.argv[1:])
    drafts = iter(range(first + threads, first + count))
    applicant = Dossier.objects.select_related("applicant").get(pk=first).applicant
    actor, lock = actor_of(applicant), threading.Lock()
    ready, go = threading.Barrier(threads + 1), threading.Event()
    failures: list[BaseException] = []

    def file(place: int) -> None:
        try:
            operations.submit(dossier=Dossier(pk=first + place), actor=actor, at=now())  # parses, connects
            ready.wait()
            go.wait()
            while True:
                with lock:
                    number = next(drafts, None)
                if number is None:
                    break
                operations.submit(dossier=Dossier(pk=number), actor=actor, at=now())
        except BaseException as problem:
            failures.append(problem)
            ready.abort()
            raise
        finally:
            connection.close()

    workers = [threading.Thread(target=file, args=[place]) for place in range(threads)]
    for worker in workers:
        worker.start()
    ready.wait()
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu = time.monotonic(), time.process_time()
    go.set()
    for worker in workers:
        worker.join()
    print(began, time.monotonic(), time.process_time() - cpu, count - threads, flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

"""`motcua doctor`: what is wrong with this installation, in plain words, and what to do about it."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import smtplib
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Literal

from django.core.exceptions import ImproperlyConfigured

from motcua.foundation.postgres import (
    OLDEST_MAJOR,
    Embedded,
    PostgresError,
    abandoned_places,
    service_account,
)

_LEAST_FREE_GB = 2
_SILENT_SECONDS = 60  # a worker says every 10 seconds that it lives
_WAITING_MINUTES = 10

Verdict = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was looked at, what it is like, and what to do when it is not well."""

    verdict: Verdict
    about: str
    words: str
    remedy: str = ""


def main(arguments: list[str]) -> int:
    """Print every finding. Return 1 when there is a problem, else 0."""
    parser = argparse.ArgumentParser(prog="motcua doctor", description="Say what is wrong and what to do.")
    parser.parse_args(arguments)
    problems = 0
    for finding in examine():
        _print(finding)
        problems += finding.verdict == "problem"
    print()
    print("Nothing is wrong." if not problems else f"{problems} to put right.")
    return 1 if problems else 0


def examine() -> Iterator[Finding]:
    """Look at everything, from the ground up; what stands on something broken is left out."""
    yield _python()
    try:
        from motcua.config import settings
    except (ImproperlyConfigured, PostgresError) as error:
        yield Finding("problem", "settings", str(error), "`motcua settings` explains each of them.")
        return
    yield from _settings(settings)
    yield from _folders(settings)
    yield _fonts(settings.ROOT)
    yield from _embedded(settings)
    with ExitStack() as stack:
        if not settings.DATABASE_URL:
            try:
                stack.enter_context(Embedded(settings.VAR / "postgres", binaries=settings.POSTGRES_BINARIES))
            except PostgresError as error:
                yield Finding("problem", "database", str(error))
                return
        yield from _database(settings)
    yield _mail(settings)


def _print(finding: Finding) -> None:
    sign = {"ok": "ok      ", "note": "note    ", "problem": "PROBLEM "}[finding.verdict]
    lines = textwrap.wrap(f"{finding.about}: {finding.words}", 100)
    if finding.remedy:
        lines += textwrap.wrap(f"-> {finding.remedy}", 100)
    print(sign + "\n        ".join(lines), flush=True)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < (3, 11):  # noqa: UP036 - somebody may run it all the same
        return Finding("problem", "Python", f"{version} is too old.", "Use Python 3.11 or later.")
    return Finding("ok", "Python", version)


def _settings(settings: ModuleType) -> Iterator[Finding]:
    production = bool(settings.DATABASE_URL) and not settings.DEMO
    remarks: list[Finding] = []
    if production and settings.DEBUG:
        remarks.append(
            Finding(
                "problem", "settings", "MOTCUA_DEBUG shows tracebacks to everybody.", "Unset MOTCUA_DEBUG."
            )
        )
    if production and len(settings.SECRET_KEY) < 50:
        remarks.append(
            Finding(
                "problem",
                "settings",
                "MOTCUA_SECRET_KEY is shorter than 50 characters.",
                "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
            )
        )
    if production and not settings.BASE_URL.startswith("https://"):
        remarks.append(
            Finding(
                "problem",
                "settings",
                f"MOTCUA_BASE_URL is {settings.BASE_URL}: logins would travel in the clear.",
                "Serve it by https, and name that address.",
            )
        )
    if production and not settings.VNPAY_HASH_SECRET:
        remarks.append(
            Finding(
                "note",
                "settings",
                "VNPAY_HASH_SECRET is empty: nobody can pay online.",
                "Set what VNPAY gave.",
            )
        )
    if not production:
        remarks.append(
            Finding("note", "settings", "for trying out: the embedded database or demo accounts are in use.")
        )
    yield from remarks or [Finding("ok", "settings", "sound")]


def _folders(settings: ModuleType) -> Iterator[Finding]:
    folder: Path = settings.VAR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".doctor-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        yield Finding(
            "problem",
            "folder",
            f"{folder} cannot be written to ({error.strerror}).",
            "Give it to the user that runs Một Cửa, or set MOTCUA_VAR to another folder.",
        )
        return
    free = shutil.disk_usage(folder).free / 1e9
    if free < _LEAST_FREE_GB:
        remedy = f"Make room: uploads and database need at least {_LEAST_FREE_GB} GB."
        yield Finding("problem", "folder", f"only {free:.1f} GB are free in {folder}.", remedy)
    else:
        yield Finding("ok", "folder", f"{folder}, {free:.0f} GB free")
    if settings.DATABASE_URL and not any(settings.STATIC_ROOT.glob("*")):  # the demonstration fills it itself
        words = f"{settings.STATIC_ROOT} is empty: pages would have no style."
        yield Finding("problem", "static files", words, "motcua collectstatic --no-input")


def _fonts(root: Path) -> Finding:
    found = sorted(root.glob("motcua/papers/fonts/**/*.ttf"))
    if not found:
        return Finding("problem", "fonts", "those of the papers are missing.", "Install this version afresh.")
    return Finding("ok", "fonts", f"{len(found)} for printed papers")


def _embedded(settings: ModuleType) -> Iterator[Finding]:
    if settings.DATABASE_URL:
        return
    data = settings.VAR / "postgres"
    account = service_account()
    words = f"embedded, data in {data.resolve()}"
    if account:
        words += f", run as the user {account.name} because root may not run it"
    if data.is_symlink():
        words += (
            f" (that user cannot enter {settings.VAR}, so the data lies elsewhere and {data} points to it)"
        )
    yield Finding("ok", "PostgreSQL", words)
    for place in abandoned_places():
        yield Finding(
            "note", "PostgreSQL", f"{place} holds the data of a checkout that is gone.", f"rm -r {place}"
        )


def _database(settings: ModuleType) -> Iterator[Finding]:
    import django
    from django.db import Error, connection

    try:
        django.setup()
    except Exception as error:
        yield Finding(
            "problem", "program", f"it cannot be loaded: {error}", "Install the packages again: make demo."
        )
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('fsync')")
            number, fsync = cursor.fetchone()
    except Error as error:
        host = connection.settings_dict["HOST"] or "localhost"
        yield Finding(
            "problem",
            "database",
            f"it does not answer at {host}: {str(error).strip().splitlines()[0]}",
            "Is the server up, does DATABASE_URL name it rightly, does it let this machine in?",
        )
        return
    if number // 10000 < OLDEST_MAJOR:
        yield Finding(
            "problem", "database", f"PostgreSQL {number // 10000}.", f"Use {OLDEST_MAJOR} or later."
        )
    elif fsync != "on":
        yield Finding("problem", "database", "fsync is off: a power cut loses dossiers.", "Set fsync = on.")
    else:
        yield Finding("ok", "database", f"PostgreSQL {number // 10000}.{number % 10000}")
    checks: list[Callable[[ModuleType], Iterator[Finding]]] = [_shape, _catalogue, _jobs]
    for check in checks:
        try:
            yield from check(settings)
        except Error as error:
            connection.close()
            yield Finding("problem", "database", str(error).splitlines()[0], "motcua migrate")


def _shape(settings: ModuleType) -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    tables = connection.introspection.table_names()
    if missing:
        words = f"{len(missing)} changes of this version are not made yet."
        yield Finding("problem", "tables", words, "motcua migrate")
    elif settings.CACHES["default"]["LOCATION"] not in tables:
        yield Finding("problem", "tables", "the table of the cache is missing.", "motcua createcachetable")
    else:
        yield Finding("ok", "tables", "as this version needs them")


def _catalogue(settings: ModuleType) -> Iterator[Finding]:
    if importlib.util.find_spec("motcua.procedures.models") is None:
        return
    from motcua.procedures.models import Procedure

    number = Procedure.objects.filter(current__isnull=False).count()
    if number:
        yield Finding("ok", "catalogue", f"{number} procedures")
    else:
        yield Finding("problem", "catalogue", "it is empty.", "motcua procedures import procedures/")


def _jobs(settings: ModuleType) -> Iterator[Finding]:
    from django.utils.timezone import now
    from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

    # Without a server of one's own nothing runs between two demonstrations, and nothing has to.
    bad: Verdict = "problem" if settings.DATABASE_URL else "note"
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=now() - timedelta(seconds=_SILENT_SECONDS))
    if alive.exists():
        yield Finding("ok", "jobs", "a worker is alive")
    else:
        yield Finding(
            bad, "jobs", "no worker runs: no mail goes out, no paper is made.", "Start one: motcua worker"
        )
    late = now() - timedelta(minutes=_WAITING_MINUTES)
    waiting = ProcrastinateJob.objects.filter(status="todo", scheduled_at__lt=late).count()
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    if waiting:
        yield Finding(bad, "jobs", f"{waiting} have been waiting for more than {_WAITING_MINUTES} minutes.")
    if failed:
        remedy = "Their errors are in the worker's log; `motcua procrastinate shell` can list and retry them."
        yield Finding("note", "jobs", f"{failed} have failed for good.", remedy)


def _mail(settings: ModuleType) -> Finding:
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=5) as smtp:
            if settings.EMAIL_USE_TLS:
                smtp.starttls()
            if settings.EMAIL_HOST_USER:
                smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            smtp.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            "problem" if settings.DATABASE_URL else "note",
            "mail",
            f"{where} does not take mail: {error}",
            "Set EMAIL_HOST, EMAIL_PORT and, when it asks for a login, EMAIL_HOST_USER and EMAIL_HOST_PASSWORD.",
        )
    return Finding("ok", "mail", f"{where} takes mail")

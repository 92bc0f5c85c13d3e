"""The limit of one submit: pgbench with the very statements that one submit makes, and nothing around them."""

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.accounts.middleware import actor_of
from motcua.accounts.models import User
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier
from motcua.foundation.postgres import DATABASE, USER, Embedded


@dataclass(frozen=True, slots=True)
class Script:
    path: Path
    statements: int  # without BEGIN and COMMIT


def write(path: Path, dossier: Dossier, owner: User, at: datetime) -> Script:
    """File this draft, and write its statements down as a script that files the drafts after it.

    Variables of the script: `first`, the number of the first draft; `each`, how many a client files at most.
    """
    with CaptureQueriesContext(connection) as captured:
        filed = operations.submit(dossier=Dossier(pk=dossier.pk), actor=actor_of(owner), at=at)
    said = [query["sql"] for query in captured]
    statements = [
        _general(text, filed) for text in said if not re.match(r"(BEGIN|COMMIT|SAVEPOINT|RELEASE)\b", text)
    ]
    lines = [r"\set id :first + :client_id * :each + :n", r"\set n :n + 1", "BEGIN;", *statements, "COMMIT;"]
    path.write_text("\n".join(lines) + "\n")
    return Script(path, len(statements))


def _general(text: str, filed: Dossier) -> str:
    """The statement with the draft's number as a variable, and what must be unique made of it."""
    text = text.replace(f"'{filed.subject}'", "('dossier:' || :id)").replace(
        f"'{filed.code}'", "('B-' || :id)"
    )
    text = re.sub(rf'("(?:id|dossier_id)" = ){filed.pk}\b', r"\1:id", text)
    return text.rstrip("; ") + ";"


def run(
    script: Script, server: Embedded, *, clients: int, transactions: int, first: int, seconds: int
) -> tuple[float, float]:
    """File `transactions` drafts in all; return how many were filed a second, and the milliseconds of one.

    Every client is a connection with prepared statements. Ended after so many seconds.
    """
    each = transactions // clients
    command = [
        str(server.binaries() / "pgbench"),
        "-n",
        "-M",
        "prepared",
        "-f",
        str(script.path),
        "-t",
        str(each),
    ]
    command += ["-c", str(clients), "-j", str(min(clients, os.cpu_count() or 1)), "-D", "n=0"]
    command += [
        "-D",
        f"first={first}",
        "-D",
        f"each={each}",
        "-h",
        str(server.socket_folder),
        "-U",
        USER,
        DATABASE,
    ]
    environment = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": str(server.binaries().parent / "lib")}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    rate = re.search(r"tps = ([0-9.]+)", done.stdout)
    latency = re.search(r"latency average = ([0-9.]+) ms", done.stdout)
    if done.returncode or not rate or not latency:
        raise RuntimeError(f"pgbench failed:\n{done.stderr[-2000:]}\n{done.stdout[-500:]}")
    return float(rate[1]), float(latency[1])

"""Does anything grow with the number of dossiers kept? The officers' pages at a million, beside the same at ten thousand.

Both databases are made by `motcua demo-data`, once: they stay in the folder and the next run measures at once.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.bounds import Bound, below
from motcua.foundation.postgres import Embedded

ROOT = Path(__file__).resolve().parent.parent
SMALL = 10_000
POSTGRES = {
    "fsync": "on", "synchronous_commit": "on", "shared_buffers": "1GB", "max_wal_size": "8GB", "maintenance_work_mem": "512MB",
}  # fmt: skip
PAGES = ("inbox", "filtered list", "search", "dossier", "board")
WANTED_MS = 50  # p95 of each page, one at a time, in process
WANTED_RATIO = 1.3  # of the inbox at a million to that at ten thousand
WANTED_DECISIONS = 50  # a second, 8 at a time
WANTED_REPORT_S = 5.0  # II.06a of a year


def bounds(folder: str, dossiers: int) -> list[Bound]:
    """The figures of both sizes; makes the databases in `folder` when they are not there."""
    with served(Path(folder), SMALL) as small:
        few = looked(small)
    with served(Path(folder), dossiers) as large:
        many = looked(large)
        decisions = decided(large)
    found = [
        below(f"{page} at {dossiers:,}, p95 (median {many[page]['median']:.1f})", many[page]["p95"], WANTED_MS, "ms")
        for page in many if page != "report"
    ]  # fmt: skip
    ratio = many["inbox"]["median"] / few["inbox"]["median"]
    found.append(Bound(f"inbox at {dossiers:,} to {SMALL:,}", f"<= {WANTED_RATIO}", f"{ratio:.2f}", ratio <= WANTED_RATIO))
    found.append(
        Bound("decisions a second, 8 at a time", f">= {WANTED_DECISIONS}", f"{decisions:.0f}", decisions >= WANTED_DECISIONS)
    )
    report = many["report"]["median"] / 1000
    return [*found, below(f"II.06a of a year at {dossiers:,}", report, WANTED_REPORT_S, "s", 2)]


@contextmanager
def served(folder: Path, dossiers: int) -> Iterator[dict[str, str]]:
    """A database server with so many dossiers; yields the environment of processes that use it."""
    var = folder / f"motcua-scale-{dossiers}"
    var.mkdir(parents=True, exist_ok=True)
    var.chmod(0o755)  # as root, PostgreSQL runs as another user, who must get through
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MOTCUA_DEBUG")},
        "MOTCUA_VAR": str(var), "MOTCUA_DEMO": "1",
    }  # fmt: skip
    server = Embedded(var / "postgres", options=POSTGRES)
    server.start()
    try:
        for command in (["migrate", "-v0"], ["procedures", "import", "procedures"], ["demo-data", "--dossiers", str(dossiers)]):
            subprocess.run([sys.executable, "-m", "motcua", *command], env=environment, cwd=ROOT, check=True)
        yield environment
    finally:
        server.stop()


def looked(environment: dict[str, str]) -> dict[str, dict[str, float]]:
    """Median and p95, in ms, of each page that an officer looks at."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.looking"],
        env=environment | {"DJANGO_SETTINGS_MODULE": "motcua.config.settings"},
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    print(*(f"  {page:24}{one['median']:8.1f}{one['p95']:8.1f} ms" for page, one in found.items()), sep="\n", flush=True)
    return found


def decided(environment: dict[str, str]) -> float:
    """Decisions a second: two processes of four threads accept and appraise what waits for it."""
    command = [sys.executable, "-m", "benchmarks.deciding"]
    environment = environment | {"DJANGO_SETTINGS_MODULE": "motcua.config.settings"}
    started = [
        subprocess.Popen([*command, str(place)], env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for place in range(2)
    ]  # fmt: skip
    try:
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [tuple(map(float, process.communicate(timeout=120)[0].split())) for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
    return sum(one[2] for one in said) / (max(one[1] for one in said) - min(one[0] for one in said))


def forget(folder: str, dossiers: int) -> None:
    shutil.rmtree(Path(folder) / f"motcua-scale-{dossiers}", ignore_errors=True)

"""Measures speed and size of the whole product in one run: `make bench`.

On a data folder of its own, with an embedded PostgreSQL that waits for the disk, it starts web server and worker
exactly as `make demo` does and lets a driver play citizens' whole journeys over HTTP. Beside it, on the same
machine in the same run, it measures the limits: pgbench with the statements of one submit, and a server that
only says hello. Ends only what it started.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.bounds import Bound, at_least, below
from motcua.demo import serve
from motcua.foundation.postgres import Embedded

ROOT = Path(__file__).resolve().parent.parent
LEVELS = (1, 8, 32)
CITIZENS = 40
POSTGRES = {"fsync": "on", "synchronous_commit": "on", "shared_buffers": "256MB", "max_wal_size": "4GB"}
WANTED_JOURNEYS, AIMED_JOURNEYS = 15, 25  # a second, at 8 at a time
WANTED_PAGE_MS = 60  # p95 of every page at 1 at a time
WANTED_SHARE = 0.35  # of the pgbench limit
WANTED_MB = 400
ENOUGH_SECONDS = 210  # after this long nothing is measured a second time


_began = time.monotonic()


def late() -> bool:
    return time.monotonic() - _began > ENOUGH_SECONDS


@dataclass
class House:
    """Everything that runs, and where."""

    var: Path
    server: Embedded
    environment: dict[str, str]
    stack: ExitStack
    children: dict[str, serve.Child] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return self.environment["MOTCUA_BASE_URL"]

    def start(self, name: str, command: list[str], **environment: str) -> None:
        """Start one process of the product, with more in its environment when told."""
        before = dict(os.environ)
        os.environ.update(environment)
        try:
            child = serve._started(name, command, self.var)
        finally:
            os.environ.clear()
            os.environ.update(before)
        self.children[name] = child
        self.stack.callback(child.stop)

    def start_web(self, *, application: str = "", **environment: str) -> None:
        command = self._product()["web"]
        self.start("web", [*command[:-1], application or command[-1]], **environment)
        if application:
            time.sleep(2)
        else:
            serve._wait_until_healthy(self.base_url, list(self.children.values()))

    def start_worker(self) -> None:
        self.start("worker", self._product()["worker"])

    def _product(self) -> dict[str, list[str]]:
        return dict(serve._product(self.environment, 2, self.var / "static"))

    def stop(self, name: str) -> None:
        self.children.pop(name).stop()

    def pid(self, name: str) -> int:
        process = self.children[name].process
        assert process is not None
        return process.pid

    def postmaster(self) -> int:
        return int(self.server._pid_lines()[0])


@contextmanager
def built(folder: str) -> Iterator[House]:
    """A data folder, a database server, mailbox and settings of its own; all gone afterwards."""
    with ExitStack() as stack:
        var = Path(tempfile.mkdtemp(prefix="motcua-bench-", dir=folder))
        var.chmod(0o755)  # as root, PostgreSQL runs as another user, who must get through
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        (var / "log").mkdir()
        environment = serve._choose_addresses(stack, 8100)
        environment |= {
            "MOTCUA_VAR": str(var),
            "LOGINS_PER_MINUTE": "1000000",  # all citizens sit at one address
            "FILINGS_PER_HOUR": "10000",
        }
        for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MOTCUA_DEBUG"):
            os.environ.pop(name, None)
        os.environ.update(environment)
        server = Embedded(var / "postgres", options=POSTGRES)
        stack.callback(lambda: shutil.rmtree(server.place, ignore_errors=True))
        stack.callback(server.stop)
        server.start()
        yield House(var, server, environment, stack)


# The measurements ---------------------------------------------------------------------------------------------


def drive(house: House, **plan: Any) -> dict[str, Any]:
    """Let the driver work; say who used the processor meanwhile, in shares of all of it."""
    plan = {"base_url": house.base_url, **plan}
    groups = {"web": house.pid("web"), "postgresql": house.postmaster()}
    if "worker" in house.children:
        groups["worker"] = house.pid("worker")
    before = {name: machine.cpu_seconds(pid) for name, pid in groups.items()}
    busy = machine.busy_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.drive"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=ROOT,
    )
    if done.returncode:
        raise RuntimeError(f"the driver failed:\n{done.stderr[-3000:]}")
    measured: dict[str, Any] = json.loads(done.stdout)
    used = {name: machine.cpu_seconds(pid) - before[name] for name, pid in groups.items()}
    used["driver"] = measured["cpu_seconds"]
    used["others"] = max(0.0, machine.busy_seconds() - busy - sum(used.values()))
    measured["cpu"] = {name: seconds / measured["seconds"] for name, seconds in used.items()}  # cores
    return measured


def play(
    house: House, scenario: dict[str, Any], logins: list[str], *, at_once: int, count: int, seconds: float
) -> dict[str, Any]:
    from benchmarks import place

    plan: dict[str, Any] = {
        "kind": "journeys",
        "database_url": house.server.url,
        "scenario": scenario,
        "logins": logins,
    }
    plan |= {"big_bytes": place.BIG_BYTES, "small_bytes": place.SMALL_BYTES}
    measured = drive(house, **plan, at_once=at_once, count=count, seconds=seconds)
    if measured["failed"]:
        raise RuntimeError(f"{measured['failed']} journeys failed, such as: {measured['failures'][0]}")
    measured["per_second"] = measured["journeys"] / measured["seconds"]
    measured["requests_per_second"] = sum(map(len, measured["times"].values())) / measured["seconds"]
    return measured


def waiting_jobs() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND scheduled_at IS NULL"
        )
        return int(cursor.fetchone()[0])


def drain(most: float) -> dict[str, float]:
    """Wait until the worker has done what the journeys left behind; how much that was, and how long it took."""
    left, began = waiting_jobs(), time.monotonic()
    while waiting_jobs() and time.monotonic() - began < most:
        time.sleep(0.2)
    return {"left": left, "seconds": time.monotonic() - began, "not_done": waiting_jobs()}


def submits(first: int, count: int, processes: int, threads: int) -> dict[str, float]:
    """File `count` drafts by the operation alone, in so many processes with so many threads."""
    each = count // processes
    command = [sys.executable, "-m", "benchmarks.submitting"]
    started = [
        subprocess.Popen(
            [*command, str(first + number * each), str(each), str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for number in range(processes)
    ]  # fmt: skip
    try:
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = [tuple(map(float, process.communicate(timeout=60)[0].split())) for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
    filed = sum(one[3] for one in said)
    seconds = max(one[1] for one in said) - min(one[0] for one in said)
    return {"per_second": filed / seconds, "cpu_ms": 1000 * sum(one[2] for one in said) / filed}


def disk(folder: Path) -> float:
    """How often a second a small write reaches the disk."""
    path, count = folder / "disk", 0
    with path.open("wb", buffering=0) as file:
        end = time.perf_counter() + 0.5
        while time.perf_counter() < end:
            file.write(b"x" * 8192)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return count / 0.5


def measure(options: argparse.Namespace) -> dict[str, Any]:
    began = time.monotonic()
    found: dict[str, Any] = {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
    }
    with built(options.folder) as house:
        say("Database, catalogue, province …")
        serve._prepare(["--empty"])
        os.environ["DJANGO_SETTINGS_MODULE"] = "motcua.config.settings"
        import django

        django.setup()
        from benchmarks import limit, place
        from motcua.foundation.time import now

        catalogue = ROOT / "procedures" / "kontum"
        users = place.build(CITIZENS, now())
        logins = [user.username for user in users]
        scenario = place.scenario(catalogue, now())
        found["disk_per_second"] = disk(house.var)
        for name, command in serve._sandboxes(house.var, house.environment):
            if name == "mailbox":
                house.start(name, command)
        house.start_worker()
        if not options.only or "journeys" in options.only:
            found |= journeys(house, scenario, logins, options)
        house.stop("worker")
        if not options.only or "hello" in options.only:
            found["hello"] = hello(house)
        if not options.only or "submit" in options.only:
            template = place.draft(users[0], catalogue, now())
            script = limit.write(house.var / "submit.sql", template, users[0], now())
            if options.keep_script:
                shutil.copy(script.path, options.keep_script)
            source = place.draft(users[0], catalogue, now())
            found["submit"] = submit(house, script, source)
        if not options.only or "catalogue" in options.only:
            found["catalogue"] = whole_catalogue(house.var)
    if not options.only or "search" in options.only:
        say("Catalogue search …")
        found["search"] = search()
    if not options.only or "forms" in options.only:
        from benchmarks import forms

        say("Forms …")
        found["forms"] = forms.bounds()
    if not options.only or "papers" in options.only:
        from benchmarks import paper_check, uploads

        say("Checking papers, and large uploads …")
        found["papers"] = [*paper_check.bounds(), *uploads.bounds(options.folder)]
    if not options.only or "scale" in options.only:
        from benchmarks import scale

        say(f"Pages with {options.dossiers} dossiers; the first time they are made, which takes long …")
        found["scale"] = scale.bounds(options.scale_folder, options.dossiers)
    found["seconds"] = time.monotonic() - began
    return found


def journeys(
    house: House, scenario: dict[str, Any], logins: list[str], options: argparse.Namespace
) -> dict[str, Any]:
    say("Statements of each page …")
    house.start_web(DJANGO_SETTINGS_MODULE="benchmarks.counting")
    play(house, scenario, logins, at_once=4, count=8, seconds=60)  # templates compiled, search index read
    counted = play(house, scenario, logins, at_once=1, count=6, seconds=30)["costs"]
    house.stop("web")
    drain(20)
    house.start_web()
    play(house, scenario, logins, at_once=8, count=16, seconds=60)
    drain(20)
    levels: dict[str, Any] = {}
    memory = [0.0, 0.0]
    for at_once, count in zip(LEVELS, (20, 120, 160), strict=True):
        rounds = []
        for number in range(options.rounds):
            if number and late():
                break
            say(f"Journeys, {at_once} at a time …")
            rounds.append(play(house, scenario, logins, at_once=at_once, count=count, seconds=30))
            now_used = machine.memory_mb([house.pid("web"), house.pid("worker")])
            memory = [max(pair) for pair in zip(memory, now_used, strict=True)]
            rounds[-1]["jobs"] = drain(15)
        rounds.sort(key=lambda one: one["per_second"])
        levels[str(at_once)] = rounds[(len(rounds) - 1) // 2] | {
            "rounds": [one["per_second"] for one in rounds]
        }
    sizes = {name: machine.memory_mb([house.pid(name)])[0] for name in ("web", "worker")}
    house.stop("web")
    costs = {
        page: {
            "statements": max(one[0] for one in cost),
            "cpu_ms": statistics.median(one[1] for one in cost) / 1000,
            "times": len(cost) // 6,
        }
        for page, cost in counted.items()
    }
    return {"levels": levels, "pages": costs, "memory_mb": {"pss": memory[0], "rss": memory[1], **sizes}}


def hello(house: House) -> dict[str, Any]:
    say("Hello on the same server …")
    house.start_web(application="benchmarks.hello:application")
    measured = {
        str(at_once): drive(house, kind="fetches", path="/", at_once=at_once, seconds=2) for at_once in LEVELS
    }
    house.stop("web")
    for one in measured.values():
        one["per_second"] = one["requests"] / one["seconds"]
    return measured


def submit(house: House, script: Any, source: Any) -> dict[str, Any]:
    from benchmarks import limit, place

    levels: dict[str, Any] = {}
    for at_once in LEVELS:
        say(f"Submits and their limit, {at_once} at a time …")
        processes = min(at_once, 2)  # as the web server has
        threads = at_once // processes
        count, more = (400, 800) if at_once == 1 else (1600, 3200)
        pairs = []
        for number in range(3):  # in turns: what else the machine does falls on both
            if number and late():
                break
            first = place.copies(source, count + more)
            operation = submits(first, count, processes, threads)
            rate, latency = limit.run(
                script, house.server, clients=at_once, transactions=more, first=first + count, seconds=60
            )
            pairs.append((operation["per_second"] / rate, operation, rate, latency))
            forget_jobs()
        pairs.sort(key=lambda pair: pair[0])
        share, operation, rate, latency = pairs[(len(pairs) - 1) // 2]
        levels[str(at_once)] = {
            "submits_per_second": operation["per_second"], "cpu_ms": operation["cpu_ms"], "limit_per_second": rate,
            "limit_ms": latency, "share": share, "shares": [pair[0] for pair in pairs],
        }  # fmt: skip
    return {"levels": levels, "statements": script.statements}


def forget_jobs() -> None:
    """No worker runs here: what the submits ordered is of no use."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def whole_catalogue(folder: Path) -> list[Bound]:
    """Import a whole province's procedures, then publish one with a very large form."""
    from benchmarks import catalogue

    say(f"Importing {catalogue.PROCEDURES} procedures …")
    return catalogue.bounds(folder)


def search() -> list[Bound]:
    from benchmarks import catalogue_search

    snapshot, _seconds = catalogue_search.catalogue(5000)
    found = catalogue_search.outcomes(snapshot, rounds=10)
    say("\n".join(catalogue_search.table(found)))
    return catalogue_search.bounds(found)


# The report ---------------------------------------------------------------------------------------------------


def percentile(values: list[float], share: int) -> float:
    """The smallest value that is not below `share` percent of them."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def report(found: dict[str, Any]) -> str:
    lines = ["", f"Một Cửa, {found['at']}, {found['cores']} cores, {found['seconds']:.0f} s in all"]
    if disk_rate := found.get("disk_per_second"):
        lines.append(f"The disk takes {disk_rate:.0f} small writes a second, one after the other.")
    if "levels" in found:
        lines += ["", *_pages(found), "", *_levels(found)]
    if "hello" in found:
        lines += ["", *_hello(found)]
    if "submit" in found:
        lines += ["", *_submit(found)]
    lines += ["", *_limits(found)]
    return "\n".join(lines)


def _pages(found: dict[str, Any]) -> list[str]:
    heads = "".join(f"{f'{level} at a time':>18}" for level in found["levels"])
    lines = [f"{'Page':18}{'times':>6}{'stmts':>7}{'CPU ms':>8}{heads}"]
    lines.append(f"{'':18}{'':6}{'':7}{'':8}" + f"{'p50':>10}{'p95':>8}" * len(found["levels"]) + "   (ms)")
    total = [0.0, 0.0, 0.0]
    for page, cost in found["pages"].items():
        figures = ""
        for measured in found["levels"].values():
            times = measured["times"][page]
            figures += f"{statistics.median(times):10.1f}{percentile(times, 95):8.1f}"
        lines.append(f"{page:18}{cost['times']:6}{cost['statements']:7}{cost['cpu_ms']:8.2f}{figures}")
        for place, amount in enumerate((1, cost["statements"], cost["cpu_ms"])):
            total[place] += cost["times"] * amount
    whole = "".join(
        f"{statistics.median(one['journey_ms']):10.0f}{percentile(one['journey_ms'], 95):8.0f}"
        for one in found["levels"].values()
    )
    lines.append(f"{'the whole journey':18}{total[0]:6.0f}{total[1]:7.0f}{total[2]:8.1f}{whole}")
    return lines


def _levels(found: dict[str, Any]) -> list[str]:
    names = {"web": "web", "postgresql": "PostgreSQL", "worker": "worker", "driver": "driver"}
    heads = "".join(f"{head:>11}" for head in names.values())
    lines = [
        f"{'':37}   CPU of one journey, ms{'':22}cores that      jobs left,",
        f"{'At a time':>9}{'journeys':>10}{'per s':>8}{'requests/s':>12}{heads}   others used   s to do them   rounds, per s",
    ]
    for level, one in found["levels"].items():
        shares = "".join(f"{1000 * one['cpu'].get(name, 0) / one['per_second']:11.1f}" for name in names)
        jobs, rounds = one["jobs"], ", ".join(f"{rate:.1f}" for rate in one["rounds"])
        lines.append(
            f"{level:>9}{one['journeys']:10}{one['per_second']:8.2f}{one['requests_per_second']:12.0f}{shares}"
            f"{one['cpu']['others']:14.2f}{jobs['left']:10}{jobs['seconds']:5.1f}   {rounds}"
        )
    return lines


def _hello(found: dict[str, Any]) -> list[str]:
    lines = [f"{'At a time':>9}{'hello/s':>10}{'driver cores':>14}{'journey requests/s of it':>26}"]
    for level, one in found["hello"].items():
        mine = found.get("levels", {}).get(level)
        share = f"{mine['requests_per_second'] / one['per_second']:26.1%}" if mine else ""
        lines.append(f"{level:>9}{one['per_second']:10.0f}{one['cpu']['driver']:14.2f}{share}")
    return lines


def _submit(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{'At a time':>9}{'submits/s':>11}{'CPU ms each':>13}{'pgbench/s':>11}{'share':>8}   of three: all"
    ]
    for level, one in found["submit"]["levels"].items():
        shares = ", ".join(f"{share:.0%}" for share in one["shares"])
        lines.append(
            f"{level:>9}{one['submits_per_second']:11.0f}{one['cpu_ms']:13.2f}{one['limit_per_second']:11.0f}{one['share']:8.0%}   {shares}"
        )
    lines.append(f"One submit is {found['submit']['statements']} statements in one transaction.")
    return lines


def _limits(found: dict[str, Any]) -> list[str]:
    rows: list[Bound] = []
    if "levels" in found:
        rows += _journey_bounds(found)
    for level, one in found.get("submit", {}).get("levels", {}).items():
        rows.append(at_least(f"submit as a share of pgbench, {level} at a time", one["share"], WANTED_SHARE, 0))
    rows += [Bound(*row) for name in ("search", "catalogue", "forms", "papers", "scale") for row in found.get(name, ())]
    return [
        f"{'Limit':62}{'wanted':>16}{'measured':>24}",
        *(f"{name:62}{wanted:>16}{got:>24}  {'met' if met else 'MISSED'}" for name, wanted, got, met in rows),
    ]


def _journey_bounds(found: dict[str, Any]) -> list[Bound]:
    rate = found["levels"]["8"]["per_second"]
    wanted = f">= {WANTED_JOURNEYS}, aim {AIMED_JOURNEYS}"
    page, slowest = max(
        ((page, percentile(times, 95)) for page, times in found["levels"]["1"]["times"].items()),
        key=lambda one: one[1],
    )
    memory = found["memory_mb"]
    label = f"memory without PostgreSQL (web {memory['web']:.0f}, worker {memory['worker']:.0f})"
    return [
        Bound("journeys a second, 8 at a time", wanted, f"{rate:.1f}", rate >= WANTED_JOURNEYS),
        below(f"p95 of the slowest page, alone ({page})", slowest, WANTED_PAGE_MS, "ms"),
        below(label, memory["pss"], WANTED_MB, "MB", 0),
    ]


def say(words: str) -> None:
    print(words, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and size.")
    parser.add_argument(
        "--rounds",
        type=int,
        default=2,
        help="rounds of journeys at each level; the lower middle one counts (2)",
    )
    parser.add_argument(
        "--folder", default="/var/tmp", help="where the data folder is made; the disk matters (/var/tmp)"
    )
    parser.add_argument(
        "--only",
        nargs="*",
        choices=["journeys", "hello", "submit", "catalogue", "search", "forms", "papers", "scale"],
        help="leave the rest out",
    )
    parser.add_argument("--dossiers", type=int, default=1_000_000, help="how many for the officers' pages (1000000)")
    parser.add_argument(
        "--scale-folder", default=str(ROOT / "var" / "bench"), help="where these databases stay (var/bench)"
    )
    parser.add_argument("--keep-script", help="copy pgbench's script there")
    options = parser.parse_args()
    found = measure(options)
    print(report(found))
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found['at'].replace(':', '')}.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    print(f"\nAll figures: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

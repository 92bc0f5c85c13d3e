"""The driver: a process of its own that plays many journeys at once, or fetches one address again and again.

Reads its plan as JSON from the input, writes what it measured as JSON to the output. Knows no Django.
"""

import json
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks.journey import Failed, Journey, Record
from benchmarks.papers import pdf
from benchmarks.wire import Browser

_CODE = "SELECT response FROM captcha_captchastore WHERE hashkey = %s"


def main() -> None:
    plan = json.load(sys.stdin)
    work = {"journeys": journeys, "fetches": fetches}[plan["kind"]]
    measured = work(plan)
    json.dump(measured, sys.stdout)


def journeys(plan: dict[str, Any]) -> dict[str, Any]:
    """`at_once` citizens make `count` journeys in all; none begins later than after `seconds`."""
    where = urlsplit(plan["base_url"])
    big, small = pdf(plan["big_bytes"]), pdf(plan["small_bytes"])
    turns = iter(range(plan["count"]))
    lock = threading.Lock()
    records: list[Record] = []
    failures: list[str] = []
    lengths: list[float] = []

    def citizen(place: int) -> None:
        record = Record()
        with psycopg.connect(plan["database_url"], autocommit=True) as connection:

            def code_of(key: str) -> str:
                row = connection.execute(_CODE, [key.split(":", maxsplit=1)[0]]).fetchone()
                return str(row[0]) if row else ""

            code_of("warm")
            ready.wait()
            while time.perf_counter() < began + plan["seconds"]:
                with lock:
                    if next(turns, None) is None:
                        break
                browser = Browser(where.hostname or "", where.port or 80)
                started = time.perf_counter()
                try:
                    Journey(browser, plan["scenario"], record, code_of).make(
                        plan["logins"][place], big, small
                    )
                    lengths.append(time.perf_counter() - started)
                except (Failed, OSError) as problem:
                    failures.append(f"{type(problem).__name__}: {problem}")
                finally:
                    browser.close()
        records.append(record)

    threads = [threading.Thread(target=citizen, args=[place]) for place in range(plan["at_once"])]
    ready = threading.Barrier(len(threads) + 1)
    began = time.perf_counter() + 3600
    for thread in threads:
        thread.start()
    ready.wait()
    cpu, began = time.process_time(), time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    times: dict[str, list[float]] = {}
    costs: dict[str, list[tuple[int, int]]] = {}
    for record in records:
        for page, measured in record.times.items():
            times.setdefault(page, []).extend(round(one * 1000, 3) for one in measured)
        for page, cost in record.costs.items():
            costs.setdefault(page, []).extend(cost)
    return {
        "journeys": len(lengths),
        "journey_ms": [round(one * 1000, 1) for one in lengths],
        "failures": failures[:5],
        "failed": len(failures),
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu,
        "times": times,
        "costs": costs,
    }


def fetches(plan: dict[str, Any]) -> dict[str, Any]:
    """`at_once` connections fetch `path` for `seconds`."""
    where = urlsplit(plan["base_url"])
    counts = [0] * plan["at_once"]
    end = time.perf_counter() + plan["seconds"]

    def fetch(place: int) -> None:
        browser = Browser(where.hostname or "", where.port or 80)
        while time.perf_counter() < end:
            if browser.get(plan["path"]).status != 200:
                raise SystemExit(f"{plan['path']} is not answered")
            counts[place] += 1
        browser.close()

    threads = [threading.Thread(target=fetch, args=[place]) for place in range(plan["at_once"])]
    cpu, began = time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return {"requests": sum(counts), "seconds": seconds, "cpu_seconds": time.process_time() - cpu}


if __name__ == "__main__":
    main()

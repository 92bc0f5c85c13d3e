"""How much processor and memory a group of processes uses, read from /proc."""

import os
from collections.abc import Iterable
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def busy_seconds() -> float:
    """CPU seconds that the whole machine has spent since it started, all cores together."""
    user, nice, system, _idle, _iowait, irq, softirq = map(int, Path("/proc/stat").read_text().split()[1:8])
    return (user + nice + system + irq + softirq) / _TICK


def family(pid: int) -> list[int]:
    """The process and all that descend from it and live."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(folder.name)):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def cpu_seconds(pid: int) -> float:
    """CPU seconds of the process and all its descendants, those that have ended too."""
    total = 0
    for one in family(pid):
        if fields := _stat(one):
            total += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return total / _TICK


def memory_mb(pids: Iterable[int]) -> tuple[float, float]:
    """PSS (shared pages counted once) and RSS of the processes and their descendants, in MB."""
    pss = rss = 0
    for pid in {one for parent in pids for one in family(parent)}:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        values = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:] if line.endswith("kB")}
        pss, rss = pss + values["Pss"], rss + values["Rss"]
    return pss / 1024, rss / 1024


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []

"""A whole province's catalogue: importing 2,000 procedures, and publishing one with a form of 300 questions.

The made-up procedures are real ones under other numbers and names, so that they are as large and as full of rules.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bounds import Bound, below

ROOT = Path(__file__).resolve().parent.parent
PROCEDURES = 2000
FIELDS = 300
WANTED_IMPORT_SECONDS, WANTED_IMPORT_MB = 60, 300
WANTED_PUBLISH_SECONDS = 2
_TYPES = ("text", "long_text", "number", "money", "date", "choice", "yes_no", "email", "phone", "citizen_id")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds on the clock, and the most memory that it held, in MB."""

    seconds: float
    memory_mb: float


def made_up(folder: Path, count: int) -> Path:
    """Write `count` folders of procedures, made of the real ones in turns; return where."""
    models = [path.parent for path in sorted((ROOT / "procedures" / "kontum").glob("*/*/form.yaml"))]
    for place in range(count):
        model, number = models[place % len(models)], f"8.{place:06}"
        copy = folder / "made-up" / number
        shutil.copytree(model, copy)
        record = copy / "procedure.yaml"
        text = record.read_text(encoding="utf-8")
        text = re.sub(r'^number: .*$', f'number: "{number}"', text, count=1, flags=re.M)
        name = re.search(r"^name:((.|\n )*)$", text, flags=re.M)
        assert name is not None
        text = text.replace(name[0], f"name: {_renamed(name[1], place)}", 1)
        record.write_text(text, encoding="utf-8")
    return folder / "made-up"


def _renamed(name: str, place: int) -> str:
    plain = " ".join(name.replace(">-", "").replace('"', "").split())
    return f'"{plain} (bản {place})"'


def large_form(fields: int = FIELDS) -> str:
    """A form.yaml with so many questions of all common types, a third of them conditional."""
    lines = ["sections:"]
    for place in range(fields):
        if place % 25 == 0:
            lines += [f"  - id: phan_{place // 25}", f"    title: Phần {place // 25 + 1}", "    fields:"]
        kind = _TYPES[place % len(_TYPES)]
        field = f"      - {{id: cau_{place}, label: Câu hỏi số {place + 1}, type: {kind}"
        if kind == "choice":
            field += ", options: [{value: a, label: Phương án A}, {value: b, label: Phương án B}]"
        if place % 3 == 2 and place > 10:
            field += f", when: cau_{place - place % 10 - 5} == 'a'"
        lines.append(field + "}")
    return "\n".join(lines) + "\n"


def large_package(folder: Path) -> Path:
    """A folder of a real procedure whose form has 300 questions more; return it."""
    model = ROOT / "procedures" / "kontum" / "tieu-chuan-do-luong-chat-luong" / "2.000212"
    copy = folder / "large" / "8.900000"
    shutil.copytree(model, copy)
    shutil.rmtree(copy / "tests", ignore_errors=True)
    record = copy / "procedure.yaml"
    text = record.read_text(encoding="utf-8")
    record.write_text(re.sub(r'^number: .*$', 'number: "8.900000"', text, count=1, flags=re.M), encoding="utf-8")
    form = copy / "form.yaml"
    sections = large_form().removeprefix("sections:\n")
    form.write_text(
        re.sub(r"^sections:\n", lambda found: found[0] + sections, form.read_text(encoding="utf-8"), count=1, flags=re.M),
        encoding="utf-8",
    )
    return copy


def imported(folder: Path) -> Cost:
    """Import a folder by the command, in a process of its own. Raises RuntimeError with what it said when it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "motcua", "procedures", "import", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"importing {folder} failed:\n{said[-3000:]}")
    return Cost(time.perf_counter() - began, _mb(used))


def _mb(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / 1024  # Linux counts it in kB


def bounds(folder: Path) -> list[Bound]:
    """Measure both on the database that the environment names, with files beneath `folder`."""
    whole = imported(made_up(folder, PROCEDURES))
    large = imported(large_package(folder))
    return [
        below(f"importing {PROCEDURES} procedures", whole.seconds, WANTED_IMPORT_SECONDS, "s"),
        below("memory of that import", whole.memory_mb, WANTED_IMPORT_MB, "MB", 0),
        below(f"publishing a form of {FIELDS} questions, the command", large.seconds, WANTED_PUBLISH_SECONDS, "s"),
    ]

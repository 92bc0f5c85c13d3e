"""What uploads cost a web process in memory: `python -m benchmarks.uploads`.

A web server of its own, with one process, takes files of 200 MB in pieces, alone and four at a time; its resident
memory is read every few milliseconds. The limit is 20 MB above where it stood before.
"""

import argparse
import base64
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from benchmarks.bounds import Bound, below
from benchmarks.papers import pdf
from motcua.foundation.postgres import Embedded

ROOT = Path(__file__).resolve().parent.parent
PIECE = 2 << 20
LIMIT_MB = 20


class Watch(threading.Thread):
    """The highest resident memory of a process and its children while it runs, in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0.0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.01):
            self.peak = max(self.peak, resident(self.pid))

    def stop(self) -> float:
        self.over.set()
        self.join()
        return self.peak


def resident(pid: int) -> float:
    """Resident memory in MB of the process that serves: the largest among it and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = []
    for each in [str(pid), *children]:
        try:
            lines = Path(f"/proc/{each}/status").read_text().splitlines()
        except FileNotFoundError:
            continue
        found += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")]
    return max(found)


def send(client: httpx.Client, draft: str, component: str, content: bytes, name: str) -> float:
    """Upload one file in pieces and make a paper of it; seconds."""
    began = time.perf_counter()
    headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": client.cookies["csrftoken"], "X-Requested-With": "fetch"}
    about = {"filename": name, "component": component}
    pairs = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in about.items())
    created = client.post(
        f"{draft}tai-tep/", headers={**headers, "Upload-Length": str(len(content)), "Upload-Metadata": pairs}
    )
    assert created.status_code == 201, created.text
    address = created.headers["Location"]
    more = {**headers, "Content-Type": "application/offset+octet-stream"}
    for offset in range(0, len(content), PIECE):
        answer = client.patch(
            address, content=content[offset : offset + PIECE], headers={**more, "Upload-Offset": str(offset)}
        )
        assert answer.status_code == 204, answer.text
    finished = client.post(f"{address}xong/", headers=headers)
    assert finished.status_code == 200, finished.text
    return time.perf_counter() - began


def bounds(folder: str, megabytes: int = 200) -> list[Bound]:
    """Send files of that size to a web server of its own, whose data lie beneath `folder`."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="motcua-uploads-") as var, ExitStack() as stack:
        before, rows = measure(Path(var), megabytes, stack)
    name = f"growth of a web process (at {before:.0f} MB) by {{}} x {megabytes} MB"
    return [below(name.format(at_once), grown, LIMIT_MB, "MB") for at_once, _seconds, grown in rows]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.uploads", description=__doc__)
    parser.add_argument("--mb", type=int, default=200, help="size of one file (200)")
    parser.add_argument("--folder", default="/var/tmp", help="where the data folder is made (/var/tmp)")
    options = parser.parse_args()
    found = bounds(options.folder, options.mb)
    for bound in found:
        print(f"{bound.name:62}{bound.wanted:>16}{bound.measured:>24}  {'met' if bound.is_met else 'MISSED'}")
    return 0 if all(bound.is_met for bound in found) else 1


def measure(var: Path, megabytes: int, stack: ExitStack) -> tuple[float, list[tuple[int, float, float]]]:
    """Resident MB before, and for so many files at once the seconds and the MB by which it grew."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    var.chmod(0o755)
    server = Embedded(var / "postgres")
    server.start()
    stack.callback(server.stop)
    environment = {
        **os.environ, "MOTCUA_VAR": str(var), "MOTCUA_DEMO": "1", "DOSSIER_LIMIT_MB": "4000", "MOTCUA_BASE_URL": base, "DJANGO_SETTINGS_MODULE": "motcua.config.settings",
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", _PREPARE], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if said.returncode:
        raise RuntimeError(said.stderr[-3000:])
    session, draft, *components = said.stdout.split()
    web = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--blocking-threads", "4", "--no-access-log", "--http1-buffer-size", "65536", "motcua.config.wsgi:application"],
        env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(web.wait)
    stack.callback(web.terminate)
    content = pdf(megabytes << 20)
    with httpx.Client(base_url=base, cookies={"sessionid": session}, timeout=120) as client:
        for _ in range(100):
            try:
                client.get("/suc-khoe/")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        client.get(f"{draft}giay-to/").raise_for_status()
        for turn in range(5):  # what every thread needs once: a connection, templates, what is remembered
            _together(client, draft, components, pdf(50_000 + turn), 4)
        before = resident(web.pid)
        rows = []
        for at_once in (1, 4):
            watch = Watch(web.pid)
            watch.start()
            seconds = _together(client, draft, components, content, at_once)
            grown = watch.stop() - before
            rows.append((at_once, seconds, grown))
    return before, rows


def _together(client: httpx.Client, draft: str, components: list[str], content: bytes, at_once: int) -> float:
    began = time.perf_counter()
    wrong: list[BaseException] = []

    def one(number: int) -> None:
        mine = b"%%PDF-1.%d" % (3 + number) + content[8:]  # no two files are the same
        try:
            with httpx.Client(base_url=client.base_url, cookies=client.cookies, timeout=120) as own:
                send(own, draft, components[number % len(components)], mine, f"tep-{number}.pdf")
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=one, args=(number if at_once > 1 else 4,)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return time.perf_counter() - began


_PREPARE = """
import django
django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
call_command("migrate", verbosity=0)
from datetime import timedelta
from motcua.accounts.middleware import actor_of
from motcua.accounts.models import User
from motcua.agencies.models import Agency, Place, WorkingCalendar
from motcua.dossiers import operations
from motcua.foundation.actor import Actor
from motcua.foundation.time import now
from motcua.foundation.working_calendar import office_calendar
from motcua.procedures import operations as procedures
from motcua.procedures.models import ProcedureVersion
from pathlib import Path
calendar = WorkingCalendar.objects.create(name="Giờ hành chính", content=office_calendar().to_json())
Place.objects.update_or_create(pk=1, defaults={"product_name": "Cổng Dịch vụ công", "province_name": "Kon Tum", "province_code": "H34", "seat": "Kon Tum", "hotlines": []})
agency = Agency.objects.create(code="H34.12", name="Sở", kind="department", calendar=calendar)
folder = next(Path("procedures/kontum").glob("*/2.001207"))
procedures.import_folder(folder=folder, actor=Actor.system("benchmark"), at=now())
version = ProcedureVersion.objects.get(procedure__number="2.001207")
user = User.objects.create(username="062090001234", full_name="Nguyễn Văn An", kind="citizen", email="an@example.vn")
draft = operations.start_draft(version=version, agency=agency, reception=agency, actor=actor_of(user), at=now(), submitter={"kind": "person", "name": "An"}, answers={})
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
from motcua.procedures import rules
asked = [one.id for one in rules.asked_components(version.definition, {}) if not one.form]
print(session.session_key, f"/nop-ho-so/{draft.public_id}/", *asked)
"""


if __name__ == "__main__":
    sys.exit(main())

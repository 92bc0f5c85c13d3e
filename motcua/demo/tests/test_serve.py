"""The runner of the demonstration: ports, processes that end unasked, a clean end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from motcua.demo import serve
from motcua.demo.accounts import ACCOUNTS

ROOT = Path(__file__).resolve().parents[3]


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_port_in_use_is_passed_over():
    with socket.socket() as taken, ExitStack() as stack:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert stack.enter_context(serve._free_port(port)) > port


def test_two_demonstrations_never_get_the_same_port():
    with ExitStack() as stack:
        first = stack.enter_context(serve._free_port(18000))
        second = stack.enter_context(serve._free_port(18000))

        assert first != second
    with ExitStack() as stack:
        assert stack.enter_context(serve._free_port(18000)) == first


def test_the_addresses_agree_with_each_other():
    with ExitStack() as stack:
        chosen = serve._choose_addresses(stack, 18100)

    assert len({serve._port(chosen["MOTCUA_BASE_URL"]), chosen["EMAIL_PORT"]}) == 2
    assert serve._port(chosen["VNPAY_PAY_URL"]) == serve._port(chosen["VNPAY_API_URL"])


def test_accounts_are_distinct_and_of_every_role():
    assert len({account.login for account in ACCOUNTS}) == len(ACCOUNTS) == len({a.role for a in ACCOUNTS})


class Demonstration:
    """`motcua demo`, without demo data, in a folder of its own."""

    def __init__(self, folder):
        self.var = folder / "var"
        self.said = folder / "said"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "motcua", "demo", "--empty", "--port", "18200", "--workers", "1"],
                cwd=ROOT,
                env=kept | {"MOTCUA_VAR": str(self.var), "PYTHONUNBUFFERED": "1"},
                stdout=out,
                stderr=out,
            )

    def text(self):
        return self.said.read_text()

    def ready(self):
        assert self.process.poll() is None, self.text()
        return (self.var / "demo.json").exists() and "Ctrl-C ends" in self.text()

    def healthy(self):
        base = json.loads((self.var / "demo.json").read_text())["environment"]["MOTCUA_BASE_URL"]
        try:
            with urllib.request.urlopen(f"{base}/suc-khoe/", timeout=5) as answer:
                return json.load(answer)["ok"]
        except OSError:
            return False

    def pids(self):
        """Every process of it: those that carry its folder in their environment or arguments."""
        mark = str(self.var).encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            except OSError:
                continue
            if mark in words and int(process.name) != os.getpid() and alive(int(process.name)):
                found.append(int(process.name))
        return found

    def pid_of(self, words):
        for pid in self.pids():
            with suppress(FileNotFoundError):  # ended meanwhile
                if words in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode():
                    return pid
        return None


@pytest.fixture
def demonstration(open_folder):
    demonstration = Demonstration(open_folder)
    yield demonstration
    demonstration.process.kill()
    demonstration.process.wait()
    wait_until(lambda: not demonstration.pids())


def test_it_serves_heals_itself_and_ends_cleanly(demonstration):
    wait_until(demonstration.ready, 120)
    assert demonstration.healthy()
    assert all(account.login in demonstration.text() for account in ACCOUNTS)
    assert re.search(r"Mailbox +http://127.0.0.1:\d+/", demonstration.text())

    worker = demonstration.pid_of("motcua worker")
    (note,) = demonstration.var.glob("postgres/*/postmaster.pid")
    postgres = int(note.read_text().split()[0])
    os.kill(worker, signal.SIGKILL)
    os.kill(postgres, signal.SIGKILL)
    wait_until(lambda: "PostgreSQL ended unasked" in demonstration.text())
    wait_until(lambda: demonstration.pid_of("motcua worker") not in (None, worker))
    wait_until(demonstration.healthy)

    demonstration.process.send_signal(signal.SIGINT)
    assert demonstration.process.wait(60) == 0
    assert "PostgreSQL stopped." in demonstration.text()
    wait_until(lambda: not demonstration.pids(), 10)


def test_nothing_is_left_when_it_is_killed(demonstration):
    wait_until(demonstration.ready, 120)

    demonstration.process.kill()

    wait_until(lambda: not demonstration.pids(), 30)

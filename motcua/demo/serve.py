"""`motcua demo`: everything at once for trying out, ended by Ctrl-C.

Starts the embedded PostgreSQL, brings database and catalogue up to date, then serves web, background jobs,
mailbox and payment gateway, each as a process of its own that is started again when it ends unasked. This
process itself stays small: it only watches. When it is killed, its children end by themselves.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from motcua.demo.accounts import ACCOUNTS, PIN
from motcua.foundation.postgres import Embedded, PostgresError

WEB_PORT, SMTP_PORT, MAILBOX_PORT, VNPAY_PORT, SIGNER_PORT = 8000, 8025, 8026, 8027, 8028
VNPAY_MESSAGE_PATH = "/thanh-toan/thong-bao/vnpay/"

_HEALTH_SECONDS = 90
_STOP_SECONDS = 15
_PR_SET_PDEATHSIG = 1
_PYTHON = (sys.executable, "-m")
_libc = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """The demonstration cannot start; the message says why."""


class _StopAsked(BaseException):
    """Ctrl-C or SIGTERM: raised wherever we are, so that waiting ends at once."""


@dataclass
class Child:
    """One process of the demonstration."""

    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C comes to us alone; we end the others in order
                preexec_fn=end_with_parent,  # noqa: PLW1509 - we have one thread
            )
        self.started = time.monotonic()

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def end_what_it_left(self, number: signal.Signals) -> None:
        """Signal the processes that it started and that outlived it; they are in its group still."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def stop(self) -> None:
        if self.process is None:
            return
        if not self.ended():
            self.process.terminate()
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.end_what_it_left(signal.SIGKILL)

    def last_words(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C or SIGTERM. Return the exit code."""
    parser = argparse.ArgumentParser(prog="motcua demo", description="Serve everything for trying out.")
    parser.add_argument("--port", type=int, default=WEB_PORT, help=f"first port to try ({WEB_PORT})")
    parser.add_argument("--empty", action="store_true", help="without demo data: catalogue only")
    parser.add_argument("--dossiers", type=int, default=300, help="how many dossiers to begin with (300)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (2)")
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    try:
        with ExitStack() as stack:
            data = ["--empty"] if options.empty else ["--dossiers", str(options.dossiers)]
            _serve(stack, first_port=options.port, workers=options.workers, data=data)
    except _StopAsked:
        return 0
    except Failed as failure:
        print(f"motcua demo: {failure}", file=sys.stderr, flush=True)
        return 1
    return 0


def _ask_to_stop(number: int, frame: FrameType | None) -> None:
    raise _StopAsked


def _serve(stack: ExitStack, *, first_port: int, workers: int, data: list[str]) -> None:
    began = time.monotonic()
    environment = _choose_addresses(stack, first_port)
    for name, value in environment.items():
        os.environ.setdefault(name, value)
    from django.conf import settings  # only now: it reads what was just chosen

    var: Path = settings.VAR
    (var / "log").mkdir(parents=True, exist_ok=True)
    stack.enter_context(_only_one(var))
    _say(f"Một Cửa, for trying out. Everything it keeps is in {var}")

    server = None
    if settings.DATABASE_URL:
        _say("PostgreSQL: the server that DATABASE_URL names.")
    else:
        _say("PostgreSQL: the embedded one …")
        server = Embedded(var / "postgres", binaries=settings.POSTGRES_BINARIES)
        stack.callback(_leave_database, server)
        server.start()

    children: list[Child] = []
    stack.callback(_stop_all, children)
    for name, command in _sandboxes(var, environment):
        children.append(_started(name, command, var))
    _prepare(data)
    environment_now = {name: os.environ[name] for name in environment}
    for name, command in _product(environment, workers, settings.STATIC_ROOT):
        children.append(_started(name, command, var))
    _wait_until_healthy(environment["MOTCUA_BASE_URL"], children)
    (var / "demo.json").write_text(json.dumps({"pid": os.getpid(), "environment": environment_now}))
    stack.callback((var / "demo.json").unlink, missing_ok=True)
    _announce(environment, time.monotonic() - began)
    _watch(children, server)


def _choose_addresses(stack: ExitStack, first_port: int) -> dict[str, str]:
    """The settings that tie the processes together, by free ports: two demonstrations may run side by side."""
    ports = (first_port, SMTP_PORT, MAILBOX_PORT, VNPAY_PORT, SIGNER_PORT)
    web, smtp, mailbox, vnpay, signer = (stack.enter_context(_free_port(port)) for port in ports)
    return {
        "MOTCUA_DEMO": "1",
        "MOTCUA_BASE_URL": f"http://127.0.0.1:{web}",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp),
        "MOTCUA_MAILBOX_URL": f"http://127.0.0.1:{mailbox}/",
        "VNPAY_PAY_URL": f"http://127.0.0.1:{vnpay}/paymentv2/vpcpay.html",
        "VNPAY_API_URL": f"http://127.0.0.1:{vnpay}/merchant_webapi/api/transaction",
        "SIGNER_URL": f"http://127.0.0.1:{signer}/",
    }


def _sandboxes(var: Path, environment: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    from django.conf import settings

    mailbox: dict[str, Any] = {"folder": var / "mailbox"}
    mailbox |= {"smtp-port": environment["EMAIL_PORT"], "web-port": _port(environment["MOTCUA_MAILBOX_URL"])}
    yield "mailbox", [*_PYTHON, "motcua.sandboxes.mailbox", *_words(mailbox)]
    vnpay: dict[str, Any] = {"data": var / "vnpay.db", "port": _port(environment["VNPAY_PAY_URL"])}
    vnpay |= {"ipn-url": environment["MOTCUA_BASE_URL"] + VNPAY_MESSAGE_PATH}
    vnpay |= {"tmn-code": settings.VNPAY_TMN_CODE, "secret": settings.VNPAY_HASH_SECRET}
    yield "vnpay", [*_PYTHON, "motcua.sandboxes.vnpay", *_words(vnpay)]
    signer: dict[str, Any] = {"folder": var / "ky-so-tu-xa", "authority": var / "chung-thu-dung-thu"}
    signer |= {"port": _port(environment["SIGNER_URL"]), "secret": settings.SIGNER_SECRET}
    yield "signer", [*_PYTHON, "motcua.sandboxes.signer", *_words(signer)]


def _words(options: dict[str, Any]) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]


def _product(environment: dict[str, str], workers: int, static: Path) -> Iterator[tuple[str, list[str]]]:
    yield "worker", [*_PYTHON, "motcua", "worker", "--concurrency", "2", "--nice", "5"]  # letters may wait for pages
    web: dict[str, Any] = {"interface": "wsgi", "http": "1", "host": "127.0.0.1"}
    web |= {"port": _port(environment["MOTCUA_BASE_URL"]), "workers": workers, "blocking-threads": 4}
    web |= {"static-path-mount": static, "static-path-expires": 600}
    web |= {"workers-kill-timeout": 10, "log-level": "warning"}
    web |= {"http1-buffer-size": 65536}  # of each connection: large uploads come in no larger spoonfuls
    flags = ["--no-ws", "--respawn-failed-workers"]
    yield "web", [*_PYTHON, "granian", *_words(web), *flags, "motcua.config.wsgi:application"]


def _prepare(options: list[str]) -> None:
    done = subprocess.run(
        [*_PYTHON, "motcua", "prepare-demo", *options],
        stdin=subprocess.DEVNULL,
        preexec_fn=end_with_parent,
        check=False,
    )
    if done.returncode:
        raise Failed("the database could not be prepared; the reason is above.")


def _started(name: str, command: Sequence[str], var: Path) -> Child:
    child = Child(name, command, var / "log" / f"{name}.log")
    if child.log.exists() and child.log.stat().st_size > 10_000_000:
        child.log.replace(child.log.with_suffix(".log.old"))
    child.start()
    return child


def _wait_until_healthy(base_url: str, children: list[Child]) -> None:
    deadline = time.monotonic() + _HEALTH_SECONDS
    while time.monotonic() < deadline:
        for child in children:
            if child.ended():
                raise Failed(f"{child.name} ended at once. {child.log} says:\n{child.last_words()}")
        try:
            with urllib.request.urlopen(f"{base_url}/suc-khoe/", timeout=5):  # noqa: S310 - http, ours
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    web = children[-1]
    raise Failed(f"the web server does not answer at {base_url}. {web.log} says:\n{web.last_words()}")


def _announce(environment: dict[str, str], seconds: float) -> None:
    width = max(len(_composed(account.role)) for account in ACCOUNTS)
    wide = max(len(account.login) for account in ACCOUNTS)
    lines = [
        "",
        f"Ready after {seconds:.0f} s.",
        "",
        f"  Portal            {environment['MOTCUA_BASE_URL']}/",
        f"  Mailbox           {environment['MOTCUA_MAILBOX_URL']}",
        f"  Payment sandbox   {environment['VNPAY_PAY_URL'].split('/paymentv2')[0]}/giao-dich",
        f"  Signing sandbox   {environment['SIGNER_URL']}   (PIN of the certificates: {PIN})",
        "",
        f"  {'Role':{width}}  {'Login':{wide}}  Password     Name",
        *(
            f"  {_composed(account.role):{width}}  {account.login:{wide}}  {account.password:11}  {account.name}"
            for account in ACCOUNTS
        ),
        "",
        "Ctrl-C ends everything. Logs are in var/log.",
    ]
    _say("\n".join(lines))


def _watch(children: list[Child], server: Embedded | None) -> None:
    """Start again what ends unasked, at once at first, later with growing pauses. Does not return."""
    while True:
        time.sleep(0.5)
        if server is not None and not server.running():
            _say("PostgreSQL ended unasked; starting it again …")
            try:
                server.start()
            except PostgresError as error:
                _say(str(error))
        for child in children:
            now = time.monotonic()
            if not child.ended():
                if now - child.started > 60:
                    child.failures = 0
            elif not child.again_at:
                child.end_what_it_left(signal.SIGTERM)  # what a web server was answering may be finished
                child.again_at = now + min(2**child.failures - 1, 30)
                child.failures += 1
                assert child.process is not None
                _say(
                    f"{child.name} ended unasked ({child.process.returncode}); starting it again. See {child.log}"
                )
            elif now >= child.again_at:
                child.again_at = 0.0
                child.end_what_it_left(signal.SIGKILL)
                child.start()


def _stop_all(children: list[Child]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for child in reversed(children):
        _say(f"Stopping {child.name} …")
        child.stop()


def _leave_database(server: Embedded) -> None:
    _say("PostgreSQL stopped." if server.stop() else "PostgreSQL is left to another command that uses it.")


@contextmanager
def _only_one(var: Path) -> Iterator[None]:
    with (var / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failed(
                f"it already runs with the same data ({var}). End it first, or set MOTCUA_VAR."
            ) from None
        yield


@contextmanager
def _free_port(first: int) -> Iterator[int]:
    """The first free port from `first` on, kept from other demonstrations until the end."""
    for port in range(first, first + 500):
        try:
            lock = (Path(tempfile.gettempdir()) / f"motcua-port-{port}.lock").open("a")
        except OSError:  # of another user of this machine
            continue
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _try_port(port)
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EAGAIN):
                    raise
                continue
            yield port
            return
    raise Failed(f"no free port from {first} on.")


def _try_port(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def _port(address: str) -> str:
    return address.split("/")[2].rpartition(":")[2]


def end_with_parent() -> None:
    """In a child: ask the kernel to end it when its parent ends, however that ends."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _composed(words: str) -> str:
    return unicodedata.normalize("NFC", words)


def _say(words: str) -> None:
    print(words, flush=True)

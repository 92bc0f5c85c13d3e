"""Clients that go on asking until they are answered, while something kills what answers them."""

import html
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from motcua.sandboxes.vnpay import fourteen, signed_query
from tests.cast import PASSWORD
from tests.product import Product, wait_for

PATIENCE = 60  # seconds for which a client repeats one request
_HIDDEN = re.compile(r'name="(\w+)" value="([^"]*)"')


@dataclass
class Tally:
    """What the clients were told, and how often nobody answered them."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, answer: str) -> None:
        with self._lock:
            assert self.acknowledged.setdefault(what, answer) == answer, "two different answers to one client"

    def until_answered(self, ask: Callable[[], str]) -> str:
        """Repeat the request until it is answered; "" and errors of the network are no answer."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if answer := ask():
                    return answer
            except httpx.TransportError:
                pass
            with self._lock:
                self.unanswered += 1
            time.sleep(0.1)
        raise AssertionError("nobody answered for a minute")


class Citizen:
    """A session of its own; every form is fetched before the killing begins, so that only submits are cut."""

    def __init__(self, product: Product, login: str) -> None:
        self.product = product
        self.http = httpx.Client(base_url=product.base_url, timeout=15)
        page = self.http.get("/tai-khoan/dang-nhap/")
        given = {"login": login, "password": PASSWORD} | _hidden(page)
        answer = self.http.post("/tai-khoan/dang-nhap/", data=given)
        assert answer.status_code == 302, answer.text
        self.forms: dict[str, dict[str, str]] = {}

    def prepare(self, public_id: str) -> None:
        page = self.http.get(f"/nop-ho-so/{public_id}/kiem-tra/").raise_for_status()
        given = _hidden(page)
        code = self.product.code_of(given["code_key"])
        self.forms[public_id] = given | {"mc.action": "submit", "commitment": "yes", "code": code}

    def submit(self, public_id: str) -> str:
        """The code of the dossier as the page says it; "" when the server did not say that it is filed."""
        done = f"/nop-ho-so/{public_id}/da-nop/"
        answer = self.http.post(f"/nop-ho-so/{public_id}/kiem-tra/", data=self.forms[public_id])
        if answer.status_code >= 500 or answer.headers.get("location") != done:
            assert answer.status_code >= 500, (answer.status_code, answer.headers, answer.text)
            return ""
        page = self.http.get(done)
        found = re.search(r"H34\.12-\d{6}-\d{4}", page.text) if page.status_code == 200 else None
        return found[0] if found else ""


def _hidden(page: httpx.Response) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _HIDDEN.findall(page.text)}


def notice_of(payment: dict[str, Any], number: int) -> str:
    """The signed message by which the gateway's server says that this payment has come."""
    return signed_query(
        {
            "vnp_TmnCode": "DEMOTMN1",
            "vnp_TxnRef": payment["code"],
            "vnp_Amount": str(payment["amount_vnd"] * 100),
            "vnp_ResponseCode": "00",
            "vnp_TransactionStatus": "00",
            "vnp_TransactionNo": str(40_000_000 + number),
            "vnp_BankCode": "NCB",
            "vnp_PayDate": fourteen(datetime.now(UTC)),
        },
        "SANDBOXSECRET",
    )


def all_at_once(works: Sequence[Callable[[], None]], *, meanwhile: Callable[[], None]) -> None:
    """Run every work in a thread of its own, and `meanwhile` beside them; fails with the first failure."""
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(work,)) for work in (*works, meanwhile)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


# What is killed ---------------------------------------------------------------------------------------------


def children_of(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(facts[1]) == pid and facts[0] != "Z":
            found.append(int(folder.name))
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def web_of(product: Product) -> int:
    """The parent of the web processes."""
    return wait_for(
        lambda: next((pid for pid in children_of(product.pid) if "-m granian" in _command(pid)), 0),
        "the web server",
    )


def kill_web_process(product: Product) -> None:
    """One of the processes that answer requests."""
    parent = web_of(product)
    workers = wait_for(lambda: children_of(parent), "a web process")
    os.kill(workers[0], signal.SIGKILL)


def kill_web_server(product: Product) -> None:
    """The parent; the processes that it leaves must not go on answering beside its successor's."""
    parent = web_of(product)
    workers = children_of(parent)
    os.kill(parent, signal.SIGKILL)
    wait_for(
        lambda: not any(_command(pid) for pid in workers), "the web processes of the killed server to end"
    )


def kill_worker(product: Product) -> None:
    """The process that runs the jobs, in the middle of whatever it does."""
    pid = wait_for(
        lambda: next((pid for pid in children_of(product.pid) if "motcua worker" in _command(pid)), 0), "the worker"
    )
    os.kill(pid, signal.SIGKILL)


def kill_database(product: Product) -> None:
    """PostgreSQL's postmaster, without a word to its children."""
    (found,) = product.var.glob("postgres/*/postmaster.pid")
    os.kill(int(found.read_text().splitlines()[0]), signal.SIGKILL)

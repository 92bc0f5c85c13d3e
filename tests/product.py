"""The real product for tests: `motcua demo` in a folder of its own, started as those start it who try it out."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from psycopg import sql

from motcua.demo.serve import end_with_parent
from motcua.foundation.postgres import embedded_url

ROOT = Path(__file__).resolve().parent.parent
_KEPT = ("PATH", "HOME", "LANG", "POSTGRES_BINARIES", "MOTCUA_SECRET_KEY")
Found = TypeVar("Found")


def wait_for(look: Callable[[], Found], what: str, seconds: float = 30) -> Found:
    """What `look` finds as soon as it finds something; fails with `what` after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain: {what}"
        time.sleep(0.1)
    return found


class Product:
    """A running demonstration: its addresses, its mailbox, its database."""

    def __init__(self, var: Path, database_url: str = "") -> None:
        self.var, self.database_url = var, database_url or embedded_url(var / "postgres")
        running = json.loads((var / "demo.json").read_text())
        self.pid: int = running["pid"]
        self.environment: dict[str, str] = running["environment"]
        self.base_url = self.environment["MOTCUA_BASE_URL"]
        self.mailbox_url = self.environment["MOTCUA_MAILBOX_URL"]
        self.gateway_url = self.environment["VNPAY_PAY_URL"].partition("/paymentv2")[0]

    def mails(self, to: str) -> list[dict[str, Any]]:
        """What came to this address, newest first."""
        answer = httpx.get(f"{self.mailbox_url}messages.json", params={"to": to}).raise_for_status()
        mails: list[dict[str, Any]] = answer.json()["messages"]
        return mails

    def mail(self, to: str, subject: str, seconds: float = 30) -> dict[str, Any]:
        """The newest mail to this address whose subject holds these words; waits for it."""

        def look() -> dict[str, Any] | None:
            return next((mail for mail in self.mails(to) if subject in mail["subject"]), None)

        found = wait_for(look, f"a mail “{subject}” to {to}", seconds)
        assert found is not None
        return found

    def attachment(self, mail: dict[str, Any], number: int = 0) -> bytes:
        address = self.mailbox_url.rstrip("/") + mail["attachments"][number]["url"]
        return httpx.get(address).raise_for_status().content

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What the product's database answers, over a connection of one's own."""
        with psycopg.connect(self.database_url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    def one(self, statement: str, *values: object) -> Any:
        rows = self.rows(statement, *values)
        assert len(rows) == 1, rows
        return rows[0][0]

    def code_of(self, key: str) -> str:
        """What stands in the picture of a confirmation code."""
        answer: str = self.one(
            "SELECT response FROM captcha_captchastore WHERE hashkey = %s", key.partition(":")[0]
        )
        return answer

    def prepare(self, kind: str, *, accounts: int, of_each: int = 1) -> list[dict[str, Any]]:
        """What tests.prepare makes beside the running product: citizens, drafts or payments."""
        theirs = {"MOTCUA_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "motcua.config.settings"}
        if os.environ.get("DATABASE_URL"):
            theirs["DATABASE_URL"] = self.database_url
        said = subprocess.run(
            [sys.executable, "-m", "tests.prepare", kind, str(accounts), str(of_each)],
            cwd=ROOT,
            env=os.environ | self.environment | theirs,
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
        )
        made: list[dict[str, Any]] = json.loads(said.stdout)
        return made

    def healthy(self) -> bool:
        try:
            return bool(httpx.get(f"{self.base_url}/suc-khoe/", timeout=2).json()["ok"])
        except (httpx.HTTPError, ValueError, KeyError):
            return False


@contextmanager
def running_product(*, dossiers: int, port: int, workers: int = 2) -> Iterator[Product]:
    """Start the demonstration from nothing, and end it. Its data go with it."""
    with tempfile.TemporaryDirectory(prefix="motcua-product-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server's user must be able to enter it when root runs the tests
        var = folder / "var"
        with _database() as (database_url, environment):
            kept = {word: os.environ[word] for word in _KEPT if word in os.environ}
            command = [sys.executable, "-m", "motcua", "demo", "--port", str(port)]
            command += ["--dossiers", str(dossiers), "--workers", str(workers)]
            said = folder / "said"
            with said.open("wb") as out:
                process = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=kept | environment | {"MOTCUA_VAR": str(var), "PYTHONUNBUFFERED": "1"},
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    preexec_fn=end_with_parent,  # noqa: PLW1509 - waits for nothing
                )
            try:

                def ready() -> bool:
                    assert process.poll() is None, said.read_text()
                    return "Ctrl-C ends everything" in said.read_text()

                wait_for(ready, "the demonstration to be ready", seconds=180)
                yield Product(var, database_url)
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@contextmanager
def _database() -> Iterator[tuple[str, dict[str, str]]]:
    """The address of the product's database, and what tells the product: "" for its own, or one on DATABASE_URL's server."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield "", {}
        return
    name = sql.Identifier(f"motcua_product_{os.getpid()}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(name))
        try:
            url = urlunsplit(urlsplit(server)._replace(path=f"/motcua_product_{os.getpid()}"))
            yield url, {"DATABASE_URL": url}
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

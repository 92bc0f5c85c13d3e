"""A remote signing service for trying out: it takes a hash, its page is the signer's phone, its signatures are worth nothing.

It stands alone and imports nothing of the product. Run it as a process of its own:

    python -m motcua.sandboxes.signer --port 8028 --folder var/ky-so --secret Y

`GET /v1/certificates/ACCOUNT` gives the certificate of an account (made when it is first asked), `POST
/v1/signatures` takes {account, document, hash, algorithm} and answers {transaction, expires_at}, `GET
/v1/signatures/TRANSACTION` says how it stands. Both want `Authorization: Bearer SECRET`. What waits and what was
signed lies in the folder, so a restart keeps it.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import html
import json
import logging
import re
import secrets
import sqlite3
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from motcua.sandboxes.authority import Authority

logger = logging.getLogger("sandbox.signer")
_HANOI = timezone(timedelta(hours=7))
_BODY_LIMIT = 64 * 1024
_SHOWN = 50
_TABLES = """
CREATE TABLE IF NOT EXISTS account (name TEXT PRIMARY KEY, pem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS signature (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, document TEXT NOT NULL, hash TEXT NOT NULL, asked REAL NOT NULL,
    expires REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', value TEXT NOT NULL DEFAULT ''
);
"""
_STATES = {
    "waiting": "Chờ xác nhận",
    "signed": "Đã ký",
    "declined": "Đã từ chối",
    "expired": "Hết thời gian",
}


class NotUnderstood(Exception):
    """A request that no signing service would take."""


@dataclass
class Options:
    folder: Path
    secret: str
    authority: Path | None = None  # the folder of the authority; inside of `folder` when none is named
    lives_seconds: float = 300


class Service:
    """The accounts with their keys, and what they are asked to sign."""

    def __init__(self, options: Options) -> None:
        self.options = options
        options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.authority = Authority(options.authority or options.folder / "authority")
        self._lock = threading.Lock()
        self._data = sqlite3.connect(options.folder / "signer.db", check_same_thread=False, isolation_level=None)
        self._data.row_factory = sqlite3.Row
        self._data.executescript(_TABLES)

    def close(self) -> None:
        self._data.close()

    def certificate(self, account: str) -> dict[str, str]:
        """The account's certificate with the one above it, PEM. Raises NotUnderstood for no account's name."""
        if not re.fullmatch(r"[\w .@-]{2,64}", account):
            raise NotUnderstood("account")
        with self._lock:
            kept = self._account(account)
        certificate = x509.load_pem_x509_certificate(kept.encode())
        return {
            "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
            "chain": self.authority.own.pem,
        }

    def _account(self, account: str) -> str:
        row = self._data.execute("SELECT pem FROM account WHERE name = ?", (account,)).fetchone()
        if row:
            return str(row["pem"])
        made = self.authority.identity(account, "")
        key = made.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._data.execute("INSERT INTO account VALUES (?, ?)", (account, key.decode() + made.pem))
        return key.decode() + made.pem

    def ask(self, account: str, document: str, digest: str) -> sqlite3.Row:
        """Put a hash before an account. Raises NotUnderstood."""
        with self._lock:
            known = self._data.execute("SELECT 1 FROM account WHERE name = ?", (account,)).fetchone()
            if not known or not re.fullmatch(r"[0-9a-f]{64}", digest):
                raise NotUnderstood("account or hash")
            asked, key = _now(), secrets.token_urlsafe(16)
            self._data.execute(
                "INSERT INTO signature (id, account, document, hash, asked, expires) VALUES (?, ?, ?, ?, ?, ?)",
                (key, account, document[:500], digest, asked, asked + self.options.lives_seconds),
            )
        return self.one(key)

    def one(self, key: str) -> sqlite3.Row:
        """Raises KeyError."""
        with self._lock:
            self._expire()
            row: sqlite3.Row | None = self._data.execute("SELECT * FROM signature WHERE id = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return row

    def newest(self) -> list[sqlite3.Row]:
        with self._lock:
            self._expire()
            return self._data.execute("SELECT * FROM signature ORDER BY asked DESC LIMIT ?", (_SHOWN,)).fetchall()

    def answer(self, key: str, *, confirms: bool) -> None:
        """What the signer presses on the phone; pressed twice, or too late, it does nothing."""
        row = self.one(key)
        value = self._sign(row["account"], row["hash"]) if confirms else ""
        with self._lock:
            self._data.execute(
                "UPDATE signature SET state = ?, value = ? WHERE id = ? AND state = 'waiting'",
                ("signed" if confirms else "declined", value, key),
            )

    def _sign(self, account: str, digest: str) -> str:
        with self._lock:
            kept = self._account(account)
        key = serialization.load_pem_private_key(kept.encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        made = key.sign(bytes.fromhex(digest), padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        return base64.b64encode(made).decode()

    def _expire(self) -> None:
        self._data.execute(
            "UPDATE signature SET state = 'expired' WHERE state = 'waiting' AND expires < ?", (_now(),)
        )


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, _HANOI)


# -- the phone ---------------------------------------------------------------------------------------------------

_STYLE = """
*{box-sizing:border-box}body{margin:0;background:#eef1f4;color:#1d2733;font:17px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:1.25rem}h1{font-size:1.4rem;line-height:1.3;margin:.5rem 0 1rem}
.note{background:#fff4d6;border:1px solid #e0b64a;border-radius:.6rem;padding:.75rem 1rem;margin:0 0 1.25rem}
.card{background:#fff;border-radius:.9rem;padding:1.1rem 1.2rem;margin:0 0 1rem;box-shadow:0 1px 3px #0002}
.card h2{font-size:1.05rem;margin:0 0 .5rem;overflow-wrap:anywhere}.card p{margin:.25rem 0;overflow-wrap:anywhere}
.small{font-size:.9rem;color:#4b5968}.row{display:flex;gap:.75rem;margin-top:1rem}
button{flex:1;min-height:3rem;border:1px solid #1f5fa8;border-radius:.6rem;font:inherit;font-weight:600;cursor:pointer}
.yes{background:#1f5fa8;color:#fff}.no{background:#fff;color:#1f5fa8}button:focus-visible{outline:3px solid #f5a623}
.done{font-weight:600}
"""


def phone(rows: Sequence[sqlite3.Row]) -> str:
    """The page on which who owns an account confirms, newest first."""
    waiting = [row for row in rows if row["state"] == "waiting"]
    over = [row for row in rows if row["state"] != "waiting"][:20]
    parts = [_card(row) for row in waiting] or ['<p class="card">Không có yêu cầu ký nào đang chờ.</p>']
    if over:
        parts.append("<h1>Đã xử lý</h1>")
        parts += [_card(row) for row in over]
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5">'
        f"<title>Ứng dụng ký số dùng thử</title><style>{_STYLE}</style></head><body><main>"
        '<p class="note"><strong>Đây là ứng dụng dùng thử.</strong> Trang này thay cho điện thoại của người ký. '
        "Chữ ký tạo ra ở đây không có giá trị pháp lý.</p>"
        f"<h1>Yêu cầu ký đang chờ</h1>{''.join(parts)}</main></body></html>"
    )


def _card(row: sqlite3.Row) -> str:
    lines = [
        f"<h2>{html.escape(row['document'])}</h2>",
        f"<p>Người ký: <strong>{html.escape(row['account'])}</strong></p>",
        f'<p class="small">Yêu cầu lúc {_moment(row["asked"]):%H:%M:%S, %d/%m/%Y}</p>',
    ]
    if row["state"] == "waiting":
        lines.append(f'<p class="small">Xác nhận trước {_moment(row["expires"]):%H:%M:%S}</p>')
        lines.append(
            f'<form class="row" method="post" action="/tra-loi/{row["id"]}">'
            '<button class="yes" name="answer" value="yes">Xác nhận ký</button>'
            '<button class="no" name="answer" value="no">Từ chối</button></form>'
        )
    else:
        lines.append(f'<p class="done">{_STATES[row["state"]]}</p>')
    return f'<section class="card">{"".join(lines)}</section>'


def request_class(service: Service) -> type[BaseHTTPRequestHandler]:
    class Request(BaseHTTPRequestHandler):
        server_version = "SandboxSigner"
        timeout = 15

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/":
                self._send(phone(service.newest()).encode(), "text/html; charset=utf-8", HTTPStatus.OK)
                return
            if not self._is_known():
                return
            place, _slash, key = path.rpartition("/")
            try:
                if place == "/v1/certificates":
                    self._json(service.certificate(unquote(key)))
                elif place == "/v1/signatures":
                    self._json(_standing(service.one(unquote(key))))
                else:
                    raise KeyError(path)
            except (KeyError, NotUnderstood):
                self._json({"error": "not found"}, HTTPStatus.NOT_FOUND)

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > _BODY_LIMIT:
                self._json({"error": "too large"}, HTTPStatus.BAD_REQUEST)
                return
            body = self.rfile.read(int(length)).decode("utf-8", "replace")
            path = urlsplit(self.path).path
            if path.startswith("/tra-loi/"):
                self._answer(path.removeprefix("/tra-loi/"), body)
            elif path == "/v1/signatures" and self._is_known():
                self._ask(body)
            elif path != "/v1/signatures":
                self._json({"error": "not found"}, HTTPStatus.NOT_FOUND)

        def _answer(self, key: str, body: str) -> None:
            try:
                service.answer(key, confirms=parse_qs(body).get("answer") == ["yes"])
            except KeyError:
                self._json({"error": "not found"}, HTTPStatus.NOT_FOUND)
                return
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _ask(self, body: str) -> None:
            try:
                given = json.loads(body)
                row = service.ask(str(given["account"]), str(given["document"]), str(given["hash"]))
            except (ValueError, KeyError, TypeError, NotUnderstood):
                self._json({"error": "not understood"}, HTTPStatus.BAD_REQUEST)
                return
            self._json(_standing(row))

        def _is_known(self) -> bool:
            told = self.headers.get("Authorization", "").encode()
            if hmac.compare_digest(told, f"Bearer {service.options.secret}".encode()):
                return True
            self._json({"error": "not allowed"}, HTTPStatus.FORBIDDEN)
            return False

        def _json(self, content: dict[str, str], status: HTTPStatus = HTTPStatus.OK) -> None:
            self._send(json.dumps(content).encode(), "application/json", status)

        def _send(self, body: bytes, kind: str, status: HTTPStatus) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            logger.debug(format, *args)

    return Request


def _standing(row: sqlite3.Row) -> dict[str, str]:
    return {
        "transaction": row["id"],
        "state": row["state"],
        "signature": row["value"],
        "expires_at": _moment(row["expires"]).isoformat(),
    }


class Server(ThreadingHTTPServer):
    """The service, listening. `port` 0 takes a free one; `server_port` says which."""

    daemon_threads = True

    def __init__(self, options: Options, host: str = "127.0.0.1", port: int = 0) -> None:
        self.service = Service(options)
        super().__init__((host, port), request_class(self.service))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="motcua sandbox signer", description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8028)
    parser.add_argument("--folder", type=Path, required=True, help="Where accounts and signatures are kept.")
    parser.add_argument("--authority", type=Path, help="Folder of the authority that vouches for the accounts.")
    parser.add_argument("--secret", required=True)
    parser.add_argument("--lives-seconds", type=float, default=300, help="How long a request waits.")
    given = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    server = Server(Options(given.folder, given.secret, given.authority, given.lives_seconds), given.host, given.port)
    print(f"http://{given.host}:{server.server_port}/", flush=True)
    with closing(server.service):
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A browser of few words: HTTP/1.1 over one kept connection, cookies, forms. As cheap as it can be: it shares
the processor with what it measures."""

import json
import socket
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

_SECONDS = 30
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.8"


@dataclass(slots=True)
class Answer:
    status: int
    headers: bytes
    body: bytes

    def header(self, name: bytes) -> str:
        """The first header of this name (written as "Name"), whatever its case; empty when there is none."""
        place = self.headers.lower().find(b"\r\n" + name.lower() + b":")
        if place < 0:
            return ""
        start = place + len(name) + 3
        return self.headers[start : self.headers.find(b"\r\n", start)].strip().decode("latin-1")


class Browser:
    """One visitor. Raises OSError when the server does not answer."""

    def __init__(self, host: str, port: int) -> None:
        self.address = host, port
        self.cookies: dict[str, str] = {}
        self.connection: socket.socket | None = None
        self._common = f"Host: {host}:{port}\r\nUser-Agent: {_AGENT}\r\nAccept: {_ACCEPT}\r\nAccept-Language: vi,en;q=0.5\r\n"

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"", "")

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> Answer:
        """As a form without files does."""
        return self._ask(
            "POST", path, urlencode(fields).encode(), "Content-Type: application/x-www-form-urlencoded\r\n"
        )

    def post_json(self, path: str, content: object) -> Answer:
        """As our scripts do."""
        return self._ask("POST", path, json.dumps(content).encode(), self._script("application/json"))

    def upload(self, path: str, name: str, content: bytes) -> Answer:
        """One PDF in the field "file", as our scripts do."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
        body = b"".join((head.encode(), content, f"\r\n--{mark}--\r\n".encode()))
        return self._ask("POST", path, body, self._script(f"multipart/form-data; boundary={mark}"))

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _script(self, content_type: str) -> str:
        token = self.cookies.get("csrftoken", "")
        return f"Content-Type: {content_type}\r\nX-CSRFToken: {token}\r\nX-Requested-With: fetch\r\n"

    def _ask(self, method: str, path: str, body: bytes, more: str) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"{method} {path} HTTP/1.1\r\n{self._common}{more}"
        if cookies:
            head += f"Cookie: {cookies}\r\n"
        if method == "POST":
            head += f"Content-Length: {len(body)}\r\n"
        request = f"{head}\r\n".encode()
        if self.connection is None:
            self.connection = socket.create_connection(self.address, _SECONDS)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(body) < 65536:
            self.connection.sendall(request + body)
        else:
            self.connection.sendall(request)
            self.connection.sendall(body)
        answer = self._receive(self.connection)
        self._keep_cookies(answer.headers)
        return answer

    def _receive(self, connection: socket.socket) -> Answer:
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            block = connection.recv(262_144)
            if not block:
                raise ConnectionError("the server closed the connection")
            received += block
        headers = bytes(received[: end + 2])
        answer = Answer(int(headers[9:12]), headers, b"")
        said = answer.header(b"Content-Length")
        if not said and answer.status not in (204, 304):
            raise ConnectionError(f"an answer of unknown length: {headers!r}")
        length = end + 4 + int(said or 0)
        while len(received) < length:
            block = connection.recv(262_144)
            if not block:
                raise ConnectionError("the server closed the connection within an answer")
            received += block
        answer.body = bytes(received[end + 4 :])
        if answer.header(b"Connection").lower() == "close":
            self.close()
        return answer

    def _keep_cookies(self, headers: bytes) -> None:
        if b"et-cookie:" not in headers.lower():
            return
        for line in headers.split(b"\r\n"):
            if line[:11].lower() == b"set-cookie:":
                name, _, value = line[11:].split(b";")[0].strip().decode().partition("=")
                if value and value != '""':
                    self.cookies[name] = value
                else:
                    self.cookies.pop(name, None)

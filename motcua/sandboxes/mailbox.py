"""A mailbox for trying out: it takes every mail by SMTP, sends none on, and shows them on a page.

A process of its own (`motcua sandbox mailbox`) that knows nothing of the rest of the program. Mails lie as
files in one folder, so a restart keeps them. `/messages.json` (optionally `?to=ADDRESS`) serves tests.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formataddr, getaddresses
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_HANOI = timezone(timedelta(hours=7))
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_RECIPIENTS = "X-Mailbox-Recipient"
_PAGE = 50
_LARGEST_MAIL = 40_000_000  # bytes


@dataclass(frozen=True)
class Mail:
    """One received mail."""

    id: str
    path: Path

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.path.read_bytes(), policy=policy.default)

    @property
    def received_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.id.split("-")[0]) / 1_000_000, _HANOI)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "(không có tiêu đề)")

    @property
    def sender(self) -> str:
        return _people(self.message, "From")

    @property
    def recipients(self) -> list[str]:
        """The addresses it was delivered to, copies that nobody else sees among them."""
        return [str(value) for value in self.message.get_all(_RECIPIENTS, [])]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[tuple[str, str, bytes]]:
        """Name, content type and content of each attachment."""
        found = []
        for number, part in enumerate(self.message.iter_attachments(), start=1):
            content = part.get_payload(decode=True)
            body = content if isinstance(content, bytes) else part.as_bytes()
            found.append((part.get_filename() or f"tep-{number}", part.get_content_type(), body))
        return found

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        if part is None:
            return ""
        try:
            return str(part.get_content())
        except LookupError:  # a character set that does not exist
            content = part.get_payload(decode=True)
            return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


class Mailbox:
    """The folder of the received mails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add(self, content: bytes, recipients: list[str]) -> str:
        """Keep a mail and return its id. It is whole on disk before it counts."""
        id_ = f"{time.time_ns() // 1000}-{uuid.uuid4().hex[:8]}"
        notes = "".join(f"{_RECIPIENTS}: {_one_line(address)}\r\n" for address in recipients)
        fresh = self.folder / f"{id_}.part"
        fresh.write_bytes(notes.encode() + content)
        fresh.rename(self.folder / f"{id_}.eml")
        return id_

    def newest(self, *, to: str = "") -> Iterator[Mail]:
        """The mails whose recipients contain `to`, newest first."""
        for path in sorted(self.folder.glob("*.eml"), reverse=True):
            mail = Mail(path.stem, path)
            if not to or any(to.lower() in address.lower() for address in mail.recipients):
                yield mail

    def get(self, id_: str) -> Mail | None:
        path = self.folder / f"{id_}.eml"
        return Mail(id_, path) if re.fullmatch(r"\d+-[0-9a-f]+", id_) and path.exists() else None


class _Receiver:
    """What aiosmtpd asks when mail comes."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        self.mailbox.add(content if isinstance(content, bytes) else content.encode(), envelope.rcpt_tos)
        return "250 OK"


class _Pages(BaseHTTPRequestHandler):
    """The pages. One instance answers one request."""

    mailbox: Mailbox
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        for pattern, answer in _ROUTES:
            match = re.fullmatch(pattern, unquote(address.path))
            if match:
                answer(self, query, *match.groups())
                return
        self.not_found()

    do_HEAD = do_GET  # noqa: N815

    def show_list(self, query: dict[str, str]) -> None:
        to = query.get("to", "").strip()
        page = int(query["page"]) if query.get("page", "").isdecimal() else 1
        mails = list(self.mailbox.newest(to=to))
        start = (max(page, 1) - 1) * _PAGE
        self.page(
            "Hộp thư thử nghiệm", _list_html(mails[start : start + _PAGE], len(mails), to, max(page, 1))
        )

    def one(self, query: dict[str, str], id_: str) -> None:
        mail = self.mailbox.get(id_)
        if mail is None:
            self.not_found()
        else:
            self.page(mail.subject, _mail_html(mail))

    def body(self, query: dict[str, str], id_: str) -> None:
        mail = self.mailbox.get(id_)
        if mail is None:
            self.not_found()
            return
        # No script, no form, nothing fetched: links open in a tab of their own, and that is all it may do.
        rules = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        rules += "sandbox allow-popups allow-popups-to-escape-sandbox"
        content = f'<!doctype html><meta charset="utf-8"><base target="_blank">{mail.html}'
        self.answer(content.encode(), "text/html; charset=utf-8", rules=rules)

    def attachment(self, query: dict[str, str], id_: str, number: str) -> None:
        mail = self.mailbox.get(id_)
        files = mail.attachments if mail else []
        if not 0 < int(number) <= len(files):
            self.not_found()
            return
        name, _kind, content = files[int(number) - 1]
        self.answer(
            content,
            "application/octet-stream",
            {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
        )

    def show_json(self, query: dict[str, str]) -> None:
        mails = [_as_json(mail) for mail in self.mailbox.newest(to=query.get("to", ""))]
        content = json.dumps({"messages": mails}, ensure_ascii=False)
        self.answer(content.encode(), "application/json; charset=utf-8")

    def health(self, query: dict[str, str]) -> None:
        self.answer(b'{"ok": true}', "application/json")

    def not_found(self) -> None:
        self.page("Không tìm thấy", "<p>Không tìm thấy thư này.</p>", status=404)

    def page(self, title: str, content: str, status: int = 200) -> None:
        whole = _LAYOUT.format(title=html.escape(title), style=_STYLE, content=content)
        rules = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; img-src data:"
        self.answer(whole.encode(), "text/html; charset=utf-8", status=status, rules=rules)

    def answer(
        self,
        content: bytes,
        kind: str,
        headers: dict[str, str] | None = None,
        *,
        status: int = 200,
        rules: str = "default-src 'none'",
    ) -> None:
        self.send_response(status)
        more = {"Content-Type": kind, "Content-Length": str(len(content)), "Cache-Control": "no-store"}
        more |= {"Content-Security-Policy": rules, "X-Content-Type-Options": "nosniff", **(headers or {})}
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the pages are looked at, not measured."""


_ROUTES: list[tuple[str, Callable[..., None]]] = [
    (r"/", _Pages.show_list),
    (r"/messages\.json", _Pages.show_json),
    (r"/suc-khoe/", _Pages.health),
    (r"/thu/([\w-]+)/", _Pages.one),
    (r"/thu/([\w-]+)/noi-dung\.html", _Pages.body),
    (r"/thu/([\w-]+)/tep/(\d{1,4})", _Pages.attachment),
]


class Server:
    """The mailbox at work: SMTP and the pages, in threads. `stop` ends both."""

    def __init__(self, folder: Path, *, host: str, smtp_port: int, web_port: int) -> None:
        self.mailbox = Mailbox(folder)
        pages = type("Pages", (_Pages,), {"mailbox": self.mailbox})
        self._web = ThreadingHTTPServer((host, web_port), pages)
        self._smtp = Controller(
            _Receiver(self.mailbox),
            hostname=host,
            port=smtp_port,
            data_size_limit=_LARGEST_MAIL,
            enable_SMTPUTF8=True,
        )

    def start(self) -> None:
        self._smtp.start()
        threading.Thread(target=self._web.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._web.shutdown()
        self._web.server_close()
        self._smtp.stop()

    @property
    def web_address(self) -> str:
        return f"http://{self._web.server_address[0]!s}:{self._web.server_address[1]}"


def main(argv: list[str]) -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="motcua sandbox mailbox",
        description="A mailbox for trying out: it takes mail and sends none on.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, default=8025)
    parser.add_argument("--web-port", type=int, default=8026)
    parser.add_argument("--folder", type=Path, default=Path("var/mailbox"))
    options = parser.parse_args(argv)
    server = Server(options.folder, host=options.host, smtp_port=options.smtp_port, web_port=options.web_port)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server.start()
    print(f"Mailbox: {server.web_address}/, SMTP on {options.host}:{options.smtp_port}", flush=True)
    ended.wait()
    server.stop()


def _as_json(mail: Mail) -> dict[str, object]:
    return {
        "id": mail.id,
        "received_at": mail.received_at.isoformat(),
        "from": mail.sender,
        "to": mail.recipients,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "attachments": [
            {"name": name, "content_type": kind, "size": len(content), "url": f"/thu/{mail.id}/tep/{number}"}
            for number, (name, kind, content) in enumerate(mail.attachments, start=1)
        ],
    }


def _people(message: EmailMessage, header: str) -> str:
    pairs = getaddresses([str(value) for value in message.get_all(header, [])])
    return ", ".join(formataddr(pair) if pair[0].isascii() else f"{pair[0]} <{pair[1]}>" for pair in pairs)


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n]+", " ", text)


def _moment(at: datetime) -> str:
    return f"{at:%H:%M}, {_WEEKDAYS[at.weekday()]} {at:%d/%m/%Y}"


def _size(content: bytes) -> str:
    kilobytes = max(1, round(len(content) / 1024))
    return f"{kilobytes} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB".replace(".", ",")


def _with_links(text: str) -> str:
    """The text as HTML, its web addresses as links."""
    pieces = re.split(r"(https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])", text)
    for i, piece in enumerate(pieces):
        safe = html.escape(piece)
        pieces[i] = f'<a href="{safe}" target="_blank" rel="noopener">{safe}</a>' if i % 2 else safe
    return "".join(pieces)


def _list_html(mails: list[Mail], total: int, to: str, page: int) -> str:
    parts = [
        '<form class="search" method="get" role="search"><label for="to">Tìm theo người nhận</label>'
        f'<div><input id="to" name="to" type="search" value="{html.escape(to)}" autocomplete="off">'
        '<button type="submit">Tìm</button></div></form>'
    ]
    if to:
        parts.append(f'<p>{total} thư gửi tới “{html.escape(to)}”. <a href="/">Xem tất cả thư</a></p>')
    if not mails:
        parts.append('<p class="empty">Chưa có thư nào. Thư mới sẽ hiện ở đây sau khi tải lại trang.</p>')
    else:
        parts.append('<ul class="mails">' + "".join(map(_row_html, mails)) + "</ul>")
    if total > _PAGE:
        links = []
        for number, words in ((page - 1, "Thư mới hơn"), (page + 1, "Thư cũ hơn")):
            if 1 <= number <= -(-total // _PAGE):
                links.append(f'<a href="/?to={quote(to)}&amp;page={number}">{words}</a>')
        parts.append(f'<nav class="pages" aria-label="Trang">{" · ".join(links)}</nav>')
    return "".join(parts)


def _row_html(mail: Mail) -> str:
    clip = f'<span class="clip">{len(mail.attachments)} tệp</span>' if mail.attachments else ""
    return (
        f'<li><a href="/thu/{mail.id}/">{html.escape(mail.subject)}</a>'
        f'<span class="to">Gửi tới: {html.escape(", ".join(mail.recipients))}</span>'
        f'<span class="when"><time datetime="{mail.received_at.isoformat()}">{_moment(mail.received_at)}</time>'
        f"{clip}</span></li>"
    )


def _mail_html(mail: Mail) -> str:
    facts = [
        ("Từ", mail.sender),
        ("Gửi tới", ", ".join(mail.recipients)),
        ("Lúc", _moment(mail.received_at)),
    ]
    parts = ['<p><a href="/">Quay lại danh sách thư</a></p>', f"<h2>{html.escape(mail.subject)}</h2><dl>"]
    parts += [f"<div><dt>{name}</dt><dd>{html.escape(value)}</dd></div>" for name, value in facts]
    parts.append("</dl>")
    if mail.text:
        parts.append(f'<div class="text">{_with_links(mail.text)}</div>')
    if mail.html:
        heading = "Nội dung trình bày" if mail.text else "Nội dung"
        parts.append(
            f"<h3>{heading}</h3>"
            f'<iframe title="{heading}" src="/thu/{mail.id}/noi-dung.html" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        )
    if mail.attachments:
        parts.append("<h3>Tệp đính kèm</h3><ul>")
        for number, (name, _kind, content) in enumerate(mail.attachments, start=1):
            parts.append(
                f'<li><a href="/thu/{mail.id}/tep/{number}" download>{html.escape(name)}</a> ({_size(content)})</li>'
            )
        parts.append("</ul>")
    return "".join(parts)


_LAYOUT = """<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - Hộp thư thử nghiệm</title><style>{style}</style></head>
<body><header><div class="in"><h1><a href="/">Hộp thư thử nghiệm</a></h1></div></header>
<p class="notice"><span class="in">Hộp thư thử nghiệm: thư ở đây không được gửi ra ngoài.</span></p>
<main class="in">{content}</main></body></html>
"""

_STYLE = """
*{box-sizing:border-box}
body{margin:0;font:17px/1.55 "Be Vietnam Pro","Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;color:#1b1f24;
background:#f4f5f7}
.in{display:block;max-width:60rem;margin:0 auto;padding:0 1rem}
header{background:#22364f}
header h1{margin:0;padding:.9rem 0;font-size:1.25rem}
header a{color:#fff;text-decoration:none}
.notice{margin:0;padding:.55rem 0;background:#ffe9a8;color:#3d2f00;border-bottom:1px solid #d9b74a}
main.in{padding-top:1.25rem;padding-bottom:3rem}
a{color:#0b4f9e}
a:focus-visible,input:focus-visible,button:focus-visible{outline:3px solid #ffbf47;outline-offset:2px}
.search label{display:block;font-weight:600;margin-bottom:.25rem}
.search div{display:flex;gap:.5rem;max-width:32rem}
.search input{flex:1;min-width:0;font:inherit;padding:.45rem .6rem;border:2px solid #4b5563;border-radius:4px}
.search button{font:inherit;font-weight:600;padding:.45rem 1.1rem;border:0;border-radius:4px;background:#22364f;
color:#fff;cursor:pointer}
.mails{list-style:none;margin:1.25rem 0;padding:0;background:#fff;border:1px solid #d5d9df;border-radius:6px}
.mails li{display:grid;grid-template-columns:1fr auto;gap:.1rem 1rem;padding:.75rem 1rem;border-top:1px solid #e4e7eb}
.mails li:first-child{border-top:0}
.mails a{font-weight:600;overflow-wrap:anywhere}
.to{grid-row:2;color:#444c56;overflow-wrap:anywhere}
.when{color:#444c56;text-align:right;white-space:nowrap}
.clip{display:inline-block;margin-left:.6rem;padding:0 .45rem;border-radius:3px;background:#e4e7eb;font-size:.85rem}
.empty{padding:2rem 1rem;text-align:center;background:#fff;border:1px dashed #b6bcc6;border-radius:6px}
h2{margin:.5rem 0;font-size:1.4rem;line-height:1.3;overflow-wrap:anywhere}
h3{margin:1.5rem 0 .4rem;font-size:1.05rem}
dl{margin:.75rem 0 1rem}
dl div{display:flex;gap:.75rem}
dt{flex:0 0 5rem;color:#444c56}
dd{margin:0;overflow-wrap:anywhere;min-width:0}
.text{padding:1rem;background:#fff;border:1px solid #d5d9df;border-radius:6px;white-space:pre-wrap;
overflow-wrap:anywhere}
iframe{width:100%;height:32rem;background:#fff;border:1px solid #d5d9df;border-radius:6px}
@media(max-width:40rem){.mails li{grid-template-columns:1fr}.to{grid-row:auto}
.when{text-align:left;white-space:normal}dl div{display:block}dd{margin-bottom:.4rem}}
"""


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])

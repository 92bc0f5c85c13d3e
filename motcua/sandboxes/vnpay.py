"""A payment gateway for trying out: VNPAY's protocol 2.1.0, with no money behind it.

It stands alone: standard library only, nothing of the product imported, so that a mistake in our reading of
the protocol is not made twice by one function. Run it as a process of its own:

    python -m motcua.sandboxes.vnpay --port 8027 --ipn-url http://127.0.0.1:8000/… --tmn-code X --secret Y

Its pages let the payer choose how the payment ends, including the ways in which real ones go wrong.
"""

import argparse
import hashlib
import hmac
import html
import http.client
import json
import logging
import random
import secrets
import sqlite3
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote_plus, urlsplit

logger = logging.getLogger("sandbox.vnpay")

GMT7 = timezone(timedelta(hours=7))
PAY_PATH = "/paymentv2/vpcpay.html"
CHOOSE_PATH = "/paymentv2/ket-qua"
API_PATH = "/merchant_webapi/api/transaction"
LIST_PATH = "/giao-dich"
NOTICE_TRIES = 10
NOTICE_TIMEOUT = 5
FIRST_NOTICE_WAIT = 3.0  # the browser is sent back once the first message was answered, or after this long
BODY_LIMIT = 64 * 1024

# What the payer may choose: label, response code, and what goes wrong with the message afterwards.
CHOICES: dict[str, tuple[str, str, str]] = {
    "thanh-cong": ("Thanh toán thành công", "00", ""),
    "huy": ("Hủy giao dịch", "24", ""),
    "sai-otp": ("Nhập sai OTP", "13", ""),
    "khong-du-tien": ("Tài khoản không đủ số dư", "51", ""),
    "den-muon": ("Thông báo đến muộn", "00", "late"),
    "hai-lan": ("Thông báo gửi hai lần", "00", "twice"),
    "khong-gui": ("Không gửi thông báo", "00", "never"),
    "chu-ky-sai": ("Chữ ký sai", "00", "bad-signature"),
    "sai-so-tien": ("Sai số tiền", "00", "wrong-amount"),
}
OTHER_CODES = {
    "07": "Đã trừ tiền, giao dịch bị nghi ngờ",
    "09": "Chưa đăng ký Internet Banking",
    "10": "Sai thông tin quá 3 lần",
    "11": "Hết thời hạn chờ thanh toán",
    "12": "Thẻ, tài khoản bị khóa",
    "65": "Vượt hạn mức trong ngày",
    "75": "Ngân hàng đang bảo trì",
    "79": "Sai mật khẩu quá số lần",
    "99": "Lỗi khác",
}
STATUS_NAMES = {
    "00": "Thành công",
    "01": "Chưa hoàn tất",
    "02": "Không thành công",
    "07": "Nghi ngờ gian lận",
}

PAY_REQUIRED = (
    "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_Amount", "vnp_CreateDate", "vnp_CurrCode", "vnp_IpAddr",
    "vnp_Locale", "vnp_OrderInfo", "vnp_OrderType", "vnp_ReturnUrl", "vnp_ExpireDate", "vnp_TxnRef",
)  # fmt: skip
REQUEST_FIELDS = {
    "querydr": (
        "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef", "vnp_TransactionDate",
        "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
    ),
    "refund": (
        "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType", "vnp_TxnRef",
        "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy", "vnp_CreateDate", "vnp_IpAddr",
        "vnp_OrderInfo",
    ),
}  # fmt: skip
_COMMON = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef", "vnp_Amount",
    "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType", "vnp_TransactionStatus",
    "vnp_OrderInfo",
)  # fmt: skip
ANSWER_FIELDS = {"querydr": (*_COMMON, "vnp_PromotionCode", "vnp_PromotionAmount"), "refund": _COMMON}

_TABLES = """
CREATE TABLE IF NOT EXISTS payment (
    ref TEXT PRIMARY KEY, amount INTEGER NOT NULL, info TEXT NOT NULL, created TEXT NOT NULL, expires TEXT NOT NULL,
    return_url TEXT NOT NULL, opened_at REAL NOT NULL, status TEXT NOT NULL DEFAULT '01',
    response TEXT NOT NULL DEFAULT '', number TEXT NOT NULL DEFAULT '', paid TEXT NOT NULL DEFAULT '',
    choice TEXT NOT NULL DEFAULT '', refunded INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS notice (
    id INTEGER PRIMARY KEY, ref TEXT NOT NULL, query TEXT NOT NULL, due REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT ''
);
"""


@dataclass
class Options:
    ipn_url: str
    tmn_code: str
    secret: str
    late_seconds: float = 30
    retry_seconds: float = 5
    data: str = ":memory:"


def digest(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def signed_query(parameters: Mapping[str, str], secret: str) -> str:
    """The parameters as a query string in order of their names, signature at the end."""
    pairs = [f"{quote_plus(k)}={quote_plus(v)}" for k, v in sorted(parameters.items()) if v]
    query = "&".join(pairs)
    return f"{query}&vnp_SecureHash={digest(query, secret)}"


def has_good_signature(parameters: Mapping[str, str], secret: str) -> bool:
    rest = {k: v for k, v in parameters.items() if k not in ("vnp_SecureHash", "vnp_SecureHashType")}
    expected = signed_query(rest, secret).rpartition("=")[2]
    return hmac.compare_digest(parameters.get("vnp_SecureHash", "").lower().encode(), expected.encode())


def fourteen(moment: datetime) -> str:
    return moment.astimezone(GMT7).strftime("%Y%m%d%H%M%S")


class Books:
    """The gateway's own books: what it knows of each payment, and the messages it still has to send."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_TABLES)

    def run(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with self._lock, closing(self._db.execute(statement, values)) as cursor:
            return cursor.fetchall()

    def payment(self, ref: str) -> sqlite3.Row | None:
        rows = self.run("SELECT * FROM payment WHERE ref = ?", ref)
        return rows[0] if rows else None

    def open(self, asked: Mapping[str, str]) -> sqlite3.Row:
        """The payment of this request, noted when it is new."""
        self.run(
            "INSERT OR IGNORE INTO payment (ref, amount, info, created, expires, return_url, opened_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            asked["vnp_TxnRef"],
            int(asked["vnp_Amount"]),
            asked["vnp_OrderInfo"],
            asked["vnp_CreateDate"],
            asked["vnp_ExpireDate"],
            asked["vnp_ReturnUrl"],
            time.time(),
        )
        return self.run("SELECT * FROM payment WHERE ref = ?", asked["vnp_TxnRef"])[0]

    def finish(self, ref: str, response: str, choice: str) -> bool:
        """End an open payment; False when it has ended already."""
        status = {"00": "00", "07": "07"}.get(response, "02")
        number = str(random.randint(10_000_000, 99_999_999)) if status != "02" else "0"  # noqa: S311
        return bool(
            self.run(
                "UPDATE payment SET status = ?, response = ?, number = ?, paid = ?, choice = ?"
                " WHERE ref = ? AND status = '01' RETURNING ref",
                status,
                response,
                number,
                fourteen(datetime.now(GMT7)),
                choice,
                ref,
            )
        )


class Sandbox:
    """The gateway: its books, its messages to the merchant, its answers."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.books = Books(options.data)
        self._wake = threading.Condition()
        self._ended = False
        self._sender = threading.Thread(target=self._send_notices, daemon=True)

    def start(self) -> None:
        self._sender.start()

    def stop(self) -> None:
        self._ended = True
        with self._wake:
            self._wake.notify_all()

    # -- the payer ---------------------------------------------------------------------------------------

    def result(self, payment: sqlite3.Row) -> dict[str, str]:
        """What the merchant is told of a payment that has ended, unsigned."""
        return {
            "vnp_TmnCode": self.options.tmn_code,
            "vnp_TxnRef": payment["ref"],
            "vnp_Amount": str(payment["amount"]),
            "vnp_OrderInfo": payment["info"],
            "vnp_ResponseCode": payment["response"],
            "vnp_TransactionStatus": payment["status"],
            "vnp_TransactionNo": payment["number"],
            "vnp_BankCode": "NCB",
            "vnp_BankTranNo": f"VNP{payment['number']}" if payment["number"] != "0" else "",
            "vnp_CardType": "ATM",
            "vnp_PayDate": payment["paid"],
        }

    def choose(self, ref: str, choice: str, response: str) -> str | None:
        """End the payment as chosen and return the address to which the browser goes back."""
        fault = CHOICES[choice][2] if choice in CHOICES else ""
        ended_now = self.books.finish(ref, response, choice or response)
        payment = self.books.payment(ref)
        if payment is None or payment["status"] == "01":
            return None
        if ended_now:
            self._announce(payment, fault)
        return self.return_address(payment, with_good_signature=payment["choice"] != "chu-ky-sai")

    def return_address(self, payment: sqlite3.Row, *, with_good_signature: bool = True) -> str:
        query = signed_query(self.result(payment), self.options.secret)
        if not with_good_signature:
            query = _spoil(query)
        separator = "&" if urlsplit(payment["return_url"]).query else "?"
        return f"{payment['return_url']}{separator}{query}"

    # -- the merchant's server ---------------------------------------------------------------------------

    def _announce(self, payment: sqlite3.Row, fault: str) -> None:
        if fault == "never":
            return
        result = self.result(payment)
        if fault == "wrong-amount":
            result["vnp_Amount"] = str(payment["amount"] + 1_000_000)
        query = signed_query(result, self.options.secret)
        if fault == "bad-signature":
            query = _spoil(query)
        due = time.time() + (self.options.late_seconds if fault == "late" else 0)
        ids = [
            self.books.run(
                "INSERT INTO notice (ref, query, due) VALUES (?, ?, ?) RETURNING id",
                payment["ref"],
                query,
                due,
            )[0]["id"]
            for _ in range(2 if fault == "twice" else 1)
        ]
        with self._wake:
            self._wake.notify_all()
            if fault != "late":
                self._wake.wait_for(lambda: self._were_tried(ids), timeout=FIRST_NOTICE_WAIT)

    def _were_tried(self, ids: list[int]) -> bool:
        marks = ",".join("?" * len(ids))
        rows = self.books.run(f"SELECT min(tries) AS least FROM notice WHERE id IN ({marks})", *ids)  # noqa: S608
        return bool(rows[0]["least"])

    def _send_notices(self) -> None:
        """Send what is due, again and again until the merchant answers 00 or 02, as the real one does."""
        while not self._ended:
            due = self.books.run(
                "SELECT * FROM notice WHERE NOT done AND tries < ? AND due <= ? ORDER BY due",
                NOTICE_TRIES,
                time.time(),
            )
            threads = [threading.Thread(target=self._send, args=(notice,), daemon=True) for notice in due]
            for thread in threads:  # at the same moment: the merchant must bear it
                thread.start()
            for thread in threads:
                thread.join()
            with self._wake:
                self._wake.notify_all()
                if not due and not self._ended:
                    self._wake.wait(timeout=0.2)

    def _send(self, notice: sqlite3.Row) -> None:
        separator = "&" if urlsplit(self.options.ipn_url).query else "?"
        try:
            address = f"{self.options.ipn_url}{separator}{notice['query']}"
            with urllib.request.urlopen(address, timeout=NOTICE_TIMEOUT) as response:  # noqa: S310
                answer = response.read(BODY_LIMIT).decode("utf-8", "replace")
            code = str(json.loads(answer).get("RspCode", ""))
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as problem:
            answer, code = f"{type(problem).__name__}: {problem}", ""
        logger.info("message about %s: %s", notice["ref"], answer)
        self.books.run(
            "UPDATE notice SET tries = tries + 1, done = ?, answer = ?, due = ? WHERE id = ?",
            code in ("00", "02"),
            answer[:200],
            time.time() + self.options.retry_seconds,
            notice["id"],
        )

    # -- the server interface ----------------------------------------------------------------------------

    def api(self, request: Mapping[str, str]) -> dict[str, str]:
        """Answer a querydr or a refund, signed."""
        command = request.get("vnp_Command", "")
        fields = REQUEST_FIELDS.get(command)
        if fields is None or any(not request.get(name) for name in fields if name != "vnp_TransactionNo"):
            return {"vnp_ResponseCode": "03", "vnp_Message": "Data is not in the right format"}
        if request["vnp_TmnCode"] != self.options.tmn_code:
            return {"vnp_ResponseCode": "02", "vnp_Message": "Invalid TmnCode"}
        expected = digest("|".join(request.get(name, "") for name in fields), self.options.secret)
        if not hmac.compare_digest(request.get("vnp_SecureHash", "").lower().encode(), expected.encode()):
            return {"vnp_ResponseCode": "97", "vnp_Message": "Invalid checksum"}
        payment = self.books.payment(request["vnp_TxnRef"])
        answer = dict.fromkeys(ANSWER_FIELDS[command], "") | {
            "vnp_ResponseId": secrets.token_hex(16),
            "vnp_Command": command,
            "vnp_TmnCode": self.options.tmn_code,
            "vnp_TxnRef": request["vnp_TxnRef"],
            "vnp_ResponseCode": "91",
            "vnp_Message": "Transaction not found",
        }
        if payment is not None and payment["created"] == request["vnp_TransactionDate"]:
            answer |= {
                "vnp_Amount": str(payment["amount"]),
                "vnp_OrderInfo": payment["info"],
                "vnp_BankCode": "NCB",
                "vnp_PayDate": payment["paid"],
                "vnp_TransactionNo": payment["number"],
                "vnp_TransactionType": "01",
                "vnp_TransactionStatus": payment["status"],
                "vnp_ResponseCode": "00",
                "vnp_Message": "Success",
            }
            if command == "refund":
                answer |= self._refund(payment, request)
        signed = "|".join(answer[name] for name in ANSWER_FIELDS[command])
        return answer | {"vnp_SecureHash": digest(signed, self.options.secret)}

    def _refund(self, payment: sqlite3.Row, request: Mapping[str, str]) -> dict[str, str]:
        kind, asked = request["vnp_TransactionType"], int(request["vnp_Amount"])
        whole = kind == "02" and asked == payment["amount"]
        partial = kind == "03" and 0 < asked <= payment["amount"]
        paid_back = (whole or partial) and self.books.run(
            "UPDATE payment SET refunded = refunded + ? WHERE ref = ? AND status = '00' AND refunded + ? <= amount"
            " RETURNING ref",
            asked,
            payment["ref"],
            asked,
        )
        outcome = {"vnp_Amount": str(asked), "vnp_TransactionType": kind}
        if paid_back:
            return outcome | {"vnp_TransactionStatus": "05", "vnp_Message": "Refund accepted"}
        return outcome | {"vnp_ResponseCode": "95", "vnp_Message": "Refund refused"}


def _spoil(query: str) -> str:
    """The same query with a signature of somebody who does not know the secret."""
    head, _, signature = query.rpartition("=")
    return f"{head}={digest(signature, 'somebody else')}"


# -- pages -------------------------------------------------------------------------------------------------

_STYLE = """
*{box-sizing:border-box}body{margin:0;font:17px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;color:#14213d;
background:#eef2f7}header{background:#0b3d91;color:#fff;padding:14px 16px}header strong{font-size:20px}
header a{color:#fff}.note{background:#ffe08a;color:#3d2c00;padding:10px 16px;font-weight:600}
main{max-width:640px;margin:16px auto;padding:0 12px}.wide{max-width:1100px}
.card{background:#fff;border:1px solid #cfd8e6;border-radius:8px;padding:16px;margin-bottom:16px}
h1{font-size:22px;margin:0 0 12px}h2{font-size:18px;margin:0 0 10px}dl{margin:0;display:grid;grid-template-columns:auto 1fr;
gap:6px 16px}dt{color:#4a5872}dd{margin:0;text-align:right;overflow-wrap:anywhere}.sum{font-size:22px;font-weight:700}
form{margin:0}button{display:block;width:100%;min-height:48px;margin:0 0 10px;padding:10px 14px;font:inherit;
text-align:left;border:1px solid #8a99b5;border-radius:6px;background:#fff;color:#14213d;cursor:pointer}
button small{display:block;color:#4a5872}button.go{background:#0b7a3b;border-color:#0b7a3b;color:#fff;text-align:center;
font-weight:700}button.stop{text-align:center}button:hover{border-color:#14213d}
:focus-visible{outline:3px solid #d97706;outline-offset:2px}label{display:block;margin-bottom:6px}
select{width:100%;min-height:48px;font:inherit;margin-bottom:10px;border:1px solid #8a99b5;border-radius:6px;background:#fff}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:15px}th,td{text-align:left;padding:8px;
border-bottom:1px solid #cfd8e6;vertical-align:top}td.n{text-align:right;white-space:nowrap}a{color:#0b3d91}
"""
_HINTS = {
    "den-muon": "Trình duyệt quay về ngay, máy chủ được báo sau {late:g} giây",
    "hai-lan": "Máy chủ nhận cùng lúc hai thông báo giống nhau",
    "khong-gui": "Chỉ biết kết quả khi truy vấn",
    "chu-ky-sai": "Thông báo và địa chỉ quay về mang chữ ký giả",
    "sai-so-tien": "Thông báo ghi số tiền lớn hơn 10.000 đồng",
}


def page(title: str, body: str, *, wide: bool = False) -> str:
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)} – Cổng thanh toán thử nghiệm</title><style>{_STYLE}</style></head><body>"
        f'<header><strong>Cổng thanh toán</strong></header><div class="note" role="note">Cổng thanh toán thử nghiệm,'
        f' không có tiền thật</div><main class="{"wide" if wide else ""}">{body}</main></body></html>'
    )


def dong(hundredths: int) -> str:
    return f"{hundredths // 100:,}".replace(",", ".") + " đồng"


def clock(digits: str) -> str:
    """20261123091500 as people write it."""
    if len(digits) != 14:
        return ""
    return f"{digits[8:10]}:{digits[10:12]}, {digits[6:8]}/{digits[4:6]}/{digits[:4]}"


def payment_page(payment: sqlite3.Row, late_seconds: float) -> str:
    ref = html.escape(payment["ref"], quote=True)

    def button(choice: str, style: str = "") -> str:
        hint = _HINTS.get(choice, "").format(late=late_seconds)
        small = f"<small>{hint}</small>" if hint else ""
        return f'<button class="{style}" name="choice" value="{choice}">{CHOICES[choice][0]}{small}</button>'

    options = "".join(f'<option value="{code}">{code}: {name}</option>' for code, name in OTHER_CODES.items())
    form = f'<form method="post" action="{CHOOSE_PATH}"><input type="hidden" name="ref" value="{ref}">'
    failures = "".join(button(choice) for choice in ("sai-otp", "khong-du-tien"))
    faults = "".join(
        button(choice) for choice in ("den-muon", "hai-lan", "khong-gui", "chu-ky-sai", "sai-so-tien")
    )
    return page(
        "Thanh toán",
        f'<div class="card"><h1>Xác nhận thanh toán</h1><dl><dt>Số tiền</dt><dd class="sum">{dong(payment["amount"])}'
        f"</dd><dt>Nội dung</dt><dd>{html.escape(payment['info'])}</dd><dt>Mã giao dịch</dt><dd>{ref}</dd>"
        f"<dt>Thanh toán trước</dt><dd>{clock(payment['expires'])}</dd></dl></div>"
        f'<div class="card">{form}{button("thanh-cong", "go")}{button("huy", "stop")}</form></div>'
        f'<div class="card"><h2>Thử trường hợp không thành công</h2>{form}{failures}</form>'
        f'{form}<label for="code">Mã kết quả khác</label><select id="code" name="code">{options}</select>'
        f"<button>Kết thúc với mã này</button></form></div>"
        f'<div class="card"><h2>Thành công nhưng thông báo gặp sự cố</h2>{form}{faults}</form></div>',
    )


def message_page(title: str, text: str, link: str = "", link_text: str = "") -> str:
    anchor = f'<p><a href="{html.escape(link, quote=True)}">{html.escape(link_text)}</a></p>' if link else ""
    return page(
        title, f'<div class="card"><h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>{anchor}</div>'
    )


def list_page(books: Books) -> str:
    rows = []
    for payment in books.run("SELECT * FROM payment ORDER BY opened_at DESC LIMIT 200"):
        notices = books.run("SELECT * FROM notice WHERE ref = ? ORDER BY id", payment["ref"])
        told = (
            "<br>".join(
                f"{notice['tries']} lần: {html.escape(notice['answer']) or 'chưa gửi'}" for notice in notices
            )
            or "Không gửi"
        )
        chosen = CHOICES.get(payment["choice"], (payment["choice"],))[0]
        rows.append(
            f"<tr><td>{html.escape(payment['ref'])}<br><small>{html.escape(payment['info'])}</small></td>"
            f'<td class="n">{dong(payment["amount"])}</td><td>{clock(payment["created"])}</td>'
            f"<td>{STATUS_NAMES.get(payment['status'], payment['status'])}<br><small>{html.escape(chosen)}</small></td>"
            f'<td>{told if payment["response"] else ""}</td><td class="n">{dong(payment["refunded"])}</td></tr>'
        )
    empty = '<tr><td colspan="6">Chưa có giao dịch nào. Giao dịch xuất hiện khi người nộp mở trang thanh toán.</td></tr>'
    return page(
        "Giao dịch",
        '<div class="card"><h1>Giao dịch</h1><div class="scroll" tabindex="0" role="region" aria-label="Bảng giao dịch">'
        "<table><thead><tr><th>Mã giao dịch</th><th>Số tiền</th><th>Tạo lúc</th><th>Kết quả</th>"
        "<th>Thông báo đến máy chủ</th><th>Đã hoàn</th></tr></thead>"
        f"<tbody>{''.join(rows) or empty}</tbody></table></div></div>",
        wide=True,
    )


# -- HTTP --------------------------------------------------------------------------------------------------


def request_class(sandbox: Sandbox) -> type[BaseHTTPRequestHandler]:
    class Request(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "sandbox"
        timeout = 30

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == PAY_PATH:
                self._show_payment(dict(parse_qsl(parts.query, keep_blank_values=True)))
            elif parts.path in (LIST_PATH, "/"):
                self._html(list_page(sandbox.books))
            else:
                self._html(
                    message_page("Không tìm thấy trang", "Địa chỉ này không có."), HTTPStatus.NOT_FOUND
                )

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if length > BODY_LIMIT:
                self.close_connection = True
                self._html(message_page("Không thực hiện được", "Yêu cầu quá lớn."), HTTPStatus.BAD_REQUEST)
                return
            body = self.rfile.read(length).decode("utf-8", "replace")
            path = urlsplit(self.path).path
            if path == API_PATH:
                self._answer_api(body)
            elif path == CHOOSE_PATH:
                self._choose(dict(parse_qsl(body)))
            else:
                self._html(
                    message_page("Không tìm thấy trang", "Địa chỉ này không có."), HTTPStatus.NOT_FOUND
                )

        def _show_payment(self, asked: dict[str, str]) -> None:
            options = sandbox.options
            if not has_good_signature(asked, options.secret):
                self._refuse("Sai chữ ký", "Yêu cầu thanh toán mang chữ ký không hợp lệ (mã 70).")
            elif asked.get("vnp_TmnCode") != options.tmn_code:
                self._refuse(
                    "Không tìm thấy website", "Mã website của đơn vị chấp nhận thanh toán không đúng (mã 72)."
                )
            elif any(not asked.get(name) for name in PAY_REQUIRED) or not asked["vnp_Amount"].isdigit():
                self._refuse(
                    "Yêu cầu không hợp lệ", "Yêu cầu thanh toán thiếu thông tin hoặc sai định dạng (mã 03)."
                )
            else:
                payment = sandbox.books.open(asked)
                if payment["status"] == "01" and payment["expires"] < fourteen(datetime.now(GMT7)):
                    sandbox.choose(payment["ref"], "", "11")
                    payment = sandbox.books.payment(payment["ref"]) or payment
                if payment["status"] == "01":
                    self._html(payment_page(payment, options.late_seconds))
                else:
                    text = (
                        "Đã quá thời hạn thanh toán của giao dịch này."
                        if payment["response"] == "11"
                        else "Giao dịch này đã được xử lý. Không cần thanh toán lại."
                    )
                    back = sandbox.return_address(payment)
                    self._html(
                        message_page("Giao dịch đã kết thúc", text, back, "Quay lại trang của cơ quan")
                    )

        def _choose(self, form: dict[str, str]) -> None:
            choice = form.get("choice", "")
            response = CHOICES[choice][1] if choice in CHOICES else form.get("code", "")
            if response not in {code for _, code, _ in CHOICES.values()} | OTHER_CODES.keys():
                self._refuse("Yêu cầu không hợp lệ", "Không có lựa chọn này.")
                return
            address = sandbox.choose(form.get("ref", ""), choice if choice in CHOICES else "", response)
            if address is None:
                self._refuse("Không tìm thấy giao dịch", "Giao dịch này chưa được mở tại cổng thanh toán.")
                return
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer_api(self, body: str) -> None:
            try:
                request = {str(k): str(v) for k, v in json.loads(body).items()}
                answer = sandbox.api(request)
            except (ValueError, AttributeError):
                answer = {"vnp_ResponseCode": "03", "vnp_Message": "Data is not in the right format"}
            self._send(json.dumps(answer).encode(), "application/json", HTTPStatus.OK)

        def _refuse(self, title: str, text: str) -> None:
            self._html(message_page(title, text), HTTPStatus.BAD_REQUEST)

        def _html(self, text: str, status: HTTPStatus = HTTPStatus.OK) -> None:
            self._send(text.encode(), "text/html; charset=utf-8", status)

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


class Server(ThreadingHTTPServer):
    """The gateway, listening. `port` 0 takes a free one; `server_port` says which."""

    daemon_threads = True

    def __init__(self, options: Options, host: str = "127.0.0.1", port: int = 0) -> None:
        self.sandbox = Sandbox(options)
        super().__init__((host, port), request_class(self.sandbox))
        self.sandbox.start()

    def server_close(self) -> None:
        self.sandbox.stop()
        super().server_close()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="motcua sandbox vnpay", description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8027)
    parser.add_argument("--ipn-url", required=True, help="Where the merchant's server takes messages.")
    parser.add_argument("--tmn-code", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--data", default=":memory:", help="File that keeps the payments over a restart.")
    parser.add_argument("--late-seconds", type=float, default=30, help="How late a late message is.")
    parser.add_argument(
        "--retry-seconds", type=float, default=5, help="Pause before a message is sent again."
    )
    given = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    if given.data != ":memory:":
        Path(given.data).parent.mkdir(parents=True, exist_ok=True)
    options = Options(
        ipn_url=given.ipn_url,
        tmn_code=given.tmn_code,
        secret=given.secret,
        late_seconds=given.late_seconds,
        retry_seconds=given.retry_seconds,
        data=given.data,
    )
    server = Server(options, given.host, given.port)
    print(f"http://{given.host}:{server.server_port}{LIST_PATH}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

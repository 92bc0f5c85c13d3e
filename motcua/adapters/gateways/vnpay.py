"""VNPAY, protocol 2.1.0: signed redirect, server message, query.

Only the server message and the query settle; the parameters with which the browser comes back are
shown and no more. Amounts travel multiplied by 100; moments are fourteen digits in GMT+7.
"""

import hashlib
import hmac
import http.client
import json
import re
import secrets
import unicodedata
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.foundation.time import HANOI
from motcua.payments.gateways import (
    GATEWAYS,
    Answer,
    BadMessage,
    BadSignature,
    Order,
    Outcome,
    Report,
    Unreachable,
)

VERSION = "2.1.0"
UNSIGNED = ("vnp_SecureHash", "vnp_SecureHashType")
QUERY_TIMEOUT_SECONDS = 8
ANSWER_LIMIT_BYTES = 64 * 1024

QUERY_FIELDS = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_TransactionDate", "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
QUERY_ANSWER_FIELDS = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType",
    "vnp_TransactionStatus", "vnp_OrderInfo", "vnp_PromotionCode", "vnp_PromotionAmount",
)  # fmt: skip

# A transaction's status in the company's books: what may be concluded from it.
_BY_STATUS = {
    "00": Outcome.PAID,
    "01": Outcome.UNFINISHED,
    "02": Outcome.FAILED,
    "04": Outcome.HELD,  # taken at the bank, not finished at the gateway
    "05": Outcome.HELD,  # refund under way
    "06": Outcome.HELD,  # refund sent to the bank
    "07": Outcome.HELD,  # suspected fraud
    "09": Outcome.HELD,  # refund refused
}
SUSPECTED, CANCELLED_BY_PAYER = "07", "24"

# fmt: off
SENTENCES: dict[str, Promise] = {
    "00": _("Giao dịch thành công."),
    "07": _("Ngân hàng đã trừ tiền nhưng đang kiểm tra giao dịch. Vui lòng không thanh toán lại; kết quả sẽ được cập nhật khi ngân hàng kiểm tra xong."),
    "09": _("Thẻ hoặc tài khoản chưa đăng ký dịch vụ Internet Banking. Vui lòng đăng ký với ngân hàng hoặc dùng thẻ, tài khoản khác."),
    "10": _("Thông tin thẻ hoặc tài khoản đã nhập sai quá 3 lần. Vui lòng kiểm tra lại thông tin rồi thanh toán lại."),
    "11": _("Đã hết thời hạn chờ thanh toán. Vui lòng thanh toán lại."),
    "12": _("Thẻ hoặc tài khoản đang bị khóa. Vui lòng liên hệ ngân hàng hoặc dùng thẻ, tài khoản khác."),
    "13": _("Mật khẩu xác thực giao dịch (OTP) nhập chưa đúng. Vui lòng thanh toán lại và nhập đúng mã OTP ngân hàng gửi."),
    "24": _("Giao dịch đã được hủy theo yêu cầu. Tiền chưa bị trừ. Có thể thanh toán lại khi sẵn sàng."),
    "51": _("Tài khoản không đủ số dư để thanh toán. Vui lòng nạp thêm tiền hoặc dùng thẻ, tài khoản khác."),
    "65": _("Tài khoản đã vượt hạn mức giao dịch trong ngày. Vui lòng thanh toán lại vào ngày khác hoặc dùng thẻ, tài khoản khác."),
    "75": _("Ngân hàng thanh toán đang bảo trì. Vui lòng thanh toán lại sau hoặc chọn ngân hàng khác."),
    "79": _("Mật khẩu thanh toán đã nhập sai quá số lần quy định. Vui lòng thanh toán lại sau."),
    "": _("Giao dịch không thành công. Vui lòng thanh toán lại."),  # a query does not say why
    "99": _("Giao dịch không thành công do lỗi tại cổng thanh toán. Vui lòng thanh toán lại sau ít phút."),
}
# fmt: on

_REPLIES = {
    Answer.DONE: ("00", "Confirm Success"),
    Answer.ALREADY_DONE: ("02", "Order already confirmed"),
    Answer.UNKNOWN_PAYMENT: ("01", "Order not found"),
    Answer.WRONG_AMOUNT: ("04", "Invalid amount"),
    Answer.BAD_SIGNATURE: ("97", "Invalid signature"),
    Answer.ERROR: ("99", "Unknown error"),
}


def sign(parameters: Mapping[str, str], key: str) -> tuple[str, str]:
    """The query string in the company's order and encoding, and its signature in lower hex.

    Names in byte order, form encoding (a space is `+`), empty values and the signature itself left out;
    HMAC-SHA512.
    """
    kept = sorted((name, value) for name, value in parameters.items() if value != "" and name not in UNSIGNED)
    query = urlencode(kept)
    return query, _hash(query, key)


def sign_fields(message: Mapping[str, str], fields: tuple[str, ...], key: str) -> str:
    """The signature of the server interface: the values of these fields in order, joined by `|`."""
    return _hash("|".join(message.get(field, "") for field in fields), key)


def _hash(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha512).hexdigest()


def _same(claimed: str, expected: str) -> bool:
    return hmac.compare_digest(claimed.lower().encode(), expected.encode())


def moment(at: datetime) -> str:
    """Fourteen digits, 24 hours, GMT+7."""
    return at.astimezone(HANOI).strftime("%Y%m%d%H%M%S")


def plain(text: str, limit: int = 255) -> str:
    """The text in ASCII letters, digits, `.`, `-` and single spaces: what every language encodes alike."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = bare.encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Za-z0-9.-]+", " ", bare).split())[:limit].strip()


@GATEWAYS.register("vnpay")
class VNPay:
    name = "VNPAY"

    def payment_url(self, order: Order) -> str:
        query, signature = sign(
            {
                "vnp_Version": VERSION,
                "vnp_Command": "pay",
                "vnp_TmnCode": settings.VNPAY_TMN_CODE,
                "vnp_Amount": str(order.amount_vnd * 100),
                "vnp_CreateDate": moment(order.started_at),
                "vnp_CurrCode": "VND",
                "vnp_IpAddr": order.client_ip,
                "vnp_Locale": "vn",
                "vnp_OrderInfo": plain(order.description),
                "vnp_OrderType": "other",
                "vnp_ReturnUrl": order.return_url,
                "vnp_ExpireDate": moment(order.expires_at),
                "vnp_TxnRef": order.code,
            },
            settings.VNPAY_HASH_SECRET,
        )
        return f"{settings.VNPAY_PAY_URL}?{query}&vnp_SecureHash={signature}"

    def read(self, message: Mapping[str, str]) -> Report:
        ours = {name: value for name, value in message.items() if name.startswith("vnp_")}
        signature = sign(ours, settings.VNPAY_HASH_SECRET)[1]
        if not _same(ours.get("vnp_SecureHash", ""), signature):
            raise BadSignature("vnp_SecureHash")
        if ours.get("vnp_TmnCode") != settings.VNPAY_TMN_CODE:
            raise BadSignature("vnp_TmnCode")
        response, status = ours.get("vnp_ResponseCode", ""), ours.get("vnp_TransactionStatus", "")
        if not response:  # signed by ourselves: the address of the payment page comes back as a message
            raise BadMessage("no vnp_ResponseCode")
        outcome = _outcome(response, status)
        return _report(ours, outcome, SUSPECTED if outcome is Outcome.HELD else response)

    def query(self, order: Order, *, at: datetime) -> tuple[Report, Mapping[str, str]]:
        request = {
            "vnp_RequestId": secrets.token_hex(16),
            "vnp_Version": VERSION,
            "vnp_Command": "querydr",
            "vnp_TmnCode": settings.VNPAY_TMN_CODE,
            "vnp_TxnRef": order.code,
            "vnp_TransactionDate": moment(order.started_at),
            "vnp_CreateDate": moment(at),
            "vnp_IpAddr": order.client_ip,
            "vnp_OrderInfo": f"Truy van giao dich {order.code}",
        }
        request["vnp_SecureHash"] = sign_fields(request, QUERY_FIELDS, settings.VNPAY_HASH_SECRET)
        answer = _ask(request)
        signature = sign_fields(answer, QUERY_ANSWER_FIELDS, settings.VNPAY_HASH_SECRET)
        if not _same(answer.get("vnp_SecureHash", ""), signature):
            raise Unreachable("the answer's signature is wrong")
        code = answer["vnp_ResponseCode"]
        if code == "91":
            return Report(order.code, Outcome.NOT_FOUND, 0, response_code=code), answer
        if code != "00" or answer.get("vnp_TxnRef") != order.code:
            raise Unreachable(f"{code}: {answer.get('vnp_Message', '')}")
        status = answer.get("vnp_TransactionStatus", "")
        outcome = _BY_STATUS.get(status, Outcome.HELD)
        said = {Outcome.PAID: "00", Outcome.HELD: SUSPECTED}.get(outcome, "")
        try:
            return _report(answer, outcome, said), answer
        except BadMessage as mistake:
            raise Unreachable(str(mistake)) from mistake

    def reply(self, answer: Answer) -> dict[str, str]:
        code, message = _REPLIES[answer]
        return {"RspCode": code, "Message": message}

    def explain(self, response_code: str) -> str:
        return str(SENTENCES.get(response_code, SENTENCES["99"]))


def _outcome(response_code: str, status: str) -> Outcome:
    """Paid only when both codes say so; what the company looks into stays open."""
    if response_code == "00" and status == "00":
        return Outcome.PAID
    if response_code == SUSPECTED or _BY_STATUS.get(status) is Outcome.HELD:
        return Outcome.HELD
    if response_code == CANCELLED_BY_PAYER:
        return Outcome.CANCELLED
    if response_code == "00":  # accepted, but the books do not say paid: wait for them
        return Outcome.UNFINISHED
    return Outcome.FAILED


def _report(message: Mapping[str, str], outcome: Outcome, response_code: str) -> Report:
    try:
        hundredths = int(message["vnp_Amount"])
        code = message["vnp_TxnRef"]
    except (KeyError, ValueError) as mistake:
        raise BadMessage(f"unreadable: {mistake}") from mistake
    if hundredths % 100:
        raise BadMessage(f"vnp_Amount {hundredths} is not whole đồng")
    number = message.get("vnp_TransactionNo", "")
    return Report(
        payment_code=code,
        outcome=outcome,
        amount_vnd=hundredths // 100,
        gateway_reference="" if number == "0" else number,  # 0: the company gave it no number
        bank_code=message.get("vnp_BankCode", ""),
        response_code=response_code,
    )


def _ask(body: Mapping[str, str]) -> dict[str, str]:
    """Post JSON to the server interface and return the answer, all values as text. Raises Unreachable."""
    request = urllib.request.Request(  # noqa: S310  (the address is a setting)
        settings.VNPAY_API_URL,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=QUERY_TIMEOUT_SECONDS) as response:  # noqa: S310
            answer = json.loads(response.read(ANSWER_LIMIT_BYTES))
    except (OSError, ValueError, http.client.HTTPException) as mistake:  # no answer in time, or not JSON
        raise Unreachable(str(mistake)) from mistake
    if not isinstance(answer, dict) or "vnp_ResponseCode" not in answer:
        raise Unreachable("the answer is not what the protocol says")
    return {name: "" if value is None else str(value) for name, value in answer.items()}

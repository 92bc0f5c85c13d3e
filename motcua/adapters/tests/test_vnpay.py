"""The VNPAY gateway: what it signs, what it believes, what it says."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from motcua.adapters.gateways import vnpay
from motcua.foundation.time import HANOI
from motcua.payments.gateways import (
    GATEWAYS,
    Answer,
    BadMessage,
    BadSignature,
    Order,
    Outcome,
    Unreachable,
)

SECRET = "SECRETDEMO"
VECTOR = {
    "vnp_Amount": "15000000",
    "vnp_Command": "pay",
    "vnp_CreateDate": "20261122093000",
    "vnp_CurrCode": "VND",
    "vnp_ExpireDate": "20261122094500",
    "vnp_IpAddr": "127.0.0.1",
    "vnp_Locale": "vn",
    "vnp_OrderInfo": "Le phi ho so H48 001",
    "vnp_OrderType": "other",
    "vnp_ReturnUrl": "https://example.vn/tra-ve",
    "vnp_TmnCode": "DEMOTMN1",
    "vnp_TxnRef": "HS0001",
    "vnp_Version": "2.1.0",
}
VECTOR_SIGNATURE = (
    "017a615c21ff90150bded16b9415325e5543d19b80dae158e97ea96774a04b68"
    "ccf13d4813e1439d7cea48117603cda84f3cea3f13b2bb392127a1961934f7f5"
)
ORDER = Order(
    code="HS0001",
    amount_vnd=150_000,
    description="Lệ phí hồ sơ H48 001",
    client_ip="127.0.0.1",
    return_url="https://example.vn/tra-ve",
    started_at=datetime(2026, 11, 22, 2, 30, tzinfo=UTC),
    expires_at=datetime(2026, 11, 22, 2, 45, tzinfo=UTC),
)
RESULT = {
    "vnp_Amount": "15000000",
    "vnp_BankCode": "NCB",
    "vnp_BankTranNo": "VNP14226112",
    "vnp_CardType": "ATM",
    "vnp_OrderInfo": "Le phi ho so H48 001",
    "vnp_PayDate": "20261122093211",
    "vnp_ResponseCode": "00",
    "vnp_TmnCode": "DEMOTMN1",
    "vnp_TransactionNo": "14226112",
    "vnp_TransactionStatus": "00",
    "vnp_TxnRef": "HS0001",
}
gateway = GATEWAYS["vnpay"]


@pytest.fixture(autouse=True)
def vnpay_settings(settings):
    settings.VNPAY_TMN_CODE = "DEMOTMN1"
    settings.VNPAY_HASH_SECRET = SECRET
    settings.VNPAY_PAY_URL = "https://pay.example/paymentv2/vpcpay.html"


def signed(**changes: str) -> dict[str, str]:
    message = RESULT | changes
    return message | {"vnp_SecureHash": vnpay.sign(message, SECRET)[1]}


def test_the_signature_is_that_of_the_published_example():
    assert vnpay.sign(VECTOR, SECRET)[1] == VECTOR_SIGNATURE


def test_the_payment_address_is_that_of_the_published_example():
    address = gateway.payment_url(ORDER)
    assert address.startswith(
        "https://pay.example/paymentv2/vpcpay.html?vnp_Amount=15000000&vnp_Command=pay&"
    )
    assert dict(parse_qsl(urlsplit(address).query)) == VECTOR | {"vnp_SecureHash": VECTOR_SIGNATURE}


def test_empty_fields_and_the_signature_itself_are_not_signed():
    extra = {"vnp_BankCode": "", "vnp_SecureHash": "x", "vnp_SecureHashType": "HMACSHA512"}
    assert vnpay.sign(VECTOR | extra, SECRET)[1] == VECTOR_SIGNATURE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lệ phí hồ sơ H34.12-261123-0007", "Le phi ho so H34.12-261123-0007"),
        ("Đăng ký; phí «thẩm định» & cấp/đổi", "Dang ky phi tham dinh cap doi"),
        ("é" * 300, "e" * 255),
        ("  ", ""),
    ],
)
def test_descriptions_are_plain(text, expected):
    assert vnpay.plain(text) == expected


def test_moments_are_24_hours_in_gmt_7():
    assert vnpay.moment(datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC)) == "20261122210509"
    assert vnpay.moment(datetime(2026, 11, 22, 0, 5, 9, tzinfo=HANOI)) == "20261122000509"


def test_a_success_is_read():
    report = gateway.read(signed())
    assert (report.payment_code, report.outcome, report.amount_vnd) == ("HS0001", Outcome.PAID, 150_000)
    assert (report.gateway_reference, report.bank_code, report.response_code) == ("14226112", "NCB", "00")


def test_a_signature_in_capitals_is_good():
    message = signed()
    assert (
        gateway.read(message | {"vnp_SecureHash": message["vnp_SecureHash"].upper()}).outcome is Outcome.PAID
    )


def test_parameters_that_others_added_on_the_way_do_not_matter():
    assert gateway.read(signed() | {"utm_source": "mail"}).outcome is Outcome.PAID


@pytest.mark.parametrize("field", sorted(RESULT))
def test_changing_any_field_breaks_the_signature(field):
    with pytest.raises(BadSignature):
        gateway.read(signed() | {field: "1"})


@pytest.mark.parametrize("signature", ["", "0" * 128, "chữ ký"])
def test_a_wrong_signature_is_refused(signature):
    with pytest.raises(BadSignature):
        gateway.read(signed() | {"vnp_SecureHash": signature})


def test_a_message_without_signature_is_refused():
    with pytest.raises(BadSignature):
        gateway.read(RESULT)


def test_a_message_for_another_merchant_is_refused():
    with pytest.raises(BadSignature):
        gateway.read(signed(vnp_TmnCode="OTHER001"))


def test_the_address_of_the_payment_page_is_no_message():
    """We sign it ourselves, so its signature holds; whoever sends it to us must not end the attempt with it."""
    sent = dict(parse_qsl(urlsplit(gateway.payment_url(ORDER)).query))
    with pytest.raises(BadMessage):
        gateway.read(sent)


@pytest.mark.parametrize("amount", ["", "many", "15000050"])
def test_an_amount_that_is_not_whole_dong_cannot_be_read(amount):
    with pytest.raises(BadMessage):
        gateway.read(signed(vnp_Amount=amount))


@pytest.mark.parametrize(
    ("response", "status", "outcome"),
    [
        ("00", "00", Outcome.PAID),
        ("00", "01", Outcome.UNFINISHED),  # both codes must say paid
        ("00", "02", Outcome.UNFINISHED),
        ("00", "04", Outcome.HELD),
        ("07", "07", Outcome.HELD),
        ("07", "00", Outcome.HELD),
        ("24", "02", Outcome.CANCELLED),
        *(
            (code, "02", Outcome.FAILED)
            for code in ("09", "10", "11", "12", "13", "51", "65", "75", "79", "99")
        ),
        ("99", "", Outcome.FAILED),
        ("42", "02", Outcome.FAILED),
    ],
)
def test_every_code_has_its_outcome(response, status, outcome):
    message = signed(vnp_ResponseCode=response, vnp_TransactionStatus=status, vnp_TransactionNo="0")
    report = gateway.read(message)
    assert report.outcome is outcome
    assert report.gateway_reference == ""


@pytest.mark.parametrize(
    "code", ["00", "07", "09", "10", "11", "12", "13", "24", "51", "65", "75", "79", "99"]
)
def test_every_code_has_its_sentence(code):
    sentence = gateway.explain(code)
    assert sentence.endswith(".")
    assert code not in sentence
    assert sentence != gateway.explain("99") or code == "99"


def test_a_code_that_nobody_knows_has_a_sentence_too():
    assert gateway.explain("42") == gateway.explain("99")


def test_money_that_may_have_moved_is_not_to_be_paid_again():
    assert "không thanh toán lại" in gateway.explain("07")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer.DONE, "00"),
        (Answer.UNKNOWN_PAYMENT, "01"),
        (Answer.ALREADY_DONE, "02"),
        (Answer.WRONG_AMOUNT, "04"),
        (Answer.BAD_SIGNATURE, "97"),
        (Answer.ERROR, "99"),
    ],
)
def test_answers_are_in_the_companys_words(answer, code):
    reply = gateway.reply(answer)
    assert (reply["RspCode"], set(reply)) == (code, {"RspCode", "Message"})


# -- the query ---------------------------------------------------------------------------------------------

Replies = Callable[[dict[str, str]], bytes]
AT = datetime(2026, 11, 22, 15, 0, tzinfo=HANOI)
BOOKED = {
    "vnp_ResponseId": "r1",
    "vnp_Command": "querydr",
    "vnp_ResponseCode": "00",
    "vnp_Message": "Success",
    "vnp_TmnCode": "DEMOTMN1",
    "vnp_TxnRef": "HS0001",
    "vnp_Amount": "15000000",
    "vnp_BankCode": "NCB",
    "vnp_PayDate": "20261122093211",
    "vnp_TransactionNo": "14226112",
    "vnp_TransactionType": "01",
    "vnp_TransactionStatus": "00",
    "vnp_OrderInfo": "Le phi ho so H48 001",
    "vnp_PromotionCode": "",
    "vnp_PromotionAmount": "",
}


@pytest.fixture
def server(settings) -> Iterator[list[object]]:
    """A server that answers with what the test puts first into this list, and keeps the request last."""
    script: list[object] = [b"", {}]

    class Request(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script[1] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(script[0])  # type: ignore[arg-type]

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Request) as listening:
        settings.VNPAY_API_URL = f"http://127.0.0.1:{listening.server_port}/transaction"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield script
        listening.shutdown()
        thread.join()


def booked(**changes: str) -> bytes:
    answer = BOOKED | changes
    return json.dumps(
        answer | {"vnp_SecureHash": vnpay.sign_fields(answer, vnpay.QUERY_ANSWER_FIELDS, SECRET)}
    ).encode()


def test_a_query_is_signed_and_its_answer_read(server):
    server[0] = booked()
    report, raw = gateway.query(ORDER, at=AT)
    assert (report.outcome, report.amount_vnd, report.gateway_reference) == (
        Outcome.PAID,
        150_000,
        "14226112",
    )
    assert raw["vnp_TransactionStatus"] == "00"
    asked = server[1]
    assert (asked["vnp_Command"], asked["vnp_TxnRef"]) == ("querydr", "HS0001")
    assert (asked["vnp_TransactionDate"], asked["vnp_CreateDate"]) == ("20261122093000", "20261122150000")
    joined = "|".join(
        asked[f"vnp_{name}"]
        for name in [
            "RequestId",
            "Version",
            "Command",
            "TmnCode",
            "TxnRef",
            "TransactionDate",
            "CreateDate",
            "IpAddr",
            "OrderInfo",
        ]
    )
    assert asked["vnp_SecureHash"] == vnpay._hash(joined, SECRET)


def test_numbers_in_the_answers_json_are_read_like_text(server):
    answer = json.loads(booked())
    server[0] = json.dumps(answer | {"vnp_Amount": 15000000, "vnp_TransactionNo": 14226112}).encode()
    assert gateway.query(ORDER, at=AT)[0].outcome is Outcome.PAID


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("01", Outcome.UNFINISHED),
        ("02", Outcome.FAILED),
        ("04", Outcome.HELD),
        ("07", Outcome.HELD),
        ("55", Outcome.HELD),  # unknown: nothing may be concluded
    ],
)
def test_the_books_status_has_its_outcome(server, status, outcome):
    server[0] = booked(vnp_TransactionStatus=status)
    assert gateway.query(ORDER, at=AT)[0].outcome is outcome


def test_a_payment_that_the_company_never_saw_is_not_found(server):
    server[0] = booked(vnp_ResponseCode="91", vnp_TransactionStatus="", vnp_Amount="")
    assert gateway.query(ORDER, at=AT)[0].outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"vnp_ResponseCode": "91"}',  # not signed: anybody could have said so
        booked().replace(b'"15000000"', b'"100"'),
        booked(vnp_TxnRef="HS0002"),
        booked(vnp_ResponseCode="94"),
        booked(vnp_Amount="many"),
    ],
)
def test_an_answer_that_cannot_be_trusted_is_no_answer(server, answer):
    server[0] = answer
    with pytest.raises(Unreachable):
        gateway.query(ORDER, at=AT)


def test_a_server_that_is_not_there_is_unreachable(settings):
    settings.VNPAY_API_URL = "http://127.0.0.1:9/transaction"
    with pytest.raises(Unreachable):
        gateway.query(ORDER, at=AT)

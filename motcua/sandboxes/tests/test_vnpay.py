"""The sandbox as a process of its own, spoken to over HTTP in the gateway's protocol."""

import hashlib
import hmac
import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote_plus, urlsplit

import pytest

from motcua.sandboxes.vnpay import CHOICES, GMT7, OTHER_CODES

SECRET, TMN = "SECRETDEMO", "DEMOTMN1"
RETURN = "https://example.vn/tra-ve"


def digest(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()


def signed(parameters: dict[str, str]) -> str:
    query = "&".join(f"{name}={quote_plus(value)}" for name, value in sorted(parameters.items()) if value)
    return f"{query}&vnp_SecureHash={digest(query)}"


def is_signed(parameters: dict[str, str]) -> bool:
    rest = {name: value for name, value in parameters.items() if name != "vnp_SecureHash"}
    return signed(rest).endswith(parameters["vnp_SecureHash"])


class Merchant:
    """A merchant's server that keeps the messages it gets and answers them as told."""

    def __init__(self) -> None:
        self.heard: list[dict[str, str]] = []
        self.answers = ["00"]
        merchant = self

        class Request(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                merchant.heard.append(dict(parse_qsl(urlsplit(self.path).query)))
                code = merchant.answers.pop(0) if len(merchant.answers) > 1 else merchant.answers[0]
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"RspCode": code, "Message": ""}).encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def wait_for(self, count: int) -> list[dict[str, str]]:
        deadline = time.monotonic() + 5
        while len(self.heard) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.heard


class Gateway:
    """The sandbox process."""

    def __init__(self, merchant: Merchant, data: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.arguments = [
            sys.executable, "-m", "motcua.sandboxes.vnpay", "--port", self.address.rpartition(":")[2],
            "--ipn-url", f"http://127.0.0.1:{merchant.server.server_port}/ipn", "--tmn-code", TMN,
            "--secret", SECRET, "--data", data, "--late-seconds", "0.6", "--retry-seconds", "0.1",
        ]  # fmt: skip
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith(self.address)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def choose(self, ref: str, **form: str) -> dict[str, str]:
        """Press a button; the parameters with which the browser is sent back."""
        request = urllib.request.Request(
            f"{self.address}/paymentv2/ket-qua", urllib.parse.urlencode({"ref": ref} | form).encode()
        )
        opener = urllib.request.build_opener(NoRedirect)
        with pytest.raises(urllib.error.HTTPError) as answer:
            opener.open(request, timeout=5)
        with answer.value as response:
            assert response.code == 303, response.read()
            where = response.headers["Location"]
        assert where.startswith(f"{RETURN}?")
        return dict(parse_qsl(urlsplit(where).query))

    def api(self, **request: str) -> dict[str, str]:
        body = json.dumps(request).encode()
        with urllib.request.urlopen(
            f"{self.address}/merchant_webapi/api/transaction", body, timeout=5
        ) as response:
            return json.load(response)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **more: object) -> None:
        return None


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    merchant = Merchant()
    yield merchant
    merchant.server.shutdown()
    merchant.server.server_close()


@pytest.fixture
def gateway(merchant, tmp_path) -> Iterator[Gateway]:
    gateway = Gateway(merchant, str(tmp_path / "books.sqlite"))
    yield gateway
    gateway.stop()


def order(ref: str = "HS0001", **changes: str) -> dict[str, str]:
    now = datetime.now(GMT7)
    return {
        "vnp_Version": "2.1.0",
        "vnp_Command": "pay",
        "vnp_TmnCode": TMN,
        "vnp_Amount": "15000000",
        "vnp_CreateDate": now.strftime("%Y%m%d%H%M%S"),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": "127.0.0.1",
        "vnp_Locale": "vn",
        "vnp_OrderInfo": "Le phi ho so",
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": RETURN,
        "vnp_ExpireDate": (now + timedelta(minutes=15)).strftime("%Y%m%d%H%M%S"),
        "vnp_TxnRef": ref,
    } | changes


def open_page(gateway: Gateway, asked: dict[str, str]) -> tuple[int, str]:
    return gateway.get(f"/paymentv2/vpcpay.html?{signed(asked)}")


def query(gateway: Gateway, asked: dict[str, str], **changes: str) -> dict[str, str]:
    request = {
        "vnp_RequestId": "q1",
        "vnp_Version": "2.1.0",
        "vnp_Command": "querydr",
        "vnp_TmnCode": TMN,
        "vnp_TxnRef": asked["vnp_TxnRef"],
        "vnp_TransactionDate": asked["vnp_CreateDate"],
        "vnp_CreateDate": asked["vnp_CreateDate"],
        "vnp_IpAddr": "127.0.0.1",
        "vnp_OrderInfo": "truy van",
    } | changes
    return gateway.api(**request, vnp_SecureHash=digest("|".join(request.values())))


def test_the_page_says_that_no_money_is_real_and_shows_what_is_paid(gateway):
    status, text = open_page(gateway, order())
    assert status == 200
    assert "Cổng thanh toán thử nghiệm, không có tiền thật" in text
    assert "150.000 đồng" in text
    assert all(label in text for label, _, _ in CHOICES.values())
    assert "<script" not in text


def test_names_from_outside_are_shown_as_text(gateway):
    _, text = open_page(gateway, order(vnp_OrderInfo="<script>alert(1)</script>"))
    assert "<script>" not in text
    assert "<script>" not in gateway.get("/giao-dich")[1]


def test_a_request_with_a_bad_signature_is_refused(gateway):
    status, text = gateway.get(f"/paymentv2/vpcpay.html?{signed(order())}0")
    assert (status, "Sai chữ ký" in text) == (400, True)


@pytest.mark.parametrize("changes", [{"vnp_TmnCode": "OTHER001"}, {"vnp_ReturnUrl": ""}, {"vnp_Amount": "x"}])
def test_a_request_that_is_not_right_is_refused(gateway, changes):
    assert open_page(gateway, order(**changes))[0] == 400


def test_success_tells_the_server_first_and_then_the_browser(gateway, merchant):
    open_page(gateway, order())
    back = gateway.choose("HS0001", choice="thanh-cong")
    assert len(merchant.heard) == 1
    message = merchant.heard[0]
    assert is_signed(message)
    assert is_signed(back)
    assert message == back
    assert (message["vnp_ResponseCode"], message["vnp_TransactionStatus"]) == ("00", "00")
    assert message["vnp_Amount"] == "15000000"


@pytest.mark.parametrize(("choice", "code"), [("huy", "24"), ("sai-otp", "13"), ("khong-du-tien", "51")])
def test_failures(gateway, merchant, choice, code):
    open_page(gateway, order())
    back = gateway.choose("HS0001", choice=choice)
    assert (back["vnp_ResponseCode"], back["vnp_TransactionStatus"]) == (code, "02")
    assert merchant.wait_for(1) == [back]


def test_every_other_code_can_be_had(gateway, merchant):
    for number, code in enumerate(OTHER_CODES):
        open_page(gateway, order(f"HS{number}"))
        assert gateway.choose(f"HS{number}", code=code)["vnp_ResponseCode"] == code


def test_a_late_message_lets_the_browser_go_first(gateway, merchant):
    open_page(gateway, order())
    gateway.choose("HS0001", choice="den-muon")
    assert merchant.heard == []
    assert merchant.wait_for(1)[0]["vnp_ResponseCode"] == "00"


def test_a_message_sent_twice_comes_twice(gateway, merchant):
    open_page(gateway, order())
    gateway.choose("HS0001", choice="hai-lan")
    first, second = merchant.wait_for(2)
    assert first == second


def test_without_a_message_only_the_query_tells(gateway, merchant):
    asked = order()
    open_page(gateway, asked)
    gateway.choose("HS0001", choice="khong-gui")
    time.sleep(0.4)
    assert merchant.heard == []
    assert query(gateway, asked)["vnp_TransactionStatus"] == "00"


def test_a_bad_signature_is_bad_in_both_ways_while_the_books_are_right(gateway, merchant):
    asked = order()
    open_page(gateway, asked)
    merchant.answers = ["97"]
    back = gateway.choose("HS0001", choice="chu-ky-sai")
    assert not is_signed(back)
    assert not is_signed(merchant.wait_for(1)[0])
    assert query(gateway, asked)["vnp_TransactionStatus"] == "00"


def test_a_wrong_amount_is_well_signed(gateway, merchant):
    asked = order()
    open_page(gateway, asked)
    gateway.choose("HS0001", choice="sai-so-tien")
    message = merchant.wait_for(1)[0]
    assert is_signed(message)
    assert message["vnp_Amount"] == "16000000"
    assert query(gateway, asked)["vnp_Amount"] == "15000000"


def test_a_message_is_sent_again_until_the_merchant_has_it(gateway, merchant):
    merchant.answers = ["99", "01", "02"]
    open_page(gateway, order())
    gateway.choose("HS0001", choice="thanh-cong")
    assert len(merchant.wait_for(3)) == 3
    time.sleep(0.5)
    assert len(merchant.heard) == 3


def test_a_payment_ends_once(gateway, merchant):
    open_page(gateway, order())
    first = gateway.choose("HS0001", choice="thanh-cong")
    assert gateway.choose("HS0001", choice="huy") == first
    assert "đã được xử lý" in open_page(gateway, order())[1]
    assert len(merchant.heard) == 1


def test_an_expired_link_cannot_be_paid(gateway, merchant):
    past = (datetime.now(GMT7) - timedelta(minutes=1)).strftime("%Y%m%d%H%M%S")
    assert "quá thời hạn" in open_page(gateway, order(vnp_ExpireDate=past))[1]
    assert merchant.wait_for(1)[0]["vnp_ResponseCode"] == "11"


def test_a_query_is_answered_signed(gateway):
    asked = order()
    assert query(gateway, asked)["vnp_ResponseCode"] == "91"
    open_page(gateway, asked)
    answer = query(gateway, asked)
    names = (
        "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo TransactionType "
        "TransactionStatus OrderInfo PromotionCode PromotionAmount"
    )
    assert answer["vnp_TransactionStatus"] == "01"
    assert answer["vnp_SecureHash"] == digest("|".join(answer[f"vnp_{name}"] for name in names.split()))


def test_a_query_that_is_not_right_is_refused(gateway):
    asked = order()
    open_page(gateway, asked)
    assert query(gateway, asked, vnp_TmnCode="OTHER001")["vnp_ResponseCode"] == "02"
    assert query(gateway, asked, vnp_Command="steal")["vnp_ResponseCode"] == "03"
    assert gateway.api(vnp_Command="querydr")["vnp_ResponseCode"] == "03"
    assert query(gateway, asked, vnp_TransactionDate="20200101000000")["vnp_ResponseCode"] == "91"


def refund(gateway: Gateway, asked: dict[str, str], kind: str, amount: str) -> dict[str, str]:
    request = {
        "vnp_RequestId": "r1",
        "vnp_Version": "2.1.0",
        "vnp_Command": "refund",
        "vnp_TmnCode": TMN,
        "vnp_TransactionType": kind,
        "vnp_TxnRef": asked["vnp_TxnRef"],
        "vnp_Amount": amount,
        "vnp_TransactionNo": "",
        "vnp_TransactionDate": asked["vnp_CreateDate"],
        "vnp_CreateBy": "an",
        "vnp_CreateDate": asked["vnp_CreateDate"],
        "vnp_IpAddr": "127.0.0.1",
        "vnp_OrderInfo": "hoan phi",
    }
    return gateway.api(**request, vnp_SecureHash=digest("|".join(request.values())))


def test_refunds_never_pass_what_was_paid(gateway):
    asked = order()
    open_page(gateway, asked)
    assert refund(gateway, asked, "02", "15000000")["vnp_ResponseCode"] == "95"  # not paid yet
    gateway.choose("HS0001", choice="thanh-cong")
    assert refund(gateway, asked, "03", "5000000")["vnp_ResponseCode"] == "00"
    assert refund(gateway, asked, "02", "15000000")["vnp_ResponseCode"] == "95"
    assert refund(gateway, asked, "03", "10000000")["vnp_TransactionStatus"] == "05"
    assert refund(gateway, asked, "03", "100")["vnp_ResponseCode"] == "95"


def test_a_restart_keeps_the_books_and_the_messages_still_to_send(gateway, merchant):
    asked = order()
    merchant.answers = ["99", "99", "00"]
    open_page(gateway, asked)
    gateway.choose("HS0001", choice="den-muon")
    gateway.stop()
    gateway.start()
    assert query(gateway, asked)["vnp_TransactionStatus"] == "00"
    assert merchant.wait_for(1)
    assert re.search(r"HS0001.*150\.000 đồng.*Thành công", gateway.get("/giao-dich")[1], re.DOTALL)


def test_an_address_that_is_not_there(gateway):
    assert gateway.get("/khong-co")[0] == 404

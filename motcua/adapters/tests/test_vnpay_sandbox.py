"""From the press of "pay" to the settled charge, through the sandbox process, over real HTTP."""

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection

from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.foundation.time import now
from motcua.payments import operations
from motcua.payments.models import Charge, GatewayMessage, Payment
from motcua.payments.states import ChargeState, Flag, Status

pytestmark = pytest.mark.django_db(transaction=True)

AN = Actor("citizen", "1", "Nguyễn Văn An")
RETURN_URL = "http://127.0.0.1/tra-ve"


class Notices(BaseHTTPRequestHandler):
    """The page of ours to which the gateway's server speaks."""

    def do_GET(self) -> None:
        params = dict(parse_qsl(urlsplit(self.path).query))
        try:
            reply = operations.receive_message(gateway="vnpay", params=params, at=now())
        finally:
            connection.close()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(reply).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **more: object) -> None:
        return None


@dataclass
class Payer:
    gateway_address: str

    def pays(self, payment: Payment, choice: str) -> dict[str, str]:
        """Open the gateway's page, press the button; the parameters with which the browser comes back."""
        with urllib.request.urlopen(payment.redirect_url, timeout=5) as page:
            assert "Xác nhận thanh toán" in page.read().decode()
        form = urllib.parse.urlencode({"ref": payment.code, "choice": choice}).encode()
        try:
            urllib.request.build_opener(Stay).open(
                f"{self.gateway_address}/paymentv2/ket-qua", form, timeout=10
            )
        except urllib.error.HTTPError as answer:
            with answer:
                return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        raise AssertionError("the gateway did not send the browser back")


@pytest.fixture
def payer(settings) -> Iterator[Payer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Notices) as ours:
        thread = threading.Thread(target=ours.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        sandbox = subprocess.Popen(
            [
                sys.executable, "-m", "motcua.sandboxes.vnpay", "--port", "0", "--tmn-code", "DEMOTMN1",
                "--secret", "SECRETDEMO", "--ipn-url", f"http://127.0.0.1:{ours.server_port}/ipn",
                "--late-seconds", "0.5", "--retry-seconds", "0.1",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip
        assert sandbox.stdout is not None
        address = "{0.scheme}://{0.netloc}".format(urlsplit(sandbox.stdout.readline()))
        settings.VNPAY_TMN_CODE, settings.VNPAY_HASH_SECRET = "DEMOTMN1", "SECRETDEMO"
        settings.VNPAY_PAY_URL = f"{address}/paymentv2/vpcpay.html"
        settings.VNPAY_API_URL = f"{address}/merchant_webapi/api/transaction"
        yield Payer(address)
        sandbox.kill()
        sandbox.wait()
        sandbox.stdout.close()
        ours.shutdown()
        thread.join()


@pytest.fixture
def charge(db) -> Charge:
    charge = operations.raise_charge(
        subject="dossier:12",
        reference="H34.12-261123-0007",
        description="Lệ phí hồ sơ H34.12-261123-0007",
        lines=[{"code": "LP01", "name": "Lệ phí", "kind": "fee", "amount_vnd": 150_000, "basis": ""}],
        due="before_acceptance",
        payer_name="Nguyễn Văn An",
        payer_address="",
        payer_email="",
        account={"holder": "Sở Khoa học và Công nghệ"},
        actor=AN,
        at=now(),
    )
    assert charge is not None
    return charge


def start(charge: Charge) -> Payment:
    return operations.start_payment(
        charge=charge, gateway="vnpay", client_ip="127.0.0.1", return_url=RETURN_URL, actor=AN, at=now()
    )


def wait_until_settled(payment: Payment) -> Payment:
    deadline = time.monotonic() + 5
    while payment.status == Status.STARTED and time.monotonic() < deadline:
        time.sleep(0.05)
        payment.refresh_from_db()
    return payment


def settled_events() -> int:
    return Event.objects.filter(type="payment.settled").count()


@pytest.mark.parametrize("choice", ["thanh-cong", "hai-lan", "den-muon"])
def test_the_servers_message_settles(payer, charge, choice):
    payment = start(charge)
    payer.pays(payment, choice)
    assert wait_until_settled(payment).status == Status.PAID
    charge.refresh_from_db()
    assert (charge.state, payment.response_code, settled_events()) == (ChargeState.PAID, "00", 1)


@pytest.mark.parametrize(
    ("choice", "status", "code"),
    [
        ("huy", Status.CANCELLED, "24"),
        ("sai-otp", Status.FAILED, "13"),
        ("khong-du-tien", Status.FAILED, "51"),
    ],
)
def test_after_a_failure_the_second_attempt_pays(payer, charge, choice, status, code):
    first = start(charge)
    payer.pays(first, choice)
    first.refresh_from_db()
    assert (first.status, first.response_code) == (status, code)
    second = start(charge)
    payer.pays(second, "thanh-cong")
    charge.refresh_from_db()
    assert charge.state == ChargeState.PAID


@pytest.mark.parametrize("choice", ["khong-gui", "chu-ky-sai", "sai-so-tien"])
def test_when_the_message_fails_the_query_settles(payer, charge, choice):
    payment = start(charge)
    back = payer.pays(payment, choice)
    operations.note_return(gateway="vnpay", params=back, at=now())
    payment.refresh_from_db()
    assert payment.status == Status.STARTED
    assert operations.ask_gateway(payment=payment, at=now())
    payment.refresh_from_db()
    assert (payment.status, payment.flag) == (Status.PAID, Flag.NONE)
    assert settled_events() == 1


def test_what_was_wrong_with_a_message_is_kept(payer, charge):
    payer.pays(start(charge), "chu-ky-sai")
    verdicts = set(GatewayMessage.objects.values_list("verdict", flat=True))
    assert verdicts == {"bad_signature"}


def test_an_attempt_that_nobody_opened_is_not_known_to_the_gateway(payer, charge):
    payment = start(charge)
    assert operations.ask_gateway(payment=payment, at=payment.expires_at)
    payment.refresh_from_db()
    assert payment.status == Status.EXPIRED

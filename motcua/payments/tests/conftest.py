from collections.abc import Callable
from datetime import datetime

import pytest

from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.payments import operations
from motcua.payments.models import Charge, Payment
from motcua.payments.tests.bank import BANK, Bank

MONDAY_9AM = datetime(2026, 11, 23, 9, tzinfo=HANOI)
LINES = [
    {
        "code": "LP01",
        "name": "Lệ phí tiếp nhận",
        "kind": "fee",
        "amount_vnd": 150_000,
        "basis": "TT 183/2016",
    },
    {"code": "LP02", "name": "Lệ phí cấp giấy", "kind": "levy", "amount_vnd": 50_000, "basis": ""},
]


@pytest.fixture(autouse=True)
def payment_settings(settings):
    settings.VNPAY_TMN_CODE = "DEMOTMN1"
    settings.VNPAY_HASH_SECRET = "SECRETDEMO"
    settings.PAYMENT_LINK_LIFETIME_MINUTES = 15


@pytest.fixture
def an() -> Actor:
    return Actor("citizen", "1", "Nguyễn Văn An")


@pytest.fixture
def bank() -> Bank:
    """The gateway of these tests, forgetting what it heard before."""
    BANK.reset()
    return BANK


@pytest.fixture
def new_charge(an) -> Callable[..., Charge]:
    def make(subject: str = "dossier:12", **changes: object) -> Charge:
        given: dict[str, object] = {
            "subject": subject,
            "reference": "H34.12-261123-0007",
            "description": "Lệ phí hồ sơ H34.12-261123-0007",
            "lines": LINES,
            "due": "before_acceptance",
            "payer_name": "Nguyễn Văn An",
            "payer_address": "12 Trần Hưng Đạo, Kon Tum",
            "payer_email": "an@example.vn",
            "account": {"number": "3511.0.1", "holder": "Sở Khoa học và Công nghệ"},
            "collector_tax_code": "6100000001",
            "actor": an,
            "at": MONDAY_9AM,
        }
        charge = operations.raise_charge(**(given | changes))  # type: ignore[arg-type]
        assert charge is not None
        return charge

    return make


@pytest.fixture
def charge(db, new_charge) -> Charge:
    return new_charge()


@pytest.fixture
def start(an, bank) -> Callable[..., Payment]:
    def begin(charge: Charge, at: datetime = MONDAY_9AM) -> Payment:
        return operations.start_payment(
            charge=charge,
            gateway="test-bank",
            client_ip="127.0.0.1",
            return_url="https://example.vn/tra-ve",
            actor=an,
            at=at,
        )

    return begin

"""A settled payment's receipt becomes a paper on what was paid for."""

import io
from datetime import datetime, timedelta

import pypdfium2
import pytest

from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI
from motcua.papers import operations
from motcua.papers.models import Paper
from motcua.papers.subscribers import print_receipt
from motcua.payments import receipts
from motcua.payments.models import CASH, Charge, Payment, Receipt

pytestmark = pytest.mark.django_db
MONDAY_9AM = datetime(2026, 11, 23, 9, tzinfo=HANOI)


@pytest.fixture
def issued() -> Event:
    """An has paid 200.000 đồng; the receipt has been numbered."""
    charge = Charge.objects.create(
        subject="dossier:12",
        purpose="before_acceptance",
        reference="H34.12-261123-0007",
        description="Phí, lệ phí hồ sơ H34.12-261123-0007",
        payer_name="Nguyễn Văn An",
        payer_address="12 Trần Hưng Đạo, Kon Tum",
        collector_name="Sở Khoa học và Công nghệ",
        collector_tax_code="6100000014",
        lines=[
            {
                "code": "1",
                "name": "Phí thẩm định",
                "kind": "fee",
                "amount_vnd": 150_000,
                "basis": "TT 183/2016",
            },
            {"code": "2", "name": "Lệ phí cấp giấy", "kind": "levy", "amount_vnd": 50_000, "basis": ""},
        ],
        amount_vnd=200_000,
        due="before_acceptance",
        state="paid",
        raised_at=MONDAY_9AM,
        paid_at=MONDAY_9AM,
    )
    payment = Payment.objects.create(
        code="HS0007",
        charge=charge,
        gateway="vnpay",
        amount_vnd=200_000,
        status="paid",
        started_at=MONDAY_9AM,
        expires_at=MONDAY_9AM + timedelta(minutes=15),
        settled_at=MONDAY_9AM,
        gateway_reference="14590213",
        redirect_url="https://bank.example",
        client_ip="127.0.0.1",
        query_at=MONDAY_9AM,
    )
    receipts.issue(payment=payment, actor=Actor.system("issue_receipt"), at=MONDAY_9AM)
    return Event.objects.get(type="receipt.issued")


def test_a_receipt_is_printed_once_however_often_the_event_comes(issued):
    print_receipt(issued)
    print_receipt(issued)

    paper = Paper.objects.about("dossier:12").get()
    receipt = Receipt.objects.get()
    assert (paper.kind, paper.title) == ("receipt", "Biên lai thu phí, lệ phí")
    assert paper.number == f"{receipt.series} {receipt.number_text}"
    assert paper.issuer == "Sở Khoa học và Công nghệ"


def test_cash_is_not_printed_as_paid_online(issued):
    Payment.objects.update(gateway=CASH)
    print_receipt(issued)
    assert Paper.objects.get().data["method"] == "Tiền mặt"


def test_the_printed_receipt_holds_what_the_law_asks_for(issued):
    print_receipt(issued)

    with operations.file_of(Paper.objects.get()).open() as stream:
        page = pypdfium2.PdfDocument(io.BytesIO(stream.read()))[0]
    text = " ".join(page.get_textpage().get_text_range().split())
    receipt = Receipt.objects.get()
    for said in (
        "BIÊN LAI THU PHÍ, LỆ PHÍ",
        f"Ký hiệu mẫu: {receipt.form_symbol}",
        f"Ký hiệu: {receipt.series}",
        f"Số: {receipt.number_text}",
        "Sở Khoa học và Công nghệ",
        "Mã số thuế: 6100000014",
        "Nguyễn Văn An",
        "Lệ phí cấp giấy",
        "Hai trăm nghìn đồng",
        "Ngày 23 tháng 11 năm 2026",
        "chưa được ký số",
    ):
        assert said in text

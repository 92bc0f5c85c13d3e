"""Paying in a browser: to the gateway and back, whatever the gateway says, in whatever order."""

import hashlib
import hmac
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from motcua.dossiers import operations as dossiers
from motcua.dossiers.models import Dossier
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.foundation.time import now
from motcua.papers.models import Paper
from motcua.papers.subscribers import print_receipt
from motcua.payments import operations
from motcua.payments.gateways import Outcome, Report
from motcua.payments.models import Charge, GatewayMessage, Payment
from motcua.payments.receipts import issue
from motcua.payments.tests.bank import BANK
from tests.cast import complete_draft

IPN, BACK = "/thanh-toan/thong-bao/vnpay/", "/thanh-toan/ket-qua/vnpay/"
KEY = "SECRETDEMO"
DO_NOT_PAY_AGAIN = "Vui lòng không thanh toán lại"


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.VNPAY_TMN_CODE = "DEMOTMN1"
    settings.VNPAY_HASH_SECRET = KEY
    settings.PAYMENT_GATEWAY = "vnpay"
    BANK.reset()


@pytest.fixture
def charge(submitted) -> Charge:
    return Charge.objects.get(subject=submitted.subject)


@pytest.fixture
def as_an(client, an):
    client.force_login(an)
    return client


def begin(client, charge) -> Payment:
    answer = client.post(f"/thanh-toan/{charge.pk}/bat-dau/")
    assert answer.status_code == 302
    return Payment.objects.get(redirect_url=answer["Location"])


def said(payment: Payment, response: str = "00", key: str = KEY, **changes: str) -> dict[str, str]:
    """What VNPAY says of an attempt, signed as its protocol asks."""
    words = {
        "vnp_TmnCode": "DEMOTMN1",
        "vnp_TxnRef": payment.code,
        "vnp_Amount": str(payment.amount_vnd * 100),
        "vnp_ResponseCode": response,
        "vnp_TransactionStatus": "00" if response == "00" else "02",
        "vnp_TransactionNo": "14422574",
        "vnp_BankCode": "NCB",
    } | changes
    words["vnp_SecureHash"] = hmac.new(
        key.encode(), urlencode(sorted(words.items())).encode(), hashlib.sha512
    ).hexdigest()
    return words


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# Before ----------------------------------------------------------------------------------------------------


def test_the_bill_says_what_is_paid_for_in_figures_and_words_and_to_whom(as_an, charge):
    account = {"number": "3511.0.1054367", "bank": "Kho bạc Nhà nước Kon Tum", "holder": "", "bin": ""}
    Charge.objects.filter(pk=charge.pk).update(account=account)
    text = text_of(as_an.get(f"/thanh-toan/{charge.pk}/"))
    for words in ("150.000 đồng", "Một trăm năm mươi nghìn đồng", "Phí đăng ký công bố hợp chuẩn", charge.reference,
                  "3511.0.1054367 – Kho bạc Nhà nước Kon Tum", "Thanh toán trực tuyến"):  # fmt: skip
        assert words in text


def test_paying_leads_to_the_gateway_with_the_amount_and_the_way_back(as_an, charge, settings):
    payment = begin(as_an, charge)
    sent = dict(parse_qsl(urlsplit(payment.redirect_url).query))
    assert sent["vnp_Amount"] == "15000000"
    assert sent["vnp_ReturnUrl"] == settings.BASE_URL + BACK
    assert sent["vnp_IpAddr"] == "127.0.0.1"


def test_two_clicks_lead_to_the_same_attempt(as_an, charge):
    assert begin(as_an, charge) == begin(as_an, charge)
    text = text_of(as_an.get(f"/thanh-toan/{charge.pk}/"))
    assert "Quay lại trang thanh toán" in text
    assert "Kiểm tra lại giao dịch" in text


@pytest.mark.parametrize("path", ["", "bat-dau/", "kiem-tra/"])
def test_nobody_else_sees_or_pays_a_charge(client, charge, company, binh, path):
    for user in (company, binh):
        client.force_login(user)
        answer = client.post(f"/thanh-toan/{charge.pk}/{path}") if path else client.get(f"/thanh-toan/{charge.pk}/")
        assert answer.status_code == 404
    client.logout()
    assert client.get(f"/thanh-toan/{charge.pk}/").status_code == 302
    assert not Payment.objects.exists()


# The server's message --------------------------------------------------------------------------------------


def test_the_servers_message_settles_and_is_answered_as_the_protocol_says(client, as_an, charge):
    payment = begin(as_an, charge)
    client.logout()

    answer = client.get(IPN, said(payment))

    assert answer.json() == {"RspCode": "00", "Message": "Confirm Success"}
    charge.refresh_from_db()
    assert charge.state == "paid"


def test_a_repeated_message_changes_nothing_and_says_so(as_an, charge):
    payment = begin(as_an, charge)
    as_an.get(IPN, said(payment))
    before = list(Event.objects.values_list("pk", flat=True))

    assert as_an.get(IPN, said(payment)).json()["RspCode"] == "02"
    assert as_an.post(IPN, said(payment)).json()["RspCode"] == "02"
    assert list(Event.objects.values_list("pk", flat=True)) == before
    assert GatewayMessage.objects.filter(kind="notice").count() == 3


@pytest.mark.parametrize(
    "change, code",
    [({"key": "WRONG"}, "97"), ({"vnp_Amount": "100"}, "04"), ({"vnp_TxnRef": "MC0"}, "01"), ({"vnp_TmnCode": "OTHER"}, "97")],
)
def test_a_message_that_cannot_be_believed_settles_nothing(as_an, charge, change, code):
    payment = begin(as_an, charge)
    assert as_an.get(IPN, said(payment, **change)).json()["RspCode"] == code
    charge.refresh_from_db()
    assert charge.state == "pending"


def test_the_message_needs_no_token_and_no_login(charge, as_an):
    from django.test import Client

    payment = begin(as_an, charge)
    assert Client(enforce_csrf_checks=True).post(IPN, said(payment)).json()["RspCode"] == "00"


def test_a_gateway_that_is_not_there_is_not_found(client, db):
    assert client.get("/thanh-toan/thong-bao/khac/").status_code == 404
    assert client.get("/thanh-toan/ket-qua/khac/").status_code == 404


# The browser comes back --------------------------------------------------------------------------------------


def test_a_success_in_the_browser_alone_settles_nothing_and_offers_no_second_payment(as_an, charge):
    payment = begin(as_an, charge)

    text = text_of(as_an.get(BACK, said(payment), follow=True))

    assert DO_NOT_PAY_AGAIN in text
    assert "Kiểm tra lại giao dịch" in text
    assert "bat-dau" not in text
    charge.refresh_from_db()
    assert charge.state == "pending"
    refused = as_an.post(f"/thanh-toan/{charge.pk}/bat-dau/")
    assert refused.status_code == 409
    assert DO_NOT_PAY_AGAIN in text_of(refused)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("browser", ["00", "24"])
def test_whatever_the_browser_says_only_the_server_counts(as_an, charge, browser):
    payment = begin(as_an, charge)
    as_an.get(BACK, said(payment, browser))
    as_an.get(IPN, said(payment, "51"))

    text = text_of(as_an.get(f"/thanh-toan/{charge.pk}/"))

    assert "Tài khoản không đủ số dư" in text
    assert "Thanh toán lại" in text


def test_the_message_before_the_browser_shows_the_success_at_once(as_an, charge):
    payment = begin(as_an, charge)
    as_an.get(IPN, said(payment))

    text = text_of(as_an.get(BACK, said(payment), follow=True))

    assert "Thanh toán thành công" in text
    assert "Biên lai điện tử đang được lập" in text


def test_the_receipt_can_be_had_when_it_is_there(as_an, charge):
    payment = begin(as_an, charge)
    as_an.get(IPN, said(payment))
    receipt = issue(payment=payment, actor=Actor.system("test"), at=now())
    print_receipt(Event.objects.get(type="receipt.issued"))

    text = text_of(as_an.get(f"/thanh-toan/{charge.pk}/"))

    paper = Paper.objects.get(kind="receipt")
    assert receipt.number_text in text
    assert f"/giay/{paper.pk}/" in text
    pdf = as_an.get(f"/giay/{paper.pk}/")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "code, words",
    [
        ("24", "đã được hủy theo yêu cầu"),
        ("13", "OTP"),
        ("51", "không đủ số dư"),
        ("11", "hết thời hạn"),
        ("12", "đang bị khóa"),
        ("75", "bảo trì"),
        ("98", "lỗi tại cổng thanh toán"),
    ],
)
def test_a_failure_is_told_in_a_plain_sentence_and_can_be_paid_anew(as_an, charge, code, words):
    payment = begin(as_an, charge)
    as_an.get(IPN, said(payment, code))

    text = text_of(as_an.get(BACK, said(payment, code), follow=True))

    assert words in text
    assert code not in re.findall(r"<p>(.*?)</p>", text)
    assert begin(as_an, charge) != payment


def test_money_under_suspicion_is_never_asked_for_again(as_an, charge):
    payment = begin(as_an, charge)
    as_an.get(IPN, said(payment, "07"))
    text = text_of(as_an.get(BACK, said(payment, "07"), follow=True))
    assert DO_NOT_PAY_AGAIN in text
    assert "bat-dau" not in text


def test_a_forged_way_back_shows_nothing_of_the_payment(as_an, charge):
    payment = begin(as_an, charge)
    answer = as_an.get(BACK, said(payment, key="WRONG"))
    assert answer.status_code == 400
    assert charge.reference not in text_of(answer)
    payment.refresh_from_db()
    assert payment.returned_at is None


def test_who_comes_back_after_the_login_ended_sees_the_outcome_and_a_way_in(as_an, charge, company):
    payment = begin(as_an, charge)
    as_an.logout()
    text = text_of(as_an.get(BACK, said(payment)))
    assert DO_NOT_PAY_AGAIN in text
    assert f"next=/thanh-toan/{charge.pk}/" in text
    assert "Nguyễn Văn An" not in text
    as_an.force_login(company)
    assert "Nguyễn Văn An" not in text_of(as_an.get(BACK, said(payment)))


def test_the_return_is_noted_once_however_often_the_page_is_loaded(as_an, charge):
    payment = begin(as_an, charge)
    for _ in range(3):
        as_an.get(BACK, said(payment))
    assert GatewayMessage.objects.filter(kind="return").count() == 1


# Asking the gateway --------------------------------------------------------------------------------------------


@pytest.fixture
def asked(as_an, charge, settings) -> Payment:
    """An attempt at a gateway that has not answered."""
    settings.PAYMENT_GATEWAY = "test-bank"
    return begin(as_an, charge)


def test_asking_settles_what_the_gateway_knows_to_be_paid(as_an, charge, asked):
    BANK.books[asked.code] = Report(asked.code, Outcome.PAID, asked.amount_vnd, gateway_reference="77")
    text = text_of(as_an.post(f"/thanh-toan/{charge.pk}/kiem-tra/", follow=True))
    assert "Thanh toán thành công" in text


def test_a_silent_gateway_changes_nothing_and_says_not_to_pay_again(as_an, charge, asked):
    BANK.is_reachable = False
    text = text_of(as_an.post(f"/thanh-toan/{charge.pk}/kiem-tra/", follow=True))
    assert "Cổng thanh toán chưa trả lời" in text
    charge.refresh_from_db()
    assert charge.state == "pending"


def test_asking_by_address_asks_nobody(as_an, charge, asked):
    as_an.get(f"/thanh-toan/{charge.pk}/kiem-tra/")
    assert BANK.asked == []


def test_an_attempt_past_its_link_is_unknown_until_the_gateway_says_that_nobody_came(as_an, charge, asked):
    Payment.objects.update(started_at=now() - timedelta(hours=2), expires_at=now() - timedelta(hours=1))
    assert DO_NOT_PAY_AGAIN in text_of(as_an.get(f"/thanh-toan/{charge.pk}/"))
    text = text_of(as_an.post(f"/thanh-toan/{charge.pk}/kiem-tra/", follow=True))
    assert "chưa có khoản tiền nào được ghi nhận" in text
    assert "Thanh toán lại" in text


# After ---------------------------------------------------------------------------------------------------------


def test_a_charge_that_was_closed_or_paid_takes_no_payment(as_an, charge, submitted, an, binh, as_actor):
    dossiers.refuse(
        dossier=submitted, reason="Sai thẩm quyền", basis="Nghị định 118/2025/NĐ-CP", advice="", actor=as_actor(binh), at=now()
    )
    answer = as_an.post(f"/thanh-toan/{charge.pk}/bat-dau/")
    assert answer.status_code == 409
    assert "đã được hủy" in text_of(answer)


def test_money_that_came_twice_is_said_to_be_paid_back(as_an, charge):
    first = begin(as_an, charge)
    as_an.get(IPN, said(first, "24"))
    second = begin(as_an, charge)
    as_an.get(IPN, said(second, vnp_TransactionNo="2"))
    as_an.get(IPN, said(first, vnp_TransactionNo="1"))

    text = text_of(as_an.get(f"/thanh-toan/{charge.pk}/"))

    assert "thanh toán hai lần" in text
    assert first.code in text


def test_the_list_parts_what_is_owed_from_what_waits_and_what_was_paid(as_an, charge, version, department, centre, an, as_actor):
    def another() -> Charge:
        draft = complete_draft(version, department, centre, an)
        dossier = dossiers.submit(dossier=draft, actor=as_actor(an), at=now())
        return Charge.objects.get(subject=dossier.subject)

    waiting, paid = another(), another()
    as_an.get(BACK, said(begin(as_an, waiting)))
    as_an.get(IPN, said(begin(as_an, paid), vnp_TransactionNo="9"))

    text = text_of(as_an.get("/thanh-toan/"))

    assert "Còn phải nộp: 150.000 đồng" in text
    order = ["Đang chờ ngân hàng", waiting.reference, "Còn phải nộp", charge.reference, "Các khoản đã nộp", paid.reference]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


def test_an_account_without_charges_is_told_so(client, company):
    client.force_login(company)
    assert "Không có khoản phí, lệ phí nào phải nộp" in text_of(client.get("/thanh-toan/"))


def test_pages_of_paying_cost_few_queries(as_an, submitted, charge, an, as_actor, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        as_an.get(f"/thanh-toan/{charge.pk}/")
    with django_assert_max_num_queries(12):
        as_an.get("/thanh-toan/")
    for number in range(30):
        operations.raise_charge(
            subject=submitted.subject, purpose=f"more {number}", reference=submitted.code, description="Lệ phí",
            lines=[{"code": "A", "name": "Lệ phí", "kind": "levy", "amount_vnd": 1000, "basis": ""}], due="before_result",
            payer_name="An", payer_address="", payer_email="", account={}, actor=as_actor(an), at=now(),
        )  # fmt: skip
    for each in Charge.objects.exclude(pk=charge.pk)[:15]:
        as_an.get(IPN, said(begin(as_an, each), vnp_TransactionNo=str(each.pk)))
    with django_assert_max_num_queries(12):
        assert as_an.get("/thanh-toan/").status_code == 200


def test_only_own_dossiers_count(client, submitted, company, charge):
    client.force_login(company)
    assert charge.reference not in text_of(client.get("/thanh-toan/"))
    assert Dossier.objects.count() == 1

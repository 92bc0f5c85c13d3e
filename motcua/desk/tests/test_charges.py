"""Fees of my units' dossiers."""

import pytest

from motcua.agencies.models import Role
from motcua.foundation.actor import Actor
from motcua.payments import operations as payments
from motcua.payments.gateways import Outcome, Report
from motcua.payments.models import Charge, Payment
from tests.cast import MONDAY_9AM


def shown(browser, key: str) -> str:
    return browser.get("/can-bo/thu-phi/", {"muc": key}).content.decode()


@pytest.fixture
def hoa(hire, centre):
    return hire("hoa", "Phạm Thị Hoa", centre, Role.CASHIER)


def test_a_charge_stands_under_what_is_owed_until_it_is_paid(at_stage, hoa, as_user):
    unpaid, paid = at_stage("unpaid"), at_stage("submitted")
    browser = as_user(hoa)
    assert unpaid.code in shown(browser, "chua-nop") and paid.code not in shown(browser, "chua-nop")
    assert paid.code in shown(browser, "da-nop") and unpaid.code not in shown(browser, "da-nop")
    assert "150.000 đồng" in shown(browser, "da-nop")
    assert "Không có giao dịch nào cần đối soát" in shown(browser, "doi-soat")


def test_the_page_of_a_dossier_leads_who_keeps_the_books_to_the_cash(at_stage, hoa, binh, as_user):
    unpaid, paid = at_stage("unpaid"), at_stage("submitted")
    cash = f"/can-bo/tiep-nhan-truc-tiep/thu-tien/{Charge.objects.get(reference=unpaid.code).pk}/"
    browser = as_user(hoa)

    page = browser.get(f"/can-bo/ho-so/{unpaid.code}/").content.decode()
    assert cash in page and "không có việc nào chờ" not in page
    assert browser.get(cash).status_code == 200
    assert "/thu-tien/" not in browser.get(f"/can-bo/ho-so/{paid.code}/").content.decode()
    assert "/thu-tien/" not in as_user(binh).get(f"/can-bo/ho-so/{unpaid.code}/").content.decode()


def test_what_is_paid_back_after_a_withdrawal_stands_on_the_dossier_for_its_cashier(at_stage, hoa, binh, as_user):
    dossier = at_stage("withdrawal")
    agreed = as_user(binh).post(f"/can-bo/ho-so/{dossier.code}/rut/", follow=True).content.decode()
    assert "In: Phiếu xác nhận rút hồ sơ" in agreed and "In: Thông báo hoàn trả phí, lệ phí" in agreed
    assert "Ghi nhận hoàn trả" not in agreed  # she keeps no books

    browser = as_user(hoa)
    payment = Payment.objects.get(charge__reference=dossier.code)
    page = browser.get(f"/can-bo/ho-so/{dossier.code}/").content.decode()
    assert "Phải hoàn trả 150.000 đồng" in page and f"/can-bo/thu-phi/{payment.code}/" in page
    browser.post(f"/can-bo/thu-phi/{payment.code}/", {"reference": "UNC 12"})
    assert "Phải hoàn trả" not in browser.get(f"/can-bo/ho-so/{dossier.code}/").content.decode()


def test_a_flagged_payment_stands_where_a_person_looks_at_it(at_stage, hoa, as_user):
    dossier = at_stage("submitted")
    Payment.objects.filter(charge__reference=dossier.code).update(flag="late")
    page = shown(as_user(hoa), "doi-soat")
    assert dossier.code in page and "Tiền đến muộn" in page


def test_an_officer_from_elsewhere_sees_no_fee_of_ours(at_stage, giang, as_user):
    dossier = at_stage("unpaid")
    assert dossier.code not in shown(as_user(giang), "chua-nop")


def test_fees_are_paged_by_key(at_stage, hoa, as_user, monkeypatch):
    monkeypatch.setattr("motcua.desk.views.charges.SIZE", 1)
    first, second = at_stage("unpaid"), at_stage("unpaid")
    browser = as_user(hoa)
    newest = shown(browser, "chua-nop")
    assert second.code in newest and first.code not in newest
    older = browser.get("/can-bo/thu-phi/", {"muc": "chua-nop", "sau": Charge.objects.last().pk})
    assert first.code in older.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_fees_costs_the_same_few_queries(
    at_stage, hoa, as_user, django_assert_max_num_queries, rows
):
    for _time in range(rows):
        at_stage("submitted")
    browser = as_user(hoa)
    with django_assert_max_num_queries(8):
        browser.get("/can-bo/thu-phi/?muc=da-nop")


@pytest.fixture
def wrong_amount(at_stage):
    """A fee for which the gateway reports more than is owed."""
    dossier = at_stage("unpaid")
    system = Actor.system("test")
    charge = Charge.objects.get(reference=dossier.code)
    payment = payments.start_payment(
        charge=charge, gateway="vnpay", client_ip="127.0.0.1", return_url="", actor=system, at=MONDAY_9AM
    )
    report = Report(payment.code, Outcome.PAID, payment.amount_vnd + 50_000, "R1")
    payments.settle(report=report, gateway="vnpay", actor=system, at=MONDAY_9AM)
    payment.refresh_from_db()
    return payment


def decide(browser, payment, **said: str):
    return browser.post(f"/can-bo/thu-phi/{payment.code}/", said, follow=True)


def test_the_cashier_takes_too_much_for_the_fee_and_notes_the_refund_of_the_rest(wrong_amount, hoa, as_user):
    browser = as_user(hoa)
    assert f"/can-bo/thu-phi/{wrong_amount.code}/" in shown(browser, "doi-soat")
    page = browser.get(f"/can-bo/thu-phi/{wrong_amount.code}/").content.decode()
    assert "200.000 đồng" in page and "Thừa 50.000 đồng" in page
    page = decide(browser, wrong_amount, decision="accept", reason="Sao kê 12").content.decode()
    assert "Đã chấp nhận số tiền nhận được" in page and "Ghi nhận đã hoàn trả 50.000 đồng" in page
    assert wrong_amount.code in shown(browser, "phai-hoan") and wrong_amount.code not in shown(browser, "doi-soat")
    page = decide(browser, wrong_amount, reference="UNC 08").content.decode()
    assert "chứng từ số UNC 08" in page and "Phạm Thị Hoa" in page
    assert wrong_amount.code not in shown(browser, "phai-hoan")
    dossier = browser.get(f"/can-bo/ho-so/{wrong_amount.charge.reference}/").content.decode()
    assert "Chấp nhận giao dịch sai số tiền" in dossier and "Chứng từ: UNC 08" in dossier


def test_voided_the_fee_is_owed_again_and_its_payer_reads_why(wrong_amount, hoa, an, as_user):
    page = decide(as_user(hoa), wrong_amount, decision="void", reason="Sao kê 12").content.decode()
    assert "Người nộp thanh toán lại được ngay" in page
    his = as_user(an).get(f"/thanh-toan/{wrong_amount.charge_id}/").content.decode()
    assert "200.000 đồng" in his and "sẽ được hoàn trả" in his and "Vui lòng thanh toán lại" in his
    decide(as_user(hoa), wrong_amount, reference="UNC 09")
    his = as_user(an).get(f"/thanh-toan/{wrong_amount.charge_id}/").content.decode()
    assert "theo chứng từ số UNC 09" in his


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({}, 422, "Vui lòng chọn cách xử lý."),
        ({"decision": "accept", "reason": " "}, 422, "Vui lòng nêu căn cứ, lý do xử lý."),
        ({"decision": "void", "reason": ""}, 422, "Vui lòng nêu căn cứ, lý do xử lý."),
        ({"reference": "UNC 1"}, 409, "không còn khoản tiền nào phải hoàn trả"),
    ],
)
def test_what_is_not_said_or_not_due_comes_back_with_why(wrong_amount, hoa, as_user, said, status, told):
    answer = decide(as_user(hoa), wrong_amount, **said)
    assert answer.status_code == status
    assert told in answer.content.decode()
    wrong_amount.refresh_from_db()
    assert wrong_amount.flag == "amount_mismatch"


def test_who_comes_second_reads_that_it_is_decided(wrong_amount, hoa, as_user):
    browser = as_user(hoa)
    decide(browser, wrong_amount, decision="void", reason="Sao kê 12")
    answer = decide(browser, wrong_amount, decision="accept", reason="Sao kê 12")
    assert answer.status_code == 409
    assert "đã được đối soát" in answer.content.decode()


def test_only_cashiers_decide_and_nobody_from_elsewhere_looks(wrong_amount, binh, giang, as_user):
    page = as_user(binh).get(f"/can-bo/thu-phi/{wrong_amount.code}/").content.decode()
    assert "thuộc nhiệm vụ của cán bộ thu phí" in page and "Xử lý giao dịch sai" not in page
    assert decide(as_user(binh), wrong_amount, decision="void", reason="x").status_code == 403
    assert as_user(giang).get(f"/can-bo/thu-phi/{wrong_amount.code}/").status_code == 404
    assert decide(as_user(giang), wrong_amount, decision="void", reason="x").status_code == 404
    wrong_amount.refresh_from_db()
    assert wrong_amount.flag == "amount_mismatch"


def test_a_payment_costs_few_queries(wrong_amount, hoa, as_user, django_assert_max_num_queries):
    browser = as_user(hoa)
    with django_assert_max_num_queries(9):
        browser.get(f"/can-bo/thu-phi/{wrong_amount.code}/")

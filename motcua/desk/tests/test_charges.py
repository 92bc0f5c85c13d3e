"""Fees of my units' dossiers."""

import pytest

from motcua.agencies.models import Role
from motcua.payments.models import Charge, Payment


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

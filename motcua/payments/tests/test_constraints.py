"""What may not be stored, whatever a program tries."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from motcua.payments.models import Charge, GatewayMessage, Payment
from motcua.payments.states import Flag, Status
from motcua.payments.tests.conftest import MONDAY_9AM
from motcua.payments.tests.test_pay import notice, say

pytestmark = pytest.mark.django_db


def refused(name: str, rows, **changes: object) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rows.update(**changes)


def another(payment: Payment, **changes: object) -> Payment:
    values = {
        field.attname: getattr(payment, field.attname)
        for field in Payment._meta.fields
        if not field.primary_key
    }
    return Payment(**(values | {"code": "MC-OTHER", "gateway_reference": ""} | changes))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("charge_amount_positive", {"amount_vnd": 0}),
        ("charge_state_known", {"state": "lost"}),
        ("charge_paid_has_moment", {"state": "paid"}),
        ("charge_not_paid_has_no_moment", {"paid_at": MONDAY_9AM}),
    ],
)
def test_charges(charge, name, changes):
    refused(name, Charge.objects.filter(pk=charge.pk), **changes)


def test_one_charge_per_purpose(charge):
    charge.pk = None
    with pytest.raises(IntegrityError, match="charge_one_per_purpose"):
        charge.save(force_insert=True)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("payment_amount_positive", {"amount_vnd": 0}),
        ("payment_status_known", {"status": "lost"}),
        ("payment_flag_known", {"flag": "odd"}),
        ("payment_expires_later", {"expires_at": MONDAY_9AM}),
        ("payment_settled_exactly_when_paid", {"status": Status.PAID}),
        ("payment_settled_exactly_when_paid", {"settled_at": MONDAY_9AM}),
        ("payment_late_or_duplicate_is_paid", {"flag": Flag.LATE}),
        ("payment_late_or_duplicate_is_paid", {"flag": Flag.DUPLICATE}),
        (
            "payment_of_wrong_amount_is_not_paid",
            {"flag": Flag.AMOUNT_MISMATCH, "status": Status.PAID, "settled_at": MONDAY_9AM},
        ),
    ],
)
def test_attempts(charge, start, name, changes):
    refused(name, Payment.objects.filter(pk=start(charge).pk), **changes)


def test_one_live_attempt_per_charge(charge, start):
    with pytest.raises(IntegrityError, match="payment_one_live_per_charge"):
        another(start(charge)).save()


@pytest.mark.parametrize("flag", [Flag.NONE, Flag.LATE])
def test_one_payment_settles_a_charge(charge, start, flag):
    payment = start(charge)
    say(notice(payment))
    second = another(payment, status=Status.PAID, flag=flag, settled_at=MONDAY_9AM)
    with pytest.raises(IntegrityError, match="payment_one_settles_a_charge"):
        second.save()


def test_a_gateways_number_belongs_to_one_payment(charge, start):
    payment = start(charge)
    say(notice(payment))
    payment.refresh_from_db()
    copy = another(
        payment, status=Status.FAILED, settled_at=None, gateway_reference=payment.gateway_reference
    )
    with pytest.raises(IntegrityError, match="payment_gateway_reference"):
        copy.save()


def test_a_payments_code_is_unique(charge, start):
    payment = start(charge)
    with pytest.raises(IntegrityError, match="code"):
        another(payment, code=payment.code, status=Status.FAILED).save()


def test_the_verdict_on_a_message_is_given_once_and_nothing_else_changes(charge, start):
    message = GatewayMessage.objects.create(
        gateway="x", kind="notice", raw={"a": "1"}, received_at=MONDAY_9AM
    )
    rows = GatewayMessage.objects.filter(pk=message.pk)
    tries: list[dict[str, object]] = [
        {"raw": {}},
        {"received_at": MONDAY_9AM + timedelta(1)},
        {"gateway": "y"},
    ]
    for changes in tries:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            rows.update(**changes)
    rows.update(verdict="done", payment_code="MC1")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rows.update(verdict="error")
    with pytest.raises(IntegrityError, match="never changed"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM payments_gatewaymessage")

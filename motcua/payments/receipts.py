"""Receipts: one for every settled payment, deferred in the transaction that settled it.

Content after Decree 254/2026 on receipts: form symbol, series, a number of at most eight digits that
begins at 1 each year, collector with tax code, what was collected, the date.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.codes import next_number
from motcua.foundation.jobs import job
from motcua.foundation.time import HANOI, now
from motcua.payments.models import SETTLES_CHARGE, Payment, Receipt

SWEEP_AFTER = timedelta(minutes=5)


@transaction.atomic
def issue(*, payment: Payment, actor: Actor, at: datetime) -> Receipt:
    """The receipt of this settled payment; made and numbered when it is not there yet.

    The year of the number is that of `at` in Hanoi. Raises ValueError when the payment settles nothing.
    """
    payment = Payment.objects.select_for_update(of=("self",)).select_related("charge").get(pk=payment.pk)
    existing = Receipt.objects.filter(payment=payment).first()
    if existing:
        return existing
    charge = payment.charge
    if payment.settled_at is None or charge.settled_payment() != payment or charge.paid_at is None:
        raise ValueError(f"{payment} settles nothing; it gets no receipt")
    year = at.astimezone(HANOI).year
    series = f"{settings.RECEIPT_SERIES}-{year % 100:02}E"
    receipt = Receipt.objects.create(
        form_symbol=settings.RECEIPT_FORM_SYMBOL,
        series=series,
        year=year,
        number=next_number(f"receipt:{series}:{year}"),
        payment=payment,
        payer_name=charge.payer_name,
        payer_address=charge.payer_address,
        collector_name=charge.collector_name,
        collector_tax_code=charge.collector_tax_code,
        reference=charge.reference,
        description=charge.description,
        lines=charge.lines,
        amount_vnd=payment.amount_vnd,
        collected_at=payment.settled_at,
        issued_at=at,
    )
    events.record(
        "receipt.issued",
        subject=charge.subject,
        actor=actor,
        at=at,
        receipt=receipt.pk,
        charge=charge.pk,
        series=series,
        number=receipt.number,
        amount_vnd=receipt.amount_vnd,
    )
    return receipt


@job(retries=5)
def issue_receipt(payment_id: int) -> None:
    """Issue the receipt of a payment that was just settled."""
    issue(payment=Payment.objects.get(pk=payment_id), actor=Actor.system("issue_receipt"), at=now())


def issue_missing(*, at: datetime) -> int:
    """Issue what a lost job left out, at most 500 at a time; how many that were."""
    missing = Payment.objects.filter(
        SETTLES_CHARGE, receipt=None, charge__paid_at__isnull=False, settled_at__lt=at - SWEEP_AFTER
    )
    payments = list(missing.order_by("settled_at")[:500])
    for payment in payments:
        issue(payment=payment, actor=Actor.system("issue_missing_receipts"), at=at)
    return len(payments)

"""What papers do when something happened elsewhere: a receipt becomes a paper that can be kept."""

from django.db import transaction

from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.events import subscribe
from motcua.foundation.models import Event
from motcua.papers import operations
from motcua.papers.models import Paper
from motcua.payments.models import CASH, Receipt


@subscribe("receipt.issued")
@transaction.atomic
def print_receipt(event: Event) -> None:
    """Issue the receipt as a paper on the subject that was paid for."""
    receipt = (
        Receipt.objects.select_for_update(of=("self",)).select_related("payment").get(pk=event.data["receipt"])
    )
    once, actor = f"receipt:{receipt.pk}", Actor.system("print_receipt")
    if Paper.objects.filter(once=once).exists():
        return
    paper = operations.issue(
        kind="receipt",
        subject=event.subject,
        number=f"{receipt.series} {receipt.number_text}",
        once=once,
        actor=actor,
        at=receipt.issued_at,
        data={
            "number": receipt.number_text,
            "form_symbol": receipt.form_symbol,
            "series": receipt.series,
            "collector": {"name": receipt.collector_name, "tax_code": receipt.collector_tax_code},
            "payer": {"name": receipt.payer_name, "address": receipt.payer_address},
            "reference": receipt.reference,
            "description": receipt.description,
            "lines": [{key: line[key] for key in ("name", "kind", "amount_vnd")} for line in receipt.lines],
            "amount_vnd": receipt.amount_vnd,
            "method": "Tiền mặt" if receipt.payment.gateway == CASH else "Thanh toán trực tuyến",
            "transaction": receipt.payment.gateway_reference or receipt.payment.code,
        },
    )
    events.record("receipt.printed", subject=event.subject, actor=actor, at=receipt.issued_at, paper=str(paper.pk))

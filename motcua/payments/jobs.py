"""By the clock: ask gateways about attempts whose end is unknown, issue receipts that a lost job left out."""

import logging

from motcua.foundation.jobs import periodic
from motcua.foundation.time import now
from motcua.payments import operations, receipts
from motcua.payments.models import Payment

logger = logging.getLogger(__name__)

AT_MOST_IN_ONE_ROUND = 200


@periodic("* * * * *")
def query_open_payments() -> None:
    """Ask about every attempt whose turn it is; a gateway that is silent waits for the next round."""
    silent: set[str] = set()
    for payment in Payment.objects.to_query(now())[:AT_MOST_IN_ONE_ROUND]:
        if payment.gateway in silent:
            continue
        try:
            answered = operations.ask_gateway(payment=payment, at=now())
        except Exception:  # one attempt that cannot be recorded must not stop the others
            logger.exception("the answer about %s could not be recorded", payment)
            continue
        if not answered:
            silent.add(payment.gateway)


@periodic("*/10 * * * *")
def issue_missing_receipts() -> None:
    count = receipts.issue_missing(at=now())
    if count:
        logger.warning("%s receipts were missing and have been issued", count)

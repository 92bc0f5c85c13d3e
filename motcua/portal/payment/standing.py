"""How a charge stands in the eyes of its payer: one word that decides what a page says and offers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from motcua.payments.gateways import GATEWAYS
from motcua.payments.models import Charge, Payment
from motcua.payments.states import ChargeState, Flag, Status

Word = Literal["owed", "opened", "unknown", "paid", "cancelled", "refund_due", "refunded"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A charge with its attempts, oldest first.

    `opened`: the gateway's page can be gone back to. `unknown`: money may be on its way; nobody may be
    asked to pay.
    """

    charge: Charge
    attempts: tuple[Payment, ...]
    word: Word

    @property
    def is_payable(self) -> bool:
        return self.word in ("owed", "opened")

    @property
    def latest(self) -> Payment | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def settled(self) -> Payment | None:
        """The attempt whose money settled the charge."""
        return next(
            (
                one
                for one in self.attempts
                if one.status == Status.PAID and one.flag in (Flag.NONE, Flag.LATE)
            ),
            None,
        )

    @property
    def twice_paid(self) -> list[Payment]:
        """Attempts whose money came although the charge was settled; it has to be paid back."""
        return [one for one in self.attempts if one.flag == Flag.DUPLICATE and one.owed_back_vnd]

    @property
    def owed_back(self) -> list[Payment]:
        """Attempts of which something else has to be paid back: too much came, or a person ended them."""
        return [
            one
            for one in self.attempts
            if one.owed_back_vnd and one.flag != Flag.DUPLICATE and self.word != "refund_due"
        ]

    @property
    def paid_back(self) -> list[Payment]:
        return [one for one in self.attempts if one.refunded_at]

    @property
    def trouble(self) -> str:
        """Why the latest attempt came to nothing and what to do, in a plain sentence; empty when it did not."""
        latest = self.latest
        if self.word != "owed" or latest is None:
            return ""
        if latest.status == Status.EXPIRED:
            return _(
                "Đã hết thời hạn chờ thanh toán và chưa có khoản tiền nào được ghi nhận. Vui lòng thanh toán lại."
            )
        if latest.status == Status.VOIDED:
            return _("Số tiền nhận được không khớp với số tiền phải nộp nên giao dịch đã được hủy. Vui lòng thanh toán lại.")
        return GATEWAYS[latest.gateway].explain(latest.response_code)


def _word(charge: Charge, attempts: tuple[Payment, ...], at: datetime) -> Word:
    match charge.state:
        case ChargeState.UNPAID:
            return "owed"
        case ChargeState.PENDING:
            live = next((one for one in attempts if one.status == Status.STARTED), None)
            return "opened" if live and live.resumable(at) else "unknown"
        case ChargeState.PAID:
            return "paid"
        case ChargeState.CANCELLED:
            return "cancelled"
        case ChargeState.REFUNDED:
            return "refunded"
    return "refund_due"


def standings(charges: Iterable[Charge], at: datetime) -> list[Standing]:
    """How each of these charges stands, in their order (one query, none without charges)."""
    charges = list(charges)
    attempts: dict[int, list[Payment]] = {charge.pk: [] for charge in charges}
    if charges:
        for payment in Payment.objects.filter(charge__in=charges).order_by("id"):
            attempts[payment.charge_id].append(payment)
    return [
        Standing(charge, found := tuple(attempts[charge.pk]), _word(charge, found, at)) for charge in charges
    ]

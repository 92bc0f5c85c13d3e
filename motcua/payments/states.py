"""The life of a charge and of one attempt to pay it. Buttons, checks and tests read these tables."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ChargeState(TextChoices):
    UNPAID = "unpaid", _("Chưa thanh toán")
    PENDING = "pending", _("Chờ xác nhận thanh toán")
    PAID = "paid", _("Đã thanh toán")
    CANCELLED = "cancelled", _("Đã hủy khoản thu")
    REFUND_DUE = "refund_due", _("Chờ hoàn phí")
    REFUNDED = "refunded", _("Đã hoàn phí")


class Status(TextChoices):
    """Of an attempt. While it is `started` nobody knows how it ends, and no other may begin."""

    STARTED = "started", _("Đang chờ ngân hàng xác nhận")
    PAID = "paid", _("Thành công")
    FAILED = "failed", _("Không thành công")
    CANCELLED = "cancelled", _("Người nộp đã hủy")
    EXPIRED = "expired", _("Hết hạn thanh toán")
    VOIDED = "voided", _("Đã hủy do sai số tiền")  # by a person; what came is owed back


class Flag(TextChoices):
    """What makes an attempt extraordinary and gives it to a person to look at."""

    NONE = "", ""
    LATE = "late", _("Tiền đến muộn")
    DUPLICATE = "duplicate", _("Thanh toán trùng, phải hoàn")
    AMOUNT_MISMATCH = "amount_mismatch", _("Sai số tiền")


C, S = ChargeState, Status


@dataclass(frozen=True, slots=True)
class Transition:
    name: str
    sources: frozenset[str]
    target: str
    event: str


def _table(*rows: tuple[str, set[str], str, str]) -> dict[str, Transition]:
    return {
        name: Transition(name, frozenset(sources), target, event) for name, sources, target, event in rows
    }


# fmt: off
CHARGE = _table(
    # name           from                          to             event
    ("start",        {C.UNPAID},                   C.PENDING,     "payment.started"),
    ("fail",         {C.PENDING},                  C.UNPAID,      "payment.failed"),
    ("settle",       {C.PENDING, C.UNPAID},        C.PAID,        "payment.settled"),
    ("cancel",       {C.UNPAID, C.PENDING},        C.CANCELLED,   "charge.cancelled"),
    ("void",         {C.PENDING},                  C.UNPAID,      "payment.voided"),
    ("owe_back",     {C.PAID, C.CANCELLED},        C.REFUND_DUE,  "charge.refund_due"),
    ("refund",       {C.REFUND_DUE},               C.REFUNDED,    "payment.refunded"),
)
ATTEMPT = _table(
    # name           from                                        to            event
    ("settle",       {S.STARTED, S.FAILED, S.CANCELLED, S.EXPIRED},  S.PAID,   "payment.settled"),
    ("fail",         {S.STARTED},                                S.FAILED,     "payment.failed"),
    ("cancel",       {S.STARTED},                                S.CANCELLED,  "payment.failed"),
    ("expire",       {S.STARTED},                                S.EXPIRED,    "payment.failed"),
    ("void",         {S.STARTED, S.FAILED, S.CANCELLED, S.EXPIRED},  S.VOIDED, "payment.voided"),
)
# fmt: on

# An attempt whose page was opened may end some minutes after its link has expired.
UNFINISHED_GRACE = timedelta(minutes=5)
# Pauses between queries of an attempt whose end is unknown; the last one repeats.
QUERY_PAUSES = tuple(timedelta(minutes=m) for m in (5, 1, 1, 2, 4, 8, 15, 30, 60))

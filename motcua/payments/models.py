"""What is owed, each attempt to pay it, every word a gateway said, and the receipt."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from motcua.payments.gateways import Order
from motcua.payments.states import ChargeState, Flag, Status

CASH = "cash"  # in place of a gateway: counted by a cashier
SETTLES_CHARGE = Q(status=Status.PAID, flag__in=[Flag.NONE, Flag.LATE])


class ChargeQuerySet(models.QuerySet["Charge"]):
    def about(self, subject: str) -> Self:
        return self.filter(subject=subject).order_by("id")

    def owed(self) -> Self:
        """What still has to be paid, whether or not an attempt is under way."""
        return self.filter(state__in=[ChargeState.UNPAID, ChargeState.PENDING])

    def payable(self, at: datetime) -> Self:
        """What its payer may pay now: nothing was begun, or the page that was opened can be gone back to."""
        opened = Payment.objects.filter(
            charge=OuterRef("pk"), status=Status.STARTED, flag=Flag.NONE, returned_at=None, expires_at__gt=at
        )
        return self.filter(Q(state=ChargeState.UNPAID) | Q(state=ChargeState.PENDING) & Exists(opened))


class Charge(models.Model):
    """A sum that somebody owes for one purpose of one subject; settled at most once, for ever."""

    subject = models.CharField(max_length=60)
    purpose = models.CharField(max_length=40)
    reference = models.CharField(_("mã hồ sơ"), max_length=60)
    description = models.CharField(_("nội dung"), max_length=250)
    payer_name = models.CharField(_("người nộp"), max_length=250)
    payer_address = models.CharField(_("địa chỉ"), max_length=500, blank=True)
    payer_email = models.EmailField(blank=True)
    account = models.JSONField(default=dict)  # {number, bank, bin, holder}
    collector_name = models.CharField(_("tổ chức thu"), max_length=250)
    collector_tax_code = models.CharField(_("mã số thuế"), max_length=14, blank=True)
    lines = models.JSONField()  # [{code, name, kind, amount_vnd, basis}]
    amount_vnd = models.PositiveBigIntegerField(_("số tiền"))
    due = models.CharField(max_length=20)  # before_acceptance | before_result
    state = models.CharField(max_length=12, choices=ChargeState, default=ChargeState.UNPAID)
    raised_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)  # kept when it has to be paid back; none when it never settled

    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="charge_one_per_purpose", fields=["subject", "purpose"]),
            models.CheckConstraint(name="charge_amount_positive", condition=Q(amount_vnd__gt=0)),
            models.CheckConstraint(name="charge_state_known", condition=Q(state__in=ChargeState.values)),
            models.CheckConstraint(
                name="charge_paid_has_moment",
                condition=~Q(state=ChargeState.PAID) | Q(paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="charge_not_paid_has_no_moment",
                condition=Q(state__in=[ChargeState.PAID, ChargeState.REFUND_DUE, ChargeState.REFUNDED])
                | Q(paid_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"charge:{self.pk}"

    @property
    def is_payable(self) -> bool:
        """Somebody may begin to pay this now."""
        return self.state == ChargeState.UNPAID

    def live_attempt(self) -> "Payment | None":
        """The attempt whose end is not known yet."""
        return self.payments.filter(status=Status.STARTED).first()

    def latest_attempt(self) -> "Payment | None":
        return self.payments.order_by("-id").first()

    def settled_payment(self) -> "Payment | None":
        return self.payments.filter(SETTLES_CHARGE).first()


class PaymentQuerySet(models.QuerySet["Payment"]):
    def to_query(self, at: datetime) -> Self:
        """Attempts about which the gateway should be asked now, longest waiting first."""
        return self.filter(status=Status.STARTED, query_at__lte=at).order_by("query_at", "id")

    def for_a_person(self) -> Self:
        """Attempts that nobody but a person can end: money too much, too late or of a wrong amount."""
        return self.exclude(flag=Flag.NONE).select_related("charge").order_by("-id")

    def owed_back(self) -> Self:
        """Attempts of whose money some has to be paid back."""
        return self.filter(owed_back_vnd__gt=0)


class Payment(models.Model):
    """One attempt to pay a charge through a gateway."""

    code = models.CharField(_("mã giao dịch"), max_length=40, unique=True)
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=20)
    amount_vnd = models.PositiveBigIntegerField()
    received_vnd = models.PositiveBigIntegerField(null=True)  # what came, where that is not `amount_vnd`
    owed_back_vnd = models.PositiveBigIntegerField(default=0)  # of what came, still to be paid back
    refunded_vnd = models.PositiveBigIntegerField(default=0)
    refunded_at = models.DateTimeField(null=True)
    refunded_by = models.CharField(max_length=200, blank=True)
    refund_reference = models.CharField(_("chứng từ hoàn tiền"), max_length=100, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.STARTED)
    flag = models.CharField(max_length=20, choices=Flag, default=Flag.NONE, blank=True)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)  # when the payer's browser came back
    settled_at = models.DateTimeField(null=True)
    gateway_reference = models.CharField(_("mã giao dịch tại cổng thanh toán"), max_length=60, blank=True)
    bank_code = models.CharField(max_length=20, blank=True)
    response_code = models.CharField(max_length=10, blank=True)
    redirect_url = models.TextField()
    client_ip = models.GenericIPAddressField()
    query_at = models.DateTimeField()  # when to ask the gateway next
    queries = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)  # when it was last asked

    objects = PaymentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="payment_to_query", fields=["query_at"], condition=Q(status=Status.STARTED)),
            models.Index(name="payment_for_a_person", fields=["id"], condition=~Q(flag=Flag.NONE)),
            models.Index(name="payment_owed_back", fields=["charge"], condition=Q(owed_back_vnd__gt=0)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="payment_one_settles_a_charge", fields=["charge"], condition=SETTLES_CHARGE
            ),
            models.UniqueConstraint(
                name="payment_one_live_per_charge", fields=["charge"], condition=Q(status=Status.STARTED)
            ),
            models.UniqueConstraint(
                name="payment_gateway_reference",
                fields=["gateway", "gateway_reference"],
                condition=~Q(gateway_reference=""),
            ),
            models.CheckConstraint(name="payment_amount_positive", condition=Q(amount_vnd__gt=0)),
            models.CheckConstraint(name="payment_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="payment_flag_known", condition=Q(flag__in=Flag.values)),
            models.CheckConstraint(name="payment_expires_later", condition=Q(expires_at__gt=F("started_at"))),
            models.CheckConstraint(
                name="payment_settled_exactly_when_paid",
                condition=Q(status=Status.PAID, settled_at__isnull=False)
                | ~Q(status=Status.PAID) & Q(settled_at=None),
            ),
            models.CheckConstraint(
                name="payment_late_or_duplicate_is_paid",
                condition=~Q(flag__in=[Flag.LATE, Flag.DUPLICATE]) | Q(status=Status.PAID),
            ),
            models.CheckConstraint(
                name="payment_of_wrong_amount_is_not_paid",
                condition=~Q(flag=Flag.AMOUNT_MISMATCH) | ~Q(status=Status.PAID),
            ),
            models.CheckConstraint(
                name="payment_of_wrong_amount_says_what_came",
                condition=~Q(flag=Flag.AMOUNT_MISMATCH) & ~Q(status=Status.VOIDED) | Q(received_vnd__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_owed_back_only_of_what_came",
                condition=Q(owed_back_vnd=0) | Q(status__in=[Status.PAID, Status.VOIDED]),
            ),
            models.CheckConstraint(
                name="payment_refund_is_told_whole",
                condition=Q(refunded_vnd=0, refunded_at=None, refunded_by="", refund_reference="")
                | Q(refunded_vnd__gt=0, refunded_at__isnull=False) & ~Q(refunded_by="") & ~Q(refund_reference=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def resumable(self, at: datetime) -> bool:
        """The payer may go back to the gateway's page: the link holds and nobody came back from it yet."""
        return (
            self.status == Status.STARTED
            and self.flag == Flag.NONE
            and self.returned_at is None
            and at < self.expires_at
        )

    @property
    def came_vnd(self) -> int:
        """How much of the payer's money this attempt brought, as far as it brought any."""
        return self.amount_vnd if self.received_vnd is None else self.received_vnd

    @property
    def is_held(self) -> bool:
        """Money may have moved and the gateway is looking into it: no clock may end this attempt."""
        return self.status == Status.STARTED and (self.response_code != "" or self.flag != Flag.NONE)

    def order(self, *, return_url: str = "") -> Order:
        """This attempt as its gateway needs to know it."""
        return Order(
            code=self.code,
            amount_vnd=self.amount_vnd,
            description=f"{self.charge.reference} {self.charge.description}",
            client_ip=self.client_ip,
            return_url=return_url,
            started_at=self.started_at,
            expires_at=self.expires_at,
        )


class GatewayMessage(models.Model):
    """What a gateway said, kept as it came, before anybody judged it. Only the verdict is added, once."""

    class Kind(models.TextChoices):
        NOTICE = "notice"  # from the gateway's server
        RETURN = "return"  # carried by the payer's browser
        ANSWER = "answer"  # to our query

    gateway = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=Kind)
    payment_code = models.CharField(max_length=40, blank=True)  # when it names one of ours
    raw = models.JSONField()
    received_at = models.DateTimeField()
    verdict = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(name="gateway_message_payment", fields=["payment_code", "id"])]
        constraints = [
            models.CheckConstraint(
                name="gateway_message_kind_known", condition=Q(kind__in=["notice", "return", "answer"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind} {self.payment_code}"


class Receipt(models.Model):
    """The numbered receipt of one settled payment; numbers run without gaps in each series and year."""

    form_symbol = models.CharField(_("ký hiệu mẫu biên lai"), max_length=20)
    series = models.CharField(_("ký hiệu biên lai"), max_length=20)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("số"))
    payment = models.OneToOneField(Payment, models.PROTECT)
    payer_name = models.CharField(max_length=250)
    payer_address = models.CharField(max_length=500, blank=True)
    collector_name = models.CharField(max_length=250)
    collector_tax_code = models.CharField(max_length=14, blank=True)
    reference = models.CharField(max_length=60)
    description = models.CharField(max_length=250)
    lines = models.JSONField()
    amount_vnd = models.PositiveBigIntegerField()
    collected_at = models.DateTimeField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="receipt_number", fields=["series", "year", "number"]),
            models.CheckConstraint(
                name="receipt_number_eight_digits", condition=Q(number__gte=1, number__lte=99_999_999)
            ),
            models.CheckConstraint(name="receipt_amount_positive", condition=Q(amount_vnd__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.number_text}"

    @property
    def number_text(self) -> str:
        """The number as printed: eight digits."""
        return f"{self.number:08}"


PERSONAL_FIELDS = {
    "Charge": {"payer_name", "payer_address", "payer_email", "description"},
    "Payment": {"client_ip"},
    "GatewayMessage": {"raw"},
    "Receipt": {"payer_name", "payer_address", "description"},
}

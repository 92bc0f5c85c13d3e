"""Who may sign with what, and each signing: from the moment it is begun to the signature or to why there is none."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency
from motcua.foundation.models import StoredFile

User = settings.AUTH_USER_MODEL


class CredentialQuerySet(models.QuerySet["Credential"]):
    def usable(self, at: datetime) -> Self:
        """Those with which one may sign at a moment, the newest first."""
        return self.filter(
            retired_at=None, added_at__lte=at, valid_from__lte=at, valid_until__gt=at
        ).order_by("-added_at", "-id")


class Credential(models.Model):
    """A certificate with which an officer signs, or an agency seals, and where its key is: never the key's PIN."""

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    adapter = models.CharField(max_length=20)  # in motcua.papers.signers.SIGNERS
    label = models.CharField(max_length=100)
    certificate = models.TextField()  # PEM
    chain = models.TextField(blank=True)  # the certificates above it, PEM
    holder = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    serial = models.CharField(max_length=80)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    container = models.BinaryField(null=True)  # a PKCS#12 file, closed by its own password
    place = models.JSONField(default=dict)  # where the adapter finds the key: no secrets
    image = models.BinaryField(null=True)  # PNG: how the signature, or the seal, looks on paper
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credential_of_an_officer_or_of_an_agency",
                condition=Q(user=None, agency__isnull=False) | Q(user__isnull=False, agency=None),
            ),
            models.CheckConstraint(
                name="credential_lives_for_a_while", condition=Q(valid_until__gt=models.F("valid_from"))
            ),
        ]
        indexes = [
            models.Index(name="credential_of_user", fields=["user"], condition=Q(retired_at=None)),
            models.Index(name="credential_of_agency", fields=["agency"], condition=Q(retired_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.holder})"


class SignatureQuerySet(models.QuerySet["Signature"]):
    def about(self, subject: str) -> Self:
        return self.filter(subject=subject).order_by("id")

    def live(self) -> Self:
        """Begun, and neither signed nor given up."""
        return self.filter(state__in=Signature.LIVE)


class Signature(models.Model):
    """One signing of one paper. While it lives nobody else signs for the same subject."""

    class Part(models.TextChoices):
        PERSON = "ky", _("Chữ ký của người có thẩm quyền")
        SEAL = "dau", _("Chữ ký của cơ quan")

    class State(models.TextChoices):
        SIGNING = "signing", _("Đang ký")
        WAITING = "waiting", _("Chờ chữ ký")
        SIGNED = "signed", _("Đã ký")
        DECLINED = "declined", _("Người ký từ chối")
        EXPIRED = "expired", _("Quá thời gian xác nhận")
        FAILED = "failed", _("Không ký được")

    LIVE = (State.SIGNING.value, State.WAITING.value)

    subject = models.CharField(max_length=60)
    part = models.CharField(max_length=3, choices=Part)
    state = models.CharField(max_length=10, choices=State, default=State.SIGNING)
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200)
    title = models.CharField(max_length=500)  # of the paper, as the signing service shows it
    order = models.JSONField(default=dict)  # what the signed paper is for: who begins it reads it at the end
    prepared = models.BinaryField(null=True)  # the paper with room for the signature; forgotten at the end
    digest = models.BinaryField()
    room_from = models.PositiveIntegerField()
    room_to = models.PositiveIntegerField()
    attributes = models.BinaryField()  # what is signed
    reference = models.CharField(max_length=100, blank=True)  # the signing service's own
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # why there is no signature
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, related_name="signatures")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="signature_one_at_a_time", fields=["subject"], condition=Q(state__in=["signing", "waiting"])
            ),
            models.CheckConstraint(name="signature_part_known", condition=Q(part__in=["ky", "dau"])),
            models.CheckConstraint(
                name="signature_ended_when_over",
                condition=Q(state__in=["signing", "waiting"], ended_at=None)
                | Q(state__in=["signed", "declined", "expired", "failed"], ended_at__isnull=False, prepared=None),
            ),
            models.CheckConstraint(
                name="signature_has_a_file_when_signed",
                condition=Q(state="signed", file__isnull=False) | ~Q(state="signed") & Q(file=None),
            ),
        ]
        indexes = [
            models.Index(name="signature_subject", fields=["subject"]),
            models.Index(name="signature_waiting", fields=["expires_at"], condition=Q(state__in=["signing", "waiting"])),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.part} {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def holder(self) -> str:
        """In whose name it is."""
        return self.credential.holder


PERSONAL_FIELDS = {
    "Credential": {"user", "holder", "certificate", "serial", "container", "image", "place", "added_by"},
    "Signature": {"actor_id", "actor_name", "title", "order", "prepared", "file"},
}

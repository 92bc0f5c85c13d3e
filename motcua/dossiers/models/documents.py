"""The papers that a dossier brings, and the files on their way."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.models.dossier import Dossier
from motcua.foundation.actor import Actor
from motcua.foundation.models import StoredFile

User = settings.AUTH_USER_MODEL


class Document(models.Model):
    """One file brought for one component of the dossier; of a paper per row, `component_id` is "id.row"."""

    class Source(models.TextChoices):
        UPLOADED = "uploaded", _("Tải lên")
        PHOTOS = "photos", _("Ghép từ ảnh")
        EARLIER_DOSSIER = "earlier_dossier", _("Lấy từ hồ sơ trước")
        ISSUED_RESULT = "issued_result", _("Kết quả đã được cấp")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="documents")
    component_id = models.CharField(max_length=80)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")  # several documents may share it
    name = models.CharField(max_length=255)
    pages = models.PositiveIntegerField(null=True)
    supplement = models.ForeignKey("SupplementRequest", models.PROTECT, null=True, related_name="documents")
    added_at = models.DateTimeField()
    source = models.CharField(max_length=20, choices=Source, default=Source.UPLOADED)
    origin = models.JSONField(default=dict)  # where a paper that was not uploaded comes from: dossiers.reuse
    issued_on = models.DateField(null=True)  # as the applicant says
    valid_until = models.DateField(null=True)
    findings = models.JSONField(null=True)  # of paper_check; None while it was not looked at
    signatures = models.JSONField(null=True)  # of dossiers.signed_papers; None while nobody looked for them
    findings_kept_at = models.DateTimeField(null=True)  # when the applicant said that it stays as it is

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="document_source_known",
                condition=Q(source__in=["uploaded", "photos", "earlier_dossier", "issued_result"]),
            ),
            models.CheckConstraint(
                name="document_dates_in_order",
                condition=Q(issued_on=None) | Q(valid_until=None) | Q(valid_until__gte=F("issued_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, actor: Actor) -> Self:
        """The uploads of this account; nobody else may know of them."""
        return self.filter(account_id=int(actor.id)) if actor.kind == "citizen" else self.none()

    def open(self, at: datetime) -> Self:
        """Those that wait for more bytes, newest first."""
        return self.filter(offset__lt=F("size"), expires_at__gt=at).order_by("-id")


class Upload(models.Model):
    """A file on its way: `offset` of its `size` bytes are on the disk, beside the kept files."""

    class Purpose(models.TextChoices):
        PAPER = "paper", _("Giấy tờ")
        PHOTO = "photo", _("Ảnh để ghép")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(User, models.CASCADE, related_name="+")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="uploads")
    component_id = models.CharField(max_length=80)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.PAPER)
    replaces = models.PositiveBigIntegerField(null=True)  # the document that goes when this one has come
    name = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, blank=True)  # by which a browser knows the file again
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="upload_offset_within_size", condition=Q(offset__lte=F("size"), size__gt=0)),
            models.CheckConstraint(name="upload_purpose_known", condition=Q(purpose__in=["paper", "photo"])),
        ]
        indexes = [models.Index(fields=["expires_at"], name="upload_expires")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.offset == self.size

    @property
    def percent(self) -> int:
        """How much of it is there: 100 only when all of it is."""
        return self.offset * 100 // self.size

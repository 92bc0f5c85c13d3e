"""What comes and goes over the counter: how a dossier was brought there, which papers on paper, results nobody fetches."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.models.dossier import Dossier


class CounterEntry(models.Model):
    """How a dossier that an officer entered came to the counter; those of one visit share its number."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="entry")
    visit = models.UUIDField(default=uuid.uuid4, db_index=True)
    sender = models.CharField(_("người gửi"), max_length=200, blank=True)  # on the envelope, when it came by post
    tracking = models.CharField(_("số hiệu bưu gửi"), max_length=60, blank=True)
    posted_on = models.DateField(_("ngày gửi theo dấu bưu điện"), null=True)
    place = models.CharField(_("vị trí lưu hồ sơ giấy"), max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.visit}"


class BroughtPaper(models.Model):
    """How many sheets of a component were brought on paper; `component_id` as in Document."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="on_paper")
    component_id = models.CharField(max_length=80)
    originals = models.PositiveSmallIntegerField(_("bản chính"), default=0)
    certified = models.PositiveSmallIntegerField(_("bản sao chứng thực"), default=0)
    copies = models.PositiveSmallIntegerField(_("bản sao"), default=0)
    supplement = models.ForeignKey("SupplementRequest", models.PROTECT, null=True, related_name="on_paper")
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="brought_paper_once", fields=["dossier", "component_id", "supplement"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="brought_paper_is_something", condition=Q(originals__gt=0) | Q(certified__gt=0) | Q(copies__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component_id}: {self.originals}/{self.certified}/{self.copies}"


class UncollectedResult(models.Model):
    """A result that waits at the counter: when its owner was reminded, and where it was put to wait on."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="uncollected")
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    place = models.CharField(_("vị trí lưu giữ"), max_length=120, blank=True)
    kept_at = models.DateTimeField(null=True)
    kept_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="uncollected_kept_is_told_whole",
                condition=Q(kept_at=None, kept_by="", place="")
                | Q(kept_at__isnull=False) & ~Q(kept_by="") & ~Q(place=""),
            ),
            models.CheckConstraint(
                name="uncollected_reminded_has_moment",
                condition=Q(reminders=0, reminded_at=None) | Q(reminders__gt=0, reminded_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.place or self.reminders}"



"""What the one-stop tells an applicant to bring, and why papers of a procedure come back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.models.dossier import Dossier
from motcua.procedures.models import Procedure


class SupplementRequest(models.Model):
    """What is missing, told once and together (Mẫu 02), and when it came."""

    class Stage(models.TextChoices):
        INTAKE = "intake", _("Khi tiếp nhận")
        APPRAISAL = "appraisal", _("Khi thẩm định")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="supplements")
    stage = models.CharField(max_length=10, choices=Stage)
    items = models.JSONField()  # [{"component_id", "name", "reason"}]
    basis = models.CharField(max_length=500)
    note = models.TextField(blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # answered, or overtaken by a refusal, a withdrawal …

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="supplement_open_once", fields=["dossier"], condition=Q(closed_at=None)
            ),
            models.CheckConstraint(
                name="supplement_answered_is_closed",
                condition=Q(answered_at=None) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.get_stage_display()}"


class ReturnReason(models.Model):
    """How often a paper of a procedure was asked for again, and why; counted anew by a job every night."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="+")
    component_id = models.CharField(max_length=60)  # as the record has it; empty for the form
    reason = models.CharField(max_length=300)
    cases = models.PositiveIntegerField()  # dossiers
    percent = models.FloatField()  # of the dossiers filed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="return_reason_once", fields=["procedure", "component_id", "reason"]
            ),
            models.CheckConstraint(name="return_reason_tells_of_nobody", condition=Q(cases__gte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.component_id}: {self.reason}"

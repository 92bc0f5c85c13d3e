"""What was decided, and what its applicant thought of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.models.dossier import Dossier
from motcua.papers.models import Paper


class Result(models.Model):
    """What the agency decided: drafted, approved, then numbered and issued."""

    class Kind(models.TextChoices):
        GRANTED = "granted", _("Giải quyết theo yêu cầu")
        NOT_ELIGIBLE = "not_eligible", _("Không đủ điều kiện giải quyết")

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="result")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.GRANTED)
    reason = models.TextField(blank=True)  # why not, and by which law: with a dossier that is not eligible
    basis = models.CharField(max_length=500, blank=True)
    advice = models.TextField(blank=True)
    name = models.CharField(max_length=300)
    content = models.JSONField(default=dict)
    drafted_by = models.CharField(max_length=200)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=200, blank=True)
    approver_title = models.CharField(max_length=100, blank=True)
    number = models.CharField(max_length=60, blank=True)
    issued_at = models.DateTimeField(null=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="result_issued_only_when_approved_and_numbered",
                condition=Q(issued_at=None, number="")
                | Q(issued_at__isnull=False, approved_at__isnull=False) & ~Q(number=""),
            ),
            models.CheckConstraint(
                name="result_says_why_not",
                condition=Q(kind="granted", reason="", basis="") | Q(kind="not_eligible") & ~Q(reason="") & ~Q(basis=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.name


class Rating(models.Model):
    """How satisfied the citizen was; shown to officers without a name."""

    class Score(models.IntegerChoices):
        VERY = 2, _("Rất hài lòng")
        SATISFIED = 1, _("Hài lòng")
        NOT = 0, _("Không hài lòng")

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="rating")
    score = models.SmallIntegerField(choices=Score)
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rating_score_known", condition=Q(score__in=[0, 1, 2])),
        ]

    def __str__(self) -> str:
        return self.get_score_display()

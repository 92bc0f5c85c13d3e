"""What was decided, and what its applicant thought of it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency
from motcua.dossiers.models.dossier import Dossier
from motcua.papers.models import Paper, Signature


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
    check_code = models.CharField(max_length=14, blank=True)  # that will stand on the paper, once somebody has signed it
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, related_name="+")  # of who decided
    year = models.PositiveSmallIntegerField(null=True)  # of the number
    seal = models.ForeignKey(Signature, models.PROTECT, null=True, related_name="+")  # of the agency
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")  # in whose register it is, when issued
    owner_name = models.CharField(max_length=300, blank=True)
    valid_until = models.DateField(null=True)  # the last day; none: it has no end
    revoked_at = models.DateTimeField(null=True)
    words = SearchVectorField(null=True)  # number, name, owner and dossier, folded: by what the register finds it

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="result_words"),
            models.Index(name="result_register", fields=["agency", "issued_at", "id"], condition=Q(issued_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="result_number_once_a_year",
                fields=["agency", "number", "year"],
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="result_revoked_only_when_issued", condition=Q(revoked_at=None) | Q(issued_at__isnull=False)
            ),
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

"""What the one-stop finds wrong and tells an applicant, with reason and basis; and why papers come back."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency
from motcua.dossiers.models.dossier import Dossier
from motcua.foundation.vietnamese import fold
from motcua.procedures.models import Procedure

User = settings.AUTH_USER_MODEL


class Stage(models.TextChoices):
    """When something is found and told: the check at the counter, or the appraisal of the content."""

    INTAKE = "intake", _("Khi tiếp nhận")
    APPRAISAL = "appraisal", _("Khi thẩm định")


class StandardReasonQuerySet(models.QuerySet["StandardReason"]):
    def active(self) -> Self:
        return self.filter(retired_at=None)

    def matching(self, text: str) -> Self:
        """Those whose words hold each of these words, with or without diacritics."""
        found = self
        for word in fold(text).split():
            found = found.filter(search__contains=word)
        return found


class StandardReason(models.Model):
    """A reason of the library: the words and the legal basis, and where they may be used.

    Without procedure for every procedure, without component for every paper, without agency for every unit.
    """

    class Use(models.TextChoices):
        SUPPLEMENT = "supplement", _("Yêu cầu bổ sung")
        REFUSE = "refuse", _("Từ chối tiếp nhận")
        STOP = "stop", _("Dừng giải quyết")
        DECLINE = "decline", _("Không đủ điều kiện giải quyết")
        WITHDRAWAL = "withdrawal", _("Không đồng ý rút hồ sơ")
        EXTENSION = "extension", _("Xin lỗi và gia hạn")

    class About(models.TextChoices):
        ANYTHING = "", _("Giấy tờ và tờ khai")
        PAPER = "paper", _("Giấy tờ")
        SECTION = "section", _("Nội dung tờ khai")

    use = models.CharField(max_length=12, choices=Use)
    stage = models.CharField(max_length=10, choices=Stage, blank=True)  # empty: both
    about = models.CharField(max_length=8, choices=About, blank=True)
    text = models.CharField(max_length=500)
    basis = models.CharField(max_length=500)
    procedure = models.ForeignKey(Procedure, models.CASCADE, null=True, related_name="+")
    component_id = models.CharField(max_length=60, blank=True)
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, related_name="+")
    used = models.PositiveIntegerField(default=0)
    search = models.TextField(editable=False)  # text and basis, folded
    retired_at = models.DateTimeField(null=True)

    objects = StandardReasonQuerySet.as_manager()

    class Meta:
        ordering = ["-used", "id"]
        constraints = [
            models.CheckConstraint(
                name="standard_reason_use_known",
                condition=Q(use__in=["supplement", "refuse", "stop", "decline", "withdrawal", "extension"]),
            ),
            models.CheckConstraint(name="standard_reason_stage_known", condition=Q(stage__in=["", "intake", "appraisal"])),
            models.CheckConstraint(name="standard_reason_about_known", condition=Q(about__in=["", "paper", "section"])),
            models.CheckConstraint(name="standard_reason_has_words_and_basis", condition=~Q(text="") & ~Q(basis="")),
            models.CheckConstraint(
                name="standard_reason_paper_of_a_procedure",
                condition=Q(component_id="") | Q(procedure__isnull=False),
            ),
            models.UniqueConstraint(
                name="standard_reason_once",
                fields=["use", "stage", "about", "text", "procedure", "component_id", "agency"],
                condition=Q(retired_at=None),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["use", "-used", "id"], name="standard_reason_in_use", condition=Q(retired_at=None)),
        ]

    def __str__(self) -> str:
        return self.text


class SupplementRequest(models.Model):
    """What is missing, told once and together (Mẫu 02), and when it came."""

    Stage = Stage

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="supplements")
    stage = models.CharField(max_length=10, choices=Stage)
    # [{"item", "component_id", "section_id", "name", "reason", "basis", "standard"}]; older rows have the names alone
    items = models.JSONField()
    basis = models.TextField()
    note = models.TextField(blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    reminded = models.PositiveSmallIntegerField(default=0)  # percent of the term of which the applicant was told
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
            models.CheckConstraint(name="supplement_has_a_basis", condition=~Q(basis="")),
        ]
        indexes = [models.Index(fields=["due_at"], name="supplement_open", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.get_stage_display()}"

    def remind_at(self, percent: int) -> datetime:
        """When so much of the term is over."""
        return self.requested_at + (self.due_at - self.requested_at) * percent / 100


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def open(self) -> Self:
        """Ticks that may still be changed: nobody was told."""
        return self.filter(told_at=None)

    def told(self) -> Self:
        return self.filter(told_at__isnull=False)


class Verdict(models.Model):
    """Whether one paper or one section of the form is good, as an officer ticked it, and why not.

    `item` is "giay-" and a component, or "muc-" and a section. What it was about is kept as a fingerprint of
    the files or answers. Once the applicant was told (a notice left, or the dossier was accepted) it stands.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="verdicts")
    item = models.CharField(max_length=100)
    name = models.CharField(max_length=400)
    stage = models.CharField(max_length=10, choices=Stage)
    good = models.BooleanField()
    implied = models.BooleanField(default=False)  # nobody ticked it, but a notice of all defects did not name it
    reason = models.TextField(blank=True)
    basis = models.CharField(max_length=500, blank=True)
    standard = models.ForeignKey(StandardReason, models.SET_NULL, null=True, related_name="+")
    fingerprint = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_by_name = models.CharField(max_length=200)
    told_at = models.DateTimeField(null=True)
    request = models.ForeignKey(SupplementRequest, models.CASCADE, null=True, related_name="verdicts")

    objects = VerdictQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="verdict_open_once", fields=["dossier", "item"], condition=Q(told_at=None)),
            models.CheckConstraint(name="verdict_good_without_reason", condition=Q(good=False) | Q(reason="", basis="")),
            models.CheckConstraint(
                name="verdict_told_with_reason_and_basis",
                condition=Q(told_at=None) | Q(good=True) | ~Q(reason="") & ~Q(basis=""),
            ),
            models.CheckConstraint(name="verdict_implied_is_good", condition=Q(implied=False) | Q(good=True)),
        ]
        indexes = [models.Index(fields=["-told_at"], name="verdict_told_bad", condition=Q(good=False))]

    def __str__(self) -> str:
        return f"{self.name}: {_('Đạt') if self.good else _('Chưa đạt')}"


class OverrideQuerySet(models.QuerySet["Override"]):
    def open(self) -> Self:
        """Asked, and not decided yet."""
        return self.filter(decided_at=None)

    def usable(self) -> Self:
        return self.filter(granted=True, used_at=None)


class Override(models.Model):
    """A leader's signed reason for finding fault with what was told to be good before; used once."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="overrides")
    item = models.CharField(max_length=100)  # as in Verdict
    name = models.CharField(max_length=400)
    fingerprint = models.CharField(max_length=64)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # whose leader decides
    reason = models.TextField()  # of the officer who asks
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=200)
    granted = models.BooleanField(null=True)
    words = models.TextField(blank=True)  # what the leader signs
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_by_name = models.CharField(max_length=200, blank=True)
    used_at = models.DateTimeField(null=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="override_open_once", fields=["dossier", "item"], condition=Q(decided_at=None)),
            models.CheckConstraint(name="override_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="override_decision_is_whole",
                condition=Q(decided_at=None, decided_by=None, granted=None, words="")
                | Q(decided_at__isnull=False, decided_by__isnull=False, granted__isnull=False) & ~Q(words=""),
            ),
            models.CheckConstraint(
                name="override_used_when_granted",
                condition=Q(used_at=None) | Q(granted=True, granted__isnull=False, used_at__gte=F("decided_at")),
            ),
        ]
        indexes = [models.Index(fields=["agency", "id"], name="override_open", condition=Q(decided_at=None))]

    def __str__(self) -> str:
        return self.name


class NoticeDraft(models.Model):
    """A supplement request as the appraiser writes it, until the head or a leader sends or returns it."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="notice_drafts")
    items = models.JSONField()  # as in SupplementRequest
    basis = models.TextField()
    note = models.TextField(blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_by_name = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True)  # sent, returned, or overtaken
    closed_by_name = models.CharField(max_length=200, blank=True)
    returned_because = models.TextField(blank=True)
    request = models.OneToOneField(SupplementRequest, models.CASCADE, null=True, related_name="draft")  # once sent

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="notice_draft_open_once", fields=["dossier"], condition=Q(closed_at=None)),
            models.CheckConstraint(name="notice_draft_has_a_basis", condition=~Q(basis="")),
            models.CheckConstraint(
                name="notice_draft_sent_or_returned",
                condition=Q(closed_at__isnull=False) | Q(request=None, returned_because="", closed_by_name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.drafted_by_name}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def open(self) -> Self:
        return self.filter(answered_at=None)


class Objection(models.Model):
    """The applicant does not agree with one reason of a request; a leader answers."""

    request = models.ForeignKey(SupplementRequest, models.CASCADE, related_name="objections")
    place = models.PositiveSmallIntegerField()  # of the item in the request
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # whose leader answers
    text = models.TextField()
    made_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=200, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="objection_once_an_item", fields=["request", "place"]),
            models.CheckConstraint(name="objection_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="objection_answer_is_whole",
                condition=Q(answered_at=None, answer="", answered_by_name="")
                | Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(answered_by_name=""),
            ),
        ]
        indexes = [models.Index(fields=["agency", "id"], name="objection_open", condition=Q(answered_at=None))]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def item(self) -> dict[str, str]:
        """The reason that it is about."""
        found: dict[str, str] = self.request.items[self.place]
        return found


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

"""The dates that a leader puts off with an apology, and the ends that somebody proposes to him."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Role
from motcua.dossiers.models.dossier import Dossier
from motcua.dossiers.states import RUNNING, TRANSITIONS
from motcua.foundation.actor import Actor
from motcua.papers.models import Paper


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def waiting(self) -> Self:
        """Drafted, and neither signed nor discarded: what a leader has to look at."""
        return self.drafted().filter(dossier__state__in=RUNNING)

    def drafted(self) -> Self:
        """Neither signed nor discarded; of a dossier that ended meanwhile nobody waits for it."""
        return self.filter(signed_at=None, discarded_at=None)

    def signed(self) -> Self:
        return self.filter(signed_at__isnull=False)


class Extension(models.Model):
    """An apology for a date that will not be kept, with a new one (Mẫu 04): drafted, edited, signed by a leader."""

    DRAFTED_BY = (Role.APPRAISER.value, Role.HEAD.value, Role.LEADER.value)

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="extensions")
    reason = models.TextField()
    late_unit = models.CharField(max_length=250, blank=True)  # who is late, as the form names it
    old_due_at = models.DateTimeField()  # the date that was promised when it was drafted
    new_due_at = models.DateTimeField()
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=200)
    by_system = models.BooleanField(default=False)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=200, blank=True)
    in_time = models.BooleanField(null=True)  # signed at least one working day before the old date
    discarded_at = models.DateTimeField(null=True)
    discarded_by = models.CharField(max_length=200, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+")

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="extension_draft_once", fields=["dossier"], condition=Q(signed_at=None, discarded_at=None)
            ),
            models.CheckConstraint(name="extension_puts_off", condition=Q(new_due_at__gt=F("old_due_at"))),
            models.CheckConstraint(name="extension_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="extension_signature_is_whole",
                condition=Q(signed_at=None, signed_by="", in_time=None, paper=None)
                | Q(signed_at__isnull=False, in_time__isnull=False, paper__isnull=False) & ~Q(signed_by=""),
            ),
            models.CheckConstraint(
                name="extension_signed_or_discarded", condition=Q(signed_at=None) | Q(discarded_at=None)
            ),
        ]
        indexes = [
            models.Index(
                name="extension_waiting", fields=["drafted_at"], condition=Q(signed_at=None, discarded_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.new_due_at:%d/%m/%Y}"

    @property
    def is_waiting(self) -> bool:
        return self.signed_at is None and self.discarded_at is None


class EndProposalQuerySet(models.QuerySet["EndProposal"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class EndProposal(models.Model):
    """That a dossier should end without a decision: because nobody answered in time, or because an officer says so."""

    MADE_BY = (Role.APPRAISER.value, Role.HEAD.value)

    class Cause(models.TextChoices):
        SUPPLEMENT_OVERDUE = "supplement_overdue", _("Quá hạn bổ sung hồ sơ")
        PAYMENT_OVERDUE = "payment_overdue", _("Quá hạn nộp phí, lệ phí")
        OFFICER = "officer", _("Đề nghị của cán bộ giải quyết")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="end_proposals")
    cause = models.CharField(max_length=20, choices=Cause)
    reason = models.TextField()
    basis = models.CharField(max_length=500, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True)  # done, declined, or overtaken: the citizen answered after all

    objects = EndProposalQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="end_proposal_open_once", fields=["dossier"], condition=Q(closed_at=None)),
            models.CheckConstraint(
                name="end_proposal_cause_known",
                condition=Q(cause__in=["supplement_overdue", "payment_overdue", "officer"]),
            ),
            models.CheckConstraint(name="end_proposal_has_reason", condition=~Q(reason="")),
        ]
        indexes = [
            models.Index(name="end_proposal_open", fields=["proposed_at"], condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.get_cause_display()}"

    @property
    def waits_in_vain(self) -> bool:
        """Whether it is about a wait for the dossier's owner that took too long."""
        return self.cause != self.Cause.OFFICER


def drafts_extensions(dossier: Dossier, actor: Actor) -> bool:
    """Whether this officer may draft an apology: who handles dossiers of the agency, or leads there."""
    return any(actor.has_role(role, dossier.agency_id) for role in Extension.DRAFTED_BY)


def signs_extensions(dossier: Dossier, actor: Actor) -> bool:
    return actor.has_role(Role.LEADER.value, dossier.agency_id)


def may_propose_end(dossier: Dossier, actor: Actor) -> bool:
    """Whether this officer may say that the dossier should be stopped: who handles dossiers of the agency, or a head."""
    if not dossier.accepted_at or dossier.state not in TRANSITIONS["stop"].sources:
        return False
    return any(actor.has_role(role, dossier.agency_id) for role in EndProposal.MADE_BY)

"""The steps of a dossier's process, and the opinions that other units are asked for."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency, Role
from motcua.dossiers.models.dossier import Dossier
from motcua.foundation.actor import Actor

User = settings.AUTH_USER_MODEL


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> Self:
        return self.filter(completed_at=None)

    def doable_by(self, actor: Actor) -> Self:
        """Open tasks that this officer may do: in his roles, assigned to him, to whom he deputises for, or to nobody."""
        places = Q()
        for agency_id, role in actor.roles:
            places |= Q(agency_id=agency_id, role=role)
        if not places:
            return self.none()
        whose = [int(actor.id), *sorted(actor.deputises)]
        return self.open().filter(places).filter(Q(assignee=None) | Q(assignee_id__in=whose))


class Task(models.Model):
    """One step of a dossier's process, done once by one officer; a return to it is a new row."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="tasks")
    step_id = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    act = models.CharField(max_length=20)
    role = models.CharField(max_length=20, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    # No index of its own: a planner would read all that somebody ever did to find what he has to do.
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    completed_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)

    REASSIGNED_BY = (Role.HEAD.value, Role.LEADER.value)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="task_open_once",
                fields=["dossier", "step_id"],
                condition=Q(completed_at=None),
                include=["name", "assignee", "due_at"],  # what a board sums up
            ),
            models.CheckConstraint(
                name="task_completed_at_and_by_together",
                condition=Q(completed_at=None, completed_by="")
                | Q(completed_at__isnull=False) & ~Q(completed_by=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "role", "due_at"], name="task_open", condition=Q(completed_at=None)
            ),
            models.Index(
                fields=["assignee", "due_at"],
                name="task_of_assignee",
                condition=Q(completed_at=None, assignee__isnull=False),
            ),
            models.Index(
                fields=["agency", "role", "due_at"],
                name="task_unassigned",
                condition=Q(completed_at=None, assignee=None),
            ),
            models.Index(
                fields=["assignee", "-completed_at"],
                name="task_done_by",
                condition=Q(completed_at__isnull=False, assignee__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def doable_by(self, actor: Actor) -> bool:
        whose = (None, actor.user_id, *actor.deputises)
        return actor.has_role(self.role, self.agency_id) and self.assignee_id in whose

    def reassignable_by(self, actor: Actor) -> bool:
        """Whether this officer leads the unit and may give the step to somebody else; leaders' own steps are theirs."""
        leads = any(actor.has_role(role, self.agency_id) for role in self.REASSIGNED_BY)
        return leads and self.act not in ("assign", "approve")


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def open(self) -> Self:
        """Asked, and neither answered nor overtaken by the end of the step."""
        return self.filter(closed_at=None)

    def answered(self) -> Self:
        return self.filter(answered_at__isnull=False)

    def answerable_by(self, actor: Actor) -> Self:
        """The open ones of the units in which this officer is a head or an appraiser."""
        units = [agency_id for agency_id, role in actor.roles if role in Consultation.ANSWERED_BY]
        return self.open().filter(agency_id__in=units) if units else self.none()


class Consultation(models.Model):
    """Another unit's opinion on a dossier: asked when a step begins, given beside the step's own work."""

    class Opinion(models.TextChoices):
        AGREES = "agrees", _("Đồng ý")
        DISAGREES = "disagrees", _("Không đồng ý")
        OTHER = "other", _("Ý kiến khác")

    ANSWERED_BY = frozenset({Role.HEAD.value, Role.APPRAISER.value})
    AD_HOC = "adhoc-"  # how the ids of questions begin that no procedure names

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="consultations")
    task = models.ForeignKey(Task, models.CASCADE, related_name="consultations")  # the step that asks
    consult_id = models.CharField(max_length=60)  # in the step's list
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # who is asked
    asker = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)  # the unit of the step
    question = models.TextField()
    required = models.BooleanField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    opinion = models.CharField(max_length=10, choices=Opinion, blank=True)
    text = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)  # answered, or no longer waited for
    taken_back_by = models.CharField(max_length=200, blank=True)  # who no longer wanted to know

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="consultation_once_a_step", fields=["task", "consult_id"]),
            models.CheckConstraint(
                name="consultation_opinion_known", condition=Q(opinion__in=["", "agrees", "disagrees", "other"])
            ),
            models.CheckConstraint(
                name="consultation_answer_is_whole",
                condition=Q(answered_at=None, answered_by="", opinion="")
                | Q(answered_at__isnull=False, closed_at__isnull=False) & ~Q(answered_by="") & ~Q(opinion=""),
            ),
            models.CheckConstraint(
                name="consultation_taken_back_is_closed",
                condition=Q(taken_back_by="") | Q(closed_at__isnull=False, answered_at=None),
            ),
        ]
        indexes = [
            models.Index(name="consultation_open", fields=["agency", "due_at"], condition=Q(closed_at=None)),
            models.Index(name="consultation_asked_by", fields=["asker", "dossier"], condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.question[:60]}"

    @property
    def is_ad_hoc(self) -> bool:
        """Whether an officer asked it beside the procedure."""
        return self.consult_id.startswith(self.AD_HOC)

    def retractable_by(self, actor: Actor) -> bool:
        """Whether this officer may take the question back: his step asked it, or he leads the unit that did."""
        if self.closed_at is not None or not self.is_ad_hoc:
            return False
        return self.task.doable_by(actor) or any(actor.has_role(role, self.asker_id) for role in Task.REASSIGNED_BY)

    def answerable_by(self, actor: Actor) -> bool:
        """Whether this officer may give the opinion, as long as it is open."""
        return self.closed_at is None and any(actor.has_role(role, self.agency_id) for role in self.ANSWERED_BY)

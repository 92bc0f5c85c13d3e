"""One act on many dossiers: what was asked for, and what became of each."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.dossiers.models.dossier import Dossier
from motcua.dossiers.models.tasks import Task
from motcua.foundation.models import StoredFile


class BulkRun(models.Model):
    """An officer's order to do one act to many dossiers; a job carries it out, dossier by dossier."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4)
    verb = models.CharField(max_length=20)  # motcua.dossiers.operations.bulk.VERBS, or drawing.TABLE
    options = models.JSONField(default=dict)  # what the form said
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")  # the merged papers

    class Meta:
        indexes = [models.Index(name="bulk_of_user", fields=["user", "-id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.public_id}"


class BulkItem(models.Model):
    """One dossier of a run. It is done in the transaction in which it is marked done: never twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Đang chờ")
        DONE = "done", _("Đã thực hiện")
        FAILED = "failed", _("Không thực hiện được")

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="items")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")  # what the officer saw open
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)  # why not, in the operation's words
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="bulk_dossier_once", fields=["run", "dossier"]),
            models.CheckConstraint(
                name="bulk_item_done_at_when_tried",
                condition=Q(state="waiting", done_at=None) | Q(state__in=["done", "failed"], done_at__isnull=False),
            ),
            models.CheckConstraint(name="bulk_failure_says_why", condition=~Q(state="failed", message="")),
        ]
        indexes = [models.Index(name="bulk_waiting", fields=["run", "id"], condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.dossier_id}"

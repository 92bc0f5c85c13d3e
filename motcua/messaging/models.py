"""Messages to people: one row per event and recipient, so that a repeated event says nothing twice."""

from django.db import models
from django.db.models import Q

from motcua.foundation.models import Event


class Message(models.Model):
    """A mail that was or will be sent, and how that went."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    recipient = models.EmailField()
    subject_line = models.CharField(max_length=300)
    body = models.TextField()
    paper_ids = models.JSONField(default=list)  # papers attached as PDF
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    failure = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="message_failed", fields=["id"], condition=Q(state="failed")),
        ]
        constraints = [
            models.UniqueConstraint(name="message_once", fields=["event", "recipient"]),
            models.CheckConstraint(
                name="message_state_known", condition=Q(state__in=["waiting", "sent", "failed"])
            ),
            models.CheckConstraint(
                name="message_sent_at_when_sent",
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject_line}"


PERSONAL_FIELDS = {"Message": {"recipient", "subject_line", "body"}}

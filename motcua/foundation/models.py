"""Events, kept files and counters: what every room stands on."""

import uuid
from typing import IO, Self

from django.core.files.storage import default_storage
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: str) -> Self:
        """The story of one thing, oldest first."""
        return self.filter(subject=subject).order_by("id")


class Event(models.Model):
    """Something that happened: history, audit and queue in one row. Never changed."""

    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    occurred_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60, blank=True)
    actor_name = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    link = models.BinaryField(null=True, editable=False)  # the hash of this and of the one before; made by a trigger

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.type}"


class EventChain(models.Model):
    """The end of the events about one thing: how many there are, and the link of the last. Kept by a trigger."""

    subject = models.CharField(max_length=60, primary_key=True)
    length = models.PositiveIntegerField()
    head = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.subject}: {self.length}"


class StoredFile(models.Model):
    """A complete file: it has this row only after every byte was written and its checksum is known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=255, unique=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="stored_file_not_empty", condition=models.Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name

    def open(self) -> IO[bytes]:
        """The content, opened for reading. Raises FileNotFoundError when the store has lost it."""
        return default_storage.open(self.path, "rb")


class Counter(models.Model):
    """The last number given out under one name; numbers have no gaps."""

    scope = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.scope}: {self.last}"


PERSONAL_FIELDS = {
    "Event": {"actor_id", "actor_name", "data"},
    "StoredFile": {"name"},  # and what lies in it
}

"""What officers tell each other about a dossier, who is at it now, and which dossiers belong together."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from motcua.dossiers.models.dossier import Dossier
from motcua.foundation.actor import Actor

User = settings.AUTH_USER_MODEL


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of dossiers that an officer sees; nobody who files ever reads one."""
        if actor.kind != "officer":
            return self.none()
        return self.filter(dossier__in=Dossier.objects.visible_to(actor))


class Note(models.Model):
    """A word among officers, beside the dossier: no part of it, told to no applicant."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="note_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.text[:60]}"


class MentionQuerySet(models.QuerySet["Mention"]):
    def of(self, actor: Actor) -> Self:
        """In which notes that still stand this officer is named."""
        if actor.kind != "officer":
            return self.none()
        return self.filter(user_id=actor.user_id, note__taken_back_at=None)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Mention(models.Model):
    """Somebody is named in a note, and is meant to read it."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="mention_once_a_note", fields=["note", "user"])]
        indexes = [models.Index(name="mention_of_user", fields=["user", "-note"])]

    def __str__(self) -> str:
        return f"{self.note_id}: {self.user_id}"


class Presence(models.Model):
    """When an officer last had the page of a dossier before him; forgotten after a day."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="presence_once", fields=["dossier", "user"])]
        indexes = [models.Index(name="presence_seen", fields=["seen_at"])]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.user_id}"


class DossierLink(models.Model):
    """Two dossiers that have to do with each other; one row for both, the earlier key first."""

    first = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    second = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    linked_by = models.CharField(max_length=200)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="dossier_link_once", fields=["first", "second"]),
            models.CheckConstraint(name="dossier_link_in_order", condition=Q(first__lt=F("second"))),
        ]
        indexes = [models.Index(name="dossier_link_second", fields=["second"])]

    def __str__(self) -> str:
        return f"{self.first_id} – {self.second_id}"

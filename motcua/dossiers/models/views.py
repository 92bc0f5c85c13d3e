"""How officers look at their lists: saved views, the one they begin with, and what they have seen."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency
from motcua.dossiers.models.dossier import Dossier
from motcua.foundation.actor import Actor

User = settings.AUTH_USER_MODEL


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def usable_by(self, actor: Actor) -> Self:
        """An officer's own, and what colleagues of his units share."""
        if actor.kind != "officer":
            return self.none()
        return self.filter(Q(user_id=actor.user_id) | Q(shared_with__in=actor.agency_ids))


class SavedView(models.Model):
    """A list with its filters and columns, kept under a name: for oneself, or for a whole unit."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")  # who saved it, and alone may change it
    name = models.CharField(_("tên bộ lọc"), max_length=80)
    words = models.JSONField()  # of the address: desk.inbox.filters
    columns = ArrayField(models.CharField(max_length=20), default=list)  # empty: the usual ones
    shared_with = models.ForeignKey(Agency, models.CASCADE, null=True, related_name="+")
    saved_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="saved_view_name_once", fields=["user", "name"]),
            models.CheckConstraint(name="saved_view_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class StartView(models.Model):
    """The saved view with which an officer's inbox opens."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.view)


class Seen(models.Model):
    """When an officer last opened a dossier: what happened since is new to him."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="seen_once", fields=["user", "dossier"])]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.dossier_id}"

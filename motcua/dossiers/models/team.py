"""Who gets what: rules of assignment, and the phrases that officers need again and again."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency
from motcua.foundation.actor import Actor
from motcua.procedures.models import Procedure, Sector

User = settings.AUTH_USER_MODEL


class AssignmentRule(models.Model):
    """To whom a unit's accepted dossiers of some kind are given without anybody pressing a button."""

    class Method(models.TextChoices):
        PERSON = "person", _("Giao cho một người")
        LOAD = "load", _("Giao cho người đang có ít hồ sơ nhất")
        ROTATION = "rotation", _("Giao lần lượt")

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="assignment_rules")
    position = models.PositiveSmallIntegerField()  # the first rule that fits decides
    name = models.CharField(max_length=120)
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, related_name="+")
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, related_name="+")
    condition = models.TextField(blank=True)  # motcua.procedures.expressions, over the answers
    method = models.CharField(max_length=10, choices=Method)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["agency", "position", "id"]
        constraints = [
            models.CheckConstraint(name="rule_method_known", condition=Q(method__in=["person", "load", "rotation"])),
            models.UniqueConstraint(name="rule_name_once_a_unit", fields=["agency", "name"]),
            models.CheckConstraint(
                name="rule_for_procedure_or_sector", condition=Q(procedure=None) | Q(sector=None)
            ),
        ]
        indexes = [models.Index(name="rules_of_unit", fields=["agency", "position"], condition=Q(is_active=True))]

    def __str__(self) -> str:
        return self.name


class RuleMember(models.Model):
    """One of those among whom a rule chooses, and when it chose him last."""

    rule = models.ForeignKey(AssignmentRule, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = [F("chosen_at").asc(nulls_first=True), "id"]
        constraints = [models.UniqueConstraint(name="rule_member_once", fields=["rule", "user"])]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.user_id}"


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def usable_by(self, actor: Actor) -> Self:
        """The officer's own and those of his units, by title."""
        own = Q(user_id=actor.user_id, agency=None)
        return self.filter(own | Q(agency_id__in=actor.agency_ids)).order_by("title", "id")


class Phrase(models.Model):
    """A text for notes and opinions: its maker's own, or shared with a unit."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")  # who wrote it
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")  # with whom it is shared
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=2000)

    objects = PhraseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="phrase_says_something", condition=~Q(text="") & ~Q(title="")),
            models.UniqueConstraint(name="phrase_title_once_of_mine", fields=["user", "title"], condition=Q(agency=None)),
            models.UniqueConstraint(
                name="phrase_title_once_a_unit", fields=["agency", "title"], condition=Q(agency__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

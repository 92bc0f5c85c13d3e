"""Papers and results on their way between units."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency
from motcua.dossiers.models.dossier import Dossier
from motcua.foundation.actor import Actor
from motcua.papers.models import Paper

User = settings.AUTH_USER_MODEL


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those that this officer's units give or take."""
        units = actor.agency_ids
        return self.filter(Q(giver_id__in=units) | Q(taker_id__in=units))

    def in_transit(self) -> Self:
        return self.filter(state=Handover.State.SENT)


class Handover(models.Model):
    """One slip (Phiếu bàn giao): a unit hands what belongs to some dossiers to another, which confirms it."""

    class Content(models.TextChoices):
        PAPERS = "papers", _("Hồ sơ giấy")
        RESULTS = "results", _("Kết quả giải quyết")

    class State(models.TextChoices):
        GATHERING = "gathering", _("Đang lập")
        SENT = "sent", _("Đang chuyển")
        RECEIVED = "received", _("Đã nhận đủ")
        PARTLY = "partly", _("Nhận thiếu")
        CANCELLED = "cancelled", _("Đã hủy")

    giver = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    taker = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    content = models.CharField(max_length=10, choices=Content)
    state = models.CharField(max_length=10, choices=State, default=State.GATHERING)
    number = models.CharField(max_length=30, blank=True)  # 12/PBG, by unit and year
    note = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    given_by = models.CharField(max_length=200, blank=True)  # as it is printed
    given_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+")

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="handover_between_two", condition=~Q(giver=models.F("taker"))),
            models.CheckConstraint(
                name="handover_state_is_whole",
                condition=Q(state="gathering", number="", given_at=None, taken_at=None)
                | Q(state="cancelled", taken_at=None)
                | Q(state="sent", given_at__isnull=False, taken_at=None) & ~Q(number="") & ~Q(given_by="")
                | Q(state__in=["received", "partly"], given_at__isnull=False, taken_at__isnull=False) & ~Q(taken_by=""),
            ),
        ]
        indexes = [
            models.Index(name="handover_given", fields=["giver", "-id"]),
            models.Index(name="handover_taken", fields=["taker", "-id"]),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.giver_id} → {self.taker_id}"

    @property
    def subject(self) -> str:
        return f"handover:{self.pk}"


class HandoverLine(models.Model):
    """What belongs to one dossier on a slip. Only one slip at a time can carry it."""

    class State(models.TextChoices):
        UNDER_WAY = "under_way", _("Đang chuyển")
        RECEIVED = "received", _("Đã nhận")
        MISSING = "missing", _("Không nhận được")
        CANCELLED = "cancelled", _("Đã hủy")

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="lines")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="handover_lines")
    things = models.CharField(max_length=300, blank=True)  # what it is, in words
    state = models.CharField(max_length=10, choices=State, default=State.UNDER_WAY)
    note = models.CharField(max_length=300, blank=True)  # what is missing

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="handover_line_once", fields=["handover", "dossier"]),
            models.UniqueConstraint(
                name="handover_one_way_at_a_time", fields=["dossier"], condition=Q(state="under_way")
            ),
            models.CheckConstraint(name="handover_missing_says_what", condition=~Q(state="missing", note="")),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id}: {self.dossier_id}"

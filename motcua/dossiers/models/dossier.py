"""The dossier itself: who may see it, what it holds, which constraints stand for ever."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency
from motcua.agencies.oversight import overseen_by
from motcua.dossiers.states import (
    ENDED,
    ENDED_EARLY,
    OWNER,
    RUNNING,
    TRANSITIONS,
    UNDER_WAY,
    WAITS_FOR_OWNER,
    State,
    Transition,
)
from motcua.foundation.actor import Actor
from motcua.payments.models import Charge
from motcua.procedures.definition import Definition
from motcua.procedures.models import ProcedureVersion

User = settings.AUTH_USER_MODEL


class DossierQuerySet(models.QuerySet["Dossier"]):
    def visible_to(self, actor: Actor, *, overseen: bool = False) -> Self:
        """Keep what this actor may see: the only row-access rule for dossiers.

        With `overseen` also what he controls from above: for single dossiers and reports, not for lists of work.
        """
        if actor.kind == "system":
            return self
        if actor.kind == "citizen":
            return self.filter(applicant_id=int(actor.id))
        if actor.kind == "officer":
            units = actor.agency_ids
            mine = Q(agency_id__in=units) | Q(reception_id__in=units) | Q(also_seen_by__overlap=sorted(units))
            if overseen:
                mine |= overseen_by(actor, "agency__") | overseen_by(actor, "reception__")
            return self.filter(mine).exclude(state=State.DRAFT)
        return self.none()

    def drafts_of_counter(self, actor: Actor) -> Self:
        """What is being entered at the counters where this officer receives: seen by its receivers alone."""
        counters = [agency_id for agency_id, role in actor.roles if role in TRANSITIONS["enter"].roles]
        return self.filter(state=State.DRAFT, received_by__isnull=False, reception_id__in=counters)

    def drafts(self) -> Self:
        return self.filter(state=State.DRAFT).order_by("-saved_at")

    def filed(self) -> Self:
        return self.exclude(state=State.DRAFT)

    def running(self) -> Self:
        """The legal clock ticks, or is paused for a supplement."""
        return self.filter(state__in=RUNNING)

    def awaiting_owner(self, at: datetime) -> Self:
        """Nothing goes on before the citizen does something: file, pay, supplement or fetch the result."""
        owed = Charge.objects.payable(at).filter(subject=Concat(Value("dossier:"), Cast(OuterRef("pk"), models.TextField())))
        return self.filter(
            Q(state__in=[State.DRAFT, State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUESTED])
            | Q(state=State.SETTLED, delivery=Dossier.Delivery.COUNTER)
            | ~Q(state__in=ENDED) & models.Exists(owed)
        )

    def for_list(self) -> Self:
        """Everything one row of a list shows, in one query."""
        return self.select_related("procedure_version", "agency", "reception").defer(
            "answers", "procedure_version__content", "search"
        )


class Dossier(models.Model):
    """One applicant's request under one version of one procedure, from draft to returned result."""

    class Delivery(models.TextChoices):
        COUNTER = "counter", _("Nhận trực tiếp tại Trung tâm Phục vụ hành chính công")
        POST = "post", _("Nhận qua dịch vụ bưu chính công ích")
        ELECTRONIC = "electronic", _("Nhận bản điện tử")

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", _("Trực tiếp")
        ONLINE = "online", _("Trực tuyến")
        POST = "post", _("Bưu chính công ích")

    class Handing(models.TextChoices):
        SIGNATURE = "signature", _("Ký nhận trực tiếp")
        CODE = "code", _("Xác nhận bằng mã tra cứu")
        POST = "post", _("Gửi qua dịch vụ bưu chính công ích")
        ELECTRONIC = "electronic", _("Gửi bản điện tử")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("mã hồ sơ"), max_length=40, null=True, unique=True)
    lookup_secret = models.CharField(max_length=8, blank=True)
    procedure_version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="dossiers")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    reception = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.ONLINE)
    state = models.CharField(_("trạng thái"), max_length=20, choices=State, default=State.DRAFT)

    applicant = models.ForeignKey(User, models.PROTECT, null=True, related_name="dossiers")
    on_behalf = models.BooleanField(default=False)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # who entered it at the counter
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")  # counted with it, once
    submitter = models.JSONField(default=dict)  # keys: motcua.dossiers.parties.PARTY
    owner = models.JSONField(default=dict)  # the same keys; the submitter himself unless on behalf
    owner_name = models.CharField(max_length=250, blank=True)
    answers = models.JSONField(default=dict)
    delivery = models.CharField(max_length=10, choices=Delivery, blank=True)
    delivery_address = models.CharField(max_length=300, blank=True)

    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    intake_due_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    clock_started_at = models.DateTimeField(null=True)  # when the time limit began: at acceptance, or with the fee
    first_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_before_extension = models.DateTimeField(null=True)  # what reports judge by, once an apology moved the date
    paused_at = models.DateTimeField(null=True)
    pauses = models.JSONField(default=list)  # [[from, to]] in ISO 8601
    payment_due_at = models.DateTimeField(null=True)  # until when a payment asked for in the middle is waited for
    settled_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # refused, withdrawn or stopped
    returned_to = models.CharField(max_length=200, blank=True)
    returned_how = models.CharField(max_length=12, choices=Handing, blank=True)
    withdrawal_reason = models.CharField(max_length=500, blank=True)
    withdrawal_requested_at = models.DateTimeField(null=True)
    also_seen_by = ArrayField(models.IntegerField(), default=list)  # other units asked for an opinion or a step
    # What lists are read by. Kept by a trigger (migration "lists_are_read_in_order"): never written by hand.
    search = SearchVectorField(null=True)  # words (dossiers.searching), the units that see it, the week of filing
    deadline = models.DateTimeField(null=True, editable=False)  # the one that runs in the present state
    awaited_at = models.DateTimeField(null=True, editable=False)  # while under way: the deadline, else since when

    objects = DossierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="dossier_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="dossier_code_exactly_when_submitted",
                condition=Q(state=State.DRAFT, code=None, submitted_at=None)
                | ~Q(state=State.DRAFT) & Q(code__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(  # isnull=False spelled out: a CHECK lets NULL pass
                name="dossier_deadline_exactly_when_clock_started",
                condition=Q(clock_started_at=None, due_at=None, first_due_at=None)
                | Q(accepted_at__isnull=False, clock_started_at__isnull=False)
                & Q(due_at__isnull=False, first_due_at__isnull=False)
                & Q(clock_started_at__gte=F("accepted_at"), due_at__gte=F("clock_started_at")),
            ),
            models.CheckConstraint(
                name="dossier_payment_due_exactly_when_asked",
                condition=Q(state=State.PAYMENT_REQUESTED, payment_due_at__isnull=False)
                | ~Q(state=State.PAYMENT_REQUESTED) & Q(payment_due_at=None),
            ),
            models.CheckConstraint(
                name="dossier_settled_at_when_settled",
                condition=~Q(state__in=[State.SETTLED, State.RETURNED]) | Q(settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dossier_ended_at_exactly_when_ended_early",
                condition=Q(state__in=sorted(ENDED_EARLY), ended_at__isnull=False)
                | ~Q(state__in=sorted(ENDED_EARLY)) & Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="dossier_extended_only_when_due",
                condition=Q(due_before_extension=None) | Q(due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dossier_returned_how_known", condition=Q(returned_how__in=["", "signature", "code", "post", "electronic"])
            ),
            models.CheckConstraint(name="dossier_not_its_own_parent", condition=~Q(parent=F("pk"))),
            models.CheckConstraint(
                name="dossier_paused_only_for_its_owner",
                condition=Q(paused_at=None) | Q(state__in=sorted({*WAITS_FOR_OWNER, *ENDED} - {State.RETURNED})),
            ),
        ]
        indexes = [
            models.Index(fields=["applicant", "-saved_at"], name="dossier_of_applicant"),
            # Each list of the desk is one of these, read in its order up to the end of a page.
            *(
                index
                for unit in ("agency", "reception")
                for index in (
                    models.Index(
                        fields=[unit, "state", "awaited_at", "id"],
                        name=f"dossier_waits_{unit}",
                        condition=Q(state__in=sorted(UNDER_WAY)),
                        include=[  # what a board sums up of thousands, without their wide rows
                            "procedure_version", "parent", "accepted_at", "settled_at", "ended_at", "paused_at", "due_at",
                            "due_before_extension", "intake_due_at",
                        ],
                    ),
                    models.Index(
                        fields=[unit, "deadline", "id"], name=f"dossier_due_{unit}", condition=Q(deadline__isnull=False)
                    ),
                    models.Index(
                        fields=[unit, "-submitted_at", "-id"],
                        name=f"dossier_filed_{unit}",
                        condition=Q(submitted_at__isnull=False),
                    ),
                    models.Index(
                        fields=[unit, "-settled_at", "-id"],
                        name=f"dossier_settled_{unit}",
                        condition=Q(settled_at__isnull=False),
                    ),
                )
            ),
            models.Index(
                fields=["reception"],
                name="dossier_wishes_to_withdraw",
                condition=Q(withdrawal_requested_at__isnull=False, state__in=sorted(UNDER_WAY)),
            ),
            GinIndex(
                fields=["also_seen_by"], name="dossier_waits_elsewhere", condition=Q(state__in=sorted(UNDER_WAY))
            ),
            # What has ended grows for ever: its list reads the newest of a unit and no more.
            models.Index(fields=["agency", "-id"], name="dossier_ended_agency", condition=Q(state__in=sorted(ENDED))),
            models.Index(
                fields=["reception", "-id"], name="dossier_ended_reception", condition=Q(state__in=sorted(ENDED))
            ),
            # The statistics of a year, and the register of a unit, are read from these without the wide rows.
            models.Index(
                fields=["agency", "accepted_at"],
                include=[
                    "procedure_version", "channel", "state", "settled_at", "ended_at", "due_at",
                    "due_before_extension", "paused_at",
                ],
                name="dossier_reported",
                condition=Q(accepted_at__isnull=False, parent=None),
            ),
            models.Index(
                fields=["reception", "accepted_at"],
                name="dossier_in_register",
                condition=Q(accepted_at__isnull=False, parent=None),
            ),
            models.Index(
                fields=["reception", "submitted_at"],
                name="dossier_not_accepted",
                condition=Q(accepted_at=None, submitted_at__isnull=False, parent=None),
            ),
            GinIndex(fields=["search"], name="dossier_search"),
            GinIndex(fields=["also_seen_by"], name="dossier_also_seen_by"),
        ]

    def __str__(self) -> str:
        return self.code or f"nháp {self.public_id}"

    @property
    def subject(self) -> str:
        """What events, charges and papers call this dossier."""
        return f"dossier:{self.pk}"

    @property
    def definition(self) -> Definition:
        """The procedure as it stood when the dossier was filed; parsed once per version."""
        return self.procedure_version.definition

    @property
    def waits_for_fee(self) -> bool:
        """Accepted, but its time limit begins only with the fee, which has not come."""
        return self.accepted_at is not None and self.clock_started_at is None and not self.is_ended

    @property
    def is_withdrawn_at_counter(self) -> bool:
        """Whether the wish to withdraw it may be noted at the counter: who filed it has no account, or came or wrote."""
        return self.applicant_id is None or self.channel != self.Channel.ONLINE

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    def is_late(self, at: datetime) -> bool:
        """Whether the promise was broken: running past the date, or settled after it. An apology does not mend it."""
        promised = self.due_before_extension or self.due_at
        return promised is not None and (self.settled_at or (at if self.is_running else promised)) > promised

    def allows(self, transition: Transition, actor: Actor) -> bool:
        """Whether this actor holds what the transition asks for; says nothing of the state."""
        if OWNER in transition.roles:
            return actor.kind == "system" or (
                actor.kind == "citizen"
                and self.applicant_id is not None
                and actor.id == str(self.applicant_id)
            )
        unit = self.reception_id if transition.place == "reception" else self.agency_id
        return any(actor.has_role(role, unit) for role in transition.roles)

    def is_filled_in_by(self, actor: Actor) -> bool:
        """Whether this actor writes its draft: who files it, or a receiver of the counter that entered it."""
        if self.received_by_id is not None:
            return self.allows(TRANSITIONS["enter"], actor)
        return self.allows(TRANSITIONS["submit"], actor)

    def may(self, name: str, actor: Actor) -> bool:
        transition = TRANSITIONS[name]
        return self.state in transition.sources and self.allows(transition, actor)

"""The dossier and what belongs to it: papers brought, tasks, supplements, result, rating, readings."""

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

from motcua.agencies.models import Agency, Role
from motcua.dossiers.states import ENDED, OWNER, RUNNING, TRANSITIONS, WAITS_FOR_OWNER, State, Transition
from motcua.foundation.actor import Actor
from motcua.foundation.models import StoredFile
from motcua.papers.models import Paper
from motcua.payments.models import Charge
from motcua.procedures.definition import Definition
from motcua.procedures.models import Procedure, ProcedureVersion

User = settings.AUTH_USER_MODEL


class DossierQuerySet(models.QuerySet["Dossier"]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what this actor may see: the only row-access rule for dossiers."""
        if actor.kind == "system":
            return self
        if actor.kind == "citizen":
            return self.filter(applicant_id=int(actor.id))
        if actor.kind == "officer":
            units = actor.agency_ids
            mine = Q(agency_id__in=units) | Q(reception_id__in=units) | Q(also_seen_by__overlap=sorted(units))
            return self.filter(mine).exclude(state=State.DRAFT)
        return self.none()

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
    paused_at = models.DateTimeField(null=True)
    pauses = models.JSONField(default=list)  # [[from, to]] in ISO 8601
    payment_due_at = models.DateTimeField(null=True)  # until when a payment asked for in the middle is waited for
    settled_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=500, blank=True)
    withdrawal_requested_at = models.DateTimeField(null=True)
    also_seen_by = ArrayField(models.IntegerField(), default=list)  # other units asked for an opinion or a step
    search = SearchVectorField(null=True)

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
                name="dossier_paused_only_for_its_owner",
                condition=Q(paused_at=None) | Q(state__in=sorted({*WAITS_FOR_OWNER, *ENDED} - {State.RETURNED})),
            ),
        ]
        indexes = [
            models.Index(fields=["applicant", "-saved_at"], name="dossier_of_applicant"),
            models.Index(fields=["reception", "state", "intake_due_at"], name="dossier_at_reception"),
            models.Index(fields=["agency", "state", "due_at"], name="dossier_at_agency"),
            # What has ended grows for ever: its list reads the newest of a unit and no more.
            models.Index(fields=["agency", "-id"], name="dossier_ended_agency", condition=Q(state__in=sorted(ENDED))),
            models.Index(
                fields=["reception", "-id"], name="dossier_ended_reception", condition=Q(state__in=sorted(ENDED))
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
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    def is_late(self, at: datetime) -> bool:
        """Whether the promise was broken: still running past the deadline, or settled after it."""
        return (
            self.due_at is not None
            and (self.settled_at or (at if self.is_running else self.due_at)) > self.due_at
        )

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

    def may(self, name: str, actor: Actor) -> bool:
        transition = TRANSITIONS[name]
        return self.state in transition.sources and self.allows(transition, actor)


class Document(models.Model):
    """One file brought for one component of the dossier; of a paper per row, `component_id` is "id.row"."""

    class Source(models.TextChoices):
        UPLOADED = "uploaded", _("Tải lên")
        PHOTOS = "photos", _("Ghép từ ảnh")
        EARLIER_DOSSIER = "earlier_dossier", _("Lấy từ hồ sơ trước")
        ISSUED_RESULT = "issued_result", _("Kết quả đã được cấp")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="documents")
    component_id = models.CharField(max_length=80)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")  # several documents may share it
    name = models.CharField(max_length=255)
    pages = models.PositiveIntegerField(null=True)
    supplement = models.ForeignKey("SupplementRequest", models.PROTECT, null=True, related_name="documents")
    added_at = models.DateTimeField()
    source = models.CharField(max_length=20, choices=Source, default=Source.UPLOADED)
    origin = models.JSONField(default=dict)  # where a paper that was not uploaded comes from: dossiers.reuse
    issued_on = models.DateField(null=True)  # as the applicant says
    valid_until = models.DateField(null=True)
    findings = models.JSONField(null=True)  # of paper_check; None while it was not looked at
    findings_kept_at = models.DateTimeField(null=True)  # when the applicant said that it stays as it is

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="document_source_known",
                condition=Q(source__in=["uploaded", "photos", "earlier_dossier", "issued_result"]),
            ),
            models.CheckConstraint(
                name="document_dates_in_order",
                condition=Q(issued_on=None) | Q(valid_until=None) | Q(valid_until__gte=F("issued_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, actor: Actor) -> Self:
        """The uploads of this account; nobody else may know of them."""
        return self.filter(account_id=int(actor.id)) if actor.kind == "citizen" else self.none()

    def open(self, at: datetime) -> Self:
        """Those that wait for more bytes, newest first."""
        return self.filter(offset__lt=F("size"), expires_at__gt=at).order_by("-id")


class Upload(models.Model):
    """A file on its way: `offset` of its `size` bytes are on the disk, beside the kept files."""

    class Purpose(models.TextChoices):
        PAPER = "paper", _("Giấy tờ")
        PHOTO = "photo", _("Ảnh để ghép")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(User, models.CASCADE, related_name="+")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="uploads")
    component_id = models.CharField(max_length=80)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.PAPER)
    replaces = models.PositiveBigIntegerField(null=True)  # the document that goes when this one has come
    name = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, blank=True)  # by which a browser knows the file again
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="upload_offset_within_size", condition=Q(offset__lte=F("size"), size__gt=0)),
            models.CheckConstraint(name="upload_purpose_known", condition=Q(purpose__in=["paper", "photo"])),
        ]
        indexes = [models.Index(fields=["expires_at"], name="upload_expires")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.offset == self.size

    @property
    def percent(self) -> int:
        """How much of it is there: 100 only when all of it is."""
        return self.offset * 100 // self.size


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> Self:
        return self.filter(completed_at=None)

    def doable_by(self, actor: Actor) -> Self:
        """Open tasks that this officer may do: in his roles, assigned to him or to nobody."""
        places = Q()
        for agency_id, role in actor.roles:
            places |= Q(agency_id=agency_id, role=role)
        if not places:
            return self.none()
        return self.open().filter(places).filter(Q(assignee=None) | Q(assignee_id=int(actor.id)))


class Task(models.Model):
    """One step of a dossier's process, done once by one officer; a return to it is a new row."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="tasks")
    step_id = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    act = models.CharField(max_length=20)
    role = models.CharField(max_length=20, choices=Role)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    completed_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="task_open_once", fields=["dossier", "step_id"], condition=Q(completed_at=None)
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
        ]

    def __str__(self) -> str:
        return self.name

    def doable_by(self, actor: Actor) -> bool:
        return actor.has_role(self.role, self.agency_id) and self.assignee_id in (None, actor.user_id)


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

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="consultations")
    task = models.ForeignKey(Task, models.CASCADE, related_name="consultations")  # the step that asks
    consult_id = models.CharField(max_length=60)  # in the step's list
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # who is asked
    question = models.TextField()
    required = models.BooleanField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    opinion = models.CharField(max_length=10, choices=Opinion, blank=True)
    text = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)  # answered, or no longer waited for

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
        ]
        indexes = [
            models.Index(name="consultation_open", fields=["agency", "due_at"], condition=Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.question[:60]}"

    def answerable_by(self, actor: Actor) -> bool:
        """Whether this officer may give the opinion, as long as it is open."""
        return self.closed_at is None and any(actor.has_role(role, self.agency_id) for role in self.ANSWERED_BY)


class SupplementRequest(models.Model):
    """What is missing, told once and together (Mẫu 02), and when it came."""

    class Stage(models.TextChoices):
        INTAKE = "intake", _("Khi tiếp nhận")
        APPRAISAL = "appraisal", _("Khi thẩm định")

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="supplements")
    stage = models.CharField(max_length=10, choices=Stage)
    items = models.JSONField()  # [{"component_id", "name", "reason"}]
    basis = models.CharField(max_length=500)
    note = models.TextField(blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # answered, or overtaken by a refusal, a withdrawal …

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="supplement_open_once", fields=["dossier"], condition=Q(closed_at=None)
            ),
            models.CheckConstraint(
                name="supplement_answered_is_closed",
                condition=Q(answered_at=None) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.get_stage_display()}"


class Result(models.Model):
    """What the agency decided: drafted, approved, then numbered and issued."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="result")
    name = models.CharField(max_length=300)
    content = models.JSONField(default=dict)
    drafted_by = models.CharField(max_length=200)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=200, blank=True)
    approver_title = models.CharField(max_length=100, blank=True)
    number = models.CharField(max_length=60, blank=True)
    issued_at = models.DateTimeField(null=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="result_issued_only_when_approved_and_numbered",
                condition=Q(issued_at=None, number="")
                | Q(issued_at__isnull=False, approved_at__isnull=False) & ~Q(number=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.name


class ReturnReason(models.Model):
    """How often a paper of a procedure was asked for again, and why; counted anew by a job every night."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="+")
    component_id = models.CharField(max_length=60)  # as the record has it; empty for the form
    reason = models.CharField(max_length=300)
    cases = models.PositiveIntegerField()  # dossiers
    percent = models.FloatField()  # of the dossiers filed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="return_reason_once", fields=["procedure", "component_id", "reason"]
            ),
            models.CheckConstraint(name="return_reason_tells_of_nobody", condition=Q(cases__gte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.component_id}: {self.reason}"


class Rating(models.Model):
    """How satisfied the citizen was; shown to officers without a name."""

    class Score(models.IntegerChoices):
        VERY = 2, _("Rất hài lòng")
        SATISFIED = 1, _("Hài lòng")
        NOT = 0, _("Không hài lòng")

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="rating")
    score = models.SmallIntegerField(choices=Score)
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rating_score_known", condition=Q(score__in=[0, 1, 2])),
        ]

    def __str__(self) -> str:
        return self.get_score_display()


class Reading(models.Model):
    """Somebody looked at a dossier's personal data (Luật Bảo vệ dữ liệu cá nhân 91/2025)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="readings")
    actor_id = models.CharField(max_length=60)
    actor_name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=40)
    read_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["dossier", "-read_at"], name="reading_of_dossier")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.purpose}"


PERSONAL_FIELDS: dict[str, set[str]] = {
    "Dossier": {
        "submitter",
        "owner",
        "owner_name",
        "answers",
        "delivery_address",
        "search",
        "withdrawal_reason",
    },
    "Document": {"file", "name", "origin"},
    "Upload": {"name"},
    "Result": {"content"},
    "Rating": {"comment"},
    "Reading": {"actor_id", "actor_name"},
    "SupplementRequest": {"note"},
    "Consultation": {"text", "answered_by"},
}

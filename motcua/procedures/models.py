"""The catalogue: procedures in immutable versions, and what makes them easy to find."""

from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from motcua.foundation.models import StoredFile
from motcua.procedures.definition import Definition


class Kind(models.TextChoices):
    """Where a procedure is filed."""

    FILED_HERE = "filed_here", _("Nộp tại đây")
    FILED_ELSEWHERE = "filed_elsewhere", _("Nộp ở hệ thống khác")
    INFORMATION_ONLY = "information_only", _("Chỉ cung cấp thông tin")


class Level(models.TextChoices):
    """How much of the procedure is done online (mức độ dịch vụ công)."""

    FULL = "full", _("Toàn trình")
    PARTIAL = "partial", _("Một phần")
    INFORMATION = "information", _("Cung cấp thông tin")


class Subject(models.TextChoices):
    """Whom a procedure is for (đối tượng thực hiện)."""

    CITIZEN = "citizen", _("Công dân Việt Nam")
    FOREIGNER = "foreigner", _("Người nước ngoài")
    BUSINESS = "business", _("Doanh nghiệp, hộ kinh doanh")
    ORGANISATION = "organisation", _("Tổ chức khác")
    STATE_AGENCY = "state_agency", _("Cơ quan nhà nước")


class Sector(models.Model):
    """A field of administration (lĩnh vực)."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=800)  # Vietnamese alphabetical order

    def __str__(self) -> str:
        return self.name


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def published(self) -> Self:
        """Keep what has a version to show."""
        return self.filter(current__isnull=False)

    def filed_here(self) -> Self:
        """Keep what can be filed in this system."""
        return self.published().filter(kind=Kind.FILED_HERE)

    def settled_by(self, agency_code: str) -> Self:
        """Keep what this agency implements."""
        return self.published().filter(agencies__contains=[agency_code])

    def for_list(self) -> Self:
        """All that a row of a list shows, in one query, in alphabetical order."""
        return self.published().select_related("sector").order_by("name_key", "number")

    def most_filed(self, limit: int = 8) -> Self:
        """The procedures people file most; before anybody filed, in alphabetical order."""
        return self.filed_here().select_related("sector").order_by("-times_filed", "name_key")[:limit]


class Procedure(models.Model):
    """An administrative procedure (thủ tục hành chính). The columns tell what its current version says."""

    number = models.CharField(max_length=20, unique=True)  # national, bare: "2.001207"
    current = models.ForeignKey(
        "ProcedureVersion", models.PROTECT, null=True, blank=True, related_name="current_for"
    )
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="procedures")
    name = models.CharField(max_length=1000)
    short_name = models.CharField(max_length=300, blank=True)
    name_key = models.CharField(max_length=4000)  # Vietnamese alphabetical order
    kind = models.CharField(max_length=20, choices=Kind.choices)
    level = models.CharField(max_length=20, choices=Level.choices)
    agencies = ArrayField(models.CharField(max_length=30), default=list)
    subjects = ArrayField(models.CharField(max_length=20, choices=Subject.choices), default=list)
    summary = models.TextField(blank=True)
    search_words = models.TextField(blank=True)  # folded: summary, sector, papers, results
    unverified = models.PositiveIntegerField(default=0, db_default=0)  # parts of the current version
    times_filed = models.PositiveIntegerField(default=0, db_default=0)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="procedure_number_shape", condition=Q(number__regex=r"^[1-9]\.[0-9]{6}$")
            ),
            models.CheckConstraint(name="procedure_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="procedure_level_known", condition=Q(level__in=Level.values)),
        ]
        indexes = [GinIndex(fields=["agencies"], name="procedure_agencies")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def display_name(self) -> str:
        """The name for narrow places."""
        return self.short_name or self.name


class ProcedureVersion(models.Model):
    """A procedure as it was imported or approved once. Never changed, never deleted: dossiers are pinned to it."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()  # 1, 2, 3 … within the procedure, in the order in which they were made
    name = models.CharField(max_length=1000)
    digest = models.CharField(max_length=64)  # SHA-256 of the content
    content = models.JSONField()
    imported_at = models.DateTimeField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "version"], name="procedure_version_once"),
            models.CheckConstraint(name="procedure_version_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="procedure_version_valid_in_order",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id}/{self.version} {self.name}"

    @property
    def definition(self) -> Definition:
        """The parsed content, parsed once per process; `content` may be deferred when it was parsed before."""
        return _definitions.of(self)


class _Definitions:
    """The definitions parsed in this process, the most recently used ones."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._parsed: OrderedDict[tuple[int, str], Definition] = OrderedDict()

    def of(self, version: ProcedureVersion) -> Definition:
        key = (version.pk, version.digest)  # a test's database may give a key twice
        with self._lock:
            if key in self._parsed:
                self._parsed.move_to_end(key)
                return self._parsed[key]
        definition = Definition.from_json(version.content)
        with self._lock:
            self._parsed[key] = definition
            if len(self._parsed) > self._limit:
                self._parsed.popitem(last=False)
        return definition


_definitions = _Definitions(limit=500)


# Changing it --------------------------------------------------------------------------------------------------


class DraftState(models.TextChoices):
    """Whether a draft can be edited, or waits for somebody else's approval."""

    EDITING = "editing", _("Đang soạn")
    PROPOSED = "proposed", _("Chờ duyệt")


class ProcedureDraft(models.Model):
    """The working copy of a procedure: the next version while it is written, complete or not.

    Each save raises `revision`: who saves must say which one he has seen.
    """

    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="draft")
    title = models.CharField(max_length=1000)  # the name in the content, for lists
    content = models.JSONField()  # of format 2; anything may be missing or wrong in it
    mistakes = models.PositiveIntegerField(default=0)  # in the content; 0 can be proposed
    base = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    edited_by = models.CharField(max_length=80)  # the actor's id
    edited_by_name = models.CharField(max_length=200)
    edited_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=DraftState.choices, default=DraftState.EDITING)
    proposed_by = models.CharField(max_length=80, blank=True)
    proposed_by_name = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField(null=True)
    publish_on = models.DateField(null=True)  # the day, in Hanoi, from which it counts once approved
    note = models.TextField(blank=True)  # why it is proposed
    returned_reason = models.TextField(blank=True)  # why the last proposal was not approved

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="procedure_draft_state_known", condition=Q(state__in=DraftState.values)
            ),
            models.CheckConstraint(
                name="procedure_draft_proposed_whole",
                condition=Q(state="editing", proposed_at=None, proposed_by="", publish_on=None)
                | Q(state="proposed", proposed_at__isnull=False, publish_on__isnull=False)
                & ~Q(proposed_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id}/~{self.revision} {self.title}"

    @property
    def number(self) -> str:
        """The procedure's number; a query when the procedure was not fetched along."""
        return self.procedure.number

    @property
    def is_proposed(self) -> bool:
        return self.state == DraftState.PROPOSED


class PublicationKind(models.TextChoices):
    """How a version became, or shall become, the current one."""

    IMPORT = "import", _("Nạp từ gói dữ liệu")
    PUBLISH = "publish", _("Công bố bản mới")
    ROLLBACK = "rollback", _("Khôi phục bản cũ")


class PublicationState(models.TextChoices):
    """The life of a publication."""

    PROPOSED = "proposed", _("Chờ duyệt")
    SCHEDULED = "scheduled", _("Chờ đến ngày")
    APPLIED = "applied", _("Đã áp dụng")
    CANCELLED = "cancelled", _("Đã hủy")


class PublicationQuerySet(models.QuerySet["Publication"]):
    def due(self, day: date) -> Self:
        """Keep what waits and whose day has come, in the order in which it must be applied."""
        return self.filter(state=PublicationState.SCHEDULED, takes_effect_on__lte=day).order_by(
            "takes_effect_on", "id"
        )

    def open(self) -> Self:
        """Keep what still waits for a person or for its day."""
        return self.filter(state__in=[PublicationState.PROPOSED, PublicationState.SCHEDULED])


class Publication(models.Model):
    """A version that becomes the current one on a day: who asked for it, who approved, when it was done."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="publications")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="publications")
    replaced = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=PublicationKind.choices)
    state = models.CharField(max_length=20, choices=PublicationState.choices)
    takes_effect_on = models.DateField()  # in Hanoi
    note = models.TextField(blank=True)  # why
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=80, blank=True)
    approved_by_name = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    cancelled_by_name = models.CharField(max_length=200, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.TextField(blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="publication_kind_known", condition=Q(kind__in=PublicationKind.values)
            ),
            models.CheckConstraint(
                name="publication_state_known", condition=Q(state__in=PublicationState.values)
            ),
            models.CheckConstraint(  # nobody approves alone; what the command imports was reviewed elsewhere
                name="publication_by_two_people",
                condition=Q(kind="import")
                | Q(state__in=["proposed", "cancelled"])
                | Q(approved_at__isnull=False) & ~Q(approved_by="") & ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="publication_applied_exactly_when_applied",
                condition=Q(state="applied", applied_at__isnull=False)
                | ~Q(state="applied") & Q(applied_at=None),
            ),
            models.CheckConstraint(
                name="publication_cancelled_exactly_when_cancelled",
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | ~Q(state="cancelled") & Q(cancelled_at=None),
            ),
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(state="proposed"), name="publication_one_proposed"
            ),
        ]
        indexes = [
            models.Index(fields=["takes_effect_on"], condition=Q(state="scheduled"), name="publication_due"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.kind} {self.state}"


class PackageFile(models.Model):
    """A file that versions or drafts name by its checksum, such as an empty form to download."""

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="package_file_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.sha256


class Rehearsal(models.Model):
    """What a draft, as it stood at a revision, would change for the dossiers of its procedure."""

    draft = models.ForeignKey(ProcedureDraft, models.CASCADE, related_name="rehearsals")
    revision = models.PositiveIntegerField()
    asked_by_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    report = models.JSONField(null=True)  # counts, and codes of dossiers
    failure = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "revision"], name="rehearsal_once_a_revision")]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.revision}"


# Search -------------------------------------------------------------------------------------------------------


class SynonymQuerySet(models.QuerySet["Synonym"]):
    def in_use(self) -> Self:
        return self.filter(is_removed=False)


class Synonym(models.Model):
    """What people say for what the law says: "hộ chiếu xanh" → "hộ chiếu phổ thông".

    A removed one keeps its row, so that the list that comes with the catalogue does not bring it back.
    """

    term = models.CharField(max_length=100)
    term_key = models.CharField(max_length=100, unique=True)  # folded
    replacements = ArrayField(models.CharField(max_length=200))
    is_removed = models.BooleanField(default=False, db_default=False)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="synonym_says_something", condition=~Q(term_key="") & ~Q(replacements=[])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} → {', '.join(self.replacements)}"


class MissedQuery(models.Model):
    """A search that found nothing, counted by day: what the list of synonyms still lacks."""

    text = models.CharField(max_length=100)
    day = models.DateField()
    times = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "day"], name="missed_query_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.text} ({self.times})"


class CatalogueStamp(models.Model):
    """One row that changes with the catalogue or the synonyms: processes compare it to know that theirs is old."""

    stamp = models.UUIDField()
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(name="catalogue_stamp_is_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(self.stamp)

    @classmethod
    def now(cls) -> UUID | None:
        """The stamp at this moment; None before the first import."""
        return cls.objects.filter(pk=1).values_list("stamp", flat=True).first()


# People type anything into a search; long numbers are not kept at all.
PERSONAL_FIELDS = {"MissedQuery": {"text"}}

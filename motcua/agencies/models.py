"""Agencies, the people who work there in their roles, and when they work."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from motcua.foundation.working_calendar import Calendar


class Role(models.TextChoices):
    """What an officer does in an agency; domain words of the one-stop."""

    RECEIVER = "receiver", _("Cán bộ tiếp nhận")
    CASHIER = "cashier", _("Kế toán, thu phí")
    HEAD = "head", _("Lãnh đạo phòng")
    APPRAISER = "appraiser", _("Chuyên viên thụ lý")
    LEADER = "leader", _("Lãnh đạo cơ quan")
    CLERK = "clerk", _("Văn thư")
    RETURNER = "returner", _("Cán bộ trả kết quả")
    CONTROLLER = "controller", _("Cán bộ kiểm soát thủ tục hành chính")
    ADMINISTRATOR = "administrator", _("Quản trị hệ thống")


class Place(models.Model):
    """The province this installation serves: one row, edited by administrators."""

    product_name = models.CharField(max_length=100, default="Cổng Dịch vụ công")
    province_name = models.CharField(max_length=100)
    province_code = models.CharField(max_length=10)
    portal_host = models.CharField(max_length=100, blank=True)
    emblem = models.CharField(max_length=200, default="ui/emblem.svg")  # a static file
    hotlines = models.JSONField(default=list)  # [{"number": "0260.3797799", "label": "…"}]
    tax_code = models.CharField(max_length=14, blank=True)
    seat = models.CharField(max_length=100, blank=True)  # địa danh on papers

    class Meta:
        constraints = [
            models.CheckConstraint(name="place_is_one", condition=models.Q(pk=1)),
        ]

    def __str__(self) -> str:
        return self.province_name

    @classmethod
    def current(cls) -> "Place":
        """The one row; a nameless place until the province was loaded."""
        return cls.objects.filter(pk=1).first() or cls(pk=1, province_name="", province_code="")


_calendars: dict[tuple[int, int], Calendar] = {}  # read once per version and process
_histories: dict[tuple[int, int], list[tuple[int, datetime]]] = {}  # by calendar and its newest version


class WorkingCalendar(models.Model):
    """When a unit works: sessions of the day, holidays, swap days. Each change raises the version."""

    name = models.CharField(max_length=100, unique=True)
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField()  # motcua.foundation.working_time.Calendar.to_json()

    def __str__(self) -> str:
        return self.name

    @property
    def calendar(self) -> Calendar:
        key = (self.pk, self.version)
        if key not in _calendars:
            _calendars[key] = Calendar.from_json({**self.content, "name": self.name, "version": self.version})
        return _calendars[key]

    def in_force(self, at: datetime) -> Calendar:
        """This calendar as it was at a moment; before its first version was kept, that one."""
        return next(self.as_known(at))

    def as_known(self, at: datetime) -> Iterator[Calendar]:
        """Every version of this calendar: the one in force at a moment, then the later ones, then the earlier.

        Reads what a process does not know yet: the moments of the versions, and the content of each asked for.
        """
        if self.version == 1:
            yield self.calendar
            return
        key = (self.pk, self.version)
        if key not in _histories:
            _histories[key] = list(self.versions.order_by("version").values_list("version", "kept_at"))
        history = [(version, kept_at) for version, kept_at in _histories[key] if version <= self.version]
        before = [version for version, kept_at in history if kept_at <= at]
        place = len(before) - 1 if before else 0
        numbers = [version for version, _kept_at in history]
        for version in [*numbers[place:], *numbers[:place][::-1]] or [self.version]:
            yield self._version(version)

    def _version(self, version: int) -> Calendar:
        key = (self.pk, version)
        if version == self.version or key in _calendars:
            return self.calendar if version == self.version else _calendars[key]
        content = self.versions.get(version=version).content
        _calendars[key] = Calendar.from_json({**content, "name": self.name, "version": version})
        return _calendars[key]


class CalendarVersion(models.Model):
    """What a calendar said from one moment on. Never changed: dates that were promised are explained by it."""

    working_calendar = models.ForeignKey(WorkingCalendar, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="calendar_version_once", fields=["working_calendar", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.working_calendar_id}/{self.version}"


class CalendarChange(models.Model):
    """What somebody would change of a calendar: worked on, looked at with what it moves, then kept or discarded.

    `units` are the agencies that will work by this calendar from then on; once it is kept, `came_from` says by which
    they worked before. The counts tell how far the dossiers' dates have been counted anew.
    """

    working_calendar = models.ForeignKey(WorkingCalendar, models.PROTECT, related_name="changes")
    base_version = models.PositiveIntegerField()
    content = models.JSONField()
    units = ArrayField(models.IntegerField(), default=list)
    came_from = models.JSONField(default=dict)  # {agency's key: calendar's key}
    revision = models.PositiveIntegerField(default=1)  # raised with every edit
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=200)
    preview = models.JSONField(null=True)  # motcua.dossiers.recounting.Preview.to_json()
    preview_revision = models.PositiveIntegerField(null=True)  # of which the preview tells
    kept_at = models.DateTimeField(null=True)
    kept_by = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(null=True)  # that it made
    moves_dates = models.BooleanField(default=True)  # whether the dates of open dossiers are counted anew
    discarded_at = models.DateTimeField(null=True)
    last_dossier = models.BigIntegerField(default=0)  # the key up to which dates were counted anew
    to_look_at = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="calendar_change_one_open",
                fields=["working_calendar"],
                condition=models.Q(kept_at=None, discarded_at=None),
            ),
            models.CheckConstraint(
                name="calendar_change_kept_or_discarded",
                condition=models.Q(kept_at=None, kept_by="", version=None)
                | models.Q(kept_at__isnull=False, version__isnull=False, discarded_at=None) & ~models.Q(kept_by=""),
            ),
            models.CheckConstraint(
                name="calendar_change_done_only_when_kept",
                condition=models.Q(done_at=None) | models.Q(kept_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.working_calendar_id}: {self.begun_at:%d/%m/%Y}"

    @property
    def is_open(self) -> bool:
        return self.kept_at is None and self.discarded_at is None

    @property
    def calendar(self) -> Calendar:
        """What the calendar would be, with the version that it would get."""
        return Calendar.from_json(
            {**self.content, "name": self.working_calendar.name, "version": self.base_version + 1}
        )


class Agency(models.Model):
    """A body that receives or settles dossiers: province, department, one-stop centre, commune."""

    class Kind(models.TextChoices):
        PROVINCE = "province", _("Ủy ban nhân dân tỉnh")
        DEPARTMENT = "department", _("Sở, ban, ngành")
        CENTRE = "centre", _("Trung tâm Phục vụ hành chính công")
        COMMUNE = "commune", _("Ủy ban nhân dân cấp xã")

    code = models.CharField(max_length=20, unique=True)  # QĐ 20/2020/QĐ-TTg, such as H34.12
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    calendar = models.ForeignKey(WorkingCalendar, models.PROTECT)
    calendar_since = models.DateTimeField(null=True)  # when it got this calendar instead of another
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    tax_code = models.CharField(max_length=14, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="agency_kind_known",
                condition=models.Q(kind__in=["province", "department", "centre", "commune"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def label(self) -> str:
        return self.short_name or self.name


class OfficerQuerySet(models.QuerySet["Officer"]):
    def working_as(self, role: str, agency_id: int) -> Self:
        """Those who hold this role in this agency now, by name."""
        return (
            self.filter(agency_id=agency_id, role=role, user__is_active=True)
            .select_related("user")
            .order_by("user__sort_key", "id")
        )


class Officer(models.Model):
    """A person's role in an agency. One person may hold several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="offices")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="officers")
    role = models.CharField(max_length=20, choices=Role)
    title = models.CharField(max_length=100, blank=True)  # chức vụ, printed under a signature

    objects = OfficerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="officer_role_once", fields=["user", "agency", "role"]),
            models.CheckConstraint(
                name="officer_role_known",
                condition=models.Q(
                    role__in=[
                        "receiver",
                        "cashier",
                        "head",
                        "appraiser",
                        "leader",
                        "clerk",
                        "returner",
                        "controller",
                        "administrator",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.agency_id}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def current(self, at: datetime) -> Self:
        """Those whose officer is away at this moment."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)


class Absence(models.Model):
    """Somebody is away and a deputy does his tasks: for that time the deputy has his roles too."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputyships")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # the first moment at which he is back
    note = models.CharField(max_length=300, blank=True)
    declared_by = models.CharField(max_length=200)
    declared_at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="absence_has_a_length", condition=models.Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="absence_deputy_is_another", condition=~models.Q(user=F("deputy"))),
            ExclusionConstraint(  # a range of one number, for equality needs an extension
                name="absence_one_at_a_time",
                expressions=[
                    (
                        Func(F("user"), F("user"), Value("[]"), function="int8range", output_field=BigIntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index(name="absence_of_deputy", fields=["deputy", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.starts_at:%d/%m/%Y}"


PERSONAL_FIELDS = {"Officer": {"title"}, "Absence": {"note", "declared_by"}}

"""Agencies, the people who work there in their roles, and when they work."""

from functools import cached_property
from typing import Self

from django.conf import settings
from django.db import models
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


PERSONAL_FIELDS = {"Officer": {"title"}}

"""A paper that was issued: what it says, how it is checked, where its PDF lies."""

import secrets
import uuid
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from motcua.agencies.models import Agency
from motcua.foundation.models import StoredFile
from motcua.papers.kinds import KINDS, TEMPLATED
from motcua.papers.signatures import PERSONAL_FIELDS as _OF_SIGNATURES
from motcua.papers.signatures import Credential, Signature

# Crockford's base 32: no I, L, O or U, so that a code is read out and copied without mistakes.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")


def new_check_code() -> str:
    """A random code of 60 bits in three groups, such as 7KQM-2XWA-4PBT."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def normal_check_code(text: str) -> str:
    """The code as it is stored, from what somebody typed: any case, any spaces and dashes."""
    bare = "".join(mark for mark in text.upper() if mark.isalnum()).translate(_READ_AS)
    return "-".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def check_url(code: str) -> str:
    """The public address that the QR code of a paper with this check code leads to."""
    return f"{settings.BASE_URL}/kiem-tra-giay-to/?ma={code}"


class PaperTemplateQuerySet(models.QuerySet["PaperTemplate"]):
    def active(self) -> Self:
        return self.filter(active=True)

    def of(self, kind: str, agency: Agency | None) -> Self:
        """The versions of a kind for one agency, or for all of them, the newest first."""
        return self.filter(kind=kind, agency=agency).order_by("-version")


class PaperTemplate(models.Model):
    """How a kind of paper is drawn, where administrators changed it: for one agency, or for all that have none.

    A version never changes; while none is active the built-in template draws.
    """

    kind = models.CharField(max_length=30)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField()
    source = models.TextField()  # typst, below the words of head.typ
    note = models.CharField(max_length=300)  # what was changed, and why
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    active = models.BooleanField(default=False)

    objects = PaperTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="paper_template_kind_known", condition=Q(kind__in=sorted(TEMPLATED))),
            models.CheckConstraint(name="paper_template_says_something", condition=~Q(source="") & ~Q(note="")),
            models.UniqueConstraint(
                name="paper_template_version_once", fields=["kind", "agency", "version"], nulls_distinct=False
            ),
            models.UniqueConstraint(
                name="paper_template_active_once",
                fields=["kind", "agency"],
                condition=Q(active=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class PaperQuerySet(models.QuerySet["Paper"]):
    def about(self, subject: str) -> Self:
        """The papers of one thing, oldest first."""
        return self.filter(subject=subject).order_by("issued_at", "id")

    def by_check_code(self, text: str) -> Self:
        """The one paper with this code, or none; revoked papers too, for the answer must say so."""
        return self.filter(check_code=normal_check_code(text))


class Paper(models.Model):
    """An issued paper. What it says never changes; a wrong one is revoked and another is issued."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=60)
    number = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=500)
    data = models.JSONField()  # what motcua.papers.kinds says of this kind; personal
    check_code = models.CharField(max_length=14, unique=True, default=new_check_code)
    once = models.CharField(max_length=100, blank=True)  # what it was issued for, at most once
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=200)
    template = models.ForeignKey(PaperTemplate, models.PROTECT, null=True, related_name="+")  # none: the built-in one
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=500, blank=True)
    valid_until = models.DateField(null=True)  # the last day on which it holds; none: it has no end
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")  # only when it is revoked

    objects = PaperQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="paper_subject", fields=["subject", "issued_at"])]
        constraints = [
            models.CheckConstraint(name="paper_kind_known", condition=Q(kind__in=list(KINDS))),
            models.CheckConstraint(name="paper_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="paper_check_code_shape",
                condition=Q(check_code__regex=rf"^[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{2}}$"),
            ),
            models.CheckConstraint(
                name="paper_revoked_with_reason",
                condition=Q(revoked_at=None, revoked_reason="")
                | Q(revoked_at__isnull=False) & ~Q(revoked_reason=""),
            ),
            models.CheckConstraint(
                name="paper_replaced_only_when_revoked",
                condition=Q(replaced_by=None) | Q(revoked_at__isnull=False) & ~Q(replaced_by=models.F("pk")),
            ),
            models.UniqueConstraint(name="paper_issued_once", fields=["once"], condition=~Q(once="")),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()

    @property
    def title_shown(self) -> str:
        """The title in the language of the page, for papers that are always called the same."""
        return gettext(self.title)

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    def is_expired(self, today: date) -> bool:
        return self.valid_until is not None and self.valid_until < today

    @property
    def issuer(self) -> str:
        """The agency or organisation in whose name it is made out."""
        agency = self.data.get("agency") or self.data.get("collector") or {}
        return str(agency.get("name") or self.data.get("organisation") or "")

    @property
    def check_url(self) -> str:
        """The public address that its QR code leads to."""
        return check_url(self.check_code)


__all__ = ["Credential", "Paper", "PaperTemplate", "Signature"]

PERSONAL_FIELDS = {
    "Paper": {"title", "data", "file", "issued_by"},
    "PaperTemplate": {"made_by"},
    **_OF_SIGNATURES,
}

"""People and organisations that use the portal, and the accounts they log in with."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from motcua.foundation.vietnamese import fold, person_sort_key


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)

    def unproved(self) -> models.QuerySet["User"]:
        """Registrations whose mail address was never verified. They hold neither a name nor an address."""
        registered = self.filter(last_login=None, emailaddress__verified=False).exclude(
            kind=User.Kind.OFFICER
        )
        return registered.exclude(emailaddress__verified=True)


class User(AbstractBaseUser):
    """An account. A citizen's username is the citizen number, an organisation's the tax code."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", _("Công dân")
        ORGANISATION = "organisation", _("Tổ chức, doanh nghiệp")
        OFFICER = "officer", _("Cán bộ, công chức")

    username = models.CharField(_("tên đăng nhập"), max_length=60, unique=True)
    email = models.EmailField(_("thư điện tử"), unique=True)
    full_name = models.CharField(_("họ và tên"), max_length=200)
    sort_key = models.CharField(max_length=400, blank=True, db_index=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.CITIZEN)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "full_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_kind_known", condition=models.Q(kind__in=["citizen", "organisation", "officer"])
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, **kwargs: Any) -> None:
        self.sort_key = person_sort_key(self.full_name)[:400]
        super().save(**kwargs)


class Person(models.Model):
    """What a citizen says of himself once, so that no form asks again."""

    class Gender(models.TextChoices):
        MALE = "male", _("Nam")
        FEMALE = "female", _("Nữ")

    user = models.OneToOneField(User, models.CASCADE, related_name="person")
    citizen_number = models.CharField(max_length=12, unique=True)
    born_on = models.DateField(null=True, blank=True)
    born_year_only = models.BooleanField(default=False)
    gender = models.CharField(max_length=6, choices=Gender, blank=True)
    nationality = models.CharField(max_length=60, default="Việt Nam")
    permanent_address = models.CharField(max_length=300, blank=True)
    current_address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=15, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_citizen_number_digits", condition=models.Q(citizen_number__regex=r"^[0-9]{12}$")
            ),
            models.CheckConstraint(
                name="person_gender_known", condition=models.Q(gender__in=["", "male", "female"])
            ),
        ]

    def __str__(self) -> str:
        return self.citizen_number


class Organisation(models.Model):
    """An organisation or business that files in its own name, through its representative."""

    user = models.OneToOneField(User, models.CASCADE, related_name="organisation")
    tax_code = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=250)
    name_folded = models.CharField(max_length=250, blank=True)
    representative_name = models.CharField(max_length=200)
    representative_title = models.CharField(max_length=100, blank=True)
    representative_citizen_number = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=15, blank=True)

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        self.name_folded = fold(self.name)
        super().save(**kwargs)


class Attempts(models.Model):
    """How often something was tried since its window began. The key tells nobody who tried."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.until}"


# Fields that say something about a person; every other field of this room says nothing of one.
PERSONAL_FIELDS = {
    "User": {"username", "email", "full_name", "sort_key"},
    "Person": {
        "citizen_number",
        "born_on",
        "born_year_only",
        "gender",
        "nationality",
        "permanent_address",
        "current_address",
        "phone",
    },
    "Organisation": {"representative_name", "representative_title", "representative_citizen_number", "phone"},
}

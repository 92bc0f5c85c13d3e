"""What people type about themselves and to log in, checked by motcua.foundation.formats.

The library's forms do the work; here are the fields that are ours, and our words.
"""

import re
from datetime import date
from typing import Any, ClassVar

from allauth.account import forms as library
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.accounts import operations
from motcua.accounts.models import Organisation, Person, User
from motcua.foundation import formats
from motcua.foundation.time import HANOI, now
from motcua.ui.fields import Checked

_WORDS = {  # by the codes of Django's fields
    "required": gettext_lazy("Vui lòng nhập thông tin."),
    "invalid": gettext_lazy("Thư điện tử không đúng định dạng. Vui lòng kiểm tra lại."),
    "invalid_choice": gettext_lazy("Vui lòng chọn một trong các lựa chọn."),
    "max_length": gettext_lazy("Nội dung quá dài. Vui lòng nhập tối đa %(limit_value)d ký tự."),
    "null_characters_not_allowed": gettext_lazy("Nội dung có ký tự không dùng được. Vui lòng nhập lại."),
}


_LABELS = {
    "login": gettext_lazy("Tên đăng nhập"),
    "password": gettext_lazy("Mật khẩu"),
    "oldpassword": gettext_lazy("Mật khẩu hiện tại"),
    "password1": gettext_lazy("Mật khẩu"),
    "password2": gettext_lazy("Nhập lại mật khẩu"),
    "code": gettext_lazy("Mã xác minh"),
    "email": gettext_lazy("Thư điện tử"),
    "phone": gettext_lazy("Số điện thoại"),
    "full_name": gettext_lazy("Họ và tên"),
    "citizen_number": gettext_lazy("Số định danh cá nhân"),
    "born_on": gettext_lazy("Ngày, tháng, năm sinh"),
    "gender": gettext_lazy("Giới tính"),
    "nationality": gettext_lazy("Quốc tịch"),
    "permanent_address": gettext_lazy("Nơi thường trú"),
    "current_address": gettext_lazy("Nơi ở hiện tại"),
    "name": gettext_lazy("Tên tổ chức, doanh nghiệp"),
    "tax_code": gettext_lazy("Mã số thuế"),
    "representative_name": gettext_lazy("Người đại diện theo pháp luật"),
    "representative_title": gettext_lazy("Chức vụ"),
    "representative_citizen_number": gettext_lazy("Số định danh cá nhân của người đại diện"),
}


class Worded(forms.Form):
    """A form that speaks our words."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.error_messages |= _WORDS
            field.label = _LABELS.get(name, field.label)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """The first mistake of each field, in their order, for the summary: what lacks is named there."""
        listed = []
        for name in ("__all__", *self.fields):
            if name in self.errors:
                wrong = self.errors.as_data()[name][0]
                lacks = f"{self.fields[name].label}: " if wrong.code == "required" else ""
                listed.append((name, lacks + wrong.messages[0]))
        return listed

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "password2" and not isinstance(error, ValidationError):
            error = _("Mật khẩu nhập lại không giống mật khẩu ở trên.")
        super().add_error(field, error)


# Registering ------------------------------------------------------------------------------------------------


class _Signup(Worded, library.SignupForm):
    """What both kinds of account ask. `NUMBER` names the field that becomes the username."""

    NUMBER: ClassVar[str]
    ADDRESS: ClassVar[Any]  # the words beside the field `address`

    email = Checked(formats.email)
    phone = Checked(formats.phone)
    address = Checked(formats.one_line, max_length=300)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["address"].label = self.ADDRESS
        del self.fields["username"]

    def validate_unique_email(self, value: str) -> str:
        """An address in use is not told here but by a mail to it: nobody learns who has an account."""
        holders = User.objects.filter(email=value)
        self.account_already_exists = holders.exclude(pk__in=User.objects.unproved()).exists()
        return value

    def clean(self) -> dict[str, Any] | None:
        self.cleaned_data["username"] = self.cleaned_data.get(self.NUMBER, "")
        return super().clean()

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        return user

    def register(self, user: User) -> User:
        raise NotImplementedError

    def _values(self, *names: str) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in names}


class CitizenSignup(_Signup):
    NUMBER, ADDRESS = "citizen_number", gettext_lazy("Nơi thường trú")

    full_name = Checked(formats.person_name, max_length=200)
    citizen_number = Checked(formats.citizen_number)
    field_order = ["full_name", "citizen_number", "phone", "address", "email", "password1", "password2"]

    def register(self, user: User) -> User:
        return operations.register_citizen(
            user=user, **self._values("full_name", "citizen_number", "phone", "address")
        )


class OrganisationSignup(_Signup):
    NUMBER, ADDRESS = "tax_code", gettext_lazy("Địa chỉ trụ sở")

    name = Checked(formats.one_line, max_length=200)
    tax_code = Checked(formats.tax_code)
    representative_name = Checked(formats.person_name, max_length=200)
    representative_title = Checked(formats.one_line, max_length=100)
    field_order = [
        "name",
        "tax_code",
        "representative_name",
        "representative_title",
        "phone",
        "address",
        "email",
        "password1",
        "password2",
    ]

    def register(self, user: User) -> User:
        names = ["name", "tax_code", "representative_name", "representative_title", "phone", "address"]
        return operations.register_organisation(user=user, **self._values(*names))


class ConfirmCode(Worded, library.ConfirmEmailVerificationCodeForm):
    pass


class ChangeEmail(Worded, library.ChangeEmailForm):
    """Another address for a registration that waits for its code."""

    email = Checked(formats.email)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = gettext_lazy("Thư điện tử đúng")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email == self.email:
            raise ValidationError(_("Thư điện tử mới phải khác thư điện tử đang dùng."))
        self.account_already_exists = User.objects.filter(email=email).exists()
        return email


# Logging in, passwords --------------------------------------------------------------------------------------


class Login(Worded, library.LoginForm):
    """`login` is a citizen number, a tax code, or a mail address, or the name of an officer."""

    def clean_login(self) -> str:
        text = "".join(
            character for character in self.cleaned_data["login"].strip() if character.isprintable()
        )
        digits = re.sub(r"[\s.–-]", "", text)
        if digits.isascii() and digits.isdigit():  # "062 085 001234", "0100109106001"
            return f"{digits[:10]}-{digits[10:]}" if len(digits) == 13 else digits
        return text


class ResetPassword(Worded, library.ResetPasswordForm):
    email = Checked(formats.email)


class _NewPassword(Worded):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].label = gettext_lazy("Mật khẩu mới")
        self.fields["password2"].label = gettext_lazy("Nhập lại mật khẩu mới")


class NewPassword(_NewPassword, library.ResetPasswordKeyForm):
    pass


class ChangePassword(_NewPassword, library.ChangePasswordForm):
    pass


class SetPassword(_NewPassword, library.SetPasswordForm):
    pass


class Reauthenticate(Worded, library.ReauthenticateForm):
    pass


# The profile ------------------------------------------------------------------------------------------------


class PersonProfile(Worded):
    full_name = Checked(formats.person_name, max_length=200)
    born_on = forms.CharField(required=False)
    gender = forms.ChoiceField(required=False, choices=[("", ""), *Person.Gender.choices])
    nationality = Checked(formats.one_line, max_length=60)
    phone = Checked(formats.phone)
    permanent_address = Checked(formats.one_line, max_length=300)
    current_address = Checked(formats.one_line, max_length=300, required=False)

    @classmethod
    def of(cls, person: Person) -> "PersonProfile":
        names = ["gender", "nationality", "phone", "permanent_address", "current_address"]
        born = person.born_on
        shown = "" if born is None else str(born.year) if person.born_year_only else f"{born:%d/%m/%Y}"
        kept = {name: getattr(person, name) for name in names}
        return cls(initial=kept | {"full_name": person.user.full_name, "born_on": shown})

    def clean_born_on(self) -> tuple[date | None, bool]:
        """The day, and whether only its year is known."""
        text = self.cleaned_data["born_on"]
        if not text:
            return None, False
        try:
            born, year_only = formats.birth_day(text)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None
        if not date(1900, 1, 1) <= born <= now().astimezone(HANOI).date():
            raise ValidationError(_("Ngày sinh phải từ năm 1900 đến nay. Vui lòng kiểm tra lại."))
        return born, year_only

    def save(self, person: Person) -> Person:
        born_on, born_year_only = self.cleaned_data.pop("born_on")
        return operations.update_person(
            user=person.user, born_on=born_on, born_year_only=born_year_only, **self.cleaned_data
        )


class OrganisationProfile(Worded):
    name = Checked(formats.one_line, max_length=200)
    representative_name = Checked(formats.person_name, max_length=200)
    representative_title = Checked(formats.one_line, max_length=100, required=False)
    representative_citizen_number = Checked(formats.citizen_number, required=False)
    phone = Checked(formats.phone)
    address = Checked(formats.one_line, max_length=300)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["address"].label = OrganisationSignup.ADDRESS

    @classmethod
    def of(cls, organisation: Organisation) -> "OrganisationProfile":
        return cls(initial={name: getattr(organisation, name) for name in cls.base_fields})

    def save(self, organisation: Organisation) -> Organisation:
        return operations.update_organisation(user=organisation.user, **self.cleaned_data)

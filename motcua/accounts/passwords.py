"""How passwords are kept: Argon2id with the least cost that OWASP recommends.

7 MiB, five passes, one lane: one of the equal settings of that list, and the fastest where
memory is given back at once; about 15 ms on one core, so that logging in stays fast at peak. Raising a value here rehashes each password at its next login.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from motcua.accounts.models import User

WORDS = {  # by the codes of Django's validators
    "password_too_short": _("Mật khẩu quá ngắn. Vui lòng nhập ít nhất %(min_length)d ký tự."),
    "password_too_common": _("Mật khẩu này quá phổ biến, dễ bị đoán. Vui lòng chọn mật khẩu khác."),
    "password_entirely_numeric": _("Mật khẩu không được chỉ gồm chữ số."),
    "password_too_similar": _("Mật khẩu quá giống thông tin của tài khoản. Vui lòng chọn mật khẩu khác."),
}


class Argon2(Argon2PasswordHasher):
    time_cost = 5
    memory_cost = 7_168  # KiB
    parallelism = 1


def check(password: str, user: User | None = None) -> None:
    """Raise ValidationError, in our own words, when the password is too easy to guess."""
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise ValidationError(
            [
                ValidationError(WORDS.get(one.code or "", one.message), code=one.code, params=one.params)
                for one in problem.error_list
            ]
        ) from None

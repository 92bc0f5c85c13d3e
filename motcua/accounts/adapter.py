"""What django-allauth asks us: our words, our limits on guessing, mails in Vietnamese by a worker."""

from datetime import datetime
from math import ceil
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.accounts import jobs, limits, passwords
from motcua.accounts.models import User
from motcua.foundation.time import now

TOO_MANY = "too_many_login_attempts"
_WRONG_LOGIN = gettext_lazy("Tên đăng nhập hoặc mật khẩu không đúng. Vui lòng kiểm tra lại.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy(
            "Tài khoản đang bị khóa. Vui lòng gọi đường dây nóng để được hỗ trợ."
        ),
        "email_password_mismatch": _WRONG_LOGIN,
        "username_password_mismatch": _WRONG_LOGIN,
        "invalid_login": _WRONG_LOGIN,
        "email_taken": gettext_lazy("Thư điện tử này đã được dùng cho một tài khoản khác."),
        "duplicate_email": gettext_lazy("Thư điện tử này đã được dùng cho tài khoản này."),
        "unknown_email": gettext_lazy("Không có tài khoản nào dùng thư điện tử này."),
        "unverified_primary_email": gettext_lazy("Vui lòng xác minh thư điện tử trước."),
        "username_taken": gettext_lazy("Tên đăng nhập này đã được dùng."),
        "username_blacklisted": gettext_lazy("Tên đăng nhập này không dùng được."),
        "enter_current_password": gettext_lazy("Mật khẩu hiện tại không đúng. Vui lòng kiểm tra lại."),
        "incorrect_password": gettext_lazy("Mật khẩu không đúng. Vui lòng kiểm tra lại."),
        "incorrect_code": gettext_lazy("Mã xác minh không đúng. Vui lòng kiểm tra lại thư đã nhận."),
        "invalid_or_expired_key": gettext_lazy("Đường dẫn không đúng hoặc đã hết hiệu lực."),
        "invalid_password_reset": gettext_lazy("Đường dẫn đặt lại mật khẩu không đúng hoặc đã hết hiệu lực."),
        "same_as_current": gettext_lazy("Thư điện tử mới phải khác thư điện tử đang dùng."),
        "rate_limited": gettext_lazy("Vui lòng chờ ít giây rồi thử lại."),
        # of the code by mail; a login says by itself how long to wait
        TOO_MANY: gettext_lazy("Ông/Bà đã nhập sai mã quá nhiều lần. Vui lòng đăng nhập để nhận mã mới."),
    }

    # Signing up ---------------------------------------------------------------------------------------------

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Write the account with its person or organisation: the form knows which."""
        user.email = form.cleaned_data["email"]
        user.set_password(form.cleaned_data["password1"])
        registered: User = form.register(user)
        return registered

    def clean_password(self, password: str, user: Any = None) -> str:
        passwords.check(password, user)
        return password

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    # Logging in ---------------------------------------------------------------------------------------------

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this very site are gone to after a login."""
        request = current.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        address = limits.network_of(self.get_client_ip(request))
        self._stop_if(limits.logins().count(address, at=now()))
        self._stop_if(limits.WRONG_PASSWORDS.blocked_until(_login_of(credentials), at=now()))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account whose password this is. Raises ValidationError while tries are not allowed.

        A right password counts for nothing when wrong ones beside it have reached the limit meanwhile:
        who guesses many at once learns no more than who guesses one after the other.
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            self._stop_if(limits.WRONG_PASSWORDS.blocked_until(_login_of(credentials), at=now()))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        limits.WRONG_PASSWORDS.count(_login_of(credentials), at=now())

    def _stop_if(self, until: datetime | None) -> None:
        if until is None:
            return
        minutes = max(1, ceil((until - now()).total_seconds() / 60))
        message = _("Ông/Bà đã thử đăng nhập quá nhiều lần. Vui lòng thử lại sau %(minutes)s phút.")
        raise ValidationError(message % {"minutes": minutes}, code=TOO_MANY)

    # Mails --------------------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Draw the mail now, let a worker send it: a slow mail server keeps nobody waiting."""
        given = {
            **context,
            "email": email,
            "recipient": context.get("user"),  # `user` is who asks, in every template
            "base_url": settings.BASE_URL,
        }
        mail = self.render_mail(template_prefix, email, given)
        jobs.send.defer(subject=str(mail.subject), body=str(mail.body), to=email)

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + path.replace("UID-KEY", key)


def _login_of(credentials: dict[str, Any]) -> str:
    """What was typed as login, as the limit knows it."""
    return str(credentials.get("username") or credentials.get("email") or "").lower()

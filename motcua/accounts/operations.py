"""Registering, and keeping what a person or an organisation says of itself."""

from datetime import date

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.accounts.models import Organisation, Person, User
from motcua.foundation.errors import Refusal


class AlreadyRegistered(Refusal):
    """There is an account under this number or address."""


def _save_new(user: User, taken: str) -> None:
    """Save a new account; registrations that were never proved make room for it.

    Raises AlreadyRegistered with the sentence `taken`.
    """
    user.username, user.email = user.username.lower(), user.email.lower()  # as logins are looked up
    User.objects.unproved().filter(Q(username=user.username) | Q(email=user.email)).delete()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise AlreadyRegistered(taken) from None


@transaction.atomic
def register_citizen(*, user: User, full_name: str, citizen_number: str, phone: str, address: str) -> User:
    """Complete and save a new account as a citizen's; the username is the citizen number.

    Raises AlreadyRegistered.
    """
    user.kind, user.full_name, user.username = User.Kind.CITIZEN, full_name, citizen_number
    _save_new(
        user,
        _("Số định danh cá nhân này đã có tài khoản. Vui lòng đăng nhập, hoặc đặt lại mật khẩu nếu đã quên."),
    )
    Person.objects.create(user=user, citizen_number=citizen_number, phone=phone, permanent_address=address)
    return user


@transaction.atomic
def register_organisation(
    *,
    user: User,
    name: str,
    tax_code: str,
    representative_name: str,
    representative_title: str,
    phone: str,
    address: str,
) -> User:
    """Complete and save a new account as an organisation's; the username is the tax code.

    Raises AlreadyRegistered.
    """
    user.kind, user.full_name, user.username = User.Kind.ORGANISATION, name, tax_code
    _save_new(
        user, _("Mã số thuế này đã có tài khoản. Vui lòng đăng nhập, hoặc đặt lại mật khẩu nếu đã quên.")
    )
    Organisation.objects.create(
        user=user,
        tax_code=tax_code,
        name=name,
        representative_name=representative_name,
        representative_title=representative_title,
        phone=phone,
        address=address,
    )
    return user


@transaction.atomic
def update_person(
    *,
    user: User,
    full_name: str,
    born_on: date | None,
    born_year_only: bool,
    gender: str,
    nationality: str,
    permanent_address: str,
    current_address: str,
    phone: str,
) -> Person:
    """Keep a citizen's profile; the citizen number stays as it was registered."""
    user.full_name = full_name
    user.save(update_fields=["full_name", "sort_key"])
    person = Person.objects.select_for_update().get(user=user)
    person.born_on, person.born_year_only, person.gender = born_on, born_year_only, gender
    person.nationality, person.phone = nationality, phone
    person.permanent_address, person.current_address = permanent_address, current_address
    person.save()
    return person


@transaction.atomic
def update_organisation(
    *,
    user: User,
    name: str,
    representative_name: str,
    representative_title: str,
    representative_citizen_number: str,
    address: str,
    phone: str,
) -> Organisation:
    """Keep an organisation's profile; the tax code stays as it was registered."""
    user.full_name = name
    user.save(update_fields=["full_name", "sort_key"])
    organisation = Organisation.objects.select_for_update().get(user=user)
    organisation.name, organisation.address, organisation.phone = name, address, phone
    organisation.representative_name = representative_name
    organisation.representative_title = representative_title
    organisation.representative_citizen_number = representative_citizen_number
    organisation.save()
    return organisation


@transaction.atomic
def register_officer(*, login: str, full_name: str, email: str, password: str) -> User:
    """An account for somebody who works in an agency; what they may do there is appointed apart.

    The administrator vouches for the mail address. Without a password nobody can log in before choosing one by
    "forgotten password". Raises AlreadyRegistered.
    """
    user = User(username=login, full_name=full_name, email=email, kind=User.Kind.OFFICER)
    user.set_password(password or None)
    _save_new(user, _("Thư điện tử này đã có tài khoản. Vui lòng tìm tài khoản đó trong danh sách cán bộ."))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user

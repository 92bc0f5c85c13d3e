import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from motcua.accounts import operations
from motcua.accounts.models import Organisation, Person, User

CITIZEN = {
    "full_name": "H'Hen Niê",
    "citizen_number": "066192000001",
    "phone": "0905123456",
    "address": "12 Trần Phú, tỉnh Kon Tum",
}
COMPANY = {
    "name": "Công ty TNHH Cà phê Đăk Hà",
    "tax_code": "0100109106",
    "representative_name": "Trần Thị Hoa",
    "representative_title": "Giám đốc",
    "phone": "0905123457",
    "address": "Đăk Hà, tỉnh Kon Tum",
}


def register(email: str = "hen@example.vn", **changes: str) -> User:
    user = User(email=email)
    user.set_password("Thu-tuc-2026")
    user = operations.register_citizen(user=user, **(CITIZEN | changes))
    EmailAddress.objects.create(user=user, email=email, primary=True)
    return user


def prove(user: User) -> None:
    EmailAddress.objects.filter(user=user).update(verified=True)


def test_a_citizen_is_written_with_the_number_as_username(db):
    user = register()

    assert (user.username, user.kind, user.full_name) == ("066192000001", "citizen", "H'Hen Niê")
    assert Person.objects.get(user=user).permanent_address == "12 Trần Phú, tỉnh Kon Tum"


def test_an_organisation_is_written_with_the_tax_code_as_username(db):
    user = operations.register_organisation(user=User(email="congty@example.vn"), **COMPANY)

    assert (user.username, user.kind, user.full_name) == ("0100109106", "organisation", COMPANY["name"])
    assert Organisation.objects.get(user=user).name_folded == "cong ty tnhh ca phe dak ha"


def test_a_number_whose_holder_is_proved_is_taken(db):
    prove(register())

    with pytest.raises(operations.AlreadyRegistered, match="đã có tài khoản"):
        register(email="other@example.vn")
    assert User.objects.get().email == "hen@example.vn"


def test_a_mail_address_whose_holder_is_proved_is_taken(db):
    prove(register())

    with pytest.raises(operations.AlreadyRegistered):
        register(citizen_number="066192000002")


def test_a_registration_that_was_never_proved_makes_room(db):
    register(email="mistyped@example.vn")
    user = register(email="hen@example.vn")

    assert User.objects.get() == user
    assert Person.objects.get().user == user


def test_a_mail_address_of_a_registration_that_was_never_proved_is_free(db):
    register()
    user = register(citizen_number="066192000002")

    assert User.objects.get() == user


def test_an_officer_never_makes_room(db):
    officer = User.objects.create(
        username="binh", email="hen@example.vn", kind="officer", full_name="Trần Thị Bình"
    )
    EmailAddress.objects.create(user=officer, email=officer.email)

    with pytest.raises(operations.AlreadyRegistered):
        register()


def test_nothing_is_kept_of_a_refused_registration(db):
    prove(register())
    with pytest.raises(operations.AlreadyRegistered):
        register(email="other@example.vn")

    assert (User.objects.count(), Person.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "change", [{"kind": "robot"}, {"username": "062090001234"}, {"email": "an@example.vn"}]
)
def test_the_database_refuses_impossible_accounts(an, change):
    given = {"username": "x", "email": "x@example.vn", "full_name": "X", "kind": "citizen"} | change
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(**given)


@pytest.mark.parametrize(
    "change", [{"citizen_number": "12345"}, {"citizen_number": "06209000123a"}, {"gender": "other"}]
)
def test_the_database_refuses_impossible_people(an, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(user=an).update(**change)

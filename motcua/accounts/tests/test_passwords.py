import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from motcua.accounts import passwords
from motcua.accounts.models import User


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab1-xyz", "Mật khẩu quá ngắn. Vui lòng nhập ít nhất 8 ký tự."),
        ("password1", "Mật khẩu này quá phổ biến, dễ bị đoán. Vui lòng chọn mật khẩu khác."),
        ("908172635448", "Mật khẩu không được chỉ gồm chữ số."),
        ("nguyenvanan", "Mật khẩu quá giống thông tin của tài khoản. Vui lòng chọn mật khẩu khác."),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_in_our_words(password, sentence):
    user = User(username="062090001234", email="nguyenvanan@example.vn", full_name="Nguyễn Văn An")

    with pytest.raises(ValidationError) as refusal:
        passwords.check(password, user)
    assert refusal.value.messages == [sentence]


def test_every_validator_has_our_words():
    with pytest.raises(ValidationError) as refusal:
        passwords.check("1234567", User(username="1234567"))

    assert {one.code for one in refusal.value.error_list} == set(passwords.WORDS)
    assert len(settings.AUTH_PASSWORD_VALIDATORS) == len(passwords.WORDS)


def test_a_good_password_passes():
    passwords.check("Thu-tuc-2026", User(username="062090001234"))

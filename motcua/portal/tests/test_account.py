"""Registering, logging in, passwords and the profile, as people go through them."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.accounts import jobs
from motcua.accounts.models import Organisation, Person, User
from tests.cast import PASSWORD

LOGIN, SIGNUP, COMPANY_SIGNUP = "/tai-khoan/dang-nhap/", "/tai-khoan/dang-ky/", "/tai-khoan/dang-ky/to-chuc/"
CODE, FORGOTTEN, PROFILE = "/tai-khoan/xac-minh-thu/", "/tai-khoan/quen-mat-khau/", "/tai-khoan/thong-tin/"
CITIZEN = {
    "full_name": "  Nguyễn  Văn An ",
    "citizen_number": "062 090 001 234",
    "phone": "+84 905 123 456",
    "address": "12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
    "email": "An@Example.vn",
    "password1": PASSWORD,
    "password2": PASSWORD,
}
COMPANY = {
    "name": "Công ty TNHH Cà phê Đăk Hà",
    "tax_code": "0100109106",
    "representative_name": "Trần Thị Hoa",
    "representative_title": "Giám đốc",
    "phone": "0260.3797799",
    "address": "Thị trấn Đăk Hà, tỉnh Kon Tum",
    "email": "congty@example.vn",
    "password1": PASSWORD,
    "password2": PASSWORD,
}
TAX_CODES = ["0100109106", "0300588569", "0101248141", "0100684378", "0100686209", "0301442379"]


def posted() -> list:
    """Send what waits for the worker; all mails so far."""
    for waiting in ProcrastinateJob.objects.filter(task_name=jobs.send.name).order_by("id")[
        len(mail.outbox) :
    ]:
        jobs.send(**waiting.args)
    return mail.outbox


def code() -> str:
    return re.search(r"^ +(\d{8})$", posted()[-1].body, re.MULTILINE)[1]


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def logged_in_as(client) -> str:
    return (
        User.objects.get(pk=client.session["_auth_user_id"]).username
        if "_auth_user_id" in client.session
        else ""
    )


def log_in(client, login: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": login, "password": password, **more})


# Registering ------------------------------------------------------------------------------------------------


def test_a_citizen_registers_proves_the_mail_address_and_is_logged_in(client, place):
    answer = client.post(SIGNUP, CITIZEN)
    assert (answer.status_code, answer.url) == (302, CODE)
    assert logged_in_as(client) == ""

    assert posted()[0].to == ["an@example.vn"]
    assert posted()[0].subject == "Mã xác minh đăng ký tài khoản"
    answer = client.post(CODE, {"action": "verify", "code": code()})

    assert (answer.status_code, answer.url) == (302, "/tai-khoan/vao/")
    assert logged_in_as(client) == "062090001234"
    user = User.objects.get()
    assert (user.full_name, user.email, user.kind) == ("Nguyễn Văn An", "an@example.vn", "citizen")
    assert (user.person.phone, user.person.citizen_number) == ("0905123456", "062090001234")
    assert EmailAddress.objects.get().verified


def test_the_page_asked_for_is_reached_after_registering(client, place):
    page = client.get(SIGNUP, {"next": "/ho-so/"})
    assert 'name="next" value="/ho-so/"' in page.content.decode()

    client.post(SIGNUP, CITIZEN | {"next": "/ho-so/"})
    assert client.post(CODE, {"code": code()}).url == "/ho-so/"


@pytest.mark.parametrize("tax_code", [*TAX_CODES, "0100109106-001", "062090001234"])
def test_an_organisation_registers_with_a_tax_code(client, db, tax_code):
    client.post(COMPANY_SIGNUP, COMPANY | {"tax_code": tax_code})
    client.post(CODE, {"code": code()})

    assert logged_in_as(client) == tax_code
    company = Organisation.objects.get()
    assert (company.tax_code, company.phone, company.representative_title) == (
        tax_code,
        "02603797799",
        "Giám đốc",
    )


@pytest.mark.parametrize(
    "tax_code", [*(good[:9] + str((int(good[9]) + 1) % 10) for good in TAX_CODES), "0100109106-000"]
)
def test_a_tax_code_with_a_wrong_check_digit_is_refused(client, db, tax_code):
    page = client.post(COMPANY_SIGNUP, COMPANY | {"tax_code": tax_code})

    assert page.status_code == 422
    assert "Mã số thuế không hợp lệ. Vui lòng kiểm tra lại." in text_of(page)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("full_name", "", "Vui lòng nhập thông tin."),
        ("full_name", "An <b>", "Họ và tên chỉ gồm chữ cái và khoảng trắng."),
        ("full_name", "A" * 201, "Nội dung quá dài. Vui lòng nhập tối đa 200 ký tự."),
        ("citizen_number", "12345", "Số định danh cá nhân phải gồm 12 chữ số."),
        ("phone", "12345", "Số điện thoại không đúng định dạng."),
        ("email", "an@", "Thư điện tử không đúng định dạng. Vui lòng kiểm tra lại."),
        ("email", "an\x00@example.vn.", "Thư điện tử không đúng định dạng. Vui lòng kiểm tra lại."),
        ("password1", "1234", "Mật khẩu quá ngắn. Vui lòng nhập ít nhất 8 ký tự."),
        ("password1", "Mat-khau\x00", "Nội dung có ký tự không dùng được. Vui lòng nhập lại."),
        ("password2", "Thu-tuc-2027", "Mật khẩu nhập lại không giống mật khẩu ở trên."),
        ("password2", "", "Vui lòng nhập thông tin."),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(client, db, field, typed, sentence):
    page = client.post(SIGNUP, CITIZEN | {field: typed})
    html = page.content.decode()

    assert page.status_code == 422
    assert f'<p id="{field}-error"' in html and f'href="#{field}"' in html
    assert sentence in html
    assert PASSWORD not in html
    assert len(re.findall(r'<li><a href="#', html)) == 1
    kept = {
        name: value for name, value in CITIZEN.items() if not name.startswith("password") and name != field
    }
    assert all(f'value="{value}"' in html for value in kept.values())
    assert not User.objects.exists() and not ProcrastinateJob.objects.exists()


def test_the_summary_names_what_lacks(client, db):
    page = text_of(client.post(SIGNUP, {}))

    assert page.index("Mật khẩu: Vui lòng") < page.index("Nhập lại mật khẩu: Vui lòng")
    assert "Số định danh cá nhân: Vui lòng nhập thông tin." in page
    assert "Nơi thường trú: Vui lòng nhập thông tin." in page
    assert "Địa chỉ trụ sở: Vui lòng nhập thông tin." in text_of(client.post(COMPANY_SIGNUP, {}))


def test_a_taken_citizen_number_is_told_with_the_way_out(client, an):
    page = client.post(SIGNUP, CITIZEN | {"email": "other@example.vn"})

    assert page.status_code == 422
    assert "Số định danh cá nhân này đã có tài khoản. Vui lòng đăng nhập" in text_of(page)
    assert User.objects.get() == an


def test_a_taken_mail_address_is_told_by_mail_only(client, an):
    fresh = client.post(SIGNUP, CITIZEN | {"citizen_number": "062090009999", "email": "new@example.vn"})
    client.session.flush()
    client.cookies.clear()
    answer = client.post(SIGNUP, CITIZEN | {"citizen_number": "062090008888", "email": "AN@example.vn"})
    page = client.get(CODE)

    assert (answer.status_code, answer.url) == (fresh.status_code, fresh.url)
    assert "an@example.vn" in text_of(page)
    assert posted()[-1].subject == "Thư điện tử này đã có tài khoản"
    assert not re.search(r"\d{8}", posted()[-1].body)
    assert not User.objects.filter(username="062090008888").exists()
    assert "Mã xác minh không đúng" in text_of(client.post(CODE, {"code": "12345678"}))


def test_a_mistyped_mail_address_can_be_changed_before_it_is_proved(client, db):
    client.post(SIGNUP, CITIZEN | {"email": "mistyped@example.vn"})
    first = code()
    client.post(CODE, {"action": "change", "email": "An@example.vn"})

    assert posted()[-1].to == ["an@example.vn"]
    assert "Mã xác minh không đúng" in text_of(client.post(CODE, {"code": first}))
    client.post(CODE, {"code": code()})
    assert (logged_in_as(client), User.objects.get().email) == ("062090001234", "an@example.vn")


def test_the_address_cannot_be_changed_to_that_of_somebody_else(client, company):
    client.post(SIGNUP, CITIZEN | {"email": "mistyped@example.vn"})
    client.post(CODE, {"action": "change", "email": company.email})

    assert posted()[-1].subject == "Thư điện tử này đã có tài khoản"
    assert logged_in_as(client) == ""
    assert User.objects.get(username="062090001234").email == "mistyped@example.vn"


def test_a_new_code_can_be_asked_for_twice(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": None}
    client.post(SIGNUP, CITIZEN)
    for _time in range(3):
        client.post(CODE, {"action": "resend"})

    assert len(posted()) == 3
    client.post(CODE, {"code": code()})
    assert logged_in_as(client) == "062090001234"


def test_three_wrong_codes_end_the_registration_until_the_next_login(client, db):
    client.post(SIGNUP, CITIZEN)
    right = code()
    wrong = "00000000" if right != "00000000" else "11111111"
    for _time in range(2):
        assert client.post(CODE, {"code": wrong}).status_code == 200
    answer = client.post(CODE, {"code": wrong}, follow=True)

    assert "Ông/Bà đã nhập sai mã quá nhiều lần. Vui lòng đăng nhập để nhận mã mới." in text_of(answer)
    assert client.post(CODE, {"code": right}).url == LOGIN
    assert logged_in_as(client) == ""


def test_who_left_before_the_code_gets_a_new_one_at_login(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": None}
    client.post(SIGNUP, CITIZEN)
    client.cookies.clear()

    assert log_in(client, "062090001234").url == CODE
    client.post(CODE, {"code": code()})
    assert logged_in_as(client) == "062090001234"


def test_the_code_may_wait_and_the_login_page_is_reached(client, db):
    client.post(SIGNUP, CITIZEN)
    assert client.get(LOGIN).url == CODE

    assert client.post("/tai-khoan/dang-xuat/", {"next": LOGIN}).url == LOGIN
    assert client.get(LOGIN).status_code == 200


def test_names_stand_in_mails_as_they_are_written(client, place):
    client.post(SIGNUP, CITIZEN | {"full_name": "H'Hen Niê"})

    body = posted()[0].body
    assert body.startswith("Kính gửi Ông/Bà H'Hen Niê,\n\n")
    assert "Cổng Dịch vụ công tỉnh Kon Tum\nĐiện thoại hỗ trợ: 0260.3797799\n" in body


# Logging in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["062090001234", "062 090 001 234", "an@example.vn", " AN@Example.vn "])
def test_a_citizen_logs_in_with_number_or_mail_address(client, an, login):
    answer = log_in(client, login)

    assert (answer.status_code, answer.url) == (302, "/tai-khoan/vao/")
    assert logged_in_as(client) == "062090001234"


@pytest.mark.parametrize(
    "login", ["0100109106-001", "0100109106001", "0100 109 106 001", "congty@example.vn"]
)
def test_an_organisation_logs_in_with_tax_code_or_mail_address(client, company, login):
    User.objects.filter(pk=company.pk).update(username="0100109106-001")

    log_in(client, login)
    assert logged_in_as(client) == "0100109106-001"


@pytest.mark.parametrize(
    ("login", "password"), [("062090001234", "Thu-tuc-2027"), ("nobody@example.vn", PASSWORD)]
)
def test_a_wrong_login_is_refused_without_telling_which_part_is_wrong(client, an, login, password):
    page = log_in(client, login, password)

    assert page.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng. Vui lòng kiểm tra lại." in text_of(page)
    assert f'value="{login}"' in page.content.decode() and password not in page.content.decode()


@pytest.mark.parametrize(
    "given", [{}, {"login": "", "password": ""}, {"login": "a\x00b", "password": "x\x00"}]
)
def test_an_empty_or_broken_login_is_told(client, db, given):
    assert client.post(LOGIN, given).status_code == 422


def test_after_five_wrong_passwords_the_right_one_must_wait_too(client, an, company):
    for _time in range(5):
        log_in(client, "062090001234", "wrong-password")
    page = log_in(client, "062090001234")

    assert page.status_code == 429
    assert re.search(r"quá nhiều lần. Vui lòng thử lại sau [45] phút.", text_of(page))
    assert logged_in_as(client) == ""
    log_in(client, "0100109106")
    assert logged_in_as(client) == "0100109106"


def test_logins_from_one_address_are_limited(client, an, settings):
    settings.LOGINS_PER_MINUTE = 3
    for name in ("a", "b", "c"):
        assert log_in(client, f"{name}@example.vn").status_code == 422
    page = log_in(client, "an@example.vn")

    assert page.status_code == 429
    assert "Vui lòng thử lại sau 1 phút." in text_of(page)
    given = {"login": "an@example.vn", "password": PASSWORD}
    assert client.post(LOGIN, given, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_an_address_that_a_trusted_proxy_tells_counts(client, an, settings):
    settings.LOGINS_PER_MINUTE, settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1, 1
    given = {"login": "an@example.vn", "password": "wrong-password"}

    assert client.post(LOGIN, given, headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.1"}).status_code == 422
    assert client.post(LOGIN, given, headers={"X-Forwarded-For": "7.7.7.7, 203.0.113.1"}).status_code == 429
    assert client.post(LOGIN, given, headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.2"}).status_code == 422


def test_many_registrations_from_one_address_are_limited(client, db):
    for _time in range(20):
        client.post(SIGNUP, {})
    page = client.post(SIGNUP, CITIZEN)

    assert page.status_code == 429
    assert "Ông/Bà đã thử quá nhiều lần" in text_of(page)


@pytest.mark.parametrize(
    ("wished", "reached"),
    [
        ("/ho-so/?trang=2", "/ho-so/?trang=2"),
        ("https://elsewhere.example/", "/tai-khoan/vao/"),
        ("//elsewhere.example/", "/tai-khoan/vao/"),
        ("javascript:alert(1)", "/tai-khoan/vao/"),
        ("http://[", "/tai-khoan/vao/"),
        ("/\\elsewhere.example", "/tai-khoan/vao/"),
    ],
)
def test_the_page_asked_for_is_reached_when_it_is_ours(client, an, wished, reached):
    assert client.get(LOGIN, {"next": wished}).status_code == 200
    assert log_in(client, "an@example.vn", next=wished).url == reached


def test_who_is_logged_in_need_not_log_in(client, an):
    client.force_login(an)

    assert client.get(LOGIN).url == "/tai-khoan/vao/"
    assert client.get(LOGIN, {"next": "/ho-so/"}).url == "/ho-so/"


def test_a_locked_account_is_told_so(client, an):
    User.objects.filter(pk=an.pk).update(is_active=False)

    assert "Tài khoản đang bị khóa" in text_of(
        client.post(LOGIN, {"login": an.email, "password": PASSWORD}, follow=True)
    )
    assert logged_in_as(client) == ""


def test_a_login_leads_citizens_and_officers_to_their_work(client, an, binh, settings):
    client.force_login(an)
    assert client.get("/tai-khoan/vao/").url in ("/ho-so/", "/")
    client.force_login(binh)
    assert client.get("/tai-khoan/vao/").url in ("/can-bo/", "/")


def test_logging_out_needs_a_post(client, an):
    client.force_login(an)
    assert "Đăng xuất" in text_of(client.get("/tai-khoan/dang-xuat/"))
    assert logged_in_as(client) == an.username

    assert client.post("/tai-khoan/dang-xuat/").url == "/"
    assert logged_in_as(client) == ""


# Passwords --------------------------------------------------------------------------------------------------


def reset_link() -> str:
    return re.search(r"http://127.0.0.1:8000(\S+)", posted()[-1].body)[1]


def test_a_forgotten_password_is_set_anew_by_the_link_in_a_mail(client, an):
    assert client.post(FORGOTTEN, {"email": "An@example.vn"}).url == "/tai-khoan/quen-mat-khau/da-gui/"
    assert posted()[0].subject == "Đặt lại mật khẩu"
    assert "062090001234" in posted()[0].body

    page = client.get(reset_link(), follow=True)
    form = page.redirect_chain[-1][0]
    answer = client.post(form, {"password1": "Ho-so-2027", "password2": "Ho-so-2027"})

    assert (answer.status_code, answer.url) == (302, "/tai-khoan/vao/")
    assert logged_in_as(client) == an.username
    assert posted()[-1].subject == "Mật khẩu đã được đặt lại"
    client.post("/tai-khoan/dang-xuat/")
    log_in(client, an.username, "Ho-so-2027")
    assert logged_in_as(client) == an.username


def test_a_link_works_once(client, an):
    client.post(FORGOTTEN, {"email": an.email})
    link = reset_link()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "Ho-so-2027", "password2": "Ho-so-2027"})

    assert "Đường dẫn không dùng được" in text_of(type(client)().get(link, follow=True))


@pytest.mark.parametrize("key", ["1-abc", "zzzzzzzzzzzzz-set-password", "1-" + "a" * 500])
def test_a_broken_link_is_told(client, an, key):
    page = client.get(f"/tai-khoan/dat-lai-mat-khau/{key}/")

    assert "Yêu cầu đường dẫn mới" in text_of(page)


def test_an_unknown_address_gets_a_mail_and_the_page_tells_nothing(client, an):
    known = client.post(FORGOTTEN, {"email": an.email})
    unknown = client.post(FORGOTTEN, {"email": "nobody@example.vn"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert posted()[-1].subject == "Thư điện tử này chưa có tài khoản"


def test_reset_links_are_limited_by_address(client, an):
    for _time in range(5):
        client.post(FORGOTTEN, {"email": an.email})

    assert client.post(FORGOTTEN, {"email": an.email}).status_code == 429
    assert len(posted()) == 5


def test_a_password_is_changed_and_the_login_stays(client, an):
    client.force_login(an)
    given = {"oldpassword": PASSWORD, "password1": "Ho-so-2027", "password2": "Ho-so-2027"}
    page = client.post("/tai-khoan/doi-mat-khau/", given | {"oldpassword": "wrong"})
    assert "Mật khẩu hiện tại không đúng. Vui lòng kiểm tra lại." in text_of(page)

    answer = client.post("/tai-khoan/doi-mat-khau/", given, follow=True)
    assert "Mật khẩu đã được thay đổi." in text_of(answer)
    assert logged_in_as(client) == an.username
    assert posted()[-1].subject == "Mật khẩu đã được thay đổi"


# The profile ------------------------------------------------------------------------------------------------

PERSON = {
    "full_name": "Nguyễn Văn Ân",
    "born_on": "24/11/1990",
    "gender": "male",
    "nationality": "Việt Nam",
    "phone": "0912345678",
    "permanent_address": "1 Lê Lợi, phường Kon Tum, tỉnh Kon Tum",
    "current_address": "",
}


def test_a_citizen_keeps_the_profile(client, an):
    client.force_login(an)
    answer = client.post(PROFILE, PERSON, follow=True)

    assert "Đã lưu thông tin tài khoản." in text_of(answer)
    assert 'value="24/11/1990"' in answer.content.decode()
    person = Person.objects.select_related("user").get()
    assert (person.user.full_name, person.gender, person.phone) == ("Nguyễn Văn Ân", "male", "0912345678")
    assert (person.born_on.isoformat(), person.born_year_only) == ("1990-11-24", False)


def test_a_year_of_birth_is_enough(client, an):
    client.force_login(an)
    page = client.post(PROFILE, PERSON | {"born_on": "1990"}, follow=True)

    assert Person.objects.get().born_year_only
    assert 'name="born_on" type="text" value="1990"' in page.content.decode()


def test_number_and_mail_address_stay_as_they_were_registered(client, an):
    client.force_login(an)
    client.post(
        PROFILE, PERSON | {"citizen_number": "001090001234", "email": "x@example.vn", "username": "x"}
    )

    an.refresh_from_db()
    assert (an.username, an.email, an.person.citizen_number) == (
        "062090001234",
        "an@example.vn",
        "062090001234",
    )


def test_what_does_not_agree_with_the_number_is_only_a_warning(client, an):
    client.force_login(an)
    page = client.post(PROFILE, PERSON | {"born_on": "24/11/1991", "gender": "female"}, follow=True)

    assert "không khớp với năm sinh" in text_of(page) and "không khớp với giới tính" in text_of(page)
    assert Person.objects.get().gender == "female"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("born_on", "31/02/1990", "Ngày không hợp lệ."),
        ("born_on", "24/11/2999", "Ngày sinh phải từ năm 1900 đến nay."),
        ("phone", "0000", "Số điện thoại không đúng định dạng."),
        ("gender", "robot", "Vui lòng chọn một trong các lựa chọn."),
        ("permanent_address", "", "Vui lòng nhập thông tin."),
    ],
)
def test_a_mistake_in_the_profile_changes_nothing(client, an, field, typed, sentence):
    client.force_login(an)
    page = client.post(PROFILE, PERSON | {field: typed})

    assert page.status_code == 422
    assert sentence in text_of(page) and f'href="#{field}"' in page.content.decode()
    assert Person.objects.get().phone == "0905123456"


def test_an_organisation_keeps_its_profile(client, company):
    client.force_login(company)
    given = {
        "name": "Công ty Cổ phần Cà phê Đăk Hà",
        "representative_name": "Trần Thị Hoa",
        "representative_title": "Giám đốc",
        "representative_citizen_number": "062190001234",
        "phone": "0260 3797799",
        "address": "Xã Đăk Hà, tỉnh Kon Tum",
    }
    client.post(PROFILE, given)

    kept = Organisation.objects.select_related("user").get()
    assert (kept.name, kept.user.full_name) == ("Công ty Cổ phần Cà phê Đăk Hà",) * 2
    assert (kept.tax_code, kept.representative_citizen_number) == ("0100109106", "062190001234")
    assert client.post(PROFILE, given | {"representative_citizen_number": "1"}).status_code == 422


def test_an_officer_sees_the_roles_and_edits_nothing(client, binh):
    client.force_login(binh)
    page = text_of(client.get(PROFILE))

    assert "Trung tâm Phục vụ hành chính công tỉnh Kon Tum" in page and "Cán bộ tiếp nhận" in page
    client.post(PROFILE, PERSON)
    binh.refresh_from_db()
    assert binh.full_name == "Trần Thị Bình"


# Every page -------------------------------------------------------------------------------------------------

PUBLIC = [
    LOGIN,
    SIGNUP,
    COMPANY_SIGNUP,
    FORGOTTEN,
    "/tai-khoan/quen-mat-khau/da-gui/",
    "/tai-khoan/dat-lai-mat-khau/xong/",
]
PUBLIC += ["/tai-khoan/bi-khoa/", "/tai-khoan/du-lieu-ca-nhan/"]
PRIVATE = [
    PROFILE,
    "/tai-khoan/vao/",
    "/tai-khoan/thu-dien-tu/",
    "/tai-khoan/doi-mat-khau/",
    "/tai-khoan/dat-mat-khau/",
]
PRIVATE += ["/tai-khoan/nhap-lai-mat-khau/"]
ENGLISH = re.compile(
    r"\b(email|password|username|login|sign ?up|this field|invalid|please|code|user)\b", re.IGNORECASE
)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_open_and_vietnamese(client, place, path, django_assert_max_num_queries):
    client.get(path)
    with django_assert_max_num_queries(3):
        page = client.get(path)

    assert page.status_code == 200
    assert not ENGLISH.search(text_of(page))


@pytest.mark.parametrize("path", PRIVATE)
def test_a_private_page_asks_for_a_login(client, db, path):
    answer = client.get(path)

    assert answer.status_code in (302, 403)
    assert answer.status_code == 403 or answer.url.startswith(LOGIN)


@pytest.mark.parametrize("path", [PROFILE, "/tai-khoan/doi-mat-khau/", "/tai-khoan/nhap-lai-mat-khau/"])
def test_a_private_page_is_vietnamese_and_cheap(client, an, path, django_assert_max_num_queries):
    client.force_login(an)
    client.get(path)
    with django_assert_max_num_queries(6):
        page = client.get(path)

    assert page.status_code == 200
    assert not ENGLISH.search(text_of(page).replace("an@example.vn", ""))


def test_every_address_of_the_library_is_answered():
    for name in (
        "login",
        "logout",
        "signup",
        "inactive",
        "reauthenticate",
        "email",
        "change_password",
        "set_password",
    ):
        assert reverse(f"account_{name}").startswith("/tai-khoan/")


def test_a_login_costs_few_statements(client, an, django_assert_max_num_queries):
    client.get(LOGIN)
    with django_assert_max_num_queries(15):
        log_in(client, "062090001234")


def test_the_code_page_says_where_the_code_went(client, place):
    client.post(SIGNUP, CITIZEN | {"email": "an'b@example.vn"})
    page = client.get(CODE)

    assert "<strong>an&#39;b@example.vn</strong>" in page.content.decode()
    assert not ENGLISH.search(text_of(page))


def test_every_mail_is_vietnamese(client, an):
    client.post(FORGOTTEN, {"email": an.email})
    client.post(FORGOTTEN, {"email": "nobody@example.vn"})
    client.post(SIGNUP, CITIZEN | {"citizen_number": "062090009999", "email": "new@example.vn"})

    for letter in posted():
        assert not ENGLISH.search(re.sub(r"\S+[@:]\S+", "", letter.subject + letter.body))
        assert "&" not in letter.body

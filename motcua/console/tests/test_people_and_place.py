"""The place, its agencies, its officers and its calendars."""

import re

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.accounts.models import User
from motcua.agencies.models import Agency, Officer, Place, Role

PLACE = {
    "province_name": "Quảng Ngãi",
    "product_name": "Cổng Dịch vụ công",
    "seat": "Quảng Ngãi",
    "emblem": "ui/emblem.svg",
    "number-0": "0255.3797799",
    "label-0": "Trung tâm",
    "number-2": "1900 1234",
    "label-2": "Tổng đài",
}
NEW_OFFICER = {
    "full_name": "Lê Văn Mới",
    "email": "moi@example.vn",
    "agency": "H34.01",
    "role": "receiver",
    "title": "Chuyên viên",
}


def test_the_place_is_changed_and_pages_show_it_at_once(console):
    assert console.post("/quan-tri/dia-phuong/", PLACE).status_code == 302

    place = Place.current()
    assert place.province_name == "Quảng Ngãi"
    assert place.province_code == "H34"  # the code is in every dossier's: it stays
    assert place.hotlines == [
        {"number": "0255.3797799", "label": "Trung tâm"},
        {"number": "1900 1234", "label": "Tổng đài"},
    ]
    assert "tỉnh Quảng Ngãi" in console.get("/quan-tri/dia-phuong/").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("province_name", ""), ("number-0", "gọi tôi"), ("number-0", ""), ("emblem", "/etc/passwd")],
)
def test_a_place_with_a_mistake_is_not_kept_but_what_was_typed_is(console, field, typed):
    page = console.post("/quan-tri/dia-phuong/", PLACE | {field: typed})
    assert page.status_code == 422
    assert 'value="1900 1234"' in page.text
    assert Place.current().province_name == "Kon Tum"


def test_an_agency_is_added_and_changed(console, province, calendar):
    typed = {
        "code": "h34.44",
        "kind": "commune",
        "parent": "H34",
        "name": "UBND xã Ia Chim",
        "calendar": calendar.pk,
    }
    assert console.post("/quan-tri/co-quan/them/", typed).status_code == 302
    agency = Agency.objects.get(code="H34.44")
    assert (agency.parent, agency.kind, agency.name) == (province, "commune", "UBND xã Ia Chim")

    changed = {"name": "Ủy ban nhân dân xã Ia Chim", "calendar": calendar.pk, "phone": "0260.3123456"}
    assert console.post(f"/quan-tri/co-quan/{agency.pk}/", changed).status_code == 302
    agency.refresh_from_db()
    assert (agency.parent, agency.kind, agency.phone) == (province, "commune", "0260.3123456")


def test_an_agency_code_is_given_once(console, province, calendar):
    typed = {"code": "H34", "kind": "commune", "name": "Khác", "calendar": calendar.pk}
    page = console.post("/quan-tri/co-quan/them/", typed)
    assert page.status_code == 422
    assert Agency.objects.get(code="H34").name == province.name


def test_a_new_officer_chooses_a_password_by_mail_and_logs_in(console, centre, client):
    answer = console.post("/quan-tri/can-bo/them/", NEW_OFFICER)

    user = User.objects.get(email="moi@example.vn")
    assert answer.status_code == 302
    assert (user.kind, user.has_usable_password()) == ("officer", False)
    assert Officer.objects.get(user=user).role == Role.RECEIVER
    mail = ProcrastinateJob.objects.get(task_name="motcua.accounts.jobs.send")
    assert mail.args["to"] == "moi@example.vn"
    [link] = re.findall(r"/tai-khoan/\S+", mail.args["body"])
    assert client.get(link, follow=True).status_code == 200


def test_an_address_that_has_an_account_is_refused_and_nothing_is_half_done(console, centre, binh):
    page = console.post("/quan-tri/can-bo/them/", NEW_OFFICER | {"email": binh.email})
    assert page.status_code == 422
    assert 'value="Lê Văn Mới"' in page.text
    assert not User.objects.filter(full_name="Lê Văn Mới").exists()


def test_a_role_is_given_and_ended(console, binh, department):
    address = f"/quan-tri/can-bo/{binh.pk}/"
    console.post(address, {"agency": department.code, "role": "cashier", "title": ""})
    office = Officer.objects.get(user=binh, role=Role.CASHIER)
    assert office.agency == department

    console.post(f"{address}vai-tro/{office.pk}/ket-thuc/")
    assert not Officer.objects.filter(pk=office.pk).exists()


def test_a_role_is_ended_only_where_it_is_held(console, binh, chi):
    office = Officer.objects.get(user=chi)
    assert console.post(f"/quan-tri/can-bo/{binh.pk}/vai-tro/{office.pk}/ket-thuc/").status_code == 404
    assert Officer.objects.filter(pk=office.pk).exists()


def test_the_last_administrator_is_told_why_the_role_stays(console, thao):
    office = Officer.objects.get(user=thao)
    page = console.post(f"/quan-tri/can-bo/{thao.pk}/vai-tro/{office.pk}/ket-thuc/", follow=True)
    assert "quản trị hệ thống duy nhất" in page.text


def test_a_citizen_is_no_officer_here(console, an):
    assert console.get(f"/quan-tri/can-bo/{an.pk}/").status_code == 404

"""Who files and for whom: what is known from the account, what was typed, and what is wrong with it.

A party is a dictionary with the keys of `PARTY`; what was typed wrongly stays in it as typed.
"""

import contextlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from motcua.accounts.models import Organisation, Person, User
from motcua.foundation import formats, vietnamese

CITIZEN, ORGANISATION = "citizen", "organisation"
PARTY = ("kind", "name", "citizen_number", "tax_code", "born_on", "gender", "address", "phone", "email",
         "representative_name", "representative_title")  # fmt: skip
IDENTITY = ("kind", "name", "citizen_number", "tax_code")  # as the account says: never typed anew
_FIELDS = {
    CITIZEN: ("name", "citizen_number", "born_on", "gender", "address", "phone", "email"),
    ORGANISATION: (
        "name", "tax_code", "representative_name", "representative_title", "address", "phone", "email"
    ),
}  # fmt: skip
_REQUIRED = {"name", "citizen_number", "tax_code", "address", "phone"}
_LONGEST = {"name": 250, "address": 300, "representative_name": 200, "representative_title": 100}


def fields(kind: str) -> tuple[str, ...]:
    """The keys that are asked of a party of this kind, in their order."""
    return _FIELDS[ORGANISATION if kind == ORGANISATION else CITIZEN]


def labels(kind: str) -> dict[str, str]:
    """The label of each key that is asked of a party of this kind."""
    words = {
        "name": _("Tên tổ chức, doanh nghiệp") if kind == ORGANISATION else _("Họ và tên"),
        "citizen_number": _("Số định danh cá nhân/Căn cước"),
        "tax_code": _("Mã số thuế/Mã số doanh nghiệp"),
        "born_on": _("Ngày, tháng, năm sinh"),
        "gender": _("Giới tính"),
        "address": _("Địa chỉ") if kind == ORGANISATION else _("Nơi ở hiện tại"),
        "phone": _("Số điện thoại"),
        "email": _("Thư điện tử"),
        "representative_name": _("Người đại diện theo pháp luật"),
        "representative_title": _("Chức vụ"),
    }
    return {key: words[key] for key in fields(kind)}


def is_required(key: str) -> bool:
    return key in _REQUIRED


def party_of(user: User) -> dict[str, str]:
    """What the account knows of its holder (one query)."""
    if user.kind == User.Kind.ORGANISATION:
        body = Organisation.objects.filter(user=user).first() or Organisation(name=user.full_name)
        return {
            "kind": ORGANISATION,
            "name": body.name,
            "tax_code": body.tax_code or user.username,
            "representative_name": body.representative_name,
            "representative_title": body.representative_title,
            "address": body.address,
            "phone": body.phone,
            "email": user.email,
        }
    person = Person.objects.filter(user=user).first() or Person()
    return {
        "kind": CITIZEN,
        "name": user.full_name,
        "citizen_number": person.citizen_number or user.username,
        "born_on": person.born_on.isoformat() if person.born_on else "",
        "gender": person.gender,
        "address": person.current_address or person.permanent_address,
        "phone": person.phone,
        "email": user.email,
    }


def sources(party: Mapping[str, Any]) -> dict[str, str]:
    """What a form may take over from a party, by the words that `prefill` uses."""
    signs = party.get("representative_name") or (
        "" if party.get("kind") == ORGANISATION else party.get("name")
    )
    return {
        "applicant.name": party.get("name", ""),
        "applicant.address": party.get("address", ""),
        "applicant.phone": party.get("phone", ""),
        "applicant.email": party.get("email", ""),
        "applicant.tax_code": party.get("tax_code", ""),
        "applicant.citizen_id": party.get("citizen_number", ""),
        "representative.name": signs or "",
        "representative.title": party.get("representative_title", ""),
    }


def _day(text: str) -> str:
    return formats.day(text).isoformat()


_FORMATS: dict[str, Callable[[str], str]] = {
    "name": formats.one_line,
    "citizen_number": formats.citizen_number,
    "tax_code": formats.tax_code,
    "born_on": _day,
    "address": formats.one_line,
    "phone": formats.phone,
    "email": formats.email,
    "representative_name": formats.person_name,
    "representative_title": formats.one_line,
}


def read(kind: str, typed: Mapping[str, str]) -> dict[str, str]:
    """A party of this kind from what was typed: in its normal form where it can be read, else as typed."""
    party = {"kind": ORGANISATION if kind == ORGANISATION else CITIZEN}
    for key in fields(kind):
        text = typed.get(key, "").replace("\x00", "").strip()[:1000]
        try:
            party[key] = _FORMATS[key](text) if text and key in _FORMATS else text
        except ValueError:
            party[key] = text
    return party


def problems(party: Mapping[str, Any], *, of_account: bool = False) -> dict[str, str]:
    """What is missing or wrong, by key; computed from what is kept, whatever was said when it was typed.

    `of_account` says that the identity comes from an account: it is not judged where it cannot be changed.
    """
    kind = party.get("kind", CITIZEN)
    found = {}
    for key, label in labels(kind).items():
        text = str(party.get(key) or "")
        if not text:
            if key in _REQUIRED:
                found[key] = _("Vui lòng nhập thông tin: %(label)s.") % {"label": label}
        elif of_account and key in IDENTITY:
            continue
        elif message := _wrong(key, text, person=kind != ORGANISATION):
            found[key] = message
    return found


def _wrong(key: str, text: str, *, person: bool) -> str:
    if len(text) > _LONGEST.get(key, 1000):
        return _("Vui lòng viết ngắn lại, tối đa %(most)d ký tự.") % {"most": _LONGEST[key]}
    if key == "gender":
        return "" if text in Person.Gender.values else _("Vui lòng chọn giới tính.")
    check = formats.person_name if key == "name" and person else _FORMATS[key]
    try:
        check(text)
    except ValueError as wrong:
        return str(wrong)
    if key == "born_on" and date.fromisoformat(_day(text)) > date.today():
        return _("Ngày, tháng, năm sinh không được sau ngày hôm nay.")
    return ""


def warnings(party: Mapping[str, Any]) -> list[str]:
    """What does not agree with the citizen number; none of it keeps anybody from filing."""
    number = str(party.get("citizen_number") or "")
    if party.get("kind") == ORGANISATION or not (len(number) == 12 and number.isdigit()):
        return []
    try:
        born_on = date.fromisoformat(str(party.get("born_on")))
    except ValueError:
        born_on = None
    gender = party.get("gender") if party.get("gender") in Person.Gender.values else None
    return formats.citizen_number_warnings(number, born_on=born_on, gender=gender)


def rows(party: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(key, label, value in words) of all that is asked of this party."""
    shown = []
    for key, label in labels(party.get("kind", CITIZEN)).items():
        value = str(party.get(key) or "")
        if key == "born_on":
            with contextlib.suppress(ValueError):
                value = vietnamese.day(date.fromisoformat(value))
        if key == "gender":
            value = str(dict(Person.Gender.choices).get(value, ""))
        shown.append((key, label, value))
    return shown

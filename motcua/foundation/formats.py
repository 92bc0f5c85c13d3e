"""What people type, checked and brought to one form.

Every function takes a text and returns the form that is stored, or raises ValueError whose message is a
Vietnamese sentence to show beside the field. Spaces around are always forgiven; an empty text is refused.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

Gender = Literal["male", "female"]

_DATA = Path(__file__).parent / "data"


# People -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """What a citizen number tells of its holder; the gender may have been changed since."""

    place: str | None  # province of birth registration, by its name before 1/7/2025; None: abroad or unknown
    gender: Gender
    birth_year: int


def citizen_number(text: str) -> str:
    """Return a personal identification number (số định danh cá nhân, căn cước): 12 digits.

    There is no check digit; what seems odd is for `citizen_number_warnings`, since old province codes stay
    valid for life.
    """
    return _matching(r"[0-9]{12}", _compact(text), _("Số định danh cá nhân phải gồm 12 chữ số."))


def read_citizen_number(number: str) -> CitizenNumber:
    """Return what `number` (12 digits) says: 3 digits place, 1 century and gender, 2 year, 6 random."""
    century, female = divmod(int(number[3]), 2)
    return CitizenNumber(
        place=_places_of_birth().get(number[:3]),
        gender="female" if female else "male",
        birth_year=1900 + 100 * century + int(number[4:6]),
    )


def citizen_number_warnings(
    number: str, *, born_on: date | None = None, gender: Gender | None = None
) -> list[str]:
    """Return what does not agree in `number` (12 digits), as sentences; none of it forbids anything."""
    told = read_citizen_number(number)
    warnings = []
    if told.place is None and number < "101":
        warnings.append(
            _("Ba chữ số đầu của số định danh cá nhân không phải mã nơi đăng ký khai sinh đã biết.")
        )
    if born_on is not None and born_on.year != told.birth_year:
        warnings.append(_("Số định danh cá nhân không khớp với năm sinh. Vui lòng kiểm tra lại."))
    if gender is not None and gender != told.gender:
        warnings.append(_("Số định danh cá nhân không khớp với giới tính. Vui lòng kiểm tra lại."))
    return warnings


def old_identity_number(text: str) -> str:
    """Return a number of the old identity card (chứng minh nhân dân): 9 digits.

    The card expired on 1/1/2025: accept it only as the old number of a migrated record.
    """
    return _matching(r"[0-9]{9}", _compact(text), _("Số chứng minh nhân dân phải gồm 9 chữ số."))


def passport_number(text: str, *, vietnamese: bool = False) -> str:
    """Return a passport number in capitals; a `vietnamese` one is a letter and 7 digits."""
    pattern = r"[A-Z][0-9]{7}" if vietnamese else r"[A-Z0-9]{5,15}"
    return _matching(pattern, _compact(text).upper(), _("Số hộ chiếu không đúng định dạng."))


def person_name(text: str) -> str:
    """Return a person's name in NFC with single spaces, accents and case kept.

    Letters of every people of Vietnam are names, so are ' - and . between them ("H'Hen Niê").
    """
    name = one_line(text).replace("’", "'").replace("ʼ", "'")
    known = all(unicodedata.category(character)[0] in "LM" or character in " '-." for character in name)
    if not known or not name[0].isalpha():
        raise ValueError(_("Họ và tên chỉ gồm chữ cái và khoảng trắng."))
    return name


def one_line(text: str) -> str:
    """Return `text` in NFC on one line with single spaces: names of organisations, addresses."""
    return _filled(" ".join(unicodedata.normalize("NFC", _visible(text)).split()))


# Taxpayers --------------------------------------------------------------------------------------------------

_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def tax_code(text: str) -> str:
    """Return a tax code: 10 digits with a valid check digit, those with a branch "-001", or a citizen number.

    Individuals and household businesses use their citizen number since 1/7/2025 (Circular 86/2024/TT-BTC).
    """
    code = _compact(text)
    message = _("Mã số thuế không hợp lệ. Vui lòng kiểm tra lại.")
    _matching(r"[0-9]{10}|[0-9]{12}|[0-9]{10}-?[0-9]{3}", code, message)
    if len(code) == 12:
        return code
    branch = code[10:].removeprefix("-")
    if not _tax_check_holds(code) or branch == "000":
        raise ValueError(message)
    return f"{code[:10]}-{branch}" if branch else code


def _tax_check_holds(digits: str) -> bool:
    """Whether the tenth digit follows from the nine before; when it would be 10, no such code was issued."""
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, digits[:9], strict=True))
    return 10 - total % 11 == int(digits[9])


# Ways to reach people ---------------------------------------------------------------------------------------

_MOBILE = r"0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}"
_LANDLINE = r"02[0-9]{9}"
_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN = r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"


def mobile(text: str) -> str:
    """Return a Vietnamese mobile number as 0912345678, from +84 912 345 678 and the like."""
    return _phone(_MOBILE, text)


def landline(text: str) -> str:
    """Return a Vietnamese landline number as 02603797799, from 0260.3797799 and the like."""
    return _phone(_LANDLINE, text)


def phone(text: str) -> str:
    """Return a mobile or landline number, as the two above do."""
    return _phone(f"{_MOBILE}|{_LANDLINE}", text)


def email(text: str) -> str:
    """Return an e-mail address of at most 254 characters, its domain in small letters."""
    message = _("Thư điện tử không đúng định dạng. Vui lòng kiểm tra lại.")
    address = _matching(f"{_LOCAL_PART}@{_DOMAIN}", _filled(_visible(text).strip()), message)
    local, domain = address.split("@")
    if len(address) > 254 or len(local) > 64:
        raise ValueError(message)
    return f"{local}@{domain.lower()}"


def _phone(pattern: str, text: str) -> str:
    digits = re.sub(r"[-()]", "", _compact(text))
    local = re.sub(r"^(\+84|0084|84)0?", "0", digits)
    return _matching(pattern, local, _("Số điện thoại không đúng định dạng."))


# Dates and numbers ------------------------------------------------------------------------------------------


def day(text: str) -> date:
    """Return the date of 24/11/2026, also written with dashes or dots, as 24112026, or as 2026-11-24."""
    content = _filled(_visible(text).strip())
    content = re.sub(r"^([0-9]{2})([0-9]{2})([0-9]{4})$", r"\1/\2/\3", content)  # number pads have no slash
    found = re.fullmatch(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", content)
    parts = (found[4], found[3], found[1]) if found else content.split("-")
    try:
        year, month, number = (int(part) for part in parts)
        return date(year, month, number)
    except ValueError:
        raise ValueError(
            _("Ngày không hợp lệ. Vui lòng nhập theo dạng ngày/tháng/năm, ví dụ 24/11/2026.")
        ) from None


def birth_day(text: str) -> tuple[date, bool]:
    """Return a date of birth, and whether only the year is known: "1958" gives (01/01/1958, True)."""
    content = _filled(_visible(text).strip())
    if re.fullmatch(r"[12][0-9]{3}", content):
        return date(int(content), 1, 1), True
    return day(content), False


def decimal(text: str) -> Decimal:
    """Return the number of 1.234,5 (dots for thousands, a decimal comma); 1234.5 is understood too."""
    content = re.sub(r"\s", "", _filled(_visible(text).strip()))
    if re.fullmatch(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?|-?[0-9]+,[0-9]+", content):
        content = content.replace(".", "").replace(",", ".")
    return Decimal(_matching(r"-?[0-9]+(\.[0-9]+)?", content, _("Vui lòng nhập số, ví dụ 1.234,5.")))


def amount_vnd(text: str) -> int:
    """Return an amount in đồng, of 150000, 150.000, 150,000 or "150.000 đồng"; below 10^18."""
    content = re.sub(r"\s|(đồng|đ|₫|vnđ|vnd)\.?$", "", _filled(_visible(text).strip()).lower())
    pattern = r"[0-9]{1,18}|[1-9][0-9]{0,2}([.,])[0-9]{3}(\1[0-9]{3}){0,4}"
    message = _("Số tiền phải là số nguyên không âm, ví dụ 150.000.")
    return int(re.sub(r"[.,]", "", _matching(pattern, content, message)))


# Codes ------------------------------------------------------------------------------------------------------

_AGENCY = r"(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[A-Z][0-9]{2}(?:\.[0-9]{2})*"


def procedure_number(text: str) -> str:
    """Return the national number of a procedure, 2.001207, also from 2.001207.000.00.00.H34 or 2.001207.H34."""
    pattern = r"([1-9]\.[0-9]{6})(\.000\.00\.00)?(\.[A-Z][0-9]{2})?"
    code = _filled(_visible(text).strip()).upper()
    return _matching(pattern, code, _("Mã thủ tục không đúng định dạng. Vui lòng kiểm tra lại."))[:8]


def dossier_code(text: str) -> str:
    """Return a dossier code in capitals: H34.12-261122-0007, or the old 000.00.06.H56-231027-0361."""
    code = re.sub(r"\s", "", _filled(_visible(text).strip())).upper()
    pattern = rf"{_AGENCY}-[0-9]{{6}}-[0-9]{{4,5}}"
    return _matching(pattern, code, _("Mã hồ sơ không đúng định dạng. Vui lòng kiểm tra lại."))


def agency_code(text: str) -> str:
    """Return an agency code in capitals: H34, H34.12, or the old 000.00.12.H34."""
    code = _filled(_visible(text).strip()).upper()
    return _matching(_AGENCY, code, _("Mã cơ quan không đúng định dạng. Vui lòng kiểm tra lại."))


# Provinces --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 34 provinces since 1/7/2025; `kind` is not verified."""

    code: str  # of the statistics office, two digits
    name: str
    kind: str  # "province" or "city"


@dataclass(frozen=True, slots=True)
class OldProvince:
    """One of the 63 provinces before 1/7/2025."""

    code: str  # of its agencies: H34
    name: str
    gso: str  # of the statistics office then, two digits
    now: str  # code of the province it belongs to since


@lru_cache(maxsize=1)
def provinces() -> dict[str, Province]:
    """The 34 provinces by code, in order of their codes."""
    return {row["code"]: Province(**row) for row in _rows("provinces.json")}


@lru_cache(maxsize=1)
def old_provinces() -> dict[str, OldProvince]:
    """The 63 provinces of before by the code of their agencies, which stay in use: H01 to H63."""
    return {row["code"]: OldProvince(**row) for row in _rows("old_provinces.json")}


def province_code(text: str) -> str:
    """Return the code of one of the 34 provinces."""
    code = _compact(text)
    if code not in provinces():
        raise ValueError(_("Mã tỉnh, thành phố không có trong danh mục."))
    return code


@lru_cache(maxsize=1)
def _places_of_birth() -> dict[str, str]:
    return {f"0{old.gso}": old.name for old in old_provinces().values()}


def _rows(name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads((_DATA / name).read_text(encoding="utf-8"))["provinces"]
    return rows


# Reading ----------------------------------------------------------------------------------------------------


def _visible(text: str) -> str:
    """`text` without what copying brings along unseen: zero-width characters, controls, broken halves."""
    return "".join(
        character
        for character in text
        if unicodedata.category(character) not in ("Cf", "Cc", "Cs") or character.isspace()
    )


def _compact(text: str) -> str:
    """`text` in plain digits and letters: no spaces, no dots, every dash a hyphen."""
    plain = unicodedata.normalize("NFKC", _visible(text)).replace("–", "-").replace("‐", "-")
    return _filled(re.sub(r"[\s.]", "", plain))


def _filled(text: str) -> str:
    if not text:
        raise ValueError(_("Vui lòng nhập thông tin."))
    return text


def _matching(pattern: str, text: str, message: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(message)
    return text

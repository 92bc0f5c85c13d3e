import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.foundation import formats, vietnamese

CHECKS = [
    formats.citizen_number, formats.old_identity_number, formats.passport_number, formats.person_name,
    formats.one_line, formats.tax_code, formats.mobile, formats.landline, formats.phone, formats.email,
    formats.day, formats.birth_day, formats.decimal, formats.amount_vnd, formats.procedure_number,
    formats.dossier_code, formats.agency_code, formats.province_code,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\n"])
def test_an_empty_text_is_asked_for(check, text):
    with pytest.raises(ValueError, match=r"^Vui lòng nhập thông tin\.$"):
        check(text)


@pytest.mark.parametrize("check", CHECKS)
@given(text=st.text())
def test_any_text_is_either_read_or_refused_in_a_vietnamese_sentence(check, text):
    try:
        read = check(text)
    except ValueError as refusal:
        assert str(refusal).endswith(".")
        assert str(refusal).split()[0] in {"Vui", "Số", "Mã", "Họ", "Thư", "Ngày"}
    else:
        if isinstance(read, str):
            assert check(read) == read


@pytest.mark.parametrize(
    "text", ["062199000123", " 062 199 000 123 ", "062.199.000.123", "０６２１９９０００１２３"]
)
def test_a_citizen_number_is_twelve_digits(text):
    assert formats.citizen_number(text) == "062199000123"


@pytest.mark.parametrize("text", ["06219900012", "0621990001234", "06219900012a", "٠٦٢١٩٩٠٠٠١٢٣x"])
def test_anything_else_is_no_citizen_number(text):
    with pytest.raises(ValueError, match=r"^Số định danh cá nhân phải gồm 12 chữ số\.$"):
        formats.citizen_number(text)


@pytest.mark.parametrize(
    ("number", "place", "gender", "year"),
    [
        ("001085000001", "Hà Nội", "male", 1985),
        ("062199000123", "Kon Tum", "female", 1999),
        ("051201000123", "Quảng Ngãi", "male", 2001),
        ("096310000123", "Cà Mau", "female", 2010),
        ("111085000001", None, "male", 1985),
        ("001405000001", "Hà Nội", "male", 2105),
    ],
)
def test_a_citizen_number_tells_place_gender_and_year(number, place, gender, year):
    assert formats.read_citizen_number(number) == formats.CitizenNumber(place, gender, year)


def test_what_does_not_agree_with_a_citizen_number_is_a_warning_only():
    number = "062199000123"
    assert formats.citizen_number_warnings(number, born_on=date(1999, 5, 1), gender="female") == []
    year, gender = formats.citizen_number_warnings(number, born_on=date(1998, 5, 1), gender="male")
    assert "năm sinh" in year
    assert "giới tính" in gender
    assert "nơi đăng ký khai sinh" in formats.citizen_number_warnings("003199000123")[0]
    assert formats.citizen_number_warnings("111199000123") == []


def test_the_old_identity_card_has_nine_digits():
    assert formats.old_identity_number("233 123 456") == "233123456"
    with pytest.raises(ValueError, match="9 chữ số"):
        formats.old_identity_number("23312345")


def test_passports_are_vietnamese_or_foreign():
    assert formats.passport_number("c1234567", vietnamese=True) == "C1234567"
    assert formats.passport_number("12ab-5678".replace("-", "")) == "12AB5678"
    for text, vietnamese_only in [
        ("AB123456", True),
        ("C123456", True),
        ("1234", False),
        ("Đ1234567", False),
    ]:
        with pytest.raises(ValueError, match="Số hộ chiếu"):
            formats.passport_number(text, vietnamese=vietnamese_only)


@pytest.mark.parametrize(
    "code", ["0100109106", "0300588569", "0101248141", "0100684378", "0100686209", "0301442379"]
)
def test_known_tax_codes_pass_and_any_digit_changed_does_not(code):
    assert formats.tax_code(f" {code} ") == code
    for place in range(10):
        for digit in set("0123456789") - {code[place]}:
            with pytest.raises(ValueError, match="Mã số thuế không hợp lệ"):
                formats.tax_code(code[:place] + digit + code[place + 1 :])


@pytest.mark.parametrize("text", ["0100109106-001", "0100109106001", "0100109106 – 001"])
def test_a_branch_has_three_more_digits(text):
    assert formats.tax_code(text) == "0100109106-001"


def test_a_citizen_number_is_a_tax_code_too():
    assert formats.tax_code("062199000123") == "062199000123"


@pytest.mark.parametrize("text", ["0100109106-000", "0100109106-01", "010010910", "0100109107", "01001091O6"])
def test_wrong_tax_codes_are_refused(text):
    with pytest.raises(ValueError, match=r"^Mã số thuế không hợp lệ\. Vui lòng kiểm tra lại\.$"):
        formats.tax_code(text)


@given(st.integers(0, 10**9 - 1))
def test_of_ten_check_digits_one_is_right_or_none_was_issued(prefix):
    passing = [digit for digit in range(10) if accepted(formats.tax_code, f"{prefix:09}{digit}")]
    total = sum(w * int(d) for w, d in zip((31, 29, 23, 19, 17, 13, 7, 5, 3), f"{prefix:09}", strict=True))
    assert passing == ([] if total % 11 == 0 else [(10 - total) % 11])


def accepted(check, text):
    try:
        check(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "text",
    ["0912345678", "+84912345678", "84912345678", "0084 912 345 678", "091.234.5678", "(+84) 912-345-678",
     "+84 (0) 912345678", "0912\u00a0345\u00a0678"],
)  # fmt: skip
def test_a_mobile_number_is_stored_with_its_zero(text):
    assert formats.mobile(text) == "0912345678"
    assert formats.phone(text) == "0912345678"


@pytest.mark.parametrize(
    "prefix",
    [
        "032",
        "039",
        "052",
        "055",
        "056",
        "058",
        "059",
        "070",
        "076",
        "079",
        "081",
        "089",
        "090",
        "094",
        "096",
        "099",
    ],
)
def test_mobile_prefixes_in_use_are_known(prefix):
    assert formats.mobile(f"{prefix}1234567") == f"{prefix}1234567"


@pytest.mark.parametrize(
    "text",
    [
        "0312345678",
        "0512345678",
        "0712345678",
        "0801234567",
        "0951234567",
        "091234567",
        "09123456789",
        "1900",
    ],
)
def test_other_mobile_numbers_are_refused(text):
    with pytest.raises(ValueError, match=r"^Số điện thoại không đúng định dạng\.$"):
        formats.mobile(text)


@pytest.mark.parametrize("text", ["0260.3797799", "+84 260 3797799", "842603797799", "(0260) 379 7799"])
def test_a_landline_number_is_stored_with_its_zero(text):
    assert formats.landline(text) == "02603797799"
    assert formats.phone(text) == "02603797799"


def test_a_landline_is_no_mobile_and_a_mobile_no_landline():
    assert not accepted(formats.mobile, "02603797799")
    assert not accepted(formats.landline, "0912345678")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        (" an.nguyen@Example.VN ", "an.nguyen@example.vn"),
        ("An+hoso@kontum.gov.vn", "An+hoso@kontum.gov.vn"),
        ("a@b.vn", "a@b.vn"),
        ("x@sub.xn--fiqs8s", "x@sub.xn--fiqs8s"),
    ],
)
def test_an_email_keeps_its_first_part_and_lowers_its_domain(text, stored):
    assert formats.email(text) == stored


@pytest.mark.parametrize(
    "text",
    ["an", "an@", "@b.vn", "an@b", "a n@b.vn", "an@@b.vn", ".an@b.vn", "an.@b.vn", "a..n@b.vn", "an@-b.vn",
     "đăng@b.vn", "an@b.vn\nbcc:x@y.vn", "a" * 65 + "@b.vn", "a@" + "b" * 250 + ".vn", "a@" + "b." * 126 + "vn"],
)  # fmt: skip
def test_wrong_emails_are_refused(text):
    with pytest.raises(ValueError, match=r"^Thư điện tử không đúng định dạng\."):
        formats.email(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("  Nguyễn   Văn\tAn ", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Trần Thị Bình"), "Trần Thị Bình"),
        ("H’Hen Niê", "H'Hen Niê"),
        ("Y Blôk Êban", "Y Blôk Êban"),
        ("A Biu", "A Biu"),
        ("Jean-Luc O'Neil Jr.", "Jean-Luc O'Neil Jr."),
    ],
)
def test_names_keep_their_accents_in_one_normal_form(text, stored):
    assert formats.person_name(text) == stored
    assert unicodedata.is_normalized("NFC", formats.person_name(text))


def test_what_a_database_cannot_store_is_dropped():
    assert formats.one_line("Công ty\x00 \ud800Măng\u200b Đen") == "Công ty Măng Đen"


@pytest.mark.parametrize("text", ["Nguyễn Văn 2", "An <b>", "-An", "...", "An@", "😀"])
def test_names_hold_letters(text):
    with pytest.raises(ValueError, match="Họ và tên"):
        formats.person_name(text)


@pytest.mark.parametrize("text", ["24/11/2026", "24-11-2026", "24.11.2026", "24112026", "2026-11-24", " 24/11/2026 "])
def test_a_day_is_read_in_the_ways_people_write_it(text):
    assert formats.day(text) == date(2026, 11, 24)


@given(st.dates())
def test_a_day_written_by_us_is_read_again(day):
    assert formats.day(vietnamese.day(day)) == day
    assert formats.day(day.isoformat()) == day


@pytest.mark.parametrize(
    "text",
    ["31/02/2026", "24/13/2026", "11/24/2026", "24/11/26", "24/11-2026", "24 tháng 11", "0/1/2026", "2026"],
)
def test_days_that_do_not_exist_are_refused(text):
    with pytest.raises(ValueError, match="Ngày không hợp lệ"):
        formats.day(text)


def test_of_some_births_only_the_year_is_known():
    assert formats.birth_day("1958") == (date(1958, 1, 1), True)
    assert formats.birth_day("1/1/1958") == (date(1958, 1, 1), False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", "1234.5"), ("1234,5", "1234.5"), ("1234.5", "1234.5"), ("1.234", "1234"), ("0.125", "0.125"),
        ("-3", "-3"), ("1.234.567", "1234567"), ("1 234", "1234"), ("0,5", "0.5"), ("12.34", "12.34"),
    ],
)  # fmt: skip
def test_numbers_are_read_with_a_decimal_comma(text, value):
    assert formats.decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["một", "1.23.4", "1,2,3", "1e5", "NaN", "--1", "1.234.56", ","])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="Vui lòng nhập số"):
        formats.decimal(text)


@given(st.integers(-(10**12), 10**12))
def test_numbers_and_amounts_written_by_us_are_read_again(value):
    assert formats.decimal(vietnamese.number(value)) == value
    if value >= 0:
        assert formats.amount_vnd(vietnamese.money(value)) == value


@pytest.mark.parametrize(
    "text", ["150000", "150.000", "150,000", "150.000 đồng", "150 000đ", "150.000 VNĐ", "150.000₫"]
)
def test_amounts_are_read_in_the_ways_people_write_them(text):
    assert formats.amount_vnd(text) == 150000


@pytest.mark.parametrize(
    "text", ["-1", "1,5", "150.00", "1.000,000", "đồng", "mười", "9" * 5000, "9" + ".999" * 9]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"Số tiền|Vui lòng"):
        formats.amount_vnd(text)


@pytest.mark.parametrize("text", ["2.001207", "2.001207.000.00.00.H34", "2.001207.h34", " 2.001207 "])
def test_a_procedure_is_known_by_its_national_number(text):
    assert formats.procedure_number(text) == "2.001207"


@pytest.mark.parametrize("text", ["2001207", "0.001207", "2.00120", "2.001207.000.00.H34", "2.001207.34"])
def test_wrong_procedure_numbers_are_refused(text):
    with pytest.raises(ValueError, match="Mã thủ tục"):
        formats.procedure_number(text)


@pytest.mark.parametrize(
    "code", ["000.00.06.H56-231027-0361", "H48.12-261122-0007", "H34.12-261122-0007", "H34-261122-00071"]
)
def test_dossier_codes_old_and_new_are_known(code):
    assert formats.dossier_code(f" {code.lower()} ") == code


@pytest.mark.parametrize(
    "code", ["H34.12-26112-0007", "H34.12-261122-007", "34.12-261122-0007", "H34.12", "H34.1-261122-0007"]
)
def test_wrong_dossier_codes_are_refused(code):
    with pytest.raises(ValueError, match="Mã hồ sơ không đúng định dạng"):
        formats.dossier_code(code)


def test_agency_codes_old_and_new_are_known():
    for code in ("H34", "H34.12", "H34.12.01", "000.00.12.H34"):
        assert formats.agency_code(code.lower()) == code
    with pytest.raises(ValueError, match="Mã cơ quan"):
        formats.agency_code("H3")


def test_there_are_34_provinces_and_63_of_before_that_lead_to_them():
    assert len(formats.provinces()) == 34
    assert list(formats.old_provinces()) == [f"H{number:02}" for number in range(1, 64)]
    assert {old.now for old in formats.old_provinces().values()} == set(formats.provinces())
    assert len({old.gso for old in formats.old_provinces().values()}) == 63
    assert formats.provinces()["51"].name == "Quảng Ngãi"


def test_kon_tum_is_in_quang_ngai_now():
    kon_tum = formats.old_provinces()["H34"]
    assert (kon_tum.name, kon_tum.gso) == ("Kon Tum", "62")
    assert formats.provinces()[kon_tum.now].name == "Quảng Ngãi"


def test_a_province_took_its_code_from_one_of_those_it_was_made_of():
    for code in formats.provinces():
        assert code in {old.gso for old in formats.old_provinces().values() if old.now == code}


def test_a_province_code_is_one_of_the_34():
    assert formats.province_code("51") == "51"
    with pytest.raises(ValueError, match="danh mục"):
        formats.province_code("62")

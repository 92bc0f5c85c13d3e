import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.foundation import vietnamese
from motcua.foundation.time import HANOI

ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
vietnamese_text = st.text("aàảãáạăằâậbcdđeêệghiklmnoôơởpqrstuưữvxyAÀĂĐÊỆÔƠỮ ", max_size=30)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký công bố hợp chuẩn", "dang ky cong bo hop chuan"),
        ("  ĐẮK  LẮK\n", "dak lak"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Thuỷ"), "nguyen thi thuy"),
        ("2.001207", "2.001207"),
        ("Y Blôk Êban", "y blok eban"),
        ("", ""),
    ],
)
def test_folded_text_has_no_accents_no_case_and_single_spaces(text, folded):
    assert vietnamese.fold(text) == folded


@given(vietnamese_text)
def test_folding_twice_changes_nothing_and_both_normal_forms_fold_alike(text):
    folded = vietnamese.fold(text)
    assert vietnamese.fold(folded) == folded
    assert vietnamese.fold(unicodedata.normalize("NFD", text)) == folded
    assert re.fullmatch("[a-z ]*", folded)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Lệ phí hồ sơ H48.12-261122-0007", "Le phi ho so H48.12-261122-0007"),
        ("Đồng chí Đặng Thị Ngọc", "Dong chi Dang Thi Ngoc"),
        ("“Hợp chuẩn” – 150.000 ₫…", '"Hop chuan" - 150.000 d...'),
        ("dòng một\r\ndòng hai\ttab\u00a0hết", "dong mot dong hai tab het"),
        ("漢字 và 😀", "va"),
    ],
)
def test_unaccented_text_is_plain_ascii(text, plain):
    assert vietnamese.unaccented(text) == plain


@given(st.text())
def test_unaccented_text_is_always_printable_ascii_on_one_line(text):
    assert re.fullmatch(r"([!-~]+( [!-~]+)*)?", vietnamese.unaccented(text))


def test_letters_follow_the_vietnamese_alphabet():
    assert sorted(set(ALPHABET), key=vietnamese.sort_key) == list(ALPHABET)
    assert sorted(set(ALPHABET.upper()), key=vietnamese.sort_key) == list(ALPHABET.upper())


def test_tones_come_after_letters_in_the_order_ngang_huyen_hoi_nga_sac_nang():
    words = ["ma", "mà", "mả", "mã", "má", "mạ", "mai", "mài", "măn", "mâm", "me"]
    assert sorted(set(words), key=vietnamese.sort_key) == words
    for vowel in "aăâeêioôơuưy":
        toned = [unicodedata.normalize("NFC", vowel + tone) for tone in TONES]
        assert sorted(set(toned), key=vietnamese.sort_key) == toned


def test_a_word_is_compared_whole_before_the_next_word():
    names = ["Ba Vì", "Bà Rịa", "Bạc Liêu", "Bắc Giang", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Huế", "Sơn La"]
    assert sorted(set(names), key=vietnamese.sort_key) == names


def test_where_the_tone_is_written_in_a_word_makes_no_difference():
    assert vietnamese.sort_key("hoà") == vietnamese.sort_key("hòa") != vietnamese.sort_key("hoa")


def test_numbers_sort_by_value_and_before_letters():
    wards = ["Phường 2", "Phường 10", "Phường 100", "Phường An Phú"]
    assert sorted(set(wards), key=vietnamese.sort_key) == wards


def test_people_are_listed_by_given_name_then_family_name_then_middle_name():
    people = [
        "Lê Văn An",
        "Nguyễn Thị An",
        "Nguyễn Văn An",
        "Trần Văn Ân",
        "Phạm Bình",
        "Đỗ Thị Đào",
        "Y Blôk Êban",
    ]
    assert sorted(set(people), key=vietnamese.person_sort_key) == people


def test_a_person_without_a_name_still_has_a_place():
    assert vietnamese.person_sort_key("") == "" == vietnamese.sort_key("—")


@given(st.text())
def test_sort_keys_hold_digits_only_so_that_any_database_sorts_them_alike(text):
    assert re.fullmatch("[0-9]*", vietnamese.sort_key(text))


@given(vietnamese_text, vietnamese_text)
def test_a_text_that_goes_on_stands_after_the_text_it_begins_with(first, more):
    assert vietnamese.sort_key(first) <= vietnamese.sort_key(f"{first} {more}")


@given(vietnamese_text)
def test_case_and_spaces_do_not_change_the_place(text):
    assert vietnamese.sort_key(text) == vietnamese.sort_key(f" {text.upper()} ")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (999, "999"),
        (1234567, "1.234.567"),
        (-1500, "-1.500"),
        (1234.5, "1.234,5"),
        (Decimal("0.25"), "0,25"),
    ],
)
def test_numbers_have_dots_for_thousands_and_a_comma_for_decimals(value, written):
    assert vietnamese.number(value) == written


def test_money_is_written_in_dong():
    assert vietnamese.money(150000) == "150.000 đồng"
    assert vietnamese.money(0) == "0 đồng"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (1, "Một đồng"),
        (10, "Mười đồng"),
        (11, "Mười một đồng"),
        (15, "Mười lăm đồng"),
        (20, "Hai mươi đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (25, "Hai mươi lăm đồng"),
        (14, "Mười bốn đồng"),
        (101, "Một trăm lẻ một đồng"),
        (104, "Một trăm lẻ bốn đồng"),
        (105, "Một trăm lẻ năm đồng"),
        (110, "Một trăm mười đồng"),
        (115, "Một trăm mười lăm đồng"),
        (555, "Năm trăm năm mươi lăm đồng"),
        (1_000, "Một nghìn đồng"),
        (1_005, "Một nghìn không trăm lẻ năm đồng"),
        (1_050, "Một nghìn không trăm năm mươi đồng"),
        (150_000, "Một trăm năm mươi nghìn đồng"),
        (1_000_005, "Một triệu không trăm lẻ năm đồng"),
        (1_005_000, "Một triệu không trăm lẻ năm nghìn đồng"),
        (21_021_021, "Hai mươi mốt triệu không trăm hai mươi mốt nghìn không trăm hai mươi mốt đồng"),
        (1_000_000_000, "Một tỷ đồng"),
        (1_000_000_001, "Một tỷ không trăm lẻ một đồng"),
        (2_500_000_000_000, "Hai nghìn năm trăm tỷ đồng"),
        (10**15, "Một triệu tỷ đồng"),
    ],
)
def test_money_is_said_in_words_as_on_a_receipt(amount, words):
    assert vietnamese.money_words(amount) == words


@pytest.mark.parametrize("amount", [-1, 10**18])
def test_there_are_no_words_for_negative_and_boundless_amounts(amount):
    with pytest.raises(ValueError, match="no words"):
        vietnamese.money_words(amount)


DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
    "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
}  # fmt: skip


def read_words(words: str) -> int:
    """Read an amount back by the meaning of each word, knowing nothing of how it was written."""
    *head, tail = f" {words} ".split(" tỷ ") if " tỷ " in f" {words} " else ("", words)
    total = read_words(" tỷ ".join(head).strip()) * 10**9 if head and head[0] else 0
    group = last = 0
    for word in tail.split():
        if word in DIGITS:
            last = DIGITS[word]
        elif word == "lẻ":
            continue
        elif word == "mười":
            group += 10
        elif word in ("mươi", "trăm"):
            group += last * (10 if word == "mươi" else 100)
            last = 0
        else:
            total += (group + last) * {"nghìn": 10**3, "triệu": 10**6}[word]
            group = last = 0
    return total + group + last


@given(st.integers(0, 10**15) | st.integers(0, 9999) | st.integers(0, 15).map(lambda power: 10**power))
@settings(max_examples=500)
def test_words_read_back_give_the_same_amount(amount):
    words = vietnamese.money_words(amount)
    assert read_words(words.removesuffix(" đồng").lower()) == amount
    assert words[0].isupper() and words[1:].islower() and "  " not in words


@given(st.integers(0, 10**15))
def test_words_keep_the_rules_of_speech(amount):
    words = f" {vietnamese.number_words(amount)} "
    for wrong in (" mươi một ", " mươi năm ", " mươi bốn ", " mười mốt ", " mười tư ", " mười năm ", " lẻ lăm ",
                  " lẻ mốt ", " lẻ tư ", " trăm lăm ", " một mươi ", " không mươi ", " trăm không "):  # fmt: skip
        assert wrong not in words


@pytest.mark.parametrize(
    ("value", "written"), [(date(2026, 11, 24), "24/11/2026"), (date(2026, 2, 5), "05/02/2026")]
)
def test_a_day_is_written_day_month_year(value, written):
    assert vietnamese.day(value) == written


def test_a_moment_is_written_with_its_hour_first_in_hanoi_time():
    assert vietnamese.moment(datetime(2026, 11, 24, 9, 15, tzinfo=HANOI)) == "09:15, thứ Ba 24/11/2026"
    assert vietnamese.moment(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)) == "06:30, Chủ nhật 22/11/2026"
    assert vietnamese.day(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)) == "22/11/2026"


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        vietnamese.moment(datetime(2026, 11, 24, 9, 15))


def test_every_weekday_has_its_name():
    names = [vietnamese.weekday_and_day(date(2026, 11, 23 + offset)).rsplit(" ", 1)[0] for offset in range(7)]
    assert names == ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]


def test_a_day_in_words_has_the_zeros_of_official_papers():
    assert vietnamese.day_words(date(2026, 11, 24)) == "ngày 24 tháng 11 năm 2026"
    assert vietnamese.day_words(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert vietnamese.day_words(date(2026, 3, 15)) == "ngày 15 tháng 3 năm 2026"

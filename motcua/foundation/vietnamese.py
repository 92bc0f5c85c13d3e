"""The Vietnamese language: folding, alphabetical order, amounts, dates, numbers in words.

What is written here is always Vietnamese, whatever language the page is in: it goes on papers that the law
asks for in Vietnamese, and the shapes (24/11/2026, 1.234.567) are those of Vietnam.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import ParamSpec, TypeVar

from django.utils import translation

from motcua.foundation.time import HANOI

_Day = TypeVar("_Day", date, datetime)
_Given = ParamSpec("_Given")
_Text = TypeVar("_Text")

_MARKS = dict.fromkeys(range(0x300, 0x370))
_FOLD = _MARKS | {ord("đ"): "d"}
_PLAIN = _MARKS | str.maketrans(
    {"đ": "d", "Đ": "D", "₫": "d", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'",
     "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "•": "-", "×": "x"}
)  # fmt: skip


def fold(text: str) -> str:
    """Return `text` as searches compare it: lower case, no accents, đ as d, single spaces."""
    bare = unicodedata.normalize("NFD", text.lower()).translate(_FOLD)
    return " ".join(unicodedata.normalize("NFC", bare).split())


def unaccented(text: str) -> str:
    """Return `text` in printable ASCII, case kept: for text messages and the order line of a bank.

    Accents go, đ becomes d, typographic quotes and dashes become plain ones, spaces and line breaks become
    single spaces, and what has no plain form is left out.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN)).translate(_PLAIN)
    spaced = "".join(character if character.isprintable() else " " for character in plain)
    return " ".join(spaced.encode("ascii", "ignore").decode("ascii").split())


def in_vietnamese(write: Callable[_Given, _Text]) -> Callable[_Given, _Text]:
    """Let `write` find Vietnamese texts, though who asks reads his pages in English: for papers and letters."""

    @wraps(write)
    def written(*args: _Given.args, **kwargs: _Given.kwargs) -> _Text:
        with translation.override("vi"):
            return write(*args, **kwargs)

    return written


# Alphabetical order -----------------------------------------------------------------------------------------

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER = {letter: f"{place:02}" for place, letter in enumerate(_ALPHABET, start=10)}
_TONE = {"\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0301": "5", "\u0323": "6"}  # huyền hỏi ngã sắc nặng
_LEVEL = "1"  # thanh ngang, the tone without a mark
_HATS = {"\u0306": "ă", "\u0302": "âêô", "\u031b": "ơư"}
_HATTED = {
    (unicodedata.normalize("NFD", letter)[0], mark): letter
    for mark, letters in _HATS.items()
    for letter in letters
}
_SYLLABLE = re.compile(r"[0-9]+|[^\W\d_]+")


def sort_key(text: str) -> str:
    """Return the key by which `text` stands in Vietnamese alphabetical order.

    As in a Vietnamese dictionary, words are compared one after the other, each by its letters
    (a ă â b c d đ e ê …) and then by its tone (ngang, huyền, hỏi, ngã, sắc, nặng); case does not count;
    numbers stand before letters, by value. The key holds digits only, so every database collation
    sorts it alike.
    """
    lower = unicodedata.normalize("NFC", text.lower())
    return "".join(_syllable_key(syllable) for syllable in _SYLLABLE.findall(lower))


def person_sort_key(full_name: str) -> str:
    """Return the key by which a person stands in a list: by given name (the last word), then the rest."""
    words = full_name.split()
    return sort_key(" ".join(words[-1:] + words[:-1]))


def _syllable_key(syllable: str) -> str:
    if syllable.isascii() and syllable.isdigit():
        value = syllable.lstrip("0")
        return f"01{len(value):02}{value}"
    letters: list[str] = []
    tone = _LEVEL
    for character in unicodedata.normalize("NFD", syllable):
        if character in _TONE:
            tone = _TONE[character]
        elif letters and (letters[-1], character) in _HATTED:
            letters[-1] = _HATTED[letters[-1], character]
        elif not unicodedata.combining(character):
            letters.append(character)
    return "".join(_LETTER.get(letter) or f"99{ord(letter):07}" for letter in letters) + "00" + tone


# Numbers and money ------------------------------------------------------------------------------------------


def number(value: int | float | Decimal) -> str:
    """Return `value` with a dot every three digits and a decimal comma: 1.234.567 or 0,5."""
    return f"{value:,}".translate({ord(","): ".", ord("."): ","})


def money(amount_vnd: int) -> str:
    """Return an amount in đồng: 150.000 đồng."""
    return f"{number(amount_vnd)} đồng"


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ((1_000_000, " triệu"), (1_000, " nghìn"), (1, ""))
_BILLION = 1_000_000_000
WORDS_LIMIT = 10**18  # the first number that number_words refuses


def number_words(value: int) -> str:
    """Return a whole number in words: "một trăm lẻ năm nghìn".

    Of zero or more and below 10^18, otherwise ValueError. Writes "lẻ" (said "linh" in the north), "mốt", "tư"
    and "lăm" where they belong, and names no empty group: 1.000.005 is "một triệu không trăm lẻ năm".
    """
    if not 0 <= value < WORDS_LIMIT:
        raise ValueError(f"no words for {value}")
    return _words(value) if value else _DIGITS[0]


def money_words(amount_vnd: int) -> str:
    """Return an amount in đồng in words, as receipts must: "Một trăm năm mươi nghìn đồng"."""
    words = number_words(amount_vnd)
    return f"{words[0].upper()}{words[1:]} đồng"


def _words(value: int) -> str:
    parts = []
    billions, value = divmod(value, _BILLION)
    if billions:
        parts.append(_words(billions) + " tỷ")
    for size, name in _GROUPS:
        group, value = divmod(value, size)
        if group:
            parts.append(_three_digits(group, inner=bool(parts)) + name)
    return " ".join(parts)


def _three_digits(group: int, *, inner: bool) -> str:
    """Words of 1 to 999; `inner` when larger groups stand before it, so that its zeros are said."""
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [f"{_DIGITS[hundreds]} trăm"] if hundreds or inner else []
    if tens == 0 and ones and words:
        words.append("lẻ")
    elif tens == 1:
        words.append("mười")
    elif tens > 1:
        words.append(f"{_DIGITS[tens]} mươi")
    if ones == 5 and tens:
        words.append("lăm")
    elif ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 4 and tens > 1:
        words.append("tư")
    elif ones:
        words.append(_DIGITS[ones])
    return " ".join(words)


# Dates ------------------------------------------------------------------------------------------------------

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")  # Monday first


def day(value: date) -> str:
    """Return 24/11/2026. A moment is taken at its day in Hanoi."""
    value = _in_hanoi(value)
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def weekday_and_day(value: date) -> str:
    """Return "thứ Ba 24/11/2026"."""
    value = _in_hanoi(value)
    return f"{WEEKDAYS[value.weekday()]} {day(value)}"


def moment(value: datetime) -> str:
    """Return "09:15, thứ Ba 24/11/2026", in Hanoi time. Raises ValueError when `value` is naive."""
    value = _in_hanoi(value)
    return f"{value:%H:%M}, {weekday_and_day(value)}"


def day_words(value: date) -> str:
    """Return "ngày 24 tháng 11 năm 2026".

    Days below 10 and the months 1 and 2 have a zero before them: "ngày 05 tháng 02 năm 2026"
    (Decree 30/2020/NĐ-CP, appendix I).
    """
    value = _in_hanoi(value)
    month = f"{value.month:02}" if value.month <= 2 else value.month
    return f"ngày {value.day:02} tháng {month} năm {value.year}"


def _in_hanoi(value: _Day) -> _Day:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(HANOI)
    return value

"""From what was typed to an answer, and back: one field at a time.

Whatever was typed is kept. What cannot be read as the field's type stays as the text it is, beside a problem
that says what to do; rules see such a field as empty.
"""

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.foundation import formats, vietnamese
from motcua.procedures.answers import is_iso_date
from motcua.procedures.parts import Field

ROWS_LIMIT = 500  # of one table, whatever the form says
_LONGEST = {"text": 500, "address": 500, "email": 254}
_LONGEST_OTHERWISE = 10_000
_DIGITS_LIMIT = 15  # of a number: a double keeps so many exactly
_FORMATS: dict[str, Callable[[str], str]] = {
    "email": formats.email,
    "phone": formats.phone,
    "citizen_id": formats.citizen_number,
    "tax_code": formats.tax_code,
}

Cleaned = tuple[Any, str | None]  # the value to keep, and what is wrong with it


def tidy(text: str, *, lines: bool = False) -> str:
    """`text` without control characters, composed (NFC), with single spaces; line breaks are kept when asked."""
    text = text.encode("utf-8", "ignore").decode()  # lone surrogates cannot be stored
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not lines:
        return " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in text).split())
    kept = "".join(c for c in text if c in "\n\t" or c.isprintable())
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip()


def clean(field: Field, text: str, today: date) -> Cleaned:
    """Read one typed text as the field's type. An empty text is no answer and no problem."""
    text = tidy(text, lines=field.type == "long_text")
    if not text:
        return "", None
    match field.type:
        case "number" | "money":
            return _clean_number(field, text)
        case "date":
            return _clean_date(field, text, today)
        case "yes_no":
            truths = {"yes": True, "no": False}
            return (truths[text], None) if text in truths else (text, _("Vui lòng chọn Có hoặc Không."))
        case "choice":
            known = any(option.value == text for option in field.options)
            return text, None if known else _("Vui lòng chọn một mục trong danh sách.")
        case _:
            return _clean_text(field, text)


def clean_choices(field: Field, texts: Sequence[str]) -> Cleaned:
    """Read the chosen values of a field of several choices, in the order of the options."""
    chosen = {tidy(text) for text in texts} - {""}
    known = [option.value for option in field.options if option.value in chosen]
    strange = sorted(chosen - set(known))
    return known + strange, _("Vui lòng chọn các mục trong danh sách.") if strange else None


def clean_table(
    field: Field, rows: Sequence[Mapping[str, Sequence[str]]], today: date
) -> tuple[list[Any], dict[str, str]]:
    """Read the rows of a table; rows without any text are left out.

    Problems are keyed "table-0-column" by the row's place in the returned list.
    """
    values: list[Any] = []
    problems: dict[str, str] = {}
    for row in rows[:ROWS_LIMIT]:
        cells, row_problems = {}, {}
        for column in field.columns:
            texts = row.get(column.id, ())
            if column.type == "choices":
                cells[column.id], problem = clean_choices(column, texts)
            else:
                cells[column.id], problem = clean(column, texts[-1] if texts else "", today)
            if not problem and column.required and cells[column.id] in ("", []):
                problem = missing(column)
            if problem:
                row_problems[f"{field.id}-{len(values)}-{column.id}"] = problem
        if any(cell not in ("", []) for cell in cells.values()):
            values.append(cells)
            problems |= row_problems
    return values, problems


def count_problem(field: Field, rows: Sequence[Any]) -> str | None:
    """What is wrong with the number of rows of a table."""
    least = max(field.min_rows, 1 if field.required else 0)
    most = min(field.max_rows or ROWS_LIMIT, ROWS_LIMIT)
    if len(rows) < least:
        return ngettext(
            "Vui lòng nhập ít nhất %(rows)d dòng: %(label)s.",
            "Vui lòng nhập ít nhất %(rows)d dòng: %(label)s.",
            least,
        ) % {"rows": least, "label": field.label}
    if len(rows) > most:
        return ngettext(
            "Chỉ được nhập tối đa %(rows)d dòng: %(label)s.",
            "Chỉ được nhập tối đa %(rows)d dòng: %(label)s.",
            most,
        ) % {"rows": most, "label": field.label}
    return None


def missing(field: Field) -> str:
    """What to say when a required field has no answer."""
    if field.type in ("choice", "choices", "yes_no"):
        return _("Vui lòng chọn: %(label)s.") % {"label": field.label}
    return _("Vui lòng nhập thông tin: %(label)s.") % {"label": field.label}


def input_text(field: Field, value: Any) -> str:
    """What stands in the input of a field that has this value; reading it again gives the value back."""
    if value is None or isinstance(value, list):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, int | float):
        number = vietnamese.number(
            Decimal(f"{value:.6f}").normalize() + 0 if isinstance(value, float) else value
        )
        return (
            number if field.type == "money" or abs(value) >= 10_000 else number.replace(".", "")
        )  # a year: 2026
    if field.type == "date" and is_iso_date(value):
        return vietnamese.day(date.fromisoformat(value))
    return str(value)


def display_text(field: Field, value: Any) -> str:
    """The value in words, as a citizen reads it back; rows of a table are told one a line."""
    if value is None or value in ("", []):
        return ""
    match field.type:
        case "yes_no" if isinstance(value, bool):
            return _("Có") if value else _("Không")
        case "choice":
            return field.option_label(str(value))
        case "choices" if isinstance(value, list):
            return "; ".join(field.option_label(str(part)) for part in value)
        case "money" if isinstance(value, int):
            return vietnamese.money(value)
        case "table" if isinstance(value, list):
            return "\n".join(_row_text(field, row) for row in value if isinstance(row, dict))
        case _:
            return input_text(field, value)


def _row_text(field: Field, row: Mapping[str, Any]) -> str:
    cells = [(column.label, display_text(column, row.get(column.id))) for column in field.columns]
    return "; ".join(f"{label}: {text}" for label, text in cells if text)


# By type ------------------------------------------------------------------------------------------------------


def _clean_number(field: Field, text: str) -> Cleaned:
    try:
        number = Decimal(formats.amount_vnd(text)) if field.type == "money" else formats.decimal(text)
    except ValueError as mistake:
        return text, str(mistake)
    if abs(number) >= 10**_DIGITS_LIMIT:
        return text, _("Số này quá lớn. Vui lòng kiểm tra lại.")
    if number != round(number, field.decimals):
        return text, _too_precise(field.decimals)
    value: int | float = float(number) if field.decimals else int(number)
    if field.min is not None and value < field.min:
        return text, _("Vui lòng nhập số không nhỏ hơn %(least)s.") % {"least": vietnamese.number(field.min)}
    if field.max is not None and value > field.max:
        return text, _("Vui lòng nhập số không lớn hơn %(most)s.") % {"most": vietnamese.number(field.max)}
    return value + 0, None  # + 0 makes a negative zero plain


def _too_precise(decimals: int) -> str:
    if not decimals:
        return _("Vui lòng nhập số nguyên, ví dụ 12.")
    return ngettext(
        "Vui lòng nhập nhiều nhất %(digits)d chữ số sau dấu phẩy.",
        "Vui lòng nhập nhiều nhất %(digits)d chữ số sau dấu phẩy.",
        decimals,
    ) % {"digits": decimals}


def _clean_date(field: Field, text: str, today: date) -> Cleaned:
    try:
        day = formats.day(text)
    except ValueError as mistake:
        return text, str(mistake)
    if not 1900 <= day.year <= 2200:
        return text, _("Năm không hợp lệ. Vui lòng kiểm tra lại.")
    typed = vietnamese.day(day)  # kept as text while it is refused, so that rules do not see it
    latest = today if field.not_after == "today" else _bound(field.not_after)
    earliest = today if field.not_before == "today" else _bound(field.not_before)
    if latest and day > latest:
        return typed, _("Ngày này không được sau ngày %(day)s.") % {"day": vietnamese.day(latest)}
    if earliest and day < earliest:
        return typed, _("Ngày này không được trước ngày %(day)s.") % {"day": vietnamese.day(earliest)}
    if field.max_age_months and day < _months_before(today, field.max_age_months):
        return typed, ngettext(
            "Ngày này đã quá %(months)d tháng. Vui lòng dùng giấy tờ mới hơn.",
            "Ngày này đã quá %(months)d tháng. Vui lòng dùng giấy tờ mới hơn.",
            field.max_age_months,
        ) % {"months": field.max_age_months}
    return day.isoformat(), None


def _bound(text: str) -> date | None:
    return date.fromisoformat(text) if is_iso_date(text) else None


def _months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last day of that month when it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _clean_text(field: Field, text: str) -> Cleaned:
    longest = field.max_length or _LONGEST.get(field.type, _LONGEST_OTHERWISE)
    if len(text) > longest:
        return text, _("Vui lòng viết ngắn lại, tối đa %(most)d ký tự (đang có %(length)d).") % {
            "most": longest,
            "length": len(text),
        }
    try:
        return _FORMATS.get(field.type, str)(text), None
    except ValueError as mistake:
        return text, str(mistake)

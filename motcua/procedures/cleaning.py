"""From what was typed to an answer, and back: one field at a time.

Whatever was typed is kept. What cannot be read as the field's type stays as the text it is, beside a problem
that says what to do; rules see such a field as empty.
"""

import math
import re
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.foundation import formats, places, vietnamese
from motcua.foundation.time import months_later
from motcua.procedures.answers import is_empty, is_iso_date
from motcua.procedures.composites import ROW_ID, SILENT, sub_fields
from motcua.procedures.parts import Field

ROWS_LIMIT = 500  # of one table, whatever the form says
_LONGEST = {"text": 500, "address": 500, "email": 254}
_LONGEST_OTHERWISE = 10_000
_YEARS = (1900, 2200)  # of any date, and of a year without bounds of its own
_ROW_ID = re.compile(r"[0-9a-f]{8}")
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
    if not text or field.type in SILENT:
        return "", None
    match field.type:
        case "number" | "money":
            return _clean_number(field, text)
        case "year":
            return _clean_year(field, text, today)
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


def clean_parts(
    field: Field, texts: Mapping[str, Sequence[str]], earlier: Any, today: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the parts of a composite field; a part that was not posted keeps its earlier answer.

    Problems are keyed "field-part". No part answered is {}.
    """
    kept = earlier if isinstance(earlier, dict) else {}
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for part in sub_fields(field):
        if part.type == "choices":
            values[part.id], problem = clean_choices(part, texts.get(part.id, ()))
        elif part.id not in texts:
            values[part.id], problem = kept.get(part.id, ""), None
        elif field.type == "place":
            values[part.id], problem = tidy("".join(texts[part.id][-1:])), None
        else:
            values[part.id], problem = clean(part, "".join(texts[part.id][-1:]), today)
        if problem:
            problems[f"{field.id}-{part.id}"] = problem
    if field.type == "place":
        problems |= {f"{field.id}-{part}": problem for part, problem in _place_problems(field, values)}
    return ({} if is_empty(values) else values), problems


def _place_problems(field: Field, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    province, commune, street = (values.get(key) or "" for key in ("province", "commune", "street"))
    if province and not (isinstance(province, str) and places.province(province)):
        yield "province", _("Vui lòng chọn tỉnh, thành phố trong danh sách.")
    elif commune:
        found = places.commune(commune) if isinstance(commune, str) else None
        if not found or found.province != province:
            yield "commune", _("Vui lòng chọn xã, phường, đặc khu thuộc tỉnh, thành phố đã chọn.")
    longest = next((part.max_length for part in sub_fields(field) if part.id == "street"), None)
    if longest and isinstance(street, str) and len(street) > longest:
        yield "street", _too_long(longest, len(street))


def clean_table(
    field: Field, rows: Sequence[Mapping[str, Sequence[str]]], today: date, earlier: Any = ()
) -> tuple[list[Any], dict[str, str]]:
    """Read the rows of a table; rows without any text are left out.

    Each row keeps its "_id", which papers of that row are named by. A row that comes without one is the earlier
    row of the same place, as long as no other row is that one; otherwise it gets a new one. Problems are keyed
    "table-0-column" by the row's place in the returned list.
    """
    values: list[Any] = []
    problems: dict[str, str] = {}
    ids = _posted_ids(rows[:ROWS_LIMIT])
    old = earlier if isinstance(earlier, list) else []
    taken = set(ids)
    for row, posted_id in zip(rows[:ROWS_LIMIT], ids, strict=True):
        cells, row_problems = {}, {}
        for column in sub_fields(field):
            texts = row.get(column.id, ())
            if column.type == "choices":
                cells[column.id], problem = clean_choices(column, texts)
            else:
                cells[column.id], problem = clean(column, texts[-1] if texts else "", today)
            if not problem and column.required and cells[column.id] in ("", []):
                problem = missing(column)
            if problem:
                row_problems[f"{field.id}-{len(values)}-{column.id}"] = problem
        if is_empty(cells):
            continue
        id = posted_id or _old_id(old, len(values), taken) or secrets.token_hex(4)
        taken.add(id)
        values.append({ROW_ID: id} | cells)
        problems |= row_problems
    return values, problems


def _posted_ids(rows: Sequence[Mapping[str, Sequence[str]]]) -> list[str]:
    """The rows' own ids; "" for a row that has none, no proper one, or the one of a row before it."""
    ids: list[str] = []
    for row in rows:
        id = "".join(row.get(ROW_ID, ())[-1:])
        ids.append(id if _is_row_id(id) and id not in ids else "")
    return ids


def _old_id(earlier: Sequence[Any], place: int, taken: Collection[str]) -> str:
    """The id of the earlier row of that place, unless another row has it now."""
    row = earlier[place] if place < len(earlier) else None
    id = row.get(ROW_ID) if isinstance(row, dict) else None
    return id if isinstance(id, str) and _is_row_id(id) and id not in taken else ""


def _is_row_id(id: Any) -> bool:
    return isinstance(id, str) and bool(_ROW_ID.fullmatch(id))


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
    if field.type in ("choice", "choices", "yes_no", "place"):
        return _("Vui lòng chọn: %(label)s.") % {"label": field.label}
    return _("Vui lòng nhập thông tin: %(label)s.") % {"label": field.label}


def input_text(field: Field, value: Any) -> str:
    """What stands in the input of a field that has this value; reading it again gives the value back."""
    if value is None or isinstance(value, list | dict):
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
    """The value in words, as a citizen reads it back; rows of a table are told one a line.

    A computed field's value is the one that `rules.computed` gives.
    """
    if is_empty(value):
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
            return "\n".join(_parts_text(field, row) for row in value if isinstance(row, dict))
        case "place" if isinstance(value, dict):
            return _place_text(value)
        case "person" | "organisation" | "group" if isinstance(value, dict):
            return _parts_text(field, value)
        case "computed":
            return _computed_text(field, value)
        case _:
            return input_text(field, value)


def _parts_text(field: Field, value: Mapping[str, Any]) -> str:
    parts = [(part.label, display_text(part, value.get(part.id))) for part in sub_fields(field)]
    return "; ".join(f"{label}: {text}" for label, text in parts if text)


def _place_text(value: Mapping[str, Any]) -> str:
    """From the house to the province: "12 Lê Lợi, Xã Ia Chim, Tỉnh Quảng Ngãi"."""
    street, commune, province = (str(value.get(key) or "") for key in ("street", "commune", "province"))
    found, around = places.commune(commune), places.province(province)
    return ", ".join(
        text for text in (street, found.name if found else commune, around.name if around else province) if text
    )


def _computed_text(field: Field, value: Any) -> str:
    match field.shown_as:
        case "money" if isinstance(value, int):
            return vietnamese.money(value)
        case "number" if isinstance(value, int | float):
            return vietnamese.number(Decimal(f"{value:.6f}").normalize() + 0 if isinstance(value, float) else value)
        case "date" if is_iso_date(value):
            return vietnamese.day(date.fromisoformat(value))
        case _:
            return str(value)


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


def _clean_year(field: Field, text: str, today: date) -> Cleaned:
    if not re.fullmatch(r"[0-9]{4}", text, re.ASCII):
        return text, _("Vui lòng nhập năm gồm bốn chữ số, ví dụ %(year)d.") % {"year": today.year}
    year = int(text)
    latest, earliest = _bound(field.not_after, today), _bound(field.not_before, today)
    least = max(_YEARS[0] if field.min is None else int(field.min), earliest.year if earliest else 0)
    most = min(_YEARS[1] if field.max is None else int(field.max), latest.year if latest else 9999)
    if year < least:
        return text, _("Vui lòng nhập năm không trước %(least)d.") % {"least": least}
    if year > most:
        return text, _("Vui lòng nhập năm không sau %(most)d.") % {"most": most}
    return year, None


def _clean_date(field: Field, text: str, today: date) -> Cleaned:
    try:
        day = formats.day(text)
    except ValueError as mistake:
        return text, str(mistake)
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        return text, _("Năm không hợp lệ. Vui lòng kiểm tra lại.")
    typed = vietnamese.day(day)  # kept as text while it is refused, so that rules do not see it
    latest, earliest = _bound(field.not_after, today), _bound(field.not_before, today)
    if latest and day > latest:
        return typed, _("Ngày này không được sau ngày %(day)s.") % {"day": vietnamese.day(latest)}
    if earliest and day < earliest:
        return typed, _("Ngày này không được trước ngày %(day)s.") % {"day": vietnamese.day(earliest)}
    if field.max_age_months and day < months_later(today, -field.max_age_months):
        return typed, ngettext(
            "Ngày này đã quá %(months)d tháng. Vui lòng dùng giấy tờ mới hơn.",
            "Ngày này đã quá %(months)d tháng. Vui lòng dùng giấy tờ mới hơn.",
            field.max_age_months,
        ) % {"months": field.max_age_months}
    return day.isoformat(), None


def _bound(text: str, today: date) -> date | None:
    if text == "today":
        return today
    return date.fromisoformat(text) if is_iso_date(text) else None


def _clean_text(field: Field, text: str) -> Cleaned:
    longest = field.max_length or _LONGEST.get(field.type, _LONGEST_OTHERWISE)
    if len(text) > longest:
        return text, _too_long(longest, len(text))
    try:
        return _FORMATS.get(field.type, str)(text), None
    except ValueError as mistake:
        return text, str(mistake)


def _too_long(most: int, length: int) -> str:
    return _("Vui lòng viết ngắn lại, tối đa %(most)d ký tự (đang có %(length)d).") % {
        "most": most,
        "length": length,
    }

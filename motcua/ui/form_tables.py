"""Rows of a form's table that come from a spreadsheet, pasted or as a file, and rows that are copied and moved.

A file from outside is not trusted: its size, what it unpacks to and its number of rows and columns have limits. What
cannot be read as its column's type stays as the text it is; the form tells what is wrong with it.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from motcua.foundation import vietnamese
from motcua.foundation.errors import Refusal
from motcua.foundation.vietnamese import fold
from motcua.procedures import rules
from motcua.procedures.cleaning import ROWS_LIMIT
from motcua.procedures.composites import ROW_ID, sub_fields
from motcua.procedures.parts import Field, Form

FILE_LIMIT = 2 * 1024 * 1024  # bytes
TEXT_LIMIT = 1_000_000  # characters
_UNPACKED_LIMIT = 40 * 1024 * 1024  # bytes
_PARTS_LIMIT = 500  # files in the archive
_COLUMNS_LIMIT = 100
_LONGEST_CELL = 10_000  # characters
_YES = frozenset({"co", "yes", "x", "true", "1", "dung"})
_NO = frozenset({"khong", "no", "false", "0", "sai"})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = dict[str, list[str]]  # texts as they would be typed, by column


@dataclass
class Block:
    """Rows that were read; `notes` say in words what was left out, `columns` the labels that were recognised."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


def read_text(table: Field, text: str, first_column: str = "") -> Block:
    """Read a block of cells as a spreadsheet puts it on the clipboard: tabs between cells, quotes round breaks.

    Without a line of headings the columns follow each other from `first_column` on. Raises Refusal when it is far
    too long.
    """
    if len(text) > TEXT_LIMIT:
        raise Refusal(_("Nội dung dán quá dài. Vui lòng dán từng phần hoặc nhập từ tệp."))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip("\n")
    separator = "\t" if "\t" in text else ";" if ";" in text else "\t"
    try:
        cells = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:  # a quote that never ends, or a huge cell
        cells = [line.split(separator) for line in text.split("\n")]
    return _block(table, cells, first_column)


def read_file(table: Field, stream: IO[bytes], size: int) -> Block:
    """Read the first sheet of an XLSX file. Raises Refusal for what is too large or is no such file."""
    if size > FILE_LIMIT:
        raise Refusal(_("Tệp Excel lớn hơn 2 MB. Vui lòng chia thành nhiều tệp."))
    unreadable = Refusal(_("Hệ thống không đọc được tệp này. Vui lòng chọn tệp Excel có đuôi .xlsx, không đặt mật khẩu."))
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > _PARTS_LIMIT or sum(part.file_size for part in parts) > _UNPACKED_LIMIT:
                raise Refusal(_("Tệp Excel có quá nhiều nội dung. Vui lòng sao chép riêng bảng cần nhập sang một tệp mới."))
        stream.seek(0)
        cells = _cells(stream)
    except Refusal:
        raise
    except Exception as problem:  # the library raises whatever a broken file makes it stumble over
        raise unreadable from problem
    return _block(table, cells)


def _cells(stream: IO[bytes]) -> list[list[Any]]:
    from openpyxl import load_workbook  # 60 ms and 10 MB, only for who imports

    book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not believed
        found: list[list[Any]] = []
        empty = 0
        for row in sheet.iter_rows(max_row=ROWS_LIMIT * 4, max_col=_COLUMNS_LIMIT, values_only=True):
            if any(cell not in (None, "") for cell in row):
                found.append(list(row))
                empty = 0
            else:
                empty += 1
            if empty > 200 or len(found) > ROWS_LIMIT + 1:
                break
        return found
    finally:
        book.close()


def _block(table: Field, cells: Sequence[Sequence[Any]], first_column: str = "") -> Block:
    columns = sub_fields(table)
    lines = [line for line in cells if any(str(cell).strip() for cell in line if cell is not None)]
    block = Block()
    if not lines:
        block.notes.append(_("Không có ô nào có nội dung."))
        return block
    places, strange = _heading(columns, lines[0])
    if places:
        lines = lines[1:]
        if strange:
            block.notes.append(_("Các cột không có trong bảng nên được bỏ qua: %(names)s.") % {"names": "; ".join(strange)})
    else:
        first = next((place for place, one in enumerate(columns) if one.id == first_column), 0)
        places = dict(enumerate(columns[first:]))
        widest = max(len([*_trimmed(line)]) for line in lines)
        if widest > len(places):
            block.notes.append(
                ngettext(
                    "Có %(count)d cột thừa so với bảng nên được bỏ qua.",
                    "Có %(count)d cột thừa so với bảng nên được bỏ qua.",
                    widest - len(places),
                )
                % {"count": widest - len(places)}
            )
    example = {one.id: one.example for one in columns if one.example}
    for line in lines:
        row = {one.id: _texts(one, line[place]) for place, one in places.items() if place < len(line)}
        if example and {key: "".join(texts) for key, texts in row.items() if any(texts)} == example:
            continue  # the example of our own empty form
        if any(any(texts) for texts in row.values()):
            block.rows.append(row)
    if len(block.rows) > ROWS_LIMIT:
        block.notes.append(_("Chỉ %(most)d dòng đầu tiên được đưa vào bảng.") % {"most": ROWS_LIMIT})
        block.rows = block.rows[:ROWS_LIMIT]
    block.columns = [one.label for one in places.values()]
    return block


def _trimmed(line: Sequence[Any]) -> list[Any]:
    cells = list(line)
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


def _heading(columns: Sequence[Field], line: Sequence[Any]) -> tuple[dict[int, Field], list[str]]:
    """Which column stands at which place, when at least half of this line names columns; and what names none."""
    names = {_bare(one.label): one for one in columns} | {_bare(one.id): one for one in columns}
    places: dict[int, Field] = {}
    strange = []
    for place, cell in enumerate(line):
        word = _bare(str(cell)) if isinstance(cell, str) else ""
        found = names.get(word)
        if found and found not in places.values():
            places[place] = found
        elif word and word not in ("stt", "tt", "so thu tu"):
            strange.append(str(cell).strip())
    return (places, strange) if places and len(places) >= len(strange) else ({}, [])


def _bare(text: str) -> str:
    """A heading as it is compared: no accents, case, marks or what stands in brackets at the end."""
    word = fold(text).partition("(")[0]
    return " ".join("".join(mark if mark.isalnum() else " " for mark in word).split())


def _texts(column: Field, cell: Any) -> list[str]:
    """A cell as one would type it."""
    if cell is None:
        return [""]
    if isinstance(cell, bool):
        return [("yes" if cell else "no") if column.type == "yes_no" else (_("Có") if cell else _("Không"))]
    if isinstance(cell, datetime):
        cell = cell.date()  # a spreadsheet knows no zone
    if isinstance(cell, date):
        return [str(cell.year) if column.type == "year" else vietnamese.day(cell)]
    if isinstance(cell, int | float):
        whole = isinstance(cell, int) or cell == int(cell)
        if column.type in ("number", "money"):
            return [rules.input_text(column, int(cell) if whole else float(cell))]
        cell = str(int(cell)) if whole else str(cell)
    text = str(cell).strip()[:_LONGEST_CELL]
    if column.type == "choice":
        return [_option(column, text)]
    if column.type == "choices":
        if (whole_text := _option(column, text)) != text or not text:
            return [whole_text] if text else []
        return [_option(column, part.strip()) for part in text.replace("\n", ";").replace(",", ";").split(";") if part.strip()]
    if column.type == "yes_no":
        word = fold(text)
        return ["yes" if word in _YES else "no" if word in _NO else text]
    return [text]


def _option(column: Field, text: str) -> str:
    """The value of the option that is meant; the text itself when none is."""
    word = fold(text)
    for option in column.options:
        if text == option.value or word == fold(option.label):
            return option.value
    return text


def empty_form(table: Field) -> bytes:
    """An XLSX file with the table's headings and one row of examples, to fill in and import."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.writer.excel import save_workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Bang"
    for place, column in enumerate(sub_fields(table), 1):
        letter = get_column_letter(place)
        head = sheet.cell(1, place)
        head.value, head.data_type = column.label, "s"
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="EAF1FA")
        head.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letter].width = min(max(len(column.label) + 4, 14), 40)
        example = sheet.cell(2, place)
        example.value, example.data_type = column.example or "", "s"
        example.font = Font(italic=True, color="777777")
        labels = [option.label for option in column.options] if column.type == "choice" else []
        if column.type == "yes_no":
            labels = [_("Có"), _("Không")]
        listed = ",".join(labels)
        if labels and len(listed) < 250 and '"' not in listed and not any("," in label for label in labels):
            rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{ROWS_LIMIT + 1}")
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    save_workbook(book, written)
    return written.getvalue()


# Buttons of a table ------------------------------------------------------------------------------------------

ROW_VERBS = ("add", "remove", "copy", "up", "down", "paste", "import")


def find_table(form: Form, table: str) -> Field:
    """A table of the form. Raises Http404."""
    for one in form.fields:
        if one.id == table and one.type == "table":
            return one
    raise Http404


def change_rows(form: Form, action: str, posted: QueryDict, files: Mapping[str, Any]) -> tuple[list[str], dict[str, int]]:
    """Change the rows of a table in what was posted as a button says.

    Returns what there is to tell of it, and how many rows which table shows at least. Raises Refusal when what was
    pasted or chosen cannot be read, Http404 for a table that the form has not.
    """
    verb, _colon, rest = action.partition(":")
    table, _colon, place = rest.partition(":")
    one = find_table(form, table)
    rows = posted_rows(table, posted)
    if verb == "add":
        return [], {table: len(rows) + 1}
    if verb not in ("paste", "import"):
        rows = arrange(rows, verb, int(place) if place.isascii() and place.isdigit() else -1)
        write_rows(table, posted, rows or [{column.id: [""] for column in one.columns}])
        return [], {}
    if verb == "paste":
        block = read_text(one, posted.get(f"mc.paste.{table}", ""))
    else:
        chosen = files.get(f"mc.file.{table}")
        if chosen is None:
            raise Refusal(_("Vui lòng chọn tệp Excel trước khi nhập."))
        block = read_file(one, chosen, chosen.size)
    write_rows(table, posted, with_block(rows, block))
    count = len(block.rows)
    told = ngettext("Đã đưa %(count)d dòng vào bảng.", "Đã đưa %(count)d dòng vào bảng.", count) % {"count": count}
    return [told, *block.notes] if count else block.notes, {}


# Rows as they were posted -------------------------------------------------------------------------------------


def posted_rows(table: str, posted: QueryDict) -> list[Row]:
    """The rows of a table in a post, in the order of their numbers, empty ones too."""
    rows: dict[int, Row] = {}
    for name in posted:
        head, _dash, rest = name.partition("-")
        number, _dash, column = rest.partition("-")
        if head == table and number.isascii() and number.isdigit() and len(number) <= 6 and column:
            rows.setdefault(int(number), {})[column] = posted.getlist(name)
    return [rows[number] for number in sorted(rows)]


def write_rows(table: str, posted: QueryDict, rows: Iterable[Row]) -> None:
    """Put these rows in the place of the table's rows in a post."""
    for name in [name for name in posted if name.startswith(f"{table}-")]:
        del posted[name]
    for number, row in enumerate(rows):
        for column, texts in row.items():
            posted.setlist(f"{table}-{number}-{column}", texts)


def arrange(rows: list[Row], verb: str, place: int) -> list[Row]:
    """The rows after one of them was copied, moved up or down, or taken away."""
    if not 0 <= place < len(rows):
        return rows
    rows = list(rows)
    match verb:
        case "remove":
            del rows[place]
        case "copy":
            rows.insert(place + 1, {key: texts for key, texts in rows[place].items() if key != ROW_ID})
        case "up" if place > 0:
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
        case "down" if place < len(rows) - 1:
            rows[place + 1], rows[place] = rows[place], rows[place + 1]
    return rows


def with_block(rows: list[Row], block: Block) -> list[Row]:
    """The rows with those of a block after them; rows without any text go."""
    kept = [row for row in rows if any(any(texts) for key, texts in row.items() if key != ROW_ID)]
    return kept + block.rows

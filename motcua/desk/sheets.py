"""Tables as XLSX files, written row by row: any number of rows costs no more memory than one."""

import io
from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from motcua.foundation.time import HANOI

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | datetime | None
_THIN = Side(style="thin", color="808080")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="E8EEF4")


def workbook(
    *,
    sheet: str,
    titles: Sequence[str],
    headings: Sequence[Sequence[str]],
    widths: Sequence[int],
    rows: Iterable[Sequence[Value]],
    totals: Sequence[Value] = (),
    notes: Sequence[str] = (),
) -> bytes:
    """One sheet: titles, lines of headings, rows, totals, notes. `widths` are characters, one a column.

    Text stays text, though it begins like a formula. Moments are shown in Hanoi. Equal headings beside or below each
    other are one cell.
    """
    book, looks = Workbook(write_only=True), Looks()
    page: Any = book.create_sheet(sheet[:31])
    for index, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(index)].width = width
    first = len(titles) + 2
    page.freeze_panes = f"A{first + len(headings)}"
    for place in _merged(headings, first):
        page.merged_cells.add(place)
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for number, title in enumerate(titles):
        page.append([_cell(page, looks, title, bold=number == 0, size=13 if number == 0 else 11)])
    page.append([])
    for heading in headings:
        page.append([_cell(page, looks, text, bold=True, framed=True, head=True) for text in heading])
    for row in rows:
        page.append([_cell(page, looks, value, framed=True) for value in row])
    if totals:
        page.append([_cell(page, looks, value, bold=True, framed=True) for value in totals])
    if notes:
        page.append([])
    for note in notes:
        page.append([_cell(page, looks, note)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class Looks:
    """How cells of one workbook look: each look is put together once, and copied to all cells that have it."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def dress(self, cell: Any, look: Hashable, put_on: Callable[[Any], None]) -> Any:
        """The cell, dressed as `put_on` did with the first one of this look."""
        if look not in self._known:
            put_on(cell)
            self._known[look] = cell._style
        cell._style = copy(self._known[look])
        return cell


def _cell(
    page: Any,
    looks: Looks,
    value: Value,
    *,
    bold: bool = False,
    framed: bool = False,
    head: bool = False,
    size: int = 11,
) -> Any:
    if isinstance(value, datetime):
        value = value.astimezone(HANOI).replace(tzinfo=None)
    cell = WriteOnlyCell(page, value="".join(filter(_kept, value)) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"

    def put_on(cell: Any) -> None:
        if isinstance(value, datetime):
            cell.number_format = "DD/MM/YYYY HH:MM"
        elif isinstance(value, int):
            cell.number_format = "#,##0"
        cell.font = Font(name="Times New Roman", bold=bold, size=size)
        if framed:
            cell.border = _BORDER
            cell.alignment = Alignment(wrap_text=True, vertical="center" if head else "top", horizontal="center" if head else None)
        if head:
            cell.fill = _HEAD

    return looks.dress(cell, (type(value), bold, framed, head, size), put_on)


def _kept(mark: str) -> bool:
    """XML has no control characters."""
    return mark >= " " or mark in "\n\t"


def _merged(headings: Sequence[Sequence[str]], first: int) -> list[str]:
    """The places of headings that span columns, or lines."""
    places, seen = [], set()
    for line, heading in enumerate(headings):
        for column, text in enumerate(heading):
            if (line, column) in seen:
                continue
            right = column
            while right + 1 < len(heading) and heading[right + 1] == text and (line, right + 1) not in seen:
                right += 1
            below = line
            while below + 1 < len(headings) and all(headings[below + 1][x] == text for x in range(column, right + 1)):
                below += 1
            seen |= {(y, x) for y in range(line, below + 1) for x in range(column, right + 1)}
            if (right, below) != (column, line):
                places.append(
                    f"{get_column_letter(column + 1)}{first + line}:{get_column_letter(right + 1)}{first + below}"
                )
    return places

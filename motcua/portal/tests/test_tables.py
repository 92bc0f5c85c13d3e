"""Rows of a form's table from a spreadsheet: what is recognised, what is said of the rest, and what is refused."""

import io
import zipfile
from datetime import datetime

import pytest
from django.http import QueryDict
from openpyxl import Workbook, load_workbook

from motcua.foundation.errors import Refusal
from motcua.procedures.parts import Field, Option
from motcua.ui import form_tables as tables

DEVICES = Field(
    "thiet_bi", "Thiết bị", "table",
    columns=(
        Field("ten", "Tên thiết bị", "text", example="Máy X-quang"),
        Field("nam", "Năm sản xuất", "year"),
        Field("loai", "Loại thiết bị", "choice", options=(Option("ct", "Máy CT"), Option("dd", "Máy di động"))),
        Field("gia", "Giá trị (đồng)", "money"),
        Field("con", "Còn hạn", "yes_no"),
        Field("ngay", "Ngày lắp đặt", "date"),
    ),
)  # fmt: skip


def xlsx(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written


def read(stream):
    size = len(stream.getvalue())
    stream.seek(0)
    return tables.read_file(DEVICES, stream, size)


def test_headings_are_recognised_without_accents_in_any_order_and_strange_ones_are_told():
    block = tables.read_text(DEVICES, "STT\tgia tri\tTEN THIET BI\tGhi chú\n1\t1.200\tMáy A\tmới\n")

    assert block.rows == [{"gia": ["1.200"], "ten": ["Máy A"]}]
    assert block.notes == ["Các cột không có trong bảng nên được bỏ qua: Ghi chú."]


def test_without_headings_columns_follow_each_other_from_the_one_that_was_pasted_into():
    block = tables.read_text(DEVICES, "2019\tmay ct\n2020\tMáy lạ\n", "nam")

    assert block.rows == [{"nam": ["2019"], "loai": ["ct"]}, {"nam": ["2020"], "loai": ["Máy lạ"]}]


def test_a_break_within_quotes_stays_in_its_cell_and_an_open_quote_loses_nothing():
    assert tables.read_text(DEVICES, '"Máy\nA"\t2020').rows == [{"ten": ["Máy\nA"], "nam": ["2020"]}]
    assert "".join(str(tables.read_text(DEVICES, '"Máy A\t2020\nMáy B\t2021').rows)).count("Máy") == 2


def test_cells_of_a_file_become_what_one_would_type():
    stream = xlsx(
        ["Tên thiết bị", "Năm sản xuất", "Giá trị", "Còn hạn", "Ngày lắp đặt"],
        ["=1+1", 2019, 1200000, True, datetime(2020, 3, 12)],
        [None, None, None, None, None],
        [5.0, "hai nghìn", 1.5, "không", "40/40/2020"],
    )

    assert read(stream).rows[1] == {
        "ten": ["5"], "nam": ["hai nghìn"], "gia": ["1,5"], "con": ["no"], "ngay": ["40/40/2020"],
    }  # fmt: skip
    assert read(stream).rows[0] == {
        "ten": [""], "nam": ["2019"], "gia": ["1.200.000"], "con": ["yes"], "ngay": ["12/03/2020"],
    }  # fmt: skip


def test_the_empty_form_can_be_filled_in_and_read_back_without_its_example():
    stream = io.BytesIO(tables.empty_form(DEVICES))
    assert read(stream).rows == []

    book = load_workbook(stream)
    book.active.append(["Máy A", 2019, "Máy CT", 5, "Có", None])
    filled = io.BytesIO()
    book.save(filled)

    assert read(filled).rows == [
        {"ten": ["Máy A"], "nam": ["2019"], "loai": ["ct"], "gia": ["5"], "con": ["yes"], "ngay": [""]}
    ]


def test_more_rows_than_a_table_takes_are_told():
    block = read(xlsx(*[[f"Máy {number}"] for number in range(700)]))

    assert len(block.rows) == 500
    assert block.notes == ["Chỉ 500 dòng đầu tiên được đưa vào bảng."]


def bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (41 * 1024 * 1024))
    return stream


def with_entities():
    stream = xlsx(["x"])
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>' + parts["xl/workbook.xml"].replace(
        b"Sheet", b"&d;"
    )
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return changed


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: io.BytesIO(b"ten;nam"), "không đọc được"),
        (lambda: io.BytesIO(b"PK\x03\x04" + b"x" * 100), "không đọc được"),
        (lambda: io.BytesIO(b" " * (3 * 1024 * 1024)), "lớn hơn 2 MB"),
        (bomb, "quá nhiều nội dung"),
        (with_entities, "không đọc được"),
    ],
    ids=["text", "broken", "large", "bomb", "entities"],
)
def test_a_file_that_is_none_or_means_harm_is_refused_in_words(make, says):
    with pytest.raises(Refusal, match=says):
        read(make())


@pytest.mark.parametrize(
    ("verb", "place", "left"),
    [
        ("copy", 0, ["A", "A", "B", "C"]),
        ("up", 2, ["A", "C", "B"]),
        ("up", 0, ["A", "B", "C"]),
        ("down", 0, ["B", "A", "C"]),
        ("remove", 1, ["A", "C"]),
        ("remove", 9, ["A", "B", "C"]),
    ],
)
def test_rows_are_copied_moved_and_taken_away(verb, place, left):
    posted = QueryDict("t-0-ten=A&t-0-_id=aaaaaaaa&t-3-ten=B&t-11-ten=C&khac=1", mutable=True)

    tables.write_rows("t", posted, tables.arrange(tables.posted_rows("t", posted), verb, place))

    assert [posted[f"t-{number}-ten"] for number in range(len(left))] == left
    assert f"t-{len(left)}-ten" not in posted
    assert [name for name in posted if name.endswith("_id")] == [f"t-{left.index('A')}-_id"]  # a copy has none
    assert posted["khac"] == "1"

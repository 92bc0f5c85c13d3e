"""Pages of forms, in process: a step of 25 fields, a form of 300 with every type, a grid of 500 rows.

What a request does is measured: the answers are judged, then drawn; the template is compiled once before. Beside it
stands a floor: the same number of inputs as bare text by the same template engine.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from django.template import engines

from benchmarks.bounds import Bound, below
from motcua.procedures import rules
from motcua.procedures.definition import Definition
from motcua.procedures.parts import Field, FieldType, Form, Option, Section
from motcua.ui.form_template import Around, forget, form_html

FIELDS, STEP, ROWS = 300, 25, 500
WANTED_MS, WANTED_STEP_MS, WANTED_ROWS_MS, WANTED_COMPILED_MS = 80, 15, 400, 2000
_ROUNDS = 15
_TYPES: tuple[FieldType, ...] = (
    "text", "long_text", "number", "money", "date", "choice", "choices", "yes_no", "email", "phone", "citizen_id",
    "tax_code", "address", "year", "note", "person", "organisation", "place", "text", "group",
)  # fmt: skip
_OPTIONS = tuple(Option(f"v{number}", f"Lựa chọn thứ {number}") for number in range(5))
_COLUMNS = (
    Field("ten", "Tên thiết bị", "text", required=True),
    Field("nam", "Năm sản xuất", "year"),
    Field("loai", "Loại thiết bị", "choice", options=_OPTIONS),
    Field("gia", "Giá trị", "money"),
    Field("ngay", "Ngày lắp đặt", "date"),
)


def form(fields: int) -> Form:
    """A form of so many fields, every type in turn, every fifth with a condition; ten to a section."""
    made = [_field(number) for number in range(fields)]
    return Form(
        tuple(
            Section(f"s{place}", f"Phần {place}", tuple(made[place : place + 10])) for place in range(0, fields, 10)
        )
    )


def _field(number: int) -> Field:
    one = Field(
        f"f{number}", f"Câu hỏi thứ {number} của tờ khai", _TYPES[number % len(_TYPES)], required=number % 3 == 0,
        help="Ghi theo giấy tờ gốc.", example="Ví dụ", when="f0 != 'không'" if number % 5 == 4 else "",
    )  # fmt: skip
    if one.type in ("choice", "choices"):
        return replace(one, options=_OPTIONS)
    if one.type == "group":
        return replace(one, columns=_COLUMNS)
    return one


def answers(of: Form) -> dict[str, Any]:
    values: dict[str, Any] = {
        "number": 5, "money": 1_200_000, "date": "2026-03-27", "choice": "v1", "choices": ["v1", "v2"], "yes_no": True,
        "email": "an@example.vn", "phone": "0905123456", "citizen_id": "062090001234", "tax_code": "0100109106",
        "year": 2020, "person": {"name": "Nguyễn Văn An"}, "organisation": {"name": "Công ty Đăk Hà"},
        "place": {"province": "51", "commune": "23293", "street": "12 Trần Phú"}, "group": {"ten": "Máy", "gia": 5},
    }  # fmt: skip
    return {one.id: values.get(one.type, "Cà phê Đăk Hà") for one in of.fields if one.type != "note"}


def rows(count: int) -> tuple[Form, dict[str, Any]]:
    table = Field("t", "Danh sách thiết bị", "table", columns=_COLUMNS, layout="grid")
    filled = [
        {"_id": f"{number:08x}", "ten": f"Máy {number}", "nam": 2020, "loai": "v1", "gia": number, "ngay": "2026-03-27"}
        for number in range(count)
    ]
    return Form((Section("s", "Thiết bị", (table,)),)), {"t": filled}


class _Only:
    """As much of a definition as drawing needs."""

    def __init__(self, form: Form) -> None:
        self.form = form


def _page(of: Form, given: dict[str, Any], key: int) -> Callable[[], object]:
    definition = cast(Definition, _Only(of))

    def draw() -> object:
        wrong = rules.wrong_values(of, given)
        return form_html(definition, (key, "benchmark"), given, wrong, around=Around(papers_href="/giay-to/"))

    return draw


def _ms(work: Callable[[], object], rounds: int = _ROUNDS) -> float:
    taken = []
    for _round in range(rounds):
        began = time.process_time()  # of this process alone: what else the machine does is not measured
        work()
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)


def _floor(inputs: int) -> float:
    template = engines["jinja2"].env.from_string(  # type: ignore[attr-defined]
        "{% for name in names %}<label for='{{ name }}'>{{ name }}</label><input id='{{ name }}' name='{{ name }}'>{% endfor %}"
    )
    names = [f"f{number}" for number in range(inputs)]
    return _ms(lambda: template.render(names=names))


def bounds() -> list[Bound]:
    """The figures; Django is set up."""
    forget()
    large, step = form(FIELDS), form(STEP)
    page = _page(large, answers(large), -1)
    compiled = _ms(page, 1)
    table, filled = rows(ROWS)
    many = _page(table, filled, -3)
    part = _page(step, answers(step), -2)
    for each in (part, many):
        each()
    return [
        below(f"first page of a form of {FIELDS} fields, compiled", compiled, WANTED_COMPILED_MS, "ms", 0),
        below(f"form of {FIELDS} fields (bare inputs: {_floor(FIELDS):.1f} ms)", _ms(page), WANTED_MS, "ms"),
        below(f"step of {STEP} fields (bare inputs: {_floor(STEP):.1f} ms)", _ms(part), WANTED_STEP_MS, "ms"),
        below(f"table of {ROWS} rows, {len(_COLUMNS)} columns", _ms(many, 5), WANTED_ROWS_MS, "ms"),
    ]


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    django.setup()
    for bound in bounds():
        print(f"{bound.name}: {bound.measured} (wanted {bound.wanted})")

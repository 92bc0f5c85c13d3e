"""What is wrong with form.yaml: sections, fields, conditions that go in circles, checks across fields."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from motcua.procedures.answers import is_iso_date
from motcua.procedures.checks.common import check_id, check_ids, check_unique
from motcua.procedures.checks.kinds import near
from motcua.procedures.checks.rules import Rules
from motcua.procedures.composites import SILENT, part_names
from motcua.procedures.expressions import BadExpression, expression
from motcua.procedures.parts import KEYS_OF_TYPES, TEXTUAL, Field, Form, Record
from motcua.procedures.shape import Path, Reader

PREFILL = (
    "applicant.name", "applicant.address", "applicant.phone", "applicant.email", "applicant.tax_code",
    "applicant.citizen_id", "representative.name", "representative.title",
)  # fmt: skip
_LATER = re.compile(
    r"earlier\.[1-9]\.[0-9]{6}\.[a-z][a-z0-9_]*|result\.[1-9]\.[0-9]{6}\.(?:number|issued_on|valid_to)"
)
_INSIDE = (*TEXTUAL, "number", "money", "date", "year", "choice", "choices", "yes_no")  # of tables and groups


def check_form(form: Form, record: Record, reader: Reader) -> None:
    rules = Rules(form)
    check_ids(reader, ("sections",), [section.id for section in form.sections])
    seen: dict[str, int] = {}
    for place, section in enumerate(form.sections):
        if not section.fields:
            reader.add(
                ("sections", place),
                _("Phần này chưa có trường nào."),
                _("Vui lòng thêm trường hoặc xóa phần."),
            )
        rules.condition(section.when, reader, ("sections", place, "when"))
        for number, field in enumerate(section.fields):
            path: Path = ("sections", place, "fields", number)
            check_id(reader, path, field.id, seen)
            _field(field, reader, path)
            rules.condition(field.when, reader, (*path, "when"))
            _computed(field, rules, reader, path)
            if field.type == "file" and field.id in {component.id for component in record.components}:
                reader.add(
                    (*path, "id"),
                    _("Mã «%(id)s» đã dùng cho một giấy tờ trong procedure.yaml.") % {"id": field.id},
                    _("Vui lòng đặt mã khác."),
                )
    _circles(form, reader)
    _across(form, reader, seen)


def _across(form: Form, reader: Reader, known: dict[str, int]) -> None:
    rules = Rules(form, {"today": ()})
    for place, check in enumerate(form.checks):
        path: Path = ("checks", place)
        rules.condition(check.rule, reader, (*path, "rule"))
        if not check.message:
            reader.add(path, _("Quy tắc này chưa có câu thông báo."), _("Vui lòng ghi message."))
        if check.field and check.field not in known:
            reader.add(
                (*path, "field"),
                _("Không có trường «%(field)s».") % {"field": check.field},
                near(check.field, known),
            )


def _field(field: Field, reader: Reader, path: Path, *, inside: str = "") -> None:
    """`inside` is the type of the field that this one is a column of."""
    default = Field(id="", label="", type="text")
    for key, types in KEYS_OF_TYPES.items():
        if getattr(field, key) != getattr(default, key) and field.type and field.type not in types:
            reader.add(
                (*path, key),
                _("Mục «%(key)s» không dùng cho trường kiểu %(type)s.") % {"key": key, "type": field.type},
                _("Mục này dùng cho kiểu: %(types)s.") % {"types": ", ".join(types)},
            )
    if field.required and field.type in ("computed", "note"):
        reader.add(
            (*path, "required"),
            _("Trường kiểu %(type)s không có câu trả lời nên không thể bắt buộc.") % {"type": field.type},
            _("Vui lòng xóa required."),
        )
    if field.type in ("choice", "choices"):
        if not field.options:
            reader.add(
                path, _("Trường chọn chưa có lựa chọn."), _("Vui lòng ghi options: [{value: …, label: …}].")
            )
        check_unique(reader, (*path, "options"), [option.value for option in field.options], _("giá trị"))
    _bounds(field, reader, path)
    _prefill(field, reader, path, inside=inside)
    _parts(field, reader, path)
    if inside and field.type and field.type not in _INSIDE:
        reader.add(
            (*path, "type"),
            _("Bảng không thể nằm trong bảng.")
            if field.type == inside == "table"
            else _("Cột không thể là trường kiểu %(type)s.") % {"type": field.type},
            _("Vui lòng tách thành một trường khác."),
        )
    if field.when and inside:
        reader.add(
            (*path, "when"),
            _("Cột của bảng không có điều kiện riêng."),
            _("Vui lòng đặt when ở trường bảng."),
        )
    if field.type in ("table", "group") and not inside:
        _columns(field, reader, path)


def _bounds(field: Field, reader: Reader, path: Path) -> None:
    wrong = (
        (field.min is not None and field.max is not None and field.min > field.max)
        or (field.max_length is not None and field.max_length < 1)
        or (field.max_rows is not None and field.max_rows < max(field.min_rows, 1))
        or field.min_rows < 0
        or not 0 <= field.decimals <= 6
        or (field.max_age_months is not None and field.max_age_months < 1)
        or (is_iso_date(field.not_before) and is_iso_date(field.not_after) and field.not_before > field.not_after)
    )
    if wrong:
        reader.add(
            path,
            _("Giới hạn của trường này mâu thuẫn nhau."),
            _("Vui lòng kiểm tra các số nhỏ nhất, lớn nhất."),
        )
    for key, bound in (("not_after", field.not_after), ("not_before", field.not_before)):
        if bound and bound != "today" and not is_iso_date(bound):
            reader.add(
                (*path, key),
                _("Giới hạn ngày «%(bound)s» không đúng dạng.") % {"bound": bound},
                _("Vui lòng ghi today hoặc một ngày như 2026-11-24."),
            )


def _prefill(field: Field, reader: Reader, path: Path, *, inside: str) -> None:
    source = field.prefill
    if source and (inside or field.type in SILENT or not (source in PREFILL or _LATER.fullmatch(source))):
        reader.add(
            (*path, "prefill"),
            _("Không điền sẵn được từ «%(source)s» ở đây.") % {"source": source},
            _(
                "Các nguồn được dùng, ngoài bảng và nhóm: %(sources)s; earlier.<mã thủ tục>.<mã trường>; "
                "result.<mã thủ tục>.number, issued_on hoặc valid_to."
            )
            % {"sources": ", ".join(PREFILL)},
        )


def _parts(field: Field, reader: Reader, path: Path) -> None:
    known = part_names(field.type)
    if field.type not in ("person", "organisation"):
        return
    check_unique(reader, (*path, "parts"), field.parts, _("phần"))
    for place, part in enumerate(field.parts):
        if part and part not in known:
            reader.add(
                (*path, "parts", place),
                _("Trường kiểu %(type)s không có phần «%(part)s».") % {"type": field.type, "part": part},
                near(part, known),
            )


def _columns(field: Field, reader: Reader, path: Path) -> None:
    if not field.columns:
        reader.add(
            path,
            _("Bảng chưa có cột.") if field.type == "table" else _("Nhóm chưa có trường nào."),
            _("Vui lòng ghi columns."),
        )
    seen: dict[str, int] = {}
    for number, column in enumerate(field.columns):
        place: Path = (*path, "columns", number)
        check_id(reader, place, column.id, seen)
        _field(column, reader, place, inside=field.type)


def _computed(field: Field, rules: Rules, reader: Reader, path: Path) -> None:
    """The formula must be there and give what the field shows."""
    if field.type != "computed":
        return
    if not field.formula:
        reader.add(path, _("Trường tính sẵn chưa có công thức."), _("Vui lòng ghi formula."))
        return
    for value in rules.values(field.formula, reader, (*path, "formula")):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if field.shown_as in ("number", "money"):
            fits = is_number
        elif field.shown_as == "date":
            fits = value == "" or is_iso_date(value)
        else:
            fits = isinstance(value, str)
        if not fits:
            reader.add(
                (*path, "formula"),
                _("Công thức cho kết quả «%(value)s», không hợp với shown_as: %(shown)s.")
                % {"value": value, "shown": field.shown_as},
                _("Vui lòng sửa công thức hoặc shown_as; dùng string(x) để đổi thành chữ."),
            )
            return


# Circles ------------------------------------------------------------------------------------------------------


def _circles(form: Form, reader: Reader) -> None:
    """What decides about a field, or computes it, may not depend on the field itself, not even through others."""
    needs = {field.id: set(_needed(field.when, field.formula, when)) for field, when, _path in _placed(form)}
    for field, when, path in _placed(form):
        reached: set[str] = set()
        waiting = list(needs[field.id])
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += needs.get(name, ())
        if field.id not in reached:
            continue
        if field.type == "computed" and field.id in reached and not field.when and not when:
            message = _("Công thức của trường «%(field)s» phụ thuộc vào chính nó.")
        else:
            message = _("Điều kiện của trường «%(field)s» phụ thuộc vào chính nó.")
        key = "when" if field.when or not field.formula else "formula"
        reader.add(
            (*path, key),
            message % {"field": field.id},
            _("Vui lòng viết lại điều kiện theo các trường đứng trước, ở các phần khác."),
        )


def _placed(form: Form) -> Iterator[tuple[Field, str, Path]]:
    """Each field with its section's condition and its place."""
    for place, section in enumerate(form.sections):
        for number, field in enumerate(section.fields):
            yield field, section.when, ("sections", place, "fields", number)


def _needed(*sources: str) -> Iterator[str]:
    for source in sources:
        try:
            yield from expression(source).names if source else ()
        except BadExpression:
            continue

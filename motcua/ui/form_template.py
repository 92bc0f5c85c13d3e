"""A procedure's form as a template, compiled once: what does not change is not worked out again for each page.

The template is text made of calls of the kit's macros, one for each field, with labels and options written in.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template import engines
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from jinja2 import Environment, Template
from markupsafe import Markup

from motcua.foundation import places
from motcua.foundation.vietnamese import number, sort_key
from motcua.procedures import rules
from motcua.procedures.answers import Variables, is_empty
from motcua.procedures.composites import COMPOSITE, ROW_ID, sub_fields
from motcua.procedures.definition import Definition
from motcua.procedures.parts import Field, Form, Section

NEW_ROW = "__row__"  # stands for the number of a row that a script adds
ANY_TABLE = "TABLE"  # stands for a table's id in the address of its empty file
_RADIOS_LIMIT = 8  # more options than these become a list that opens
_ROW_RADIOS_LIMIT = 3  # the same in a row of a table
_INLINE_LIMIT = 20  # letters of all the options: so few stand side by side
_WIDTHS = {"number": 10, "phone": 20, "tax_code": 20, "citizen_id": 20, "money": 10, "year": 5}
_TYPES = {"email": "email", "phone": "tel"}
_AUTOCOMPLETE = {
    "applicant.email": "email", "applicant.phone": "tel", "applicant.address": "street-address"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Key:
    version: int
    digest: str
    language: str
    sections: tuple[str, ...]
    form: Form = field(compare=False)


@dataclass(frozen=True, slots=True)
class Around:
    """What the form's page knows besides the answers. In `table_href` ANY_TABLE stands for a table's id."""

    warnings: Mapping[str, str] = field(default_factory=dict)
    taken: Collection[str] = ()  # the fields whose answers came from the account and were not changed
    files: Mapping[str, int] = field(default_factory=dict)  # how many there are for a field of type file
    boxes: Mapping[str, Markup] = field(default_factory=dict)  # what takes the files of such a field in its place
    papers_href: str = ""  # where files are uploaded
    table_href: str = ""


def form_html(
    definition: Definition,
    version_key: tuple[int, str],
    answers: Mapping[str, Any],
    problems: Mapping[str, str],
    rows: Mapping[str, int] | None = None,
    *,
    sections: tuple[str, ...] = (),
    around: Around | None = None,
) -> Markup:
    """The fields of these sections, of all when none is named, with these answers and these problems beside them.

    `version_key` names the version for ever: its key and digest. `rows` says how many rows which table shows at
    least; a table without any answer shows one empty row.
    """
    form = definition.form
    pieces = _compiled(_Key(*version_key, get_language() or "vi", sections, form))
    around = around or Around()
    drawn = [one for one in form.sections if not sections or one.id in sections]
    values = Variables(form, answers)
    shown = {one.id for one in rules.visible_fields(form, answers)}
    text = {
        one.id: _text(one, answers.get(one.id), values, (rows or {}).get(one.id, 0))
        for section in drawn
        for one in section.fields
        if one.type != "note"
    }
    shared = {
        "text": text, "wrong": problems, "shown": shown, "around": around, "communes": communes, "before": before,
        "provinces": provinces(),
    }  # fmt: skip
    return Markup("\n".join(piece.render(shared) for piece in pieces))  # noqa: S704 - escaped by the templates


def forget() -> None:
    """Compile anew: between tests that use the same keys for other forms."""
    _compiled.cache_clear()
    _piece.cache_clear()


# What stands in the inputs ------------------------------------------------------------------------------------


def _text(one: Field, value: Any, values: Variables, least: int) -> Any:
    if one.type == "table":
        return _rows(one, value, least)
    if one.type in COMPOSITE:
        return _parts_text(one, value if isinstance(value, dict) else {})
    if one.type == "choices":
        return value if isinstance(value, list) else []
    if one.type == "computed":
        return rules.display_text(one, values[one.id])
    return rules.input_text(one, value)


def _parts_text(whole: Field, value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        part.id: (value.get(part.id) or [])
        if part.type == "choices"
        else rules.input_text(part, value.get(part.id))
        for part in sub_fields(whole)
    }


def _rows(table: Field, value: Any, least: int) -> list[dict[str, Any]]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    texts: list[dict[str, Any]] = [
        {ROW_ID: str(row.get(ROW_ID) or ""), **_parts_text(table, row)} for row in rows if not is_empty(row)
    ]
    return texts + [{} for _number in range(max(1, least, table.min_rows) - len(texts))]


def provinces() -> list[tuple[str, str]]:
    """Every province's code and name, by the alphabet."""
    return _places("")


def communes(province: str) -> list[tuple[str, str]]:
    """The same of the communes of a province; none without a province."""
    return _places(province) if province else []


@lru_cache(maxsize=64)
def _places(province: str) -> list[tuple[str, str]]:
    if province:
        found = [(one.code, one.name) for one in places.communes(province)]
    else:
        found = [(one.code, one.name) for one in places.provinces()]
    return sorted(found, key=lambda one: sort_key(one[1]))


def before(commune: str) -> str:
    """What a commune was before 1/7/2025, in words; empty for what is no commune's code."""
    old = ", ".join(one.name for one in places.made_of(commune))
    return _("Trước ngày 01/07/2025: %(names)s.") % {"names": old} if old else ""


# The template -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=300)
def _compiled(key: _Key) -> tuple[Template, ...]:
    return tuple(map(_piece, sources(key.form, key.sections)))


@lru_cache(maxsize=1000)
def _piece(text: str) -> Template:
    """One section: it is compiled anew only when it has changed itself, not when another of its form has."""
    environment: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return environment.from_string(text)


def sources(form: Form, sections: tuple[str, ...] = ()) -> list[str]:
    """The template of each section, as text."""
    drawn = [one for one in form.sections if not sections or one.id in sections]
    fields = [one for section in drawn for one in section.fields]
    here = _Here(frozenset(one.id for one in fields), frozenset(one.field for one in form.checks if one.level == "warning"))
    made = []
    for section in drawn:
        parts = ['{% import "ui/components.html" as ui %}{% import "ui/form_parts.html" as parts %}']
        parts += [_row_macro(one) for one in section.fields if one.type == "table"]
        made.append("\n".join([*parts, _section(section, here)]))
    return made


@dataclass(frozen=True, slots=True)
class _Here:
    fields: frozenset[str]  # on this page: what a condition of the browser may look at
    warned: frozenset[str]


def _literal(text: str) -> str:
    """A text as Jinja reads it between quotes."""
    return ascii(str(text))


def _plain(text: str) -> str:
    """Text that stands in the template as itself."""
    return "{{ " + _literal(text) + " }}"


def _section(section: Section, here: _Here) -> str:
    heading = f'<h2 class="govuk-heading-m" id="phan-{section.id}">{_plain(section.title)}</h2>'
    help_text = f'<p class="govuk-hint mc-filing-help">{_plain(section.help)}</p>' if section.help else ""
    fields = "\n".join(_group(one, here) for one in section.fields)
    condition = ""
    if section.when or all(one.when for one in section.fields):
        ids = "[" + ", ".join(_literal(one.id) for one in section.fields) + "]"
        condition = "{% if not " + ids + "|select('in', shown)|list %} hidden{% endif %}"
        condition += _when(section.when, here)
    return (
        f'<section class="mc-filing-section" aria-labelledby="phan-{section.id}" data-mc-section="{section.id}"{condition}>'
        f"\n{heading}\n{help_text}\n{fields}\n</section>"
    )


def _when(condition: str, here: _Here) -> str:
    """The condition as the browser reads it; empty where the server has to say."""
    if not condition:
        return ""
    known = rules.browser_condition(condition)
    if known is None or not _names(known) <= here.fields:
        return ' data-mc-when=""'
    return f' data-mc-when="{_plain(json.dumps(known, ensure_ascii=False))}"'


def _names(known: Any) -> set[str]:
    """The fields that a browser's condition looks at."""
    if not isinstance(known, list):
        return set()
    if known and known[0] in ("==", "!=", "in", "has"):
        return {str(known[1]).partition(".")[0]}
    return {name for part in known for name in _names(part)}


def _group(one: Field, here: _Here) -> str:
    """One field with what a script needs to show and save it alone."""
    condition = ""
    if one.when:
        condition = "{% if " + _literal(one.id) + " not in shown %} hidden{% endif %}" + _when(one.when, here)
    value = f"text[{_literal(one.id)}]"
    name = _literal(one.id)
    match one.type:
        case "table":
            inside = _table(one)
        case "person" | "organisation" | "group":
            inside = _composite(one, value)
        case "place":
            inside = _place(one, name, value)
        case "computed":
            inside = f"{{{{ parts.output({name}, {_literal(one.label)}, {value}, hint={_literal(_hint(one))}) }}}}"
        case "note":
            inside = f"{{{{ parts.note({_literal(one.help)}, {_literal(one.tone)}, title={_literal(one.label)}) }}}}"
        case "file":
            inside = (
                f"{{{{ parts.paper({name}, {_literal(one.label)}, {_literal(_hint(one))}, wrong.get({name}, ''), "
                f"around.papers_href and around.papers_href ~ '#' ~ {name}, around.files.get({name}, 0), "
                f"box=around.boxes.get({name}, ''), required={'true' if one.required else 'false'}) }}}}"
            )
        case _:
            inside = _input(one, name, value)
    if one.id in here.warned:
        inside += f"{{{{ parts.warning({name}, around.warnings.get({name}, '')) }}}}"
    return f'<div data-mc-group="{one.id}"{condition}>{inside}</div>'


def _hint(one: Field) -> str:
    words = [one.help] if one.help else []
    if one.type == "date":
        words.append(_("Ngày/tháng/năm, ví dụ: 27/03/2026"))
    elif one.example:
        is_sum = one.type == "money" and one.example.isdecimal()
        words.append(_("Ví dụ: %(example)s") % {"example": number(int(one.example)) if is_sum else one.example})
    return _sentences(*words)


def _sentences(*words: str) -> str:
    """One after the other, each but the last ended by a full stop where it has no end of its own."""
    ended = [text if text[-1] in ".;:?!" else f"{text}." for text in words[:-1]]
    return " ".join([*ended, *words[-1:]])


def _hint_said(one: Field) -> str:
    """The hint as an expression: it tells too when the answer was taken from somewhere."""
    hint = _hint(one)
    if not one.prefill:
        return _literal(hint)
    said = {
        "earlier": _("Lấy từ hồ sơ trước, sửa được."),
        "result": _("Lấy từ kết quả đã cấp, sửa được."),
    }.get(one.prefill.partition(".")[0], _("Lấy từ tài khoản, sửa được."))
    return f"({_literal(_sentences(*filter(None, (hint, said))))} if {_literal(one.id)} in around.taken else {_literal(hint)})"


def _input(one: Field, name: str, value: str, *, attrs: str = "") -> str:
    """The call of the macro for one field; `name` and `value` are expressions."""
    options: list[Any] = [(option.value, option.label) for option in one.options]
    common = _common(one, name)
    personal = {"personal": "true"} if one.personal else {}
    match one.type:
        case "long_text":
            limit = {"maxlength": str(one.max_length)} if one.max_length else {}
            return _call("textarea", name, one, value, common | limit | personal)
        case "yes_no":
            both = [("yes", _("Có")), ("no", _("Không"))]
            return _call("radios", name, one, value, common | {"inline": "true"}, both)
        case "choice" if len(options) <= _RADIOS_LIMIT:
            inline = {"inline": "true"} if sum(len(label) for _word, label in options) <= _INLINE_LIMIT else {}
            return _call("radios", name, one, value, common | inline, options)
        case "choice":
            return _select(one, name, value)
        case "choices":
            return _call("checkboxes", name, one, value, common, options)
        case "date":
            return _call("date_input", name, one, value, common | personal)
        case _:
            return _call("input", name, one, value, common | personal | _shape(one))


def _common(one: Field, name: str) -> dict[str, str]:
    """What every macro of a field takes."""
    return {
        "hint": _hint_said(one),
        "error": f"wrong.get({name}, '')",
        "required": "true" if one.required else "false",
    }


def _select(one: Field, name: str, value: str) -> str:
    """A list that opens; one types into it when it is long."""
    options: list[Any] = [(option.value, option.label) for option in one.options]
    more = {"blank": _literal(_("Chọn"))}
    if len(options) > _RADIOS_LIMIT:
        more["attrs"] = '{"data-mc-search": ""}'
    return _call("select", name, one, value, _common(one, name) | more, options, kit="parts")


def _shape(one: Field) -> dict[str, str]:
    shape = {}
    if one.type in _WIDTHS:
        shape["width"] = str(_WIDTHS[one.type])
    if one.type in _TYPES:
        shape["type"] = _literal(_TYPES[one.type])
    if one.type in ("number", "money"):
        shape["inputmode"] = _literal("decimal" if one.decimals else "numeric")
    if one.type in ("tax_code", "citizen_id", "year"):
        shape["inputmode"] = _literal("numeric")
    if one.type == "money":
        shape["suffix"] = _literal(_("đồng"))
    if one.prefill in _AUTOCOMPLETE:
        shape["autocomplete"] = _literal(_AUTOCOMPLETE[one.prefill])
    return shape


def _written(options: list[Any]) -> str:
    return "[" + ", ".join(f"({_literal(word)}, {_literal(label)})" for word, label in options) + "]"


def _call(
    macro: str, name: str, one: Field, value: str, rest: Mapping[str, str], options: list[Any] | None = None,
    kit: str = "ui",
) -> str:  # fmt: skip
    arguments = [name, _literal(one.label)]
    if options is not None:
        arguments.append(_written(options))
    arguments.append(value)
    arguments += [f"{key}={text}" for key, text in rest.items()]
    return "{{ " + kit + "." + macro + "(" + ", ".join(arguments) + ") }}"


# Fields of several parts --------------------------------------------------------------------------------------


def _fieldset(one: Field, inside: str) -> str:
    return (
        "{% call ui.fieldset(" + _literal(one.label) + ', size="s", hint=' + _hint_said(one)
        + f", error=wrong.get({_literal(one.id)}, ''), id={_literal(one.id)})" + " %}" + inside + "{% endcall %}"
    )  # fmt: skip


def _composite(one: Field, value: str) -> str:
    cells = "\n".join(
        f'<div class="mc-parts__part mc-parts__part--{part.type}">'
        + (
            _input(part, _literal(f"{one.id}-{part.id}"), f"{value}[{_literal(part.id)}]")
            if part.type != "place"
            else _place(part, _literal(f"{one.id}-{part.id}"), f"{value}[{_literal(part.id)}]")
        )
        + "</div>"
        for part in sub_fields(one)
    )
    return _fieldset(one, f'<div class="mc-parts">{cells}</div>')


def _place(one: Field, name: str, value: str) -> str:
    parts = ", ".join(
        f'{{"id": {_literal(part.id)}, "label": {_literal(part.label)}, '
        f'"required": {"true" if part.required else "false"}, "personal": {"true" if part.personal else "false"}}}'
        for part in sub_fields(one)
    )
    inside = (
        f"{{{{ parts.place({name}, [{parts}], {value}, provinces, communes({value}.province), "
        f"before({value}.commune), wrong) }}}}"
    )
    return _fieldset(one, f'<div class="mc-form-place" data-mc-place-of="{one.id}">{inside}</div>')


# Tables -------------------------------------------------------------------------------------------------------


def _row_macro(table: Field) -> str:
    """One row of a table: a group of its columns, with buttons that copy, move and take it away."""
    row_id = (
        f'<input type="hidden" name="{table.id}-{{{{ place }}}}-{ROW_ID}" value="{{{{ row.get("{ROW_ID}", "") }}}}" data-mc-row-id>'
    )
    number = '<span data-mc-number>{{ place + 1 if place is number else "" }}</span>'
    acts = f'{{{{ parts.row_acts("{table.id}", place) }}}}'
    columns = sub_fields(table)
    if table.layout == "grid":
        cells = "".join(
            f'<td class="mc-grid__cell mc-grid__cell--{column.type}" data-label="{_plain(column.label)}">{_grid_cell(table, column)}</td>'
            for column in columns
        )
        inside = (
            f'<tr class="mc-grid__row" data-mc-row><th class="mc-grid__number" scope="row">'
            f'<span class="mc-grid__word">{_plain(_("Dòng"))} </span>{number}{row_id}</th>'
            f'{cells}<td class="mc-grid__acts">{acts}</td></tr>'
        )
    else:
        cells = "\n".join(_cell(table, column) for column in columns)
        title = f'<p class="mc-filing-row__title" id="{table.id}-{{{{ place }}}}-title">{_plain(_("Dòng"))} {number}</p>'
        inside = (
            f'<div class="mc-filing-row" role="group" aria-labelledby="{table.id}-{{{{ place }}}}-title" data-mc-row>'
            f'<div class="mc-filing-row__head">{title}{row_id}{acts}</div>'
            f'<div class="mc-filing-row__cells">{cells}</div></div>'
        )
    return "{% macro row_" + table.id + "(place, row, wrong) %}" + inside + "{% endmacro %}"


def _cell_name(table: Field, column: Field) -> str:
    return f'"{table.id}-" ~ place ~ "-{column.id}"'


def _cell_value(column: Field) -> str:
    return f"row.get({_literal(column.id)}, {'[]' if column.type == 'choices' else repr('')})"


def _cell(table: Field, column: Field) -> str:
    """One question of a row's card; long choices open as a list, so that the card stays one to look over."""
    name, value = _cell_name(table, column), _cell_value(column)
    if column.type == "choice" and len(column.options) > _ROW_RADIOS_LIMIT:
        return _select(column, name, value)
    return _input(column, name, value)


def _grid_cell(table: Field, column: Field) -> str:
    """A small input under its column's heading."""
    arguments = [_cell_name(table, column), _literal(column.label), "place"]
    options: list[Any] = [(option.value, option.label) for option in column.options]
    if column.type == "yes_no":
        options = [("yes", _("Có")), ("no", _("Không"))]
    macro = {"choice": "cell_select", "yes_no": "cell_select", "choices": "cell_choices", "long_text": "cell_text"}.get(
        column.type, "cell"
    )
    if options:
        arguments.append(_written(options))
    arguments += [_cell_value(column), f"error=wrong.get({arguments[0]}, '') if wrong else ''"]
    if column.required and column.type != "choices":
        arguments.append("required=true")
    if macro == "cell":
        shape = _shape(column)
        arguments += [f"{key}={shape[key]}" for key in ("type", "inputmode") if key in shape]
        if column.type == "date":
            arguments += ["day=true", 'inputmode="numeric"']
        if column.type in ("number", "year", "date", "money"):
            arguments.append('width="short"')
    if column.personal and macro in ("cell", "cell_text"):
        arguments.append("personal=true")
    return f"{{{{ parts.{macro}(" + ", ".join(arguments) + ") }}"


def _table(table: Field) -> str:
    rows = (
        "{% for row in text[" + _literal(table.id) + "] %}{{ row_" + table.id + "(loop.index0, row, wrong) }}{% endfor %}"
    )
    if table.layout == "grid":
        heads = "".join(
            f'<th scope="col">{_plain(column.label)}'
            + ("" if column.required else f' <span class="mc-optional">{_plain(_("(không bắt buộc)"))}</span>')
            + (f'<span class="mc-grid__hint">{_plain(_hint(column))}</span>' if column.help or column.example else "")
            + "</th>"
            for column in sub_fields(table)
        )
        rows = (
            f'<div class="mc-grid__frame" tabindex="0" role="region" aria-label="{_plain(_("Bảng: %(label)s") % {"label": table.label})}"><table class="mc-grid">'
            f'<thead><tr><th scope="col"><span class="govuk-visually-hidden">{_plain(_("Dòng"))}</span></th>{heads}'
            f'<th scope="col"><span class="govuk-visually-hidden">{_plain(_("Thao tác"))}</span></th></tr></thead>'
            f"<tbody data-mc-rows>{rows}</tbody></table></div>"
        )
    else:
        rows = f"<div data-mc-rows>{rows}</div>"
    return _fieldset(
        table,
        f'<div data-mc-table="{table.id}" data-mc-most="{table.max_rows or 0}">{rows}'
        f'<template data-mc-row-template>{{{{ row_{table.id}("{NEW_ROW}", {{}}, {{}}) }}}}</template>'
        f'<button class="govuk-button govuk-button--secondary mc-filing-add" type="submit" name="mc.action" '
        f'value="add:{table.id}" formaction="#{table.id}" data-mc-add>{_plain(_("Thêm dòng"))}</button>'
        f"{{{{ parts.bulk({_literal(table.id)}, {_literal(table.label)}, around.table_href|replace('{ANY_TABLE}', {_literal(table.id)})) }}}}"
        "</div>",
    )

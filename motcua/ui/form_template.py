"""A procedure's form as a template, compiled once: what does not change is not worked out again for each page.

The template is text made of calls of the kit's macros, one for each field, with labels and options written in.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template import engines
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from jinja2 import Environment, Template
from markupsafe import Markup

from motcua.procedures import rules
from motcua.procedures.answers import is_empty
from motcua.procedures.definition import Definition
from motcua.procedures.parts import Field, Form, Section

NEW_ROW = "__row__"  # stands for the number of a row that a script adds
_RADIOS_LIMIT = 8  # more options than these become a list that opens
_WIDTHS = {"number": 10, "phone": 20, "tax_code": 20, "citizen_id": 20, "money": 10}
_TYPES = {"email": "email", "phone": "tel"}
_AUTOCOMPLETE = {
    "applicant.email": "email", "applicant.phone": "tel", "applicant.address": "street-address"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Key:
    version: int
    digest: str
    language: str
    form: Form = field(compare=False)


def form_html(
    definition: Definition,
    version_key: tuple[int, str],
    answers: Mapping[str, Any],
    problems: Mapping[str, str],
    rows: Mapping[str, int] | None = None,
) -> Markup:
    """The fields of all sections with these answers in them and these problems beside them.

    `version_key` names the version for ever: its key and digest. `rows` says how many rows which table shows at
    least; a table without any answer shows one empty row.
    """
    form = definition.form
    template = _compiled(_Key(*version_key, get_language() or "vi", form))
    text: dict[str, Any] = {}
    for one in form.fields:
        value = answers.get(one.id)
        if one.type == "table":
            text[one.id] = _rows(one, value, (rows or {}).get(one.id, 0))
        elif one.type == "choices":
            text[one.id] = value if isinstance(value, list) else []
        else:
            text[one.id] = rules.input_text(one, value)
    shown = {one.id for one in rules.visible_fields(form, answers)}
    return Markup(template.render(text=text, wrong=problems, shown=shown))  # noqa: S704 - escaped by the template


def forget() -> None:
    """Compile anew: between tests that use the same keys for other forms."""
    _compiled.cache_clear()


def _rows(table: Field, value: Any, least: int) -> list[dict[str, Any]]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    texts: list[dict[str, Any]] = [
        {
            column.id: (row.get(column.id) or [])
            if column.type == "choices"
            else rules.input_text(column, row.get(column.id))
            for column in table.columns
        }
        for row in rows
        if not all(is_empty(part) for part in row.values())
    ]
    return texts + [{} for _number in range(max(1, least, table.min_rows) - len(texts))]


@lru_cache(maxsize=300)
def _compiled(key: _Key) -> Template:
    environment: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return environment.from_string(source(key.form))


def source(form: Form) -> str:
    """The template's text."""
    parts = ['{% import "ui/components.html" as ui %}']
    parts += [_row_macro(one) for one in form.fields if one.type == "table"]
    parts += [_section(section) for section in form.sections]
    return "\n".join(parts)


def _literal(text: str) -> str:
    """A text as Jinja reads it between quotes."""
    return ascii(text)


def _plain(text: str) -> str:
    """Text that stands in the template as itself."""
    return "{{ " + _literal(text) + " }}"


def _section(section: Section) -> str:
    heading = f'<h2 class="govuk-heading-m" id="phan-{section.id}">{_plain(section.title)}</h2>'
    help_text = f'<p class="govuk-hint mc-filing-help">{_plain(section.help)}</p>' if section.help else ""
    fields = "\n".join(_group(one) for one in section.fields)
    return f'<section class="mc-filing-section" aria-labelledby="phan-{section.id}">\n{heading}\n{help_text}\n{fields}\n</section>'


def _group(one: Field) -> str:
    """One field with what a script needs to show and save it alone."""
    condition = ""
    if one.when:
        known = rules.browser_condition(one.when)
        condition = "{% if " + _literal(one.id) + " not in shown %} hidden{% endif %}"
        condition += ' data-mc-when="' + ("" if known is None else _plain(json.dumps(known))) + '"'
    inside = (
        _table(one) if one.type == "table" else _input(one, _literal(one.id), f"text[{_literal(one.id)}]")
    )
    return f'<div data-mc-group="{one.id}"{condition}>{inside}</div>'


def _hint(one: Field) -> str:
    words = [one.help] if one.help else []
    if one.type == "date":
        words.append(_("Ngày/tháng/năm, ví dụ: 27/03/2026"))
    elif one.example:
        words.append(_("Ví dụ: %(example)s") % {"example": one.example})
    return " ".join(words)


def _input(one: Field, name: str, value: str) -> str:
    """The call of the macro for one field; `name` and `value` are expressions."""
    options: list[Any] = [(option.value, option.label) for option in one.options]
    common = {
        "hint": _literal(_hint(one)),
        "error": f"wrong.get({name}, '')",
        "required": "true" if one.required else "false",
    }
    personal = {"personal": "true"} if one.personal else {}
    match one.type:
        case "long_text":
            limit = {"maxlength": str(one.max_length)} if one.max_length else {}
            return _call("textarea", name, one, value, common | limit | personal)
        case "yes_no":
            both = [("yes", _("Có")), ("no", _("Không"))]
            return _call("radios", name, one, value, common | {"inline": "true"}, both)
        case "choice" if len(options) <= _RADIOS_LIMIT:
            return _call("radios", name, one, value, common, options)
        case "choice":
            return _call("select", name, one, value, common | {"blank": _literal(_("Chọn"))}, options)
        case "choices":
            return _call("checkboxes", name, one, value, common, options)
        case "date":
            return _call("date_input", name, one, value, common | personal)
        case _:
            return _call("input", name, one, value, common | personal | _shape(one))


def _shape(one: Field) -> dict[str, str]:
    shape = {}
    if one.type in _WIDTHS:
        shape["width"] = str(_WIDTHS[one.type])
    if one.type in _TYPES:
        shape["type"] = _literal(_TYPES[one.type])
    if one.type in ("number", "money"):
        shape["inputmode"] = _literal("decimal" if one.decimals else "numeric")
    if one.type in ("tax_code", "citizen_id"):
        shape["inputmode"] = _literal("numeric")
    if one.type == "money":
        shape["suffix"] = _literal(_("đồng"))
    if one.prefill in _AUTOCOMPLETE:
        shape["autocomplete"] = _literal(_AUTOCOMPLETE[one.prefill])
    return shape


def _call(
    macro: str, name: str, one: Field, value: str, rest: Mapping[str, str], options: list[Any] | None = None
) -> str:
    arguments = [name, _literal(one.label)]
    if options is not None:
        written = ", ".join(f"({_literal(word)}, {_literal(label)})" for word, label in options)
        arguments.append(f"[{written}]")
    arguments.append(value)
    arguments += [f"{key}={text}" for key, text in rest.items()]
    return "{{ ui." + macro + "(" + ", ".join(arguments) + ") }}"


# Tables -------------------------------------------------------------------------------------------------------


def _row_macro(table: Field) -> str:
    """One row of a table: a group of its columns, with a button that takes it away."""
    cells = "\n".join(_cell(table, column) for column in table.columns)
    number = '<span data-mc-number>{{ place + 1 if place is number else "" }}</span>'
    remove = (
        f'<button class="govuk-button mc-button--quiet mc-filing-remove" type="submit" name="mc.action" '
        f'value="remove:{table.id}:{{{{ place }}}}" formaction="#{table.id}" data-mc-remove>{_plain(_("Xóa dòng"))}'
        f'<span class="govuk-visually-hidden"> {number}</span></button>'
    )
    title = f'<p class="mc-filing-row__title" id="{table.id}-{{{{ place }}}}-title">{_plain(_("Dòng"))} {number}</p>'
    return (
        "{% macro row_" + table.id + "(place, row) %}"
        f'<div class="mc-filing-row" role="group" aria-labelledby="{table.id}-{{{{ place }}}}-title" data-mc-row>'
        f'<div class="mc-filing-row__head">{title}{remove}</div>'
        f'<div class="mc-filing-row__cells">{cells}</div></div>'
        "{% endmacro %}"
    )


def _cell(table: Field, column: Field) -> str:
    name = f'"{table.id}-" ~ place ~ "-{column.id}"'
    empty = "[]" if column.type == "choices" else "''"
    return _input(column, name, f"row.get({_literal(column.id)}, {empty})")


def _table(table: Field) -> str:
    most = table.max_rows or 0
    wrong = f"wrong.get({_literal(table.id)}, '')"
    return (
        "{% call ui.fieldset(" + _literal(table.label) + ', size="s", hint=' + _literal(_hint(table))
        + f", error={wrong}, id={_literal(table.id)})" + " %}"
        f'<div data-mc-table="{table.id}" data-mc-most="{most}">'
        "{% for row in text[" + _literal(table.id) + "] %}{{ row_" + table.id + "(loop.index0, row) }}{% endfor %}"
        f'<template data-mc-row-template>{{{{ row_{table.id}("{NEW_ROW}", {{}}) }}}}</template>'
        f'<button class="govuk-button govuk-button--secondary mc-filing-add" type="submit" name="mc.action" '
        f'value="add:{table.id}" formaction="#{table.id}" data-mc-add>{_plain(_("Thêm dòng"))}</button>'
        "</div>{% endcall %}"
    )  # fmt: skip

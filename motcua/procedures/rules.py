"""What a procedure asks for these answers: which fields, which papers, which fees, and what is still wrong.

Everything here is a pure function of a definition and a dictionary of answers; nothing touches the database.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from motcua.foundation.time import now
from motcua.procedures.answers import Variables, is_empty, typed_value
from motcua.procedures.cleaning import (
    clean,
    clean_choices,
    clean_table,
    count_problem,
    display_text,
    input_text,
    missing,
)
from motcua.procedures.definition import Definition
from motcua.procedures.expressions import ExpressionFailed, browser_condition, expression
from motcua.procedures.parts import Component, FeeLine, Field, Form, Section

__all__ = [
    "FeeAmount", "asked_components", "browser_condition", "clean_section", "display_text", "fee_lines",
    "input_text", "prefilled", "problems", "visible_fields", "wrong_values",
]  # fmt: skip

Answers = Mapping[str, Any]
Problems = dict[str, str]  # by field id, or "table-0-column" for a cell


@dataclass(frozen=True, slots=True)
class FeeAmount:
    """One fee or levy as it is owed; `amount_vnd` in whole đồng, zero or more."""

    code: str
    name: str
    kind: str
    amount_vnd: int
    due: str
    basis: str
    unit: str = ""


def asked_components(definition: Definition, answers: Answers, channel: str = "online") -> list[Component]:
    """The papers that a dossier with these answers must or may have, in the order of the record."""
    variables = Variables(definition.form, answers, channel=channel)
    return [component for component in definition.record.components if variables.holds(component.when)]


def fee_lines(definition: Definition, answers: Answers, channel: str = "online") -> list[FeeAmount]:
    """The fees and levies owed for these answers. Raises ExpressionFailed when a formula cannot be computed."""
    variables = Variables(definition.form, answers, channel=channel)
    return [
        FeeAmount(
            line.code, line.name, line.kind, _amount_vnd(line, variables), line.due, line.basis, line.unit
        )
        for line in definition.fees.lines
        if variables.holds(line.when)
    ]


def _amount_vnd(line: FeeLine, variables: Variables) -> int:
    """Whole đồng, halves up; what falls below zero is nothing."""
    if line.amount is not None:
        return line.amount
    value = expression(line.formula).value(variables)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 10**15:
        raise ExpressionFailed(
            _("Chưa tính được «%(name)s». Vui lòng liên hệ cơ quan tiếp nhận hồ sơ.") % {"name": line.name}
        )
    return max(0, value if isinstance(value, int) else int(value + 0.5))


def visible_fields(form: Form, answers: Answers) -> list[Field]:
    """The fields that are asked, given the answers so far, in the order of the form."""
    variables = Variables(form, answers)
    return [field for field in form.fields if variables.asks(field)]


def prefilled(form: Form, answers: Answers, sources: Mapping[str, str]) -> dict[str, str]:
    """Values for fields that are still unanswered and say where to take them from ("applicant.name")."""
    return {
        field.id: sources[field.prefill]
        for field in form.fields
        if field.prefill and sources.get(field.prefill) and is_empty(answers.get(field.id))
    }


# One section, as posted ---------------------------------------------------------------------------------------


def clean_section(
    form: Form, section_id: str, posted: Mapping[str, Any], answers: Answers, *, today: date | None = None
) -> tuple[dict[str, Any], Problems]:
    """Read what was posted for one section: the values to keep, and what is wrong with them.

    `posted` is a QueryDict or a mapping to a text or a list of texts; rows of a table are named
    "table-0-column". Values are kept even when something is wrong, as the text that was typed. A field that was
    not posted keeps its answer, except that no ticked choice and no row left mean just that. Fields that the
    new answers hide have no problems. Raises KeyError when the form has no such section.
    """
    today = today or now().date()
    section = _section(form, section_id)
    before = Variables(form, answers)
    values: dict[str, Any] = {}
    problems: Problems = {}
    for field in section.fields:
        shown = before.asks(field) or field.id in posted
        found, wrong = _read(field, posted, today, was_shown=shown)
        values |= found
        problems |= wrong
    merged = {**answers, **values}
    variables = Variables(form, merged, today=today.isoformat())
    for field in section.fields:
        if not variables.asks(field):
            problems = {key: message for key, message in problems.items() if key.split("-")[0] != field.id}
        elif problem := _lack(field, merged.get(field.id)):
            problems.setdefault(field.id, problem)
    _apply_checks(form, variables, problems, only=section)
    return values, problems


def _section(form: Form, section_id: str) -> Section:
    for section in form.sections:
        if section.id == section_id:
            return section
    raise KeyError(section_id)


def _read(
    field: Field, posted: Mapping[str, Any], today: date, *, was_shown: bool
) -> tuple[dict[str, Any], Problems]:
    if field.type == "table":
        rows = _posted_rows(field, posted)
        if not rows and not was_shown:
            return {}, {}
        values, problems = clean_table(field, rows, today)
        return {field.id: values}, problems
    texts = _texts(posted, field.id)
    if field.type == "choices":
        if texts is None and not was_shown:
            return {}, {}
        value, problem = clean_choices(field, texts or ())
    elif texts is None:
        return {}, {}
    else:
        value, problem = clean(field, texts[-1] if texts else "", today)
    return {field.id: value}, {field.id: problem} if problem else {}


def _texts(posted: Mapping[str, Any], name: str) -> Sequence[str] | None:
    """All the texts posted under a name; None when there was none."""
    if name not in posted:
        return None
    found = posted.getlist(name) if hasattr(posted, "getlist") else posted[name]
    texts = found if isinstance(found, list | tuple) else [found]
    return [text for text in texts if isinstance(text, str)]


def _posted_rows(field: Field, posted: Mapping[str, Any]) -> list[dict[str, Sequence[str]]]:
    """The rows of a table in the order of their numbers, which may have gaps."""
    columns = {column.id for column in field.columns}
    rows: dict[int, dict[str, Sequence[str]]] = defaultdict(dict)
    for name in posted:
        found = re.fullmatch(rf"{field.id}-([0-9]{{1,6}})-([a-z0-9_]+)", str(name))
        if found and found[2] in columns:
            rows[int(found[1])][found[2]] = _texts(posted, name) or ()
    return [rows[number] for number in sorted(rows)]


def _lack(field: Field, value: Any) -> str | None:
    """What is missing in the answer to a field that is asked."""
    if field.type == "table":
        return count_problem(field, value if isinstance(value, list) else [])
    return missing(field) if field.required and is_empty(value) else None


# The whole form -----------------------------------------------------------------------------------------------


def problems(form: Form, answers: Answers, *, today: date | None = None) -> Problems:
    """Everything that stands in the way of submitting: what is missing, what is wrong, and the checks across fields.

    Empty when the form is complete. Computed from the answers alone, whatever was said when they were typed.
    """
    today = today or now().date()
    variables = Variables(form, answers, today=today.isoformat())
    found: Problems = {}
    for field in form.fields:
        if variables.asks(field):
            found |= _wrong(field, answers.get(field.id), today)
            if problem := _lack(field, answers.get(field.id)):
                found.setdefault(field.id, problem)
    _apply_checks(form, variables, found)
    return found


def wrong_values(form: Form, answers: Answers, *, today: date | None = None) -> Problems:
    """What is wrong with the answers that were given; what is missing is not a problem here."""
    today = today or now().date()
    variables = Variables(form, answers)
    found: Problems = {}
    for field in form.fields:
        if variables.asks(field):
            found |= _wrong(field, answers.get(field.id), today)
    return found


def _wrong(field: Field, value: Any, today: date) -> Problems:
    """Read a kept value as if it were typed again: what was wrong then is wrong now."""
    if is_empty(value):
        return {}
    if field.type == "table":
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        texts = [
            {column.id: _retyped(column, row.get(column.id)) for column in field.columns} for row in rows
        ]
        read, problems = clean_table(field, texts, today)
        if not problems and (
            not isinstance(value, list) or typed_value(field, read) != typed_value(field, value)
        ):
            return {field.id: _again()}
        return problems
    texts_now = _retyped(field, value)
    if field.type == "choices":
        read_now, problem = clean_choices(field, texts_now)
    else:
        read_now, problem = clean(field, texts_now[-1] if texts_now else "", today)
    if not problem and typed_value(field, value) != typed_value(field, read_now):
        problem = _again()
    return {field.id: problem} if problem else {}


def _retyped(field: Field, value: Any) -> list[str]:
    if field.type == "choices":
        return [str(part) for part in value] if isinstance(value, list) else [str(value)]
    return [input_text(field, value)]


def _again() -> str:
    return _("Vui lòng nhập lại thông tin này.")


def _apply_checks(form: Form, variables: Variables, found: Problems, only: Section | None = None) -> None:
    """Add the messages of checks across fields that do not hold.

    A check waits while its own field is not asked or any field that it names has a problem; for one section,
    also while it names a field of a later section.
    """
    fields = {field.id: field for field in form.fields}
    reached = _reached(form, only) if only else fields.keys()
    failing = {key.split("-")[0] for key in found}
    for check in form.checks:
        named = expression(check.rule).names & fields.keys()
        if only and check.field not in {field.id for field in only.fields}:
            continue
        if named - reached or named & failing or check.field in failing:
            continue
        if variables.asks(fields[check.field]) and not variables.holds(check.rule):
            found[check.field] = check.message


def _reached(form: Form, section: Section) -> set[str]:
    """The fields of the sections up to this one."""
    reached: set[str] = set()
    for each in form.sections:
        reached |= _ids(each.fields)
        if each.id == section.id:
            break
    return reached


def _ids(fields: Iterable[Field]) -> set[str]:
    return {field.id for field in fields}

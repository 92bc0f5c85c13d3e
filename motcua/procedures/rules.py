"""What a procedure asks for these answers: which fields, which papers, which fees, and what is still wrong.

Everything here is a pure function of a definition and a dictionary of answers; nothing touches the database.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from motcua.foundation.time import now
from motcua.procedures import fees
from motcua.procedures.answers import Variables, is_empty, typed_value
from motcua.procedures.cleaning import (
    clean,
    clean_choices,
    clean_parts,
    clean_table,
    count_problem,
    display_text,
    input_text,
    missing,
)
from motcua.procedures.composites import COMPOSITE, ROW_ID, SILENT, sub_fields
from motcua.procedures.definition import Definition, file_component
from motcua.procedures.expressions import browser_condition, expression
from motcua.procedures.fees import FeeAmount
from motcua.procedures.parts import Component, Field, Form, Section

__all__ = [
    "FeeAmount", "Variables", "asked_components", "browser_condition", "clean_section", "computed", "display_text",
    "fee_lines", "input_text", "prefilled", "problems", "row_id", "sub_fields", "variables_of", "visible_fields",
    "warnings", "wrong_values",
]  # fmt: skip

Answers = Mapping[str, Any]
Problems = dict[str, str]  # by field id, "field-part" for a part, or "table-0-column" for a cell


def variables_of(definition: Definition, answers: Answers, channel: str = "online") -> Variables:
    """What the rules of papers, fees and steps see: the answers, the channel, and the case ("" when none fits)."""

    def scenario() -> str:
        case = definition.scenario(answers)
        return case.id if case else ""

    return Variables(definition.form, answers, channel=channel, scenario=scenario)


def asked_components(definition: Definition, answers: Answers, channel: str = "online") -> list[Component]:
    """The papers that a dossier with these answers must or may have, in the order of the record.

    A component of every row of a table comes once for each row, with the id "component.row" and the row's name
    after its own. The file fields of the form that are asked come last, under the fields' ids.
    """
    variables = variables_of(definition, answers, channel)
    asked: list[Component] = []
    for component in definition.record.components:
        if component.scenarios and variables["scenario"] not in component.scenarios:
            continue
        if variables.holds(component.when):
            asked += _replicas(component, definition, variables, answers) if component.for_each else [component]
    return asked + [
        file_component(field) for field in definition.form.fields if field.type == "file" and variables.asks(field)
    ]


def _replicas(
    component: Component, definition: Definition, variables: Variables, answers: Answers
) -> Iterator[Component]:
    table = definition.field(component.for_each)
    rows = answers.get(table.id)
    if not isinstance(rows, list) or not variables.asks(table):
        return
    columns = {column.id: column for column in sub_fields(table)}
    for place, row in enumerate(rows):
        if isinstance(row, dict) and not is_empty(row):
            column = columns.get(component.row_name)
            name = display_text(column, row.get(column.id)) if column else ""
            yield replace(
                component,
                id=f"{component.id}.{row_id(row, place)}",
                name=f"{component.name} – {name or _('dòng %(number)d') % {'number': place + 1}}",
            )


def row_id(row: Mapping[str, Any], place: int) -> str:
    """What tells a row apart for ever; its place, counted from 0, when it was kept without."""
    id = row.get(ROW_ID)
    return id if isinstance(id, str) and re.fullmatch(r"[0-9a-f]{8}", id) else f"r{place + 1}"


def fee_lines(
    definition: Definition, answers: Answers, channel: str = "online", today: date | None = None
) -> list[FeeAmount]:
    """The fees and levies owed for these answers on that day, reliefs taken off.

    Raises ExpressionFailed when a price cannot be computed.
    """
    variables = variables_of(definition, answers, channel)
    return fees.fee_lines(definition.fees, variables, today or now().date())


def visible_fields(form: Form, answers: Answers) -> list[Field]:
    """The fields that are asked, given the answers so far, in the order of the form; notes, files and computed
    values that are shown among them.
    """
    variables = Variables(form, answers)
    return [field for field in form.fields if variables.asks(field)]


def computed(form: Form, answers: Answers) -> dict[str, Any]:
    """The values of the computed fields that are shown; `display_text` puts them into words."""
    variables = Variables(form, answers)
    return {
        field.id: variables[field.id] for field in form.fields if field.type == "computed" and variables.asks(field)
    }


def prefilled(form: Form, answers: Answers, sources: Mapping[str, Any]) -> dict[str, Any]:
    """Values for fields that are still unanswered and say where to take them from ("applicant.name").

    A value that is not of the field's type is left out.
    """
    found = {}
    for field in form.fields:
        value = sources.get(field.prefill) if field.prefill else None
        if not is_empty(value) and is_empty(answers.get(field.id)) and not is_empty(typed_value(field, value)):
            found[field.id] = value
    return found


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
        if field.type in SILENT:
            continue
        found, wrong = _read(field, posted, answers.get(field.id), today, was_shown=before.asks(field))
        values |= found
        problems |= wrong
    merged = {**answers, **values}
    variables = Variables(form, merged, today=today.isoformat())
    for field in section.fields:
        if not variables.asks(field):
            problems = {key: message for key, message in problems.items() if key.split("-")[0] != field.id}
        else:
            problems = _lacks(field, merged.get(field.id)) | problems
    _apply_checks(form, variables, problems, only=section)
    return values, problems


def _section(form: Form, section_id: str) -> Section:
    for section in form.sections:
        if section.id == section_id:
            return section
    raise KeyError(section_id)


def _read(
    field: Field, posted: Mapping[str, Any], earlier: Any, today: date, *, was_shown: bool
) -> tuple[dict[str, Any], Problems]:
    """The new value under the field's id, or nothing when the field was not posted."""
    if field.type == "table":
        rows = _posted_rows(field, posted)
        if not rows and not was_shown:
            return {}, {}
        values, problems = clean_table(field, rows, today, earlier)
        return {field.id: values}, problems
    if field.type in COMPOSITE:
        parts = _posted_parts(field, posted)
        if not parts:
            return {}, {}
        found, problems = clean_parts(field, parts, earlier, today)
        return {field.id: found}, problems
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


def _posted_parts(field: Field, posted: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The parts of a composite field that were posted, as "field-part"."""
    found = {part.id: _texts(posted, f"{field.id}-{part.id}") for part in sub_fields(field)}
    return {id: texts for id, texts in found.items() if texts is not None}


def _posted_rows(field: Field, posted: Mapping[str, Any]) -> list[dict[str, Sequence[str]]]:
    """The rows of a table in the order of their numbers, which may have gaps."""
    columns = {column.id for column in field.columns} | {ROW_ID}
    rows: dict[int, dict[str, Sequence[str]]] = defaultdict(dict)
    for name in posted:
        found = re.fullmatch(rf"{field.id}-([0-9]{{1,6}})-([a-z0-9_]+)", str(name), re.ASCII)
        if found and found[2] in columns:
            rows[int(found[1])][found[2]] = _texts(posted, name) or ()
    return [rows[number] for number in sorted(rows)]


def _lacks(field: Field, value: Any) -> Problems:
    """What is missing in the answer to a field that is asked.

    A required part of a group that is not itself required is missing only beside other answers of the group.
    """
    if field.type in SILENT:
        return {}
    if field.type == "table":
        problem = count_problem(field, value if isinstance(value, list) else [])
        return {field.id: problem} if problem else {}
    if field.type in COMPOSITE:
        if not field.required and is_empty(value):
            return {}
        parts = value if isinstance(value, dict) else {}
        lacking = {
            f"{field.id}-{part.id}": missing(part)
            for part in sub_fields(field)
            if part.required and is_empty(parts.get(part.id))
        }
        if not lacking and is_empty(value):
            lacking = {f"{field.id}-{part.id}": missing(field) for part in sub_fields(field)[:1]}
        return lacking
    return {field.id: missing(field)} if field.required and is_empty(value) else {}


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
            found |= _lacks(field, answers.get(field.id)) | _wrong(field, answers.get(field.id), today)
    _apply_checks(form, variables, found)
    return found


def warnings(form: Form, answers: Answers, *, today: date | None = None) -> Problems:
    """What deserves a second look, by the checks that only warn; it stands in nobody's way."""
    today = today or now().date()
    variables = Variables(form, answers, today=today.isoformat())
    wrong = problems(form, answers, today=today)
    found = dict(wrong)
    _apply_checks(form, variables, found, level="warning")
    return {key: message for key, message in found.items() if key not in wrong}


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
    if is_empty(value) or field.type in SILENT:
        return {}
    if field.type == "table":
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        texts = [
            {column.id: _retyped(column, row.get(column.id)) for column in field.columns} for row in rows
        ]
        read, problems = clean_table(field, texts, today, value)
        if not problems and (
            not isinstance(value, list) or typed_value(field, read) != typed_value(field, value)
        ):
            return {field.id: _again()}
        return problems
    if field.type in COMPOSITE:
        parts = value if isinstance(value, dict) else {}
        part_texts = {part.id: _retyped(part, parts.get(part.id)) for part in sub_fields(field)}
        read_parts, problems = clean_parts(field, part_texts, {}, today)
        if not problems and (parts is not value or typed_value(field, read_parts) != typed_value(field, value)):
            return {f"{field.id}-{part.id}": _again() for part in sub_fields(field)[:1]}
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


def _apply_checks(
    form: Form, variables: Variables, found: Problems, only: Section | None = None, level: str = "error"
) -> None:
    """Add the messages of checks across fields that do not hold.

    A check waits while its own field is not asked or any field that it names has a problem; for one section,
    also while it names a field of a later section.
    """
    fields = {field.id: field for field in form.fields}
    here = fields.keys() if only is None else _ids(only.fields)
    reached = _reached(form, only) if only else fields.keys()
    failing = {key.split("-")[0] for key in found}
    for check in form.checks:
        if check.level != level or check.field not in here:
            continue
        named = expression(check.rule).names & fields.keys()
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

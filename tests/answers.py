"""Plausible answers for any form: what its fields ask, no more."""

from typing import Any

from motcua.procedures import rules
from motcua.procedures.definition import Definition, Field

_BY_TYPE: dict[str, Any] = {
    "text": "Cà phê bột Đăk Hà",
    "long_text": "Sản xuất từ cà phê chín, rang xay tại xưởng của công ty.",
    "number": 1,
    "money": 1_000_000,
    "date": "2026-02-20",
    "yes_no": True,
    "email": "an@example.vn",
    "phone": "0905123456",
    "citizen_id": "062090001234",
    "tax_code": "0100109106",
    "address": "12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
}


def answer_for(field: Field) -> Any:
    if field.type in ("choice", "choices"):
        value = field.options[-1].value
        return [value] if field.type == "choices" else value
    if field.type == "table":
        return [{column.id: answer_for(column) for column in field.columns}]
    if field.type in ("number", "money"):
        return max(_BY_TYPE[field.type], field.min or 0)
    return _BY_TYPE[field.type]


def answers_for(definition: Definition, **chosen: Any) -> dict[str, Any]:
    """Answers under which the form has no problem, with what the test is about set by name."""
    answers: dict[str, Any] = {}
    for field in definition.form.fields:
        if field.id in rules.visible_fields(definition.form, answers):
            answers[field.id] = chosen.get(field.id, answer_for(field))
    return answers | chosen

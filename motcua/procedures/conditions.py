"""Conditions as people read them: `loai == 'moi' && so > 2` is "«Loại» là «Cấp mới» và «Số» lớn hơn 2"."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from motcua.foundation import vietnamese
from motcua.procedures.definition import Definition
from motcua.procedures.parts import Field

_PIECE = re.compile(
    r"""(?P<word>[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*) \s* (?P<operator>==|!=|>=|<=|>|<) \s*
        (?P<value>'[^'"\\]*'|"[^'"\\]*"|[0-9]+(?:\.[0-9]+)?|true|false)
      | (?P<within>'[^'"\\]*') \s+ in \s+ (?P<many>[a-z_][a-z0-9_]*)
      | (?P<no>!\s*)? (?P<bare>[a-z_][a-z0-9_]*)""",
    re.VERBOSE,
)


def condition_words(source: str, definition: Definition) -> str:
    """A condition in words when it is simple; otherwise as it is written, between «»."""
    fields = {field.id: field for field in definition.form.fields}
    cases = {case.id: case.name for case in definition.record.scenarios}
    found = [
        _alternative(alternative, fields, cases) for alternative in re.split(r"\s*\|\|\s*", source.strip())
    ]
    if "(" in source or None in found:
        return f"«{source}»"
    return _(" hoặc ").join(text for text in found if text)


def _alternative(source: str, fields: Mapping[str, Field], cases: Mapping[str, str]) -> str | None:
    found = [_piece(piece, fields, cases) for piece in re.split(r"\s*&&\s*", source)]
    return None if None in found else _(" và ").join(text for text in found if text)


def _piece(source: str, fields: Mapping[str, Field], cases: Mapping[str, str]) -> str | None:
    match = _PIECE.fullmatch(source)
    if match is None:
        return None
    if match["bare"]:
        field = fields.get(match["bare"])
        if field is None or field.type != "yes_no":
            return None
        return f"«{field.label}» " + (_("là không") if match["no"] else _("là có"))
    if match["many"]:
        field = fields.get(match["many"])
        if field is None:
            return None
        return _("«%(question)s» có %(value)s") % {
            "question": field.label,
            "value": _value(match["within"], field, {}),
        }
    return _compared(match["word"], match["operator"], match["value"], fields, cases)


def _compared(
    word: str, operator: str, value: str, fields: Mapping[str, Field], cases: Mapping[str, str]
) -> str | None:
    words = {
        "==": _("là"), "!=": _("khác"), ">": _("lớn hơn"), ">=": _("từ"), "<": _("nhỏ hơn"), "<=": _("không quá"),
    }  # fmt: skip
    channels = {"online": _("trực tuyến"), "in_person": _("trực tiếp"), "post": _("bưu chính công ích")}
    if word == "scenario":
        return f"{_('trường hợp')} {words[operator]} {_value(value, None, cases)}"
    if word == "channel":
        return f"{_('hình thức nộp')} {words[operator]} {_value(value, None, channels)}"
    field = fields.get(word)
    if field is None:
        return None
    if value in ("''", '""'):
        filled = {"==": _("để trống"), "!=": _("có trả lời")}.get(operator)
        return f"«{field.label}» {filled}" if filled else None
    return f"«{field.label}» {words[operator]} {_value(value, field, {})}"


def _value(written: str, field: Field | None, names: Mapping[str, str]) -> str:
    if written in ("true", "false"):
        return _("có") if written == "true" else _("không")
    if written[0] not in "'\"":
        return vietnamese.number(float(written) if "." in written else int(written))
    text = written[1:-1]
    return f"«{field.option_label(text) if field else names.get(text, text)}»"

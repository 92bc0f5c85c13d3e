"""The mistakes of a draft at the places where people edit it, in words without keys of files."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar, get_args

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.console.editor import tree
from motcua.console.editor.tree import Path
from motcua.procedures import operations, parts, words
from motcua.procedures.definition import Definition
from motcua.procedures.draft_check import Checked
from motcua.procedures.expressions import BadExpression, expression
from motcua.procedures.models import ProcedureDraft
from motcua.procedures.shape import Reader

Problems = dict[Path, list[str]]
_KEY = re.compile(r"«([a-z_]{2,30})»")
_CODE = re.compile(r"[a-z]+_[a-z]|\b[a-z_]+: |[\[{]|\.yaml|\btrue\b|\bfalse\b")
_STEP_CALLED = {"outcomes": gettext_lazy("Các hướng xử lý"), "end": gettext_lazy("Kết thúc quy trình")}
_STEP_WORDS = re.compile(rf"\b({'|'.join(_STEP_CALLED)})\b")
_TYPE = re.compile(rf"\bkiểu ({'|'.join(get_args(parts.FieldType))})\b")


def checked(draft: ProcedureDraft) -> Checked:
    """The definition that the draft is, or what is wrong with it."""
    return operations.check_draft(draft)


def whole(draft: ProcedureDraft) -> Definition | None:
    """The procedure that the draft is, whether or not its examples are met; None when anything else is wrong."""
    found = checked(draft)
    if found.definition is not None or any(finding.place[:1] != ("tests",) for finding in found.findings):
        return found.definition
    return sketch(draft)


def problems(draft: ProcedureDraft) -> Problems:
    """Every mistake by its place, in the order of the files."""
    return _problems(checked(draft), draft.content)


def digest(value: Any) -> str:
    """A short mark of a part of the content: another one when anything in it is another."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def _problems(checked: Checked, content: Mapping[str, Any]) -> Problems:
    found: Problems = {}
    for finding in checked.findings:
        mistake = finding.mistake
        path = _narrowed(finding.place, mistake.message, content)
        found.setdefault(path, []).append(said(path, mistake.message, mistake.advice))
    return found


def _narrowed(path: Path, message: str, content: Mapping[str, Any]) -> Path:
    """A mistake about a key that a group lacks stands at that key."""
    try:
        shape = tree.shape_at(path)
    except KeyError:
        return path
    named = _KEY.search(message)
    keys = {key.key for key in tree.keys_of(shape)}
    if named and named[1] in keys:
        return (*path, named[1])
    return path


def said(path: Path, message: str, advice: str) -> str:
    """A mistake in plain words: keys are called as the page calls them, advice about files is left out."""

    def called(found: re.Match[str]) -> str:
        try:
            shapes: list[type] = [tree.shape_at(path[:end]) for end in (len(path), len(path) - 1) if _is_shape(path[:end])]
        except KeyError:
            shapes = []
        for shape in shapes:
            if found[1] in words.KEYS.get(shape, {}):
                return f"«{words.label(shape, found[1])}»"
        name = words.any_label(found[1])
        return f"«{name}»"

    if advice.endswith("unverified."):  # a key of the record that is missing: said once, with the page on which to doubt it
        named = _KEY.search(message)
        missing = _KEY.sub(called, named[0]) if named else ""
        return _("Thiếu %(name)s. Vui lòng bổ sung; nếu chưa xác minh được thì chọn mục này ở phần Chưa xác minh.") % {
            "name": missing}  # fmt: skip
    text = _TYPE.sub(lambda found: f"kiểu «{words.value(parts.Field, 'type', found[1])}»", _KEY.sub(called, message))
    if path[:2] == ("process", "steps"):
        advice = _STEP_WORDS.sub(lambda found: f"«{_STEP_CALLED[found[0]]}»", advice)
    return text if _CODE.search(advice) else f"{text} {advice}"


def _is_shape(path: Path) -> bool:
    try:
        tree.shape_at(path)
    except KeyError:
        return False
    return True


# What can be shown of a draft that is not right yet ------------------------------------------------------------


def sketch(draft: ProcedureDraft) -> Definition:
    """The procedure as far as the draft makes sense: for looking at, never for filing."""
    sound = checked(draft).definition
    if sound is not None:
        return sound
    parts_read: dict[str, Any] = {}
    for name, shape in tree.ROOTS.items():
        text = yaml.dump(draft.content.get(name) or {}, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        parts_read[name] = Reader(name).read(text, shape)
    form, record = parts_read["form"], parts_read["record"]
    sections = _sections(form.sections)
    known = {field.id for section in sections for field in section.fields}
    seen: set[str] = set()
    components = [_sound(one) for one in record.components if _is_first(one.id, seen) and one.name]
    record = replace(
        record,
        components=tuple(components),
        scenarios=tuple(_sound(case) for case in record.scenarios if case.id),
        channels=tuple(channel for channel in record.channels if channel.channel),
    )
    fees = parts_read["fees"]
    fees = replace(
        fees,
        lines=tuple(_sound(line) for line in fees.lines if line.code and line.name),
        reliefs=tuple(_sound(relief) for relief in fees.reliefs if relief.id),
    )
    checks = tuple(rule for rule in form.checks if rule.field in known and _compiles(rule.rule))
    form = replace(form, sections=tuple(sections), checks=checks)
    process = parts_read["process"]
    process = replace(process, steps=tuple(_sound(step) for step in process.steps if _is_first(step.id, seen)))
    return Definition(record=record, form=form, fees=fees, process=process)


def _sections(sections: Iterable[parts.Section]) -> list[parts.Section]:
    seen: set[str] = set()
    found = []
    for section in sections:
        fields = [_field(field) for field in section.fields if field.label and field.type and _is_first(field.id, seen)]
        if section.title and _is_first(f"#{section.id}", seen):
            found.append(_sound(replace(section, fields=tuple(fields))))
    return found


def _field(field: parts.Field) -> parts.Field:
    options = tuple(option for option in field.options if option.value and option.label)
    seen: set[str] = set()
    columns = tuple(_field(one) for one in field.columns if one.label and one.type and _is_first(one.id, seen))
    return _sound(replace(field, options=options, columns=columns))


Part = TypeVar("Part", bound=Any)


def _sound(part: Part) -> Part:
    """The part without the expressions that cannot be read."""
    bad = {key: "" for key in ("when", "formula", "quantity") if not _compiles(getattr(part, key, ""))}
    return replace(part, **bad) if bad else part


def _compiles(source: str) -> bool:
    try:
        return not source or bool(expression(source))
    except BadExpression:
        return False


def _is_first(id: str, seen: set[str]) -> bool:
    fresh = bool(id) and id not in seen
    seen.add(id)
    return fresh

"""The examples that come with a procedure: made-up answers, and what they must give.

`tests/*.yaml` of a procedure's folder holds one example a file, or a list of them; they stay with the definition as
they were written. An example names only what it is about: `expect` may leave out any of components, fee_vnd, time_limit and route. `today` keeps an example
true whenever it is run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from django.utils.translation import gettext as _

from motcua.foundation.working_time import TimeLimit
from motcua.procedures import rules, shape
from motcua.procedures.composites import ROW_ID, sub_fields
from motcua.procedures.definition import Definition
from motcua.procedures.expressions import ExpressionFailed
from motcua.procedures.parts import ChannelWord, Field
from motcua.procedures.shape import Mistake, Reader
from motcua.procedures.ways import usual_route


@dataclass(frozen=True, slots=True)
class Expectation:
    components: tuple[str, ...] | None = None
    fee_vnd: int | None = None
    time_limit: TimeLimit | None = None
    route: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    expect: Expectation
    channel: ChannelWord = "online"
    today: date | None = None  # the day on which it is filed; the real one when left out


def run_examples(definition: Definition) -> list[Mistake]:
    """Return what the examples expect and do not get, and what is wrong with the examples."""
    mistakes = []
    for name, text in sorted(definition.tests.items()):
        reader = Reader(f"tests/{name}")
        for place, node in enumerate(_nodes(reader, text)):
            before = len(reader.mistakes)
            example, answers = _read(node, place, definition, reader)
            if len(reader.mistakes) > before:
                continue
            for key, message in _differences(example, answers, definition):
                reader.add(
                    (place, "expect", key),
                    _("Ví dụ «%(name)s»: %(message)s.") % {"name": example.name, "message": message},
                    _("Vui lòng sửa ví dụ hoặc sửa quy tắc của thủ tục."),
                )
        mistakes += sorted(reader.mistakes)
    return mistakes


def examples_of(definition: Definition) -> list[tuple[Example, dict[str, Any]]]:
    """The examples with their answers, in the order of their files; unreadable ones are left out."""
    found = []
    for name, text in sorted(definition.tests.items()):
        reader = Reader(f"tests/{name}")
        for place, node in enumerate(_nodes(reader, text)):
            before = len(reader.mistakes)
            example, answers = _read(node, place, definition, reader)
            if len(reader.mistakes) == before:
                found.append((example, answers))
    return found


def read_answers(text: str, definition: Definition, file: str) -> tuple[dict[str, Any], list[Mistake]]:
    """The answers of a YAML file: a mapping of field ids, or an example with `answers`."""
    reader = Reader(file)
    node = reader.parse(text)
    if isinstance(node, yaml.MappingNode):
        inner = [value for key, value in node.value if key.value == "answers"]
        answers = _answers(inner[0] if inner else node, definition, reader, ())
        return answers, sorted(reader.mistakes)
    if node is not None:
        reader.add((), _("Tệp không phải là câu trả lời."), _("Vui lòng ghi từng dòng «mã trường: giá trị»."))
    return {}, sorted(reader.mistakes)


def _nodes(reader: Reader, text: str) -> list[yaml.Node]:
    """The examples of one file: it holds one, or a list of them."""
    node = reader.parse(text)
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node] if node else []


def _read(
    node: yaml.Node, place: int, definition: Definition, reader: Reader
) -> tuple[Example, dict[str, Any]]:
    answers_node = None
    if isinstance(node, yaml.MappingNode):
        answers_node = next((value for key, value in node.value if key.value == "answers"), None)
        rest = [pair for pair in node.value if pair[0].value != "answers"]
        node = yaml.MappingNode(node.tag, rest, node.start_mark, node.end_mark)
    example: Example = reader.read_node(node, Example, (place,))
    answers = _answers(answers_node, definition, reader, (place, "answers")) if answers_node else {}
    return example, answers


def _differences(
    example: Example, answers: Mapping[str, Any], definition: Definition
) -> Iterator[tuple[str, str]]:
    expect = example.expect
    for field_id, message in rules.wrong_values(definition.form, answers, today=example.today).items():
        yield "answers", f"{field_id}: {message}"
    if expect.components is not None:
        asked = [component.id for component in rules.asked_components(definition, answers, example.channel)]
        of_rows = any("." in id for id in expect.components)
        found = list(dict.fromkeys(asked if of_rows else (id.partition(".")[0] for id in asked)))
        if set(found) != set(expect.components):
            yield "components", _differ(", ".join(expect.components), ", ".join(found))
    if expect.fee_vnd is not None:
        try:
            lines = rules.fee_lines(definition, answers, example.channel, example.today)
        except ExpressionFailed as failure:
            yield "fee_vnd", str(failure)
        else:
            fee_vnd = sum(line.amount_vnd for line in lines)
            if fee_vnd != expect.fee_vnd:
                yield "fee_vnd", _differ(str(expect.fee_vnd), str(fee_vnd))
    if expect.time_limit is not None:
        limit = definition.time_limit(example.channel, definition.scenario(answers))
        if limit != expect.time_limit:
            yield "time_limit", _differ(str(expect.time_limit), str(limit) if limit else _("không có"))
    if expect.route is not None:
        usual = usual_route(definition, answers, example.channel)
        way = [step.id for step in usual.steps] if usual else []
        if way != list(expect.route):
            yield "route", _differ(" → ".join(expect.route), " → ".join(way))


def _differ(expected: str, found: str) -> str:
    return _("mong đợi %(expected)s nhưng được %(found)s") % {"expected": expected, "found": found}


def _answers(node: yaml.Node, definition: Definition, reader: Reader, path: shape.Path) -> dict[str, Any]:
    """The answers, each read by its field's type: a choice `yes` is text, a date is text."""
    return _parts({field.id: field for field in definition.form.fields}, node, reader, path)


def _parts(fields: Mapping[str, Field], node: yaml.Node, reader: Reader, path: shape.Path) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    if not isinstance(node, yaml.MappingNode):
        reader.add_at(
            node.start_mark.line + 1,
            _("Câu trả lời phải là một nhóm gồm các mã trường và giá trị."),
            _("Vui lòng ghi từng dòng «mã trường: giá trị»."),
        )
        return {}
    for key, value in node.value:
        if key.value in fields:
            answers[key.value] = _answer(fields[key.value], value, reader, (*path, key.value))
        else:
            reader.add_at(
                key.start_mark.line + 1,
                _("Không có trường «%(field)s».") % {"field": key.value},
                _("Vui lòng ghi mã của một trường trong tờ khai."),
            )
    return answers


def _answer(field: Field, node: yaml.Node, reader: Reader, path: shape.Path) -> Any:
    parts = {part.id: part for part in sub_fields(field)}
    if field.type == "table":
        rows = node.value if isinstance(node, yaml.SequenceNode) else [node]
        known = parts | {ROW_ID: Field(ROW_ID, "", "text")}
        return [_parts(known, row, reader, (*path, place)) for place, row in enumerate(rows)]
    if parts:
        return _parts(parts, node, reader, path)
    hints: dict[str, Any] = {
        "yes_no": bool, "money": int, "number": float, "year": int, "choices": tuple[str, ...],
    }  # fmt: skip
    value = reader.read_node(node, hints.get(field.type, str), path)
    return list(value) if isinstance(value, tuple) else value

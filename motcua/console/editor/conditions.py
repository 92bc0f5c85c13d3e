"""Conditions for people: simple ones said in words, and the common ones put together from lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from motcua.console.editor import tree
from motcua.procedures import words
from motcua.procedures.expressions import browser_condition
from motcua.procedures.parts import Channel


@dataclass(frozen=True, slots=True)
class Group:
    """One question with the answers that can be asked for, each as (expression, words)."""

    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Names:
    """What can be spoken of in the conditions of one procedure: ids with their words."""

    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    scenarios: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Any) -> "Names":
        fields = {}
        for section in tree.list_at(content, ("form", "sections")):
            for one in tree.list_at(section, ("fields",)):
                if isinstance(one, dict) and one.get("id") and one.get("type") not in ("note", "file"):
                    fields[str(one["id"])] = one
        cases = tree.list_at(content, ("record", "scenarios"))
        return cls(
            fields,
            {str(one["id"]): str(one.get("name") or one["id"]) for one in cases if isinstance(one, dict) and one.get("id")},
        )

    def label(self, id: str) -> str:
        return str(self.fields.get(id, {}).get("label") or id)

    def answer(self, id: str, value: str) -> str:
        """An answer as people read it."""
        one = self.fields.get(id, {})
        if one.get("type") == "yes_no":
            return _("Có") if value == "yes" else _("Không")
        for option in tree.list_at(one, ("options",)):
            if isinstance(option, dict) and option.get("value") == value:
                return str(option.get("label") or value)
        if id == "scenario":
            return self.scenarios.get(value, value)
        if id == "channel":
            return words.value(Channel, "channel", value)
        return value

    def question(self, id: str) -> str:
        return {"scenario": _("Trường hợp"), "channel": _("Hình thức nộp")}.get(id) or self.label(id)


def reading(source: Any, names: Names) -> str:
    """A simple condition in words; empty for one that is too rich, or for none."""
    if not isinstance(source, str) or not source.strip():
        return ""
    known = browser_condition(source)
    if known is None:
        return ""
    said = [_one(condition, names) for condition in known]
    return _("Khi %(conditions)s.") % {"conditions": _(" và ").join(said)} if said else ""


def _one(condition: list[Any], names: Names) -> str:
    operator, id, wanted = condition
    question = names.question(id)
    if operator == "in":
        answers = ", ".join(f"«{names.answer(id, one)}»" for one in wanted)
        return _("«%(question)s» là một trong: %(answers)s") % {"question": question, "answers": answers}
    values = {"question": question, "answer": names.answer(id, wanted)}
    if operator == "has":
        return _("«%(question)s» có chọn «%(answer)s»") % values
    if operator == "!=" and wanted == "":
        return _("«%(question)s» đã được trả lời") % values
    if operator == "==" and wanted == "":
        return _("«%(question)s» chưa được trả lời") % values
    if operator == "!=":
        return _("«%(question)s» không phải là «%(answer)s»") % values
    return _("«%(question)s» là «%(answer)s»") % values


def choices(names: Names, *, extra: bool) -> list[Group]:
    """What a condition can be put together from; `extra`: the case and the way of filing are known too."""
    groups = [Group(names.label(id), tuple(_answers(id, one))) for id, one in names.fields.items()]
    if extra and names.scenarios:
        cases = tuple((f"scenario == '{id}'", f"{_('Trường hợp')}: {name}") for id, name in names.scenarios.items())
        groups.insert(0, Group(_("Trường hợp"), cases))
    if extra:
        ways = words.values(Channel, "channel")
        groups.append(
            Group(_("Hình thức nộp"), tuple((f"channel == '{word}'", f"{_('Hình thức nộp')}: {name}") for word, name in ways.items()))
        )
    return [group for group in groups if group.choices]


def _answers(id: str, one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    label = str(one.get("label") or id)
    match one.get("type"):
        case "yes_no":
            yield id, f"{label}: {_('Có')}"
        case "choice" | "choices" as kind:
            for option in tree.list_at(one, ("options",)):
                if isinstance(option, dict) and re.fullmatch(r"[^'\\]+", str(option.get("value") or "")):
                    value = option["value"]
                    test = f"{id} == '{value}'" if kind == "choice" else f"'{value}' in {id}"
                    yield test, f"{label}: {option.get('label') or value}"
        case "table":
            yield f"{id}.size() > 0", f"{label}: {_('có kê khai')}"
        case "text" | "long_text" | "email" | "phone" | "citizen_id" | "tax_code" | "address" | "date":
            yield f"{id} != ''", f"{label}: {_('có trả lời')}"


def joined(source: str, choice: str, *, negated: bool) -> str:
    """The expression with one more condition that must hold."""
    source, choice = source.strip(), choice.strip()
    if not choice:
        return source
    if negated:
        choice = _negated(choice)
    if not source:
        return choice
    left = f"({source})" if "||" in source or "?" in source else source
    return f"{left} && {choice}"


def _negated(choice: str) -> str:
    if re.fullmatch(r"\w+", choice):
        return f"!{choice}"
    if " == " in choice:
        return choice.replace(" == ", " != ", 1)
    if " != " in choice:
        return choice.replace(" != ", " == ", 1)
    if choice.endswith(".size() > 0"):
        return choice.replace(" > 0", " == 0")
    return f"!({choice})"

"""Conditions for people: simple ones said in words, and the common ones put together from lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from motcua.console.editor import tree
from motcua.foundation.vietnamese import number
from motcua.procedures import words
from motcua.procedures.expression_trees import Binary, Items, Literal, Name, Node, Unary, leaf_name
from motcua.procedures.expression_trees import tree as tree_of
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
        whole, _dot, part = id.partition(".")
        said = str(self.fields.get(whole, {}).get("label") or whole)
        return f"{said} ({part})" if part else said

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
    """A condition in words; empty for one that is too rich, or for none."""
    if not isinstance(source, str) or not source.strip():
        return ""
    parsed = tree_of(source)
    said = _said(parsed, names) if parsed else ""
    return _("Khi %(condition)s.") % {"condition": said} if said else ""


def _said(node: Node, names: Names) -> str:
    """What a part of a condition says; empty when there is no plain way to say it."""
    match node:
        case Binary("&&" | "||" as sign, left, right):
            first, second = _said(left, names), _said(right, names)
            if not first or not second:
                return ""
            if sign == "||":
                return _("%(first)s hoặc %(second)s") % {"first": first, "second": second}
            mixed = any(isinstance(one, Binary) and one.sign == "||" for one in (left, right))
            return "" if mixed else _("%(first)s và %(second)s") % {"first": first, "second": second}
        case Binary("==" | "!=" | "<" | "<=" | ">" | ">=" as sign, left, Literal(value)):
            return _compared(leaf_name(left), sign, value, names)
        case Binary("in", Literal(str() as value), right) if leaf_name(right):
            return _with_answer(_("«%(question)s» có chọn «%(answer)s»"), leaf_name(right), value, names)
        case Binary("in", left, Items(items)) if leaf_name(left) and all(isinstance(one, Literal) for one in items):
            id = leaf_name(left)
            answers = ", ".join(f"«{names.answer(id, str(one.value))}»" for one in items if isinstance(one, Literal))
            return _("«%(question)s» là một trong: %(answers)s") % {"question": names.question(id), "answers": answers}
        case Unary("!", Name(id)):
            return _with_answer(_("«%(question)s» là «%(answer)s»"), id, "no", names)
        case Name(id):
            return _with_answer(_("«%(question)s» là «%(answer)s»"), id, "yes", names)
        case _:
            return ""


def _compared(id: str, sign: str, value: Any, names: Names) -> str:
    if not id or value is None:
        return ""
    if isinstance(value, bool):
        return _with_answer(_("«%(question)s» là «%(answer)s»"), id, "yes" if value == (sign == "==") else "no", names)
    if isinstance(value, int | float):
        words_of = {
            "==": _("«%(question)s» bằng %(answer)s"),
            "!=": _("«%(question)s» khác %(answer)s"),
            "<": _("«%(question)s» nhỏ hơn %(answer)s"),
            "<=": _("«%(question)s» không quá %(answer)s"),
            ">": _("«%(question)s» lớn hơn %(answer)s"),
            ">=": _("«%(question)s» từ %(answer)s trở lên"),
        }
        return words_of[sign] % {"question": names.question(id), "answer": number(value)}
    if value == "":
        told = {"==": _("«%(question)s» chưa được trả lời"), "!=": _("«%(question)s» đã được trả lời")}
        return _with_answer(told[sign], id, "", names) if sign in told else ""
    told = {"==": _("«%(question)s» là «%(answer)s»"), "!=": _("«%(question)s» không phải là «%(answer)s»")}
    return _with_answer(told[sign], id, value, names) if sign in told else ""


def _with_answer(sentence: str, id: str, value: str, names: Names) -> str:
    return sentence % {"question": names.question(id), "answer": names.answer(id, value)}


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

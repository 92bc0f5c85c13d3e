"""Of what kind each part of an expression is, and what is said in it that cannot be meant."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.procedures.answers import is_iso_date
from motcua.procedures.composites import COMPOSITE, sub_fields
from motcua.procedures.expression_trees import (
    Binary,
    Call,
    Either,
    Item,
    Items,
    Literal,
    Member,
    Name,
    Node,
    Unary,
)
from motcua.procedures.parts import Field, Form

_WORDS = {
    "truth": gettext_lazy("đúng hoặc sai"),
    "number": gettext_lazy("số"),
    "text": gettext_lazy("chữ"),
    "date": gettext_lazy("ngày"),
    "list": gettext_lazy("danh sách"),
    "record": gettext_lazy("nhóm"),
}
_GIVES = {
    "size": "number", "int": "number", "uint": "number", "double": "number", "min": "number", "max": "number",
    "sum": "number", "string": "text", "has": "truth", "contains": "truth", "startsWith": "truth",
    "endsWith": "truth", "matches": "truth",
}  # fmt: skip
_MACROS = {"all": "truth", "exists": "truth", "exists_one": "truth", "filter": "list", "map": "list"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What values can stand somewhere. A choice is text of which all values are known."""

    word: str = "any"  # truth, number, text, date, list, record; any: not known
    options: tuple[str, ...] | None = None
    parts: Mapping[str, "Kind"] = field(default_factory=dict)
    item: "Kind | None" = None
    label: str = ""


ANY = Kind()
TRUTH, NUMBER, TEXT, DATE = Kind("truth"), Kind("number"), Kind("text"), Kind("date")


def kind_of(one: Field) -> Kind | None:
    """The kind of a field's value; None when the field has no value that a rule could use."""
    if one.type in ("note", "file"):
        return None
    if one.type == "yes_no":
        return TRUTH
    if one.type in ("number", "money", "year"):
        return NUMBER
    if one.type == "date":
        return DATE
    if one.type == "computed":
        return {"text": TEXT, "date": DATE}.get(one.shown_as, NUMBER)
    options = tuple(option.value for option in one.options)
    if one.type == "choice" and options:
        return Kind("text", options, label=one.id)
    if one.type == "choices":
        return Kind("list", item=Kind("text", options or None, label=one.id), label=one.id)
    if one.type == "table" or one.type in COMPOSITE:
        parts = {part.id: kind_of(part) or ANY for part in sub_fields(one)}
        record = Kind("record", parts=parts, label=one.id)
        return Kind("list", item=record, label=one.id) if one.type == "table" else record
    return TEXT


def kinds_of(form: Form) -> dict[str, Kind]:
    """The kinds of all fields that rules can use."""
    kinds = {one.id: kind_of(one) for one in form.fields}
    return {id: kind for id, kind in kinds.items() if kind}


def near(word: str, words: Iterable[str]) -> str:
    """A word that may have been meant; otherwise the words there are, as long as they are few."""
    words = list(words)
    found = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if found:
        return _("Có phải là «%(word)s»?") % {"word": found[0]}
    if 0 < len(words) <= 12:
        return _("Các tên được dùng: %(words)s.") % {"words": ", ".join(words)}
    return _("Vui lòng dùng mã của một trường trong form.yaml.")


class Reading:
    """Reads one expression; `complaints` are pairs of what is wrong and what to do."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds
        self.complaints: list[tuple[str, str]] = []

    def kind(self, node: Node, bound: Mapping[str, Kind] = {}) -> Kind:
        match node:
            case Literal(value):
                return _of_literal(value)
            case Name(id):
                return bound.get(id) or self.name(id)
            case Member(of, name):
                return self._member(self.kind(of, bound), name)
            case Item(of, place):
                self.kind(place, bound)
                return self.kind(of, bound).item or ANY
            case Unary(sign, of):
                wanted = TRUTH if sign == "!" else NUMBER
                self._must_be(self.kind(of, bound), wanted)
                return wanted
            case Either(condition, then, otherwise):
                self._must_be(self.kind(condition, bound), TRUTH)
                kinds = [self.kind(then, bound), self.kind(otherwise, bound)]
                return kinds[0] if kinds[0].word == kinds[1].word else ANY
            case Items(items):
                kinds = [self.kind(item, bound) for item in items]
                same = bool(kinds) and all(kind.word == kinds[0].word for kind in kinds)
                return Kind("list", item=replace(kinds[0], options=None) if same else ANY)
            case Call():
                return self._call(node, bound)
            case Binary():
                return self._binary(node, bound)

    def name(self, id: str) -> Kind:
        if id not in self.kinds:
            self._complain(_("Quy tắc dùng trường không có: «%(name)s».") % {"name": id}, near(id, self.kinds))
        return self.kinds.get(id, ANY)

    def _member(self, of: Kind, name: str) -> Kind:
        if of.word == "record" and name not in of.parts:
            self._complain(
                _("Không có phần hoặc cột «%(name)s» trong «%(field)s».") % {"name": name, "field": of.label},
                near(name, of.parts),
            )
        elif of.word not in ("record", "any"):
            self._complain(
                _("Không lấy được phần «%(name)s» của một giá trị kiểu %(kind)s.")
                % {"name": name, "kind": _WORDS[of.word]},
                _("Chỉ trường người, tổ chức, địa điểm, nhóm và dòng của bảng mới có các phần."),
            )
        return of.parts.get(name, ANY)

    def _call(self, node: Call, bound: Mapping[str, Kind]) -> Kind:
        of = self.kind(node.of, bound) if node.of else None
        if of and node.name in _MACROS and len(node.arguments) >= 2 and isinstance(node.arguments[0], Name):
            inside = {**bound, node.arguments[0].id: of.item or ANY}
            kinds = [self.kind(argument, inside) for argument in node.arguments[1:]]
            if node.name == "map":
                return Kind("list", item=kinds[-1])
            self._must_be(kinds[0], TRUTH)
            return of if node.name == "filter" else TRUTH
        for argument in node.arguments:
            self.kind(argument, bound)
        return Kind(_GIVES.get(node.name, "any"))

    def _binary(self, node: Binary, bound: Mapping[str, Kind]) -> Kind:
        left, right = self.kind(node.left, bound), self.kind(node.right, bound)
        match node.sign:
            case "&&" | "||":
                self._must_be(left, TRUTH)
                self._must_be(right, TRUTH)
                return TRUTH
            case "==" | "!=" | "<" | "<=" | ">" | ">=":
                self._comparable(left, right)
                self._known(left, node.right)
                self._known(right, node.left)
                if node.sign not in ("==", "!=") and not {left.word, right.word} <= {"number", "text", "date", "any"}:
                    self._mismatch(left, right)
                return TRUTH
            case "in":
                if right.word == "list" and right.item:
                    self._comparable(left, right.item)
                    self._known(right.item, node.left)
                for item in node.right.items if isinstance(node.right, Items) else ():
                    self._known(left, item)
                return TRUTH
            case "+":
                if not _alike(left, right):
                    self._mismatch(left, right)
                return left if left.word != "any" else right
            case _:
                self._must_be(left, NUMBER)
                self._must_be(right, NUMBER)
                return NUMBER

    def _known(self, kind: Kind, node: Node) -> None:
        """A choice can only be one of its options, and a date only a day."""
        if not isinstance(node, Literal) or not isinstance(node.value, str) or not node.value:
            return
        if kind.options is not None and node.value not in kind.options:
            self._complain(
                _("Trường «%(field)s» không có lựa chọn «%(value)s».") % {"field": kind.label, "value": node.value},
                near(node.value, kind.options),
            )
        if kind.word == "date" and not is_iso_date(node.value):
            self._complain(
                _("«%(value)s» không phải là một ngày.") % {"value": node.value},
                _("Vui lòng viết ngày theo dạng 2026-11-24."),
            )

    def _comparable(self, left: Kind, right: Kind) -> None:
        if not _alike(left, right):
            self._mismatch(left, right)

    def _must_be(self, kind: Kind, wanted: Kind) -> None:
        if not _alike(kind, wanted):
            self._complain(
                _("Ở đây cần một giá trị kiểu %(wanted)s, nhưng «%(name)s» là kiểu %(kind)s.")
                % {"wanted": _WORDS[wanted.word], "name": kind.label or "…", "kind": _WORDS[kind.word]},
                _("Vui lòng viết một phép so sánh, ví dụ loai == 'khac'."),
            )

    def _mismatch(self, left: Kind, right: Kind) -> None:
        self._complain(
            _("Quy tắc so sánh hoặc tính giữa các giá trị khác kiểu: %(left)s và %(right)s.")
            % {"left": _WORDS.get(left.word, "?"), "right": _WORDS.get(right.word, "?")},
            _("Vui lòng dùng int(x), double(x) hoặc string(x) để đổi kiểu; chữ viết trong dấu nháy, số thì không."),
        )

    def _complain(self, message: str, advice: str) -> None:
        if (message, advice) not in self.complaints:
            self.complaints.append((message, advice))


def _of_literal(value: object) -> Kind:
    if isinstance(value, bool):
        return TRUTH
    if isinstance(value, int | float):
        return NUMBER
    return TEXT if isinstance(value, str) else ANY


def _alike(left: Kind, right: Kind) -> bool:
    words = {left.word, right.word}
    return len(words) == 1 or "any" in words or words == {"text", "date"}

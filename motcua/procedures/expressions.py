"""Rules in data: CEL expressions over the answers of a form, compiled once per process.

All field ids are variables. A missing answer has the empty value of its type: "" for text, choices of one and
dates (a date is the text "YYYY-MM-DD", which compares as dates do), 0 for whole numbers and money, 0.0 for
numbers with decimals, false for yes or no, [] for several choices and for tables. Besides what CEL brings,
`sum(list)`, `min(a, b)` and `max(a, b)` are there.
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

from django.utils.translation import gettext as _

from motcua.foundation.errors import Refusal
from motcua.procedures.expression_trees import Binary, Items, Literal, Node, Unary, leaf_name, tree

# The package would bring along its own command line: 400 modules, 19 MB and 0.2 s in every process of ours.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
import cel  # noqa: E402

LENGTH_LIMIT = 2000  # characters of one expression
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum": sum,
    "min": min,
    "max": max,
}
RESERVED = frozenset({"true", "false", "null", "in", "channel", "scenario", "today", *_FUNCTIONS}) | frozenset(
    ["as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while", "int", "uint", "double", "string", "bool", "bytes", "list", "map", "type", "size", "has", "all", "exists", "exists_one", "filter", "matches", "contains", "duration", "timestamp", "dyn"]
)  # fmt: skip


class BadExpression(ValueError):
    """An expression that does not parse. Its text says why, in Vietnamese."""


class ExpressionFailed(Refusal):
    """An expression that could not be computed for these answers."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `names` are the variables that it needs."""

    source: str
    names: frozenset[str]
    needs_functions: bool
    program: Any

    def value(self, variables: Mapping[str, Any]) -> Any:
        """Compute the expression. Raises ExpressionFailed, whatever went wrong."""
        known = {name: variables[name] for name in self.names if name in variables}
        try:
            return self.program.execute(cel.Context(known, _FUNCTIONS) if self.needs_functions else known)
        except Exception as failure:  # the library raises TypeError, KeyError, RuntimeError, OverflowError …
            raise ExpressionFailed(
                _("Không tính được quy tắc «%(rule)s»: %(reason)s")
                % {"rule": self.source, "reason": _reason(failure)}
            ) from failure


@lru_cache(maxsize=16384)
def expression(source: str) -> Expression:
    """Compile `source`, once per process. Raises BadExpression."""
    if len(source) > LENGTH_LIMIT:
        raise BadExpression(_("biểu thức dài quá %(limit)d ký tự") % {"limit": LENGTH_LIMIT})
    if source.count("(") > 50:  # the parser recurses
        raise BadExpression(_("biểu thức có quá nhiều dấu ngoặc"))
    try:
        program = cel.compile(source)
    except Exception as failure:
        raise BadExpression(_syntax(str(failure))) from None
    bare = _QUOTED.sub("''", source)
    bound = set(_BOUND.findall(bare))
    called = any(re.search(rf"(?<![\w.]){name}\s*\(", bare) for name in _FUNCTIONS)
    return Expression(source, frozenset(program.variables()) - bound, called, program)


def _syntax(failure: str) -> str:
    """The parser's message in words: where it stumbled."""
    found = re.search(r"<input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)", failure)
    if not found:
        return _("biểu thức không đọc được")
    stumbled = re.search(
        r"(?:mismatched|extraneous) input '([^']*)'|token recognition error at: '([^\n]*)'", found[3]
    )
    what = (stumbled[1] or stumbled[2] or "") if stumbled else ""
    if what == "<EOF>":
        return _("biểu thức dừng giữa chừng")
    if what:
        return _("lỗi tại ký tự thứ %(column)s, gần «%(what)s»") % {"column": int(found[2]), "what": what}
    return _("lỗi tại ký tự thứ %(column)s") % {"column": int(found[2])}


def _reason(failure: Exception) -> str:
    text = str(failure)
    if isinstance(failure, KeyError):
        return _("không có khóa hoặc cột %(name)s") % {"name": text}
    if isinstance(failure, OverflowError):
        return _("số quá lớn")
    if "Undefined variable or function" in text:
        name = re.search(r"'([^']*)'", text)
        return _("không có trường hoặc hàm «%(name)s»") % {"name": name[1] if name else "?"}
    if isinstance(failure, TypeError) or "overload" in text or "nsupported" in text:
        return _(
            "so sánh hoặc tính giữa các giá trị khác kiểu; dùng int(x), double(x) hoặc string(x) để đổi kiểu"
        )
    if "ivision" in text or "odulus" in text or "zero" in text:
        return _("chia cho số không")
    return _("giá trị không dùng được")


# For the browser ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def browser_condition(source: str) -> list[list[Any]] | None:
    """Return a condition that the browser can evaluate by itself, None when it is too rich for that.

    A list of things that must all hold. A comparison is `[operator, name, text or texts]`:
    `["==", f, "x"]`, `["!=", f, "x"]`, `["in", f, ["x", "y"]]` (the field's value is one of these) and
    `["has", f, "x"]` (the field's chosen values have this one among them). `["or", [list, list …]]` holds when all
    of one of the lists holds, `["not", list]` when not all of the list holds. A name is a field's id, or "nguoi.name"
    for a part of one. A field without a value has ""; yes or no is "yes" and "no". Numbers are left to the server,
    which knows how they are written and within which bounds they count.
    """
    if not source.strip():
        return []
    try:
        expression(source)
    except BadExpression:
        return None
    node = tree(source)
    return None if node is None else _all_of(node)


def _all_of(node: Node) -> list[list[Any]] | None:
    match node:
        case Binary("&&", left, right):
            first, second = _all_of(left), _all_of(right)
            return None if first is None or second is None else first + second
        case Binary("||"):
            alternatives = [_all_of(one) for one in _alternatives(node)]
            return None if None in alternatives else [["or", alternatives]]
        case Unary("!", of) if not _name(of):
            inner = _all_of(of)
            return None if inner is None else [["not", inner]]
        case _:
            comparison = _comparison(node)
            return None if comparison is None else [comparison]


def _alternatives(node: Node) -> list[Node]:
    if isinstance(node, Binary) and node.sign == "||":
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [node]


def _comparison(node: Node) -> list[Any] | None:
    match node:
        case Binary("==" | "!=" as sign, Literal() as left, right) if _name(right):
            return _equal(sign, right, left.value)
        case Binary("==" | "!=" as sign, left, Literal() as right) if _name(left):
            return _equal(sign, left, right.value)
        case Binary("in", left, Items(items)) if _name(left):
            texts = [item.value for item in items if isinstance(item, Literal) and isinstance(item.value, str)]
            return ["in", _name(left), texts] if len(texts) == len(items) else None
        case Binary("in", Literal(str() as text), right) if _name(right):
            return ["has", _name(right), text]
        case Unary("!", of):
            return ["!=", _name(of), "yes"]
        case _ if _name(node):
            return ["==", _name(node), "yes"]
        case _:
            return None


def _equal(sign: str, named: Node, value: Any) -> list[Any] | None:
    if value is False:  # a missing answer is false too: "not yes"
        return ["!=" if sign == "==" else "==", _name(named), "yes"]
    text = "yes" if value is True else value
    return [sign, _name(named), text] if isinstance(text, str) else None


def _name(node: Node) -> str:
    """The field or the part of a field that is named; "" for anything else."""
    path = leaf_name(node)
    return "" if path.partition(".")[0] in RESERVED else path

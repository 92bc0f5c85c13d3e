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
RESERVED = frozenset({"true", "false", "null", "in", "channel", "today", *_FUNCTIONS}) | frozenset(
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

_NAME = r"([A-Za-z_]\w*)"
_TEXT = r"(?:'([^'\\]*)'|\"([^\"\\]*)\")"
_EQUALS = re.compile(rf"{_NAME}\s*(==|!=)\s*(?:{_TEXT}|(true|false))")
_ONE_OF = re.compile(rf"{_NAME}\s+in\s+\[([^\[\]]*)\]")
_HAS = re.compile(rf"{_TEXT}\s+in\s+{_NAME}")
_YES = re.compile(rf"(!?)\s*{_NAME}")
_ITEM = re.compile(rf"\s*{_TEXT}\s*(,|$)")


@lru_cache(maxsize=4096)
def browser_condition(source: str) -> list[list[Any]] | None:
    """Return a condition that the browser can evaluate by itself, None when it is too rich for that.

    A list of comparisons that must all hold, each `[operator, field id, text or texts]`:
    `["==", f, "x"]`, `["!=", f, "x"]`, `["in", f, ["x", "y"]]` (the field's value is one of these) and
    `["has", f, "x"]` (the field's chosen values have this one among them). A field without a value has "";
    yes or no is "yes" and "no".
    """
    if not source.strip():
        return []
    try:
        expression(source)
    except BadExpression:
        return None
    conditions = []
    for part in _conjuncts(source.strip()):
        condition = _comparison(part.strip())
        if condition is None:
            return None
        conditions.append(condition)
    return conditions


def _conjuncts(source: str) -> list[str]:
    """Split at the && that stand outside quotes; what has parentheses fails later, as it should."""
    blind = _QUOTED.sub(lambda found: "'" + "x" * (len(found[0]) - 2) + "'", source)
    parts, start = [], 0
    for found in re.finditer("&&", blind):
        parts.append(source[start : found.start()])
        start = found.end()
    return [*parts, source[start:]]


def _comparison(part: str) -> list[Any] | None:
    if found := _EQUALS.fullmatch(part):
        name, operator, single, double, truth = found.groups()
        if truth == "false":  # a missing answer is false too: "not yes"
            return ["!=" if operator == "==" else "==", name, "yes"]
        text = "yes" if truth else single if single is not None else double
        return [operator, name, text]
    if found := _ONE_OF.fullmatch(part):
        texts = _texts(found[2])
        return None if texts is None else ["in", found[1], texts]
    if found := _HAS.fullmatch(part):
        return ["has", found[3], found[1] if found[1] is not None else found[2]]
    if (found := _YES.fullmatch(part)) and found[2] not in RESERVED:
        return ["!=" if found[1] else "==", found[2], "yes"]
    return None


def _texts(items: str) -> list[str] | None:
    texts, place = [], 0
    while place < len(items):
        found = _ITEM.match(items, place)
        if not found:
            return None
        texts.append(found[1] if found[1] is not None else found[2])
        place = found.end()
    return texts

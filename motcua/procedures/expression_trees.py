"""An expression taken apart, for those who must know what it says and not only what it gives.

Only the part of CEL that rules of procedures are written in; whatever else is there, `tree` gives None and the
reader does without.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?)
  | (?P<int>[0-9]+)(?![A-Za-z_])
  | (?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])
  )""",
    re.VERBOSE | re.ASCII,
)
_ESCAPES = {"\\\\": "\\", "\\'": "'", '\\"': '"', "\\n": "\n", "\\t": "\t"}
_LEVELS = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any  # str, int, float, bool or None


@dataclass(frozen=True, slots=True)
class Name:
    id: str


@dataclass(frozen=True, slots=True)
class Member:
    of: "Node"
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    of: "Node"
    place: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments, or with `of` a method: `size(t)`, `t.exists(r, r.a > 1)`."""

    name: str
    of: "Node | None"
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Unary:
    sign: str
    of: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Either:
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple["Node", ...]


Node = Literal | Name | Member | Item | Call | Unary | Binary | Either | Items


@lru_cache(maxsize=4096)
def tree(source: str) -> Node | None:
    """The expression as a tree; None when it has something in it that is not understood here."""
    tokens = _tokens(source)
    if tokens is None:
        return None
    try:
        return _Parser(tokens).whole()
    except _Strange:
        return None


def leaf_name(node: Node) -> str:
    """The path of a variable or of a part of one, "nguoi.name"; "" when the node is neither."""
    if isinstance(node, Name):
        return node.id
    if isinstance(node, Member) and isinstance(node.of, Name):
        return f"{node.of.id}.{node.name}"
    return ""


class _Strange(Exception):
    pass


def _tokens(source: str) -> list[tuple[str, str]] | None:
    tokens, place, end = [], 0, len(source.rstrip())
    while place < end:
        found = _TOKEN.match(source, place)
        if not found or not found.lastgroup:
            return None
        tokens.append((found.lastgroup, found[found.lastgroup]))
        place = found.end()
    return tokens


class _Parser:
    """Recursive descent, one method for each kind of thing."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._choice()
        if self._place < len(self._tokens):
            raise _Strange
        return node

    def _next(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("end", "")

    def _takes(self, sign: str) -> bool:
        if self._next() == ("sign", sign):
            self._place += 1
            return True
        return False

    def _must(self, sign: str) -> None:
        if not self._takes(sign):
            raise _Strange

    def _choice(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Strange
        node = self._binary(0)
        if self._takes("?"):
            then = self._choice()
            self._must(":")
            node = Either(node, then, self._choice())
        self._depth -= 1
        return node

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        node = self._binary(level + 1)
        while self._next()[1] in _LEVELS[level] and self._next()[0] in ("sign", "name"):
            sign = self._next()[1]
            self._place += 1
            node = Binary(sign, node, self._binary(level + 1))
        return node

    def _unary(self) -> Node:
        for sign in ("!", "-"):
            if self._takes(sign):
                self._depth += 1
                if self._depth > _DEEPEST:
                    raise _Strange
                of = self._unary()
                self._depth -= 1
                if sign == "-" and isinstance(of, Literal) and isinstance(of.value, int | float):
                    return Literal(-of.value)
                return Unary(sign, of)
        return self._member()

    def _member(self) -> Node:
        node = self._primary()
        while True:
            if self._takes("."):
                name = self._name()
                node = Call(name, node, self._arguments(")")) if self._takes("(") else Member(node, name)
            elif self._takes("["):
                node = Item(node, self._choice())
                self._must("]")
            else:
                return node

    def _primary(self) -> Node:
        kind, text = self._next()
        self._place += 1
        match kind:
            case "int":
                return Literal(int(text))
            case "float":
                return Literal(float(text))
            case "text":
                return Literal(_unquoted(text))
            case "name" if text in _WORDS:
                return Literal(_WORDS[text])
            case "name" if text != "in":
                return Call(text, None, self._arguments(")")) if self._takes("(") else Name(text)
            case "sign" if text == "(":
                node = self._choice()
                self._must(")")
                return node
            case "sign" if text == "[":
                return Items(self._arguments("]"))
            case _:
                raise _Strange

    def _name(self) -> str:
        kind, text = self._next()
        if kind != "name":
            raise _Strange
        self._place += 1
        return text

    def _arguments(self, end: str) -> tuple[Node, ...]:
        arguments: list[Node] = []
        while not self._takes(end):
            if arguments:
                self._must(",")
            arguments.append(self._choice())
        return tuple(arguments)


def _unquoted(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        if found[0] not in _ESCAPES:
            raise _Strange
        return _ESCAPES[found[0]]

    return re.sub(r"\\.", plain, text[1:-1])

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template import engines

from motcua.ui import kept


@pytest.fixture(autouse=True)
def read_anew():
    kept.forget()
    yield
    kept.forget()


class Page(HTMLParser):
    """The elements of a piece of HTML, in order: (tag, attributes). Refuses tags that do not match."""

    VOID = {"input", "meta", "link", "br", "img", "path", "hr"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, f"</{tag}> closes nothing"

    def one(self, tag: str, **wanted: str) -> dict[str, str | None]:
        found = [a for t, a in self.elements if t == tag and all(a.get(k) == v for k, v in wanted.items())]
        assert len(found) == 1, f"{len(found)} elements {tag} {wanted}"
        return found[0]

    @property
    def ids(self) -> list[str]:
        return [a["id"] for _, a in self.elements if a.get("id")]  # type: ignore[misc]


@pytest.fixture
def jinja() -> Any:
    return engines.all()[0].env  # type: ignore[attr-defined]


@pytest.fixture
def draw(jinja) -> Callable[..., str]:
    """Render a snippet that calls the components as `ui`."""

    def _draw(snippet: str, **context: object) -> str:
        return jinja.from_string('{% import "ui/components.html" as ui %}' + snippet).render(**context)

    return _draw


@pytest.fixture
def parse() -> Callable[[str], Page]:
    return Page

"""An article's CommonMark as HTML in the look of our pages. HTML in the text stays text."""

from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "blockquote_open": "govuk-inset-text",
    "link_open": "govuk-link",
    "hr": "govuk-section-break govuk-section-break--m govuk-section-break--visible",
}
_HEADINGS = {"h1": "l", "h2": "m", "h3": "s"}
_markdown = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, slots=True)
class Text:
    """An article's body, and its headings of the second level as (id, words)."""

    html: Markup
    headings: list[tuple[str, str]]


@lru_cache(maxsize=200)
def rendered(body: str) -> Text:
    """The body as HTML, made once for each text."""
    tokens = _markdown.parse(body)
    headings = _dress(tokens)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return Text(Markup(html), headings)  # noqa: S704 - the renderer escapes, and takes no HTML


def _dress(tokens: list[Token]) -> list[tuple[str, str]]:
    """Give the tokens our classes, the headings ids too; return the headings of the second level."""
    headings: list[tuple[str, str]] = []
    for place, token in enumerate(tokens):
        if token.type in _CLASSES:
            token.attrSet("class", _CLASSES[token.type])
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"  # the title is the page's only first heading
        if token.type == "heading_open":
            token.attrSet("class", f"govuk-heading-{_HEADINGS.get(token.tag, 's')}")
            if token.tag == "h2":
                id = f"muc-{len(headings) + 1}"
                token.attrSet("id", id)
                headings.append((id, tokens[place + 1].content))
        _dress(token.children or [])
    return headings

"""Pages of citizens as they would be with a procedure that is not published: each face offers its own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from motcua.procedures.definition import Definition

Preview = Callable[[HttpRequest, Definition], HttpResponse]
_previews: dict[str, Preview] = {}


def register(kind: str, preview: Preview) -> None:
    """Offer a page: `preview` answers a request with what citizens would see of the definition."""
    _previews[kind] = preview


def preview(kind: str) -> Preview | None:
    """The page of that kind; None when no face offers it."""
    return _previews.get(kind)

"""What every page knows besides its own view's data."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from motcua.ui.display import Display
from motcua.ui.menu import address, menu
from motcua.ui.place import place_shown


def page(request: HttpRequest) -> dict[str, Any]:
    """`display`, `place`, `menu`, `user`, `language` and the addresses of the account pages."""
    return {
        "display": Display.of(request),
        "place": SimpleLazyObject(place_shown),
        "menu": SimpleLazyObject(lambda: menu(request.path)),
        "user": getattr(request, "user", None),
        "language": get_language() or "vi",
        "address": address,
    }

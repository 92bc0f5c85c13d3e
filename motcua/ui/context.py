"""What every page knows besides its own view's data."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from motcua.content.operations import visit_figures
from motcua.foundation.time import now
from motcua.ui.display import Display
from motcua.ui.kept import Kept
from motcua.ui.menu import address, menu
from motcua.ui.place import place_shown

visits_shown = Kept(lambda: (now(), visit_figures(at=now())), otherwise=None)


def page(request: HttpRequest) -> dict[str, Any]:
    """`display`, `place`, `visits` (to call: the moment and the figures, or None), `menu`, `user`, `language` and the addresses of the account pages."""
    return {
        "display": Display.of(request),
        "place": SimpleLazyObject(place_shown),
        "visits": visits_shown,
        "menu": SimpleLazyObject(lambda: menu(request.path)),
        "user": getattr(request, "user", None),
        "language": get_language() or "vi",
        "address": address,
    }

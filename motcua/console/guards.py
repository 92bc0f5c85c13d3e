"""Who may open which of these pages; others do not learn that they are there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from motcua.accounts.http import Request
from motcua.agencies.models import Role

View = Callable[..., HttpResponseBase]
EDITORS = (Role.CONTROLLER, Role.ADMINISTRATOR)  # of procedures and synonyms


def administrators_page(route: str, view: View, name: str) -> URLPattern:
    """A page for administrators."""
    return path(route, _only_for(view, (Role.ADMINISTRATOR,)), name=name)


def editors_page(route: str, view: View, name: str) -> URLPattern:
    """A page for those who answer for the catalogue: controllers and administrators."""
    return path(route, _only_for(view, EDITORS), name=name)


def _only_for(view: View, roles: tuple[Role, ...]) -> View:
    @wraps(view)
    def guarded(request: Request, **kwargs: Any) -> HttpResponseBase:
        if not any(request.actor.holds(role) for role in roles):
            raise Http404
        return view(request, **kwargs)

    guarded.roles = roles  # type: ignore[attr-defined]
    return never_cache(guarded)

"""Who acts in this request, and which pages anybody may open."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from motcua.accounts.models import User
from motcua.agencies.models import Officer
from motcua.foundation.actor import Actor


def actor_of(user: Any) -> Actor:
    """The actor behind an account, with an officer's roles (one query, for officers only)."""
    if not getattr(user, "is_authenticated", False):
        return Actor.anonymous()
    if user.kind != User.Kind.OFFICER:
        return Actor("citizen", str(user.pk), user.full_name)
    roles = frozenset(Officer.objects.filter(user=user).values_list("agency_id", "role"))
    return Actor("officer", str(user.pk), user.full_name, roles)


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that needs no login. Every other view of ours asks for one."""
    view.public = True  # type: ignore[attr-defined]
    return view


# Libraries' own pages decide for themselves who may open them.
_LIBRARIES = ("allauth.", "django.")


class ActorMiddleware:
    """Set `request.actor`; send strangers to the login page unless the view is public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if getattr(view, "public", False) or view.__module__.startswith(_LIBRARIES):
            return None
        if request.user.is_authenticated:
            return None
        return redirect_to_login(request.get_full_path())

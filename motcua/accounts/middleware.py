"""Who acts in this request, and which pages anybody may open."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from motcua.accounts.models import User
from motcua.agencies.models import Absence, Officer, Role
from motcua.foundation.actor import Absent, Actor
from motcua.foundation.time import now


def actor_of(user: Any, at: datetime | None = None) -> Actor:
    """The actor behind an account, with an officer's roles and those that absent officers lend him now or `at`.

    One query, for officers only. To administer the system is never lent.
    """
    if not getattr(user, "is_authenticated", False):
        return Actor.anonymous()
    if user.kind != User.Kind.OFFICER:
        return Actor("citizen", str(user.pk), user.full_name)
    away = Absence.objects.current(at or now()).filter(deputy=user).values("user_id")
    fields = ("user_id", "user__full_name", "agency_id", "role")
    offices = Officer.objects.filter(user=user).values_list(*fields)
    lent = Officer.objects.filter(user_id__in=away, user__is_active=True).exclude(role=Role.ADMINISTRATOR)
    own: set[tuple[int, str]] = set()
    others: dict[tuple[int, str], set[tuple[int, str]]] = {}
    for user_id, name, agency_id, role in offices.union(lent.values_list(*fields), all=True):
        place = own if user_id == user.pk else others.setdefault((user_id, name), set())
        place.add((agency_id, role))
    absent = tuple(Absent(*key, frozenset(roles - own)) for key, roles in sorted(others.items()))
    return Actor("officer", str(user.pk), user.full_name, frozenset(own.union(*others.values())), absent)


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

"""What a stranger posted, most likely because the login had expired: kept until the login, then put into the draft.

A post of a view that is marked `@keeps_posts` waits in the anonymous session, which the login carries over. A
script's request gets 401 instead of the login page; the script keeps the content itself.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import resolve_url

_KEY = "posted_before_login"
_LONGEST = 500_000  # characters
SCRIPT = "fetch"  # the value of X-Requested-With that our scripts send


def keeps_posts(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose posts survive an expired login."""
    view.keeps_posts = True  # type: ignore[attr-defined]
    return view


def is_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == SCRIPT


class KeepPosts:
    """Stands before the middleware that sends strangers to the login page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.user.is_authenticated or getattr(view, "public", False):
            return None
        if is_script(request):
            return JsonResponse({"login": resolve_url(settings.LOGIN_URL)}, status=401)
        if request.method == "POST" and getattr(view, "keeps_posts", False):
            posted = request.POST.copy()
            posted.pop("csrfmiddlewaretoken", None)
            content = posted.urlencode()
            if len(content) <= _LONGEST:
                request.session[_KEY] = {"path": request.path, "content": content}
        return None


def take(request: HttpRequest) -> QueryDict | None:
    """What was posted to this address before the login, once; None when nothing was."""
    kept = request.session.get(_KEY)
    if not kept:
        return None
    del request.session[_KEY]
    return QueryDict(kept["content"]) if kept["path"] == request.path else None

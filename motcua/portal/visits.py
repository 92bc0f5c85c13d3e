"""Counting visits honestly: a browser counts once a day, robots and officers never."""

import logging
import re
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from motcua.accounts.models import User
from motcua.content import operations
from motcua.foundation.time import now

COOKIE = "mc_visit"  # the day that was counted
_COOKIE_SECONDS = 2 * 24 * 3600
_ROBOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|monitor|headless|facebookexternalhit|curl|python", re.I
)

log = logging.getLogger(__name__)


def is_reader(request: HttpRequest) -> bool:
    """Whether a person's browser asks for a page to read: no robot, no officer at work, no fetch ahead."""
    agent = request.headers.get("User-Agent", "")
    return (
        request.method == "GET"
        and agent.startswith("Mozilla/")
        and not _ROBOT.search(agent)
        and "text/html" in request.headers.get("Accept", "")
        and not request.headers.get("Sec-Purpose")
        and getattr(request.user, "kind", "") != User.Kind.OFFICER
    )


class CountVisits:
    """Counts the first page that a browser opens on a day; a cookie with the day says it was counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        at = now()
        today = at.date().isoformat()
        if (
            response.status_code != 200
            or request.COOKIES.get(COOKIE) == today
            or not response.headers.get("Content-Type", "").startswith("text/html")
            or not is_reader(request)
        ):
            return response
        try:
            operations.count_visit(at=at)
        except DatabaseError:  # a page is worth more than its count
            log.warning("a visit was not counted", exc_info=True)
            return response
        response.set_cookie(
            COOKIE, today, max_age=_COOKIE_SECONDS, samesite="Lax", secure=request.is_secure(), httponly=True
        )
        return response

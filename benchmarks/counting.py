"""The product's settings, and on each answer what it cost: database statements and CPU time of the thread.

Only the counting pass of the benchmark runs with these; everything that is timed runs without them.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest, HttpResponse

from motcua.config.settings import *  # noqa: F403
from motcua.config.settings import MIDDLEWARE as _PRODUCTS_OWN

MIDDLEWARE = ["benchmarks.counting.Count", *_PRODUCTS_OWN]
HEADER = "X-Cost"  # "<statements> <microseconds of CPU>"; BEGIN, COMMIT and the ping of a kept connection do not count


class Count:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from django.db import connection

        statements = 0

        def count(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(*arguments)

        began = time.thread_time_ns()
        with ExitStack() as stack:
            stack.enter_context(connection.execute_wrapper(count))
            response = self.get_response(request)
        response[HEADER] = f"{statements} {(time.thread_time_ns() - began) // 1000}"
        return response

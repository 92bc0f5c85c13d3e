"""The least a WSGI application can do: what the server itself costs."""

from collections.abc import Callable, Iterable
from typing import Any

_BODY = b"hello"
_HEADERS = [("Content-Type", "text/plain"), ("Content-Length", str(len(_BODY)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", _HEADERS)
    return [_BODY]

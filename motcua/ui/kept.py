"""Facts that every page shows and that change seldom: read once a while, so that a page costs no query for them."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import DatabaseError

KEPT_SECONDS = 30
Fact = TypeVar("Fact")
_all: list["Kept"] = []


class Kept(Generic[Fact]):
    """Calls `read` at most once in `seconds` a process. Says `otherwise` while the database does not answer."""

    def __init__(self, read: Callable[[], Fact], otherwise: Fact, *, seconds: float = KEPT_SECONDS) -> None:
        self._read, self._otherwise, self._seconds = read, otherwise, seconds
        self._fact, self._until = otherwise, 0.0
        _all.append(self)

    def __call__(self) -> Fact:
        if time.monotonic() >= self._until:
            try:
                self._fact = self._read()
            except DatabaseError:
                return self._otherwise
            self._until = time.monotonic() + self._seconds
        return self._fact

    def forget(self) -> None:
        self._until = 0.0


def forget() -> None:
    """Read every fact anew at the next page: after an edit, and between tests."""
    for kept in _all:
        kept.forget()

"""Plugins of one kind, by code."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Plugin = TypeVar("Plugin")


class Registry(Generic[Plugin]):
    """Plugins of one kind, by code. Register at import; read at run time."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._plugins: dict[str, Plugin] = {}

    def register(self, code: str) -> Callable[[Callable[[], Plugin]], Callable[[], Plugin]]:
        """Add what the decorated class makes. Raises ValueError when the code is taken."""

        def add(plugin: Callable[[], Plugin]) -> Callable[[], Plugin]:
            if code in self._plugins:
                raise ValueError(f"{self.kind} {code!r} is registered twice")
            self._plugins[code] = plugin()
            return plugin

        return add

    def __getitem__(self, code: str) -> Plugin:
        try:
            return self._plugins[code]
        except KeyError:
            raise LookupError(f"no {self.kind} {code!r}; there are: {', '.join(self._plugins)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._plugins)

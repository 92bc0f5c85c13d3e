"""Settings from the environment: each is read once, typed, explained, and refused when it is wrong.

`motcua settings` prints `SETTINGS`; nothing else in the project reads `os.environ`.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


class BadSetting(Exception):
    """A value in the environment that cannot be used; the message names it and says what is expected."""


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    kind: str
    default: object
    help: str
    value: object
    secret: bool = False


SETTINGS: list[Setting] = []


def _note(name: str, kind: str, default: object, help: str, value: T, secret: bool = False) -> T:
    SETTINGS.append(Setting(name, kind, default, help, value, secret))
    return value


def _raw(name: str) -> str | None:
    text = os.environ.get(name)
    return text if text is None else text.strip()


def text(name: str, *, default: str, help: str, secret: bool = False) -> str:
    raw = _raw(name)
    return _note(name, "text", default, help, default if raw is None else raw, secret)


def choice(name: str, *, options: tuple[str, ...], default: str, help: str) -> str:
    value = _raw(name) or default
    if value not in options:
        raise BadSetting(f"{name} must be one of {', '.join(options)}; it is {value!r}.")
    return _note(name, "choice", default, help, value)


def integer(name: str, *, default: int, help: str, minimum: int = 0, maximum: int = 2**31) -> int:
    raw = _raw(name)
    try:
        value = default if raw is None else int(raw)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number; it is {raw!r}.") from None
    if not minimum <= value <= maximum:
        raise BadSetting(f"{name} must lie between {minimum} and {maximum}; it is {value}.")
    return _note(name, "number", default, help, value)


def flag(name: str, *, default: bool, help: str) -> bool:
    raw = _raw(name)
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if raw is not None and raw.lower() not in words:
        raise BadSetting(f"{name} must be true or false; it is {raw!r}.")
    return _note(name, "flag", default, help, default if raw is None else words[raw.lower()])


def names(name: str, *, default: list[str], help: str) -> list[str]:
    raw = _raw(name)
    value = default if raw is None else [part.strip() for part in raw.split(",") if part.strip()]
    return _note(name, "list", default, help, value)


def folder(name: str, *, default: Path, help: str) -> Path:
    raw = _raw(name)
    value = default if not raw else Path(raw)
    if not value.is_absolute():
        raise BadSetting(f"{name} must be an absolute path; it is {raw!r}.")
    return _note(name, "folder", default, help, value)


def url(name: str, *, default: str, help: str, secret: bool = False) -> str:
    value = _raw(name)
    value = default if value is None else value
    if value and (not urlsplit(value).scheme or "://" not in value):
        raise BadSetting(f"{name} must be an address such as scheme://host/path; it is {value!r}.")
    return _note(name, "address", default, help, value, secret)

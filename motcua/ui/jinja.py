"""The Jinja2 environment of all pages."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from motcua.foundation import shown, vietnamese
from motcua.ui import signatures


class Option(NamedTuple):
    """One choice of a select, of radios or of checkboxes."""

    value: str
    label: str
    hint: str = ""
    reveal: str = ""  # what appears below when it is chosen (Markup)
    disabled: bool = False


def environment(**options: Any) -> Environment:
    """Return the environment for Django's Jinja2 backend: autoescaped, translated, and strict about unknown names."""
    options["undefined"] = StrictUndefined
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    jinja = Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 - the backend sets it
    jinja.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    jinja.globals.update(_=said, gettext=said)  # the same words, said several times as fast
    jinja.globals.update(url=url, static=static, get_messages=get_messages, as_options=as_options)
    jinja.filters.update(
        money=vietnamese.money,
        number=vietnamese.number,
        day=day,
        moment=moment,
        typed_day=typed_day,
        size=size,
        paragraphs=paragraphs,
        problems=problems,
        signatures_in_words=signatures.in_words,
    )
    return jinja


@pass_eval_context
def said(context: EvalContext, text: str, /, **values: Any) -> str:
    """The text in the page's language, with these values in it: escaped on pages, as they are in mails.

    A percent sign is written twice.
    """
    words, is_pattern = _translated(translation.get_language(), str(text))
    spoken = words if context.autoescape else str(words)
    return spoken % values if is_pattern else spoken


@lru_cache(maxsize=10_000)
def _translated(language: str | None, text: str) -> tuple[Markup, bool]:
    """A text of ours as markup, and whether it has anything to fill in."""
    words = Markup(translation.gettext(text))  # noqa: S704 - our own words
    return words, "%" in words


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs)


def day(value: date | None) -> str:
    """`24/11/2026`; nothing for None."""
    return vietnamese.day(value) if value else ""


def moment(value: datetime | None) -> str:
    """`09:15, thứ Ba 24/11/2026`, the weekday in the page's language; nothing for None."""
    return shown.moment(value) if value else ""


def typed_day(value: date | str | None) -> str:
    """A date as a person types it (dd/MM/yyyy). Text that is no ISO date comes back as it was typed."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    return value.strftime("%d/%m/%Y") if value else ""


def size(count: int) -> str:
    """A file's size in bytes as people read it: `512 byte`, `1,4 MB`."""
    amount = float(count)
    for unit in ("byte", "KB", "MB"):
        if amount < 1024 or unit == "MB":
            break
        amount /= 1024
    if amount == int(amount) or amount >= 100:
        return f"{amount:.0f} {unit}"
    return f"{amount:.1f} {unit}".replace(".", ",")


@pass_eval_context
def paragraphs(_context: EvalContext, text: str) -> Markup:
    """Plain text as paragraphs: an empty line parts two of them, a line break stays one."""
    blocks = [block.strip() for block in str(text).replace("\r\n", "\n").split("\n\n")]
    return Markup("\n").join(
        Markup('<p class="govuk-body">{}</p>').format(Markup("<br>").join(map(escape, block.split("\n"))))
        for block in blocks
        if block
    )


def as_options(options: Iterable[Any] | Mapping[Any, Any]) -> list[Option]:
    """Choices in any handy shape, made alike: a mapping value to label, pairs, mappings or objects.

    A pair is (value, label); mappings and objects have `value` and `label`, perhaps `hint`, `reveal`, `disabled`.
    """
    if isinstance(options, Mapping):
        options = options.items()
    return [_option(option) for option in options]


def _option(option: Any) -> Option:
    if isinstance(option, Option):
        return option
    if isinstance(option, str):
        return Option(option, option)
    if isinstance(option, tuple | list):
        return Option(str(option[0]), option[1], *option[2:])
    if isinstance(option, Mapping):
        rest = {key: option[key] for key in ("hint", "reveal", "disabled") if option.get(key)}
        return Option(str(option["value"]), option["label"], **rest)
    return Option(str(option.value), option.label, getattr(option, "hint", "") or "")


def problems(found: Any) -> list[tuple[str, str]]:
    """Mistakes in any handy shape as (field id, message) in their order; the id is empty when no field is meant.

    Takes a mapping of field id to message or messages (Django's `form.errors` too), pairs, or plain messages.
    """
    pairs = found.items() if isinstance(found, Mapping) else found
    listed: list[tuple[str, str]] = []
    for pair in pairs:
        field, messages = ("", pair) if isinstance(pair, str) else pair
        field = "" if field in (None, "__all__") else field
        for message in (
            [messages] if isinstance(messages, str) or not isinstance(messages, Iterable) else messages
        ):
            listed.append((field, message))
    return listed

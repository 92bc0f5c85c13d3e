"""Moments as the reader of a page expects them: weekdays in the page's language, all else as in Vietnam."""

from datetime import date, datetime

from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language

from motcua.foundation import vietnamese
from motcua.foundation.time import HANOI


def weekday_and_day(value: date) -> str:
    """Return "thứ Ba 24/11/2026", or "Tuesday 24/11/2026" on an English page."""
    if get_language() != "en":
        return vietnamese.weekday_and_day(value)
    local = value.astimezone(HANOI) if isinstance(value, datetime) else value
    return f"{WEEKDAYS[local.weekday()]} {vietnamese.day(value)}"


def moment(value: datetime) -> str:
    """Return "09:15, thứ Ba 24/11/2026", in Hanoi time. Raises ValueError when `value` is naive."""
    return f"{value.astimezone(HANOI):%H:%M}, {weekday_and_day(value)}"

"""The clock. The law counts days in Hanoi; the database keeps UTC."""

import calendar as gregorian
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present moment, aware, in Asia/Ho_Chi_Minh."""
    return timezone.now().astimezone(HANOI)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, earlier when negative; the last of that month when it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))

"""The clock. The law counts days in Hanoi; the database keeps UTC."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present moment, aware, in Asia/Ho_Chi_Minh."""
    return timezone.now().astimezone(HANOI)

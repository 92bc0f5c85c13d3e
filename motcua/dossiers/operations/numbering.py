"""The numbers of papers: without gaps in each unit, year and kind of paper."""

from datetime import datetime

from motcua.foundation.codes import next_number
from motcua.foundation.time import HANOI


def numbered(unit: str, at: datetime, suffix: str) -> str:
    """The next number of a kind of paper in a unit and year, such as 12/TNHS."""
    return f"{next_number(counter_of(unit, at, suffix)):02}/{suffix}"


def counter_of(unit: str, at: datetime, suffix: str) -> str:
    """The name of the counter of a kind of paper in a unit and year."""
    return f"paper {unit} {suffix} {at.astimezone(HANOI).year}"

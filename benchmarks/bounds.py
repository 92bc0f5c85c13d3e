"""What a figure had to reach, and whether it did."""

from typing import NamedTuple


class Bound(NamedTuple):
    name: str
    wanted: str
    measured: str
    is_met: bool


def below(name: str, value: float, most: float, unit: str, digits: int = 1) -> Bound:
    """A figure that must stay below `most`."""
    return Bound(name, f"< {most:g} {unit}", f"{value:.{digits}f} {unit}", value < most)


def at_least(name: str, value: float, least: float, digits: int = 1) -> Bound:
    """A share, from 0 to 1, that must reach `least`."""
    return Bound(name, f">= {least:.0%}", f"{value:.{digits}%}", value >= least)

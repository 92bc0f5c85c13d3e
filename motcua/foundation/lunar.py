"""The Vietnamese lunar calendar, worked out from the sun and the moon.

The rules are those of Hồ Ngọc Đức: a month begins on the day of the new moon in Hanoi (UTC+7), the eleventh month
holds the winter solstice, and of a year with thirteen months the one without a principal term is the leap month.
The moments of new moon and the longitude of the sun follow Jean Meeus, Astronomical Algorithms. Known to agree
with the published calendars from 1968 on, when Vietnam took the time of the seventh meridian zone.
"""

from datetime import date, timedelta
from math import floor, pi, sin

_ZONE = 7 / 24  # days that Hanoi is ahead of UTC
_MONTH = 29.530588853  # days from one new moon to the next, on average
_EPOCH = 2415021.076998695  # Julian day of the new moon that counts as number 0, 1/1/1900
_ORDINAL_TO_JULIAN = 1721425  # from date.toordinal() to the Julian day that begins at noon


def lunar_new_year(year: int) -> date:
    """The first day of the first lunar month (mùng 1 Tết) of `year`."""
    return solar(year, 1, 1)


def solar(year: int, month: int, day: int) -> date:
    """The date of a day of a lunar month that is not a leap month.

    `year` is the lunar year, which begins between 20 January and 21 February. Raises ValueError for a month or day
    that no lunar year has.
    """
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError(f"no lunar day {day}/{month}")
    first, following = (_eleventh_month(year - 1), _eleventh_month(year)) if month < 11 else (
        _eleventh_month(year), _eleventh_month(year + 1)
    )  # fmt: skip
    steps = (month - 11) % 12
    if following - first > 365:  # thirteen months
        leap = _leap_month(first)
        if leap <= steps:
            steps += 1
    number = floor((first - _EPOCH) / _MONTH + 0.5) + steps
    return _from_julian(_new_moon(number) + day - 1)


def _eleventh_month(year: int) -> int:
    """The Julian day on which the lunar month of the winter solstice of `year` begins."""
    number = floor((_to_julian(date(year, 12, 31)) - 2415021) / _MONTH)
    begins = _new_moon(number)
    return _new_moon(number - 1) if _term(begins) >= 9 else begins


def _leap_month(eleventh: int) -> int:
    """How many months after the eleventh the first one without a principal term comes."""
    number = floor((eleventh - _EPOCH) / _MONTH + 0.5)
    steps = 1
    while steps < 14 and _term(_new_moon(number + steps)) != _term(_new_moon(number + steps + 1)):
        steps += 1
    return steps


def _new_moon(number: int) -> int:
    """The Julian day in Hanoi on which the new moon of this number since 1900 falls (Meeus, chapter 49)."""
    t = number / 1236.85  # centuries since 1900
    mean = 2415020.75933 + 29.53058868 * number + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * _sine(166.56 + 132.87 * t - 0.009173 * t**2)
    sun = 359.2242 + 29.10535608 * number - 0.0000333 * t**2 - 0.00000347 * t**3
    moon = 306.0253 + 385.81691806 * number + 0.0107306 * t**2 + 0.00001236 * t**3
    node = 21.2964 + 390.67050646 * number - 0.0016528 * t**2 - 0.00000239 * t**3
    waves = (
        (0.1734 - 0.000393 * t, sun), (0.0021, 2 * sun), (-0.4068, moon), (0.0161, 2 * moon), (-0.0004, 3 * moon),
        (0.0104, 2 * node), (-0.0051, sun + moon), (-0.0074, sun - moon), (0.0004, 2 * node + sun),
        (-0.0004, 2 * node - sun), (-0.0006, 2 * node + moon), (0.0010, 2 * node - moon), (0.0005, 2 * moon + sun),
    )  # fmt: skip
    moment = mean + sum(size * _sine(angle) for size, angle in waves)
    slowing = -0.000278 + 0.000265 * t + 0.000262 * t**2  # what the day has grown longer, in days
    return floor(moment - slowing + 0.5 + _ZONE)


def _term(julian: int) -> int:
    """In which twelfth of its year the sun stands as this day begins in Hanoi; 9 from the winter solstice on."""
    t = (julian - 0.5 - _ZONE - 2451545) / 36525  # centuries since 2000
    anomaly = 357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    longitude += (1.914600 - 0.004817 * t - 0.000014 * t**2) * _sine(anomaly)
    longitude += (0.019993 - 0.000101 * t) * _sine(2 * anomaly) + 0.000290 * _sine(3 * anomaly)
    return floor(longitude % 360 / 30)


def _sine(degrees: float) -> float:
    return sin(degrees * pi / 180)


def _to_julian(day: date) -> int:
    return day.toordinal() + _ORDINAL_TO_JULIAN


def _from_julian(julian: int) -> date:
    return date.fromordinal(julian - _ORDINAL_TO_JULIAN)


def eve(year: int) -> date:
    """The last day before the lunar New Year of `year` (giao thừa falls into its night)."""
    return lunar_new_year(year) - timedelta(days=1)

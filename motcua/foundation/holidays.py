"""The public holidays that the law foresees for a year, proposed to whoever keeps a calendar.

Source: Bộ luật Lao động 2019, Điều 111 khoản 3 (a holiday on a weekly day off is made up for on the next working
day) and Điều 112 (which days, of Tết five and of the National Day two, chosen each year by the Prime Minister);
Nghị quyết 28/2026/QH16 (24/11, since 2026). What is proposed counts only once an administrator has adopted it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from django.utils.translation import gettext as _

from motcua.foundation import lunar
from motcua.foundation.vietnamese import weekday_and_day
from motcua.foundation.working_calendar import Calendar

TetChoice = Literal["1-4", "2-3"]  # days of the old year, and of the new
NationalDayChoice = Literal["before", "after"]  # beside 2/9: 1/9 or 3/9
DAY_OF_CULTURE_SINCE = 2026
_ONE_DAY = timedelta(days=1)
_STEMS = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
_BRANCHES = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A day off, and why it is one. `is_chosen_yearly` says that the Prime Minister settles it for each year."""

    day: date
    name: str
    is_chosen_yearly: bool = False
    made_up_for: date | None = None  # the holiday on a weekly day off that this day makes up for


def proposed(
    year: int, calendar: Calendar, *, tet: TetChoice = "1-4", national_day: NationalDayChoice = "before"
) -> list[Proposed]:
    """The holidays of `year` for an agency with these working hours, in order, with the days that make up for them.

    Raises ValueError for a choice that the law does not have.
    """
    if tet not in get_args(TetChoice) or national_day not in get_args(NationalDayChoice):
        raise ValueError(_("Vui lòng chọn một trong các lựa chọn."))
    found = [Proposed(date(year, 1, 1), _("Tết Dương lịch"))]
    new_year, name = lunar.lunar_new_year(year), year_name(year)
    before, after = (int(part) for part in tet.split("-"))
    for offset in range(-before, after):
        words = _("Mùng 1 Tết Nguyên đán %(year)s") if offset == 0 else _("Tết Nguyên đán %(year)s")
        found.append(Proposed(new_year + offset * _ONE_DAY, words % {"year": name}, offset in (-2, 3)))
    found.append(Proposed(lunar.solar(year, 3, 10), _("Giỗ Tổ Hùng Vương")))
    found.append(Proposed(date(year, 4, 30), _("Ngày Chiến thắng")))
    found.append(Proposed(date(year, 5, 1), _("Ngày Quốc tế lao động")))
    beside = date(year, 9, 1 if national_day == "before" else 3)
    found += [Proposed(date(year, 9, 2), _("Quốc khánh")), Proposed(beside, _("Quốc khánh"), True)]
    if year >= DAY_OF_CULTURE_SINCE:
        found.append(Proposed(date(year, 11, 24), _("Ngày Văn hóa Việt Nam")))
    return sorted(_with_days_made_up(found, calendar), key=lambda one: one.day)


def year_name(year: int) -> str:
    """The name of a lunar year by stem and branch: 2027 is "Đinh Mùi"."""
    return f"{_STEMS[(year - 4) % 10]} {_BRANCHES[(year - 4) % 12]}"


def is_missing(year: int, calendar: Calendar) -> bool:
    """Whether a calendar knows no holiday of that year yet, so that its deadlines would see weekends only."""
    return not any(day.year == year for day in calendar.holidays)


def _with_days_made_up(found: list[Proposed], calendar: Calendar) -> list[Proposed]:
    """These days, and for each on a weekly day off the first working day after it that is no holiday itself."""
    taken = {one.day for one in found}
    made_up = []
    for one in sorted(found, key=lambda each: each.day):
        if calendar.sessions[one.day.weekday()]:
            continue
        day = one.day
        while day in taken or not calendar.sessions[day.weekday()]:
            day += _ONE_DAY
        taken.add(day)
        words = _("Nghỉ bù %(name)s (%(day)s)") % {"name": one.name, "day": weekday_and_day(one.day)}
        made_up.append(Proposed(day, words, one.is_chosen_yearly, one.day))
    return [*found, *made_up]

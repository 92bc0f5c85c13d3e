"""Deadlines in words."""

import json
from datetime import timedelta

import pytest

from motcua.desk.clock import clock, countdown
from motcua.foundation.working_calendar import office_calendar
from tests.cast import MONDAY_9AM

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "due_in, words, tone",
    [
        (2 * HOUR, "Hạn hôm nay, còn 2 giờ làm việc", "warning"),
        (24 * HOUR, "Còn 1 ngày làm việc", "waiting"),
        (
            20 * HOUR,
            "Còn 6 giờ làm việc",
            "waiting",
        ),  # five in the morning of Tuesday: what is left of Monday
        (7 * 24 * HOUR, "Còn 5 ngày làm việc", "neutral"),
        (timedelta(seconds=10), "Hạn hôm nay, còn dưới 1 phút", "warning"),
        (timedelta(minutes=-90), "Quá hạn 1 giờ 30 phút làm việc", "danger"),
        (-3 * 24 * HOUR, "Quá hạn 1 ngày làm việc", "danger"),  # since Friday, over a weekend
        (-40 * HOUR, "Quá hạn 2 giờ làm việc", "danger"),
        (-3 * HOUR, "Quá hạn 2 giờ làm việc", "danger"),
        (-90 * 24 * HOUR, "Quá hạn 90 ngày", "danger"),
    ],
)
def test_what_is_left_and_what_has_passed_is_told_in_working_time(due_in, words, tone):
    told = clock("Hạn", MONDAY_9AM + due_in, MONDAY_9AM, office_calendar())
    assert (told.words, told.tone, told.is_late) == (words, tone, tone == "danger")


def test_a_night_is_late_without_hours():
    evening = MONDAY_9AM.replace(hour=17)
    assert clock("Hạn", evening, evening + 5 * HOUR, office_calendar()).words == "Quá hạn"


def test_before_the_work_of_the_day_begins_what_is_due_in_the_evening_is_due_today():
    early, evening = MONDAY_9AM.replace(hour=6), MONDAY_9AM.replace(hour=17)
    assert clock("Hạn", evening, early, office_calendar()).words == "Hạn hôm nay"


@pytest.mark.parametrize(
    "passed, words, tone",
    [
        (0, "Còn 1 ngày làm việc", "neutral"),  # filed just now: there is time
        (1, "Còn 7 giờ làm việc", "neutral"),
        (23, "Hạn hôm nay, còn 1 giờ làm việc", "warning"),
        (23.5, "Hạn hôm nay, còn 30 phút làm việc", "warning"),
        (25, "Quá hạn 1 giờ làm việc", "danger"),
    ],
)
def test_the_answer_about_an_intake_is_urgent_when_it_is_nearly_due_and_not_before(passed, words, tone):
    due_at = MONDAY_9AM + 24 * HOUR  # eight working hours later
    told = countdown("Hạn", due_at, MONDAY_9AM + passed * HOUR, office_calendar(), 2)
    assert (told.words, told.tone) == (words, tone)


def test_a_script_is_told_the_working_time_that_is_left_in_seconds():
    told = countdown("Hạn", MONDAY_9AM + 24 * HOUR, MONDAY_9AM, office_calendar(), 2)
    ticking = json.loads(told.ticking)
    assert sum(ends - begins for begins, ends in ticking["spans"]) == 8 * 3600
    assert ticking["spans"][0][0] == 0 and ticking["spans"][-1][1] == 24 * 3600
    assert ticking["today"] == 15 * 3600  # from midnight on it is due today
    assert countdown("Hạn", MONDAY_9AM, MONDAY_9AM + HOUR, office_calendar(), 2).ticking == ""

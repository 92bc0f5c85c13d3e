"""When offices work: sessions of the week, the special days of each year, who works by which calendar.

Every edit goes into the open change of the calendar; the pages of `calendar_changes` show what it moves and keep it.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.http import Request
from motcua.agencies import calendars as operations
from motcua.agencies.calendars import SpecialDay, hours_text, weekdays
from motcua.agencies.models import Agency, CalendarChange, WorkingCalendar
from motcua.console import forms
from motcua.dossiers.models import Dossier
from motcua.foundation import holidays
from motcua.foundation.errors import Refusal
from motcua.foundation.shown import weekday_and_day
from motcua.foundation.time import HANOI, now
from motcua.foundation.vietnamese import day as day_text
from motcua.foundation.working_calendar import Calendar
from motcua.ui.paging import bounded, page

_YEARS_AHEAD = 5  # for which holidays may be proposed


@require_safe
def calendars(request: Request) -> HttpResponse:
    opened = CalendarChange.objects.filter(working_calendar=OuterRef("pk"), kept_at=None, discarded_at=None)
    rows = WorkingCalendar.objects.annotate(users=Count("agency"), is_changing=Exists(opened))
    found = page(rows, request, by="name")
    coming = _this_year() + 1
    lacking = {row.pk for row in found.rows if holidays.is_missing(coming, row.calendar)}
    return render(request, "console/calendars.html", {"page": found, "lacking": lacking, "coming_year": coming})


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    form = forms.NewCalendar(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.make_calendar(**form.cleaned_data, actor=request.actor, at=now())
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Đã thêm lịch %(name)s.") % {"name": made.name})
            return redirect("console:calendar", pk=made.pk)
    return render(request, "console/calendar_add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def calendar(request: Request, pk: int) -> HttpResponse:
    """One calendar; posting adds a special day to its open change."""
    row = get_object_or_404(WorkingCalendar, pk=pk)
    form = forms.SpecialDay(request.POST or None, initial={"kind": "holidays"})
    if request.method == "POST" and form.is_valid():
        days = [SpecialDay(form.cleaned_data["day"], form.cleaned_data["kind"], form.cleaned_data["name"])]

        def act() -> CalendarChange:
            return operations.add_special_days(calendar=row, days=days, actor=request.actor, at=now())

        if _done(request, form, "day", act):
            return redirect("console:calendar", pk=pk)
    return _page(request, row, form)


def _page(request: Request, row: WorkingCalendar, form: forms.SpecialDay) -> HttpResponse:
    known, this_year = row.calendar, _this_year()
    change = operations.open_change(row)
    shown = {
        "calendar": row,
        "form": form,
        "week": week_rows(known),
        "years": special_days(known, this_year),
        "this_year": this_year,
        "coming_year": this_year + 1,
        "is_lacking": holidays.is_missing(this_year + 1, known),
        "running": bounded(Dossier.objects.running().filter(agency__calendar=row), limit=999),
        "agencies": row.agency_set.order_by("code")[:50],
        "change": change,
        "differences": operations.differences(change) if change else [],
        "versions": row.versions.defer("content").order_by("-version")[:20],
        "kept": row.changes.filter(kept_at__isnull=False).order_by("-kept_at").first(),
    }
    return render(request, "console/calendar.html", shown, status=422 if form.errors else 200)


@require_POST
def clear_day(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(WorkingCalendar, pk=pk)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        messages.error(request, _("Ngày không hợp lệ. Vui lòng thử lại."))
    else:
        operations.clear_special_day(calendar=row, day=day, actor=request.actor, at=now())
        messages.success(
            request, _("Đã đưa việc xóa ngày %(day)s vào bản thay đổi, chưa áp dụng.") % {"day": day_text(day)}
        )
    return redirect("console:calendar", pk=pk)


@require_http_methods(["GET", "POST"])
def hours(request: Request, pk: int) -> HttpResponse:
    """The hours of a week: of work, and of reception."""
    row = get_object_or_404(WorkingCalendar, pk=pk)
    opened = operations.open_change(row)
    known = opened.calendar if opened else row.calendar
    reception = known.reception or known.sessions
    initial = {f"work-{weekday}": known.sessions[weekday] for weekday in range(7)}
    initial |= {f"reception-{weekday}": reception[weekday] for weekday in range(7)}
    form = forms.WeekHours(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():

        def act() -> CalendarChange:
            return operations.set_hours(
                calendar=row, sessions=form.week("work"), reception=form.week("reception"), actor=request.actor, at=now()
            )

        if _done(request, form, "work-0", act):
            return redirect("console:calendar_change", pk=pk)
    shown = {"calendar": row, "form": form, "weekdays": weekdays()}
    return render(request, "console/calendar_hours.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def units(request: Request, pk: int) -> HttpResponse:
    """Which further agencies shall work by this calendar."""
    row = get_object_or_404(WorkingCalendar, pk=pk)
    opened = operations.open_change(row)
    form = forms.Units(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["agencies"]
        operations.set_units(calendar=row, agencies=chosen, actor=request.actor, at=now())
        return redirect("console:calendar_change", pk=pk)
    others = Agency.objects.exclude(calendar=row).select_related("calendar").order_by("code")[:500]
    shown = {
        "calendar": row,
        "form": form,
        "options": [(str(one.pk), one.name, _("Đang dùng: %(name)s") % {"name": one.calendar.name}) for one in others],
        "chosen": [str(key) for key in (opened.units if opened else [])],
        "here": row.agency_set.order_by("code")[:200],
    }
    return render(request, "console/calendar_units.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def proposals(request: Request, pk: int, year: int) -> HttpResponse:
    """The holidays that the law foresees for a year, taken over day by day."""
    row, this_year = get_object_or_404(WorkingCalendar, pk=pk), _this_year()
    if not this_year <= year <= this_year + _YEARS_AHEAD:
        raise Http404
    opened = operations.open_change(row)
    known = opened.calendar if opened else row.calendar
    asked = request.POST if request.method == "POST" else request.GET
    choices = {"tet": asked.get("tet", "1-4"), "national_day": asked.get("quoc-khanh", "before")}
    try:
        found = holidays.proposed(year, known, **choices)  # type: ignore[arg-type]
    except ValueError:
        raise Http404 from None
    if request.method == "POST":
        wanted = set(request.POST.getlist("days"))
        days = [SpecialDay(one.day, "holidays", one.name) for one in found if one.day.isoformat() in wanted]
        if days:
            try:
                operations.add_special_days(calendar=row, days=days, actor=request.actor, at=now())
            except Refusal as refusal:
                messages.error(request, str(refusal))
            else:
                return redirect("console:calendar_change", pk=pk)
        else:
            messages.warning(request, _("Vui lòng chọn ít nhất một ngày."))
    special = {**known.holidays, **known.extra_working_days}
    shown = {
        "calendar": row,
        "year": year,
        "years": range(this_year, this_year + _YEARS_AHEAD + 1),
        "choices": choices,
        "days": [{"proposed": one, "words": _words(one.day), "known": special.get(one.day)} for one in found],
        "others": [
            (_words(day), name)
            for day, name in sorted(special.items())
            if day.year == year and day not in {one.day for one in found}
        ],
        "lunar_year": holidays.year_name(year),
    }
    return render(request, "console/calendar_proposals.html", shown)


def _done(request: Request, form: django_forms.Form, field: str, act: Callable[[], CalendarChange]) -> bool:
    """Do an edit of the open change; a refusal is said at the field."""
    try:
        act()
    except Refusal as refusal:
        form.add_error(field, str(refusal))
        return False
    messages.success(request, _("Đã đưa vào bản thay đổi. Lịch chỉ thay đổi sau khi Ông/Bà xem trước và áp dụng."))
    return True


def week_rows(known: Calendar) -> list[tuple[str, str, str]]:
    """Weekday, hours of work, hours of reception."""
    reception = known.reception or known.sessions
    return [
        (name[0].upper() + name[1:], hours_text(known.sessions, weekday), hours_text(reception, weekday))
        for weekday, name in enumerate(weekdays())
    ]


def special_days(known: Calendar, this_year: int) -> list[tuple[int, list[dict[str, Any]]]]:
    """The special days of each year: this year and those to come, then those gone by."""
    years: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for extra, days in ((False, known.holidays), (True, known.extra_working_days)):
        for day, name in days.items():
            years[day.year].append({"day": day, "name": name, "extra": extra})
    order = sorted(years, key=lambda year: (year < this_year, abs(year - this_year)))
    return [(year, sorted(years[year], key=lambda special: special["day"])) for year in order]


def _words(day: date) -> str:
    """A day with its weekday, as a line begins: "Thứ Ba 24/11/2026"."""
    words = weekday_and_day(day)
    return words[0].upper() + words[1:]


def _this_year() -> int:
    return now().astimezone(HANOI).year

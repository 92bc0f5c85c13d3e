"""When offices work: sessions of the week, and the special days of each year."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.http import Request
from motcua.agencies import operations
from motcua.agencies.models import WorkingCalendar
from motcua.console import forms
from motcua.dossiers.models import Dossier
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.foundation.vietnamese import day as day_text
from motcua.foundation.working_calendar import Calendar, Week
from motcua.ui.paging import bounded, page


@require_safe
def calendars(request: Request) -> HttpResponse:
    rows = WorkingCalendar.objects.annotate(users=Count("agency"))
    return render(request, "console/calendars.html", {"page": page(rows, request, by="name")})


@require_http_methods(["GET", "POST"])
def calendar(request: Request, pk: int) -> HttpResponse:
    """One calendar; posting adds a special day."""
    row = get_object_or_404(WorkingCalendar, pk=pk)
    form = forms.SpecialDay(request.POST or None, initial={"kind": "holidays"})
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_special_day(calendar=row, **form.cleaned_data, actor=request.actor, at=now())
        except Refusal as refusal:
            form.add_error("day", str(refusal))
        else:
            added = day_text(form.cleaned_data["day"])
            messages.success(request, _("Đã thêm ngày %(day)s vào lịch.") % {"day": added})
            return redirect("console:calendar", pk=pk)
    known, this_year = row.calendar, now().astimezone(HANOI).year
    shown = {
        "calendar": row,
        "form": form,
        "week": _week_rows(known),
        "years": _special_days(known, this_year),
        "this_year": this_year,
        "running": bounded(Dossier.objects.running().filter(agency__calendar=row), limit=999),
        "agencies": row.agency_set.order_by("code")[:50],
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
        messages.success(request, _("Đã xóa ngày %(day)s khỏi lịch.") % {"day": day_text(day)})
    return redirect("console:calendar", pk=pk)


def _week_rows(known: Calendar) -> list[tuple[str, str, str]]:
    """Weekday, hours of work, hours of reception."""
    names = [_("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"), _("Chủ nhật")]
    reception = known.reception or known.sessions
    return [
        (name, _hours(known.sessions, weekday), _hours(reception, weekday))
        for weekday, name in enumerate(names)
    ]


def _hours(week: Week, weekday: int) -> str:
    spans = ", ".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in week[weekday])
    return spans or _("Nghỉ")


def _special_days(known: Calendar, this_year: int) -> list[tuple[int, list[dict[str, Any]]]]:
    """The special days of each year: this year and those to come, then those gone by."""
    years: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for extra, days in ((False, known.holidays), (True, known.extra_working_days)):
        for day, name in days.items():
            years[day.year].append({"day": day, "name": name, "extra": extra})
    order = sorted(years, key=lambda year: (year < this_year, abs(year - this_year)))
    return [(year, sorted(years[year], key=lambda special: special["day"])) for year in order]

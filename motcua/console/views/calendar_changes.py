"""What a change of a calendar would move, kept or given up; and every version that there was."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.http import Request
from motcua.agencies import calendars as operations
from motcua.agencies.models import CalendarVersion, WorkingCalendar
from motcua.console import forms
from motcua.console.views.calendars import special_days, week_rows
from motcua.dossiers import recount_jobs
from motcua.dossiers.recounting import Preview
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.foundation.working_calendar import Calendar


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """The open change: what it makes different, which dossiers it would move; posting keeps it."""
    row = get_object_or_404(WorkingCalendar, pk=pk)
    found = operations.open_change(row)
    if found is None:
        messages.info(request, _("Lịch này không có thay đổi nào đang soạn."))
        return redirect("console:calendar", pk=pk)
    form = forms.KeepChange(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.keep(
                change=found,
                seen=form.cleaned_data["revision"],
                moves_dates=form.cleaned_data["dates"] == "move",
                actor=request.actor,
                at=now(),
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Đã áp dụng lịch, phiên bản %(version)s.") % {"version": made.version})
            return redirect("console:calendar_kept", pk=pk, key=made.pk)
        return redirect("console:calendar_change", pk=pk)
    differences = operations.differences(found)
    if differences:
        recount_jobs.look(found)
        found.refresh_from_db()
    preview = Preview.from_json(found.preview) if found.preview else None
    shown = {
        "calendar": row,
        "change": found,
        "differences": differences,
        "preview": preview,
        "rows": [_row(one) for one in preview.rows] if preview else [],
    }
    return render(request, "console/calendar_change.html", shown)


def _row(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "old": datetime.fromisoformat(one["old"]), "new": datetime.fromisoformat(one["new"])}


@require_POST
def discard(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(WorkingCalendar, pk=pk)
    found = operations.open_change(row)
    if found is not None:
        operations.discard(change=found, actor=request.actor, at=now())
        messages.success(request, _("Đã hủy bản thay đổi. Lịch giữ nguyên như đang áp dụng."))
    return redirect("console:calendar", pk=pk)


@require_safe
def kept(request: Request, pk: int, key: int) -> HttpResponse:
    """A kept change: how far the dates of the open dossiers have been counted anew."""
    row = get_object_or_404(WorkingCalendar, pk=pk)
    found = get_object_or_404(row.changes.select_related("working_calendar"), pk=key, kept_at__isnull=False)
    percent = 100 if found.done_at else found.looked_at * 100 // max(found.to_look_at, 1)
    shown = {"calendar": row, "change": found, "percent": min(percent, 100)}
    return render(request, "console/calendar_kept.html", shown)


@require_safe
def version(request: Request, pk: int, version: int) -> HttpResponse:
    """A version as it was kept, and what it changed."""
    row = get_object_or_404(WorkingCalendar, pk=pk)
    known = {one.version: one for one in row.versions.filter(version__in=[version, version - 1])}
    if version not in known:
        raise Http404
    this = _calendar(row, known[version])
    before = known.get(version - 1)
    shown = {
        "calendar": row,
        "version": known[version],
        "week": week_rows(this),
        "years": special_days(this, known[version].kept_at.year),
        "differences": operations.calendar_differences(_calendar(row, before), this) if before else [],
        "is_newest": version == row.version,
    }
    return render(request, "console/calendar_version.html", shown)


def _calendar(row: WorkingCalendar, version: CalendarVersion) -> Calendar:
    return Calendar.from_json({**version.content, "name": row.name, "version": version.version})

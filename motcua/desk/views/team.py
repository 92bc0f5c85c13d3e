"""What an officer arranges for himself: who stands in for him, and the phrases he uses."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.accounts.models import User
from motcua.agencies import absences
from motcua.agencies.models import Absence, Officer, Role
from motcua.desk.access import frame, officer, units_of
from motcua.desk.forms import Day
from motcua.dossiers import operations
from motcua.dossiers.models import Phrase, Task
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.foundation.vietnamese import day
from motcua.ui.paging import bounded

_WHO = gettext_lazy("Vui lòng chọn cán bộ.")
_DEPUTY = gettext_lazy("Vui lòng chọn người làm thay.")
MOST_SHOWN = 300  # colleagues to choose from, absences in a list


class Away(forms.Form):
    user = forms.IntegerField(required=False)
    deputy = forms.IntegerField(error_messages={"required": _DEPUTY, "invalid": _DEPUTY})
    first_day = Day(error_messages={"required": gettext_lazy("Vui lòng nhập ngày bắt đầu vắng mặt.")})
    last_day = Day(error_messages={"required": gettext_lazy("Vui lòng nhập ngày cuối vắng mặt.")})
    note = forms.CharField(required=False, max_length=300)


class Words(forms.Form):
    title = forms.CharField(max_length=80, error_messages={"required": gettext_lazy("Vui lòng đặt tên cho mẫu câu.")})
    text = forms.CharField(max_length=2000, error_messages={"required": gettext_lazy("Vui lòng nhập nội dung mẫu câu.")})
    agency = forms.IntegerField(required=False)


def _mistakes(form: forms.Form) -> dict[str, str]:
    return {("" if name == "__all__" else name): str(next(iter(told))) for name, told in form.errors.items()}


# Absence ----------------------------------------------------------------------------------------------------


@officer
@require_http_methods(["GET", "POST"])
def absence(request: Request) -> HttpResponse:
    """Who is away and who stands in; posting declares an absence, one's own or that of somebody one leads."""
    at = now()
    form = Away(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        people = User.objects.filter(kind=User.Kind.OFFICER, is_active=True)
        user = people.filter(pk=given["user"] or request.user.pk).first()
        deputy = people.filter(pk=given["deputy"]).first()
        try:
            if user is None or deputy is None:
                raise Refusal(str(_WHO))
            absences.declare_absence(
                user=user, deputy=deputy, first_day=given["first_day"], last_day=given["last_day"],
                note=given["note"], actor=request.actor, at=at,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Đã đăng ký: %(deputy)s làm thay %(user)s.") % {"deputy": deputy.full_name, "user": user.full_name}
            )
            return redirect("desk:absence")
    mistakes = _mistakes(form) if request.method == "POST" else {}
    context = {
        "form": form,
        "mistakes": mistakes,
        "absences": _absences(request, at),
        "people": _people(request),
        "for_others": _arranges_for_others(request),
        "me": str(request.actor.user_id),
        "stands_in_for": request.actor.stands_in_for,
        "my_tasks": bounded(Task.objects.open().filter(assignee_id=request.actor.user_id), 500),
        "phrases": [],
    }
    shown = context | frame(units_of(request), "absence")
    return render(request, "desk/team/absence.html", shown, status=422 if mistakes else 200)


def _arranges_for_others(request: Request) -> bool:
    return any(request.actor.holds(role) for role in (Role.HEAD, Role.LEADER, Role.ADMINISTRATOR))


def _people(request: Request) -> list[tuple[str, str]]:
    """The officers of my units, by name."""
    found = (
        Officer.objects.filter(agency_id__in=request.actor.agency_ids, user__is_active=True)
        .order_by("user__sort_key")
        .values_list("user_id", "user__full_name", "user__sort_key")
        .distinct()[:MOST_SHOWN]
    )
    return [(str(key), name) for key, name, _sort in found]


def _absences(request: Request, at: datetime) -> list[dict[str, Any]]:
    """Those of my units that are under way or to come, each with whether I may end it (two queries)."""
    users = Officer.objects.filter(agency_id__in=request.actor.agency_ids).values("user_id")
    mine = Q(user_id__in=users) | Q(user_id=request.actor.user_id) | Q(deputy_id=request.actor.user_id)
    found = list(
        Absence.objects.filter(mine, ends_at__gt=at).select_related("user", "deputy").order_by("starts_at", "id")[:MOST_SHOWN]
    )
    arranged = absences.arranged_by(request.actor, [one.user_id for one in found])
    return [
        {
            "row": one,
            "first": day(one.starts_at.astimezone(HANOI).date()),
            "last": day((one.ends_at - timedelta(seconds=1)).astimezone(HANOI).date()),
            "is_current": one.starts_at <= at,
            "may_end": one.user_id in arranged,
        }
        for one in found
    ]


@officer
@require_POST
def end_absence(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Absence, pk=pk)
    try:
        absences.end_absence(absence=found, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã kết thúc thời gian vắng mặt."))
    return redirect("desk:absence")


# Phrases ----------------------------------------------------------------------------------------------------


@officer
@require_http_methods(["GET", "POST"])
def phrases(request: Request) -> HttpResponse:
    """The officer's phrases and those of his units; posting keeps a new one."""
    return _phrase_page(request, None)


@officer
@require_http_methods(["GET", "POST"])
def phrase(request: Request, pk: int) -> HttpResponse:
    """One phrase, to change it."""
    return _phrase_page(request, get_object_or_404(Phrase.objects.usable_by(request.actor), pk=pk))


def _phrase_page(request: Request, kept: Phrase | None) -> HttpResponse:
    initial = {"title": kept.title, "text": kept.text, "agency": kept.agency_id} if kept else {}
    form = Words(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.write_phrase(
                phrase=kept, title=given["title"], text=given["text"], agency_id=given["agency"],
                actor=request.actor, at=now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Đã lưu mẫu câu “%(title)s”.") % {"title": given["title"].strip()})
            return redirect("desk:phrases")
    mistakes = _mistakes(form) if request.method == "POST" else {}
    units = units_of(request)
    rows = Phrase.objects.usable_by(request.actor).select_related("agency", "user")
    context = {
        "form": form,
        "mistakes": mistakes,
        "kept": kept,
        "rows": [{"phrase": one, "may_change": operations.may_change_phrase(one, request.actor)} for one in rows],
        "units": [(str(unit.pk), _("Dùng chung trong %(unit)s") % {"unit": unit.label}) for unit in units],
    }
    shown = context | frame(units, "phrases")
    return render(request, "desk/team/phrases.html", shown, status=422 if mistakes else 200)


@officer
@require_POST
def remove_phrase(request: Request, pk: int) -> HttpResponse:
    kept = get_object_or_404(Phrase.objects.usable_by(request.actor), pk=pk)
    try:
        operations.remove_phrase(phrase=kept, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã xóa mẫu câu “%(title)s”.") % {"title": kept.title})
    return redirect("desk:phrases")

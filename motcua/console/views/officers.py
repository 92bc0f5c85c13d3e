"""Who works where, in which role."""

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts import operations as accounts
from motcua.accounts.http import Request
from motcua.accounts.models import User
from motcua.agencies import operations
from motcua.agencies.models import Officer
from motcua.console import forms
from motcua.dossiers.models import Task
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.ui.paging import bounded, page

_OFFICES = Prefetch("offices", Officer.objects.select_related("agency").order_by("agency__code", "role"))


@require_safe
def officers(request: Request) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()[:100]
    rows = User.objects.filter(kind=User.Kind.OFFICER).prefetch_related(_OFFICES)
    if wanted:
        rows = rows.filter(Q(full_name__icontains=wanted) | Q(email__icontains=wanted))
    return render(request, "console/officers.html", {"page": page(rows, request, by="sort_key"), "q": wanted})


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """A new account with its first role; its owner chooses a password by mail."""
    form = forms.NewOfficer(request.POST or None, initial={"agency": request.GET.get("co-quan", "")})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            with transaction.atomic():
                user = accounts.register_officer(
                    login=values["email"], full_name=values["full_name"], email=values["email"], password=""
                )
                _appoint(request, user, form)
        except Refusal as refusal:
            form.add_error("email", str(refusal))
        else:
            _mail_password(request, user)
            return redirect("console:officer", pk=user.pk)
    return render(request, "console/officer_add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def officer(request: Request, pk: int) -> HttpResponse:
    """One officer's roles; posting appoints to one more."""
    user = _officer(pk)
    form = forms.Appointment(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _appoint(request, user, form)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Đã giao vai trò cho %(name)s.") % {"name": user.full_name})
            return redirect("console:officer", pk=pk)
    shown = {
        "officer": user,
        "offices": user.offices.select_related("agency").order_by("agency__code", "role"),
        "open_tasks": bounded(Task.objects.open().filter(assignee=user)),
        "form": form,
    }
    return render(request, "console/officer.html", shown, status=422 if form.errors else 200)


@require_POST
def dismiss(request: Request, pk: int, office: int) -> HttpResponse:
    held = get_object_or_404(Officer.objects.select_related("agency"), pk=office, user=_officer(pk))
    try:
        operations.dismiss(officer=held, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã kết thúc vai trò: %(role)s.") % {"role": held.get_role_display()})
    return redirect("console:officer", pk=pk)


@require_POST
def send_password_mail(request: Request, pk: int) -> HttpResponse:
    _mail_password(request, _officer(pk))
    return redirect("console:officer", pk=pk)


def _officer(pk: int) -> User:
    return get_object_or_404(User, pk=pk, kind=User.Kind.OFFICER)


def _appoint(request: Request, user: User, form: forms.Appointment) -> None:
    values = form.cleaned_data
    operations.appoint(
        user=user,
        agency=values["agency"],
        role=values["role"],
        title=values["title"],
        actor=request.actor,
        at=now(),
    )


def _mail_password(request: Request, user: User) -> None:
    """Send the mail by which somebody chooses a password."""
    form = ResetPasswordForm({"email": user.email})
    if form.is_valid() and user.is_active:
        form.save(request)
        messages.success(request, _("Thư đặt mật khẩu đang được gửi đến %(email)s.") % {"email": user.email})
    else:
        messages.error(request, _("Không gửi được thư đặt mật khẩu cho tài khoản này."))

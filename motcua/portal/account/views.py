"""The pages of accounts: the library's views where they do, thin ones of ours around them."""

from typing import Any

from allauth.account import views as library
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from motcua.accounts.adapter import TOO_MANY
from motcua.accounts.http import Request
from motcua.accounts.middleware import public
from motcua.accounts.models import User
from motcua.agencies.models import Officer, Role
from motcua.foundation import formats
from motcua.foundation.errors import Refusal
from motcua.portal.account import forms


class Login(library.LoginView):
    def form_invalid(self, form: forms.Login) -> HttpResponse:
        status = 429 if form.has_error("__all__", code=TOO_MANY) else 422
        return self.render_to_response(self.get_context_data(form=form), status=status)


class Signup(library.SignupView):
    """A citizen registers."""

    extra_context = {"kind": User.Kind.CITIZEN}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except Refusal as refusal:
            form.add_error(form.NUMBER, str(refusal))
            return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OrganisationSignup(Signup):
    extra_context = {"kind": User.Kind.ORGANISATION}

    def get_form_class(self) -> type[forms.OrganisationSignup]:
        return forms.OrganisationSignup


class ConfirmEmail(library.ConfirmEmailVerificationCodeView):
    """The code of the mail; also another address, or another code."""

    def get_form_kwargs(self) -> dict[str, Any]:
        given: dict[str, Any] = super().get_form_kwargs()
        if self._action == "change":
            given["email"] = self._process.state["email"]
        return given

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)


login = public(Login.as_view())
signup = public(Signup.as_view())
signup_organisation = public(OrganisationSignup.as_view())
confirm_email = public(never_cache(ConfirmEmail.as_view()))


@public
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is done with personal data, why, and what people may ask."""
    return render(request, "portal/account/privacy.html")


@require_GET
def entry(request: Request) -> HttpResponse:
    """Where a login leads when nobody said where."""
    home = "portal:my_dossiers"
    if request.user.kind == User.Kind.OFFICER:
        roles = {role for _agency, role in request.actor.roles}
        home = "console:home" if roles == {Role.ADMINISTRATOR} else "desk:inbox"
    try:
        return redirect(home)
    except NoReverseMatch:
        return redirect("/")


@require_GET
def email(request: Request) -> HttpResponse:
    """The library sends people here to see their addresses; there is one, on the profile."""
    return redirect("account_profile")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Request) -> HttpResponse:
    """What the account says of its person or organisation."""
    user = request.user
    if user.kind == User.Kind.OFFICER:
        offices = Officer.objects.filter(user=user).select_related("agency").order_by("agency__code", "role")
        return render(request, "portal/account/officer.html", {"offices": offices})
    if user.kind == User.Kind.ORGANISATION:
        return _edit(
            request, user.organisation, forms.OrganisationProfile, "portal/account/organisation.html"
        )
    return _edit(request, user.person, forms.PersonProfile, "portal/account/person.html")


def _edit(request: Request, subject: Any, form_class: Any, template: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, template, {"form": form_class.of(subject)})
    form = form_class(request.POST)
    if not form.is_valid():
        return render(request, template, {"form": form}, status=422)
    saved = form.save(subject)
    messages.success(request, _("Đã lưu thông tin tài khoản."))
    if form_class is forms.PersonProfile:
        for warning in formats.citizen_number_warnings(
            saved.citizen_number, born_on=saved.born_on, gender=saved.gender or None
        ):
            messages.warning(request, warning)
    return redirect(reverse("account_profile"))

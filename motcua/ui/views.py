"""The pages that belong to the look itself: a person's wish of display, the component guide, a refused form."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from motcua.accounts.middleware import public
from motcua.ui import samples
from motcua.ui.display import CONTRAST_COOKIE, COOKIE_SECONDS, TEXT_COOKIE
from motcua.ui.language import CODES


@public
@require_GET
def display(request: HttpRequest) -> HttpResponse:
    """Keep the wished text size (`chu`), contrast (`tuong-phan`) and language (`ngon-ngu`); go back (`ve`).

    Never to another host.
    """
    back = request.GET.get("ve", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = redirect(back)
    for cookie, wished, known in (
        (TEXT_COOKIE, request.GET.get("chu"), {"0", "1", "2", "3"}),
        (CONTRAST_COOKIE, request.GET.get("tuong-phan"), {"0", "1"}),
        (settings.LANGUAGE_COOKIE_NAME, request.GET.get("ngon-ngu"), CODES),
    ):
        if wished and wished in known:
            response.set_cookie(
                cookie, wished, max_age=COOKIE_SECONDS, samesite="Lax", secure=request.is_secure()
            )
    return response


@public
@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for those who build pages. Only in a demonstration."""
    if not settings.DEMO:
        raise Http404
    page = "ui/styleguide_desk.html" if "desk" in request.GET else "ui/styleguide.html"
    return render(request, page, samples.everything())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _alone("400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _alone("500.html", 500)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that cannot be proved to come from our own page. The reason is for logs, not for people."""
    return render(request, "403_csrf.html", status=403)


def _alone(template: str, status: int) -> HttpResponse:
    """A page made of nothing but its template: the request may be broken, the database gone."""
    return HttpResponse(get_template(template).render({"language": get_language()}), status=status)

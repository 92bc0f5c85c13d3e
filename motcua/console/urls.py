"""The administrator's pages. Every address is for administrators only: others do not learn that it is there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from motcua.accounts.http import Request
from motcua.agencies.models import Role
from motcua.console.views import (
    agencies,
    articles,
    calendars,
    failures,
    home,
    officers,
    place,
    procedures,
    synonyms,
)

View = Callable[..., HttpResponse]


def _for_administrators(view: View) -> View:
    @wraps(view)
    def guarded(request: Request, **kwargs: Any) -> HttpResponse:
        if not request.actor.holds(Role.ADMINISTRATOR):
            raise Http404
        return view(request, **kwargs)

    return never_cache(guarded)


def _page(route: str, view: View, name: str) -> URLPattern:
    return path(route, _for_administrators(view), name=name)


app_name = "console"
urlpatterns = [
    _page("", home.home, "home"),
    _page("tu-dong-nghia/", synonyms.synonyms, "synonyms"),
    _page("tu-dong-nghia/them/", synonyms.add, "synonym_add"),
    _page("tu-dong-nghia/<int:pk>/", synonyms.change, "synonym"),
    _page("tu-dong-nghia/<int:pk>/xoa/", synonyms.remove, "synonym_remove"),
    _page("thu-tuc/", procedures.procedures, "procedures"),
    _page("thu-tuc/<str:number>/", procedures.procedure, "procedure"),
    _page("dia-phuong/", place.place, "place"),
    _page("co-quan/", agencies.agencies, "agencies"),
    _page("co-quan/them/", agencies.add, "agency_add"),
    _page("co-quan/<int:pk>/", agencies.agency, "agency"),
    _page("can-bo/", officers.officers, "officers"),
    _page("can-bo/them/", officers.add, "officer_add"),
    _page("can-bo/<int:pk>/", officers.officer, "officer"),
    _page("can-bo/<int:pk>/vai-tro/<int:office>/ket-thuc/", officers.dismiss, "officer_dismiss"),
    _page("can-bo/<int:pk>/dat-mat-khau/", officers.send_password_mail, "officer_password"),
    _page("lich/", calendars.calendars, "calendars"),
    _page("lich/<int:pk>/", calendars.calendar, "calendar"),
    _page("lich/<int:pk>/xoa-ngay/", calendars.clear_day, "calendar_clear"),
    _page("huong-dan/", articles.articles, "articles"),
    _page("huong-dan/viet/", articles.add, "article_add"),
    _page("huong-dan/<int:pk>/", articles.change, "article"),
    _page("that-bai/", failures.failures, "failures"),
    _page("that-bai/thong-bao/<int:pk>/gui-lai/", failures.resend, "message_resend"),
    _page("that-bai/cong-viec/<int:pk>/chay-lai/", failures.run_again, "job_run"),
]

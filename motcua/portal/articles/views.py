"""Guidance: the list of articles, one article, and what readers think of it."""

from django import forms
from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.accounts.http import Request
from motcua.accounts.limits import Limit, network_of
from motcua.accounts.middleware import public
from motcua.content import operations
from motcua.content.models import Article
from motcua.foundation.time import now
from motcua.portal.address import address_of
from motcua.portal.visits import is_reader
from motcua.ui.article_text import rendered

READER_COOKIE = "mc_reader"  # a random key, signed; says nothing of the person
_READER_SECONDS = 365 * 24 * 3600
_limit = Limit("article rating", amount=20, seconds=3600)


class Rate(forms.Form):
    stars = forms.IntegerField(min_value=1, max_value=5)


@public
@require_safe
def articles(request: Request) -> HttpResponse:
    found = list(Article.objects.published().defer("body"))
    return render(request, "portal/articles/articles.html", {"articles": found})


@public
@require_safe
def article(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(Article.objects.published(), slug=slug)
    response = _page(request, found)
    if is_reader(request):
        operations.count_read(article=found)
    if not _reader(request):
        response.set_signed_cookie(
            READER_COOKIE,
            get_random_string(22),
            max_age=_READER_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


@public
@require_POST
def rate(request: Request, slug: str) -> HttpResponse:
    """Count the stars of this browser; given again, they replace the first."""
    found = get_object_or_404(Article.objects.published(), slug=slug)
    form, reader = Rate(request.POST), _reader(request)
    if not form.is_valid():
        return _page(request, found, problem=_("Vui lòng chọn từ 1 đến 5 sao."))
    if not reader:
        return _page(
            request, found, problem=_("Trình duyệt chưa nhận trang này. Vui lòng chọn lại và gửi đánh giá.")
        )
    if _limit.count(network_of(address_of(request)), at=now()):
        return _page(
            request,
            found,
            problem=_("Đã có nhiều đánh giá được gửi từ mạng này. Vui lòng thử lại sau một giờ."),
        )
    operations.rate_article(article=found, reader=reader, stars=form.cleaned_data["stars"], at=now())
    messages.success(request, _("Đã ghi nhận đánh giá. Cảm ơn Ông/Bà."))
    return redirect(reverse("portal:article", args=[slug]))


def _page(request: Request, found: Article, problem: str = "") -> HttpResponse:
    text = rendered(found.body)
    others = Article.objects.published().exclude(pk=found.pk).only("slug", "title")[:5]
    shown = {
        "article": found,
        "text": text,
        "others": list(others),
        "problem": problem,
        "stars": request.POST.get("stars", ""),
    }
    return render(request, "portal/articles/article.html", shown, status=422 if problem else 200)


def _reader(request: Request) -> str:
    """The key of this browser; empty when it has none of ours."""
    try:
        return request.get_signed_cookie(READER_COOKIE, default="", max_age=_READER_SECONDS) or ""
    except BadSignature:
        return ""

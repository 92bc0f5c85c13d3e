"""Writing the articles of guidance."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.accounts.http import Request
from motcua.console import forms
from motcua.content import operations
from motcua.content.models import Article
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.ui.article_text import rendered
from motcua.ui.paging import page


@require_safe
def articles(request: Request) -> HttpResponse:
    rows = Article.objects.defer("body")
    return render(request, "console/articles.html", {"page": page(rows, request, by="position")})


@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    initial = {"position": 100, "published_on": now().astimezone(HANOI).date()}
    form = forms.Article(request.POST or None, initial=initial)
    if _asked_to_keep(request, form):
        if Article.objects.filter(slug=form.cleaned_data["slug"]).exists():
            form.add_error("slug", _("Địa chỉ này đã có bài khác dùng. Vui lòng nhập địa chỉ khác."))
        elif _kept(request, form, form.cleaned_data["slug"]):
            return redirect("console:articles")
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """One article; its address stays, because others may have linked to it."""
    article = get_object_or_404(Article, pk=pk)
    columns = ("title", "slug", "summary", "body", "position", "published_on")
    form = forms.Article(request.POST or None, initial={name: getattr(article, name) for name in columns})
    if _asked_to_keep(request, form) and _kept(request, form, article.slug):
        return redirect("console:articles")
    return _form_page(request, form, article)


def _asked_to_keep(request: Request, form: forms.Article) -> bool:
    return request.method == "POST" and form.is_valid() and "preview" not in request.POST


def _kept(request: Request, form: forms.Article, slug: str) -> bool:
    """Whether the article could be kept; otherwise the form says why not."""
    try:
        operations.write_article(**form.cleaned_data | {"slug": slug}, actor=request.actor, at=now())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Đã lưu bài “%(title)s”.") % {"title": form.cleaned_data["title"]})
    return True


def _form_page(request: Request, form: forms.Article, article: Article | None) -> HttpResponse:
    shown = {
        "form": form,
        "article": article,
        "preview": rendered(form["body"].value()) if "preview" in request.POST else None,
    }
    return render(request, "console/article.html", shown, status=422 if form.errors else 200)

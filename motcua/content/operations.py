"""Publishing and rating articles, and counting visits."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from motcua.content.models import Article, ArticleRating, VisitDay
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.time import HANOI

_EDITORS = {"controller", "administrator"}
_FILE = re.compile(r"(?P<position>[0-9]{1,4})-(?P<slug>[a-z0-9-]{1,100})\.md")
_FRONT_MATTER = re.compile(r"---\n(?P<head>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_COUNT_VISIT = """
INSERT INTO content_visitday (day, visits) VALUES (%s, 1)
ON CONFLICT (day) DO UPDATE SET visits = content_visitday.visits + 1
"""


# Articles -----------------------------------------------------------------------------------------------------


@transaction.atomic
def write_article(
    *,
    slug: str,
    title: str,
    summary: str,
    body: str,
    position: int,
    published_on: date | None,
    actor: Actor,
    at: datetime,
) -> Article:
    """Make or change the article at this address; the same text again changes nothing. Raises NotAllowed.

    `body` is CommonMark; without `published_on` nobody sees the article.
    """
    if actor.kind != "system" and not any(role in _EDITORS for _agency, role in actor.roles):
        raise NotAllowed(
            _("Chỉ cán bộ kiểm soát thủ tục hành chính hoặc quản trị hệ thống được viết bài hướng dẫn.")
        )
    values = {
        "title": title,
        "summary": summary,
        "body": body,
        "position": position,
        "published_on": published_on,
    }
    article, made = Article.objects.select_for_update().get_or_create(
        slug=slug, defaults={**values, "changed_at": at}
    )
    if not made:
        if all(getattr(article, name) == value for name, value in values.items()):
            return article
        for name, value in {**values, "changed_at": at}.items():
            setattr(article, name, value)
        article.save(update_fields=[*values, "changed_at"])
    events.record(
        "article.written", subject=f"article:{article.pk}", actor=actor, at=at, slug=slug, title=title
    )
    return article


def import_articles(*, folder: Path, actor: Actor, at: datetime) -> int:
    """Write every article of a folder, in files `<position>-<slug>.md`; return how many there are.

    Each begins with YAML between two lines `---`: title, summary, published_on. Raises NotAllowed, or Refusal
    for a file that says none of this.
    """
    files = sorted(folder.glob("*.md"))
    with transaction.atomic():
        for file in files:
            write_article(**_read_article(file), actor=actor, at=at)
    return len(files)


def _read_article(file: Path) -> dict[str, Any]:
    name = _FILE.fullmatch(file.name)
    parts = _FRONT_MATTER.fullmatch(file.read_text(encoding="utf-8"))
    head = yaml.safe_load(parts["head"]) if parts else None
    if not name or not parts or not isinstance(head, dict) or not head.get("title"):
        raise Refusal(
            _(
                "Tệp %(file)s phải có tên dạng «10-dia-chi.md» và bắt đầu bằng phần tiêu đề giữa hai dòng «---»."
            )
            % {"file": file.name}
        )
    published_on = head.get("published_on")
    return {
        "slug": name["slug"],
        "position": int(name["position"]),
        "title": str(head["title"]),
        "summary": str(head.get("summary") or ""),
        "published_on": published_on if isinstance(published_on, date) else None,
        "body": parts["body"].strip() + "\n",
    }


@transaction.atomic
def rate_article(*, article: Article, reader: str, stars: int, at: datetime) -> Article:
    """Count a reader's stars, once; a second rating replaces the first. Raises Refusal outside 1 to 5."""
    if stars not in range(1, 6):
        raise Refusal(_("Vui lòng chọn từ 1 đến 5 sao."))
    article = Article.objects.select_for_update().get(pk=article.pk)
    before = ArticleRating.objects.filter(article=article, reader=reader).first()
    ArticleRating.objects.update_or_create(
        article=article, reader=reader, defaults={"stars": stars, "rated_at": at}
    )
    article.rating_total += stars - (before.stars if before else 0)
    article.rating_count += 0 if before else 1
    article.save(update_fields=["rating_total", "rating_count"])
    return article


def count_read(*, article: Article) -> None:
    """Add one to the article's reads."""
    Article.objects.filter(pk=article.pk).update(reads=F("reads") + 1)


# Visits -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """Visits by day and month, as the department's own page shows them."""

    today: int
    yesterday: int
    month: int
    last_month: int
    year: int


def count_visit(*, at: datetime) -> None:
    """Add one visit to the day in Hanoi; not worth waiting for the disk."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_COUNT_VISIT, [at.astimezone(HANOI).date()])


def visit_figures(*, at: datetime) -> VisitFigures:
    """Sums over at most 400 daily rows."""
    today = at.astimezone(HANOI).date()
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    tomorrow = today + timedelta(days=1)

    def within(start: date, end: date) -> Sum:
        return Sum("visits", filter=Q(day__gte=start, day__lt=end), default=0)

    first = min(today.replace(month=1, day=1), last_month, today - timedelta(days=1))
    sums = VisitDay.objects.filter(day__gte=first).aggregate(
        today=within(today, tomorrow),
        yesterday=within(today - timedelta(days=1), today),
        month=within(month, tomorrow),
        last_month=within(last_month, month),
        year=within(today.replace(month=1, day=1), tomorrow),
    )
    return VisitFigures(**sums)

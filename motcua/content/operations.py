"""Publishing and rating articles, and counting visits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from motcua.content.models import Article, ArticleRating, VisitDay
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """Visits by day and month, as the department's own page shows them."""

    today: int
    yesterday: int
    month: int
    last_month: int
    year: int


@transaction.atomic
def write_article(
    *, slug: str, title: str, summary: str, body: str, position: int, published_on: date | None, actor: Actor, at: datetime
) -> Article:
    """Make or change the article at this address."""
    article, _new = Article.objects.update_or_create(
        slug=slug,
        defaults={
            "title": title,
            "summary": summary,
            "body": body,
            "position": position,
            "published_on": published_on,
            "changed_at": at,
        },
    )
    return article


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
    Article.objects.filter(pk=article.pk).update(reads=F("reads") + 1)


def count_visit(*, at: datetime) -> None:
    """Add one visit to the day in Hanoi; not worth waiting for the disk."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(
            "INSERT INTO content_visitday (day, visits) VALUES (%s, 1) "
            "ON CONFLICT (day) DO UPDATE SET visits = content_visitday.visits + 1",
            [at.astimezone(HANOI).date()],
        )


def visit_figures(*, at: datetime) -> VisitFigures:
    """Sums over at most 400 daily rows."""
    today = at.astimezone(HANOI).date()
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)

    def since(start: date, end: date) -> Sum:
        return Sum("visits", filter=Q(day__gte=start, day__lt=end), default=0)

    tomorrow = today + timedelta(days=1)
    sums = VisitDay.objects.filter(day__gte=min(today.replace(month=1, day=1), last_month)).aggregate(
        today=since(today, tomorrow),
        yesterday=since(today - timedelta(days=1), today),
        month=since(month, tomorrow),
        last_month=since(last_month, month),
        year=since(today.replace(month=1, day=1), tomorrow),
    )
    return VisitFigures(**sums)

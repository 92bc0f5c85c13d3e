"""Guidance for people: articles, what readers think of them, and how many came."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> Self:
        return self.filter(published_on__isnull=False).order_by("position", "-published_on", "id")


class Article(models.Model):
    """A page of guidance. `rating_total` and `rating_count` follow the ratings; `reads` the visits."""

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(_("tiêu đề"), max_length=200)
    summary = models.CharField(_("tóm tắt"), max_length=400, blank=True)
    body = models.TextField(_("nội dung"))  # CommonMark, no HTML
    position = models.PositiveSmallIntegerField(default=100)
    published_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()
    reads = models.PositiveBigIntegerField(default=0)
    rating_total = models.PositiveBigIntegerField(default=0)
    rating_count = models.PositiveBigIntegerField(default=0)

    objects = ArticleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def average_rating(self) -> float | None:
        """From 1 to 5; None when nobody has rated."""
        return self.rating_total / self.rating_count if self.rating_count else None


class ArticleRating(models.Model):
    """One reader's stars for an article; the reader is a random key in a cookie, no person."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="ratings")
    reader = models.CharField(max_length=40)
    stars = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="article_rated_once", fields=["article", "reader"]),
            models.CheckConstraint(name="article_stars_one_to_five", condition=Q(stars__gte=1, stars__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.stars}"


class VisitDay(models.Model):
    """How many browsers came on a day; each counts once a day, robots and officers do not."""

    day = models.DateField(primary_key=True)
    visits = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.visits}"


PERSONAL_FIELDS: dict[str, set[str]] = {}

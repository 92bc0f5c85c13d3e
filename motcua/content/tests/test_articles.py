from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.content import operations
from motcua.content.models import Article, ArticleRating
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.models import Event
from motcua.foundation.time import now

EDITOR = Actor.system("test")


def write(slug="dang-ky", **changes):
    values = {
        "title": "Đăng ký",
        "summary": "",
        "body": "Nội dung",
        "position": 10,
        "published_on": now().date(),
    }
    return operations.write_article(slug=slug, **{**values, **changes}, actor=EDITOR, at=now())


@pytest.fixture
def article(db):
    return write()


def test_an_article_that_changed_says_when_and_leaves_an_event(article):
    later = now() + timedelta(hours=1)

    changed = operations.write_article(
        slug="dang-ky", title="Đăng ký tài khoản", summary="", body="Khác", position=10, published_on=None,
        actor=EDITOR, at=later,
    )  # fmt: skip

    assert changed.pk == article.pk
    assert changed.changed_at == later
    assert [event.type for event in Event.objects.about(f"article:{article.pk}")] == ["article.written"] * 2


def test_the_same_text_again_changes_nothing(article):
    again = write(published_on=article.published_on)

    assert again.changed_at == article.changed_at
    assert Event.objects.about(f"article:{article.pk}").count() == 1


def test_a_citizen_writes_no_article(db):
    with pytest.raises(NotAllowed):
        operations.write_article(
            slug="x",
            title="X",
            summary="",
            body="",
            position=1,
            published_on=None,
            actor=Actor("citizen", "1", "An"),
            at=now(),
        )

    assert not Article.objects.exists()


def test_only_published_articles_are_listed_in_their_order(db):
    second, first, _hidden = (
        write("hai", position=20),
        write("mot", position=10),
        write("nhap", published_on=None),
    )

    assert list(Article.objects.published()) == [first, second]


def test_a_folder_of_articles_is_written_once(db, tmp_path):
    (tmp_path / "10-dang-ky.md").write_text(
        "---\ntitle: Đăng ký\nsummary: Cách đăng ký\npublished_on: 2026-11-20\n---\n# Một\n\nHai\n",
        encoding="utf-8",
    )

    assert [operations.import_articles(folder=tmp_path, actor=EDITOR, at=now()) for _time in range(2)] == [
        1,
        1,
    ]

    article = Article.objects.get()
    assert (article.slug, article.position, article.title, article.body) == (
        "dang-ky",
        10,
        "Đăng ký",
        "# Một\n\nHai\n",
    )
    assert Event.objects.filter(type="article.written").count() == 1


@pytest.mark.parametrize("text", ["Không có phần đầu", "---\nsummary: Thiếu tiêu đề\n---\nNội dung\n"])
def test_a_file_that_is_no_article_is_refused_and_nothing_is_written(db, tmp_path, text):
    (tmp_path / "10-tot.md").write_text("---\ntitle: Tốt\n---\nNội dung\n", encoding="utf-8")
    (tmp_path / "20-hong.md").write_text(text, encoding="utf-8")

    with pytest.raises(Refusal, match=r"20-hong\.md"):
        operations.import_articles(folder=tmp_path, actor=EDITOR, at=now())

    assert not Article.objects.exists()


def test_a_reader_who_rates_twice_counts_once_with_the_second_stars(article):
    operations.rate_article(article=article, reader="an", stars=2, at=now())
    operations.rate_article(article=article, reader="an", stars=5, at=now())
    rated = operations.rate_article(article=article, reader="giang", stars=4, at=now())

    assert (rated.rating_total, rated.rating_count, rated.average_rating) == (9, 2, 4.5)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(article, stars):
    with pytest.raises(Refusal):
        operations.rate_article(article=article, reader="an", stars=stars, at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleRating.objects.create(article=article, reader="an", stars=6, rated_at=now())

    assert not ArticleRating.objects.exists()


def test_a_rating_twice_by_hand_is_refused_by_the_database(article):
    ArticleRating.objects.create(article=article, reader="an", stars=3, rated_at=now())

    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleRating.objects.create(article=article, reader="an", stars=4, rated_at=now())


def test_reads_are_counted(article):
    operations.count_read(article=article)
    operations.count_read(article=article)

    article.refresh_from_db()
    assert article.reads == 2

"""What happened is written once, whole, and in one statement."""

from datetime import datetime

import pytest

from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI

AT = datetime(2026, 11, 30, 9, tzinfo=HANOI)


@pytest.mark.django_db
def test_an_event_is_one_statement_and_reads_back_as_it_was_written(django_assert_num_queries):
    actor = Actor("officer", "7", "Trần Thị Bình", frozenset())
    with django_assert_num_queries(1):
        made = events.record("thing.done", subject="thing:1", actor=actor, at=AT, note="Đạt “tốt”", items=[{"a": None}])
    read = Event.objects.about("thing:1").get()
    assert made == read
    for name in ("type", "occurred_at", "actor_kind", "actor_id", "actor_name", "data"):
        assert getattr(made, name) == getattr(read, name)
    assert read.data == {"note": "Đạt “tốt”", "items": [{"a": None}]}


@pytest.mark.django_db
def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError):
        events.record("thing.done", subject="thing:1", actor=Actor.system("x"), at=AT, when=AT)

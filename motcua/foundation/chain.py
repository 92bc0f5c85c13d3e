"""Proof that nobody changed what happened: the events about one thing form a chain of hashes.

The database makes each link (`event_link` in the migrations): SHA-256 over the link before it and everything that the
event says. `broken_links` computes them again; an anchor is a small text, kept or printed elsewhere, against which even
a whole chain that vanished is missed.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from motcua.foundation.models import EventChain

_BROKEN = """
    WITH links AS (
        SELECT id, subject, link,
               lag(link) OVER chain AS before, row_number() OVER chain AS position, count(*) OVER whole AS length,
               last_value(link) OVER whole AS head,
               event_link(coalesce(lag(link) OVER chain, ''::bytea), type, subject, occurred_at,
                          actor_kind, actor_id, actor_name, data) AS wanted
        FROM foundation_event
        WHERE subject > %(after)s AND (%(until)s::text IS NULL OR subject <= %(until)s)
        WINDOW chain AS (PARTITION BY subject ORDER BY id),
               whole AS (PARTITION BY subject ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    )
    SELECT subject, id, position, 'link' FROM links WHERE link IS DISTINCT FROM wanted
    UNION ALL
    SELECT coalesce(links.subject, chain.subject), coalesce(links.id, 0), coalesce(chain.length, 0), 'end'
    FROM (SELECT * FROM links WHERE position = length) links
    FULL JOIN (SELECT * FROM foundation_eventchain WHERE subject > %(after)s AND (%(until)s::text IS NULL OR subject <= %(until)s)) chain
        USING (subject)
    WHERE links.length IS DISTINCT FROM chain.length OR links.head IS DISTINCT FROM chain.head
    ORDER BY 1, 3
"""
_HEADS = """
    SELECT DISTINCT ON (subject) subject, link FROM foundation_event WHERE id <= %s ORDER BY subject, id DESC
"""
SPAN = 5000  # chains that are looked at in one statement


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold. `event` is the row's key, 0 when rows are missing at the end."""

    subject: str
    event: int
    position: int  # of the row in its chain, from 1
    at_end: bool  # rows are missing at the end, or were added there by hand

    def __str__(self) -> str:
        if self.at_end:
            return f"{self.subject}: rows are missing at the end of its events, or were added by hand"
        return f"{self.subject}: event {self.event} (the {self.position}. of its story), or the one before it, was changed by hand"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What all chains came to at a moment: `root` is SHA-256 over the last link of each, up to the event `last`."""

    made_at: str  # ISO 8601
    last: int
    chains: int
    root: str

    def to_text(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_text(cls, text: str) -> "Anchor":
        """Raises ValueError for what is no anchor."""
        try:
            return cls(**json.loads(text))
        except TypeError as mistake:
            raise ValueError("This file is no anchor of the audit trail.") from mistake


def digest(content: Any) -> str:
    """SHA-256 of JSON content, in hexadecimal; the order of keys does not matter."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def spans(after: str = "", size: int = SPAN) -> Iterator[tuple[str, str | None]]:
    """The chains in pieces, those behind `after`: after which subject, and until which; the last piece is open."""
    while len(piece := EventChain.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size]) == size:
        yield after, piece[size - 1]
        after = piece[size - 1]
    yield after, None


def broken_links(after: str = "", until: str | None = None) -> list[Break]:
    """Where the chains of the subjects in this span do not hold; empty when nobody changed a row."""
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, {"after": after, "until": until})
        return [Break(subject, event, position, what == "end") for subject, event, position, what in cursor.fetchall()]


def broken_links_of(subject: str) -> list[Break]:
    """The same for the chain of one thing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(subject) FROM foundation_eventchain WHERE subject < %s", [subject])
        (before,) = cursor.fetchone()
    return broken_links(before or "", subject)


def anchor(at: datetime, last: int | None = None) -> Anchor:
    """What the chains come to up to the event `last`, up to the newest by default."""
    with connection.cursor() as cursor:
        if last is None:
            cursor.execute("SELECT coalesce(max(id), 0) FROM foundation_event")
            last = int(cursor.fetchone()[0])
    root, chains = hashlib.sha256(), 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(_HEADS, [last])
        while rows := cursor.fetchmany(10_000):
            for subject, link in rows:
                root.update(subject.encode() + b"\0" + bytes(link or b""))
            chains += len(rows)
    return Anchor(at.isoformat(), last, chains, root.hexdigest())

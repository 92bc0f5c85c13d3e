"""Search of the catalogue for Vietnamese as people type it.

Without accents, with slips of the finger, with Telex letters left over, with abbreviations and everyday words
(the synonyms, editable), with the national number or its beginning, and while one is still typing.

Each process keeps the whole catalogue in an index in memory. It is made at the first search and made anew when
`CatalogueStamp` has changed, which is looked up at most every two seconds.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from threading import Lock
from typing import Any
from uuid import UUID

from tantivy import Document, Index, Occur, Query, SchemaBuilder

from motcua.foundation.vietnamese import fold
from motcua.procedures.models import CatalogueStamp, Procedure, Synonym

_LOOK_EVERY_SECONDS = 2.0
_ENOUGH = 5  # hits with which one reads no further
_TIER = 40.0  # a hit of a stricter reading stands above all of a looser one
_MOST_WORDS = 16  # of a query; the rest is not looked at
_LONGEST = 300  # characters of a query, likewise
_FILTERS = ("agency", "sector", "subject", "level", "kind")
_POLITE = frozenset(
    "toi muon can xin lam cho hoi ve cua la o thi de nao dau sao the thu tuc va cac nhung duoc tren trong voi tu tai bi khi".split()  # noqa: SIM905
)
_NUMBER = re.compile(r"(?:ma|so|thutuc|mathutuc|tthc)?([0-9][0-9.,]*?)(?:\.000\.00\.00)?(?:\.?[a-z][0-9]{2})?")
_PART_OF_NUMBER = 4  # digits that are looked for inside a number too, as the first may be missing
_WORD = re.compile(r"[a-z0-9]+")

_Words = tuple[str, ...]
_Synonyms = Mapping[
    str, Sequence[tuple[_Words, Sequence[_Words]]]
]  # terms and meanings by first word, longest first


@dataclass(frozen=True, slots=True)
class Hit:
    """One procedure found, with what a row of a list shows."""

    procedure_id: int
    version_id: int
    number: str
    name: str
    short_name: str
    summary: str
    sector_code: str
    sector_name: str
    kind: str
    level: str
    agencies: tuple[str, ...]
    subjects: tuple[str, ...]

    @property
    def display_name(self) -> str:
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found. `facets` counts what each filter would leave: {"sector": {code: count}, …}."""

    hits: list[Hit]
    total: int
    facets: dict[str, dict[str, int]]


def search(
    text: str,
    *,
    agency: str | None = None,
    sector: str | None = None,
    subject: str | None = None,
    level: str | None = None,
    kind: str | None = None,
    offset: int = 0,
    limit: int = 20,
) -> Results:
    """Return the current procedures that fit, the best first; without text all of them, in alphabetical order.

    Filters take an agency's code, a sector's code, and the words of Subject, Level and Kind.
    """
    filters = {"agency": agency, "sector": sector, "subject": subject, "level": level, "kind": kind}
    wanted = {name: value for name, value in filters.items() if value}
    return catalogue.snapshot().search(text, wanted, offset=max(0, offset), limit=max(1, min(limit, 200)))


# Words --------------------------------------------------------------------------------------------------------


def _storable(text: str) -> str:
    """`text` without lone surrogates, which no UTF-8 holds."""
    return text.encode("utf-8", "ignore").decode()


def words_of(text: str) -> list[str]:
    """The folded words of a text: "Máy X-quang" gives may, x, quang."""
    return _WORD.findall(fold(text))


_SYLLABLE = re.compile(
    r"(?:ngh?|[cgknpt]h|tr|gi|qu|[bcdghklmnpqrstvx])?"
    r"(?:[aeiouy]|ai|ao|au|ay|eo|eu|ia|ie|ieu|iu|oa|oai|oay|oe|oi|oo|ua|uay|ue|ui|uo|uoi|uou|uu|uy|uya|uye|uyu|ye|yeu)"
    r"(?:ch|ng|nh|[cmnpt])?"
)  # of a syllable without accents


@lru_cache(maxsize=4096)
def without_telex(word: str) -> str | None:
    """The syllable that was meant when Telex letters were left in it: ddangw → dang, kys → ky.

    None when the word is a syllable as it stands, or is none without those letters either.
    """
    if _SYLLABLE.fullmatch(word):
        return None
    bare = re.sub(r"([aeo])\1", r"\1", word.replace("dd", "d"))
    bare = re.sub(r"(?<=[aeiouy])(c|ch|m|n|ng|nh|p|t)?w", r"\1", bare)  # aw, ow, uw; also typed after the end
    bare = re.sub(r"^([^aeiouyw]*)w", r"\1u", bare)
    bare = re.sub(r"(?<=[aeiouy])(c|ch|m|n|ng|nh|p|t)?[sfrxjz]", r"\1", bare)  # the tone, after vowel or end
    return bare if bare != word and _SYLLABLE.fullmatch(bare) else None


# The index ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Snapshot:
    """The catalogue at one moment. Never changes, so any number of threads may search it."""

    stamp: UUID | None
    hits: Sequence[Hit]  # in alphabetical order
    index: Index
    vocabulary: frozenset[str]
    synonyms: _Synonyms
    initials: Sequence[tuple[str, _Words]]  # of each name, and its words

    def search(self, text: str, wanted: Mapping[str, str], *, offset: int, limit: int) -> Results:
        if wanted.keys() - set(_FILTERS):
            raise ValueError(f"no filters {wanted}")
        searcher: Any = self.index.searcher()  # its stub lacks SearchResult.count
        for query in self._readings(text):  # from the strictest to the loosest
            found = searcher.search(self._filtered(query, wanted), limit=limit, offset=offset)
            if found.count >= _ENOUGH:
                break
        addresses = [address for _score, address in found.hits]
        rows = searcher.fast_field_values("row", addresses) if addresses else []
        return Results(
            hits=[self.hits[row] for row in rows],
            total=found.count,
            facets=self._facets(searcher, query, wanted),
        )

    def _filtered(self, query: Query, wanted: Mapping[str, str]) -> Query:
        if not wanted:
            return query
        schema = self.index.schema
        keep = [
            (Occur.Must, Query.const_score_query(Query.term_query(schema, name, _storable(value)), 0.0))
            for name, value in wanted.items()
        ]
        return Query.boolean_query([(Occur.Must, query), *keep])

    def _facets(self, searcher: Any, query: Query, wanted: Mapping[str, str]) -> dict[str, dict[str, int]]:
        """Counts by each filter, with the other filters applied and this one not."""
        facets: dict[str, dict[str, int]] = {}
        free = [name for name in _FILTERS if name not in wanted]
        groups = [(free, wanted)] if free else []
        groups += [([name], {key: value for key, value in wanted.items() if key != name}) for name in wanted]
        for names, others in groups:
            ask = {name: {"terms": {"field": name, "size": 1000}} for name in names}
            answer = searcher.aggregate(self._filtered(query, others), ask)
            for name in names:
                buckets = answer[name]["buckets"]
                facets[name] = {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets}
        return facets

    # Readings of what was typed

    def _readings(self, text: str) -> Iterator[Query]:
        """Queries for a text, the strictest first; one is enough when it finds anything."""
        text = text[:_LONGEST]
        if number := _NUMBER.fullmatch(fold(text).replace(" ", "")):
            yield self._by_number(re.sub("[.,]", "", number[1]))
            return
        words = [word[:30] for word in words_of(text)[:_MOST_WORDS]]
        if not words:
            yield Query.all_query()
            return
        words = [part for word in words for part in self._meant(word)]
        slots = self._slots(words)
        needed = [slot for slot in slots if slot.counts] or slots
        wishes = [slot for slot in slots if slot not in needed]
        phrases = self._phrases(words)
        stricter: list[tuple[Occur, Query]] = []
        count = len(needed)
        for least in sorted({count, -(-count * 2 // 3), -(-count // 2), -(-count // 3)}, reverse=True):
            core = Query.boolean_query([(Occur.Should, slot.query) for slot in needed], least)
            yield Query.boolean_query(
                [
                    (Occur.Must, core),
                    *((Occur.Should, slot.query) for slot in wishes),
                    *((Occur.Should, part) for part in phrases),
                    *stricter,
                ]
            )
            stricter.append((Occur.Should, Query.const_score_query(core, _TIER)))

    def _by_number(self, digits: str) -> Query:
        """Numbers that begin with the digits, then those that have them somewhere."""
        schema = self.index.schema
        beginning = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
        starts = Query.fuzzy_term_query(schema, "number", beginning, distance=0, prefix=True)
        if len(digits) < _PART_OF_NUMBER:
            return starts
        having = [one.number for one in self.hits if digits in one.number.replace(".", "")]
        inside = [(Occur.Should, Query.term_query(schema, "number", number)) for number in having[:100]]
        old = Query.term_query(schema, "more", digits)  # of what it was called before
        return Query.boolean_query([(Occur.Should, Query.boost_query(starts, _TIER)), (Occur.Should, old), *inside])

    def _slots(self, words: Sequence[str]) -> "list[_Slot]":
        """What must be found: each word, or a run of words that has synonyms."""
        slots, place = [], 0
        while place < len(words):
            run, meanings = self._synonym_at(words, place)
            if run:
                ways = [self._all_of(words[place : place + run], last=place + run == len(words))]
                ways += [Query.boost_query(self._all_of(meaning, last=False), 0.9) for meaning in meanings]
                slots.append(_Slot(Query.disjunction_max_query(ways, 0.1), counts=True))
                place += run
            else:
                word = words[place]
                last = place == len(words) - 1
                slots.append(_Slot(self._word(word, last=last), counts=word not in _POLITE))
                place += 1
        return slots

    def _synonym_at(self, words: Sequence[str], place: int) -> tuple[int, Sequence[_Words]]:
        """The longest synonym that begins at a place: how many words it has, and what they mean."""
        for term, meanings in self.synonyms.get(words[place], ()):
            if tuple(words[place : place + len(term)]) == term:
                return len(term), meanings
        return 0, ()

    def _all_of(self, words: Sequence[str], *, last: bool) -> Query:
        parts = [self._word(word, last=last and place == len(words) - 1) for place, word in enumerate(words)]
        if len(words) > 1:
            schema = self.index.schema
            phrase = Query.phrase_query(schema, "name", list(words), slop=1)
            return Query.boolean_query(
                [*((Occur.Must, part) for part in parts), (Occur.Should, Query.boost_query(phrase, 2.0))]
            )
        return parts[0]

    def _word(self, word: str, *, last: bool) -> Query:
        """One word as it stands, as it may go on, as it may have been meant."""
        schema = self.index.schema
        ways = [
            Query.boost_query(Query.term_query(schema, "name", word), 3.0),
            Query.term_query(schema, "more", word),
        ]
        if last and len(word) >= 2:
            beginning = Query.fuzzy_term_query(schema, "name", word, distance=0, prefix=True)
            ways.append(Query.boost_query(beginning, 2.0))
            if len(word) >= 3:
                ways.append(Query.fuzzy_term_query(schema, "more", word, distance=0, prefix=True))
        if word not in self.vocabulary and len(word) >= 3 and not word.isdigit():
            ways.append(Query.boost_query(Query.fuzzy_term_query(schema, "name", word, distance=1), 1.5))
            ways.append(Query.boost_query(Query.fuzzy_term_query(schema, "more", word, distance=1), 0.5))
        return Query.disjunction_max_query(ways, 0.1)

    def _meant(self, word: str) -> Sequence[str]:
        """What was meant by a word that is not known as it stands: Telex letters left in it, words run together."""
        if word in self.vocabulary or word in self.synonyms:
            return (word,)
        bare = without_telex(word)
        return (bare,) if bare else self._parted(word) or self._spelled_out(word) or (word,)

    def _parted(self, word: str) -> Sequence[str]:
        """Known syllables that were typed without a space: dinhluong → dinh luong. Empty when it is none such."""
        for end in range(len(word) - 1, 1, -1):
            head, rest = word[:end], word[end:]
            if head in self.vocabulary and _SYLLABLE.fullmatch(head):
                if rest in self.vocabulary and _SYLLABLE.fullmatch(rest):
                    return (head, rest)
                if len(rest) >= 4 and (tail := self._parted(rest)):
                    return (head, *tail)
        return ()

    def _spelled_out(self, word: str) -> Sequence[str]:
        """The words of a name whose initials spell the word: gpbx → giay phep buc xa. Empty when there are none."""
        if not 3 <= len(word) <= 8 or not word.isalpha():
            return ()
        found: Counter[_Words] = Counter()
        for initials, words in self.initials:
            place = initials.find(word)
            if place >= 0:
                found[words[place : place + len(word)]] += 1
        return found.most_common(1)[0][0] if found else ()

    def _phrases(self, words: Sequence[str]) -> list[Query]:
        """Neighbours in the query that are neighbours in the name count more."""
        schema = self.index.schema
        return [
            Query.boost_query(Query.phrase_query(schema, "name", list(pair)), 1.5) for pair in pairwise(words)
        ]


@dataclass(frozen=True, slots=True)
class _Slot:
    query: Query
    counts: bool  # polite words need not be found


def build(
    rows: Sequence[tuple[Hit, str]], synonyms: Mapping[str, Sequence[str]], stamp: UUID | None
) -> Snapshot:
    """Index procedures, given in alphabetical order with their further words (folded), and synonyms."""
    builder = SchemaBuilder()
    builder.add_text_field("name", tokenizer_name="whitespace")
    builder.add_text_field("more", tokenizer_name="whitespace", index_option="freq")
    for name in ("number", *_FILTERS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name != "number")
    builder.add_integer_field("row", fast=True)
    index = Index(builder.build())
    vocabulary: set[str] = set()
    initials: list[tuple[str, _Words]] = []
    with index.writer(heap_size=30_000_000, num_threads=1) as writer:
        for place, (hit, more) in enumerate(rows):
            name_words, more_words = words_of(f"{hit.name} {hit.short_name}"), _WORD.findall(more)
            vocabulary.update(name_words, more_words)
            initials.append(("".join(word[0] for word in name_words), tuple(name_words)))
            document = Document()
            document.add_text("name", " ".join(name_words))
            document.add_text("more", " ".join(more_words))
            document.add_text("number", hit.number)
            document.add_text("sector", hit.sector_code)
            document.add_text("level", hit.level)
            document.add_text("kind", hit.kind)
            for agency in hit.agencies:
                document.add_text("agency", agency)
            for subject in hit.subjects:
                document.add_text("subject", subject)
            document.add_integer("row", place)
            writer.add_document(document)
    index.reload()
    return Snapshot(
        stamp, [hit for hit, _more in rows], index, frozenset(vocabulary), _by_first_word(synonyms), initials
    )


def _by_first_word(synonyms: Mapping[str, Sequence[str]]) -> _Synonyms:
    table: dict[str, list[tuple[_Words, Sequence[_Words]]]] = {}
    for term, meanings in synonyms.items():
        words = tuple(words_of(term))
        ways = [tuple(words_of(meaning)) for meaning in meanings if words_of(meaning)]
        if words and ways:
            table.setdefault(words[0], []).append((words, ways))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


class Catalogue:
    """The snapshot of this process, kept fresh. One thread makes a new one; the others go on with the old."""

    def __init__(self) -> None:
        self._snapshot: Snapshot | None = None
        self._looked_at = float("-inf")
        self._making = Lock()

    def look_again(self) -> None:
        """Compare the stamp at the next search, however soon it comes."""
        self._looked_at = float("-inf")

    def forget(self) -> None:
        """Drop the index: the next search makes a new one."""
        self._snapshot = None

    def snapshot(self) -> Snapshot:
        """The catalogue as it is now, or was at most two seconds ago."""
        old = self._snapshot
        if old is not None and time.monotonic() - self._looked_at < _LOOK_EVERY_SECONDS:
            return old
        if not self._making.acquire(blocking=old is None):
            assert old is not None
            return old
        try:
            looked_at, stamp = time.monotonic(), CatalogueStamp.now()
            if self._snapshot is None or self._snapshot.stamp != stamp:
                self._snapshot = _read(stamp)
            self._looked_at = looked_at
            return self._snapshot
        finally:
            self._making.release()


catalogue = Catalogue()


def _read(stamp: UUID | None) -> Snapshot:
    rows = [
        (
            Hit(
                procedure_id=procedure.pk,
                version_id=procedure.current_id or 0,
                number=procedure.number,
                name=procedure.name,
                short_name=procedure.short_name,
                summary=procedure.summary,
                sector_code=procedure.sector.code,
                sector_name=procedure.sector.name,
                kind=procedure.kind,
                level=procedure.level,
                agencies=tuple(procedure.agencies),
                subjects=tuple(procedure.subjects),
            ),
            procedure.search_words,
        )
        for procedure in Procedure.objects.for_list().iterator(chunk_size=2000)
    ]
    synonyms = dict(Synonym.objects.in_use().values_list("term_key", "replacements"))
    return build(rows, synonyms, stamp)

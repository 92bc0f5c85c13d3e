"""The words by which a dossier is found, and the question that a text asks of them.

Everything is folded: without accents, lower case, letters and digits alone. A code, a number typed in groups and a name
are kept run together as well, so that H34.12-261122-0007, H34122611220007 and "nguyenvanan" find what they mean.
Beside the words a trigger keeps who may see a dossier ("@7", a unit) and when it was filed ("#2957", a week since 1970).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Func, Q, Value

from motcua.dossiers.models import Dossier
from motcua.foundation.vietnamese import fold

WEEK = 604800  # seconds, as in the trigger
_CODE = re.compile(r"[a-z]\d{2}(\.\d{2})*(-\d{0,6}(-\d{0,5})?)?")
_WHOLE_CODE = re.compile(r"(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{2})*-\d{6}-\d{4,5}", re.IGNORECASE)
_NUMBER_KEYS = ("citizen_number", "tax_code", "phone")


def words_of(dossier: Dossier, code: str) -> str:
    """What a dossier is found by: its code, whose it is and who filed it, their numbers, its procedure."""
    parties = (dossier.submitter, dossier.owner)
    names = dict.fromkeys(party.get("name", "") for party in parties)
    whole = [code, code.partition("-")[2], *names]  # "261122-0007" is what people read out of a code
    numbers = [party.get(key, "") for party in parties for key in _NUMBER_KEYS]
    told = [code, *names, dossier.procedure_version.name, dossier.procedure_version.definition.number]
    return " ".join([*(_plain(one) for one in told), *(_joined(one) for one in [*whole, *numbers] if one)])


def vector(words: str) -> Func:
    """The expression that stores these words."""
    return Func(Value("simple"), Value(words), function="to_tsvector")


def code_in(text: str) -> str:
    """The whole code that a text holds: typed, pasted, or read from a bar code or the address in a QR; "" without."""
    found = _WHOLE_CODE.search(text)
    return found[0].upper() if found else ""


class Lexemes(SearchQuery):
    """A question in lexemes as they are stored: "@7" stays "@7", where to_tsquery would read a 7."""

    def __init__(self, query: str) -> None:
        super().__init__(query, search_type="raw")
        self._query = query

    def as_sql(self, *_args: Any, **_kwargs: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s::tsquery", [self._query]


@dataclass(frozen=True, slots=True)
class Question:
    """What a text asks: each word; quoted ones in a row. A code or a number may be the beginning of one."""

    words: tuple[str, ...]  # in the language of tsquery

    @classmethod
    def of(cls, text: str, *, begins: bool = False) -> "Question":
        """The question of a text; with `begins` the last word may go on: for who has not typed all of it."""
        folded = fold(text)
        bare = re.sub(r"[\s.]", "", folded)
        if _CODE.fullmatch(folded) and any(map(str.isdigit, folded)):
            return cls((_begins(_joined(folded)),))
        if len(re.sub(r"\D", "", bare)) >= 6 and re.fullmatch(r"\+?[\d-]+", bare):
            digits = re.sub(r"\D", "", bare)
            return cls((_begins("0" + digits[2:] if bare.startswith("+84") else digits),))
        words: list[str] = []
        for place, part in enumerate(folded.split('"')):
            plain = _plain(part).split()
            if place % 2 and len(plain) > 1:
                words.append("(" + " <-> ".join(_quoted(word) for word in plain) + ")")
            else:
                words += [_quoted(word) for word in plain]
        if begins and words and not words[-1].endswith(")"):
            words[-1] += ":*"
        return cls(tuple(words))

    @property
    def query(self) -> str:
        return " & ".join(self.words)

    def among(self, units: Iterable[int], since: datetime | None = None, until: datetime | None = None) -> Q:
        """The condition for these words among what these units see, filed in the weeks of a time when told."""
        if not self.words:
            return Q(pk__in=[])
        asked = list(self.words)
        if seen := [f"'@{unit}'" for unit in sorted(units)]:
            asked.append("(" + " | ".join(seen) + ")")
        if since and until:
            weeks = range(int(since.timestamp() // WEEK), int(until.timestamp() // WEEK) + 1)
            asked.append("(" + " | ".join(f"'#{week}'" for week in weeks) + ")")
        return Q(search=Lexemes(" & ".join(asked)))


def _plain(text: str) -> str:
    """The words of a text: letters and digits alone."""
    return " ".join(re.sub(r"[\W_]", " ", fold(text)).split())


def _joined(text: str) -> str:
    return re.sub(r"[\W_]", "", fold(text))


def _quoted(word: str) -> str:
    return f"'{word}'"


def _begins(word: str) -> str:
    return f"'{word}':*"

"""The list of procedures: what was asked for in the address, what was found, and the choices that are left."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from motcua.portal.catalogue import shelf
from motcua.procedures.models import Kind, Level, Subject
from motcua.procedures.search import Hit, Results, search

PAGE_SIZE = 20
_LONGEST = 200  # characters of a query that are shown and searched
_LAST_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as the address says it; words that nobody offered count as not said."""

    text: str = ""
    agency: str = ""
    sector: str = ""
    subject: str = ""
    level: str = ""
    page: int = 1
    filed_here: bool = False

    @classmethod
    def of(cls, query: QueryDict, *, filed_here: bool = False) -> Self:
        page = query.get("trang", "")
        return cls(
            text=" ".join(query.get("q", "").split())[:_LONGEST],
            agency=_known(query.get("co-quan", ""), shelf.agencies()),
            sector=_known(query.get("linh-vuc", ""), (sector.code for sector in shelf.sectors())),
            subject=_known(query.get("doi-tuong", ""), Subject.values),
            level=_known(query.get("muc-do", ""), Level.values),
            page=min(max(int(page), 1), _LAST_PAGE) if page.isascii() and page.isdigit() else 1,
            filed_here=filed_here,
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.agency or self.sector or self.subject or self.level)

    @property
    def query(self) -> str:
        """The address's part after the path, with its question mark; empty when nothing is wanted."""
        parts = {
            "q": self.text,
            "co-quan": self.agency,
            "linh-vuc": self.sector,
            "doi-tuong": self.subject,
            "muc-do": self.level,
            "trang": str(self.page) if self.page > 1 else "",
        }
        said = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(said)}" if said else "?"

    def find(self) -> Results:
        return search(
            self.text,
            agency=self.agency,
            sector=self.sector,
            subject=self.subject,
            level=self.level,
            kind=Kind.FILED_HERE.value if self.filed_here else None,
            offset=(self.page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )


def _known(value: str, values: Iterable[str]) -> str:
    return value if value in values else ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice of the form: its options with how many procedures each would leave."""

    name: str
    label: str
    blank: str
    value: str
    options: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list."""

    wanted: Wanted
    results: Results
    filters: list[Filter] = field(default_factory=list)

    @property
    def hits(self) -> list[Hit]:
        return self.results.hits

    @property
    def total(self) -> int:
        return self.results.total

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def previous(self) -> str:
        page = self.wanted.page
        return replace(self.wanted, page=page - 1).query if page > 1 else ""

    @property
    def next(self) -> str:
        page = self.wanted.page
        return replace(self.wanted, page=page + 1).query if page < self.pages else ""

    @property
    def without_filters(self) -> str:
        return Wanted(text=self.wanted.text).query


def listing(wanted: Wanted) -> Listing:
    """Find what is wanted; a page past the end shows the last one."""
    results = wanted.find()
    last = max(1, -(-results.total // PAGE_SIZE))
    if wanted.page > last:
        wanted = replace(wanted, page=last)
        results = wanted.find()
    return Listing(wanted, results, _filters(wanted, results))


def _filters(wanted: Wanted, results: Results) -> list[Filter]:
    facets = results.facets
    agency_names = {code: agency.label for code, agency in shelf.agencies().items()}
    sector_names = {sector.code: sector.name for sector in shelf.sectors()}
    subject_names = {value: str(label) for value, label in Subject.choices}
    level_names = {value: str(label) for value, label in Level.choices}

    def options(name: str, names: dict[str, str], chosen: str) -> list[tuple[str, str]]:
        counts = facets.get(name, {})
        return [
            (code, f"{text} ({counts.get(code, 0)})")
            for code, text in names.items()
            if code in counts or code == chosen
        ]

    return [
        Filter("co-quan", _("Cơ quan thực hiện"), _("Tất cả cơ quan"), wanted.agency,
               options("agency", agency_names, wanted.agency)),
        Filter("linh-vuc", _("Lĩnh vực"), _("Tất cả lĩnh vực"), wanted.sector,
               options("sector", sector_names, wanted.sector)),
        Filter("doi-tuong", _("Đối tượng thực hiện"), _("Tất cả đối tượng"), wanted.subject,
               options("subject", subject_names, wanted.subject)),
        Filter("muc-do", _("Mức độ dịch vụ công"), _("Tất cả mức độ"), wanted.level,
               options("level", level_names, wanted.level)),
    ]  # fmt: skip

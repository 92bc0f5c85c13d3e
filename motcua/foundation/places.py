"""Provinces and communes, with the codes of Decision 19/2025/QĐ-TTg, and what they were called before 1/7/2025.

`places.txt` beside this file has one line for each of the 34 provinces and, indented, one for each of its 3,321
communes, wards and special zones: code, name, and the communes that it was made of, by district (a star: only part
of that commune). Source of the facts: the data set of the package vietnamadminunits 1.0.4 (MIT licence, © 2025 Tran
Ngoc Minh Hieu), whose number of units and names agree with the package vietnam-provinces 2025.10.1; 114 codes in
other provinces than Quảng Ngãi differ there, as that one follows the draft of the decision. Neither has been
compared with the printed decision.

The file is read when it is first asked for; of the old names nothing is kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from motcua.foundation.vietnamese import fold

_FILE = Path(__file__).with_name("places.txt")
_KIND = re.compile(r"^(tinh|thanh pho|tp|phuong|xa|dac khu|thi tran|thi xa|quan|huyen)\b\.? *")


@dataclass(frozen=True, slots=True)
class Province:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward or special zone; `province` is the code of its province."""

    code: str
    name: str
    province: str


@dataclass(frozen=True, slots=True)
class Former:
    """A commune as it was before 1/7/2025, and the new ones that have it or, when `is_split`, a part of it."""

    code: str
    name: str
    district: str
    province: str
    now: tuple[Commune, ...]
    is_split: bool = False

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.district, self.province) if part)


@dataclass(frozen=True, slots=True)
class _Lines:
    province: Province
    communes: tuple[Commune, ...]


def provinces() -> tuple[Province, ...]:
    """All provinces and cities, in the order of their codes."""
    return tuple(lines.province for lines in _read().values())


def province(code: str) -> Province | None:
    found = _read().get(code)
    return found.province if found else None


def communes(province: str) -> tuple[Commune, ...]:
    """The communes of the province with this code, by code; none when there is no such province."""
    found = _read().get(province)
    return found.communes if found else ()


def commune(code: str) -> Commune | None:
    return _by_code().get(code)


def find(text: str, province: str) -> Commune | None:
    """The commune of a province that somebody means who types its code or name, accents and kind as they come.

    None when no commune, or more than one, is called so.
    """
    wanted = fold(text).strip()
    named = [one for one in communes(province) if wanted in (one.code, fold(one.name))]
    bare = _KIND.sub("", wanted)
    named = named or [one for one in communes(province) if _KIND.sub("", fold(one.name)) == bare]
    return named[0] if len(named) == 1 else None


@lru_cache(maxsize=1000)
def formerly(text: str) -> tuple[Former, ...]:
    """The communes that had this name or code before 1/7/2025, wherever they were. The name may lack its kind."""
    wanted = fold(text).strip()
    bare = _KIND.sub("", wanted)
    has_kind = bare != wanted
    found: dict[tuple[str, str, str], list[tuple[Former, bool]]] = {}
    for one, is_part in _former():
        name = fold(one.name)
        if wanted in (one.code, name) or (not has_kind and _KIND.sub("", name) == bare):
            found.setdefault((one.code, one.name, one.district), []).append((one, is_part))
    return tuple(
        Former(
            same[0][0].code, same[0][0].name, same[0][0].district, same[0][0].province,
            tuple(now for one, _part in same for now in one.now), any(part for _one, part in same),
        )
        for same in found.values()
    )  # fmt: skip


def made_of(commune: str) -> tuple[Former, ...]:
    """What the commune with this code was made of on 1/7/2025."""
    known = _by_code().get(commune)
    return _made_of(known.province).get(commune, ()) if known else ()


@lru_cache(maxsize=4)
def _made_of(province: str) -> dict[str, tuple[Former, ...]]:
    """The same for all communes of a province."""
    found: dict[str, list[Former]] = {}
    for one, _part in _former(province):
        found.setdefault(one.now[0].code, []).append(one)
    return {code: tuple(formers) for code, formers in found.items()}


@cache
def _read() -> dict[str, _Lines]:
    found: dict[str, tuple[Province, list[Commune]]] = {}
    at, into = "", list[Commune]()
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        code, name = line.strip().split("\t", 2)[:2]
        if line.startswith(" "):
            into.append(Commune(code, name, at))
        else:
            at, into = code, []
            found[code] = Province(code, name), into
    return {code: _Lines(one, tuple(communes)) for code, (one, communes) in found.items()}


@cache
def _by_code() -> dict[str, Commune]:
    return {one.code: one for lines in _read().values() for one in lines.communes}


def _former(province: str = "") -> Iterator[tuple[Former, bool]]:
    """Every old commune with the one new commune of its line, and whether only a part of it went there."""
    at = Province("", "")
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        code, name, *made_of = line.strip().split("\t")
        if not line.startswith(" "):
            at = Province(code, name)
            continue
        if province not in ("", at.code):
            continue
        now = (Commune(code, name, at.code),)
        for group in "".join(made_of).split(" | "):
            where, _colon, names = group.partition(": ")
            district, _comma, old_province = where.partition(", ")
            for each in names.split("; "):
                number, _space, old_name = each.partition(" ")
                is_part = old_name.endswith("*")
                former = Former(
                    number.strip("-"), old_name.rstrip("*") or district, district if old_name else "",
                    old_province or at.name, now, is_part,
                )  # fmt: skip
                yield former, is_part

"""Reads procedures of the national database's transfer format (`LayThuTuc`) into folders to complete.

Nothing may be relied on there: keys are missing, a list of one is no list, numbers are texts with words. What is
not given, or only guessed, is marked in `unverified`.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from django.utils.translation import gettext as _

from motcua.foundation.vietnamese import fold
from motcua.foundation.working_time import TimeLimit, Unit
from motcua.procedures.definition import FORMAT, Definition
from motcua.procedures.parts import (
    Account,
    Agencies,
    Channel,
    ChannelWord,
    Component,
    FeeLine,
    Fees,
    Form,
    LegalBasis,
    Process,
    Record,
    Result,
    SectorName,
    SubjectWord,
    Template,
)

_NUMBER = re.compile(r"(?P<bare>[1-9]\.[0-9]{6})(\.000\.00\.00)?(\.(?P<province>[A-Z][0-9]{2}))?")
_AGENCY = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,6}){0,4}")
_NOBODY = "H00"  # stands for an agency whose code is not given
_CHANNELS: dict[str, ChannelWord] = {
    "1": "in_person", "2": "online", "3": "post", "truc tiep": "in_person", "truc tuyen": "online",
    "buu chinh": "post", "nop qua buu dien": "post",
}  # fmt: skip
_UNITS: tuple[tuple[str, Unit], ...] = (
    ("ngay lam viec", "working_days"), ("gio", "hours"), ("thang", "months"), ("ngay", "calendar_days"),
)  # fmt: skip
_SUBJECTS: tuple[tuple[str, SubjectWord], ...] = (
    ("cong dan", "citizen"), ("ca nhan", "citizen"), ("nguoi nuoc ngoai", "foreigner"), ("viet kieu", "foreigner"),
    ("doanh nghiep", "business"), ("hop tac xa", "business"), ("ho kinh doanh", "business"),
    ("co quan nha nuoc", "state_agency"), ("can bo", "state_agency"), ("to chuc", "organisation"),
)  # fmt: skip
_ResultWord = Literal["notice", "decision", "licence", "certificate", "document"]
_RESULTS: tuple[tuple[str, _ResultWord], ...] = (
    ("giay phep", "licence"), ("chung chi", "certificate"), ("chung nhan", "certificate"),
    ("quyet dinh", "decision"), ("thong bao", "notice"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FromNational:
    """What one entry came to: a definition to complete, or a sentence that says why there is none."""

    name: str
    definition: Definition | None
    problem: str = ""


def from_national(content: Any) -> list[FromNational]:
    """The procedures of a transfer: one, a list of them, or either within other keys. Never raises."""
    entries = [_upper(entry) for entry in _entries(content)]
    if not entries:
        return [FromNational("", None, _("Tệp không có thủ tục nào: không thấy mục MATTHC hoặc TENTTHC."))]
    return [_one(entry) for entry in entries]


def _entries(content: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 6:
        return
    if isinstance(content, Mapping):
        if {"MATTHC", "TENTTHC"} & {str(key).upper() for key in content}:
            yield content
        else:
            for value in content.values():
                yield from _entries(value, depth + 1)
    elif isinstance(content, list):
        for value in content:
            yield from _entries(value, depth + 1)


def _one(entry: Mapping[str, Any]) -> FromNational:
    written, name = _text(entry.get("MATTHC")), _text(entry.get("TENTTHC"))
    match = _NUMBER.fullmatch(written)
    if match is None:
        return FromNational(
            name, None,
            _("Mã thủ tục «%(number)s» không đúng dạng (ví dụ 2.001207 hoặc 2.001207.000.00.00.H34).")
            % {"number": written},
        )  # fmt: skip
    bare = match["bare"]
    sector = next(iter(_groups(entry.get("LINHVUCTHUCHIEN"))), {})
    fees = _fees(entry)
    record = Record(
        format=FORMAT,
        number=bare,
        name=name or bare,
        sector=SectorName(_text(sector.get("MALINHVUC")) or "?", _text(sector.get("TENLINHVUC")) or "?"),
        kind="information_only",
        agencies=_agencies(entry, match["province"]),
        service_level="information",
        old_numbers=(written,) if written != bare else (),
        subjects=tuple(dict.fromkeys(_words(entry.get("DOITUONGTHUCHIEN"), _SUBJECTS))),
        sequence=tuple(_sequence(entry)),
        channels=tuple(_channels(entry)),
        components=tuple(_components(entry)),
        results=tuple(_results(entry)),
        requirements=tuple(_lines(entry.get("YEUCAU"))),
        legal_basis=tuple(_legal_basis(entry)),
    )
    record = replace(record, unverified=tuple(_unverified(record, entry, name, sector, fees)))
    return FromNational(record.name, Definition(record, Form(), fees, Process()))


def _unverified(
    record: Record, entry: Mapping[str, Any], name: str, sector: Mapping[str, Any], fees: Fees
) -> Iterator[str]:
    """Everything that was not given, or that this reading decided by itself."""
    yield "kind"
    if not name:
        yield "name"
    if not _text(sector.get("MALINHVUC")):
        yield "sector.code"
    if not _text(sector.get("TENLINHVUC")):
        yield "sector.name"
    if not any(_AGENCY.fullmatch(_text(one.get("MADONVI"))) for one in _groups(entry.get("COQUANTHUCHIEN"))):
        yield "agencies.implementing"
    yield "agencies.reception"
    for key in ("decision", "type", "administrative_level", "summary", "service_level"):
        yield key
    for key in ("subjects", "sequence", "channels", "components", "results", "legal_basis"):
        if not getattr(record, key):
            yield key
    if len([one for one in _groups(entry.get("TRINHTUTHUCHIEN")) if _text(one.get("TRUONGHOP"))]) > 1:
        yield "scenarios"
    for channel_number, channel in enumerate(record.channels):
        if channel.time_limit is None:
            yield f"channels.{channel_number}"
    for component in record.components:
        yield f"components.{component.id}"
    for result in record.results:
        yield f"results.{result.id}"
    if fees.lines:
        yield "fees.account"
        yield "fees.lines"


# The parts ----------------------------------------------------------------------------------------------------


def _agencies(entry: Mapping[str, Any], province: str | None) -> Agencies:
    given = [_text(one.get("MADONVI")) for one in _groups(entry.get("COQUANTHUCHIEN"))]
    codes = [code for code in given if _AGENCY.fullmatch(code)]
    return Agencies(implementing=tuple(dict.fromkeys(codes)) or (province or _NOBODY,))


def _sequence(entry: Mapping[str, Any]) -> Iterator[str]:
    """The steps of all cases one after the other, each case under its name."""
    cases = _groups(entry.get("TRINHTUTHUCHIEN"))
    for case in cases:
        name = _text(case.get("TRUONGHOP"))
        if name and len(cases) > 1:
            yield _("Trường hợp: %(name)s") % {"name": name}
        for step in _listed(case.get("TRINHTU")):
            yield from _lines(step.get("TENTRINHTU") if isinstance(step, Mapping) else step)


def _channels(entry: Mapping[str, Any]) -> Iterator[Channel]:
    seen = set()
    for row in _groups(entry.get("CACHTHUCTHUCHIEN")):
        channel = _channel(row)
        if channel is None or channel in seen:
            continue
        seen.add(channel)
        times = _groups(row.get("THOIGIAN")) or [row]
        limits = [limit for limit in map(_limit, times) if limit]
        notes = [line for time in times for line in _lines(time.get("MOTA"))]
        yield Channel(channel, limits[0] if limits else None, " ".join(dict.fromkeys(notes)))


def _channel(row: Mapping[str, Any]) -> ChannelWord | None:
    written = fold(_text(row.get("KENH")))
    return next((word for name, word in _CHANNELS.items() if written == name or (len(name) > 1 and name in written)), None)


def _limit(row: Mapping[str, Any]) -> TimeLimit | None:
    """How long it takes; the unit may stand beside the number or in its own key."""
    written = _text(row.get("THOIGIANGIAIQUYET"))
    amount = re.match(r"[0-9]{1,4}([.,][0-9]{1,2})?", written)
    unit = fold(_text(row.get("DONVITINH")) or written)
    word = next((word for name, word in _UNITS if name in unit), None)
    if amount is None or word is None:
        return None
    number = float(amount[0].replace(",", "."))
    try:
        return TimeLimit(int(number) if number == int(number) else number, word)
    except ValueError:
        return None


def _components(entry: Mapping[str, Any]) -> Iterator[Component]:
    ids: set[str] = set()
    for case in _groups(entry.get("THANHPHANHOSO")):
        case_name = _text(case.get("TRUONGHOP"))
        papers = _groups(case.get("GIAYTO")) or ([case] if "TENGIAYTO" in case else [])
        for paper in papers:
            name = _text(paper.get("TENGIAYTO"))
            if not name:
                continue
            originals, copies = _count(paper.get("SOBANCHINH")), _count(paper.get("SOBANSAO"))
            form = _text(paper.get("TENMAUDON"))
            yield Component(
                id=_id(name, ids),
                name=name,
                originals=originals if originals or copies else 1,
                copies=copies,
                template=Template(form) if form else None,
                note=_("Trường hợp: %(name)s") % {"name": case_name} if case_name else "",
                code=_text(paper.get("MAGIAYTO")),
            )


def _results(entry: Mapping[str, Any]) -> Iterator[Result]:
    ids: set[str] = set()
    for row in _listed(entry.get("KETQUATHUCHIEN")):
        name = _text(row.get("TENKETQUA") if isinstance(row, Mapping) else row)
        if name:
            kind = next((word for words, word in _RESULTS if words in fold(name)), "document")
            code = _text(row.get("MAKETQUA")) if isinstance(row, Mapping) else ""
            yield Result(_id(name, ids), name, cast(_ResultWord, kind), code=code)


def _legal_basis(entry: Mapping[str, Any]) -> Iterator[LegalBasis]:
    seen = set()
    for row in _groups(entry.get("CANCUPHAPLY")):
        number, title = _text(row.get("SOVANBAN")), _text(row.get("TENVANBAN"))
        if (number or title) and (number or title) not in seen:
            seen.add(number or title)
            yield LegalBasis(number or title, title if number else "")


def _fees(entry: Mapping[str, Any]) -> Fees:
    """The amounts of all channels, each once; those of other payers are left to who completes the folder."""
    lines: dict[tuple[int, str], FeeLine] = {}
    for row in _groups(entry.get("CACHTHUCTHUCHIEN")):
        times = _groups(row.get("THOIGIAN")) or [row]
        for fee in (fee for time in times for fee in _groups(time.get("PHILEPHI"))):
            digits = re.sub(r"[^0-9]", "", re.split(r"[^0-9., ]", _text(fee.get("SOTIEN")), maxsplit=1)[0])
            text = " ".join(_lines(fee.get("MOTA")))
            if not digits or len(digits) > 12 or not int(digits) or (int(digits), text) in lines:
                continue
            is_levy = fold(text).startswith("le phi")
            lines[int(digits), text] = FeeLine(
                code=f"PHI_{len(lines) + 1}",
                name=text or (_("Lệ phí") if is_levy else _("Phí")),
                kind="levy" if is_levy else "fee",
                due="before_acceptance",
                amount=int(digits),
                unit="" if "dong" in fold(_text(fee.get("DONVI"))) else _text(fee.get("DONVI")),
            )
    payee = next((_text(one.get("TENDONVI")) for one in _groups(entry.get("COQUANTHUCHIEN"))), "")
    account = Account("0000000000", _("Kho bạc Nhà nước"), payee or "?")  # stands until the real one is known
    return Fees(account=account if lines else None, lines=tuple(lines.values()))


# Reading whatever comes ---------------------------------------------------------------------------------------


def _upper(value: Any, depth: int = 0) -> Any:
    """The same with all keys in capitals."""
    if isinstance(value, Mapping) and depth < 12:
        return {str(key).strip().upper(): _upper(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list) and depth < 12:
        return [_upper(part, depth + 1) for part in value]
    return value


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def _groups(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in _listed(value) if isinstance(one, Mapping)]


def _text(value: Any) -> str:
    """One line of plain text."""
    return " ".join(_lines(value))


def _lines(value: Any) -> list[str]:
    """The lines of a text, without markup and without empty ones."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | list):
        return []
    if isinstance(value, list):
        return [line for one in value for line in _lines(one)]
    text = re.sub(r"(?i)<br\s*/?>|</p>|</div>|</li>", "\n", str(value).replace("\0", " "))
    text = html.unescape(re.sub(r"<[^<>]{0,500}>", " ", text)).replace("\0", " ")
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line]


def _count(value: Any) -> int:
    digits = re.search(r"[0-9]{1,3}", _text(value))
    return int(digits[0]) if digits else 0


def _words(value: Any, known: Iterable[tuple[str, SubjectWord]]) -> Iterator[SubjectWord]:
    text = fold(" ; ".join(_lines(value)) if not isinstance(value, Mapping) else " ; ".join(map(_text, value.values())))
    return (word for name, word in known if name in text)


def _id(name: str, taken: set[str]) -> str:
    """An id made from a name, unlike those before."""
    slug = "_".join(re.findall(r"[a-z0-9]+", fold(name))[:6])[:40].strip("_")
    slug = slug if re.match(r"[a-z]", slug) else f"muc_{slug}".rstrip("_")
    id, number = slug, 1
    while id in taken:
        number += 1
        id = f"{slug}_{number}"
    taken.add(id)
    return id

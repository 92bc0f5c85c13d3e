"""The reports as they are laid out: Biểu II.06a and the register Mẫu 07, for the screen, as a sheet, as a paper.

What is counted is said in motcua.dossiers.reporting.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.agencies.models import Agency, Place
from motcua.dossiers import printing
from motcua.dossiers.models import Dossier, Task
from motcua.dossiers.reporting import BESIDE, CELLS, Line, Period, Scope, Span, Statistics
from motcua.dossiers.states import ENDED_EARLY, State
from motcua.foundation.time import months_later
from motcua.foundation.vietnamese import in_vietnamese, moment, number

_L = gettext_lazy
FORM, REGISTER_FORM = "Biểu số II.06a/VPCP/KSTT", "Mẫu số 07"
BY_SECTOR, BY_UNIT = "linh-vuc", "don-vi"

# The columns of the form: the heading they share, their own, and the number that stands in them.
COLUMNS: list[tuple[str | Promise, str | Promise, str]] = [
    (_L("Số hồ sơ tiếp nhận"), _L("Tổng số"), "tiep-nhan"),
    (_L("Số hồ sơ tiếp nhận"), _L("Trong kỳ: trực tuyến"), "truc-tuyen"),
    (_L("Số hồ sơ tiếp nhận"), _L("Trong kỳ: trực tiếp, bưu chính"), "truc-tiep"),
    (_L("Số hồ sơ tiếp nhận"), _L("Từ kỳ trước"), "ky-truoc"),
    (_L("Số hồ sơ đã giải quyết"), _L("Tổng số"), "da-giai-quyet"),
    (_L("Số hồ sơ đã giải quyết"), _L("Trước hạn"), "truoc-han"),
    (_L("Số hồ sơ đã giải quyết"), _L("Đúng hạn"), "dung-han"),
    (_L("Số hồ sơ đã giải quyết"), _L("Quá hạn"), "qua-han"),
    (_L("Số hồ sơ đang giải quyết"), _L("Tổng số"), "dang-giai-quyet"),
    (_L("Số hồ sơ đang giải quyết"), _L("Trong hạn"), "trong-han"),
    (_L("Số hồ sơ đang giải quyết"), _L("Quá hạn"), "dang-qua-han"),
    (_L("Kết thúc khác"), _L("Rút"), "rut"),
    (_L("Kết thúc khác"), _L("Dừng"), "dung"),
    (_L("Kết thúc khác"), _L("Từ chối"), "tu-choi"),
]
assert [key for _group, _label, key in COLUMNS] == list(CELLS)


def groups() -> list[tuple[str, int]]:
    """The headings that columns share, and over how many each stands."""
    found: dict[str, int] = {}
    for group, _label, _key in COLUMNS:
        found[str(group)] = found.get(str(group), 0) + 1
    return list(found.items())


# What is asked ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A report: whose, of which period, cut when, narrowed to which sector, in lines by sector or by unit."""

    span: Span
    units: tuple[Agency, ...]  # those that this officer reads
    unit: Agency | None  # the one that is chosen
    sector: str
    by: str

    @property
    def scope(self) -> Scope:
        """One unit; or all that this officer reads, of which a centre counts nothing that others do not."""
        if self.unit:
            return Scope((self.unit,))
        return Scope(self.units)

    @property
    def title(self) -> str:
        if self.unit:
            return self.unit.name
        return self.units[0].name if self.units else ""

    def words(self, **more: str) -> str:
        """The query of an address that asks for this, cut at the same moment when the period is not over."""
        asked = {
            "ky": self.span.period.key,
            "don-vi": self.unit.code if self.unit else "",
            "linh-vuc": self.sector,
            "theo": self.by if self.by != BY_SECTOR else "",
            **more,
        }
        return "?" + urlencode({word: value for word, value in asked.items() if value})

    def cell(self, key: str, *, sector: str = "", unit: str = "") -> str:
        """The address of the dossiers behind a number."""
        more = {"so": key, "linh-vuc": sector or self.sector, "theo": ""}
        if unit:
            more["don-vi"] = unit
        if self.span.at < self.span.period.end:
            more["luc"] = self.span.at.isoformat(timespec="microseconds")
        return reverse("desk:report_dossiers") + self.words(**more)


def choices(today: date) -> list[tuple[str, list[Period]]]:
    """The periods that are offered, by kind, the newest first."""
    months = [Period.read(f"{months_later(today.replace(day=1), -back):%Y-%m}", today) for back in range(12)]
    quarter = (today.month + 2) // 3
    quarters, reported = [], []
    for back in range(5):
        years, index = divmod(today.year * 4 + quarter - 1 - back, 4)
        quarters.append(Period.read(f"{years}-q{index + 1}", today))
        reported.append(Period.read(f"{years}-k{index + 1}", today))
    years_ = [Period.read(str(today.year - back), today) for back in range(3)]
    return [
        (_("Tháng"), months),
        (_("Kỳ báo cáo quý, số liệu chốt ngày 14"), reported),
        (_("Quý"), quarters),
        (_("Năm"), years_),
    ]


# Biểu II.06a ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the table and where it opens; nothing opens behind zero."""

    key: str
    name: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the table as the screen shows it."""

    name: str
    href: str  # of the line's own report, where there is one
    numbers: list[Number]
    on_time: float | None  # percent of what was settled


def lines(asked: Asked, found: Statistics) -> list[Line]:
    return found.units if asked.by == BY_UNIT else found.sectors


def shown(asked: Asked, line: Line) -> Shown:
    of_unit, of_sector = (line.key, "") if asked.by == BY_UNIT else ("", line.key)
    numbers = [
        Number(
            key,
            f"{line.name}: {CELLS[key].name}",
            line.counts[key],
            asked.cell(key, sector=of_sector, unit=of_unit) if line.counts[key] else "",
        )
        for _group, _label, key in COLUMNS
    ]
    own = asked.words(**{"don-vi": of_unit, "theo": BY_SECTOR}) if of_unit else ""
    settled = line.counts["da-giai-quyet"]
    kept = settled - line.counts["qua-han"]
    return Shown(line.name, own, numbers, kept * 1000 // settled / 10 if settled else None)


def beside(asked: Asked, found: Statistics) -> list[Number]:
    """What was filed and not received: beside the table."""
    return [
        Number(key, str(cell.name), found.beside[key], asked.cell(key) if found.beside[key] else "")
        for key, cell in BESIDE.items()
    ]


@in_vietnamese
def table_notes(found: Statistics) -> list[str]:
    """What stands below the table on paper and in the sheet."""
    said = [_("Số liệu tính đến %(at)s.") % {"at": moment(found.span.cut)}]
    said.append(
        _(
            "Kết thúc khác gồm hồ sơ đã tiếp nhận rồi được rút, dừng giải quyết hoặc từ chối. Cột 3 bằng cột 7 cộng cột 11"
            " cộng các cột kết thúc khác. Hồ sơ được gia hạn vẫn tính theo ngày hẹn trả trước khi gia hạn."
        )
    )
    counted = {key: number(found.beside[key]) for key in BESIDE}
    said.append(
        _("Ngoài biểu: bị từ chối tiếp nhận %(refused)s; rút trước khi tiếp nhận %(withdrawn)s; chờ tiếp nhận %(waiting)s.")
        % {
            "refused": counted["khong-tiep-nhan"],
            "withdrawn": counted["rut-som"],
            "waiting": counted["cho-tiep-nhan"],
        }
    )
    return said


@in_vietnamese
def statistics_sheet(asked: Asked, found: Statistics) -> dict[str, Any]:
    """Biểu II.06a for sheets.workbook."""
    first = _("Đơn vị") if asked.by == BY_UNIT else _("Lĩnh vực")
    return {
        "sheet": "II.06a",
        "titles": [_title(), f"{FORM} – {asked.title}", _period(asked.span)],
        "headings": [
            [_("TT"), first, *(str(group) for group, _label, _key in COLUMNS)],
            [_("TT"), first, *(str(label) for _group, label, _key in COLUMNS)],
            [f"({index})" for index in range(1, len(COLUMNS) + 3)],
        ],
        "widths": [6, 48, *[13] * len(COLUMNS)],
        "rows": [[index, line.name, *_counts(line)] for index, line in enumerate(lines(asked, found), 1)],
        "totals": ["", _("Tổng số"), *_counts(found.total)],
        "notes": table_notes(found),
    }


@in_vietnamese
def statistics_paper(asked: Asked, found: Statistics, maker: str, at: datetime) -> dict[str, Any]:
    """Biểu II.06a as the paper of kind "table"."""
    numbers = [
        {"group": str(group), "label": str(label), "align": "right", "width": 3} for group, label, _key in COLUMNS
    ]
    first = _("Đơn vị") if asked.by == BY_UNIT else _("Lĩnh vực giải quyết")
    return _paper(asked.unit or asked.units[0], maker, at) | {
        "title": _title(),
        "subtitle": _period(asked.span),
        "form_name": FORM,
        "numbered_columns": True,
        "columns": [{"label": _("TT"), "align": "center", "width": 2}, {"label": first, "width": 9}, *numbers],
        "rows": [
            [str(index), line.name, *map(number, _counts(line))] for index, line in enumerate(lines(asked, found), 1)
        ],
        "totals": ["", _("Tổng số"), *map(number, _counts(found.total))],
        "notes": table_notes(found),
    }


def _title() -> str:
    return _("Tình hình, kết quả giải quyết thủ tục hành chính")


def _period(span: Span) -> str:
    return _("Kỳ báo cáo: %(name)s (%(days)s)") % {"name": span.period.name, "days": span.period.days}


def _counts(line: Line) -> list[int]:
    return [line.counts[key] for _group, _label, key in COLUMNS]


def _paper(unit: Agency, maker: str, at: datetime) -> dict[str, Any]:
    return {
        "agency": printing.agency_of(unit),
        "place": Place.current().seat,
        "issued_at": at,
        "landscape": True,
        "signers": [
            {"title": _("Người lập biểu"), "name": maker},
            {"title": _("Thủ trưởng đơn vị")},
        ],
    }


# The register -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the register (Thông tư 03/2025/TT-VPCP, Mẫu 07)."""

    dossier: Dossier
    code: str
    procedure: str
    count: int
    owner: str
    contact: str  # address, telephone
    agency: str
    received_at: datetime
    due_at: datetime | None
    forwarded_at: datetime | None
    came_back_at: datetime | None
    returned_at: datetime | None
    how: str
    signed_for: str
    note: str


def register(rows: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Dossiers with all that an entry reads, in one query."""
    forwarded = (
        Task.objects.filter(dossier=OuterRef("pk"), agency=OuterRef("agency"))
        .order_by()
        .values("dossier")
        .annotate(first=Min("started_at"))
        .values("first")
    )
    return (
        rows.select_related("procedure_version__procedure", "agency", "reception")
        .only(
            "code", "applicant_id", "owner", "owner_name", "state", "channel", "delivery", "accepted_at", "due_at",
            "due_before_extension", "settled_at", "returned_at", "returned_how", "returned_to", "ended_at",
            "procedure_version__procedure__name", "procedure_version__procedure__short_name", "agency__name",
            "reception__name",
        )
        .annotate(forwarded_at=Subquery(forwarded))
    )  # fmt: skip


def entry(dossier: Dossier) -> Entry:
    owner = dossier.owner
    return Entry(
        dossier=dossier,
        code=dossier.code or "",
        procedure=dossier.procedure_version.procedure.name,
        count=1,
        owner=dossier.owner_name,
        contact=", ".join(filter(None, (owner.get("address", ""), owner.get("phone", "")))),
        agency=dossier.agency.name,
        received_at=dossier.accepted_at,  # type: ignore[arg-type]
        due_at=dossier.due_before_extension or dossier.due_at,
        forwarded_at=dossier.forwarded_at,  # type: ignore[attr-defined]
        came_back_at=dossier.settled_at,
        returned_at=dossier.returned_at,
        how=dossier.get_returned_how_display() if dossier.returned_at else dossier.get_delivery_display(),
        signed_for=dossier.returned_to,
        note=_note(dossier),
    )


def _note(dossier: Dossier) -> str:
    notes = []
    if dossier.state in ENDED_EARLY and dossier.ended_at:
        notes.append(_("%(state)s ngày %(day)s") % {"state": State(dossier.state).label, "day": _day(dossier.ended_at)})
    if dossier.due_before_extension and dossier.due_at:
        notes.append(_("Gia hạn đến %(day)s") % {"day": moment(dossier.due_at)})
    due = dossier.due_before_extension or dossier.due_at
    if due and dossier.settled_at and dossier.settled_at > due:
        notes.append(_("Quá hạn"))
    return "; ".join(notes)


def _day(at: datetime) -> str:
    return moment(at).rpartition(" ")[2]


REGISTER_COLUMNS: list[tuple[str | Promise, str | Promise, int]] = [  # group, label, share of the width
    ("", _L("TT"), 4),
    ("", _L("Mã hồ sơ"), 11),
    ("", _L("Tên thủ tục hành chính"), 15),
    ("", _L("Số lượng hồ sơ"), 6),
    ("", _L("Tên tổ chức, cá nhân"), 11),
    ("", _L("Địa chỉ, số điện thoại"), 12),
    ("", _L("Cơ quan chủ trì giải quyết"), 10),
    (_L("Ngày, giờ"), _L("Nhận hồ sơ"), 10),
    (_L("Ngày, giờ"), _L("Hẹn trả kết quả"), 10),
    (_L("Ngày, giờ"), _L("Chuyển đến cơ quan giải quyết"), 10),
    (_L("Ngày, giờ"), _L("Nhận kết quả từ cơ quan giải quyết"), 10),
    (_L("Trả kết quả"), _L("Ngày, giờ"), 10),
    (_L("Trả kết quả"), _L("Phương thức nhận"), 9),
    (_L("Trả kết quả"), _L("Ký nhận"), 9),
    ("", _L("Ghi chú"), 9),
]


def entries(rows: Iterable[Dossier]) -> Iterator[list[Any]]:
    """The lines of the register, numbered, as values."""
    for index, dossier in enumerate(rows, 1):
        line = entry(dossier)
        yield [
            index, line.code, line.procedure, line.count, line.owner, line.contact, line.agency, line.received_at,
            line.due_at, line.forwarded_at, line.came_back_at, line.returned_at, line.how, line.signed_for, line.note,
        ]  # fmt: skip


@in_vietnamese
def register_sheet(asked: Asked, rows: Iterable[Dossier]) -> dict[str, Any]:
    """Mẫu 07 for sheets.workbook."""
    return {
        "sheet": _("Sổ theo dõi"),
        "titles": [_register_title(), f"{REGISTER_FORM} – {asked.title}", _period(asked.span)],
        "headings": [
            [str(group) or str(label) for group, label, _width in REGISTER_COLUMNS],
            [str(label) for _group, label, _width in REGISTER_COLUMNS],
        ],
        "widths": [max(6, width * 2 + 2) for _group, _label, width in REGISTER_COLUMNS],
        "rows": list(entries(rows)),
    }


@in_vietnamese
def register_paper(asked: Asked, rows: Sequence[Dossier], maker: str, at: datetime) -> dict[str, Any]:
    """Mẫu 07 as the paper of kind "table"."""
    return _paper(asked.unit or asked.units[0], maker, at) | {
        "title": _register_title(),
        "subtitle": _period(asked.span),
        "form_name": REGISTER_FORM,
        "numbered_columns": True,
        "columns": [
            {"group": str(group), "label": str(label), "width": width, "align": "center" if width < 7 else "left"}
            for group, label, width in REGISTER_COLUMNS
        ],
        "rows": [[_written(value) for value in line] for line in entries(rows)],
    }


def _register_title() -> str:
    return _("Sổ theo dõi hồ sơ")


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{moment(value)[:5]} {_day(value)}"
    return "" if value is None else str(value)

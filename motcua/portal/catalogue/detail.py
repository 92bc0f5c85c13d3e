"""What the page of one procedure tells: where it is filed, its parts in words, and what is not verified yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from motcua.agencies.models import Agency
from motcua.dossiers.models import Dossier
from motcua.dossiers.printing import time_limit_words
from motcua.foundation.vietnamese import day, money
from motcua.foundation.working_time import TimeLimit
from motcua.procedures.definition import Definition
from motcua.procedures.models import Level, Subject
from motcua.procedures.parts import FeeLine, Record

Way = Literal["here", "counter", "elsewhere", "information", "ended", "not_yet"]

SECTIONS = {
    "trinh-tu": gettext_lazy("Trình tự thực hiện"),
    "cach-thuc": gettext_lazy("Cách thức thực hiện"),
    "thanh-phan": gettext_lazy("Thành phần hồ sơ"),
    "thoi-han": gettext_lazy("Thời hạn giải quyết"),
    "phi": gettext_lazy("Phí, lệ phí"),
    "doi-tuong": gettext_lazy("Đối tượng thực hiện"),
    "co-quan": gettext_lazy("Cơ quan thực hiện"),
    "ket-qua": gettext_lazy("Kết quả thực hiện"),
    "can-cu": gettext_lazy("Căn cứ pháp lý"),
    "yeu-cau": gettext_lazy("Yêu cầu, điều kiện"),
    "mau-don": gettext_lazy("Mẫu đơn, tờ khai"),
}
_TYPES = {
    "statutory": gettext_lazy("Thủ tục do luật định"),
    "delegated": gettext_lazy("Thủ tục luật giao địa phương quy định"),
    "specific": gettext_lazy("Thủ tục đặc thù"),
}
_LEVELS = {
    "ministry": gettext_lazy("Cấp Bộ"),
    "province": gettext_lazy("Cấp tỉnh"),
    "commune": gettext_lazy("Cấp xã"),
}
_RESULTS = {
    "notice": gettext_lazy("Thông báo"),
    "decision": gettext_lazy("Quyết định"),
    "licence": gettext_lazy("Giấy phép"),
    "certificate": gettext_lazy("Giấy chứng nhận, chứng chỉ"),
    "document": gettext_lazy("Văn bản"),
}
_DUE = {
    "before_acceptance": gettext_lazy("Nộp trước khi hồ sơ được tiếp nhận"),
    "before_result": gettext_lazy("Nộp trước khi nhận kết quả"),
}
# Where a part of the record that is not verified stands on the page; and how it is called there.
_PARTS = {
    "sequence": ("trinh-tu", gettext_lazy("Trình tự thực hiện")),
    "channels": ("cach-thuc", gettext_lazy("Cách thức thực hiện, thời hạn giải quyết")),
    "process.limits.supplement": ("thoi-han", gettext_lazy("Thời hạn bổ sung hồ sơ")),
    "components": ("thanh-phan", gettext_lazy("Thành phần hồ sơ")),
    "fees": ("phi", gettext_lazy("Phí, lệ phí")),
    "subjects": ("doi-tuong", gettext_lazy("Đối tượng thực hiện")),
    "agencies": ("co-quan", gettext_lazy("Cơ quan thực hiện")),
    "results": ("ket-qua", gettext_lazy("Kết quả thực hiện")),
    "legal_basis": ("can-cu", gettext_lazy("Căn cứ pháp lý")),
    "requirements": ("yeu-cau", gettext_lazy("Yêu cầu, điều kiện")),
    "form": ("mau-don", gettext_lazy("Mẫu đơn, tờ khai")),
    "scenarios": ("trinh-tu", gettext_lazy("Các trường hợp")),
    "kind": ("", gettext_lazy("Nơi nộp hồ sơ")),
    "elsewhere": ("", gettext_lazy("Nơi nộp hồ sơ")),
    "name": ("", pgettext_lazy("of a procedure", "Tên thủ tục")),
    "number": ("", gettext_lazy("Mã thủ tục")),
}
_ONLY_FOR_OFFICERS = {
    "sector": gettext_lazy("Mã lĩnh vực"),
    "decision": gettext_lazy("Quyết định công bố"),
    "validity": gettext_lazy("Thời gian hiệu lực"),
    "fees.account": gettext_lazy("Tài khoản thu phí"),
    "partial_reason": gettext_lazy("Lý do cung cấp một phần"),
    "old_numbers": gettext_lazy("Mã cũ"),
    "process.steps": gettext_lazy("Các bước của quy trình nội bộ"),
}  # shown to citizens when verified, left out until then


@dataclass(frozen=True, slots=True)
class Filing:
    """Where and whether a dossier can be filed now. `text` is for people; `url` only when that is elsewhere."""

    way: Way
    title: str
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part of the record that nobody has verified yet."""

    path: str
    label: str
    section: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
    name: str
    time: str
    note: str


@dataclass(frozen=True, slots=True)
class FeeRow:
    name: str
    kind: str
    amount_vnd: int | None
    unit: str
    explanation: str
    basis: str


@dataclass(frozen=True)
class Detail:
    """Everything that both the page and its print show. `for_officer` adds what is not verified, marked."""

    definition: Definition
    agencies: Mapping[str, Agency]
    today: date
    for_officer: bool = False

    @property
    def record(self) -> Record:
        return self.definition.record

    @property
    def sections(self) -> list[tuple[str, str]]:
        return [(id, str(title)) for id, title in SECTIONS.items()]

    # Where to file

    @property
    def filing(self) -> Filing:
        record, validity = self.record, self.record.validity
        if validity.to and validity.to < self.today:
            return Filing(
                "ended",
                _("Thủ tục đã hết hiệu lực"),
                _("Thủ tục hết hiệu lực từ ngày %(day)s nên không tiếp nhận hồ sơ mới.")
                % {"day": day(validity.to)},
            )
        if validity.from_ and validity.from_ > self.today:
            return Filing(
                "not_yet",
                _("Thủ tục chưa có hiệu lực"),
                _("Hồ sơ được tiếp nhận từ ngày %(day)s.") % {"day": day(validity.from_)},
            )
        if record.kind == "filed_elsewhere" and record.elsewhere:
            return Filing(
                "elsewhere",
                _("Thủ tục này không nộp tại đây"),
                _("Hồ sơ được nộp tại %(name)s.") % {"name": record.elsewhere.name},
                record.elsewhere.url,
            )
        if record.kind != "filed_here":
            return Filing(
                "information",
                _("Thủ tục này chưa nộp trực tuyến được"),
                _(
                    "Cổng chỉ cung cấp thông tin về thủ tục. Vui lòng liên hệ cơ quan thực hiện để được hướng dẫn nộp hồ sơ."
                ),
            )
        if "online" not in self.definition.channels:
            return Filing(
                "counter",
                _("Thủ tục này nộp trực tiếp"),
                _("Vui lòng nộp hồ sơ tại %(place)s.") % {"place": self.reception_name},
            )
        return Filing("here", _("Nộp trực tuyến"))

    @property
    def level(self) -> str:
        return str(Level(self.record.service_level).label)

    @property
    def level_reason(self) -> str:
        """Why only a part is done online; empty when all is, or when the reason is not verified."""
        return self.record.partial_reason if self._shows("partial_reason") else ""

    # What is not verified

    @property
    def doubts(self) -> list[Doubt]:
        """Everything that is not verified, in the order of the record."""
        return [_doubt(path) for path in self.record.unverified]

    @property
    def doubtful_parts(self) -> list[str]:
        """The parts that citizens read although nobody verified them, in words, each once."""
        return list(dict.fromkeys(doubt.label for doubt in self.doubts if not _officers_part(doubt.path)))

    def doubts_of(self, section: str) -> list[Doubt]:
        return [doubt for doubt in self.doubts if doubt.section == section]

    def _shows(self, part: str) -> bool:
        """Whether a fact that citizens see only when it is verified may be shown to this reader."""
        return self.for_officer or not any(
            _within(path, part) or _within(part, path) for path in self.record.unverified
        )

    # Parts in words

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The head of the record: what it is, rather than how it goes."""
        record, decision, validity = self.record, self.record.decision, self.record.validity
        sector, number = record.sector.name, record.number
        if not self._shows("number"):
            number = _("%(number)s (đang rà soát)") % {"number": number}
        if self.for_officer:
            sector = f"{sector} ({record.sector.code})"
        rows = [
            (_("Mã thủ tục"), number),
            (_("Lĩnh vực"), sector),
            (_("Loại thủ tục"), str(_TYPES[record.type]) if record.type else ""),
            (
                _("Cấp thực hiện"),
                str(_LEVELS[record.administrative_level]) if record.administrative_level else "",
            ),
            (_("Mức độ dịch vụ công"), self.level),
        ]
        if decision and decision.number and self._shows("decision"):
            rows.append((_("Quyết định công bố"), _numbered(decision.number, decision.issued_on)))
        if validity.from_ and self._shows("validity.from"):
            rows.append((_("Có hiệu lực từ"), day(validity.from_)))
        if validity.to and self._shows("validity.to"):
            rows.append((_("Hết hiệu lực từ"), day(validity.to)))
        return [row for row in rows if row[1]]

    @property
    def channel_rows(self) -> list[ChannelRow]:
        return [
            ChannelRow(str(Dossier.Channel(row.channel).label), time_limit_words(row.time_limit), row.note)
            for row in self.record.channels
        ]

    @property
    def time_in_short(self) -> str:
        """The time limit of the first channel: online where there is one."""
        rows = sorted(self.record.channels, key=lambda row: row.channel != "online")
        return limit_words(rows[0].time_limit) if rows else ""

    @property
    def supplement_time(self) -> str:
        return limit_words(self.definition.process.limits.supplement)

    @property
    def fee_rows(self) -> list[FeeRow]:
        return [_fee_row(line) for line in self.definition.fees.lines]

    @property
    def no_fee_text(self) -> str:
        """What to say when there are no lines of fees."""
        if self.definition.is_filed_here:
            if not self._shows("fees"):
                return _("Hiện chưa thu phí, lệ phí tại đây; mức thu đang được rà soát.")
            return _("Không thu phí, lệ phí.")
        return _("Vui lòng xem mức thu tại nơi nộp hồ sơ.")

    @property
    def fee_in_short(self) -> str:
        """The amount when there is one for everybody; empty when this system does not know."""
        rows = self.definition.fees.lines
        if not rows:
            if not self._shows("fees"):
                return _("Đang rà soát")
            return _("Không thu") if self.definition.is_filed_here else ""
        if len(rows) == 1 and rows[0].amount is not None and not rows[0].when:
            return money(rows[0].amount) + (f"/{rows[0].unit}" if rows[0].unit else "")
        return _("Theo nội dung kê khai")

    @property
    def subjects(self) -> list[str]:
        return [str(Subject(word).label) for word in self.record.subjects]

    @property
    def agency_rows(self) -> list[tuple[str, list[str]]]:
        said = self.record.agencies
        rows = [
            (_("Cơ quan thực hiện"), self._names(said.implementing)),
            (_("Cơ quan có thẩm quyền"), self._names(said.competent)),
            (_("Cơ quan được ủy quyền"), self._names(said.delegated)),
            (_("Cơ quan phối hợp"), self._names(said.cooperating)),
            (_("Nơi tiếp nhận hồ sơ"), self._reception()),
        ]
        return [row for row in rows if row[1]]

    @property
    def implementing(self) -> list[str]:
        return self._names(self.record.agencies.implementing)

    @property
    def reception_name(self) -> str:
        reception = self.agencies.get(self.record.agencies.reception)
        return reception.name if reception else self.record.agencies.address or _("cơ quan thực hiện")

    def _reception(self) -> list[str]:
        """The counter's name, address and telephone, each said once."""
        said = self.record.agencies
        reception = self.agencies.get(said.reception)
        parts = (
            [reception.name, said.address, reception.address, reception.phone]
            if reception
            else [said.address]
        )
        return [part for part in dict.fromkeys(parts) if part]

    def _names(self, codes: tuple[str, ...]) -> list[str]:
        return [self.agencies[code].name if code in self.agencies else code for code in codes]

    @property
    def result_rows(self) -> list[tuple[str, str, str]]:
        """Each result: its name, what kind of paper, how long it holds."""
        return [(result.name, str(_RESULTS[result.type]), result.validity) for result in self.record.results]

    @property
    def basis_rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (basis.number, basis.title, day(basis.issued_on) if basis.issued_on else "", basis.issuer)
            for basis in self.record.legal_basis
        ]


def limit_words(limit: TimeLimit | None) -> str:
    return time_limit_words(limit) if limit else ""


def _numbered(number: str, on: date | None) -> str:
    return _("%(number)s ngày %(day)s") % {"number": number, "day": day(on)} if on else number


def _fee_row(line: FeeLine) -> FeeRow:
    sentences = [str(_DUE[line.due]) + "."]
    if line.amount is None:
        sentences.insert(
            0, _("Hệ thống tính theo công thức từ nội dung kê khai và hiển thị số tiền trước khi nộp hồ sơ.")
        )
    if line.when:
        sentences.insert(0, _("Chỉ thu trong trường hợp nội dung kê khai thuộc diện phải nộp."))
    return FeeRow(
        name=line.name,
        kind=_("Phí") if line.kind == "fee" else _("Lệ phí"),
        amount_vnd=line.amount,
        unit=line.unit,
        explanation=" ".join(sentences),
        basis=line.basis,
    )


def _within(path: str, part: str) -> bool:
    """Whether a path of the record is this part or lies in it."""
    return path == part or path.startswith(f"{part}.")


def _officers_part(path: str) -> str:
    """The part that only officers read until it is verified; empty for what everybody reads."""
    return next((part for part in _ONLY_FOR_OFFICERS if _within(path, part)), "")


def _doubt(path: str) -> Doubt:
    if part := _officers_part(path):
        return Doubt(path, str(_ONLY_FOR_OFFICERS[part]), "phi" if part == "fees.account" else "")
    found = (words for part, words in _PARTS.items() if _within(path, part) or _within(part, path))
    section, label = next(found, ("", ""))
    return Doubt(path, str(label) or path, section)

"""What each kind of paper says: the keys of its data, which of them are required, and of what type.

`read` turns the caller's dict into the record of a kind and names every mistake by its path;
`plain` turns the record back into JSON values. A key without a default is required; text that
is left empty is not printed. Moments are aware datetimes or ISO text, amounts are whole đồng.
"""

import types
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from django.utils.translation import gettext_noop as _

from motcua.foundation.time import HANOI

Dong = NewType("Dong", int)  # whole đồng
Bytes = NewType("Bytes", int)  # the size of a file

# -- parts -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Agency:
    """The agency in whose name a paper is made out; `superior` is the line above it."""

    name: str
    superior: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    tax_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A citizen or an organisation; a tax code makes it an organisation on paper."""

    name: str
    citizen_id: str = ""
    tax_code: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Procedure:
    number: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs. `authority` is the line above the title, such as "KT. GIÁM ĐỐC".

    `note` stands where the ink would be, such as "Ký số bởi … lúc …".
    """

    title: str
    name: str = ""
    authority: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    label: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Every row has as many cells as there are columns. `widths` are shares, one a column."""

    columns: list[str]
    rows: list[list[str]]
    title: str = ""
    widths: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Section:
    title: str = ""
    rows: list[Row] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FeeLine:
    name: str
    amount_vnd: Dong
    kind: str = ""  # fee | levy


@dataclass(frozen=True, kw_only=True)
class ReceivedDocument:
    """A component that arrived: with a file, or (`file_name` empty) filled in on the screen."""

    name: str
    file_name: str = ""
    size: Bytes = Bytes(0)
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class SlipComponent:
    """A component on the acceptance slip, with how many sheets of each kind came in."""

    name: str
    originals: int = 0
    certified: int = 0
    copies: int = 0
    electronic: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SupplementItem:
    name: str
    content: str
    reason: str
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class RefusalReason:
    reason: str
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class Handover:
    """One line of the control slip. `outcome` is the result of the step, in words."""

    giver: str
    taker: str
    handed_at: datetime
    outcome: str = ""  # Trước hạn | Đúng hạn | Quá hạn
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class HandedDossier:
    """One line of a handover slip. `papers` says what goes along on paper, in words."""

    code: str
    owner: str
    procedure: str
    papers: str = ""
    due_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AcceptedDossier:
    """One line of the slip for several dossiers. `due_at` None: the time limit begins with the fee."""

    code: str
    owner: str
    procedure: str
    due_at: datetime | None = None
    lookup_secret: str = ""
    fee: str = ""


@dataclass(frozen=True, kw_only=True)
class LinkedStage:
    """A second stage of a linked filing (liên thông): who has it, and its own two times as far as they are known."""

    agency: str
    code: str = ""
    received_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """A column of an official table. Columns beside each other with the same `group` share a heading above."""

    label: str
    group: str = ""
    width: int = 1  # a share
    align: str = "left"  # left | center | right


# -- kinds -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What every kind knows. `operations.issue` fills in all but the agency and the place."""

    issued_at: datetime
    place: str = ""
    number: str = ""
    check_code: str = ""
    check_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Official(Printed):
    """A paper with the national head, made out by an agency at a place."""

    agency: Agency


@dataclass(frozen=True, kw_only=True)
class AboutDossier(Official):
    """A paper of the one-stop about one dossier. `submitter` only when it is not the owner."""

    code: str
    procedure: Procedure
    owner: Person
    submitter: Person | None = None


@dataclass(frozen=True, kw_only=True)
class Acknowledgement(AboutDossier):
    """Thông báo đã nhận hồ sơ nộp trực tuyến."""

    lookup_secret: str
    lookup_url: str
    submitted_at: datetime
    documents: list[ReceivedDocument]
    answers: list[Row] = field(default_factory=list)
    fees: list[FeeLine] = field(default_factory=list)
    settled_by: str = ""
    delivery: str = ""
    reply_hours: int = 8
    reply_by: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AcceptanceSlip(AboutDossier):
    """Mẫu số 01: Giấy tiếp nhận hồ sơ và hẹn trả kết quả."""

    reception: str
    components: list[SlipComponent]
    time_limit: str  # in words, such as "05 ngày làm việc"
    received_at: datetime
    due_at: datetime | None  # None: the time limit has not begun, because the fee has not come
    delivery: str
    receiver: Signer
    request: str = ""
    settled_by: str = ""
    sets: int = 1
    delivery_address: str = ""
    fee: str = ""
    book: str = ""
    sequence: str = ""
    lookup_secret: str = ""
    lookup_url: str = ""
    linked: list[LinkedStage] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class SupplementRequest(AboutDossier):
    """Mẫu số 02: Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""

    items: list[SupplementItem]
    signer: Signer
    in_appraisal: bool = False  # asked for while the dossier is appraised, and not when it is received
    due_at: datetime | None = None
    time_limit: str = ""
    support: str = ""
    support_phone: str = ""
    lookup_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Refusal(AboutDossier):
    """Mẫu số 03: Phiếu từ chối tiếp nhận giải quyết hồ sơ."""

    reception: str
    reasons: list[RefusalReason]
    signer: Signer
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class Receipt(Printed):
    """Biên lai thu phí, lệ phí điện tử. `signed_by` is empty as long as nobody signed digitally."""

    form_symbol: str
    series: str
    collector: Agency
    payer: Person
    lines: list[FeeLine]
    amount_vnd: Dong
    title: str = _("Biên lai thu phí, lệ phí")
    reference: str = ""
    description: str = ""
    method: str = ""
    transaction: str = ""
    signed_by: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ResultNotice(Official):
    """Mẫu 3. TBTNHS: Thông báo tiếp nhận hồ sơ công bố hợp chuẩn (or hợp quy)."""

    declaration_number: str
    declaration_on: date
    owner: Person
    products: str
    standards: list[str]
    signer: Signer
    basis: str = ""  # in words: what the declaration rests on
    valid_until: date | None = None
    conformity: str = "hợp chuẩn"  # hợp chuẩn | hợp quy
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ResultGeneric(Official):
    """A decision, licence or letter: title, grounds, paragraphs, rows, tables, signature."""

    title: str
    signer: Signer
    subtitle: str = ""
    addressed_to: list[str] = field(default_factory=list)
    grounds: list[str] = field(default_factory=list)
    resolution: str = ""  # such as "QUYẾT ĐỊNH:"
    paragraphs: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ApplicationForm(Printed):
    """What somebody declared, printed as the statutory form."""

    title: str
    sections: list[Section]
    form_name: str = ""  # such as "Mẫu 2. CBHC/HQ"
    organisation: str = ""
    subtitle: str = ""
    addressed_to: list[str] = field(default_factory=list)
    commitment: str = ""
    signer: Signer | None = None
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class LaidOut(Printed):
    """A paper by a layout that comes with a procedure: `layout` is typst, `fields` what it shows by field.

    Each field is {label, value} in words, with `options` [{label, chosen}] of a choice, `parts` {part: text} of
    something composed, `columns` [{id, label}] and `rows` [{column: text}] of a table. `row` is the row of a
    table for which there is a paper of its own.
    """

    title: str
    layout: str
    fields: dict[str, Any]
    form_name: str = ""  # such as "Mẫu 2. CBHC/HQ"
    code: str = ""
    agency: Agency | None = None  # to whom it is addressed
    owner: Person | None = None
    organisation: str = ""  # in whose name it is made out, where that is no citizen
    signer: Signer | None = None
    procedure: Procedure | None = None
    row: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ControlSlip(AboutDossier):
    """Mẫu số 06: Phiếu kiểm soát quá trình giải quyết hồ sơ."""

    received_at: datetime
    due_at: datetime | None
    handovers: list[Handover]
    settled_by: str = ""
    cooperating: str = ""


@dataclass(frozen=True, kw_only=True)
class Apology(AboutDossier):
    """Mẫu số 04: Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết."""

    received_at: datetime
    due_at: datetime
    new_due_at: datetime
    reason: str
    signer: Signer
    late: bool = False  # it comes later than a working day before the date that it puts off
    late_unit: str = ""
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class StopNotice(AboutDossier):
    """Mẫu số 05: Thông báo dừng giải quyết hồ sơ."""

    reason: str
    signer: Signer
    basis: str = ""
    received_at: datetime | None = None
    fee: str = ""  # what happens with what was paid
    advice: str = ""
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class NotEligible(AboutDossier):
    """Văn bản từ chối giải quyết, nêu rõ lý do: the decision that the conditions are not met."""

    reasons: list[RefusalReason]
    signer: Signer
    received_at: datetime | None = None
    conclusion: str = ""  # what the appraisal found
    fee: str = ""
    advice: str = ""
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FeeNotice(AboutDossier):
    """Thông báo nộp phí, lệ phí: asked for while the dossier is handled."""

    lines: list[FeeLine]
    amount_vnd: Dong
    signer: Signer
    due_at: datetime | None = None
    account: list[Row] = field(default_factory=list)  # to which it may be transferred
    note: str = ""
    lookup_url: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundNotice(AboutDossier):
    """Thông báo hoàn trả phí, lệ phí."""

    lines: list[FeeLine]
    amount_vnd: Dong
    reason: str
    signer: Signer
    payee: str = ""  # to whom it is paid back
    how: str = ""
    support: str = ""
    support_phone: str = ""
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class WithdrawalSlip(AboutDossier):
    """Phiếu xác nhận rút hồ sơ."""

    requested_at: datetime
    reason: str
    signer: Signer
    received_at: datetime | None = None
    asked_by: str = ""  # at the counter, where it was not asked in the account
    fee: str = ""  # what happens with what was paid
    papers: str = ""  # what of the papers is given back


@dataclass(frozen=True, kw_only=True)
class HandoverSlip(Official):
    """Phiếu bàn giao hồ sơ: from whom to whom, which dossiers, both sign."""

    giver: Signer  # title: the unit, name: who gives
    taker: Signer
    handed_at: datetime
    items: list[HandedDossier]
    title: str = _("Phiếu bàn giao hồ sơ")
    purpose: str = ""


@dataclass(frozen=True, kw_only=True)
class ManyAcceptance(Official):
    """Phiếu tiếp nhận nhiều hồ sơ: several dossiers that one person handed in together."""

    reception: str
    submitter: Person
    received_at: datetime
    items: list[AcceptedDossier]
    receiver: Signer
    lookup_url: str = ""


@dataclass(frozen=True, kw_only=True)
class ReturnReceipt(AboutDossier):
    """Giấy biên nhận trả kết quả."""

    result: str
    returned_at: datetime
    how: str  # in words: by hand, by post …
    received_by: Person
    giver: Signer
    result_number: str = ""
    due_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ResultText(Official):
    """A result whose text an officer edited. In `body` an empty line ends a paragraph, and "Điều 1." is bold."""

    title: str
    body: str
    signer: Signer
    subtitle: str = ""
    addressed_to: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    valid_until: date | None = None
    recipients: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class OfficialTable(Official):
    """A report or a register: a title and a table, whose header comes again on each page.

    Every row, and `totals` where there are any, has as many cells as there are columns.
    """

    title: str
    columns: list[TableColumn]
    rows: list[list[str]]
    subtitle: str = ""
    form_name: str = ""  # such as "Mẫu số 07" or "Biểu số II.06a/VPCP/KSTT"
    totals: list[str] = field(default_factory=list)
    landscape: bool = False
    numbered_columns: bool = False  # a line (1) (2) … below the headings
    notes: list[str] = field(default_factory=list)
    signers: list[Signer] = field(default_factory=list)


KINDS: dict[str, type[Printed]] = {
    "acknowledgement": Acknowledgement,
    "acceptance_slip": AcceptanceSlip,
    "supplement_request": SupplementRequest,
    "refusal": Refusal,
    "apology": Apology,
    "stop_notice": StopNotice,
    "control_slip": ControlSlip,
    "receipt": Receipt,
    "result_notice": ResultNotice,
    "result_generic": ResultGeneric,
    "application_form": ApplicationForm,
    "laid_out": LaidOut,
    "not_eligible": NotEligible,
    "fee_notice": FeeNotice,
    "refund_notice": RefundNotice,
    "withdrawal_slip": WithdrawalSlip,
    "handover_slip": HandoverSlip,
    "many_acceptance": ManyAcceptance,
    "return_receipt": ReturnReceipt,
    "result_text": ResultText,
    "table": OfficialTable,
}

# Whose template administrators may change; a layout comes with its procedure, a receipt with the tax law.
TEMPLATED = frozenset(KINDS) - {"laid_out", "receipt"}

# What a paper is called; only pages translate it.
TITLES: dict[str, str] = {
    "acknowledgement": _("Thông báo đã nhận hồ sơ nộp trực tuyến"),
    "acceptance_slip": _("Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
    "supplement_request": _("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
    "refusal": _("Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
    "apology": _("Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"),
    "stop_notice": _("Thông báo dừng giải quyết hồ sơ"),
    "control_slip": _("Phiếu kiểm soát quá trình giải quyết hồ sơ"),
    "not_eligible": _("Thông báo không đủ điều kiện giải quyết hồ sơ"),
    "fee_notice": _("Thông báo nộp phí, lệ phí"),
    "refund_notice": _("Thông báo hoàn trả phí, lệ phí"),
    "withdrawal_slip": _("Phiếu xác nhận rút hồ sơ"),
    "many_acceptance": _("Phiếu tiếp nhận nhiều hồ sơ"),
    "return_receipt": _("Giấy biên nhận trả kết quả"),
}


def title_of(record: Printed) -> str:
    """What people call this paper."""
    for kind, title in TITLES.items():
        if isinstance(record, KINDS[kind]):
            return title
    if isinstance(record, ResultNotice):
        return f"Thông báo tiếp nhận hồ sơ công bố {record.conformity}"
    return str(getattr(record, "title", ""))


def read(kind: str, data: dict[str, Any]) -> Printed:
    """The record of this kind that the data describe.

    Raises ValueError, naming every missing, unknown or ill-typed key by its path.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind of paper {kind!r}; there are {', '.join(KINDS)}.")
    mistakes: list[str] = []
    record: Printed = _record(KINDS[kind], data, kind, mistakes)
    if not mistakes:
        mistakes = _contradictions(record, kind)
    if mistakes:
        raise ValueError("; ".join(mistakes))
    return record


def plain(value: Any) -> Any:
    """The record as JSON values: dicts, lists, text, numbers; moments as ISO text."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _record(type_: Any, data: Any, path: str, mistakes: list[str]) -> Any:
    if isinstance(data, type_):
        return data
    if not isinstance(data, dict):
        mistakes.append(f"{path}: a dict is wanted, not {type(data).__name__}")
        return None
    hints, known, values = get_type_hints(type_), {part.name: part for part in fields(type_)}, {}
    mistakes += [f"{path}.{key}: unknown" for key in data if key not in known]
    for name, part in known.items():
        if name in data:
            values[name] = _value(hints[name], data[name], f"{path}.{name}", mistakes)
        elif part.default is MISSING and part.default_factory is MISSING:
            mistakes.append(f"{path}.{name}: missing")
    return None if mistakes else type_(**values)


def _value(type_: Any, value: Any, path: str, mistakes: list[str]) -> Any:
    if get_origin(type_) in (Union, types.UnionType):
        if value is None or value == "":
            return None
        type_ = next(option for option in get_args(type_) if option is not type(None))
    if is_dataclass(type_):
        return _record(type_, value, path, mistakes)
    if get_origin(type_) is list and isinstance(value, list | tuple):
        (item_type,) = get_args(type_)
        return [_value(item_type, item, f"{path}[{index}]", mistakes) for index, item in enumerate(value)]
    wanted = getattr(type_, "__supertype__", type_)
    if wanted in (date, datetime):
        return _when(wanted, value, path, mistakes)
    if wanted is str and value is None:
        return ""
    if not isinstance(value, get_origin(wanted) or wanted) or (
        wanted is int and (value is True or value is False)
    ):
        mistakes.append(
            f"{path}: {getattr(wanted, '__name__', wanted)} is wanted, not {type(value).__name__}"
        )
    elif wanted is int and value < 0:
        mistakes.append(f"{path}: may not be below zero")
    return value


def _when(wanted: Any, value: Any, path: str, mistakes: list[str]) -> Any:
    """A day, or an aware moment in Hanoi."""
    try:
        moment = wanted.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, wanted) or (wanted is date and isinstance(moment, datetime)):
        mistakes.append(f"{path}: {wanted.__name__} is wanted, not {value!r}")
    elif isinstance(moment, datetime):
        if moment.tzinfo is None:
            mistakes.append(f"{path}: a datetime without a time zone")
        else:
            return moment.astimezone(HANOI)
    return moment


def _contradictions(record: Any, kind: str) -> list[str]:
    """What no paper may say, though every key is of the right type."""
    mistakes = []
    if isinstance(record, Receipt):
        total = sum(line.amount_vnd for line in record.lines)
        if total != record.amount_vnd:
            mistakes.append(f"{kind}.amount_vnd: {record.amount_vnd}, but the lines add up to {total}")
        if not (record.number.isdigit() and len(record.number) <= 8):
            mistakes.append(f"{kind}.number: up to 8 digits, not {record.number!r}")
    if isinstance(record, FeeNotice | RefundNotice) and sum(one.amount_vnd for one in record.lines) != record.amount_vnd:
        mistakes.append(f"{kind}.amount_vnd: the lines add up to something else")
    if isinstance(record, OfficialTable):
        wanted = len(record.columns)
        if any(len(row) != wanted for row in [*record.rows, *([record.totals] if record.totals else [])]):
            mistakes.append(f"{kind}.rows: each row needs {wanted} cells")
        return mistakes
    sections = record.sections if isinstance(record, ApplicationForm) else [record]
    for section in sections:
        for table in getattr(section, "tables", []):
            if any(len(row) != len(table.columns) for row in table.rows):
                mistakes.append(f"{kind}.tables: each row needs {len(table.columns)} cells")
            if table.widths and len(table.widths) != len(table.columns):
                mistakes.append(f"{kind}.tables: each column needs one width")
    return mistakes

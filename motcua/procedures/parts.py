"""What a procedure is made of: the shapes of `procedure.yaml`, `form.yaml`, `fees.yaml` and `process.yaml`.

The type hints are the format. `shape.py` reads YAML and JSON by them; a field without a default is a key that
must be written. The meaning of every key is in docs/procedures.md.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from motcua.foundation.working_time import TimeLimit

ChannelWord = Literal["online", "in_person", "post"]
SubjectWord = Literal["citizen", "foreigner", "business", "organisation", "state_agency"]
FieldType = Literal[
    "text", "long_text", "number", "money", "date", "choice", "choices", "yes_no",
    "email", "phone", "citizen_id", "tax_code", "address", "table",
    "year", "place", "person", "organisation", "group", "file", "computed", "note",
]  # fmt: skip
Act = Literal["assign", "appraise", "approve", "stamp", "return_result"]
RoleWord = Literal[
    "receiver", "cashier", "head", "appraiser", "leader", "clerk", "returner", "controller", "administrator"
]

TEXTUAL = ("text", "long_text", "email", "phone", "citizen_id", "tax_code", "address")
KEYS_OF_TYPES: dict[str, tuple[str, ...]] = {  # keys that only some types of field have
    "max_length": TEXTUAL,
    "options": ("choice", "choices"),
    "min": ("number", "money", "year"),
    "max": ("number", "money", "year"),
    "decimals": ("number",),
    "not_after": ("date", "year"),
    "not_before": ("date", "year"),
    "max_age_months": ("date",),
    "columns": ("table", "group"),
    "min_rows": ("table",),
    "max_rows": ("table",),
    "layout": ("table",),
    "parts": ("person", "organisation"),
    "formula": ("computed",),
    "shown_as": ("computed",),
    "tone": ("note",),
}

END = "end"  # where the last outcome of a process leads
_ACT_NAMES = {
    "assign": "Phân công thụ lý",
    "appraise": "Thẩm định hồ sơ",
    "approve": "Phê duyệt kết quả",
    "stamp": "Cấp số, đóng dấu",
    "return_result": "Trả kết quả",
}


# procedure.yaml -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SectorName:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The system where this procedure is filed when it is not filed here; `since` when it has moved there."""

    name: str
    url: str
    since: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision that published the procedure."""

    number: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class FormerAgency:
    """Who had the procedure before: its old papers and codes stay findable."""

    code: str
    name: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Agencies:
    """Codes of agencies ("H34.12"): who settles, who may decide, who receives."""

    implementing: tuple[str, ...]
    competent: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    reception: str = ""
    address: str = ""
    former: tuple[FormerAgency, ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    from_: date | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to file, with its own time limit."""

    channel: ChannelWord
    time_limit: TimeLimit | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One case (trường hợp) of the procedure: the first whose `when` holds for the answers is the dossier's.

    What it says of the sequence and the channels stands instead of what the record says; components and fee lines
    name the scenarios that they belong to.
    """

    id: str
    name: str
    when: str = ""  # only the last may have none
    sequence: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """An empty form to download: `file` is a file of the package's templates/."""

    name: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class ResultOf:
    """A result that some procedure issues: its number and the result's id there (any result when empty)."""

    procedure: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One paper of the dossier.

    `form` says that the answers are this paper: the system prints `sections` of the form (all when none is named)
    by `layout`, a file of papers/. With `for_each` there is one such paper for each row of that table, told apart
    by the column `row_name`. Of the components with the same `one_of`, one is enough.
    """

    id: str
    name: str
    originals: int = 0
    copies: int = 0
    required: bool = True
    form: bool = False
    template: Template | None = None
    when: str = ""
    note: str = ""
    code: str = ""  # of the paper in the national catalogue
    scenarios: tuple[str, ...] = ()  # none: all of them
    one_of: str = ""
    for_each: str = ""
    row_name: str = ""
    sections: tuple[str, ...] = ()
    layout: str = ""
    max_age_months: int | None = None  # issued not longer ago than this when filed
    min_validity_days: int | None = None  # still valid for so many calendar days when filed
    replaced_by: tuple[ResultOf, ...] = ()

    @property
    def base_id(self) -> str:
        """The id in the record: a paper of one row is "id.row"."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Result:
    """One paper that the agency issues."""

    id: str
    name: str
    type: Literal["notice", "decision", "licence", "certificate", "document"]
    template: str = ""
    validity: str = ""
    validity_months: int | None = None  # None: no end, or not one that can be counted
    code: str = ""  # of the result in the national catalogue


@dataclass(frozen=True, slots=True)
class LegalBasis:
    number: str
    title: str = ""
    issued_on: date | None = None
    issuer: str = ""
    from_: date | None = None
    to: date | None = None

    @property
    def citation(self) -> str:
        """As papers cite it: "Luật Đo lường số 04/2011/QH13", "Nghị định số 65/2023/NĐ-CP quy định …"."""
        kind = next((word for word in _CITED_BY_KIND if self.title.startswith(f"{word} ")), "")
        if kind and self.number:
            return f"{kind} số {self.number} {self.title.removeprefix(kind).strip()}"
        if self.title and self.number:
            return f"{self.title} số {self.number}"
        named = next((word for mark, word in _KIND_OF_NUMBER.items() if mark in self.number), "")
        return self.title or (f"{named} số {self.number}" if named else self.number)


_CITED_BY_KIND = ("Nghị định", "Nghị quyết", "Thông tư liên tịch", "Thông tư", "Quyết định", "Chỉ thị")
_KIND_OF_NUMBER = {"/NĐ-": "Nghị định", "/TT-": "Thông tư", "/TTLT-": "Thông tư liên tịch", "/QĐ-": "Quyết định"}


@dataclass(frozen=True, slots=True)
class Record:
    """The public record of the procedure (Decree 63/2010, as amended; the national database's fields)."""

    format: int
    number: str
    name: str
    sector: SectorName
    kind: Literal["filed_here", "filed_elsewhere", "information_only"]
    agencies: Agencies
    service_level: Literal["full", "partial", "information"]
    short_name: str = ""
    elsewhere: Elsewhere | None = None
    decision: Decision | None = None
    type: Literal["statutory", "delegated", "specific"] | None = None
    administrative_level: Literal["ministry", "province", "commune"] | None = None
    subjects: tuple[SubjectWord, ...] = ()
    partial_cause: Literal["presence", "field_verification", "incident", "technical"] | None = None
    partial_reason: str = ""
    old_numbers: tuple[str, ...] = ()  # codes under which people still look for it
    linked: bool = False  # liên thông
    has_result: bool = True
    at_one_stop: bool = True
    no_boundary: bool = False
    validity: Validity = field(default_factory=Validity)
    summary: str = ""
    sequence: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    components: tuple[Component, ...] = ()
    copies_of_dossier: int = 1
    results: tuple[Result, ...] = ()
    requirements: tuple[str, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    related: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()


# form.yaml ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `decimals` is how many digits a number may have after the comma: 0 means whole numbers.

    `not_after` and `not_before` are "today" or a date written "YYYY-MM-DD". `columns` are a table's or a group's;
    a person and an organisation have the parts named in `parts`, all of them when none is named. `formula` gives a
    computed field's value, which is never stored; `shown_as` says how it is written. A note asks nothing.
    """

    id: str
    label: str
    type: FieldType
    required: bool = False
    max_length: int | None = None
    help: str = ""
    example: str = ""
    prefill: str = ""
    when: str = ""
    personal: bool = False
    options: tuple[Option, ...] = ()
    min: int | float | None = None
    max: int | float | None = None
    decimals: int = 0
    not_after: str = ""
    not_before: str = ""
    max_age_months: int | None = None
    columns: tuple["Field", ...] = ()
    min_rows: int = 0
    max_rows: int | None = None
    layout: Literal["cards", "grid"] = "cards"  # of a table
    parts: tuple[str, ...] = ()
    formula: str = ""
    shown_as: Literal["text", "number", "money", "date"] = "text"
    tone: Literal["info", "warning"] = "info"  # of a note

    def option_label(self, value: str) -> str:
        """The label of a choice's value; the value itself when no option has it."""
        return next((option.label for option in self.options if option.value == value), value)


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    fields: tuple[Field, ...]
    help: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule across fields: `message` is shown at `field` when `rule` is false. A warning does not stop anybody."""

    rule: str
    message: str
    field: str
    level: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Form:
    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field of every section, in the order of the form; columns of tables not among them."""
        return tuple(field for section in self.sections for field in section.fields)


# fees.yaml ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """The treasury account that is credited."""

    number: str
    bank: str
    holder: str
    bin: str = ""


@dataclass(frozen=True, slots=True)
class Percent:
    """So many percent of a value in đồng, not below `min_vnd`, not above `max_vnd`."""

    of: str  # CEL
    rate: float
    min_vnd: int | None = None
    max_vnd: int | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """Up to and with `up_to` (the last has none): an amount, an amount for each one, or percent of the value."""

    up_to: int | None = None
    amount: int | None = None
    each: int | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Tiers:
    """Prices by the size of a value: the whole value at its tier's price, or each slice at its own."""

    of: str  # CEL
    steps: tuple[Tier, ...]
    mode: Literal["whole", "sliced"] = "whole"


@dataclass(frozen=True, slots=True)
class Share:
    """What part of the price is owed in a case: 75 for three quarters. The first whose condition holds counts."""

    when: str
    percent: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee (phí) or levy (lệ phí), by exactly one of: `amount` in đồng, `formula` in CEL, `percent`, `tiers`.

    Then times `quantity` (CEL), then its share, then rounded to whole `round_to` đồng, halves up.
    """

    code: str
    name: str
    kind: Literal["fee", "levy"]
    due: Literal["before_acceptance", "before_result"]
    amount: int | None = None
    formula: str = ""
    percent: Percent | None = None
    tiers: Tiers | None = None
    quantity: str = ""
    shares: tuple[Share, ...] = ()
    round_to: int = 1
    when: str = ""
    basis: str = ""
    unit: str = ""
    scenarios: tuple[str, ...] = ()  # none: all of them


@dataclass(frozen=True, slots=True)
class Relief:
    """A reduction by so many percent (100: exempt) on the days from `from_` to `to`, of `lines` (all when none)."""

    id: str
    name: str
    percent: float
    when: str = ""
    from_: date | None = None
    to: date | None = None
    basis: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fees:
    account: Account | None = None
    lines: tuple[FeeLine, ...] = ()
    reliefs: tuple[Relief, ...] = ()


# process.yaml -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a step can end. `to` is the next step's id, an earlier one's, or "end"."""

    id: str
    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Consultation:
    """Another unit that is asked when the step begins, beside the step's own work, with its own working hours."""

    id: str
    unit: str  # code of the agency
    question: str
    hours: int
    required: bool = True  # the step cannot end before the answer
    when: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One task of the inner process; `hours` are the working hours it may take. Without a name it gets its act's.

    `unit` is "agency" (who settles), "reception", or the code of an agency. A step whose `when` does not hold for
    the answers is passed over by its first outcome. `prints` are kinds of papers that it makes, `needs` what must be
    there before it can end.
    """

    id: str
    act: Act
    role: RoleWord
    unit: str
    hours: int
    outcomes: tuple[Outcome, ...]
    name: str = ""
    when: str = ""
    consults: tuple[Consultation, ...] = ()
    prints: tuple[str, ...] = ()
    needs: tuple[Literal["fee_paid", "result_draft", "opinions"], ...] = ()
    signs: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", _ACT_NAMES.get(self.act, ""))


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often the clock may stand still."""

    supplement: TimeLimit | None = None  # for the applicant to answer
    supplement_at_intake: TimeLimit | None = None  # what is asked before the dossier is accepted, where it differs
    supplement_times: int = 1  # requests in appraisal
    payment: TimeLimit | None = None  # for the applicant to pay what is asked in the middle
    extension_times: int = 1  # apologies with a new date


@dataclass(frozen=True, slots=True)
class Process:
    """`clock` says what must be there for the time limit to run: a valid dossier, or its fee too."""

    intake_hours: int = 8
    clock: Literal["accepted", "accepted_and_paid"] = "accepted"
    limits: Limits = field(default_factory=Limits)
    steps: tuple[Step, ...] = ()

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
]  # fmt: skip
Act = Literal["assign", "appraise", "approve", "stamp", "return_result"]
RoleWord = Literal[
    "receiver", "cashier", "head", "appraiser", "leader", "clerk", "returner", "controller", "administrator"
]

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
    """The system where this procedure is filed when it is not filed here."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision that published the procedure."""

    number: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Agencies:
    """Codes of agencies ("H34.12"): who settles, who may decide, who receives."""

    implementing: tuple[str, ...]
    competent: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    reception: str = ""
    address: str = ""


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
class Template:
    name: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One paper of the dossier. `form` says that the answers to form.yaml are this paper."""

    id: str
    name: str
    originals: int = 0
    copies: int = 0
    required: bool = True
    form: bool = False
    template: Template | None = None
    when: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One paper that the agency issues."""

    id: str
    name: str
    type: Literal["notice", "decision", "licence", "certificate", "document"]
    template: str = ""
    validity: str = ""


@dataclass(frozen=True, slots=True)
class LegalBasis:
    number: str
    title: str = ""
    issued_on: date | None = None
    issuer: str = ""


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
    partial_reason: str = ""
    no_boundary: bool = False
    validity: Validity = field(default_factory=Validity)
    summary: str = ""
    sequence: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    supplement_limit: TimeLimit | None = None
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

    `not_after` and `not_before` are "today" or a date written "YYYY-MM-DD".
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

    def option_label(self, value: str) -> str:
        """The label of a choice's value; the value itself when no option has it."""
        return next((option.label for option in self.options if option.value == value), value)


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    fields: tuple[Field, ...]
    help: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule across fields: `message` is shown at `field` when `rule` is false."""

    rule: str
    message: str
    field: str


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
class FeeLine:
    """One fee (phí) or levy (lệ phí): `amount` in đồng, or `formula` in CEL that gives đồng."""

    code: str
    name: str
    kind: Literal["fee", "levy"]
    due: Literal["before_acceptance", "before_result"]
    amount: int | None = None
    formula: str = ""
    when: str = ""
    basis: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Fees:
    account: Account | None = None
    lines: tuple[FeeLine, ...] = ()


# process.yaml -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a step can end. `to` is the next step's id, or "end"."""

    id: str
    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Step:
    """One task of the inner process; `hours` are the working hours it may take. Without a name it gets its act's."""

    id: str
    act: Act
    role: RoleWord
    unit: Literal["agency", "reception"]
    hours: int
    outcomes: tuple[Outcome, ...]
    name: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", _ACT_NAMES.get(self.act, ""))


@dataclass(frozen=True, slots=True)
class Process:
    intake_hours: int = 8
    steps: tuple[Step, ...] = ()

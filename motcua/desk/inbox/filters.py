"""What an officer wants to see: each part is a word of an address, below /can-bo/.

Whoever shows a number links it to its dossiers with these words; `Filters(...).link` writes the address.

    muc          the list (tabs.py): viec, chua-phan-cong, cho-nguoi-khac, hom-nay, qua-han, nhac-den, tiep-nhan, bo-sung,
                 dang-xu-ly, cho-tra, ket-thuc, tat-ca (everything that was ever filed)
    q            text: code, name, number, telephone, words of the procedure; "…" for words that follow each other
    thu-tuc      number of a procedure              linh-vuc     code of a sector
    don-vi       code of a unit that settles, receives or was asked
    co-quan      code of the unit that settles      mot-cua      code of the unit that receives
    nguoi        key of the user who has an open step, "toi" (me), or "chua": nobody yet
    buoc         the open step: phan-cong, tham-dinh, phe-duyet, dong-dau, tra-ket-qua
    trang-thai   national codes of states, such as 2,4
    kenh         truc-tuyen, truc-tiep, buu-chinh; several with commas
    qua-han      1: the deadline of the present state has passed
    han-tu, han-den        the deadline of the present state lies in these days
    nop-tu, nop-den        filed in these days      nhan-tu, nhan-den    accepted in these days
    xong-tu, xong-den      settled in these days    tra-tu, tra-den      result returned in these days
    dung-tu, dung-den      refused, withdrawn or stopped in these days
    dung-han     how it was settled: truoc-han, dung-han, qua-han; judged by the date before any extension
    con-luc      a day: accepted by the end of it, and neither settled nor ended by then
    luc-do       with con-luc: trong-han, qua-han at the end of that day
    xin-loi      1: its date was put off with an apology
    bi-vuot      1: a later one of the same procedure and unit was settled before it, as the board of the unit says
    khong-con    1: without child dossiers, as reports count
    lam-lai      1: a supplement was asked for

Days are yyyy-MM-dd, of Hanoi, both ends included. What nobody can read counts as not asked. `cot` names the columns
(columns.py) and `xem` the saved view that is open; they do not change which dossiers there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.urls import reverse

from motcua.agencies.models import Agency
from motcua.desk.inbox.tabs import BY_KEY, EVERYTHING, MINE, Tab
from motcua.dossiers import outlook
from motcua.dossiers.models import Dossier, SupplementRequest, Task
from motcua.dossiers.states import NATIONAL_CODE, State
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.procedures.models import ProcedureVersion

NOBODY, ME = "chua", "toi"
STEPS = {
    "phan-cong": "assign",
    "tham-dinh": "appraise",
    "phe-duyet": "approve",
    "dong-dau": "stamp",
    "tra-ket-qua": "return_result",
}
CHANNELS = {
    "truc-tuyen": Dossier.Channel.ONLINE,
    "truc-tiep": Dossier.Channel.IN_PERSON,
    "buu-chinh": Dossier.Channel.POST,
}
EARLY, IN_TIME, LATE = "truoc-han", "dung-han", "qua-han"
_STATES = {code: State(state) for state, code in NATIONAL_CODE.items() if code}
_OUTCOMES, _AT_THAT_TIME = frozenset({EARLY, IN_TIME, LATE}), frozenset({"trong-han", LATE})
_DAYS = {  # field: word
    f"{name}_{end}": f"{word}-{way}"
    for name, word in [("due", "han"), ("filed", "nop"), ("accepted", "nhan"), ("settled", "xong"), ("returned", "tra"), ("stopped", "dung")]
    for end, way in [("from", "tu"), ("to", "den")]
}
_FLAGS = {
    "late": "qua-han",
    "extended": "xin-loi",
    "overtaken": "bi-vuot",
    "no_children": "khong-con",
    "supplemented": "lam-lai",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What an officer wants to see; the words of each part stand above."""

    tab: Tab = MINE
    text: str = ""
    procedure: str = ""
    sector: str = ""
    unit: str = ""
    agency: str = ""
    reception: str = ""
    assignee: str = ""  # a user's key, ME or NOBODY
    step: str = ""
    states: frozenset[State] = frozenset()
    channels: frozenset[str] = frozenset()  # words
    late: bool = False
    due_from: date | None = None
    due_to: date | None = None
    filed_from: date | None = None
    filed_to: date | None = None
    accepted_from: date | None = None
    accepted_to: date | None = None
    settled_from: date | None = None
    settled_to: date | None = None
    returned_from: date | None = None
    returned_to: date | None = None
    stopped_from: date | None = None
    stopped_to: date | None = None
    outcome: str = ""
    under_way_on: date | None = None
    then: str = ""
    extended: bool = False
    overtaken: bool = False
    no_children: bool = False
    supplemented: bool = False
    columns: tuple[str, ...] = ()
    view: int = 0

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Filters":
        """What an address asks for; anything unknown counts as not asked."""
        text = " ".join(asked.get("q", "").split())[:100]
        tab = BY_KEY.get(asked.get("muc", "")) or (EVERYTHING if text else MINE)
        assignee = asked.get("nguoi", "")
        states = {_STATES.get(int(one)) for one in _listed(asked, "trang-thai") if one.isascii() and one.isdigit()}
        return cls(
            tab=tab,
            text=text,
            procedure=_word(asked, "thu-tuc"),
            sector=_word(asked, "linh-vuc"),
            unit=_word(asked, "don-vi"),
            agency=_word(asked, "co-quan"),
            reception=_word(asked, "mot-cua"),
            assignee=assignee if _is_key(assignee) or assignee in (NOBODY, ME) else "",
            step=_among(asked, "buoc", STEPS),
            states=frozenset(filter(None, states)),
            channels=frozenset(word for word in _listed(asked, "kenh") if word in CHANNELS),
            outcome=_among(asked, "dung-han", _OUTCOMES),
            under_way_on=_day(asked.get("con-luc", "")),
            then=_among(asked, "luc-do", _AT_THAT_TIME),
            columns=tuple(_listed(asked, "cot"))[:12],
            view=int(asked["xem"]) if _is_key(asked.get("xem", "")) else 0,
            **{name: _day(asked.get(word, "")) for name, word in _DAYS.items()},  # type: ignore[arg-type]
            **{name: asked.get(word) == "1" for name, word in _FLAGS.items()},  # type: ignore[arg-type]
        )

    def words(self) -> dict[str, str]:
        """The words of the address that asks for this, without empty ones."""
        asked = {
            "muc": self.tab.key,
            "q": self.text,
            "thu-tuc": self.procedure,
            "linh-vuc": self.sector,
            "don-vi": self.unit,
            "co-quan": self.agency,
            "mot-cua": self.reception,
            "nguoi": self.assignee,
            "buoc": self.step,
            "trang-thai": ",".join(str(code) for code, state in _STATES.items() if state in self.states),
            "kenh": ",".join(sorted(self.channels)),
            "dung-han": self.outcome,
            "con-luc": self.under_way_on.isoformat() if self.under_way_on else "",
            "luc-do": self.then,
            "cot": ",".join(self.columns),
            "xem": str(self.view or ""),
        }
        asked |= {word: getattr(self, name).isoformat() for name, word in _DAYS.items() if getattr(self, name)}
        asked |= {word: "1" for name, word in _FLAGS.items() if getattr(self, name)}
        return {word: value for word, value in asked.items() if value}

    def address(self, **words: str) -> str:
        """The query of an address that asks for this, with more words when given."""
        return "?" + urlencode({word: value for word, value in {**self.words(), **words}.items() if value}, safe=",")

    @property
    def link(self) -> str:
        """The whole address of what this asks for."""
        return reverse("desk:inbox") + self.address()

    def on(self, tab: Tab) -> "Filters":
        return replace(self, tab=tab)

    def bare(self, tab: Tab | None = None) -> "Filters":
        """The list alone, or another one, without any condition; the columns stay."""
        return Filters(tab=tab or self.tab, columns=self.columns)

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for beside the list."""
        return self != replace(self.bare(), view=self.view)

    @property
    def narrowing(self) -> dict[str, str]:
        """The words by which the list is narrowed."""
        return {word: value for word, value in self.words().items() if word not in ("muc", "cot", "xem")}


def condition(filters: Filters, actor: Actor, at: datetime) -> Q:
    """What a dossier must be for these filters, but for the list and the text."""
    asked = Q()
    if versions := _versions(filters):
        asked &= Q(procedure_version_id__in=versions)
    if filters.unit:
        unit = _unit(filters.unit)
        if actor.agency_ids != {unit}:  # who works there alone sees nothing else
            asked &= Q(agency_id=unit) | Q(reception_id=unit) | Q(also_seen_by__contains=[unit])
    if filters.agency:
        asked &= Q(agency_id=_unit(filters.agency))
    if filters.reception:
        asked &= Q(reception_id=_unit(filters.reception))
    if filters.assignee or filters.step:
        asked &= Q(Exists(Task.objects.open().filter(_step(filters, actor), dossier=OuterRef("pk"))))
    if filters.states:
        asked &= Q(state__in=sorted(filters.states))
    if filters.channels:
        asked &= Q(channel__in=sorted(CHANNELS[word] for word in filters.channels))
    if filters.late:
        asked &= is_late_at(at)
    for column, name in [
        ("deadline", "due"),
        ("submitted_at", "filed"),
        ("accepted_at", "accepted"),
        ("settled_at", "settled"),
        ("returned_at", "returned"),
        ("ended_at", "stopped"),
    ]:
        asked &= _between(column, getattr(filters, f"{name}_from"), getattr(filters, f"{name}_to"))
    if filters.outcome:
        asked &= settled_so(filters.outcome)
    if filters.under_way_on:
        asked &= under_way_at(end_of(filters.under_way_on), filters.then)
    if filters.extended:
        asked &= Q(due_before_extension__isnull=False)
    if filters.no_children:
        asked &= Q(parent=None)
    if filters.supplemented:
        asked &= Q(Exists(SupplementRequest.objects.filter(dossier=OuterRef("pk"))))
    if filters.overtaken:
        asked &= Q(pk__in=_overtaken(actor, at))
    return asked


def is_late_at(at: datetime) -> Q:
    """The condition of being late: the deadline of the present state has passed."""
    return Q(deadline__lt=at, awaited_at__lt=at)  # `awaited_at` is the deadline where there is one: by it lists are read


def settled_so(outcome: str) -> Q:
    """Settled before its day, on its day, or after its hour: by the date before any extension (Biểu II.06a)."""
    due = Coalesce("due_before_extension", "due_at")
    if outcome == LATE:
        return Q(settled_at__gt=due)
    day, due_day = TruncDate("settled_at", tzinfo=HANOI), TruncDate(due, tzinfo=HANOI)
    return Q(settled_at__lte=due) & (Q(LessThan(day, due_day)) if outcome == EARLY else Q(GreaterThanOrEqual(day, due_day)))


def under_way_at(moment: datetime, then: str = "") -> Q:
    """Accepted by a moment and not settled by then; in time or late at that moment when told."""
    found = (
        Q(accepted_at__lt=moment)
        & (Q(settled_at=None) | Q(settled_at__gte=moment))
        & (Q(ended_at=None) | Q(ended_at__gte=moment))
    )
    due = Coalesce("due_before_extension", "due_at")
    if then == LATE:
        found &= Q(LessThan(due, moment))
    elif then:
        found &= Q(GreaterThanOrEqual(due, moment)) | Q(due_at=None)
    return found


def _overtaken(actor: Actor, at: datetime) -> list[int]:
    """The keys of what the boards of this officer's units say was overtaken."""
    units = list(Agency.objects.filter(pk__in=actor.agency_ids).select_related("calendar"))
    return [one.dossier for seen in outlook.kept_or_now(units, at).values() for one in seen.overtaken]


def _versions(filters: Filters) -> list[int]:
    """The keys of the procedure versions that are asked for (a query, when any are); [0] when there are none."""
    if not filters.procedure and not filters.sector:
        return []
    asked = ProcedureVersion.objects.all()
    if filters.procedure:
        asked = asked.filter(procedure__number=filters.procedure)
    if filters.sector:
        asked = asked.filter(procedure__sector__code=filters.sector)
    return list(asked.values_list("pk", flat=True)) or [0]


def _unit(code: str) -> int:
    return Agency.objects.filter(code=code).values_list("pk", flat=True).first() or 0


def _step(filters: Filters, actor: Actor) -> Q:
    found = Q(act=STEPS[filters.step]) if filters.step else Q()
    if filters.assignee == NOBODY:
        return found & Q(assignee=None)
    if filters.assignee:
        return found & Q(assignee_id=actor.user_id if filters.assignee == ME else int(filters.assignee))
    return found


def _between(column: str, first: date | None, last: date | None) -> Q:
    found = Q()
    if first:
        found &= Q(**{f"{column}__gte": datetime.combine(first, time(), HANOI)})
    if last:
        found &= Q(**{f"{column}__lt": end_of(last)})
    return found


def end_of(day: date) -> datetime:
    """The moment at which a day ends: midnight in Hanoi."""
    return datetime.combine(day + timedelta(days=1), time(), HANOI)


def _word(asked: Mapping[str, str], name: str) -> str:
    return asked.get(name, "").strip()[:30].replace("\x00", "")


def _listed(asked: Mapping[str, str], name: str) -> list[str]:
    return [one for one in asked.get(name, "")[:200].split(",") if one]


def _among(asked: Mapping[str, str], name: str, known: Mapping[str, str] | frozenset[str]) -> str:
    return asked[name] if asked.get(name, "") in known else ""


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None



"""The lists of the desk: which dossiers each one holds, in what order, page by page and by key.

Every list of what is under way is bounded by the backlog of the officer's units; what has ended is read by an
index that gives the newest of a unit. No list counts or skips rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.agencies.models import Agency, Role
from motcua.dossiers.models import Consultation, Dossier, DossierQuerySet, SupplementRequest, Task
from motcua.dossiers.states import ENDED, TRANSITIONS, WAITS_FOR_OWNER, State
from motcua.foundation.actor import Actor
from motcua.foundation.vietnamese import fold

SIZE = 50  # rows of a page
MOST_COUNTED = 100  # a tab that holds more says "99+"
_UNDER_WAY = frozenset(State) - ENDED - {State.DRAFT}


@dataclass(frozen=True, slots=True)
class Tab:
    """One list: its word in addresses, its name, the states it holds, and what to say when it is empty."""

    key: str
    name: str | Promise
    states: frozenset[str]
    empty: str | Promise
    advice: str | Promise


MINE = Tab(
    "viec",
    _("Việc của tôi"),
    _UNDER_WAY,
    _("Không có việc nào đang chờ Ông/Bà"),
    _("Việc mới sẽ hiện ở đây, việc gần hết hạn đứng trước. Các mục khác cho xem toàn bộ hồ sơ của đơn vị."),
)
ENDED_TAB = Tab(
    "ket-thuc",
    _("Đã kết thúc"),
    ENDED,
    _("Chưa có hồ sơ nào kết thúc"),
    _("Hồ sơ đã trả kết quả, bị từ chối, được rút hoặc dừng giải quyết sẽ nằm ở đây."),
)
EVERYTHING = Tab(
    "tat-ca",
    _("Tất cả"),
    _UNDER_WAY | ENDED,
    _("Không tìm thấy hồ sơ phù hợp"),
    _(
        "Vui lòng kiểm tra lại mã hồ sơ, tên, số điện thoại, số định danh hoặc mã số thuế, hoặc bỏ bớt điều kiện lọc."
    ),
)
TABS = [
    MINE,
    Tab(
        "tiep-nhan",
        _("Chờ tiếp nhận"),
        frozenset({State.SUBMITTED}),
        _("Không có hồ sơ chờ tiếp nhận"),
        _("Hồ sơ nộp trực tuyến sẽ hiện ở đây ngay khi được nộp; thời hạn phản hồi là 08 giờ làm việc."),
    ),
    Tab(
        "bo-sung",
        _("Chờ người nộp"),
        frozenset(WAITS_FOR_OWNER),
        _("Không có hồ sơ nào chờ người nộp"),
        _("Hồ sơ đã yêu cầu bổ sung hoặc nộp phí nằm ở đây cho đến khi người nộp thực hiện."),
    ),
    Tab(
        "dang-xu-ly",
        _("Đang xử lý"),
        frozenset({State.ACCEPTED, State.PROCESSING}),
        _("Không có hồ sơ đang xử lý"),
        _("Hồ sơ đã tiếp nhận nằm ở đây cho đến khi có kết quả."),
    ),
    Tab(
        "cho-tra",
        _("Chờ trả kết quả"),
        frozenset({State.SETTLED}),
        _("Không có kết quả nào chờ trả"),
        _("Kết quả đã ban hành nằm ở đây cho đến khi được trả cho người nộp."),
    ),
    ENDED_TAB,
]
_BY_KEY = {tab.key: tab for tab in [*TABS, EVERYTHING]}


@dataclass(frozen=True, slots=True)
class Filters:
    """What an officer wants to see; each part is a word of the address."""

    tab: Tab = MINE
    text: str = ""
    procedure: str = ""
    unit: str = ""
    assignee: str = ""  # a user's key, or "chua": nobody yet
    late: bool = False

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Filters":
        """What an address asks for; anything unknown counts as not asked."""
        text = " ".join(asked.get("q", "").split())[:100]
        tab = _BY_KEY.get(asked.get("muc", ""))
        if tab is None or (tab is EVERYTHING and not text):
            tab = EVERYTHING if text else MINE
        assignee = asked.get("nguoi", "")
        is_key = assignee.isascii() and assignee.isdigit() and len(assignee) < 18
        return cls(
            tab=tab,
            text=text,
            procedure=asked.get("thu-tuc", "")[:20],
            unit=asked.get("don-vi", "")[:20],
            assignee=assignee if is_key or assignee == "chua" else "",
            late=asked.get("qua-han") == "1",
        )

    def address(self, **words: str) -> str:
        """The query of an address that asks for this, with more words when given."""
        asked = {
            "muc": self.tab.key,
            "q": self.text,
            "thu-tuc": self.procedure,
            "don-vi": self.unit,
            "nguoi": self.assignee,
            "qua-han": "1" if self.late else "",
            **words,
        }
        return "?" + urlencode({word: value for word, value in asked.items() if value})

    @property
    def link(self) -> str:
        """The whole address of what this asks for."""
        return reverse("desk:inbox") + self.address()

    def on(self, tab: Tab) -> "Filters":
        return replace(self, tab=tab)

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.procedure or self.unit or self.assignee or self.late)


def dossiers(actor: Actor, filters: Filters, at: datetime) -> DossierQuerySet:
    """The dossiers of a list, with `deadline`, `step_due` and `supplement_due`; in no order yet."""
    tab = filters.tab
    found = with_deadlines(Dossier.objects.visible_to(actor).filter(state__in=tab.states))
    if tab is MINE:
        found = found.filter(_mine(actor))
    if filters.text:
        found = found.filter(_found_by(filters.text))
    if filters.procedure:
        found = found.filter(procedure_version__procedure__number=filters.procedure)
    if filters.unit:
        unit = Agency.objects.filter(code=filters.unit).values_list("pk", flat=True).first() or 0
        found = found.filter(Q(agency_id=unit) | Q(reception_id=unit) | Q(also_seen_by__contains=[unit]))
    if filters.assignee:
        tasks = Task.objects.open().filter(dossier=OuterRef("pk"))
        of_whom = Q(assignee=None) if filters.assignee == "chua" else Q(assignee_id=int(filters.assignee))
        found = found.filter(Exists(tasks.filter(of_whom)))
    if filters.late:
        found = found.filter(is_late_at(at))
    return found


def with_deadlines(found: DossierQuerySet) -> DossierQuerySet:
    """Give each dossier `step_due`, `supplement_due`, and `deadline`: the one that runs in its state."""
    steps = Task.objects.open().filter(dossier=OuterRef("pk")).order_by("due_at").values("due_at")[:1]
    supplements = SupplementRequest.objects.filter(dossier=OuterRef("pk"), closed_at=None)
    return found.annotate(
        step_due=Subquery(steps),
        supplement_due=Subquery(supplements.values("due_at")[:1]),
        deadline=Case(
            When(state=State.SUBMITTED, then=F("intake_due_at")),
            When(state=State.SUPPLEMENT_REQUESTED, then=F("supplement_due")),
            When(state=State.PAYMENT_REQUESTED, then=F("payment_due_at")),
            When(state__in=[State.ACCEPTED, State.PROCESSING], then=F("due_at")),
            output_field=DateTimeField(),
        ),
    )


def is_late_at(at: datetime) -> Q:
    """The condition of being late: the deadline of the present state has passed."""
    return Q(deadline__lt=at)


def _mine(actor: Actor) -> Q:
    """What this officer can do something about now: his tasks, his counter's new dossiers and withdrawals."""
    counters = [agency_id for agency_id, role in actor.roles if role == Role.RECEIVER]
    tasks = Task.objects.doable_by(actor).values("dossier_id")
    return (
        Q(state__in=[State.ACCEPTED, State.PROCESSING, State.SETTLED], pk__in=tasks)
        | Q(pk__in=Consultation.objects.answerable_by(actor).values("dossier_id"))
        | Q(state=State.SUBMITTED, reception_id__in=counters)
        | Q(
            withdrawal_requested_at__isnull=False,
            reception_id__in=counters,
            state__in=TRANSITIONS["withdraw"].sources,
        )
    )


def _found_by(text: str) -> Q:
    """Every word of the text is the beginning of one of the dossier's; a number typed in groups is one word."""
    folded = fold(text)
    digits = "".join(mark for mark in folded if mark not in " .")
    if digits.isdigit() and len(digits) >= 6:
        folded = digits
    words = folded.replace("-", " ").replace("\\", " ").split()
    quoted = ["'" + word.replace("'", "''") + "':*" for word in words if any(map(str.isalnum, word))]
    if not quoted:
        return Q(pk__in=[])
    return Q(search=SearchQuery(" & ".join(quoted), config="simple", search_type="raw"))


def counts(actor: Actor, filters: Filters, at: datetime) -> dict[str, int]:
    """How many rows each list of what is under way holds, MOST_COUNTED at most (one query)."""
    tabs = [tab for tab in TABS if tab is not ENDED_TAB]
    rows = [
        dossiers(actor, filters.on(tab), at).order_by().values_list(Value(tab.key))[:MOST_COUNTED]
        for tab in tabs
    ]
    counted = dict.fromkeys([tab.key for tab in tabs], 0)
    for (key,) in rows[0].union(*rows[1:], all=True):
        counted[key] += 1
    return counted


# Pages ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after a row, or before it. Lists without deadlines have no moment."""

    moment: datetime | None
    pk: int
    backwards: bool = False

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Place | None":
        """The place that an address names; None, the beginning, when nobody can read it."""
        backwards = "truoc" in asked
        seconds, _dash, pk = (asked.get("truoc") or asked.get("sau") or "").rpartition("_")
        try:
            return cls(datetime.fromtimestamp(float(seconds), UTC) if seconds else None, int(pk), backwards)
        except (ValueError, OverflowError, OSError):
            return None

    def __str__(self) -> str:
        return f"{self.moment.timestamp():.6f}_{self.pk}" if self.moment else f"_{self.pk}"


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Dossier]
    previous: str = ""  # addresses; empty where there is none
    next: str = ""


def page(actor: Actor, filters: Filters, at: datetime, place: Place | None = None, size: int = SIZE) -> Page:
    """The rows of a list at a place: nearest deadline first, or the newest first where nothing is awaited."""
    by_deadline = filters.tab not in (ENDED_TAB, EVERYTHING)
    if place and (place.moment is not None) != by_deadline:
        place = None
    rows = _rows(dossiers(actor, filters, at), filters.tab, by_deadline)
    backwards = place is not None and place.backwards
    if place:
        rows = rows.filter(_beyond(place, by_deadline))
    if filters.tab is ENDED_TAB and not filters.text:
        rows = rows.filter(pk__in=_newest_ended(actor, filters, at, place, backwards, size + 1))
    order = ["awaited", "pk"] if by_deadline else ["-pk"]
    if backwards:
        order = [name[1:] if name.startswith("-") else f"-{name}" for name in order]
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    return Page(
        found,
        filters.address(truoc=_place(found[0], by_deadline)) if (more if backwards else place) else "",
        filters.address(sau=_place(found[-1], by_deadline)) if (backwards or more) else "",
    )


def _rows(found: DossierQuerySet, tab: Tab, by_deadline: bool) -> DossierQuerySet:
    """All that a row shows, in two queries; `awaited` is what it is sorted by."""
    tasks = Task.objects.open().select_related("assignee", "agency")
    rows = (
        found.for_list()
        .select_related("procedure_version__procedure", "agency__calendar", "reception__calendar")
        .defer(
            "answers",
            "submitter",
            "owner",
            "search",
            "procedure_version__content",
            "procedure_version__procedure__search_words",
        )
        .prefetch_related(Prefetch("tasks", tasks, to_attr="open_tasks"))
    )
    if not by_deadline:
        return rows
    nearest = ["step_due", "deadline"] if tab is MINE else ["deadline", "step_due"]
    return rows.annotate(awaited=Coalesce(*nearest, "submitted_at"))


def _beyond(place: Place, by_deadline: bool) -> Q:
    if not by_deadline:
        return Q(pk__gt=place.pk) if place.backwards else Q(pk__lt=place.pk)
    if place.backwards:
        return Q(awaited__lt=place.moment) | Q(awaited=place.moment, pk__lt=place.pk)
    return Q(awaited__gt=place.moment) | Q(awaited=place.moment, pk__gt=place.pk)


def _newest_ended(
    actor: Actor, filters: Filters, at: datetime, place: Place | None, backwards: bool, size: int
) -> list[int]:
    """The keys of the ended dossiers of a page, unit by unit, so that each is read from its index (one query)."""
    found = dossiers(actor, filters, at)
    if place:
        found = found.filter(_beyond(place, by_deadline=False))
    order = "id" if backwards else "-id"
    pieces = [
        found.filter(**{unit: agency_id}).order_by(order).values_list("id")[:size]
        for agency_id in actor.agency_ids
        for unit in ("agency_id", "reception_id")
    ]
    if actor.agency_ids:  # few, and found by an index of their own
        asked = found.filter(also_seen_by__overlap=sorted(actor.agency_ids))
        pieces.append(asked.order_by(order).values_list("id")[:size])
    if not pieces:
        return []
    return [pk for (pk,) in pieces[0].union(*pieces[1:]).order_by(order)[:size]]


def _place(row: Dossier, by_deadline: bool) -> str:
    return str(Place(row.awaited if by_deadline else None, row.pk))  # type: ignore[attr-defined]


def next_of(actor: Actor, at: datetime, but: Dossier) -> Dossier | None:
    """The dossier that this officer should take up next."""
    rows = page(actor, Filters(), at, size=2).rows
    return next((row for row in rows if row.pk != but.pk), None)

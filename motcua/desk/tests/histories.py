"""Dossiers at random: people press what their pages offer, and what they do not; and the law that nobody may break.

`Story` plays, `Law` watches. The law is written down here once more, from the facts of the domain and not from the
code: which state may follow which and by whom, what stops the clock, what was told good, what was paid.
"""

import hashlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from motcua.desk import acting
from motcua.desk.page import DossierPage
from motcua.dossiers import deadlines, operations, proof
from motcua.dossiers.acts import Act, acts_of_owner, in_capacity
from motcua.dossiers.models import Dossier, Override, Rating, SupplementRequest
from motcua.dossiers.subscribers import go_on
from motcua.foundation.actor import Actor
from motcua.foundation.chain import broken_links_of
from motcua.foundation.errors import Refusal
from motcua.foundation.models import Counter as Numbers
from motcua.foundation.models import Event
from motcua.papers.models import Paper
from motcua.payments import operations as payments
from motcua.payments.gateways import Outcome, Report
from motcua.payments.models import Charge, Payment
from tests.cast import PDF

# The law ------------------------------------------------------------------------------------------------------

_RECEIVER, _RETURNER = ("reception", "receiver"), ("reception", "returner")
_HEAD, _LEADER, _CLERK = ("agency", "head"), ("agency", "leader"), ("agency", "clerk")
_FOLLOWS: dict[tuple[str, str], set[Any]] = {
    ("submitted", "accepted"): {_RECEIVER},
    ("submitted", "supplement_requested"): {_RECEIVER},
    ("submitted", "refused"): {_RECEIVER},
    ("supplement_requested", "refused"): {_RECEIVER},
    ("supplement_requested", "submitted"): {"owner", _RECEIVER},
    ("supplement_requested", "processing"): {"owner", _RECEIVER},
    ("accepted", "processing"): {_HEAD},
    ("processing", "supplement_requested"): {_HEAD, _LEADER},
    ("processing", "payment_requested"): {_HEAD, _LEADER},
    ("payment_requested", "processing"): {"system"},
    ("processing", "settled"): {_CLERK},
    ("settled", "returned"): {_RETURNER},
    **{(state, "withdrawn"): {_RECEIVER} for state in (
        "submitted", "accepted", "processing", "supplement_requested", "payment_requested"
    )},
    **{(state, "stopped"): {_LEADER} for state in (
        "accepted", "processing", "supplement_requested", "payment_requested"
    )},
}  # fmt: skip
_OVER = {"refused", "withdrawn", "stopped", "returned"}
_MONEY = {
    ("unpaid", "pending"), ("pending", "unpaid"), ("unpaid", "paid"), ("pending", "paid"), ("unpaid", "cancelled"),
    ("pending", "cancelled"), ("paid", "refund_due"), ("cancelled", "refund_due"), ("refund_due", "refunded"),
}  # fmt: skip
_AFTER_THE_END = ("payment.", "charge.", "dossier.rated", "dossier.override_")
_MADE_BY_TRIGGERS = ("search", "deadline", "awaited_at")


@dataclass
class Law:
    """What one dossier has been so far, and whether what it is now may follow."""

    dossier: Dossier
    row: dict[str, Any] = field(default_factory=dict)
    charges: dict[int, str] = field(default_factory=dict)
    good: dict[str, str] = field(default_factory=dict)  # told good: item and what it was made of
    asked: int = 0
    told: int = 0  # the key of the last event that was looked at

    def __post_init__(self) -> None:
        self.row, self.charges = self._row(), self._charges()
        self.told = max(Event.objects.about(self.dossier.subject).values_list("pk", flat=True), default=0)

    def watch(self, who: Actor, at: datetime) -> None:
        """Compare the dossier with what it was before `who` did something at `at`."""
        before, now = self.row, self._row()
        news = list(Event.objects.about(self.dossier.subject).filter(pk__gt=self.told))
        self._state_follows(before, now, who)
        self._clock_holds(before, now, news)
        self._money_holds(before, now)
        self._asked_once(at)
        self._end_is_the_end(before, now, news)
        assert list(proof.contradictions([Dossier.objects.get(pk=self.dossier.pk)])) == []
        assert broken_links_of(self.dossier.subject) == []
        self.row, self.told = now, max([self.told, *(one.pk for one in news)])

    def is_unchanged(self) -> bool:
        """Whether the dossier, its story and its charges are what they were."""
        last = Event.objects.about(self.dossier.subject).filter(pk__gt=self.told)
        return not last.exists() and self._row() == self.row and self._charges() == self.charges

    def _row(self) -> dict[str, Any]:
        row = Dossier.objects.values().get(pk=self.dossier.pk)
        return {name: value for name, value in row.items() if name not in _MADE_BY_TRIGGERS}

    def _charges(self) -> dict[int, str]:
        return dict(Charge.objects.about(self.dossier.subject).values_list("pk", "state"))

    def _state_follows(self, before: dict[str, Any], now: dict[str, Any], who: Actor) -> None:
        was, became = before["state"], now["state"]
        if was == became:
            return
        may = _FOLLOWS.get((was, became))
        assert may, f"{was} was followed by {became}"
        if became == "stopped":
            assert before["accepted_at"], "stopped what was never accepted"
        if became == "refused":
            assert not before["accepted_at"], "refused what was accepted"
        mine = {"owner"} if who.id == str(now["applicant_id"]) else set()
        mine |= {"system"} if who.kind == "system" else set()
        places = {"reception": now["reception_id"], "agency": now["agency_id"]}
        mine |= {place for place in may if isinstance(place, tuple) and who.has_role(place[1], places[place[0]])}
        assert may & mine, f"{who.name} brought {was} to {became}"
        owed = Charge.objects.about(self.dossier.subject).filter(state__in=("unpaid", "pending"))
        if became == "accepted":
            assert not owed.filter(due="before_acceptance").exists(), "accepted before its fee was paid"
        if became == "settled" or became in _OVER:
            assert not owed.exists(), f"{became} with something owed"

    def _clock_holds(self, before: dict[str, Any], now: dict[str, Any], news: list[Event]) -> None:
        if before["first_due_at"]:
            assert now["first_due_at"] == before["first_due_at"], "the first date has changed"
        if now["due_at"] != before["due_at"]:
            said = [one.data["changed"]["due_at"] for one in news if "due_at" in one.data.get("changed", {})]
            assert said and datetime.fromisoformat(said[-1]) == now["due_at"], "the date moved, and nobody was told"
        if before["due_at"]:
            assert now["due_at"] >= before["due_at"], "the date came nearer"
        if before["due_before_extension"]:
            assert now["due_before_extension"], "the date before the apology is lost"
        assert now["pauses"][: len(before["pauses"])] == before["pauses"], "a pause has changed"
        dossier = Dossier.objects.get(pk=self.dossier.pk)
        if dossier.clock_started_at:
            counted = deadlines.settlement_deadline(dossier, dossier.clock_started_at).due_at
            assert counted == (dossier.due_before_extension or dossier.due_at), "the date is not the counted one"
        request = dossier.supplements.filter(closed_at=None).first()
        if dossier.state not in _OVER:
            stands = dossier.state == "payment_requested" or (
                dossier.state == "supplement_requested" and request is not None and request.stage == "appraisal"
            )
            assert bool(dossier.paused_at) == stands, f"{dossier.state}: paused at {dossier.paused_at}"
            assert (request is not None) == (dossier.state == "supplement_requested")
        limits = dossier.definition.process.limits
        assert dossier.supplements.filter(stage="appraisal").count() <= limits.supplement_times
        assert dossier.extensions.signed().count() <= limits.extension_times
        waits = dossier.state in ("accepted", "processing", "settled", "payment_requested") or (
            dossier.state == "supplement_requested" and dossier.accepted_at
        )
        assert dossier.tasks.open().count() == (1 if waits else 0), f"{dossier.state}: steps that wait"

    def _money_holds(self, before: dict[str, Any], now: dict[str, Any]) -> None:
        charges = self._charges()
        for key, state in charges.items():
            was = self.charges.get(key, state)
            assert was == state or (was, state) in _MONEY, f"a charge went from {was} to {state}"
            paid = Payment.objects.filter(charge_id=key, status="paid")
            assert paid.exclude(flag="duplicate").count() <= 1, "a fee was settled twice"
            if state in ("paid", "refund_due", "refunded"):
                assert paid.exists(), f"{state}, and nothing came"
        assert set(self.charges) <= set(charges)
        self.charges = charges

    def _asked_once(self, at: datetime) -> None:
        """What was told good and has not changed is not asked for again but by a leader's signed reason, used now."""
        dossier = Dossier.objects.get(pk=self.dossier.pk)
        made = _made_of(dossier)
        requests = list(SupplementRequest.objects.filter(dossier=dossier).order_by("id"))
        for request in requests[self.asked :]:
            named = {one["item"] for one in request.items}
            assert all(one["reason"] and one["basis"] for one in request.items) and request.basis
            again = {item for item in named if item in self.good and self.good[item] == made.get(item)}
            used = Override.objects.filter(dossier=dossier, item__in=again, granted=True, used_at=at).exclude(words="")
            assert {one.item for one in used} == again, f"asked again: {again}"
            for item in named:
                self.good.pop(item, None)
            self.good |= {item: of for item, of in made.items() if item not in named}
        self.asked = len(requests)

    def _end_is_the_end(self, before: dict[str, Any], now: dict[str, Any], news: list[Event]) -> None:
        if before["state"] in _OVER:
            assert now == before, "something happened after the end"
            assert all(one.type.startswith(_AFTER_THE_END) for one in news), [one.type for one in news]
        if now["state"] in _OVER:
            dossier = self.dossier
            assert not dossier.notice_drafts.filter(closed_at=None).exists()
            assert not dossier.end_proposals.open().exists()
            assert not dossier.extensions.filter(signed_at=None, discarded_at=None).exists()
            assert not dossier.consultations.open().exists()


def _made_of(dossier: Dossier) -> dict[str, str]:
    """What each paper and section is made of now: files by what is in them; the form is never changed here."""
    made: dict[str, Any] = {}
    for one in dossier.documents.select_related("file"):
        made.setdefault(f"giay-{one.component_id}", []).append(one.file.sha256)
    made = {key: hashlib.sha256(repr(sorted(value)).encode()).hexdigest() for key, value in made.items()}
    return made | {f"muc-{section.id}": "form" for section in dossier.definition.form.sections}


def numbers_have_gaps() -> list[str]:
    """The counters of papers whose numbers are not 1, 2, 3 … with a paper each."""
    wanted: dict[str, list[int]] = {}
    for scope, last in Numbers.objects.filter(scope__startswith="paper ").values_list("scope", "last"):
        wanted.setdefault(scope.split()[2], []).extend(range(1, last + 1))
    found: dict[str, list[int]] = {}
    for number in Paper.objects.exclude(number="").values_list("number", flat=True):
        digits, _slash, suffix = number.partition("/")
        found.setdefault(suffix, []).append(int(digits))
    return [suffix for suffix in wanted | found if sorted(wanted.get(suffix, [])) != sorted(found.get(suffix, []))]


# The play -----------------------------------------------------------------------------------------------------

_RARE = {  # how often what is offered is done for good, where it is neither the main act nor like the others
    "refuse": 0.04, "stop": 0.04, "withdraw": 0.2, "find_not_eligible": 0.3, "send_back": 0.4, "forward": 0.3, "reassign": 0.3,
    "draft_extension": 0.15, "discard_extension": 0.1, "propose_end": 0.2, "keep_result": 0.3, "consult": 0.3,
}  # fmt: skip
_TICKS = ("tick", "ask_override", "decide_override")


class NotDone(Refusal):
    """The form was not accepted."""


@contextmanager
def undone():
    """Whatever is done inside is taken back."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@dataclass
class Story:
    """One dossier and those around it. `tally` counts what was done, what was tried out, what was refused."""

    dossier: Dossier
    officers: dict[str, Actor]
    an: Actor
    stranger: Actor  # another citizen
    rng: Random
    at: datetime
    tally: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    heard: int = 0  # the last event that reached its subscribers

    def __post_init__(self) -> None:
        self.law = Law(self.dossier)

    def play(self, steps: int) -> None:
        for _number in range(steps):
            self.at += self.rng.choice([timedelta(minutes=7), timedelta(hours=2), timedelta(hours=5), timedelta(days=1)])
            if self.rng.random() < 0.04:
                self.at += timedelta(days=self.rng.choice([5, 30]))
            moves = {self._officer: 12, self._owner: 4, self._pay: 3, self._check: 3, self._clockwork: 1.5}
            self.rng.choices(list(moves), list(moves.values()))[0]()

    def _done(self, what: str, who: Actor) -> None:
        self.tally[what] += 1
        self.said.append(f"{self.at:%d/%m %H:%M} {who.name}: {what}")
        self.law.watch(who, self.at)

    def _nothing_changed(self, what: str, who: Actor) -> None:
        self.said.append(f"{self.at:%d/%m %H:%M} {who.name}: not {what}")
        assert self.law.is_unchanged(), f"refused {what}, and yet it changed something"
        self.said.pop()
        self.tally["refused"] += 1

    # Officers -------------------------------------------------------------------------------------------------

    def _page(self, who: Actor) -> DossierPage:
        known = "procedure_version__procedure", "agency__calendar", "reception__calendar"
        return DossierPage(Dossier.objects.select_related(*known).get(pk=self.dossier.pk), who, self.at)

    def _officer(self) -> None:
        everybody = self.rng.sample(list(self.officers.values()), len(self.officers))
        pages = (self._page(who) for who in everybody)
        page = next((one for one in pages if one.acts), None) if self.rng.random() < 0.8 else None
        who = page.actor if page else everybody[0]
        page = page or self._page(who)
        sees = Dossier.objects.visible_to(who, overseen=True).filter(pk=self.dossier.pk).exists()
        assert sees or not page.acts, f"{who.name} is offered what he does not see"
        can = [act for act in page.acts if self._can_succeed(self._page(who), act)]
        for act in can:
            with undone():
                self._press(act, who)
            self.tally[f"offered {act.name}"] += 1
        offered = {act.name for act in page.acts}
        for name in self.rng.sample(sorted(set(acting.BY_NAME) - offered - {"draft_extension"}), 2):
            self._refused(name, who)
        if can:
            weights = [_RARE.get(act.name, 4 if act.tone == "primary" else 0.6) for act in can]
            act = self.rng.choices(can, weights)[0]
            self._press(act, who)
            self._done(act.name, who)

    def _press(self, act: Act, who: Actor) -> None:
        """Press a button of the page at once, with what one would type. An offered act must succeed."""
        page = self._page(who)
        page_act = page.act(act.name, act.outcome)
        assert page_act is not None
        try:
            self._send(page, page_act.name, self._typed(page, page_act), page_act)
        except Refusal as refusal:
            raise AssertionError(f"{who.name} was offered {act.name} {act.outcome}, but: {refusal}") from refusal

    def _refused(self, name: str, who: Actor) -> None:
        """Press a button that the page does not have: refused, and nothing is changed."""
        page = self._page(who)
        step = self.rng.choice(self.dossier.definition.process.steps)
        act = Act(name, "", "secondary", self.rng.choice(step.outcomes).id, next(iter(page.open_tasks), None))
        try:
            with transaction.atomic():
                self._send(page, name, self._typed(page, act), None)
        except Refusal:
            self._nothing_changed(name, who)
        else:
            raise AssertionError(f"{who.name} was not offered {name}, and did it")

    def _send(self, page: DossierPage, name: str, typed: dict[str, Any], act: Act | None) -> None:
        kind = acting.BY_NAME[name]
        data = QueryDict(mutable=True)
        for key, value in typed.items():
            data.setlist(key, value if isinstance(value, list) else [value])
        form = kind.form(data, page=page)
        form.files = MultiValueDict()
        if not form.is_valid():
            raise NotDone(str(dict(form.errors)))
        given, asked = (act.task, act.consultation) if act else (None, None)
        actor = in_capacity(page.actor, page.dossier, name, given, asked)
        kind.do(acting.Doing(page.dossier, page.open_tasks, form.cleaned_data, actor, page.at))

    def _typed(self, page: DossierPage, act: Act) -> dict[str, Any]:
        """What a sensible officer types into the form of an act."""
        typed: dict[str, Any] = {
            "seen": str(act.task.pk) if act.task else "", "outcome": act.outcome, "note": "Đã xem xét.", "reason": "Lý do cụ thể",
            "basis": "TT 28/2012/TT-BKHCN", "advice": "", "receiver_name": "Nguyễn Văn An", "place": "Tủ 2", "opinion": "agrees",
            "how": "code", "code": page.dossier.lookup_secret,
        }  # fmt: skip
        if act.name == "assign":
            typed["assignee"] = self.rng.choice([one["value"] for one in page.colleagues] or ["0"])
        elif act.name in ("forward", "reassign"):
            typed["assignee"] = self.rng.choice([one["value"] for one in page.others_for(act)] or ["0"])
        elif act.name in ("draft_extension", "sign_extension"):
            typed |= self._apology(page)
        elif act.name in ("ask_supplement", "draft_supplement"):
            typed |= self._defects(page)
        elif act.name == "consult":
            waiting = {one.agency_id for one in page.consultations if one.closed_at is None}
            units = [key for key, _name in page.units_to_ask if int(key) not in waiting]
            typed |= {"unit-0": self.rng.choice(units or ["0"]), "question-0": "Có ý kiến gì không?", "hours-0": "8"}
            if self.rng.random() < 0.3:
                typed["required-0"] = "yes"
        elif act.name == "bring_supplement" and page.supplement:
            typed |= {f"copies-{one['component_id']}": "1" for one in page.supplement.items if one["component_id"]}
        return typed

    def _apology(self, page: DossierPage) -> dict[str, str]:
        found = operations.suggestion(page.dossier, page.at)
        return {"reason": found.reason, "late_unit": found.late_unit, "new_due_on": f"{found.new_due_on:%d/%m/%Y}"}

    def _defects(self, page: DossierPage) -> dict[str, Any]:
        """What must be named, and one thing more that may be."""
        checks = page.checks
        named = {row.item.key for row in checks.rows if row.bad or checks.begins_with(row.item.key)}
        free = [row.item.key for row in checks.rows if row.stands is None or row.signed]
        more = free or [row.item.key for row in checks.rows]
        named |= {self.rng.choice(more)} if not named or self.rng.random() < 0.5 else set()
        typed: dict[str, Any] = {"item": sorted(named), "override_reason": "Phát hiện mới khi kiểm tra thực tế"}
        return typed | {f"reason-{key}": "Chưa hợp lệ" for key in named} | {f"basis-{key}": "TT 28/2012" for key in named}

    def _can_succeed(self, page: DossierPage, act: Act) -> bool:
        """Whether what was offered needs nobody's leave: to ask again for what was told good a leader has to sign."""
        if act.name == "ask_supplement" and not page.checks.signs_itself:
            rows = page.checks.rows
            if all(row.stands and not row.signed for row in rows):
                return False
            return not any(
                row.stands and not row.signed and (row.bad or page.checks.begins_with(row.item.key)) for row in rows
            )
        if act.name == "consult":  # there is always one more unit, but here there are few
            waiting = {one.agency_id for one in page.consultations if one.closed_at is None}
            return any(int(key) not in waiting for key, _name in page.units_to_ask)
        return True

    # The owner ------------------------------------------------------------------------------------------------

    def _owner(self) -> None:
        dossier = Dossier.objects.get(pk=self.dossier.pk)
        assert acts_of_owner(dossier, self.stranger, is_rated=False) == []
        offered = {act.name for act in acts_of_owner(dossier, self.an, is_rated=Rating.objects.filter(dossier=dossier).exists())}
        names = ["supplement", "request_withdrawal", "rate"]
        for name in names:
            if name not in offered:
                self._owner_is_refused(name, self.an)
        self._owner_is_refused(self.rng.choice(names), self.stranger)
        for name in sorted(offered):
            with undone():
                self._owner_does(name, self.an)
        weights = [0.06 if name == "request_withdrawal" else 2 for name in sorted(offered)]
        if offered and self.rng.random() < 0.8:
            name = self.rng.choices(sorted(offered), weights)[0]
            self._owner_does(name, self.an)
            self._done(name, self.an)

    def _owner_is_refused(self, name: str, who: Actor) -> None:
        try:
            with transaction.atomic():
                self._owner_does(name, who)
        except Refusal:
            self._nothing_changed(name, who)
        else:
            raise AssertionError(f"{who.name} was not offered {name}, and did it")

    def _owner_does(self, name: str, who: Actor) -> None:
        common = {"dossier": Dossier.objects.get(pk=self.dossier.pk), "actor": who, "at": self.at}
        if name == "request_withdrawal":
            operations.request_withdrawal(reason="Đổi ý", **common)
        elif name == "rate":
            operations.rate(score=Rating.Score.VERY, comment="", **common)
        else:
            request = self.dossier.supplements.filter(closed_at=None).first()
            for one in request.items if request else []:
                if one["component_id"]:
                    content = BytesIO(PDF + self.rng.randbytes(8).hex().encode())
                    operations.attach(component_id=one["component_id"], stream=content, name="bo-sung.pdf", **common)
            operations.supplement(note="Đã sửa theo yêu cầu.", **common)

    # Money ----------------------------------------------------------------------------------------------------

    def _pay(self) -> None:
        for charge in Charge.objects.about(self.dossier.subject):
            payment = charge.payments.last()
            ways = [self._begin_to_pay, self._begin_to_pay, self._pay_cash, self._refund]
            if payment and payment.gateway == "vnpay":
                ways += [self._bank_says] * 5
            way = self.rng.choice(ways)
            try:
                with transaction.atomic():
                    who = way(charge)
            except Refusal:
                self._nothing_changed(way.__name__, self.an)
            else:
                self._done(way.__name__.strip("_"), who)
        self._hear()

    def _begin_to_pay(self, charge: Charge) -> Actor:
        payments.start_payment(
            charge=charge, gateway="vnpay", client_ip="127.0.0.1", return_url="http://127.0.0.1/", actor=self.an, at=self.at
        )
        return self.an

    def _pay_cash(self, charge: Charge) -> Actor:
        cashier = self.officers["thu"]
        operations.take_cash(dossier=self.dossier, charge=charge, client_ip="127.0.0.1", actor=cashier, at=self.at)
        return cashier

    def _refund(self, charge: Charge) -> Actor:
        cashier, payment = self.officers["thu"], charge.payments.last()
        if payment is None:
            raise Refusal("")
        operations.note_refund(dossier=self.dossier, payment=payment, reference="UNC 7", actor=cashier, at=self.at)
        return cashier

    def _bank_says(self, charge: Charge) -> Actor:
        payment = self.rng.choice(list(charge.payments.filter(gateway="vnpay")))
        outcome = self.rng.choice([Outcome.PAID, Outcome.PAID, Outcome.FAILED])
        bank = Actor.system("gateway")
        payments.settle(
            report=Report(
                payment_code=payment.code, outcome=outcome, amount_vnd=payment.amount_vnd, gateway_reference=f"r-{payment.code}"
            ),
            gateway="vnpay", actor=bank, at=self.at,
        )  # fmt: skip
        return bank

    def _hear(self) -> None:
        """What was settled reaches the dossier some time, and perhaps twice."""
        if self.rng.random() < 0.3:
            return
        kinds = ("payment.settled", "charge.cancelled")
        for event in Event.objects.about(self.dossier.subject).filter(pk__gt=self.heard, type__in=kinds).order_by("pk"):
            go_on(event)
            self.law.watch(Actor.system("note_payment"), self.at)
            self.heard = event.pk if self.rng.random() < 0.8 else self.heard

    # The check of the papers, and what goes by the clock --------------------------------------------------------

    def _check(self) -> None:
        who = self.rng.choice(list(self.officers.values()))
        name = self.rng.choice(_TICKS)
        common = {"dossier": Dossier.objects.get(pk=self.dossier.pk), "actor": who, "at": self.at}
        keys = sorted(_made_of(common["dossier"]))
        may = operations.may_tick(common["dossier"], who)
        try:
            with transaction.atomic():
                if name == "tick":
                    good = self.rng.random() < 0.7
                    words = {} if good else {"reason": "Mờ", "basis": "TT 28/2012"}
                    operations.tick(item=self.rng.choice(keys), good=good, **words, **common)
                    assert may, f"{who.name} ticked"
                elif name == "ask_override":
                    operations.ask_override(items=keys, reason="Phát hiện mới", **common)
                    assert may, f"{who.name} asked for leave"
                else:
                    waiting = Override.objects.filter(dossier=self.dossier, decided_at=None).first()
                    if waiting is None:
                        raise Refusal("")
                    granted = self.rng.random() < 0.7
                    operations.decide_override(override=waiting, granted=granted, words="Đồng ý", actor=who, at=self.at)
                    assert who.has_role("leader", self.dossier.agency_id), f"{who.name} signed for asking again"
        except Refusal:
            self._nothing_changed(name, who)
        else:
            self._done(name, who)

    def _clockwork(self) -> None:
        clock = Actor.system("clock")
        operations.propose_overdue_ends(actor=clock, at=self.at)
        operations.draft_due_extensions(actor=clock, at=self.at)
        operations.remind_of_results(actor=clock, at=self.at)
        self._done("clockwork", clock)


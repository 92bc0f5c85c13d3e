"""Dossiers at random: people press what their pages offer, and what they do not, while `Law` watches."""

import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from motcua.agencies.models import Agency
from motcua.desk import acting
from motcua.desk.page import DossierPage
from motcua.desk.tests.law import Law, made_of
from motcua.dossiers import operations
from motcua.dossiers.acts import Act, acts_of_owner, in_capacity
from motcua.dossiers.models import Dossier, Handover, Objection, Override, Rating, Result
from motcua.dossiers.operations.bulk import do_next, finish_run
from motcua.dossiers.states import TRANSITIONS
from motcua.dossiers.subscribers import go_on
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.models import Event
from motcua.payments import operations as payments
from motcua.payments.gateways import Outcome, Report
from motcua.payments.models import Charge
from tests.cast import PDF

_RARE = {  # how often what is offered is done for good, where it is neither the main act nor like the others
    "refuse": 0.04, "stop": 0.04, "withdraw": 0.2, "request_withdrawal": 0.03, "find_not_eligible": 0.3, "send_back": 0.4, "forward": 0.3, "reassign": 0.3,
    "draft_extension": 0.15, "discard_extension": 0.1, "propose_end": 0.2, "keep_result": 0.3, "consult": 0.6,
    "ask_supplement": 0.6, "draft_supplement": 0.6,
}  # fmt: skip
_TICKS = ("tick", "ask_override", "decide_override", "object", "answer_objection", "revoke")
_AT_ONCE = ("accept", "assign", "forward", "send_back", "hand_over")  # what can be done to many
_MOST_TRIED = 2  # of what a page offers, at each look


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
    beside: list["Story"] = field(default_factory=list)  # of other dossiers, under the same clock

    def __post_init__(self) -> None:
        self.law = Law(self.dossier)

    def file(self) -> None:
        """An's draft is sent, a draft of the counter is received there; by who may not, it is not."""
        for who in (self.officers["giang"], self.stranger):
            self._is_refused("file", who, lambda who=who: self._file(who))  # type: ignore[misc]
        who = self.officers["binh"] if self.dossier.received_by_id else self.an
        self._file(who)
        self.dossier.refresh_from_db()
        self._done("file", who)

    def _file(self, who: Actor) -> None:
        common: dict[str, Any] = {"dossier": self.dossier, "actor": who, "at": self.at}
        if self.dossier.received_by_id:
            operations.receive(cash_taken=False, **common)
        else:
            operations.submit(**common)

    def step(self) -> None:
        moves = {
            self._officer: 12, self._owner: 3, self._pay: 3, self._check: 3, self._many: 1.5, self._clockwork: 1
        }  # fmt: skip
        self.rng.choices(list(moves), list(moves.values()))[0]()

    def _done(self, what: str, who: Actor) -> None:
        self.tally[what] += 1
        self.said.append(f"{self.at:%d/%m %H:%M} {who.name}: {what}")
        self.law.watch(who, self.at)

    def _is_refused(self, what: str, who: Actor, act: Callable[[], object]) -> None:
        """Let somebody do what he may not: refused, and nothing is changed."""
        try:
            with transaction.atomic():
                act()
        except Refusal:
            self._nothing_changed(what, who)
        else:
            raise AssertionError(f"{who.name} was not offered {what}, and did it")

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
        wanted = self.rng.choice([(), ("primary",), ("primary", "secondary", "warning")])
        pages = (self._page(who) for who in everybody if wanted)
        page = next((one for one in pages if any(act.tone in wanted for act in one.acts)), None) or self._page(everybody[0])
        who = page.actor
        sees = Dossier.objects.visible_to(who, overseen=True).filter(pk=self.dossier.pk).exists()
        assert sees or not page.acts, f"{who.name} is offered what he does not see"
        can = [act for act in page.acts if self._can_succeed(page, act)]
        for act in self.rng.sample(can, min(_MOST_TRIED, len(can))):
            with undone():
                self._press(act, who)
            self.tally[f"offered {act.name}"] += 1
        offered = {act.name for act in page.acts}
        others = sorted(set(acting.BY_NAME) - offered - {"draft_extension"})
        near = [name for name in others if name in TRANSITIONS and page.dossier.allows(TRANSITIONS[name], who)]
        self._refused(self.rng.choice(near if near and self.rng.random() < 0.5 else others), who)  # by role it would be his
        weights = [_RARE.get(act.name, 4 if act.tone == "primary" else 0.6) for act in can]
        (chosen,) = self.rng.choices([*can, None], [*weights, 1])
        if chosen:
            self._press(chosen, who)
            self._done(chosen.name, who)

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
        self._is_refused(name, who, lambda: self._send(page, name, self._typed(page, act), None))

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
            "asked_by": "Y Hlan",
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
                self._is_refused(name, self.an, lambda name=name: self._owner_does(name, self.an))  # type: ignore[misc]
        name = self.rng.choice(names)
        self._is_refused(name, self.stranger, lambda: self._owner_does(name, self.stranger))
        for one in sorted(offered):
            with undone():
                self._owner_does(one, self.an)
        weights = [0.03 if one == "request_withdrawal" else 2 for one in sorted(offered)]
        (chosen,) = self.rng.choices([*sorted(offered), ""], [*weights, 0.5])
        if chosen:
            self._owner_does(chosen, self.an)
            self._done(chosen, self.an)

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
            ways = [self._begin_to_pay, self._pay_cash, self._pay_cash, self._refund]
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
        """What stands on no page's list of acts, by anybody: it is done by who may, and refused to all others."""
        dossier, dung = Dossier.objects.get(pk=self.dossier.pk), self.officers["dung"]
        wanted = {
            "object": dossier.supplements.filter(closed_at=None),
            "answer_objection": Objection.objects.filter(request__dossier=dossier, answered_at=None),
            "decide_override": dossier.overrides.open(),
            "revoke": Result.objects.filter(dossier=dossier, issued_at__isnull=False, revoked_at=None),
        }
        (name,) = self.rng.choices(_TICKS, [4 if name in wanted and wanted[name].exists() else 1 for name in _TICKS])
        who = self.rng.choice([*self.officers.values(), self.an, self.stranger])
        if name in wanted and self.rng.random() < 0.7:
            who = self.an if name == "object" else dung
        leads = who.has_role("leader", dossier.agency_id)
        may, act = {
            "tick": lambda: (operations.may_tick(dossier, who), self._tick),
            "ask_override": lambda: (operations.may_tick(dossier, who), self._ask_override),
            "decide_override": lambda: (leads, self._decide_override),
            "object": lambda: (who.id == str(dossier.applicant_id), self._object),
            "answer_objection": lambda: (leads, self._answer_objection),
            "revoke": lambda: (leads, self._revoke),
        }[name]()
        if not may:
            self._is_refused(name, who, lambda: act(dossier, who))
            return
        try:
            with transaction.atomic():
                act(dossier, who)
        except Refusal:
            self._nothing_changed(name, who)
        else:
            self._done(name, who)

    def _tick(self, dossier: Dossier, who: Actor) -> None:
        good = self.rng.random() < 0.7
        words = {} if good else {"reason": "Mờ", "basis": "TT 28/2012"}
        item = self.rng.choice(sorted(made_of(dossier)))
        operations.tick(dossier=dossier, item=item, good=good, **words, actor=who, at=self.at)

    def _ask_override(self, dossier: Dossier, who: Actor) -> None:
        operations.ask_override(
            dossier=dossier, items=sorted(made_of(dossier)), reason="Phát hiện mới", actor=who, at=self.at
        )

    def _decide_override(self, dossier: Dossier, who: Actor) -> None:
        waiting = Override.objects.filter(dossier=dossier, decided_at=None).first()
        if waiting is None:
            raise Refusal("")
        granted = self.rng.random() < 0.7
        operations.decide_override(override=waiting, granted=granted, words="Đồng ý", actor=who, at=self.at)

    def _object(self, dossier: Dossier, who: Actor) -> None:
        request = dossier.supplements.last()
        if request is None:
            raise Refusal("")
        there = set(Objection.objects.filter(request=request).values_list("place", flat=True))
        place = self.rng.randrange(len(request.items))
        operations.object_to(request=request, place=place, text="Giấy đã ký ở trang 3", actor=who, at=self.at)
        assert request.closed_at is None and place not in there, "objected to what is over, or twice"

    def _answer_objection(self, dossier: Dossier, who: Actor) -> None:
        made = Objection.objects.filter(request__dossier=dossier).last()
        if made is None:
            raise Refusal("")
        operations.answer_objection(objection=made, answer=f"Đã xem {self.rng.random()}", actor=who, at=self.at)

    def _revoke(self, dossier: Dossier, who: Actor) -> None:
        result = Result.objects.filter(dossier=dossier).first()
        if result is None:
            raise Refusal("")
        operations.revoke_result(result=result, reason="Cấp sai đối tượng", actor=who, at=self.at)

    # Many at once ---------------------------------------------------------------------------------------------

    def _many(self) -> None:
        """A run over the dossiers that stand beside each other does to each what its own page would do."""
        stories = {one.dossier.pk: one for one in [self, *self.beside]}
        for one in stories.values():
            one.at = self.at
        everybody = self.rng.sample(list(self.officers.values()), len(self.officers))
        ways = ((who, act.name) for who in everybody for act in self._page(who).acts if act.name in _AT_ONCE)
        who, verb = (next(ways, None) if self.rng.random() < 0.7 else None) or (everybody[0], self.rng.choice(_AT_ONCE))
        offered = {key for key, one in stories.items() if verb in {act.name for act in one._page(who).acts}}
        units = list(Agency.objects.filter(pk__in=[self.dossier.agency_id, self.dossier.reception_id]).order_by("pk"))
        self.rng.shuffle(units)
        options = {
            "assignee": self.officers[self.rng.choice(["chi", "khoi", "phuc"])].user_id, "note": "Theo lịch trực",
            "giver": units[0].pk, "taker": units[1].pk, "content": self.rng.choice(Handover.Content.values),
        }  # fmt: skip
        codes = [one.dossier.code for one in stories.values()]
        key = uuid.UUID(int=self.rng.getrandbits(128), version=4)
        try:
            with transaction.atomic():
                run = operations.order(key=key, verb=verb, codes=codes, options=options, actor=who, at=self.at)
        except Refusal:
            assert not offered, f"{who.name} could {verb} one, and not many"
            for one in stories.values():
                one._nothing_changed(f"{verb} many", who)
            return
        while do_next(run=run, at=self.at):
            pass
        finish_run(run=run, at=self.at)
        done = set(run.items.filter(state="done").values_list("dossier_id", flat=True))
        if verb != "forward":  # to whom has to fit
            assert offered <= done, run.items.filter(dossier__in=offered - done).values_list("message", flat=True)
        for key_of_dossier, one in stories.items():
            if key_of_dossier in done:
                one._done(f"{verb} many", who)
            else:
                one._nothing_changed(f"{verb} many", who)
        self._take_slips()

    def _take_slips(self) -> None:
        for slip in Handover.objects.filter(state=Handover.State.SENT, lines__dossier=self.dossier).distinct():
            taker = self.officers["binh" if slip.taker_id == self.dossier.reception_id else "van"]
            operations.take(handover=slip, missing={}, actor=taker, at=self.at)
            for one in [self, *self.beside]:
                one._done("take slip", taker)

    def _clockwork(self) -> None:
        clock = Actor.system("clock")
        operations.propose_overdue_ends(actor=clock, at=self.at)
        operations.draft_due_extensions(actor=clock, at=self.at)
        operations.remind_of_results(actor=clock, at=self.at)
        operations.remind_of_supplements(actor=clock, at=self.at)
        operations.warn_of_intake(actor=clock, at=self.at)
        for one in [self, *self.beside]:
            one.at = self.at
            one._done("clockwork", clock)


def play(stories: list[Story], rng: Random, at: datetime, steps: int) -> None:
    """Let dossiers that stand beside each other live under one clock, from the moment when they are filed."""
    for story in stories:
        story.beside = [one for one in stories if one is not story]
        story.file()
    for _number in range(steps):
        at += rng.choice([timedelta(minutes=7), timedelta(hours=2), timedelta(hours=5), timedelta(days=1)])
        if rng.random() < 0.04:
            at += timedelta(days=rng.choice([5, 30]))
        story = rng.choice(stories)
        story.at = at
        story.step()

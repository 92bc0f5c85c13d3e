"""The law that no history of a dossier may break, written down once more from the facts of the domain, not from the code.

Which state may follow which and by whom, what stops the clock, what was told good, what was paid, asked and issued.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from motcua.agencies.models import Absence
from motcua.dossiers import deadlines, proof
from motcua.dossiers.models import AssignmentRule, Dossier, Override, Result, SupplementRequest
from motcua.foundation.actor import Actor
from motcua.foundation.chain import broken_links_of
from motcua.foundation.models import Counter as Numbers
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI
from motcua.papers.models import Paper
from motcua.payments.models import Charge, Payment

_RECEIVER, _RETURNER = ("reception", "receiver"), ("reception", "returner")
_HEAD, _LEADER, _CLERK = ("agency", "head"), ("agency", "leader"), ("agency", "clerk")
_FOLLOWS: dict[tuple[str, str], set[Any]] = {
    ("draft", "submitted"): {"owner", _RECEIVER},
    ("submitted", "accepted"): {_RECEIVER},
    ("submitted", "supplement_requested"): {_RECEIVER},
    ("submitted", "refused"): {_RECEIVER},
    ("supplement_requested", "refused"): {_RECEIVER},
    ("supplement_requested", "submitted"): {"owner", _RECEIVER},
    ("supplement_requested", "processing"): {"owner", _RECEIVER},
    ("accepted", "processing"): {_HEAD, "rule"},
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
_AFTER_THE_END = (
    "payment.", "charge.", "dossier.rated", "dossier.override_", "dossier.objection_answered", "dossier.result_revoked",
    "paper.revoked",
    "dossier.handed_over", "dossier.handover_",
)  # fmt: skip
_HOLDS_FOR = 3  # years, of the certificate that is issued
_MADE_BY_TRIGGERS = ("search", "deadline", "awaited_at")


@dataclass
class Law:
    """What one dossier has been so far, and whether what it is now may follow."""

    dossier: Dossier
    row: dict[str, Any] = field(default_factory=dict)
    charges: dict[int, str] = field(default_factory=dict)
    good: dict[str, str] = field(default_factory=dict)  # told good: item and what it was made of
    answers: dict[str, Any] = field(default_factory=dict)  # of other units, and of leaders to who does not agree
    issued: dict[str, Any] = field(default_factory=dict)  # the result, once it has a number
    asked: int = 0
    told: int = 0  # the key of the last event that was looked at

    def __post_init__(self) -> None:
        self.row, self.charges = self._row(), self._charges()
        self.told = max(Event.objects.about(self.dossier.subject).values_list("pk", flat=True), default=0)

    def watch(self, who: Actor, at: datetime) -> None:
        """Compare the dossier with what it was before `who` did something at `at`."""
        before, now = self.row, self._row()
        news = list(Event.objects.about(self.dossier.subject).filter(pk__gt=self.told))
        self._states_follow(before, now, news, who)
        self._wish_is_an_owners(before, now, news, who)
        self._clock_holds(before, now, news)
        self._money_holds(before, now)
        self._asked_once(at)
        self._answers_stand()
        self._result_stands(news, who)
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

    def _states_follow(self, before: dict[str, Any], now: dict[str, Any], news: list[Event], who: Actor) -> None:
        """Each state that the events tell may follow the one before it; nothing else changes the state."""
        was = before["state"]
        for event in news:
            became = event.data.get("changed", {}).get("state", was)
            if became != was:
                self._may_follow(was, became, event, who, now)
            was = became
        assert was == now["state"], f"the dossier is {now['state']}, and its story says {was}"

    def _may_follow(self, was: str, became: str, event: Event, who: Actor, now: dict[str, Any]) -> None:
        may = _FOLLOWS.get((was, became))
        assert may, f"{was} was followed by {became}"
        if became == "stopped":
            assert now["accepted_at"], "stopped what was never accepted"
        if became == "refused":
            assert not now["accepted_at"], "refused what was accepted"
        if event.data.get("rule"):
            self._rule_holds(event, now)
            mine: set[Any] = {"rule"}
        elif event.actor_kind == "system":
            mine = {"system"}
        else:
            assert event.actor_id == who.id, f"{who.name} did it, and the story says {event.actor_name}"
            places = {"reception": now["reception_id"], "agency": now["agency_id"]}
            mine = {place for place in may if isinstance(place, tuple) and who.has_role(place[1], places[place[0]])}
            mine |= {"owner"} if who.id == str(now["applicant_id"]) else set()
        assert may & mine, f"{event.actor_name} brought {was} to {became}"
        owed = Charge.objects.about(self.dossier.subject).filter(state__in=("unpaid", "pending"))
        if became == "accepted":
            assert not owed.filter(due="before_acceptance").exists(), "accepted before its fee was paid"
        if became == "settled" or became in _OVER:
            assert not owed.exists(), f"{became} with something owed"

    def _wish_is_an_owners(self, before: dict[str, Any], now: dict[str, Any], news: list[Event], who: Actor) -> None:
        """The wish to withdraw is the owner's; the counter may note it for who has no account, came or wrote."""
        asked = [one for one in news if one.type == "dossier.withdrawal_requested"]
        began = now["withdrawal_requested_at"] is not None and before["withdrawal_requested_at"] is None
        assert len(asked) == began, "wished twice, or nobody told that it was"
        for event in asked:
            assert event.data["reason"] and event.actor_id == who.id
            if event.actor_kind == "officer":
                assert who.has_role("receiver", now["reception_id"]), f"{who.name} noted a wish"
                assert now["channel"] != "online" or not now["applicant_id"], "noted for who has an account"
                assert event.data["asked_by"], "noted, and nobody asked"
            else:
                assert who.id == str(now["applicant_id"]), f"{who.name} wished it"
        if now["state"] == "withdrawn":
            assert now["withdrawal_requested_at"], "withdrawn, and nobody asked"

    def _rule_holds(self, event: Event, now: dict[str, Any]) -> None:
        """A rule that counts gave it to one of its people who is there."""
        rule = AssignmentRule.objects.get(agency_id=now["agency_id"], name=event.data["rule"])
        task = self.dossier.tasks.open().get(act="appraise")
        assert rule.is_active and rule.members.filter(user_id=task.assignee_id).exists(), "given to whom no rule names"
        away = Absence.objects.current(event.occurred_at).filter(user_id=task.assignee_id)
        assert not away.exists(), "a rule gave it to somebody who is away"
        if rule.condition == 'channel == "online"':
            assert now["channel"] == "online", "a rule whose condition does not hold gave it"

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
        made = made_of(dossier)
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

    def _answers_stand(self) -> None:
        """What other units and leaders answered stays; nothing leads on while an answer that is needed is lacking."""
        dossier = Dossier.objects.get(pk=self.dossier.pk)
        asked = list(dossier.consultations.select_related("task"))
        told: dict[str, Any] = {f"unit {one.pk}": (one.opinion, one.text, one.answered_by) for one in asked if one.answered_at}
        for request in dossier.supplements.all():
            told |= {f"objection {one.pk}": (one.text, one.answer) for one in request.objections.all() if one.answered_at}
        assert told | self.answers == told, "an answer has changed"
        self.answers = told
        places = [step.id for step in dossier.definition.process.steps]
        for one in asked:
            assert one.agency_id in (dossier.agency_id, dossier.reception_id, *dossier.also_seen_by), "asked, and may not look"
            step = dossier.definition.step(one.task.step_id)
            to = next((outcome.to for outcome in step.outcomes if outcome.id == one.task.outcome), None)
            if to and places.index(to) > places.index(step.id):
                lacking = one.required and not one.answered_at and not one.taken_back_by
                assert not lacking, "led on without an answer that it needs"

    def _result_stands(self, news: list[Event], who: Actor) -> None:
        """What was issued holds as long as it says, and never changes; a leader of the agency may revoke it, once."""
        row = Result.objects.filter(dossier=self.dossier).exclude(issued_at=None).values().first()
        found: dict[str, Any] = {name: value for name, value in (row or {}).items() if name != "words"}
        assert found or not self.issued, "a result that was issued is gone"
        if found and not self.issued:
            day = found["issued_at"].astimezone(HANOI).date()
            until = day.replace(year=day.year + _HOLDS_FOR) if found["kind"] == "granted" else None
            assert found["valid_until"] == until and found["approved_at"] and found["number"]
        elif found != self.issued:
            assert found | {"revoked_at": None} == self.issued, "an issued result has changed, or was revoked twice"
            assert who.has_role("leader", found["agency_id"]), f"{who.name} revoked a result"
            assert [one.type for one in news] == ["paper.revoked", "dossier.result_revoked"] and news[-1].data["reason"]
        if found:
            paper = Paper.objects.get(pk=found["paper_id"])
            assert paper.revoked_at == found["revoked_at"] and paper.valid_until == found["valid_until"]
        self.issued = found

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


def made_of(dossier: Dossier) -> dict[str, str]:
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
    numbered = Paper.objects.exclude(number="")
    again = {"kind": "handover_slip", "revoked_at__isnull": False}  # both sides sign: the same slip, the same number
    for number in numbered.exclude(**again).values_list("number", flat=True):
        digits, _slash, suffix = number.partition("/")
        found.setdefault(suffix, []).append(int(digits))
    return [suffix for suffix in wanted | found if sorted(wanted.get(suffix, [])) != sorted(found.get(suffix, []))]

"""What an officer ticks: every paper and section with its tick, what stood before, and what may be said of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from motcua.agencies.models import Role
from motcua.dossiers import filing, notices, operations
from motcua.dossiers.models import Document, Dossier, NoticeDraft, Override, StandardReason, Verdict
from motcua.dossiers.notices import Item
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.foundation.vietnamese import in_vietnamese


@dataclass(frozen=True, slots=True)
class Row:
    """One paper or section on the page of the check."""

    item: Item
    tick: Verdict | None  # of now
    changed: bool  # since it was ticked
    stands: Verdict | None  # told to be good before, and not changed since
    signed: Override | None  # a leader's leave to find fault with it all the same
    waiting: Override | None  # asked of a leader, who has not decided
    reasons: list[StandardReason] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.tick is not None and self.tick.good and not self.changed

    @property
    def bad(self) -> bool:
        return self.tick is not None and not self.tick.good

    @property
    def is_whole(self) -> bool:
        """Ticked, and what is bad with reason and basis."""
        return self.good or bool(self.tick and not self.tick.good and self.tick.reason and self.tick.basis)

    @property
    def needs_leave(self) -> bool:
        """Ticked bad, though it was told to be good and no leader has signed for that."""
        return self.bad and self.stands is not None and self.signed is None

    @property
    def own_words(self) -> str:
        """What was written beside the library's words."""
        if self.tick is None:
            return ""
        common = self.tick.standard.text.strip() if self.tick.standard else ""
        text = self.tick.reason
        return text.removeprefix(common.rstrip(". ")).lstrip(". ") if common and text.startswith(common.rstrip(". ")) else text


@dataclass
class Checks:
    """The check of one dossier; each part is read once, when it is asked for (at most six queries)."""

    dossier: Dossier
    actor: Actor
    documents: Iterable[Document]

    @cached_property
    def items(self) -> list[Item]:
        return notices.items_of(self.dossier, self.documents)

    @cached_property
    def ticks(self) -> dict[str, Verdict]:
        return {one.item: one for one in self.dossier.verdicts.open().select_related("decided_by", "standard")}

    @property
    def draft(self) -> NoticeDraft | None:
        """What the appraiser wrote for the head, while it waits."""
        return self._last_draft if self._last_draft and self._last_draft.closed_at is None else None

    @property
    def returned(self) -> NoticeDraft | None:
        """The draft that came back to the appraiser, unless a newer one was written."""
        return self._last_draft if self._last_draft and self._last_draft.returned_because else None

    @cached_property
    def _last_draft(self) -> NoticeDraft | None:
        return self.dossier.notice_drafts.last()

    @cached_property
    def has_bad(self) -> bool:
        return any(not one.good for one in self.ticks.values())

    @cached_property
    def rows(self) -> list[Row]:
        overrides = list(self.dossier.overrides.all())
        now = {one.key: one.fingerprint for one in self.items}
        fresh = [one for one in overrides if now.get(one.item) == one.fingerprint]
        signed = {one.item: one for one in fresh if one.granted and one.used_at is None}
        waiting = {one.item: one for one in fresh if one.decided_at is None}
        stands = notices.standing(self.dossier, self.items)
        reasons = notices.reasons_for("supplement", self.dossier, stage=notices.stage_of(self.dossier))
        found = []
        for item in self.items:
            tick = self.ticks.get(item.key)
            changed = tick is not None and tick.fingerprint != item.fingerprint
            found.append(
                Row(
                    item,
                    tick,
                    changed,
                    stands.get(item.key),
                    signed.get(item.key),
                    waiting.get(item.key),
                    notices.fitting_item(reasons, item),
                )
            )
        return found

    @property
    def left(self) -> int:
        """How many are not ticked yet, or changed since."""
        return sum(not row.good and not row.bad for row in self.rows)

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if row.bad]

    @property
    def needing_leave(self) -> list[Row]:
        return [row for row in self.rows if row.needs_leave]

    @cached_property
    def lacking(self) -> set[str]:
        """The papers that should have come with the filing and did not, neither as a file nor on paper (one query)."""
        if self.dossier.state != State.SUBMITTED:
            return set()
        on_paper = set(self.dossier.on_paper.values_list("component_id", flat=True))
        asked = filing.asked_papers(self.dossier, list(self.documents), on_paper=on_paper)
        first: dict[str, str] = {}  # of papers of which one is enough only the first is asked for
        for one in (each.component for each in asked if each.is_missing):
            row = one.id.partition(".")[2]
            first.setdefault(f"{one.one_of}.{row}" if one.one_of else one.id, one.id)
        return set(first.values())

    @cached_property
    def may_tick(self) -> bool:
        return operations.may_tick(self.dossier, self.actor)

    @property
    def signs_itself(self) -> bool:
        """Whether this officer is the leader who may sign for asking again."""
        return self.actor.has_role(Role.LEADER, self.dossier.agency_id)

    def begins_with(self, key: str) -> dict[str, Any] | None:
        """What the request says of one item at first: as it was drafted, else as it was ticked, or that it is not there."""
        if self.draft:
            for entry in self.draft.items:
                if entry["item"] == key:
                    return {"standard": "", "reason": entry["reason"], "basis": entry["basis"]}
            return None
        row = next((one for one in self.rows if one.item.key == key), None)
        if row is not None and row.tick is None and row.item.component_id in self.lacking:
            return {"standard": "", "reason": _not_there(), "basis": ""}
        if row is None or row.tick is None or not row.bad:
            return None
        return {
            "standard": str(row.tick.standard_id or ""),
            "reason": row.own_words,
            "basis": row.tick.basis,
        }


@in_vietnamese
def _not_there() -> str:
    return _("Chưa có giấy tờ này trong hồ sơ.")

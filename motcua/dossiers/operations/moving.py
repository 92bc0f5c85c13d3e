"""Lock, check, change, record: the one path by which a dossier changes state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from motcua.dossiers.models import Dossier, Task
from motcua.dossiers.states import ENDED, ENDED_EARLY, TRANSITIONS, WAITS_FOR_OWNER, State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, WrongState
from motcua.foundation.models import Event
from motcua.foundation.shown import moment
from motcua.foundation.written import Written

_HELD = Written(
    lambda pk: (
        Dossier.objects.select_for_update(of=("self",))
        .filter(pk=pk)
        .select_related("procedure_version", "agency__calendar", "reception__calendar")
        .defer(  # heavy, and read once per process where they are needed
            "procedure_version__content",
            "agency__calendar__content",
            "reception__calendar__content",
            "search",
        )
    ),
    pk=-9001,
)

_UNTOLD = frozenset({"search", "lookup_secret"})  # made from the others; or nobody's business


def lock(dossier: Dossier) -> Dossier:
    """The dossier as it is now, held until the transaction ends, with its units and version at hand.

    Raises Dossier.DoesNotExist.
    """
    held = _HELD.first(pk=dossier.pk)
    if held is None:
        raise Dossier.DoesNotExist
    return held


def check(dossier: Dossier, name: str, actor: Actor, task: Task | None = None, seen: str = "") -> None:
    """Raise NotAllowed or WrongState unless this actor may make this transition now.

    `seen` is the state that he saw when he decided: what happened since may have taken his reason away.
    Who does the `task` that brings it about is whom the procedure's step names, whatever the table says.
    """
    transition = TRANSITIONS[name]
    if not (task.doable_by(actor) if task else dossier.allows(transition, actor)):
        raise NotAllowed(_("Ông/Bà không có quyền thực hiện thao tác này đối với hồ sơ."))
    if dossier.state not in transition.sources or seen not in ("", dossier.state):
        raise WrongState(_who_was_faster(dossier))


def move(dossier: Dossier, name: str, actor: Actor, at: datetime, changes: dict, **data: object) -> Dossier:
    """Bring a locked and checked dossier into the transition's state, and record it."""
    transition = TRANSITIONS[name]
    unit = dossier.reception_id if transition.place == "reception" else dossier.agency_id
    actor = actor.in_place_of([(unit, role) for role in transition.roles])
    changes = {**changes, "state": transition.target.value}
    if dossier.payment_due_at:  # whatever ends the wait for a payment
        changes["payment_due_at"] = None
    if dossier.state in WAITS_FOR_OWNER or transition.target in ENDED | {State.SETTLED}:  # what was proposed meanwhile is overtaken
        dossier.end_proposals.open().update(closed_at=at)
    if transition.target in ENDED | {State.SETTLED}:  # and so is what was drafted
        dossier.notice_drafts.filter(closed_at=None).update(closed_at=at)
        dossier.extensions.filter(signed_at=None, discarded_at=None).update(discarded_at=at, discarded_by=actor.name)
    if transition.target in ENDED_EARLY or dossier.ended_at:
        changes["ended_at"] = at if transition.target in ENDED_EARLY else None
    return change(dossier, changes, transition.event, actor, at, **data)


def change(
    dossier: Dossier, changes: Mapping[str, Any], event: str, actor: Actor, at: datetime, **data: object
) -> Dossier:
    """Change a locked dossier's row, and record the event with what changed: it can be replayed from its story.

    `changes` are fields by name. It is the one way by which a row changes after it was filed.
    """
    Dossier.objects.filter(pk=dossier.pk).update(**changes)
    for field, value in changes.items():
        setattr(dossier, field, value)
    changed = dict(_plain(field, value) for field, value in changes.items() if field not in _UNTOLD)
    events.record(event, subject=dossier.subject, actor=actor, at=at, **data, changed=changed)
    return dossier


def _plain(field: str, value: Any) -> tuple[str, Any]:
    """A field's column and its value as JSON has it."""
    if isinstance(value, Model):
        value = value.pk
    column = Dossier._meta.get_field(field).attname  # type: ignore[union-attr]
    return column, value.isoformat() if isinstance(value, datetime) else value


def _who_was_faster(dossier: Dossier) -> str:
    """Say in which state the dossier is, and who brought it there."""
    words = _("Hồ sơ đang ở trạng thái “%(state)s” nên không thực hiện được thao tác này.") % {
        "state": dossier.get_state_display()
    }
    last = Event.objects.about(dossier.subject).filter(type__startswith="dossier.").last()
    if last is None:
        return words
    return _("%(words)s Người thực hiện gần nhất: %(name)s, lúc %(at)s.") % {
        "words": words,
        "name": last.actor_name,
        "at": moment(last.occurred_at),
    }

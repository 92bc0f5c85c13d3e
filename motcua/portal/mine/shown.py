"""What the citizen's pages say of a dossier: where it stands, what comes next, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from motcua.dossiers import deadlines, printing
from motcua.dossiers.models import Document, Dossier, SupplementRequest, Task
from motcua.dossiers.states import State
from motcua.dossiers.story import Next, whats_next
from motcua.payments.models import Charge
from motcua.portal.payment.standing import Standing, standings


@dataclass(frozen=True, slots=True)
class Row:
    """One dossier of a list."""

    dossier: Dossier
    next: Next
    standings: tuple[Standing, ...]


def rows(dossiers: Sequence[Dossier], at: datetime) -> list[Row]:
    """What a list says of these dossiers (at most four queries, however many they are)."""
    charges = Charge.objects.filter(subject__in=[one.subject for one in dossiers]).order_by("id")
    by_subject: dict[str, list[Standing]] = {}
    for standing in standings(charges, at):
        by_subject.setdefault(standing.charge.subject, []).append(standing)
    working = [one.pk for one in dossiers if one.state in (State.ACCEPTED, State.PROCESSING)]
    asked = [one.pk for one in dossiers if one.state == State.SUPPLEMENT_REQUESTED]
    tasks = (
        {task.dossier_id: task for task in Task.objects.open().filter(dossier__in=working)} if working else {}
    )
    requests = (
        {one.dossier_id: one for one in SupplementRequest.objects.filter(dossier__in=asked, closed_at=None)}
        if asked
        else {}
    )
    return [
        Row(
            one,
            next_of(one, by_subject.get(one.subject, []), tasks.get(one.pk), requests.get(one.pk)),
            tuple(by_subject.get(one.subject, [])),
        )
        for one in dossiers
    ]


def next_of(
    dossier: Dossier, found: Sequence[Standing], task: Task | None, supplement: SupplementRequest | None
) -> Next:
    """What happens next, given how the dossier's charges stand."""
    first = [one for one in found if one.charge.due == "before_acceptance"]
    first_owed = sum(one.charge.amount_vnd for one in first if one.is_payable)
    return whats_next(
        dossier,
        task=task,
        supplement=supplement,
        owes_vnd=first_owed or sum(one.charge.amount_vnd for one in found if one.is_payable),
        first_fee_owed=bool(first_owed),
        is_confirming=any(one.word == "unknown" for one in first),
    )


def why_due(dossier: Dossier) -> list[str]:
    """How the date was counted that the page tells, day by day; nothing where none is told.

    The dossier comes with its units' calendars.
    """
    return deadlines.explain_current(dossier)


@dataclass(frozen=True, slots=True)
class Brought:
    """The files of one component, in the order they came."""

    name: str
    documents: list[Document]


def brought(dossier: Dossier, documents: Sequence[Document]) -> list[Brought]:
    """The papers that were brought, in the order of the procedure."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        found.setdefault(document.component_id, []).append(document)
    names = printing.names_of(dossier)
    order = {one.id: number for number, one in enumerate(dossier.definition.record.components)}
    in_order = sorted(found, key=lambda key: order.get(key.partition(".")[0], len(order)))
    return [Brought(printing.name_of(dossier, key, names), found[key]) for key in in_order]

"""At which events we write, and which paper goes along."""

from motcua.dossiers.models import Dossier
from motcua.dossiers.states import State
from motcua.foundation.events import subscribe
from motcua.foundation.models import Event
from motcua.foundation.time import now
from motcua.messaging import operations
from motcua.messaging.texts import text_for, text_of_intake
from motcua.papers.models import Paper
from motcua.payments.models import Charge

_PAPERS = {
    "dossier.acknowledged": "acknowledgement",
    "dossier.accepted": "acceptance_slip",
    "dossier.supplement_asked": "supplement_request",
    "dossier.refused": "refusal",
    "dossier.stopped": "stop_notice",
    "dossier.withdrawn": "withdrawal_slip",
    "dossier.extended": "apology",
    "dossier.payment_asked": "fee_notice",
}


@subscribe(
    "dossier.acknowledged",
    "dossier.accepted",
    "dossier.supplement_asked",
    "dossier.supplement_reminded",
    "dossier.objection_answered",
    "dossier.supplemented",
    "dossier.payment_asked",
    "dossier.clock_started",
    "dossier.paid",
    "dossier.refused",
    "dossier.assigned",
    "dossier.settled",
    "dossier.result_waits",
    "dossier.returned",
    "dossier.withdrawal_declined",
    "dossier.due_moved",
    "dossier.withdrawn",
    "dossier.stopped",
    "dossier.extended",
    "payment.failed",
    "receipt.printed",
)
def write_to_the_citizen(event: Event) -> None:
    """One letter per event and person, with the paper that belongs to it."""
    kind, _, key = event.subject.partition(":")
    if kind != "dossier" or (event.type == "payment.failed" and not _is_owed(event.data["charge"])):
        return
    dossier = Dossier.objects.select_related("procedure_version", "agency", "reception").get(pk=int(key))
    text = text_for(event, dossier)
    if text is not None:
        operations.notify(
            event=event,
            text=text,
            paper_ids=_papers_of(event, dossier),
            at=now(),
            addresses=operations.recipients(dossier),
        )


@subscribe("dossier.intake_nearly_over")
def write_to_the_counter(event: Event) -> None:
    """Tell the counter's own people, once, that an intake waits for its answer; what was answered meanwhile is not told."""
    dossier = Dossier.objects.select_related("procedure_version", "reception").get(pk=int(event.subject.partition(":")[2]))
    if dossier.state == State.SUBMITTED:
        addresses = operations.receivers_and_heads(dossier)
        operations.notify(event=event, text=text_of_intake(event, dossier), paper_ids=[], at=now(), addresses=addresses)


def _is_owed(charge_id: int) -> bool:
    """Whether there is anything to pay again: another attempt may have paid it, or it was closed."""
    return Charge.objects.owed().filter(pk=charge_id).exists()


def _papers_of(event: Event, dossier: Dossier) -> list[str]:
    if event.type == "receipt.printed":
        return [event.data["paper"]]
    if event.type == "dossier.settled" and dossier.delivery == Dossier.Delivery.ELECTRONIC:
        return [str(dossier.result.paper_id)]
    wanted = _PAPERS.get(event.type)
    if not wanted:
        return []
    latest = Paper.objects.about(dossier.subject).filter(kind=wanted, issued_at__lte=event.occurred_at).last()
    return [str(latest.pk)] if latest else []

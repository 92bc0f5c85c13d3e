"""What a dossier does when something happened to it elsewhere, or after the answer was given."""

from django.db import transaction

from motcua.agencies.models import Officer
from motcua.dossiers import operations, printing, recount_jobs
from motcua.dossiers.models import Dossier, Task
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.events import subscribe
from motcua.foundation.models import Event
from motcua.papers import operations as papers
from motcua.papers.models import Paper
from motcua.procedures import operations as procedures


@subscribe("dossier.submitted")
def acknowledge(event: Event) -> None:
    """Issue the notice of what was received; the letter that carries it follows from its own event."""
    with transaction.atomic():
        dossier = (
            Dossier.objects.select_for_update(of=("self",))
            .select_related("procedure_version__procedure", "agency__parent", "reception__parent")
            .get(pk=int(event.subject.removeprefix("dossier:")))
        )
        if dossier.received_by_id is not None:  # it was handed over: the acceptance slip says what came in
            procedures.count_filing(procedure=dossier.procedure_version.procedure)
            return
        once = f"acknowledgement:{dossier.pk}"
        if Paper.objects.filter(once=once).exists():
            return
        actor = Actor.system("acknowledge")
        paper = papers.issue(
            kind="acknowledgement",
            once=once,
            subject=dossier.subject,
            data=printing.acknowledgement(dossier),
            actor=actor,
            at=event.occurred_at,
        )
        events.record(
            "dossier.acknowledged",
            subject=dossier.subject,
            actor=actor,
            at=event.occurred_at,
            paper=str(paper.pk),
        )
        procedures.count_filing(procedure=dossier.procedure_version.procedure)


@subscribe("officer.dismissed")
def hand_back(event: Event) -> None:
    """Give the open steps of somebody whose role ended to everybody who holds it: else nobody could do them."""
    office = {"agency__code": event.data["agency"], "role": event.data["role"]}
    user_id = int(event.subject.removeprefix("user:"))
    if not Officer.objects.filter(user_id=user_id, **office).exists():  # not appointed anew meanwhile
        Task.objects.open().filter(assignee_id=user_id, **office).update(assignee=None)


@subscribe("calendar.change_kept")
def move_dates(event: Event) -> None:
    """Count the dates of open dossiers anew, where the administrator said so; in a job that can be resumed."""
    if event.data["moves_dates"]:
        recount_jobs.recount.defer(change_id=event.data["change"])


@subscribe("payment.settled", "charge.cancelled")
def go_on(event: Event) -> None:
    """Start or resume the clock of a dossier that waited for its fee."""
    kind, _colon, key = event.subject.partition(":")
    if kind == "dossier":
        operations.note_payment(
            dossier=Dossier(pk=int(key)), actor=Actor.system("note_payment"), at=event.occurred_at
        )

"""What the dossiers' room tidies by the clock."""

from motcua.dossiers import operations, outlook
from motcua.dossiers.models import SupplementRequest
from motcua.dossiers.operations import notes, uploading
from motcua.dossiers.reasons import count_reasons
from motcua.foundation.actor import Actor
from motcua.foundation.jobs import periodic
from motcua.foundation.time import now
from motcua.procedures.models import Procedure


@periodic(cron="*/10 * * * *")
def sweep_uploads() -> None:
    """Finish uploads whose browser went away at the last byte, forget those that nobody continues."""
    uploading.sweep_uploads(actor=Actor.system("sweep_uploads"), at=now())


@periodic(cron="*/15 * * * *")
def warn_of_intake() -> None:
    """Tell receivers and their heads which intakes must be answered within two working hours."""
    operations.warn_of_intake(actor=Actor.system("warn_of_intake"), at=now())


@periodic(cron="30 8 * * *")
def remind_of_results() -> None:
    """Write to those whose results have waited at the counter for long."""
    operations.remind_of_results(actor=Actor.system("remind_of_results"), at=now())


@periodic(cron="5,35 7-17 * * *")
def draft_extensions() -> None:
    """Draft the apologies for what will be late the next working day, so that leaders can sign in time."""
    operations.draft_due_extensions(actor=Actor.system("draft_extensions"), at=now())


@periodic(cron="10 7-17 * * *")
def propose_ends() -> None:
    """Put to leaders and the counter what has waited for its applicant longer than it has to."""
    operations.propose_overdue_ends(actor=Actor.system("propose_ends"), at=now())


@periodic(cron="* * * * *")
def look_after_signatures() -> None:
    """Let no signature be waited for that will not come."""
    operations.look_after_signatures(at=now())


@periodic(cron="40 2 * * *")
def forget_merged() -> None:
    """Remove what was merged for printing, a week later."""
    operations.forget_merged(at=now())


@periodic(cron="20 2 * * *")
def count_reasons_for_return() -> None:
    """Count anew, procedure by procedure, why papers were asked for again."""
    asked = SupplementRequest.objects.values("dossier__procedure_version__procedure")
    for procedure in Procedure.objects.filter(pk__in=asked).only("pk"):
        count_reasons(procedure=procedure, at=now())


@periodic(cron="*/5 * * * *")
def count_figures() -> None:
    """Count anew what the boards of units and province keep."""
    outlook.count_figures(at=now())


@periodic(cron="5 * * * *")
def remind_of_supplements() -> None:
    """Remind those whose time to bring a supplement is half, and nearly, over."""
    operations.remind_of_supplements(actor=Actor.system("remind_of_supplements"), at=now())


@periodic(cron="40 * * * *")
def forget_presence() -> None:
    """Forget who had which dossier before him a day ago."""
    notes.forget_presence(at=now())

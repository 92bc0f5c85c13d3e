"""What the dossiers' room tidies by the clock."""

from motcua.dossiers.models import SupplementRequest
from motcua.dossiers.operations import uploading
from motcua.dossiers.reasons import count_reasons
from motcua.foundation.actor import Actor
from motcua.foundation.jobs import periodic
from motcua.foundation.time import now
from motcua.procedures.models import Procedure


@periodic(cron="*/10 * * * *")
def sweep_uploads() -> None:
    """Finish uploads whose browser went away at the last byte, forget those that nobody continues."""
    uploading.sweep_uploads(actor=Actor.system("sweep_uploads"), at=now())


@periodic(cron="20 2 * * *")
def count_reasons_for_return() -> None:
    """Count anew, procedure by procedure, why papers were asked for again."""
    asked = SupplementRequest.objects.values("dossier__procedure_version__procedure")
    for procedure in Procedure.objects.filter(pk__in=asked).only("pk"):
        count_reasons(procedure=procedure, at=now())

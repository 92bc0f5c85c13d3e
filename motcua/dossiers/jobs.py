"""What the dossiers' room tidies by the clock."""

from motcua.dossiers.operations import uploading
from motcua.foundation.actor import Actor
from motcua.foundation.jobs import periodic
from motcua.foundation.time import now


@periodic(cron="*/10 * * * *")
def sweep_uploads() -> None:
    """Finish uploads whose browser went away at the last byte, forget those that nobody continues."""
    uploading.sweep_uploads(actor=Actor.system("sweep_uploads"), at=now())

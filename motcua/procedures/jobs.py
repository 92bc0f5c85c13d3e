"""What the catalogue does by the clock."""

import logging

from motcua.foundation.actor import Actor
from motcua.foundation.jobs import periodic
from motcua.foundation.time import now
from motcua.procedures import operations

logger = logging.getLogger(__name__)


@periodic("3-59/10 * * * *")
def publish_what_is_due() -> None:
    """Make current whatever's day has begun in Hanoi: three minutes after midnight, and after any pause."""
    count = operations.apply_due(actor=Actor.system("publish_procedures"), at=now())
    if count:
        logger.info("%s versions have become current", count)

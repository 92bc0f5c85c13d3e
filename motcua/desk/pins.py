"""Nobody guesses the PIN of a key: after some wrong ones a few minutes must pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext as _

from motcua.accounts.limits import WRONG_PINS
from motcua.foundation.actor import Actor
from motcua.foundation.shown import moment
from motcua.papers.signers import Wrong


@contextmanager
def counted(actor: Actor, at: datetime) -> Iterator[None]:
    """Within it a PIN is tried; wrong ones are counted, by officer. Raises Wrong, having tried none, after too many."""
    until = WRONG_PINS.blocked_until(actor.id, at=at)
    if until:
        raise Wrong(_("Đã nhập sai mã PIN nhiều lần. Vui lòng thử lại sau %(at)s.") % {"at": moment(until)})
    try:
        yield
    except Wrong:
        WRONG_PINS.count(actor.id, at=at)
        raise

"""What the cashier decides on the money of a dossier when the gateway's word is not enough."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Role
from motcua.dossiers.models import Dossier
from motcua.dossiers.operations.moving import lock
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed
from motcua.payments import operations as payments
from motcua.payments.models import Charge, Payment


def keeps_books(dossier: Dossier, actor: Actor) -> bool:
    """Whether this actor is a cashier of the unit that receives the dossier or of the one that settles it."""
    return any(actor.has_role(Role.CASHIER, unit) for unit in (dossier.reception_id, dossier.agency_id))


@transaction.atomic
def take_cash(*, dossier: Dossier, charge: Charge, client_ip: str, actor: Actor, at: datetime) -> Payment:
    """Take a fee of the dossier in cash, with its receipt. Raises as payments' own does, or NotAllowed."""
    dossier = lock(dossier)
    if charge.subject != dossier.subject or not keeps_books(dossier, actor):
        raise NotAllowed(_("Việc thu phí, lệ phí bằng tiền mặt thuộc nhiệm vụ của cán bộ thu phí."))
    return payments.take_cash(charge=charge, client_ip=client_ip, actor=actor, at=at)


@transaction.atomic
def accept_amount(*, dossier: Dossier, payment: Payment, reason: str, actor: Actor, at: datetime) -> Payment:
    """Take what came for the fee of the dossier; too much is owed back. Raises as payments' own does, or NotAllowed."""
    return payments.accept_amount(payment=_his(dossier, payment, actor), reason=reason, actor=actor, at=at)


@transaction.atomic
def void_payment(*, dossier: Dossier, payment: Payment, reason: str, actor: Actor, at: datetime) -> Payment:
    """Owe back what came, so that the fee can be paid anew. Raises as payments' own does, or NotAllowed."""
    return payments.void_payment(payment=_his(dossier, payment, actor), reason=reason, actor=actor, at=at)


@transaction.atomic
def note_refund(*, dossier: Dossier, payment: Payment, reference: str, actor: Actor, at: datetime) -> Payment:
    """Record that what was owed back was paid back. Raises as payments' own does, or NotAllowed."""
    return payments.note_refund(payment=_his(dossier, payment, actor), reference=reference, actor=actor, at=at)


def _his(dossier: Dossier, payment: Payment, actor: Actor) -> Payment:
    """The attempt, if it is about this dossier and this actor keeps its books. The dossier is held from here on."""
    dossier = lock(dossier)
    if payment.charge.subject != dossier.subject or not keeps_books(dossier, actor):
        raise NotAllowed(_("Việc đối soát, hoàn trả thuộc nhiệm vụ của cán bộ thu phí."))
    return payment

"""Whom a controller of procedures oversees: the agency where he is controller, and what stands below it."""

from django.db.models import Q

from motcua.agencies.models import Role
from motcua.foundation.actor import Actor

_LEVELS = ("pk", "parent", "parent__parent", "parent__parent__parent")  # province, department, branch, team


def overseen_by(actor: Actor, prefix: str = "") -> Q:
    """The condition for agencies that this officer oversees; `prefix` leads to the agency, such as "agency__"."""
    places = sorted(agency_id for agency_id, role in actor.roles if role == Role.CONTROLLER)
    if not places:
        return Q(pk__in=[])
    found = Q()
    for level in _LEVELS:
        found |= Q(**{f"{prefix}{level}__in": places})
    return found

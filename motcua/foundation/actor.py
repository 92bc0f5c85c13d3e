"""Who acts: a citizen, an officer, the system itself, or somebody unknown."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["citizen", "officer", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, with all that is needed to decide what they may do.

    `id` is the user's key as text, or the name of a job. `roles` holds pairs of
    an agency's key and the stored word of a role in that agency.
    """

    kind: Kind
    id: str
    name: str
    roles: frozenset[tuple[int, str]] = frozenset()

    @classmethod
    def system(cls, job: str) -> "Actor":
        return cls("system", job, "Hệ thống")

    @classmethod
    def anonymous(cls) -> "Actor":
        return cls("anonymous", "", "Khách")

    def has_role(self, role: str, agency_id: int) -> bool:
        return (agency_id, role) in self.roles

    def holds(self, role: str) -> bool:
        """Whether this actor has the role in any agency."""
        return any(held == role for _agency, held in self.roles)

    @property
    def agency_ids(self) -> frozenset[int]:
        return frozenset(agency_id for agency_id, _ in self.roles)

    @property
    def user_id(self) -> int | None:
        return int(self.id) if self.kind in ("citizen", "officer") else None

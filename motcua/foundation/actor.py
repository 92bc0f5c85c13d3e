"""Who acts: a citizen, an officer, the system itself, or somebody unknown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["citizen", "officer", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Absent:
    """An officer who is away, as the deputy sees him: `lends` are the roles that the deputy does not hold himself."""

    user_id: int
    name: str
    lends: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, with all that is needed to decide what they may do.

    `id` is the user's key as text, or the name of a job. `roles` holds pairs of
    an agency's key and the stored word of a role in that agency; those that an absent
    officer lends are among them. `stands_in_for` are the officers whose deputy this actor is now.
    """

    kind: Kind
    id: str
    name: str
    roles: frozenset[tuple[int, str]] = frozenset()
    stands_in_for: tuple[Absent, ...] = ()
    is_named: bool = False  # `name` says already in whose place he acts

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
    def own_roles(self) -> frozenset[tuple[int, str]]:
        """The roles that are this actor's without anybody being away."""
        return self.roles.difference(*(one.lends for one in self.stands_in_for))

    @property
    def deputises(self) -> frozenset[int]:
        """The accounts whose tasks this actor may do, besides his own."""
        return frozenset(one.user_id for one in self.stands_in_for)

    def in_place_of(self, places: Iterable[tuple[int, str]], assignee_id: int | None = None) -> "Actor":
        """This actor with the name under which he does what one of `places` (agency, role) asks for.

        Who does an absent officer's task, or needs that officer's role for it, is named with both names:
        "Nguyễn A (thay Trần B)". Everybody else is returned as he is.
        """
        if self.is_named:
            return self
        absent = next((one for one in self.stands_in_for if one.user_id == assignee_id), None)
        if absent is None:
            wanted = set(places)
            if not wanted & self.own_roles:
                absent = next((one for one in self.stands_in_for if wanted & one.lends), None)
        if absent is None:
            return self
        return replace(self, name=f"{self.name} (thay {absent.name})", is_named=True)

    @property
    def user_id(self) -> int | None:
        return int(self.id) if self.kind in ("citizen", "officer") else None

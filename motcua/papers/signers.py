"""Where keys are: the contract that a signer's plugin keeps, and the register of plugins.

A plugin signs, or has signed; it never decides what, and never touches the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise

from motcua.foundation.errors import Refusal
from motcua.foundation.registry import Registry


class Wrong(Refusal):
    """The PIN, the file or the account is wrong, in words for who typed it."""


class Unreachable(Exception):
    """The token or the service did not answer. Nothing may be concluded from that; it may be asked again."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A certificate that was found, with what the adapter needs to find its key again."""

    certificate: str  # PEM
    chain: str = ""  # PEM
    container: bytes | None = None
    place: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One signature to make: by SHA-256, PKCS#1 1.5 for an RSA key, over `attributes`."""

    attributes: bytes
    title: str  # of the paper, for who confirms it
    certificate: str
    container: bytes | None
    place: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The signer was asked; the signature comes later, or not at all after `expires_at`."""

    reference: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    signature: bytes


@dataclass(frozen=True, slots=True)
class Declined:
    """The signer said no."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The signer did not answer in time, or the service knows nothing of it (any more)."""


Answer = Waiting | Given | Declined | Expired


class Signer(Protocol):
    """Where a key is, and how it signs."""

    asks_pin: bool  # whether the officer types the PIN with us; else the service asks him itself
    takes_file: bool

    @property
    def name(self) -> str | Promise: ...

    @property
    def fields(self) -> tuple[tuple[str, str | Promise], ...]:
        """What is asked when a certificate is added, beside PIN and file: name and label."""

    def enrol(self, given: Mapping[str, str], file: bytes, pin: str) -> Enrolled:
        """Find the certificate. Raises Wrong, or Unreachable."""

    def sign(self, job: Job, pin: str) -> Answer:
        """Sign now, or ask the service to. Raises Wrong, or Unreachable. At most some seconds."""

    def ask(self, reference: str) -> Answer:
        """How an asked signature stands. Raises Unreachable."""


SIGNERS: Registry[Signer] = Registry("signer")

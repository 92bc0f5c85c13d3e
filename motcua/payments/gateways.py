"""Payment companies: the contract that a gateway's plugin keeps, and the register of plugins.

A plugin translates between us and one company. It never decides and never touches the database;
only `operations.settle` writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from motcua.foundation.registry import Registry


class Outcome(Enum):
    """What a gateway says about one attempt."""

    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"  # the payer gave up at the gateway
    UNFINISHED = "unfinished"  # begun at the gateway, no end yet
    HELD = "held"  # money may have moved, the gateway is looking into it: nobody may conclude anything
    NOT_FOUND = "not_found"  # the payer never reached the gateway


class Answer(Enum):
    """What we say to a gateway's message; the plugin puts it into the company's words."""

    DONE = "done"
    ALREADY_DONE = "already_done"
    UNKNOWN_PAYMENT = "unknown_payment"
    WRONG_AMOUNT = "wrong_amount"
    BAD_SIGNATURE = "bad_signature"
    ERROR = "error"  # ours; the gateway may send the message again


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt as its gateway needs to know it. Amounts are whole đồng, moments are aware."""

    code: str
    amount_vnd: int
    description: str
    client_ip: str
    return_url: str
    started_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What one verified message, or one answer to a query, claims."""

    payment_code: str
    outcome: Outcome
    amount_vnd: int
    gateway_reference: str = ""  # the company's own number of the transaction
    bank_code: str = ""
    response_code: str = ""


class BadSignature(Exception):
    """The message was not signed by the gateway, or not for us."""


class BadMessage(Exception):
    """The message is signed but cannot be understood."""


class Unreachable(Exception):
    """The gateway did not answer, or its answer cannot be trusted. Nothing may be concluded from that."""


class Gateway(Protocol):
    """Translates between us and one payment company."""

    name: str

    def payment_url(self, order: Order) -> str:
        """The address to which the payer is sent. Computed, never fetched."""

    def read(self, message: Mapping[str, str]) -> Report:
        """What the message claims, from the server or from the payer's browser.

        Raises BadSignature or BadMessage.
        """

    def query(self, order: Order, *, at: datetime) -> tuple[Report, Mapping[str, str]]:
        """Ask the company how the attempt stands: its report, and the raw answer as evidence.

        Speaks over the network for at most some seconds. Raises Unreachable.
        """

    def reply(self, answer: Answer) -> dict[str, str]:
        """The JSON that the company expects back for a server message."""

    def explain(self, response_code: str) -> str:
        """The company's result code as a plain sentence for the payer, with what to do next."""


GATEWAYS: Registry[Gateway] = Registry("gateway")

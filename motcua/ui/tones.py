"""The colour of each state and of each thing that happened; the word beside it carries the meaning."""

from typing import Any

from motcua.dossiers.states import State
from motcua.dossiers.story import Entry
from motcua.payments.states import ChargeState

DOSSIER_TONES: dict[State, str] = {
    State.DRAFT: "neutral",
    State.SUBMITTED: "info",
    State.ACCEPTED: "info",
    State.REFUSED: "danger",
    State.PROCESSING: "info",
    State.SUPPLEMENT_REQUESTED: "warning",
    State.PAYMENT_REQUESTED: "warning",
    State.WITHDRAWN: "neutral",
    State.STOPPED: "danger",
    State.SETTLED: "success",
    State.RETURNED: "success",
}
CHARGE_TONES: dict[ChargeState, str] = {
    ChargeState.UNPAID: "warning",
    ChargeState.PENDING: "waiting",
    ChargeState.PAID: "success",
    ChargeState.CANCELLED: "neutral",
    ChargeState.REFUND_DUE: "special",
    ChargeState.REFUNDED: "neutral",
}
TIMELINE_TONES = {"neutral": "neutral", "good": "success", "attention": "warning", "bad": "danger"}


def timeline(entries: list[Entry]) -> list[dict[str, Any]]:
    """A dossier's story as the component of the same name shows it."""
    return [
        {
            "title": entry.what,
            "when": entry.at,
            "who": entry.who,
            "text": "\n".join(entry.details),
            "tone": TIMELINE_TONES[entry.tone],
        }
        for entry in entries
    ]

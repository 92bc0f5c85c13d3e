"""The colour of each state's tag; the word beside it carries the meaning."""

from motcua.dossiers.states import State
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
}
TIMELINE_TONES = {"neutral": "neutral", "good": "success", "attention": "warning", "bad": "danger"}

"""Everything that can happen to a dossier: one function a verb. Pages, commands and jobs call these."""

from motcua.dossiers.operations.drafts import (
    Incomplete,
    attach,
    choose_delivery,
    detach,
    discard_draft,
    renew_draft,
    save_answers,
    save_parties,
    start_draft,
    submit,
)
from motcua.dossiers.operations.handling import (
    appraise,
    approve,
    assign,
    expected_number,
    return_result,
    send_back,
    stamp,
    stop,
)
from motcua.dossiers.operations.intake import (
    accept,
    ask_supplement,
    decline_withdrawal,
    note_reading,
    refuse,
    withdraw,
)
from motcua.dossiers.operations.owner import rate, request_withdrawal, supplement

__all__ = [
    "Incomplete",
    "accept",
    "appraise",
    "approve",
    "ask_supplement",
    "assign",
    "attach",
    "choose_delivery",
    "decline_withdrawal",
    "detach",
    "discard_draft",
    "expected_number",
    "note_reading",
    "rate",
    "refuse",
    "renew_draft",
    "request_withdrawal",
    "return_result",
    "save_answers",
    "save_parties",
    "send_back",
    "stamp",
    "start_draft",
    "stop",
    "submit",
    "supplement",
    "withdraw",
]

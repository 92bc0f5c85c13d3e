"""Everything that can happen to a dossier: one function a verb. Pages, commands and jobs call these."""

from motcua.dossiers.operations.consulting import give_opinion
from motcua.dossiers.operations.drafts import (
    Incomplete,
    choose_delivery,
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
    whom_to_assign,
)
from motcua.dossiers.operations.intake import (
    accept,
    ask_supplement,
    decline_withdrawal,
    note_reading,
    refuse,
    withdraw,
)
from motcua.dossiers.operations.money import accept_amount, keeps_books, note_refund, void_payment
from motcua.dossiers.operations.owner import rate, request_withdrawal, supplement
from motcua.dossiers.operations.papers import (
    attach,
    attach_result,
    check_paper,
    date_paper,
    detach,
    keep_as_it_is,
    reuse,
)
from motcua.dossiers.operations.paying import ask_payment, note_payment
from motcua.dossiers.operations.steps import lacks
from motcua.dossiers.operations.uploading import append, begin_upload, drop_upload, finish_upload, join_photos

__all__ = [
    "Incomplete",
    "accept",
    "accept_amount",
    "append",
    "appraise",
    "approve",
    "ask_payment",
    "ask_supplement",
    "assign",
    "attach",
    "attach_result",
    "begin_upload",
    "check_paper",
    "choose_delivery",
    "date_paper",
    "decline_withdrawal",
    "detach",
    "discard_draft",
    "drop_upload",
    "expected_number",
    "finish_upload",
    "give_opinion",
    "join_photos",
    "keep_as_it_is",
    "keeps_books",
    "lacks",
    "note_payment",
    "note_reading",
    "note_refund",
    "rate",
    "refuse",
    "renew_draft",
    "request_withdrawal",
    "return_result",
    "reuse",
    "save_answers",
    "save_parties",
    "send_back",
    "stamp",
    "start_draft",
    "stop",
    "submit",
    "supplement",
    "void_payment",
    "whom_to_assign",
    "withdraw",
]

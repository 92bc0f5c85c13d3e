"""The dossier and what belongs to it, one module a noun."""

from motcua.dossiers.models.documents import Document, Upload, UploadQuerySet
from motcua.dossiers.models.dossier import Dossier, DossierQuerySet
from motcua.dossiers.models.figures import UnitFigures
from motcua.dossiers.models.notices import (
    NoticeDraft,
    Objection,
    Override,
    ReturnReason,
    StandardReason,
    SupplementRequest,
    Verdict,
)
from motcua.dossiers.models.readings import Reading
from motcua.dossiers.models.results import Rating, Result
from motcua.dossiers.models.tasks import Consultation, ConsultationQuerySet, Task, TaskQuerySet

__all__ = [
    "Consultation",
    "ConsultationQuerySet",
    "Document",
    "Dossier",
    "DossierQuerySet",
    "NoticeDraft",
    "Objection",
    "Override",
    "Rating",
    "Reading",
    "Result",
    "ReturnReason",
    "StandardReason",
    "SupplementRequest",
    "Task",
    "TaskQuerySet",
    "UnitFigures",
    "Upload",
    "UploadQuerySet",
    "Verdict",
]

PERSONAL_FIELDS: dict[str, set[str]] = {
    "Dossier": {
        "submitter",
        "owner",
        "owner_name",
        "answers",
        "delivery_address",
        "search",
        "withdrawal_reason",
        "returned_to",
    },
    "Document": {"file", "name", "origin"},
    "Upload": {"name"},
    "Result": {"content"},
    "Rating": {"comment"},
    "Reading": {"actor_id", "actor_name"},
    "SupplementRequest": {"note"},
    "Verdict": {"reason", "decided_by", "decided_by_name"},
    "Override": {"reason", "words", "asked_by", "asked_by_name", "decided_by", "decided_by_name"},
    "NoticeDraft": {"items", "note", "drafted_by", "drafted_by_name", "closed_by_name", "returned_because"},
    "Objection": {"text", "answer", "answered_by_name"},
    "Consultation": {"text", "answered_by"},
}

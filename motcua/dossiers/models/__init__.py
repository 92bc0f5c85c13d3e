"""The dossier and what belongs to it, one module a noun."""

from motcua.dossiers.models.documents import Document, Upload, UploadQuerySet
from motcua.dossiers.models.dossier import Dossier, DossierQuerySet
from motcua.dossiers.models.notices import ReturnReason, SupplementRequest
from motcua.dossiers.models.readings import Reading
from motcua.dossiers.models.results import Rating, Result
from motcua.dossiers.models.tasks import Consultation, ConsultationQuerySet, Task, TaskQuerySet

__all__ = [
    "Consultation",
    "ConsultationQuerySet",
    "Document",
    "Dossier",
    "DossierQuerySet",
    "Rating",
    "Reading",
    "Result",
    "ReturnReason",
    "SupplementRequest",
    "Task",
    "TaskQuerySet",
    "Upload",
    "UploadQuerySet",
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
    "Consultation": {"text", "answered_by"},
}

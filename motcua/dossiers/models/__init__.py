"""The dossier and what belongs to it, one module a noun."""

from motcua.dossiers.models.brought import BroughtPaper, CounterEntry, UncollectedResult
from motcua.dossiers.models.bulk import BulkItem, BulkRun
from motcua.dossiers.models.documents import Document, Upload, UploadQuerySet
from motcua.dossiers.models.dossier import Dossier, DossierQuerySet
from motcua.dossiers.models.extensions import EndProposal, EndProposalQuerySet, Extension, ExtensionQuerySet
from motcua.dossiers.models.figures import UnitFigures
from motcua.dossiers.models.handover import Handover, HandoverLine, HandoverQuerySet
from motcua.dossiers.models.notes import DossierLink, Mention, MentionQuerySet, Note, NoteQuerySet, Presence
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
from motcua.dossiers.models.team import AssignmentRule, Phrase, PhraseQuerySet, RuleMember
from motcua.dossiers.models.views import SavedView, SavedViewQuerySet, Seen, StartView

__all__ = [
    "AssignmentRule",
    "BroughtPaper",
    "BulkItem",
    "BulkRun",
    "Consultation",
    "ConsultationQuerySet",
    "CounterEntry",
    "Document",
    "Dossier",
    "DossierLink",
    "DossierQuerySet",
    "EndProposal",
    "EndProposalQuerySet",
    "Extension",
    "ExtensionQuerySet",
    "Handover",
    "HandoverLine",
    "HandoverQuerySet",
    "Mention",
    "MentionQuerySet",
    "Note",
    "NoteQuerySet",
    "NoticeDraft",
    "Objection",
    "Override",
    "Phrase",
    "PhraseQuerySet",
    "Presence",
    "Rating",
    "Reading",
    "Result",
    "ReturnReason",
    "RuleMember",
    "SavedView",
    "SavedViewQuerySet",
    "Seen",
    "StandardReason",
    "StartView",
    "SupplementRequest",
    "Task",
    "TaskQuerySet",
    "UncollectedResult",
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
    "Document": {"file", "name", "origin", "signatures"},
    "Upload": {"name"},
    "Result": {"content", "reason", "advice", "owner_name", "words", "drafted_by", "approved_by"},
    "Task": {"assignee", "completed_by", "note"},
    "Extension": {"reason", "drafted_by", "signed_by", "discarded_by"},
    "EndProposal": {"reason", "proposed_by"},
    "Rating": {"comment"},
    "Note": {"text"},
    "DossierLink": {"note", "linked_by"},
    "CounterEntry": {"sender", "tracking"},
    "BroughtPaper": {"noted_by"},
    "UncollectedResult": {"kept_by"},
    "Reading": {"actor_id", "actor_name"},
    "SupplementRequest": {"items", "note", "requested_by"},
    "Verdict": {"reason", "decided_by", "decided_by_name"},
    "Override": {"reason", "words", "asked_by", "asked_by_name", "decided_by", "decided_by_name"},
    "NoticeDraft": {"items", "note", "drafted_by", "drafted_by_name", "closed_by_name", "returned_because"},
    "Objection": {"text", "answer", "answered_by_name"},
    "Consultation": {"question", "text", "answered_by", "taken_back_by"},
    "Handover": {"given_by", "taken_by", "note"},
    "HandoverLine": {"note"},
    "BulkRun": {"options", "file"},
    "BulkItem": {"message"},
    "Mention": {"user"},
    "Presence": {"user"},
    "Seen": {"user"},
    "Phrase": {"text"},
    "SavedView": {"words"},
}

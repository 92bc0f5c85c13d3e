"""A dossier as it stood after any of its events, and whether its story is whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from motcua.accounts.http import Request
from motcua.desk.access import frame, officer, units_of
from motcua.desk.page import find
from motcua.dossiers import operations
from motcua.dossiers.models import Document, Dossier, SupplementRequest, Task
from motcua.dossiers.proof import as_of, contradictions
from motcua.dossiers.states import State
from motcua.dossiers.story import story
from motcua.foundation.chain import broken_links_of
from motcua.foundation.models import Event
from motcua.foundation.time import now
from motcua.papers.models import Paper
from motcua.ui.tones import DOSSIER_TONES, timeline


@dataclass(frozen=True, slots=True)
class Past:
    """How everything stood after the event `event`, the `position`-th of `length`."""

    dossier: Dossier
    told: list[Event]
    position: int
    length: int

    @property
    def event(self) -> Event:
        return self.told[-1]

    @property
    def at(self) -> datetime:
        return self.event.occurred_at

    @property
    def fields(self) -> dict[str, Any]:
        return as_of(self.told, self.at)

    @property
    def state_tag(self) -> tuple[str, str]:
        state = State(self.fields.get("state", State.DRAFT))
        return DOSSIER_TONES[state], str(state.label)

    @property
    def done(self) -> list[Task]:
        return list(self.dossier.tasks.filter(completed_at__lte=self.at).select_related("agency"))

    @property
    def open(self) -> list[Task]:
        """The steps that waited then."""
        waited = Q(completed_at=None) | Q(completed_at__gt=self.at)
        return list(self.dossier.tasks.filter(waited, started_at__lte=self.at).select_related("agency"))

    @property
    def supplement(self) -> SupplementRequest | None:
        waited = Q(closed_at=None) | Q(closed_at__gt=self.at)
        return self.dossier.supplements.filter(waited, requested_at__lte=self.at).first()

    @property
    def documents(self) -> list[Document]:
        return list(self.dossier.documents.filter(added_at__lte=self.at).select_related("file"))

    @property
    def papers(self) -> list[Paper]:
        return list(Paper.objects.about(self.dossier.subject).filter(issued_at__lte=self.at).defer("data"))

    @property
    def timeline(self) -> list[dict[str, Any]]:
        return timeline(story(self.told, for_officer=True))


@officer
@require_GET
def past(request: Request, code: str) -> HttpResponse:
    """The dossier as it stood after one of its events, the newest when none is named. Raises Http404."""
    dossier = find(request, code)
    events = list(Event.objects.about(dossier.subject))
    moments = [(n, one, entry.what) for n, one in enumerate(events, 1) for entry in story([one], for_officer=True)]
    asked = request.GET.get("su-kien", "")
    named = [at for at, (_n, one, _what) in enumerate(moments) if asked in ("", str(one.pk))]
    chosen = named[-1] if named else None
    if chosen is None:
        raise Http404
    position = moments[chosen][0]
    operations.note_reading(dossier=dossier, purpose="view_history", actor=request.actor, at=now())
    context = {
        "past": Past(dossier, events[:position], position, len(events)),
        "dossier": dossier,
        "before": moments[chosen - 1][1] if chosen else None,
        "after": moments[chosen + 1][1] if chosen + 1 < len(moments) else None,
        "moments": [(one.pk, one.occurred_at, what) for _n, one, what in moments],
        "is_whole": not broken_links_of(dossier.subject) and not any(contradictions([dossier])),
        "title": _("Hồ sơ %(code)s tại một thời điểm") % {"code": dossier.code},
    }
    return render(request, "desk/past.html", context | frame(units_of(request), "inbox"))

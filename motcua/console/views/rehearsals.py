"""What a draft would change for dossiers, before anybody decides."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.console import jobs
from motcua.console.views.procedures import draft_of, find
from motcua.dossiers import rehearsal as rehearsing
from motcua.foundation.time import now
from motcua.procedures import operations


@require_http_methods(["GET", "POST"])
def rehearsal(request: Request, number: str) -> HttpResponse:
    found = find(number)
    draft = draft_of(found)
    if draft is None:
        raise Http404
    if request.method == "POST":
        if operations.check_draft(draft).definition is None:
            messages.error(request, _("Bản soạn còn lỗi nên chưa chạy thử được. Vui lòng sửa hết lỗi trước."))
        else:
            jobs.begin(draft, request.actor, now())
        return redirect("console:procedure_rehearsal", number=number)
    kept = draft.rehearsals.order_by("-asked_at").first()
    report = rehearsing.Rehearsal.from_json(kept.report) if kept and kept.report else None
    shown = {
        "procedure": found,
        "draft": draft,
        "rehearsal": kept,
        "report": report,
        "is_old": kept is not None and kept.revision != draft.revision,
    }
    return render(request, "console/procedure_rehearsal.html", shown)

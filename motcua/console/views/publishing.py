"""From draft to version: proposed by one person, approved by another, applied on its day, taken back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.console import forms
from motcua.console.editor import check, controls
from motcua.console.editor import views as editor
from motcua.console.views.procedures import definition_of, draft_of, find
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.procedures import operations
from motcua.procedures.differences import differences, grouped
from motcua.procedures.models import Procedure, ProcedureDraft, ProcedureVersion, Publication


@require_POST
def start(request: Request, number: str) -> HttpResponse:
    """Open the draft, or begin one, and go on to the editor."""
    operations.start_draft(procedure=find(number), actor=request.actor, at=now())
    return redirect("console:editor_first", number=number)


@require_http_methods(["GET", "POST"])
def discard(request: Request, number: str) -> HttpResponse:
    found, draft = _drafted(number)
    form = forms.Revision(request.POST or None, initial={"revision": draft.revision})
    if request.method == "POST" and form.is_valid():
        given = {"draft": draft, "revision": form.cleaned_data["revision"]}
        if _done(request, form, operations.discard_draft, given):
            messages.success(request, _("Đã hủy bản soạn của thủ tục %(number)s.") % {"number": number})
            is_there = Procedure.objects.filter(number=number).exists()
            return redirect("console:procedure", number=number) if is_there else redirect("console:procedures")
    return _page(request, "discard", found, draft, form)


@require_POST
def move_base(request: Request, number: str) -> HttpResponse:
    found, draft = _drafted(number)
    form = forms.Revision(request.POST)
    given = {"draft": draft, "revision": form.cleaned_data["revision"]} if form.is_valid() else {}
    if given and _done(request, form, operations.move_base, given):
        messages.success(request, _("Đã ghi nhận: bản soạn được đối chiếu với phiên bản mới nhất."))
    for refusal in form.non_field_errors():
        messages.error(request, str(refusal))
    return redirect("console:procedure", number=found.number)


@require_http_methods(["GET", "POST"])
def propose(request: Request, number: str) -> HttpResponse:
    found, draft = _drafted(number)
    today = now().astimezone(HANOI).date()
    form = forms.Proposal(request.POST or None, initial={"publish_on": today, "revision": draft.revision})
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and _done(request, form, operations.propose, {"draft": draft, **form.cleaned_data}):
        messages.success(request, _("Đã gửi đề nghị. Cán bộ khác sẽ duyệt trước khi công bố."))
        return redirect("console:procedure", number=number)
    return _page(request, "propose", found, draft, form)


@require_POST
def withdraw(request: Request, number: str) -> HttpResponse:
    _found, draft = _drafted(number)
    try:
        operations.withdraw_proposal(draft=draft, actor=request.actor, at=now())
        messages.success(request, _("Đã rút đề nghị. Ông/Bà có thể sửa tiếp bản soạn."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("console:procedure", number=number)


@require_http_methods(["GET", "POST"])
def review(request: Request, number: str) -> HttpResponse:
    """What the second person reads, and decides."""
    found, draft = _drafted(number)
    if not draft.is_proposed:
        messages.error(request, _("Bản soạn không còn chờ duyệt."))
        return redirect("console:procedure", number=number)
    form = forms.Decision(request.POST or None, initial={"revision": draft.revision})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["decision"] == "reject":
            given = {"draft": draft, "reason": form.cleaned_data["reason"]}
            if _done(request, form, operations.reject, given):
                messages.success(request, _("Đã trả bản soạn lại cho người soạn."))
                return redirect("console:procedure", number=number)
        else:
            given = {"draft": draft, "revision": form.cleaned_data["revision"]}
            if publication := _done(request, form, operations.approve, given):
                messages.success(request, _approved(publication))
                return redirect("console:procedure", number=number)
    is_own = request.actor.id in (draft.proposed_by, draft.edited_by)
    return _page(request, "review", found, draft, form, is_own=is_own)


def _approved(publication: Publication) -> str:
    words = {"version": publication.version.version, "day": f"{publication.takes_effect_on:%d/%m/%Y}"}
    if publication.state == "applied":
        return _("Đã duyệt và công bố phiên bản %(version)d.") % words
    return _("Đã duyệt. Phiên bản %(version)d sẽ được áp dụng từ ngày %(day)s.") % words


@require_http_methods(["GET", "POST"])
def roll_back(request: Request, number: str, version: int) -> HttpResponse:
    found = find(number)
    one = get_object_or_404(ProcedureVersion, procedure=found, version=version)
    form = forms.Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"procedure": found, "version": one, "reason": form.cleaned_data["reason"]}
        if _done(request, form, operations.propose_rollback, given):
            messages.success(request, _("Đã gửi đề nghị khôi phục. Cán bộ khác sẽ duyệt."))
            return redirect("console:procedure", number=number)
    shown = {"procedure": found, "version": one, "form": form, "groups": _groups(found.current, one)}
    return render(request, "console/procedure_rollback.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def publication(request: Request, number: str, pk: int) -> HttpResponse:
    """One publication that waits: a rollback to approve, or anything to cancel."""
    found = find(number)
    one = get_object_or_404(found.publications.select_related("version", "procedure"), pk=pk)
    form = forms.PublicationAct(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["decision"] == "approve":
            done = _done(request, form, operations.approve_rollback, {"publication": one})
            said = _("Đã khôi phục phiên bản %(version)d.")
        else:
            given = {"publication": one, "reason": form.cleaned_data["reason"]}
            done = _done(request, form, operations.cancel_publication, given)
            said = _("Đã hủy việc áp dụng phiên bản %(version)d.")
        if done:
            messages.success(request, said % {"version": one.version.version})
            return redirect("console:procedure", number=number)
    shown = {
        "procedure": found,
        "publication": one,
        "form": form,
        "groups": _groups(found.current, one.version),
        "is_own": request.actor.id == one.proposed_by,
    }
    return render(request, "console/procedure_publication.html", shown, status=422 if form.errors else 200)


def _drafted(number: str) -> tuple[Procedure, ProcedureDraft]:
    found = find(number)
    draft = draft_of(found)
    if draft is None:
        raise Http404
    return found, draft


def _done(request: Request, form: Any, operation: Callable[..., Any], given: dict[str, Any]) -> Any:
    """What the operation gave, or True; None when it refused, and the form says why."""
    try:
        return operation(**given, actor=request.actor, at=now()) or True
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


def _groups(old: Any, new: Any) -> list[Any]:
    """The differences by heading; none when there is nothing to compare with."""
    before, after = definition_of(old), definition_of(new)
    return grouped(differences(before, after)) if before and after else []


def _page(
    request: Request, name: str, found: Procedure, draft: ProcedureDraft, form: Any, **more: Any
) -> HttpResponse:
    decides = name in ("propose", "review")
    base = found.current if draft.base_id == found.current_id else draft.base
    rehearsal = draft.rehearsals.filter(revision=draft.revision).first() if decides else None
    shown = {
        "procedure": found,
        "draft": draft,
        "form": form,
        "mistakes": _mistakes(draft) if decides else [],
        "groups": _groups(base, draft) if name != "discard" else [],
        "base": base,
        "rehearsal": rehearsal,
        **more,
    }
    return render(request, f"console/procedure_{name}.html", shown, status=422 if form.errors else 200)


def _mistakes(draft: ProcedureDraft) -> list[tuple[str, str, str]]:
    """Every mistake of a draft: where it is, what it is, the address where it is mended."""
    return [
        (controls.where(draft.content, path), message, editor.place_address(draft.number, path))
        for path, told in check.problems(draft).items()
        for message in told
    ]

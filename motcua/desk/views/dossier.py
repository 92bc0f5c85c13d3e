"""One dossier: to read, and to do what this officer may do to it now."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from motcua.accounts.http import Request
from motcua.desk import acting, forms, inbox
from motcua.desk.access import frame, officer, units_of
from motcua.desk.page import SHOWN, DossierPage, find
from motcua.desk.views import notes
from motcua.dossiers import operations
from motcua.dossiers.acts import Act, in_capacity
from motcua.dossiers.operations.notes import note_presence
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import now
from motcua.papers.signers import Wrong


@officer
@require_GET
def dossier(request: Request, code: str) -> HttpResponse:
    """The dossier, with the form of what this officer most likely came for."""
    page = DossierPage(find(request, code), request.actor, now())
    done = acting.BY_SLUG.get(request.GET.get("xong", ""))
    return _shown(request, page, page.main, done=done)


@sensitive_post_parameters("pin")
@officer
@require_http_methods(["GET", "POST"])
def act(request: Request, code: str, slug: str) -> HttpResponse:
    """The form of one act; what is sent is done at once, or comes back with what was typed and why not."""
    kind = acting.BY_SLUG.get(slug)
    if kind is None:
        raise Http404
    page = DossierPage(find(request, code), request.actor, now())
    if request.method == "GET":
        chosen = page.act(kind.name, request.GET.get("ket-qua", ""))
        if chosen is None:
            messages.warning(request, _("Thao tác này không còn thực hiện được với hồ sơ."))
            return redirect("desk:dossier", code=code)
        return _shown(request, page, chosen)
    form = kind.form(request.POST, page=page)
    form.files = request.FILES
    if form.keep(page.actor, page.at):
        page = DossierPage(find(request, code), request.actor, now())
        return _shown(request, page, page.act(kind.name), form=form)
    refusal: Refusal | None = None
    if form.is_valid():
        doing = acting.Doing(page.dossier, page.open_tasks, form.cleaned_data, _capacity(page, kind, form), page.at)
        try:
            changed = kind.do(doing)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, kind.done(changed))
            return redirect(f"{reverse('desk:dossier', args=[code])}?xong={slug}")
    return _refused(request, code, kind, form, refusal)


def _capacity(page: DossierPage, kind: acting.Page, form: forms.Act) -> Actor:
    """The officer under the name in which he does this: an absent one's deputy is named with both names."""
    act = page.act(kind.name, form.cleaned_data.get("outcome", ""))
    task, consultation = (act.task, act.consultation) if act else (None, None)
    return in_capacity(page.actor, page.dossier, kind.name, task, consultation)


def _refused(
    request: Request, code: str, kind: acting.Page, form: forms.Act, refusal: Refusal | None
) -> HttpResponse:
    """The page as the dossier is now, with the refusal and everything that was typed."""
    page = DossierPage(find(request, code), request.actor, now())
    if isinstance(refusal, WrongState | NotAllowed):
        status = 409 if isinstance(refusal, WrongState) else 403
        return _shown(request, page, page.main, refusal=refusal, lost=form.typed, status=status)
    if refusal is not None:
        about = "pin" if isinstance(refusal, Wrong) else "code" if isinstance(refusal, operations.WrongCode) else ""
        form.add_error(about if about in form.fields else None, str(refusal))
    chosen = page.act(kind.name, form.data.get("outcome", ""))
    return _shown(
        request, page, chosen, form=form, refusal=refusal, lost=[] if chosen else form.typed, status=422
    )


def _shown(
    request: Request,
    page: DossierPage,
    chosen: Act | None,
    *,
    form: forms.Act | None = None,
    done: acting.Page | None = None,
    refusal: Refusal | None = None,
    lost: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    with transaction.atomic():  # the disk is waited for once
        operations.note_reading(dossier=page.dossier, purpose="view_dossier", actor=page.actor, at=page.at)
        operations.note_seen(dossier=page.dossier, actor=page.actor, at=page.at)
        note_presence(dossier=page.dossier, actor=page.actor, at=page.at)
    kind = acting.BY_NAME[chosen.name] if chosen else None
    if kind and form is None:
        form = kind.form(page=page)
    sending, others = page.buttons(chosen)
    if chosen != page.main:  # a form that was asked for: nothing beside it but the way back
        others = []
    preview_name, preview_address = page.preview(chosen)
    context = {
        "beside": notes.beside(page.dossier, page.actor, page.at, has_kin=page.has_kin),
        "page": page,
        "dossier": page.dossier,
        "chosen": chosen,
        "kind": kind,
        "form": form if chosen else None,
        "mistakes": form.mistakes if form and chosen else {},
        "refusal": str(refusal) if refusal and (not chosen or status in (403, 409)) else "",
        "lost": lost or [],
        "sending": sending,
        "others": others,
        "shown_types": SHOWN,
        "preview_name": preview_name,
        "preview_address": preview_address,
        "done": done,
        "next_dossier": inbox.next_of(page.actor, page.at, page.dossier) if done or not chosen else None,
    }
    return render(request, "desk/dossier.html", context | frame(units_of(request), "inbox"), status=status)

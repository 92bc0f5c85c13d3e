"""Choose many, say what, and see what became of each."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.agencies.models import Agency, Officer
from motcua.desk import inbox
from motcua.desk.access import frame, officer, units_of
from motcua.desk.bulk import forms
from motcua.desk.people import people_rows
from motcua.dossiers.models import BulkItem, BulkRun, Handover, Phrase, Task
from motcua.dossiers.operations import bulk, hands_over_for
from motcua.dossiers.operations.bulk import MOST, PRINTABLE, VERBS, Candidate, Verb
from motcua.dossiers.operations.drawing import TABLE, Drawn
from motcua.dossiers.operations.handing_over import units_of as units_of_dossier
from motcua.foundation.errors import Refusal
from motcua.foundation.time import now
from motcua.ui.paging import page

_WORDS = {  # what the buttons of the inbox say
    "tiep-nhan": "accept",
    "phan-cong": "assign",
    "chuyen": "forward",
    "tra-lai": "send_back",
    "ban-giao": "hand_over",
    "in": "print",
}
SHOWN = 100  # failed dossiers on the page of a run


@officer
@require_http_methods(["GET", "POST"])
def runs(request: Request) -> HttpResponse:
    """What this officer has ordered; posting chosen dossiers asks what is to be done with them."""
    if request.method == "POST":
        return _prepare(request)
    mine = BulkRun.objects.filter(user_id=request.user.pk).annotate(total=Count("items"))
    listed = page(mine, request, by="-")
    rows = [{"run": run, "verb": _verb(run).label} for run in listed.rows]
    return render(request, "desk/bulk/runs.html", {"page": listed, "rows": rows} | frame(units_of(request), "bulk"))


@officer
@require_POST
def order(request: Request) -> HttpResponse:
    """Order what the form says; the second press of the same button leads to the same run."""
    verb, codes = _asked(request)
    form = forms.OF_VERB[verb.name](request.POST)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    if form.is_valid():
        try:
            run = bulk.order(
                key=key, verb=verb.name, codes=codes, options=form.cleaned_data, actor=request.actor, at=now()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("desk:bulk_run", public_id=run.public_id)
    return _prepare(request, form, key)


@officer
@require_GET
def run(request: Request, public_id: uuid.UUID) -> HttpResponse:
    """How far a run is; the page asks again by itself until it has ended."""
    found = _mine(request, public_id)
    counted = dict.fromkeys(BulkItem.State.values, 0)
    counted |= dict(found.items.values_list("state").annotate(total=Count("pk")).order_by())
    failed = found.items.filter(state=BulkItem.State.FAILED).select_related("dossier")
    failed = failed.defer("dossier__answers", "dossier__search")
    total = sum(counted.values())
    context = {
        "run": found,
        "verb": _verb(found),
        "is_table": found.verb == TABLE.name,
        "counted": counted,
        "total": total,
        "tried": total - counted["waiting"],
        "failed": list(failed[:SHOWN]),
        "failed_codes": list(failed.values_list("dossier__code", flat=True)),
        "to_print": list(
            found.items.filter(state=BulkItem.State.DONE).order_by("pk").values_list("dossier__code", flat=True)
            if found.verb == "accept" and found.finished_at
            else ()
        ),
        "handover": Handover.objects.filter(pk=found.options.get("handover") or 0).first(),
        "refused": found.options.get("refused", ""),
    }
    return render(request, "desk/bulk/run.html", context | frame(units_of(request), "bulk"))


@officer
@require_GET
def merged(request: Request, public_id: uuid.UUID) -> FileResponse:
    """The papers of a run in one file; only who ordered it gets it."""
    found = _mine(request, public_id)
    if found.file is None:
        raise Http404
    response = FileResponse(found.file.open(), filename=found.file.name, content_type=found.file.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _verb(run: BulkRun) -> Verb | Drawn:
    return TABLE if run.verb == TABLE.name else VERBS[run.verb]


def _mine(request: Request, public_id: uuid.UUID) -> BulkRun:
    return get_object_or_404(
        BulkRun.objects.select_related("file"), public_id=public_id, user_id=request.actor.user_id
    )


def _asked(request: Request) -> tuple[Verb, list[str]]:
    """The act and the codes of the chosen dossiers.

    With `tat-ca` all that wait for this officer himself; with `ca-danh-sach` the whole list that `loc` asks for.
    """
    wanted = request.POST.get("viec", "")
    verb = VERBS.get(_WORDS.get(wanted, wanted))
    if verb is None:
        raise Http404
    codes = [code.strip().upper() for code in request.POST.getlist("ho-so")]
    if request.POST.get("tat-ca"):
        mine = Task.objects.open().filter(assignee_id=request.actor.user_id).order_by("due_at", "id")
        codes = [code or "" for code in mine.values_list("dossier__code", flat=True)[:MOST]]
    elif request.POST.get("ca-danh-sach"):
        filters = inbox.Filters.read(QueryDict(request.POST.get("loc", "")[:2000].removeprefix("?")))
        codes = inbox.codes(request.actor, filters, now(), MOST + 1)
    return verb, [code for code in dict.fromkeys(codes) if code]


def _prepare(request: Request, form: forms.Nothing | None = None, key: uuid.UUID | None = None) -> HttpResponse:
    verb, codes = _asked(request)
    if not codes:
        messages.warning(request, _("Vui lòng chọn ít nhất một hồ sơ."))
        content = request.POST.get("content")  # the page that makes slips says it
        return redirect(f"{reverse('desk:handover_gather')}?content={content}" if content in Handover.Content.values else "desk:inbox")
    chosen = bulk.candidates(verb, codes, request.actor)
    fitting = [one for one in chosen if not one.why_not]
    if form is None:
        form = forms.OF_VERB[verb.name](initial=_initial(request, verb, fitting))
    context: dict[str, Any] = {
        "verb": verb,
        "form": form,
        "mistakes": form.mistakes,
        "key": key or uuid.uuid4(),
        "fitting": fitting,
        "others": [one for one in chosen if one.why_not],
        "unknown": len(codes[:MOST]) - len(chosen),
        "too_many": max(len(codes) - MOST, 0),
        "most": MOST,
        "phrases": list(Phrase.objects.usable_by(request.actor)),
    }
    if verb.name in ("assign", "forward"):
        context["people"] = _people(verb, fitting, request, now())
    if verb.name == "hand_over":
        context |= _units(request, fitting)
    if verb.name == "print":
        context["papers"] = [(name, str(label)) for name, label in PRINTABLE.items()]
    status = 422 if form.mistakes else 200
    return render(request, "desk/bulk/prepare.html", context | frame(units_of(request), "bulk"), status=status)


def _initial(request: Request, verb: Verb, fitting: Sequence[Candidate]) -> dict[str, Any]:
    """What the form begins with: from whoever sent the officer here, or the likeliest."""
    initial: dict[str, Any] = {name: request.POST[name] for name in ("giver", "taker", "content", "note") if request.POST.get(name)}
    if verb.name == "print":
        initial["papers"] = ["acceptance_slip"]
    if verb.name == "hand_over" and fitting and "giver" not in initial:
        first = fitting[0].dossier
        mine = [unit for unit in (first.reception_id, first.agency_id) if hands_over_for(unit, request.actor)]
        if mine:
            initial["giver"] = str(mine[0])
            initial["taker"] = str(first.agency_id if mine[0] == first.reception_id else first.reception_id)
        settled = all(one.dossier.settled_at for one in fitting)
        initial["content"] = Handover.Content.RESULTS if settled else Handover.Content.PAPERS
    return initial


def _people(verb: Verb, fitting: Collection[Candidate], request: Request, at: datetime) -> list[dict[str, str]]:
    """Those who can get the chosen dossiers, each with what is on the table already."""
    found: dict[int, Officer] = {}
    for place in sorted(bulk.places_of(verb, fitting)):
        found |= {one.user_id: one for one in Officer.objects.working_as(*place)}
    if verb.name == "forward":
        found.pop(request.actor.user_id or 0, None)
    return people_rows(list(found.values()), at)


def _units(request: Request, fitting: Collection[Candidate]) -> dict[str, list[tuple[str, str]]]:
    """The units that can give, and those that can take, what belongs to the chosen dossiers."""
    keys: set[int] = set().union(*(units_of_dossier(one.dossier) for one in fitting)) if fitting else set()
    units = list(Agency.objects.filter(pk__in=keys))
    return {
        "givers": [(str(one.pk), one.label) for one in units if hands_over_for(one.pk, request.actor)],
        "takers": [(str(one.pk), one.label) for one in units],
    }


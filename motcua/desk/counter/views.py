"""The counter's pages: choose a procedure, enter the dossier on one page, accept it, hand over the slips of the visit."""

from typing import IO, Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.agencies.models import Agency, Role
from motcua.desk.access import frame, officer, units_of
from motcua.desk.counter import entry as entries
from motcua.desk.counter.entry import Entry, Problems
from motcua.desk.counter.lists import tabs
from motcua.desk.views.papers import _file
from motcua.dossiers import operations
from motcua.dossiers.models import CounterEntry, Document, Dossier
from motcua.dossiers.states import State
from motcua.dossiers.uploads import ACCEPT
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.shown import moment
from motcua.foundation.time import HANOI, now
from motcua.papers.models import Paper
from motcua.payments.models import Charge
from motcua.payments.states import ChargeState
from motcua.procedures import search
from motcua.procedures.definition import Definition
from motcua.procedures.models import Procedure, ProcedureVersion
from motcua.ui import form_tables

_HITS = 12
_OFTEN = 8
_DRAFTS = 30
_TURNED_AWAY = {"supplement": "yeu-cau-bo-sung", "refuse": "tu-choi"}


# Choosing a procedure -----------------------------------------------------------------------------------------


@officer
@require_GET
def home(request: Request) -> HttpResponse:
    """Search the catalogue for what somebody came for; below, what this counter has begun."""
    counters = _counters(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:300]
    beside = _beside(request, request.GET.get("cung", ""))
    drafts = Dossier.objects.drafts_of_counter(request.actor).order_by("-saved_at")
    context = {
        "text": text,
        "choices": _choices(text, counters) if counters else [],
        "beside": beside,
        "receives": bool(counters),
        "drafts": list(drafts.select_related("procedure_version__procedure", "received_by", "entry").defer("answers", "procedure_version__content")[:_DRAFTS]),
        "today": _entered_today(request),
        "tabs": tabs("counter"),
    }
    return render(request, "desk/counter/home.html", context | frame(units_of(request), "counter"))


def _counters(request: Request) -> set[int]:
    return {unit for unit, role in request.actor.roles if role == Role.RECEIVER}


def _choices(text: str, counters: set[int]) -> list[dict[str, Any]]:
    """The procedures that fit, or those that are filed most often; each with the agencies that settle it here."""
    if text:
        hits = search.search(text, kind="filed_here", limit=_HITS).hits
        order = {hit.procedure_id: place for place, hit in enumerate(hits)}
        found = list(Procedure.objects.published().filter(pk__in=order).select_related("current__procedure").defer("current__content"))
        found.sort(key=lambda one: order[one.pk])
    else:
        found = list(
            Procedure.objects.filed_here().filter(current__isnull=False).select_related("current").defer("current__content").order_by("-times_filed", "name_key")[:_OFTEN]
        )
    definitions = [(one, one.current.definition) for one in found if one.current]
    codes = {code for _one, definition in definitions for code in _codes(definition)}
    agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}
    return [
        {
            "procedure": one,
            "agencies": [agencies[code] for code in definition.record.agencies.implementing if code in agencies],
            "reception": reception,
            "here": reception is not None and reception.pk in counters,
        }
        for one, definition in definitions
        for reception in [_reception(definition, agencies)]
    ]


def _codes(definition: Definition) -> list[str]:
    said = definition.record.agencies
    return [*said.implementing, said.reception]


def _reception(definition: Definition, agencies: dict[str, Agency]) -> Agency | None:
    said = definition.record.agencies
    return agencies.get(said.reception) or next((agencies[code] for code in said.implementing if code in agencies), None)


def _entered_today(request: Request) -> list[Dossier]:
    """What this receiver has entered since midnight, the newest first."""
    midnight = now().astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Dossier.objects.visible_to(request.actor).filter(received_by_id=request.actor.user_id, submitted_at__gte=midnight)
    return list(mine.for_list().select_related("entry", "procedure_version__procedure").order_by("-submitted_at")[:10])


def _beside(request: Request, public_id: str) -> Dossier | None:
    """The dossier of a visit to which another one is added."""
    try:
        key = UUID(public_id)
    except ValueError:
        return None
    mine = Dossier.objects.visible_to(request.actor) | Dossier.objects.drafts_of_counter(request.actor)
    return mine.filter(public_id=key, received_by__isnull=False, reception_id__in=_counters(request)).select_related("entry").first()


@officer
@require_POST
def begin(request: Request, number: str) -> HttpResponse:
    """A new draft of the counter, alone or beside another one of the same visit."""
    procedure = get_object_or_404(Procedure.objects.published().select_related("current").defer("current__content"), number=number)
    version = cast(ProcedureVersion, procedure.current)
    definition = version.definition
    if not definition.is_filed_here:
        raise Http404
    agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=_codes(definition))}
    chosen = request.POST.get("agency", "")
    codes = [code for code in definition.record.agencies.implementing if code in agencies]
    agency = agencies.get(chosen if chosen in codes else codes[0] if codes else "")
    reception = _reception(definition, agencies)
    if agency is None or reception is None:
        raise Http404
    try:
        dossier = operations.begin_entry(
            version=version,
            agency=agency,
            reception=reception,
            actor=request.actor,
            at=now(),
            beside=_beside(request, request.POST.get("cung", "")),
        )
    except NotAllowed as refusal:
        messages.warning(request, str(refusal))
        return redirect("desk:counter")
    return redirect("desk:counter_entry", dossier.public_id)


# Entering -----------------------------------------------------------------------------------------------------


def _find(request: Request, public_id: UUID) -> Entry:
    """A draft of the counters at which this officer receives. Raises Http404."""
    found = (
        Dossier.objects.drafts_of_counter(request.actor)
        .select_related("procedure_version__procedure", "agency__calendar", "reception__calendar", "entry", "received_by")
        .defer("search", "procedure_version__content", "procedure_version__procedure__search_words")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return Entry(found, request.actor, now())


@officer
@require_http_methods(["GET", "POST"])
def entry(request: Request, public_id: UUID) -> HttpResponse:
    """The whole dossier on one page; what is posted is kept whatever the button, then done."""
    filed = Dossier.objects.visible_to(request.actor).filter(public_id=public_id, received_by__isnull=False).select_related("entry").first()
    if filed is not None:  # in another tab, or with the first of two clicks
        return redirect("desk:counter_visit", filed.entry.visit)
    page = _find(request, public_id)
    if request.method == "GET":
        checked = "loi" in request.GET
        return _page(request, page, page.missing if checked else {}, checked=checked)
    action = request.POST.get("mc.action", "save")
    posted = request.POST.copy()
    told: Problems = {}
    if action.partition(":")[0] in form_tables.ROW_VERBS:
        try:
            notes, page.rows = form_tables.change_rows(page.dossier.definition.form, action, posted, request.FILES)
            for note in notes:
                messages.info(request, note)
        except Refusal as refusal:
            told[action.split(":")[1]] = str(refusal)
    try:
        told |= entries.keep(page, posted, request.FILES, all_sheets=action == "sheets")
    except WrongState:
        return redirect("desk:counter_entry", public_id)
    if action == "autosave":
        return JsonResponse({"saved": f"{page.at.astimezone(HANOI):%H:%M}", **entries.live(page)})
    lookup = posted.get("lookup", "").strip()
    if lookup and action in ("save", "find"):
        return _look_up(request, page, lookup)
    return _do(request, page, action, told)


def _do(request: Request, page: Entry, action: str, told: Problems) -> HttpResponse:
    """What the button says, with everything kept."""
    verb, _colon, rest = action.partition(":")
    if verb == "detach":
        return _detach(request, page, rest)
    if verb == "discard":
        operations.discard_draft(dossier=page.dossier, actor=request.actor)
        messages.success(request, _("Đã xóa bản nháp."))
        return redirect("desk:counter")
    if verb == "sheets":
        return redirect(f"{reverse('desk:counter_entry', args=[page.dossier.public_id])}#giay-to")
    if verb in _TURNED_AWAY and not told:
        return _turn_away(request, page, verb)
    if verb == "receive" and not told:
        return _receive(request, page)
    if verb == "check" and not told:
        return _checked(page)
    if verb == "save" and not told:
        messages.success(request, _("Đã lưu bản nháp lúc %(time)s.") % {"time": f"{page.at.astimezone(HANOI):%H:%M}"})
        return redirect("desk:counter_entry", page.dossier.public_id)
    return _page(request, page, told, status=422 if told else 200)


def _look_up(request: Request, page: Entry, lookup: str) -> HttpResponse:
    """Fill in who is known by a number from earlier dossiers."""
    party = operations.applicants_like(lookup, request.actor, page.at)
    if party is None:
        return _page(request, page, {"lookup": _("Chưa có hồ sơ nào của người này. Vui lòng nhập thông tin bên dưới.")}, lookup=lookup)
    entries.set_parties(page, party, page.dossier.owner if page.dossier.on_behalf else None)
    messages.success(request, _("Đã điền thông tin của %(name)s từ hồ sơ trước. Vui lòng đối chiếu với giấy tờ.") % {"name": party["name"]})
    return redirect(f"{reverse('desk:counter_entry', args=[page.dossier.public_id])}#nguoi-nop")


def _detach(request: Request, page: Entry, key: str) -> HttpResponse:
    document = next((one for one in page.documents if str(one.pk) == key), None)
    if document is not None:
        operations.detach(document=document, actor=request.actor, at=page.at)
    return redirect(f"{reverse('desk:counter_entry', args=[page.dossier.public_id])}#giay-to")


def _checked(page: Entry) -> HttpResponse:
    """To the page with all that lacks: by an address, so that loading it again sends nothing again."""
    return redirect(f"{reverse('desk:counter_entry', args=[page.dossier.public_id])}?loi")


def _receive(request: Request, page: Entry) -> HttpResponse:
    """Accept at once; what lacks comes back beside its input."""
    try:
        dossier = operations.receive(
            dossier=page.dossier,
            actor=request.actor,
            at=page.at,
            cash_taken="cash" in request.POST,
            client_ip=request.META.get("REMOTE_ADDR", ""),
        )
    except operations.Incomplete:
        return _checked(page)
    except Refusal as refusal:
        return _page(request, page, {"": str(refusal)}, status=422)
    if dossier.state == State.SUBMITTED:
        messages.info(request, _("Đã nhận hồ sơ %(code)s. Hồ sơ được tiếp nhận sau khi nộp phí, lệ phí.") % {"code": dossier.code})
    else:
        due = moment(dossier.due_at) if dossier.due_at else _("tính từ khi nộp đủ phí")
        messages.success(request, _("Đã tiếp nhận hồ sơ %(code)s. Hẹn trả kết quả: %(due)s.") % {"code": dossier.code, "due": due})
    return redirect("desk:counter_visit", page.dossier.entry.visit)


def _turn_away(request: Request, page: Entry, verb: str) -> HttpResponse:
    """File it as it is, papers lacking or not, and go to where a supplement is asked for, or it is refused."""
    try:
        dossier = operations.submit(dossier=page.dossier, actor=request.actor, at=page.at, papers_may_lack=True)
    except operations.Incomplete:
        return _checked(page)
    except Refusal as refusal:
        return _page(request, page, {"": str(refusal)}, status=422)
    return redirect("desk:act", dossier.code, _TURNED_AWAY[verb])


def _page(request: Request, page: Entry, problems: Problems, *, status: int = 200, checked: bool = False, lookup: str = "") -> HttpResponse:
    context = {
        "entry": page,
        "dossier": page.dossier,
        "problems": problems,
        "complete": checked and not problems,
        "saved": f"{page.dossier.saved_at.astimezone(HANOI):%H:%M}",
        "lookup": lookup,
        "accept": ACCEPT,
        "others": list(operations.of_visit(page.dossier.entry.visit).exclude(pk=page.dossier.pk).only("public_id", "code", "state")),
        **entries.shown(page, problems),
    }
    return render(request, "desk/counter/entry.html", context | frame(units_of(request), "counter"), status=status)


@officer
@require_GET
def document(request: Request, public_id: UUID, pk: int) -> FileResponse:
    """A file of a draft of the counter."""
    found = get_object_or_404(
        Document.objects.select_related("file", "dossier"), dossier__in=Dossier.objects.drafts_of_counter(request.actor), dossier__public_id=public_id, pk=pk
    )
    operations.note_reading(dossier=found.dossier, purpose="view_document", actor=request.actor, at=now())
    return _file(found.file, found.name, save="tai" in request.GET)


@officer
@require_POST
def read_rows(request: Request, public_id: UUID, table: str) -> JsonResponse:
    """What a pasted text or a chosen XLSX file has for a table, as inputs' texts. Keeps nothing."""
    one = form_tables.find_table(_find(request, public_id).dossier.definition.form, table)
    chosen = request.FILES.get("file")
    try:
        if chosen is not None:
            block = form_tables.read_file(one, cast(IO[bytes], chosen.file), chosen.size or 0)
        else:
            block = form_tables.read_text(one, request.POST.get("text", ""), request.POST.get("column", ""))
    except Refusal as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    return JsonResponse({"rows": block.rows, "notes": block.notes, "columns": block.columns})


@officer
@require_GET
def table_form(request: Request, public_id: UUID, table: str) -> HttpResponse:
    """An empty XLSX file for a table of the form, to fill in and import."""
    one = form_tables.find_table(_find(request, public_id).dossier.definition.form, table)
    response = HttpResponse(form_tables.empty_form(one), content_type=form_tables.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{table}.xlsx"'
    return response


# The visit ----------------------------------------------------------------------------------------------------


def _of_visit(request: Request, visit: UUID) -> list[Dossier]:
    """The dossiers of the visit that this officer may see, drafts of his counter among them. Raises Http404."""
    mine = Dossier.objects.visible_to(request.actor) | Dossier.objects.drafts_of_counter(request.actor)
    found = list(
        mine.filter(pk__in=operations.of_visit(visit).values("pk"))
        .select_related("procedure_version__procedure", "agency", "reception", "entry")
        .defer("answers", "search", "procedure_version__content", "procedure_version__procedure__search_words")
        .order_by("pk")
    )
    if not found:
        raise Http404
    return found


@officer
@require_GET
def visit(request: Request, visit: UUID) -> HttpResponse:
    """What one person handed in together: codes, slips to print, what is still to pay, and the way to another dossier."""
    found = _of_visit(request, visit)
    filed = [one for one in found if one.code]
    subjects = [one.subject for one in filed]
    slips = {
        paper.subject: paper
        for paper in Paper.objects.filter(subject__in=subjects, kind__in=["acceptance_slip", "supplement_request", "refusal"]).defer("data").order_by("issued_at")
    }
    charges: dict[str, list[Charge]] = {}
    for charge in Charge.objects.filter(subject__in=subjects).owed().order_by("id"):
        charges.setdefault(charge.subject, []).append(charge)
    receipts: dict[str, list[Paper]] = {}
    for paper in Paper.objects.filter(subject__in=subjects, kind="receipt").defer("data").order_by("issued_at"):
        receipts.setdefault(paper.subject, []).append(paper)
    context = {
        "visit": visit,
        "first": found[0],
        "rows": [
            {
                "dossier": one,
                "slip": slips.get(one.subject),
                "owed": charges.get(one.subject, []),
                "receipts": receipts.get(one.subject, []),
                "takes_cash": operations.keeps_books(one, request.actor),
                "accepts": one.may("accept", request.actor) and not charges.get(one.subject),
            }
            for one in found
        ],
        "filed": len(filed),
        "receives": found[0].reception_id in _counters(request),
    }
    return render(request, "desk/counter/visit.html", context | frame(units_of(request), "counter"))


@officer
@require_POST
def visit_slip(request: Request, visit: UUID) -> HttpResponse:
    """Issue the one slip for all, and show it."""
    try:
        paper = operations.issue_visit_slip(dossiers=_of_visit(request, visit), visit=visit, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("desk:counter_visit", visit)
    return redirect("desk:paper", paper.pk)


@officer
@require_http_methods(["GET", "POST"])
def cash(request: Request, charge_id: int) -> HttpResponse:
    """What is to be taken in cash, of whom; pressed once it is counted. Then the receipt to print."""
    charge = get_object_or_404(Charge, pk=charge_id)
    dossier = Dossier.objects.visible_to(request.actor).for_list().filter(code=charge.reference).first()
    if dossier is None or dossier.subject != charge.subject:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            operations.take_cash(
                dossier=dossier, charge=charge, client_ip=request.META.get("REMOTE_ADDR", ""), actor=request.actor, at=now()
            )
        except Refusal as error:
            refusal = str(error)
        else:
            messages.success(request, _("Đã thu tiền mặt của hồ sơ %(code)s, biên lai được lập.") % {"code": dossier.code})
            return redirect("desk:cash", charge.pk)
        charge.refresh_from_db()
    paid = charge.state == ChargeState.PAID
    receipts = Paper.objects.about(charge.subject).filter(kind="receipt").defer("data") if paid else Paper.objects.none()
    context = {
        "charge": charge,
        "dossier": dossier,
        "refusal": refusal,
        "paid": paid,
        "receipt": receipts.last(),
        "takes": charge.state == ChargeState.UNPAID and operations.keeps_books(dossier, request.actor),
        "visit": CounterEntry.objects.filter(dossier=dossier).values_list("visit", flat=True).first(),
    }
    status = 409 if refusal else 200
    return render(request, "desk/counter/cash.html", context | frame(units_of(request), "charges"), status=status)

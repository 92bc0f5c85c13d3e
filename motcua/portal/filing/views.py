"""The pages of filing: the start, the six steps, what was submitted."""

import json
from datetime import date, datetime, timedelta
from statistics import median
from typing import IO, Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.accounts.limits import Limit
from motcua.agencies.models import Agency
from motcua.dossiers import operations, parties, prefill
from motcua.dossiers.models import Dossier
from motcua.dossiers.printing import time_limit_words
from motcua.dossiers.renewal import renewal_changes
from motcua.dossiers.states import State
from motcua.dossiers.story import whats_next
from motcua.foundation import places
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import HANOI, now
from motcua.foundation.written import Written
from motcua.papers.models import Paper
from motcua.payments.models import Charge
from motcua.portal import confirmation
from motcua.portal.filing import paper_list, stash, steps
from motcua.portal.filing.steps import SLUGS, STEPS, WORDS, Draft, Problems
from motcua.procedures import rules
from motcua.procedures.definition import Definition
from motcua.procedures.models import Procedure, ProcedureVersion
from motcua.ui import form_tables, form_template

_CONFIRMED = "confirmed"  # in the session: which drafts' codes were answered, and until when that counts
_CONFIRMED_MINUTES = 10
_WITH_UNITS = ("delivery", "fees")  # steps whose pages name the reception
_WRONG_CODES = Limit("wrong confirmation code", amount=10, seconds=600)  # by account


def _own(applicant: int, public_id: UUID) -> QuerySet[Dossier]:
    """A citizen's dossier; of its version only that by which the definition is found."""
    return (
        Dossier.objects.visible_to(Actor("citizen", str(applicant), ""))
        .filter(public_id=public_id)
        .annotate(
            version_digest=F("procedure_version__digest"),
            procedure_id=F("procedure_version__procedure_id"),
            current_version_id=F("procedure_version__procedure__current_id"),
        )
        .defer("search")
    )


_SAMPLES: dict[str, Any] = {"applicant": -9001, "public_id": UUID(int=9001)}
_OWN = Written(_own, **_SAMPLES)
_OWN_WITH_UNITS = Written(lambda **which: _own(**which).select_related("agency", "reception"), **_SAMPLES)


def draft_of(request: Request, public_id: UUID, *, units: bool = False) -> Draft:
    """The dossier that this account works on, with its agency and reception when told (one query). Raises Http404.

    Every request of filing begins here.
    """
    if request.actor.kind != "citizen":
        raise Http404
    found: Any = (_OWN_WITH_UNITS if units else _OWN).first(applicant=request.actor.user_id, public_id=public_id)
    if found is None:
        raise Http404
    dossier: Dossier = found
    known = [dossier.procedure_version_id, found.procedure_id, found.version_digest]
    dossier.procedure_version = ProcedureVersion.from_db(None, ["id", "procedure_id", "digest"], known)
    outdated = found.current_version_id != dossier.procedure_version_id
    return Draft(dossier, request.actor, now(), is_outdated=outdated)


def link(name: str, *arguments: Any) -> str:
    """The address of a page, empty where this installation has none."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def step_url(dossier: Dossier, step: str, number: int = 1) -> str:
    """The address of a step; `number` is the page of a form of several pages."""
    if number > 1:
        return reverse("portal:form_page", args=[dossier.public_id, number])
    return reverse("portal:filing_step", args=[dossier.public_id, SLUGS[step]])


# The start --------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def start(request: Request, number: str) -> HttpResponse:
    """Offer the open draft first, else begin a new one at the chosen agency."""
    procedure = get_object_or_404(
        Procedure.objects.published().select_related("current").defer("current__content"), number=number
    )
    version = procedure.current
    assert version is not None  # published
    definition = version.definition
    agencies = _agencies(definition)
    drafts = _open_drafts(request, procedure)
    filed = _filed(request, procedure)
    is_over = has_ended(definition, now().date())
    problems: Problems = {}
    if request.method == "POST" and definition.is_filed_here and not is_over:
        chosen = request.POST.get("agency", "")
        codes = [code for code in definition.record.agencies.implementing if code in agencies]
        agency = agencies.get(chosen if chosen in codes else codes[0] if len(codes) == 1 else "")
        if agency is None:
            problems["agency"] = _("Vui lòng chọn cơ quan thực hiện.")
        else:
            try:
                copied = _to_copy(filed, request.POST.get("copy", ""))
                return redirect(step_url(_begin(request, version, agency, agencies, copied), "submitter"))
            except NotAllowed as refusal:
                problems[""] = str(refusal)
    shown = _about(definition, procedure, agencies) | {
        "drafts": drafts,
        "filed": filed,
        "is_over": is_over,
        "minutes": minutes_to_fill(definition, procedure),
        "problems": problems,
        "may_file": request.actor.kind == "citizen",
    }
    return render(request, "portal/filing/start.html", shown, status=422 if problems else 200)


def _agencies(definition: Definition) -> dict[str, Agency]:
    """Who settles and who receives, by code."""
    said = definition.record.agencies
    return {
        agency.code: agency for agency in Agency.objects.filter(code__in=[*said.implementing, said.reception])
    }


def _open_drafts(request: Request, procedure: Procedure) -> list[Dossier]:
    if request.actor.kind != "citizen":
        return []
    mine = Dossier.objects.visible_to(request.actor).drafts().for_list()
    return list(mine.filter(procedure_version__procedure=procedure)[:5])


def _begin(
    request: Request, version: ProcedureVersion, agency: Agency, agencies: dict[str, Agency], copied: Dossier | None
) -> Dossier:
    """A new draft, with the answers of an earlier dossier when one is copied."""
    party = parties.party_of(request.user) if request.actor.kind == "citizen" else {}
    return operations.start_draft(
        version=version,
        agency=agency,
        reception=agencies.get(version.definition.record.agencies.reception, agency),
        actor=request.actor,
        at=now(),
        submitter=party,
        answers=prefill.first_answers(version.definition.form, party, request.actor, copied),
        once=True,
    )


_COPIES_OFFERED = 5


def _filed(request: Request, procedure: Procedure) -> list[Dossier]:
    """The account's last dossiers of this procedure, from which a new one may start."""
    if request.actor.kind != "citizen":
        return []
    mine = Dossier.objects.visible_to(request.actor).filed().for_list()
    return list(mine.filter(procedure_version__procedure=procedure).order_by("-submitted_at")[:_COPIES_OFFERED])


def _to_copy(filed: list[Dossier], public_id: str) -> Dossier | None:
    return next((one for one in filed if str(one.public_id) == public_id), None)


def has_ended(definition: Definition, today: date) -> bool:
    """Whether the procedure is no longer in force."""
    last = definition.record.validity.to
    return last is not None and last < today


_ENOUGH_FILED = 20
_LAST_FILED = 200
_AT_ONCE = 180  # minutes; what took longer was laid aside in between


def minutes_to_fill(definition: Definition, procedure: Procedure) -> int:
    """How many minutes filing takes: what the last filed ones took when there are enough, else an estimate."""
    if procedure.times_filed >= _ENOUGH_FILED:
        spans = Dossier.objects.filed().filter(procedure_version__procedure=procedure, channel=Dossier.Channel.ONLINE)
        moments = spans.order_by("-submitted_at").values_list("created_at", "submitted_at")[:_LAST_FILED]
        taken = [(filed - begun).total_seconds() / 60 for begun, filed in moments if filed]
        taken = [minutes for minutes in taken if 1 < minutes < _AT_ONCE]
        if len(taken) >= _ENOUGH_FILED:
            return _rounded(median(taken))
    questions = sum(map(steps.questions, definition.form.sections))
    papers = sum(1 for one in definition.record.components if not one.form)
    return _rounded(3 + questions * 0.4 + papers * 1.5)


def _rounded(minutes: float) -> int:
    """Whole five minutes, at least five."""
    return max(5, 5 * round(minutes / 5))


def _about(definition: Definition, procedure: Procedure, agencies: dict[str, Agency]) -> dict[str, Any]:
    """What to know before one begins: papers, fee, time."""
    record = definition.record
    return {
        "procedure": procedure,
        "record": record,
        "definition": definition,
        "agencies": [agencies[code] for code in record.agencies.implementing if code in agencies],
        "time_limit": time_limit_words(definition.time_limit("online")),
        "fees": definition.fees.lines,
        "procedure_href": link("portal:procedure", procedure.number),
    }


# A step -----------------------------------------------------------------------------------------------------


_RENEWED = "renewed"  # in the session: what newer versions changed for drafts, and which of their steps were seen since
_MOST_CHANGES = 40  # told of one draft


def _tell_changes(request: Request, before: Definition, draft: Draft) -> None:
    """Keep what the newer version changes for this draft, until it was read."""
    changes = renewal_changes(before, draft.dossier.definition, draft.dossier.answers, channel=draft.dossier.channel)
    kept = request.session.get(_RENEWED, {})
    told = {"changes": changes[:_MOST_CHANGES], "seen": []}
    request.session[_RENEWED] = {**kept, str(draft.dossier.public_id): told}


def _changes_told(request: Request, draft: Draft, word: str) -> list[str] | None:
    """What the page of this step says of a newer version; none when every step was seen since."""
    kept, key = request.session.get(_RENEWED, {}), str(draft.dossier.public_id)
    if key not in kept:
        return None
    changes: list[str] = kept[key]["changes"]
    seen = {*kept[key]["seen"], word}
    if seen >= set(draft.steps):
        _forget_changes(request, draft)
    else:
        request.session[_RENEWED] = {**kept, key: {"changes": changes, "seen": sorted(seen)}}
    return changes


def _forget_changes(request: Request, draft: Draft) -> None:
    kept = request.session.get(_RENEWED, {})
    request.session[_RENEWED] = {key: told for key, told in kept.items() if key != str(draft.dossier.public_id)}


@stash.keeps_posts
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: Request, public_id: UUID, step: str, number: int = 1) -> HttpResponse:
    """Show one step, or keep what was posted in it and go where the button leads."""
    word = WORDS.get(step)
    draft = draft_of(request, public_id, units=word in _WITH_UNITS)
    if draft.dossier.state != State.DRAFT:
        return redirect("portal:submitted", public_id)
    before = draft.dossier.definition
    if draft.is_outdated and operations.renew_draft(dossier=draft.dossier, actor=draft.actor, at=draft.at):
        draft = draft_of(request, public_id)
        _tell_changes(request, before, draft)
        if word == "review":  # nobody files, or pays for, what he has not read
            return redirect(step_url(draft.dossier, "review"))
    if word is None or word not in draft.steps:
        raise Http404
    if number != 1:
        draft.page = number
        if word != "form" or number > len(steps.form_pages(draft)) or number < 1:
            raise Http404
    if request.method == "POST":
        try:
            return _post(request, draft, word)
        except WrongState:  # filed in another tab meanwhile
            return redirect("portal:submitted", public_id)
    kept = stash.take(request)
    if kept is not None:
        save = STEPS[word].save
        if save:
            save(draft, kept)
            messages.success(request, _("Nội dung đã kê khai trước khi đăng nhập lại được lưu vào bản nháp."))
        return redirect(request.get_full_path())
    problems = STEPS[word].problems(draft) if "loi" in request.GET else {}
    if word == "form" and not problems:
        problems = _wrong_values(draft)
    return page(request, draft, word, problems)


def _wrong_values(draft: Draft) -> Problems:
    return steps.of_page(draft, rules.wrong_values(draft.dossier.definition.form, draft.dossier.answers))


def _post(request: Request, draft: Draft, word: str) -> HttpResponse:
    action = request.POST.get("mc.action", "next")
    if action == "seen":
        _forget_changes(request, draft)
    if word == "review":
        return _submit(request, draft, action)
    posted = request.POST.copy()
    changes_rows = word == "form" and action.partition(":")[0] in form_tables.ROW_VERBS
    unreadable: Problems = {}
    if changes_rows:
        try:
            for told in steps.change_rows(draft, action, posted, request.FILES):
                messages.info(request, told)
        except Refusal as refusal:
            unreadable[action.split(":")[1]] = str(refusal)
    save = STEPS[word].save
    if word == "papers":
        problems = paper_list.save_papers(draft, request.FILES)
    else:
        problems = save(draft, posted) if save else {}
    if action == "back":
        return redirect(_beside(draft, word, -1))
    if action == "seen":
        return redirect(step_url(draft.dossier, word, draft.page))
    if action == "save":
        messages.success(request, _("Đã lưu bản nháp lúc %(time)s.") % {"time": clock(draft.at)})
        return redirect(step_url(draft.dossier, word, draft.page))
    if changes_rows or action == "refresh":
        return page(request, draft, word, unreadable | _wrong_values(draft), status=422 if unreadable else 200)
    if not problems:
        return redirect(_beside(draft, word, 1))
    return page(request, draft, word, problems, status=422)


def _beside(draft: Draft, word: str, way: int) -> str:
    """The address of the step, or of the page of the form, before or after this one."""
    if word == "form":
        pages = steps.asked_pages(draft)
        beside = [each for each in pages if (each > draft.page if way > 0 else each < draft.page)]
        if beside:
            return step_url(draft.dossier, "form", min(beside) if way > 0 else max(beside))
    place = draft.steps.index(word) + way
    if place < 0:
        return reverse("portal:start", args=[draft.dossier.definition.number])
    to = draft.steps[min(place, len(draft.steps) - 1)]
    return step_url(draft.dossier, to, steps.asked_pages(draft)[-1] if to == "form" and way < 0 else 1)


def page(
    request: Request, draft: Draft, word: str, problems: Problems, status: int = 200, **more: Any
) -> HttpResponse:
    dossier = draft.dossier
    addresses = {each: step_url(dossier, each) for each in draft.steps}

    def where(step: str, field: str = "") -> str:
        """The address where something is to be put right."""
        if not field:
            return addresses[step]
        address = step_url(dossier, step, steps.page_of(draft, field)) if step == "form" else addresses[step]
        return f"{address}?loi#{field}"

    shown = {
        "draft": draft,
        "dossier": dossier,
        "definition": dossier.definition,
        "step": word,
        "slug": SLUGS[word],
        "heading": steps.heading(word),
        "number": draft.steps.index(word) + 1,
        "steps": [{"text": steps.heading(each), "href": addresses[each]} for each in draft.steps],
        "step_url": where,
        "action": step_url(dossier, word, draft.page),
        "problems": problems,
        "saved": clock(dossier.saved_at),
        "procedure_href": link("portal:procedure", dossier.definition.number),
        "login_href": resolve_url(settings.LOGIN_URL),
        "renewed": _changes_told(request, draft, word),
        "committed": False,
        "code_key": "",
        **STEPS[word].show(draft, problems),
        **more,
    }
    if word == "review" and not draft.missing:
        shown["code_key"] = _code_key(request, dossier)
    return render(request, f"portal/filing/{word}.html", shown, status=status)


def clock(moment: datetime) -> str:
    """Such as 10:32, with the day when that was not today."""
    there = moment.astimezone(HANOI)
    return f"{there:%H:%M}" if there.date() == now().date() else f"{there:%H:%M}, {there:%d/%m/%Y}"


# While one types ----------------------------------------------------------------------------------------------


@require_POST
def autosave(request: Request, public_id: UUID) -> JsonResponse:
    """Keep the changed fields that a script sends; says when, which fields are not asked now, which are wrong."""
    draft = draft_of(request, public_id)
    try:
        said = json.loads(request.body)
        word, groups = WORDS[said["step"]], {str(group) for group in said["groups"]}
        posted = _posted(said["data"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"problem": _("Hệ thống không đọc được nội dung vừa gửi.")}, status=400)
    problems: Problems = {}
    try:
        if word == "form":
            problems = steps.save_some_answers(draft, groups, posted)
        elif save := STEPS[word].save:
            problems = save(draft, posted)
    except WrongState as refusal:
        where = reverse("portal:submitted", args=[public_id])
        return JsonResponse({"problem": str(refusal), "submitted": where}, status=409)
    answer: dict[str, Any] = {"saved": clock(draft.at), "saved_at": draft.at.isoformat(), "hidden": [], "wrong": list(problems)}
    if word == "form":
        answer |= steps.live_form(draft)
        if said.get("tell"):  # after pasting: what could not be read is shown at once
            answer["problems"] = rules.wrong_values(draft.dossier.definition.form, draft.dossier.answers)
    return JsonResponse(answer)


# Tables of the form -------------------------------------------------------------------------------------------


@never_cache
@require_POST
def read_rows(request: Request, public_id: UUID, table: str) -> JsonResponse:
    """What a pasted text or a chosen XLSX file has for a table, as inputs' texts. Keeps nothing."""
    one = steps.find_table(draft_of(request, public_id), table)
    chosen = request.FILES.get("file")
    try:
        if chosen is not None:
            block = form_tables.read_file(one, cast(IO[bytes], chosen.file), chosen.size or 0)
        else:
            block = form_tables.read_text(one, request.POST.get("text", ""), request.POST.get("column", ""))
    except Refusal as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    return JsonResponse({"rows": block.rows, "notes": block.notes, "columns": block.columns})


@require_GET
def table_form(request: Request, public_id: UUID, table: str) -> HttpResponse:
    """An empty XLSX file for a table of the form, to fill in and import."""
    one = steps.find_table(draft_of(request, public_id), table)
    response = HttpResponse(form_tables.empty_form(one), content_type=form_tables.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{table}.xlsx"'
    return response


@require_GET
def communes(request: Request, province: str) -> JsonResponse:
    """The communes of a province by the alphabet, each with what it was before 1/7/2025."""
    found = [
        {"code": code, "name": name, "before": "; ".join(str(one) for one in places.made_of(code))}
        for code, name in form_template.communes(province)
    ]
    response = JsonResponse({"communes": found})
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _posted(content: dict[str, Any]) -> QueryDict:
    posted = QueryDict(mutable=True)
    for name, texts in content.items():
        posted.setlist(_storable(name), [_storable(str(text)) for text in texts])
    return posted


def _storable(text: str) -> str:
    """Without the halves of characters that JSON can name and no database keeps."""
    return text.encode("utf-8", "ignore").decode()


# Submitting ---------------------------------------------------------------------------------------------------


def _submit(request: Request, draft: Draft, action: str) -> HttpResponse:
    dossier = draft.dossier
    if action == "back":
        return redirect(_beside(draft, "review", -1))
    committed = request.POST.get("commitment") == "yes"
    if action == "seen":
        return redirect(step_url(dossier, "review"))
    if action == "new_code":
        return page(request, draft, "review", {}, committed=committed)
    problems: Problems = {}
    if not committed:
        problems["commitment"] = _("Vui lòng đánh dấu vào ô cam đoan trước khi nộp hồ sơ.")
    if not _is_confirmed(request, dossier) and (wrong := _check_code(request, dossier)):
        problems["code"] = wrong
        if Dossier.objects.filter(pk=dossier.pk).exclude(state=State.DRAFT).exists():
            return redirect("portal:submitted", dossier.public_id)  # the first of two clicks has won
    if not problems and _files_too_often(request):
        problems[""] = _(
            "Tài khoản đã nộp %(count)d hồ sơ trong một giờ qua. Bản nháp vẫn được giữ; vui lòng nộp lại sau."
        ) % {"count": settings.FILINGS_PER_HOUR}
    if not problems:
        try:
            operations.submit(dossier=dossier, actor=request.actor, at=draft.at)
            return redirect("portal:submitted", dossier.public_id)
        except operations.Incomplete as incomplete:
            draft.missing = incomplete.missing
        except Refusal as refusal:
            problems[""] = str(refusal)
    if "code" not in problems:
        _remember_confirmed(request, dossier)
    return page(request, draft, "review", problems, status=422, committed=committed)


def _code_key(request: Request, dossier: Dossier) -> str:
    """The challenge that the page shows; empty when this draft's code was answered a moment ago."""
    return "" if _is_confirmed(request, dossier) else confirmation.new_challenge(str(dossier.public_id))


def _check_code(request: Request, dossier: Dossier) -> str:
    """What is wrong with the code that was typed; empty when it is right."""
    typed = request.POST.get("code", "").strip()
    if not typed:
        return _("Vui lòng nhập mã xác nhận.")
    if _WRONG_CODES.blocked_until(request.actor.id, at=now()):
        return _(
            "Mã xác nhận đã được nhập sai nhiều lần. Vui lòng thử lại sau 10 phút; bản nháp vẫn được giữ."
        )
    if confirmation.is_answered(request.POST.get("code_key", ""), str(dossier.public_id), typed):
        return ""
    _WRONG_CODES.count(request.actor.id, at=now())
    return _("Mã xác nhận không đúng hoặc đã hết hiệu lực.")


def _is_confirmed(request: Request, dossier: Dossier) -> bool:
    until = request.session.get(_CONFIRMED, {}).get(str(dossier.public_id), "")
    return bool(until) and datetime.fromisoformat(until) > now()


def _remember_confirmed(request: Request, dossier: Dossier) -> None:
    """A right code is not asked for again while the rest is put right."""
    if not _is_confirmed(request, dossier):
        until = now() + timedelta(minutes=_CONFIRMED_MINUTES)
        request.session[_CONFIRMED] = {str(dossier.public_id): until.isoformat()}


def _files_too_often(request: Request) -> bool:
    since = now() - timedelta(hours=1)
    filed = Dossier.objects.filter(
        applicant_id=request.actor.user_id, saved_at__gt=since, submitted_at__gt=since
    )
    return filed.count() >= settings.FILINGS_PER_HOUR


@never_cache
@require_POST
def new_code(request: Request, public_id: UUID) -> JsonResponse:
    """Another code for a page that stays."""
    draft = draft_of(request, public_id)
    key = confirmation.new_challenge(str(draft.dossier.public_id))
    return JsonResponse(
        {
            "key": key,
            "picture": reverse("portal:code_picture", args=[key]),
            "sound": reverse("portal:code_sound", args=[key]),
        }
    )


@never_cache
@require_GET
def code_picture(request: Request, key: str) -> HttpResponse:
    content = confirmation.picture(key)
    return HttpResponse(content, content_type="image/png") if content else HttpResponse(status=410)


@never_cache
@require_GET
def code_sound(request: Request, key: str) -> HttpResponse:
    content = confirmation.sound(key)
    return HttpResponse(content, content_type="audio/wav") if content else HttpResponse(status=410)


# Afterwards -----------------------------------------------------------------------------------------------------


@never_cache
@require_GET
def submitted(request: Request, public_id: UUID) -> HttpResponse:
    """What was received, its code and secret, what happens next and by when."""
    draft = draft_of(request, public_id, units=True)
    dossier = draft.dossier
    if dossier.state == State.DRAFT:
        return redirect(step_url(dossier, "review"))
    owed = list(Charge.objects.about(dossier.subject).payable(draft.at))
    first = [charge for charge in owed if charge.due == "before_acceptance"]
    names = {one.id: one.name for one in dossier.definition.record.components}
    shown = {
        "dossier": dossier,
        "definition": dossier.definition,
        "forms": [one.name for one in dossier.definition.record.components if one.form],
        "papers": [(names.get(one.component_id, one.name), one) for one in draft.documents],
        "charges": [(charge, link("portal:pay", charge.pk)) for charge in owed],
        "next": whats_next(
            dossier,
            task=None,
            supplement=None,
            owes_vnd=sum(charge.amount_vnd for charge in first or owed),
            first_fee_owed=bool(first),
        ),
        "dossiers_href": link("portal:my_dossiers"),
        "dossier_href": link("portal:dossier", dossier.public_id),
        "lookup_href": link("portal:lookup"),
    }
    return render(request, "portal/filing/submitted.html", shown)


@never_cache
@require_GET
def acknowledgement(request: Request, public_id: UUID) -> HttpResponse:
    """The notice of what was received; it is issued by a job a moment after the submit."""
    dossier = draft_of(request, public_id).dossier
    paper = Paper.objects.about(dossier.subject).filter(kind="acknowledgement").last()
    if paper is None:
        messages.info(request, _("Thông báo đã nhận hồ sơ đang được lập. Vui lòng tải lại sau ít giây."))
        return redirect("portal:submitted", public_id)
    return redirect("portal:paper", paper.pk)

"""The citizen's dossiers: the list, one dossier's page, and what its owner may do with it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from motcua.accounts.http import Request
from motcua.dossiers import filing, operations
from motcua.dossiers.acts import acts_of_owner
from motcua.dossiers.models import Dossier, DossierQuerySet, Rating, Reading
from motcua.dossiers.printing import answer_rows
from motcua.dossiers.states import State
from motcua.dossiers.story import Entry, story
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.models import Event
from motcua.foundation.time import now
from motcua.foundation.vietnamese import fold
from motcua.papers import operations as papers
from motcua.papers.models import Paper
from motcua.payments.models import Charge
from motcua.portal.filing import stash
from motcua.portal.filing.steps import SLUGS
from motcua.portal.mine import shown
from motcua.portal.payment.standing import standings
from motcua.ui.paging import page as page_of
from motcua.ui.tones import DOSSIER_TONES, timeline

INTERNAL_PAPERS = frozenset({"control_slip"})  # between officers, not for the applicant
_ENDINGS = frozenset({"dossier.refused", "dossier.stopped", "dossier.withdrawn"})
LONGEST_REASON, LONGEST_COMMENT = 500, 2000
READINGS_SHOWN = 5
# Groups of the list: address, name, which dossiers.
AWAITING, RUNNING, DONE, DRAFTS, ALL = "can-thuc-hien", "dang-giai-quyet", "da-co-ket-qua", "nhap", "tat-ca"
GROUPS: dict[str, str | Promise] = {
    AWAITING: gettext_lazy("Cần thực hiện"),
    RUNNING: gettext_lazy("Đang giải quyết"),
    DONE: gettext_lazy("Đã có kết quả"),
    DRAFTS: gettext_lazy("Nháp"),
    ALL: gettext_lazy("Tất cả"),
}
_STATES = {
    RUNNING: Q(
        state__in=[
            State.SUBMITTED, State.ACCEPTED, State.PROCESSING, State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUESTED
        ]
    ),
    DONE: Q(state__in=[State.SETTLED, State.RETURNED]),
    DRAFTS: Q(state=State.DRAFT),
    ALL: Q(),
}  # fmt: skip


def own(request: Request) -> DossierQuerySet:
    """The dossiers that this account filed. Raises Http404 for officers, who have a desk."""
    if request.actor.kind != "citizen":
        raise Http404
    return Dossier.objects.visible_to(request.actor)


def own_dossier(request: Request, public_id: UUID) -> Dossier:
    """A dossier of this account with all that its pages show (one query). Raises Http404."""
    found = own(request).select_related(
        "procedure_version", "agency__calendar", "reception__calendar", "result", "rating"
    )
    return get_object_or_404(found.defer("search", "procedure_version__content"), public_id=public_id)


# The list ---------------------------------------------------------------------------------------------------


@never_cache
@require_GET
def dossiers(request: Request) -> HttpResponse:
    """This account's dossiers, in groups, with what comes next for each."""
    at = now()
    mine = own(request)
    awaiting = Q(pk__in=mine.awaiting_owner(at).order_by().values("pk"))
    counts = mine.aggregate(
        **{
            group.replace("-", "_"): Count("pk", filter=awaiting if group == AWAITING else _STATES[group])
            for group in GROUPS
            if group != ALL
        },
        tat_ca=Count("pk"),
    )
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    group = request.GET.get("nhom", "")
    if group not in GROUPS:
        group = ALL if text or not counts["can_thuc_hien"] else AWAITING
    chosen = mine.filter(awaiting if group == AWAITING else _STATES[group])
    if text:
        chosen = chosen.filter(_matching(mine, text))
    page = page_of(chosen.for_list(), request, by="-saved_at", size=20)
    tabs = [
        {
            "text": name,
            "href": f"?nhom={key}",
            "count": counts[key.replace("-", "_")],
            "current": key == group and not text,
        }
        for key, name in GROUPS.items()
    ]
    rows = shown.rows(page.rows, at)
    if group == AWAITING:  # what has a deadline first, drafts last
        rows.sort(key=lambda row: (row.dossier.state == State.DRAFT, row.next.by is None, row.next.by or at))
    shown_page = {
        "rows": rows,
        "page": page,
        "tabs": tabs,
        "group": group,
        "text": text,
        "total": counts["tat_ca"],
        "at": at,
        "tones": DOSSIER_TONES,
    }
    return render(request, "portal/mine/dossiers.html", shown_page)


def _matching(mine: DossierQuerySet, text: str) -> Q:
    """By code, by what was filed and by the procedure's name, accents or not."""
    words = fold(text).split()
    versions = mine.order_by().values_list("procedure_version", "procedure_version__name").distinct()
    named = [pk for pk, name in versions if all(word in fold(name) for word in words)]
    found = Q(code__icontains=text) | Q(procedure_version__in=named)
    bare = ["".join(mark for mark in word if mark.isalnum()) for word in words]
    prefixes = " & ".join(f"{word}:*" for word in bare if word)
    if prefixes:
        found |= Q(search=SearchQuery(prefixes, config="simple", search_type="raw"))
    return found


# One dossier ------------------------------------------------------------------------------------------------


@never_cache
@require_GET
def dossier(request: Request, public_id: UUID) -> HttpResponse:
    """Where the dossier stands, what comes next and by when, all that was filed and all that was issued."""
    found = own_dossier(request, public_id)
    if found.state == State.DRAFT:
        return redirect(_where_to_go_on(found))
    return _show(request, found)


def _where_to_go_on(draft: Dossier) -> str:
    """The first step of filing in which something is missing."""
    missing = filing.completeness(draft, draft.documents.all()).missing
    step = missing[0].step if missing else "review"
    return reverse("portal:filing_step", args=[draft.public_id, SLUGS[step]])


def _show(request: Request, dossier: Dossier) -> HttpResponse:
    at = now()
    charges = standings(Charge.objects.about(dossier.subject), at)
    working = dossier.state in (State.ACCEPTED, State.PROCESSING)
    task = dossier.tasks.open().first() if working else None
    asked = dossier.state == State.SUPPLEMENT_REQUESTED
    supplement = dossier.supplements.filter(closed_at=None).first() if asked else None
    rating = getattr(dossier, "rating", None)
    events = list(Event.objects.about(dossier.subject))
    page = {
        "dossier": dossier,
        "definition": dossier.definition,
        "at": at,
        "tone": DOSSIER_TONES[State(dossier.state)],
        "next": shown.next_of(dossier, charges, task, supplement),
        "supplement": supplement,
        "standings": charges,
        "acts": {act.name: act for act in acts_of_owner(dossier, request.actor, is_rated=rating is not None)},
        "timeline": timeline(story(events, for_officer=False)),
        "ending": _ending(events),
        "why": shown.why_due(dossier),
        "answers": answer_rows(dossier),
        "brought": shown.brought(dossier, list(dossier.documents.select_related("file"))),
        "papers": [
            one
            for one in Paper.objects.about(dossier.subject).defer("data")
            if one.kind not in INTERNAL_PAPERS
        ],
        "result": getattr(dossier, "result", None),
        "rating": rating,
        "readings": list(Reading.objects.filter(dossier=dossier).order_by("-read_at")[: READINGS_SHOWN + 1]),
        "most_readings": READINGS_SHOWN,
    }
    return render(request, "portal/mine/dossier.html", page)


@never_cache
@require_GET
def readings(request: Request, public_id: UUID) -> HttpResponse:
    """Everybody who looked at the personal data of a dossier, when and what for; the newest first."""
    found = own_dossier(request, public_id)
    page = page_of(Reading.objects.filter(dossier=found), request, by="-read_at")
    return render(request, "portal/mine/readings.html", {"dossier": found, "page": page})


def _ending(events: list[Event]) -> Entry | None:
    """How the dossier ended without a result: refused, stopped or withdrawn, and why."""
    last = [event for event in events if event.type in _ENDINGS][-1:]
    return next(iter(story(last, for_officer=False)), None)


@never_cache
@require_http_methods(["GET", "POST"])
def discard(request: Request, public_id: UUID) -> HttpResponse:
    """Ask whether the draft shall go, then delete it."""
    found = own_dossier(request, public_id)
    if found.state != State.DRAFT:
        return redirect("portal:dossier", public_id)
    if request.method == "POST":
        try:
            operations.discard_draft(dossier=found, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("portal:dossier", public_id)
        messages.success(request, _("Đã xóa bản nháp."))
        return redirect("portal:my_dossiers")
    return render(request, "portal/mine/discard.html", {"dossier": found})


def status_of(refusal: Refusal) -> int:
    return 409 if isinstance(refusal, WrongState) else 422


def posted(request: Request) -> QueryDict:
    """What was posted to this page, also when the login had expired meanwhile."""
    return request.POST if request.method == "POST" else stash.take(request) or QueryDict()


def typed(request: Request, name: str) -> str:
    """What was typed in one field of this page."""
    return posted(request).get(name, "").replace("\x00", "")


@stash.keeps_posts
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, public_id: UUID) -> HttpResponse:
    """Ask the one-stop counter to give the dossier back, with a reason."""
    found = own_dossier(request, public_id)
    if "request_withdrawal" not in _acts(request, found) and request.method == "GET":
        return redirect("portal:dossier", public_id)
    reason = typed(request, "reason")
    problem, status = "", 200
    if request.method == "POST":
        if len(reason) > LONGEST_REASON:
            problem, status = (
                _("Vui lòng viết ngắn lại, tối đa %(most)d ký tự.") % {"most": LONGEST_REASON},
                422,
            )
        else:
            try:
                operations.request_withdrawal(dossier=found, reason=reason, actor=request.actor, at=now())
            except Refusal as refusal:
                problem, status = str(refusal), status_of(refusal)
            else:
                messages.success(
                    request, _("Đã gửi đề nghị rút hồ sơ. Bộ phận một cửa sẽ xác nhận và báo cho Ông/Bà.")
                )
                return redirect("portal:dossier", public_id)
    page = {
        "dossier": found,
        "reason": reason,
        "problem": problem,
        "most": LONGEST_REASON,
        "paid": [one for one in Charge.objects.about(found.subject) if one.paid_at],
    }
    return render(request, "portal/mine/withdraw.html", page, status=status)


def _acts(request: Request, dossier: Dossier) -> set[str]:
    is_rated = getattr(dossier, "rating", None) is not None
    return {act.name for act in acts_of_owner(dossier, request.actor, is_rated=is_rated)}


@stash.keeps_posts
@never_cache
@require_http_methods(["GET", "POST"])
def rate(request: Request, public_id: UUID) -> HttpResponse:
    """Say how satisfying the handling was."""
    found = own_dossier(request, public_id)
    if "rate" not in _acts(request, found) and request.method == "GET":
        return redirect("portal:dossier", public_id)
    sent = posted(request)
    score, comment = sent.get("score", ""), sent.get("comment", "").replace("\x00", "")
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        if len(comment) > LONGEST_COMMENT:
            most = {"most": LONGEST_COMMENT}
            problems["comment"], status = _("Vui lòng viết ngắn lại, tối đa %(most)d ký tự.") % most, 422
        else:
            try:
                operations.rate(
                    dossier=found,
                    score=int(score) if score in {"0", "1", "2"} else -1,
                    comment=comment,
                    actor=request.actor,
                    at=now(),
                )
            except Refusal as refusal:
                problems["score"], status = str(refusal), status_of(refusal)
            else:
                messages.success(request, _("Đã ghi nhận đánh giá. Xin cảm ơn Ông/Bà."))
                return redirect("portal:dossier", public_id)
    page = {
        "dossier": found,
        "score": score,
        "comment": comment,
        "problems": problems,
        "scores": [(str(value), label) for value, label in Rating.Score.choices],
        "most": LONGEST_COMMENT,
    }
    return render(request, "portal/mine/rate.html", page, status=status)


# Papers -----------------------------------------------------------------------------------------------------


@require_GET
def paper(request: Request, paper_id: UUID) -> HttpResponseBase:
    """An issued paper as PDF, for who may see the dossier that it is about. `?tai-ve` saves it."""
    found = get_object_or_404(Paper.objects.select_related("file"), pk=paper_id)
    key = found.subject.removeprefix("dossier:")
    if not key.isdecimal() or (request.actor.kind == "citizen" and found.kind in INTERNAL_PAPERS):
        raise Http404
    dossier = get_object_or_404(Dossier.objects.visible_to(request.actor), pk=int(key))
    operations.note_reading(dossier=dossier, purpose="view_paper", actor=request.actor, at=now())
    file = papers.file_of(found)
    try:
        content = file.open()
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content, as_attachment="tai-ve" in request.GET, filename=file.name, content_type=file.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
    )
    response["Cache-Control"] = "private, no-store"
    return response

"""What waits for the decision of heads and leaders, and why dossiers come back: by reason, by officer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.accounts.http import Request
from motcua.agencies.models import Role
from motcua.agencies.oversight import overseen_by
from motcua.desk.access import frame, officer, units_of
from motcua.desk.page import DossierPage, find
from motcua.dossiers import operations
from motcua.dossiers.models import EndProposal, Extension, NoticeDraft, Objection, Override, Verdict
from motcua.foundation import formats
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.ui.paging import bounded_each, numbered, page

_LONGEST = 2000
_LONGEST_PERIOD = 366  # days that one look counts
DRAFTS, LEAVES, OBJECTIONS, APOLOGIES, ENDS = "du-thao", "cho-phep", "khong-dong-y", "xin-loi", "dung"


# To decide --------------------------------------------------------------------------------------------------


def _units_as(actor: Actor, *roles: Role) -> list[int]:
    return sorted({agency for agency, role in actor.roles if role in roles})


def drafts_for(actor: Actor) -> QuerySet[NoticeDraft]:
    """Requests that wait for this head or leader to send them."""
    units = _units_as(actor, Role.HEAD, Role.LEADER)
    return NoticeDraft.objects.filter(closed_at=None, dossier__agency_id__in=units)


def leaves_for(actor: Actor) -> QuerySet[Override]:
    """Wishes to ask again for what was good, that this leader decides."""
    return Override.objects.open().filter(agency_id__in=_units_as(actor, Role.LEADER))


def objections_for(actor: Actor) -> QuerySet[Objection]:
    """What applicants do not agree with, that this leader answers."""
    return Objection.objects.open().filter(agency_id__in=_units_as(actor, Role.LEADER))


def apologies_for(actor: Actor) -> QuerySet[Extension]:
    """Apologies with a new date, that this leader signs."""
    return Extension.objects.waiting().filter(dossier__agency_id__in=_units_as(actor, Role.LEADER))


def ends_for(actor: Actor) -> QuerySet[EndProposal]:
    """Dossiers that somebody proposes to this leader to stop."""
    units = _units_as(actor, Role.LEADER)
    return EndProposal.objects.open().filter(dossier__agency_id__in=units, dossier__accepted_at__isnull=False)


def _groups(actor: Actor) -> dict[str, tuple[str, QuerySet[Any]]]:
    """What this officer decides, by the word of its group; empty for who decides nothing."""
    groups: dict[str, tuple[str, QuerySet[Any]]] = {}
    if _units_as(actor, Role.HEAD, Role.LEADER):
        groups[DRAFTS] = (_("Yêu cầu bổ sung"), drafts_for(actor))
    if _units_as(actor, Role.LEADER):
        groups |= {
            LEAVES: (_("Yêu cầu lại"), leaves_for(actor)),
            OBJECTIONS: (_("Người nộp không đồng ý"), objections_for(actor)),
            APOLOGIES: (_("Văn bản xin lỗi"), apologies_for(actor)),
            ENDS: (_("Dừng giải quyết"), ends_for(actor)),
        }
    return groups


def to_decide(actor: Actor) -> list[dict[str, str]]:
    """What waits for this officer's decision beside the steps of dossiers, each with its number and its page."""
    groups, page_of = _groups(actor), reverse("desk:notices")
    counts = bounded_each({group: rows for group, (_words, rows) in groups.items()})
    return [
        {"text": groups[group][0], "count": count, "href": f"{page_of}?nhom={group}"}
        for group, count in counts.items()
        if count != "0"
    ]


@officer
@require_GET
def decisions(request: Request) -> HttpResponse:
    """Drafts to send, leaves to sign, objections to answer: one group a tab."""
    return _decisions(request, request.GET.get("nhom", ""))


def _decisions(
    request: Request, group: str, problems: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    groups = _groups(actor)
    if not groups:
        raise PermissionDenied
    counts = bounded_each({name: rows for name, (_words, rows) in groups.items()})
    if group not in groups:
        group = next((name for name, count in counts.items() if count != "0"), DRAFTS)
    path = {OBJECTIONS: "request__dossier"}.get(group, "dossier")
    rows = groups[group][1].select_related(f"{path}__procedure_version").defer(
        f"{path}__procedure_version__content", f"{path}__search", f"{path}__answers"
    )
    shown = page(rows, request, by="")
    context = {
        "group": group,
        "tabs": [
            {"text": words, "href": f"?nhom={name}", "current": name == group, "count": counts[name]}
            for name, (words, _rows) in groups.items()
        ],
        "page": shown,
        "earlier": _earlier(shown.rows) if group == LEAVES else {},
        "problems": problems or {},
        "typed": request.POST,
    }
    return render(request, "desk/notices.html", context | frame(units_of(request), "notices"), status=status)


def _earlier(rows: list[Any]) -> dict[int, Verdict]:
    """The tick that each leave is to set aside, by the leave's key (one query)."""
    told = Verdict.objects.told().filter(good=True, dossier_id__in=[one.dossier_id for one in rows]).order_by("id")
    found = {(one.dossier_id, one.item, one.fingerprint): one for one in told}
    keys = {one.pk: (one.dossier_id, one.item, one.fingerprint) for one in rows}
    return {pk: found[key] for pk, key in keys.items() if key in found}


@officer
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """The leader signs for asking again, or does not."""
    override = get_object_or_404(leaves_of(request.actor), pk=pk)
    words, granted = request.POST.get("words", "").strip()[:_LONGEST], request.POST.get("granted") == "yes"
    try:
        operations.decide_override(override=override, granted=granted, words=words, actor=request.actor, at=now())
    except Refusal as refusal:
        return _decisions(request, LEAVES, {f"words-{pk}": str(refusal)}, 422)
    messages.success(
        request,
        _("Đã cho phép yêu cầu lại: %(name)s.") % {"name": override.name}
        if granted
        else _("Đã không cho phép yêu cầu lại: %(name)s.") % {"name": override.name},
    )
    return redirect("desk:notices")


def leaves_of(actor: Actor) -> QuerySet[Override]:
    return Override.objects.filter(agency_id__in=_units_as(actor, Role.LEADER))


@officer
@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """The leader answers who does not agree with a reason."""
    mine = Objection.objects.filter(agency_id__in=_units_as(request.actor, Role.LEADER)).select_related("request")
    objection = get_object_or_404(mine, pk=pk)
    words = request.POST.get("words", "").strip()[:_LONGEST]
    try:
        operations.answer_objection(objection=objection, answer=words, actor=request.actor, at=now())
    except Refusal as refusal:
        return _decisions(request, OBJECTIONS, {f"words-{pk}": str(refusal)}, 422)
    messages.success(request, _("Đã trả lời ý kiến của người nộp."))
    return redirect("desk:notices")


@officer
@require_http_methods(["GET", "POST"])
def ask_override(request: Request, code: str) -> HttpResponse:
    """Ask the leader of the settling agency for leave to ask again for what was told to be good."""
    page_of = DossierPage(find(request, code), request.actor, now())
    checks, problems, status = page_of.checks, {}, 200
    if not checks.may_tick:
        messages.warning(request, _("Ông/Bà không kiểm tra được hồ sơ này lúc này."))
        return redirect("desk:dossier", code=code)
    given = request.POST if request.method == "POST" else request.GET
    rows = [row for row in checks.rows if row.stands and not row.signed]
    chosen = [row.item.key for row in rows if row.item.key in given.getlist("muc")]
    reason = request.POST.get("reason", "").strip()[:_LONGEST]
    if request.method == "POST":
        try:
            operations.ask_override(
                dossier=page_of.dossier, items=chosen, reason=reason, actor=request.actor, at=page_of.at
            )
        except Refusal as refusal:
            problems, status = {"reason" if not reason else "muc": str(refusal)}, 422
        else:
            messages.success(request, _("Đã gửi đề nghị tới lãnh đạo cơ quan giải quyết."))
            return redirect("desk:check", code=code)
    context = {
        "dossier": page_of.dossier, "page": page_of, "rows": rows, "chosen": chosen, "reason": reason, "problems": problems
    }  # fmt: skip
    return render(request, "desk/ask_override.html", context | frame(units_of(request), "inbox"), status=status)


# Why dossiers come back -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Officer:
    """What one officer found defective in a period, and what became of it."""

    name: str
    notices: int
    defects: int
    again: int  # asked again, with a leader's leave
    objections: int


@officer
@require_GET
def why_returned(request: Request) -> HttpResponse:
    """Statistics by reason and officer of a period, for those who lead or control."""
    units = _units_as(request.actor, Role.CONTROLLER, Role.LEADER, Role.HEAD)
    if not units:
        raise PermissionDenied
    since, until = _period(request)
    begins, ends = _moment(since), _moment(until + timedelta(days=1))
    mine = _of_units(request.actor, units)
    bad = Verdict.objects.filter(good=False, told_at__gte=begins, told_at__lt=ends)
    overrides = Override.objects.filter(used_at__gte=begins, used_at__lt=ends)
    objections = Objection.objects.filter(made_at__gte=begins, made_at__lt=ends)
    bad, overrides = bad.filter(mine("dossier__")), overrides.filter(mine("dossier__"))
    objections = objections.filter(mine("request__dossier__"))
    reasons = (
        bad.annotate(words=Coalesce("standard__text", F("reason"), output_field=TextField()))
        .values("words")
        .annotate(times=Count("pk"), dossiers=Count("dossier_id", distinct=True))
        .order_by("-times", "words")
    )
    context = {
        "since": since,
        "until": until,
        "reasons": numbered(reasons, request, size=30),
        "officers": _officers(bad, overrides, objections),
        "totals": {
            "dossiers": bad.aggregate(n=Count("dossier_id", distinct=True))["n"],
            "overrides": overrides.count(),
            "objections": objections.count(),
        },
    }
    return render(request, "desk/why_returned.html", context | frame(units_of(request), "why_returned"))


def _of_units(actor: Actor, units: list[int]) -> Callable[[str], Q]:
    """The condition for dossiers of these units, and of those that a controller oversees."""
    return lambda path: (
        Q(**{f"{path}agency_id__in": units})
        | Q(**{f"{path}reception_id__in": units})
        | overseen_by(actor, f"{path}agency__")
    )


def _officers(
    bad: QuerySet[Verdict], overrides: QuerySet[Override], objections: QuerySet[Objection]
) -> list[Officer]:
    """A row for each officer, the most notices first (three queries)."""
    again = dict(overrides.values_list("asked_by_name").annotate(n=Count("pk")).order_by())
    against = dict(objections.values_list("request__requested_by").annotate(n=Count("pk")).order_by())
    found = (
        bad.order_by()
        .values_list("decided_by_name")
        .annotate(notices=Count("dossier_id", distinct=True), defects=Count("pk"))
    )
    rows = [
        Officer(name, notices, defects, again.get(name, 0), against.get(name, 0)) for name, notices, defects in found
    ]
    return sorted(rows, key=lambda one: (-one.notices, one.name))


def _period(request: Request) -> tuple[date, date]:
    """The days asked for, a year at most; without any the last 90 days."""
    today = now().astimezone(HANOI).date()
    until = _day(request.GET.get("den", "")) or today
    since = _day(request.GET.get("tu", "")) or until - timedelta(days=89)
    return max(since, until - timedelta(days=_LONGEST_PERIOD)), until


def _day(text: str) -> date | None:
    try:
        found = formats.day(text) if text else None
    except ValueError:
        return None
    return found if found and 2000 <= found.year < 3000 else None


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), HANOI)

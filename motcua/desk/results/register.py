"""The register of issued results: found by number, name, owner, time and standing; one of them, and its revocation."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from motcua.accounts.http import Request
from motcua.desk.access import frame, officer, units_of
from motcua.dossiers import operations
from motcua.dossiers.models import Result
from motcua.foundation import formats
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.ui.paging import page as page_of
from motcua.ui.signatures import words_of

SIZE = 30
_STANDINGS = [
    ("", gettext_lazy("Tất cả")),
    ("hieu-luc", gettext_lazy("Còn hiệu lực")),
    ("sap-het", gettext_lazy("Hết hiệu lực trong 60 ngày")),
    ("het-han", gettext_lazy("Hết hiệu lực")),
    ("thu-hoi", gettext_lazy("Đã thu hồi")),
]
_SOON = timedelta(days=60)
_NO_DAY = {  # what is said of a day that is none; nothing is filtered by it
    "tu": gettext_lazy("Cấp từ ngày: vui lòng nhập theo dạng ngày/tháng/năm, ví dụ 24/11/2026."),
    "den": gettext_lazy("Đến ngày: vui lòng nhập theo dạng ngày/tháng/năm, ví dụ 24/11/2026."),
}


@officer
@require_GET
def register(request: Request) -> HttpResponse:
    """The issued results of one's units, the newest first, page by page. Who looks is logged: it names people."""
    units, at = units_of(request), now()
    today = at.astimezone(HANOI).date()
    asked = {key: " ".join(request.GET.get(key, "").split())[:100] for key in ("q", "hieu-luc", "don-vi", "tu", "den")}
    page = page_of(_found(request, asked, today), request, by="-issued_at", size=SIZE)
    shown = [one.dossier for one in page.rows]
    operations.note_readings(dossiers=shown, purpose="view_register", actor=request.actor, at=at)
    context = {
        "asked": asked,
        "problems": {key: str(_NO_DAY[key]) for key in _NO_DAY if asked[key] and _day(asked[key]) is None},
        "is_asked": any(asked.values()),
        "standings": _STANDINGS,
        "units": [(unit.code, unit.label) for unit in units],
        "page": page,
        "rows": [(one, *standing(one, today)) for one in page.rows],
    }
    return render(request, "desk/results/register.html", context | frame(units, "issued"))


def _found(request: Request, asked: dict[str, str], today: date) -> QuerySet[Result]:
    results = Result.objects.filter(issued_at__isnull=False, agency__in=request.actor.agency_ids)
    results = results.select_related("agency", "dossier").only(
        "number", "issued_at", "name", "kind", "owner_name", "valid_until", "revoked_at", "signature_id", "seal_id",
        "paper_id", "agency__code", "agency__name", "agency__short_name", "dossier__code", "dossier__applicant_id",
    )  # fmt: skip
    if text := asked["q"]:
        results = results.filter(_matches(text))
    if asked["don-vi"]:
        results = results.filter(agency__code=asked["don-vi"])
    if since := _day(asked["tu"]):
        results = results.filter(issued_at__gte=since)
    if until := _day(asked["den"]):
        results = results.filter(issued_at__lt=until + timedelta(days=1))
    stands = Q(revoked_at=None)
    match asked["hieu-luc"]:
        case "hieu-luc":
            return results.filter(stands & (Q(valid_until=None) | Q(valid_until__gte=today)))
        case "sap-het":
            return results.filter(stands, valid_until__gte=today, valid_until__lte=today + _SOON)
        case "het-han":
            return results.filter(stands, valid_until__lt=today)
        case "thu-hoi":
            return results.filter(revoked_at__isnull=False)
    return results


def _matches(text: str) -> Q:
    """A number as it stands on the paper, or the beginnings of words of name, owner and dossier, with accents or without."""
    words = operations.words_of(text)[:8]
    if not words:
        return Q(number=text)
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    return Q(number__iexact=text) | Q(words=query)


def _day(text: str) -> datetime | None:
    try:
        found = formats.day(text)
    except ValueError:
        return None
    return datetime.combine(found, time(), HANOI) if 2000 <= found.year < 3000 else None


def standing(result: Result, today: date) -> tuple[str, str]:
    """The tone and the words of whether an issued result holds."""
    if result.revoked_at:
        return "danger", _("Đã thu hồi")
    if result.valid_until and result.valid_until < today:
        return "neutral", _("Hết hiệu lực")
    if result.valid_until and result.valid_until <= today + _SOON:
        return "warning", _("Sắp hết hiệu lực")
    return "success", _("Còn hiệu lực")


@officer
@require_http_methods(["GET", "POST"])
def result(request: Request, pk: int) -> HttpResponse:
    """One issued result, its signatures, and the form by which a leader revokes it."""
    found = get_object_or_404(
        Result.objects.select_related("agency", "dossier", "paper__replaced_by", "paper__file").filter(
            issued_at__isnull=False, agency__in=request.actor.agency_ids
        ),
        pk=pk,
    )
    at, mistakes, status = now(), {}, 200
    operations.note_reading(dossier=found.dossier, purpose="view_paper", actor=request.actor, at=at)
    if request.method == "POST":
        try:
            operations.revoke_result(
                result=found,
                reason=request.POST.get("reason", ""),
                replaced_by=_replacement(found, request.POST.get("replaced_by", "")),
                actor=request.actor,
                at=at,
            )
        except Refusal as refusal:
            mistakes, status = {"reason" if not request.POST.get("reason", "").strip() else "": str(refusal)}, 422
        else:
            messages.success(request, _("Đã thu hồi kết quả số %(number)s.") % {"number": found.number})
            return redirect("desk:issued_one", pk)
    signatures = list(found.paper.signatures.select_related("credential").order_by("id")) if found.paper else []
    context: dict[str, Any] = {
        "result": found,
        "standing": standing(found, at.astimezone(HANOI).date()),
        "signatures": [words_of(one) for one in signatures],
        "may_revoke": found.revoked_at is None and operations.may_revoke(found, request.actor),
        "mistakes": mistakes,
        "typed": request.POST,
    }
    return render(request, "desk/results/entry.html", context | frame(units_of(request), "issued"), status=status)


def _replacement(found: Result, number: str) -> Result | None:
    """The result of the same agency with this number, the newest. Raises Refusal when there is none."""
    number = number.strip()
    if not number:
        return None
    same = Result.objects.filter(agency=found.agency, number=number, issued_at__isnull=False)
    replacing = same.select_related("paper").order_by("-issued_at").first()
    if replacing is None:
        raise Refusal(_("Không tìm thấy kết quả thay thế có số %(number)s.") % {"number": number})
    return replacing

"""The check of a dossier: every paper and section ticked good or defective, then the step that follows from it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.desk import acting
from motcua.desk.access import frame, officer, units_of
from motcua.desk.checking import Checks, Row
from motcua.desk.page import SHOWN, DossierPage, find
from motcua.dossiers import notices, operations
from motcua.dossiers.models import StandardReason
from motcua.dossiers.states import State
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import HANOI, now

_LONGEST = {"reason": 1000, "basis": 500}


@officer
@require_http_methods(["GET", "POST"])
def check(request: Request, code: str) -> HttpResponse:
    """Tick, with the papers at hand; what is ticked is kept at once, and one button leads on."""
    page = DossierPage(find(request, code), request.actor, now())
    if not page.checks.may_tick:
        messages.warning(request, _("Ông/Bà không kiểm tra được hồ sơ này lúc này."))
        return redirect("desk:dossier", code=code)
    if request.method == "GET":
        return _shown(request, page)
    only = request.POST.get("only", "")
    problems: dict[str, str] = {}
    try:
        _keep(request, page, only)
        if request.POST.get("action") == "rest":
            operations.tick_the_rest(dossier=page.dossier, actor=page.actor, at=page.at)
    except Refusal as refusal:
        problems[""] = str(refusal)
        status = {WrongState: 409, NotAllowed: 403}.get(type(refusal), 422)
        if only:
            return JsonResponse({"problem": str(refusal)}, status=status)
        return _shown(request, page, problems, status)
    fresh = DossierPage(find(request, code), request.actor, page.at)
    if only:
        return JsonResponse(_said(fresh, only))
    action = request.POST.get("action", "")
    if action in ("on", "refuse"):
        problems = _lacking(fresh.checks, every=action == "on")
        if problems:
            return _shown(request, fresh, problems, 422)
        return _onward(request, fresh, action)
    return redirect("desk:check", code=code)


def _keep(request: Request, page: DossierPage, only: str) -> None:
    """Keep what was posted of each item, or of the `only` one; nothing that is as it was."""
    ticks = []
    for row in page.checks.rows:
        key = row.item.key
        if only and key != only:
            continue
        said = request.POST.get(f"tick-{key}", "")
        if said not in ("good", "bad"):
            continue
        standard = _standard(row, request.POST.get(f"common-{key}", "")) if said == "bad" else None
        reason, basis = (request.POST.get(f"{name}-{key}", "").strip()[:most] for name, most in _LONGEST.items())
        same = row.tick is not None and not row.changed and row.tick.good == (said == "good")
        if same and row.tick and (
            row.tick.good
            or (row.tick.reason, row.tick.basis, row.tick.standard_id)
            == (notices.worded(standard, reason), basis or (standard.basis if standard else ""), standard.pk if standard else None)
        ):
            continue
        ticks.append(operations.Tick(key, said == "good", reason, basis, standard))
    if ticks:
        operations.tick_all(dossier=page.dossier, ticks=ticks, actor=page.actor, at=page.at)


def _standard(row: Row, key: str) -> StandardReason | None:
    return next((one for one in row.reasons if str(one.pk) == key), None)


def _said(page: DossierPage, key: str) -> dict[str, Any]:
    """What the script shows after one tick was kept."""
    row = next((one for one in page.checks.rows if one.item.key == key), None)
    return {
        "saved": _("Đã lưu lúc %(time)s") % {"time": f"{page.at.astimezone(HANOI):%H:%M}"},
        "sum": sum_of(page.checks),
        "next": next_words(page),
        "leave": bool(row and row.needs_leave),
    }


def sum_of(checks: Checks) -> str:
    """How far the check is, in words."""
    good, bad = sum(row.good for row in checks.rows), len(checks.bad)
    parts = [
        ngettext("%(n)d mục đạt", "%(n)d mục đạt", good) % {"n": good},
        ngettext("%(n)d mục chưa đạt", "%(n)d mục chưa đạt", bad) % {"n": bad},
    ]
    if checks.left:
        parts.append(ngettext("còn %(n)d mục", "còn %(n)d mục", checks.left) % {"n": checks.left})
    return ", ".join(parts)


def next_words(page: DossierPage) -> str:
    """What the one button does, in words."""
    checks = page.checks
    if checks.needing_leave and not checks.signs_itself:
        return _("Đề nghị lãnh đạo cho phép")
    if checks.bad:
        return _("Trình yêu cầu bổ sung") if _drafts(page) else _("Yêu cầu bổ sung")
    if page.dossier.state == State.SUBMITTED:
        return _("Tiếp nhận")
    return _("Tiếp tục thẩm định")


def _drafts(page: DossierPage) -> bool:
    return page.act("ask_supplement") is None and page.act("draft_supplement") is not None


def _lacking(checks: Checks, *, every: bool) -> dict[str, str]:
    """What keeps the check from leading on, by field."""
    found = {}
    for row in checks.rows:
        key, words = row.item.key, {"name": row.item.name}
        if every and not row.good and not row.bad:
            found[f"tick-{key}"] = _("Vui lòng đánh dấu đạt hoặc chưa đạt: %(name)s.") % words
        elif row.bad and row.tick and not row.tick.reason:
            found[f"reason-{key}"] = _("Vui lòng nêu lý do chưa đạt: %(name)s.") % words
        elif row.bad and row.tick and not row.tick.basis:
            found[f"basis-{key}"] = _("Vui lòng nêu căn cứ: %(name)s.") % words
    return found


def _onward(request: Request, page: DossierPage, action: str) -> HttpResponse:
    """To the form of what follows from the ticks."""
    code, checks = page.dossier.code, page.checks
    if action == "refuse":
        names = ["refuse"]
    elif checks.needing_leave and not checks.signs_itself:
        asked = "&".join(f"muc={row.item.key}" for row in checks.needing_leave)
        return redirect(f"{reverse('desk:ask_override', args=[code])}?{asked}")
    elif checks.bad:
        names = ["ask_supplement", "draft_supplement"]
    else:
        names = ["accept"] if page.dossier.state == State.SUBMITTED else ["appraise"]
    for name in names:
        if page.act(name):
            return redirect(f"{reverse('desk:act', args=[code, acting.BY_NAME[name].slug])}#viec")
    if checks.bad and page.no_more_supplements:
        messages.warning(request, page.no_more_supplements)
    return redirect("desk:dossier", code=code)


def _shown(
    request: Request, page: DossierPage, problems: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    operations.note_reading(dossier=page.dossier, purpose="check_dossier", actor=page.actor, at=page.at)
    first = next((one for row in page.checks.rows for one in row.item.documents if one.file.content_type in SHOWN), None)
    context = {
        "page": page,
        "dossier": page.dossier,
        "checks": page.checks,
        "answers": {section["id"]: section for section in page.answers},
        "problems": problems or {},
        "typed": request.POST,
        "shown_types": SHOWN,
        "sum": sum_of(page.checks),
        "next_words": next_words(page),
        "at_intake": page.dossier.state == State.SUBMITTED,
        "preview_name": first.name if first else "",
        "preview_address": reverse("desk:document", args=[page.dossier.code, first.pk]) if first else "",
    }
    return render(request, "desk/check.html", context | frame(units_of(request), "inbox"), status=status)

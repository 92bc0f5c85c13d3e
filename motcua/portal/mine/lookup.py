"""For everybody, without a login: where a dossier stands, and whether a paper is genuine."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from motcua.accounts.http import Request
from motcua.accounts.limits import Limit, network_of
from motcua.accounts.middleware import public
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import State
from motcua.dossiers.story import public_story
from motcua.foundation.models import Event
from motcua.foundation.shown import moment
from motcua.foundation.time import HANOI, now
from motcua.papers.models import Paper
from motcua.portal.address import address_of
from motcua.portal.mine import shown
from motcua.ui.signatures import words_of
from motcua.ui.tones import DOSSIER_TONES, timeline

BY_CODE = Limit("lookup of a code", amount=10, seconds=3600)  # six digits: years of guessing
BY_ADDRESS = Limit("lookup from an address", amount=30, seconds=600)
PAPERS_BY_ADDRESS = Limit("check of papers from an address", amount=60, seconds=600)
_TOO_OFTEN = 429


@public
@never_cache
@require_http_methods(["GET", "POST"])
def lookup(request: Request) -> HttpResponse:
    """The state of a dossier, for who knows its code and its secret."""
    sent = request.POST if request.method == "POST" else request.GET
    code = "".join(sent.get("ma", "").replace("\x00", "").split()).upper()[:40]
    secret = "".join(request.POST.get("ma-tra-cuu", "").replace("\x00", "").split())[:20]
    page: dict[str, Any] = {"code": code, "problems": {}, "dossier": None}
    if request.method == "GET":
        if code and request.actor.kind == "citizen":
            mine = Dossier.objects.visible_to(request.actor).filter(code=code).first()
            if mine:
                return redirect("portal:dossier", mine.public_id)
        return render(request, "portal/mine/lookup.html", page)
    problems = {}
    if not code:
        problems["ma"] = _("Vui lòng nhập mã hồ sơ.")
    if not secret:
        problems["ma-tra-cuu"] = _("Vui lòng nhập mã tra cứu.")
    if problems:
        return render(request, "portal/mine/lookup.html", page | {"problems": problems}, status=422)
    address, at = network_of(address_of(request)), now()
    if until := BY_ADDRESS.count(address, at=at) or BY_CODE.count(code, at=at):
        problems[""] = _(
            "Thông tin tra cứu đã được nhập nhiều lần. Vui lòng thử lại sau %(moment)s, hoặc đăng nhập để xem hồ sơ."
        ) % {"moment": moment(until)}
        return render(request, "portal/mine/lookup.html", page | {"problems": problems}, status=_TOO_OFTEN)
    found = _dossier(code, secret)
    if found is None:
        problems["ma"] = _(
            "Mã hồ sơ hoặc mã tra cứu không đúng. Vui lòng kiểm tra lại trên thông báo đã nhận hồ sơ."
        )
        return render(request, "portal/mine/lookup.html", page | {"problems": problems}, status=422)
    BY_CODE.forget(code)
    return render(request, "portal/mine/lookup.html", page | _public(found))


def _dossier(code: str, secret: str) -> Dossier | None:
    """The dossier with this code and this secret (one query either way)."""
    found = (
        Dossier.objects.filed()
        .select_related("procedure_version", "agency__calendar", "reception__calendar")
        .defer("search", "answers", "procedure_version__content")
        .filter(code=code)
        .first()
    )
    known = found.lookup_secret if found else ""
    return found if constant_time_compare(secret, known) and known else None


def _public(dossier: Dossier) -> dict[str, Any]:
    """What code and secret open: states, dates and bodies; nothing about persons."""
    (row,) = shown.rows([dossier], now())
    events = list(Event.objects.about(dossier.subject))
    return {
        "dossier": dossier,
        "tone": DOSSIER_TONES[State(dossier.state)],
        "next": row.next,
        "timeline": timeline(public_story(events, dossier)),
        "why": shown.why_due(dossier),
    }


@public
@never_cache
@require_GET
def check_paper(request: Request) -> HttpResponse:
    """Whether a paper with this check code was issued, by whom and when, and whether it still holds."""
    code = request.GET.get("ma", "").replace("\x00", "").strip()[:40]
    page: dict[str, Any] = {"code": code, "paper": None, "problem": ""}
    if not code:
        return render(request, "portal/mine/check_paper.html", page)
    if until := PAPERS_BY_ADDRESS.count(network_of(address_of(request)), at=now()):
        page["problem"] = _("Mã kiểm tra đã được nhập nhiều lần. Vui lòng thử lại sau %(moment)s.") % {
            "moment": moment(until)
        }
        return render(request, "portal/mine/check_paper.html", page, status=_TOO_OFTEN)
    paper = Paper.objects.select_related("file", "replaced_by").by_check_code(code).first()
    if paper is None:
        page["problem"] = _(
            "Không tìm thấy giấy tờ có mã kiểm tra này. Vui lòng kiểm tra lại mã in trên giấy."
        )
        return render(request, "portal/mine/check_paper.html", page, status=404)
    signatures = list(paper.signatures.select_related("credential").order_by("id"))
    page["signatures"] = [words_of(one) for one in signatures]
    page["is_expired"] = paper.is_expired(now().astimezone(HANOI).date())
    page |= {"paper": paper, "holder": _holder(paper), "dossier_code": paper.data.get("code", "")}
    return render(request, "portal/mine/check_paper.html", page)


def _holder(paper: Paper) -> str:
    """To whom it was issued: an organisation by its name, which is public; of a person enough to compare."""
    for key in ("owner", "payer", "submitter"):
        person = paper.data.get(key)
        if isinstance(person, dict) and person.get("name"):
            is_body = person.get("tax_code") and not person.get("citizen_id")
            return str(person["name"]) if is_body else _masked(str(person["name"]))
    return ""


def _masked(name: str) -> str:
    """Enough of a name to compare with a paper in one's hand: "N*** V** A*"."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())

"""Fees of the dossiers of one's units: what is unpaid, what was paid, what a person must look at."""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from motcua.accounts.http import Request
from motcua.agencies.models import Role
from motcua.desk.access import frame, officer, units_of
from motcua.dossiers.models import Dossier
from motcua.payments.models import SETTLES_CHARGE, Charge, Payment
from motcua.payments.states import ChargeState, Flag
from motcua.ui.paging import page as page_of
from motcua.ui.tones import CHARGE_TONES

SIZE = 50
_TABS: dict[str, tuple[str | Promise, str | Promise]] = {
    "chua-nop": (_("Chưa nộp"), _("Không có khoản phí, lệ phí nào chưa nộp")),
    "da-nop": (_("Đã nộp"), _("Chưa có khoản phí, lệ phí nào được nộp")),
    "doi-soat": (_("Cần đối soát"), _("Không có giao dịch nào cần đối soát")),
    "phai-hoan": (_("Phải hoàn trả"), _("Không có khoản tiền nào phải hoàn trả")),
}


@officer
@require_GET
def charges(request: Request) -> HttpResponse:
    """The charges of a tab, the newest first, page by page."""
    key = request.GET.get("muc", "")
    key = key if key in _TABS else "chua-nop"
    page = page_of(_of_tab(request, key), request, by="-", size=SIZE)
    context = {
        "tabs": [
            {"text": name, "href": f"?muc={word}", "current": word == key, "count": None}
            for word, (name, _empty) in _TABS.items()
        ],
        "key": key,
        "empty": _TABS[key][1],
        "page": page,
        "rows": [_row(charge) for charge in page.rows],
        "keeps_books": request.actor.holds(Role.CASHIER),
    }
    return render(request, "desk/charges.html", context | frame(units_of(request), "charges"))


def _of_tab(request: Request, key: str) -> QuerySet[Charge]:
    """The tab's charges about dossiers that this officer may see."""
    mine = Dossier.objects.visible_to(request.actor).filter(code=OuterRef("reference"))
    found = Charge.objects.filter(Exists(mine))
    if key == "chua-nop":
        return found.owed()
    if key == "da-nop":
        settled = Payment.objects.filter(SETTLES_CHARGE).select_related("receipt")
        return found.filter(state=ChargeState.PAID).prefetch_related(
            Prefetch("payments", settled, to_attr="settled")
        )
    strange = Payment.objects.owed_back() if key == "phai-hoan" else _to_look_at()
    return found.filter(Exists(strange.filter(charge=OuterRef("pk")))).prefetch_related(
        Prefetch("payments", strange, to_attr="strange")
    )


def _to_look_at() -> QuerySet[Payment]:
    """What a person must look at, but for what came twice and was paid back."""
    return Payment.objects.exclude(flag=Flag.NONE).exclude(flag=Flag.DUPLICATE, owed_back_vnd=0)


def _row(charge: Charge) -> dict[str, Any]:
    state = ChargeState(charge.state)
    settled = next(iter(getattr(charge, "settled", [])), None)
    receipt = getattr(settled, "receipt", None)
    return {
        "charge": charge,
        "tone": CHARGE_TONES[state],
        "state": state.label,
        "receipt": str(receipt) if receipt else "",
        "strange": getattr(charge, "strange", []),
    }

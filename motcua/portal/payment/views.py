"""The pages of paying. They show and begin; only the gateway's own word, kept by the payments room, settles."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from motcua.accounts.http import Request
from motcua.accounts.middleware import public
from motcua.dossiers.models import Dossier
from motcua.foundation.errors import WrongState
from motcua.foundation.time import now
from motcua.foundation.vietnamese import money_words
from motcua.papers.models import Paper
from motcua.payments import operations
from motcua.payments.gateways import GATEWAYS
from motcua.payments.models import Charge, Payment, Receipt
from motcua.payments.states import ChargeState, Flag
from motcua.portal.address import address_of
from motcua.portal.payment.standing import Standing, standings
from motcua.ui.paging import page as page_of

# What is charged is charged about a dossier; who may see that one may see and pay this.
_SUBJECT = "dossier:"


def _own(request: Request) -> Any:
    """The dossiers whose charges this account pays. Raises Http404 for officers."""
    if request.actor.kind != "citizen":
        raise Http404
    return Dossier.objects.visible_to(request.actor).filed()


def _charge(request: Request, charge_id: int) -> tuple[Charge, Dossier]:
    """A charge of this account, with its dossier (two queries). Raises Http404."""
    charge = get_object_or_404(Charge, pk=charge_id)
    pk = charge.subject.removeprefix(_SUBJECT)
    if not pk.isdecimal():
        raise Http404
    return charge, get_object_or_404(_own(request).for_list(), pk=int(pk))


# What is owed -----------------------------------------------------------------------------------------------


@never_cache
@require_GET
def payments(request: Request) -> HttpResponse:
    """What this account owes, and what it paid."""
    subjects = (
        _own(request)
        .annotate(called=Concat(Value(_SUBJECT), Cast("pk", TextField()), output_field=TextField()))
        .values("called")
    )
    mine = Charge.objects.filter(subject__in=subjects)
    done = page_of(mine.exclude(pk__in=mine.owed().values("pk")), request, by="-raised_at", size=20)
    owed = list(mine.owed().order_by("-raised_at", "-pk")) if not done.previous else []
    found = standings([*owed, *done.rows], now())
    keys = [int(one.charge.subject.removeprefix(_SUBJECT)) for one in found]
    dossiers = dict(_own(request).filter(pk__in=keys).values_list("pk", "public_id"))
    page = {
        "owed": [one for one in found if one.is_payable],
        "unknown": [one for one in found if one.word == "unknown"],
        "done": [one for one in found if not one.is_payable and one.word != "unknown"],
        "total": sum(one.charge.amount_vnd for one in found if one.is_payable),
        "page": done,
        "dossier_of": {f"{_SUBJECT}{pk}": public_id for pk, public_id in dossiers.items()},
    }
    return render(request, "portal/payment/payments.html", page)


# One charge -------------------------------------------------------------------------------------------------


@never_cache
@require_GET
def pay(request: Request, charge_id: int) -> HttpResponse:
    """What is to be paid for what and to whom; how a payment that was begun stands."""
    charge, dossier = _charge(request, charge_id)
    return _show(request, charge, dossier)


def _show(
    request: Request, charge: Charge, dossier: Dossier, problem: str = "", status: int = 200
) -> HttpResponse:
    (standing,) = standings([charge], now())
    paid = standing.settled
    receipt = Receipt.objects.filter(payment=paid).first() if paid else None
    paper = Paper.objects.filter(once=f"receipt:{receipt.pk}").first() if receipt else None
    page = {
        "charge": charge,
        "dossier": dossier,
        "standing": standing,
        "words": money_words(charge.amount_vnd),
        "receipt": receipt,
        "receipt_paper": paper,
        "waits": standing.word == "unknown" or (standing.word == "paid" and paper is None),
        "has_wrong_amount": any(one.flag == Flag.AMOUNT_MISMATCH for one in standing.attempts),
        "gateway_name": GATEWAYS[settings.PAYMENT_GATEWAY].name,
        "lifetime": settings.PAYMENT_LINK_LIFETIME_MINUTES,
        "problem": problem,
    }
    return render(request, "portal/payment/pay.html", page, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def start(request: Request, charge_id: int) -> HttpResponse:
    """Go to the gateway's page: that of the attempt that is open, or of a new one."""
    charge, dossier = _charge(request, charge_id)
    if request.method == "GET":  # back from the login page
        return redirect("portal:pay", charge.pk)
    gateway = settings.PAYMENT_GATEWAY
    try:
        payment = operations.start_payment(
            charge=charge,
            gateway=gateway,
            client_ip=address_of(request),
            return_url=settings.BASE_URL + reverse("portal:payment_return", args=[gateway]),
            actor=request.actor,
            at=now(),
        )
    except WrongState as refusal:
        charge.refresh_from_db()
        return _show(request, charge, dossier, problem=str(refusal), status=409)
    return redirect(payment.redirect_url)


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: Request, charge_id: int) -> HttpResponse:
    """Ask the gateway now how the payment that was begun stands."""
    charge, _dossier = _charge(request, charge_id)
    live = charge.live_attempt() if request.method == "POST" else None
    if live and not operations.ask_gateway(payment=live, at=now()):
        messages.warning(
            request,
            _("Cổng thanh toán chưa trả lời. Hệ thống sẽ tự kiểm tra lại; vui lòng không thanh toán lại."),
        )
    elif live and _is_pending(charge):
        messages.info(request, _("Cổng thanh toán chưa có kết quả cuối cùng. Hệ thống tiếp tục tự kiểm tra."))
    return redirect("portal:pay", charge.pk)


def _is_pending(charge: Charge) -> bool:
    return Charge.objects.filter(pk=charge.pk, state=ChargeState.PENDING).exists()


# From the gateway -------------------------------------------------------------------------------------------


def _known(gateway: str) -> str:
    if gateway not in GATEWAYS:
        raise Http404
    return gateway


@public
@never_cache
@require_GET
def come_back(request: Request, gateway: str) -> HttpResponse:
    """Where the gateway sends the payer's browser. It shows how the payment stands and settles nothing.

    The owner goes on to the charge's page; somebody whose login ended meanwhile sees the outcome alone.
    """
    payment = operations.note_return(gateway=_known(gateway), params=request.GET.dict(), at=now())
    if payment is None:
        return render(request, "portal/payment/unreadable.html", status=400)
    if request.actor.kind == "citizen":
        try:
            charge, _dossier = _charge(request, payment.charge_id)
            return redirect("portal:pay", charge.pk)
        except Http404:  # of another account: it sees what a stranger sees
            pass
    return render(request, "portal/payment/outcome.html", _outcome(payment, now()))


def _outcome(payment: Payment, at: datetime) -> dict[str, Any]:
    charge = Charge.objects.get(pk=payment.charge_id)
    standing: Standing = standings([charge], at)[0]
    return {
        "charge": charge,
        "standing": standing,
        "waits": standing.word in ("unknown", "opened"),
        "login": f"{reverse('account_login')}?next={reverse('portal:pay', args=[charge.pk])}",
    }


@csrf_exempt
@public
@never_cache
@require_http_methods(["GET", "POST"])
def ipn(request: HttpRequest, gateway: str) -> JsonResponse:
    """The gateway's server tells how a payment ended; it reads the answer as its protocol says."""
    params = (request.POST or request.GET).dict()
    return JsonResponse(operations.receive_message(gateway=_known(gateway), params=params, at=now()))

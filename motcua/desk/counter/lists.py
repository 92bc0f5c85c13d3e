"""Two lists of the counter: intakes whose answer is due, and results that nobody has fetched."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from motcua.accounts.http import Request
from motcua.desk import clock
from motcua.desk.access import frame, officer, units_of
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import State
from motcua.foundation.time import now
from motcua.ui.paging import page as page_of

SIZE = 50


def tabs(current: str) -> list[dict[str, Any]]:
    """The counter's pages beside each other."""
    entries = [
        ("counter", _("Nhập hồ sơ")),
        ("counter_intakes", _("Hạn phản hồi tiếp nhận")),
        ("counter_uncollected", _("Kết quả chờ người nhận")),
    ]
    return [{"text": text, "href": reverse(f"desk:{name}"), "current": name == current, "count": None} for name, text in entries]


@officer
@require_GET
def intakes(request: Request) -> HttpResponse:
    """What was filed and waits for its answer within eight working hours, the nearest end first."""
    at = now()
    waiting = (
        Dossier.objects.visible_to(request.actor)
        .filter(reception_id__in=request.actor.agency_ids, state=State.SUBMITTED, intake_due_at__isnull=False)
        .for_list()
        .select_related("procedure_version__procedure", "reception__calendar", "agency__calendar")
    )
    page = page_of(waiting, request, by="intake_due_at", size=SIZE)
    rows = [{"dossier": one, "clock": clock.of_dossier(one, at)} for one in page.rows]
    context = {"rows": rows, "page": page, "tabs": tabs("counter_intakes")}
    return render(request, "desk/counter/intakes.html", context | frame(units_of(request), "counter"))


@officer
@require_GET
def uncollected(request: Request) -> HttpResponse:
    """Results to be fetched at the counter, the longest waiting first, with where they are kept."""
    at = now()
    waiting = (
        Dossier.objects.visible_to(request.actor)
        .filter(reception_id__in=request.actor.agency_ids, state=State.SETTLED, delivery=Dossier.Delivery.COUNTER)
        .for_list()
        .select_related("procedure_version__procedure", "uncollected", "result")
    )
    page = page_of(waiting, request, by="settled_at", size=SIZE)
    long = timedelta(days=settings.REMIND_OF_RESULT_DAYS)
    rows = [
        {
            "dossier": one,
            "days": (at - one.settled_at).days if one.settled_at else 0,
            "long": one.settled_at is not None and at - one.settled_at >= long,
            "kept": getattr(one, "uncollected", None),
            "result": getattr(one, "result", None),
        }
        for one in page.rows
    ]
    context = {"rows": rows, "page": page, "tabs": tabs("counter_uncollected"), "limit": settings.REMIND_OF_RESULT_DAYS}
    return render(request, "desk/counter/uncollected.html", context | frame(units_of(request), "counter"))

"""What an administrator sees first: what needs attention, and where everything is."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from motcua.accounts.http import Request
from motcua.console.views.procedures import waiting_for_approval
from motcua.foundation.time import now
from motcua.messaging.models import Message
from motcua.payments.models import Payment
from motcua.procedures.models import ProcedureVersion
from motcua.ui.paging import bounded

_SILENT = timedelta(seconds=60)  # a worker says every 10 seconds that it lives


@require_safe
def home(request: Request) -> HttpResponse:
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=now() - _SILENT)
    newest = ProcedureVersion.objects.select_related("procedure").defer("content")
    shown = {
        "failed_messages": bounded(Message.objects.filter(state=Message.State.FAILED)),
        "failed_jobs": bounded(ProcrastinateJob.objects.filter(status="failed")),
        "flagged_payments": bounded(Payment.objects.for_a_person()),
        "waiting": bounded(waiting_for_approval()),
        "worker_alive": alive.exists(),
        "newest": newest.order_by("-id").first(),
    }
    return render(request, "console/home.html", shown)

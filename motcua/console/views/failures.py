"""What could not be sent or done, why, and trying it again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from motcua.accounts.http import Request
from motcua.foundation import operations as queue
from motcua.foundation.errors import Refusal
from motcua.foundation.models import Event
from motcua.foundation.time import now
from motcua.messaging import operations as messaging
from motcua.messaging.models import Message
from motcua.ui.paging import page


@require_safe
def failures(request: Request) -> HttpResponse:
    """Messages, or with `?loai=cong-viec` jobs, newest first."""
    shown: dict[str, Any]
    if request.GET.get("loai") == "cong-viec":
        jobs = page(ProcrastinateJob.objects.filter(status="failed"), request, by="-")
        shown = {"jobs": jobs, "failed_at": _failed_at(jobs.rows), "events": _events(jobs.rows)}
    else:
        failed = Message.objects.filter(state=Message.State.FAILED).select_related("event")
        shown = {"letters": page(failed.defer("body"), request, by="-")}
    return render(request, "console/failures.html", shown | {"task_name": task_name})


def _failed_at(jobs: list[ProcrastinateJob]) -> dict[int, Any]:
    """When each of these jobs failed last (one query)."""
    failed = ProcrastinateEvent.objects.filter(job__in=[job.pk for job in jobs], type="failed")
    return dict(failed.order_by("id").values_list("job_id", "at"))


def _events(jobs: list[ProcrastinateJob]) -> dict[int, Event]:
    """The events that these jobs should have handed on, by their key (one query)."""
    return Event.objects.in_bulk([job.args["event_id"] for job in jobs if "event_id" in job.args])


def task_name(name: str) -> str:
    """What a job is for, in words."""
    known = {
        "messaging": _("Gửi thông báo"),
        "accounts": _("Gửi thư tài khoản"),
        "papers": _("Lập giấy tờ điện tử"),
        "payments": _("Thanh toán, biên lai"),
        "foundation": _("Xử lý sự kiện"),
    }
    room = name.removeprefix("motcua.").split(".")[0]
    return known.get(room, _("Công việc nền"))


@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=pk)
    try:
        messaging.resend(message=message, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Thông báo đang được gửi lại đến %(email)s.") % {"email": message.recipient}
        )
    return redirect("console:failures")


@require_POST
def run_again(request: Request, pk: int) -> HttpResponse:
    try:
        queue.run_job_again(job_id=pk, actor=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Công việc đang được chạy lại."))
    return redirect(reverse("console:failures") + "?loai=cong-viec")

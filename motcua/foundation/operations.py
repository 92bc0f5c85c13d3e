"""What administrators do about the queue."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, WrongState


@transaction.atomic
def run_job_again(*, job_id: int, actor: Actor, at: datetime) -> None:
    """Put a job that failed for good back into the queue, to be run at once.

    Raises NotAllowed, or WrongState when it did not fail, was begun again already, or another one like it waits.
    """
    if actor.kind != "system" and not actor.holds("administrator"):
        raise NotAllowed(_("Chỉ quản trị hệ thống mới được chạy lại công việc."))
    job = ProcrastinateJob.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None or job.status != "failed":
        raise WrongState(_("Công việc này không còn ở trạng thái thất bại. Vui lòng tải lại trang."))
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job_id, retry_at=at)
    except ConnectorException:  # jobs by the clock: only one of them may wait
        raise WrongState(_("Một công việc giống như vậy đang chờ chạy. Không cần chạy lại.")) from None
    events.record("job.retried", subject=f"job:{job_id}", actor=actor, at=at, task=job.task_name)

"""Sending, in a worker: tried again with growing pauses, and honest about what failed."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from motcua.foundation.jobs import job
from motcua.foundation.time import now
from motcua.messaging.models import Message
from motcua.papers import operations as papers
from motcua.papers.models import Paper

log = logging.getLogger(__name__)


@job(queue="mail", retries=10)
def send(message_id: int) -> None:
    """Send one message unless it was sent already; a failure is kept on the row and raised for a retry."""
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        if message.state == Message.State.SENT:
            return
        mail = EmailMessage(
            subject=message.subject_line,
            body=message.body,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[message.recipient],
            headers={"Message-ID": f"<motcua-{message.pk}@{_host()}>"},  # a repeat can be known by it
        )
        for paper in Paper.objects.filter(pk__in=message.paper_ids):
            with papers.file_of(paper).open() as content:
                mail.attach(
                    f"{paper.kind}-{paper.number or paper.check_code}.pdf".replace("/", "-"),
                    content.read(),
                    "application/pdf",
                )
        try:
            mail.send()
        except OSError as error:
            failure = error
        else:
            message.state, message.sent_at, message.failure = Message.State.SENT, now(), ""
            message.save(update_fields=["state", "sent_at", "failure"])
            return
    Message.objects.filter(pk=message_id).update(state=Message.State.FAILED, failure=str(failure)[:500])
    log.warning("message %s was not sent: %s", message_id, failure)
    raise failure


def _host() -> str:
    return settings.BASE_URL.split("://")[-1].split(":")[0].split("/")[0]

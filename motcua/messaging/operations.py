"""Writing to the people of a dossier."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.agencies.models import Officer, Role
from motcua.dossiers.models import Dossier
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, WrongState
from motcua.foundation.models import Event
from motcua.messaging.jobs import send
from motcua.messaging.models import Message
from motcua.messaging.texts import Text


def recipients(dossier: Dossier) -> list[str]:
    """The mail addresses of who filed and, when somebody else, of the owner."""
    addresses = [
        dossier.submitter.get("email", ""),
        dossier.owner.get("email", "") if dossier.on_behalf else "",
    ]
    return list(dict.fromkeys(address for address in addresses if address))


def receivers_and_heads(dossier: Dossier) -> list[str]:
    """The mail addresses of those who receive at the dossier's counter and who lead there."""
    wanted = Officer.objects.filter(
        agency_id=dossier.reception_id, role__in=[Role.RECEIVER, Role.HEAD, Role.LEADER], user__is_active=True
    )
    return list(wanted.exclude(user__email="").values_list("user__email", flat=True).distinct().order_by("user__email"))


@transaction.atomic
def notify(
    *, event: Event, text: Text, paper_ids: list[str], at: datetime, addresses: Sequence[str]
) -> list[Message]:
    """Write this event's letter to these addresses. A second call adds nothing."""
    messages = []
    for address in addresses:
        message, is_new = Message.objects.get_or_create(
            event=event,
            recipient=address,
            defaults={
                "subject_line": text.subject,
                "body": text.body,
                "paper_ids": paper_ids,
                "created_at": at,
            },
        )
        if is_new:
            send.defer(message_id=message.pk)
            messages.append(message)
    return messages


@transaction.atomic
def resend(*, message: Message, actor: Actor, at: datetime) -> Message:
    """Try a letter that could not be sent again, at once. Raises NotAllowed, or WrongState when it did not fail."""
    if actor.kind != "system" and not actor.holds(Role.ADMINISTRATOR):
        raise NotAllowed(_("Chỉ quản trị hệ thống mới được gửi lại thông báo."))
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state != Message.State.FAILED:
        raise WrongState(_("Thông báo này đã được gửi hoặc đang chờ gửi. Vui lòng tải lại trang."))
    message.state = Message.State.WAITING
    message.save(update_fields=["state"])
    send.defer(message_id=message.pk)
    events.record("message.resent", subject=f"message:{message.pk}", actor=actor, at=at)
    return message


def count_as_sent(*, until: datetime) -> int:
    """Mark what waits as sent without sending it: letters of a made-up past, which nobody expects."""
    waiting = Message.objects.filter(state=Message.State.WAITING, created_at__lte=until)
    return waiting.update(state=Message.State.SENT, sent_at=until)

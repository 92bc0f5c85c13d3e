"""Writing to the people of a dossier."""

from datetime import datetime

from django.db import transaction

from motcua.dossiers.models import Dossier
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


@transaction.atomic
def notify(
    *, event: Event, dossier: Dossier, text: Text, paper_ids: list[str], at: datetime
) -> list[Message]:
    """Write this event's letter to everybody whom it concerns. A second call adds nothing."""
    messages = []
    for address in recipients(dossier):
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

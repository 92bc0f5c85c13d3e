"""The counter's last act: the result is handed over or sent; nobody comes, so its owner is reminded and it is kept."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from motcua.agencies.models import Role
from motcua.dossiers import printing
from motcua.dossiers.models import Dossier, UncollectedResult
from motcua.dossiers.operations.moving import check, lock, move
from motcua.dossiers.operations.steps import chosen_outcome, finish, open_task
from motcua.dossiers.states import State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.papers import operations as papers

MOST_REMINDERS = 3
HANDED_OVER = frozenset({Dossier.Handing.SIGNATURE, Dossier.Handing.CODE})  # somebody stands there


class WrongCode(Refusal):
    """The look-up code that was said is not that of the dossier."""


@transaction.atomic
def return_result(
    *,
    dossier: Dossier,
    receiver_name: str,
    note: str,
    actor: Actor,
    at: datetime,
    how: str = Dossier.Handing.SIGNATURE,
    identity: str = "",
    code: str = "",
    tracking: str = "",
    seen: int | None = None,
) -> Dossier:
    """Hand the result over to who came for it, or send it; never blocked because it is late, or was kept for long.

    With a code the look-up secret of the dossier stands for the signature; a result sent by post has a tracking
    number. What is handed over or posted gets a receipt slip. Raises NotAllowed, WrongState, or Refusal without the name
    of who received it, with a wrong code, or without a tracking number.
    """
    dossier = lock(dossier)
    task = open_task(dossier, "return_result", actor, seen)
    check(dossier, "return_result", actor, task)
    name = receiver_name.strip()
    if how not in Dossier.Handing.values:
        raise Refusal(_("Vui lòng chọn cách trả kết quả."))
    if not name:
        raise Refusal(_("Vui lòng nhập họ và tên người nhận kết quả."))
    if how == Dossier.Handing.CODE and not constant_time_compare("".join(code.split()), dossier.lookup_secret):
        raise WrongCode(_("Mã tra cứu không đúng. Vui lòng kiểm tra lại trên giấy tiếp nhận, hoặc cho người nhận ký nhận."))
    if how == Dossier.Handing.POST and not tracking.strip():
        raise Refusal(_("Vui lòng nhập số hiệu bưu gửi."))
    finish(dossier, task, chosen_outcome(dossier, task).id, note.strip(), actor, at)
    sent = {"tracking": tracking.strip()[:60]} if how == Dossier.Handing.POST else {}
    dossier = move(
        dossier,
        "return_result",
        actor,
        at,
        {"returned_at": at, "returned_to": name[:200], "returned_how": str(how)},
        receiver=name,
        note=note.strip(),
        how=str(how),
        **sent,
    )
    if how != Dossier.Handing.ELECTRONIC:
        papers.issue(
            kind="return_receipt",
            subject=dossier.subject,
            data=printing.return_receipt(dossier, identity.strip(), tracking.strip(), note.strip(), actor.name),
            actor=actor,
            at=at,
            once=f"return:{dossier.pk}",
        )
    return dossier


@transaction.atomic
def keep_result(*, dossier: Dossier, place: str, actor: Actor, at: datetime) -> UncollectedResult:
    """Note where a result that nobody fetches is kept; it can be returned from there at any time.

    Raises NotAllowed to all but who returns results there, WrongState without a result that waits, Refusal without a place.
    """
    dossier = lock(dossier)
    if not actor.has_role(Role.RETURNER, dossier.reception_id):
        raise NotAllowed(_("Việc lưu giữ kết quả thuộc nhiệm vụ của cán bộ trả kết quả."))
    if dossier.state != State.SETTLED:
        raise WrongState(_("Hồ sơ không có kết quả nào đang chờ người nhận."))
    if not place.strip():
        raise Refusal(_("Vui lòng nhập vị trí lưu giữ kết quả."))
    kept, _is_new = UncollectedResult.objects.update_or_create(
        dossier=dossier, defaults={"place": place.strip()[:120], "kept_at": at, "kept_by": actor.name}
    )
    events.record("dossier.result_kept", subject=dossier.subject, actor=actor, at=at, place=kept.place)
    return kept


@transaction.atomic
def remind_of_result(*, dossier: Dossier, actor: Actor, at: datetime) -> bool:
    """Write to who has not fetched the result, at most three times; whether it was time for that."""
    dossier = lock(dossier)
    if dossier.state != State.SETTLED or dossier.settled_at is None:
        return False
    waits, _is_new = UncollectedResult.objects.get_or_create(dossier=dossier)
    last = waits.reminded_at or dossier.settled_at
    if waits.reminders >= MOST_REMINDERS or at - last < timedelta(days=settings.REMIND_OF_RESULT_DAYS):
        return False
    waits.reminders, waits.reminded_at = waits.reminders + 1, at
    waits.save(update_fields=["reminders", "reminded_at"])
    events.record(
        "dossier.result_waits",
        subject=dossier.subject,
        actor=actor,
        at=at,
        times=waits.reminders,
        days=(at - dossier.settled_at).days,
    )
    return True


def remind_of_results(*, actor: Actor, at: datetime) -> int:
    """Remind of every result that has waited long at a counter, each in a transaction of its own; how many those were."""
    since = at - timedelta(days=settings.REMIND_OF_RESULT_DAYS)
    waiting = Dossier.objects.filter(state=State.SETTLED, delivery=Dossier.Delivery.COUNTER, settled_at__lte=since)
    due = waiting.filter(
        Q(uncollected=None) | Q(uncollected__reminders__lt=MOST_REMINDERS)
        & (Q(uncollected__reminded_at=None) | Q(uncollected__reminded_at__lte=since))
    )
    return sum(
        remind_of_result(dossier=Dossier(pk=pk), actor=actor, at=at) for pk in list(due.values_list("pk", flat=True)[:5000])
    )

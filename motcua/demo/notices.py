"""What officers find defective at the end of the story: ticks, a draft for the head, a leave to ask again, an objection."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from motcua.accounts.middleware import actor_of
from motcua.demo.history import World
from motcua.dossiers import notices, operations
from motcua.dossiers.models import Dossier, StandardReason, SupplementRequest, Task
from motcua.dossiers.states import State
from motcua.foundation.errors import Refusal

_OBJECTIONS = [
    "Giấy tờ này đã có chữ ký của người đại diện ở trang cuối, kính đề nghị cơ quan kiểm tra lại.",
    "Bản chụp rõ ràng khi mở trên máy tính, kính đề nghị cơ quan xem lại tệp đã nộp.",
]


def arrange(world: World) -> None:
    """Leave some checks under way, so that each of their pages has something to show."""
    _begin_checks(world)
    _draft(world)
    _ask_again(world)
    _object(world)


def _entry(dossier: Dossier, item: notices.Item) -> dict[str, Any]:
    """A defect of this item, in the words of the library."""
    fitting = notices.fitting_item(notices.reasons_for("supplement", dossier), item)
    reason: StandardReason | None = fitting[len(item.key) % len(fitting)] if fitting else None
    return {
        "item": item.key,
        "component_id": item.component_id,
        "section_id": item.section_id,
        "name": item.name,
        "reason": reason.text if reason else "Nội dung chưa rõ, cần giải trình",
        "basis": reason.basis if reason else "Nghị định 118/2025/NĐ-CP",
        "standard": reason.pk if reason else None,
    }


def _begin_checks(world: World) -> None:
    """Dossiers whose check has begun, at the counter and in appraisal: the first with a defect, the others good so far."""
    receiver = world.officer("tiepnhan")
    waiting = [(one, receiver) for one in Dossier.objects.filter(state=State.SUBMITTED, supplements=None).order_by("-id")[:2]]
    waiting += [(task.dossier, actor_of(task.assignee)) for task in _appraisals().order_by("id")[:2] if task.assignee]
    for number, (dossier, officer) in enumerate(waiting):
        for place, item in enumerate(notices.items_of(dossier)[:4]):
            bad = number == 0 and place == 1
            entry = _entry(dossier, item)
            operations.tick(
                dossier=dossier, item=item.key, good=not bad, reason=entry["reason"] if bad else "",
                basis=entry["basis"] if bad else "", actor=officer, at=world.now - timedelta(minutes=20),
            )  # fmt: skip


def _appraisals() -> QuerySet[Task]:
    """The appraisals that somebody has in hand."""
    tasks = Task.objects.open().filter(act="appraise", dossier__state=State.PROCESSING, assignee__isnull=False)
    return tasks.select_related("dossier", "assignee")


def _draft(world: World) -> None:
    """Two requests that appraisers have put before their head."""
    drafted = 0
    for task in _appraisals().order_by("-id"):
        items = [one for one in notices.items_of(task.dossier) if one.component_id]
        stands = notices.standing(task.dossier, items)
        asked = [_entry(task.dossier, one) for one in items if one.key not in stands][:2]
        if not asked or task.assignee is None:
            continue
        try:
            operations.draft_supplement(
                dossier=task.dossier, items=asked, basis=asked[0]["basis"],
                note="Vui lòng bổ sung cùng một lần để hồ sơ được giải quyết đúng hạn.",
                actor=actor_of(task.assignee), at=world.now - timedelta(minutes=45),
            )  # fmt: skip
        except Refusal:  # asked as often as may be already
            continue
        drafted += 1
        if drafted == 2:
            return


def _ask_again(world: World) -> None:
    """Somebody has found something new in what was told to be good, and asks the leader."""
    receiver = world.officer("tiepnhan")
    asked_before = Dossier.objects.filter(state=State.SUBMITTED, supplements__isnull=False).distinct().order_by("-id")
    candidates = [(one, receiver) for one in asked_before]
    candidates += [(task.dossier, actor_of(task.assignee)) for task in _appraisals().order_by("-id") if task.assignee]
    for dossier, officer in candidates:
        stands = notices.standing(dossier, notices.items_of(dossier))
        papers = [key for key in stands if key.startswith("giay-")]
        if papers:
            operations.ask_override(
                dossier=dossier, items=papers[:1], reason="Đối chiếu cơ sở dữ liệu thấy số giấy không trùng khớp.",
                actor=officer, at=world.now - timedelta(minutes=30),
            )  # fmt: skip
            return


def _object(world: World) -> None:
    """Two applicants who do not agree with what they are asked for."""
    waiting = SupplementRequest.objects.filter(closed_at=None, dossier__applicant__isnull=False)
    for request, text in zip(waiting.select_related("dossier__applicant").order_by("-id"), _OBJECTIONS, strict=False):
        applicant = request.dossier.applicant
        if applicant is not None:
            operations.object_to(
                request=request, place=0, text=text, actor=actor_of(applicant), at=world.now - timedelta(minutes=15)
            )

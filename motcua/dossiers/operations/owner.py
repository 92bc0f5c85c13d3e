"""What the citizen or organisation does after filing."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.dossiers import deadlines, proof
from motcua.dossiers.models import Dossier, Rating, SupplementRequest
from motcua.dossiers.operations.moving import change, check, lock, move
from motcua.dossiers.operations.pausing import resumed
from motcua.dossiers.states import TRANSITIONS, State
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState


@transaction.atomic
def supplement(*, dossier: Dossier, note: str, actor: Actor, at: datetime) -> Dossier:
    """Hand in what was asked for: back to intake, or back to appraisal with a new due date.

    What the applicant does not agree with need not be brought. Raises Refusal while another paper of the request has
    no new file or a question about the form has no answer in `note`, NotAllowed, or WrongState.
    """
    dossier = lock(dossier)
    request = dossier.supplements.filter(closed_at=None).first()
    in_appraisal = request is not None and request.stage == SupplementRequest.Stage.APPRAISAL
    name = "supplement_in_appraisal" if in_appraisal else "supplement"
    if actor.kind == "officer":  # it was brought to the counter
        name = f"bring_{name}"
    check(dossier, name, actor)
    if request is None:
        raise WrongState(_("Hồ sơ không có yêu cầu bổ sung nào đang chờ."))
    brought = set(request.documents.values_list("component_id", flat=True))
    brought |= set(request.on_paper.values_list("component_id", flat=True))
    objected = set(request.objections.values_list("place", flat=True))
    wanted = [item for place, item in enumerate(request.items) if place not in objected]
    lacking = [item["name"] for item in wanted if item["component_id"] and item["component_id"] not in brought]
    if lacking:
        raise Refusal(_("Vui lòng đính kèm giấy tờ được yêu cầu: %(names)s.") % {"names": "; ".join(lacking)})
    if not note.strip() and not all(item["component_id"] for item in wanted):
        raise Refusal(_("Vui lòng nhập nội dung giải trình, bổ sung cho tờ khai."))
    request.answered_at = request.closed_at = at
    request.save(update_fields=["answered_at", "closed_at"])
    changes: dict[str, Any]
    moved: dict[str, str] = {}
    if in_appraisal:
        changes, moved = resumed(dossier, at)
    else:
        changes = {"intake_due_at": deadlines.intake_due(dossier, at)}
    sealed = proof.seal(dossier, request.documents.select_related("file"), request.on_paper.all())
    return move(dossier, name, actor, at, changes, note=note.strip(), sealed=sealed, **moved)


@transaction.atomic
def request_withdrawal(
    *, dossier: Dossier, reason: str, actor: Actor, at: datetime, asked_by: str = ""
) -> Dossier:
    """Ask to take the dossier back; the one-stop counter confirms it.

    A receiver of the counter notes the wish of who comes or writes, `asked_by`, where the dossier is not kept in an
    account alone. Raises Refusal without a reason or without who asks, NotAllowed, or WrongState when it can no
    longer be withdrawn.
    """
    dossier = lock(dossier)
    at_counter = actor.kind == "officer"
    if at_counter and not dossier.allows(TRANSITIONS["withdraw"], actor):
        raise NotAllowed(_("Ông/Bà không có quyền thực hiện thao tác này đối với hồ sơ."))
    if at_counter and not dossier.is_withdrawn_at_counter:
        raise NotAllowed(_("Hồ sơ được nộp trực tuyến. Vui lòng hướng dẫn người nộp đề nghị rút trong tài khoản của mình."))
    if not at_counter and not dossier.allows(TRANSITIONS["submit"], actor):
        raise NotAllowed(_("Chỉ người nộp hồ sơ mới được đề nghị rút hồ sơ."))
    if dossier.state not in TRANSITIONS["withdraw"].sources:
        raise WrongState(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên không rút được.")
            % {"state": dossier.get_state_display()}
        )
    if dossier.withdrawal_requested_at:
        raise WrongState(_("Đề nghị rút hồ sơ đã được gửi và đang chờ bộ phận một cửa xác nhận."))
    if not reason.strip():
        raise Refusal(_("Vui lòng nhập lý do rút hồ sơ."))
    if at_counter and not asked_by.strip():
        raise Refusal(_("Vui lòng nhập họ tên người đề nghị rút hồ sơ."))
    who = {"asked_by": asked_by.strip()} if at_counter else {}
    changes = {"withdrawal_requested_at": at, "withdrawal_reason": reason.strip()}
    return change(dossier, changes, "dossier.withdrawal_requested", actor, at, reason=reason.strip(), **who)


@transaction.atomic
def rate(*, dossier: Dossier, score: int, comment: str, actor: Actor, at: datetime) -> Rating:
    """Say how satisfying the handling was, once, after the result is there.

    Raises NotAllowed, WrongState before the result, Refusal for an unknown score.
    """
    dossier = lock(dossier)
    if not dossier.allows(TRANSITIONS["submit"], actor):
        raise NotAllowed(_("Chỉ người nộp hồ sơ mới được đánh giá."))
    if dossier.state not in (State.SETTLED, State.RETURNED):
        raise WrongState(_("Ông/Bà có thể đánh giá sau khi hồ sơ có kết quả."))
    if score not in Rating.Score.values:
        raise Refusal(_("Vui lòng chọn một mức đánh giá."))
    if Rating.objects.filter(dossier=dossier).exists():
        raise WrongState(_("Hồ sơ này đã được đánh giá. Xin cảm ơn Ông/Bà."))
    rating = Rating.objects.create(dossier=dossier, score=score, comment=comment.strip(), rated_at=at)
    events.record("dossier.rated", subject=dossier.subject, actor=actor, at=at, score=score)
    return rating

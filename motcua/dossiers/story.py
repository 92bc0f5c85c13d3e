"""A dossier's history in sentences, and what happens next: the same words for citizen and officer."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.dossiers.models import Consultation, Dossier, SupplementRequest, Task
from motcua.dossiers.states import State
from motcua.foundation.models import Event
from motcua.foundation.shown import moment
from motcua.foundation.vietnamese import money


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: who did what, when, and the details worth reading."""

    at: datetime
    who: str
    what: str
    details: tuple[str, ...] = ()
    tone: str = "neutral"  # neutral | good | attention | bad


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next, who does it, by when; `by_citizen` when the citizen is awaited."""

    what: str
    who: str = ""
    by: datetime | None = None
    by_citizen: bool = False


_L = gettext_lazy
_SENTENCES = {
    "dossier.submitted": (_L("Nộp hồ sơ"), "neutral"),
    "dossier.accepted": (_L("Tiếp nhận hồ sơ"), "good"),
    "dossier.supplement_asked": (_L("Yêu cầu bổ sung, hoàn thiện hồ sơ"), "attention"),
    "dossier.supplemented": (_L("Đã bổ sung hồ sơ"), "neutral"),
    "dossier.supplement_drafted": (_L("Trình dự thảo yêu cầu bổ sung"), "neutral"),
    "dossier.supplement_draft_returned": (_L("Trả lại dự thảo yêu cầu bổ sung"), "attention"),
    "dossier.supplement_reminded": (_L("Nhắc bổ sung hồ sơ"), "attention"),
    "dossier.override_asked": (_L("Đề nghị lãnh đạo cho phép yêu cầu lại nội dung đã đạt"), "attention"),
    "dossier.override_granted": (_L("Lãnh đạo cho phép yêu cầu lại nội dung đã đạt"), "attention"),
    "dossier.override_declined": (_L("Lãnh đạo không cho phép yêu cầu lại nội dung đã đạt"), "neutral"),
    "dossier.override_used": (_L("Yêu cầu lại nội dung đã đạt theo cho phép của lãnh đạo"), "attention"),
    "dossier.objected": (_L("Không đồng ý với lý do yêu cầu bổ sung"), "attention"),
    "dossier.objection_answered": (_L("Trả lời ý kiến không đồng ý"), "neutral"),
    "dossier.refused": (_L("Từ chối tiếp nhận hồ sơ"), "bad"),
    "dossier.assigned": (_L("Phân công thụ lý"), "neutral"),
    "dossier.step_passed": (_L("Bỏ qua bước không áp dụng"), "neutral"),
    "dossier.consulted": (_L("Lấy ý kiến phối hợp"), "neutral"),
    "dossier.opinion_given": (_L("Cho ý kiến phối hợp"), "neutral"),
    "dossier.question_taken_back": (_L("Rút câu hỏi lấy ý kiến"), "neutral"),
    "dossier.payment_asked": (_L("Yêu cầu nộp phí, lệ phí"), "attention"),
    "dossier.paid": (_L("Đã nộp đủ phí, lệ phí, tiếp tục giải quyết hồ sơ"), "good"),
    "dossier.clock_started": (_L("Bắt đầu tính thời hạn giải quyết"), "good"),
    "dossier.appraised": (_L("Thẩm định hồ sơ"), "neutral"),
    "dossier.approved": (_L("Phê duyệt kết quả"), "good"),
    "dossier.sent_back": (_L("Trả lại bước trước"), "attention"),
    "dossier.result_drafted": (_L("Soạn dự thảo kết quả"), "neutral"),
    "dossier.signing_begun": (_L("Yêu cầu ký số"), "neutral"),
    "dossier.signing_cancelled": (_L("Hủy yêu cầu ký số"), "neutral"),
    "dossier.signed": (_L("Ký số văn bản"), "good"),
    "dossier.result_revoked": (_L("Thu hồi kết quả"), "bad"),
    "dossier.taken_over": (_L("Nhận xử lý"), "neutral"),
    "dossier.forwarded": (_L("Chuyển người khác xử lý"), "neutral"),
    "dossier.reassigned": (_L("Giao lại cho người khác xử lý"), "neutral"),
    "dossier.recalled": (_L("Thu hồi việc đã chuyển"), "attention"),
    "dossier.handed_over": (_L("Bàn giao hồ sơ giấy, kết quả"), "neutral"),
    "dossier.handover_taken": (_L("Xác nhận đã nhận bàn giao"), "neutral"),
    "dossier.handover_incomplete": (_L("Nhận bàn giao thiếu"), "attention"),
    "dossier.handover_cancelled": (_L("Hủy phiếu bàn giao"), "neutral"),
    "dossier.settled": (_L("Cấp số, ban hành kết quả"), "good"),
    "dossier.returned": (_L("Trả kết quả"), "good"),
    "dossier.withdrawal_requested": (_L("Đề nghị rút hồ sơ"), "attention"),
    "dossier.withdrawal_declined": (_L("Không đồng ý rút hồ sơ"), "attention"),
    "dossier.linked": (_L("Gắn với hồ sơ liên quan"), "neutral"),
    "dossier.unlinked": (_L("Bỏ liên kết với hồ sơ liên quan"), "neutral"),
    "dossier.attached": (_L("Gắn vào hồ sơ liên thông"), "neutral"),
    "dossier.detached": (_L("Tách khỏi hồ sơ liên thông"), "neutral"),
    "dossier.child_attached": (_L("Gắn hồ sơ thành phần"), "neutral"),
    "dossier.child_detached": (_L("Tách hồ sơ thành phần"), "neutral"),
    "dossier.due_moved": (_L("Tính lại hạn do thay đổi lịch làm việc"), "attention"),
    "dossier.withdrawn": (_L("Đồng ý rút hồ sơ"), "neutral"),
    "dossier.stopped": (_L("Dừng giải quyết hồ sơ"), "bad"),
    "dossier.extension_drafted": (_L("Soạn văn bản xin lỗi và đề nghị gia hạn"), "neutral"),
    "dossier.extension_discarded": (_L("Bỏ dự thảo văn bản xin lỗi"), "neutral"),
    "dossier.extended": (_L("Xin lỗi và gia hạn thời gian giải quyết"), "attention"),
    "dossier.end_proposed": (_L("Đề nghị dừng giải quyết hồ sơ"), "attention"),
    "dossier.end_declined": (_L("Không dừng giải quyết, chờ tiếp"), "neutral"),
    "dossier.found_not_eligible": (_L("Thẩm định: hồ sơ không đủ điều kiện"), "attention"),
    "dossier.rated": (_L("Đánh giá mức độ hài lòng"), "neutral"),
    "dossier.intake_nearly_over": (_L("Sắp hết hạn phản hồi việc tiếp nhận"), "attention"),
    "dossier.result_waits": (_L("Nhắc nhận kết quả"), "attention"),
    "dossier.result_kept": (_L("Chuyển kết quả đến nơi lưu giữ"), "neutral"),
    "payment.started": (_L("Bắt đầu thanh toán trực tuyến"), "neutral"),
    "payment.settled": (_L("Thanh toán thành công"), "good"),
    "payment.failed": (_L("Thanh toán không thành công"), "attention"),
    "payment.flagged": (_L("Giao dịch cần đối soát"), "attention"),
    "receipt.issued": (_L("Phát hành biên lai điện tử"), "good"),
    "payment.amount_accepted": (_L("Chấp nhận giao dịch sai số tiền"), "neutral"),
    "payment.voided": (_L("Hủy giao dịch sai số tiền, hoàn lại số tiền đã nhận"), "attention"),
    "payment.refunded": (_L("Đã hoàn trả tiền cho người nộp"), "good"),
    "charge.refund_due": (_L("Ghi nhận khoản phí, lệ phí phải hoàn trả"), "attention"),
}


def _sentence(event: Event) -> tuple[str, str]:
    """What an event says to a person, and its tone; empty for what only machines care about."""
    if event.type == "dossier.submitted" and event.actor_kind == "officer":
        came_by_post = event.data.get("channel") == Dossier.Channel.POST
        return (_("Nhận hồ sơ qua bưu chính") if came_by_post else _("Nhận hồ sơ tại quầy")), "neutral"
    if event.type == "dossier.supplemented" and event.actor_kind == "officer":
        return _("Nhận bổ sung tại quầy"), "neutral"
    if event.type == "dossier.withdrawal_requested" and event.actor_kind == "officer":
        return _("Ghi nhận đề nghị rút hồ sơ tại quầy"), "attention"
    if event.type == "payment.settled" and event.data.get("gateway") == "cash":
        return _("Đã thu tiền mặt"), "good"
    text, tone = _SENTENCES.get(event.type, ("", "neutral"))
    return str(text), tone


PROMISED = frozenset({"settlement", "intake", "supplement", "payment"})  # dates that the applicant was told
_ABOUT_NOTICES = (  # between officers
    "dossier.supplement_drafted",
    "dossier.supplement_draft_returned",
    "dossier.override_asked",
    "dossier.override_granted",
    "dossier.override_declined",
    "dossier.override_used",
)
_AROUND_SIGNING = frozenset(
    {"dossier.result_drafted", "dossier.signing_begun", "dossier.signing_cancelled", "dossier.signed"}
)
_INTERNAL = frozenset(
    {
        *_AROUND_SIGNING,
        "dossier.extension_drafted",
        "dossier.extension_discarded",
        "dossier.end_proposed",
        "dossier.end_declined",
        "dossier.found_not_eligible",
        *_ABOUT_NOTICES,
        "dossier.objected",
        "dossier.objection_answered",
        "dossier.assigned",
        "dossier.step_passed",
        "dossier.consulted",
        "dossier.opinion_given",
        "dossier.question_taken_back",
        "dossier.appraised",
        "dossier.approved",
        "dossier.sent_back",
        "dossier.taken_over",
        "dossier.forwarded",
        "dossier.reassigned",
        "dossier.recalled",
        "dossier.handed_over",
        "dossier.handover_taken",
        "dossier.handover_incomplete",
        "dossier.handover_cancelled",
        "payment.flagged",
        "payment.amount_accepted",
    }
)
_BETWEEN_OFFICERS = frozenset(
    {
        "dossier.taken_over",
        "dossier.forwarded",
        "dossier.reassigned",
        "dossier.recalled",
        "dossier.handed_over",
        "dossier.handover_taken",
        "dossier.handover_incomplete",
        "dossier.handover_cancelled",
    }
)
_TOGETHER = frozenset(
    {
        "dossier.linked",
        "dossier.unlinked",
        "dossier.attached",
        "dossier.detached",
        "dossier.child_attached",
        "dossier.child_detached",
    }
)
_OFFICERS_ONLY = frozenset({*_TOGETHER, *_AROUND_SIGNING, "dossier.extension_drafted", "dossier.extension_discarded", "dossier.end_proposed", "dossier.end_declined", *_BETWEEN_OFFICERS, *_ABOUT_NOTICES, "dossier.intake_nearly_over", "payment.flagged", "payment.amount_accepted", "dossier.step_passed"})
_WITHOUT_DETAILS = frozenset({"dossier.found_not_eligible", "dossier.appraised", "dossier.sent_back", "dossier.opinion_given"})


_LABELS = {
    "other": _L("Mã hồ sơ: %s"),
    "drafted_by": _L("Người dự thảo: %s"),
    "item": _L("Nội dung: %s"),
    "names": _L("Nội dung: %s"),
    "leader": _L("Lãnh đạo cho phép: %s"),
    "objection": _L("Ý kiến: %s"),
    "answer": _L("Trả lời: %s"),
    "reason": _L("Lý do: %s"),
    "basis": _L("Căn cứ: %s"),
    "advice": _L("Hướng giải quyết: %s"),
    "step": _L("Bước: %s"),
    "unit": _L("Đơn vị: %s"),
    "question": _L("Nội dung xin ý kiến: %s"),
    "opinion": _L("Ý kiến: %s"),
    "assignee": _L("Người thụ lý: %s"),
    "holder": _L("Chứng thư số của: %s"),
    "replaced_by": _L("Kết quả thay thế: số %s"),
    "rule": _L("Theo quy tắc phân công: %s"),
    "giver": _L("Bên giao: %s"),
    "taker": _L("Bên nhận: %s"),
    "missing": _L("Thiếu: %s"),
    "number": _L("Số: %s"),
    "how": _L("Cách trả: %s"),
    "place": _L("Nơi lưu giữ: %s"),
    "receiver": _L("Người nhận: %s"),
    "asked_by": _L("Người đề nghị: %s"),
    "tracking": _L("Số hiệu bưu gửi: %s"),
    "reference": _L("Chứng từ: %s"),
    "fees": _L("Phí, lệ phí: %s"),
    "note": _L("Ghi chú: %s"),
}


def _details(event: Event, for_officer: bool) -> tuple[str, ...]:
    data = event.data
    lines: list[str] = []
    for item in data.get("items") or []:
        if isinstance(item, dict) and "reason" in item:
            lines.append(f"{item.get('name', '')}: {item['reason']}")
    for key, template in _LABELS.items():
        value = data.get(key)
        if key == "number" and event.type == "receipt.issued":
            value = f"{data.get('series', '')} {value:08}".strip()
        if key == "opinion" and value:
            value = Consultation.Opinion(value).label
        if key == "how" and value:
            value = Dossier.Handing(value).label
        internal = key in ("note", "question", "rule") and not for_officer and event.type in _INTERNAL
        if value and not internal:
            lines.append(template % value)
    if data.get("amount_vnd"):
        lines.append(_("Số tiền: %s") % money(int(data["amount_vnd"])))
    if data.get("received_vnd"):
        lines.append(_("Số tiền nhận được: %s") % money(int(data["received_vnd"])))
    if data.get("owed_back_vnd"):
        lines.append(_("Số tiền phải hoàn: %s") % money(int(data["owed_back_vnd"])))
    return (*lines, *_moves(event, for_officer), *_due(event))


def _moves(event: Event, for_officer: bool) -> list[str]:
    """The dates that a change of a calendar moved, a line each: to citizens those that they were told."""
    if event.type != "dossier.due_moved":
        return []
    lines = []
    for one in event.data["moves"]:
        if for_officer or one["kind"] in PROMISED:
            old, new = (moment(datetime.fromisoformat(one[key])) for key in ("old", "new"))
            lines.append(_("%(name)s: từ %(old)s sang %(new)s") % {"name": one["name"], "old": old, "new": new})
    words = {"name": event.data["calendar"], "version": event.data["version"]}
    return [*lines, _("Lịch làm việc: %(name)s, phiên bản %(version)s") % words]


def _due(event: Event) -> tuple[str, ...]:
    """The deadline that an event set, as a line."""
    templates = {
        "dossier.accepted": _("Hẹn trả kết quả: %s"),
        "dossier.supplement_asked": _("Hạn bổ sung: %s"),
        "dossier.supplement_reminded": _("Hạn bổ sung: %s"),
        "dossier.supplemented": _("Hẹn trả kết quả: %s"),
        "dossier.clock_started": _("Hẹn trả kết quả: %s"),
        "dossier.paid": _("Hẹn trả kết quả: %s"),
        "dossier.extended": _("Hẹn trả mới: %s"),
        "dossier.payment_asked": _("Hạn nộp: %s"),
        "dossier.consulted": _("Hạn cho ý kiến: %s"),
        "dossier.intake_nearly_over": _("Hạn phản hồi: %s"),
    }
    due_at = event.data.get("due_at")
    if event.type == "dossier.accepted" and not due_at:
        return (_("Thời hạn tính từ khi hồ sơ hợp lệ và đã nộp đủ phí."),)
    if event.type not in templates or not due_at:
        return ()
    due = (templates[event.type] % moment(datetime.fromisoformat(due_at)),)
    if event.type == "dossier.extended" and event.data.get("old_due_at"):
        return (_("Hẹn trả trước đó: %s") % moment(datetime.fromisoformat(event.data["old_due_at"])), *due)
    return due


def _is_for_officers(event: Event) -> bool:
    """Whether the applicant does not read of it at all."""
    told = event.type != "dossier.due_moved" or "due_at" in event.data
    return event.type in _OFFICERS_ONLY or not told


def story(events: list[Event], *, for_officer: bool) -> list[Entry]:
    """The events of a dossier as a timeline, newest first. Citizens do not read internal opinions."""
    entries = []
    for event in events:
        what, tone = _sentence(event)
        if not what or (_is_for_officers(event) and not for_officer):
            continue
        hidden = not for_officer and event.type in _WITHOUT_DETAILS
        details = () if hidden else _details(event, for_officer)
        who = _("Hệ thống") if event.actor_kind == "system" else event.actor_name
        entries.append(Entry(event.occurred_at, who, what, details, tone))
    return entries[::-1]


def public_story(events: list[Event], dossier: Dossier) -> list[Entry]:
    """The timeline for who holds code and secret only, newest first: steps and bodies, no person, no reason.

    `dossier` comes with its reception and agency.
    """
    before_acceptance = {"dossier.submitted", "dossier.accepted", "dossier.refused", "dossier.returned", "dossier.result_kept", "dossier.withdrawn", "dossier.withdrawal_requested", "dossier.withdrawal_declined"}
    entries = []
    for event in events:
        what, tone = _sentence(event)
        if not what or event.type in _INTERNAL or _is_for_officers(event):
            continue
        if event.actor_kind == "citizen":
            who = _("Người nộp hồ sơ")
        elif event.actor_kind == "system":
            who = _("Hệ thống")
        else:
            at_counter = event.type in before_acceptance or event.data.get("stage") == "intake"
            who = (dossier.reception if at_counter else dossier.agency).name
        entries.append(Entry(event.occurred_at, who, what, _due(event), tone))
    return entries[::-1]


def whats_next(
    dossier: Dossier,
    *,
    task: Task | None,
    supplement: SupplementRequest | None,
    owes_vnd: int,
    first_fee_owed: bool,
    is_confirming: bool = False,
) -> Next:
    """What happens next to a dossier, by whom and by when; asks the database nothing.

    `owes_vnd` is what can be paid now; `is_confirming` says that a payment was made or begun whose end
    nobody knows yet: the citizen must not pay it again.
    """
    state = dossier.state
    if dossier.withdrawal_requested_at and not dossier.is_ended:
        return Next(_("Xác nhận đề nghị rút hồ sơ"), dossier.reception.name)
    if state == State.DRAFT:
        return Next(_("Hoàn thành kê khai và nộp hồ sơ"), by_citizen=True)
    if state == State.SUPPLEMENT_REQUESTED and supplement:
        return Next(
            _("Bổ sung, hoàn thiện hồ sơ theo yêu cầu"), by=supplement.due_at, by_citizen=True
        )
    if state == State.SUBMITTED and is_confirming:
        return Next(
            _("Xác nhận giao dịch thanh toán. Vui lòng không thanh toán lại."),
            _("Ngân hàng và cổng thanh toán"),
        )
    if state == State.SUBMITTED and first_fee_owed:
        return Next(
            _("Nộp phí, lệ phí %(money)s để hồ sơ được tiếp nhận") % {"money": money(owes_vnd)},
            by_citizen=True,
        )
    if state == State.SUBMITTED:
        return Next(
            _("Kiểm tra và phản hồi việc tiếp nhận hồ sơ"), dossier.reception.name, dossier.intake_due_at
        )
    if owes_vnd and (dossier.waits_for_fee or state == State.PAYMENT_REQUESTED):
        return Next(
            _("Nộp phí, lệ phí %(money)s. Thời hạn giải quyết tính từ khi đã nộp đủ.") % {"money": money(owes_vnd)}
            if dossier.waits_for_fee
            else _("Nộp phí, lệ phí %(money)s để hồ sơ được giải quyết tiếp") % {"money": money(owes_vnd)},
            by=dossier.payment_due_at,
            by_citizen=True,
        )
    if owes_vnd and not dossier.is_ended:
        return Next(
            _("Nộp phí, lệ phí %(money)s để nhận kết quả") % {"money": money(owes_vnd)},
            by=dossier.due_at,
            by_citizen=True,
        )
    if state in (State.ACCEPTED, State.PROCESSING, State.PAYMENT_REQUESTED):
        return Next(task.name if task else _("Giải quyết hồ sơ"), dossier.agency.name, dossier.due_at)
    if state == State.SETTLED:
        if dossier.delivery == Dossier.Delivery.COUNTER:
            return Next(_("Nhận kết quả tại %(place)s") % {"place": dossier.reception.name}, by_citizen=True)
        return Next(_("Gửi kết quả cho Ông/Bà"), dossier.reception.name)
    return Next(_("Hồ sơ đã kết thúc"))

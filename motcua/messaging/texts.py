"""What we write to people at each event, in the formal register.

Every notice names the agency, who received or handles the dossier, and when: what came in,
what was done and by when the result is due (Nghị định 224/2026/NĐ-CP, Điều 15 khoản 1).
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from motcua.dossiers.models import Dossier
from motcua.foundation.models import Event
from motcua.foundation.vietnamese import moment, money


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    body: str


def _when(value: object) -> str:
    return moment(datetime.fromisoformat(str(value))) if value else ""


def dossier_url(dossier: Dossier) -> str:
    return f"{settings.BASE_URL}/ho-so/{dossier.public_id}/"


def _facts(dossier: Dossier, handler: str) -> str:
    """The facts that each notice must give, as far as they are known."""
    lines = [
        ("Mã hồ sơ", dossier.code or ""),
        ("Thủ tục", dossier.procedure_version.name),
        ("Chủ hồ sơ", dossier.owner_name),
        ("Trạng thái", dossier.get_state_display()),
        ("Cơ quan tiếp nhận", dossier.reception.name),
        ("Cơ quan giải quyết", dossier.agency.name),
        ("Người thực hiện", handler),
        ("Thời gian nộp", moment(dossier.submitted_at) if dossier.submitted_at else ""),
        ("Thời gian tiếp nhận", moment(dossier.accepted_at) if dossier.accepted_at else ""),
        ("Hẹn trả kết quả", moment(dossier.due_at) if dossier.due_at else ""),
        ("Thời gian có kết quả", moment(dossier.settled_at) if dossier.settled_at else ""),
        ("Thời gian trả kết quả", moment(dossier.returned_at) if dossier.returned_at else ""),
    ]
    return "\n".join(f"- {label}: {value}" for label, value in lines if value)


def _letter(dossier: Dossier, what: list[str], handler: str) -> str:
    name = dossier.submitter.get("name", "") or dossier.owner_name
    parts = [
        f"Kính gửi Ông/Bà {name},",
        *[one for one in what if one],
        _facts(dossier, handler),
        f"Theo dõi hồ sơ tại: {dossier_url(dossier)}",
        f"Trân trọng.\n{dossier.reception.name}"
        + (f"\nĐiện thoại hỗ trợ: {dossier.reception.phone}" if dossier.reception.phone else ""),
    ]
    return "\n\n".join(parts) + "\n"


def _bullets(event: Event) -> str:
    items = event.data.get("items") or []
    return "\n".join(f"- {item['name']}: {item['reason']}" for item in items)


def text_for(event: Event, dossier: Dossier) -> Text | None:
    """The letter for this event; None when there is nothing to say to the citizen."""
    data, code = event.data, dossier.code
    by = event.actor_name if event.actor_kind == "officer" else ""
    subject, what = "", list[str]()
    match event.type:
        case "dossier.acknowledged":
            subject = f"Đã nhận hồ sơ {code}"
            what = [
                f"Hồ sơ đã được nộp thành công. Mã hồ sơ: {code}. Mã tra cứu: {dossier.lookup_secret}.",
                f"Cơ quan tiếp nhận sẽ phản hồi trước {moment(dossier.intake_due_at)}."
                if dossier.intake_due_at
                else "",
                "Thông báo đã nhận hồ sơ được gửi kèm thư này.",
            ]
        case "dossier.accepted":
            subject = f"Hồ sơ {code} đã được tiếp nhận"
            what = [
                f"Hồ sơ đã được tiếp nhận. Hẹn trả kết quả: {_when(data.get('due_at'))}."
                if data.get("due_at")
                else "Hồ sơ đã được tiếp nhận. Thời hạn tính từ khi hồ sơ hợp lệ và đã nộp đủ phí.",
                "Giấy tiếp nhận hồ sơ và hẹn trả kết quả được gửi kèm thư này.",
            ]
        case "dossier.supplement_asked":
            subject = f"Hồ sơ {code} cần bổ sung"
            what = [
                f"Sau khi kiểm tra hồ sơ mã số {code}, cơ quan đề nghị Ông/Bà bổ sung, hoàn thiện các nội dung sau:",
                _bullets(event),
                f"Căn cứ: {data.get('basis', '')}",
                data.get("note", ""),
                f"Đề nghị thực hiện trước {_when(data.get('due_at'))}.",
            ]
        case "dossier.supplement_reminded":
            subject = f"Nhắc bổ sung hồ sơ {code}"
            what = [
                f"Đến nay đã qua {data.get('percent', '')}% thời hạn bổ sung mà cơ quan chưa nhận được nội dung bổ sung "
                f"của hồ sơ mã số {code}. Các nội dung cần bổ sung, hoàn thiện:",
                _bullets(event),
                f"Đề nghị thực hiện trước {_when(data.get('due_at'))}. Quá thời hạn này, cơ quan không tiếp tục giải quyết "
                "hồ sơ theo quy định.",
            ]
        case "dossier.objection_answered":
            subject = f"Trả lời ý kiến về yêu cầu bổ sung hồ sơ {code}"
            what = [
                f"Ông/Bà đã nêu ý kiến không đồng ý với lý do yêu cầu bổ sung: {data.get('item', '')}.",
                f"Cơ quan trả lời: {data.get('answer', '')}",
            ]
        case "dossier.supplemented":
            subject = f"Đã nhận bổ sung của hồ sơ {code}"
            what = ["Cơ quan đã nhận nội dung bổ sung của Ông/Bà.", _new_due(data)]
        case "dossier.refused":
            subject = f"Hồ sơ {code} không được tiếp nhận"
            what = [
                f"Hồ sơ của Ông/Bà không đủ điều kiện tiếp nhận vì lý do: {data.get('reason', '')}",
                f"Căn cứ: {data.get('basis', '')}",
                f"Hướng giải quyết: {data['advice']}" if data.get("advice") else "",
            ]
        case "dossier.assigned":
            subject = f"Hồ sơ {code} đang được giải quyết"
            what = [f"Hồ sơ đã được phân công cho {data.get('assignee', '')} thụ lý."]
        case "dossier.settled":
            subject = f"Hồ sơ {code} đã có kết quả"
            where = {
                Dossier.Delivery.COUNTER: f"Mời Ông/Bà nhận kết quả tại {dossier.reception.name}, {dossier.reception.address}.",
                Dossier.Delivery.POST: f"Kết quả sẽ được gửi qua dịch vụ bưu chính công ích đến: {dossier.delivery_address}.",
                Dossier.Delivery.ELECTRONIC: "Bản điện tử của kết quả được gửi kèm thư này.",
            }
            what = [
                f"Kết quả số {data.get('number', '')} đã được ban hành.",
                where[Dossier.Delivery(dossier.delivery)],
            ]
        case "dossier.result_waits":
            subject = f"Nhắc nhận kết quả hồ sơ {code}"
            what = [
                f"Kết quả hồ sơ đã có từ {data.get('days', '')} ngày trước. Mời Ông/Bà nhận kết quả tại {dossier.reception.name}, {dossier.reception.address}.",
                "Khi đến nhận, vui lòng mang theo giấy tiếp nhận và hẹn trả kết quả hoặc mã tra cứu của hồ sơ.",
                "Kết quả được lưu giữ và vẫn được trả sau thời điểm này.",
            ]
        case "dossier.returned":
            subject = f"Đã trả kết quả hồ sơ {code}"
            what = [
                f"Kết quả đã được trả cho: {data.get('receiver', '')}.",
                "Kính mong Ông/Bà đánh giá mức độ hài lòng tại trang hồ sơ.",
            ]
        case "dossier.due_moved" if data.get("due_at"):
            subject = f"Hạn của hồ sơ {code} được tính lại"
            what = [
                f"Lịch làm việc của cơ quan thay đổi nên hạn của hồ sơ chuyển từ {_when(data['old_due_at'])}"
                f" sang {_when(data['due_at'])}.",
                "Cách tính được giải thích tại trang hồ sơ. Kính mong Ông/Bà thông cảm.",
            ]
        case _:
            subject, what = _about_an_end(event, dossier)
            if not subject:
                subject, what = _about_money(event, code)
    return Text(subject, _letter(dossier, what, by)) if subject else None


def text_of_intake(event: Event, dossier: Dossier) -> Text:
    """What the unit's receivers and heads are told when an answer about the intake is due soon."""
    return Text(
        f"Sắp hết hạn phản hồi việc tiếp nhận hồ sơ {dossier.code}",
        "\n\n".join(
            [
                f"Hồ sơ {dossier.code} cần được tiếp nhận, yêu cầu bổ sung hoặc từ chối trước {_when(event.data.get('due_at'))}.",
                f"Thủ tục: {dossier.procedure_version.name}.",
                f"Mở hồ sơ: {settings.BASE_URL}/can-bo/ho-so/{dossier.code}/",
            ]
        )
        + "\n",
    )


def _about_an_end(event: Event, dossier: Dossier) -> tuple[str, list[str]]:
    """Subject and paragraphs of a letter about an end without a result, or a date that was put off; else empty."""
    data, code = event.data, dossier.code
    subject, what = "", list[str]()
    match event.type:
        case "dossier.withdrawal_declined":
            subject = f"Đề nghị rút hồ sơ {code} không được chấp thuận"
            what = [f"Lý do: {data.get('reason', '')}", "Hồ sơ tiếp tục được giải quyết."]
        case "dossier.withdrawn":
            subject = f"Hồ sơ {code} đã được rút"
            what = [
                "Đề nghị rút hồ sơ của Ông/Bà đã được chấp thuận.",
                data.get("fees", ""),
                "Phiếu xác nhận rút hồ sơ được gửi kèm thư này.",
            ]
        case "dossier.stopped":
            subject = f"Hồ sơ {code} dừng giải quyết"
            what = [
                f"Cơ quan dừng giải quyết hồ sơ. Lý do: {data.get('reason', '')}",
                f"Căn cứ: {data['basis']}" if data.get("basis") else "",
                data.get("fees", ""),
                f"Hướng giải quyết: {data['advice']}" if data.get("advice") else "",
                "Thông báo dừng giải quyết hồ sơ được gửi kèm thư này.",
            ]
        case "dossier.extended":
            subject = f"Xin lỗi và hẹn lại ngày trả kết quả hồ sơ {code}"
            what = [
                f"{dossier.agency.name} thành thật xin lỗi Ông/Bà vì hồ sơ mã số {code} chưa được giải quyết đúng thời hạn"
                f" đã hẹn ({_when(data.get('old_due_at'))}).",
                f"Lý do: {data.get('reason', '')}",
                f"Cơ quan đề nghị gia hạn thời gian giải quyết đến {_when(data.get('due_at'))}. Kính mong Ông/Bà thông cảm.",
                "Văn bản xin lỗi và đề nghị gia hạn được gửi kèm thư này.",
            ]
    return subject, what


def _about_money(event: Event, code: str | None) -> tuple[str, list[str]]:
    """Subject and paragraphs of a letter about fees; empty when there is nothing to say."""
    data = event.data
    subject, what = "", list[str]()
    match event.type:
        case "dossier.payment_asked":
            subject = f"Hồ sơ {code} cần nộp phí, lệ phí"
            what = [
                "Thời hạn giải quyết hồ sơ tạm dừng cho đến khi Ông/Bà đã nộp đủ phí, lệ phí.",
                data.get("note", ""),
                f"Đề nghị thực hiện trước {_when(data.get('due_at'))}.",
                "Thông báo nộp phí, lệ phí được gửi kèm thư này.",
            ]
        case "dossier.clock_started" | "dossier.paid":
            subject = f"Hồ sơ {code} đã nộp đủ phí, lệ phí"
            due = f" Hẹn trả kết quả: {_when(data['due_at'])}." if data.get("due_at") else ""
            what = [f"Cơ quan đã nhận đủ phí, lệ phí và giải quyết hồ sơ.{due}"]
        case "receipt.printed":
            subject = f"Biên lai điện tử của hồ sơ {code}"
            what = ["Thanh toán thành công. Biên lai điện tử được gửi kèm thư này."]
        case "payment.failed":
            subject = f"Thanh toán cho hồ sơ {code} không thành công"
            amount = money(int(data["amount_vnd"])) if data.get("amount_vnd") else ""
            what = [f"Giao dịch {amount} không thành công. Ông/Bà có thể thanh toán lại tại trang hồ sơ."]
    return subject, what


def _new_due(data: dict[str, str]) -> str:
    return f"Ngày hẹn trả kết quả mới: {_when(data['due_at'])}." if data.get("due_at") else ""

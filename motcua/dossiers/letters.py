"""What is written when a date is put off, a fee is asked for, or a dossier ends without its result."""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _

from motcua.agencies.models import Agency, Officer
from motcua.dossiers.models import Dossier, Extension
from motcua.dossiers.printing import about, lookup_url, signs_as
from motcua.foundation.actor import Actor
from motcua.foundation.vietnamese import in_vietnamese
from motcua.payments.models import Charge


@in_vietnamese
def signer(actor: Actor, unit: Agency) -> dict[str, str]:
    """Who signs for a unit, with the title of the office held there; a deputy signs for the head (KT.)."""
    title = ""
    if actor.kind == "officer":
        offices = Officer.objects.filter(user_id=int(actor.id), agency=unit).exclude(title="").order_by("-role", "pk")
        title = next((one.title for one in offices), "")
    return signs_as(title or _("Người có thẩm quyền"), actor.name)


@in_vietnamese
def receiver(actor: Actor) -> dict[str, str]:
    """Who signs for the one-stop counter what follows from the receiver's own act."""
    return {"title": _("Người tiếp nhận hồ sơ"), "name": actor.name}


def _recipients(dossier: Dossier) -> list[str]:
    return [_("Như trên"), dossier.reception.name, _("Lưu: VT, hồ sơ %(code)s") % {"code": dossier.code}]


@in_vietnamese
def apology(dossier: Dossier, extension: Extension, actor: Actor) -> dict[str, Any]:
    """Mẫu số 04: Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết."""
    return about(dossier, dossier.agency) | {
        "received_at": dossier.accepted_at,
        "due_at": extension.old_due_at,
        "new_due_at": extension.new_due_at,
        "late_unit": extension.late_unit,
        "reason": extension.reason,
        "late": not extension.in_time,
        "signer": signer(actor, dossier.agency),
        "recipients": _recipients(dossier),
    }


@in_vietnamese
def stop_notice(
    dossier: Dossier, reason: str, basis: str, advice: str, fees: str, actor: Actor
) -> dict[str, Any]:
    """Mẫu số 05: Thông báo dừng giải quyết hồ sơ."""
    return about(dossier, dossier.agency) | {
        "received_at": dossier.accepted_at,
        "reason": reason,
        "basis": basis,
        "advice": advice,
        "fee": fees,
        "signer": signer(actor, dossier.agency),
        "recipients": _recipients(dossier),
    }


@in_vietnamese
def withdrawal_slip(dossier: Dossier, fees: str, asked_by: str, actor: Actor) -> dict[str, Any]:
    """Phiếu xác nhận rút hồ sơ; `asked_by` names who asked at the counter."""
    on_paper = dossier.channel != Dossier.Channel.ONLINE
    return about(dossier, dossier.reception) | {
        "received_at": dossier.accepted_at or dossier.submitted_at,
        "requested_at": dossier.withdrawal_requested_at,
        "reason": dossier.withdrawal_reason,
        "asked_by": asked_by,
        "fee": fees,
        "papers": _("Giấy tờ đã nộp bản giấy được trả lại cho người nộp.") if on_paper else "",
        "signer": receiver(actor),
    }


@in_vietnamese
def refund_notice(
    dossier: Dossier, unit: Agency, charges: Collection[Charge], signer: dict[str, str]
) -> dict[str, Any]:
    """Thông báo hoàn trả phí, lệ phí: `charges` are those that were paid and are given back, to who owed them."""
    lines = [line for charge in charges for line in _lines(charge)]
    reason = _("cơ quan chưa thẩm định hồ sơ.") if dossier.accepted_at else _("hồ sơ chưa được tiếp nhận giải quyết.")
    return about(dossier, unit) | {
        "lines": lines,
        "amount_vnd": sum(line["amount_vnd"] for line in lines),
        "reason": reason,
        "payee": "; ".join(dict.fromkeys(charge.payer_name for charge in charges)),
        "how": _("chuyển khoản vào tài khoản đã dùng để nộp, hoặc nhận tại nơi thu khi xuất trình biên lai."),
        "support": dossier.reception.name,
        "support_phone": dossier.reception.phone,
        "signer": signer,
        "recipients": _recipients(dossier),
    }


@in_vietnamese
def fee_notice(dossier: Dossier, charges: Iterable[Charge], note: str, actor: Actor) -> dict[str, Any]:
    """Thông báo nộp phí, lệ phí, while the dossier waits for them: `charges` are those that are owed."""
    owed = list(charges)
    lines = [line for charge in owed for line in _lines(charge)]
    account = owed[0].account if owed else {}
    rows = [(_("Số tài khoản"), "number"), (_("Ngân hàng, kho bạc"), "bank"), (_("Đơn vị thụ hưởng"), "holder")]
    return about(dossier, dossier.agency) | {
        "lines": lines,
        "amount_vnd": sum(line["amount_vnd"] for line in lines),
        "due_at": dossier.payment_due_at,
        "account": [{"label": label, "value": str(account[key])} for label, key in rows if account.get(key)],
        "note": note,
        "lookup_url": lookup_url(dossier),
        "signer": signer(actor, dossier.agency),
    }


def _lines(charge: Charge) -> list[dict[str, Any]]:
    return [{key: line.get(key, "") for key in ("name", "kind", "amount_vnd")} for line in charge.lines]

"""What the statutory papers of a dossier say: plain data for `motcua.papers`."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.agencies.models import Agency, Place
from motcua.dossiers.models import Dossier, Result, SupplementRequest, Task
from motcua.foundation import vietnamese
from motcua.foundation.time import HANOI
from motcua.foundation.vietnamese import in_vietnamese
from motcua.foundation.working_time import TimeLimit
from motcua.procedures import rules
from motcua.procedures.definition import Field

UNITS = {
    "working_days": gettext_lazy("ngày làm việc"),
    "calendar_days": gettext_lazy("ngày"),
    "hours": gettext_lazy("giờ làm việc"),
    "months": gettext_lazy("tháng"),
}


def time_limit_words(limit: TimeLimit | None) -> str:
    """Such as "05 ngày làm việc"."""
    return f"{limit.amount:02} {UNITS[limit.unit]}" if limit else _("Chưa công bố")


def lookup_url(dossier: Dossier) -> str:
    return f"{settings.BASE_URL}/tra-cuu-ho-so/?ma={dossier.code}"


def _agency(agency: Agency) -> dict[str, Any]:
    return {
        "name": agency.name,
        "superior": agency.parent.name if agency.parent else "",
        "address": agency.address,
        "phone": agency.phone,
        "email": agency.email,
        "tax_code": agency.tax_code,
    }


def person(party: dict[str, Any]) -> dict[str, Any]:
    """A party of the dossier as a person on paper."""
    return {
        "name": party.get("name", ""),
        "citizen_id": party.get("citizen_number", ""),
        "tax_code": party.get("tax_code", ""),
        "address": party.get("address", ""),
        "phone": party.get("phone", ""),
        "email": party.get("email", ""),
    }


def _about(dossier: Dossier, agency: Agency) -> dict[str, Any]:
    version = dossier.procedure_version
    data = {
        "agency": _agency(agency),
        "place": Place.current().seat,
        "code": dossier.code,
        "procedure": {"number": dossier.definition.number, "name": version.name},
        "owner": person(dossier.owner),
    }
    if dossier.on_behalf:
        data["submitter"] = person(dossier.submitter)
    return data


def shown(field: Field, value: Any) -> str:
    """An answer as a reader expects it: dates, amounts and choices in words."""
    if value is None or value in ("", []):
        return ""
    if field.type == "date":
        try:
            return vietnamese.day(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    if field.type in ("choice", "choices"):
        labels = {option.value: option.label for option in field.options}
        values = value if isinstance(value, list) else [value]
        return "; ".join(labels.get(one, str(one)) for one in values)
    if field.type == "yes_no":
        return _("Có") if value is True or value == "yes" else _("Không")
    if field.type == "money" and isinstance(value, int):
        return vietnamese.money(value)
    return str(value)


def answer_rows(dossier: Dossier) -> list[dict[str, Any]]:
    """The sections of the form with what was answered: [{title, rows, tables}]."""
    form, answers = dossier.definition.form, dossier.answers
    visible = {field.id for field in rules.visible_fields(form, answers)}
    sections = []
    for section in form.sections:
        rows, tables = [], []
        for field in section.fields:
            if field.id not in visible:
                continue
            value = answers.get(field.id)
            if field.type == "table":
                columns = field.columns
                tables.append(
                    {
                        "title": field.label,
                        "columns": [column.label for column in columns],
                        "rows": [
                            [shown(column, row.get(column.id)) for column in columns] for row in value or []
                        ],
                    }
                )
            else:
                rows.append({"label": field.label, "value": shown(field, value)})
        sections.append({"id": section.id, "title": section.title, "rows": rows, "tables": tables})
    return sections


@in_vietnamese
def acknowledgement(dossier: Dossier) -> dict[str, Any]:
    """Thông báo đã nhận hồ sơ nộp trực tuyến: what came in, and what happens next."""
    names = {component.id: component.name for component in dossier.definition.record.components}
    documents = [
        {
            "name": names.get(document.component_id, document.component_id),
            "file_name": document.name,
            "size": document.file.size,
            "sha256": document.file.sha256,
        }
        for document in dossier.documents.select_related("file")
    ]
    forms = [{"name": c.name} for c in dossier.definition.record.components if c.form]
    rows = [row for section in answer_rows(dossier) for row in section["rows"] if row["value"]]
    fees = rules.fee_lines(dossier.definition, dossier.answers, dossier.channel)
    return _about(dossier, dossier.reception) | {
        "lookup_secret": dossier.lookup_secret,
        "lookup_url": lookup_url(dossier),
        "submitted_at": dossier.submitted_at,
        "documents": forms + documents,
        "answers": rows,
        "fees": [{"name": fee.name, "amount_vnd": fee.amount_vnd, "kind": fee.kind} for fee in fees],
        "settled_by": dossier.agency.name,
        "delivery": str(Dossier.Delivery(dossier.delivery).label),
        "reply_hours": dossier.definition.process.intake_hours,
        "reply_by": dossier.intake_due_at,
    }


@in_vietnamese
def acceptance_slip(dossier: Dossier, receiver: str) -> dict[str, Any]:
    """Mẫu số 01: Giấy tiếp nhận hồ sơ và hẹn trả kết quả."""
    definition = dossier.definition
    brought = set(dossier.documents.values_list("component_id", flat=True))
    online = dossier.channel == Dossier.Channel.ONLINE
    components = [
        {
            "name": component.name,
            "originals": 0 if online else component.originals,
            "copies": 0 if online else component.copies,
            "electronic": online,
        }
        for component in rules.asked_components(definition, dossier.answers)
        if component.form or component.id in brought
    ]
    fees = rules.fee_lines(definition, dossier.answers, dossier.channel)
    return _about(dossier, dossier.reception) | {
        "reception": dossier.reception.name,
        "components": components,
        "time_limit": time_limit_words(definition.time_limit(dossier.channel)),
        "received_at": dossier.accepted_at,
        "due_at": dossier.due_at,
        "delivery": str(Dossier.Delivery(dossier.delivery).label),
        "delivery_address": dossier.delivery_address,
        "receiver": {"title": _("Người tiếp nhận hồ sơ"), "name": receiver},
        "settled_by": dossier.agency.name,
        "sets": definition.record.copies_of_dossier,
        "fee": vietnamese.money(sum(fee.amount_vnd for fee in fees)) if fees else _("Không thu"),
        "lookup_secret": dossier.lookup_secret,
        "lookup_url": lookup_url(dossier),
    }


@in_vietnamese
def supplement_request(dossier: Dossier, request: SupplementRequest) -> dict[str, Any]:
    """Mẫu số 02: Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""
    intake = request.stage == SupplementRequest.Stage.INTAKE
    return _about(dossier, dossier.reception if intake else dossier.agency) | {
        "items": [
            {
                "name": item["name"],
                "content": _("Bổ sung, hoàn thiện"),
                "reason": item["reason"],
                "basis": request.basis,
            }
            for item in request.items
        ],
        "signer": {"title": _("Người hướng dẫn"), "name": request.requested_by},
        "due_at": request.due_at,
        "support": dossier.reception.name,
        "support_phone": dossier.reception.phone,
        "lookup_url": lookup_url(dossier),
    }


@in_vietnamese
def refusal(dossier: Dossier, reason: str, basis: str, advice: str, officer: str) -> dict[str, Any]:
    """Mẫu số 03: Phiếu từ chối tiếp nhận giải quyết hồ sơ."""
    return _about(dossier, dossier.reception) | {
        "reception": dossier.reception.name,
        "reasons": [{"reason": reason, "basis": basis}],
        "signer": {"title": _("Người tiếp nhận hồ sơ"), "name": officer},
        "advice": advice,
    }


@in_vietnamese
def control_slip(dossier: Dossier, tasks: list[Task], at: datetime) -> dict[str, Any]:
    """Mẫu số 06: Phiếu kiểm soát quá trình giải quyết hồ sơ, as it stands now."""
    giver, handovers = dossier.reception.name, []
    for task in tasks:
        taker = task.completed_by or (task.assignee.full_name if task.assignee else task.agency.name)
        ended = task.completed_at or at
        late = ended > task.due_at
        outcome = _("Quá hạn") if late else _("Đúng hạn") if task.completed_at else _("Đang thực hiện")
        handovers.append(
            {
                "giver": giver,
                "taker": taker,
                "handed_at": task.started_at,
                "outcome": outcome,
                "note": task.name,
            }
        )
        giver = taker
    return _about(dossier, dossier.reception) | {
        "issued_at": at,
        "received_at": dossier.accepted_at,
        "due_at": dossier.due_at,
        "settled_by": dossier.agency.name,
        "handovers": handovers,
    }


@in_vietnamese
def result(dossier: Dossier, decided: Result, number: str, at: datetime) -> tuple[str, dict[str, Any]]:
    """The kind of paper that this result is, and what it says."""
    signer = {"title": decided.approver_title.upper() or _("LÃNH ĐẠO CƠ QUAN"), "name": decided.approved_by}
    base = {"agency": _agency(dossier.agency), "place": Place.current().seat, "signer": signer}
    spec = next(iter(dossier.definition.record.results), None)
    answers = dossier.answers
    if spec and spec.template == "result_notice" and answers.get("ten_goi"):
        products = [answers.get(key, "") for key in ("ten_goi", "kieu_loai_model", "nhan_hieu")]
        standards = [
            ", ".join(part for part in (row.get("so_hieu"), row.get("ten_goi")) if part)
            for row in answers.get("tieu_chuan") or []
        ]
        return "result_notice", base | {
            "declaration_number": answers.get("so") or dossier.code,
            "declaration_on": (dossier.submitted_at or at).astimezone(HANOI).date(),
            "owner": person(dossier.owner),
            "products": ", ".join(part for part in products if part),
            "standards": standards,
            "basis": decided.content.get("conclusion", ""),
            "recipients": [_("Như trên"), _("Lưu: VT, hồ sơ %(code)s") % {"code": dossier.code}],
        }
    paragraphs = [part for part in str(decided.content.get("conclusion", "")).splitlines() if part.strip()]
    return "result_generic", base | {
        "title": decided.name,
        "paragraphs": paragraphs or [_("Hồ sơ đáp ứng các yêu cầu, điều kiện theo quy định.")],
        "rows": [
            {"label": _("Tổ chức, cá nhân"), "value": dossier.owner_name},
            {"label": _("Địa chỉ"), "value": dossier.owner.get("address", "")},
            {"label": _("Mã hồ sơ"), "value": dossier.code},
            {"label": _("Thủ tục"), "value": dossier.procedure_version.name},
        ],
        "recipients": [_("Như trên"), _("Lưu: VT")],
    }

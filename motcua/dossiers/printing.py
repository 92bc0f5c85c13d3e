"""What the statutory papers of a dossier say: plain data for `motcua.papers`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.agencies.models import Agency, Place
from motcua.dossiers import deadlines, drafting, slips
from motcua.dossiers.models import BroughtPaper, Dossier, Result, SupplementRequest, Task
from motcua.foundation import vietnamese
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.foundation.vietnamese import in_vietnamese
from motcua.foundation.working_time import TimeLimit
from motcua.papers.render import render
from motcua.procedures import rules
from motcua.procedures.answers import Variables
from motcua.procedures.cleaning import display_text
from motcua.procedures.composites import COMPOSITE, SILENT, sub_fields
from motcua.procedures.parts import Component, Field

UNITS = {
    "working_days": gettext_lazy("ngày làm việc"),
    "calendar_days": gettext_lazy("ngày"),
    "hours": gettext_lazy("giờ làm việc"),
    "months": gettext_lazy("tháng"),
}


_DEPUTY = "Phó "


def time_limit_words(limit: TimeLimit | None) -> str:
    """Such as "05 ngày làm việc"."""
    return f"{limit.amount:02} {UNITS[limit.unit]}" if limit else _("Chưa công bố")


def lookup_url(dossier: Dossier) -> str:
    return f"{settings.BASE_URL}/tra-cuu-ho-so/?ma={dossier.code}"


def agency_of(agency: Agency) -> dict[str, Any]:
    return {
        "name": agency.name,
        "superior": agency.parent.name if agency.parent else "",
        "address": agency.address,
        "phone": agency.phone,
        "email": agency.email,
        "tax_code": agency.tax_code,
    }


def signs_as(title: str, name: str) -> dict[str, str]:
    """Who signs, by the office held; a deputy signs for the head (KT., Nghị định 30/2020/NĐ-CP, phụ lục I)."""
    if title.startswith(_DEPUTY):
        return {"authority": f"KT. {title.removeprefix(_DEPUTY)}".upper(), "title": title.upper(), "name": name}
    return {"title": title.upper(), "name": name}


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


def about(dossier: Dossier, agency: Agency) -> dict[str, Any]:
    version = dossier.procedure_version
    data = {
        "agency": agency_of(agency),
        "place": Place.current().seat,
        "code": dossier.code,
        "procedure": {"number": dossier.definition.number, "name": version.name},
        "owner": person(dossier.owner),
    }
    if dossier.on_behalf:
        data["submitter"] = person(dossier.submitter)
    return data


def variables_of(dossier: Dossier) -> Variables:
    """The dossier's answers as rules see them; it tells which fields are asked and what the computed ones give."""
    return rules.variables_of(dossier.definition, dossier.answers, dossier.channel)


def _day_of(dossier: Dossier) -> date:
    """The day by whose rules a dossier is read: that of its filing, today for a draft."""
    return (dossier.submitted_at or now()).astimezone(HANOI).date()


def fees_of(dossier: Dossier) -> list[rules.FeeAmount]:
    """What the dossier owed on the day it was filed, or would owe today."""
    return rules.fee_lines(dossier.definition, dossier.answers, dossier.channel, _day_of(dossier))


def answer_rows(dossier: Dossier, only: Collection[str] = ()) -> list[dict[str, Any]]:
    """The sections of the form with what was answered: [{id, title, rows, tables}]; `only` these when named."""
    variables = variables_of(dossier)
    sections = []
    for section in dossier.definition.form.sections:
        if only and section.id not in only:
            continue
        rows: list[dict[str, str]] = []
        tables: list[dict[str, Any]] = []
        for field in section.fields:
            if field.type in SILENT - {"computed"} or not variables.asks(field):
                continue
            value = variables[field.id] if field.type == "computed" else dossier.answers.get(field.id)
            if field.type == "table":
                tables.append(_table(field, value))
            elif field.type in COMPOSITE - {"place"}:
                answered = value if isinstance(value, dict) else {}
                rows += [
                    {"label": f"{field.label} – {part.label}", "value": display_text(part, answered.get(part.id))}
                    for part in sub_fields(field)
                ]
            else:
                rows.append({"label": field.label, "value": display_text(field, value)})
        sections.append({"id": section.id, "title": section.title, "rows": rows, "tables": tables})
    return sections


def _table(field: Field, value: Any) -> dict[str, Any]:
    columns = sub_fields(field)
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    return {
        "title": field.label,
        "columns": [column.label for column in columns],
        "rows": [[display_text(column, row.get(column.id)) for column in columns] for row in rows],
    }


def fields_for_print(dossier: Dossier) -> dict[str, dict[str, Any]]:
    """What a layout may show of the answers, by field: see `motcua.papers.kinds.LaidOut`."""
    variables = variables_of(dossier)
    found = {}
    for field in dossier.definition.form.fields:
        if field.type in SILENT - {"computed"} or not variables.asks(field):
            continue
        value = variables[field.id] if field.type == "computed" else dossier.answers.get(field.id)
        one: dict[str, Any] = {"label": field.label, "value": display_text(field, value)}
        if field.options:
            chosen = value if isinstance(value, list) else [value]
            one["chosen"] = [str(each) for each in chosen if each not in (None, "")]
            one["options"] = [
                {"label": option.label, "chosen": option.value in one["chosen"]} for option in field.options
            ]
        if field.type in COMPOSITE:
            parts = value if isinstance(value, dict) else {}
            one["parts"] = {part.id: display_text(part, parts.get(part.id)) for part in sub_fields(field)}
        if field.type == "table":
            one["columns"] = [{"id": column.id, "label": column.label} for column in sub_fields(field)]
            one["rows"] = [
                {column.id: display_text(column, row.get(column.id)) for column in sub_fields(field)}
                for row in (value if isinstance(value, list) else [])
                if isinstance(row, dict)
            ]
        found[field.id] = one
    return found


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper to issue or to draw: its kind, and what it says."""

    kind: str
    values: dict[str, Any]


def asked_component(dossier: Dossier, component_id: str) -> Component:
    """The paper that these answers call for. Raises KeyError when they do not."""
    asked = rules.asked_components(dossier.definition, dossier.answers, dossier.channel)
    found = next((one for one in asked if one.id == component_id), None)
    if found is None:
        raise KeyError(component_id)
    return found


@in_vietnamese
def form_paper(dossier: Dossier, component: Component) -> Printed:
    """A component that the answers are, in the layout of the procedure, or in the plain one that fits every form."""
    owner = dossier.owner or dossier.submitter
    is_body = bool(owner.get("tax_code"))
    signs = owner.get("representative_name") if is_body else owner.get("name")
    data = {
        "title": component.name,
        "form_name": component.template.name if component.template else "",
        "code": dossier.code or "",
        "place": Place.current().seat,
        "organisation": owner.get("name", "") if is_body else "",
        "signer": {
            "title": (owner.get("representative_title") or _("Người đại diện")) if is_body else _("Người khai"),
            "name": signs or "",
        },
    }
    layout = dossier.definition.papers.get(component.layout) if component.layout else None
    if layout is None:
        return Printed(
            "application_form",
            data
            | {
                "sections": [
                    {key: section[key] for key in ("title", "rows", "tables")}
                    for section in answer_rows(dossier, component.sections)
                ],
                "addressed_to": [dossier.agency.name],
                "commitment": _(
                    "Tôi xin cam đoan những nội dung kê khai trên là đúng sự thật và chịu trách nhiệm"
                    " trước pháp luật về nội dung đã kê khai."
                ),
            },
        )
    return Printed("laid_out", data | _for_layout(dossier, component) | {"layout": layout})


def _for_layout(dossier: Dossier, component: Component) -> dict[str, Any]:
    fields = fields_for_print(dossier)
    data: dict[str, Any] = {
        "fields": fields,
        "agency": agency_of(dossier.agency),
        "owner": person(dossier.owner or dossier.submitter),
        "procedure": {"number": dossier.definition.number, "name": dossier.procedure_version.name},
        "row": {},
    }
    _base, _dot, row_id = component.id.partition(".")
    rows = dossier.answers.get(component.for_each) if row_id and component.for_each else None
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict) and rules.row_id(row, number) == row_id:
            data["row"] = fields.get(component.for_each, {}).get("rows", [{}])[number]
    return data


def preview(dossier: Dossier, component_id: str) -> bytes:
    """A paper that the system prints from the answers, as a PDF, of a draft or of a filed dossier.

    `component_id` is that of an asked component with `form`: "id", or "id.row" where there is one for each row.
    Raises KeyError when there is none, LayoutFailed (a Refusal) when the layout is wrong. Takes up to a second.
    """
    component = asked_component(dossier, component_id)
    if not component.form:
        raise KeyError(component_id)
    paper = form_paper(dossier, component)
    return render(paper.kind, paper.values | {"issued_at": dossier.submitted_at or now()})


@in_vietnamese
def paper_of_step(kind: str, dossier: Dossier, actor: Actor, at: datetime) -> Printed:
    """A paper that a step makes: a kind of ours, or a layout of the procedure by its file's name.

    Raises Refusal for one that nobody knows.
    """
    if kind == "control_slip":
        tasks = list(dossier.tasks.select_related("assignee", "agency"))
        return Printed(kind, control_slip(dossier, tasks, at))
    if kind == "acceptance_slip":
        return Printed(kind, acceptance_slip(dossier, actor.name))
    name = kind if kind.endswith(".typ") else f"{kind}.typ"
    layout = dossier.definition.papers.get(name)
    if layout is None:
        raise Refusal(
            _("Quy trình yêu cầu in “%(kind)s” nhưng thủ tục không có mẫu in này. Vui lòng liên hệ người quản trị.")
            % {"kind": kind}
        )
    component = Component(id=kind, name=_first_heading(layout) or dossier.definition.name)
    return Printed(
        "laid_out",
        {"title": component.name, "code": dossier.code or "", "place": Place.current().seat, "layout": layout}
        | {"signer": {"title": _("Người lập"), "name": actor.name}, "organisation": dossier.agency.name}
        | _for_layout(dossier, component),
    )


def _first_heading(layout: str) -> str:
    """The title that a layout names in its first line: "// Title"."""
    first = layout.lstrip().partition("\n")[0]
    return first.removeprefix("//").strip() if first.startswith("//") else ""


def names_of(dossier: Dossier) -> dict[str, str]:
    """The names of the papers that the answers call for, by component."""
    asked = rules.asked_components(dossier.definition, dossier.answers, dossier.channel)
    return {component.id: component.name for component in asked}


def name_of(dossier: Dossier, component_id: str, asked: Mapping[str, str]) -> str:
    """What a brought paper is called; one that is not asked for any more by its name in the record."""
    if component_id in asked:
        return asked[component_id]
    try:
        return dossier.definition.component(component_id.partition(".")[0]).name
    except KeyError:
        return component_id


@in_vietnamese
def acknowledgement(dossier: Dossier) -> dict[str, Any]:
    """Thông báo đã nhận hồ sơ nộp trực tuyến: what came in, and what happens next."""
    names = names_of(dossier)
    documents = [
        {
            "name": name_of(dossier, document.component_id, names),
            "file_name": document.name,
            "size": document.file.size,
            "sha256": document.file.sha256,
        }
        for document in dossier.documents.select_related("file")
    ]
    asked = rules.asked_components(dossier.definition, dossier.answers, dossier.channel)
    forms = [{"name": component.name} for component in asked if component.form]
    rows = [row for section in answer_rows(dossier) for row in section["rows"] if row["value"]]
    fees = fees_of(dossier)
    return about(dossier, dossier.reception) | {
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
    files = set(dossier.documents.values_list("component_id", flat=True))
    sheets: dict[str, BroughtPaper] = {one.component_id: one for one in dossier.on_paper.order_by("supplement_id")}
    components = []
    for component in rules.asked_components(definition, dossier.answers, dossier.channel):
        there = sheets.get(component.id)
        on_screen = component.form and there is None
        if there or on_screen or component.id in files:
            components.append(
                {
                    "name": component.name,
                    "originals": there.originals if there else 0,
                    "certified": there.certified if there else 0,
                    "copies": there.copies if there else 0,
                    "electronic": on_screen or component.id in files,
                }
            )
    fees = fees_of(dossier)
    return about(dossier, dossier.reception) | {
        "reception": dossier.reception.name,
        "components": components,
        "time_limit": time_limit_words(deadlines.time_limit(dossier)),
        "received_at": dossier.accepted_at,
        "due_at": dossier.due_at,
        "delivery": str(Dossier.Delivery(dossier.delivery).label),
        "delivery_address": dossier.delivery_address,
        "receiver": {"title": _("Người tiếp nhận hồ sơ"), "name": receiver},
        "settled_by": dossier.agency.name,
        "sets": definition.record.copies_of_dossier,
        "fee": _fee_words(fees),
        "book": f"01/{(dossier.accepted_at or now()).astimezone(HANOI):%Y}",
        "lookup_secret": dossier.lookup_secret,
        "lookup_url": lookup_url(dossier),
        "linked": _later_stages(dossier),
    }


def _later_stages(dossier: Dossier) -> list[dict[str, Any]]:
    """Rows 6 and 7 of Mẫu số 01: the parts of a linked filing, and other bodies to whom the process goes on."""
    parts = [
        {"agency": part.agency.name, "code": part.code, "received_at": part.accepted_at, "due_at": part.due_at}
        for part in dossier.children.exclude(code=None).select_related("agency").order_by("pk")
    ]
    units = {step.unit for step in dossier.definition.process.steps if not step.when} - {"agency", "reception", ""}
    others = Agency.objects.filter(code__in=units).exclude(pk__in=[dossier.agency_id, dossier.reception_id])
    return parts + [{"agency": agency.name} for agency in others.order_by("code")]


def _fee_words(fees: Sequence[rules.FeeAmount]) -> str:
    """How much is taken and when, as Mẫu số 01 asks: thu trước, thu sau, không thu."""
    first = sum(fee.amount_vnd for fee in fees if fee.due == "before_acceptance")
    later = sum(fee.amount_vnd for fee in fees) - first
    parts = [_("thu trước khi tiếp nhận: %(money)s") % {"money": vietnamese.money(first)}] if first else []
    parts += [_("thu trước khi trả kết quả: %(money)s") % {"money": vietnamese.money(later)}] if later else []
    return "; ".join(parts) or _("không thu")


@in_vietnamese
def many_acceptance(dossiers: Sequence[Dossier], receiver: str, at: datetime) -> dict[str, Any]:
    """Phiếu tiếp nhận nhiều hồ sơ: what one person handed in together, filed dossiers of one reception."""
    first = dossiers[0]
    items = []
    for dossier in dossiers:
        fees = sum(fee.amount_vnd for fee in fees_of(dossier))
        items.append(
            {
                "code": dossier.code,
                "procedure": dossier.procedure_version.name,
                "owner": dossier.owner_name,
                "due_at": dossier.due_at,
                "fee": vietnamese.money(fees) if fees else _("Không thu"),
                "lookup_secret": dossier.lookup_secret,
            }
        )
    return {
        "agency": agency_of(first.reception),
        "place": Place.current().seat,
        "reception": first.reception.name,
        "submitter": person(first.submitter),
        "received_at": min(one.submitted_at or at for one in dossiers),
        "items": items,
        "receiver": {"title": _("Người tiếp nhận hồ sơ"), "name": receiver},
        "lookup_url": f"{settings.BASE_URL}/tra-cuu-ho-so/",
    }


@in_vietnamese
def return_receipt(dossier: Dossier, identity: str, tracking: str, note: str, officer: str) -> dict[str, Any]:
    """Giấy biên nhận trả kết quả of a returned dossier; `identity` is the citizen number of who received it."""
    decided = Result.objects.filter(dossier=dossier).first()
    how = str(Dossier.Handing(dossier.returned_how).label)
    return about(dossier, dossier.reception) | {
        "result": decided.name if decided else dossier.procedure_version.name,
        "result_number": decided.number if decided else "",
        "returned_at": dossier.returned_at,
        "due_at": dossier.due_at,
        "how": _("%(how)s, số hiệu bưu gửi %(number)s") % {"how": how, "number": tracking} if tracking else how,
        "received_by": {"name": dossier.returned_to, "citizen_id": identity},
        "giver": {"title": _("Người trả kết quả"), "name": officer},
        "note": note,
    }


@in_vietnamese
def supplement_request(dossier: Dossier, request: SupplementRequest) -> dict[str, Any]:
    """Mẫu số 02: Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ."""
    intake = request.stage == SupplementRequest.Stage.INTAKE
    return about(dossier, dossier.reception if intake else dossier.agency) | {
        "in_appraisal": not intake,
        "items": [
            {
                "name": item["name"],
                "content": "",
                "reason": item["reason"],
                "basis": item.get("basis") or request.basis,
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
def refusal(
    dossier: Dossier, reason: str, basis: str, advice: str, officer: str, items: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Mẫu số 03: Phiếu từ chối tiếp nhận giải quyết hồ sơ."""
    return about(dossier, dossier.reception) | {
        "reception": dossier.reception.name,
        "reasons": [
            {"reason": reason, "basis": basis},
            *({"reason": f"{item['name']}: {item['reason']}", "basis": item["basis"]} for item in items),
        ],
        "signer": {"title": _("Người tiếp nhận hồ sơ"), "name": officer},
        "advice": advice,
    }


@in_vietnamese
def control_slip(dossier: Dossier, tasks: list[Task], at: datetime) -> dict[str, Any]:
    """Mẫu số 06: Phiếu kiểm soát quá trình giải quyết hồ sơ, as it stands now."""
    giver, place, handovers = dossier.reception.name, dossier.reception_id, []
    for task in tasks:
        who = task.completed_by or (task.assignee.full_name if task.assignee else "")
        there = "" if who and task.agency_id == place else task.agency.name  # named where it goes to another body
        taker, place = ", ".join(filter(None, (who, there))), task.agency_id
        ended = task.completed_at or at
        late = ended > task.due_at
        early = ended.astimezone(HANOI).date() < task.due_at.astimezone(HANOI).date()
        done = _("Trước hạn") if early else _("Đúng hạn")
        outcome = _("Quá hạn") if late else done if task.completed_at else _("Đang thực hiện")
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
    return about(dossier, dossier.reception) | {
        "issued_at": at,
        "received_at": dossier.accepted_at,
        "due_at": dossier.due_at,
        "settled_by": dossier.agency.name,
        "cooperating": "; ".join(sorted(set(dossier.consultations.values_list("agency__name", flat=True)))),
        "handovers": sorted([*handovers, *slips.control_lines(dossier)], key=lambda one: one["handed_at"]),
    }


def _grounds(dossier: Dossier, at: datetime) -> list[str]:
    """The procedure's legal basis that is in force, as the grounds of a decision: a sentence each."""
    today = at.astimezone(HANOI).date()
    bases = [one for one in dossier.definition.record.legal_basis if not (one.to and one.to < today)]
    return [f"Căn cứ {one.citation};" for one in bases if one.title and one.number]


def result(dossier: Dossier, decided: Result, number: str, at: datetime) -> tuple[str, dict[str, Any]]:
    """The kind of paper that this result is, and what it says, with the texts that were written for it."""
    kind, data = _result(dossier, decided, at)
    return kind, drafting.applied(kind, data, decided.content.get("texts") or {})


@in_vietnamese
def _result(dossier: Dossier, decided: Result, at: datetime) -> tuple[str, dict[str, Any]]:
    signer = signs_as(decided.approver_title or _("Lãnh đạo cơ quan"), decided.approved_by)
    base = {"agency": agency_of(dossier.agency), "place": Place.current().seat, "signer": signer}
    if decided.kind == Result.Kind.NOT_ELIGIBLE:
        return "not_eligible", about(dossier, dossier.agency) | base | {
            "received_at": dossier.accepted_at,
            "conclusion": str(decided.content.get("conclusion", "")),
            "reasons": [{"reason": decided.reason, "basis": decided.basis}],
            "advice": decided.advice,
            "fee": str(decided.content.get("fee", "")),
            "recipients": [_("Như trên"), dossier.reception.name, _("Lưu: VT, hồ sơ %(code)s") % {"code": dossier.code}],
        }
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
            "recipients": [_("Như trên"), _("Lưu: VT, hồ sơ %(code)s") % {"code": dossier.code}],
        }
    layout = dossier.definition.papers.get(spec.template) if spec else None
    if spec and layout is not None:
        component = Component(id=spec.id, name=decided.name)
        return "laid_out", base | {"title": decided.name, "code": dossier.code or "", "layout": layout} | _for_layout(
            dossier, component
        )
    granted = _(
        "Chấp thuận đề nghị của %(owner)s theo thủ tục “%(procedure)s”. Hồ sơ đáp ứng các yêu cầu, điều kiện theo quy định."
    )  # the appraiser's opinion stays inside; whoever drafts the result writes what it says
    return "result_generic", base | {
        "title": decided.name,
        "grounds": _grounds(dossier, at) if spec and spec.type in ("decision", "licence") else [],
        "paragraphs": [granted % {"owner": dossier.owner_name, "procedure": dossier.procedure_version.name}],
        "rows": [
            {"label": _("Tổ chức, cá nhân"), "value": dossier.owner_name},
            {"label": _("Địa chỉ"), "value": dossier.owner.get("address", "")},
            {"label": _("Mã hồ sơ"), "value": dossier.code},
            {"label": _("Thủ tục"), "value": dossier.procedure_version.name},
        ],
        "recipients": [_("Như trên"), _("Lưu: VT")],
    }

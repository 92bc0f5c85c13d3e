"""What officers do to a dossier: for each act its address, its form, and the one operation it calls."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.accounts.models import User
from motcua.agencies.models import Agency
from motcua.desk import forms, pins, team_forms
from motcua.desk.counter import forms as at_counter
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier, Result, Task
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal, WrongState
from motcua.foundation.shown import moment
from motcua.papers.models import Credential, Signature


@dataclass(frozen=True, slots=True)
class Doing:
    """One press of a button: who, when, to what, and what the form said."""

    dossier: Dossier
    tasks: list[Task]  # the open ones, as this officer saw them
    given: dict[str, Any]
    actor: Actor
    at: datetime

    @property
    def who_and_when(self) -> dict[str, Any]:
        return {"dossier": self.dossier, "actor": self.actor, "at": self.at}

    @property
    def seen(self) -> int | None:
        found: int | None = self.given.get("seen")
        return found


Do = Callable[[Doing], Dossier]


@dataclass(frozen=True, slots=True)
class Page:
    """How an act is shown and done. `done` is said afterwards; {due} is filled in where it stands."""

    name: str
    slug: str
    title: str | Promise
    form: type[forms.Act]
    do: Do
    done: Callable[[Dossier], str]


def _accept(doing: Doing) -> Dossier:
    return operations.accept(**doing.who_and_when)


def _ask_supplement(doing: Doing) -> Dossier:
    given = doing.given
    return operations.ask_supplement(
        items=given["items"],
        basis=given["basis"],
        note=given["note"],
        override_reason=given["override_reason"],
        **doing.who_and_when,
    )


def _draft_supplement(doing: Doing) -> Dossier:
    given = doing.given
    operations.draft_supplement(
        items=given["items"], basis=given["basis"], note=given["note"], **doing.who_and_when
    )
    return doing.dossier


def _return_draft(doing: Doing) -> Dossier:
    operations.return_draft(reason=doing.given["reason"], **doing.who_and_when)
    return doing.dossier


def _refuse(doing: Doing) -> Dossier:
    given = doing.given
    return operations.refuse(
        reason=given["reason"],
        basis=given["basis"],
        advice=given["advice"],
        items=given["items"],
        standard=given["standard"],
        seen=given["state"],
        **doing.who_and_when,
    )


def _assign(doing: Doing) -> Dossier:
    assignee = User.objects.filter(pk=doing.given["assignee"], is_active=True).first()
    if assignee is None:
        raise Refusal(_("Vui lòng chọn một chuyên viên của cơ quan."))
    return operations.assign(
        assignee=assignee, note=doing.given["note"], seen=doing.seen, **doing.who_and_when
    )


def _appraise(doing: Doing) -> Dossier:
    given = doing.given
    return operations.appraise(
        outcome=given["outcome"], conclusion=given["note"], seen=doing.seen, **doing.who_and_when
    )


def _credential(doing: Doing) -> Credential | None:
    """The certificate that was chosen to sign with; None where none was."""
    key = str(doing.given.get("credential") or "")
    found = Credential.objects.filter(pk=_key(key)).first() if key else None
    if key and found is None:
        raise Refusal(_("Không tìm thấy chứng thư số đã chọn."))
    return found


def _approve(doing: Doing) -> Dossier:
    given, credential = doing.given, _credential(doing)
    if credential:
        with pins.counted(doing.actor, doing.at):
            operations.sign(
                credential=credential, pin=given["pin"], note=given["note"], outcome=given["outcome"], seen=doing.seen,
                **doing.who_and_when,
            )  # fmt: skip
        return doing.dossier
    return operations.approve(outcome=doing.given["outcome"], note=doing.given["note"], seen=doing.seen, **doing.who_and_when)


def _send_back(doing: Doing) -> Dossier:
    task = next((task for task in doing.tasks if task.pk == doing.seen), None)
    if task is None:  # it was done meanwhile
        raise WrongState(_who_did(doing))
    return operations.send_back(
        act=task.act,
        outcome=doing.given["outcome"],
        reason=doing.given["note"],
        seen=doing.seen,
        **doing.who_and_when,
    )


def _who_did(doing: Doing) -> str:
    """Who did the step that this officer had before his eyes."""
    task = doing.dossier.tasks.filter(pk=doing.seen or 0).first()
    if task is None or task.completed_at is None:
        return _("Hồ sơ không còn ở bước này. Vui lòng xem lại hồ sơ.")
    return _("%(name)s đã thực hiện bước “%(step)s” lúc %(at)s.") % {
        "name": task.completed_by,
        "step": task.name,
        "at": moment(task.completed_at),
    }


def _stamp(doing: Doing) -> Dossier:
    credential = _credential(doing)
    with pins.counted(doing.actor, doing.at) if credential else nullcontext():
        return operations.stamp(
            credential=credential, pin=doing.given["pin"], seen=doing.seen, **doing.who_and_when
        )


def _return_result(doing: Doing) -> Dossier:
    given = doing.given
    return operations.return_result(
        receiver_name=given["receiver_name"],
        note=given["note"],
        how=given["how"],
        identity=given["identity"],
        code=given["code"],
        tracking=given["tracking"],
        seen=doing.seen,
        **doing.who_and_when,
    )


def _keep_result(doing: Doing) -> Dossier:
    operations.keep_result(place=doing.given["place"], **doing.who_and_when)
    return doing.dossier


def _bring_supplement(doing: Doing) -> Dossier:
    given = doing.given
    return operations.bring_supplement(
        sheets=given["sheets"], scans=[], note=given["note"], **doing.who_and_when
    )


def _request_withdrawal(doing: Doing) -> Dossier:
    given = doing.given
    return operations.request_withdrawal(reason=given["reason"], asked_by=given["asked_by"], **doing.who_and_when)


def _withdraw(doing: Doing) -> Dossier:
    return operations.withdraw(**doing.who_and_when)


def _decline(doing: Doing) -> Dossier:
    return operations.decline_withdrawal(reason=doing.given["reason"], **doing.who_and_when)


def _stop(doing: Doing) -> Dossier:
    given = doing.given
    return operations.stop(
        reason=given["reason"], basis=given["basis"], advice=given["advice"], seen=given["state"], **doing.who_and_when
    )


def _propose_end(doing: Doing) -> Dossier:
    operations.propose_end(reason=doing.given["reason"], basis=doing.given["basis"], **doing.who_and_when)
    return doing.dossier


def _decline_end(doing: Doing) -> Dossier:
    return operations.decline_end(reason=doing.given["reason"], **doing.who_and_when)


def _find_not_eligible(doing: Doing) -> Dossier:
    given = doing.given
    return operations.find_not_eligible(
        reason=given["reason"], basis=given["basis"], conclusion=given["note"], advice=given["advice"],
        seen=doing.seen, **doing.who_and_when,
    )  # fmt: skip


def _apology(doing: Doing) -> dict[str, Any]:
    return {name: doing.given[name] for name in ("reason", "late_unit", "new_due_on")} | doing.who_and_when


def _draft_extension(doing: Doing) -> Dossier:
    operations.draft_extension(**_apology(doing))
    return doing.dossier


def _sign_extension(doing: Doing) -> Dossier:
    credential = _credential(doing)
    if credential is None:
        return operations.sign_extension(**_apology(doing))
    with pins.counted(doing.actor, doing.at):
        return operations.sign_apology(credential=credential, pin=doing.given["pin"], **_apology(doing))


def _discard_extension(doing: Doing) -> Dossier:
    return operations.discard_extension(**doing.who_and_when)


def _give_opinion(doing: Doing) -> Dossier:
    asked = doing.dossier.consultations.filter(pk=_key(doing.given["outcome"])).first()
    if asked is None:
        raise Refusal(_("Không tìm thấy nội dung xin ý kiến."))
    operations.give_opinion(
        consultation=asked, opinion=doing.given["opinion"], text=doing.given["note"], actor=doing.actor, at=doing.at
    )
    return doing.dossier


def _take_back_question(doing: Doing) -> Dossier:
    asked = doing.dossier.consultations.filter(pk=_key(doing.given["outcome"])).first()
    if asked is None:
        raise Refusal(_("Không tìm thấy nội dung xin ý kiến."))
    operations.take_back_question(consultation=asked, note=doing.given["note"], actor=doing.actor, at=doing.at)
    return doing.dossier


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _ask_payment(doing: Doing) -> Dossier:
    return operations.ask_payment(note=doing.given["note"], **doing.who_and_when)


def _take_over(doing: Doing) -> Dossier:
    return operations.take_over(seen=doing.seen, **doing.who_and_when)


def _to_whom(doing: Doing) -> User:
    found = User.objects.filter(pk=doing.given["assignee"], is_active=True).first()
    if found is None:
        raise Refusal(_("Vui lòng chọn một cán bộ cùng vai trò trong đơn vị."))
    return found


def _forward(doing: Doing) -> Dossier:
    return operations.forward(
        assignee=_to_whom(doing), note=doing.given["note"], seen=doing.seen, **doing.who_and_when
    )


def _reassign(doing: Doing) -> Dossier:
    return operations.reassign(
        assignee=_to_whom(doing), note=doing.given["note"], seen=doing.seen, **doing.who_and_when
    )


def _recall(doing: Doing) -> Dossier:
    return operations.recall(note=doing.given["note"], seen=doing.seen, **doing.who_and_when)


def _consult(doing: Doing) -> Dossier:
    asked = doing.given["asked"]
    units = Agency.objects.select_related("calendar").in_bulk([one["unit"] for one in asked])
    if len(units) < len({one["unit"] for one in asked}):
        raise Refusal(_("Vui lòng chọn lại đơn vị được hỏi."))
    questions = [
        operations.Question(units[one["unit"]], one["question"], one["hours"], one["required"]) for one in asked
    ]
    operations.consult(questions=questions, seen=doing.seen, **doing.who_and_when)
    return doing.dossier


def _promised(dossier: Dossier) -> str:
    if dossier.waits_for_fee:
        return _("Đã tiếp nhận hồ sơ %(code)s. Thời hạn tính từ khi hồ sơ hợp lệ và đã nộp đủ phí.") % {
            "code": dossier.code
        }
    due = moment(dossier.due_at) if dossier.due_at else ""
    return _("Đã tiếp nhận hồ sơ %(code)s. Hẹn trả kết quả: %(due)s.") % {"code": dossier.code, "due": due}


def _assigned(dossier: Dossier) -> str:
    task = dossier.tasks.open().select_related("assignee").first()
    name = task.assignee.full_name if task and task.assignee else ""
    return _("Đã phân công hồ sơ %(code)s cho %(name)s.") % {"code": dossier.code, "name": name}


def _approved(dossier: Dossier) -> str:
    if Signature.objects.live().filter(subject=dossier.subject).exists():
        return _("Đã gửi yêu cầu ký số. Vui lòng xác nhận trên điện thoại.")
    if Result.objects.filter(dossier=dossier).exclude(signature=None).exists():
        return _("Đã ký số và phê duyệt kết quả của hồ sơ %(code)s.") % {"code": dossier.code}
    return _("Đã phê duyệt kết quả của hồ sơ %(code)s.") % {"code": dossier.code}


def _numbered(dossier: Dossier) -> str:
    if not dossier.result.number:
        return _("Đã gửi yêu cầu ký số của cơ quan. Vui lòng xác nhận trên điện thoại.")
    return _("Đã ban hành kết quả số %(number)s của hồ sơ %(code)s.") % {
        "number": dossier.result.number,
        "code": dossier.code,
    }


def _said(template: Callable[[], str]) -> Callable[[Dossier], str]:
    return lambda dossier: template() % {"code": dossier.code}


def _put_off(dossier: Dossier) -> str:
    if Signature.objects.live().filter(subject=dossier.subject).exists():
        return _("Đã gửi yêu cầu ký số. Vui lòng xác nhận trên điện thoại.")
    due = moment(dossier.due_at) if dossier.due_at else ""
    return _("Đã ký văn bản xin lỗi của hồ sơ %(code)s. Hẹn trả mới: %(due)s.") % {"code": dossier.code, "due": due}


_L = gettext_lazy
PAGES = [
    Page("accept", "tiep-nhan", _L("Tiếp nhận hồ sơ"), forms.Act, _accept, _promised),
    Page(
        "ask_supplement",
        "yeu-cau-bo-sung",
        _L("Yêu cầu bổ sung, hoàn thiện hồ sơ"),
        forms.Supplement,
        _ask_supplement,
        _said(lambda: _("Đã gửi yêu cầu bổ sung hồ sơ %(code)s.")),
    ),
    Page(
        "draft_supplement",
        "trinh-bo-sung",
        _L("Trình yêu cầu bổ sung"),
        forms.Supplement,
        _draft_supplement,
        _said(lambda: _("Đã trình yêu cầu bổ sung hồ sơ %(code)s để lãnh đạo duyệt.")),
    ),
    Page(
        "return_draft",
        "tra-lai-du-thao",
        _L("Trả lại dự thảo yêu cầu bổ sung"),
        forms.ReturnDraft,
        _return_draft,
        _said(lambda: _("Đã trả lại dự thảo yêu cầu bổ sung hồ sơ %(code)s.")),
    ),
    Page(
        "refuse",
        "tu-choi",
        _L("Từ chối tiếp nhận hồ sơ"),
        forms.Refuse,
        _refuse,
        _said(lambda: _("Đã từ chối tiếp nhận hồ sơ %(code)s.")),
    ),
    Page("assign", "phan-cong", _L("Phân công thụ lý"), forms.Assign, _assign, _assigned),
    Page(
        "appraise",
        "tham-dinh",
        _L("Thẩm định hồ sơ"),
        forms.Opinion,
        _appraise,
        _said(lambda: _("Đã chuyển hồ sơ %(code)s sang bước tiếp theo.")),
    ),
    Page(
        "approve",
        "phe-duyet",
        _L("Phê duyệt kết quả"),
        forms.Sign,
        _approve,
        _approved,
    ),
    Page(
        "send_back",
        "tra-lai",
        _L("Trả lại bước trước"),
        forms.SendBack,
        _send_back,
        _said(lambda: _("Đã trả lại hồ sơ %(code)s cho bước trước.")),
    ),
    Page("stamp", "ban-hanh", _L("Cấp số, ban hành kết quả"), forms.Seal, _stamp, _numbered),
    Page(
        "return_result",
        "tra-ket-qua",
        _L("Trả kết quả"),
        at_counter.Return,
        _return_result,
        _said(lambda: _("Đã trả kết quả của hồ sơ %(code)s.")),
    ),
    Page(
        "keep_result",
        "luu-giu-ket-qua",
        _L("Chuyển kết quả đến nơi lưu giữ"),
        at_counter.Keep,
        _keep_result,
        _said(lambda: _("Đã ghi nơi lưu giữ kết quả của hồ sơ %(code)s.")),
    ),
    Page(
        "bring_supplement",
        "nhan-bo-sung",
        _L("Nhận bổ sung tại quầy"),
        at_counter.BringSupplement,
        _bring_supplement,
        _said(lambda: _("Đã nhận bổ sung của hồ sơ %(code)s.")),
    ),
    Page(
        "give_opinion",
        "cho-y-kien",
        _L("Cho ý kiến phối hợp"),
        forms.GiveOpinion,
        _give_opinion,
        _said(lambda: _("Đã gửi ý kiến về hồ sơ %(code)s.")),
    ),
    Page(
        "ask_payment",
        "yeu-cau-nop-phi",
        _L("Yêu cầu nộp phí, lệ phí"),
        forms.Note,
        _ask_payment,
        _said(lambda: _("Đã yêu cầu nộp phí, lệ phí của hồ sơ %(code)s.")),
    ),
    Page(
        "request_withdrawal",
        "ghi-nhan-rut",
        _L("Ghi nhận đề nghị rút hồ sơ"),
        at_counter.WishToWithdraw,
        _request_withdrawal,
        _said(lambda: _("Đã ghi nhận đề nghị rút hồ sơ %(code)s. Vui lòng xác nhận hoặc trả lời đề nghị.")),
    ),
    Page(
        "withdraw",
        "rut",
        _L("Đồng ý cho rút hồ sơ"),
        forms.Act,
        _withdraw,
        _said(lambda: _("Đã xác nhận rút hồ sơ %(code)s.")),
    ),
    Page(
        "decline_withdrawal",
        "khong-rut",
        _L("Không đồng ý rút hồ sơ"),
        forms.Decline,
        _decline,
        _said(lambda: _("Đã trả lời đề nghị rút hồ sơ %(code)s.")),
    ),
    Page(
        "stop",
        "dung",
        _L("Dừng giải quyết hồ sơ"),
        forms.Stop,
        _stop,
        _said(lambda: _("Đã dừng giải quyết hồ sơ %(code)s.")),
    ),
    Page(
        "propose_end",
        "de-nghi-dung",
        _L("Đề nghị dừng giải quyết"),
        forms.Ends,
        _propose_end,
        _said(lambda: _("Đã đề nghị lãnh đạo dừng giải quyết hồ sơ %(code)s.")),
    ),
    Page(
        "decline_end",
        "khong-dung",
        _L("Không dừng giải quyết, chờ tiếp"),
        forms.Waits,
        _decline_end,
        _said(lambda: _("Hồ sơ %(code)s được giữ lại, không dừng giải quyết.")),
    ),
    Page(
        "find_not_eligible",
        "khong-du-dieu-kien",
        _L("Hồ sơ không đủ điều kiện"),
        forms.NotEligible,
        _find_not_eligible,
        _said(lambda: _("Đã trình thông báo không đủ điều kiện của hồ sơ %(code)s.")),
    ),
    Page(
        "draft_extension",
        "soan-xin-loi",
        _L("Văn bản xin lỗi và đề nghị gia hạn"),
        forms.Extension,
        _draft_extension,
        _said(lambda: _("Đã lưu dự thảo văn bản xin lỗi của hồ sơ %(code)s; lãnh đạo cơ quan ký.")),
    ),
    Page(
        "sign_extension",
        "ky-xin-loi",
        _L("Ký văn bản xin lỗi và gia hạn"),
        forms.SignExtension,
        _sign_extension,
        _put_off,
    ),
    Page(
        "discard_extension",
        "bo-xin-loi",
        _L("Bỏ dự thảo văn bản xin lỗi"),
        forms.Act,
        _discard_extension,
        _said(lambda: _("Đã bỏ dự thảo văn bản xin lỗi của hồ sơ %(code)s.")),
    ),
    Page(
        "take_over",
        "nhan-xu-ly",
        _L("Nhận xử lý"),
        forms.Act,
        _take_over,
        _said(lambda: _("Ông/Bà đã nhận xử lý hồ sơ %(code)s.")),
    ),
    Page(
        "forward",
        "chuyen-nguoi-khac",
        _L("Chuyển người khác xử lý"),
        team_forms.Give,
        _forward,
        _said(lambda: _("Đã chuyển hồ sơ %(code)s cho người khác xử lý.")),
    ),
    Page(
        "reassign",
        "giao-lai",
        _L("Giao lại cho người khác"),
        team_forms.Give,
        _reassign,
        _said(lambda: _("Đã giao lại hồ sơ %(code)s.")),
    ),
    Page(
        "recall",
        "thu-hoi",
        _L("Thu hồi việc đã chuyển"),
        team_forms.Recall,
        _recall,
        _said(lambda: _("Đã thu hồi hồ sơ %(code)s về bước trước.")),
    ),
    Page(
        "consult",
        "lay-y-kien",
        _L("Lấy ý kiến đơn vị khác"),
        team_forms.Consult,
        _consult,
        _said(lambda: _("Đã gửi nội dung xin ý kiến về hồ sơ %(code)s.")),
    ),
    Page(
        "take_back_question",
        "rut-cau-hoi",
        _L("Rút câu hỏi lấy ý kiến"),
        team_forms.Recall,
        _take_back_question,
        _said(lambda: _("Đã rút câu hỏi lấy ý kiến về hồ sơ %(code)s.")),
    ),
]
BY_SLUG = {page.slug: page for page in PAGES}
BY_NAME = {page.name: page for page in PAGES}

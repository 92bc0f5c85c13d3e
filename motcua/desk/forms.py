"""What officers type: each form checks shape only; the operation decides."""

from datetime import date, datetime
from typing import Any, Protocol

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from motcua.desk.checking import Checks
from motcua.dossiers import notices, operations
from motcua.dossiers.acts import Ends as EndsOfDossier
from motcua.dossiers.models import Consultation, Document, Dossier
from motcua.dossiers.states import State
from motcua.foundation import formats
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.papers.models import Credential
from motcua.papers.signers import SIGNERS

LONGEST = 4000


class OfDossier(Protocol):
    """What a form may ask of the page it stands on."""

    dossier: Dossier
    at: datetime

    @property
    def ends(self) -> EndsOfDossier: ...

    @property
    def documents(self) -> list[Document]: ...

    @property
    def checks(self) -> Checks: ...

    @property
    def credentials(self) -> list[Credential]: ...


class Act(forms.Form):
    """Nothing to type but the task and the state that the officer saw, and the outcome of the button."""

    seen = forms.IntegerField(required=False)
    outcome = forms.CharField(required=False, max_length=60)
    state = forms.CharField(required=False, max_length=30)  # of the dossier

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data)
        self.page = page

    def keep(self, actor: Actor, at: datetime) -> bool:
        """Keep what came and must not be lost with a mistake of the form; whether that was all that was pressed for."""
        return False

    def value(self, name: str) -> Any:
        """What stands in a field: what was typed, else what the field begins with."""
        if self.is_bound:
            return self.data.get(name, "")
        return self.get_initial_for_field(self.fields[name], name)

    @property
    def mistakes(self) -> dict[str, str]:
        """The first thing wrong with each field; "" for what concerns no field."""
        found = {name: next(iter(told)) for name, told in self.errors.items()} if self.is_bound else {}
        return {("" if name == "__all__" else name): str(message) for name, message in found.items()}

    @property
    def takes_phrases(self) -> bool:
        """Whether there is a longer text to write."""
        texts = (field for field in self.fields.values() if isinstance(field, forms.CharField))
        return any((field.max_length or 0) >= 500 for field in texts)

    @property
    def typed(self) -> list[str]:
        """The texts that would be lost with this form."""
        keys = ("seen", "outcome", "state", "standard", "pin", "credential")
        texts = [name for name, field in self.fields.items() if isinstance(field, forms.CharField) and name not in keys]
        kept = [str(self.data.get(name, "")).strip() for name in texts]
        return [text for text in kept if text] if self.is_bound else []


def _text(message: Any = "", longest: int = LONGEST) -> forms.CharField:
    """A text; required, with `message` when it is missing, unless there is no message."""
    return forms.CharField(
        required=bool(message),
        max_length=longest,
        error_messages={
            "required": message,
            "max_length": _("Vui lòng viết ngắn lại, tối đa %(limit_value)d ký tự."),
        },
    )


class Note(Act):
    note = _text()


class Signed(Act):
    """With what is signed, and the PIN: shown again to nobody."""

    credential = forms.CharField(required=False, max_length=20)
    pin = forms.CharField(required=False, max_length=100, strip=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        chosen = next((one for one in self.page.credentials if str(one.pk) == given.get("credential")), None)
        if chosen and SIGNERS[chosen.adapter].asks_pin and not given.get("pin"):
            self.add_error("pin", _("Vui lòng nhập mã PIN của chứng thư số."))
        return given


class Seal(Signed):

    @property
    def typed(self) -> list[str]:
        note = str(self.data.get("note", "")).strip() if self.is_bound else ""
        return [note] if note else []


class Sign(Seal):
    note = _text()


class Opinion(Act):
    note = _text(_("Vui lòng nhập ý kiến thẩm định."))


class SendBack(Act):
    note = _text(_("Vui lòng nêu lý do trả lại."))


class Assign(Note):
    assignee = forms.IntegerField(
        error_messages={
            "required": _("Vui lòng chọn một chuyên viên của cơ quan."),
            "invalid": _("Vui lòng chọn một chuyên viên của cơ quan."),
        }
    )


class Hand(Note):
    receiver_name = _text(_("Vui lòng nhập họ và tên người nhận kết quả."), 200)

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        submitter = page.dossier.submitter
        self.initial["receiver_name"] = submitter.get("representative_name") or submitter.get("name", "")


class Reasoned(Act):
    """A reason and its legal basis: of the library (`standard`), in one's own words, or both.

    A form of this says its `use` of the library and what is said when there is no reason, or no basis. Its
    template shows it by `desk.reasoned(form, mistakes, label)`; cleaned are `reason` and `basis`.
    """

    use = ""
    no_reason: Any = ""
    no_basis: Any = _("Vui lòng nêu căn cứ pháp lý.")

    standard = forms.CharField(required=False, max_length=20)
    reason = _text()
    basis = _text(longest=500)

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        self.reasons = notices.reasons_for(self.use, page.dossier)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        chosen = next((one for one in self.reasons if str(one.pk) == given.get("standard")), None)
        reason = notices.worded(chosen, given.get("reason", ""))
        basis = given.get("basis", "").strip() or (chosen.basis if chosen else "")
        if not reason and "reason" not in self.errors:
            self.add_error("reason", str(self.no_reason))
        if not basis and "basis" not in self.errors:
            self.add_error("basis", str(self.no_basis))
        return given | {"reason": reason, "basis": basis, "standard": chosen}


class Refuse(Reasoned):
    use = "refuse"
    no_reason = _("Vui lòng nêu lý do từ chối tiếp nhận.")
    no_basis = _("Vui lòng nêu căn cứ pháp lý của việc từ chối.")
    advice = _text()

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        self.bad = page.checks.bad if page.dossier.state == State.SUBMITTED else []

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = {**(super().clean() or self.cleaned_data)}
        return given | {
            "items": [
                {
                    "item": one.item.key,
                    "component_id": one.item.component_id,
                    "section_id": one.item.section_id,
                    "name": one.item.name,
                    "reason": one.tick.reason,
                    "basis": one.tick.basis or given["basis"],
                    "standard": one.tick.standard_id,
                }
                for one in self.bad
                if one.tick
            ]
        }


class Ends(Reasoned):
    """A reason to end the dossier; that of the proposal, where somebody made one, stands there at first."""

    use = "stop"
    no_reason = _("Vui lòng nêu lý do dừng giải quyết hồ sơ.")
    no_basis = _("Vui lòng nêu căn cứ của việc dừng giải quyết.")

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        proposal = page.ends.proposal
        if proposal:
            self.initial = {**self.initial, "reason": proposal.reason, "basis": proposal.basis}


class Stop(Ends):
    advice = _text()


class NotEligible(Reasoned):
    use = "decline"
    no_reason = _("Vui lòng nêu lý do hồ sơ không đủ điều kiện.")
    no_basis = _("Vui lòng nêu căn cứ pháp lý của việc từ chối.")
    note = _text()
    advice = _text()


class Waits(Act):
    reason = _text(_("Vui lòng nêu lý do không dừng giải quyết."), 500)


class Day(forms.Field):
    """A day as people type it: 27/03/2026."""

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        try:
            return formats.day(text) if text else None
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from None


class Extension(Act):
    """An apology: as it was drafted, else as it would begin."""

    reason = _text(_("Vui lòng nêu lý do chậm."))
    late_unit = _text(longest=250)
    new_due_on = Day(error_messages={"required": _("Vui lòng nhập ngày hẹn mới.")})

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        draft = page.ends.extension
        if draft:
            self.initial = {
                "reason": draft.reason,
                "late_unit": draft.late_unit,
                "new_due_on": draft.new_due_at.astimezone(HANOI).date(),
            }
        elif not self.is_bound:
            found = operations.suggestion(page.dossier, page.at)
            self.initial = {"reason": found.reason, "late_unit": found.late_unit, "new_due_on": found.new_due_on}


class SignExtension(Extension, Signed):
    pass


class Decline(Act):
    reason = _text(_("Vui lòng nêu lý do không đồng ý rút hồ sơ."), 500)


class GiveOpinion(Act):
    """`outcome` is the key of the consultation that is answered."""

    opinion = forms.ChoiceField(
        choices=Consultation.Opinion.choices,
        error_messages={
            "required": _("Vui lòng chọn ý kiến của đơn vị."),
            "invalid_choice": _("Vui lòng chọn ý kiến của đơn vị."),
        },
    )
    note = _text()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        agrees = given.get("opinion") == Consultation.Opinion.AGREES
        if given.get("opinion") and not agrees and not given.get("note", "").strip():
            self.add_error("note", gettext("Vui lòng nêu nội dung ý kiến."))
        return given


# Supplement -------------------------------------------------------------------------------------------------


def legal_bases(dossier: Dossier) -> list[str]:
    """The procedure's legal basis as one writes it, one a document; never empty."""
    return [basis.citation[:500] for basis in dossier.definition.record.legal_basis] or [""]


class Supplement(Note):
    """Ticked items, each with a reason of the library, one's own words, or both, and a basis.

    It begins with what was ticked bad, or drafted. A basis of an item is that of its reason, else the one for all.
    """

    item = forms.MultipleChoiceField(
        error_messages={
            "required": _("Vui lòng chọn ít nhất một giấy tờ hoặc nội dung cần bổ sung."),
            "invalid_choice": _("Vui lòng chọn trong danh sách."),
        }
    )
    basis = _text(longest=500)
    override_reason = _text()

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        self.checks = page.checks
        self.rows = self.checks.rows
        self.initial["basis"] = legal_bases(page.dossier)[0]
        self.initial["note"] = self.checks.draft.note if self.checks.draft else ""
        self.fields["item"].choices = [(one.item.key, one.item.name) for one in self.rows]  # type: ignore[attr-defined]
        self.begun: list[str] = []
        for one in self.rows:
            key, begins = one.item.key, self.checks.begins_with(one.item.key)
            self.fields[f"common-{key}"] = forms.CharField(required=False, max_length=20)
            self.fields[f"reason-{key}"] = _text(longest=1000)
            self.fields[f"basis-{key}"] = _text(longest=500)
            if begins is not None:
                self.begun.append(key)
                self.initial[f"common-{key}"] = begins["standard"]
                self.initial[f"reason-{key}"] = begins["reason"]
                self.initial[f"basis-{key}"] = begins["basis"]

    @property
    def ticked(self) -> list[str]:
        return self.data.getlist("item") if self.is_bound else self.begun  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        asked = []
        for one in self.rows:
            key = one.item.key
            if key not in given.get("item", []):
                continue
            common = next((each for each in one.reasons if str(each.pk) == given.get(f"common-{key}")), None)
            reason = notices.worded(common, given.get(f"reason-{key}", ""))
            basis = given.get(f"basis-{key}", "").strip() or (common.basis if common else "") or given.get("basis", "").strip()
            if not reason:
                words = gettext("Vui lòng nêu lý do bổ sung: %(name)s.") % {"name": one.item.name}
                self.add_error(f"reason-{key}", words)
            if not basis and "basis" not in self.errors:
                self.add_error("basis", gettext("Vui lòng nêu căn cứ của yêu cầu bổ sung."))
            asked.append(
                {
                    "item": key,
                    "component_id": one.item.component_id,
                    "section_id": one.item.section_id,
                    "name": one.item.name,
                    "reason": reason,
                    "basis": basis,
                    "standard": common.pk if common else None,
                }
            )
        return given | {"items": asked}


class ReturnDraft(Act):
    reason = _text(_("Vui lòng nêu lý do trả lại dự thảo."))

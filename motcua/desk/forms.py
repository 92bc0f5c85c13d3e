"""What officers type: each form checks shape only; the operation decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from motcua.desk import reasons
from motcua.dossiers import notices
from motcua.dossiers.models import Consultation, Document, Dossier
from motcua.procedures import rules

LONGEST = 4000


class OfDossier(Protocol):
    """What a form may ask of the page it stands on."""

    dossier: Dossier

    @property
    def documents(self) -> list[Document]: ...


class Act(forms.Form):
    """Nothing to type but the task that the officer saw, and the outcome of the button."""

    seen = forms.IntegerField(required=False)
    outcome = forms.CharField(required=False, max_length=60)

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data)
        self.page = page

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
    def typed(self) -> list[str]:
        """The texts that would be lost with this form."""
        kept = [
            str(self.data.get(name, "")).strip() for name in self.fields if name not in ("seen", "outcome")
        ]
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


class Stop(Act):
    reason = _text(_("Vui lòng nêu lý do dừng giải quyết hồ sơ."))


# Supplement -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that may be asked for again: a paper, or a section of the form (then without component)."""

    key: str
    component_id: str
    name: str | Promise
    documents: tuple[Document, ...] = ()

    @property
    def library(self) -> Mapping[str, str | Promise]:
        return reasons.OF_PAPERS if self.component_id else reasons.OF_SECTIONS


def items_of(page: OfDossier) -> list[Item]:
    """What this dossier may be asked for: its papers as the procedure names them, then the form's sections."""
    dossier = page.dossier
    asked = rules.asked_components(dossier.definition, dossier.answers, dossier.channel)
    papers = [
        Item(
            f"giay-{component.id}",
            component.id,
            component.name,
            tuple(one for one in page.documents if one.component_id == component.id),
        )
        for component in asked
        if not component.form
    ]
    sections = [
        Item(f"muc-{section.id}", "", _of_form(section.title))
        for section in dossier.definition.form.sections
    ]
    return papers + sections


def _name_of_section(title: str) -> str:
    return gettext("Tờ khai: %(title)s") % {"title": title}


_of_form = lazy(_name_of_section, str)  # in the language of the page, or of the letter


def legal_bases(dossier: Dossier) -> list[str]:
    """The procedure's legal basis as one writes it, one a document; never empty."""
    record = dossier.definition.record
    return [
        " ".join(part for part in (basis.number, basis.title) if part)[:500] for basis in record.legal_basis
    ] or [""]


class Supplement(Note):
    """Ticked items, each with a reason of the library, one's own words, or both."""

    item = forms.MultipleChoiceField(
        error_messages={
            "required": _("Vui lòng chọn ít nhất một giấy tờ hoặc nội dung cần bổ sung."),
            "invalid_choice": _("Vui lòng chọn trong danh sách."),
        }
    )
    basis = _text(_("Vui lòng nêu căn cứ của yêu cầu bổ sung."), 500)

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        self.items = items_of(page)
        self.initial["basis"] = legal_bases(page.dossier)[0]
        self.fields["item"].choices = [(one.key, one.name) for one in self.items]  # type: ignore[attr-defined]
        for one in self.items:
            self.fields[f"common-{one.key}"] = forms.ChoiceField(
                required=False, choices=[("", ""), *one.library.items()]
            )
            self.fields[f"reason-{one.key}"] = _text(longest=1000)

    @property
    def ticked(self) -> list[str]:
        return self.data.getlist("item") if self.is_bound else []  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        asked = []
        for one in self.items:
            if one.key not in given.get("item", []):
                continue
            common = one.library.get(given.get(f"common-{one.key}", ""), "")
            with override("vi"):  # the letter and the paper, whatever language the officer reads
                name, common = str(one.name), str(common)
            reason = ". ".join(
                part.rstrip(". ") for part in (common, given.get(f"reason-{one.key}", "")) if part
            )
            if not reason:
                self.add_error(
                    f"reason-{one.key}", str(_("Vui lòng nêu lý do bổ sung: %(name)s.")) % {"name": one.name}
                )
            asked.append({"component_id": one.component_id, "name": name, "reason": reason})
        return given | {"items": asked}

"""What a draft still lacks before it can be filed: the steps of filing and their completeness."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.dossiers import parties
from motcua.dossiers.models import Dossier
from motcua.dossiers.parties import PARTY
from motcua.procedures import rules
from motcua.procedures.definition import Component

__all__ = ["PARTY", "STEPS", "AskedPaper", "Completeness", "Missing", "asked_papers", "completeness"]

STEPS = {
    "submitter": gettext_lazy("Thông tin người nộp"),
    "form": gettext_lazy("Tờ khai"),
    "papers": gettext_lazy("Thành phần hồ sơ"),
    "delivery": gettext_lazy("Hình thức nhận kết quả"),
    "fees": gettext_lazy("Phí, lệ phí"),
    "review": gettext_lazy("Kiểm tra và nộp hồ sơ"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there yet: in which step, at which field, and what to do."""

    step: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A component that this dossier must or may bring, and how many files it has."""

    component: Component
    files: int = 0

    @property
    def is_missing(self) -> bool:
        return self.component.required and not self.component.form and not self.files


@dataclass(frozen=True, slots=True)
class Completeness:
    missing: list[Missing] = field(default_factory=list)

    def of_step(self, step: str) -> list[Missing]:
        return [one for one in self.missing if one.step == step]


def _missing_of_party(party: dict, prefix: str) -> list[Missing]:
    found = parties.problems(party, of_account=prefix == "submitter")
    return [Missing("submitter", f"{prefix}-{key}", message) for key, message in found.items()]


def asked_papers(dossier: Dossier, files_by_component: dict[str, int]) -> list[AskedPaper]:
    """The components that the answers call for, in order."""
    return [
        AskedPaper(component, files_by_component.get(component.id, 0))
        for component in rules.asked_components(dossier.definition, dossier.answers)
    ]


def completeness(dossier: Dossier, files_by_component: dict[str, int], today: date | None = None) -> Completeness:
    """Everything that keeps this draft from being filed, in the order of the steps."""
    missing = _missing_of_party(dossier.submitter, "submitter")
    if dossier.on_behalf:
        missing += _missing_of_party(dossier.owner, "owner")
    form = dossier.definition.form
    missing += [Missing("form", key, text) for key, text in rules.problems(form, dossier.answers, today=today).items()]
    missing += [
        Missing(
            "papers",
            paper.component.id,
            _("Vui lòng đính kèm giấy tờ bắt buộc: %(name)s.") % {"name": paper.component.name},
        )
        for paper in asked_papers(dossier, files_by_component)
        if paper.is_missing
    ]
    if not dossier.delivery:
        missing.append(Missing("delivery", "delivery", _("Vui lòng chọn hình thức nhận kết quả.")))
    elif dossier.delivery == Dossier.Delivery.POST and not dossier.delivery_address:
        missing.append(
            Missing("delivery", "delivery_address", _("Vui lòng nhập địa chỉ nhận kết quả qua bưu chính."))
        )
    return Completeness(missing)

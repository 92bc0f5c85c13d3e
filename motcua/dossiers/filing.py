"""What a draft still lacks before it can be filed: the steps of filing and their completeness."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.dossiers import parties, reuse
from motcua.dossiers.models import Document, Dossier
from motcua.dossiers.parties import PARTY
from motcua.foundation.time import HANOI, now
from motcua.procedures import rules
from motcua.procedures.parts import Component

__all__ = ["PARTY", "STEPS", "AskedPaper", "Completeness", "Missing", "asked_papers", "completeness", "no_longer_asked"]

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


Files = Mapping[str, int] | Iterable[Document]  # how many files a component has, or the documents themselves


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """A component that this dossier must or may bring, and how many files it has.

    `others` are the names of the components of which one with this is enough, `stands_in` says that one of those
    has files. `dates` says what is wrong with the dates of what was brought, empty when nothing is.
    """

    component: Component
    files: int = 0
    on_paper: bool = False  # it was brought to the counter
    others: tuple[str, ...] = ()
    stands_in: bool = False
    dates: str = ""

    @property
    def is_there(self) -> bool:
        return self.files > 0 or self.on_paper

    @property
    def is_missing(self) -> bool:
        return self.component.required and not self.component.form and not self.is_there and not self.stands_in


@dataclass(frozen=True, slots=True)
class Completeness:
    missing: list[Missing] = field(default_factory=list)

    def of_step(self, step: str) -> list[Missing]:
        return [one for one in self.missing if one.step == step]


def _missing_of_party(party: dict, prefix: str, *, of_account: bool = False) -> list[Missing]:
    found = parties.problems(party, of_account=of_account)
    return [Missing("submitter", f"{prefix}-{key}", message) for key, message in found.items()]


def asked_papers(
    dossier: Dossier, files: Files, today: date | None = None, *, on_paper: Collection[str] = ()
) -> list[AskedPaper]:
    """The components that the answers call for, in order. Dates are judged where the documents are given.

    `on_paper` are the components that were brought to the counter as sheets.
    """
    documents = [] if isinstance(files, Mapping) else [one for one in files if not reuse.has_fallen(one)]
    counts = files if isinstance(files, Mapping) else Counter(one.component_id for one in documents)
    brought: dict[str, list[Document]] = {}
    for document in documents:
        brought.setdefault(document.component_id, []).append(document)
    asked = rules.asked_components(dossier.definition, dossier.answers, dossier.channel)
    groups: dict[str, list[Component]] = {}
    for component in asked:
        if component.one_of:
            groups.setdefault(_group(component), []).append(component)
    today = today or now().astimezone(HANOI).date()
    papers = []
    for component in asked:
        beside = [one for one in groups.get(_group(component), []) if one.id != component.id]
        papers.append(
            AskedPaper(
                component,
                counts.get(component.id, 0),
                component.id in on_paper,
                tuple(one.name for one in beside),
                any(counts.get(one.id) or one.id in on_paper or one.form for one in beside),
                _wrong_dates(component, brought.get(component.id, []), today),
            )
        )
    return papers


def _group(component: Component) -> str:
    """What the alternatives have in common: of papers of a row, those of the same row."""
    _base, _dot, row = component.id.partition(".")
    return f"{component.one_of}.{row}" if component.one_of else ""


def _wrong_dates(component: Component, documents: Sequence[Document], today: date) -> str:
    """What is wrong with the dates of a paper that was brought; one file with good dates is enough."""
    told = [reuse.date_problem(component, document, today) for document in documents]
    return "" if "" in told else next(iter(told), "")


def _missing_papers(papers: Sequence[AskedPaper]) -> list[Missing]:
    """What is lacking of the papers; of alternatives it is told once, with all their names."""
    found, told = [], set()
    for paper in papers:
        component = paper.component
        if paper.dates:
            found.append(Missing("papers", component.id, paper.dates))
        if not paper.is_missing or (component.one_of and _group(component) in told):
            continue
        if paper.others:
            told.add(_group(component))
            names = "; ".join([component.name, *paper.others])
            text = _("Vui lòng đính kèm một trong các giấy tờ: %(names)s.") % {"names": names}
        else:
            text = _("Vui lòng đính kèm giấy tờ bắt buộc: %(name)s.") % {"name": component.name}
        found.append(Missing("papers", component.id, text))
    return found


def no_longer_asked(dossier: Dossier, documents: Iterable[Document]) -> list[Document]:
    """The documents of components that the answers do not call for any more: kept, but nobody needs them."""
    asked = {one.id for one in rules.asked_components(dossier.definition, dossier.answers, dossier.channel)}
    return [one for one in documents if one.component_id not in asked]


def completeness(
    dossier: Dossier, files: Files, today: date | None = None, *, on_paper: Collection[str] = ()
) -> Completeness:
    """Everything that keeps this draft from being filed, in the order of the steps.

    The dates of papers are judged where the documents themselves are given. Who files is judged whole where no account
    says who that is.
    """
    missing = _missing_of_party(dossier.submitter, "submitter", of_account=dossier.received_by_id is None)
    if dossier.on_behalf:
        missing += _missing_of_party(dossier.owner, "owner")
    form = dossier.definition.form
    missing += [Missing("form", key, text) for key, text in rules.problems(form, dossier.answers, today=today).items()]
    missing += _missing_papers(asked_papers(dossier, files, today, on_paper=on_paper))
    if not dossier.delivery:
        missing.append(Missing("delivery", "delivery", _("Vui lòng chọn hình thức nhận kết quả.")))
    elif dossier.delivery == Dossier.Delivery.POST and not dossier.delivery_address:
        missing.append(
            Missing("delivery", "delivery_address", _("Vui lòng nhập địa chỉ nhận kết quả qua bưu chính."))
        )
    return Completeness(missing)

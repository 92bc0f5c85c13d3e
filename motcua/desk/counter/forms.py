"""What is typed at the counter for a dossier that is there already: a supplement brought, a result returned or kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms as fields
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.desk.counter.entry import SHEETS
from motcua.desk.forms import Act, Hand, Note, OfDossier, _text
from motcua.dossiers import operations
from motcua.dossiers.models import Document, Dossier
from motcua.dossiers.operations.counter import MOST_SHEETS
from motcua.dossiers.uploads import file_name
from motcua.foundation.actor import Actor
from motcua.foundation.errors import Refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper that the request for a supplement names, or a part of the form (then without component)."""

    component_id: str
    name: str
    reason: str
    objection: str = ""  # why the applicant does not agree; then it need not be brought


class BringSupplement(Note):
    """For each asked paper how many sheets came, and which scans; a note answers what was asked about the form."""

    note = _text(longest=2000)

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        self.request = request = getattr(page, "supplement", None)
        self.refused: dict[str, str] = {}  # scans that could not be kept, by component
        self.is_changed = False  # a scan was taken out: nothing is handed in yet
        objections = {one.place: one.text for one in request.objections.all()} if request else {}
        self.asked = [
            Asked(item["component_id"], item["name"], item.get("reason", ""), objections.get(place, ""))
            for place, item in enumerate(request.items if request else [])
        ]
        for one in self.papers:
            for key in SHEETS:
                self.fields[f"{key}-{one.component_id}"] = fields.IntegerField(
                    required=False, min_value=0, max_value=MOST_SHEETS,
                    error_messages={key: gettext_lazy("Số bản giấy phải là số từ 0 đến 999.") for key in ("invalid", "min_value", "max_value")},
                )  # fmt: skip

    @property
    def papers(self) -> list[Asked]:
        return [one for one in self.asked if one.component_id]

    @property
    def about_form(self) -> list[Asked]:
        return [one for one in self.asked if not one.component_id]

    @property
    def typed(self) -> list[str]:
        note = str(self.data.get("note", "")).strip() if self.is_bound else ""
        return [note] if note else []

    def is_multipart(self) -> bool:
        return True

    def keep(self, actor: Actor, at: datetime) -> bool:
        """Attach the scans that came, whatever else is wrong with the form; take one out again where that was pressed."""
        dossier = self.page.dossier
        for one in self.papers:
            for each in self.files.getlist(f"tep-{one.component_id}") if hasattr(self.files, "getlist") else []:
                assert each.file is not None  # an upload has content
                try:
                    operations.attach(
                        dossier=dossier, component_id=one.component_id, stream=each.file, name=file_name(each.name or ""),
                        actor=actor, at=at,
                    )  # fmt: skip
                except Refusal as refusal:
                    self.refused[one.component_id] = f"{self.refused.get(one.component_id, '')} {refusal}".strip()
        if key := self.data.get("go", ""):
            gone = next((each for found in self.kept.values() for each in found if str(each.pk) == key), None)
            if gone is not None:
                operations.detach(document=gone, actor=actor, at=at)
            self.is_changed = True
        return self.is_changed

    @property
    def kept(self) -> dict[str, list[Document]]:
        """The files that are there for the request, by component (one query)."""
        found: dict[str, list[Document]] = {}
        for one in self.request.documents.select_related("file", "dossier") if self.request else []:
            found.setdefault(one.component_id, []).append(one)
        return found

    @property
    def mistakes(self) -> dict[str, str]:
        return {} if self.is_changed else super().mistakes

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        sheets = {
            one.component_id: {key: given.get(f"{key}-{one.component_id}") or 0 for key in SHEETS} for one in self.papers
        }
        kept = self.kept
        for one in self.papers:
            name = f"originals-{one.component_id}"
            if one.component_id in self.refused:
                self.add_error(name, self.refused[one.component_id])
            elif not any(sheets[one.component_id].values()) and one.component_id not in kept and not one.objection:
                self.add_error(name, _("Vui lòng ghi số bản giấy hoặc tải bản quét: %(name)s.") % {"name": one.name})
        if any(not one.objection for one in self.about_form) and not given.get("note", "").strip():
            self.add_error("note", _("Vui lòng nhập nội dung giải trình, bổ sung cho tờ khai."))
        return given | {"sheets": sheets}


class WishToWithdraw(Act):
    """Who asks for the dossier back, at the counter or in a letter, and why; usually who filed it."""

    asked_by = _text(gettext_lazy("Vui lòng nhập họ tên người đề nghị rút hồ sơ."), 200)
    reason = _text(gettext_lazy("Vui lòng nhập lý do rút hồ sơ."), 500)

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        self.initial["asked_by"] = page.dossier.submitter.get("name", "")


class Return(Hand):
    """How the result leaves the counter; what belongs to each way is asked by the operation."""

    how = fields.ChoiceField(
        choices=Dossier.Handing.choices,
        error_messages={
            "required": gettext_lazy("Vui lòng chọn cách trả kết quả."),
            "invalid_choice": gettext_lazy("Vui lòng chọn cách trả kết quả."),
        },
    )
    identity = _text(longest=20)
    code = _text(longest=20)
    tracking = _text(longest=60)

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        delivery = page.dossier.delivery
        self.initial["how"] = delivery if delivery in ("post", "electronic") else "signature"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("how") == "code" and not given.get("code", "").strip():
            self.add_error("code", _("Vui lòng nhập mã tra cứu của hồ sơ."))
        if given.get("how") == "post" and not given.get("tracking", "").strip():
            self.add_error("tracking", _("Vui lòng nhập số hiệu bưu gửi."))
        return given


class Keep(Act):
    place = _text(gettext_lazy("Vui lòng nhập vị trí lưu giữ kết quả."), 120)

    def __init__(self, data: Any = None, *, page: OfDossier) -> None:
        super().__init__(data, page=page)
        kept = getattr(page.dossier, "uncollected", None)
        self.initial["place"] = kept.place if kept else ""

"""What an administrator types, checked for its shape; the operations check the rest."""

import re
from collections.abc import Iterator
from datetime import date, time
from functools import lru_cache
from typing import Any, ClassVar

from django import forms
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.agencies.models import Agency, Role, WorkingCalendar
from motcua.dossiers.models import StandardReason
from motcua.dossiers.models.notices import Stage
from motcua.foundation import formats
from motcua.foundation.vietnamese import fold
from motcua.foundation.working_calendar import Session
from motcua.procedures import archives
from motcua.procedures.models import Procedure, Sector
from motcua.ui.fields import Checked

HOTLINES = 8
_WORDS = {  # by the codes of Django's fields
    "required": gettext_lazy("Vui lòng nhập thông tin."),
    "invalid": gettext_lazy("Thông tin không đúng định dạng. Vui lòng kiểm tra lại."),
    "invalid_choice": gettext_lazy("Vui lòng chọn một trong các lựa chọn."),
    "max_length": gettext_lazy("Nội dung quá dài. Vui lòng nhập tối đa %(limit_value)d ký tự."),
    "min_value": gettext_lazy("Vui lòng nhập số từ %(limit_value)s trở lên."),
    "max_value": gettext_lazy("Vui lòng nhập số không quá %(limit_value)s."),
    "null_characters_not_allowed": gettext_lazy("Nội dung có ký tự không dùng được. Vui lòng nhập lại."),
}


def public_number(text: str) -> str:
    """A telephone number as it is shown: 0260.3797799, 1900 1234. Raises ValueError."""
    number = formats.one_line(text)
    if not re.fullmatch(r"\+?[0-9][0-9 .()-]*", number) or not 3 <= len(re.sub(r"[^0-9]", "", number)) <= 15:
        raise ValueError(_("Số điện thoại không đúng định dạng."))
    return number


class Day(forms.Field):
    """A day as people type it: 27/03/2026."""

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        try:
            return formats.day(text) if text else None
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%d/%m/%Y") if isinstance(value, date) else value


_LABELS = {  # what the pages call the fields, for who reads all mistakes at the top
    "address": gettext_lazy("Địa chỉ"),
    "agency": gettext_lazy("Cơ quan"),
    "basis": gettext_lazy("Căn cứ pháp lý"),
    "body": gettext_lazy("Nội dung"),
    "calendar": gettext_lazy("Lịch làm việc"),
    "code": gettext_lazy("Mã cơ quan"),
    "day": gettext_lazy("Ngày"),
    "decision": gettext_lazy("Quyết định"),
    "email": gettext_lazy("Thư điện tử"),
    "emblem": gettext_lazy("Biểu trưng"),
    "full_name": gettext_lazy("Họ và tên"),
    "kind": gettext_lazy("Loại"),
    "like": gettext_lazy("Bắt đầu từ bản sao của lịch"),
    "method": gettext_lazy("Cách giao"),
    "name": gettext_lazy("Tên"),
    "note": gettext_lazy("Nội dung thay đổi"),
    "number": gettext_lazy("Mã số thủ tục"),
    "package": gettext_lazy("Tệp ZIP"),
    "position": gettext_lazy("Thứ tự"),
    "product_name": gettext_lazy("Tên cổng"),
    "province_name": gettext_lazy("Tên tỉnh, thành phố"),
    "publish_on": gettext_lazy("Áp dụng từ ngày"),
    "reason": gettext_lazy("Lý do"),
    "replacements": gettext_lazy("Cách gọi khác"),
    "role": gettext_lazy("Vai trò"),
    "source": gettext_lazy("Nội dung mẫu in"),
    "term": gettext_lazy("Từ người dân dùng"),
    "text": gettext_lazy("Lý do"),
    "title": gettext_lazy("Tiêu đề"),
    "use": gettext_lazy("Dùng khi"),
}


class Worded(forms.Form):
    """A form that speaks our words, and names the field that was left empty."""

    labels: ClassVar[dict[str, Any]] = {}  # where a form calls a field otherwise than most

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.error_messages |= _WORDS
            if label := self.labels.get(name) or _LABELS.get(name):
                words = _("Vui lòng nhập thông tin: %(label)s.") % {"label": label}
                field.error_messages["required"] = words


class Replacements(Worded):
    """What a word that people use means: one meaning a line."""

    replacements = forms.CharField(max_length=2000)

    def clean_replacements(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["replacements"].splitlines()]
        lines = [line for line in lines if line]
        if any(len(line) > 200 for line in lines):
            raise ValidationError(_("Mỗi cách gọi tối đa 200 ký tự. Vui lòng rút gọn."))
        return lines


class LibraryReason(Worded):
    """A reason of the library; the operation says what may not be kept."""

    text = forms.CharField(max_length=500)
    basis = forms.CharField(max_length=500)
    use = forms.ChoiceField(choices=StandardReason.Use.choices)
    stage = forms.ChoiceField(required=False, choices=[("", gettext_lazy("Cả tiếp nhận và thẩm định")), *Stage.choices])
    about = forms.ChoiceField(required=False, choices=StandardReason.About.choices)
    procedure = forms.CharField(required=False, max_length=20)
    component_id = forms.CharField(required=False, max_length=60)
    agency = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].choices = [("", gettext_lazy("Mọi đơn vị")), *agencies]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        number, component = given.get("procedure", "").strip(), given.get("component_id", "").strip()
        found = Procedure.objects.filter(number=number).select_related("current").first() if number else None
        if number and found is None:
            self.add_error("procedure", _("Không có thủ tục mang mã số này trong danh mục."))
        elif component and found and found.current and component not in _components(found):
            self.add_error("component_id", _("Thủ tục không có thành phần hồ sơ này."))
        agency = Agency.objects.filter(pk=given["agency"]).first() if given.get("agency") else None
        return given | {"procedure": found, "component_id": component, "agency": agency}


def _components(procedure: Procedure) -> list[str]:
    assert procedure.current is not None
    return [one.id for one in procedure.current.definition.record.components]


class NewSynonym(Replacements):
    term = forms.CharField(max_length=100)


@lru_cache(maxsize=1)
def emblems() -> list[str]:
    """The static files that may be the province's emblem: those named emblem….svg or emblem….png."""
    paths = (path for finder in get_finders() for path, _storage in finder.list([]))
    return sorted({path for path in paths if re.search(r"(^|/)emblem[^/]*\.(svg|png)$", path)})


class Place(Worded):
    """The province; each hotline is a pair of fields, and an empty pair is no hotline."""

    product_name = Checked(formats.one_line, max_length=100)
    province_name = Checked(formats.one_line, max_length=100)
    seat = Checked(formats.one_line, max_length=100, required=False)
    portal_host = forms.RegexField(r"^[a-z0-9.-]+(:[0-9]+)?$", max_length=100, required=False)
    tax_code = Checked(formats.tax_code, max_length=20, required=False)
    emblem = forms.ChoiceField(choices=lambda: [(path, path) for path in emblems()])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in range(HOTLINES):
            self.fields[f"number-{row}"] = Checked(public_number, max_length=20, required=False)
            self.fields[f"label-{row}"] = Checked(formats.one_line, max_length=200, required=False)
            for name in (f"number-{row}", f"label-{row}"):
                self.fields[name].error_messages |= _WORDS

    @staticmethod
    def hotline_fields(hotlines: list[dict[str, str]]) -> dict[str, str]:
        """The stored hotlines as initial values of the pairs of fields."""
        return {
            f"{key}-{row}": line.get(key, "")
            for row, line in enumerate(hotlines[:HOTLINES])
            for key in ("number", "label")
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for row in range(HOTLINES):
            if values.get(f"label-{row}") and values.get(f"number-{row}") == "":
                self.add_error(f"number-{row}", _("Vui lòng nhập số điện thoại."))
        return values

    def values(self) -> dict[str, Any]:
        """The columns of a place."""
        hotlines = list(self._hotlines())
        own = {name: value for name, value in self.cleaned_data.items() if "-" not in name}
        return {**own, "hotlines": hotlines}

    def _hotlines(self) -> Iterator[dict[str, str]]:
        for row in range(HOTLINES):
            if self.cleaned_data.get(f"number-{row}"):
                yield {
                    "number": self.cleaned_data[f"number-{row}"],
                    "label": self.cleaned_data[f"label-{row}"],
                }


class AgencyFacts(Worded):
    """What may be changed of an agency that is there."""

    labels: ClassVar = {"name": gettext_lazy("Tên cơ quan")}
    name = Checked(formats.one_line, max_length=200)
    short_name = Checked(formats.one_line, max_length=80, required=False)
    address = Checked(formats.one_line, max_length=300, required=False)
    phone = Checked(public_number, max_length=40, required=False)
    email = Checked(formats.email, max_length=254, required=False)
    tax_code = Checked(formats.tax_code, max_length=20, required=False)


class NewAgency(AgencyFacts):
    code = Checked(formats.agency_code, max_length=20)
    kind = forms.ChoiceField(choices=Agency.Kind.choices)
    calendar = forms.ModelChoiceField(WorkingCalendar.objects.order_by("name"), empty_label=None)
    parent = forms.ModelChoiceField(
        Agency.objects.order_by("code"), to_field_name="code", required=False, empty_label=None
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Agency.objects.filter(code=code).exists():
            raise ValidationError(_("Mã cơ quan này đã có. Vui lòng kiểm tra lại."))
        return code


class Appointment(Worded):
    agency = forms.ModelChoiceField(Agency.objects.order_by("code"), to_field_name="code", empty_label=None)
    role = forms.TypedChoiceField(choices=Role.choices, coerce=Role)
    title = Checked(formats.one_line, max_length=100, required=False)


class NewOfficer(Appointment):
    full_name = Checked(formats.person_name, max_length=200)
    email = Checked(formats.email, max_length=60)  # the login name too


class NewCalendar(Worded):
    """A calendar that begins as a copy of another."""

    labels: ClassVar = {"name": gettext_lazy("Tên lịch")}
    name = Checked(formats.one_line, max_length=100)
    like = forms.ModelChoiceField(WorkingCalendar.objects.order_by("name"), empty_label=None)


class Hours(forms.Field):
    """The sessions of one day as people type them: "7:00-11:30, 13:30-17:00"; empty where nobody works."""

    def to_python(self, value: Any) -> tuple[Session, ...]:
        parts = [part for part in re.split(r"[,;]", str(value or "")) if part.strip()]
        sessions: list[Session] = []
        for part in parts:
            found = re.fullmatch(r"\s*(\d{1,2})[:hg.](\d{2})?\s*[-–—]\s*(\d{1,2})[:hg.](\d{2})?\s*", part.lower())
            numbers = [int(each or 0) for each in found.groups()] if found else [99]
            if not found or max(numbers[::2]) > 23 or max(numbers[1::2]) > 59:
                raise ValidationError(
                    _("Giờ “%(part)s” không đúng. Vui lòng nhập như 07:00-11:30, 13:30-17:00.") % {"part": part.strip()}
                )
            begins, ends = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
            if ends <= begins:
                raise ValidationError(_("Giờ bắt đầu của mỗi buổi phải trước giờ kết thúc."))
            if sessions and begins < sessions[-1][1]:
                raise ValidationError(_("Các buổi trong ngày phải theo thứ tự và không được chồng lên nhau."))
            sessions.append((begins, ends))
        return tuple(sessions)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return ", ".join(f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in value)
        return value


class WeekHours(Worded):
    """The hours of a week: of work, and of reception where they differ."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for weekday in range(7):
            self.fields[f"work-{weekday}"] = Hours(required=False)
            self.fields[f"reception-{weekday}"] = Hours(required=False)

    def week(self, kind: str) -> tuple[tuple[Session, ...], ...]:
        return tuple(self.cleaned_data[f"{kind}-{weekday}"] for weekday in range(7))


class Units(Worded):
    """Agencies that shall work by a calendar."""

    agencies = forms.ModelMultipleChoiceField(Agency.objects.order_by("code"), required=False)


class KeepChange(Worded):
    revision = forms.IntegerField(min_value=1)
    dates = forms.ChoiceField(choices=[("move", ""), ("leave", "")])


class SpecialDay(Worded):
    kind = forms.ChoiceField(
        choices=[
            ("holidays", gettext_lazy("Ngày nghỉ")),
            ("extra_working_days", gettext_lazy("Ngày làm bù")),
        ]
    )
    day = Day()
    name = Checked(formats.one_line, max_length=100)


class Article(Worded):
    """An article; without an address, its title makes one. Without a day it stays a draft."""

    title = Checked(formats.one_line, max_length=200)
    slug = forms.CharField(max_length=100, required=False)
    summary = Checked(formats.one_line, max_length=400, required=False)
    body = forms.CharField(max_length=50_000, strip=False)
    position = forms.IntegerField(min_value=0, max_value=9999, initial=100)
    published_on = Day(required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        text = values.get("slug") or values.get("title") or ""
        values["slug"] = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:100].strip("-")
        if text and not values["slug"]:
            self.add_error("slug", _("Vui lòng nhập địa chỉ gồm chữ cái và chữ số."))
        return values


# Procedures ---------------------------------------------------------------------------------------------------


class Revision(Worded):
    """Which state of a draft somebody has seen."""

    revision = forms.IntegerField(min_value=1, max_value=2_000_000_000)


class Proposal(Revision):
    labels: ClassVar = {"note": gettext_lazy("Lý do, căn cứ")}
    publish_on = Day()
    note = forms.CharField(max_length=4000)


class Reason(Worded):
    reason = forms.CharField(max_length=4000)


class Decision(Revision):
    """A proposal is approved, or returned with a reason."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("reject", "")])
    reason = forms.CharField(max_length=4000, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("decision") == "reject" and not values.get("reason"):
            self.add_error("reason", _("Vui lòng ghi lý do không duyệt để người soạn biết cần sửa gì."))
        return values


class PublicationAct(Worded):
    """What waits is approved, or cancelled with a reason."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("cancel", "")])
    reason = forms.CharField(max_length=4000, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("decision") == "cancel" and not values.get("reason"):
            self.add_error("reason", _("Vui lòng ghi lý do hủy."))
        return values


class ClonedProcedure(Worded):
    labels: ClassVar = {"name": gettext_lazy("Tên thủ tục")}
    number = Checked(formats.one_line, max_length=20)
    name = Checked(formats.one_line, max_length=1000)


class NewProcedure(ClonedProcedure):
    """A procedure in a sector that is there, or in a new one by code and name."""

    sector = forms.CharField(max_length=20, required=False)
    sector_code = Checked(formats.one_line, max_length=20, required=False)
    sector_name = Checked(formats.one_line, max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        known = Sector.objects.filter(code=values.get("sector") or "").first()
        if known is not None:
            values["sector_code"], values["sector_name"] = known.code, known.name
        elif not values.get("sector_code") or not values.get("sector_name"):
            self.add_error("sector", _("Vui lòng chọn lĩnh vực, hoặc nhập mã và tên của lĩnh vực mới."))
        return values

    def values(self) -> dict[str, str]:
        """What `start_new` asks for."""
        return {key: self.cleaned_data[key] for key in ("number", "name", "sector_code", "sector_name")}


class Package(Worded):
    package = forms.FileField(max_length=200)

    def clean_package(self) -> Any:
        package = self.cleaned_data["package"]
        if package.size > archives.LARGEST:
            raise ValidationError(_("Tệp nén lớn hơn 20 MB. Vui lòng chọn tệp khác."))
        return package


class Template(Worded):
    """How a kind of paper is drawn, in typst; `seen` is the version that was changed."""

    source = forms.CharField(max_length=100_000, strip=False)
    note = forms.CharField(max_length=300)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

"""What officers type when a step goes from hand to hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.desk.forms import LONGEST, Act

SLOTS = 4  # units that one form can ask
_WHO = _("Vui lòng chọn người nhận việc.")
_LONG = {"max_length": _("Vui lòng viết ngắn lại, tối đa %(limit_value)d ký tự.")}


class Recall(Act):
    note = forms.CharField(required=False, max_length=500, error_messages=_LONG)


class Give(Act):
    assignee = forms.IntegerField(error_messages={"required": _WHO, "invalid": _WHO})
    note = forms.CharField(required=False, max_length=LONGEST, error_messages=_LONG)


class Consult(Act):
    """Some units, each with its question; an empty row asks nobody."""

    def __init__(self, data: Any = None, *, page: Any) -> None:
        super().__init__(data, page=page)
        for number in range(SLOTS):
            self.fields[f"unit-{number}"] = forms.IntegerField(required=False)
            self.fields[f"question-{number}"] = forms.CharField(required=False, max_length=LONGEST, error_messages=_LONG)
            self.fields[f"hours-{number}"] = forms.IntegerField(
                required=False, initial=16, error_messages={"invalid": _("Vui lòng nhập số giờ làm việc.")}
            )
            self.fields[f"required-{number}"] = forms.BooleanField(required=False)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"number": number} | {name: self.value(f"{name}-{number}") for name in ("unit", "question", "hours", "required")}
            for number in range(SLOTS)
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        asked = []
        for number in range(SLOTS):
            unit, question = given.get(f"unit-{number}"), (given.get(f"question-{number}") or "").strip()
            if question and not unit:
                self.add_error(f"unit-{number}", _("Vui lòng chọn đơn vị được hỏi."))
            if unit and not question:
                self.add_error(f"question-{number}", _("Vui lòng nêu nội dung xin ý kiến."))
            if unit and question:
                hours, required = given.get(f"hours-{number}") or 0, bool(given.get(f"required-{number}"))
                asked.append({"unit": unit, "question": question, "hours": hours, "required": required})
        if not asked and not self.errors:
            self.add_error("unit-0", _("Vui lòng chọn ít nhất một đơn vị để lấy ý kiến."))
        return {**given, "asked": asked}

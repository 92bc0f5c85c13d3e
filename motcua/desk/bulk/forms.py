"""What an act on many dossiers needs to know; the operation decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.desk.forms import LONGEST
from motcua.dossiers.models import Handover
from motcua.dossiers.operations.bulk import PRINTABLE

_WHO = {"required": _("Vui lòng chọn người nhận hồ sơ."), "invalid": _("Vui lòng chọn người nhận hồ sơ.")}
_UNIT = {"required": _("Vui lòng chọn đơn vị."), "invalid": _("Vui lòng chọn đơn vị.")}
_LONG = {"max_length": _("Vui lòng viết ngắn lại, tối đa %(limit_value)d ký tự.")}


class Nothing(forms.Form):
    """An act that needs no words."""

    def value(self, name: str) -> Any:
        """What was typed or chosen, else what the field begins with."""
        if self.is_bound:
            return self.data.getlist(name) if name == "papers" else self.data.get(name, "")  # type: ignore[attr-defined]
        return self.initial.get(name, "")

    @property
    def mistakes(self) -> dict[str, str]:
        found = {name: str(next(iter(told))) for name, told in self.errors.items()} if self.is_bound else {}
        return {("" if name == "__all__" else name): message for name, message in found.items()}


class Give(Nothing):
    assignee = forms.IntegerField(error_messages=_WHO)
    note = forms.CharField(required=False, max_length=LONGEST, error_messages=_LONG)


class SendBack(Nothing):
    note = forms.CharField(
        max_length=LONGEST, error_messages={"required": _("Vui lòng nêu lý do trả lại."), **_LONG}
    )


class HandOver(Nothing):
    giver = forms.IntegerField(error_messages=_UNIT)
    taker = forms.IntegerField(error_messages=_UNIT)
    content = forms.ChoiceField(
        choices=Handover.Content.choices,
        error_messages={
            "required": _("Vui lòng chọn nội dung bàn giao."),
            "invalid_choice": _("Vui lòng chọn nội dung bàn giao."),
        },
    )
    note = forms.CharField(required=False, max_length=500, error_messages=_LONG)


class Print(Nothing):
    papers = forms.MultipleChoiceField(
        choices=list(PRINTABLE.items()),
        error_messages={
            "required": _("Vui lòng chọn ít nhất một loại giấy tờ để in."),
            "invalid_choice": _("Vui lòng chọn lại loại giấy tờ."),
        },
    )


OF_VERB: dict[str, type[Nothing]] = {
    "accept": Nothing,
    "assign": Give,
    "forward": Give,
    "send_back": SendBack,
    "hand_over": HandOver,
    "print": Print,
}

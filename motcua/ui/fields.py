"""Form fields that both citizens and administrators type into."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class Checked(forms.CharField):
    """A text in the form that is stored; `check` says what is wrong with it by ValueError."""

    def __init__(self, check: Callable[[str], str], **options: Any) -> None:
        self.check = check
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return self.check(text) if text else ""
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

"""Notes what is wrong with the expressions of a package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from motcua.procedures.answers import empty_value, sample_values
from motcua.procedures.checks.kinds import DATE, TEXT, Kind, Reading, kinds_of
from motcua.procedures.checks.truth import never_true
from motcua.procedures.composites import sub_fields
from motcua.procedures.expression_trees import tree
from motcua.procedures.expressions import BadExpression, ExpressionFailed, expression
from motcua.procedures.parts import Form, Record
from motcua.procedures.shape import Path, Reader

CHANNELS = ("online", "in_person", "post")
_TRIALS = 12  # with sample answers


@dataclass(frozen=True)
class Rules:
    """Checks rules over the answers of one form. `free` are the values of what is no field, such as the channel."""

    form: Form
    free: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @classmethod
    def of_record(cls, record: Record, form: Form) -> "Rules":
        """For papers, fees and steps, which know the channel and the case."""
        cases = [case.id for case in record.scenarios]
        return cls(form, {"channel": CHANNELS, "scenario": [*cases, ""]})

    def condition(self, source: str, reader: Reader, path: Path, *, unless: Sequence[str] = ()) -> None:
        """A condition must be true or false, and true for some answers (that make none of `unless` true)."""
        if not source:
            return
        values = self.values(source, reader, path)
        if any(not isinstance(value, bool) for value in values):
            reader.add(
                path,
                _("Điều kiện «%(rule)s» không cho kết quả đúng hoặc sai.") % {"rule": source},
                _("Vui lòng viết một phép so sánh, ví dụ loai == 'khac'."),
            )
        elif values and never_true(self.form, source, self.free):
            reader.add(
                path,
                _("Điều kiện «%(rule)s» không bao giờ đúng.") % {"rule": source},
                _("Vui lòng kiểm tra các vế mâu thuẫn nhau và điều kiện của các trường được dùng."),
            )
        elif values and unless and never_true(self.form, source, self.free, unless):
            reader.add(
                path,
                _("Các điều kiện đứng trước đã bao hết điều kiện «%(rule)s».") % {"rule": source},
                _("Vui lòng đổi thứ tự hoặc xóa mục này."),
            )

    def number(self, source: str, reader: Reader, path: Path, *, words: str) -> None:
        """A formula must give a number that is not below zero; `words` says what it is."""
        for value in self.values(source, reader, path):
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                reader.add(
                    path,
                    _("Công thức cho kết quả «%(value)s», không phải số tiền hoặc số lượng.") % {"value": value},
                    words,
                )
                break

    def values(self, source: str, reader: Reader, path: Path) -> list[Any]:
        """The expression's values without answers and with sample answers; a mistake when there are none."""
        try:
            compiled = expression(source)
        except BadExpression as mistake:
            reader.add(
                path,
                _("Quy tắc «%(rule)s» không đúng: %(reason)s.") % {"rule": source, "reason": mistake},
                _("Vui lòng sửa theo cú pháp CEL, ví dụ loai == 'khac' && so_luong > 0."),
            )
            return []
        reading = Reading(self._kinds)
        node = tree(source)
        if node is not None:
            reading.kind(node)
        else:
            for name in sorted(compiled.names - self._kinds.keys()):
                reading.name(name)
        for message, advice in reading.complaints:
            reader.add(path, message, advice)
        return [] if reading.complaints else self._trials(source, reader, path)

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        return kinds_of(self.form) | {name: _free_kind(name, values) for name, values in self.free.items()}

    def _trials(self, source: str, reader: Reader, path: Path) -> list[Any]:
        compiled = expression(source)
        named = [one for one in self.form.fields if one.id in compiled.names]
        options = [len(part.options) for one in named for part in (one, *sub_fields(one))]
        free = {name: next(iter(values), "2026-11-24") for name, values in self.free.items()}
        trials = [{one.id: empty_value(one) for one in named}]
        count = min(_TRIALS, max([2, *options]))
        trials += [{one.id: sample_values(one, place) for one in named} for place in range(count)]
        values = []
        for trial in trials:
            try:
                values.append(compiled.value({**free, **trial}))
            except ExpressionFailed as failure:
                reader.add(
                    path, str(failure) + ".", _("Vui lòng sửa quy tắc để tính được cả khi chưa có câu trả lời.")
                )
                return []
        return values


def _free_kind(name: str, values: Sequence[Any]) -> Kind:
    if name == "today":
        return DATE
    return Kind("text", tuple(values), label=name) if values else TEXT

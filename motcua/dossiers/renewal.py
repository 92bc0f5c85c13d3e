"""What changes for one citizen when a draft moves from an older version of its procedure to the current one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from motcua.dossiers.printing import time_limit_words
from motcua.foundation.time import HANOI, now
from motcua.foundation.vietnamese import money
from motcua.foundation.working_time import TimeLimit
from motcua.procedures import rules
from motcua.procedures.answers import is_empty
from motcua.procedures.composites import SILENT
from motcua.procedures.definition import Definition
from motcua.procedures.expressions import ExpressionFailed
from motcua.procedures.parts import Component, Field


def renewal_changes(
    old: Definition,
    new: Definition,
    answers: Mapping[str, Any],
    *,
    channel: str = "online",
    today: date | None = None,
) -> list[str]:
    """What is new for who gave these answers: questions, answers to give again, papers, fee, time; a sentence each.

    Only what concerns these answers is told; empty when nothing does. What was answered is never lost: a question
    that is no longer asked keeps its answer in the draft.
    """
    today = today or now().astimezone(HANOI).date()
    return [
        *_questions(old, new, answers, today),
        *_papers(old, new, answers, channel),
        *_fee(old, new, answers, channel, today),
        *_time(old, new, answers, channel),
    ]


def _questions(old: Definition, new: Definition, answers: Mapping[str, Any], today: date) -> list[str]:
    before = {field.id: field for field in rules.visible_fields(old.form, answers) if field.type not in SILENT}
    after = {field.id: field for field in rules.visible_fields(new.form, answers) if field.type not in SILENT}
    wrong_before = rules.wrong_values(old.form, answers, today=today)
    wrong = {key.split("-")[0] for key in rules.wrong_values(new.form, answers, today=today) if key not in wrong_before}
    told = []
    for id, field in after.items():
        if id in wrong:
            told.append(_("Cần trả lời lại: %(label)s.") % {"label": field.label})
        elif id not in before and is_empty(answers.get(id)):
            text = _("Câu hỏi mới bắt buộc: %(label)s.") if field.required else _("Câu hỏi mới, không bắt buộc: %(label)s.")
            told.append(text % {"label": field.label})
        elif id in before and _now_required(before[id], field, answers):
            told.append(_("Câu hỏi nay bắt buộc trả lời: %(label)s.") % {"label": field.label})
    told += [
        _("Không còn hỏi: %(label)s.") % {"label": field.label}
        for id, field in before.items()
        if id not in after and not is_empty(answers.get(id))
    ]
    return told


def _now_required(before: Field, after: Field, answers: Mapping[str, Any]) -> bool:
    return after.required and not before.required and is_empty(answers.get(after.id))


def _papers(old: Definition, new: Definition, answers: Mapping[str, Any], channel: str) -> list[str]:
    before = {one.id: one for one in rules.asked_components(old, answers, channel)}
    after = {one.id: one for one in rules.asked_components(new, answers, channel)}
    told = []
    for id, component in after.items():
        if component.form:
            continue
        name = {"name": component.name}
        if id not in before:
            text = _("Giấy tờ mới phải nộp: %(name)s.") if component.required else _("Giấy tờ mới, nếu có: %(name)s.")
            told.append(text % name)
        elif component.required and not before[id].required:
            told.append(_("Giấy tờ nay bắt buộc: %(name)s.") % name)
        elif before[id].required and not component.required:
            told.append(_("Giấy tờ nay không bắt buộc: %(name)s.") % name)
        elif _stricter(before[id], component):
            told.append(_("Điều kiện về ngày cấp hoặc thời hạn của giấy tờ đã thay đổi: %(name)s.") % name)
    told += [
        _("Không còn phải nộp: %(name)s.") % {"name": one.name}
        for id, one in before.items()
        if id not in after and not one.form
    ]
    return told


def _stricter(before: Component, after: Component) -> bool:
    asks = (after.max_age_months, after.min_validity_days)
    return asks not in ((before.max_age_months, before.min_validity_days), (None, None))


def _fee(old: Definition, new: Definition, answers: Mapping[str, Any], channel: str, today: date) -> list[str]:
    before, after = (_total(one, answers, channel, today) for one in (old, new))
    if before == after or after is None:
        return []
    if before is None:
        return [_("Phí, lệ phí: %(new)s.") % {"new": money(after)}]
    return [_("Phí, lệ phí: từ %(old)s thành %(new)s.") % {"old": money(before), "new": money(after)}]


def _total(definition: Definition, answers: Mapping[str, Any], channel: str, today: date) -> int | None:
    """None while it cannot be computed for these answers."""
    try:
        return sum(line.amount_vnd for line in rules.fee_lines(definition, answers, channel, today))
    except ExpressionFailed:
        return None


def _time(old: Definition, new: Definition, answers: Mapping[str, Any], channel: str) -> list[str]:
    before, after = (_limit(one, answers, channel) for one in (old, new))
    if before == after:
        return []
    return [
        _("Thời hạn giải quyết: từ %(old)s thành %(new)s.")
        % {"old": time_limit_words(before), "new": time_limit_words(after)}
    ]


def _limit(definition: Definition, answers: Mapping[str, Any], channel: str) -> TimeLimit | None:
    return definition.time_limit(channel, definition.scenario(answers))

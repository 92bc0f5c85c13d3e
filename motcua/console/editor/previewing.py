"""What citizens will see of a draft: usable, with conditions that react, and nothing that is kept."""

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.console.editor import check
from motcua.console.editor.views import desk
from motcua.foundation.errors import Refusal
from motcua.foundation.time import HANOI, now
from motcua.procedures import rules
from motcua.procedures.definition import Definition
from motcua.ui import previews
from motcua.ui.form_template import form_html

_OWN = {"to-khai", "giay-to", "le-phi"}


@require_http_methods(["GET", "POST"])
def preview(request: Request, number: str, kind: str) -> HttpResponse:
    """One page of citizens. Posting answers shows what they change; they are not kept."""
    found = desk(number)
    definition = check.sketch(found.draft)
    if kind in _OWN:
        return _filing(request, definition, number, kind, check.digest(found.draft.content))
    page = previews.preview(kind)
    if page is None:
        raise Http404
    try:
        return page(request, definition)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return _not_yet(request)  # a draft may lack what every published procedure has


def _not_yet(request: Request) -> HttpResponse:
    told = _("Chưa xem trước được vì bản soạn còn thiếu nội dung. Vui lòng sửa các lỗi rồi xem lại.")
    return render(request, "console/editor/preview_none.html", {"told": told})


def _filing(request: Request, definition: Definition, number: str, kind: str, digest: str) -> HttpResponse:
    """The form, the papers that it asks for and the fee, after the answers that were posted."""
    try:
        answers, problems = answers_of(request.POST, definition) if request.method == "POST" else ({}, {})
        part = _part(definition, request.GET.get("phan", ""))
        shown: dict[str, Any] = {
            "part": part,
            "definition": definition,
            "kind": kind,
            "number": number,
            "fields": form_html(definition, (0, digest), answers, {}, sections=(part,) if part else ()) if definition.form.sections else "",
            "papers": rules.asked_components(definition, answers, "online"),
            "scenario": definition.scenario(answers),
            "limit": definition.time_limit("online", definition.scenario(answers)),
            "wrong": problems,
        }
        shown |= fees(definition, answers)
        return render(request, "console/editor/preview.html", shown)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return _not_yet(request)


def _part(definition: Definition, asked: str) -> str:
    """The section to show alone; none when nothing of it is asked before other sections are answered."""
    section = next((one for one in definition.form.sections if one.id == asked), None)
    if section is None:
        return ""
    at_first = {one.id for one in rules.visible_fields(definition.form, {})}
    return section.id if any(one.id in at_first for one in section.fields) else ""


def answers_of(posted: QueryDict, definition: Definition) -> tuple[dict[str, Any], dict[str, str]]:
    """What was posted, section by section as filing reads it, and what is wrong with it."""
    answers: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for section in definition.form.sections:
        values, wrong = rules.clean_section(definition.form, section.id, posted, answers)
        answers |= values
        problems |= wrong
    return answers, problems


def fees(definition: Definition, answers: dict[str, Any]) -> dict[str, Any]:
    """The lines of the fee after these answers, with their total in đồng."""
    today = now().astimezone(HANOI).date()
    try:
        lines = rules.fee_lines(definition, answers, "online", today)
    except Refusal:
        return {"lines": [], "total": 0, "unknown": True}
    return {"lines": lines, "total": sum(line.amount_vnd for line in lines), "unknown": False}

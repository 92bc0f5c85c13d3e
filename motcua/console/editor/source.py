"""The draft as the text of its files, for those who prefer it; and the examples, run at once."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.console.editor import check, previewing, tree
from motcua.console.editor.views import address, desk, frame, kept
from motcua.foundation.errors import Refusal
from motcua.foundation.vietnamese import unaccented
from motcua.procedures import rules, shape
from motcua.procedures.draft_check import PARTS
from motcua.procedures.models import ProcedureDraft
from motcua.procedures.shape import Mistake, Reader
from motcua.procedures.writing import yaml_of

_NEW_EXAMPLE = """\
name: {name}
answers: {{}}
channel: online
expect:
  components: []
  fee_vnd: 0
"""


# The four files -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def source(request: Request, number: str) -> HttpResponse:
    """One of the four files as text. What is wrong is told with its line, and the text stays as it was typed."""
    found = desk(number)
    part = request.GET.get("tep", "record")
    part = part if part in PARTS else "record"
    stored = tree.group_at(found.draft.content, (part,))
    text, base = _text(part, stored), check.digest(stored)
    mistakes: list[Mistake] = []
    told, saved_text = "", ""
    if request.method == "POST":
        text = tree.clean(request.POST.get("text", ""))
        mistakes, content = _read(text, part)
        if request.POST.get("base") != base:
            told = _("%(name)s đã sửa phần này trong lúc Ông/Bà soạn. Nội dung Ông/Bà vừa nhập còn nguyên dưới đây; bấm Lưu lần nữa để thay.") % {
                "name": found.draft.edited_by_name}  # fmt: skip
            saved_text = _text(part, stored)
        elif mistakes:
            told = _("Chưa lưu vì văn bản còn lỗi. Nội dung vừa nhập còn nguyên dưới đây.")
        else:
            try:
                kept(request, found.draft, {**found.draft.content, part: content})
            except Refusal as refusal:
                told = str(refusal)
            else:
                messages.success(request, _("Đã lưu."))
                return redirect(f"{request.path}?tep={part}")
    else:
        mistakes = _mistakes(text, part)
    shown = frame(found, "van-ban-nguon", preview="") | {
        "part": part, "file": PARTS[part], "files": list(PARTS.items()), "text": text, "base": base,
        "mistakes": mistakes, "told": told, "saved_text": saved_text, "lines": text.count("\n") + 1,
    }  # fmt: skip
    return render(request, "console/editor/source.html", shown, status=422 if told else 200)


def _text(part: str, content: dict[str, Any]) -> str:
    """A part as the text of its file: in the usual layout when it makes sense, else as it stands."""
    return _written(part, json.dumps(content, ensure_ascii=False))


@lru_cache(maxsize=16)
def _written(part: str, written: str) -> str:
    content = json.loads(written)
    try:
        return yaml_of(shape.load(tree.ROOTS[part], content))
    except (AttributeError, KeyError, TypeError, ValueError):
        return yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=110)


@lru_cache(maxsize=16)
def _mistakes(text: str, part: str) -> list[Mistake]:
    """What is wrong with the shape of a text that is stored."""
    reader = Reader(PARTS[part])
    reader.read(text, tree.ROOTS[part])
    return sorted(reader.mistakes)


def _read(text: str, part: str) -> tuple[list[Mistake], Any]:
    """What is wrong with the shape of a text, and the content that it is when nothing is."""
    reader = Reader(PARTS[part])
    read = reader.read(text, tree.ROOTS[part])
    if reader.mistakes:
        return sorted(reader.mistakes), None
    return [], shape.dump(read)


# Examples -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def examples(request: Request, number: str) -> HttpResponse:
    """The examples of the draft, what they expect and whether they get it."""
    found = desk(number)
    tests = tree.group_at(found.draft.content, ("tests",))
    told = ""
    typed: Mapping[str, Any] = {}
    if request.method == "POST":
        try:
            kept(request, found.draft, {**found.draft.content, "tests": _changed(request, found.draft, tests)})
        except Refusal as refusal:
            told, typed = str(refusal), request.POST
        else:
            messages.success(request, _("Đã lưu."))
            return redirect(address(number, "vi-du"))
    results: dict[str, list[Mistake]] = {}
    for finding in check.checked(found.draft).findings:
        if finding.place[0] == "tests":
            results.setdefault(str(finding.place[-1]), []).append(finding.mistake)
    shown = frame(found, "vi-du", preview="to-khai") | {
        "tests": [(name, typed.get(f"text-{name}", text), check.digest(text)) for name, text in sorted(tests.items())],
        "results": results, "can_run": check.whole(found.draft) is not None, "told": told,
    }  # fmt: skip
    return render(request, "console/editor/examples.html", shown, status=422 if told else 200)


def _changed(request: Request, draft: ProcedureDraft, tests: dict[str, Any]) -> dict[str, Any]:
    verb, _colon, name = request.POST.get("do", "").partition(":")
    tests = dict(tests)
    if verb == "try":
        title = " ".join(request.POST.get("mc.example", "").split())[:200] or _("Ví dụ từ trang xem trước")
        file = _file_name(title, tests)
        tests[file] = _tried(request, draft, title)
    elif verb == "new":
        title = " ".join(request.POST.get("name", "").split())[:200] or _("Ví dụ mới")
        tests[_file_name(title, tests)] = _NEW_EXAMPLE.format(name=_quoted(title))
    elif verb == "remove":
        tests.pop(name, None)
    elif name in tests:
        if request.POST.get(f"base-{name}") != check.digest(tests[name]):
            raise Refusal(_("Người khác đã sửa ví dụ này. Vui lòng chép nội dung vừa nhập rồi tải lại trang."))
        tests[name] = tree.clean(request.POST.get(f"text-{name}", ""))
    return tests


def _bare(value: Any) -> Any:
    """An answer without the marks by which rows are told apart."""
    if isinstance(value, list):
        return [_bare(part) for part in value]
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if not key.startswith("_") and part not in ("", None)}
    return value


def _file_name(title: str, tests: dict[str, Any]) -> str:
    bare = re.sub(r"[^a-z0-9]+", "-", unaccented(title).lower()).strip("-")[:60] or "vi-du"
    names = {name.removesuffix(".yaml") for name in tests}
    number = 2
    name = bare
    while name in names:
        name, number = f"{bare}-{number}", number + 1
    return f"{name}.yaml"


def _tried(request: Request, draft: ProcedureDraft, title: str) -> str:
    """An example made of answers that were tried in the preview: what they give now is what they must give."""
    definition = check.whole(draft)
    if definition is None:
        raise Refusal(_("Chưa lưu được ví dụ vì bản soạn còn lỗi. Vui lòng sửa các lỗi trước."))
    answers, _problems = previewing.answers_of(request.POST, definition)
    answers = {id: _bare(value) for id, value in answers.items() if value not in ("", None, [], {})}
    fee = previewing.fees(definition, answers)
    expect: dict[str, Any] = {
        "components": list(dict.fromkeys(one.id for one in rules.asked_components(definition, answers)))
    }
    if not fee["unknown"]:
        expect["fee_vnd"] = fee["total"]
    limit = definition.time_limit("online", definition.scenario(answers))
    if limit is not None:
        expect["time_limit"] = limit.to_json()
    example = {"name": title, "channel": "online", "answers": answers, "expect": expect}
    return yaml.dump(example, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=110)


def _quoted(title: str) -> str:
    return '"' + title.replace("\\", "").replace('"', "'") + '"'

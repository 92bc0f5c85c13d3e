"""What is not verified yet: a tick beside each part and each key of the record that says so."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.accounts.http import Request
from motcua.console.editor import controls, tree
from motcua.console.editor.tree import Path
from motcua.console.editor.views import address, desk, frame, kept
from motcua.foundation.errors import Refusal
from motcua.procedures import words

SLUG = "chua-xac-minh"
_LEFT_OUT = {"format", "unverified"}
_DEEP = 3  # keys below keys that are offered: an item of a list and what it says


@require_http_methods(["GET", "POST"])
def unverified(request: Request, number: str) -> HttpResponse:
    found = desk(number)
    content = found.draft.content
    marks = [str(mark) for mark in tree.list_at(content, ("record", "unverified"))]
    rows = list(_rows(content, frozenset(marks)))
    told = ""
    if request.method == "POST":
        offered = {path for path, _label, _value, _depth in rows}
        chosen = [path for path in request.POST.getlist("unverified")[:2000] if path in offered or path in marks]
        seen = set(request.POST.getlist("seen"))
        others = [mark for mark in marks if mark not in seen and mark not in chosen]  # marked by somebody else meanwhile
        wanted = [mark for mark in marks if mark in chosen or mark in others]
        wanted += [path for path in chosen if path not in wanted]
        record = tree.group_at(content, ("record",))
        record = {key: value for key, value in record.items() if key != "unverified"}
        if wanted:
            record["unverified"] = wanted
        try:
            kept(request, found.draft, {**content, "record": record})
        except Refusal as refusal:
            told, marks = str(refusal), wanted
        else:
            messages.success(request, _("Đã lưu."))
            return redirect(address(number, SLUG))
    known = {path for path, _label, _value, _depth in rows}
    shown = frame(found, SLUG) | {"rows": rows, "marks": marks, "lost": [mark for mark in marks if mark not in known], "told": told}
    return render(request, "console/editor/unverified.html", shown, status=422 if told else 200)


def _rows(content: Any, marks: frozenset[str]) -> Iterator[tuple[str, str, str, int]]:
    """Each part that can be doubted: as `unverified` names it, what it is called, what stands there, how deep."""
    for root, shape in tree.ROOTS.items():
        if root != "record":
            yield root, words.name(shape), "", 0
        yield from _below(content, (root,), shape, 0 if root == "record" else 1, marks)


def _below(
    content: Any, path: Path, shape: type, depth: int, marks: frozenset[str]
) -> Iterator[tuple[str, str, str, int]]:
    for key in tree.keys_of(shape):
        place = (*path, key.key)
        value = tree.at(content, place)
        is_empty = value in (None, "", [], {})
        if key.key in _LEFT_OUT or (is_empty and depth > 0 and controls.dotted(content, place) not in marks):
            continue
        text = "" if key.kind in ("pages", "rows", "shape") else controls.value_words(key, value)
        yield controls.dotted(content, place), words.label(shape, key.key), text[:120], depth
        if key.kind == "shape" and depth < _DEEP:
            yield from _below(content, place, key.item, depth + 1, marks)
        elif key.kind in ("pages", "rows") and isinstance(value, list) and depth < _DEEP - 1:
            for number, item in enumerate(value):
                inner = (*place, number)
                yield controls.dotted(content, inner), controls.title_of(item, key.item, number), "", depth + 1

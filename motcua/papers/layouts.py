"""Papers by a layout that an administrator wrote: drawn by a process of its own, which can read nothing.

A layout is typst without a file of its own: `head.typ` and `form.typ` of our templates stand before it, so their
words are there. The process has an empty folder as its root, no packages and no way to the network, and little
time and memory; whatever goes wrong in it is told in plain words.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from motcua.foundation.errors import Refusal
from motcua.papers.glyphs import FONTS

TEMPLATES = Path(__file__).parent / "templates"
OF_FORMS = ("head.typ", "form.typ")
OF_PAPERS = ("head.typ",)
LONGEST = 100_000  # characters of a layout
SECONDS = 10  # of the clock; half as many of the processor
MEMORY = 2 * 1024**3  # bytes of addresses
_PROGRAM = Path(__file__).parent / "press.py"
_NOWHERE = "http://127.0.0.1:9"  # the discard port
_REACHES_OUT = re.compile(r"@\w+/|\b(?:read|plugin|include)\s*\(|#\s*(?:import|include)\b", re.ASCII)


class LayoutFailed(Refusal):
    """A layout from which no paper comes out; `line` is the place in the layout, 0 when it is not known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def press(
    layout: str, data: Mapping[str, Any], *, at: datetime, words: tuple[str, ...] = OF_FORMS
) -> bytes:
    """The PDF that the layout makes of the data. Raises LayoutFailed with what is wrong, in plain words.

    `words` are those of our templates whose words the layout may use. The same layout, data and moment give the
    same bytes.
    """
    if len(layout) > LONGEST:
        raise LayoutFailed(_("Mẫu in dài quá %(most)d ký tự.") % {"most": LONGEST})
    if found := _REACHES_OUT.search(layout):
        raise LayoutFailed(
            _("Mẫu in không được đọc tệp hoặc dùng gói bên ngoài (“%(what)s”).") % {"what": found[0]},
            layout.count("\n", 0, found.start()) + 1,
        )
    with tempfile.TemporaryDirectory(prefix="motcua-mau-in-") as empty:
        order = {
            "source": _prelude(words) + layout,
            "data": json.dumps(data, ensure_ascii=False),
            "timestamp": int(at.timestamp()),
            "fonts": str(FONTS),
            "root": empty,
            "memory": MEMORY,
            "seconds": SECONDS // 2,
        }
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(_PROGRAM)],
                input=json.dumps(order).encode(),
                capture_output=True,
                timeout=SECONDS,
                cwd=empty,
                env={"PATH": os.defpath, "HTTP_PROXY": _NOWHERE, "HTTPS_PROXY": _NOWHERE, "ALL_PROXY": _NOWHERE}
                | {"http_proxy": _NOWHERE, "https_proxy": _NOWHERE, "HOME": empty},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LayoutFailed(_too_much()) from None
    if done.returncode == 0 and done.stdout.startswith(b"%PDF"):
        return done.stdout
    raise _failure(done.stderr, done.returncode, _prelude(words).count("\n"))


def _failure(told: bytes, code: int, before: int) -> LayoutFailed:
    """Why nothing came out, from what the process said last; `before` lines of ours stand before the layout."""
    try:
        said = json.loads(told.decode(errors="replace").strip().rpartition("\n")[2])
    except ValueError:
        return LayoutFailed(_too_much() if code else _("Mẫu in không tạo ra trang nào."))
    line = int(said.get("line") or 0) - before
    what = _in_words(str(said["message"]))
    if line > 0:
        return LayoutFailed(
            _("Mẫu in có lỗi tại dòng %(line)d: %(what)s") % {"line": line, "what": what}, line
        )
    return LayoutFailed(_("Mẫu in có lỗi: %(what)s") % {"what": what})


def _in_words(message: str) -> str:
    """What the drawing program says, in words where they are often needed; its own otherwise, for who writes layouts."""
    if any(word in message for word in ("file not found", "package", "access", "project root")):
        return _("không được đọc tệp hoặc dùng gói bên ngoài.")
    if "may not occur inside of a paragraph" in message:
        return _("có dòng bắt đầu bằng số và dấu chấm; vui lòng viết “1\\. ” thay cho “1. ”.")
    if "first heading must be of level 1" in message:
        return _("mẫu in phải bắt đầu bằng tên của giấy tờ (form-head hoặc plain-head).")
    if found := re.fullmatch(r"unknown variable: (\S+)", message):
        return _("không có từ “%(word)s”.") % {"word": found[1]}
    if found := re.fullmatch(r'dictionary does not contain key "(.+)"', message):
        return _("không có dữ liệu “%(key)s”; vui lòng xem các dữ liệu dùng được trong mẫu.") % {"key": found[1]}
    if found := re.match(r"unclosed (delimiter|string|raw text|label|block comment)", message):
        return _("có dấu ngoặc, dấu nháy hoặc chú thích mở ra mà không đóng lại.")
    if message.startswith(("unexpected closing", "expected ", "unexpected ", "the character")):
        return _("viết sai cú pháp tại chỗ này («%(message)s»).") % {"message": message}
    if message.startswith(("cannot access fields", "type ", "cannot join", "cannot add", "missing argument")):
        return _("dữ liệu ở chỗ này không dùng được như vậy («%(message)s»).") % {"message": message}
    if found := re.fullmatch(r"unknown font family: (.+)", message):
        return _("không có phông chữ “%(font)s”; mẫu in chỉ dùng phông Tinos.") % {"font": found[1]}
    return f"«{message}»"


def _too_much() -> str:
    return _("Mẫu in cần quá nhiều thời gian hoặc bộ nhớ. Vui lòng rút gọn mẫu in.")


@cache
def _prelude(words: tuple[str, ...]) -> str:
    """What stands before every layout: the words of our templates, and the page."""
    return "\n".join([*((TEMPLATES / name).read_text() for name in words), ""])

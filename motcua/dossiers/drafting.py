"""The draft of a result: which of its texts an appraiser may write himself, what they begin with, what they become.

What the paper is drawn from stays data: a text that was changed replaces the same text of the layout and no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.foundation import formats
from motcua.foundation.errors import Refusal

LONGEST = 20_000
UNTIL = "valid_until"


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a result: a line, or several of which each is a paragraph or an entry."""

    id: str
    label: str | Promise
    type: Literal["line", "lines", "day"]
    hint: str | Promise = ""


_L = gettext_lazy
_UNTIL = Text(UNTIL, _L("Có giá trị đến hết ngày"), "day", _L("Để trống nếu kết quả không có thời hạn."))
_RECIPIENTS = Text("recipients", _L("Nơi nhận"), "lines", _L("Mỗi dòng một nơi nhận."))
TEXTS: dict[str, tuple[Text, ...]] = {
    "result_generic": (
        Text("title", _L("Tên loại văn bản"), "line"),
        Text("subtitle", _L("Trích yếu nội dung"), "line"),
        Text("grounds", _L("Căn cứ ban hành"), "lines", _L("Mỗi dòng một căn cứ, kết thúc bằng dấu chấm phẩy.")),
        Text("resolution", _L("Lời dẫn quyết định"), "line", _L("Ví dụ: QUYẾT ĐỊNH:")),
        Text("paragraphs", _L("Nội dung"), "lines", _L("Mỗi dòng một đoạn; “Điều 1.” được in đậm.")),
        Text("closing", _L("Đoạn kết"), "lines"),
        _RECIPIENTS,
        _UNTIL,
    ),
    "result_notice": (
        Text("products", _L("Sản phẩm, hàng hóa, quá trình, dịch vụ, môi trường"), "line"),
        Text("standards", _L("Tiêu chuẩn, quy chuẩn kỹ thuật"), "lines", _L("Mỗi dòng một tiêu chuẩn.")),
        Text("basis", _L("Căn cứ công bố"), "line"),
        _RECIPIENTS,
        _UNTIL,
    ),
    "not_eligible": (),
}
_OTHERS = (_UNTIL,)  # a layout of the procedure's own says its texts itself


def texts_of(kind: str) -> tuple[Text, ...]:
    """The texts of this kind of paper that may be written, in their order on the page."""
    return TEXTS.get(kind, _OTHERS)


def shown(kind: str, data: Mapping[str, Any], until: date | None) -> dict[str, str]:
    """What the texts are now, as one writes them."""
    found = {}
    for text in texts_of(kind):
        value = data.get(text.id, "")
        if text.type == "day":
            found[text.id] = until.isoformat() if until else ""
        else:
            found[text.id] = "\n".join(value) if isinstance(value, list) else str(value or "")
    return found


def read(kind: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The texts to keep, of what was written. Raises Refusal for a day that is none, or texts that are too long."""
    kept: dict[str, Any] = {}
    for text in texts_of(kind):
        if text.id not in given:
            continue
        value = given[text.id].replace("\r\n", "\n").replace("\x00", "").strip()
        if len(value) > LONGEST:
            raise Refusal(_("Nội dung “%(label)s” quá dài. Vui lòng rút gọn.") % {"label": text.label})
        if text.type == "lines":
            kept[text.id] = [" ".join(line.split()) for line in value.splitlines() if line.strip()]
        elif text.type == "line":
            kept[text.id] = " ".join(value.split())
        elif value:
            try:
                kept[text.id] = formats.day(value).isoformat()
            except ValueError as problem:
                raise Refusal(f"{text.label}: {problem}") from None
        else:
            kept[text.id] = ""
    if "title" in kept and not kept["title"]:
        raise Refusal(_("Vui lòng nhập tên loại văn bản."))
    return kept


def applied(kind: str, data: dict[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """The paper's data with the texts that were written in place of its own."""
    known = {text.id for text in texts_of(kind) if text.type != "day"}
    merged = data | {key: value for key, value in texts.items() if key in known}
    if kind == "result_notice":
        merged[UNTIL] = texts.get(UNTIL) or merged.get(UNTIL)
    return merged

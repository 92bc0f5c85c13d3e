"""Papers as PDF, by typst: PDF/A-2b, tagged for screen readers (PDF/UA-1), fonts inside.

What people wrote reaches typst as JSON, never as source, so nothing in it is ever run. The same
data give the same bytes.
"""

import io
import json
import threading
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_type_hints

import segno
import typst

from motcua.foundation.vietnamese import day, day_words, moment, money, money_words, number
from motcua.papers import barcode, kinds, layouts, signed_pdf
from motcua.papers.glyphs import FONTS, printable

TEMPLATES = Path(__file__).parent / "templates"
_thread = threading.local()


def render(kind: str, data: Mapping[str, Any], *, blanks: bool = False, source: str = "") -> bytes:
    """The paper of this kind as a PDF; with `blanks`, ready for `signed_pdf.with_fields`: number, day, signature open.

    `kinds.KINDS[kind]` names the keys of `data`. `source` is a template that stands in for the built-in one. Raises ValueError for data that do not fit, and
    RuntimeError when the template draws a warning (a missing font, say) or does not compile, LayoutFailed for `source`.
    """
    record = kinds.read(kind, dict(data))
    if isinstance(record, kinds.LaidOut):
        return _by_layout(record, record.layout, layouts.OF_FORMS, blanks)
    if source:
        return _by_layout(record, source, layouts.OF_PAPERS, blanks)
    pdf, warnings = _compiler().compile_with_warnings(
        TEMPLATES / f"{kind}.typ",
        sys_inputs={"data": json.dumps(_prepared(record) | {"blanks": blanks}, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["a-2b", "ua-1"],
        timestamp=int(record.issued_at.timestamp()),
    )
    if warnings:
        raise RuntimeError(f"{kind}.typ: " + "; ".join(warning.message for warning in warnings))
    if not isinstance(pdf, bytes):
        raise RuntimeError(f"{kind}.typ: no document came out")
    return pdf


def _by_layout(record: kinds.Printed, layout: str, words: tuple[str, ...], blanks: bool) -> bytes:
    """The paper by a layout that is not ours. What it has no place for when it is signed goes below all the rest."""
    ready = _prepared(record) | {"blanks": blanks}
    pdf = layouts.press(layout, ready, at=record.issued_at, words=words)
    if not blanks:
        return pdf
    found = signed_pdf.places(pdf)
    if {signed_pdf.PERSON, signed_pdf.NUMBER} <= found:
        return pdf
    ready["unplaced"] = sorted({signed_pdf.PERSON, signed_pdf.NUMBER, signed_pdf.DAY} - found)
    return layouts.press(f"{layout}\n#place-to-sign()\n", ready, at=record.issued_at, words=words)


def _prepared(record: kinds.Printed) -> dict[str, Any]:
    """The record as the templates read it, with what stands on every paper."""
    shown: dict[str, Any] = _shown(record)
    shown["kind_title"] = printable(kinds.title_of(record))
    shown["check_page"] = record.check_url.split("?")[0]
    if "lookup_url" in shown:  # people type the page's address, and then the code
        shown["lookup_url"] = shown["lookup_url"].split("?")[0]
    shown["barcode"] = ""
    if isinstance(record, kinds.AboutDossier) and barcode.fits(record.code):
        shown["barcode"] = barcode.svg(record.code)
    shown["qr"] = _qr(record.check_url) if record.check_url else ""
    return shown


def _compiler() -> typst.Compiler:
    """This thread's own compiler: one may not be shared."""
    if not hasattr(_thread, "compiler"):
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        _thread.compiler = typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
    return _thread.compiler


def _shown(value: Any, type_: Any = None) -> Any:
    """The value as the templates want it: text ready to print, moments and money in every form."""
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        return {part.name: _shown(getattr(value, part.name), hints[part.name]) for part in fields(value)}
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, date):
        return _when(value)
    if type_ is kinds.Dong:
        return {"number": number(value), "text": money(value), "words": money_words(value)}
    if type_ is kinds.Bytes:
        return _size(value) if value else ""
    return value


def _when(value: date) -> dict[str, Any]:
    """A day as dd/MM/yyyy and in words; a moment also by the clock."""
    shown: dict[str, Any] = {
        "day": day(value),
        "words": day_words(value),
        "parts": [value.year, value.month, value.day],
    }
    if isinstance(value, datetime):
        shown["moment"] = moment(value)
        shown["clock_words"] = f"{value:%H} giờ {value:%M} phút, {day_words(value)}"
    return shown


def _size(count: int) -> str:
    """The size of a file in KB or MB."""
    if count < 1_000_000:
        return f"{number(max(1, round(count / 1000)))} KB"
    return f"{number(round(count / 1_000_000, 1))} MB"


def _qr(text: str) -> str:
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", xmldecl=False, border=0)
    return drawing.getvalue().decode()

"""What an uploaded file really is: known by its content, refused with a reason when it cannot be used."""

import re
import threading
import unicodedata
import zipfile
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import IO

import pypdfium2
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from motcua.foundation.errors import Refusal

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".xlsx": XLSX,
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
ACCEPT = ",".join(EXTENSIONS)
_PDFIUM_WRONG_PASSWORD = 4
_END = 65536  # bytes at the end of a PDF among which its table of contents is named
_MOST_PIXELS = 75_000_000  # A3 at 600 points an inch
PDFIUM = threading.Lock()  # the library serves one thread at a time, whatever the document
PICTURES = threading.Lock()  # a large one fills memory when it is opened: one at a time


@dataclass(frozen=True, slots=True)
class FileKind:
    content_type: str
    pages: int | None = None
    size: int = 0  # bytes


def file_name(name: str) -> str:
    """The name as it is kept: composed, without what does not print, not too long, its ending kept."""
    clean = "".join(mark for mark in unicodedata.normalize("NFC", name) if mark.isprintable()).strip()
    path = PurePath(clean or "tep")
    return f"{path.stem[:180]}{path.suffix[:20]}"


def inspect(stream: IO[bytes], name: str) -> FileKind:
    """Say what the content is; the stream is at its start again afterwards.

    Raises Refusal, with what to do, when the file is empty, too large, encrypted,
    damaged, of a type that is not accepted, or not what its name says.
    """
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    expected = check_announced(name, size)
    try:
        kind = _read(stream, name)
    finally:
        stream.seek(0)
    if kind.content_type != expected:
        raise Refusal(
            _("Nội dung của tệp %(name)s không đúng với phần mở rộng của tên tệp. Vui lòng chọn tệp khác.")
            % {"name": name}
        )
    return replace(kind, size=size)


def check_announced(name: str, size: int) -> str:
    """The type that a file of this name must have. Raises Refusal for one that need not come: empty, too large, wrong."""
    if not size:
        raise Refusal(
            _("Tệp %(name)s không đọc được hoặc không có nội dung. Vui lòng chọn tệp khác.") % {"name": name}
        )
    if size > settings.UPLOAD_LIMIT_MB * 1024 * 1024:
        raise Refusal(
            _("Tệp %(name)s lớn hơn %(limit)s MB. Vui lòng giảm dung lượng hoặc chia thành nhiều tệp.")
            % {"name": name, "limit": settings.UPLOAD_LIMIT_MB}
        )
    suffix = PurePath(name).suffix.lower()
    if suffix in (".heic", ".heif"):
        raise Refusal(
            _(
                "Ảnh %(name)s ở định dạng HEIC mà nhiều máy không mở được. Vui lòng lưu ảnh ở định dạng jpg (trên iPhone: Cài đặt, Camera, Định dạng, Tương thích nhất) rồi chọn lại."
            )
            % {"name": name}
        )
    expected = EXTENSIONS.get(suffix)
    if expected is None:
        raise Refusal(
            _(
                "Tệp %(name)s không đúng định dạng cho phép (pdf, docx, xlsx, jpg, png). Vui lòng chọn tệp khác."
            )
            % {"name": name}
        )
    return expected


def _read(stream: IO[bytes], name: str) -> FileKind:
    head = stream.read(8)
    stream.seek(0)
    if head.startswith(b"%PDF-"):
        return FileKind(PDF, _pdf_pages(stream, name))
    if head.startswith(b"\xff\xd8\xff") or head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind(_picture(stream, name), 1)
    if head.startswith(b"PK\x03\x04"):
        return FileKind(_office(stream, name))
    if head.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE container: old Office, or new Office with a password
        raise Refusal(
            _(
                "Tệp %(name)s có mật khẩu hoặc thuộc định dạng Office cũ. Vui lòng bỏ mật khẩu hoặc lưu lại dưới dạng docx, xlsx, pdf."
            )
            % {"name": name}
        )
    raise _unreadable(name)


def _unreadable(name: str) -> Refusal:
    return Refusal(
        _("Tệp %(name)s không đọc được hoặc không có nội dung. Vui lòng chọn tệp khác.") % {"name": name}
    )


def _cut_off(name: str) -> Refusal:
    return Refusal(
        _("Tệp %(name)s bị cắt ngang, thiếu phần cuối. Vui lòng kiểm tra tệp gốc rồi tải lên lại.") % {"name": name}
    )


def _is_cut_off(stream: IO[bytes]) -> bool:
    """Whether a PDF lacks its end for certain: no table of contents is named near it, or it is shorter than it says."""
    head = stream.read(1024)
    size = stream.seek(0, 2)
    linearized = re.search(rb"/Linearized\b.{0,200}?/L\s+(\d+)", head, re.DOTALL)
    stream.seek(max(0, size - _END))
    end = stream.read(_END)
    stream.seek(0)
    if linearized and int(linearized[1]) > size:
        return True
    return b"startxref" not in end


def _pdf_pages(stream: IO[bytes], name: str) -> int:
    if _is_cut_off(stream):
        raise _cut_off(name)
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(stream, autoclose=False)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == _PDFIUM_WRONG_PASSWORD:
                raise Refusal(
                    _("Tệp %(name)s được bảo vệ bằng mật khẩu. Vui lòng bỏ mật khẩu rồi tải lên lại.")
                    % {"name": name}
                ) from None
            raise _unreadable(name) from None
        try:
            pages = len(document)
        finally:
            document.close()
    if not pages:
        raise _unreadable(name)
    return pages


def _picture(stream: IO[bytes], name: str) -> str:
    """Its type, when it is whole; read without unfolding it: a small file may hold a very large picture."""
    try:
        with PICTURES, Image.open(stream) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise _unreadable(name)
            kind = Image.MIME.get(picture.format or "", "")
            if picture.format == "MPO":  # what telephones write: a JPEG with more pictures behind it
                kind = "image/jpeg"
            if picture.format == "PNG":
                picture.verify()
            else:
                picture.draft(None, (1, 1))  # an eighth of each side
                picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise _unreadable(name) from None
    return kind


def _office(stream: IO[bytes], name: str) -> str:
    try:
        with zipfile.ZipFile(stream) as package:
            names = set(package.namelist())
    except zipfile.BadZipFile:
        raise _unreadable(name) from None
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    raise _unreadable(name)

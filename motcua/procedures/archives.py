"""A procedure's folder as one ZIP file: written for whoever wants it, read from whoever sends it."""

import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from django.utils.translation import gettext as _

from motcua.foundation.errors import Refusal
from motcua.procedures.definition import Definition
from motcua.procedures.writing import write_folder

LARGEST = 20_000_000  # bytes of an archive
_LARGEST_INSIDE = 40_000_000  # bytes of all that it holds
_MOST_FILES = 160
_NUMBER = re.compile(rb"^number:[ \t]*[\"']?([0-9.]{1,20})", re.MULTILINE)
_YEAR = (2000, 1, 1, 0, 0, 0)  # the same archive for the same content


def pack(definition: Definition, templates: Mapping[str, bytes]) -> bytes:
    """The folder of a procedure, below its number, as a ZIP. Raises KeyError when a file of it is not given."""
    kept = BytesIO()
    with TemporaryDirectory(prefix="motcua-package-") as root:
        folder = Path(root) / definition.number
        paths = write_folder(definition, folder, templates)
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in paths:
                name = zipfile.ZipInfo(path.relative_to(root).as_posix(), _YEAR)
                name.external_attr = 0o644 << 16
                archive.writestr(name, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def unpack(stream: IO[bytes], root: Path) -> Path:
    """Put what a ZIP holds below `root` and return the procedure's folder there, named by the number it says.

    Nothing that the archive says leads outside of it, and nothing is written beyond 40 MB. Raises Refusal.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = _entries(archive)
            inside = root / "package"
            left = _LARGEST_INSIDE
            for entry, path in entries:
                target = inside / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source:
                    content = source.read(left + 1)  # whatever size the entry claims to have
                left -= len(content)
                if left < 0:
                    raise Refusal(_("Nội dung trong tệp nén quá lớn. Vui lòng kiểm tra lại gói dữ liệu."))
                target.write_bytes(content)
    except Refusal:
        raise
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError, zlib.error):
        raise Refusal(_("Không đọc được tệp nén. Vui lòng chọn tệp ZIP không đặt mật khẩu.")) from None
    return _named(inside, root)


def _entries(archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The files of an archive and where they go, below the folder that all of them may stand in."""
    files = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_litter(entry.filename)]
    if len(files) > _MOST_FILES:
        raise Refusal(_("Tệp nén có quá nhiều tệp. Mỗi gói dữ liệu là thư mục của một thủ tục."))
    paths = [PurePosixPath(entry.filename) for entry in files]
    for entry, path in zip(files, paths, strict=True):
        mode = entry.external_attr >> 16
        is_odd = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or "\0" in entry.filename
        if is_odd or ":" in entry.filename or len(path.parts) > 4 or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)):
            raise Refusal(_("Tệp nén có đường dẫn không hợp lệ. Vui lòng nén lại thư mục của thủ tục."))
    tops = {path.parts[0] for path in paths}
    if len(tops) == 1 and all(len(path.parts) > 1 for path in paths):
        paths = [path.relative_to(path.parts[0]) for path in paths]
    if PurePosixPath("procedure.yaml") not in paths:
        raise Refusal(_("Tệp nén không có tệp procedure.yaml. Vui lòng nén thư mục của một thủ tục."))
    return list(zip(files, paths, strict=True))


def _is_litter(name: str) -> bool:
    """What some systems put into every archive."""
    return name.startswith("__MACOSX/") or name.endswith((".DS_Store", "Thumbs.db"))


def _named(inside: Path, root: Path) -> Path:
    found = _NUMBER.search((inside / "procedure.yaml").read_bytes()[:1_000_000].removeprefix(b"\xef\xbb\xbf"))
    number = found[1].decode().strip(".") if found else ""
    return inside.rename(root / number) if number else inside

"""What every file of a package has: ids, lists without repetitions, codes of agencies."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from motcua.procedures.expressions import RESERVED
from motcua.procedures.shape import Path, Reader

NUMBER = re.compile(r"[1-9]\.[0-9]{6}")
AGENCY = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,6}){0,4}")
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")


def check_id(reader: Reader, path: Path, id: str, seen: dict[str, int]) -> None:
    """The id of what stands at `path`: of the right form, and not seen before."""
    line = reader.line_of((*path, "id"))
    if id and (not _ID.fullmatch(id) or id in RESERVED):
        reader.add(
            (*path, "id"),
            _("Mã «%(id)s» không dùng được.") % {"id": id},
            _("Mã gồm chữ thường không dấu, chữ số và dấu _, bắt đầu bằng chữ, và không phải từ riêng của CEL."),
        )
    if id in seen:
        reader.add(
            (*path, "id"),
            _("Mã «%(id)s» đã dùng ở dòng %(line)d.") % {"id": id, "line": seen[id]},
            _("Vui lòng đặt mã khác."),
        )
    if id:
        seen.setdefault(id, line)


def check_ids(reader: Reader, path: Path, ids: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for place, id in enumerate(ids):
        check_id(reader, (*path, place), id, seen)


def check_unique(reader: Reader, path: Path, values: Sequence[str], noun: str) -> None:
    seen = set()
    for place, value in enumerate(values):
        if value and value in seen:
            reader.add(
                (*path, place),
                _("%(noun)s «%(value)s» được ghi hai lần.") % {"noun": noun.capitalize(), "value": value},
                _("Vui lòng giữ lại một lần."),
            )
        seen.add(value)


def check_agency(reader: Reader, path: Path, code: str) -> None:
    if code and not AGENCY.fullmatch(code):
        reader.add(
            path,
            _("Mã cơ quan «%(code)s» không đúng dạng.") % {"code": code},
            _("Vui lòng ghi mã định danh như H34.12."),
        )


def check_known(reader: Reader, path: Path, names: Sequence[str], known: Sequence[str], noun: str) -> None:
    """Each name of a list must be one of the known ones."""
    for place, name in enumerate(names):
        if name and name not in known:
            reader.add(
                (*path, place),
                _("Không có %(noun)s «%(name)s».") % {"noun": noun, "name": name},
                _("Các mã được dùng: %(names)s.") % {"names": ", ".join(known)}
                if known
                else _("Vui lòng bổ sung mục đó hoặc xóa mã này."),
            )

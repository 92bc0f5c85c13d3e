"""The columns of a list that an officer may choose, in the order in which they stand."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is its word in addresses and in the template."""

    key: str
    name: str | Promise


COLUMNS = [
    Column("thu-tuc", _("Thủ tục")),
    Column("buoc", _("Bước, người xử lý")),
    Column("trang-thai", _("Trạng thái")),
    Column("thoi-han", _("Thời hạn")),
    Column("nop-luc", _("Nộp lúc")),
    Column("kenh", _("Hình thức nộp")),
    Column("dien-thoai", _("Điện thoại người nộp")),
    Column("co-quan", _("Cơ quan giải quyết")),
    Column("mot-cua", _("Nơi tiếp nhận")),
    Column("thay-doi", _("Thay đổi gần nhất")),
]
USUAL = ("thu-tuc", "buoc", "thoi-han")


def chosen(keys: tuple[str, ...]) -> list[Column]:
    """The columns of these keys, in the order of the list; the usual ones when none is known."""
    return [one for one in COLUMNS if one.key in keys] or [one for one in COLUMNS if one.key in USUAL]

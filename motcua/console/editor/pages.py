"""The pages of the editor: which part of the content stands where, and how many mistakes each has."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.console.editor import tree
from motcua.console.editor.controls import Problems
from motcua.console.editor.tree import Path

Preview = Literal["thu-tuc", "to-khai", "giay-to", "le-phi"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a part of the content and the keys of it that stand there, all when none is named."""

    slug: str
    title: str | Promise
    base: Path = ()
    keys: tuple[str, ...] = ()
    preview: Preview = "thu-tuc"
    help: str | Promise = ""

    def holds(self, path: Path) -> bool:
        """Whether a place belongs to this page."""
        if not self.base or path[: len(self.base)] != self.base:
            return False
        rest = path[len(self.base) :]
        return not self.keys or not rest or rest[0] in self.keys


_RECORD: Path = ("record",)
PAGES = (
    Page("thong-tin-chung", _("Thông tin chung"), _RECORD, (
        "number", "name", "short_name", "summary", "sector", "kind", "elsewhere", "decision", "type",
        "administrative_level", "subjects", "service_level", "partial_cause", "partial_reason", "validity",
        "requirements", "related", "old_numbers", "linked", "at_one_stop", "no_boundary")),
    Page("co-quan", _("Cơ quan"), ("record", "agencies")),
    Page("cach-thuc", _("Cách thức, thời hạn"), _RECORD, ("channels", "sequence")),
    Page("truong-hop", _("Trường hợp"), _RECORD, ("scenarios",), "to-khai",
         _("Chỉ cần khi thủ tục có nhiều trường hợp với trình tự, giấy tờ, thời hạn hoặc mức phí khác nhau.")),
    Page("thanh-phan", _("Thành phần hồ sơ"), _RECORD, ("components", "copies_of_dossier"), "giay-to"),
    Page("to-khai", _("Tờ khai"), ("form",), ("sections",), "to-khai"),
    Page("kiem-tra-cheo", _("Kiểm tra chéo"), ("form",), ("checks",), "to-khai",
         _("Mỗi quy tắc liên quan đến nhiều câu hỏi, ví dụ ngày kết thúc không được trước ngày bắt đầu.")),
    Page("phi-le-phi", _("Phí, lệ phí"), ("fees",), ("lines", "reliefs", "account"), "le-phi",
         _("Mỗi khoản thu theo đúng một cách: mức cố định, công thức, tỷ lệ hoặc bậc.")),
    Page("quy-trinh", _("Quy trình"), ("process",), ("steps", "intake_hours", "clock", "limits")),
    Page("ket-qua", _("Kết quả"), _RECORD, ("results", "has_result")),
    Page("can-cu", _("Căn cứ pháp lý"), _RECORD, ("legal_basis",)),
    Page("vi-du", _("Ví dụ kiểm thử"), (), (), "to-khai"),
    Page("chua-xac-minh", _("Chưa xác minh")),
    Page("mau-in", _("Mẫu in, tệp mẫu")),
    Page("van-ban-nguon", _("Văn bản nguồn")),
)  # fmt: skip
BY_SLUG = {page.slug: page for page in PAGES}
_OF_FILES = {"papers": "mau-in", "templates": "mau-in", "tests": "vi-du"}


def page_of(path: Path) -> Page:
    """The page on which a place stands; the first one for what belongs to none."""
    if path and path[0] in _OF_FILES:
        return BY_SLUG[_OF_FILES[str(path[0])]]
    if path[:2] == ("record", "unverified"):
        return BY_SLUG["chua-xac-minh"]
    by_keys = [page for page in PAGES if page.holds(path)]
    return max(by_keys, key=lambda page: len(page.base), default=PAGES[0])


def counts(problems: Problems) -> dict[str, int]:
    """How many mistakes each page has, by slug."""
    found: dict[str, int] = {}
    for path, messages in problems.items():
        slug = page_of(path).slug
        found[slug] = found.get(slug, 0) + len(messages)
    return found


def spot(path: Path) -> tuple[Page, Path, str]:
    """Where a place is edited: the page, the part that it shows, and the id of the input on it ("" when none).

    Items of long lists have pages of their own, so the part is the innermost of these around the place.
    """
    page = page_of(path)
    part, shape = page.base, tree.ROOTS.get(str(path[0])) if path and page.base else None
    for end in range(1, len(path)):
        if shape is None:
            break
        if isinstance(path[end], int):
            continue
        try:
            key = tree.key_of(shape, str(path[end]))
        except KeyError:
            break
        shape = key.item if key.kind in ("shape", "rows", "pages") else None
        if key.kind == "pages" and len(path) > end + 1 and isinstance(path[end + 1], int):
            part = path[: end + 2]
    return page, part, "-".join(map(str, path[len(part) :]))

"""The library of common reasons for which a paper or a part of the form is asked for again."""

from django.utils.translation import gettext_lazy as _

OF_PAPERS = {
    "missing": _("Thiếu giấy tờ theo quy định"),
    "unreadable": _("Bản chụp mờ hoặc không đọc được"),
    "incomplete": _("Thiếu trang hoặc thiếu phụ lục kèm theo"),
    "unsigned": _("Thiếu chữ ký hoặc con dấu"),
    "expired": _("Giấy tờ đã hết hiệu lực"),
    "wrong_template": _("Không đúng mẫu quy định"),
    "wrong_paper": _("Tệp đính kèm không phải giấy tờ được yêu cầu"),
    "contradicts_form": _("Nội dung không thống nhất với tờ khai"),
}
OF_SECTIONS = {
    "incomplete": _("Kê khai còn thiếu nội dung"),
    "wrong": _("Nội dung kê khai chưa chính xác"),
    "contradicts_papers": _("Nội dung không thống nhất với giấy tờ kèm theo"),
    "unclear": _("Nội dung chưa rõ, cần giải trình"),
}

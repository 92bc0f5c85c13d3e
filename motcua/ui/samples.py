"""Made-up content for the component guide: long names, mistakes, many rows, nothing at all."""

from datetime import datetime, timedelta
from typing import Any

from motcua.foundation.time import HANOI

LONG = (
    "Đăng ký công bố hợp chuẩn dựa trên kết quả tự đánh giá của tổ chức, cá nhân sản xuất, kinh doanh "
    "sản phẩm, hàng hóa thuộc phạm vi quản lý nhà nước về tiêu chuẩn đo lường chất lượng"
)
SHORT = [
    "Cấp giấy phép tiến hành công việc bức xạ",
    "Công bố hợp chuẩn",
    "Cấp giấy chứng nhận đăng ký hoạt động khoa học và công nghệ",
]
STATES = [
    ("neutral", "Mới đăng ký"),
    ("info", "Đang xử lý"),
    ("waiting", "Yêu cầu bổ sung"),
    ("success", "Đã có kết quả"),
    ("danger", "Quá hạn"),
]
STEPS = [
    "Chọn thủ tục, cơ quan thực hiện",
    "Thông tin người nộp",
    "Thông tin chủ hồ sơ, tờ khai",
    "Thành phần hồ sơ",
    "Hình thức nhận kết quả",
    "Phí, lệ phí",
    "Kiểm tra và nộp hồ sơ",
]


def everything() -> dict[str, Any]:
    start = datetime(2026, 11, 24, 9, 15, tzinfo=HANOI)
    return {
        "long": LONG,
        "steps": STEPS,
        "mistakes": {
            "ho_ten_sai": "Vui lòng nhập thông tin.",
            "cccd_sai": "Số định danh cá nhân phải gồm 12 chữ số.",
            "nhan_sai": "Vui lòng chọn hình thức nhận kết quả.",
            "tep_sai": "Vui lòng đính kèm giấy tờ bắt buộc: Bản công bố hợp chuẩn.",
        },
        "rows": [
            [
                {"text": f"H34.12-261124-{number:04}", "href": "#"},
                LONG if number % 40 == 3 else SHORT[number % 3],
                "Công ty TNHH Một thành viên Nông sản Đắk Hà" if number % 2 else "Nguyễn Thị Ánh Nguyệt",
                {"text": STATES[number % 5][1], "tone": STATES[number % 5][0]},
                (start + timedelta(days=number)).strftime("%d/%m/%Y"),
                f"{number * 50_000:,}".replace(",", "."),
            ]
            for number in range(1, 201)
        ],
        "entries": [
            {"title": "Yêu cầu bổ sung hồ sơ", "when": start, "who": "Trần Thị Bình", "tone": "waiting",
             "text": "Bản công bố hợp chuẩn chưa có chữ ký của người đại diện.\nĐề nghị bổ sung trước ngày 08/12/2026.",
             "files": [("Phiếu yêu cầu bổ sung (PDF)", "#")]},
            {"title": "Tiếp nhận hồ sơ", "when": start - timedelta(hours=2), "who": "Trần Thị Bình", "tone": "success"},
            {"title": "Nộp hồ sơ trực tuyến", "when": start - timedelta(hours=20), "who": "Nguyễn Văn An"},
        ],
        "today": start,
        "agency_name": "Sở Khoa học và Công nghệ tỉnh Kon Tum",
    }  # fmt: skip

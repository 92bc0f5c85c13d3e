"""The accounts of the demonstration, as its end prints them and its data makes them."""

from dataclasses import dataclass

PASSWORD = "MotCua@2026"  # noqa: S105 - shown to everybody who tries the program out


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str
    name: str
    role: str
    password: str = PASSWORD


ACCOUNTS: list[DemoAccount] = [
    DemoAccount("062085001234", "Nguyễn Văn An", "Công dân"),
    DemoAccount("6100123456", "Công ty TNHH Sao Mai", "Tổ chức"),
    DemoAccount("tiepnhan@motcua.example", "Trần Thị Bình", "Cán bộ tiếp nhận"),
    DemoAccount("thungan@motcua.example", "Phạm Thị Hoa", "Cán bộ thu phí"),
    DemoAccount("phong@motcua.example", "Võ Minh Khôi", "Lãnh đạo phòng"),
    DemoAccount("thuly@motcua.example", "Lê Quỳnh Chi", "Chuyên viên thụ lý"),
    DemoAccount("lanhdao@motcua.example", "Đặng Tiến Dũng", "Lãnh đạo cơ quan"),
    DemoAccount("vanthu@motcua.example", "Hồ Ngọc Lan", "Văn thư"),
    DemoAccount("traketqua@motcua.example", "Đinh Thị Mai", "Cán bộ trả kết quả"),
    DemoAccount("kiemsoat@motcua.example", "Bùi Đức Phúc", "Cán bộ kiểm soát thủ tục hành chính"),
    DemoAccount("quantri@motcua.example", "Y Thảo", "Quản trị hệ thống"),
]

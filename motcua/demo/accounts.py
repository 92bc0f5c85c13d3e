"""The accounts of the demonstration, as its end prints them and its data makes them."""

from dataclasses import dataclass

PIN = "246810"  # of the certificates for trying out
PASSWORD = "MotCua@2026"  # noqa: S105 - shown to everybody who tries the program out


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str
    name: str
    role: str
    password: str = PASSWORD


ACCOUNTS: list[DemoAccount] = [
    DemoAccount("062090001234", "Nguyễn Văn An", "Công dân"),
    DemoAccount("6100157365", "Công ty TNHH Cà phê Đăk Hà", "Tổ chức"),
    DemoAccount("tiepnhan@motcua.example", "Trần Thị Bình", "Cán bộ tiếp nhận"),
    DemoAccount("thungan@motcua.example", "Ngô Thị Thu", "Cán bộ thu phí"),
    DemoAccount("phong@motcua.example", "Lê Thị Hà", "Lãnh đạo phòng"),
    DemoAccount("thuly@motcua.example", "Phạm Thị Chi", "Chuyên viên thụ lý"),
    DemoAccount("lanhdao@motcua.example", "Hoàng Dũng", "Lãnh đạo cơ quan"),
    DemoAccount("vanthu@motcua.example", "Võ Thị Vân", "Văn thư"),
    DemoAccount("traketqua@motcua.example", "Đặng Thị Yến", "Cán bộ trả kết quả"),
    DemoAccount("yte@motcua.example", "Đinh Thị Bích Ngọc", "Đơn vị phối hợp cho ý kiến"),
    DemoAccount("kiemsoat@motcua.example", "Bùi Đức Phúc", "Cán bộ kiểm soát thủ tục hành chính"),
    DemoAccount("quantri@motcua.example", "Y Thảo", "Quản trị hệ thống"),
]

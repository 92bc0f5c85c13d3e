"""Made-up people and companies of a believable province. Any likeness to real ones is chance."""

import random
from collections.abc import Iterator

_FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Trương"]
_MALE = ["Văn Hùng", "Minh Tuấn", "Quốc Bảo", "Đức Thắng", "Hữu Phước", "Thanh Sơn", "Công Danh", "Xuân Trường", "Anh Kiệt", "Ngọc Hải"]
_FEMALE = ["Thị Lan", "Thị Hồng Nhung", "Ngọc Ánh", "Thanh Thảo", "Thị Mỹ Duyên", "Kim Oanh", "Thị Bích Ngọc", "Thu Hà", "Thùy Trang", "Diệu Linh"]
_HIGHLAND = ["A Brôl", "Y Nghiêm", "A Thút", "Y H'Lan", "A Djông", "Y Blưi"]
_STREETS = ["Trần Phú", "Lê Hồng Phong", "Phan Đình Phùng", "Nguyễn Huệ", "Hùng Vương", "Bà Triệu", "Trường Chinh", "Duy Tân", "Đào Duy Từ"]
_COMMUNES = ["phường Kon Tum", "phường Đăk Cấm", "phường Đăk Bla", "xã Đăk Hà", "xã Măng Đen", "xã Ngọk Réo", "xã Sa Thầy", "xã Bờ Y", "xã Đăk Tô", "xã Ia Chim"]
_TRADES = ["Cà phê", "Dược liệu", "Nông sản", "Vật liệu xây dựng", "Cơ khí", "Thiết bị y tế", "Chế biến gỗ", "Thực phẩm", "Phân bón hữu cơ", "Sâm Ngọc Linh"]
_BRANDS = ["Đăk Hà", "Măng Đen", "Ngọc Linh", "Tây Nguyên Xanh", "Kon Tum", "Sa Thầy", "Đăk Tô", "Hương Rừng", "Thành Đạt", "Phú Gia"]
_FORMS = ["Công ty TNHH", "Công ty Cổ phần", "Hợp tác xã", "Doanh nghiệp tư nhân"]
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def address(chance: random.Random) -> str:
    return f"{chance.randint(2, 380)} {chance.choice(_STREETS)}, {chance.choice(_COMMUNES)}, tỉnh Kon Tum"


def phone(chance: random.Random) -> str:
    return chance.choice(["0905", "0914", "0935", "0978", "0386"]) + f"{chance.randrange(10**6):06}"


def tax_code(serial: int) -> str | None:
    """A tax code of the province's old series with its check digit; None where none is issued."""
    digits = f"6100{serial:05}"
    check = 10 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
    return None if check == 10 else f"{digits}{check}"


def citizens(chance: random.Random) -> Iterator[dict[str, str]]:
    """Endless citizens: name, citizen number, phone, address, mail."""
    serial = 2000
    while True:
        serial += chance.randint(1, 40)
        gender = chance.randrange(2)
        born = chance.randint(1960, 2004)
        name = chance.choice(_HIGHLAND) if chance.random() < 0.15 else f"{chance.choice(_FAMILY)} {chance.choice([_MALE, _FEMALE][gender])}"
        century = gender + (2 if born >= 2000 else 0)
        yield {
            "name": name,
            "citizen_number": f"062{century}{born % 100:02}{serial:06}",
            "phone": phone(chance),
            "address": address(chance),
            "email": f"congdan{serial}@hopthu.example",
        }


def companies(chance: random.Random) -> Iterator[dict[str, str]]:
    """Endless companies: name, tax code, representative, phone, address, mail."""
    serial = 20_000
    people = citizens(chance)
    while True:
        serial += chance.randint(1, 90)
        code = tax_code(serial)
        if code is None:
            continue
        yield {
            "name": f"{chance.choice(_FORMS)} {chance.choice(_TRADES)} {chance.choice(_BRANDS)}",
            "tax_code": code,
            "representative": next(people)["name"],
            "phone": phone(chance),
            "address": address(chance),
            "email": f"congty{serial}@hopthu.example",
        }

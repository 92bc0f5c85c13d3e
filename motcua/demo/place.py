"""The guide's own province as data: Kon Tum, its agencies, and who works where.

Codes of departments other than H34.12 are plausible, not verified. The province was merged into Quảng Ngãi
on 1/7/2025; the demonstration keeps it because the guide lives there.
"""

from datetime import datetime, time

from allauth.account.models import EmailAddress

from motcua.accounts import operations as accounts
from motcua.accounts.models import User
from motcua.agencies import operations as agencies
from motcua.agencies.models import Agency, Role, WorkingCalendar
from motcua.demo.accounts import ACCOUNTS, PASSWORD
from motcua.foundation.actor import Actor
from motcua.foundation.working_calendar import Calendar, office_calendar

PLACE = {
    "product_name": "Cổng Dịch vụ công",
    "province_name": "Kon Tum",
    "province_code": "H34",
    "portal_host": "dichvucong.kontum.gov.vn",
    "seat": "Kon Tum",
    "hotlines": [
        {"number": "0260.3797799", "label": "Trung tâm Phục vụ hành chính công tỉnh, giờ hành chính từ thứ Hai đến thứ Sáu"},
        {"number": "0260.3958789", "label": "Hỗ trợ kỹ thuật 24/7"},
        {"number": "0260.3862518", "label": "Phòng Hành chính - Tổng hợp, Sở Khoa học và Công nghệ"},
    ],
}
_CENTRE = "Trung tâm Phục vụ hành chính công tỉnh Kon Tum"
_DEPARTMENTS = {
    "H34.02": "Sở Nội vụ",
    "H34.03": "Sở Tư pháp",
    "H34.04": "Sở Tài chính",
    "H34.05": "Sở Xây dựng",
    "H34.06": "Sở Công Thương",
    "H34.07": "Sở Nông nghiệp và Môi trường",
    "H34.08": "Sở Y tế",
    "H34.09": "Sở Giáo dục và Đào tạo",
    "H34.10": "Sở Văn hóa, Thể thao và Du lịch",
    "H34.11": "Sở Dân tộc và Tôn giáo",
    "H34.12": "Sở Khoa học và Công nghệ",
}
_COMMUNES = {"H34.40": "phường Kon Tum", "H34.41": "xã Đăk Hà", "H34.42": "xã Măng Đen", "H34.43": "xã Sa Thầy"}
# Login, name, agency, role, title. The first of each role are the accounts that are printed at the end.
_STAFF = [
    ("tiepnhan", "Trần Thị Bình", "H34.01", Role.RECEIVER, "Chuyên viên"),
    ("tiepnhan2", "Y Nguyệt", "H34.01", Role.RECEIVER, "Chuyên viên"),
    ("traketqua", "Đặng Thị Yến", "H34.01", Role.RETURNER, "Chuyên viên"),
    ("thungan", "Ngô Thị Thu", "H34.01", Role.CASHIER, "Kế toán viên"),
    ("phong", "Lê Thị Hà", "H34.12", Role.HEAD, "Trưởng phòng Quản lý Công nghệ và Tiêu chuẩn Đo lường"),
    ("thuly", "Phạm Thị Chi", "H34.12", Role.APPRAISER, "Chuyên viên"),
    ("thuly2", "A Nhân", "H34.12", Role.APPRAISER, "Chuyên viên"),
    ("thuly3", "Đỗ Quang Huy", "H34.12", Role.APPRAISER, "Chuyên viên chính"),
    ("lanhdao", "Hoàng Dũng", "H34.12", Role.LEADER, "Phó Giám đốc"),
    ("vanthu", "Võ Thị Vân", "H34.12", Role.CLERK, "Văn thư"),
    ("stc", "Trương Ngọc Hải", "H34.04", Role.HEAD, "Trưởng phòng Tài chính hành chính sự nghiệp"),
    ("stc2", "Hồ Diệu Linh", "H34.04", Role.APPRAISER, "Chuyên viên"),
    ("snnmt", "Dương Công Danh", "H34.07", Role.HEAD, "Trưởng phòng Quản lý môi trường"),
    ("snnmt2", "Y Nghiêm", "H34.07", Role.APPRAISER, "Chuyên viên"),
    ("syt", "Lý Thanh Sơn", "H34.08", Role.HEAD, "Trưởng phòng Nghiệp vụ Y"),
    ("yte", "Đinh Thị Bích Ngọc", "H34.08", Role.APPRAISER, "Chuyên viên"),
    ("kiemsoat", "Bùi Đức Phúc", "H34", Role.CONTROLLER, "Chuyên viên Văn phòng"),
    ("quantri", "Y Thảo", "H34", Role.ADMINISTRATOR, "Quản trị viên"),
]


def _week(*sessions: tuple[time, time]) -> tuple[tuple[tuple[time, time], ...], ...]:
    return (*[sessions] * 5, (), ())


def build(actor: Actor, at: datetime) -> dict[str, Agency]:
    """Make or refresh the province; returns its agencies by code."""
    agencies.set_place(values=PLACE, actor=actor, at=at)
    office = office_calendar()
    centre_hours = Calendar(
        name="Trung tâm Phục vụ hành chính công",
        sessions=_week((time(7, 0), time(11, 0)), (time(13, 0), time(17, 0))),
        holidays=office.holidays,
        extra_working_days=office.extra_working_days,
    )
    department_hours = Calendar(
        name="Các sở, ban, ngành",
        sessions=_week((time(7, 0), time(11, 0)), (time(13, 0), time(17, 0))),
        reception=_week((time(7, 30), time(10, 30)), (time(13, 30), time(16, 30))),
        holidays=office.holidays,
        extra_working_days=office.extra_working_days,
    )
    calendars = {
        one.name: agencies.write_calendar(name=one.name, content=one, actor=actor, at=at)
        for one in (centre_hours, department_hours)
    }
    found: dict[str, Agency] = {}

    def agency(code: str, calendar: WorkingCalendar, **values: str) -> None:
        found[code] = agencies.write_agency(
            code=code, values=values, parent=found.get("H34"), calendar=calendar, actor=actor, at=at
        )

    offices = calendars[department_hours.name]
    agency("H34", offices, name="Ủy ban nhân dân tỉnh Kon Tum", short_name="UBND tỉnh", kind=Agency.Kind.PROVINCE.value)
    agency(
        "H34.01",
        calendars[centre_hours.name],
        name=_CENTRE,
        short_name="Trung tâm Phục vụ hành chính công",
        kind=Agency.Kind.CENTRE.value,
        address="70 Lê Hồng Phong, phường Kon Tum, tỉnh Kon Tum",
        phone="0260.3797799",
    )
    for code, name in _DEPARTMENTS.items():
        agency(code, offices, name=f"{name} tỉnh Kon Tum", short_name=name, kind=Agency.Kind.DEPARTMENT.value, **(
            {"phone": "0260.3862518", "tax_code": "6100157372", "address": "68 Lê Hồng Phong, phường Kon Tum, tỉnh Kon Tum"}
            if code == "H34.12" else {}
        ))  # fmt: skip
    for code, name in _COMMUNES.items():
        agency(code, offices, name=f"Ủy ban nhân dân {name}", short_name=f"UBND {name}", kind=Agency.Kind.COMMUNE.value)
    return found


def verified(user: User) -> User:
    """Let an account log in at once: its mail address counts as confirmed."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


def staff(found: dict[str, Agency], actor: Actor, at: datetime) -> dict[str, User]:
    """Officers in every role, by login."""
    people: dict[str, User] = {}
    for login, name, code, role, title in _STAFF:
        email = f"{login}@motcua.example"
        user = User.objects.filter(email=email).first() or verified(
            accounts.register_officer(login=email, full_name=name, email=email, password=PASSWORD)
        )
        agencies.appoint(user=user, agency=found[code], role=role, title=title, actor=actor, at=at)
        people[login] = user
    return people


def printed_citizens() -> tuple[User, User]:
    """The citizen and the organisation whose accounts are printed at the end of the start."""
    citizen, company = ACCOUNTS[0], ACCOUNTS[1]
    an = User.objects.filter(username=citizen.login).first()
    if an is None:
        an = User(email="an@hopthu.example")
        an.set_password(PASSWORD)
        verified(
            accounts.register_citizen(
                user=an, full_name=citizen.name, citizen_number=citizen.login, phone="0905123456",
                address="12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
            )
        )  # fmt: skip
    dak_ha = User.objects.filter(username=company.login).first()
    if dak_ha is None:
        dak_ha = User(email="capheDakHa@hopthu.example".lower())
        dak_ha.set_password(PASSWORD)
        verified(
            accounts.register_organisation(
                user=dak_ha, name=company.name, tax_code=company.login, representative_name="Trần Thị Hoa",
                representative_title="Giám đốc", phone="0914234567", address="Tổ dân phố 3, xã Đăk Hà, tỉnh Kon Tum",
            )
        )  # fmt: skip
    return an, dak_ha

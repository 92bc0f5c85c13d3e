"""The cast and the place of every story: An applies, Bình receives, Chi handles, Dũng signs …"""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress

from motcua.accounts.middleware import actor_of
from motcua.accounts.models import Organisation, Person, User
from motcua.agencies.models import Agency, Officer, Place, Role, WorkingCalendar
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.foundation.working_calendar import office_calendar
from motcua.procedures import search
from motcua.procedures.models import ProcedureVersion
from motcua.ui import kept

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "Thu-tuc-2026"
MONDAY_9AM = datetime(2026, 11, 30, 9, 0, tzinfo=HANOI)

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n167\n%%EOF\n"
)



def make_user(username: str, full_name: str, kind: str, email: str = "") -> User:
    user = User(username=username, full_name=full_name, kind=kind, email=email or f"{username}@example.vn")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Let no test see what a process has kept from the one before."""
    kept.forget()
    search.catalogue.forget()


@pytest.fixture
def calendar(db) -> WorkingCalendar:
    content = office_calendar().to_json()
    return WorkingCalendar.objects.create(name="Giờ hành chính", content=content)


@pytest.fixture
def place(db) -> Place:
    return Place.objects.create(
        pk=1,
        product_name="Cổng Dịch vụ công",
        province_name="Kon Tum",
        province_code="H34",
        seat="Kon Tum",
        hotlines=[{"number": "0260.3797799", "label": "Trung tâm Phục vụ hành chính công tỉnh, giờ hành chính"}],
    )


@pytest.fixture
def province(place, calendar) -> Agency:
    return Agency.objects.create(
        code="H34", name="Ủy ban nhân dân tỉnh Kon Tum", kind=Agency.Kind.PROVINCE, calendar=calendar
    )


@pytest.fixture
def centre(province, calendar) -> Agency:
    """The one-stop centre, where dossiers are received and results returned."""
    return Agency.objects.create(
        code="H34.01",
        name="Trung tâm Phục vụ hành chính công tỉnh Kon Tum",
        kind=Agency.Kind.CENTRE,
        parent=province,
        calendar=calendar,
        phone="0260.3797799",
        address="70 Lê Hồng Phong, Kon Tum",
    )


@pytest.fixture
def department(province, calendar) -> Agency:
    """The department of science and technology, which settles."""
    return Agency.objects.create(
        code="H34.12",
        name="Sở Khoa học và Công nghệ tỉnh Kon Tum",
        kind=Agency.Kind.DEPARTMENT,
        parent=province,
        calendar=calendar,
        tax_code="6100157362",
    )


@pytest.fixture
def an(db) -> User:
    """Nguyễn Văn An, a citizen, applies."""
    user = make_user("062090001234", "Nguyễn Văn An", User.Kind.CITIZEN, "an@example.vn")
    Person.objects.create(
        user=user,
        citizen_number=user.username,
        phone="0905123456",
        permanent_address="12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
    )
    return user


@pytest.fixture
def company(db) -> User:
    """An organisation that applies in its own name."""
    user = make_user("0100109106", "Công ty TNHH Cà phê Đăk Hà", User.Kind.ORGANISATION, "congty@example.vn")
    Organisation.objects.create(
        user=user,
        tax_code=user.username,
        name=user.full_name,
        representative_name="Trần Thị Hoa",
        representative_title="Giám đốc",
        address="Thị trấn Đăk Hà, tỉnh Kon Tum",
        phone="0905123457",
    )
    return user


@pytest.fixture
def hire(db) -> Callable[..., User]:
    """Give somebody a role in an agency: hire("binh", "Trần Thị Bình", centre, Role.RECEIVER)."""

    def make(login: str, full_name: str, agency: Agency, *roles: Role) -> User:
        user = User.objects.filter(username=login).first() or make_user(login, full_name, User.Kind.OFFICER)
        for role in roles:
            Officer.objects.create(user=user, agency=agency, role=role, title=str(role.label))
        return user

    return make


@pytest.fixture
def binh(hire, centre) -> User:
    return hire("binh", "Trần Thị Bình", centre, Role.RECEIVER)


@pytest.fixture
def ha(hire, department) -> User:
    """Head of the division, who assigns."""
    return hire("ha", "Lê Thị Hà", department, Role.HEAD)


@pytest.fixture
def chi(hire, department) -> User:
    return hire("chi", "Phạm Thị Chi", department, Role.APPRAISER)


@pytest.fixture
def dung(hire, department) -> User:
    return hire("dung", "Hoàng Dũng", department, Role.LEADER)


@pytest.fixture
def van(hire, department) -> User:
    """Clerk of the seal."""
    return hire("van", "Võ Thị Vân", department, Role.CLERK)


@pytest.fixture
def yen(hire, centre) -> User:
    """Returns results."""
    return hire("yen", "Đặng Thị Yến", centre, Role.RETURNER)


@pytest.fixture
def giang(hire, province, calendar) -> User:
    """An officer from elsewhere, who must see and do nothing here."""
    elsewhere = Agency.objects.create(
        code="H34.05", name="Sở Xây dựng tỉnh Kon Tum", kind=Agency.Kind.DEPARTMENT, parent=province, calendar=calendar
    )
    return hire("giang", "Bùi Văn Giang", elsewhere, *Role)


@pytest.fixture
def as_actor() -> Callable[[User], Actor]:
    return actor_of


@pytest.fixture
def version(db) -> ProcedureVersion:
    """The procedure of the guide, as it stands in the catalogue."""
    from motcua.procedures import operations as procedures

    folder = ROOT / "procedures" / "kontum"
    found = next(folder.glob("*/2.001207"))
    procedures.import_folder(folder=found, actor=Actor.system("test"), at=MONDAY_9AM)
    return ProcedureVersion.objects.get(procedure__number="2.001207")


@pytest.fixture
def draft(version, department, centre, an) -> Dossier:
    """An's draft, complete but for the submit."""
    return complete_draft(version, department, centre, an)


def complete_draft(version, department, centre, user, at: datetime = MONDAY_9AM) -> Dossier:
    from motcua.dossiers import filing
    from tests.answers import example_answers

    actor = actor_of(user)
    submitter = {
        "kind": "person",
        "name": user.full_name,
        "citizen_number": "062090001234",
        "phone": "0905123456",
        "email": user.email,
        "address": "12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
    }
    dossier = operations.start_draft(
        version=version, agency=department, reception=centre, actor=actor, at=at, submitter=submitter, answers={}
    )
    operations.save_answers(dossier=dossier, values=example_answers(version.definition.number), actor=actor, at=at)
    dossier.refresh_from_db()
    for paper in filing.asked_papers(dossier, {}):
        if paper.is_missing:
            operations.attach(
                dossier=dossier,
                component_id=paper.component.id,
                stream=BytesIO(PDF + paper.component.id.encode()),
                name=f"{paper.component.id}.pdf",
                actor=actor,
                at=at,
            )
    operations.choose_delivery(dossier=dossier, delivery="electronic", address="", actor=actor, at=at)
    dossier.refresh_from_db()
    return dossier


@pytest.fixture
def submitted(draft, an) -> Dossier:
    """An's dossier, filed on a Monday at nine."""
    return operations.submit(dossier=draft, actor=actor_of(an), at=MONDAY_9AM)


def pay_everything(dossier: Dossier, at: datetime = MONDAY_9AM) -> None:
    """Settle the dossier's charges as the gateway would report it."""
    from motcua.payments import operations as payments
    from motcua.payments.gateways import Outcome, Report
    from motcua.payments.models import Charge

    for charge in Charge.objects.about(dossier.subject).owed():
        payment = payments.start_payment(
            charge=charge, gateway="vnpay", client_ip="127.0.0.1", return_url="http://127.0.0.1/", actor=Actor.system("test"), at=at
        )
        payments.settle(
            report=Report(
                payment_code=payment.code,
                outcome=Outcome.PAID,
                amount_vnd=payment.amount_vnd,
                gateway_reference=f"test-{payment.code}",
            ),
            gateway="vnpay",
            actor=Actor.system("test"),
            at=at,
        )

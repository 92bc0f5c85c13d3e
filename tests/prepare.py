"""Run beside the product, with its settings: citizens, their complete drafts, their payments under way; as JSON.

python -m tests.prepare citizens|drafts|payments|signing ACCOUNTS OF_EACH
python -m tests.prepare showpiece 1 1
python -m tests.prepare bulk 1 DOSSIERS: dossiers that are paid, and an order to accept all of them
"""

import json
import sys
import uuid
from io import BytesIO

import django

django.setup()

from django.conf import settings  # noqa: E402

from motcua.accounts.middleware import actor_of  # noqa: E402
from motcua.accounts.models import Person, User  # noqa: E402
from motcua.agencies.models import Agency  # noqa: E402
from motcua.demo.accounts import ACCOUNTS  # noqa: E402
from motcua.demo.history import _pdf  # noqa: E402
from motcua.dossiers import operations  # noqa: E402
from motcua.dossiers.models import Dossier  # noqa: E402
from motcua.foundation.actor import Actor  # noqa: E402
from motcua.foundation.time import now  # noqa: E402
from motcua.papers.models import Credential  # noqa: E402
from motcua.payments import operations as payments  # noqa: E402
from motcua.payments.models import Charge  # noqa: E402
from motcua.procedures import operations as procedures  # noqa: E402
from motcua.procedures.models import Procedure, ProcedureVersion  # noqa: E402
from tests.cast import complete_draft, make_user, pay_everything  # noqa: E402

LICENCE = "2.002380"


def main(kind: str, accounts: int, of_each: int) -> None:
    made: list[dict[str, object]] = [_showpiece()] if kind == "showpiece" else []
    if kind == "signing":
        made = _to_sign(of_each)
    if kind == "bulk":
        made = [_bulk(of_each)]
    if made:
        print(json.dumps(made))
        return
    known = User.objects.filter(kind=User.Kind.CITIZEN).count()
    for number in range(known, known + accounts):
        user = make_user(f"06209050{number:04}", "Nguyễn Văn An", User.Kind.CITIZEN)
        Person.objects.create(
            user=user,
            citizen_number=user.username,
            phone="0905123456",
            permanent_address="12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
        )
        if kind == "citizens":
            made.append({"name": user.full_name, "citizen_number": user.username, "email": user.email})
            continue
        drafts = [_draft(user) for _ in range(of_each)]
        if kind == "drafts":
            made.append({"login": user.username, "drafts": [str(draft.public_id) for draft in drafts]})
        else:
            made += [_payment(draft, user) for draft in drafts]
    print(json.dumps(made))


def _to_sign(count: int) -> list[dict[str, object]]:
    """Dossiers whose results wait for the leader, with the certificates of leader and agency."""
    staff = {login: User.objects.get(username=f"{login}@motcua.example") for login in ("tiepnhan", "phong", "thuly", "lanhdao")}
    an = User.objects.get(username=ACCOUNTS[0].login)
    department = Agency.objects.get(code="H34.12")
    leaders = Credential.objects.get(user=staff["lanhdao"], adapter="pkcs12")
    seal = Credential.objects.get(agency=department)
    made: list[dict[str, object]] = []
    for _number in range(count):
        dossier = operations.submit(dossier=_draft(an), actor=actor_of(an), at=now())
        pay_everything(dossier, now())
        dossier = operations.accept(dossier=dossier, actor=actor_of(staff["tiepnhan"]), at=now())
        operations.assign(dossier=dossier, assignee=staff["thuly"], note="", actor=actor_of(staff["phong"]), at=now())
        operations.appraise(
            dossier=dossier, outcome="dat", conclusion="Hồ sơ hợp lệ.", actor=actor_of(staff["thuly"]), at=now()
        )
        made.append({"code": dossier.code, "credential": leaders.pk, "seal": seal.pk})
    return made


def _draft(user: User) -> Dossier:
    version = ProcedureVersion.objects.get(procedure__number="2.001207")
    department, centre = (Agency.objects.get(code=code) for code in ("H34.12", "H34.01"))
    draft: Dossier = complete_draft(version, department, centre, user, now())
    return draft


def _bulk(count: int) -> dict[str, object]:
    """Dossiers of the demonstration's citizen that wait at the counter, and the order to accept them."""
    an = User.objects.get(username=ACCOUNTS[0].login)
    codes = []
    for _number in range(count):
        dossier = operations.submit(dossier=_draft(an), actor=actor_of(an), at=now())
        pay_everything(dossier, now())
        codes.append(dossier.code)
    receiver = User.objects.get(email=next(one.login for one in ACCOUNTS if one.role == "Cán bộ tiếp nhận"))
    run = operations.order(
        key=uuid.uuid4(), verb="accept", codes=codes, options={}, actor=actor_of(receiver), at=now()
    )
    return {"run": run.pk, "codes": codes}


def _showpiece() -> dict[str, object]:
    """Dossiers of the demonstration's citizen with papers that look like papers: a draft, one to pay, one paid.

    Besides, a draft with rows and a paper for each of them, and a procedure that its editor has open.
    """
    an = User.objects.get(username=ACCOUNTS[0].login)
    draft, owed, paid = (_with_papers(_draft(an), actor_of(an)) for _ in range(3))
    for filed in (owed, paid):
        operations.submit(dossier=filed, actor=actor_of(an), at=now())
    pay_everything(paid, now())
    paid.refresh_from_db()
    department, centre = (Agency.objects.get(code=code) for code in ("H34.12", "H34.01"))
    licence = Procedure.objects.select_related("current").get(number=LICENCE)
    devices = _with_papers(complete_draft(licence.current, department, centre, an, now()), actor_of(an))
    controller = next(one.login for one in ACCOUNTS if one.role.startswith("Cán bộ kiểm soát"))
    editor = actor_of(User.objects.get(username=controller))
    procedures.start_draft(procedure=licence, actor=editor, at=now())
    return {
        "devices": str(devices.public_id),
        "draft": str(draft.public_id),
        "public_id": str(owed.public_id),
        "charge": Charge.objects.about(owed.subject).get().pk,
        "paid": paid.code,
    }


def _with_papers(draft: Dossier, actor: Actor) -> Dossier:
    for document in draft.documents.filter(issued_on=None, valid_until=None):
        name = draft.definition.component(document.component_id).name
        operations.attach(
            dossier=draft,
            component_id=document.component_id,
            stream=BytesIO(_pdf(name)),
            name=f"{document.component_id.replace('_', '-')}.pdf",
            actor=actor,
            at=now(),
        )
        operations.detach(document=document, actor=actor, at=now())
    return draft


def _payment(draft: Dossier, user: User) -> dict[str, object]:
    """Submit, and go to the gateway."""
    actor = actor_of(user)
    dossier = operations.submit(dossier=draft, actor=actor, at=now())
    payment = payments.start_payment(
        charge=Charge.objects.about(dossier.subject).get(),
        gateway="vnpay",
        client_ip="127.0.0.1",
        return_url=f"{settings.BASE_URL}/thanh-toan/ket-qua/vnpay/",
        actor=actor,
        at=now(),
    )
    return {
        "login": user.username,
        "public_id": str(dossier.public_id),
        "dossier": dossier.code,
        "charge": payment.charge_id,
        "code": payment.code,
        "amount_vnd": payment.amount_vnd,
    }


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

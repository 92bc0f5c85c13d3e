"""Who may open which address of the desk."""

from uuid import uuid4

import pytest
from django.urls import reverse

from motcua.desk import acting
from motcua.desk.urls import urlpatterns
from motcua.papers.models import Paper
from motcua.payments.models import Payment


@pytest.fixture
def addresses(at_stage):
    """Every address of the desk, about An's dossier."""
    dossier = at_stage("approve")
    given = {
        "inbox": [],
        "board": [],
        "board_dossiers": [],
        "reports": [],
        "report_dossiers": [],
        "report_sheet": [],
        "report_paper": [],
        "register": [],
        "register_sheet": [],
        "register_paper": [],
        "charges": [],
        "paper": [Paper.objects.about(dossier.subject).first().pk],
        "dossier": [dossier.code],
        "document": [dossier.code, dossier.documents.first().pk],
        "draft_result": [dossier.code],
        "control_slip": [dossier.code],
        "act": [dossier.code, "phe-duyet"],
        "form": [dossier.code, next(one.id for one in dossier.definition.record.components if one.form)],
        "payment": [Payment.objects.get(charge__reference=dossier.code).code],
    }
    assert set(given) == {route.name for route in urlpatterns}
    return {name: reverse(f"desk:{name}", args=arguments) for name, arguments in given.items()}


OF_A_DOSSIER = ("paper", "dossier", "document", "draft_result", "control_slip", "act", "form", "payment")


def test_strangers_are_asked_to_log_in_and_citizens_are_kept_out(addresses, client, an, as_user):
    for address in addresses.values():
        answer = client.get(address)
        assert answer.status_code == 302 and answer["Location"].startswith("/tai-khoan/dang-nhap/")
        assert client.post(address).status_code in (302, 403)
        assert as_user(an).get(address).status_code == 403
        assert as_user(an).post(address).status_code == 403


def test_an_officer_from_elsewhere_finds_no_dossier_of_ours(addresses, giang, as_user):
    browser = as_user(giang)
    for name, address in addresses.items():
        answer = browser.get(address)
        if name in OF_A_DOSSIER:
            assert answer.status_code == 404, name
        else:
            content = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code == 200 and "Nguyễn Văn An" not in content.decode(errors="ignore"), name


def test_an_officer_from_elsewhere_does_nothing_to_our_dossier(addresses, at_stage, giang, as_user):
    dossier = at_stage("submitted")
    for page in acting.PAGES:
        address = reverse("desk:act", args=[dossier.code, page.slug])
        assert as_user(giang).post(address, {"note": "x", "reason": "x", "basis": "x"}).status_code == 404
    dossier.refresh_from_db()
    assert dossier.state == "submitted"


def test_our_officers_open_every_address(addresses, dung, as_user):
    for name, address in addresses.items():
        answer = as_user(dung).get(address)
        assert answer.status_code == 200, name
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "address", ["/can-bo/ho-so/H34.12-261130-9999/", "/can-bo/ho-so/x/tiep-nhan/", "/can-bo/ho-so/x/la/"]
)
def test_what_does_not_exist_is_not_found(address, binh, as_user):
    assert as_user(binh).get(address).status_code == 404
    assert as_user(binh).get(f"/can-bo/giay/{uuid4()}/").status_code == 404


def test_no_officer_sees_a_draft(draft, binh, as_user):
    assert as_user(binh).get("/can-bo/").content.decode().count("desk-list__link") == 0

"""Filing, page by page, as a citizen's citizen does it, mostly without scripts."""


import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.dossiers.models import Dossier
from motcua.dossiers.states import State
from motcua.portal import confirmation
from motcua.procedures import rules
from tests.answers import example_answers
from tests.cast import PDF

STEPS = ("nguoi-nop", "to-khai", "giay-to", "nhan-ket-qua", "le-phi", "kiem-tra")
AJAX = {"X-Requested-With": "fetch"}


@pytest.fixture
def citizen(an):
    client = Client()
    client.force_login(an)
    return client


def at(dossier, step, **query):
    return reverse("portal:filing_step", args=[dossier.public_id, step], query=query or None)


def typed(definition, answers):
    """Answers as a citizen posts them."""
    posted = {}
    for field in definition.form.fields:
        value = answers.get(field.id)
        if field.type == "table":
            for place, row in enumerate(value or []):
                for column in field.columns:
                    posted[f"{field.id}-{place}-{column.id}"] = rules.input_text(column, row.get(column.id, ""))
        elif value is not None:
            posted[field.id] = value if field.type == "choices" else rules.input_text(field, value)
    return posted


def code_of(response):
    """The challenge on a review page and its answer."""
    key = response.context["code_key"] if response.context else ""
    key = key or response.content.decode().split('name="code_key" value="')[1].split('"')[0]
    return {"code_key": key, "code": confirmation._code(key)}


def pdf(name):
    return SimpleUploadedFile(f"{name}.pdf", PDF + name.encode(), content_type="application/pdf")


@pytest.fixture
def begun(citizen, version, department, centre):
    """A draft that An has just begun."""
    citizen.post(reverse("portal:start", args=["2.001207"]))
    return Dossier.objects.get()


def test_the_guide_example_is_filed_from_start_to_the_code(citizen, version, department, centre):
    start = citizen.get(reverse("portal:start", args=["2.001207"]))
    assert "Trước khi bắt đầu" in start.content.decode()
    assert "150.000 đồng" in start.content.decode()

    response = citizen.post(reverse("portal:start", args=["2.001207"]))
    dossier = Dossier.objects.get()
    assert response.url == at(dossier, "nguoi-nop")
    assert "0905123456" in citizen.get(response.url).content.decode()

    response = citizen.post(
        at(dossier, "nguoi-nop"),
        {"owner-is": "self", "submitter-address": "12 Trần Phú, Kon Tum", "submitter-phone": "0905 123 456",
         "submitter-email": "an@example.vn"},
    )  # fmt: skip
    assert response.url == at(dossier, "to-khai")
    response = citizen.post(at(dossier, "to-khai"), typed(version.definition, example_answers("2.001207")))
    assert response.url == at(dossier, "giay-to")
    dossier.refresh_from_db()
    asked = [one for one in rules.asked_components(version.definition, dossier.answers) if not one.form]
    assert len(asked) == 7
    for component in asked:
        address = reverse("portal:upload", args=[dossier.public_id, component.id])
        assert citizen.post(address, {f"file-{component.id}": pdf(component.id)}).status_code == 302
    assert citizen.post(at(dossier, "giay-to")).url == at(dossier, "nhan-ket-qua")
    assert citizen.post(at(dossier, "nhan-ket-qua"), {"delivery": "electronic"}).url == at(dossier, "le-phi")
    assert "150.000 đồng" in citizen.get(at(dossier, "le-phi")).content.decode()
    assert citizen.post(at(dossier, "le-phi")).url == at(dossier, "kiem-tra")

    review = citizen.get(at(dossier, "kiem-tra"))
    assert "Cà phê rang xay nguyên chất" in review.content.decode()
    response = citizen.post(
        at(dossier, "kiem-tra"), {"mc.action": "submit", "commitment": "yes"} | code_of(review)
    )
    assert response.url == reverse("portal:submitted", args=[dossier.public_id])
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    page = citizen.get(response.url).content.decode()
    assert dossier.code in page
    assert dossier.lookup_secret in page

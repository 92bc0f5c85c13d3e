"""Every procedure of the catalogue that is filed here, lived through with its own examples."""

from datetime import datetime, time, timedelta
from io import BytesIO

import pytest
from django.conf import settings

from motcua.accounts.middleware import actor_of
from motcua.agencies.models import Agency
from motcua.dossiers import filing, operations, printing
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.procedures import operations as procedures
from motcua.procedures.definition import package_folders, read_folder
from motcua.procedures.examples import examples_of
from motcua.procedures.models import ProcedureVersion
from tests.cast import PDF, pay_everything

HOUR = timedelta(hours=1)
FOLDERS = [
    folder
    for folder in package_folders(settings.ROOT / "procedures")
    if "kind: filed_here\n" in (folder / "procedure.yaml").read_text(encoding="utf-8")
]


@pytest.fixture
def consulted(province, calendar):
    """The other departments that a step may ask."""
    for code, name in (("H34.04", "Sở Tài chính"), ("H34.07", "Sở Nông nghiệp và Môi trường"), ("H34.08", "Sở Y tế")):
        Agency.objects.create(code=code, name=name, kind=Agency.Kind.DEPARTMENT, parent=province, calendar=calendar)


def filed(version, example, answers, department, centre, citizen):
    """A dossier with the answers of an example, every paper that it lacks attached, submitted."""
    at = datetime.combine(example.today, time(9), HANOI)
    actor = actor_of(citizen)
    dossier = operations.start_draft(
        version=version, agency=department, reception=centre, actor=actor, at=at, answers={},
        submitter={"kind": "person", "name": citizen.full_name, "citizen_number": "062090001234", "phone": "0905123456",
                   "email": citizen.email, "address": "12 Trần Phú, phường Kon Tum, tỉnh Kon Tum"},
    )  # fmt: skip
    operations.save_answers(dossier=dossier, values=answers, actor=actor, at=at)
    dossier.refresh_from_db()
    for paper in filing.asked_papers(dossier, {}):
        if paper.is_missing:
            document = operations.attach(
                dossier=dossier, component_id=paper.component.id, stream=BytesIO(PDF + paper.component.id.encode()),
                name="giay-to.pdf", actor=actor, at=at,
            )  # fmt: skip
            if paper.component.max_age_months or paper.component.min_validity_days:
                days = {"issued_on": at.date() - timedelta(days=20), "valid_until": at.date() + timedelta(days=345)}
                operations.date_paper(document=document, **days, actor=actor, at=at)
    operations.choose_delivery(dossier=dossier, delivery="electronic", address="", actor=actor, at=at)
    dossier.refresh_from_db()
    return operations.submit(dossier=dossier, actor=actor, at=at)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_procedure_is_filed_and_settled_with_its_examples(
    folder, consulted, department, centre, an, binh, ha, chi, dung, van, as_actor
):
    definition, mistakes = read_folder(folder)
    assert definition is not None, mistakes
    examples = examples_of(definition)
    assert len(examples) >= 2
    procedures.import_folder(folder=folder, actor=Actor.system("test"), at=datetime(2026, 11, 20, 9, tzinfo=HANOI))
    version = ProcedureVersion.objects.get(procedure__number=folder.name)
    dossiers = [filed(version, example, answers, department, centre, an) for example, answers in examples]
    for dossier in dossiers:
        assert dossier.state == State.SUBMITTED
        for paper in filing.asked_papers(dossier, {}):
            if paper.component.form and paper.component.layout:
                assert printing.preview(dossier, paper.component.id).startswith(b"%PDF")

    dossier, at = dossiers[0], dossiers[0].submitted_at
    pay_everything(dossier, at)
    operations.accept(dossier=dossier, actor=as_actor(binh), at=at + HOUR)
    operations.assign(dossier=dossier, assignee=chi, note="", actor=as_actor(ha), at=at + HOUR)
    while dossier.tasks.open().get().act == "appraise":
        operations.appraise(
            dossier=dossier, outcome=version.definition.step(dossier.tasks.open().get().step_id).outcomes[0].id,
            conclusion="Đạt yêu cầu.", actor=as_actor(chi), at=at + HOUR,
        )  # fmt: skip
    operations.approve(dossier=dossier, note="", actor=as_actor(dung), at=at + HOUR)
    pay_everything(dossier, at)
    operations.stamp(dossier=dossier, actor=as_actor(van), at=at + HOUR)
    dossier.refresh_from_db()
    assert dossier.state == State.SETTLED

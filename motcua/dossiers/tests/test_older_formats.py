"""Procedures that were stored in an older format can still be filed."""

import json
from io import BytesIO

import pytest
from django.conf import settings

from motcua.accounts.middleware import actor_of
from motcua.dossiers import filing, operations
from motcua.dossiers.states import State
from motcua.foundation.actor import Actor
from motcua.procedures import operations as procedures
from motcua.procedures.definition import read_folder
from motcua.procedures.examples import examples_of
from motcua.procedures.models import ProcedureVersion
from tests.cast import MONDAY_9AM, PDF

KEPT = settings.ROOT / "motcua" / "procedures" / "tests" / "packages"
FOLDERS = [
    path for path in sorted(KEPT.glob("format-*/*")) if path.is_dir() and read_folder(path)[0].is_filed_here
]


@pytest.fixture(params=FOLDERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def kept(request, db) -> ProcedureVersion:
    """A version whose row holds what was stored in that format."""
    made = procedures.import_folder(folder=request.param, actor=Actor.system("test"), at=MONDAY_9AM).version
    content = json.loads(request.param.with_suffix(request.param.suffix + ".json").read_text())
    version = ProcedureVersion.objects.create(
        procedure=made.procedure, version=2, name=made.name, digest="0" * 64, content=content, imported_at=MONDAY_9AM
    )
    return ProcedureVersion.objects.get(pk=version.pk)


def test_a_dossier_is_filed_under_what_was_stored_in_an_older_format(kept, department, centre, an, binh):
    actor, at = actor_of(an), MONDAY_9AM
    submitter = {
        "kind": "person", "name": an.full_name, "citizen_number": an.username, "phone": "0905123456",
        "email": an.email, "address": "12 Trần Phú, phường Kon Tum, tỉnh Kon Tum",
    }  # fmt: skip
    _example, answers = examples_of(read_folder(next(f for f in FOLDERS if f.name == kept.definition.number))[0])[0]
    dossier = operations.start_draft(
        version=kept, agency=department, reception=centre, actor=actor, at=at, submitter=submitter, answers=answers
    )
    for paper in filing.asked_papers(dossier, {}):
        if paper.is_missing:
            operations.attach(
                dossier=dossier, component_id=paper.component.id, stream=BytesIO(PDF + paper.component.id.encode()),
                name="giay-to.pdf", actor=actor, at=at,
            )  # fmt: skip
    operations.choose_delivery(dossier=dossier, delivery="electronic", address="", actor=actor, at=at)
    dossier = operations.submit(dossier=dossier, actor=actor, at=at)
    assert dossier.state == State.SUBMITTED
    assert dossier.code

"""Every form that the catalogue lays out is drawn with the answers of its first example."""

import re
from io import BytesIO

import pypdfium2
import pytest
import yaml

from motcua.dossiers import printing
from motcua.dossiers.models import Dossier
from motcua.foundation.actor import Actor
from motcua.procedures import operations as procedures
from motcua.procedures import rules
from motcua.procedures.models import ProcedureVersion
from tests.cast import MONDAY_9AM, ROOT

PARTY = {"name": "Công ty TNHH Cà phê Đăk Hà", "tax_code": "6100123456", "representative_name": "Trần Thị Hoa"}
FOLDERS = sorted(path.parent for path in (ROOT / "procedures" / "kontum").glob("*/*/papers"))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_forms_of_a_procedure_are_drawn_with_its_example(folder, department, centre):
    procedures.import_folder(folder=folder, actor=Actor.system("test"), at=MONDAY_9AM)
    version = ProcedureVersion.objects.get(procedure__number=folder.name)
    example = yaml.safe_load(min((folder / "tests").glob("*.yaml")).read_text())
    answers = (example[0] if isinstance(example, list) else example)["answers"]
    dossier = Dossier(
        procedure_version=version, agency=department, reception=centre, submitter=PARTY, owner=PARTY, answers=answers,
        submitted_at=MONDAY_9AM,
    )  # fmt: skip
    asked = rules.asked_components(version.definition, answers)
    drawn = [one for one in asked if one.form and one.layout]
    assert drawn
    for component in drawn:
        text = text_of(printing.preview(dossier, component.id))
        assert "Độc lập - Tự do - Hạnh phúc" in text or "KẾ HOẠCH" in text
        assert not re.search(r"\ufffd|\bnone\b|\(Content\)", text)
    told = text_of(printing.preview(dossier, drawn[0].id))
    assert "cam đoan" in told or "cam kết" in told

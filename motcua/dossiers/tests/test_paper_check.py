"""What the look through a paper finds, on made papers; `python -m benchmarks.paper_check` does so with hundreds."""

import random
from collections import Counter
from io import BytesIO

import pytest

from benchmarks.paper_check import judge
from motcua.dossiers import operations, paper_check
from motcua.dossiers.models import Document
from motcua.dossiers.operations.papers import check_paper
from motcua.dossiers.tests.made_papers import made, pdf_of, scan
from motcua.dossiers.uploads import PDF
from motcua.foundation.errors import NotAllowed
from tests.cast import MONDAY_9AM


def test_every_kind_of_defect_is_found_and_nothing_good_is_refused():
    judged = Counter((one.expected, verdict) for one in made(1, seed=7) for verdict in [judge(one)])
    wrong = {key: amount for key, amount in judged.items() if key[1] != "right"}
    assert sum(wrong.values()) <= 3, wrong  # warnings are guesses
    assert not {key for key in wrong if key[0] in {"refused", ""}}, wrong


@pytest.mark.parametrize(
    ("pages", "words"),
    [([2], "2"), ([1, 2, 3, 7], "1–3 và 7"), ([1, 3, 5, 7, 9, 11, 13, 15], "1, 3, 5, 7, 9, 11 và 2 chỗ khác")],
)
def test_pages_are_named_briefly(pages, words):
    [(said, advice)] = paper_check.said([{"kind": "blank", "pages": pages}])
    assert said == f"Trang {words} có vẻ trống."
    assert advice.startswith("Vui lòng")


def test_a_large_paper_is_looked_through_by_a_job(draft, an, as_actor, monkeypatch):
    chance = random.Random(3)
    content = pdf_of(*[scan(chance) for _ in range(4)], scan(chance).point(lambda value: 250))
    assert not paper_check.is_quick(PDF, len(content), 5)
    document = operations.attach(
        dossier=draft, component_id=draft.documents.first().component_id, stream=BytesIO(content), name="dày.pdf",
        actor=as_actor(an), at=MONDAY_9AM,
    )  # fmt: skip
    assert document.findings is None

    check_paper(document.pk)
    document.refresh_from_db()
    assert document.findings == [{"kind": "blank", "pages": [5]}]
    monkeypatch.setattr(paper_check, "look", lambda *_: pytest.fail("looked through twice"))
    check_paper(document.pk)
    check_paper(0)  # taken out meanwhile


def test_the_owner_keeps_a_file_whatever_was_found(draft, an, giang, as_actor):
    document = draft.documents.first()
    assert document.findings == [{"kind": "blank", "pages": [1]}]
    operations.keep_as_it_is(document=document, actor=as_actor(an), at=MONDAY_9AM)
    assert Document.objects.get(pk=document.pk).findings_kept_at == MONDAY_9AM
    with pytest.raises(NotAllowed):
        operations.keep_as_it_is(document=document, actor=as_actor(giang), at=MONDAY_9AM)

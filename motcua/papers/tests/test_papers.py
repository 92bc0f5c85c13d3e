"""Issuing, keeping, checking and revoking papers."""

import io
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event, StoredFile
from motcua.foundation.time import HANOI
from motcua.papers import operations
from motcua.papers.models import ALPHABET, Paper, new_check_code, normal_check_code
from motcua.papers.samples import SAMPLES

pytestmark = pytest.mark.django_db
MONDAY_9AM = datetime(2026, 11, 23, 9, tzinfo=HANOI)
BINH = Actor("officer", "2", "Trần Thị Bình", frozenset({(1, "receiver")}))
AN = Actor("citizen", "1", "Nguyễn Văn An")


def issue(kind: str = "refusal", **changes: object) -> Paper:
    data = {
        key: value
        for key, value in deepcopy(SAMPLES[kind]).items()
        if key not in ("number", "issued_at", "check_code", "check_url")
    }
    given: dict[str, Any] = {
        "kind": kind,
        "subject": "dossier:12",
        "data": data,
        "number": "08/TCHS",
        "actor": BINH,
    }
    return operations.issue(**(given | {"at": MONDAY_9AM} | changes))


def text_of(file: StoredFile) -> str:
    with file.open() as stream:
        document = pypdfium2.PdfDocument(io.BytesIO(stream.read()))
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


def story(subject: str) -> list[str]:
    return [str(event) for event in Event.objects.about(subject)]


def jobs(task: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [task])
        return cursor.fetchone()[0]


def test_an_issued_paper_tells_its_story_and_waits_to_be_drawn():
    paper = issue()

    assert paper.title == "Phiếu từ chối tiếp nhận giải quyết hồ sơ"
    assert (paper.number, paper.issued_by, paper.file) == ("08/TCHS", "Trần Thị Bình", None)
    assert paper.issuer == "Trung tâm Phục vụ hành chính công"
    assert story("dossier:12") == ["Trần Thị Bình: paper.issued"]
    assert Event.objects.get().data["paper"] == str(paper.pk)
    assert jobs("motcua.papers.operations.draw") == 1


def test_the_pdf_carries_number_day_code_and_address(settings):
    settings.BASE_URL = "https://dichvucong.example"
    paper = issue()

    text = text_of(operations.file_of(paper))

    assert "Số: 08/TCHS" in text
    assert "Kon Tum, ngày 23 tháng 11 năm 2026" in text
    assert f"Mã kiểm tra: {paper.check_code}" in text
    assert paper.data["check_url"] == f"https://dichvucong.example/kiem-tra-giay-to/?ma={paper.check_code}"
    assert "https://dichvucong.example/kiem-tra-giay-to/" in text


def test_a_paper_is_drawn_once():
    paper = issue()

    operations.draw(str(paper.pk))
    first = Paper.objects.get().file
    operations.draw(str(paper.pk))

    assert operations.file_of(paper) == operations.file_of(Paper.objects.get()) == first
    assert StoredFile.objects.count() == 1
    assert first.name == "Phieu-tu-choi-tiep-nhan-giai-quyet-ho-so-H34.12-261123-0007.pdf"
    assert first.content_type == "application/pdf"


def test_what_is_asked_for_once_is_issued_once():
    assert issue(once="receipt:5") == issue(once="receipt:5")
    assert Paper.objects.count() == 1
    assert story("dossier:12") == ["Trần Thị Bình: paper.issued"]


def test_data_that_do_not_fit_are_refused_before_anything_is_kept():
    with pytest.raises(ValueError, match=r"refusal\.reception: missing"):
        issue(data={"agency": {"name": "Sở"}})

    assert not Paper.objects.exists()
    assert not Event.objects.exists()


def test_the_caller_cannot_choose_the_check_code():
    data = deepcopy(SAMPLES["refusal"]) | {
        "check_code": "AAAA-AAAA-AAAA",
        "check_url": "https://elsewhere.example",
    }

    paper = issue(data=data)

    assert paper.data["check_code"] == paper.check_code != "AAAA-AAAA-AAAA"
    assert paper.data["check_url"] == paper.check_url


@pytest.mark.parametrize("spoil", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code} "])
def test_a_check_code_is_found_however_it_is_typed(spoil):
    paper = issue()

    assert Paper.objects.by_check_code(spoil(paper.check_code)).get() == paper


def test_letters_that_look_like_digits_are_read_as_digits():
    assert normal_check_code("oil0-abcd 12il") == "0110-ABCD-1211"
    assert not set("ILOU") & set(ALPHABET)
    assert normal_check_code(new_check_code().lower()) != ""


@pytest.mark.parametrize("typed", ["", "…", "AAAA", "x" * 500, "' OR 1=1 --"])
def test_a_wrong_check_code_finds_nothing(typed):
    issue()

    assert not Paper.objects.by_check_code(typed).exists()


def test_papers_are_found_by_what_they_are_about():
    first = issue()
    second = issue("supplement_request", at=MONDAY_9AM + timedelta(hours=1))
    issue(subject="dossier:13")

    assert list(Paper.objects.about("dossier:12")) == [first, second]


def test_a_revoked_paper_says_why_and_stays():
    paper = issue()

    revoked = operations.revoke(paper=paper, reason=" Ghi sai tên ", actor=BINH, at=MONDAY_9AM)

    assert revoked.is_revoked
    assert revoked.revoked_reason == "Ghi sai tên"
    assert Paper.objects.by_check_code(paper.check_code).get().is_revoked
    assert story("dossier:12")[-1] == "Trần Thị Bình: paper.revoked"
    assert operations.file_of(revoked).size > 0


def test_a_paper_is_not_revoked_twice_nor_by_citizens_nor_without_reason():
    paper = issue()

    with pytest.raises(NotAllowed):
        operations.revoke(paper=paper, reason="Sai", actor=AN, at=MONDAY_9AM)
    with pytest.raises(Refusal):
        operations.revoke(paper=paper, reason="  ", actor=BINH, at=MONDAY_9AM)
    operations.revoke(paper=paper, reason="Sai", actor=BINH, at=MONDAY_9AM)
    with pytest.raises(WrongState):
        operations.revoke(paper=paper, reason="Sai", actor=BINH, at=MONDAY_9AM)


@pytest.mark.parametrize(
    "change",
    [
        {"data": {}},
        {"number": "09/TCHS"},
        {"title": "Khác"},
        {"issued_at": MONDAY_9AM + timedelta(days=1)},
        {"check_code": "0000-0000-0000"},
    ],
)
def test_what_an_issued_paper_says_never_changes(change):
    issue()

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Paper.objects.update(**change)


def test_an_issued_paper_is_never_deleted_and_its_revocation_never_lifted():
    paper = operations.revoke(paper=issue(), reason="Sai", actor=BINH, at=MONDAY_9AM)

    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        paper.delete()
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Paper.objects.update(revoked_at=None, revoked_reason="")


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("paper_kind_known", {"kind": "poem"}),
        ("paper_has_title", {"title": ""}),
        ("paper_check_code_shape", {"check_code": "ILOU-0000-0000"}),
        ("paper_revoked_with_reason", {"revoked_at": MONDAY_9AM}),
        ("paper_revoked_with_reason", {"revoked_reason": "Sai"}),
        ("paper_issued_once", {"once": "receipt:5"}),
    ],
)
def test_the_database_refuses_what_cannot_be(constraint, wrong):
    issue(once="receipt:5")
    sound = {
        "kind": "refusal",
        "subject": "dossier:12",
        "title": "Phiếu",
        "data": {},
        "issued_at": MONDAY_9AM,
        "issued_by": "Bình",
    }
    Paper.objects.create(**sound)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Paper.objects.create(**(sound | wrong))

"""Papers that need no upload, photos that become one paper, dates, findings and what is shared."""

import random
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse
from PIL import Image

from motcua.dossiers import operations, reuse
from motcua.dossiers.models import Document
from motcua.dossiers.tests.made_papers import jpeg, page
from motcua.dossiers.tests.test_filing import at_once
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.models import StoredFile
from motcua.procedures.definition import Component
from tests.cast import MONDAY_9AM, PDF, complete_draft

SCRIPT = {"HTTP_X_REQUESTED_WITH": "fetch"}


@pytest.fixture
def mine(an):
    client = Client()
    client.force_login(an)
    return client


@pytest.fixture
def second(submitted, version, department, centre, an):
    """Another draft of An's, without papers; the first is filed."""
    draft = complete_draft(version, department, centre, an)
    draft.documents.all().delete()
    return draft


def take_over(client, dossier, component_id, chosen):
    address = reverse("portal:existing_papers", args=[dossier.public_id, component_id])
    return client.post(address, {"existing": chosen})


def test_a_paper_of_an_earlier_dossier_is_offered_first_for_the_same_paper_and_kept_once(mine, submitted, second):
    earlier = submitted.documents.first()
    address = reverse("portal:existing_papers", args=[second.public_id, earlier.component_id])
    shown = mine.get(address).content.decode()
    assert shown.index(earlier.name) < shown.index("Giấy tờ khác trong các hồ sơ trước")
    kept = StoredFile.objects.count()

    assert take_over(mine, second, earlier.component_id, f"document:{earlier.pk}").status_code == 302

    taken = second.documents.get()
    assert (taken.file_id, taken.source, taken.origin["dossier"]) == (earlier.file_id, "earlier_dossier", submitted.code)
    assert StoredFile.objects.count() == kept
    assert submitted.code in mine.get(reverse("portal:filing_step", args=[second.public_id, "giay-to"])).content.decode()


def test_what_two_dossiers_share_stays_until_the_last_lets_go(
    mine, submitted, second, an, as_actor, django_capture_on_commit_callbacks
):
    earlier = submitted.documents.first()
    take_over(mine, second, earlier.component_id, f"document:{earlier.pk}")

    with django_capture_on_commit_callbacks(execute=True):
        mine.post(reverse("portal:detach", args=[second.public_id, second.documents.get().pk]))
    assert default_storage.exists(earlier.file.path)
    take_over(mine, second, earlier.component_id, f"document:{earlier.pk}")
    with django_capture_on_commit_callbacks(execute=True):
        operations.discard_draft(dossier=second, actor=as_actor(an))

    assert default_storage.exists(earlier.file.path)
    assert StoredFile.objects.filter(pk=earlier.file_id).exists()


@pytest.mark.django_db(transaction=True)
def test_letting_go_and_taking_over_at_once_leaves_no_paper_without_its_file(draft, version, department, centre, an, as_actor):
    """Two drafts share a file; both let go of it at once: it is gone, and nothing failed."""
    actor = as_actor(an)
    first = draft.documents.first()
    other = complete_draft(version, department, centre, an)
    other.documents.all().delete()
    shared = Document.objects.create(
        dossier=other, component_id=first.component_id, file=first.file, name="chung.pdf", added_at=MONDAY_9AM
    )
    outcomes = at_once(
        lambda: operations.detach(document=first, actor=actor, at=MONDAY_9AM),
        lambda: operations.detach(document=shared, actor=actor, at=MONDAY_9AM),
    )
    assert outcomes == [None, None]
    assert not StoredFile.objects.filter(pk=first.file_id).exists()
    assert not default_storage.exists(first.file.path)


def test_nobody_takes_over_the_papers_of_others(submitted, version, department, centre, company, as_actor):
    theirs = complete_draft(version, department, centre, company)
    component, paper = theirs.documents.first().component_id, submitted.documents.first()
    with pytest.raises(Refusal):
        operations.reuse(dossier=theirs, component_id=component, earlier=paper, actor=as_actor(company), at=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        operations.reuse(dossier=submitted, component_id=component, earlier=paper, actor=as_actor(company), at=MONDAY_9AM)
    client = Client()
    client.force_login(company)
    assert take_over(client, theirs, component, f"document:{paper.pk}").status_code == 422
    for nonsense in ("", "document:x", "result:x", "document:" + "9" * 40):
        assert take_over(client, theirs, component, nonsense).status_code == 422


def test_a_result_that_does_not_stand_for_this_paper_is_not_taken(mine, second):
    component = next(one.id for one in second.definition.record.components if not one.form)
    answer = take_over(mine, second, component, "result:00000000-0000-0000-0000-000000000001")
    assert answer.status_code == 422
    assert "hết hiệu lực hoặc đã bị thu hồi" in answer.content.decode()


def photo(name, turn=1, size=(900, 1200)):
    """A photo; turned as a camera says it."""
    image = page(random.Random(name), size)
    exif = Image.Exif()
    exif[274] = turn
    return SimpleUploadedFile(name, jpeg(image, exif=exif), content_type="image/jpeg")


def test_photos_become_one_paper_in_their_order_and_upright(mine, draft):
    draft.documents.all().delete()
    component = next(one.id for one in draft.definition.record.components if not one.form)
    address = reverse("portal:upload", args=[draft.public_id, component])
    photos = [photo("IMG_1.jpg"), photo("IMG_2.jpg", turn=6), photo("IMG_3.jpg")]

    assert mine.post(address, {f"file-{component}": photos, "joined": "yes"}).status_code == 302

    document = draft.documents.get()
    assert (document.name, document.pages, document.source) == ("IMG_1.pdf", 3, "photos")
    with document.file.open() as stored:
        sizes = [one.get_size() for one in pypdfium2.PdfDocument(stored.read())]
    assert [width < height for width, height in sizes] == [True, False, True]  # the second lay on its side


def test_photos_are_joined_only_from_pictures(draft, an, as_actor):
    component = draft.documents.first().component_id
    about = {"dossier": draft, "component_id": component, "name": "a.pdf", "actor": as_actor(an), "at": MONDAY_9AM}
    for pages in ([], [(BytesIO(PDF), 0)], [(BytesIO(b""), 0)]):
        with pytest.raises(Refusal):
            operations.join_photos(pages=pages, **about)
    turned = operations.join_photos(pages=[(BytesIO(photo("x.jpg").read()), 90)], **about)
    with turned.file.open() as stored:
        width, height = pypdfium2.PdfDocument(stored.read())[0].get_size()
    assert width > height


@pytest.mark.parametrize(
    ("issued_on", "valid_until", "words"),
    [
        (None, date(2027, 6, 1), "ngày cấp"),
        (date(2026, 5, 29), date(2027, 6, 1), "quá 6 tháng"),
        (date(2026, 5, 30), date(2027, 6, 1), ""),
        (date(2026, 11, 1), None, "ngày hết hiệu lực"),
        (date(2026, 11, 1), date(2026, 12, 29), "ít nhất 30 ngày"),
        (date(2026, 11, 1), date(2026, 12, 30), ""),
    ],
)
def test_a_paper_too_old_or_about_to_end_is_told_plainly(issued_on, valid_until, words):
    component = Component("x", "Phiếu lý lịch tư pháp", max_age_months=6, min_validity_days=30)
    said = reuse.date_problem(component, Document(issued_on=issued_on, valid_until=valid_until), date(2026, 11, 30))
    assert words in said if words else said == ""


def test_the_dates_of_a_paper_are_kept_or_refused_with_a_reason(mine, draft):
    document = draft.documents.first()
    address = reverse("portal:date_paper", args=[draft.public_id, document.pk])
    key = document.pk

    assert mine.post(address, {f"issued_on-{key}": "01/02/2026", f"valid_until-{key}": "01022027"}, **SCRIPT).status_code == 200
    document.refresh_from_db()
    assert (document.issued_on, document.valid_until) == (date(2026, 2, 1), date(2027, 2, 1))
    for wrong in ({f"issued_on-{key}": "31/02/2026"}, {f"issued_on-{key}": "01/01/2099"}, {f"valid_until-{key}": "01/01/2020"}):
        answer = mine.post(address, wrong, **SCRIPT)
        assert answer.status_code == 422
        assert answer.json()["problem"]
    with pytest.raises(IntegrityError, match="document_dates_in_order"):
        Document.objects.filter(pk=key).update(valid_until=date(2020, 1, 1))


def test_a_source_that_is_not_known_is_not_kept(draft):
    with pytest.raises(IntegrityError, match="document_source_known"):
        draft.documents.update(source="guess")


def test_what_was_found_is_shown_until_the_owner_keeps_the_file(mine, draft):
    draft.documents.exclude(pk=draft.documents.first().pk).delete()
    document = draft.documents.get()
    papers = reverse("portal:filing_step", args=[draft.public_id, "giay-to"])
    assert "Trang 1 có vẻ trống." in mine.get(papers).content.decode()
    mine.post(reverse("portal:keep_paper", args=[draft.public_id, document.pk]))
    shown = mine.get(papers).content.decode()
    assert "Trang 1 có vẻ trống." not in shown
    assert "giữ tệp này" in shown


def test_each_page_has_its_picture_and_no_page_more(mine, draft, client, company):
    document = draft.documents.first()
    address = reverse("portal:page_picture", args=[draft.public_id, document.pk, 1])
    assert mine.get(address, {"lon": ""})["Content-Type"] == "image/jpeg"
    assert mine.get(reverse("portal:page_picture", args=[draft.public_id, document.pk, 2])).status_code == 404
    client.force_login(company)
    assert client.get(address).status_code == 404


def test_files_of_a_paper_that_is_not_asked_any_more_stay_until_they_are_taken_out(mine, draft):
    document = draft.documents.first()
    Document.objects.filter(pk=document.pk).update(component_id=f"{document.component_id}.ab12cd34")  # a row that went
    shown = mine.get(reverse("portal:filing_step", args=[draft.public_id, "giay-to"])).content.decode()
    assert "không còn cần" in shown
    assert document.name in shown.split("không còn cần")[1]
    mine.post(reverse("portal:detach", args=[draft.public_id, document.pk]))
    assert not Document.objects.filter(pk=document.pk).exists()

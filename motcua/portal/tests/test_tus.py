"""Papers that come in pieces: cut anywhere, continued by anybody's browser, and never mixed up."""

import base64
import hashlib
import random
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from django.urls import reverse

from benchmarks.papers import pdf
from motcua.dossiers import operations
from motcua.dossiers.models import Document, Upload
from motcua.dossiers.operations import uploading
from motcua.foundation.actor import Actor
from motcua.foundation.models import StoredFile
from motcua.foundation.time import now
from tests.cast import make_user

TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
SCRIPT = {"HTTP_X_REQUESTED_WITH": "fetch"}
CONTENT = pdf(300_000)
SIZE = len(CONTENT)


def browser(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def nothing_under_way():
    for path in folder().glob("*"):
        path.unlink()


@pytest.fixture
def mine(an):
    return browser(an)


@pytest.fixture
def bare(draft):
    """The draft without its papers."""
    draft.documents.all().delete()
    return draft


def paper_of(dossier):
    return next(one.id for one in dossier.definition.record.components if not one.form)


def folder():
    return Path(django_settings.STORAGES["default"]["OPTIONS"]["location"]) / "dang-tai"


def announced(**about):
    return ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in about.items())


def begin(client, dossier, size=SIZE, name="giấy chứng nhận.pdf", **more):
    about = {"filename": name, "component": paper_of(dossier)} | more
    address = reverse("portal:tus", args=[dossier.public_id])
    return client.post(
        address, content_type="application/json", HTTP_UPLOAD_LENGTH=str(size),
        HTTP_UPLOAD_METADATA=announced(**about), **TUS,
    )  # fmt: skip


def put(client, address, offset, content, **more):
    return client.patch(
        address, content, content_type="application/offset+octet-stream", HTTP_UPLOAD_OFFSET=str(offset), **TUS, **more
    )


def ask(client, address):
    return client.head(address, **TUS)


def finish(client, address):
    return client.post(f"{address}xong/", **SCRIPT)


def content_of(document):
    with document.file.open() as stored:
        return stored.read()


def test_a_file_in_three_pieces_is_one_paper(mine, bare):
    created = begin(mine, bare)
    assert created.status_code == 201
    assert created["Tus-Resumable"] == "1.0.0"
    address = created["Location"]
    offset = 0
    for piece in (CONTENT[:100_000], CONTENT[100_000:250_000], CONTENT[250_000:]):
        answer = put(mine, address, offset, piece)
        offset += len(piece)
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(offset))
    assert not bare.documents.exists()

    answer = finish(mine, address)

    assert answer.json()["count"] == 1
    document = bare.documents.get()
    assert document.name == "giấy chứng nhận.pdf"
    assert content_of(document) == CONTENT
    assert document.file.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert not Upload.objects.exists()
    assert not list(folder().glob("*"))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_cut_wherever_the_same_bytes_arrive(mine, bare, seed):
    chance = random.Random(seed)
    address = begin(mine, bare)["Location"]
    for _try in range(200):
        offset = int(ask(mine, address)["Upload-Offset"])
        if offset == len(CONTENT):
            break
        piece = CONTENT[offset : offset + chance.randint(1, 90_000)]
        upload = Upload.objects.get()
        broken = chance.random() < 0.4
        came = _Cut(piece, chance.randint(0, len(piece)) if broken else len(piece), raises=chance.random() < 0.5)
        operations.append(
            upload=upload, offset=offset, stream=came, length=len(piece), actor=_owner(upload), at=now()
        )
        if chance.random() < 0.3:  # the process is killed: what was written but not counted lies there
            with (folder() / upload.public_id.hex).open("ab") as file:
                file.write(chance.randbytes(chance.randint(1, 5000)))
        if chance.random() < 0.2:  # an old request comes late
            assert put(mine, address, max(0, offset - 1), b"x").status_code == 409
    assert finish(mine, address).status_code == 200
    assert content_of(bare.documents.get()) == CONTENT


class _Cut:
    """A line that breaks off after so many bytes."""

    def __init__(self, content, after, *, raises):
        self.stream, self.raises = BytesIO(content[:after]), raises and after < len(content)

    def read(self, size=-1, /):
        block = self.stream.read(size)
        if not block and self.raises:
            raise OSError("connection reset")
        return block


def _owner(upload):
    return Actor("citizen", str(upload.account_id), "An")


def test_what_the_disk_has_lost_is_asked_for_again(mine, bare):
    address = begin(mine, bare)["Location"]
    put(mine, address, 0, CONTENT[:200_000])
    path = folder() / Upload.objects.get().public_id.hex
    path.write_bytes(path.read_bytes()[:50_000])

    late = put(mine, address, 200_000, CONTENT[200_000:])

    assert (late.status_code, late["Upload-Offset"]) == (409, "50000")
    put(mine, address, 50_000, CONTENT[50_000:])
    assert finish(mine, address).status_code == 200
    assert content_of(bare.documents.get()) == CONTENT


def test_the_page_says_how_far_a_file_is_and_the_same_file_goes_on(mine, bare, an):
    address = begin(mine, bare, fingerprint="f" * 64)["Location"]
    put(mine, address, 0, CONTENT[:180_000])

    page = mine.get(reverse("portal:filing_step", args=[bare.public_id, "giay-to"])).content.decode()
    assert "đã tải được 60 %" in page
    again = begin(browser(an), bare, fingerprint="f" * 64)  # another day, the browser's memory cleared
    other = begin(mine, bare, fingerprint="e" * 64)

    assert (again["Location"], again["Upload-Offset"]) == (address, "180000")
    assert other["Location"] != address


@pytest.mark.django_db(transaction=True)
def test_of_two_pieces_at_once_one_is_written(bare, an):
    address = begin(browser(an), bare)["Location"]
    upload, answers, started, go = Upload.objects.get(), [], threading.Event(), threading.Event()

    class Slow:
        def __init__(self, content):
            self.stream = BytesIO(content)

        def read(self, size=-1, /):
            started.set()
            go.wait(10)
            return self.stream.read(size)

    def first():
        try:
            operations.append(
                upload=upload, offset=0, stream=Slow(CONTENT[:100_000]), length=100_000, actor=_owner(upload), at=now()
            )
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(10)
    answers.append(put(browser(an), address, 0, b"z" * 100_000).status_code)
    answers.append(browser(an).post(f"{address}xong/", **SCRIPT).status_code)
    go.set()
    thread.join()

    assert answers == [423, 423]
    put(browser(an), address, 100_000, CONTENT[100_000:])
    assert finish(browser(an), address).status_code == 200
    assert content_of(bare.documents.get()) == CONTENT


@pytest.mark.django_db(transaction=True)
def test_finishing_twice_at_once_makes_one_paper(bare, an):
    address = begin(browser(an), bare)["Location"]
    put(browser(an), address, 0, CONTENT)
    codes = []

    def end():
        try:
            codes.append(finish(browser(an), address).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=end) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bare.documents.count() == 1
    assert StoredFile.objects.filter(sha256=hashlib.sha256(CONTENT).hexdigest()).count() == 1
    assert codes.count(200) >= 1
    assert not list(folder().glob("*"))


def test_nobody_else_sees_or_writes_an_upload_and_no_byte_of_his_is_read(mine, bare, binh, client):
    address = begin(mine, bare)["Location"]
    stranger = browser(make_user("062090009999", "Trần Văn Lạ", "citizen"))

    class Unread:
        def read(self, *_):
            raise AssertionError("the body was read")

        readline = read

    for other in (stranger, browser(binh)):
        assert ask(other, address).status_code == 404
        assert other.generic("PATCH", address, b"", "application/offset+octet-stream", HTTP_UPLOAD_OFFSET="0",
                             **TUS, **{"wsgi.input": Unread(), "CONTENT_LENGTH": "10"}).status_code == 404  # fmt: skip
        assert other.delete(address, **TUS).status_code == 404
        assert finish(other, address).status_code == 404
        assert begin(other, bare).status_code == 404
    assert client.patch(address, b"x", **TUS).status_code == 302  # to the login
    assert client.patch(address, b"x", **TUS, **SCRIPT).status_code == 401
    assert Upload.objects.get().offset == 0


def test_without_its_header_a_foreign_page_cannot_write(an, bare):
    strict = browser(an, enforce_csrf_checks=True)
    address = begin(browser(an), bare)["Location"]
    assert begin(strict, bare).status_code == 403
    assert put(strict, address, 0, b"x").status_code == 403
    assert strict.delete(address, **TUS).status_code == 403
    strict.get(reverse("portal:filing_step", args=[bare.public_id, "giay-to"]))
    token = strict.cookies["csrftoken"].value
    assert put(strict, address, 0, b"x", HTTP_X_CSRFTOKEN=token).status_code == 204


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"name": "phim.mp4"}, "không đúng định dạng"),
        ({"name": "IMG_1.HEIC"}, "HEIC"),
        ({"size": 0}, "không có nội dung"),
        ({"size": 2 << 20}, "lớn hơn 1 MB"),
        ({"component": "khong_co"}, "không tồn tại"),
    ],
)
def test_what_would_be_refused_whole_does_not_begin(mine, bare, settings, about, words):
    settings.UPLOAD_LIMIT_MB = 1
    answer = begin(mine, bare, **about)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Upload.objects.exists()


def test_accounts_and_dossiers_have_limits(mine, bare, settings, monkeypatch):
    settings.DOSSIER_LIMIT_MB = 1
    assert begin(mine, bare, size=700_000).status_code == 201
    refused = begin(mine, bare, size=700_000)
    assert "Tổng dung lượng" in refused.content.decode()
    settings.DOSSIER_LIMIT_MB = 1000
    monkeypatch.setattr(uploading, "MOST_OPEN", 1)
    assert begin(mine, bare).status_code == 403


def test_a_file_that_cannot_be_used_is_refused_at_its_end_and_forgotten(mine, bare):
    address = begin(mine, bare, size=5000)["Location"]
    put(mine, address, 0, CONTENT[:5000])

    answer = finish(mine, address)

    assert answer.status_code == 422
    assert "bị cắt ngang" in answer.json()["problem"]
    assert not Upload.objects.exists()
    assert not bare.documents.exists()
    assert not list(folder().glob("*"))


def test_the_protocol_is_spoken_to_the_letter(mine, bare):
    told = mine.options(reverse("portal:tus", args=[bare.public_id]))
    assert (told.status_code, told["Tus-Version"]) == (204, "1.0.0")
    assert told["Tus-Extension"] == "creation,termination,checksum,expiration"
    address = begin(mine, bare)["Location"]
    assert mine.head(address).status_code == 412
    assert mine.patch(address, b"x", content_type="text/plain", HTTP_UPLOAD_OFFSET="0", **TUS).status_code == 415
    for offset in ("", "-1", "x", "٣"):
        assert put(mine, address, offset, b"x").status_code == 400
    assert put(mine, address, 0, CONTENT + b"more").status_code == 422
    assert put(mine, address, 7, b"x").status_code == 409
    head = ask(mine, address)
    assert (head["Upload-Length"], head["Upload-Offset"], head["Cache-Control"].split(",")[0]) == (
        str(len(CONTENT)), "0", "max-age=0",
    )  # fmt: skip
    assert mine.delete(address, **TUS).status_code == 204
    assert ask(mine, address).status_code == 404
    assert not list(folder().glob("*"))


def test_a_piece_that_was_changed_on_the_way_does_not_count(mine, bare):
    address = begin(mine, bare)["Location"]
    right = base64.b64encode(hashlib.sha1(CONTENT[:1000]).digest()).decode()

    assert put(mine, address, 0, b"X" + CONTENT[1:1000], HTTP_UPLOAD_CHECKSUM=f"sha1 {right}").status_code == 460
    assert ask(mine, address)["Upload-Offset"] == "0"
    assert put(mine, address, 0, CONTENT[:1000], HTTP_UPLOAD_CHECKSUM=f"md9 {right}").status_code == 460
    assert put(mine, address, 0, CONTENT[:1000], HTTP_UPLOAD_CHECKSUM=f"sha1 {right}").status_code == 204


def test_what_nobody_continues_is_swept_up_and_what_came_whole_is_kept(mine, bare):
    whole, half = begin(mine, bare)["Location"], begin(mine, bare, name="nửa.pdf")["Location"]
    put(mine, whole, 0, CONTENT)
    put(mine, half, 0, CONTENT[:1000])
    sweeper = Actor.system("sweep_uploads")

    uploading.sweep_uploads(actor=sweeper, at=now() + timedelta(minutes=6))
    assert [one.name for one in bare.documents.all()] == ["giấy chứng nhận.pdf"]
    assert Upload.objects.count() == 1
    uploading.sweep_uploads(actor=sweeper, at=now() + timedelta(days=8))

    assert not Upload.objects.exists()
    assert ask(mine, half).status_code == 404
    assert not list(folder().glob("*"))


def test_a_replacement_takes_its_place_in_the_same_moment(mine, draft):
    there = draft.documents.first()
    address = begin(mine, draft, component=there.component_id, replaces=there.pk)["Location"]
    put(mine, address, 0, CONTENT)
    assert finish(mine, address).json()["count"] == 1
    assert not Document.objects.filter(pk=there.pk).exists()
    assert not StoredFile.objects.filter(pk=there.file_id).exists()


def test_a_filed_dossier_takes_no_more_pieces(mine, draft, an, as_actor):
    address = begin(mine, draft)["Location"]
    operations.submit(dossier=draft, actor=as_actor(an), at=now())
    assert put(mine, address, 0, CONTENT).status_code == 410
    assert finish(mine, address).status_code == 422


def test_an_upload_is_given_up_without_scripts(mine, bare):
    begin(mine, bare)
    address = reverse("portal:drop_upload", args=[bare.public_id, Upload.objects.get().public_id])
    assert mine.post(address).status_code == 302
    assert not Upload.objects.exists()

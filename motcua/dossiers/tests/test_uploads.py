"""What an uploaded file is, and why some are refused."""

import threading
import zipfile
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.storage import default_storage
from PIL import Image

from motcua.dossiers import operations, previews
from motcua.dossiers.tests.test_filing import at_once
from motcua.dossiers.uploads import DOCX, PDF, XLSX, inspect
from motcua.foundation import files
from motcua.foundation.errors import Refusal
from motcua.foundation.models import StoredFile
from tests.cast import MONDAY_9AM
from tests.cast import PDF as ONE_PAGE

# Padding of passwords in the standard security handler (ISO 32000-1, 7.6.3.3).
_PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def office(*names):
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name in names:
            package.writestr(name, "<x/>")
    return content.getvalue()


def picture(kind="PNG", size=(40, 30)):
    content = BytesIO()
    Image.new("RGB", size, "white").save(content, kind)
    return content.getvalue()


def encrypted_pdf():
    """A PDF that asks for a password when it is opened (standard handler, revision 2)."""
    import hashlib

    def rc4(key, text):
        box, j = list(range(256)), 0
        for i in range(256):
            j = (j + box[i] + key[i % len(key)]) % 256
            box[i], box[j] = box[j], box[i]
        out, i, j = bytearray(), 0, 0
        for byte in text:
            i = (i + 1) % 256
            j = (j + box[i]) % 256
            box[i], box[j] = box[j], box[i]
            out.append(byte ^ box[(box[i] + box[j]) % 256])
        return bytes(out)

    password, file_id = b"bimat", b"0123456789abcdef"
    owner = rc4(hashlib.md5((password + _PAD)[:32]).digest()[:5], (password + _PAD)[:32])
    key = hashlib.md5(
        (password + _PAD)[:32] + owner + (-4).to_bytes(4, "little", signed=True) + file_id
    ).digest()[:5]
    user = rc4(key, _PAD)
    parts = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n",
        b"4 0 obj<</Filter/Standard/V 1/R 2/O<"
        + owner.hex().encode()
        + b">/U<"
        + user.hex().encode()
        + b">/P -4>>endobj\n",
    ]
    content, places = b"%PDF-1.4\n", []
    for part in parts:
        places.append(len(content))
        content += part
    start = len(content)
    content += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    identity = file_id.hex().encode()
    content += b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<" + identity + b"><" + identity + b">]>>\n"
    return content + b"startxref\n%d\n%%%%EOF\n" % start


@pytest.mark.parametrize(
    ("name", "content", "kind", "pages"),
    [
        ("giấy chứng nhận.pdf", ONE_PAGE, PDF, 1),
        ("ảnh.PNG", picture("PNG"), "image/png", 1),
        ("ảnh.jpeg", picture("JPEG"), "image/jpeg", 1),
        ("đơn.docx", office("[Content_Types].xml", "word/document.xml"), DOCX, None),
        ("bảng.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), XLSX, None),
    ],
)
def test_accepted_files_are_known_by_their_content_and_stay_at_their_start(name, content, kind, pages):
    stream = BytesIO(content)

    found = inspect(stream, name)

    assert (found.content_type, found.pages) == (kind, pages)
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("rỗng.pdf", b"", "không có nội dung"),
        ("hỏng.pdf", b"%PDF-1.4\nnothing startxref", "không đọc được"),
        ("cụt.pdf", b"%PDF-1.4\nnothing", "bị cắt ngang"),
        ("mật.pdf", encrypted_pdf(), "mật khẩu"),
        ("chương trình.exe", b"MZ" + bytes(100), "không đúng định dạng cho phép"),
        ("không đuôi", ONE_PAGE, "không đúng định dạng cho phép"),
        ("giả.pdf", picture("PNG"), "không đúng với phần mở rộng"),
        ("giả.png", ONE_PAGE, "không đúng với phần mở rộng"),
        ("trang.pdf", b"<html><script>alert(1)</script></html>", "không đọc được"),
        ("cũ.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "Office cũ"),
        ("nén.docx", office("a.txt"), "không đọc được"),
        ("cắt.png", picture("PNG", (400, 300))[:200], "không đọc được"),
    ],
)
def test_unusable_files_are_refused_with_a_reason_that_names_them(name, content, words):
    with pytest.raises(Refusal, match=words) as refusal:
        inspect(BytesIO(content), name)

    assert name in str(refusal.value)


def test_a_file_over_the_limit_is_refused_with_the_limit(settings):
    settings.UPLOAD_LIMIT_MB = 1
    with pytest.raises(Refusal, match="lớn hơn 1 MB"):
        inspect(BytesIO(ONE_PAGE + bytes(1024 * 1024)), "lớn.pdf")


def test_many_threads_read_pdf_files_at_once():
    found, wrong = [], []

    def read():
        try:
            for _ in range(20):
                found.append(inspect(BytesIO(ONE_PAGE), "a.pdf").pages)
                found.append(bool(previews.thumbnail(BytesIO(ONE_PAGE), PDF)))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(found) == 160


def test_a_preview_is_a_small_picture_or_nothing():
    for content, kind in ((ONE_PAGE, PDF), (picture("PNG", (2000, 900)), "image/png")):
        with Image.open(BytesIO(previews.thumbnail(BytesIO(content), kind))) as image:
            assert image.format == "JPEG"
            assert image.width <= previews.WIDTH
            assert image.height <= previews.HEIGHT
    assert previews.thumbnail(BytesIO(b"PK"), DOCX) is None
    assert previews.thumbnail(BytesIO(b"broken"), "image/png") is None
    assert previews.thumbnail(BytesIO(b"broken"), PDF) is None


def test_the_checksum_is_kept_and_the_same_content_is_refused_in_the_same_place(draft, an, as_actor):
    there = draft.documents.first()
    with there.file.open() as stored:
        content = stored.read()
    kept = StoredFile.objects.count()

    with pytest.raises(Refusal, match="giống hệt"):
        operations.attach(
            dossier=draft, component_id=there.component_id, stream=BytesIO(content), name="lần hai.pdf",
            actor=as_actor(an), at=MONDAY_9AM,
        )  # fmt: skip

    assert StoredFile.objects.count() == kept
    other = draft.documents.exclude(component_id=there.component_id).first()
    operations.attach(
        dossier=draft, component_id=other.component_id, stream=BytesIO(content), name="cùng tệp.pdf",
        actor=as_actor(an), at=MONDAY_9AM,
    )  # fmt: skip
    assert draft.documents.filter(file__sha256=there.file.sha256).count() == 2


def test_an_unknown_component_takes_no_file(draft, an, as_actor):
    with pytest.raises(Refusal, match="không tồn tại"):
        operations.attach(
            dossier=draft, component_id="khong_co", stream=BytesIO(ONE_PAGE), name="a.pdf", actor=as_actor(an), at=MONDAY_9AM
        )  # fmt: skip


def test_the_encrypted_sample_is_really_encrypted():
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(encrypted_pdf())
    assert len(pypdfium2.PdfDocument(encrypted_pdf(), password="bimat")) == 1


def test_a_small_file_that_unfolds_into_a_huge_picture_is_not_unfolded(monkeypatch):
    bomb = picture("PNG", (8000, 6000))
    assert len(bomb) < 200_000

    def unfold(self):
        raise AssertionError("48 million pixels were unfolded")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", unfold)
    assert inspect(BytesIO(bomb), "a.png").content_type == "image/png"
    assert previews.thumbnail(BytesIO(bomb), "image/png") is None
    with pytest.raises(Refusal):
        inspect(BytesIO(picture("PNG", (10_000, 8000))), "a.png")


def test_a_photograph_of_a_telephone_is_a_jpeg():
    content = BytesIO()
    photograph = Image.new("RGB", (40, 30), "white")
    photograph.save(content, "MPO", save_all=True, append_images=[Image.new("RGB", (20, 15))])
    assert inspect(BytesIO(content.getvalue()), "IMG_0001.JPG").content_type == "image/jpeg"
    assert previews.thumbnail(BytesIO(content.getvalue()), "image/jpeg")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_kind_of_picture_has_a_preview(mode):
    content = BytesIO()
    Image.new(mode, (900, 1200)).save(content, "PNG")
    assert previews.thumbnail(BytesIO(content.getvalue()), "image/png")


def test_a_file_that_is_taken_out_is_gone_from_the_disk(draft, an, as_actor, django_capture_on_commit_callbacks):
    document = draft.documents.first()
    path = document.file.path
    with django_capture_on_commit_callbacks(execute=True):
        operations.detach(document=document, actor=as_actor(an), at=MONDAY_9AM)
    assert not StoredFile.objects.filter(path=path).exists()
    assert not default_storage.exists(path)


def test_a_discarded_draft_leaves_no_file_behind(draft, an, as_actor, django_capture_on_commit_callbacks):
    paths = list(draft.documents.values_list("file__path", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        operations.discard_draft(dossier=draft, actor=as_actor(an))
    assert paths
    assert not StoredFile.objects.exists()
    assert not any(default_storage.exists(path) for path in paths)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_twice_at_once_is_there_once(draft, an, as_actor):
    draft.documents.all().delete()
    component = draft.definition.record.components[-1].id
    outcomes = at_once(
        *[
            lambda: operations.attach(
                dossier=draft, component_id=component, stream=BytesIO(ONE_PAGE), name="a.pdf",
                actor=as_actor(an), at=MONDAY_9AM,
            )
        ]
        * 3
    )  # fmt: skip
    assert draft.documents.count() == 1
    assert sum(isinstance(one, Refusal) for one in outcomes) == 2


def test_a_dossier_takes_no_more_files_than_somebody_can_read(draft, an, as_actor, monkeypatch):
    monkeypatch.setattr("motcua.dossiers.operations.papers.MOST_FILES", draft.documents.count())
    with pytest.raises(Refusal, match="gộp các trang"):
        operations.attach(
            dossier=draft, component_id=draft.documents.first().component_id, stream=BytesIO(ONE_PAGE + b"x"),
            name="a.pdf", actor=as_actor(an), at=MONDAY_9AM,
        )  # fmt: skip


def test_a_file_is_on_the_disk_before_its_row_is(monkeypatch, db):
    synced = []
    monkeypatch.setattr("os.fsync", lambda descriptor: synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink())))
    stored = files.store(BytesIO(b"x"), name="a.txt", content_type="text/plain", at=MONDAY_9AM)
    path = default_storage.path(stored.path)
    assert synced[:2] == [path, str(Path(path).parent)]

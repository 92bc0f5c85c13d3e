"""Files that come in pieces, as the tus protocol brings them: begun, continued after a cut, whole, or given up.

A piece counts once it is on the disk and the row says so; what came after the row was written is written again. One
process at a time writes a file: who comes second while a piece is on its way is turned away.
"""

import base64
import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from motcua.dossiers import photos
from motcua.dossiers.models import Document, Dossier, Upload
from motcua.dossiers.operations.papers import attach, check_open_for_papers
from motcua.dossiers.uploads import check_announced
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.time import now

MOST_OPEN = 40  # uploads of one account
KEPT_DAYS = 7  # since the last piece
_BLOCK = 1 << 16  # bytes in memory
_PIECE = 4 << 20  # bytes after which what came counts, whatever follows
_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
CHECKSUMS = tuple(_ALGORITHMS)


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Busy(Refusal):
    """Another request writes this file now."""


class WrongOffset(Refusal):
    """The piece does not begin where the file ends; `offset` bytes are there."""

    def __init__(self, offset: int) -> None:
        super().__init__(_("Tệp đang được tải lên ở một trang khác. Vui lòng chờ hoặc tải lại trang."))
        self.offset = offset


class WrongChecksum(Refusal):
    """What came is not what was sent."""


@transaction.atomic
def begin_upload(
    *,
    dossier: Dossier,
    component_id: str,
    name: str,
    size: int,
    actor: Actor,
    at: datetime,
    purpose: Upload.Purpose = Upload.Purpose.PAPER,
    replaces: int | None = None,
    fingerprint: str = "",
) -> Upload:
    """Announce a file of so many bytes. One that the browser knows again by its fingerprint is continued instead.

    Raises Refusal when it would be refused whole: a wrong type, too large, one too many; NotAllowed; WrongState.
    """
    check_open_for_papers(dossier, component_id, actor)
    check_announced(name, size)
    assert actor.user_id is not None  # only the owner begins
    get_user_model().objects.select_for_update().get(pk=actor.user_id)  # two at once count each other
    mine = Upload.objects.of(actor).filter(expires_at__gt=at)
    if fingerprint:
        there = mine.filter(
            dossier=dossier, component_id=component_id, purpose=purpose, size=size, fingerprint=fingerprint
        ).first()
        if there:
            return there
    if mine.count() >= MOST_OPEN:
        raise NotAllowed(
            _("Đang có %(most)d tệp chưa tải xong. Vui lòng hoàn tất hoặc bỏ bớt các tệp đó.") % {"most": MOST_OPEN}
        )
    brought = dossier.documents.aggregate(total=Sum("file__size"))["total"] or 0
    coming = dossier.uploads.aggregate(total=Sum("size"))["total"] or 0
    if brought + coming + size > settings.DOSSIER_LIMIT_MB << 20:
        raise Refusal(
            _("Tổng dung lượng các tệp của hồ sơ vượt quá %(limit)d MB. Vui lòng giảm dung lượng hoặc gỡ bớt tệp.")
            % {"limit": settings.DOSSIER_LIMIT_MB}
        )
    return Upload.objects.create(
        account_id=actor.user_id,
        dossier=dossier,
        component_id=component_id,
        purpose=purpose,
        replaces=replaces,
        name=name,
        fingerprint=fingerprint,
        size=size,
        begun_at=at,
        expires_at=at + timedelta(days=KEPT_DAYS),
    )


def append(
    *, upload: Upload, offset: int, stream: Readable, length: int, actor: Actor, at: datetime, checksum: str = ""
) -> Upload:
    """Write the next `length` bytes of the stream, or as many as come before it breaks off; `offset` says how far it is.

    `checksum` is "sha1 " or "sha256 " and the digest of this piece in base 64; a piece that differs does not count.
    Raises Busy, WrongOffset, WrongChecksum; Refusal when it does not fit; WrongState when it was given up meanwhile.
    """
    check_open_for_papers(upload.dossier, upload.component_id, actor)
    digest = _digest(checksum)
    with _held(upload) as file:
        _read_again(upload)
        if offset != upload.offset:
            raise WrongOffset(upload.offset)
        if length < 0 or offset + length > upload.size:
            raise Refusal(_("Phần tệp gửi lên dài hơn dung lượng đã báo. Vui lòng chọn lại tệp."))
        file.truncate(offset)  # what came after the row was last written
        file.seek(offset)
        came = 0
        while came < length and (block := _next(stream, min(_BLOCK, length - came))):
            file.write(block)
            came += len(block)
            if digest:
                digest[0].update(block)
            elif offset + came - upload.offset >= _PIECE:
                _count(upload, file, offset + came, at)
        if digest and digest[0].digest() != digest[1]:
            file.truncate(offset)
            if came < length:
                return upload
            raise WrongChecksum(_("Phần tệp nhận được bị sai lệch khi truyền. Hệ thống sẽ nhận lại."))
        _count(upload, file, offset + came, at)
    return upload


def finish_upload(*, upload: Upload, actor: Actor, at: datetime) -> Document | None:
    """Make a paper of a whole upload, which ends with it; None for a photo, which waits to be joined.

    Raises Refusal as `attach` does, and when it is not whole; what was refused for its content is forgotten.
    """
    if upload.purpose == Upload.Purpose.PHOTO:
        return None
    with _held(upload) as file:
        _read_again(upload)
        if not upload.is_whole:
            raise WrongState(_("Tệp %(name)s chưa tải lên xong.") % {"name": upload.name})
        file.truncate(upload.size)
        file.seek(0)
        try:
            document = attach(
                dossier=upload.dossier,
                component_id=upload.component_id,
                stream=file,
                name=upload.name,
                actor=actor,
                at=at,
                replaces=upload.replaces,
                upload=upload,
            )
        except Refusal:
            _forget(upload)
            raise
        _path(upload).unlink(missing_ok=True)
    return document


def join_photos(
    *,
    dossier: Dossier,
    component_id: str,
    pages: Sequence[tuple[IO[bytes], int]],
    name: str,
    actor: Actor,
    at: datetime,
    uploads: Sequence[Upload] = (),
) -> Document:
    """Make one PDF of photos, each turned clockwise by so many degrees, and attach it; `uploads` end with it.

    Raises Refusal as `attach` does, and for what is not a picture.
    """
    check_open_for_papers(dossier, component_id, actor)
    with photos.joined(pages) as paper:
        document = attach(
            dossier=dossier,
            component_id=component_id,
            stream=paper,
            name=name,
            actor=actor,
            at=at,
            source=Document.Source.PHOTOS,
        )
    for upload in uploads:
        _forget(upload)
    return document


def drop_upload(*, upload: Upload, actor: Actor) -> None:
    """Give a file up. Raises NotAllowed when it is somebody else's."""
    if actor.kind != "system" and upload.account_id != actor.user_id:
        raise NotAllowed(_("Ông/Bà không có quyền bỏ tệp này."))
    _forget(upload)


def opened(upload: Upload) -> IO[bytes]:
    """What came of an upload, to be read. Raises FileNotFoundError when the disk has lost it."""
    return _path(upload).open("rb")


def sweep_uploads(*, actor: Actor, at: datetime) -> int:
    """Finish what came whole and was not looked after, forget what has expired; how many of both."""
    swept = 0
    for upload in Upload.objects.filter(expires_at__lte=at):
        _forget(upload)
        swept += 1
    waiting = Upload.objects.filter(offset=F("size"), purpose=Upload.Purpose.PAPER).select_related(
        "dossier__procedure_version"
    )
    for upload in waiting.filter(expires_at__lte=at + timedelta(days=KEPT_DAYS, minutes=-5)):
        try:
            finish_upload(upload=upload, actor=actor, at=at)
        except Busy:
            continue
        except Refusal:
            pass
        swept += 1
    known = {one.hex for one in Upload.objects.values_list("public_id", flat=True)}
    for path in _folder().glob("*"):
        if path.name not in known and at.timestamp() - path.stat().st_mtime > 3600:
            path.unlink(missing_ok=True)
    return swept


def _folder() -> Path:
    try:
        folder = Path(default_storage.path("dang-tai"))
    except NotImplementedError:  # kept files lie elsewhere; what grows must lie here
        folder = Path(settings.VAR) / "dang-tai"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(upload: Upload) -> Path:
    return _folder() / upload.public_id.hex


@contextmanager
def _held(upload: Upload) -> Iterator[IO[bytes]]:
    """The file that grows, for this process alone; a process that dies lets go of it. Raises Busy."""
    descriptor = os.open(_path(upload), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(_("Tệp đang được tải lên ở một trang khác. Vui lòng chờ hoặc tải lại trang.")) from None
        yield file


def _read_again(upload: Upload) -> None:
    """Bring the row up to date, and believe it no more than the disk. Raises WrongState when it has gone."""
    offset = Upload.objects.filter(pk=upload.pk).values_list("offset", flat=True).first()
    if offset is None:
        _path(upload).unlink(missing_ok=True)
        raise WrongState(_("Việc tải tệp này đã kết thúc. Vui lòng chọn lại tệp."))
    there = _path(upload).stat().st_size
    if there < offset:  # the disk has lost some of it
        Upload.objects.filter(pk=upload.pk).update(offset=there)
        offset = there
    upload.offset = offset


def _next(stream: Readable, most: int) -> bytes:
    """The next bytes; none when the line is cut."""
    try:
        return stream.read(most)
    except OSError:
        return b""


def _count(upload: Upload, file: IO[bytes], offset: int, at: datetime) -> None:
    """Let what was written count, once it is on the disk."""
    if offset == upload.offset:
        return
    file.flush()
    os.fdatasync(file.fileno())
    expires_at = max(at, now()) + timedelta(days=KEPT_DAYS)
    Upload.objects.filter(pk=upload.pk).update(offset=offset, expires_at=expires_at)
    upload.offset, upload.expires_at = offset, expires_at


def _forget(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).delete()
    _path(upload).unlink(missing_ok=True)


def _digest(checksum: str) -> "tuple[hashlib._Hash, bytes] | None":
    if not checksum:
        return None
    name, _space, text = checksum.partition(" ")
    try:
        return _ALGORITHMS[name](), base64.b64decode(text, validate=True)
    except (KeyError, ValueError):
        raise WrongChecksum(_("Hệ thống không đọc được mã kiểm tra của phần tệp.")) from None

"""Keeping files: streamed, hashed, and counted only when complete and on the disk."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from motcua.foundation.errors import Refusal
from motcua.foundation.models import StoredFile


class _Hashing(File):
    """A stream that knows its length and checksum once it was read."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        super().__init__(stream, name)
        self.stream = stream
        self.digest = hashlib.sha256()
        self.length = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while block := self.stream.read(chunk_size or 1 << 18):
            self.digest.update(block)
            self.length += len(block)
            yield block

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        return True


def store(stream: IO[bytes], *, name: str, content_type: str, at: datetime) -> StoredFile:
    """Keep what is left of the stream and return its row, with size in bytes and SHA-256.

    Raises Refusal when the stream is empty; nothing is kept then.
    """
    content = _Hashing(stream, name)
    key = uuid.uuid4()
    path = default_storage.save(f"{at:%Y/%m/%d}/{key.hex}", content)
    if not content.length:
        default_storage.delete(path)
        raise Refusal(
            _("Tệp %(name)s không đọc được hoặc không có nội dung. Vui lòng chọn tệp khác.") % {"name": name}
        )
    _wait_for_the_disk(path)
    return StoredFile.objects.create(
        id=key,
        name=name,
        path=path,
        size=content.length,
        sha256=content.digest.hexdigest(),
        content_type=content_type,
        stored_at=at,
    )


@transaction.atomic
def remove(stored: StoredFile) -> None:
    """Forget a file unless something still refers to it: its row now, its content once that is committed.

    Who makes another row refer to a kept file locks it first, by `hold`.
    """
    held = hold(stored.pk)
    if held is None:
        return
    try:
        held.delete()
    except ProtectedError:
        return
    transaction.on_commit(lambda: default_storage.delete(held.path), robust=True)


def hold(pk: uuid.UUID) -> StoredFile | None:
    """The kept file, staying until the transaction ends; None when it has gone."""
    return StoredFile.objects.select_for_update().filter(pk=pk).first()


def _wait_for_the_disk(path: str) -> None:
    """Return when the file outlives a power cut, as the row that names it does."""
    try:
        file = Path(default_storage.path(path))
    except NotImplementedError:  # a store elsewhere promises this by itself
        return
    for each in (file, file.parent, file.parent.parent):  # the day's folder may be new as well
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

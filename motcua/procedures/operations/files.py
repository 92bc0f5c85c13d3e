"""Files that drafts and versions name by their checksum: empty forms to download."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from motcua.foundation import files
from motcua.foundation.models import StoredFile
from motcua.procedures.definition import Definition, template_path
from motcua.procedures.models import PackageFile

_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
}


def keep_package_file(*, stream: IO[bytes], name: str, at: datetime) -> str:
    """Keep a file that drafts and versions may name by the SHA-256 that comes back. Raises Refusal when it is empty."""
    content_type = _TYPES.get(Path(name).suffix, "application/octet-stream")
    stored = files.store(stream, name=name, content_type=content_type, at=at)
    kept, made = PackageFile.objects.get_or_create(sha256=stored.sha256, defaults={"file": stored})
    if not made:
        files.remove(stored)
    return kept.sha256


def keep_templates(*, definition: Definition, folder: Path, at: datetime) -> None:
    """Keep the files of a folder that its definition names and that are not kept yet. One query when all are."""
    if not definition.templates:
        return
    known = set(template_files(definition))
    for name in definition.templates.keys() - known:
        content = template_path(folder, name).read_bytes()
        keep_package_file(stream=BytesIO(content), name=name, at=at)


def template_files(definition: Definition) -> dict[str, StoredFile]:
    """The files to download of a procedure, by name; one query."""
    rows = PackageFile.objects.select_related("file").filter(sha256__in=definition.templates.values())
    kept = {row.sha256: row.file for row in rows}
    return {name: kept[sha256] for name, sha256 in definition.templates.items() if sha256 in kept}

"""A procedure leaves and comes as a ZIP; what comes is trusted in nothing."""

import zipfile
from io import BytesIO

import pytest

from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.procedures import operations
from motcua.procedures.archives import pack, unpack
from motcua.procedures.definition import read_folder
from motcua.procedures.tests.conftest import AT, CONTROLLER, FILES


def zipped(files, mode=zipfile.ZIP_DEFLATED):
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", mode) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return BytesIO(kept.getvalue())


def test_what_was_packed_unpacks_to_the_same_procedure(definition, tmp_path):
    folder = unpack(BytesIO(pack(definition, {})), tmp_path)
    assert folder.name == "2.009999"
    assert read_folder(folder) == (definition, [])
    assert pack(definition, {}) == pack(definition, {})


def test_a_folder_may_stand_at_the_top_or_within_another_with_litter(tmp_path):
    files = {f"goi/{name}": text for name, text in FILES.items()} | {"__MACOSX/goi/._form.yaml": "x"}
    folder = unpack(zipped(files), tmp_path)
    assert read_folder(folder)[1] == []


GOOD = {"procedure.yaml": 'number: "2.009999"'}


def linked():
    """A link that points out of the archive."""
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("procedure.yaml", "x")
        entry = zipfile.ZipInfo("form.yaml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return BytesIO(kept.getvalue())


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (BytesIO(b"not a zip"), "Không đọc được"),
        (zipped({}), "procedure.yaml"),
        (zipped({"a/form.yaml": "x"}), "procedure.yaml"),
        (zipped({**GOOD, "../out.yaml": "x"}), "đường dẫn"),
        (zipped({**GOOD, "/etc/out.yaml": "x"}), "đường dẫn"),
        (zipped({**GOOD, "papers\\..\\out": "x"}), "đường dẫn"),
        (zipped({**GOOD, "C:out": "x"}), "đường dẫn"),
        (zipped({**GOOD, "a/b/c/d/e": "x"}), "đường dẫn"),
        (linked(), "đường dẫn"),
        (zipped({**GOOD, **{f"tests/{n}.yaml": "" for n in range(200)}}), "quá nhiều"),
        (zipped({**GOOD, "papers/bomb.typ": b"\0" * 50_000_000}), "quá lớn"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_archive_that_is_none_is_refused_and_nothing_leaves_its_place(archive, message, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(Refusal, match=message):
        unpack(archive, root)
    assert list(tmp_path.iterdir()) == [root]


@pytest.mark.django_db
def test_a_folder_with_mistakes_becomes_no_draft(package):
    with pytest.raises(operations.BadPackage) as refusal:
        operations.start_from_folder(
            folder=package(edits={"fees.yaml": ("amount: 150000,", "")}), actor=CONTROLLER, at=AT
        )
    assert len(refusal.value.mistakes) == 1
    with pytest.raises(NotAllowed):
        operations.start_from_folder(folder=package(), actor=Actor.anonymous(), at=AT)
    assert operations.start_from_folder(folder=package(), actor=CONTROLLER, at=AT).mistakes == 0

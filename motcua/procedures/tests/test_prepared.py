"""Versions for later lie in the catalogue's folder without being imported by themselves."""

from django.conf import settings

from motcua.procedures.definition import package_folders, read_folder

PROCEDURES = settings.ROOT / "procedures"


def test_a_version_for_later_is_left_out_unless_it_is_asked_for_or_named(package, tmp_path):
    now = package("2.009999")
    later = now.rename(tmp_path / "now").parent / "prepared" / "standards"
    later.mkdir(parents=True)
    prepared = package("2.009999").rename(later / "2.009999")

    assert package_folders(tmp_path) == [tmp_path / "now"]
    assert package_folders(tmp_path, prepared=True) == [tmp_path / "now", prepared]
    assert package_folders(tmp_path / "prepared") == [prepared]
    assert package_folders(prepared) == [prepared]


def test_the_guides_procedure_stays_open_and_its_move_is_ready():
    folders = {folder.parent.parent.name == "prepared": folder
               for folder in package_folders(PROCEDURES, prepared=True) if folder.name == "2.001207"}  # fmt: skip
    (now, _), (later, _) = read_folder(folders[False]), read_folder(folders[True])
    assert now is not None and later is not None
    assert now.is_filed_here
    assert (later.record.kind, later.record.elsewhere.url) == ("filed_elsewhere", "https://nqi.gov.vn")

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, transaction

from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal
from motcua.foundation.models import Event
from motcua.procedures import operations
from motcua.procedures.models import CatalogueStamp, MissedQuery, Procedure, ProcedureVersion, Sector, Synonym
from motcua.procedures.tests.conftest import AT, CONTROLLER

pytestmark = pytest.mark.django_db

NEW_NAME = {"procedure.yaml": ("name: Khai báo máy đo độ ồn\n", "name: Khai báo máy đo độ rung\n")}
CITIZEN = Actor("citizen", "1", "Nguyễn An")


def import_folder(folder, actor=CONTROLLER):
    return operations.import_folder(folder=folder, actor=actor, at=AT)


def test_an_import_makes_a_version_that_lists_can_show(package):
    imported = import_folder(package())
    assert imported.is_new
    procedure = Procedure.objects.for_list().get()
    assert (procedure.number, procedure.level, procedure.kind) == ("2.009999", "full", "filed_here")
    assert procedure.agencies == ["H34.12"]
    assert procedure.subjects == ["citizen", "business"]
    assert procedure.sector.name == "Tiêu chuẩn đo lường chất lượng"
    assert procedure.current == imported.version
    assert imported.version.version == 1
    assert imported.version.definition.component("phieu").form
    event = Event.objects.get(type="procedure.imported")
    assert event.subject == f"procedure:{procedure.pk}"
    assert event.actor_name == CONTROLLER.name


def test_importing_the_same_again_changes_nothing(package):
    first = import_folder(package())
    stamp = CatalogueStamp.now()
    again = import_folder(package())
    assert not again.is_new
    assert again.version == first.version
    assert CatalogueStamp.now() == stamp
    assert Event.objects.filter(type="procedure.imported").count() == 1


def test_a_comment_is_no_new_version(package):
    import_folder(package())
    edits = {"procedure.yaml": ("format: 2", "# as reviewed\nformat: 2")}
    assert not import_folder(package(edits=edits)).is_new


def test_a_change_is_a_new_version_and_the_old_one_stays(package):
    old = import_folder(package()).version
    new = import_folder(package(edits=NEW_NAME)).version
    assert (old.version, new.version) == (1, 2)
    assert Procedure.objects.get().current == new
    assert Procedure.objects.get().name == "Khai báo máy đo độ rung"
    assert ProcedureVersion.objects.get(version=1).definition.name == "Khai báo máy đo độ ồn"
    assert import_folder(package()).version.version == 3


def test_a_bad_folder_is_refused_whole(package):
    with pytest.raises(operations.BadPackage, match="1 lỗi") as refusal:
        import_folder(package(edits={"fees.yaml": ("amount: 150000,", "")}))
    assert len(refusal.value.mistakes) == 1
    assert not Procedure.objects.exists()


def test_an_example_that_does_not_hold_stops_the_import(package):
    with pytest.raises(operations.BadPackage):
        import_folder(package(edits={"tests/doanh_nghiep.yaml": ("fee_vnd: 210000", "fee_vnd: 1")}))


def test_a_citizen_cannot_import(package):
    with pytest.raises(NotAllowed):
        import_folder(package(), actor=CITIZEN)
    assert not Sector.objects.exists()


@pytest.mark.parametrize("change", [{"content": {}}, {"digest": "x"}, {"version": 9}, {"name": "x"}])
def test_a_version_never_changes(package, change):
    version = import_folder(package()).version
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ProcedureVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ProcedureVersion.objects.filter(pk=version.pk)._raw_delete("default")


def test_a_definition_is_parsed_once(package, django_assert_num_queries):
    version = import_folder(package()).version
    parsed = version.definition
    with django_assert_num_queries(1):
        assert ProcedureVersion.objects.defer("content").get(pk=version.pk).definition is parsed


@pytest.mark.parametrize(
    "change",
    [{"number": "2.1"}, {"kind": "here"}, {"level": "4"}],
)
def test_a_procedure_keeps_its_shape(package, change):
    import_folder(package())
    with pytest.raises(IntegrityError), transaction.atomic():
        Procedure.objects.update(**change)


def test_a_version_number_is_given_once(package):
    version = import_folder(package()).version
    common = {"procedure": version.procedure, "name": "x", "digest": "x", "content": {}, "imported_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcedureVersion.objects.create(version=1, **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcedureVersion.objects.create(version=0, **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        day = AT.date()
        ProcedureVersion.objects.create(version=2, valid_from=day, valid_to=day - timedelta(days=1), **common)


def test_there_is_one_stamp(package):
    import_folder(package())
    with pytest.raises(IntegrityError), transaction.atomic():
        CatalogueStamp.objects.create(pk=2, stamp=uuid.uuid4())


def test_filings_are_counted_for_the_most_used(package):
    import_folder(package())
    import_folder(package("2.009998"))
    operations.count_filing(procedure=Procedure.objects.get(number="2.009999"))
    assert [p.number for p in Procedure.objects.most_filed()] == ["2.009999", "2.009998"]


# Synonyms and missed queries


def test_a_synonym_is_set_changed_removed_and_not_brought_back(tmp_path):
    synonym = operations.set_synonym(
        term="Máy  Ồn", replacements=["máy đo độ ồn", ""], actor=CONTROLLER, at=AT
    )
    assert (synonym.term, synonym.replacements) == ("Máy Ồn", ["máy đo độ ồn"])
    operations.set_synonym(term="may on", replacements=["máy đo"], actor=CONTROLLER, at=AT)
    assert Synonym.objects.get().replacements == ["máy đo"]
    operations.remove_synonym(synonym=synonym, actor=CONTROLLER, at=AT)
    assert not Synonym.objects.in_use().exists()
    path = tmp_path / "synonyms.yaml"
    path.write_text("máy ồn: [máy]\nCCCD: căn cước\n", encoding="utf-8")
    assert operations.seed_synonyms(path=path, actor=Actor.system("test"), at=AT) == 1
    assert operations.seed_synonyms(path=path, actor=Actor.system("test"), at=AT) == 0
    assert [synonym.term for synonym in Synonym.objects.in_use()] == ["CCCD"]
    kinds = list(Event.objects.order_by("id").values_list("type", flat=True))
    assert kinds == ["synonym.added", "synonym.changed", "synonym.removed", "synonym.seeded"]


def test_an_empty_synonym_is_refused():
    with pytest.raises(Refusal):
        operations.set_synonym(term=" ", replacements=["x"], actor=CONTROLLER, at=AT)
    with pytest.raises(Refusal):
        operations.set_synonym(term="x", replacements=["X", " "], actor=CONTROLLER, at=AT)
    with pytest.raises(NotAllowed):
        operations.set_synonym(term="x", replacements=["y"], actor=CITIZEN, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Synonym.objects.create(term="x", term_key="x", replacements=[])


def test_missed_queries_are_counted_by_day_and_without_numbers_of_people(django_assert_num_queries):
    with django_assert_num_queries(1):
        operations.note_missed_query(text="Xin  PHÉP", at=AT)
    operations.note_missed_query(text="xin phep", at=AT)
    operations.note_missed_query(text="001190000001", at=AT)
    operations.note_missed_query(text="", at=AT)
    operations.note_missed_query(text="xin phep", at=AT + timedelta(days=1))
    assert list(MissedQuery.objects.order_by("day").values_list("text", "times")) == [
        ("xin phep", 2),
        ("xin phep", 1),
    ]


# The command


def test_the_command_checks_and_imports(package):
    folder = package()
    (folder.parent / "synonyms.yaml").write_text("máy ồn: [máy đo độ ồn]\n", encoding="utf-8")
    package("2.009998")
    out = StringIO()
    call_command("procedures", "check", str(folder.parent), stdout=out)
    assert out.getvalue() == "2 procedures, 0 mistakes.\n"
    call_command("procedures", "import", str(folder.parent), stdout=out)
    assert "1 synonyms added.\n2 procedures read, 2 new versions.\n" in out.getvalue()


def test_the_command_says_mistakes_and_ends_with_1(package):
    good, bad = package(), package("2.009998", edits={"form.yaml": ("type: phone", "type: fon")})
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("procedures", "check", str(good.parent), stdout=out)
    assert error.value.returncode == 1
    assert f"{bad}/form.yaml:12: " in out.getvalue()
    with pytest.raises(CommandError, match="Not imported"):
        call_command("procedures", "import", str(good.parent), stdout=out)
    assert [procedure.number for procedure in Procedure.objects.all()] == ["2.009999"]


def test_the_command_wants_a_folder_with_procedures(tmp_path):
    with pytest.raises(CommandError, match=r"no procedure.yaml"):
        call_command("procedures", "check", str(tmp_path))


def test_the_catalogue_that_comes_along_imports():
    out = StringIO()
    call_command("procedures", "import", stdout=out)
    count = Procedure.objects.published().count()
    assert f"{count} procedures read, {count} new versions." in out.getvalue()
    assert Synonym.objects.count() > 150
    call_command("procedures", "import", stdout=out)
    assert f"{count} procedures read, 0 new versions." in out.getvalue()
    assert ProcedureVersion.objects.count() == count

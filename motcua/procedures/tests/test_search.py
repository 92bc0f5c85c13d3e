import threading
from pathlib import Path

import pytest
import yaml

from motcua.foundation.vietnamese import fold
from motcua.procedures import operations, search
from motcua.procedures.definition import package_folders, read_folder
from motcua.procedures.models import CatalogueStamp
from motcua.procedures.search import Hit, Snapshot, build, without_telex
from motcua.procedures.tests.conftest import AT, CONTROLLER

PROCEDURES = Path(__file__).resolve().parents[3] / "procedures"


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """The real catalogue with the real synonyms, without a database."""
    rows = []
    for folder in package_folders(PROCEDURES):
        definition, mistakes = read_folder(folder)
        assert definition is not None, mistakes
        record = definition.record
        hit = Hit(0, 0, record.number, record.name, record.short_name, record.summary, record.sector.code,
                  record.sector.name, record.kind, record.service_level, record.agencies.implementing,
                  tuple(record.subjects))  # fmt: skip
        rows.append((hit, fold(definition.search_text)))
    return build(rows, yaml.safe_load((PROCEDURES / "synonyms.yaml").read_text(encoding="utf-8")), None)


def numbers(snapshot, text, **wanted):
    return [hit.number for hit in snapshot.search(text, wanted, offset=0, limit=20).hits]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("công bố hợp chuẩn tự đánh giá", "2.001207"),
        ("cong bo hop chuan tu danh gia", "2.001207"),
        ("CÔNG BỐ HỢP CHUẨN (TỰ ĐÁNH GIÁ)", "2.001207"),
        ("cong bo hop chaun tu danh gia", "2.001207"),
        ("coong boos howpj chuaanr tuwj ddanhs gias", "2.001207"),
        ("2.001207", "2.001207"),
        ("2.001207.000.00.00.H34", "2.001207"),
        ("2001207", "2.001207"),
        ("2,001207", "2.001207"),
        ("2.002385", "2.002131"),  # an old code
        ("001207", "2.001207"),  # the first digit is missing
        ("mã thủ tục 2.001207", "2.001207"),
        ("xin giấy phép máy chụp x quang", "2.002380"),
        ("may xquang", "2.002131"),
        ("tôi muốn dán tem hợp quy", "2.001277"),
        ("CCNVBX", "2.002379"),
        ("trung tâm R&D", "1.014393"),
        ("bản quyền nghiên cứu", "1.004473"),
        ("chứng chỉ nhân viên b", "2.002379"),
        ("congbo hopchuan tu danhgia", "2.001207"),  # words run together
        ("CCNVBX lần đầu", "2.002379"),
        ("GPTHCVBX", "2.002380"),  # initials that nobody listed
    ],
)
def test_people_find_what_they_mean(snapshot, text, number):
    assert number in numbers(snapshot, text)[:3]


def test_looser_hits_fill_up_after_the_strict_ones(snapshot):
    found = snapshot.search("đăng ký công bố hợp chuẩn tự đánh giá", {}, offset=0, limit=20)

    assert found.hits[0].number == "2.001207"
    assert "2.001209" in [hit.number for hit in found.hits]  # lacks a word or two, and is what one may have meant


def test_without_text_all_come_in_the_order_given(snapshot):
    first = [hit.number for hit in snapshot.hits[:20]]
    assert numbers(snapshot, "  ") == first
    assert numbers(snapshot, "!?") == first


def test_nonsense_finds_nothing(snapshot):
    results = snapshot.search("zzzzqq wwwwkk", {}, offset=0, limit=20)
    assert (results.hits, results.total) == ([], 0)
    assert results.facets["level"] == {}


def test_filters_keep_and_facets_count(snapshot):
    everything = snapshot.search("", {}, offset=0, limit=20)
    assert everything.total == len(snapshot.hits) == sum(everything.facets["level"].values())
    level = {"level": "information"}
    some = snapshot.search("", level, offset=0, limit=20)
    assert {hit.level for hit in some.hits} == {"information"}
    assert some.total == everything.facets["level"]["information"]
    assert some.facets["level"] == everything.facets["level"]  # what another choice would find
    assert sum(some.facets["sector"].values()) == some.total
    assert numbers(snapshot, "", agency="H99.99") == []
    for hit in snapshot.search("", {"subject": "citizen", **level}, offset=0, limit=20).hits:
        assert "citizen" in hit.subjects


def test_pages_follow_each_other(snapshot):
    first = snapshot.search("khoa học", {}, offset=0, limit=2)
    second = snapshot.search("khoa học", {}, offset=2, limit=2)
    whole = snapshot.search("khoa học", {}, offset=0, limit=4)
    assert first.hits + second.hits == whole.hits
    assert first.total == whole.total


@pytest.mark.parametrize(
    "text",
    ["'\"\\(){}[]*?~^:+-!&|", "a" * 5000, "x " * 5000, "\x00", "\ud800", "9" * 50, "AND OR NOT", "1.", "đ"],
)
def test_no_text_breaks_the_search(snapshot, text):
    snapshot.search(text, {}, offset=0, limit=20)
    snapshot.search(text, {"sector": text}, offset=10_000, limit=1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ddangw", "dang"), ("kys", "ky"), ("chuaanr", "chuan"), ("dduowngf", "duong"), ("truwowngf", "truong"), ("giaays", "giay"),
     ("buwcs", "buc"), ("hopwj", "hop"), ("nghieepj", "nghiep"), ("dang", None), ("gas", "ga"), ("iso", None), ("html", None)],
)  # fmt: skip
def test_telex_letters_are_undone(typed, meant):
    assert without_telex(typed) == meant


# With the database


@pytest.mark.django_db
def test_an_import_is_found_and_a_synonym_helps(package, django_capture_on_commit_callbacks):
    assert search.search("máy đo").total == 0
    with django_capture_on_commit_callbacks(execute=True):
        operations.import_folder(folder=package(), actor=CONTROLLER, at=AT)
    [hit] = search.search("may do do on").hits
    assert (hit.number, hit.display_name, hit.sector_name) == (
        "2.009999", "Khai báo máy đo", "Tiêu chuẩn đo lường chất lượng",
    )  # fmt: skip
    assert search.search("tiếng kêu").total == 0
    with django_capture_on_commit_callbacks(execute=True):
        operations.set_synonym(term="tiếng kêu", replacements=["khai báo máy đo"], actor=CONTROLLER, at=AT)
    assert search.search("tiếng kêu", agency="H34.12", level="full").total == 1
    assert search.search("tiếng kêu", agency="H34.13").total == 0


@pytest.mark.django_db
def test_another_process_sees_a_change_after_two_seconds(package, monkeypatch, django_assert_num_queries):
    operations.import_folder(folder=package(), actor=CONTROLLER, at=AT)
    assert search.search("").total == 1
    CatalogueStamp.objects.update(stamp="00000000-0000-0000-0000-000000000000")
    operations.import_folder(folder=package("2.009998"), actor=CONTROLLER, at=AT)
    with django_assert_num_queries(0):
        assert search.search("").total == 1
    monkeypatch.setattr(search, "_LOOK_EVERY_SECONDS", 0)
    assert search.search("").total == 2
    with django_assert_num_queries(1):
        assert search.search("").total == 2


def test_many_threads_may_search_at_once(snapshot):
    failures = []

    def look():
        try:
            for _ in range(50):
                assert numbers(snapshot, "cong bo hop chuan")[0] in ("2.001207", "2.001209")
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []

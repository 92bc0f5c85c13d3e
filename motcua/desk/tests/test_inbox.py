"""The inbox: what is on whose table, found, filtered, paged and counted."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.accounts.middleware import actor_of
from motcua.agencies.models import Role
from motcua.desk import inbox
from motcua.desk.inbox import ENDED_TAB, EVERYTHING, MINE, STATES, TABS, Filters, read_place
from motcua.desk.tests.conftest import NOW
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier
from tests.cast import MONDAY_9AM

DAY = timedelta(days=1)
_BY_KEY = {tab.key: tab for tab in TABS}


def codes(answer) -> list[str]:
    """The codes of the dossiers in a list, in its order."""
    return re.findall(r'desk-list__link" href="/can-bo/ho-so/([^/"]+)/"', answer.content.decode())


def test_each_officer_finds_just_what_waits_for_him(at_stage, officers, as_user):
    waiting = {
        "binh": at_stage("submitted"),
        "ha": at_stage("accepted"),
        "chi": at_stage("appraise"),
        "dung": at_stage("approve"),
        "van": at_stage("stamp"),
        "yen": at_stage("return"),
    }
    at_stage("supplement")
    at_stage("returned")
    for name, dossier in waiting.items():
        assert codes(as_user(officers[name]).get("/can-bo/")) == [dossier.code], name


def test_a_dossier_given_to_a_colleague_is_not_my_task(at_stage, hire, department, as_user):
    at_stage("appraise")
    khoi = hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)
    assert codes(as_user(khoi).get("/can-bo/")) == []


@pytest.mark.parametrize(
    "stage, key",
    [
        ("submitted", "tiep-nhan"),
        ("supplement", "bo-sung"),
        ("accepted", "dang-xu-ly"),
        ("approve", "dang-xu-ly"),
        ("return", "cho-tra"),
        ("returned", "ket-thuc"),
    ],
)
def test_a_dossier_stands_in_the_list_of_its_state_and_in_no_other(at_stage, ha, as_user, stage, key):
    dossier = at_stage(stage)
    for tab in STATES:
        if tab is not EVERYTHING:
            assert codes(as_user(ha).get(f"/can-bo/?muc={tab.key}")) == (
                [dossier.code] if tab.key == key else []
            )


def test_a_wish_to_withdraw_waits_for_the_counter(at_stage, binh, an, as_actor, as_user):
    dossier = at_stage("appraise")
    assert codes(as_user(binh).get("/can-bo/")) == []
    operations.request_withdrawal(dossier=dossier, reason="Đổi ý", actor=as_actor(an), at=NOW)
    answer = as_user(binh).get("/can-bo/")
    assert codes(answer) == [dossier.code]
    assert "Đề nghị rút" in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "nguyễn văn an",
        "nguyen an",
        "NGUYEN",
        "0905123456",
        "0905 123 456",
        "062090001234",
        "{suffix}",
        "{start}",
    ],
)
def test_a_dossier_is_found_by_whatever_one_knows_of_it(at_stage, binh, as_user, text):
    dossier = at_stage("appraise")
    words = text.format(suffix=dossier.code[-11:], start=dossier.code[:10])
    assert codes(as_user(binh).get("/can-bo/", {"q": words})) == [dossier.code]


@pytest.mark.parametrize("text", ["Trần Văn Bê", "&|!'\"\\:*()", "<->", "%", "0000000000"])
def test_a_search_that_finds_nothing_says_so_and_never_fails(at_stage, binh, as_user, text):
    at_stage("submitted")
    answer = as_user(binh).get("/can-bo/", {"q": text})
    assert codes(answer) == []
    assert "Không có hồ sơ nào khớp" in answer.content.decode()


def test_a_whole_code_leads_to_its_dossier(at_stage, binh, giang, as_user):
    dossier = at_stage("submitted")
    address = reverse("desk:dossier", args=[dossier.code])
    assert as_user(binh).get("/can-bo/", {"q": f" {dossier.code.lower()} "})["Location"] == address
    assert as_user(giang).get("/can-bo/", {"q": dossier.code}).status_code == 200


def test_filters_keep_what_is_asked_for(at_stage, chi, ha, as_user):
    given, waiting = at_stage("appraise"), at_stage("accepted")
    browser = as_user(ha)

    def listed(**asked):
        return codes(browser.get("/can-bo/", {"muc": "dang-xu-ly", **asked}))

    assert set(listed()) == {given.code, waiting.code}
    assert listed(nguoi=str(chi.pk)) == [given.code]
    assert listed(nguoi="chua") == [waiting.code]
    assert listed(**{"thu-tuc": "2.001207"}) == listed()
    assert listed(**{"thu-tuc": "2.001209"}) == []
    assert listed(**{"don-vi": "H34.01"}) == listed()
    assert listed(**{"don-vi": "H34.05"}) == []
    assert listed(**{"qua-han": "1"}) == []
    Dossier.objects.filter(pk=given.pk).update(
        accepted_at=NOW - 9 * DAY, clock_started_at=NOW - 9 * DAY, due_at=NOW - DAY
    )
    assert listed(**{"qua-han": "1"}) == [given.code]
    assert "Quá hạn" in browser.get("/can-bo/?muc=dang-xu-ly&qua-han=1").content.decode()


@pytest.mark.parametrize(
    "asked", ["muc=la", "nguoi=x", "nguoi=²", "sau=x", "sau=_", "truoc=nan_1", "sau=1e99_1", "qua-han=x"]
)
def test_an_address_that_nobody_can_read_gives_the_inbox(asked, binh, as_user):
    assert as_user(binh).get(f"/can-bo/?{asked}").status_code == 200


def test_the_nearest_deadline_stands_first(file_another, binh, as_user):
    late, soon = file_another(MONDAY_9AM + 2 * timedelta(hours=1)), file_another(MONDAY_9AM)
    assert codes(as_user(binh).get("/can-bo/?muc=tiep-nhan")) == [soon.code, late.code]


def test_the_clock_of_intake_counts_working_time(file_another, binh, as_user):
    file_another(
        MONDAY_9AM
    )  # eight working hours from nine on: until nine on Tuesday, lunch and night left out
    assert "Còn 4 giờ làm việc" in as_user(binh).get("/can-bo/?muc=tiep-nhan").content.decode()
    file_another(MONDAY_9AM - 3 * DAY)
    assert "Quá hạn" in as_user(binh).get("/can-bo/?muc=tiep-nhan").content.decode()


def test_an_unpaid_dossier_says_so_in_the_list(at_stage, binh, as_user):
    at_stage("unpaid")
    assert "Chưa nộp phí" in as_user(binh).get("/can-bo/").content.decode()


@pytest.mark.parametrize("key", ["tiep-nhan", "ket-thuc", "tat-ca"])
def test_paging_by_key_shows_every_dossier_once_forwards_and_back(file_another, binh, key):
    for _time in range(5):  # all at the same moment: the key decides
        dossier = file_another()
        if key == "ket-thuc":
            operations.refuse(
                dossier=dossier, reason="x", basis="x", advice="", actor=actor_of(binh), at=MONDAY_9AM
            )
    filters = Filters.read({"muc": key, "q": "nguyen" if key == "tat-ca" else ""})
    everything = [one.pk for one in inbox.page(actor_of(binh), filters, NOW, size=9).rows]
    assert len(everything) == 5

    def page(address: str) -> inbox.Page:
        asked = dict(part.split("=") for part in address.removeprefix("?").split("&") if part)
        return inbox.page(actor_of(binh), filters, NOW, read_place(asked), size=2)

    first = page("")
    second = page(first.next)
    third = page(second.next)
    assert [one.pk for part in (first, second, third) for one in part.rows] == everything
    assert (first.previous, third.next) == ("", "")
    assert page(third.previous).rows == second.rows
    assert page(page(third.previous).previous).rows == first.rows


def test_counts_stop_at_a_hundred(at_stage, binh, as_user, monkeypatch):
    monkeypatch.setattr("motcua.desk.inbox.counting.MOST_COUNTED", 2)
    monkeypatch.setattr("motcua.desk.views.inbox.MOST_COUNTED", 2)
    for _time in range(3):
        at_stage("submitted")
    assert ">1+<" in as_user(binh).get("/can-bo/").content.decode()


@pytest.mark.parametrize("key", [tab.key for tab in TABS] + ["tat-ca"])
def test_a_list_says_what_to_do_when_it_is_empty(key, binh, as_user):
    tab = _BY_KEY.get(key, EVERYTHING)
    answer = as_user(binh).get("/can-bo/", {"muc": key, "q": "không ai" if tab is EVERYTHING else ""})
    said = "Không có hồ sơ nào khớp" if tab is EVERYTHING else str(tab.empty)
    assert said in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 25])
@pytest.mark.parametrize("key", ["viec", "tiep-nhan", "ket-thuc"])
def test_a_list_costs_the_same_few_queries_however_long(
    at_stage, binh, as_user, django_assert_max_num_queries, rows, key
):
    dossier = at_stage("submitted" if key != "ket-thuc" else "returned")
    _copies(dossier, rows - 1)
    browser = as_user(binh)
    with django_assert_max_num_queries(18):  # units and procedures of the rows by themselves: shared, they are made once
        answer = browser.get("/can-bo/", {"muc": key})
    assert len(codes(answer)) == rows


def _copies(dossier: Dossier, count: int) -> None:
    """More rows of the same kind, faster than through their whole life: only for counting queries."""
    tasks = list(dossier.tasks.all())
    for number in range(count):
        copy = Dossier.objects.get(pk=dossier.pk)
        copy.pk, copy.code, copy.search = None, f"{dossier.code[:-4]}{5000 + number}", None
        copy._state.adding = True
        copy.public_id = __import__("uuid").uuid4()
        copy.save()
        for task in tasks:
            task.pk, task.dossier, task._state.adding = None, copy, True
            task.save()


def test_the_next_dossier_is_the_first_of_mine_but_this_one(file_another, binh):
    first, second = file_another(MONDAY_9AM), file_another(MONDAY_9AM + timedelta(hours=1))
    assert inbox.next_of(actor_of(binh), NOW, first) == second
    assert inbox.next_of(actor_of(binh), NOW, second) == first


def test_ended_dossiers_are_not_searched_under_mine(at_stage, binh):
    at_stage("returned")
    assert not inbox.dossiers(actor_of(binh), Filters(tab=MINE), NOW).exists()
    assert inbox.dossiers(actor_of(binh), Filters(tab=ENDED_TAB), NOW).exists()

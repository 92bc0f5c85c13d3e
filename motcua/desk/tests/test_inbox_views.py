"""The inbox as a tool: lists of work, what is new, views that are kept and shared, scanning, and tables to take away."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from openpyxl import load_workbook

from motcua.accounts.middleware import actor_of
from motcua.agencies.models import Role
from motcua.desk import inbox
from motcua.desk.inbox import TABS, Filters, read_place
from motcua.desk.tests.conftest import NOW
from motcua.desk.tests.test_inbox import codes
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier, Reading, SavedView
from motcua.foundation.errors import NotAllowed
from motcua.papers.models import Paper
from tests.cast import MONDAY_9AM

STAGES = ["unpaid", "submitted", "supplement", "withdrawal", "accepted", "appraise", "approve", "stamp", "return", "returned"]


@pytest.fixture
def one_of_each(at_stage):
    return {stage: at_stage(stage) for stage in STAGES}


NARROWED: list[dict[str, str]] = [
    {},
    {"q": "nguyen"},
    {"thu-tuc": "2.001207"},
    {"linh-vuc": "khong-co"},
    {"don-vi": "H34.12"},
    {"co-quan": "H34.12", "mot-cua": "H34.01"},
    {"nguoi": "chua"},
    {"nguoi": "toi"},
    {"buoc": "tham-dinh"},
    {"trang-thai": "2,4,9"},
    {"kenh": "truc-tuyen"},
    {"qua-han": "1"},
    {"nop-tu": "2026-11-30", "nop-den": "2026-11-30"},
    {"han-tu": "2026-12-01", "han-den": "2026-12-31"},
    {"dung-han": "truoc-han"},
    {"con-luc": "2026-12-31", "luc-do": "qua-han"},
    {"khong-con": "1", "lam-lai": "1"},
    {"bi-vuot": "1"},
    {"xin-loi": "1"},
]


def test_what_is_read_from_indexes_is_what_the_list_holds(one_of_each, officers):
    late = one_of_each["appraise"]
    Dossier.objects.filter(pk=late.pk).update(
        accepted_at=NOW - timedelta(days=9), clock_started_at=NOW - timedelta(days=9), due_at=NOW - timedelta(days=1)
    )
    for user in officers.values():
        actor = actor_of(user)
        for tab in TABS:
            for asked in NARROWED:
                filters = Filters.read({**asked, "muc": tab.key})
                read = [row.pk for row in inbox.page(actor, filters, NOW).rows]
                held = set(inbox.dossiers(actor, filters, NOW).values_list("pk", flat=True))
                assert len(read) == len(set(read)) and set(read) == held, (user, tab.key, asked)


def test_counts_are_those_of_the_pages(one_of_each, officers):
    for at in (NOW, NOW + timedelta(days=2), NOW + timedelta(days=40)):
        for user in officers.values():
            actor = actor_of(user)
            for key, count in inbox.counts(actor, at).items():
                assert count == len(inbox.page(actor, Filters.read({"muc": key}), at).rows), (at, user, key)


def test_every_list_pages_forwards_and_back_without_losing_one(one_of_each, ha):
    for tab in TABS:
        _page_through(actor_of(ha), Filters.read({"muc": tab.key}))


def _page_through(actor, filters) -> None:
    everything = [row.pk for row in inbox.page(actor, filters, NOW).rows]
    forwards, backwards, address = [], [], ""
    for _page in range(len(everything) + 1):
        page = inbox.page(actor, filters, NOW, read_place(_words(address)), size=2)
        forwards += [row.pk for row in page.rows]
        if not page.next:
            break
        address = page.next
    backwards = [row.pk for row in page.rows]
    while page.previous:
        page = inbox.page(actor, filters, NOW, read_place(_words(page.previous)), size=2)
        backwards = [row.pk for row in page.rows] + backwards
    assert forwards == backwards == everything, filters.tab.key


def _words(address: str) -> dict[str, str]:
    return dict(part.split("=") for part in address.removeprefix("?").split("&") if part)


def test_what_nobody_has_stands_among_the_unassigned(at_stage, ha, as_user):
    waiting, _given = at_stage("accepted"), at_stage("appraise")
    assert codes(as_user(ha).get("/can-bo/?muc=chua-phan-cong")) == [waiting.code]


def test_who_has_done_his_part_waits_for_others(at_stage, chi, as_user):
    done, _mine = at_stage("approve"), at_stage("appraise")
    assert codes(as_user(chi).get("/can-bo/?muc=cho-nguoi-khac")) == [done.code]


def test_due_today_and_late_are_two_lists(at_stage, ha, as_user):
    today, late, _later = at_stage("appraise"), at_stage("appraise"), at_stage("appraise")
    began = NOW - timedelta(days=9)
    for dossier, due_at in [(today, NOW + timedelta(hours=1)), (late, NOW - timedelta(hours=1))]:
        Dossier.objects.filter(pk=dossier.pk).update(accepted_at=began, clock_started_at=began, due_at=due_at)
    assert codes(as_user(ha).get("/can-bo/?muc=hom-nay")) == [today.code]
    assert codes(as_user(ha).get("/can-bo/?muc=qua-han")) == [late.code]


def test_the_running_deadline_follows_the_state(at_stage):
    for stage, column in [("submitted", "intake_due_at"), ("accepted", "due_at"), ("appraise", "due_at")]:
        dossier = Dossier.objects.get(pk=at_stage(stage).pk)
        assert dossier.deadline == dossier.awaited_at == getattr(dossier, column) is not None
    asked = Dossier.objects.get(pk=at_stage("supplement").pk)
    assert asked.deadline == asked.supplements.get().due_at
    asked.supplements.update(due_at=NOW + timedelta(days=40))
    asked.refresh_from_db()
    assert asked.deadline == NOW + timedelta(days=40)
    settled = Dossier.objects.get(pk=at_stage("return").pk)
    assert (settled.deadline, settled.awaited_at) == (None, settled.settled_at)
    ended = Dossier.objects.get(pk=at_stage("returned").pk)
    assert (ended.deadline, ended.awaited_at) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "nguyenvanan",
        '"văn an"',
        "0905.123.456",
        "+84905123456",
        "h34.12-261130",
        "H34122611300001",
        "261130-0001",
        "công bố hợp chuẩn",
        "nguyễn v",
    ],
)
def test_a_dossier_is_found_however_one_writes_what_one_knows(at_stage, binh, as_user, text):
    dossier = at_stage("appraise")
    assert codes(as_user(binh).get("/can-bo/", {"q": text})) == [dossier.code]


def test_words_in_quotes_must_follow_each_other(at_stage, binh, as_user):
    at_stage("appraise")
    assert codes(as_user(binh).get("/can-bo/", {"q": '"nguyen an"'})) == []


def test_a_unit_asked_later_finds_the_dossier_too(at_stage, giang, as_user):
    dossier = at_stage("appraise")
    browser = as_user(giang)
    assert codes(browser.get("/can-bo/", {"q": "nguyen an"})) == []
    Dossier.objects.filter(pk=dossier.pk).update(also_seen_by=[giang.offices.first().agency_id])
    assert codes(browser.get("/can-bo/", {"q": "nguyen an"})) == [dossier.code]


def test_a_scanned_code_leads_to_its_dossier(at_stage, binh, giang, as_user):
    dossier = at_stage("appraise")
    paper = Paper.objects.filter(subject=dossier.subject).first()
    for text in [
        dossier.code.lower(),
        f"https://dichvucong.example/tra-cuu-ho-so/?ma={dossier.code}",
        paper.check_code,
        f"https://dichvucong.example/kiem-tra-giay-to/?ma={paper.check_code}",
    ]:
        assert as_user(binh).get("/can-bo/", {"q": text})["Location"] == f"/can-bo/ho-so/{dossier.code}/", text
        assert as_user(giang).get("/can-bo/", {"q": text}).status_code == 200


def test_a_dossier_is_new_until_it_is_opened_and_after_each_change(at_stage, ha, chi, as_user, monkeypatch):
    dossier = at_stage("accepted")
    browser = as_user(ha)
    assert "desk-list__new" in browser.get("/can-bo/").content.decode()
    browser.get(f"/can-bo/ho-so/{dossier.code}/")
    assert "desk-list__new" not in browser.get("/can-bo/").content.decode()
    later = NOW + timedelta(minutes=5)
    operations.assign(dossier=dossier, assignee=chi, note="", actor=actor_of(ha), at=later)
    assert "desk-list__new" in browser.get("/can-bo/?muc=dang-xu-ly").content.decode()


def test_a_list_is_kept_shared_and_opens_the_inbox(at_stage, ha, chi, giang, as_user):
    given = at_stage("appraise")
    at_stage("accepted")
    browser = as_user(ha)
    posted = {"muc": "dang-xu-ly", "buoc": "tham-dinh", "cot": "trang-thai,nop-luc", "ten": " Đang  thẩm định "}
    answer = browser.post("/can-bo/bo-loc/", {**posted, "chia-se": "H34.12", "mo-dau": "1"})
    view = SavedView.objects.get()
    assert (view.name, view.columns) == ("Đang thẩm định", ["trang-thai", "nop-luc"])
    assert browser.get("/can-bo/")["Location"] == answer["Location"]
    opened = browser.get(answer["Location"])
    assert codes(opened) == [given.code]
    assert "Nộp lúc" in opened.content.decode()
    assert "Đang thẩm định" in as_user(chi).get("/can-bo/").content.decode()
    assert "Đang thẩm định" not in as_user(giang).get("/can-bo/").content.decode()
    assert as_user(giang).post(f"/can-bo/bo-loc/{view.pk}/", {"viec": "mo-dau"}).status_code == 404
    assert as_user(chi).post(f"/can-bo/bo-loc/{view.pk}/", {"viec": "xoa"}).status_code == 403
    browser.post(f"/can-bo/bo-loc/{view.pk}/", {"viec": "thoi-mo-dau"})
    assert browser.get("/can-bo/").status_code == 200
    browser.post(f"/can-bo/bo-loc/{view.pk}/", {"viec": "xoa"})
    assert not SavedView.objects.exists()


def test_a_view_is_shared_only_with_ones_own_unit(ha, centre):
    with pytest.raises(NotAllowed):
        operations.save_view(name="x", words={}, columns=[], shared_with=centre, actor=actor_of(ha), at=NOW)


def test_a_view_needs_a_name(ha, as_user):
    answer = as_user(ha).post("/can-bo/bo-loc/", {"muc": "dang-xu-ly", "ten": "  "}, follow=True)
    assert "Vui lòng đặt tên cho bộ lọc" in answer.content.decode()


def test_columns_are_chosen(at_stage, ha, as_user):
    at_stage("accepted")
    browser = as_user(ha)
    answer = browser.get("/can-bo/cot/", {"muc": "dang-xu-ly", "hien": ["dien-thoai", "kenh"]})
    page = browser.get(answer["Location"]).content.decode()
    assert "0905123456" in page and "Điện thoại người nộp" in page


def test_the_table_holds_exactly_the_list_and_every_reading_is_logged(at_stage, ha, hire, department, as_user):
    given, other = at_stage("appraise"), at_stage("accepted")
    answer = as_user(ha).get("/can-bo/danh-sach.xlsx?muc=dang-xu-ly&buoc=tham-dinh")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == [given.code]
    assert rows[1][2] == "Nguyễn Văn An"
    read = Reading.objects.filter(purpose="export_list").values_list("dossier_id", "actor_name")
    assert list(read) == [(given.pk, "Lê Thị Hà")]
    assert other.pk != given.pk


def test_a_name_is_never_a_formula(at_stage, ha, as_user):
    dossier = at_stage("accepted")
    Dossier.objects.filter(pk=dossier.pk).update(owner_name="=HYPERLINK(1)")
    answer = as_user(ha).get("/can-bo/danh-sach.xlsx?muc=dang-xu-ly")
    cell = load_workbook(BytesIO(b"".join(answer.streaming_content))).active["C2"]
    assert (cell.data_type, cell.value) == ("s", "=HYPERLINK(1)")


def test_conditions_without_a_field_are_said_and_can_be_dropped(at_stage, ha, as_user):
    at_stage("appraise")
    page = as_user(ha).get("/can-bo/?muc=dang-xu-ly&buoc=tham-dinh&nop-tu=2026-11-01&trang-thai=4").content.decode()
    assert "Đang ở bước thẩm định" in page and "Nộp từ 01/11/2026" in page and "Trạng thái: Đang xử lý" in page
    assert 'href="?muc=dang-xu-ly&amp;trang-thai=4&amp;nop-tu=2026-11-01"' in page


def test_words_of_addresses_come_back_as_they_went():
    asked = {"muc": "tat-ca", "q": "an", "buoc": "phe-duyet", "trang-thai": "2,9", "xong-tu": "2026-01-01", "xin-loi": "1"}
    assert Filters.read(asked).words() == asked


def test_the_lists_use_their_indexes(at_stage, binh):
    """Whatever the planner thinks of so small a table: the order of a page must be one that an index has."""
    at_stage("submitted")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT id, awaited_at FROM dossiers_dossier WHERE reception_id = 1 AND state = 'submitted'"
            " ORDER BY awaited_at, id LIMIT 51"
        )
        assert "dossier_waits_reception" in str(cursor.fetchall())


def test_new_roles_see_nothing_that_is_not_theirs(one_of_each, giang, hire, department):
    lone = hire("moi", "Người Mới", department, Role.CLERK)
    for tab in TABS:
        assert inbox.page(actor_of(giang), Filters(tab=tab), MONDAY_9AM).rows == []
    assert {row.pk for row in inbox.page(actor_of(lone), Filters(), NOW).rows} == {one_of_each["stamp"].pk}

"""Every page: for administrators only, in few statements, page by page."""

import html
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.accounts.models import User
from motcua.agencies.models import Agency, Role
from motcua.console.urls import urlpatterns
from motcua.console.views.procedures import unverified, value_at
from motcua.content.models import Article
from motcua.foundation import events
from motcua.foundation.actor import Actor
from motcua.messaging.models import Message
from motcua.procedures.models import Synonym
from motcua.ui.paging import bounded, page
from tests.cast import MONDAY_9AM, make_user

LISTS = [
    "",
    "tu-dong-nghia/",
    "tu-dong-nghia/tim-khong-thay/",
    "thu-tuc/",
    "co-quan/",
    "can-bo/",
    "lich/",
    "huong-dan/",
    "mau-giay/",
    "that-bai/",
    "that-bai/?loai=cong-viec",
]
BUDGET = 11  # of these, 4 for session, account, roles and the layout


def address_of(pattern):
    route = re.sub(r"<int:\w+>", "1", str(pattern.pattern))
    for part in ("<str:slug>", "<path:rest>", "<str:name>", "<str:kind>"):
        route = route.replace(part, "1")
    return "/quan-tri/" + route.replace("<str:number>", "2.001207")


def roles_of(pattern):
    """Who may open a page."""
    return pattern.callback.__wrapped__.roles


def failed_message(number):
    event = events.record("test.happened", subject="test:1", actor=Actor.system("test"), at=MONDAY_9AM)
    return Message.objects.create(
        event=event, recipient="an@example.vn", subject_line=f"Thông báo {number}", body="…",
        created_at=MONDAY_9AM, state="failed", failure="Connection refused",
    )  # fmt: skip


def failed_job(task="motcua.foundation.events.deliver", **arguments):
    event = events.record("test.happened", subject="test:1", actor=Actor.system("test"), at=MONDAY_9AM)
    job = app.configure_task(task).defer(**(arguments or {"event_id": event.pk, "subscriber": "x"}))
    with connection.cursor() as cursor:
        for status in ("doing", "failed"):
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job])
    return job


def many(count, province, calendar, hire):
    """Something of everything that the lists show."""
    for number in range(count):
        agency = Agency.objects.create(
            code=f"H34.{50 + number}", name=f"Xã {number}", kind="commune", parent=province, calendar=calendar
        )
        hire(f"canbo{number}@example.vn", f"Nguyễn Văn {number}", agency, Role.RECEIVER, Role.RETURNER)
        Synonym.objects.create(term=f"từ {number}", term_key=f"tu {number:03}", replacements=["x"])
        Article.objects.create(slug=f"bai-{number}", title=f"Bài {number}", body="x", changed_at=MONDAY_9AM)
        failed_message(number)
        failed_job()


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_others_do_not_learn_that_a_page_is_there(pattern, giang, hire, province, an, django_user_model):
    for role in Role:
        if role not in roles_of(pattern):
            hire("moivai@example.vn", "Mọi Vai", province, role)
    for user in (User.objects.get(username="moivai@example.vn"), an):
        client = Client()
        client.force_login(user)
        assert client.get(address_of(pattern)).status_code == 404
        assert client.post(address_of(pattern)).status_code == 404
    assert Client().get(address_of(pattern)).status_code == 302


def test_controllers_answer_for_the_catalogue_and_for_nothing_else():
    shared = {pattern.name for pattern in urlpatterns if Role.CONTROLLER in roles_of(pattern)}
    assert {name.partition("_")[0] for name in shared} == {
        "procedures", "procedure", "editor", "synonyms", "synonym", "missed", "reasons", "reason",
    }  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("count", [1, 40])
def test_a_list_costs_the_same_however_long_it_is(
    path, count, console, province, calendar, hire, version, django_assert_max_num_queries
):
    many(count, province, calendar, hire)
    with django_assert_max_num_queries(BUDGET):
        assert console.get("/quan-tri/" + path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "thu-tuc/2.001207/",
        "dia-phuong/",
        "co-quan/them/",
        "can-bo/them/",
        "huong-dan/viet/",
        "tu-dong-nghia/them/",
    ],
)
def test_a_page_of_one_thing_costs_little(path, console, version, django_assert_max_num_queries):
    with django_assert_max_num_queries(BUDGET):
        assert console.get("/quan-tri/" + path).status_code == 200


def test_the_pages_of_an_agency_an_officer_and_a_calendar_cost_little(
    console, province, calendar, hire, binh, django_assert_max_num_queries
):
    many(30, province, calendar, hire)
    for path in (f"co-quan/{binh.offices.get().agency_id}/", f"can-bo/{binh.pk}/", f"lich/{calendar.pk}/"):
        with django_assert_max_num_queries(BUDGET):
            assert console.get("/quan-tri/" + path).status_code == 200


def link(text, rel):
    """The address of the page before or after, as a page says it."""
    found = re.search(rf'href="([^"]*)" rel="{rel}"', text)
    return html.unescape(found[1]) if found else ""


def test_every_page_leads_on_and_back_until_all_was_seen(console, province, calendar, hire):
    many(70, province, calendar, hire)
    path, pages, before = "?q=từ", [], ""
    while path:
        text = console.get("/quan-tri/tu-dong-nghia/" + path).text
        pages.append(re.findall(r">(từ \d+)</a>", text))
        path, before = link(text, "next"), link(text, "prev")
    assert [term for rows in pages for term in rows] == [f"từ {number}" for number in range(70)]
    back = console.get("/quan-tri/tu-dong-nghia/" + before).text
    assert re.findall(r">(từ \d+)</a>", back) == pages[-2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("by", "turned"), [("position", False), ("-position", True), ("", False), ("-", True)]
)
def test_rows_alike_in_their_order_are_neither_lost_nor_shown_twice(by, turned):
    for number in range(7):
        Article.objects.create(slug=f"bai-{number}", title="x", body="x", position=5, changed_at=MONDAY_9AM)
    keys = sorted(Article.objects.values_list("pk", flat=True), reverse=turned)
    address, seen, previous = "/", [], []
    while address:
        shown = page(Article.objects.all(), RequestFactory().get(address), by=by, size=3)
        seen += [row.pk for row in shown.rows]
        previous.append(shown.previous)
        address = "/" + shown.next if shown.next else ""
    assert seen == keys
    assert previous[0] == ""
    first = page(Article.objects.all(), RequestFactory().get("/" + previous[1]), by=by, size=3)
    assert ([row.pk for row in first.rows], first.previous) == (keys[:3], "")


@pytest.mark.parametrize("key", ["x", "-1", "99999999999999999999", "0", "²", ""])
def test_a_place_that_is_not_there_is_the_beginning(console, key):
    for way in ("sau", "truoc"):
        assert "Y Thảo</a>" in console.get("/quan-tri/can-bo/", {way: key}).text


@pytest.mark.django_db
def test_counts_stop_at_their_bound():
    for number in range(3):
        make_user(f"a{number}", "An", User.Kind.CITIZEN)
    assert bounded(User.objects.all(), limit=3) == "3"
    assert bounded(User.objects.all(), limit=2) == "2+"


def test_the_home_page_counts_what_failed(console):
    assert "mc-stat--danger" not in console.get("/quan-tri/").text
    failed_message(1)
    failed_job()
    assert console.get("/quan-tri/").text.count("mc-stat--danger") == 2


def test_a_failed_letter_and_a_failed_job_are_tried_again(console):
    message, job = failed_message(1), failed_job()
    assert "Connection refused" in console.get("/quan-tri/that-bai/").text

    page = console.post(f"/quan-tri/that-bai/thong-bao/{message.pk}/gui-lai/", follow=True)
    assert "đang được gửi lại" in page.text
    page = console.post(f"/quan-tri/that-bai/thong-bao/{message.pk}/gui-lai/", follow=True)
    assert "đã được gửi hoặc đang chờ gửi" in page.text
    console.post(f"/quan-tri/that-bai/cong-viec/{job}/chay-lai/")
    assert ProcrastinateJob.objects.get(pk=job).status == "todo"


def test_a_failed_mail_does_not_show_what_it_says(console):
    failed_job("motcua.accounts.jobs.send", subject="x", body="Mã của Ông/Bà: 12345678", to="an@example.vn")
    text = console.get("/quan-tri/that-bai/?loai=cong-viec").text
    assert "Gửi thư tài khoản" in text
    assert "12345678" not in text


def test_a_procedure_shows_what_is_not_verified_and_its_versions(console, version):
    text = console.get("/quan-tri/thu-tuc/2.001207/").text
    told = unverified(version.content, "2.001207")
    assert len(told) == len(version.definition.record.unverified) > 0
    for words, _value, _address in told:
        assert html.escape(words, quote=False) in text
    listed = console.get("/quan-tri/thu-tuc/?trang-thai=chua-xac-minh").text
    assert ("2.001207" in listed) == bool(version.definition.record.unverified)
    assert console.get("/quan-tri/thu-tuc/9.999999/").status_code == 404


def test_the_value_at_a_path_is_found_by_name_and_by_place():
    content = {
        "record": {"sector": {"code": "G06"}, "components": [{"id": "don", "copies": 2}, {"id": "ban_sao"}]},
        "fees": {"lines": [{"code": "P1", "amount": 150000}]},
    }
    assert value_at(content, "sector.code") == "G06"
    assert value_at(content, "components.don.copies") == "2"
    assert value_at(content, "components[1].id") == "ban_sao"
    assert value_at(content, "fees.lines.P1.amount") == "150000"
    for nothing in ("sector", "components[7].id", "sector.code.x", "form", "validity.to"):
        assert value_at(content, nothing) == ""


def test_posting_without_a_token_is_refused(thao):
    client = Client(enforce_csrf_checks=True)
    client.force_login(thao)
    cache.clear()
    assert client.post("/quan-tri/dia-phuong/", {"province_name": "x"}).status_code == 403


def test_who_only_administers_comes_here_after_logging_in_and_others_to_their_dossiers(
    console, thao, hire, centre
):
    assert console.get("/tai-khoan/vao/").url == "/quan-tri/"
    hire(thao.username, thao.full_name, centre, Role.RECEIVER)
    desk = console.get("/tai-khoan/vao/", follow=True)
    assert desk.redirect_chain[0][0].startswith("/can-bo/")
    assert 'href="/quan-tri/"' in desk.text

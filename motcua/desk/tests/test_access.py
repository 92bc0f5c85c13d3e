"""Who may open which address of the desk."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, reverse

from motcua.desk import acting
from motcua.desk.tests.conftest import NOW
from motcua.desk.urls import urlpatterns
from motcua.dossiers import operations
from motcua.dossiers.models import Handover
from motcua.dossiers.operations import bulk
from motcua.dossiers.operations.notes import write_note
from motcua.papers.models import Paper
from motcua.payments.models import Payment

LISTS = [  # of every officer: each reads there what is his
    "inbox", "export", "board", "board_dossiers", "reports", "report_dossiers", "report_sheet",
    "report_paper", "register", "register_sheet", "register_paper", "charges", "counter", "counter_intakes",
    "counter_uncollected", "issued", "credentials", "bulk", "handovers", "handover_gather", "absence", "phrases",
]  # fmt: skip
FOR_WHO_LEADS = ["notices", "why_returned"]
SENT_ONLY = [  # not to be opened
    "save_view", "change_view", "counter_begin", "counter_visit_slip", "counter_rows", "retire_credential",
    "bulk_order", "absence_end", "phrase_remove", "override_decide", "objection_answer", "note", "note_take_back",
    "presence", "relate",
]  # fmt: skip
SENDS_ON = ["columns", "write_result"]  # back to the list, or to a dossier whose result is written


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str | None]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from names(one.url_patterns)
        else:
            yield one.name


@pytest.fixture
def about_ours(at_stage, centre, department, binh, chi, dung, as_actor):
    """What addresses that lead to one of our things have in them: An's dossier, and what belongs to it and to us."""
    dossier = at_stage("approve")
    charge = Payment.objects.get(charge__reference=dossier.code).charge
    note = write_note(dossier=dossier, text="Đã gọi điện cho người nộp", actor=as_actor(dung), at=NOW)
    handover = operations.start_handover(
        giver=centre, taker=department, content=Handover.Content.PAPERS, note="", actor=as_actor(binh), at=NOW
    )
    ours = operations.write_phrase(
        phrase=None, title="Đủ", text="Hồ sơ đủ.", agency_id=department.pk, actor=as_actor(chi), at=NOW
    )
    order = {"verb": "print", "codes": [dossier.code], "options": {}}
    run = bulk.order(key=uuid4(), **order, actor=as_actor(dung), at=NOW)
    code = dossier.code
    return {
        "paper": [Paper.objects.about(dossier.subject).first().pk],
        "dossier": [code],
        "document": [code, dossier.documents.first().pk],
        "draft_result": [code],
        "control_slip": [code],
        "act": [code, "phe-duyet"],
        "form": [code, next(one.id for one in dossier.definition.record.components if one.form)],
        "payment": [charge.payments.get().code],
        "past": [code],
        "check": [code],
        "waiting_signature": [code],
        "cash": [charge.pk],
        "ask_override": [code],
        "write_result": [code],
        "note": [code],
        "note_take_back": [code, note.pk],
        "presence": [code],
        "relate": [code],
        "handover": [handover.pk],
        "phrase": [ours.pk],
        "phrase_remove": [ours.pk],
        "bulk_run": [run.public_id],
    }


@pytest.fixture
def nothing_there():
    """Addresses of what nobody has made: closed alike; who opens what is there, each part's own tests tell."""
    return {
        "counter_begin": ["9.999999"],
        "counter_visit": [uuid4()],
        "counter_visit_slip": [uuid4()],
        "counter_document": [uuid4(), 1],
        "counter_rows": [uuid4(), "x"],
        "counter_table_form": [uuid4(), "x"],
        "counter_entry": [uuid4()],
        "issued_one": [999],
        "add_credential": ["x"],
        "retire_credential": [999],
        "override_decide": [999],
        "objection_answer": [999],
        "bulk_file": [uuid4()],
        "handover_paper": [999],
        "absence_end": [999],
        "change_view": [999],
    }


@pytest.fixture
def addresses(about_ours, nothing_there):
    """Every address of the desk."""
    given = dict.fromkeys([*LISTS, *FOR_WHO_LEADS, "columns", "save_view", "bulk_order"], ()) | about_ours | nothing_there
    assert set(given) == set(names(urlpatterns))
    return {name: reverse(f"desk:{name}", args=arguments) for name, arguments in given.items()}


def asked(browser, name, address):
    return browser.post(address) if name in SENT_ONLY else browser.get(address)


def test_strangers_are_asked_to_log_in_and_citizens_are_kept_out(addresses, client, an, as_user):
    for address in addresses.values():
        answer = client.get(address)
        assert answer.status_code == 302 and answer["Location"].startswith("/tai-khoan/dang-nhap/")
        assert client.post(address).status_code in (302, 403)
        assert as_user(an).get(address).status_code == 403
        assert as_user(an).post(address).status_code == 403


def test_an_officer_from_elsewhere_finds_nothing_of_ours(addresses, about_ours, nothing_there, giang, as_user):
    browser = as_user(giang)
    for name, address in addresses.items():
        answer = asked(browser, name, address)
        if name in about_ours or name in nothing_there:
            assert answer.status_code == 404, name
        elif name in [*LISTS, *FOR_WHO_LEADS]:
            content = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code == 200 and "Nguyễn Văn An" not in content.decode(errors="ignore"), name


def test_an_officer_from_elsewhere_does_nothing_to_our_dossier(addresses, at_stage, giang, as_user):
    dossier = at_stage("submitted")
    for page in acting.PAGES:
        address = reverse("desk:act", args=[dossier.code, page.slug])
        assert as_user(giang).post(address, {"note": "x", "reason": "x", "basis": "x"}).status_code == 404
    dossier.refresh_from_db()
    assert dossier.state == "submitted"


def test_our_officers_open_every_address(addresses, nothing_there, dung, as_user):
    browser = as_user(dung)
    for name, address in addresses.items():
        if name in nothing_there or name in SENT_ONLY:
            continue
        answer = browser.get(address)
        assert answer.status_code == (302 if name in SENDS_ON else 200), name
        assert "no-store" in answer["Cache-Control"]


def test_what_leaders_decide_is_not_for_others(addresses, chi, van, as_user):
    for name in FOR_WHO_LEADS:
        assert as_user(chi).get(addresses[name]).status_code == as_user(van).get(addresses[name]).status_code == 403


def test_what_is_only_sent_is_not_opened(addresses, dung, as_user):
    browser = as_user(dung)
    for name in SENT_ONLY:
        assert browser.get(addresses[name]).status_code == 405, name


@pytest.mark.parametrize(
    "address", ["/can-bo/ho-so/H34.12-261130-9999/", "/can-bo/ho-so/x/tiep-nhan/", "/can-bo/ho-so/x/la/"]
)
def test_what_does_not_exist_is_not_found(address, binh, as_user):
    assert as_user(binh).get(address).status_code == 404
    assert as_user(binh).get(f"/can-bo/giay/{uuid4()}/").status_code == 404


def test_no_officer_sees_a_draft(draft, binh, as_user):
    assert as_user(binh).get("/can-bo/").content.decode().count("desk-list__link") == 0

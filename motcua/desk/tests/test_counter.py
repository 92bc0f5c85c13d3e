"""The counter's pages, as Bình works with them while somebody waits."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from motcua.agencies.models import Role
from motcua.dossiers import filing, operations
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import State
from motcua.dossiers.tests.test_counter import PERSON, entered
from motcua.papers.models import Paper
from motcua.payments.models import Charge, Receipt
from tests.cast import MONDAY_9AM, PDF


@pytest.fixture(autouse=True)
def clock_of_counter(monkeypatch):
    for module in ("views", "lists"):
        monkeypatch.setattr(f"motcua.desk.counter.{module}.now", lambda: MONDAY_9AM)


@pytest.fixture
def bench(version, department, centre, binh, as_user):
    """Bình's browser and a fresh draft of her counter."""
    client = as_user(binh)
    answer = client.post(reverse("desk:counter_begin", args=["2.001207"]))
    return client, Dossier.objects.get(received_by=binh), answer


def posted(dossier, **more) -> dict[str, object]:
    """What the page sends when everything is filled in."""
    person = {f"submitter-{key}": value for key, value in PERSON.items()}
    fields: dict[str, object] = {**person, "owner-is": "self", "channel": "in_person", "delivery": "counter"}
    for key, value in dossier.answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            fields |= {f"{key}-{n}-{column}": cell for n, row in enumerate(value) for column, cell in row.items()}
        else:
            fields[key] = ["yes" if value else "no"] if isinstance(value, bool) else value
    return fields | more


def complete(dossier, binh, as_actor) -> None:
    from tests.answers import example_answers

    operations.save_answers(dossier=dossier, values=example_answers(), actor=as_actor(binh), at=MONDAY_9AM)
    dossier.refresh_from_db()


def test_a_procedure_is_found_and_begun_with_one_press(bench):
    client, dossier, answer = bench
    assert answer.url == reverse("desk:counter_entry", args=[dossier.public_id])
    assert "Công bố hợp chuẩn" in client.get(reverse("desk:counter"), {"q": "hop chuan"}).content.decode()
    assert client.get(answer.url).status_code == 200


def test_everything_on_one_page_and_accepted_at_once(bench, hire, centre, binh, as_actor):
    client, dossier, answer = bench
    hire("binh", "Trần Thị Bình", centre, Role.CASHIER)
    complete(dossier, binh, as_actor)
    sheets = client.post(answer.url, posted(dossier) | {"mc.action": "sheets"})
    assert sheets.status_code == 302

    dossier.refresh_from_db()
    done = client.post(answer.url, posted(dossier) | {"mc.action": "receive", "cash": "yes"} | counts(dossier))

    dossier.refresh_from_db()
    assert (dossier.state, dossier.submitter["name"]) == (State.ACCEPTED, PERSON["name"])
    visit = client.get(done.url).content.decode()
    assert dossier.code in visit and dossier.lookup_secret in visit
    assert Receipt.objects.filter(reference=dossier.code).exists()
    assert client.get(answer.url).url == done.url  # back with the browser's button: the visit


def test_all_sheets_are_those_that_the_answers_just_typed_call_for(bench, binh, as_actor):
    from tests.answers import example_answers

    client, dossier, answer = bench
    before = {one.component.id for one in filing.asked_papers(dossier, {})}
    dossier.answers = example_answers()  # typed, not yet saved
    client.post(answer.url, posted(dossier) | {"mc.action": "sheets"})

    asked = {one.component.id for one in filing.asked_papers(dossier, {}) if one.component.required}
    assert asked - before  # papers that only these answers call for
    assert {one.component_id for one in dossier.on_paper.all()} == asked


def counts(dossier) -> dict[str, int]:
    return {f"originals-{one.component_id}": one.originals for one in dossier.on_paper.all()} | {
        f"copies-{one.component_id}": one.copies for one in dossier.on_paper.all()
    }


def test_what_is_missing_stands_beside_its_place_and_nothing_typed_is_lost(bench):
    client, dossier, answer = bench

    typed = {"mc.action": "receive", "submitter-name": "Y Hlan", "submitter-citizen_number": "12"}
    page = client.post(answer.url, typed, follow=True)

    text = page.content.decode()
    assert page.redirect_chain == [(f"{answer.url}?loi", 302)]
    assert "Y Hlan" in text and 'href="#submitter-citizen_number"' in text and 'href="#giay-' in text
    dossier.refresh_from_db()
    assert (dossier.state, dossier.submitter["citizen_number"]) == (State.DRAFT, "12")


def test_scans_are_inspected_like_other_uploads(bench):
    client, dossier, answer = bench
    component = next(one.component.id for one in filing.asked_papers(dossier, {}) if not one.component.form)
    good = SimpleUploadedFile("quet.pdf", PDF, "application/pdf")
    bad = SimpleUploadedFile("quet.pdf", b"not a pdf", "application/pdf")

    refused = client.post(answer.url, {"mc.action": "save", f"tep-{component}": bad})
    kept = client.post(answer.url, {"mc.action": "save", f"tep-{component}": good})

    assert (refused.status_code, kept.status_code) == (422, 302)
    document = dossier.documents.get()
    assert client.get(reverse("desk:counter_document", args=[dossier.public_id, document.pk])).status_code == 200
    client.post(answer.url, {"mc.action": f"detach:{document.pk}"})
    assert not dossier.documents.exists()


def test_who_filed_before_is_filled_in(bench, version, department, centre, binh, as_actor):
    client, dossier, answer = bench
    operations.receive(dossier=entered(version, department, centre, as_actor(binh)), actor=as_actor(binh), at=MONDAY_9AM)

    client.post(answer.url, {"mc.action": "find", "lookup": PERSON["phone"]})
    dossier.refresh_from_db()
    assert {key: dossier.submitter[key] for key in PERSON} == PERSON

    unknown = client.post(answer.url, posted(dossier) | {"mc.action": "find", "lookup": "0912345678"})
    assert "Chưa có hồ sơ nào của người này" in unknown.content.decode()


def test_saving_while_one_types_keeps_the_person(bench):
    client, dossier, answer = bench

    said = client.post(answer.url, {"mc.action": "autosave", "submitter-name": "Y Hlan"}).json()

    dossier.refresh_from_db()
    assert dossier.submitter["name"] == "Y Hlan"
    assert said["saved"] and isinstance(said["hidden"], list)


def test_a_dossier_that_lacks_papers_is_filed_to_ask_for_them(bench, binh, as_actor):
    client, dossier, answer = bench
    complete(dossier, binh, as_actor)

    gone = client.post(answer.url, posted(dossier) | {"mc.action": "supplement"})

    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    assert gone.url == reverse("desk:act", args=[dossier.code, "yeu-cau-bo-sung"])
    assert client.get(gone.url).status_code == 200


def test_what_did_not_come_is_ticked_already_where_it_is_asked_for(bench, binh, as_actor):
    client, dossier, answer = bench
    complete(dossier, binh, as_actor)
    asked = [one.component.id for one in filing.asked_papers(dossier, {}) if one.is_missing]
    scan = SimpleUploadedFile("quet.pdf", PDF, "application/pdf")
    brought = {f"tep-{asked[0]}": scan, f"copies-{asked[1]}": "1"}

    gone = client.post(answer.url, posted(dossier) | brought | {"mc.action": "supplement"})

    page = client.get(gone.url).content.decode()
    ticked = set(re.findall(r'value="giay-([^"]+)" checked', page))
    assert ticked == set(asked[2:])
    assert page.count("Chưa có giấy tờ này trong hồ sơ.") == len(ticked)
    dossier.refresh_from_db()
    assert "Bản giấy: 1 bản sao" in client.get(reverse("desk:check", args=[dossier.code])).content.decode()


def test_nobody_else_finds_the_draft(bench, as_user, an, yen, giang, chi):
    _client, _dossier, answer = bench
    for stranger in (an, yen, giang, chi):
        assert as_user(stranger).get(answer.url).status_code in (403, 404)
        assert as_user(stranger).post(answer.url, {"mc.action": "discard"}).status_code in (403, 404)
    assert as_user(giang).post(reverse("desk:counter_begin", args=["2.001207"])).status_code == 302
    assert Dossier.objects.count() == 1


def test_a_second_dossier_of_the_visit_and_one_slip(bench, version, department, centre, binh, as_actor):
    client, _draft, _answer = bench
    first = operations.receive(dossier=entered(version, department, centre, as_actor(binh)), actor=as_actor(binh), at=MONDAY_9AM)

    assert "cùng lượt" in client.get(reverse("desk:counter"), {"cung": first.public_id}).content.decode()
    client.post(reverse("desk:counter_begin", args=["2.001207"]), {"cung": first.public_id})

    second = Dossier.objects.drafts().filter(entry__visit=first.entry.visit).get()
    assert second.submitter["name"] == PERSON["name"]
    entered_second = entered(version, department, centre, as_actor(binh), beside=first)
    operations.receive(dossier=entered_second, actor=as_actor(binh), at=MONDAY_9AM)
    slip = client.post(reverse("desk:counter_visit_slip", args=[first.entry.visit]))
    paper = Paper.objects.get(kind="many_acceptance")
    assert slip.url == reverse("desk:paper", args=[paper.pk])


def test_a_cashier_takes_the_money_and_the_receiver_accepts(version, department, centre, hire, binh, as_actor, as_user):
    dossier = operations.receive(dossier=entered(version, department, centre, as_actor(binh)), actor=as_actor(binh), at=MONDAY_9AM)
    charge = Charge.objects.about(dossier.subject).get()
    address = reverse("desk:cash", args=[charge.pk])
    assert as_user(binh).post(address).status_code == 409
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED  # she keeps no books

    thu = as_user(hire("thu", "Ngô Thị Thu", centre, Role.CASHIER))
    assert address in thu.get(reverse("desk:charges")).content.decode()
    taken = thu.post(address, follow=True).content.decode()

    charge.refresh_from_db()
    assert charge.state == "paid"
    assert "Biên lai đang được lập" in taken and 'http-equiv="refresh"' in taken  # it comes by itself
    assert thu.post(address).status_code == 409  # nobody pays twice
    visit = as_user(binh).get(reverse("desk:counter_visit", args=[dossier.entry.visit])).content.decode()
    assert reverse("desk:act", args=[dossier.code, "tiep-nhan"]) in visit


def test_the_lists_cost_the_same_for_one_row_and_for_thirty(
    file_another, binh, yen, as_user, django_assert_max_num_queries
):
    client = as_user(binh)
    for rows in (1, 12):
        while Dossier.objects.count() < rows:
            file_another()
        for name in ("counter_intakes", "counter_uncollected", "counter"):
            with django_assert_max_num_queries(14):
                assert client.get(reverse(f"desk:{name}")).status_code == 200


def test_a_supplement_brought_to_the_counter_is_entered(at_stage, binh, as_user):
    dossier = at_stage("supplement")
    client = as_user(binh)
    address = reverse("desk:act", args=[dossier.code, "nhan-bo-sung"])
    assert "Nhận bổ sung tại quầy" in client.get(address).content.decode()

    assert client.post(address, {"note": ""}).status_code == 422
    done = client.post(address, {"note": "Người nộp đã ghi bổ sung vào tờ khai."})

    dossier.refresh_from_db()
    assert (done.status_code, dossier.state) == (302, State.SUBMITTED)


def test_scans_of_a_supplement_stay_when_something_else_is_wrong(file_another, binh, as_user, as_actor):
    dossier = file_another()
    items = [{"component_id": key, "name": key, "reason": "Mờ"} for key in ("tieu_chuan_cong_bo", "bao_cao_danh_gia")]
    operations.ask_supplement(
        dossier=dossier, items=items, basis="TT 28/2012", note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    client, address = as_user(binh), reverse("desk:act", args=[dossier.code, "nhan-bo-sung"])

    def scan(name: str, content: bytes = PDF) -> SimpleUploadedFile:
        return SimpleUploadedFile(f"{name}.pdf", content + name.encode(), "application/pdf")

    half = client.post(address, {"tep-tieu_chuan_cong_bo": [scan("tieu-chuan"), scan("phu-luc")], "originals-bao_cao_danh_gia": "x"})
    assert half.status_code == 422
    page = half.content.decode()
    assert "tieu-chuan.pdf" in page and "phu-luc.pdf" in page and "phải là số" in page
    one = dossier.documents.get(name="phu-luc.pdf")
    removed = client.post(address, {"go": one.pk, "originals-bao_cao_danh_gia": "2"}).content.decode()
    assert "phu-luc.pdf" not in removed and 'value="2"' in removed and "govuk-error-summary" not in removed
    bad = client.post(address, {"tep-bao_cao_danh_gia": scan("hong", b"no pdf")})
    assert bad.status_code == 422 and "tieu-chuan.pdf" in bad.content.decode()

    done = client.post(address, {"originals-bao_cao_danh_gia": "1"})

    dossier.refresh_from_db()
    assert (done.status_code, dossier.state) == (302, State.SUBMITTED)
    request = dossier.supplements.get()
    assert [one.name for one in request.documents.all()] == ["tieu-chuan.pdf"]
    assert request.on_paper.get().originals == 1


def test_what_the_applicant_does_not_agree_with_need_not_be_brought(file_another, binh, an, as_user, as_actor):
    dossier = file_another()
    items = [{"component_id": key, "name": key, "reason": "Mờ"} for key in ("tieu_chuan_cong_bo", "bao_cao_danh_gia")]
    operations.ask_supplement(
        dossier=dossier, items=items, basis="TT 28/2012", note="", actor=as_actor(binh), at=MONDAY_9AM
    )
    operations.object_to(
        request=dossier.supplements.get(), place=1, text="Bản đã nộp rõ.", actor=as_actor(an), at=MONDAY_9AM
    )
    client, address = as_user(binh), reverse("desk:act", args=[dossier.code, "nhan-bo-sung"])

    assert "Bản đã nộp rõ." in client.get(address).content.decode()
    assert client.post(address, {"copies-bao_cao_danh_gia": "1"}).status_code == 422
    assert client.post(address, {"copies-tieu_chuan_cong_bo": "1"}).status_code == 302


def test_a_result_is_returned_with_the_code_and_kept_before(at_stage, yen, as_user):
    dossier = at_stage("return")
    client = as_user(yen)
    kept = client.post(reverse("desk:act", args=[dossier.code, "luu-giu-ket-qua"]), {"place": "Tủ 2"})
    assert kept.status_code == 302
    address = reverse("desk:act", args=[dossier.code, "tra-ket-qua"])
    assert "Tủ 2" in client.get(address).content.decode()

    wrong = client.post(address, {"receiver_name": "An", "how": "code", "code": "1"})
    right = client.post(address, {"receiver_name": "An", "how": "code", "code": dossier.lookup_secret})

    dossier.refresh_from_db()
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert 'href="#code"' in wrong.content.decode()  # the mistake is told where it was made
    assert (dossier.state, dossier.returned_how) == (State.RETURNED, "code")
    assert client.get(right.url).status_code == 200


# By post, and taken back ------------------------------------------------------------------------------------


@pytest.fixture
def by_post(version, department, centre, binh, as_actor):
    """Received by post, its first fee not paid."""
    draft, receiver = entered(version, department, centre, as_actor(binh)), as_actor(binh)
    operations.say_how_it_came(
        dossier=draft, channel="post", sender="Y Hlan", tracking="", posted_on=None, place="", actor=receiver, at=MONDAY_9AM
    )
    return operations.receive(dossier=draft, actor=receiver, at=MONDAY_9AM)


def test_who_filed_by_post_is_told_how_to_pay_from_afar(by_post, binh, as_user):
    browser, address = as_user(binh), reverse("desk:counter_visit", args=[by_post.entry.visit])
    page = browser.get(address).content.decode()
    assert "gửi hồ sơ qua bưu chính" in page and "chưa công bố tài khoản thu" in page

    account = {"number": "3511.0.1234567", "bank": "Kho bạc Nhà nước", "bin": "", "holder": "Sở Khoa học và Công nghệ"}
    Charge.objects.about(by_post.subject).update(account=account)
    page = browser.get(address).content.decode()
    assert "3511.0.1234567" in page and "Nội dung chuyển khoản" in page
    assert "chưa công bố tài khoản thu" not in page


def test_a_wish_to_withdraw_is_noted_at_the_counter_and_then_confirmed(by_post, binh, as_user):
    browser = as_user(binh)
    at = {slug: reverse("desk:act", args=[by_post.code, slug]) for slug in ("ghi-nhan-rut", "rut")}
    form = browser.get(at["ghi-nhan-rut"]).content.decode()
    assert f'value="{PERSON["name"]}"' in form  # who filed it most likely asks
    for missing in ("reason", "asked_by"):
        told = browser.post(at["ghi-nhan-rut"], {"reason": "Nộp nhầm", "asked_by": "Y Hlan", missing: ""})
        assert told.status_code == 422 and "Vui lòng nhập" in told.content.decode()

    assert browser.post(at["ghi-nhan-rut"], {"reason": "Nộp nhầm", "asked_by": "Y Bhiên"}).status_code == 302

    page = browser.get(reverse("desk:dossier", args=[by_post.code])).content.decode()
    assert "Y Bhiên đề nghị rút tại quầy" in page and at["ghi-nhan-rut"] not in page
    assert browser.post(at["ghi-nhan-rut"], {"reason": "Nộp nhầm", "asked_by": "Y Hlan"}).status_code == 409
    assert browser.post(at["rut"]).status_code == 302
    by_post.refresh_from_db()
    assert by_post.state == State.WITHDRAWN


def test_nobody_else_is_offered_to_note_a_wish(by_post, at_stage, binh, yen, chi, as_user):
    for who in (yen, chi):
        assert "ghi-nhan-rut" not in as_user(who).get(reverse("desk:dossier", args=[by_post.code])).content.decode()
    online = at_stage("submitted")
    assert "ghi-nhan-rut" not in as_user(binh).get(reverse("desk:dossier", args=[online.code])).content.decode()

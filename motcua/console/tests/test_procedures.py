"""The pages on which a procedure is begun, compared, rehearsed, proposed, approved, taken back."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.accounts.middleware import actor_of
from motcua.agencies.models import Role
from motcua.console import jobs
from motcua.foundation.time import HANOI, now
from motcua.procedures import operations
from motcua.procedures.archives import pack
from motcua.procedures.models import Procedure, ProcedureDraft, Publication, Rehearsal

HERE = "/quan-tri/thu-tuc/2.001207/"
BUDGET = 14  # of these, 4 for session, account, roles and the layout


def browser(user):
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


@pytest.fixture
def minh(hire, province):
    """Minh controls procedures."""
    return hire("minh@example.vn", "Lê Minh", province, Role.CONTROLLER)


@pytest.fixture
def controller(minh):
    return browser(minh)


@pytest.fixture
def written(version, thao):
    """A draft that Thảo changed."""
    draft = operations.start_draft(procedure=version.procedure, actor=actor_of(thao), at=now())
    content = draft.content | {"record": draft.content["record"] | {"summary": "Mô tả đã sửa."}}
    return operations.save_draft(
        draft=draft, content=content, revision=draft.revision, actor=actor_of(thao), at=now()
    )


def today():
    return now().astimezone(HANOI).date()


def propose(client, day=None, revision=2, note="Quyết định 15/QĐ-UBND"):
    typed = {"publish_on": f"{day or today():%d/%m/%Y}", "note": note, "revision": revision}
    return client.post(HERE + "de-nghi/", typed)


def test_a_draft_is_begun_proposed_by_one_and_published_by_another(console, controller, version, written):
    assert "mô tả" in console.get(HERE + "de-nghi/").text.lower()
    assert propose(console).status_code == 302
    assert "Chờ duyệt" in console.get(HERE).text

    own = console.get(HERE + "duyet/").text
    assert "cần cán bộ khác duyệt" in own
    assert 'value="approve"' not in own
    refused = console.post(HERE + "duyet/", {"decision": "approve", "revision": 2})
    assert refused.status_code == 422
    assert "người khác" in refused.text

    page = controller.post(HERE + "duyet/", {"decision": "approve", "revision": 2}, follow=True)
    assert "Đã duyệt và công bố phiên bản 2" in page.text
    assert "duyệt: Lê Minh" in page.text
    assert Procedure.objects.get().current.version == 2


def test_a_start_leads_to_the_editor(controller, version):
    assert controller.post(HERE + "ban-soan/").headers["Location"].startswith(HERE + "soan/")
    assert ProcedureDraft.objects.get().edited_by_name == "Lê Minh"


def test_a_draft_with_mistakes_is_not_proposed_and_all_are_told(console, thao, written):
    content = written.content | {"fees": {"lines": [{"code": "X"}]}}
    operations.save_draft(draft=written, content=content, revision=2, actor=actor_of(thao), at=now())
    text = console.get(HERE + "de-nghi/").text
    assert "lỗi" in text
    assert 'name="note"' not in text
    assert propose(console, revision=3).status_code == 422
    assert "lỗi" in console.get("/quan-tri/thu-tuc/?trang-thai=loi").text
    assert "2.001207" in console.get("/quan-tri/thu-tuc/?trang-thai=loi").text


@pytest.mark.parametrize(("typed", "message"), [({"note": " "}, "note"), ({"day": None, "revision": 1}, "đã lưu")])
def test_a_proposal_says_why_and_of_what_it_is(typed, message, console, written):
    page = propose(console, **typed)
    assert page.status_code == 422
    assert message in page.text


def test_a_proposal_is_returned_with_a_reason_or_withdrawn(console, controller, written):
    propose(console)
    assert controller.post(HERE + "duyet/", {"decision": "reject", "revision": 2}).status_code == 422
    controller.post(HERE + "duyet/", {"decision": "reject", "revision": 2, "reason": "Sai mức phí"})
    assert "Sai mức phí" in console.get(HERE).text
    assert controller.get(HERE + "duyet/").status_code == 302
    propose(console)
    assert "Đã rút đề nghị" in console.post(HERE + "de-nghi/rut/", follow=True).text
    assert "không còn chờ duyệt" in console.post(HERE + "de-nghi/rut/", follow=True).text


def test_what_is_approved_for_later_waits_and_can_be_cancelled(console, controller, written):
    day = today() + timedelta(days=3)
    propose(console, day)
    page = controller.post(HERE + "duyet/", {"decision": "approve", "revision": 2}, follow=True)
    assert f"từ ngày {day:%d/%m/%Y}" in page.text
    assert f"Chờ đến {day:%d/%m/%Y}" in console.get("/quan-tri/thu-tuc/?trang-thai=cho-ngay").text
    waiting = Publication.objects.get(state="scheduled")
    address = f"{HERE}cong-bo/{waiting.pk}/"
    assert controller.get(address).status_code == 200
    assert controller.post(address, {"decision": "cancel"}).status_code == 422
    page = controller.post(address, {"decision": "cancel", "reason": "Văn bản bị hoãn"}, follow=True)
    assert "Lý do hủy: Văn bản bị hoãn" in page.text
    assert controller.post(address, {"decision": "cancel", "reason": "x"}).status_code == 422


def test_an_old_version_is_restored_by_two_people(console, controller, written):
    propose(console)
    controller.post(HERE + "duyet/", {"decision": "approve", "revision": 2})
    assert "Khôi phục" in console.get(HERE).text
    assert console.get(HERE + "khoi-phuc/1/").status_code == 200
    assert console.post(HERE + "khoi-phuc/1/", {"reason": ""}).status_code == 422
    console.post(HERE + "khoi-phuc/1/", {"reason": "Bản 2 sai"})
    waiting = Publication.objects.get(state="proposed")
    address = f"{HERE}cong-bo/{waiting.pk}/"
    assert 'value="approve"' not in console.get(address).text
    assert console.post(address, {"decision": "approve"}).status_code == 422
    page = controller.post(address, {"decision": "approve"}, follow=True)
    assert "Đã khôi phục phiên bản 1" in page.text
    assert Procedure.objects.get().current.version == 1
    assert "Khôi phục bản cũ" in controller.get(HERE + "phien-ban/1/").text


def test_a_version_that_came_meanwhile_must_be_compared(console, thao, version, written):
    changed = version.definition.to_json()
    changed["record"]["summary"] = "Đổi từ nơi khác."
    definition = type(version.definition).from_json(changed)
    operations.import_definition(definition=definition, actor=actor_of(thao), at=now())
    assert "Đã có phiên bản khác" in console.get(HERE).text
    assert propose(console).status_code == 422
    page = console.post(HERE + "ban-soan/doi-chieu/", {"revision": 1}, follow=True)
    assert "đã lưu bản soạn này" in page.text
    assert "Đã ghi nhận" in console.post(HERE + "ban-soan/doi-chieu/", {"revision": 2}, follow=True).text
    assert propose(console, revision=3).status_code == 302


def test_two_versions_are_compared_in_sentences(console, written):
    text = console.get(HERE + "so-sanh/").text
    assert "Mô tả đã sửa." in text
    assert "Hai bản giống nhau" in console.get(HERE + "so-sanh/?cu=1&moi=1").text
    for wrong in ("?cu=x", "?cu=99", "?cu=99999999999"):
        assert console.get(HERE + "so-sanh/" + wrong).status_code == 404


def test_a_draft_that_is_discarded_is_gone(console, written):
    assert console.post(HERE + "ban-soan/huy/", {"revision": 1}).status_code == 422
    assert "Đã hủy bản soạn" in console.post(HERE + "ban-soan/huy/", {"revision": 2}, follow=True).text
    assert console.get(HERE + "ban-soan/huy/").status_code == 404
    assert console.get(HERE + "de-nghi/").status_code == 404
    assert console.get(HERE + "chay-thu/").status_code == 404


def test_a_new_procedure_asks_for_number_name_and_sector(console, version):
    typed = {"number": "2.009998", "name": "Thủ tục mới", "sector": version.procedure.sector.code}
    assert console.post("/quan-tri/thu-tuc/them/", typed | {"sector": ""}).status_code == 422
    assert "7 chữ số" in console.post("/quan-tri/thu-tuc/them/", typed | {"number": "21"}).text
    assert console.post("/quan-tri/thu-tuc/them/", typed).status_code == 302
    page = console.get("/quan-tri/thu-tuc/2.009998/").text
    assert "Chưa công bố" in page
    assert "Thủ tục mới" in page
    other = typed | {"number": "2.009997", "sector": "", "sector_code": "X1", "sector_name": "Lĩnh vực mới"}
    assert console.post("/quan-tri/thu-tuc/them/", other).status_code == 302
    listed = console.get("/quan-tri/thu-tuc/?trang-thai=chua-cong-bo").text
    assert "2.009998" in listed
    assert "2.001207" not in listed


def test_a_clone_begins_with_the_content_of_another(console, version):
    address = HERE + "nhan-ban/"
    assert console.get(address).status_code == 200
    assert console.post(address, {"number": "2.001207", "name": "x"}).status_code == 422
    assert console.post(address + "?phien-ban=1", {"number": "2.009998", "name": "Bản sao"}).status_code == 302
    draft = ProcedureDraft.objects.get()
    assert (draft.number, draft.title) == ("2.009998", "Bản sao")
    assert draft.content["form"] == version.content["form"]


def test_a_folder_leaves_as_a_zip_and_comes_back_as_a_draft(console, version):
    sent = console.get(HERE + "goi/")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="2.001207-1.zip"'
    with zipfile.ZipFile(BytesIO(sent.content)) as archive:
        assert "2.001207/procedure.yaml" in archive.namelist()
    upload = SimpleUploadedFile("goi.zip", sent.content)
    page = console.post("/quan-tri/thu-tuc/nap/", {"package": upload}, follow=True)
    assert "thành bản soạn" in page.text
    assert ProcedureDraft.objects.get().content == version.definition.to_json()
    assert console.get(HERE + "goi/?phien-ban=soan").content == sent.content
    again = console.post("/quan-tri/thu-tuc/nap/", {"package": SimpleUploadedFile("goi.zip", sent.content)})
    assert again.status_code == 422
    assert "đang có một bản soạn" in again.text


def test_a_bad_folder_is_told_whole_and_becomes_nothing(console, version):
    kept = BytesIO(pack(version.definition, {}))
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr("2.001207/tests/sai.yaml", "name: [")
        archive.writestr("2.001207/la.txt", "x")
    page = console.post("/quan-tri/thu-tuc/nap/", {"package": SimpleUploadedFile("a.zip", kept.getvalue())})
    assert page.status_code == 422
    assert "la.txt" in page.text
    for content in (b"", b"no zip"):
        page = console.post("/quan-tri/thu-tuc/nap/", {"package": SimpleUploadedFile("a.zip", content)})
        assert page.status_code == 422
    assert not ProcedureDraft.objects.exists()


def test_a_draft_is_rehearsed_at_once_or_in_the_background(console, written, draft, monkeypatch):
    page = console.post(HERE + "chay-thu/", follow=True)
    assert "Bản nháp đang mở" in page.text
    assert "trên 1" in page.text
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    assert "Đang chạy thử" in console.post(HERE + "chay-thu/", follow=True).text
    asked = Rehearsal.objects.get()
    jobs.rehearse(asked.pk)
    assert "trên 1" in console.get(HERE + "chay-thu/").text
    jobs.rehearse(asked.pk)  # again: nothing
    jobs.rehearse(0)


def test_a_draft_with_mistakes_is_not_rehearsed(console, thao, written):
    content = written.content | {"fees": {"lines": [{"code": "X"}]}}
    operations.save_draft(draft=written, content=content, revision=2, actor=actor_of(thao), at=now())
    assert "còn lỗi" in console.post(HERE + "chay-thu/", follow=True).text
    assert not Rehearsal.objects.exists()


def test_the_list_is_searched_and_filtered(console, version):
    sector = version.procedure.sector.code
    for query, there in [
        ("?q=2.0012", True), ("?q=hợp chuẩn", True), ("?q=khongco", False),
        (f"?linh-vuc={sector}", True), ("?linh-vuc=X", False), ("?trang-thai=soan", False),
        ("?trang-thai=cho-duyet", False), ("?trang-thai=het-hieu-luc", False), ("?trang-thai=la", True),
    ]:  # fmt: skip
        assert ("thu-tuc/2.001207/" in console.get("/quan-tri/thu-tuc/" + query).text) == there, query


@pytest.mark.parametrize(
    "path",
    ["", "phien-ban/1/", "so-sanh/", "de-nghi/", "duyet/", "khoi-phuc/1/", "nhan-ban/", "chay-thu/", "ban-soan/huy/"],
)
@pytest.mark.parametrize("versions", [0, 30])
def test_a_page_costs_the_same_however_many_versions_there_are(
    path, versions, console, thao, version, written, django_assert_max_num_queries
):
    for number in range(versions):
        content = version.definition.to_json()
        content["record"]["summary"] = f"Bản {number}"
        definition = type(version.definition).from_json(content)
        operations.import_definition(definition=definition, actor=actor_of(thao), at=now())
    if path == "duyet/":
        draft = operations.move_base(draft=written, revision=2, actor=actor_of(thao), at=now())
        operations.propose(
            draft=draft, revision=3, publish_on=today(), note="x", actor=actor_of(thao), at=now()
        )
    with django_assert_max_num_queries(BUDGET):
        assert console.get(HERE + path).status_code == 200


def test_the_list_costs_the_same_with_many_procedures(console, thao, version, django_assert_max_num_queries):
    for number in range(40):
        operations.clone(
            version=version, number=f"2.0090{number:02}", name=f"Bản {number}", actor=actor_of(thao), at=now()
        )
    with django_assert_max_num_queries(11):
        assert console.get("/quan-tri/thu-tuc/").status_code == 200


def test_a_word_is_tried_at_once(console, version):
    page = console.post(
        "/quan-tri/tu-dong-nghia/them/", {"term": "dán tem chuẩn", "replacements": "công bố hợp chuẩn"}, follow=True
    )
    assert "thu=" in page.redirect_chain[-1][0]
    assert "Thử tìm" in page.text
    assert console.get("/quan-tri/tu-dong-nghia/tim-khong-thay/?thu=zzzz").status_code == 200

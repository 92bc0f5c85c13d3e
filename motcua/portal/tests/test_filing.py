"""Filing, page by page, as a citizen's citizen does it, mostly without scripts."""

import threading
import wave
from datetime import timedelta
from io import BytesIO

import pytest
from captcha.models import CaptchaStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse

from motcua.dossiers.models import Document, Dossier
from motcua.dossiers.states import State
from motcua.foundation.models import Event
from motcua.foundation.time import now
from motcua.foundation.vietnamese import moment
from motcua.portal import confirmation
from motcua.portal.filing.steps import SLUGS
from motcua.procedures import rules
from motcua.procedures.models import Procedure, ProcedureVersion
from tests.answers import example_answers
from tests.cast import PDF, complete_draft

STEPS = ("nguoi-nop", "to-khai", "giay-to", "nhan-ket-qua", "le-phi", "kiem-tra")
AJAX = {"X-Requested-With": "fetch"}


@pytest.fixture
def citizen(an):
    client = Client()
    client.force_login(an)
    return client


def at(dossier, step, **query):
    return reverse("portal:filing_step", args=[dossier.public_id, step], query=query or None)


def typed(definition, answers):
    """Answers as a citizen posts them."""
    posted = {}
    for field in definition.form.fields:
        value = answers.get(field.id)
        if field.type == "table":
            for place, row in enumerate(value or []):
                for column in field.columns:
                    posted[f"{field.id}-{place}-{column.id}"] = rules.input_text(
                        column, row.get(column.id, "")
                    )
        elif value is not None:
            posted[field.id] = value if field.type == "choices" else rules.input_text(field, value)
    return posted


def code_of(response):
    """The challenge on a review page and its answer."""
    key = response.context["code_key"] if response.context else ""
    key = key or response.content.decode().split('name="code_key" value="')[1].split('"')[0]
    return {"code_key": key, "code": confirmation._code(key)}


def pdf(name):
    return SimpleUploadedFile(f"{name}.pdf", PDF + name.encode(), content_type="application/pdf")


@pytest.fixture
def begun(citizen, version, department, centre):
    """A draft that An has just begun."""
    citizen.post(reverse("portal:start", args=["2.001207"]))
    return Dossier.objects.get()


def test_the_guide_example_is_filed_from_start_to_the_code(citizen, version, department, centre):
    start = citizen.get(reverse("portal:start", args=["2.001207"]))
    assert "Trước khi bắt đầu" in start.content.decode()
    assert "150.000 đồng" in start.content.decode()

    response = citizen.post(reverse("portal:start", args=["2.001207"]))
    dossier = Dossier.objects.get()
    assert response.url == at(dossier, "nguoi-nop")
    assert "0905123456" in citizen.get(response.url).content.decode()

    response = citizen.post(
        at(dossier, "nguoi-nop"),
        {"owner-is": "self", "submitter-address": "12 Trần Phú, Kon Tum", "submitter-phone": "0905 123 456",
         "submitter-email": "an@example.vn"},
    )  # fmt: skip
    assert response.url == at(dossier, "to-khai")
    response = citizen.post(at(dossier, "to-khai"), typed(version.definition, example_answers("2.001207")))
    assert response.url == at(dossier, "giay-to")
    dossier.refresh_from_db()
    asked = [one for one in rules.asked_components(version.definition, dossier.answers) if not one.form]
    assert len(asked) == 7
    for component in asked:
        address = reverse("portal:upload", args=[dossier.public_id, component.id])
        assert citizen.post(address, {f"file-{component.id}": pdf(component.id)}).status_code == 302
    assert citizen.post(at(dossier, "giay-to")).url == at(dossier, "nhan-ket-qua")
    assert citizen.post(at(dossier, "nhan-ket-qua"), {"delivery": "electronic"}).url == at(dossier, "le-phi")
    assert "150.000 đồng" in citizen.get(at(dossier, "le-phi")).content.decode()
    assert citizen.post(at(dossier, "le-phi")).url == at(dossier, "kiem-tra")

    review = citizen.get(at(dossier, "kiem-tra"))
    assert "Cà phê rang xay nguyên chất" in review.content.decode()
    response = citizen.post(
        at(dossier, "kiem-tra"), {"mc.action": "submit", "commitment": "yes"} | code_of(review)
    )
    assert response.url == reverse("portal:submitted", args=[dossier.public_id])
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    page = citizen.get(response.url).content.decode()
    assert dossier.code in page
    assert dossier.lookup_secret in page


# The start --------------------------------------------------------------------------------------------------


def test_an_open_draft_is_offered_before_a_new_one(citizen, begun):
    page = citizen.get(reverse("portal:start", args=["2.001207"])).content.decode()

    assert page.index("Tiếp tục bản nháp") < page.index("Bắt đầu hồ sơ mới")
    assert at(begun, "nguoi-nop") in page


def test_pressing_start_twice_makes_one_draft_until_it_is_touched(citizen, begun):
    start = reverse("portal:start", args=["2.001207"])
    citizen.post(start)
    assert Dossier.objects.count() == 1

    citizen.post(at(begun, "nhan-ket-qua"), {"delivery": "counter"})
    citizen.post(start)
    assert Dossier.objects.count() == 2


def test_officers_and_strangers_do_not_begin(client, binh, version, department, centre):
    start = reverse("portal:start", args=["2.001207"])
    assert client.get(start).url.startswith("/tai-khoan/")
    client.force_login(binh)
    assert "không nộp được hồ sơ" in client.get(start).content.decode()
    assert client.post(start).status_code == 422
    assert not Dossier.objects.exists()


def test_an_organisation_finds_its_own_data_filled_in(client, company, version, department, centre):
    client.force_login(company)
    client.post(reverse("portal:start", args=["2.001207"]))

    dossier = Dossier.objects.get()
    assert dossier.submitter["tax_code"] == "0100109106"
    assert dossier.answers["ten_to_chuc"] == "Công ty TNHH Cà phê Đăk Hà"
    assert dossier.answers["nguoi_dai_dien"] == "Trần Thị Hoa"


def revised(version, fees=None, **record):
    """The procedure with another record, and other fees, as its current version."""
    content = version.content | {"record": version.content["record"] | record}
    content["fees"] = content["fees"] | ({"lines": fees} if fees else {})
    newer = ProcedureVersion.objects.create(
        procedure=version.procedure,
        version=2,
        name=version.name,
        digest="0" * 64,
        content=content,
        imported_at=now(),
    )
    Procedure.objects.filter(pk=version.procedure_id).update(current=newer)
    return newer


def test_one_of_several_agencies_is_chosen(citizen, version, department, centre, giang):
    agencies = version.content["record"]["agencies"] | {"implementing": ["H34.12", "H34.05"]}
    revised(version, agencies=agencies)
    start = reverse("portal:start", args=["2.001207"])

    assert citizen.get(start).content.decode().count('type="radio"') == 2
    refused = citizen.post(start)
    assert refused.status_code == 422
    assert "Vui lòng chọn cơ quan thực hiện." in refused.content.decode()
    assert citizen.post(start, {"agency": "H34.01"}).status_code == 422  # receives, does not settle
    citizen.post(start, {"agency": "H34.05"})
    dossier = Dossier.objects.get()
    assert (dossier.agency.code, dossier.reception.code) == ("H34.05", "H34.01")


def test_a_procedure_that_is_filed_elsewhere_says_where(citizen, version, department, centre):
    elsewhere = {"name": "Hệ thống của Bộ", "url": "https://nqi.example.vn/"}
    revised(version, kind="filed_elsewhere", elsewhere=elsewhere)
    start = reverse("portal:start", args=["2.001207"])

    page = citizen.get(start).content.decode()
    assert 'href="https://nqi.example.vn/"' in page
    assert "Bắt đầu kê khai" not in page
    citizen.post(start)
    assert not Dossier.objects.exists()


# Nothing is lost --------------------------------------------------------------------------------------------


def test_wrong_values_are_kept_and_shown_with_their_mistakes(citizen, begun):
    posted = {"email": "không phải thư", "ngay_lap": "32/13/2026", "so_cong_bo": "01/2026/ĐKCBHQ"}
    response = citizen.post(at(begun, "to-khai"), posted | {"mc.action": "next"})

    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="không phải thư"' in page
    assert 'value="32/13/2026"' in page
    assert "Thư điện tử không đúng định dạng" in page
    again = citizen.get(at(begun, "to-khai")).content.decode()
    assert 'value="32/13/2026"' in again
    assert "24/11/2026" in again  # how to write a day


@pytest.mark.parametrize(("action", "leads_to"), [("save", "to-khai"), ("back", "nguoi-nop")])
def test_saving_and_going_back_keep_everything_however_wrong(citizen, begun, action, leads_to):
    response = citizen.post(at(begun, "to-khai"), {"email": "x@", "mc.action": action})

    assert response.url == at(begun, leads_to)
    begun.refresh_from_db()
    assert begun.answers["email"] == "x@"


def test_a_step_may_be_jumped_over_and_taken_up_later(citizen, begun):
    for step in STEPS:
        assert citizen.get(at(begun, step)).status_code == 200


def test_what_was_posted_after_the_login_expired_is_put_into_the_draft_after_the_next_login(
    citizen, an, begun
):
    citizen.logout()
    response = citizen.post(at(begun, "to-khai"), {"nhan_hieu": "Đăk Hà", "mc.action": "next"})
    assert response.url.startswith("/tai-khoan/")
    assert at(begun, "to-khai").replace("/", "%2F") in response.url or at(begun, "to-khai") in response.url

    citizen.force_login(an)
    page = citizen.get(at(begun, "to-khai"), follow=True).content.decode()

    begun.refresh_from_db()
    assert begun.answers["nhan_hieu"] == "Đăk Hà"
    assert "được lưu vào bản nháp" in page
    citizen.post(at(begun, "to-khai"), {"nhan_hieu": "Khác", "mc.action": "save"})
    citizen.get(at(begun, "to-khai"))
    begun.refresh_from_db()
    assert begun.answers["nhan_hieu"] == "Khác"  # once, not again


def test_somebody_elses_login_takes_nothing_into_my_draft(citizen, company, begun):
    citizen.logout()
    citizen.post(at(begun, "to-khai"), {"nhan_hieu": "Đăk Hà"})
    citizen.force_login(company)

    assert citizen.get(at(begun, "to-khai")).status_code == 404
    begun.refresh_from_db()
    assert "nhan_hieu" not in begun.answers


def save(client, dossier, groups, data, step="to-khai"):
    address = reverse("portal:autosave", args=[dossier.public_id])
    content = {"step": step, "groups": groups, "data": data}
    return client.post(address, content, content_type="application/json", headers=AJAX)


def test_typing_is_saved_field_by_field_and_leaves_the_others_alone(citizen, begun):
    citizen.post(at(begun, "to-khai"), {"nhan_hieu": "Đăk Hà", "mc.action": "save"})

    answer = save(citizen, begun, ["doi_tuong", "email"], {"doi_tuong": ["khac"], "email": ["sai"]}).json()

    begun.refresh_from_db()
    assert (begun.answers["nhan_hieu"], begun.answers["doi_tuong"], begun.answers["email"]) == (
        "Đăk Hà",
        "khac",
        "sai",
    )
    assert "doi_tuong_khac" not in answer["hidden"]
    assert "email" in answer["wrong"]
    assert answer["saved"].count(":") == 1


def test_a_table_is_saved_whole_while_one_types(citizen, begun):
    save(
        citizen,
        begun,
        ["tieu_chuan"],
        {"tieu_chuan-0-so_hieu": ["TCVN 1"], "tieu_chuan-1-so_hieu": ["TCVN 2"]},
    )
    begun.refresh_from_db()
    assert [row["so_hieu"] for row in begun.answers["tieu_chuan"]] == ["TCVN 1", "TCVN 2"]


def test_saving_while_one_types_answers_what_a_script_understands(client, citizen, begun, submitted):
    assert save(client, begun, [], {}).status_code == 401
    address = reverse("portal:autosave", args=[begun.public_id])
    for nonsense in ("{", "[]", '{"step": "x"}', '{"step": "to-khai", "groups": 1, "data": {}}'):
        assert citizen.post(address, nonsense, content_type="application/json").status_code == 400
    answer = save(citizen, submitted, ["nhan_hieu"], {"nhan_hieu": ["x"]})
    assert answer.status_code == 409
    assert answer.json()["submitted"] == reverse("portal:submitted", args=[submitted.public_id])


# The form without scripts -------------------------------------------------------------------------------------


def test_rows_are_added_and_removed_by_buttons_and_keep_what_was_typed(citizen, begun):
    rows = {"tieu_chuan-0-so_hieu": "TCVN 1", "tieu_chuan-1-so_hieu": "TCVN 2", "nhan_hieu": "Đăk Hà"}
    added = citizen.post(at(begun, "to-khai"), rows | {"mc.action": "add:tieu_chuan"})
    page = added.content.decode()
    assert added.status_code == 200
    assert 'name="tieu_chuan-2-so_hieu"' in page
    assert 'name="tieu_chuan-3-so_hieu"' not in page
    assert 'value="Đăk Hà"' in page

    removed = citizen.post(at(begun, "to-khai"), rows | {"mc.action": "remove:tieu_chuan:0"})
    assert "TCVN 1<" not in removed.content.decode()
    begun.refresh_from_db()
    assert [row["so_hieu"] for row in begun.answers["tieu_chuan"]] == ["TCVN 2"]


def test_a_question_appears_when_an_answer_asks_for_it(citizen, begun):
    group = '<div data-mc-group="doi_tuong_khac"'
    page = citizen.get(at(begun, "to-khai")).content.decode()
    assert f"{group} hidden" in page

    page = citizen.post(at(begun, "to-khai"), {"doi_tuong": "khac"}).content.decode()
    assert group in page
    assert f"{group} hidden" not in page


def test_labels_and_answers_with_marks_of_templates_are_only_text(citizen, begun):
    nasty = "{{ 7*7 }} {% raw %} <b>\"'"
    citizen.post(at(begun, "to-khai"), {"nhan_hieu": nasty, "mc.action": "save"})
    page = citizen.get(at(begun, "to-khai")).content.decode()
    assert "{{ 7*7 }} {% raw %} &lt;b&gt;&#34;&#39;" in page


# Who files ----------------------------------------------------------------------------------------------------


def test_filing_for_an_organisation_is_checked_and_fills_the_form(citizen, begun):
    owner = {
        "owner-is": "on_behalf", "owner-kind": "organisation", "owner-name": "Công ty TNHH Cà phê Đăk Hà",
        "owner-tax_code": "0100109107", "owner-address": "Đăk Hà, Kon Tum", "owner-phone": "0905 123 457",
        "submitter-address": "Kon Tum", "submitter-phone": "0905123456", "submitter-email": "an@example.vn",
    }  # fmt: skip
    wrong = citizen.post(at(begun, "nguoi-nop"), owner)
    assert wrong.status_code == 422
    assert "Mã số thuế không hợp lệ" in wrong.content.decode()
    assert 'value="0100109107"' in wrong.content.decode()

    assert citizen.post(at(begun, "nguoi-nop"), owner | {"owner-tax_code": "0100109106"}).status_code == 302
    begun.refresh_from_db()
    assert begun.on_behalf
    assert begun.owner["phone"] == "0905123457"
    assert begun.answers["ten_to_chuc"] == "Công ty TNHH Cà phê Đăk Hà"
    assert begun.answers["ma_so_thue"] == "0100109106"


def test_the_identity_of_the_account_is_not_typed_anew(citizen, begun):
    citizen.post(
        at(begun, "nguoi-nop"), {"submitter-name": "Ai Đó", "submitter-citizen_number": "001099000000"}
    )
    begun.refresh_from_db()
    assert begun.submitter["name"] == "Nguyễn Văn An"
    assert begun.submitter["citizen_number"] == "062090001234"


def test_a_draft_with_a_wrong_number_for_calling_back_is_not_filed(citizen, draft):
    citizen.post(
        at(draft, "nguoi-nop"),
        {"submitter-phone": "12", "submitter-address": "Kon Tum", "owner-is": "self", "mc.action": "save"},
    )
    review = citizen.get(at(draft, "kiem-tra")).content.decode()
    assert "Số điện thoại không đúng định dạng." in review
    assert f"{at(draft, 'nguoi-nop')}?loi#submitter-phone" in review
    assert 'value="submit"' not in review


# Papers -------------------------------------------------------------------------------------------------------


def first_paper(dossier):
    return dossier.documents.first()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("rỗng.pdf", b"", "không có nội dung"),
        ("hỏng.pdf", b"%PDF-1.4 x", "bị cắt ngang"),
        ("khoá.pdf", None, "mật khẩu"),
        ("phim.mp4", b"....ftyp", "không đúng định dạng"),
        ("lớn.pdf", PDF + bytes(1024 * 1024), "lớn hơn 1 MB"),
    ],
)
def test_a_refused_file_is_explained_beside_its_paper_and_the_others_stay(
    citizen, begun, settings, name, content, words
):
    from motcua.dossiers.tests.test_uploads import encrypted_pdf

    settings.UPLOAD_LIMIT_MB = 1
    address = reverse("portal:upload", args=[begun.public_id, "giay_to_phap_ly"])
    citizen.post(address, {"file": pdf("tốt")})
    wrong = SimpleUploadedFile(name, encrypted_pdf() if content is None else content)

    plain = citizen.post(address, {"file-giay_to_phap_ly": wrong})
    wrong.seek(0)
    script = citizen.post(address, {"file": wrong}, headers=AJAX)

    assert plain.status_code == script.status_code == 422
    assert words in plain.content.decode()
    assert 'id="giay_to_phap_ly-error"' in plain.content.decode()
    assert words in script.json()["problem"]
    assert "tốt.pdf" in script.json()["html"]
    assert Document.objects.count() == 1


def test_files_chosen_but_not_uploaded_are_taken_along_when_one_goes_on(citizen, begun):
    citizen.post(
        at(begun, "giay-to"),
        {
            "file-giay_to_phap_ly": [pdf("một"), pdf("hai")],
            "file-bao_cao_danh_gia": pdf("ba"),
            "mc.action": "next",
        },
    )
    assert sorted(Document.objects.values_list("name", flat=True)) == ["ba.pdf", "hai.pdf", "một.pdf"]


def test_a_file_is_replaced_and_taken_out(citizen, draft):
    old = first_paper(draft)
    address = reverse("portal:upload", args=[draft.public_id, old.component_id])

    answer = citizen.post(address, {"file": pdf("mới"), "replaces": old.pk}, headers=AJAX).json()
    assert answer["count"] == 1
    assert "mới.pdf" in answer["html"]

    new = draft.documents.get(component_id=old.component_id)
    response = citizen.post(reverse("portal:detach", args=[draft.public_id, new.pk]))
    assert response.url == f"{at(draft, 'giay-to')}#{old.component_id}"
    assert not draft.documents.filter(component_id=old.component_id).exists()
    assert citizen.post(reverse("portal:detach", args=[draft.public_id, new.pk])).status_code == 302


def test_a_file_refused_in_replacement_leaves_the_old_one(citizen, draft):
    old = first_paper(draft)
    address = reverse("portal:upload", args=[draft.public_id, old.component_id])
    citizen.post(address, {f"replacement-{old.pk}": SimpleUploadedFile("x.pdf", b"x"), "replaces": old.pk})
    assert draft.documents.filter(pk=old.pk).exists()


def test_a_file_is_shown_as_what_it_is_and_can_do_nothing(citizen, draft):
    response = citizen.get(reverse("portal:document", args=[draft.public_id, first_paper(draft).pk]))
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline; filename")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    picture = citizen.get(reverse("portal:thumbnail", args=[draft.public_id, first_paper(draft).pk]))
    assert picture["Content-Type"] == "image/jpeg"


def test_a_paper_that_is_no_longer_asked_is_kept_and_told(citizen, draft):
    answers = example_answers("2.001207") | {"co_chung_chi_htql": "da_co"}
    citizen.post(at(draft, "to-khai"), typed(draft.definition, answers) | {"mc.action": "save"})
    page = citizen.get(at(draft, "giay-to")).content.decode()
    assert "Giấy tờ không còn được yêu cầu" in page
    assert "quy_trinh_san_xuat.pdf" in page


# Whose draft it is ----------------------------------------------------------------------------------------------


def test_another_citizen_and_officers_find_nothing(client, company, binh, draft):
    paper = first_paper(draft)
    addresses = [at(draft, step) for step in STEPS] + [
        reverse("portal:submitted", args=[draft.public_id]),
        reverse("portal:document", args=[draft.public_id, paper.pk]),
        reverse("portal:thumbnail", args=[draft.public_id, paper.pk]),
    ]
    posts = [
        reverse("portal:autosave", args=[draft.public_id]),
        reverse("portal:upload", args=[draft.public_id, paper.component_id]),
        reverse("portal:detach", args=[draft.public_id, paper.pk]),
        reverse("portal:new_code", args=[draft.public_id]),
        at(draft, "kiem-tra"),
    ]
    for user in (company, binh):
        client.force_login(user)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert {client.post(address).status_code for address in posts} == {404}
    assert draft.documents.filter(pk=paper.pk).exists()


def test_an_officer_of_the_dossier_sees_its_files_only_at_the_desk_where_each_look_is_logged(client, binh, submitted):
    paper = first_paper(submitted)
    client.force_login(binh)
    for name in ("portal:document", "portal:thumbnail"):
        assert client.get(reverse(name, args=[submitted.public_id, paper.pk])).status_code == 404


# Submitting -------------------------------------------------------------------------------------------------------


def submit(client, dossier, **posted):
    review = client.get(at(dossier, "kiem-tra"))
    return client.post(
        at(dossier, "kiem-tra"), {"mc.action": "submit", "commitment": "yes"} | code_of(review) | posted
    )


def test_what_is_missing_is_listed_with_links_and_there_is_nothing_to_press(citizen, begun):
    page = citizen.get(at(begun, "kiem-tra")).content.decode()
    assert "Hồ sơ còn thiếu" in page
    assert f"{at(begun, 'to-khai')}?loi#ten_goi" in page
    assert 'value="submit"' not in page
    assert "Vui lòng nhập thông tin: Tên gọi." in citizen.get(at(begun, "to-khai") + "?loi").content.decode()

    response = citizen.post(at(begun, "kiem-tra"), {"mc.action": "submit", "commitment": "yes"})
    assert response.status_code == 422
    begun.refresh_from_db()
    assert begun.state == State.DRAFT


def test_a_wrong_code_changes_nothing_but_the_picture(citizen, draft):
    review = citizen.get(at(draft, "kiem-tra"))
    key = code_of(review)["code_key"]
    response = citizen.post(
        at(draft, "kiem-tra"), {"mc.action": "submit", "commitment": "yes", "code_key": key, "code": "000"}
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "Mã xác nhận không đúng hoặc đã hết hiệu lực." in page
    assert "checked" in page
    assert code_of(response)["code_key"] != key


def test_a_right_code_is_not_asked_for_again_while_the_rest_is_put_right(citizen, draft):
    review = citizen.get(at(draft, "kiem-tra"))
    response = citizen.post(at(draft, "kiem-tra"), {"mc.action": "submit"} | code_of(review))
    assert "Vui lòng đánh dấu vào ô cam đoan" in response.content.decode()
    assert "Mã xác nhận đã được nhập đúng." in response.content.decode()

    response = citizen.post(at(draft, "kiem-tra"), {"mc.action": "submit", "commitment": "yes"})
    assert response.url == reverse("portal:submitted", args=[draft.public_id])


def test_a_code_belongs_to_one_draft(citizen, draft, version, department, centre, an):
    other = complete_draft(version, department, centre, an)
    code = code_of(citizen.get(at(other, "kiem-tra")))
    response = citizen.post(at(draft, "kiem-tra"), {"mc.action": "submit", "commitment": "yes"} | code)
    assert response.status_code == 422


def test_an_old_code_is_refused(citizen, draft):
    review = citizen.get(at(draft, "kiem-tra"))
    code = code_of(review)
    CaptchaStore.objects.update(expiration=now() - timedelta(minutes=1))
    assert (
        citizen.post(at(draft, "kiem-tra"), {"mc.action": "submit", "commitment": "yes"} | code).status_code
        == 422
    )


def test_guessing_codes_is_limited_even_when_one_is_right_at_last(citizen, draft):
    for _ in range(10):
        submit(citizen, draft, code="00000x")
    response = submit(citizen, draft)
    assert "nhập sai nhiều lần" in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_one_account_does_not_file_without_end(
    citizen, draft, submitted, settings, version, department, centre, an
):
    settings.FILINGS_PER_HOUR = 1
    Dossier.objects.filter(pk=submitted.pk).update(submitted_at=now(), saved_at=now())
    other = complete_draft(version, department, centre, an)
    assert "nộp lại sau" in submit(citizen, other).content.decode()


def test_pressing_twice_or_again_after_a_lost_answer_leads_to_the_same_dossier(citizen, draft):
    review = citizen.get(at(draft, "kiem-tra"))
    posted = {"mc.action": "submit", "commitment": "yes"} | code_of(review)
    first, second = (citizen.post(at(draft, "kiem-tra"), posted) for _ in range(2))
    assert first.url == second.url == reverse("portal:submitted", args=[draft.public_id])
    assert Dossier.objects.filed().count() == 1
    assert citizen.get(at(draft, "to-khai")).url == first.url
    assert citizen.post(at(draft, "to-khai"), {"nhan_hieu": "x"}).url == first.url


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_submit_at_once_make_one_dossier(an, draft):
    tabs = [Client(), Client()]
    for tab in tabs:
        tab.force_login(an)
    posts = [
        {"mc.action": "submit", "commitment": "yes"} | code_of(tab.get(at(draft, "kiem-tra"))) for tab in tabs
    ]
    barrier, answers = threading.Barrier(2), []

    def press(tab, posted):
        barrier.wait()
        answers.append(tab.post(at(draft, "kiem-tra"), posted).url)
        connections.close_all()

    threads = [threading.Thread(target=press, args=pair) for pair in zip(tabs, posts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [reverse("portal:submitted", args=[draft.public_id])] * 2
    assert Event.objects.filter(type="dossier.submitted").count() == 1
    assert Dossier.objects.get().code.endswith("-0001")


@pytest.mark.django_db(transaction=True)
def test_many_who_file_at_once_get_codes_without_gaps(an, version, department, centre):
    drafts = [complete_draft(version, department, centre, an) for _ in range(5)]
    client = Client()
    client.force_login(an)
    posts = [
        {"mc.action": "submit", "commitment": "yes"} | code_of(client.get(at(one, "kiem-tra")))
        for one in drafts
    ]

    def press(one, posted):
        tab = Client()
        tab.force_login(an)
        tab.post(at(one, "kiem-tra"), posted)
        connections.close_all()

    threads = [threading.Thread(target=press, args=pair) for pair in zip(drafts, posts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(Dossier.objects.filed().values_list("code", flat=True))
    assert [code[-4:] for code in codes] == ["0001", "0002", "0003", "0004", "0005"]


def test_the_last_page_says_what_comes_next_and_leads_to_the_payment(citizen, submitted):
    page = citizen.get(reverse("portal:submitted", args=[submitted.public_id])).content.decode()
    assert "Nộp phí, lệ phí 150.000 đồng để hồ sơ được tiếp nhận" in page
    assert "08 giờ làm việc" in page
    assert moment(submitted.intake_due_at) in page


def test_a_draft_follows_its_procedure_to_a_new_version_with_all_that_was_answered(citizen, begun, version):
    citizen.post(at(begun, "to-khai"), {"nhan_hieu": "Đăk Hà", "mc.action": "save"})
    newer = revised(version)

    page = citizen.get(at(begun, "to-khai")).content.decode()

    begun.refresh_from_db()
    assert begun.procedure_version_id == newer.pk
    assert "Thủ tục vừa được cập nhật" in page
    assert 'value="Đăk Hà"' in page


CHEAPER = [{"code": "P", "name": "Phí", "kind": "fee", "due": "before_result", "amount": 120000}]


def test_what_a_new_version_changes_is_told_until_it_is_put_away(citizen, begun, version):
    revised(version, CHEAPER)
    change = "từ 150.000 đồng thành 120.000 đồng"
    for step in ("to-khai", "giay-to", "to-khai"):
        assert change in citizen.get(at(begun, step)).content.decode()

    answer = citizen.post(at(begun, "to-khai"), {"nhan_hieu": "Đăk Hà", "mc.action": "seen"})

    assert answer.url == at(begun, "to-khai")
    page = citizen.get(answer.url).content.decode()
    assert change not in page
    assert 'value="Đăk Hà"' in page


def test_what_a_new_version_changes_is_told_until_every_step_was_seen(citizen, begun, version):
    revised(version, CHEAPER)
    for slug in SLUGS.values():
        assert "Thủ tục vừa được cập nhật" in citizen.get(at(begun, slug)).content.decode()
    for slug in SLUGS.values():
        assert "Thủ tục vừa được cập nhật" not in citizen.get(at(begun, slug)).content.decode()


def test_a_draft_whose_procedure_changed_is_read_again_before_it_is_filed(citizen, draft, version):
    review = citizen.get(at(draft, "kiem-tra"))
    revised(version)

    answer = citizen.post(
        at(draft, "kiem-tra"), {"mc.action": "submit", "commitment": "yes"} | code_of(review)
    )

    assert answer.url == at(draft, "kiem-tra")
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert "Thủ tục vừa được cập nhật" in citizen.get(answer.url).content.decode()
    assert submit(citizen, draft).url == reverse("portal:submitted", args=[draft.public_id])


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"step": "to-khai", "groups": [], "data": ' + b"[" * 100_000]
)
def test_a_script_that_sends_nonsense_is_told_so(citizen, draft, body):
    address = reverse("portal:autosave", args=[draft.public_id])
    assert citizen.post(address, body, content_type="application/json").status_code == 400


def test_half_a_character_is_left_out_of_what_is_kept(citizen, draft):
    sent = {"delivery": ["post"], "delivery_address": ["12 Trần Phú \ud800"]}
    body = {"step": "nhan-ket-qua", "groups": [], "data": sent}
    address = reverse("portal:autosave", args=[draft.public_id])
    assert citizen.post(address, body, content_type="application/json").status_code == 200
    draft.refresh_from_db()
    assert draft.delivery_address == "12 Trần Phú"


def test_a_stranger_makes_no_codes(client, db):
    for page in ("refresh/", "image/0123456789abcdef/", "audio/0123456789abcdef.wav"):
        assert client.get(f"/ma-xac-nhan/{page}", headers=AJAX).status_code == 404
        assert client.get(f"/ma-xac-nhan/{page}", headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 404
    assert not CaptchaStore.objects.exists()


# The code, seen and heard -------------------------------------------------------------------------------------------


def test_the_code_is_a_picture_and_a_sound(citizen, draft):
    key = code_of(citizen.get(at(draft, "kiem-tra")))["code_key"]
    picture = citizen.get(reverse("portal:code_picture", args=[key]))
    assert picture.content.startswith(b"\x89PNG")
    sound = citizen.get(reverse("portal:code_sound", args=[key]))
    with wave.open(BytesIO(sound.content)) as spoken:
        assert (spoken.getnchannels(), spoken.getframerate()) == (1, 16_000)
        assert 3 < spoken.getnframes() / spoken.getframerate() < 10
    CaptchaStore.objects.all().delete()
    assert citizen.get(reverse("portal:code_picture", args=[key])).status_code == 410
    assert citizen.get(reverse("portal:code_sound", args=["anything"])).status_code == 410


def test_another_code_comes_with_and_without_scripts(citizen, draft):
    answer = citizen.post(reverse("portal:new_code", args=[draft.public_id]), headers=AJAX).json()
    assert citizen.get(answer["picture"]).status_code == 200
    response = citizen.post(at(draft, "kiem-tra"), {"mc.action": "new_code", "commitment": "yes"})
    assert "checked" in response.content.decode()
    assert code_of(response)["code_key"] != answer["key"]


# What a page costs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "most"),
    [("nguoi-nop", 3), ("to-khai", 3), ("giay-to", 7), ("nhan-ket-qua", 3), ("le-phi", 3), ("kiem-tra", 5)],
)
def test_a_step_asks_the_database_little(citizen, draft, step, most, django_assert_max_num_queries):
    # Of the papers, three questions of their own beside the files: half-sent ones, reasons of returns, earlier papers.
    citizen.get(at(draft, step))  # the province and the definition are kept by the process
    with django_assert_max_num_queries(most):
        citizen.get(at(draft, step))


def test_saving_asks_the_database_little(citizen, draft, django_assert_max_num_queries):
    posted = typed(draft.definition, example_answers("2.001207"))
    citizen.post(at(draft, "to-khai"), posted)
    with django_assert_max_num_queries(4):
        assert citizen.post(at(draft, "to-khai"), posted).status_code == 302
    with django_assert_max_num_queries(4):
        save(citizen, draft, ["nhan_hieu"], {"nhan_hieu": ["Đăk Hà"]})


def test_start_upload_and_last_page_ask_the_database_little(
    citizen, draft, submitted, django_assert_max_num_queries
):
    start = reverse("portal:start", args=["2.001207"])
    citizen.get(start)
    with django_assert_max_num_queries(6):
        citizen.get(start)
    with django_assert_max_num_queries(5):
        citizen.get(reverse("portal:submitted", args=[submitted.public_id]))

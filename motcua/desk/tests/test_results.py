"""The pages of drafts, signatures and the register of results."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from motcua.dossiers import operations
from motcua.dossiers.models import Result
from motcua.papers.models import Credential, Signature
from motcua.papers.signers import SIGNERS, Expired, Waiting
from tests.cast import MONDAY_9AM
from tests.signers import PIN

from .conftest import HOUR, NOW


@pytest.fixture(autouse=True)
def clock_of_results(monkeypatch):
    for view in ("drafts", "register", "credentials"):
        monkeypatch.setattr(f"motcua.desk.results.{view}.now", lambda: NOW)


def page(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_an_appraiser_writes_the_result_and_sees_it_beside(as_user, at_stage, officers):
    dossier, chi = at_stage("appraise"), as_user(officers["chi"])
    address = f"/can-bo/ho-so/{dossier.code}/soan-ket-qua/"
    assert "Nơi nhận" in page(chi, address)

    sent = {"products": "Cà phê bột", "standards": "TCVN 5251", "basis": "", "recipients": "Như trên", "valid_until": ""}
    assert chi.post(address, sent).status_code == 302
    refused = chi.post(address, sent | {"valid_until": "31/31/2026"})
    assert refused.status_code == 422 and "Có giá trị đến hết ngày: Ngày không hợp lệ" in refused.content.decode()
    assert chi.post(address, sent | {"valid_until": "27/3/2029"}).status_code == 302
    assert Result.objects.get(dossier=dossier).content["texts"]["valid_until"] == "2029-03-27"
    assert 'value="27/03/2029"' in page(chi, address)
    assert chi.post(address, sent | {"tu-dong": "1"}).json() == {"problem": ""}

    assert "Cà phê bột" in page(chi, address)
    assert chi.get(f"/can-bo/ho-so/{dossier.code}/du-thao/").status_code == 200
    assert as_user(officers["dung"]).get(address).status_code == 302  # not hers to write
    assert Result.objects.get(dossier=dossier).content["texts"]["products"] == "Cà phê bột"


def test_a_leader_signs_with_a_pin_that_no_page_shows_again(as_user, at_stage, officers, certified):
    dossier, dung = at_stage("approve"), as_user(officers["dung"])
    credential = certified(officers["dung"])
    text = page(dung, f"/can-bo/ho-so/{dossier.code}/")
    assert "Ký số, phê duyệt" in text and 'name="pin"' in text
    sent = {"seen": dossier.tasks.open().get().pk, "outcome": "duyet", "note": "Đồng ý", "credential": credential.pk}

    wrong = dung.post(f"/can-bo/ho-so/{dossier.code}/phe-duyet/", sent | {"pin": "975310"})
    right = dung.post(f"/can-bo/ho-so/{dossier.code}/phe-duyet/", sent | {"pin": PIN}, follow=True)

    assert wrong.status_code == 422
    assert "Mã PIN không đúng" in wrong.content.decode() and "975310" not in wrong.content.decode()
    assert "Đã ký số và phê duyệt" in right.content.decode()


def test_a_pin_is_not_guessed(as_user, at_stage, officers, certified):
    dossier, dung = at_stage("approve"), as_user(officers["dung"])
    credential = certified(officers["dung"])
    address = f"/can-bo/ho-so/{dossier.code}/phe-duyet/"
    sent = {"seen": dossier.tasks.open().get().pk, "outcome": "duyet", "note": "Đồng ý", "credential": credential.pk}
    for guess in range(5):
        assert "Mã PIN không đúng" in dung.post(address, sent | {"pin": f"00000{guess}"}).content.decode()

    right = dung.post(address, sent | {"pin": PIN})

    assert right.status_code == 422 and "nhập sai mã PIN nhiều lần" in right.content.decode()
    assert dossier.tasks.open().get().act == "approve"


def test_without_a_certificate_the_page_says_that_nothing_is_signed(as_user, at_stage, officers):
    dossier = at_stage("approve")
    assert "không kèm chữ ký số" in page(as_user(officers["dung"]), f"/can-bo/ho-so/{dossier.code}/")


def test_a_clerk_sees_the_signed_paper_and_seals_it(as_user, at_stage, officers, certified, as_actor, department):
    dossier = at_stage("approve")
    certified_dung, seal = certified(officers["dung"]), certified(officers["van"], department)
    operations.sign(
        dossier=dossier, credential=certified_dung, pin=PIN, note="", actor=as_actor(officers["dung"]), at=MONDAY_9AM + HOUR
    )
    van = as_user(officers["van"])
    preview = van.get(f"/can-bo/ho-so/{dossier.code}/du-thao/")
    assert b"/ByteRange" in b"".join(preview.streaming_content)
    sent = {"seen": dossier.tasks.open().get().pk, "outcome": "ban_hanh", "credential": seal.pk, "pin": PIN}

    done = van.post(f"/can-bo/ho-so/{dossier.code}/ban-hanh/", sent, follow=True)

    assert "Đã ban hành kết quả số 01/TB" in done.content.decode()
    result = Result.objects.get(dossier=dossier)
    entry = page(van, f"/can-bo/so-ket-qua/{result.pk}/")
    assert "Chữ ký số của cơ quan" in entry and "Thu hồi" not in entry
    from django.test import Client

    check = page(Client(), f"/kiem-tra-giay-to/?ma={result.check_code}")
    assert "Chữ ký số của người có thẩm quyền: Hoàng Dũng" in check


def test_a_signature_that_is_waited_for_offers_to_ask_again_and_to_give_up(
    as_user, at_stage, officers, certified, as_actor, monkeypatch
):
    dossier, dung = at_stage("approve"), as_user(officers["dung"])
    credential = certified(officers["dung"])

    class Service:
        name, asks_pin, fields, takes_file = "Dịch vụ", False, (), False

        def sign(self, job, pin):
            return Waiting("x", NOW + HOUR)

        def ask(self, reference):
            return Waiting("x", NOW + HOUR) if NOW else Expired()

    monkeypatch.setitem(SIGNERS._plugins, "pkcs12", Service())
    operations.sign(
        dossier=dossier, credential=credential, pin="", note="", actor=as_actor(officers["dung"]), at=NOW
    )
    text = page(dung, f"/can-bo/ho-so/{dossier.code}/")
    assert "Chờ chữ ký" in text and "Ký số, phê duyệt" not in text
    address = f"/can-bo/ho-so/{dossier.code}/cho-chu-ky/"
    assert dung.get(address).json() == {"waits": True}
    assert "Chưa có chữ ký" in dung.post(address, {"lam": "hoi"}, follow=True).content.decode()

    assert "Đã hủy yêu cầu ký" in dung.post(address, {"lam": "huy"}, follow=True).content.decode()

    assert Signature.objects.get().state == Signature.State.FAILED
    assert "Ký số, phê duyệt" in page(dung, f"/can-bo/ho-so/{dossier.code}/")


def test_the_register_is_found_by_number_name_and_standing(as_user, at_stage, officers, giang):
    dossier = at_stage("return")
    van = as_user(officers["van"])

    assert "01/TB" in page(van, "/can-bo/so-ket-qua/")
    for found in ("q=01", "q=01/TB", "q=nguyen+van+an", "q=" + dossier.code, "hieu-luc=hieu-luc", "tu=2026-11-30&den=2026-11-30", "tu=30/11/2026&den=30.11.2026"):
        assert "01/TB" in page(van, f"/can-bo/so-ket-qua/?{found}"), found
    for not_found in ("q=02/TB", "q=tran", "hieu-luc=thu-hoi", "hieu-luc=het-han", "tu=2026-12-01"):
        assert "Không có kết quả nào khớp" in page(van, f"/can-bo/so-ket-qua/?{not_found}"), not_found
    unread = page(van, "/can-bo/so-ket-qua/?tu=31/02/2026&den=hôm+qua")
    assert "01/TB" in unread and 'value="31/02/2026"' in unread  # as it was typed
    assert ">Cấp từ ngày: vui lòng nhập" in unread and "Đến ngày: vui lòng nhập" in unread
    assert {one.purpose for one in dossier.readings.filter(actor_name="Võ Thị Vân")} == {"view_register"}  # it names people
    assert "01/TB" not in page(as_user(giang), "/can-bo/so-ket-qua/")
    assert as_user(giang).get(f"/can-bo/so-ket-qua/{Result.objects.get().pk}/").status_code == 404


def test_who_hands_results_over_is_warned_of_one_that_was_revoked(as_user, at_stage, officers, as_actor):
    dossier, yen = at_stage("return"), as_user(officers["yen"])
    address = f"/can-bo/ho-so/{dossier.code}/"
    assert "Trả kết quả" in page(yen, address) and "đã bị thu hồi" not in page(yen, address)
    operations.revoke_result(
        result=Result.objects.get(), reason="Sai tên", actor=as_actor(officers["dung"]), at=MONDAY_9AM + 8 * HOUR
    )
    assert "Kết quả đã bị thu hồi lúc" in page(yen, address) and "Kết quả số 01/TB không còn giá trị" in page(yen, address)


def test_a_leader_revokes_on_the_page(as_user, at_stage, officers):
    at_stage("return")
    result, dung = Result.objects.get(), as_user(officers["dung"])
    address = f"/can-bo/so-ket-qua/{result.pk}/"

    assert dung.post(address, {"reason": ""}).status_code == 422
    assert dung.post(address, {"reason": "Sai", "replaced_by": "77/TB"}).status_code == 422
    assert "Đã thu hồi kết quả số 01/TB" in dung.post(address, {"reason": "Cấp sai"}, follow=True).content.decode()

    assert "Lý do: Cấp sai" in page(dung, address)
    assert "Đã thu hồi" in page(dung, "/can-bo/so-ket-qua/?hieu-luc=thu-hoi")


@pytest.mark.parametrize("more", [0, 12])
def test_the_register_costs_the_same_few_queries_however_long_it_is(
    as_user, at_stage, officers, more, django_assert_max_num_queries
):
    for _ in range(1 + more):
        at_stage("return")
    van = as_user(officers["van"])
    with django_assert_max_num_queries(8):
        page(van, "/can-bo/so-ket-qua/")


def test_an_officer_adds_a_certificate_and_gives_it_up(as_user, officers, authority, department):
    van = as_user(officers["van"])
    assert "Chưa có chứng thư số" in page(van, "/can-bo/chu-ky-so/")
    file = authority.identity("Võ Thị Vân", "Sở").pkcs12(PIN, [authority.own.certificate])
    sent = {"label": "USB", "pin": PIN, "agency": str(department.pk)}
    address = "/can-bo/chu-ky-so/them/pkcs12/"
    assert page(van, address)

    wrong = van.post(address, sent | {"pin": "121212", "file": SimpleUploadedFile("a.p12", file)})
    done = van.post(address, sent | {"file": SimpleUploadedFile("a.p12", file)}, follow=True)

    of_another = van.post(address, sent | {"agency": "", "file": SimpleUploadedFile("a.p12", authority.identity("Hoàng Dũng", "Sở").pkcs12(PIN, []))})

    assert wrong.status_code == 422 and "121212" not in wrong.content.decode()
    assert of_another.status_code == 422 and "không phải của Ông/Bà" in of_another.content.decode()
    assert "Dấu của cơ quan" in done.content.decode()
    credential = Credential.objects.get()
    assert credential.agency == department and credential.user is None
    assert as_user(officers["dung"]).post(f"/can-bo/chu-ky-so/{credential.pk}/ngung-dung/").status_code == 404
    van.post(f"/can-bo/chu-ky-so/{credential.pk}/ngung-dung/")
    credential.refresh_from_db()
    assert credential.retired_at and credential.container is None

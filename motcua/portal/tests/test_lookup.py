"""Look-up without a login: the state of a dossier, the truth of a paper, and nothing for who guesses."""

import re

import pytest

from motcua.dossiers import operations
from motcua.dossiers.subscribers import acknowledge
from motcua.dossiers.tests.test_counter import entered
from motcua.foundation.models import Event
from motcua.foundation.time import now
from motcua.papers import operations as papers
from motcua.papers.models import Paper
from motcua.portal.mine.lookup import BY_ADDRESS, BY_CODE
from tests.cast import MONDAY_9AM, pay_everything

ADDRESS, CHECK = "/tra-cuu-ho-so/", "/kiem-tra-giay-to/"


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def guess(client, code: str, secret: str, **more: str):
    return client.post(ADDRESS, {"ma": code, "ma-tra-cuu": secret}, **more)


def other(secret: str) -> str:
    return f"{(int(secret) + 1) % 1_000_000:06}"


@pytest.fixture
def accepted(submitted, binh, as_actor):
    pay_everything(submitted)
    return operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM)


def test_code_and_secret_show_the_way_of_the_dossier_and_no_person(client, accepted):
    text = text_of(guess(client, accepted.code.lower(), f" {accepted.lookup_secret} "))
    for words in (accepted.code, "Được tiếp nhận", "Phân công thụ lý", "17:00, thứ Hai 07/12/2026",
                  "Trung tâm Phục vụ hành chính công tỉnh Kon Tum", "Người nộp hồ sơ"):  # fmt: skip
        assert words in text, words
    for words in ("Nguyễn Văn An", "Trần Thị Bình", "0905123456", "062090001234", "an@example.vn", accepted.lookup_secret):
        assert words not in text, words


def test_the_code_of_the_qr_is_filled_in(client, submitted):
    text = text_of(client.get(ADDRESS, {"ma": submitted.code}))
    assert f'value="{submitted.code}"' in text
    assert "Mới đăng ký" not in text


def test_the_owner_goes_straight_to_the_dossier(client, submitted, an, company):
    client.force_login(an)
    assert client.get(ADDRESS, {"ma": submitted.code}).url == f"/ho-so/{submitted.public_id}/"
    client.force_login(company)
    assert client.get(ADDRESS, {"ma": submitted.code}).status_code == 200


def test_an_unknown_code_and_a_wrong_secret_are_told_alike(client, submitted):
    wrong = guess(client, submitted.code, other(submitted.lookup_secret))
    unknown = guess(client, "H34.12-261130-9999", submitted.lookup_secret)
    assert wrong.status_code == unknown.status_code == 422
    strip = re.compile(r"H34\.12-261130-\d{4}|name=.csrfmiddlewaretoken.[^>]*")
    assert strip.sub("", text_of(wrong)) == strip.sub("", text_of(unknown))


@pytest.mark.parametrize("code, secret", [("", "123456"), ("H34.12-261130-0001", ""), ("\x00", "\x00")])
def test_what_is_missing_is_said(client, submitted, code, secret):
    answer = guess(client, code, secret)
    assert answer.status_code == 422
    assert "Vui lòng nhập" in text_of(answer)


def test_a_draft_is_never_found(client, draft):
    assert guess(client, "None", "").status_code == 422
    assert guess(client, "", "").status_code == 422


def test_guessing_the_secret_of_one_dossier_ends_after_some_tries_from_wherever_they_come(client, submitted):
    for number in range(BY_CODE.amount):
        answer = guess(client, submitted.code, other(submitted.lookup_secret), REMOTE_ADDR=f"10.0.0.{number + 1}")
        assert answer.status_code == 422
    right = guess(client, submitted.code, submitted.lookup_secret, REMOTE_ADDR="10.0.0.99")
    assert right.status_code == 429
    assert "Mới đăng ký" not in text_of(right)


def test_one_address_does_not_try_code_after_code(client, submitted):
    for number in range(BY_ADDRESS.amount):
        assert guess(client, f"H34.12-261130-{number + 2:04}", "000000").status_code == 422
    assert guess(client, submitted.code, submitted.lookup_secret).status_code == 429
    assert guess(client, submitted.code, submitted.lookup_secret, REMOTE_ADDR="10.0.0.1").status_code == 200


def test_who_knows_the_secret_may_look_as_often_as_he_likes(client, submitted):
    for _ in range(BY_CODE.amount + 2):
        assert guess(client, submitted.code, submitted.lookup_secret).status_code == 200


def test_nothing_of_a_look_up_is_kept_by_the_browser(client, submitted):
    assert "no-store" in guess(client, submitted.code, submitted.lookup_secret)["Cache-Control"]


def test_looking_up_costs_few_queries(client, accepted, django_assert_max_num_queries):
    guess(client, accepted.code, accepted.lookup_secret)
    with django_assert_max_num_queries(12):
        guess(client, accepted.code, accepted.lookup_secret)


# Papers ------------------------------------------------------------------------------------------------------


def test_a_genuine_paper_is_told_with_issuer_number_and_checksum_but_no_name(client, accepted):
    slip = Paper.objects.get(kind="acceptance_slip")
    file = papers.file_of(slip)
    text = text_of(client.get(CHECK, {"ma": slip.check_code.lower().replace("-", " ")}))
    for words in ("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "01/TNHS", slip.issuer, file.sha256, accepted.code,
                  "N***** V** A*", "chưa bị thu hồi"):  # fmt: skip
        assert words in text, words
    told = text.replace(file.sha256, "")  # six digits may stand in any checksum
    for words in ("Nguyễn Văn An", "0905123456", accepted.lookup_secret):
        assert words not in told


def test_the_name_of_an_organisation_is_public(client, submitted, binh, as_actor):
    submitted.owner = submitted.owner | {"name": "Công ty TNHH Cà phê Đăk Hà", "citizen_number": "", "tax_code": "0100109106"}
    submitted.save(update_fields=["owner"])
    pay_everything(submitted)
    operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM)

    assert "Công ty TNHH Cà phê Đăk Hà" in text_of(client.get(CHECK, {"ma": Paper.objects.get(kind="acceptance_slip").check_code}))


def test_a_revoked_paper_is_told_as_void_with_the_reason(client, accepted, binh, as_actor):
    slip = Paper.objects.get(kind="acceptance_slip")
    papers.revoke(paper=slip, reason="Sai ngày hẹn", actor=as_actor(binh), at=now())
    text = text_of(client.get(CHECK, {"ma": slip.check_code}))
    assert "Giấy tờ đã bị thu hồi" in text
    assert "Sai ngày hẹn" in text


def test_an_unknown_check_code_is_not_found_and_stays_typed(client, db):
    answer = client.get(CHECK, {"ma": "7KQM-2XWA-4PBT"})
    assert answer.status_code == 404
    assert 'value="7KQM-2XWA-4PBT"' in text_of(answer)


def test_check_codes_are_not_tried_without_end(client, db):
    statuses = [client.get(CHECK, {"ma": f"AAAA-AAAA-{n:04}"}).status_code for n in range(61)]
    assert statuses == [404] * 60 + [429]


def test_the_paper_of_the_submit_leads_from_its_check_to_the_look_up(client, submitted):
    acknowledge(Event.objects.get(type="dossier.submitted"))
    paper = Paper.objects.get(kind="acknowledgement")
    assert f"{ADDRESS}?ma={submitted.code}" in text_of(client.get(CHECK, {"ma": paper.check_code}))


def test_who_has_no_account_follows_a_dossier_of_the_counter_with_its_code_and_secret(
    client, version, department, centre, binh, as_actor
):
    dossier = entered(version, department, centre, as_actor(binh))
    dossier = operations.receive(dossier=dossier, actor=as_actor(binh), at=MONDAY_9AM)

    page = guess(client, dossier.code, dossier.lookup_secret)

    text = text_of(page)
    assert page.status_code == 200
    assert "Nhận hồ sơ tại quầy" in text and centre.name in text
    assert binh.full_name not in text and dossier.submitter["name"] not in text

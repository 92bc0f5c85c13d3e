"""What a new draft takes over from the account's earlier dossiers and their results."""

from datetime import date

import pytest

from motcua.dossiers import prefill
from motcua.dossiers.models import Dossier, Result
from motcua.procedures.parts import Field, Form, Section
from tests.cast import MONDAY_9AM

LATER = Form((
    Section("truoc", "Lần trước", (
        Field("ten", "Tên gọi", "text", prefill="earlier.2.001207.ten_goi"),
        Field("khong_co", "Không có", "text", prefill="earlier.2.001207.khong_hoi"),
        Field("so", "Số đã cấp", "text", prefill="result.2.001207.number"),
        Field("ngay", "Ngày cấp", "date", prefill="result.2.001207.issued_on"),
        Field("den", "Có giá trị đến", "date", prefill="result.2.001207.valid_to"),
        Field("nguoi", "Họ và tên", "text", prefill="applicant.name"),
    )),
))  # fmt: skip


@pytest.fixture
def issued(submitted) -> Result:
    return Result.objects.create(
        dossier=submitted, name="Thông báo", drafted_by="Chi", approved_at=MONDAY_9AM, approved_by="Dũng",
        number="12/TB-SKHCN", issued_at=MONDAY_9AM,
    )  # fmt: skip


def test_a_new_draft_begins_with_what_was_filed_and_issued_last(an, submitted, issued, as_actor):
    answers = prefill.first_answers(LATER, {"name": "Nguyễn Văn An"}, as_actor(an))

    assert answers["ten"] == submitted.answers["ten_goi"]
    assert answers["so"] == "12/TB-SKHCN"
    assert answers["ngay"] == MONDAY_9AM.date().isoformat()
    assert answers["nguoi"] == "Nguyễn Văn An"
    assert "khong_co" not in answers


def test_how_long_a_result_is_valid_is_counted_from_its_day(an, changed, submitted, issued, as_actor):
    made = changed(lambda content: content["record"]["results"][0].update(validity_months=36))
    Dossier.objects.filter(pk=submitted.pk).update(procedure_version=made)

    answers = prefill.first_answers(LATER, {}, as_actor(an))

    day = MONDAY_9AM.date()
    assert answers["den"] == date(day.year + 3, day.month, day.day).isoformat()


def test_a_draft_that_was_never_filed_is_no_earlier_dossier(an, draft, as_actor):
    assert prefill.first_answers(LATER, {}, as_actor(an)) == {}


def test_what_others_filed_is_never_taken_over(company, submitted, issued, as_actor):
    assert prefill.first_answers(LATER, {}, as_actor(company)) == {}


def test_a_form_that_names_nothing_earlier_asks_the_database_nothing(an, as_actor, django_assert_num_queries):
    form = Form((Section("s", "Phần", (Field("nguoi", "Họ và tên", "text", prefill="applicant.name"),)),))
    with django_assert_num_queries(0):
        prefill.first_answers(form, {"name": "An"}, as_actor(an))


def test_rows_that_are_copied_get_names_of_their_own(an, submitted, as_actor):
    submitted.answers = submitted.answers | {"tieu_chuan": [{"_id": "0a1b2c3d", "so_hieu": "TCVN 1", "ten_goi": "Cà phê"}]}

    copied = prefill.copied_answers(submitted.definition.form, submitted)

    assert copied["tieu_chuan"] == [{"so_hieu": "TCVN 1", "ten_goi": "Cà phê"}]
    assert copied["ten_goi"] == submitted.answers["ten_goi"]

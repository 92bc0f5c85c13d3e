"""What a draft lacks under the wider format: alternatives, a paper for each row, dates, file fields."""

from datetime import date, timedelta
from io import BytesIO

import pytest

from motcua.dossiers import filing, operations, printing
from motcua.dossiers.models import Document
from tests.cast import MONDAY_9AM, PDF

TODAY = date(2026, 11, 30)


def component(id, **keys):
    return {"id": id, "name": f"Giấy {id}", **keys}


def papers(*components):
    """Leave the form's own paper and these."""

    def edit(content):
        kept = [one for one in content["record"]["components"] if one.get("form")]
        content["record"]["components"] = [*kept, *components]
        content["record"]["scenarios"] = [
            {"id": "co", "name": "Có", "when": "co_chung_chi_htql == 'da_co'"},
            {"id": "khac", "name": "Khác"},
        ]

    return edit


@pytest.fixture
def draft_with(changed, draft):
    """An's complete draft under a version that asks for these papers; what was attached before is no longer asked."""

    def make(*components, **answers):
        draft.procedure_version = changed(papers(*components))
        draft.answers |= answers
        draft.save()
        return draft

    return make


def lacks(dossier):
    return [one.message for one in filing.completeness(dossier, dossier.documents.all(), TODAY).missing]


@pytest.fixture
def bring(an, as_actor):
    def attach(dossier, id, **dates):
        document = operations.attach(
            dossier=dossier, component_id=id, stream=BytesIO(PDF + id.encode()), name=f"{id}.pdf", actor=as_actor(an), at=MONDAY_9AM
        )
        Document.objects.filter(pk=document.pk).update(**dates)
        return document

    return attach


def test_of_alternatives_one_is_enough_and_the_message_names_them_all(draft_with, bring):
    dossier = draft_with(component("a", one_of="g"), component("b", one_of="g"), component("c"))
    assert lacks(dossier) == [
        "Vui lòng đính kèm một trong các giấy tờ: Giấy a; Giấy b.",
        "Vui lòng đính kèm giấy tờ bắt buộc: Giấy c.",
    ]
    bring(dossier, "b")
    bring(dossier, "c")
    assert lacks(dossier) == []


def test_a_paper_of_another_case_is_not_asked(draft_with):
    dossier = draft_with(component("a", scenarios=["co"]), component("b", scenarios=["khac"]), co_chung_chi_htql="chua_co")
    assert lacks(dossier) == ["Vui lòng đính kèm giấy tờ bắt buộc: Giấy b."]


def test_each_row_has_its_paper_and_that_of_a_row_that_is_gone_stands_in_nobodys_way(
    draft_with, bring, an, as_actor
):
    rows = [
        {"_id": "0000000a", "so_hieu": "TCVN 1", "ten_goi": "Một"},
        {"_id": "0000000b", "so_hieu": "TCVN 2", "ten_goi": "Hai"},
    ]
    dossier = draft_with(component("ban", for_each="tieu_chuan", row_name="so_hieu"), tieu_chuan=rows)
    assert lacks(dossier) == [
        "Vui lòng đính kèm giấy tờ bắt buộc: Giấy ban – TCVN 1.",
        "Vui lòng đính kèm giấy tờ bắt buộc: Giấy ban – TCVN 2.",
    ]
    bring(dossier, "ban.0000000a")
    gone = bring(dossier, "ban.0000000b")
    dossier.answers["tieu_chuan"] = rows[:1]
    dossier.save()
    assert lacks(dossier) == []
    assert gone in filing.no_longer_asked(dossier, dossier.documents.all())
    filed = operations.submit(dossier=dossier, actor=as_actor(an), at=MONDAY_9AM)
    assert filed.documents.filter(pk=gone.pk).exists()  # kept …
    slip = {one["name"] for one in printing.acknowledgement(filed)["documents"]}
    assert "Giấy ban – TCVN 1" in slip and "Giấy ban – TCVN 2" not in slip  # … but none of the asked papers


@pytest.mark.parametrize(
    "asks, dates, told",
    [
        ({"max_age_months": 6}, {}, "ngày cấp"),
        ({"max_age_months": 6}, {"issued_on": TODAY - timedelta(days=190)}, "quá 6 tháng"),
        ({"max_age_months": 6}, {"issued_on": date(2026, 5, 30)}, ""),
        ({"min_validity_days": 45}, {}, "ngày hết hiệu lực"),
        ({"min_validity_days": 45}, {"valid_until": TODAY + timedelta(days=44)}, "ít nhất 45 ngày"),
        ({"min_validity_days": 45}, {"valid_until": TODAY + timedelta(days=45)}, ""),
        ({"min_validity_days": 45}, {"source": Document.Source.ISSUED_RESULT}, ""),
    ],
)
def test_papers_may_be_neither_too_old_nor_about_to_end(draft_with, bring, asks, dates, told):
    dossier = draft_with(component("a", required=False, **asks))
    bring(dossier, "a", **dates)
    missing = lacks(dossier)
    assert told in missing[0] if told else missing == []


def test_a_file_asked_in_the_form_is_a_paper_like_the_others(changed, draft, bring):
    def edit(content):
        content["form"]["sections"][0]["fields"].append(
            {"id": "anh_the", "label": "Ảnh 3×4", "type": "file", "required": True}
        )

    draft.procedure_version = changed(edit)
    draft.save()
    assert lacks(draft) == ["Vui lòng đính kèm giấy tờ bắt buộc: Ảnh 3×4."]
    bring(draft, "anh_the")
    assert lacks(draft) == []


def test_a_warning_of_the_form_stops_nobody(changed, draft):
    def edit(content):
        content["form"]["checks"].append(
            {"rule": "ten_goi == 'khác'", "message": "Vui lòng xem lại tên gọi.", "field": "ten_goi", "level": "warning"}
        )

    draft.procedure_version = changed(edit)
    draft.save()
    assert lacks(draft) == []

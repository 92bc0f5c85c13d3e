"""Reasons for return: told where there are many, never where they could tell of somebody."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.dossiers.models import Dossier, ReturnReason, SupplementRequest
from motcua.dossiers.reasons import count_reasons, sentences, top_reasons
from tests.cast import MONDAY_9AM


@pytest.fixture
def asked_again(version, department, centre):
    """So many filed dossiers, each asked for these (component, reason) pairs."""
    made = 0

    def make(count, *items, at=MONDAY_9AM):
        nonlocal made
        for _number in range(count):
            made += 1
            dossier = Dossier.objects.create(
                procedure_version=version, agency=department, reception=centre, state="submitted",
                code=f"H34.12-261130-{made:04}", created_at=at, saved_at=at, submitted_at=at,
            )  # fmt: skip
            if items:
                SupplementRequest.objects.create(
                    dossier=dossier, stage="intake", basis="TT 28", requested_by="Bình", requested_at=at, due_at=at,
                    items=[{"component_id": one, "name": one, "reason": reason} for one, reason in items],
                )  # fmt: skip

    return make


def test_the_same_reason_in_other_letters_is_one_and_comes_with_its_share(asked_again, version):
    asked_again(3, ("giay_to", "Bản chụp mờ. Trang 2 thiếu"))
    asked_again(3, ("giay_to", "bản chụp  mờ."))
    asked_again(1, ("giay_to.1a2b3c4d", "Bản chụp mờ; Bản chụp mờ"))
    asked_again(3)
    count_reasons(procedure=version.procedure, at=MONDAY_9AM + timedelta(days=1))
    assert top_reasons(version.procedure_id) == {"giay_to": [("Bản chụp mờ", 70)]}


def test_four_cases_tell_nothing_and_old_ones_are_forgotten(asked_again, version):
    asked_again(4, ("giay_to", "Thiếu chữ ký"))
    asked_again(5, ("giay_to", "Hết hạn"), at=MONDAY_9AM - timedelta(days=400))
    assert count_reasons(procedure=version.procedure, at=MONDAY_9AM + timedelta(days=1)) == 0
    assert top_reasons(version.procedure_id) == {}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnReason.objects.create(procedure=version.procedure, component_id="x", reason="y", cases=4, percent=1)


def test_counting_again_changes_nothing(asked_again, version):
    asked_again(5, ("", "Kê khai thiếu"))
    for _again in range(2):
        count_reasons(procedure=version.procedure, at=MONDAY_9AM + timedelta(days=1))
    assert top_reasons(version.procedure_id) == {"": [("Kê khai thiếu", 100)]}


def test_a_reason_is_taken_apart_into_its_sentences():
    assert sentences(" thiếu dấu;\nTT 28/2012. Xem Điều 5.2, mục 1.") == ["Thiếu dấu", "TT 28/2012. Xem Điều 5.2, mục 1"]
    assert sentences("") == []

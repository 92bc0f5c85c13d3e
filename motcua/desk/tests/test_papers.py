"""Files and papers: shown safely, and every look is logged."""

import pytest
from django.urls import reverse

from motcua.dossiers.models import Reading
from motcua.papers.models import Paper


@pytest.fixture
def approving(at_stage):
    return at_stage("approve")


def test_looking_at_a_dossier_and_its_papers_is_logged_with_who_and_what_for(approving, dung, as_user):
    browser = as_user(dung)
    browser.get(reverse("desk:dossier", args=[approving.code]))
    browser.get(reverse("desk:document", args=[approving.code, approving.documents.first().pk]))
    browser.get(reverse("desk:draft_result", args=[approving.code]))
    browser.get(reverse("desk:paper", args=[Paper.objects.about(approving.subject).first().pk]))
    browser.get(reverse("desk:control_slip", args=[approving.code]))
    logged = Reading.objects.filter(dossier=approving).order_by("id").values_list("actor_name", "purpose")
    assert (
        list(logged)
        == [("Hoàng Dũng", "view_dossier"), ("Hoàng Dũng", "view_document")]
        + [("Hoàng Dũng", "view_paper")] * 3
    )


def test_a_brought_file_shows_itself_in_the_page_and_may_do_nothing_more(approving, chi, as_user):
    document = approving.documents.first()
    answer = as_user(chi).get(reverse("desk:document", args=[approving.code, document.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    saved = as_user(chi).get(reverse("desk:document", args=[approving.code, document.pk]) + "?tai")
    assert saved["Content-Disposition"].startswith("attachment")
    assert b"".join(saved.streaming_content).startswith(b"%PDF")


def test_a_file_of_another_dossier_is_not_found_under_this_one(approving, at_stage, chi, as_user):
    other = at_stage("submitted").documents.first()
    assert as_user(chi).get(reverse("desk:document", args=[approving.code, other.pk])).status_code == 404


def test_the_draft_of_the_result_and_the_control_slip_are_printed_as_they_stand(approving, dung, as_user):
    for name in ("draft_result", "control_slip"):
        answer = as_user(dung).get(reverse(f"desk:{name}", args=[approving.code]))
        assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_there_is_nothing_to_print_before_there_is_something(at_stage, dung, as_user):
    dossier = at_stage("submitted")
    for name in ("draft_result", "control_slip"):
        assert as_user(dung).get(reverse(f"desk:{name}", args=[dossier.code])).status_code == 404


def test_the_acceptance_slip_can_be_printed_at_once(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    browser = as_user(binh)
    answer = browser.post(reverse("desk:act", args=[dossier.code, "tiep-nhan"]), follow=True)
    slip = Paper.objects.about(dossier.subject).get(kind="acceptance_slip")
    address = reverse("desk:paper", args=[slip.pk])
    assert address in answer.content.decode()
    assert b"".join(browser.get(address).streaming_content).startswith(b"%PDF")

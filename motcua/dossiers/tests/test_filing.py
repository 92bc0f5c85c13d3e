"""From a draft to a filed dossier."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from motcua.dossiers import operations
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import State
from motcua.foundation.errors import NotAllowed, WrongState
from motcua.foundation.models import Event
from motcua.payments.models import Charge
from tests.cast import MONDAY_9AM, complete_draft


def story(dossier):
    return [str(event) for event in Event.objects.about(dossier.subject)]


def test_a_complete_draft_is_filed_and_gets_its_code_and_its_intake_deadline(draft, an, as_actor):
    dossier = operations.submit(dossier=draft, actor=as_actor(an), at=MONDAY_9AM)

    assert dossier.state == State.SUBMITTED
    assert dossier.code == "H34.12-261130-0001"
    assert len(dossier.lookup_secret) == 6
    assert dossier.intake_due_at == MONDAY_9AM + timedelta(days=1)  # eight working hours: 9:00 to 9:00 of the next day
    assert Charge.objects.about(dossier.subject).get().amount_vnd == 150_000
    assert "Nguyễn Văn An: dossier.submitted" in story(dossier)


def test_submitting_again_returns_the_same_dossier_and_records_nothing(submitted, an, as_actor):
    before = story(submitted)

    again = operations.submit(dossier=submitted, actor=as_actor(an), at=MONDAY_9AM + timedelta(hours=1))

    assert (again.code, again.submitted_at) == (submitted.code, submitted.submitted_at)
    assert story(submitted) == before


def test_an_incomplete_draft_is_refused_with_everything_that_is_missing_and_no_code_is_lost(
    draft, version, department, centre, an, as_actor
):
    draft.documents.all().delete()
    Dossier.objects.filter(pk=draft.pk).update(delivery="")

    with pytest.raises(operations.Incomplete) as refusal:
        operations.submit(dossier=draft, actor=as_actor(an), at=MONDAY_9AM)

    assert {missing.step for missing in refusal.value.missing} == {"papers", "delivery"}
    other = complete_draft(version, department, centre, an)
    assert operations.submit(dossier=other, actor=as_actor(an), at=MONDAY_9AM).code == "H34.12-261130-0001"


def test_somebody_else_may_neither_change_nor_file_my_draft(draft, company, as_actor):
    stranger = as_actor(company)
    with pytest.raises(NotAllowed):
        operations.save_answers(dossier=draft, values={"x": 1}, actor=stranger, at=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        operations.submit(dossier=draft, actor=stranger, at=MONDAY_9AM)
    assert not Dossier.objects.visible_to(stranger).exists()


def test_answers_of_two_tabs_are_merged_and_none_is_lost(draft, an, as_actor):
    actor = as_actor(an)
    operations.save_answers(dossier=draft, values={"nhan_hieu": "Đăk Hà"}, actor=actor, at=MONDAY_9AM)
    operations.save_answers(dossier=draft, values={"fax": "02603797799"}, actor=actor, at=MONDAY_9AM)

    draft.refresh_from_db()
    assert (draft.answers["nhan_hieu"], draft.answers["fax"]) == ("Đăk Hà", "02603797799")


def test_a_filed_dossier_can_no_longer_be_edited(submitted, an, as_actor):
    with pytest.raises(WrongState):
        operations.save_answers(dossier=submitted, values={"x": 1}, actor=as_actor(an), at=MONDAY_9AM)
    with pytest.raises(WrongState):
        operations.detach(document=submitted.documents.first(), actor=as_actor(an), at=MONDAY_9AM)


def at_once(*acts):
    """Run all acts in threads that start together; return what each returned or raised."""
    barrier = threading.Barrier(len(acts))
    outcomes: list = [None] * len(acts)

    def run(index, act):
        try:
            barrier.wait()
            outcomes[index] = act()
        except Exception as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_once_make_one_dossier(draft, an, as_actor):
    actor = as_actor(an)

    outcomes = at_once(*[lambda: operations.submit(dossier=draft, actor=actor, at=MONDAY_9AM)] * 4)

    assert {dossier.code for dossier in outcomes} == {"H34.12-261130-0001"}
    assert Event.objects.filter(type="dossier.submitted").count() == 1
    assert Charge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_codes_have_no_gap_and_no_double_when_many_file_at_once(version, department, centre, an, as_actor):
    actor = as_actor(an)
    drafts = [complete_draft(version, department, centre, an) for _ in range(6)]

    at_once(*[lambda one=one: operations.submit(dossier=one, actor=actor, at=MONDAY_9AM) for one in drafts])

    codes = list(Dossier.objects.filed().order_by("code").values_list("code", flat=True))
    assert codes == [f"H34.12-261130-{number:04}" for number in range(1, 7)]


def test_events_are_never_changed(submitted):
    with pytest.raises(Exception, match="never changed"), connection.cursor() as cursor:
        cursor.execute("UPDATE foundation_event SET actor_name = 'Ai đó'")


def test_an_account_begins_only_so_many_drafts(draft, version, department, centre, an, as_actor, monkeypatch):
    monkeypatch.setattr("motcua.dossiers.operations.drafts.MOST_DRAFTS", 1)
    with pytest.raises(NotAllowed, match="đang có 1 bản nháp"):
        operations.start_draft(
            version=version, agency=department, reception=centre, actor=as_actor(an), at=MONDAY_9AM,
            submitter={}, answers={},
        )  # fmt: skip


def test_an_account_that_nobody_has_verified_is_not_named_to_who_pays(submitted):
    assert "fees.account" in submitted.definition.record.unverified
    assert Charge.objects.about(submitted.subject).get().account == {}

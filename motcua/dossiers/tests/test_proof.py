"""Whoever changes a row by hand is found; a dossier can be seen as it stood."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from motcua.dossiers import operations
from motcua.dossiers.models import Dossier
from motcua.dossiers.proof import as_of, contradictions
from motcua.dossiers.tests.test_counter import entered
from motcua.foundation import chain, events
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from tests.cast import MONDAY_9AM, pay_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(submitted, binh, as_actor):
    pay_everything(submitted)
    return operations.accept(dossier=submitted, actor=as_actor(binh), at=MONDAY_9AM + timedelta(hours=1))


def by_hand(statement, *values, table="foundation_event"):
    """What somebody with the database's password does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # ALTER TABLE waits for no deferred ones
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verify(*options):
    said = StringIO()
    call_command("audit", "verify", *options, stdout=said)
    return said.getvalue()


def test_an_untouched_history_holds(accepted):
    assert "Everything holds" in verify()
    assert "Everything holds" in verify("--dossier", accepted.code, "--files")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE foundation_event SET actor_name = 'Ai đó' WHERE id = %s",
        "UPDATE foundation_event SET actor_id = '0' WHERE id = %s",
        "UPDATE foundation_event SET actor_kind = 'system' WHERE id = %s",
        "UPDATE foundation_event SET type = 'dossier.noted' WHERE id = %s",
        "UPDATE foundation_event SET subject = 'dossier:0' WHERE id = %s",
        "UPDATE foundation_event SET link = sha256('x') WHERE id = %s",
        "UPDATE foundation_event SET occurred_at = occurred_at - interval '1 day' WHERE id = %s",
        "UPDATE foundation_event SET data = data || '{\"note\": \"khác\"}' WHERE id = %s",
        "DELETE FROM foundation_event WHERE id = %s",
    ],
)
@pytest.mark.parametrize("which", ["first", "last"])
def test_a_changed_or_removed_event_is_found_whichever_it_is(accepted, change, which):
    story = Event.objects.about(accepted.subject)
    by_hand(change, getattr(story, which)().pk)

    broken = chain.broken_links_of(accepted.subject)

    assert accepted.subject in {one.subject for one in broken}
    with pytest.raises(CommandError, match="changed by hand"):
        verify("--dossier", accepted.code)


def test_an_event_added_by_hand_is_found(accepted):
    by_hand(
        "INSERT INTO foundation_event (type, subject, occurred_at, actor_kind, actor_id, actor_name, data, link)"
        " SELECT type, subject, occurred_at, actor_kind, actor_id, actor_name, data, link FROM foundation_event"
        " WHERE id = %s",
        Event.objects.about(accepted.subject).last().pk,
    )
    assert chain.broken_links_of(accepted.subject)


def test_who_mends_the_count_after_removing_an_event_is_found_all_the_same(accepted):
    by_hand("DELETE FROM foundation_event WHERE id = %s", Event.objects.about(accepted.subject).first().pk)
    mend = "UPDATE foundation_eventchain SET length = length - 1 WHERE subject = %s"
    by_hand(mend, accepted.subject, table="foundation_eventchain")
    assert chain.broken_links_of(accepted.subject)


def test_a_whole_story_that_was_given_to_another_is_found(accepted):
    for table in ("foundation_event", "foundation_eventchain"):
        by_hand(f"UPDATE {table} SET subject = 'dossier:999999' WHERE subject = %s", accepted.subject, table=table)
    assert chain.broken_links_of("dossier:999999")


class PulledPlug(StringIO):
    """A screen on which nothing more appears once something is found."""

    def write(self, text):
        if "due_at" in text:
            raise KeyboardInterrupt
        return super().write(text)


def test_a_look_that_was_broken_off_goes_on_where_it_was(accepted, tmp_path):
    kept = tmp_path / "so-far.json"
    Dossier.objects.filter(pk=accepted.pk).update(due_at=accepted.due_at + timedelta(days=3))
    with pytest.raises(KeyboardInterrupt):
        call_command("audit", "verify", "--resume", str(kept), "--files", stdout=PulledPlug())
    by_hand("DELETE FROM foundation_event WHERE id = %s", Event.objects.about(accepted.subject).first().pk)

    said = StringIO()
    with pytest.raises(CommandError, match=r"^1 contradictions"):  # the events were behind it already
        call_command("audit", "verify", "--resume", str(kept), "--files", stdout=said)
    assert "due_at is" in said.getvalue() and not kept.exists()
    with pytest.raises(CommandError):
        verify("--resume", str(kept))
    kept.write_text("[1]")
    with pytest.raises(CommandError, match="does not say"):
        verify("--resume", str(kept))


def test_even_a_whole_story_that_vanished_is_missed_by_an_anchor(accepted, tmp_path):
    kept = tmp_path / "anchor.json"
    call_command("audit", "anchor", "--to", str(kept), stdout=StringIO())
    events.record("thing.done", subject="thing:1", actor=Actor.system("x"), at=MONDAY_9AM)
    assert "Everything holds" in verify("--anchor", str(kept))

    by_hand("DELETE FROM foundation_event WHERE subject = %s", accepted.subject)
    by_hand("DELETE FROM foundation_eventchain WHERE subject = %s", accepted.subject, table="foundation_eventchain")

    assert chain.broken_links_of(accepted.subject) == []
    with pytest.raises(CommandError):
        verify("--anchor", str(kept))


def test_a_chain_that_was_written_anew_from_its_beginning_is_missed_by_an_anchor(accepted, tmp_path):
    kept = tmp_path / "anchor.json"
    call_command("audit", "anchor", "--to", str(kept), stdout=StringIO())
    by_hand("UPDATE foundation_event SET actor_name = 'Ai đó' WHERE subject = %s", accepted.subject)
    link = b""
    for one in Event.objects.about(accepted.subject).order_by("id"):
        said = "type, subject, occurred_at, actor_kind, actor_id, actor_name, data"
        by_hand(f"UPDATE foundation_event SET link = event_link(%s, {said}) WHERE id = %s", link, one.pk)
        one.refresh_from_db()
        link = bytes(one.link)
    by_hand("UPDATE foundation_eventchain SET head = %s WHERE subject = %s", link, accepted.subject, table="foundation_eventchain")

    assert "Everything holds" in verify()
    with pytest.raises(CommandError):
        verify("--anchor", str(kept))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE dossiers_dossier SET due_at = due_at + interval '3 days' WHERE id = %s", "due_at is"),
        ("UPDATE dossiers_dossier SET state = 'processing' WHERE id = %s", "state is"),
        ("UPDATE dossiers_dossier SET answers = answers || '{\"x\": 1}' WHERE id = %s", "answers"),
        ("UPDATE dossiers_dossier SET owner_name = 'Người khác' WHERE id = %s", "owner_name is"),
        ("UPDATE dossiers_dossier SET owner = owner || '{\"name\": \"Khác\"}' WHERE id = %s", "its people"),
        ("UPDATE dossiers_dossier SET also_seen_by = array_append(also_seen_by, 999999) WHERE id = %s", "nobody asked"),
        ("DELETE FROM dossiers_document WHERE dossier_id = %s", "documents"),
    ],
)
def test_a_row_of_the_dossier_changed_by_hand_contradicts_its_story(accepted, statement, told):
    assert list(contradictions([Dossier.objects.get(pk=accepted.pk)])) == []
    with connection.cursor() as cursor:
        cursor.execute(statement, [accepted.pk])
    (found,) = contradictions([Dossier.objects.get(pk=accepted.pk)])
    assert told in found and found.startswith(accepted.code)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dossiers_broughtpaper SET originals = originals + 1 WHERE dossier_id = %s",
        "DELETE FROM dossiers_broughtpaper WHERE dossier_id = %s",
        "INSERT INTO dossiers_broughtpaper (dossier_id, component_id, originals, certified, copies, noted_at, noted_by)"
        " VALUES (%s, 'khac', 1, 0, 0, now(), 'Ai đó')",
    ],
)
def test_sheets_counted_at_the_counter_and_changed_by_hand_are_found(
    version, department, centre, binh, as_actor, statement
):
    draft = entered(version, department, centre, as_actor(binh))
    dossier = operations.submit(dossier=draft, actor=as_actor(binh), at=MONDAY_9AM)
    paper = next(one for one in dossier.definition.record.components if not one.form)
    ask = {"component_id": paper.id, "name": paper.name, "reason": "Thiếu chữ ký"}
    at = MONDAY_9AM + timedelta(hours=1)
    operations.ask_supplement(dossier=dossier, items=[ask], basis="TT 28", note="", actor=as_actor(binh), at=at)
    operations.bring_supplement(
        dossier=Dossier.objects.get(pk=dossier.pk), sheets={paper.id: {"copies": 3}}, scans=[], note="",
        actor=as_actor(binh), at=at + timedelta(days=1),
    )  # fmt: skip
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.on_paper.filter(component_id=paper.id).count() == 2
    assert list(contradictions([dossier])) == []
    with connection.cursor() as cursor:
        cursor.execute(statement, [dossier.pk])
    (found,) = contradictions([dossier])
    assert "sheets on paper" in found


def test_who_was_let_see_a_dossier_and_since_when_stands_in_its_story(accepted, ha, chi, giang, as_actor):
    at = MONDAY_9AM + timedelta(hours=2)
    operations.assign(dossier=accepted, assignee=chi, note="", actor=as_actor(ha), at=at)
    elsewhere = giang.offices.first().agency
    ask = operations.Question(elsewhere, "Có ý kiến gì không?", 8)
    operations.consult(dossier=accepted, questions=[ask], actor=as_actor(chi), at=at + timedelta(hours=1))
    dossier = Dossier.objects.get(pk=accepted.pk)
    assert as_of(Event.objects.about(dossier.subject), at).get("also_seen_by") is None
    assert as_of(Event.objects.about(dossier.subject), at + timedelta(hours=1))["also_seen_by"] == [elsewhere.pk]
    assert list(contradictions([dossier])) == []
    Dossier.objects.filter(pk=dossier.pk).update(also_seen_by=[])
    (found,) = contradictions([Dossier.objects.get(pk=dossier.pk)])
    assert "also_seen_by is [], but its story says" in found


def test_a_paper_that_says_something_else_than_was_issued_is_found(accepted):
    by_hand(
        "UPDATE papers_paper SET data = data || '{\"place\": \"Hà Nội\"}' WHERE subject = %s AND kind = 'acceptance_slip'",
        accepted.subject,
        table="papers_paper",
    )
    (found,) = contradictions([Dossier.objects.get(pk=accepted.pk)])
    assert "does not say what was issued" in found


def test_the_dossier_is_seen_as_it_stood(accepted):
    story = Event.objects.about(accepted.subject)
    accepted.refresh_from_db()

    before, after = as_of(story, MONDAY_9AM + timedelta(minutes=30)), as_of(story, MONDAY_9AM + timedelta(hours=1))

    assert before["state"] == "submitted" and "due_at" not in before
    assert (after["state"], after["due_at"]) == ("accepted", accepted.due_at)


def test_the_cost_of_looking_does_not_grow_with_the_dossiers(accepted, django_assert_num_queries):
    for count in (1, 3):
        dossiers = [Dossier.objects.get(pk=accepted.pk)] * count
        with django_assert_num_queries(6):
            list(contradictions(dossiers))

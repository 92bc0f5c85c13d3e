"""What officers tell each other, who is at a dossier, and which dossiers belong together."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from motcua.agencies.models import Role
from motcua.dossiers import operations, printing
from motcua.dossiers.models import Dossier, DossierLink, Mention, Note, Presence
from motcua.dossiers.operations import linking, notes
from motcua.dossiers.story import public_story, story
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from tests.cast import MONDAY_9AM, complete_draft, pay_everything

LATER = MONDAY_9AM + timedelta(minutes=1)


@pytest.fixture
def file(version, department, centre, an, as_actor):
    def make():
        made = complete_draft(version, department, centre, an, MONDAY_9AM)
        dossier = operations.submit(dossier=made, actor=as_actor(an), at=MONDAY_9AM)
        pay_everything(dossier, MONDAY_9AM)
        return dossier

    return make


@pytest.fixture
def dossier(file):
    return file()


def write(dossier, text, actor, mentioned=()):
    return notes.write_note(dossier=dossier, text=text, mentioned=mentioned, actor=actor, at=LATER)


def test_a_note_is_read_by_the_units_of_the_dossier_and_by_nobody_else(dossier, binh, chi, giang, an, as_actor):
    note = write(dossier, "Anh xem giúp trang 3.", as_actor(binh))
    assert list(Note.objects.visible_to(as_actor(chi))) == [note]
    for stranger in (giang, an):
        assert not Note.objects.visible_to(as_actor(stranger)).exists()
        with pytest.raises(NotAllowed):
            write(dossier, "Tôi cũng muốn nói.", as_actor(stranger))


def test_nobody_who_files_learns_of_a_note(dossier, binh, chi, as_actor):
    write(dossier, "Hồ sơ này cần cẩn thận @" + chi.full_name, as_actor(binh))
    events = list(Event.objects.about(dossier.subject))
    told = Dossier.objects.select_related("agency", "reception").get(pk=dossier.pk)
    words = f"{story(events, for_officer=False)} {public_story(events, told)}"
    assert "cẩn thận" not in words and "Ghi chú nội bộ" not in words
    assert not any("cẩn thận" in str(event.data) for event in events)


def test_who_is_named_finds_it_until_it_was_read(dossier, binh, chi, as_actor):
    write(dossier, f"Nhờ @{chi.full_name.lower()}, xem lại.", as_actor(binh))
    assert Mention.objects.of(as_actor(chi)).unread().count() == 1
    assert notes.read_mentions(dossier=dossier, actor=as_actor(chi), at=LATER) == 1
    assert notes.read_mentions(dossier=dossier, actor=as_actor(chi), at=LATER) == 0
    assert Mention.objects.of(as_actor(chi)).count() == 1


def test_somebody_is_named_by_choosing_him_too_and_only_once(dossier, binh, chi, ha, giang, as_actor):
    write(dossier, f"@{chi.full_name} xem giúp", as_actor(binh), [chi.pk, ha.pk])
    assert set(Mention.objects.values_list("user__full_name", flat=True)) == {chi.full_name, ha.full_name}
    with pytest.raises(Refusal, match="các đơn vị"):
        write(dossier, "Xem giúp", as_actor(binh), [giang.pk])


def test_of_names_that_begin_alike_the_longest_counts(dossier, hire, department, binh, as_actor):
    short = hire("lan", "Trần Lan", department, Role.APPRAISER)
    long = hire("lananh", "Trần Lan Anh", department, Role.APPRAISER)
    write(dossier, "@Trần Lan Anh xem giúp", as_actor(binh))
    assert [one.user for one in Mention.objects.all()] == [long]
    write(dossier, "@Trần Lan, @Trần Lan Anh xem giúp", as_actor(binh))
    assert Mention.objects.filter(user=short).count() == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_a_note_says_something_and_is_no_book(dossier, binh, as_actor, text):
    with pytest.raises(Refusal):
        write(dossier, text, as_actor(binh))


def test_its_author_takes_a_note_back_and_nobody_else(dossier, binh, chi, as_actor):
    note = write(dossier, f"Nhầm, @{chi.full_name}", as_actor(binh))
    with pytest.raises(NotAllowed):
        notes.take_back_note(note=note, actor=as_actor(chi), at=LATER)
    for _again in range(2):
        assert notes.take_back_note(note=note, actor=as_actor(binh), at=LATER).taken_back_at == LATER
    assert not Mention.objects.of(as_actor(chi)).exists()
    assert Event.objects.filter(type="dossier.note_taken_back").count() == 1


def test_officers_see_who_else_is_at_a_dossier_for_a_while(dossier, binh, chi, an, as_actor):
    for _beat in range(3):
        notes.note_presence(dossier=dossier, actor=as_actor(chi), at=LATER)
    notes.note_presence(dossier=dossier, actor=as_actor(an), at=LATER)  # a citizen leaves no trace here
    assert notes.present(dossier=dossier, actor=as_actor(binh), at=LATER) == [chi]
    assert notes.present(dossier=dossier, actor=as_actor(chi), at=LATER) == []
    assert notes.present(dossier=dossier, actor=as_actor(binh), at=LATER + notes.PRESENT) == []
    assert Presence.objects.count() == 1
    notes.forget_presence(at=LATER + timedelta(days=2))
    assert not Presence.objects.exists()


def test_related_dossiers_are_linked_both_ways_once(file, binh, giang, as_actor):
    one, other = file(), file()
    for pair in ((one, other), (other, one)):
        linking.link(dossier=pair[0], other=pair[1], note="cùng cơ sở", actor=as_actor(binh), at=LATER)
    assert DossierLink.objects.count() == 1
    for subject in (one.subject, other.subject):
        assert Event.objects.about(subject).filter(type="dossier.linked").count() == 1
    with pytest.raises(NotAllowed):
        linking.link(dossier=one, other=other, note="", actor=as_actor(giang), at=LATER)
    with pytest.raises(Refusal):
        linking.link(dossier=one, other=one, note="", actor=as_actor(binh), at=LATER)
    for _again in range(2):
        linking.unlink(dossier=other, other=one, actor=as_actor(binh), at=LATER)
    assert not DossierLink.objects.exists()


def test_a_link_stands_in_the_table_in_one_order_only(file):
    one, other = file(), file()
    with pytest.raises(IntegrityError), transaction.atomic():
        DossierLink.objects.create(first=other, second=one, linked_by="x", linked_at=LATER)


def test_a_part_of_a_linked_filing_has_one_parent_and_no_parts(file, hire, centre, department, chi, as_actor):
    parent, child, third = file(), file(), file()
    both = hire("motcua2", "Y Nguyệt", centre, Role.RECEIVER)
    actor = as_actor(both)
    with pytest.raises(NotAllowed):
        linking.attach_child(dossier=parent, child=child, actor=as_actor(chi), at=LATER)
    for _again in range(2):
        linking.attach_child(dossier=parent, child=child, actor=actor, at=LATER)
    assert [one.pk for one in parent.children.all()] == [child.pk]
    for wrong in ((child, third), (third, child), (third, parent)):
        with pytest.raises(WrongState):
            linking.attach_child(dossier=wrong[0], child=wrong[1], actor=actor, at=LATER)
    with pytest.raises(Refusal):
        linking.attach_child(dossier=parent, child=parent, actor=actor, at=LATER)
    event = Event.objects.about(child.subject).get(type="dossier.attached")
    assert (event.data["other"], event.data["changed"]) == (parent.code, {"parent_id": parent.pk})
    (stage,) = printing.acceptance_slip(parent, "Y Nguyệt")["linked"]
    assert (stage["code"], stage["agency"]) == (child.code, child.agency.name)
    assert printing.acceptance_slip(child, "Y Nguyệt")["linked"] == []
    linking.detach_child(child=child, actor=actor, at=LATER)
    linking.detach_child(child=child, actor=actor, at=LATER)
    assert not parent.children.exists()

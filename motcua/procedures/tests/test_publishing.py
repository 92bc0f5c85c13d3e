"""A procedure is changed by one person and published by another, on its day."""

import threading
import time
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, Refusal, WrongState
from motcua.foundation.models import Event
from motcua.foundation.time import HANOI
from motcua.procedures import operations
from motcua.procedures.draft_check import check_content
from motcua.procedures.models import Procedure, ProcedureDraft, ProcedureVersion, Publication
from motcua.procedures.tests.conftest import AT, CONTROLLER

pytestmark = pytest.mark.django_db

LAN = CONTROLLER  # writes and proposes
MINH = Actor("officer", "8", "Lê Minh", frozenset({(1, "administrator")}))  # approves
HOA = Actor("officer", "9", "Phạm Hoa", frozenset({(1, "controller")}))
CLERK = Actor("officer", "10", "Văn thư", frozenset({(1, "clerk")}))
CITIZEN = Actor("citizen", "1", "Nguyễn An")
TODAY = AT.date()


@pytest.fixture
def procedure(package):
    operations.import_folder(folder=package(), actor=Actor.system("import"), at=AT)
    return Procedure.objects.select_related("current").get()


@pytest.fixture
def draft(procedure):
    return operations.start_draft(procedure=procedure, actor=LAN, at=AT)


def renamed(draft, name="Khai báo máy đo độ rung"):
    content = draft.content | {"record": draft.content["record"] | {"name": name}}
    return operations.save_draft(draft=draft, content=content, revision=draft.revision, actor=LAN, at=AT)


def proposed(draft, on=TODAY, actor=LAN):
    return operations.propose(
        draft=draft, revision=draft.revision, publish_on=on, note="QĐ 15/QĐ-UBND", actor=actor, at=AT
    )


def approved(draft, actor=MINH, at=AT):
    return operations.approve(draft=draft, revision=draft.revision, actor=actor, at=at)


@pytest.fixture
def waiting(draft):
    """A draft that was changed and proposed."""
    return proposed(renamed(draft))


# Drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_begins_with_what_is_published_and_is_there_once(procedure, draft):
    assert draft.content["record"]["name"] == "Khai báo máy đo độ ồn"
    assert draft.base == procedure.current
    assert operations.start_draft(procedure=procedure, actor=HOA, at=AT) == draft


@pytest.mark.parametrize("actor", [CITIZEN, CLERK, Actor.anonymous()])
def test_only_controllers_and_administrators_write(actor, procedure, draft):
    acts = [
        lambda: operations.start_draft(procedure=procedure, actor=actor, at=AT),
        lambda: operations.save_draft(draft=draft, content={}, revision=1, actor=actor, at=AT),
        lambda: operations.discard_draft(draft=draft, revision=1, actor=actor, at=AT),
        lambda: operations.move_base(draft=draft, revision=1, actor=actor, at=AT),
        lambda: proposed(draft, actor=actor),
        lambda: approved(draft, actor=actor),
        lambda: operations.withdraw_proposal(draft=draft, actor=actor, at=AT),
        lambda: operations.reject(draft=draft, reason="x", actor=actor, at=AT),
        lambda: operations.ask_rehearsal(draft=draft, actor=actor, at=AT),
        lambda: operations.clone(
            version=procedure.current, number="2.009998", name="x", actor=actor, at=AT
        ),
        lambda: operations.start_from_content(content=draft.content, actor=actor, at=AT),
        lambda: operations.propose_rollback(
            procedure=procedure, version=procedure.current, reason="x", actor=actor, at=AT
        ),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert ProcedureDraft.objects.get().revision == 1


def test_whoever_saves_second_is_told_and_overwrites_nothing(draft):
    seen_by_hoa = ProcedureDraft.objects.get()
    renamed(draft, "Tên của Lan")
    with pytest.raises(operations.SavedMeanwhile, match="Kiểm soát thủ tục") as refusal:
        operations.save_draft(
            draft=seen_by_hoa, content={"record": {"name": "Tên của Hoa"}}, revision=1, actor=HOA, at=AT
        )
    assert refusal.value.draft.title == "Tên của Lan"
    assert ProcedureDraft.objects.get().title == "Tên của Lan"
    for act in (operations.discard_draft, operations.move_base):
        with pytest.raises(operations.SavedMeanwhile):
            act(draft=draft, revision=1, actor=HOA, at=AT)


def test_a_draft_may_be_wrong_but_keeps_its_number_and_a_bearable_size(draft):
    saved = operations.save_draft(
        draft=draft, content={"record": {"number": "9.999999"}, "form": [1]}, revision=1, actor=LAN, at=AT
    )
    assert saved.content["record"] == {"number": "2.009999", "format": 2}
    assert saved.title == "Khai báo máy đo độ ồn"
    with pytest.raises(Refusal, match="quá lớn"):
        operations.save_draft(
            draft=draft, content={"papers": {"x.typ": "x" * 5_000_000}}, revision=2, actor=LAN, at=AT
        )
    with pytest.raises(Refusal, match="ký tự"):
        operations.save_draft(
            draft=draft, content={"record": {"name": "a\0"}}, revision=2, actor=LAN, at=AT
        )


def test_saving_what_is_there_is_no_new_revision(draft):
    assert operations.save_draft(draft=draft, content=draft.content, revision=1, actor=HOA, at=AT).revision == 1


def test_a_new_procedure_shows_nowhere_before_it_is_published(db):
    draft = operations.start_new(
        number="2.009998", name="Thủ tục mới", sector_code="G06", sector_name="Đo lường", actor=LAN, at=AT
    )
    assert draft.base is None
    assert not Procedure.objects.published().exists()
    operations.discard_draft(draft=draft, revision=1, actor=LAN, at=AT)
    assert not Procedure.objects.exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"number": "21"}, "7 chữ số"),
        ({"number": "2.009999"}, "đã có trong danh mục"),
        ({"name": "  "}, "tên thủ tục"),
        ({"sector_code": ""}, "lĩnh vực"),
        ({"sector_name": "x" * 201}, "lĩnh vực"),
    ],
)
def test_a_new_procedure_needs_number_name_and_sector(given, message, procedure):
    fields = {"number": "2.009998", "name": "Thủ tục", "sector_code": "G06", "sector_name": "Đo lường"}
    with pytest.raises(Refusal, match=message):
        operations.start_new(**(fields | given), actor=LAN, at=AT)


def test_a_clone_is_another_procedure(procedure):
    draft = operations.clone(
        version=procedure.current, number="2.009998", name="Khai báo máy khác", actor=LAN, at=AT
    )
    record = draft.content["record"]
    assert (record["number"], record["name"]) == ("2.009998", "Khai báo máy khác")
    assert "short_name" not in record
    assert draft.content["form"] == procedure.current.content["form"]
    assert procedure.current.content["record"]["number"] == "2.009999"


def test_a_folder_that_comes_from_elsewhere_becomes_a_draft_when_there_is_none(procedure):
    content = procedure.current.content
    draft = operations.start_from_content(content=content, actor=LAN, at=AT)
    assert draft.base == procedure.current
    with pytest.raises(WrongState, match="đang có một bản soạn"):
        operations.start_from_content(content=content, actor=LAN, at=AT)
    with pytest.raises(Refusal):
        operations.start_from_content(content={"record": []}, actor=LAN, at=AT)


def test_a_draft_says_all_its_mistakes_and_where_they_are(draft):
    content = draft.content
    content["fees"]["lines"][0].pop("amount")
    content["form"]["sections"][0]["fields"][1]["when"] = "khong_co == 1"
    del content["record"]["summary"]
    checked = check_content("2.009999", content)
    assert checked.definition is None
    places = [finding.place for finding in checked.findings]
    assert places == [("record",), ("form", "sections", 0, "fields", 1, "when"), ("fees", "lines", 0)]


def test_the_content_of_a_version_checks_and_is_the_same_procedure(procedure):
    checked = check_content("2.009999", procedure.current.content)
    assert checked.mistakes == []
    assert checked.definition == procedure.current.definition


# Proposing ----------------------------------------------------------------------------------------------------


def test_what_does_not_check_is_not_proposed(draft):
    content = draft.content | {"fees": {"lines": [{"code": "X"}]}, "record": {"name": "x"}}
    draft = operations.save_draft(draft=draft, content=content, revision=1, actor=LAN, at=AT)
    with pytest.raises(operations.BadPackage) as refusal:
        proposed(draft)
    assert len(refusal.value.mistakes) > 5
    assert not ProcedureDraft.objects.get().is_proposed


def test_what_changes_nothing_is_not_proposed(draft):
    with pytest.raises(Refusal, match="không khác"):
        proposed(draft)


def test_a_proposal_says_why(draft):
    draft = renamed(draft)
    with pytest.raises(Refusal, match="lý do"):
        operations.propose(draft=draft, revision=2, publish_on=TODAY, note=" ", actor=LAN, at=AT)
    with pytest.raises(operations.SavedMeanwhile):
        operations.propose(draft=draft, revision=1, publish_on=TODAY, note="x", actor=LAN, at=AT)


def test_what_is_proposed_stands_still(waiting):
    with pytest.raises(WrongState, match="chờ duyệt"):
        renamed(waiting, "Tên khác")
    with pytest.raises(WrongState, match="chờ duyệt"):
        operations.discard_draft(draft=waiting, revision=waiting.revision, actor=LAN, at=AT)
    with pytest.raises(WrongState):
        proposed(waiting)
    with pytest.raises(WrongState):
        operations.move_base(draft=waiting, revision=waiting.revision, actor=LAN, at=AT)


def test_a_proposal_is_withdrawn_or_returned_with_a_reason(waiting):
    with pytest.raises(Refusal, match="lý do"):
        operations.reject(draft=waiting, reason="", actor=MINH, at=AT)
    returned = operations.reject(draft=waiting, reason="Sai mức phí", actor=MINH, at=AT)
    assert (returned.state, returned.returned_reason) == ("editing", "Sai mức phí")
    with pytest.raises(WrongState):
        operations.withdraw_proposal(draft=returned, actor=LAN, at=AT)
    again = proposed(returned)
    assert again.returned_reason == ""
    assert operations.withdraw_proposal(draft=again, actor=LAN, at=AT).state == "editing"
    with pytest.raises(WrongState):
        approved(again)


def test_a_version_that_came_meanwhile_is_not_overwritten(package, draft):
    draft = renamed(draft)
    new = {"procedure.yaml": ("summary: Dành", "summary: Chỉ dành")}
    imported = operations.import_folder(folder=package(edits=new), actor=LAN, at=AT).version
    with pytest.raises(WrongState, match="phiên bản khác"):
        proposed(draft)
    draft = operations.move_base(draft=draft, revision=draft.revision, actor=LAN, at=AT)
    assert draft.base == imported
    waiting = proposed(draft)
    operations.import_folder(folder=package(), actor=LAN, at=AT)
    with pytest.raises(WrongState, match="phiên bản khác"):
        approved(waiting)


# Approving ----------------------------------------------------------------------------------------------------


def test_an_approved_draft_is_published_on_its_day_at_once(procedure, waiting):
    publication = approved(waiting)
    procedure.refresh_from_db()
    assert procedure.current == publication.version
    assert (procedure.name, procedure.current.version) == ("Khai báo máy đo độ rung", 2)
    assert (publication.state, publication.proposed_by_name, publication.approved_by_name) == (
        "applied", LAN.name, MINH.name,
    )  # fmt: skip
    assert publication.replaced.version == 1
    assert not ProcedureDraft.objects.exists()
    assert list(Event.objects.about(f"procedure:{procedure.pk}").values_list("type", flat=True)) == [
        "procedure.imported",
        "procedure.draft_started",
        "procedure.draft_saved",
        "procedure.proposed",
        "procedure.approved",
        "procedure.published",
    ]


def test_nobody_approves_what_he_wrote_or_proposed(draft):
    waiting = proposed(renamed(draft), actor=HOA)
    for actor in (LAN, HOA, Actor.system("anything")):
        with pytest.raises(NotAllowed, match="người khác"):
            approved(waiting, actor=actor)
    assert approved(waiting).state == "applied"


def test_what_was_changed_since_the_approver_read_it_is_not_approved(waiting):
    read = waiting.revision
    draft = operations.withdraw_proposal(draft=waiting, actor=LAN, at=AT)
    again = proposed(renamed(draft, "Tên khác nữa"))
    with pytest.raises(operations.SavedMeanwhile):
        operations.approve(draft=again, revision=read, actor=MINH, at=AT)


def test_a_procedure_that_is_new_is_published_like_any_other(procedure):
    clone = operations.clone(
        version=procedure.current, number="2.009998", name="Khai báo khác", actor=LAN, at=AT
    )
    with pytest.raises(operations.BadPackage):  # it needs a decision of its own
        proposed(clone)
    content = clone.content
    content["record"]["decision"] = {"number": "16/QĐ-UBND", "issued_on": "2026-11-20"}
    clone = operations.save_draft(draft=clone, content=content, revision=1, actor=LAN, at=AT)
    approved(proposed(clone))
    published = Procedure.objects.published().get(number="2.009998")
    assert published.agencies == ["H34.12"]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 0, 3, tzinfo=HANOI)


def apply_due(at):
    return operations.apply_due(actor=Actor.system("job"), at=at)


def test_what_is_approved_for_later_waits_for_its_day(procedure, draft):
    day = TODAY + timedelta(days=7)
    publication = approved(proposed(renamed(draft), on=day))
    assert publication.state == "scheduled"
    assert apply_due(midnight(day) - timedelta(minutes=4)) == 0
    assert Procedure.objects.get().current.version == 1
    assert apply_due(midnight(day)) == 1
    assert Procedure.objects.get().current.version == 2
    assert apply_due(midnight(day)) == 0
    assert Event.objects.filter(type="procedure.published").count() == 1


def test_the_next_draft_begins_with_what_waits(procedure, draft):
    publication = approved(proposed(renamed(draft), on=TODAY + timedelta(days=7)))
    following = operations.start_draft(procedure=procedure, actor=LAN, at=AT)
    assert following.base == publication.version


def test_what_is_newer_is_never_replaced_by_what_waited_longer(procedure, draft):
    first, second = TODAY + timedelta(days=2), TODAY + timedelta(days=3)
    approved(proposed(renamed(draft), on=first))
    following = renamed(operations.start_draft(procedure=procedure, actor=LAN, at=AT), "Tên sau cùng")
    with pytest.raises(Refusal, match="đang chờ áp dụng từ ngày 26/11/2026"):
        proposed(following, on=TODAY)
    approved(proposed(following, on=second))
    assert apply_due(midnight(second)) == 2
    assert Procedure.objects.get().name == "Tên sau cùng"


def test_what_waits_can_be_cancelled_and_never_counts(procedure, draft):
    publication = approved(proposed(renamed(draft), on=TODAY + timedelta(days=7)))
    with pytest.raises(Refusal, match="lý do"):
        operations.cancel_publication(publication=publication, reason="", actor=LAN, at=AT)
    with pytest.raises(NotAllowed):
        operations.cancel_publication(publication=publication, reason="x", actor=CLERK, at=AT)
    operations.cancel_publication(publication=publication, reason="Văn bản bị hoãn", actor=LAN, at=AT)
    assert apply_due(AT + timedelta(days=30)) == 0
    with pytest.raises(WrongState):
        operations.cancel_publication(publication=publication, reason="x", actor=LAN, at=AT)
    assert operations.start_draft(procedure=procedure, actor=LAN, at=AT).base == procedure.current
    with pytest.raises(WrongState, match="từng được áp dụng"):
        operations.propose_rollback(
            procedure=procedure, version=publication.version, reason="x", actor=LAN, at=AT
        )


def test_one_that_cannot_be_applied_does_not_stop_the_others(package, procedure, draft):
    operations.import_folder(folder=package("2.009998"), actor=LAN, at=AT)
    other = operations.start_draft(
        procedure=Procedure.objects.get(number="2.009998"), actor=LAN, at=AT
    )
    day = TODAY + timedelta(days=1)
    bad = approved(proposed(renamed(draft), on=day))
    approved(proposed(renamed(other), on=day))
    broken = ProcedureVersion.objects.create(
        procedure=procedure, version=9, name="x", digest="x", content={"format": 99}, imported_at=AT
    )
    Publication.objects.filter(pk=bad.pk).update(version=broken)
    assert apply_due(midnight(day)) == 1
    assert Publication.objects.get(pk=bad.pk).state == "scheduled"


# Going back ---------------------------------------------------------------------------------------------------


@pytest.fixture
def second(procedure, waiting):
    """Version 2 counts."""
    approved(waiting)
    procedure.refresh_from_db()
    return procedure.current


def back(procedure, actor=LAN, reason="Bản mới sai mức phí", number=1):
    version = procedure.versions.get(version=number)
    return operations.propose_rollback(procedure=procedure, version=version, reason=reason, actor=actor, at=AT)


def test_an_old_version_counts_again_when_two_people_say_so(procedure, second):
    publication = back(procedure)
    assert Procedure.objects.get().current == second
    with pytest.raises(NotAllowed):
        operations.approve_rollback(publication=publication, actor=LAN, at=AT)
    operations.approve_rollback(publication=publication, actor=MINH, at=AT)
    restored = Procedure.objects.get()
    assert (restored.current.version, restored.name) == (1, "Khai báo máy đo độ ồn")
    assert ProcedureVersion.objects.count() == 2
    with pytest.raises(WrongState):
        operations.approve_rollback(publication=publication, actor=MINH, at=AT)


def test_going_back_is_refused_without_sense(package, procedure, second):
    with pytest.raises(WrongState, match="đang được áp dụng"):
        back(procedure, number=2)
    with pytest.raises(Refusal, match="lý do"):
        back(procedure, reason=" ")
    other = operations.import_folder(folder=package("2.009998"), actor=LAN, at=AT).version
    with pytest.raises(Refusal, match="không phải của thủ tục"):
        operations.propose_rollback(procedure=procedure, version=other, reason="x", actor=LAN, at=AT)
    publication = back(procedure)
    with pytest.raises(WrongState, match="Đã có một đề nghị"):
        back(procedure)
    operations.cancel_publication(publication=publication, reason="Không cần nữa", actor=LAN, at=AT)
    assert back(procedure).state == "proposed"


# Races --------------------------------------------------------------------------------------------------------


def at_once(*acts):
    """Run all acts at the same moment, each with its own connection; what each gave or raised."""
    ready, came = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            ready.wait(timeout=10)
            came[place] = act()
        except Refusal as refusal:
            came[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_publish_once(waiting):
    came = at_once(lambda: approved(waiting, MINH), lambda: approved(waiting, HOA))
    assert sorted(isinstance(one, WrongState) for one in came) == [False, True]
    assert ProcedureVersion.objects.count() == 2
    assert Publication.objects.filter(kind="publish", state="applied").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_approval_beside_a_withdrawal_and_an_edit_publishes_what_was_read_or_nothing(waiting):
    def edit():
        draft = operations.withdraw_proposal(draft=waiting, actor=LAN, at=AT)
        return renamed(draft, "Tên sửa vội")

    came = at_once(lambda: approved(waiting), edit)
    assert sum(isinstance(one, Refusal) for one in came) == 1
    assert not ProcedureVersion.objects.filter(name="Tên sửa vội").exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_apply_what_is_due_once(draft):
    day = TODAY + timedelta(days=1)
    approved(proposed(renamed(draft), on=day))
    came = at_once(lambda: apply_due(midnight(day)), lambda: apply_due(midnight(day)))
    assert sorted(came) == [0, 1]
    assert Event.objects.filter(type="procedure.published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_do_not_overwrite_each_other(draft):
    def save(name):
        content = draft.content | {"record": draft.content["record"] | {"name": name}}
        return operations.save_draft(draft=draft, content=content, revision=1, actor=LAN, at=AT)

    came = at_once(lambda: save("Một"), lambda: save("Hai"))
    assert sum(isinstance(one, operations.SavedMeanwhile) for one in came) == 1
    assert ProcedureDraft.objects.get().revision == 2


# What holds for ever ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"state": "lost"},
        {"state": "proposed"},
        {"proposed_by": "7"},
        {"publish_on": TODAY},
    ],
)
def test_a_draft_keeps_its_shape(change, draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcedureDraft.objects.update(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"state": "lost"},
        {"approved_by": "7"},
        {"approved_by": ""},
        {"approved_at": None},
        {"applied_at": None},
        {"state": "scheduled"},
        {"cancelled_at": AT},
        {"state": "cancelled", "applied_at": None},
    ],
)
def test_a_publication_keeps_its_shape(change, second):
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(kind="publish").update(**change)


def test_one_rehearsal_is_kept_for_a_revision(draft):
    first = operations.ask_rehearsal(draft=draft, actor=LAN, at=AT)
    operations.keep_rehearsal(rehearsal=first, report={"drafts": 3}, at=AT)
    again = operations.ask_rehearsal(draft=draft, actor=HOA, at=AT)
    assert (again.pk, again.report, again.done_at) == (first.pk, None, None)


def test_a_form_of_300_questions_is_checked_and_published_within_two_seconds(draft):
    content = draft.content
    first = content["form"]["sections"][1]["fields"][0]
    questions = [first | {"id": f"them_{n}", "when": "so_luong > 1" if n % 3 else ""} for n in range(300)]
    content["form"]["sections"].append({"id": "them", "title": "Thêm", "fields": questions})
    draft = operations.save_draft(draft=draft, content=content, revision=1, actor=LAN, at=AT)
    waiting = proposed(draft)
    begun = time.monotonic()
    assert approved(waiting).state == "applied"
    assert time.monotonic() - begun < 2

"""Many dossiers at once: chosen, looked at, done one by one, with a report of what failed."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pypdfium2
import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from motcua.agencies.models import Officer, Role
from motcua.desk.tests.conftest import NOW, OPINION
from motcua.dossiers import operations
from motcua.dossiers.models import BulkItem, BulkRun, Dossier, Handover
from motcua.dossiers.operations import bulk
from motcua.dossiers.states import State
from motcua.dossiers.tests.test_filing import at_once
from motcua.foundation.models import Event


def chosen(browser, verb, *dossiers):
    """The page that asks what the act needs, as the batch bar of the inbox sends one there."""
    return browser.post(reverse("desk:bulk"), {"viec": verb, "ho-so": [one.code for one in dossiers]})


def ordered(browser, page, **given) -> BulkRun:
    """Press the button of that page; the run waits for its job."""
    text = page.content.decode()
    hidden = re.findall(r'<input type="hidden" name="(viec|key|ho-so)" value="([^"]+)"', text)
    sent: dict[str, list[str]] = {"viec": [], "key": [], "ho-so": []}
    for name, value in hidden:
        sent[name].append(value)
    answer = browser.post(reverse("desk:bulk_order"), {**sent, **given})
    assert answer.status_code == 302, unescape(answer.content.decode())
    return BulkRun.objects.get(public_id=answer["Location"].rstrip("/").rpartition("/")[2])


def carry_out(run: BulkRun) -> BulkRun:
    bulk.carry_out(run_id=run.pk)
    run.refresh_from_db()
    return run


def said(browser, run: BulkRun) -> str:
    return unescape(browser.get(reverse("desk:bulk_run", args=[run.public_id])).content.decode())


def test_nobody_is_offered_what_no_dossier_would_let_him_do(at_stage, hire, centre, binh, ha, chi, yen, as_user):
    at_stage("accepted")

    def offered(user) -> set[str]:
        page = as_user(user).get(reverse("desk:inbox"), {"muc": "tat-ca"}).content.decode()
        return set(re.findall(r'name="viec" value="([^"]+)"', page))

    assert offered(binh) == {"tiep-nhan", "ban-giao", "in"}
    assert offered(ha) == {"phan-cong", "chuyen", "ban-giao", "in"}
    assert offered(chi) == {"chuyen", "ban-giao", "in"} == offered(yen)
    assert offered(hire("thu", "Ngô Thị Thu", centre, Role.CASHIER)) == {"in"}


def test_who_chose_nothing_comes_back_to_choose(at_stage, binh, as_user):
    at_stage("accepted")
    browser = as_user(binh)
    back = browser.post(reverse("desk:bulk"), {"viec": "tiep-nhan"}, follow=True)
    assert back.redirect_chain[-1][0] == reverse("desk:inbox")
    assert "Vui lòng chọn ít nhất một hồ sơ" in back.content.decode()
    slip = browser.post(reverse("desk:bulk"), {"viec": "hand_over", "content": "results"})
    assert slip.url == f"{reverse('desk:handover_gather')}?content=results"


def test_a_whole_list_is_chosen_with_the_pages_that_are_not_shown(at_stage, binh, ha, as_user, monkeypatch):
    monkeypatch.setattr("motcua.desk.inbox.pages.page.__defaults__", (None, 2))
    dossiers = [at_stage("submitted") for _number in range(5)]
    at_stage("accepted")
    browser = as_user(binh)
    shown = unescape(browser.get(reverse("desk:inbox"), {"muc": "tiep-nhan"}).content.decode())
    asked = re.search(r'name="loc" value="([^"]+)"', shown)
    assert asked is not None and shown.count('name="ho-so"') == 2
    sent = {"viec": "tiep-nhan", "ho-so": [dossiers[0].code], "ca-danh-sach": "1", "loc": asked[1]}
    page = browser.post(reverse("desk:bulk"), sent)
    assert "Tiếp nhận: 5 hồ sơ" in unescape(page.content.decode())
    assert set(re.findall(r'name="ho-so" value="([^"]+)"', page.content.decode())) == {one.code for one in dossiers}
    assert carry_out(ordered(browser, page)).items.filter(state=BulkItem.State.DONE).count() == 5
    assert 'name="loc"' not in browser.get(reverse("desk:inbox"), {"muc": "tiep-nhan"}).content.decode()


def test_many_are_accepted_and_what_could_not_be_says_why(at_stage, binh, as_user):
    first, second, unpaid, done = (at_stage(stage) for stage in ("submitted", "submitted", "unpaid", "accepted"))
    browser = as_user(binh)
    page = chosen(browser, "accept", first, second, unpaid, done)
    text = unescape(page.content.decode())
    assert "Tiếp nhận: 2 hồ sơ" in text
    assert "Hồ sơ chưa nộp phí" in text
    assert "đang ở bước" in text
    run = ordered(browser, page)
    assert "Đang thực hiện: 0 trên 2 hồ sơ" in said(browser, run)
    operations.accept(dossier=second, actor=_actor(binh), at=NOW)  # a single act is faster than the run
    carry_out(run)
    assert {one.state for one in Dossier.objects.filter(pk__in=[first.pk, second.pk])} == {State.ACCEPTED}
    text = said(browser, run)
    assert "Đã tiếp nhận 1 trên 2 hồ sơ" in text
    assert "Hồ sơ đang ở trạng thái “Được tiếp nhận”" in text
    assert "Thử lại các hồ sơ này" in text


def _actor(user):
    from motcua.accounts.middleware import actor_of

    return actor_of(user)


def test_a_run_is_ordered_once_however_often_its_button_is_pressed(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    browser = as_user(binh)
    page = chosen(browser, "accept", dossier)
    assert ordered(browser, page) == ordered(browser, page)
    assert BulkRun.objects.count() == 1


def test_a_head_assigns_many_to_one_and_a_leader_sends_many_back(at_stage, ha, chi, dung, as_user):
    dossiers = [at_stage("accepted"), at_stage("accepted")]
    browser = as_user(ha)
    page = chosen(browser, "assign", *dossiers)
    assert "Phạm Thị Chi" in page.content.decode()
    carry_out(ordered(browser, page, assignee=chi.pk, note="Làm trong tuần"))
    assert {one.tasks.open().get().assignee for one in dossiers} == {chi}
    waiting = at_stage("approve")
    browser = as_user(dung)
    carry_out(ordered(browser, chosen(browser, "send_back", waiting), note="Làm rõ tiêu chuẩn áp dụng"))
    assert waiting.tasks.open().get().act == "appraise"


def test_without_an_assignee_the_page_comes_back_with_what_was_chosen(at_stage, ha, chi, as_user):
    dossier = at_stage("accepted")
    browser = as_user(ha)
    answer = browser.post(reverse("desk:bulk_order"), {"viec": "assign", "ho-so": [dossier.code], "note": "Gấp"})
    assert answer.status_code == 422
    assert "Vui lòng chọn người nhận hồ sơ." in answer.content.decode()
    assert "Gấp" in answer.content.decode()


def test_everything_of_mine_goes_to_somebody_when_i_move(at_stage, chi, hire, department, as_user):
    khoi = hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)
    mine = [at_stage("appraise"), at_stage("appraise")]
    browser = as_user(chi)
    page = browser.post(reverse("desk:bulk"), {"viec": "forward", "tat-ca": "1"})
    assert "Chuyển người khác xử lý: 2 hồ sơ" in unescape(page.content.decode())
    carry_out(ordered(browser, page, assignee=khoi.pk))
    assert {one.tasks.open().get().assignee for one in mine} == {khoi}


def test_rights_are_asked_for_again_when_the_run_is_carried_out(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    browser = as_user(binh)
    run = ordered(browser, chosen(browser, "accept", dossier))
    Officer.objects.filter(user=binh).update(role=Role.CASHIER)
    carry_out(run)
    assert Dossier.objects.get(pk=dossier.pk).state == State.SUBMITTED
    assert run.items.get().state == BulkItem.State.FAILED
    assert "không có quyền" in run.items.get().message


def test_what_was_killed_in_the_middle_goes_on_and_nothing_is_done_twice(at_stage, binh, as_user):
    dossiers = [at_stage("submitted") for _ in range(3)]
    browser = as_user(binh)
    run = ordered(browser, chosen(browser, "accept", *dossiers))
    assert bulk.do_next(run=run, at=NOW)
    bulk.finish_run(run=run, at=NOW)
    run.refresh_from_db()
    assert run.finished_at is None  # the worker died here
    carry_out(run)
    carry_out(run)  # and the rescued job came once more
    for dossier in dossiers:
        assert Event.objects.about(dossier.subject).filter(type="dossier.accepted").count() == 1
    assert Event.objects.filter(type="bulk.finished").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("last", ["INSERT INTO foundation_event", 'UPDATE "dossiers_bulkitem"'])
def test_an_act_and_its_mark_are_kept_together_or_not_at_all(at_stage, binh, as_user, last):
    dossier = at_stage("submitted")
    browser = as_user(binh)
    run = ordered(browser, chosen(browser, "accept", dossier))

    def dies(execute, sql, params, many, context):
        if last in sql:
            raise OperationalError("the connection is gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(dies), pytest.raises(OperationalError):
        bulk.do_next(run=run, at=NOW)
    assert run.items.get().state == BulkItem.State.WAITING
    assert Dossier.objects.get(pk=dossier.pk).state == State.SUBMITTED
    carry_out(run)
    assert run.items.get().state == BulkItem.State.DONE
    assert Event.objects.about(dossier.subject).filter(type="dossier.accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_single_act_on_the_same_dossiers_do_each_once(at_stage, binh, as_user, as_actor):
    dossiers = [at_stage("submitted") for _ in range(4)]
    browser = as_user(binh)
    run = ordered(browser, chosen(browser, "accept", *dossiers))
    actor = as_actor(binh)

    def single():
        operations.accept(dossier=dossiers[2], actor=actor, at=NOW)

    at_once(lambda: bulk.carry_out(run_id=run.pk), lambda: bulk.carry_out(run_id=run.pk), single)
    bulk.carry_out(run_id=run.pk)
    for dossier in dossiers:
        assert Dossier.objects.get(pk=dossier.pk).state == State.ACCEPTED
        assert Event.objects.about(dossier.subject).filter(type="dossier.accepted").count() == 1
    run.refresh_from_db()
    assert run.finished_at is not None
    by_run = set(run.items.filter(state=BulkItem.State.DONE).values_list("dossier_id", flat=True))
    assert by_run >= {one.pk for one in dossiers} - {dossiers[2].pk}, "one worker took what the other was at"
    assert not run.items.filter(state=BulkItem.State.WAITING).exists()


def test_papers_of_many_are_merged_into_one_file_for_who_asked(at_stage, binh, ha, as_user):
    dossiers = [at_stage("accepted"), at_stage("submitted")]
    browser = as_user(binh)
    run = carry_out(ordered(browser, chosen(browser, "print", *dossiers), papers=["acceptance_slip", "control_slip"]))
    assert run.file is not None
    answer = browser.get(reverse("desk:bulk_file", args=[run.public_id]))
    merged = pypdfium2.PdfDocument(BytesIO(b"".join(answer.streaming_content)))
    assert len(merged) >= 2
    assert dossiers[0].code in merged[0].get_textpage().get_text_bounded()
    failed = run.items.get(state=BulkItem.State.FAILED)
    assert failed.dossier == dossiers[1]
    assert as_user(ha).get(reverse("desk:bulk_file", args=[run.public_id])).status_code == 404
    assert as_user(ha).get(reverse("desk:bulk_run", args=[run.public_id])).status_code == 404


def test_what_was_merged_goes_after_a_week(at_stage, binh, as_user):
    browser = as_user(binh)
    run = carry_out(ordered(browser, chosen(browser, "print", at_stage("accepted")), papers=["acceptance_slip"]))

    assert operations.forget_merged(at=run.finished_at + timedelta(days=6)) == 0
    assert operations.forget_merged(at=run.finished_at + timedelta(days=8)) == 1
    assert browser.get(reverse("desk:bulk_file", args=[run.public_id])).status_code == 404
    assert browser.get(reverse("desk:bulk_run", args=[run.public_id])).status_code == 200


def test_papers_of_many_go_on_one_slip(at_stage, binh, ha, centre, department, as_user):
    dossiers = [at_stage("accepted"), at_stage("accepted")]
    browser = as_user(binh)
    page = chosen(browser, "hand_over", *dossiers)
    run = ordered(browser, page, giver=centre.pk, taker=department.pk, content="papers", note="Chuyến sáng")
    carry_out(run)
    slip = Handover.objects.get()
    assert (slip.number, slip.state, slip.lines.count()) == ("01/PBG", "sent", 2)
    assert "Xem phiếu bàn giao số 01/PBG" in said(browser, run)
    board = unescape(as_user(ha).get(reverse("desk:board")).content.decode())
    assert f'href="{reverse("desk:handovers")}?muc=den">1<' in board  # and the list behind it shows just these
    assert "?muc=di" not in board


def test_the_page_that_asks_costs_the_same_for_many(at_stage, binh, as_user, django_assert_max_num_queries):
    dossiers = [at_stage("submitted") for _ in range(8)]
    browser = as_user(binh)
    chosen(browser, "accept", *dossiers[:1])
    with django_assert_max_num_queries(14):
        assert chosen(browser, "accept", *dossiers).status_code == 200


def test_somebody_from_elsewhere_chooses_nothing(at_stage, giang, as_user):
    dossier = at_stage("submitted")
    text = unescape(chosen(as_user(giang), "accept", dossier).content.decode())
    assert "Có 1 mã hồ sơ không tìm thấy" in text
    assert OPINION not in text

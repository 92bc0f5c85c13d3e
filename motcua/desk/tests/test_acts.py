"""What officers do on the page of a dossier: each act, each refusal, and nothing offered that does not work."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.urls import reverse

from motcua.agencies.models import Role
from motcua.desk.tests.conftest import NOW, OPINION
from motcua.dossiers import operations
from motcua.dossiers.models import Dossier, Reading, Task
from motcua.dossiers.states import State
from motcua.dossiers.tests.test_filing import at_once
from motcua.foundation.actor import Actor
from motcua.foundation.models import Event
from motcua.payments.models import Charge


def page_of(dossier: Dossier) -> str:
    return reverse("desk:dossier", args=[dossier.code])


def act_of(dossier: Dossier, slug: str) -> str:
    return reverse("desk:act", args=[dossier.code, slug])


def now_of(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def press(browser, dossier: Dossier, slug: str, **given):
    """Send an act's form as the page would, with the task that is open now."""
    task = dossier.tasks.open().first()
    return browser.post(act_of(dossier, slug), {"seen": task.pk if task else "", **given})


# The whole way ------------------------------------------------------------------------------------------------


def test_a_dossier_goes_its_whole_way_through_the_pages(at_stage, officers, chi, as_user):
    dossier = at_stage("submitted")
    way = [
        ("binh", "tiep-nhan", {}, State.ACCEPTED, "Đã tiếp nhận hồ sơ"),
        ("ha", "phan-cong", {"assignee": chi.pk, "note": "Gấp"}, State.PROCESSING, "cho Phạm Thị Chi"),
        ("chi", "tham-dinh", {"outcome": "dat", "note": OPINION}, State.PROCESSING, "sang bước tiếp theo"),
        ("dung", "phe-duyet", {"outcome": "duyet", "note": ""}, State.PROCESSING, "Đã phê duyệt"),
        ("van", "ban-hanh", {}, State.SETTLED, "01/TB"),
        ("yen", "tra-ket-qua", {"receiver_name": "Nguyễn Văn An", "how": "signature"}, State.RETURNED, "Đã trả kết quả"),
    ]
    for who, slug, given, state, said in way:
        browser = as_user(officers[who])
        answer = press(browser, dossier, slug, **given)
        assert answer.status_code == 302, (slug, answer.content.decode())
        assert said in browser.get(answer["Location"]).content.decode(), slug
        assert now_of(dossier).state == state
    assert now_of(dossier).result.paper is not None


def test_accepting_shows_the_date_beforehand_and_suggests_the_next_dossier(
    at_stage, file_another, binh, as_user
):
    dossier, other = at_stage("submitted"), file_another(NOW)
    browser = as_user(binh)
    before = browser.get(page_of(dossier)).content.decode()
    assert "hẹn trả kết quả lúc 17:00, thứ Hai 07/12/2026 (5 ngày làm việc)" in before
    assert "Vì sao?" in before
    after = press(browser, dossier, "tiep-nhan")
    said = browser.get(after["Location"]).content.decode()
    assert "In giấy tiếp nhận và hẹn trả kết quả" in said
    assert other.code in said


def test_a_supplement_is_asked_paper_by_paper_with_the_reasons_of_the_library(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    blurred = operations.keep_reason(
        use="supplement", text="Bản chụp mờ hoặc không đọc được", basis="Nghị định 45/2020/NĐ-CP",
        actor=Actor.system("test"), at=NOW,
    )  # fmt: skip
    browser = as_user(binh)
    form = unescape(browser.get(act_of(dossier, "yeu-cau-bo-sung")).content.decode())
    keys = re.findall(r'name="item" id="[^"]+" value="(giay-[^"]+|muc-[^"]+)"', form)
    paper, section = keys[0], next(key for key in keys if key.startswith("muc-"))
    assert re.search(
        r'name="basis"[^>]*value="[^"]*(Thông tư|TT|Luật|QH|NĐ)', form
    )  # prefilled from the record
    given = {
        "item": [paper, section],
        f"common-{paper}": blurred.pk,
        f"reason-{paper}": "Vui lòng chụp lại trang 2",
        f"reason-{section}": "Thiếu số hiệu tiêu chuẩn",
        "basis": "Thông tư 28/2012/TT-BKHCN",
        "note": "Gọi 0260.3797799 nếu cần.",
    }
    answer = browser.post(act_of(dossier, "yeu-cau-bo-sung"), given)
    assert answer.status_code == 302, answer.content.decode()
    request = now_of(dossier).supplements.get()
    assert request.items[0]["component_id"] == paper.removeprefix("giay-")
    assert request.items[0]["reason"] == "Bản chụp mờ hoặc không đọc được. Vui lòng chụp lại trang 2"
    assert request.items[1]["component_id"] == "" and request.items[1]["name"].startswith("Tờ khai: ")
    assert request.basis == f"{blurred.basis}; {given['basis']}" and request.note == given["note"]
    assert "Phiếu yêu cầu bổ sung" in browser.get(answer["Location"]).content.decode()


def test_a_supplement_in_appraisal_is_asked_by_the_head(at_stage, ha, as_user):
    dossier = at_stage("appraise")
    given = {"item": ["muc-x"], "basis": "TT 28/2012"}
    assert as_user(ha).post(act_of(dossier, "yeu-cau-bo-sung"), given).status_code == 422
    section = dossier.definition.form.sections[0].id
    given = {"item": [f"muc-{section}"], f"reason-muc-{section}": "Kê khai sai", "basis": "TT 28/2012"}
    assert as_user(ha).post(act_of(dossier, "yeu-cau-bo-sung"), given).status_code == 302
    assert now_of(dossier).state == State.SUPPLEMENT_REQUESTED


def test_refusing_ends_the_dossier_in_writing(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    browser = as_user(binh)
    given = {"reason": "Không thuộc thẩm quyền", "basis": "Nghị định 118/2025/NĐ-CP", "advice": "Nộp tại Bộ."}
    answer = browser.post(act_of(dossier, "tu-choi"), given, follow=True)
    assert now_of(dossier).state == State.REFUSED
    assert "Phiếu từ chối tiếp nhận" in answer.content.decode()


def test_a_leader_sends_back_with_a_reason_that_the_appraiser_reads(at_stage, dung, chi, as_user):
    dossier = at_stage("approve")
    assert (
        press(as_user(dung), dossier, "tra-lai", outcome="tra_lai", note="Cần làm rõ số hiệu").status_code
        == 302
    )
    page = as_user(chi).get(page_of(dossier)).content.decode()
    assert "Hoàng Dũng trả lại" in page and "Cần làm rõ số hiệu" in page


def test_an_appraiser_sends_back_to_who_assigned_and_he_finds_who_had_it(at_stage, chi, ha, as_user):
    dossier = at_stage("appraise")
    assert (
        press(as_user(chi), dossier, "tra-lai", outcome="tra_lai", note="Xung đột lợi ích").status_code == 302
    )
    page = as_user(ha).get(page_of(dossier)).content.decode()
    assert re.search(rf'value="{chi.pk}" checked', page)


def test_the_counter_confirms_or_declines_a_withdrawal(at_stage, binh, an, as_user, as_actor):
    dossier = at_stage("withdrawal")
    browser = as_user(binh)
    assert "Đổi ý" in browser.get(page_of(dossier)).content.decode()
    assert browser.post(act_of(dossier, "khong-rut"), {"reason": ""}).status_code == 422
    assert browser.post(act_of(dossier, "khong-rut"), {"reason": "Đã ký kết quả"}).status_code == 302
    operations.request_withdrawal(dossier=now_of(dossier), reason="Vẫn rút", actor=as_actor(an), at=NOW)
    assert browser.post(act_of(dossier, "rut")).status_code == 302
    assert now_of(dossier).state == State.WITHDRAWN


def test_a_leader_stops_a_dossier_for_a_reason(at_stage, dung, as_user):
    dossier = at_stage("appraise")
    why = {"reason": "Người nộp qua đời", "basis": "Nghị định 118/2025/NĐ-CP"}
    for missing in why:
        assert as_user(dung).post(act_of(dossier, "dung"), why | {missing: " "}).status_code == 422
    assert as_user(dung).post(act_of(dossier, "dung"), why).status_code == 302
    assert now_of(dossier).state == State.STOPPED


# Refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stage, who, slug, given, message",
    [
        (
            "submitted",
            "binh",
            "tu-choi",
            {"reason": "", "basis": "TT 28", "advice": "giữ lại"},
            "nêu lý do từ chối",
        ),
        ("submitted", "binh", "tu-choi", {"reason": "giữ lại", "basis": ""}, "căn cứ pháp lý"),
        (
            "submitted",
            "binh",
            "yeu-cau-bo-sung",
            {"basis": "TT", "note": "giữ lại"},
            "chọn ít nhất một giấy tờ",
        ),
        ("accepted", "ha", "phan-cong", {"note": "giữ lại"}, "chọn một chuyên viên"),
        ("accepted", "ha", "phan-cong", {"assignee": "999999", "note": "giữ lại"}, "chọn một chuyên viên"),
        ("appraise", "chi", "tham-dinh", {"outcome": "dat", "note": " "}, "nhập ý kiến thẩm định"),
        ("appraise", "chi", "tham-dinh", {"outcome": "la", "note": "giữ lại"}, "chọn một kết quả xử lý"),
        ("appraise", "chi", "tra-lai", {"outcome": "tra_lai", "note": ""}, "nêu lý do trả lại"),
        ("appraise", "chi", "tra-lai", {"outcome": "dat", "note": "giữ lại"}, "chọn bước trước"),
        ("approve", "dung", "tra-lai", {"outcome": "tra_lai", "note": ""}, "nêu lý do trả lại"),
        ("return", "yen", "tra-ket-qua", {"receiver_name": "", "how": "signature", "note": "giữ lại"}, "người nhận kết quả"),
        ("submitted", "binh", "tu-choi", {"reason": "giữ lại", "basis": "x" * 501}, "tối đa 500 ký tự"),
    ],
)
def test_a_refusal_stands_at_the_form_and_keeps_what_was_typed(
    at_stage, officers, as_user, stage, who, slug, given, message
):
    dossier = at_stage(stage)
    before = now_of(dossier).state
    answer = press(as_user(officers[who]), dossier, slug, **given)
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert message in page
    if "giữ lại" in given.values():
        assert "giữ lại" in page.split("desk-bar")[0]
    assert now_of(dossier).state == before


def test_an_unpaid_first_fee_hides_the_acceptance_and_refuses_it(at_stage, binh, as_user):
    dossier = at_stage("unpaid")
    browser = as_user(binh)
    page = browser.get(page_of(dossier)).content.decode()
    assert "Người nộp chưa nộp phí, lệ phí 150.000 đồng" in page
    assert act_of(dossier, "tiep-nhan") not in page
    answer = browser.post(act_of(dossier, "tiep-nhan"))
    assert answer.status_code == 422
    assert "chưa nộp phí" in answer.content.decode()


def test_an_unpaid_fee_hides_the_stamp(at_stage, van, as_user):
    dossier = at_stage("stamp")
    Charge.objects.about(dossier.subject).update(state="unpaid", paid_at=None)
    page = as_user(van).get(page_of(dossier)).content.decode()
    assert "chưa ban hành được kết quả" in page and act_of(dossier, "ban-hanh") not in page


def test_who_may_not_do_it_is_told_so(at_stage, chi, as_user):
    dossier = at_stage("submitted")
    browser = as_user(chi)
    assert act_of(dossier, "tiep-nhan") not in browser.get(page_of(dossier)).content.decode()
    answer = browser.post(act_of(dossier, "tiep-nhan"))
    assert answer.status_code == 403
    assert "không có quyền" in answer.content.decode()
    assert now_of(dossier).state == State.SUBMITTED


def test_the_form_of_an_act_that_is_over_leads_back_to_the_dossier(at_stage, binh, as_user):
    dossier = at_stage("accepted")
    answer = as_user(binh).get(act_of(dossier, "tiep-nhan"), follow=True)
    assert "không còn thực hiện được" in answer.content.decode()


# Two at once --------------------------------------------------------------------------------------------------


def test_the_slower_officer_is_told_who_did_what_and_keeps_what_he_typed(
    at_stage, binh, hire, centre, as_user
):
    dossier = at_stage("submitted")
    lan = hire("lan", "Mai Thị Lan", centre, Role.RECEIVER)
    press(as_user(lan), dossier, "tiep-nhan")
    answer = as_user(binh).post(
        act_of(dossier, "tu-choi"), {"reason": "Lý do đã gõ rất dài", "basis": "TT 28", "advice": ""}
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Mai Thị Lan" in page and "Được tiếp nhận" in page
    assert "Lý do đã gõ rất dài" in page


def test_a_page_from_before_the_supplement_came_refuses_nothing(at_stage, binh, an, as_user, as_actor):
    dossier = at_stage("supplement")
    shown = as_user(binh).get(act_of(dossier, "tu-choi")).content.decode()
    saw = re.search(r'name="state" value="(\w+)"', shown)[1]
    operations.supplement(dossier=dossier, note="Đã bổ sung", actor=as_actor(an), at=NOW)
    given = {"reason": "Quá hạn bổ sung", "basis": "TT 28", "state": saw}
    assert as_user(binh).post(act_of(dossier, "tu-choi"), given).status_code == 409
    assert now_of(dossier).state == State.SUBMITTED


def test_a_page_older_than_the_latest_appraisal_approves_nothing(at_stage, chi, dung, as_user):
    dossier = at_stage("approve")
    old = dossier.tasks.open().get().pk
    press(as_user(dung), dossier, "tra-lai", outcome="tra_lai", note="Làm rõ")
    press(as_user(chi), dossier, "tham-dinh", outcome="dat", note="Bản khác hẳn")
    for slug in ("phe-duyet", "tra-lai"):
        answer = as_user(dung).post(
            act_of(dossier, slug), {"seen": old, "outcome": "tra_lai", "note": "Chữ đã gõ"}
        )
        assert answer.status_code == 409
        assert "Hoàng Dũng đã thực hiện bước" in answer.content.decode()
    assert now_of(dossier).result.approved_at is None


@pytest.mark.django_db(transaction=True)
def test_two_officers_press_accept_at_once_and_one_wins(at_stage, binh, hire, centre, as_user):
    dossier = at_stage("submitted")
    lan = hire("lan", "Mai Thị Lan", centre, Role.RECEIVER)
    browsers = [as_user(binh), as_user(lan)]
    answers = at_once(*[lambda one=one: one.post(act_of(dossier, "tiep-nhan")) for one in browsers])
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Event.objects.filter(type="dossier.accepted", subject=dossier.subject).count() == 1


# Just the acts that succeed -----------------------------------------------------------------------------------

_STAGES = [
    "unpaid", "submitted", "withdrawal", "supplement", "accepted", "appraise", "approve", "stamp", "return", "returned",
]  # fmt: skip
_EXPECTED = {
    "unpaid": {"binh": {"yeu-cau-bo-sung", "tu-choi"}},
    "submitted": {"binh": {"tiep-nhan", "yeu-cau-bo-sung", "tu-choi"}},
    "withdrawal": {"binh": {"tiep-nhan", "yeu-cau-bo-sung", "tu-choi", "rut", "khong-rut"}},
    "supplement": {"binh": {"nhan-bo-sung", "tu-choi"}},  # never accepted: it is refused, and not stopped
    "accepted": {"ha": {"phan-cong", "nhan-xu-ly", "de-nghi-dung"}, "chi": {"de-nghi-dung"}, "dung": {"dung"}},
    "appraise": {
        "chi": {
            "tham-dinh", "tra-lai", "trinh-bo-sung", "chuyen-nguoi-khac", "lay-y-kien", "khong-du-dieu-kien", "de-nghi-dung",
        },
        "khoi": {"de-nghi-dung"},
        "ha": {"yeu-cau-bo-sung", "giao-lai", "thu-hoi", "de-nghi-dung"},
        "dung": {"yeu-cau-bo-sung", "giao-lai", "dung"},
    },
    "approve": {
        "chi": {"thu-hoi", "de-nghi-dung"},
        "khoi": {"de-nghi-dung"},
        "dung": {"phe-duyet", "tra-lai", "nhan-xu-ly", "yeu-cau-bo-sung", "dung"},
        "ha": {"yeu-cau-bo-sung", "de-nghi-dung"},
    },
    "stamp": {
        "chi": {"de-nghi-dung"},
        "khoi": {"de-nghi-dung"},
        "van": {"ban-hanh", "nhan-xu-ly"},
        "dung": {"giao-lai", "dung"},  # a result was approved: nothing more is asked for
        "ha": {"giao-lai", "de-nghi-dung"},
    },
    "return": {"yen": {"tra-ket-qua", "luu-giu-ket-qua", "nhan-xu-ly"}},
    "returned": {},
}  # fmt: skip
_WITH_A_COLLEAGUE = ("appraise", "approve", "stamp")  # elsewhere nobody is there to whom a step could be passed


def buttons(page: str, dossier: Dossier) -> list[tuple[str, str]]:
    """The buttons that send the page's form: (address, outcome)."""
    found = []
    for button in re.findall(r"<button[^>]*formaction[^>]*>", page):
        address = re.search(r'formaction="([^"]+)"', button)[1]
        outcome = re.search(r'name="outcome" value="([^"]*)"', button)
        found.append((address, outcome[1] if outcome else ""))
    return found


@pytest.mark.parametrize("stage", _STAGES)
def test_every_act_that_the_page_offers_succeeds_when_it_is_pressed(
    at_stage, officers, chi, hire, centre, department, as_user, stage
):
    dossier = at_stage(stage)
    if stage in _WITH_A_COLLEAGUE:
        officers["khoi"] = hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)
    section = dossier.definition.form.sections[0].id
    answers = {
        "note": "Ghi chú", "reason": "Lý do", "basis": "TT 28/2012", "advice": "", "assignee": chi.pk,
        "receiver_name": "Nguyễn Văn An", "how": "signature", "place": "Tủ 2", "item": [f"muc-{section}"], f"reason-muc-{section}": "Kê khai sai",
        "unit-0": centre.pk, "question-0": "Có ý kiến gì không?", "hours-0": 8,
    }  # fmt: skip
    offered: dict[str, set[str]] = {}
    for name, officer in officers.items():
        browser = as_user(officer)
        page = browser.get(page_of(dossier)).content.decode()
        pages = [page] + [
            browser.get(unescape(link)).content.decode()
            for link in re.findall(r'desk-bar__other[^"]*" href="([^"#]+)#viec"', page)
        ]
        for one in pages:
            seen = re.search(r'name="seen" value="(\d+)"', one)
            for address, outcome in buttons(one, dossier):
                point = transaction.savepoint()
                slug = address.rstrip("/").rpartition("/")[2]
                given = answers | {"outcome": outcome, "seen": seen[1] if seen else ""}
                if slug in ("chuyen-nguoi-khac", "giao-lai"):
                    given["assignee"] = re.search(r'name="assignee"[^>]*value="(\d+)"', one)[1]
                answer = browser.post(address, given)
                assert answer.status_code == 302, (name, address, unescape(answer.content.decode()))
                transaction.savepoint_rollback(point)
                offered.setdefault(name, set()).add(slug)
    assert offered == _EXPECTED[stage]


# The page -----------------------------------------------------------------------------------------------------


def test_the_page_says_all_that_an_officer_needs(at_stage, dung, as_user):
    dossier = at_stage("approve")
    page = unescape(as_user(dung).get(page_of(dossier)).content.decode())
    for text in (
        dossier.code,
        "Nguyễn Văn An",
        "0905123456",
        "Hẹn trả kết quả",
        "Vì sao?",
        "Điều 147",
        "150.000 đồng",
        "Đã thanh toán",
        OPINION,
        "Tiếp nhận hồ sơ",
        "Phân công thụ lý",
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        reverse("desk:draft_result", args=[dossier.code]),
        reverse("desk:control_slip", args=[dossier.code]),
        *[document.name for document in dossier.documents.all()],
    ):
        assert text in page, text


def test_colleagues_are_shown_with_what_they_have_on_the_table(at_stage, hire, department, ha, as_user):
    at_stage("appraise")
    hire("khoi", "Võ Minh Khôi", department, Role.APPRAISER)
    page = as_user(ha).get(page_of(at_stage("accepted"))).content.decode()
    assert "Đang xử lý 1 hồ sơ" in page and "Đang xử lý 0 hồ sơ" in page


def test_a_dossier_that_needs_nothing_of_me_names_my_next_one(at_stage, chi, as_user):
    mine, settled = at_stage("appraise"), at_stage("stamp")
    page = as_user(chi).get(page_of(settled)).content.decode()
    assert "không có việc nào chờ" in page and mine.code in page


@pytest.mark.parametrize("rounds", [0, 15])
@pytest.mark.parametrize(
    "stage, who", [("submitted", "binh"), ("accepted", "ha"), ("approve", "dung"), ("returned", "binh")]
)
def test_a_dossier_page_costs_the_same_few_queries_however_long_its_story(
    at_stage, officers, as_user, django_assert_max_num_queries, stage, who, rounds
):
    dossier = at_stage(stage)
    at_stage("submitted")
    for number in range(rounds):
        document = dossier.documents.first()
        document.pk, document.name = None, f"tep-{number}.pdf"
        document.save()
        Event.objects.create(
            type="dossier.sent_back",
            subject=dossier.subject,
            occurred_at=NOW,
            actor_kind="officer",
            actor_name="A",
        )
    browser = as_user(officers[who])
    with django_assert_max_num_queries(36):
        browser.get(page_of(dossier))


def test_what_a_citizen_wrote_is_text_and_never_markup(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    Dossier.objects.filter(pk=dossier.pk).update(
        owner_name="<script>alert(1)</script>", owner=dossier.owner | {"name": "<img src=x>"}
    )
    for address in (page_of(dossier), "/can-bo/"):
        page = as_user(binh).get(address).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page


def test_pressing_a_button_logs_no_reading_but_looking_does(at_stage, binh, as_user):
    dossier = at_stage("submitted")
    press(as_user(binh), dossier, "tiep-nhan")
    assert not Reading.objects.filter(dossier=dossier).exists()
    assert Task.objects.open().filter(dossier=dossier).exists()

"""Administrators change how papers look: with a preview, with clear mistakes, with a way back."""

import html
import io
import re

import pypdfium2
import pytest

from motcua.agencies.models import Role
from motcua.foundation.actor import Actor
from motcua.foundation.errors import NotAllowed, WrongState
from motcua.papers import masters, operations
from motcua.papers.kinds import TEMPLATED
from motcua.papers.models import PaperTemplate
from motcua.papers.samples import SAMPLES
from tests.cast import MONDAY_9AM

KIND = "refusal"
PAGE = f"/quan-tri/mau-giay/{KIND}/"
HOTLINE = "Đường dây nóng: 0260.3797799"


def changed(kind=KIND, words=HOTLINE):
    return masters.builtin(kind) + f"\n#par[{words}]\n"


def post(console, source, *, seen=0, query="", note="Thêm đường dây nóng"):
    return console.post(PAGE + query, {"source": source, "note": note, "seen": seen})


def issue(kind=KIND, agency=None):
    data = {k: v for k, v in SAMPLES[kind].items() if k not in ("number", "issued_at", "check_code", "check_url")}
    data |= {"agency": {"name": agency.name}} if agency else {}
    return operations.issue(kind=kind, subject="dossier:1", data=data, actor=Actor.system("test"), at=MONDAY_9AM)


def text_of(paper) -> str:
    with operations.file_of(paper).open() as stream:
        document = pypdfium2.PdfDocument(io.BytesIO(stream.read()))
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


@pytest.mark.parametrize("kind", sorted(TEMPLATED))
def test_each_template_that_comes_along_is_a_place_to_begin(kind):
    assert masters.preview(kind, masters.builtin(kind)).startswith(b"%PDF")


def test_a_changed_template_draws_what_is_issued_from_then_on_and_nothing_before(console):
    before = issue()
    assert post(console, changed()).status_code == 302
    after = issue()
    assert HOTLINE in text_of(after)
    assert HOTLINE not in text_of(before)
    assert (before.template, after.template.version) == (None, 1)
    assert post(console, changed(words="Khác"), seen=1).status_code == 302
    assert HOTLINE in text_of(after)


def test_an_agency_has_its_own_and_the_others_that_of_all(console, centre, department):
    assert post(console, changed(words="Của chung")).status_code == 302
    assert post(console, changed(words="Của trung tâm"), query=f"?co-quan={centre.pk}").status_code == 302
    assert "Của trung tâm" in text_of(issue(agency=centre))
    assert "Của chung" in text_of(issue(agency=department))
    assert centre.name in console.get(PAGE + f"?co-quan={centre.pk}").content.decode()


def test_a_mistake_is_told_with_its_line_and_nothing_is_kept(console):
    answer = post(console, masters.builtin(KIND) + "#khong-co\n")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"dòng {masters.builtin(KIND).count(chr(10)) + 1}" in page and "khong-co" in page
    assert not PaperTemplate.objects.exists()
    shown = console.post(PAGE + "xem-truoc/", {"source": "#khong-co"}).content.decode()
    assert "dòng 1" in shown and "khong-co" in shown


def test_what_is_not_there_is_told_in_plain_words(console):
    wrong = {
        masters.builtin(KIND) + "#data.ngay_hen\n": "không có dữ liệu “ngay_hen”",
        masters.builtin(KIND) + "#strong[\n": "mở ra mà không đóng lại",
    }
    for source, words in wrong.items():
        page = post(console, source).content.decode()
        assert words in page and "dictionary" not in page and "unclosed" not in page


@pytest.mark.parametrize(("kind", "foot"), [("result_generic", "#official-foot()"), ("apology", "#official-foot()")])
def test_a_template_that_leaves_out_who_signs_is_not_kept(console, kind, foot):
    source = masters.builtin(kind).replace(foot, "#par[Trân trọng./.]")
    answer = console.post(PAGE.replace(KIND, kind), {"source": source, "note": "Bỏ bớt", "seen": 0})
    told = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Mẫu in thiếu chỗ ký" in told and "#par[Trân trọng./.]" in told  # what was typed is still there
    assert not PaperTemplate.objects.exists()


def test_what_was_left_empty_is_named(console):
    page = post(console, changed(), note="").content.decode()
    assert 'href="#note">Vui lòng nhập thông tin: Nội dung thay đổi.</a>' in page


@pytest.mark.parametrize("source", ['#read("/etc/passwd")', '#import "@preview/cetz:0.2.0"', "#while true {}"])
def test_a_template_reaches_nothing_and_does_not_run_for_ever(console, source):
    assert post(console, source).status_code == 422
    assert not PaperTemplate.objects.exists()


def test_the_preview_is_a_paper(console):
    for answer in (console.get(PAGE + "xem-truoc/"), console.post(PAGE + "xem-truoc/", {"source": changed()})):
        assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")


def test_what_was_there_comes_back_and_the_history_says_what_changed(console):
    post(console, changed())
    post(console, changed(words="Hai"), seen=1, note="Sửa lần hai")
    page = console.get(PAGE + "phien-ban/2/").content.decode()
    assert re.search(r'is-removed.*Đường dây nóng', page) and re.search(r'is-added.*Hai', page)
    assert console.post(PAGE + "khoi-phuc/", {"phien-ban": "1"}).status_code == 302
    newest = PaperTemplate.objects.active().get()
    assert (newest.version, newest.source) == (3, PaperTemplate.objects.get(version=1).source)
    assert console.post(PAGE + "khoi-phuc/").status_code == 302
    assert not PaperTemplate.objects.active().exists()
    assert issue().template is None
    assert "Sửa lần hai" in console.get(PAGE).content.decode()


def test_who_was_slower_overwrites_nothing(console, thao, as_actor):
    post(console, changed())
    assert post(console, changed(words="Cùng lúc"), seen=0).status_code == 422
    with pytest.raises(WrongState, match="Y Thảo"):
        masters.keep_template(
            kind=KIND, agency=None, source=changed(words="x"), note="x", seen=0, actor=as_actor(thao), at=MONDAY_9AM
        )


def test_nobody_else_changes_templates(hire, province, as_actor):
    controller = as_actor(hire("kiem@example.vn", "Kiểm", province, Role.CONTROLLER))
    with pytest.raises(NotAllowed):
        masters.keep_template(kind=KIND, agency=None, source="x", note="x", seen=0, actor=controller, at=MONDAY_9AM)
    with pytest.raises(NotAllowed):
        masters.restore_builtin(kind=KIND, agency=None, actor=controller, at=MONDAY_9AM)


def test_the_list_costs_the_same_with_many_templates(console, province, calendar, django_assert_max_num_queries):
    for number in range(30):
        PaperTemplate.objects.create(
            kind=KIND, agency=None, version=number + 1, source="x", note="x", made_by="x", made_at=MONDAY_9AM,
            active=number == 29,
        )  # fmt: skip
    with django_assert_max_num_queries(8):
        assert console.get("/quan-tri/mau-giay/").status_code == 200
    with django_assert_max_num_queries(11):
        assert console.get(PAGE).status_code == 200

"""The pages of a form with every type of question, as one fills them in without scripts, and what scripts are told."""

import json
import re
import threading
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from motcua.dossiers.models import Dossier
from motcua.foundation.time import now
from motcua.portal.filing.views import minutes_to_fill
from motcua.procedures.models import Procedure, ProcedureVersion
from motcua.procedures.parts import Check, FeeLine, Fees, Field, Form, Option, Percent, Relief, Section, Share
from motcua.ui import form_tables as tables
from tests.cast import PDF

COLUMNS = (
    Field("ten", "Tên thiết bị", "text", required=True, example="Máy X-quang"),
    Field("loai", "Loại", "choice", options=(Option("ct", "Máy CT"), Option("dd", "Máy di động"))),
    Field("gia", "Giá trị", "money"),
)
EVERY_TYPE = Form(
    (
        Section("nguoi_noi", "Người và nơi", (
            Field("nguoi", "Người phụ trách", "person", required=True, parts=("name", "birth_date", "citizen_id")),
            Field("noi", "Nơi đặt", "place", required=True),
            Field("nam", "Năm thành lập", "year"),
            Field("ten_co_so", "Tên cơ sở", "text", prefill="applicant.name"),
            Field("luu_y", "Lưu ý", "note", help="Xin đọc kỹ.", tone="warning"),
            Field("co", "Có thiết bị", "yes_no"),
        )),
        Section("may", "Thiết bị", (
            Field("t", "Danh sách thiết bị", "table", columns=COLUMNS, layout="grid", max_rows=300),
            Field("tong", "Tổng giá trị", "computed", formula="sum(t.map(x, x.gia))", shown_as="money"),
            Field("ban_ve", "Bản vẽ", "file", required=True),
        ), when="co == true"),
    ),
    checks=(Check("nam == 0 || nam > 1990", "Năm này đã lâu, vui lòng xem lại.", "nam", "warning"),),
)  # fmt: skip


@pytest.fixture
def citizen(an):
    client = Client()
    client.force_login(an)
    return client


@pytest.fixture
def filing(citizen, version, department, centre):
    """Begin a draft of the guide's procedure with another form: filing(form) gives the draft."""

    def begin(form: Form, fees: Fees | None = None, **record: object) -> Dossier:
        definition = replace(version.definition, form=form, fees=fees or version.definition.fees, tests={})
        definition = replace(definition, record=replace(definition.record, components=(), **record))  # type: ignore[arg-type]
        newer = ProcedureVersion.objects.create(
            procedure=version.procedure, version=9, name=version.name, digest="9" * 64, content=definition.to_json(),
            imported_at=now(),
        )  # fmt: skip
        Procedure.objects.filter(pk=version.procedure_id).update(current=newer)
        citizen.post(reverse("portal:start", args=["2.001207"]))
        return Dossier.objects.get()

    return begin


def form_of(dossier, number=1):
    name, more = ("portal:form_page", number) if number > 1 else ("portal:filing_step", "to-khai")
    return reverse(name, args=[dossier.public_id, more])


def group(page, field):
    """The piece of a page that asks one question."""
    return page.split(f'data-mc-group="{field}"')[1].split("data-mc-group=")[0]


def is_hidden(page, field):
    return group(page, field).split(">")[0].startswith(" hidden")


def test_every_type_is_asked_kept_and_shown_again(citizen, filing):
    dossier = filing(EVERY_TYPE)
    typed = {
        "nguoi-name": "Lê Thị Hà", "nguoi-birth_date": "1/2/1990", "nguoi-citizen_id": "062090001235",
        "noi-province": "51", "noi-commune": "23293", "noi-street": "12 Trần Phú", "nam": "1975", "co": "yes",
        "t-0-ten": "Máy A", "t-0-gia": "1.200.000", "t-0-loai": "ct", "mc.action": "save",
    }  # fmt: skip

    citizen.post(form_of(dossier), typed)
    page = citizen.get(form_of(dossier)).content.decode()

    dossier.refresh_from_db()
    assert dossier.answers["noi"] == {"province": "51", "commune": "23293", "street": "12 Trần Phú"}
    assert dossier.answers["nguoi"]["birth_date"] == "1990-02-01"
    assert 'value="01/02/1990"' in page
    assert '<option value="23293" selected>Phường Kon Tum' in page
    assert "Trước ngày 01/07/2025: Phường" in page
    assert "Xin đọc kỹ." in group(page, "luu_y")
    assert "Năm này đã lâu" in group(page, "nam")  # a warning; nothing is stopped by it
    assert "Lấy từ tài khoản, sửa được." in group(page, "ten_co_so")
    assert "1.200.000 đồng" in group(page, "tong")
    assert reverse("portal:filing_step", args=[dossier.public_id, "giay-to"]) in group(page, "ban_ve")


def test_communes_come_after_the_province_without_scripts(citizen, filing):
    dossier = filing(EVERY_TYPE)
    assert "Phường Kon Tum" not in citizen.get(form_of(dossier)).content.decode()

    page = citizen.post(form_of(dossier), {"noi-province": "51", "mc.action": "refresh"}).content.decode()

    assert "Phường Kon Tum" in page
    assert "govuk-error-summary" not in page  # nobody has gone on yet
    answer = citizen.get(reverse("portal:communes", args=["51"])).json()["communes"]
    assert len(answer) == 96
    assert "Thị trấn Đăk Hà" in next(one["before"] for one in answer if one["name"] == "Xã Đăk Hà")
    assert citizen.get(reverse("portal:communes", args=["xx"])).json() == {"communes": []}


def test_a_section_comes_and_goes_with_an_answer_and_keeps_what_was_in_it(citizen, filing):
    dossier = filing(EVERY_TYPE)
    page = citizen.get(form_of(dossier)).content.decode()
    assert re.search(r'data-mc-section="may" hidden data-mc-when="[^"]+"', page)

    citizen.post(form_of(dossier), {"co": "yes", "t-0-ten": "Máy A", "mc.action": "save"})
    assert 'data-mc-section="may" data-mc-when' in citizen.get(form_of(dossier)).content.decode()
    citizen.post(form_of(dossier), {"co": "no", "mc.action": "save"})

    dossier.refresh_from_db()
    assert dossier.answers["t"][0]["ten"] == "Máy A"


def test_what_saving_answers_keeps_the_page_alive(citizen, filing):
    dossier = filing(EVERY_TYPE)
    data = {"co": ["yes"], "nam": ["1975"], "t-0-ten": ["Máy A"], "t-0-gia": ["năm đồng"], "t-1-ten": ["B"], "t-1-gia": ["7"]}
    said = {"step": "to-khai", "groups": ["co", "nam", "t"], "data": data, "tell": True}

    answer = citizen.post(
        reverse("portal:autosave", args=[dossier.public_id]), json.dumps(said), content_type="application/json"
    ).json()

    assert answer["hidden"] == []
    assert answer["computed"] == {"tong": "7 đồng"}
    assert answer["warnings"] == {"nam": "Năm này đã lâu, vui lòng xem lại."}
    assert set(answer["problems"]) == {"t-0-gia"}


def test_a_block_from_a_spreadsheet_is_added_without_scripts_and_what_is_wrong_is_told(citizen, filing):
    dossier = filing(EVERY_TYPE)
    block = "Giá trị\tTên thiết bị\tLoại\n5\tMáy B\tmáy di động\nnhiều\tMáy C\tMáy lạ\n"

    page = citizen.post(
        form_of(dossier), {"co": "yes", "t-0-ten": "Máy A", "mc.paste.t": block, "mc.action": "paste:t"}
    ).content.decode()

    dossier.refresh_from_db()
    assert [(row["ten"], row["loai"], row["gia"]) for row in dossier.answers["t"]] == [
        ("Máy A", "", ""), ("Máy B", "dd", 5), ("Máy C", "Máy lạ", "nhiều"),
    ]  # fmt: skip
    assert len({row["_id"] for row in dossier.answers["t"]}) == 3
    assert "Đã đưa 2 dòng vào bảng." in page
    assert 'id="t-2-gia-error"' in page
    assert 'id="t-2-loai-error"' in page
    assert "<option selected>Máy lạ</option>" in page  # nothing that came is lost


def test_a_file_is_imported_and_a_wrong_one_is_told_beside_the_table(citizen, filing):
    dossier = filing(EVERY_TYPE)
    empty = citizen.get(reverse("portal:table_form", args=[dossier.public_id, "t"]))
    assert empty["Content-Type"] == tables.XLSX

    book = load_workbook(BytesIO(empty.content))
    book.active.append(["Máy A", "Máy CT", 5])
    filled = BytesIO()
    book.save(filled)

    def post(content):
        chosen = SimpleUploadedFile("may.xlsx", content)
        return citizen.post(form_of(dossier), {"co": "yes", "mc.file.t": chosen, "mc.action": "import:t"})

    assert post(filled.getvalue()).status_code == 200
    dossier.refresh_from_db()
    assert [row["ten"] for row in dossier.answers["t"]] == ["Máy A"]

    refused = post(b"khong phai xlsx")
    assert refused.status_code == 422
    assert "Hệ thống không đọc được tệp này" in refused.content.decode()
    answer = citizen.post(
        reverse("portal:read_rows", args=[dossier.public_id, "t"]), {"file": SimpleUploadedFile("m.xlsx", filled.getvalue())}
    ).json()
    assert answer["rows"] == [{"ten": ["Máy A"], "loai": ["ct"], "gia": ["5"]}]


def test_five_hundred_wide_rows_are_one_post(citizen, filing):
    columns = tuple(Field(f"c{number}", f"Cột {number}", "text") for number in range(12))
    dossier = filing(Form((Section("s", "Bảng", (Field("t", "Bảng", "table", columns=columns, layout="grid"),)),)))
    typed = {f"t-{row}-c{column}": f"{row}/{column}" for row in range(500) for column in range(12)}

    assert citizen.post(form_of(dossier), typed).status_code == 302

    dossier.refresh_from_db()
    assert len(dossier.answers["t"]) == 500
    assert dossier.answers["t"][499]["c11"] == "499/11"


def test_a_long_form_is_filled_in_page_by_page_and_nothing_is_lost(citizen, filing):
    sections = tuple(
        Section(f"s{place}", f"Phần {place}", tuple(Field(f"s{place}_{number}", "Câu hỏi", "text") for number in range(15)))
        for place in range(3)
    )
    last = Section("cuoi", "Phần cuối", (Field("cuoi", "Câu hỏi cuối", "text", required=True),), when="s0_0 == 'x'")
    dossier = filing(Form((*sections, last)))

    response = citizen.post(form_of(dossier), {"s0_0": "x", "s1_0": "không ở trang này"})
    assert response.url == form_of(dossier, 2)
    assert citizen.post(response.url, {"s1_0": "y"}).url == form_of(dossier, 3)
    page = citizen.get(form_of(dossier, 3)).content.decode()
    assert "Phần 3/3" in page
    assert citizen.post(form_of(dossier, 3), {}).status_code == 422  # the last question is on this page
    assert citizen.post(form_of(dossier, 3), {"cuoi": "z"}).url.endswith("/giay-to/")
    assert citizen.post(form_of(dossier, 3), {"mc.action": "back"}).url == form_of(dossier, 2)

    dossier.refresh_from_db()
    assert {key: value for key, value in dossier.answers.items() if value} == {"s0_0": "x", "s1_0": "y", "cuoi": "z"}
    assert citizen.get(form_of(dossier, 9)).status_code == 404


def test_a_mistake_leads_from_the_review_to_its_page(citizen, filing):
    sections = tuple(
        Section(f"s{place}", "Phần", tuple(Field(f"s{place}_{number}", "Câu", "text", required=True) for number in range(25)))
        for place in range(2)
    )
    dossier = filing(Form(sections))

    page = citizen.get(reverse("portal:filing_step", args=[dossier.public_id, "kiem-tra"])).content.decode()

    assert f"{form_of(dossier, 2)}?loi#s1_7" in page
    assert "Vui lòng nhập thông tin" in citizen.get(f"{form_of(dossier, 2)}?loi").content.decode()


# The start ----------------------------------------------------------------------------------------------------


def test_a_filed_dossier_is_copied_into_a_new_draft(citizen, submitted):
    start = reverse("portal:start", args=["2.001207"])
    assert submitted.code in citizen.get(start).content.decode()

    citizen.post(start, {"copy": str(submitted.public_id)})

    copy = Dossier.objects.drafts().get()
    assert copy.answers["ten_goi"] == submitted.answers["ten_goi"]
    assert copy.pk != submitted.pk
    assert copy.documents.count() == 0


def test_nobody_copies_what_is_not_his(client, company, submitted):
    client.force_login(company)
    client.post(reverse("portal:start", args=["2.001207"]), {"copy": str(submitted.public_id)})

    assert "ten_goi" not in Dossier.objects.drafts().get().answers


def test_a_procedure_out_of_force_says_so_and_starts_nothing(citizen, version, department, centre):
    content = version.content | {"record": version.content["record"] | {"validity": {"from": None, "to": "2026-01-31"}}}
    newer = ProcedureVersion.objects.create(
        procedure=version.procedure, version=2, name=version.name, digest="0" * 64, content=content, imported_at=now()
    )
    Procedure.objects.filter(pk=version.procedure_id).update(current=newer)
    start = reverse("portal:start", args=["2.001207"])

    page = citizen.post(start).content.decode()

    assert "hết hiệu lực từ sau ngày 31/01/2026" in page
    assert "Bắt đầu kê khai" not in page
    assert not Dossier.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_draft(an, version, department, centre):
    gate = threading.Barrier(2)
    addresses = []

    def click():
        client = Client()
        client.force_login(an)
        gate.wait()
        addresses.append(client.post(reverse("portal:start", args=["2.001207"])).url)
        connections.close_all()

    clicks = [threading.Thread(target=click) for _number in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert Dossier.objects.count() == 1
    assert len(set(addresses)) == 1


# Files among the questions --------------------------------------------------------------------------------------


def test_a_file_is_taken_where_it_is_asked(citizen, filing):
    dossier = filing(EVERY_TYPE)
    page = citizen.get(form_of(dossier)).content.decode()
    box = page[page.index('data-mc-group="ban_ve"') :]
    assert 'name="file-ban_ve"' in box
    assert f"{reverse('portal:filing_step', args=[dossier.public_id, 'giay-to'])}#ban_ve" in box  # without scripts

    citizen.post(form_of(dossier), {"co": "yes", "mc.action": "save"})
    upload = reverse("portal:upload", args=[dossier.public_id, "ban_ve"])
    citizen.post(upload, {"file-ban_ve": SimpleUploadedFile("ban-ve.pdf", PDF)})

    assert "ban-ve.pdf" in citizen.get(form_of(dossier)).content.decode()


def test_a_form_without_files_loads_nothing_for_them(citizen, filing):
    dossier = filing(Form((Section("s", "Phần", (Field("a", "Câu", "text"),)),)))
    assert "tus.js" not in citizen.get(form_of(dossier)).content.decode()


# How long it takes ------------------------------------------------------------------------------------------------


def test_how_long_filing_takes_is_what_it_took(version, submitted):
    procedure = version.procedure
    guessed = minutes_to_fill(version.definition, procedure)
    procedure.times_filed = 25
    assert minutes_to_fill(version.definition, procedure) == guessed  # one that is known is not enough

    begun = submitted.submitted_at
    for number in range(25):
        submitted.pk, submitted.public_id, submitted.code = None, uuid4(), f"H34.12-260101-{number:04}"
        submitted.submitted_at = begun + timedelta(minutes=5 * 24 * 60 if number < 3 else 42)  # some were laid aside
        submitted.created_at = begun
        submitted.save(force_insert=True)
        Dossier.objects.filter(pk=submitted.pk).update(created_at=begun)

    assert minutes_to_fill(version.definition, procedure) == 40


def test_a_draft_of_several_parts_is_read_back_part_by_part(citizen, filing):
    dossier = filing(EVERY_TYPE)
    Dossier.objects.filter(pk=dossier.pk).update(
        answers={"nguoi": {"name": "Lê Thị Chi", "birth_date": "1990-02-01", "citizen_id": "062190000001"}}
    )
    page = citizen.get(reverse("portal:filing_step", args=[dossier.public_id, "kiem-tra"])).content.decode()
    assert "Lê Thị Chi\n" in page
    assert "Danh sách thiết bị" not in page  # a part that is not asked is not read back


def test_the_fee_says_how_a_part_of_a_sum_and_a_lower_price_came_about(citizen, filing):
    fees = Fees(
        lines=(
            FeeLine(
                code="P", name="Phí thẩm định", kind="fee", due="before_result",
                percent=Percent("gia_tri", 0.1, 5_000_000, 10_000_000),
                shares=(Share("gia_tri > 0", 90, "Nộp trực tuyến toàn trình"),),
            ),
        ),
        reliefs=(Relief("co_cong", "Người có công", 50),),
    )  # fmt: skip
    dossier = filing(Form((Section("s", "Phần", (Field("gia_tri", "Giá trị", "money"),)),)), fees=fees)
    Dossier.objects.filter(pk=dossier.pk).update(answers={"gia_tri": 900_000_000})

    page = citizen.get(reverse("portal:filing_step", args=[dossier.public_id, "le-phi"])).content.decode()

    assert "Mức thu: 0,1 % giá trị kê khai, tối thiểu 5.000.000 đồng, tối đa 10.000.000 đồng" in page
    assert "Mức thu bằng 90 % mức đầy đủ: Nộp trực tuyến toàn trình" in page
    assert "Được giảm 2.250.000 đồng: Người có công" in page
    assert page.count("2.250.000 đồng") >= 2  # and what is left to pay

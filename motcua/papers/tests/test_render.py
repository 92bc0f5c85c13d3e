"""The drawing of papers: what is in the PDF, and what can never get into it."""

import re
import types
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import date, datetime
from typing import get_args, get_origin, get_type_hints

import pypdfium2
import pytest
import segno

from motcua.papers import kinds
from motcua.papers.glyphs import REPLACEMENT, drawable, printable
from motcua.papers.kinds import KINDS
from motcua.papers.render import render
from motcua.papers.samples import SAMPLES

OURS = [kind for kind in KINDS if kind != "laid_out"]  # its layouts come with the catalogue, and are tried there
VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, white space made single; pdfium writes a hyphen at a line's end as U+FFFE."""
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return [" ".join(text.replace("\ufffe", "-").replace("\x02", "-").split()) for text in texts]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def sample(kind: str, **changes: object) -> dict:
    return deepcopy(SAMPLES[kind]) | changes


@pytest.mark.parametrize("kind", OURS)
def test_each_kind_is_a_tagged_vietnamese_pdf_a(kind):
    pdf = render(kind, SAMPLES[kind])

    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/StructTreeRoot" in pdf
    assert re.search(rb"/Lang ?\(vi", pdf)
    assert set(re.findall(rb"/BaseFont ?/[A-Z]{6}\+(\w+)", pdf)) == {b"Tinos"}


@pytest.mark.parametrize("kind", OURS)
def test_each_kind_prints_its_whole_sample(kind):
    """Every text of the sample can be selected in the PDF, but for what is printed in another form."""
    printed = text_of(render(kind, SAMPLES[kind])).replace(" ", "").lower()
    elsewhere = {"issued_at", "check_url", "lookup_url", "kind", "sha256", "sequence", "conformity", "align"}

    def texts(value):
        if isinstance(value, dict):
            for key, item in value.items():
                if value.get("value") == "":
                    continue  # a row that nobody answered is not printed
                if key not in elsewhere and not key.endswith(("_at", "_on", "_by", "_until")):
                    yield from texts(item)
        elif isinstance(value, list):
            for item in value:
                yield from texts(item)
        elif isinstance(value, str):
            yield from (line.removeprefix("# ") for line in value.splitlines())

    record = kinds.plain(kinds.read(kind, SAMPLES[kind]))
    if "agency" in record:  # its address and numbers are not part of a paper's head
        record["agency"] = {key: record["agency"][key] for key in ("name", "superior")}
    if kind in ("apology", "stop_notice", "control_slip", "not_eligible"):  # between agencies, or to one who is known
        record |= {"owner": record["owner"]["name"], "submitter": None}
    missing = [text for text in texts(record) if text.replace(" ", "").lower() not in printed]
    assert missing == []


def test_the_same_data_give_the_same_bytes():
    assert render("receipt", SAMPLES["receipt"]) == render("receipt", SAMPLES["receipt"])


def test_the_whole_alphabet_can_be_selected():
    text = VIETNAMESE + VIETNAMESE.upper()
    for face in ("regular", "bold"):
        where = {"request": text} if face == "regular" else {"reception": text}
        printed = text_of(render("acceptance_slip", sample("acceptance_slip", **where)))
        assert text.lower() in printed.replace(" ", "").lower()


def test_what_somebody_wrote_is_never_run():
    attack = '#image("/etc/passwd") #read("head.typ") $x^2$ *b* _i_ = h `c` \\ // ] } "'
    owner = SAMPLES["refusal"]["owner"] | {"name": attack}

    printed = text_of(render("refusal", sample("refusal", owner=owner, advice=attack)))

    assert printed.replace(" ", "").count(attack.replace(" ", "")) == 2
    assert "root:" not in printed


def test_a_character_without_a_glyph_does_not_stop_the_paper():
    data = sample("refusal", advice="Cà phê 😀 中\u200b\u202e\x07 xong")

    assert f"Cà phê {REPLACEMENT} {REPLACEMENT} xong" in text_of(render("refusal", data))


def test_letters_and_marks_typed_apart_are_joined():
    assert printable("Nguye\u0302\u0303n") == "Nguyễn"
    assert set(map(ord, VIETNAMESE + VIETNAMESE.upper() + "–—“”‘’…•₫²³≤≥±°µ×Ω")) <= drawable()


def test_a_long_name_without_spaces_stays_inside_its_cell():
    data = sample("acknowledgement")
    name = "Z" * 200 + ".pdf"
    data["documents"][1]["file_name"] = name
    document = pypdfium2.PdfDocument(render("acknowledgement", data))
    page = document[0]
    text = page.get_textpage()
    rights = [text.get_charbox(index)[2] for index in range(text.count_chars())]

    assert max(rights) <= page.get_width() - 40
    assert name in text_of(render("acknowledgement", data)).replace(" ", "")


def test_forty_components_run_over_pages_under_the_same_header():
    components = [{"name": f"Giấy tờ thứ {index}", "electronic": True} for index in range(1, 41)]

    pages = pages_of(render("acceptance_slip", sample("acceptance_slip", components=components)))

    assert len(pages) == 2
    assert all("Tên giấy tờ" in page for page in pages)
    assert "Giấy tờ thứ 40" in pages[1]
    assert "NGƯỜI NỘP HỒ SƠ" in pages[1]


def test_a_linked_filing_has_the_rows_of_its_second_stage():
    """Mẫu số 01, rows 6 and 7; what is not known yet is written in by hand."""
    stage = {"agency": "Sở Tài chính", "code": "H34.05-261124-0002", "received_at": "2026-11-24T08:00:00+07:00"}
    alone = text_of(render("acceptance_slip", sample("acceptance_slip")))
    linked = text_of(render("acceptance_slip", sample("acceptance_slip", linked=[stage])))

    assert "6. Đăng ký nhận kết quả" in alone and "giai đoạn 2" not in alone
    first, second = linked.index("6. Thời gian nhận hồ sơ giai đoạn 2"), linked.index("7. Thời gian trả kết quả")
    assert "(mã hồ sơ H34.05-261124-0002): 08 giờ 00 phút, ngày 24 tháng 11 năm 2026" in linked[first:second]
    assert "….. giờ ….. phút" in linked[second:]
    assert "8. Đăng ký nhận kết quả" in linked


def test_a_letter_addresses_people_and_bodies_each_their_way():
    body = sample("apology")
    human = body | {"owner": {"name": "Nguyễn Văn An", "citizen_id": "062185001234"}}

    assert "thành thật xin lỗi Quý đơn vị" in text_of(render("apology", body))
    assert "thành thật xin lỗi Ông/Bà" in text_of(render("apology", human))


def test_a_basis_that_all_defects_share_stands_once():
    item = {"name": "Bản sao", "content": "", "reason": "Đã hết hiệu lực", "basis": "Luật Đo lường số 04/2011/QH13"}
    other = item | {"basis": "Thông tư số 28/2012/TT-BKHCN"}

    shared = text_of(render("supplement_request", sample("supplement_request", items=[item, item])))
    each = text_of(render("supplement_request", sample("supplement_request", items=[item, other])))

    assert shared.count("04/2011/QH13") == 1 and "Căn cứ: Luật Đo lường" in shared
    assert "Lý do, yêu cầu Căn cứ" in each and "28/2012/TT-BKHCN" in each


def test_a_row_of_a_table_stays_on_one_page():
    names = [f"Giấy số {index} " + "gồm nhiều lời " * 14 + f"hết {index}." for index in range(1, 26)]
    components = [{"name": name, "electronic": True} for name in names]

    pages = pages_of(render("acceptance_slip", sample("acceptance_slip", components=components)))

    assert len(pages) > 2
    assert all(any(name in page for page in pages) for name in names)


def test_a_line_of_a_register_stays_on_one_page():
    columns = [{"label": f"Cột {number}", "width": 1} for number in range(6)]
    rows = [[f"Dòng {index} " + "gồm nhiều lời hơn " * (4 + index % 5) + f"hết {index}.", *["x"] * 5] for index in range(1, 41)]

    pages = pages_of(render("table", sample("table", columns=columns, rows=rows, totals=[])))

    assert len(pages) > 2
    assert all(any(row[0] in page for page in pages) for row in rows)


@pytest.mark.parametrize("kind", OURS)
def test_only_what_is_required_is_enough(kind):
    """Nothing that may be left out is needed, and what is left out leaves no label behind."""

    def least(type_, data):
        required = {
            part.name
            for part in kinds.fields(type_)
            if part.default is kinds.MISSING and part.default_factory is kinds.MISSING
        }
        return {key: value for key, value in data.items() if key in required or key == "number"}

    data = least(KINDS[kind], SAMPLES[kind])
    for part in ("agency", "owner", "collector", "payer", "submitter", "received_by"):
        if part in data:
            data[part] = {"name": data[part]["name"]}

    printed = text_of(render(kind, data))

    assert "none" not in printed.lower()
    assert "Số điện thoại" not in printed
    assert "Mã kiểm tra" not in printed


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("kind", OURS)
def test_every_key_may_be_filled_with_any_number_of_items(kind, count):
    data = {name: filled(type_, count) for name, type_ in get_type_hints(KINDS[kind]).items()}
    data |= {"check_url": "https://dichvucong.example/?ma=1"} | ({"number": "1"} if kind == "receipt" else {})
    if kind in ("receipt", "fee_notice", "refund_notice"):
        data["amount_vnd"] = count

    assert render(kind, data)


def filled(type_, count):
    """Something of this type, with that many items in each list."""
    if isinstance(type_, types.UnionType):
        type_ = get_args(type_)[0]
    if get_origin(type_) is list:
        return [filled(get_args(type_)[0], count) for _ in range(count)]
    if kinds.is_dataclass(type_):
        return {
            name: filled(inner, count) for name, inner in get_type_hints(type_).items() if name != "tables"
        } | (
            {"tables": [{"columns": ["A", "B"], "rows": [["1", "2"]] * count, "title": "Bảng"}] * count}
            if "tables" in get_type_hints(type_)
            else {}
        )
    plain = {str: "- Chữ. *b*", bool: True, datetime: "2026-11-23T09:15:00+07:00", date: "2026-11-23"}
    return plain.get(type_, 1)


def test_lists_may_be_empty():
    render("acknowledgement", sample("acknowledgement", documents=[]))
    render("acceptance_slip", sample("acceptance_slip", components=[]))
    render("control_slip", sample("control_slip", handovers=[]))
    render("result_notice", sample("result_notice", standards=[]))
    render("application_form", sample("application_form", sections=[]))


def test_the_receipt_says_whether_it_is_signed():
    unsigned = text_of(render("receipt", SAMPLES["receipt"]))
    signed = text_of(
        render(
            "receipt",
            sample("receipt", signed_by="Sở Khoa học và Công nghệ", signed_at="2026-11-23T09:16+07:00"),
        )
    )

    assert "Bản thể hiện này chưa được ký số." in unsigned
    assert "Một triệu hai trăm lẻ năm nghìn đồng" in unsigned
    assert "chưa được ký số" not in signed
    assert "Ký lúc: 09:16, thứ Hai 23/11/2026" in signed


def test_the_qr_code_leads_to_the_check():
    data = sample("refusal")
    document = pypdfium2.PdfDocument(render("refusal", data))
    picture = document[0].render(scale=4).to_pil().convert("L")
    modules = [list(row) for row in segno.make(data["check_url"], error="m", micro=False).matrix]
    side = len(modules)

    dark = picture.point(lambda level: 255 if level < 128 else 0)
    found = find_code(dark, modules, side)

    assert found


def find_code(picture, modules, side):
    """Whether this pattern of modules is drawn on the page, 20 mm wide at the left margin."""
    unit = 20 / 25.4 * 72 * 4 / side
    left = round(30 / 25.4 * 72 * 4)
    for top in range(0, picture.height - round(unit * side)):
        if picture.getpixel((left + 2, top + 2)) and all(
            bool(picture.getpixel((int(left + (x + 0.5) * unit), int(top + (y + 0.5) * unit)))) == bool(cell)
            for y, row in enumerate(modules)
            for x, cell in enumerate(row)
        ):
            return True
    return False


def test_four_threads_draw_at_once():
    names = sorted(SAMPLES) * 8
    alone = {kind: render(kind, SAMPLES[kind]) for kind in SAMPLES}

    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda kind: render(kind, SAMPLES[kind]), names))

    assert drawn == [alone[kind] for kind in names]


def test_a_moment_from_the_database_is_printed_in_hanoi_time():
    data = sample("acceptance_slip", due_at=datetime.fromisoformat("2026-12-01T10:00:00+00:00"))

    assert "17 giờ 00 phút, ngày 01 tháng 12 năm 2026" in text_of(render("acceptance_slip", data))


def test_a_missing_font_stops_the_paper(monkeypatch, tmp_path):
    from motcua.papers import render as module

    monkeypatch.setattr(module, "FONTS", tmp_path)
    monkeypatch.setattr(module, "_thread", type(module._thread)())

    with pytest.raises(RuntimeError, match="unknown font family: tinos"):
        render("refusal", SAMPLES["refusal"])


def test_every_mistake_in_the_data_is_named():
    data = sample("acceptance_slip", due_at="mai", sets="1", colour="red", received_at="2026-11-23T10:05:00")
    del data["components"][3]["name"]
    del data["receiver"]

    with pytest.raises(ValueError) as mistake:
        render("acceptance_slip", data)

    for said in (
        "acceptance_slip.colour: unknown",
        "acceptance_slip.components[3].name: missing",
        "acceptance_slip.receiver: missing",
        "acceptance_slip.due_at: datetime is wanted, not 'mai'",
        "acceptance_slip.received_at: a datetime without a time zone",
        "acceptance_slip.sets: int is wanted, not str",
    ):
        assert said in str(mistake.value)


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="no kind of paper 'poem'"):
        render("poem", {})


def test_a_receipt_must_add_up_and_have_a_number():
    with pytest.raises(ValueError, match="add up to 1205000"):
        render("receipt", sample("receipt", amount_vnd=1))
    with pytest.raises(ValueError, match="up to 8 digits"):
        render("receipt", sample("receipt", number="123456789"))


def test_a_table_needs_a_cell_in_each_column():
    tables = [{"columns": ["Số hiệu", "Tên"], "rows": [["TCVN 5251"]]}]

    with pytest.raises(ValueError, match="needs 2 cells"):
        render("result_generic", sample("result_generic", tables=tables))


@pytest.mark.parametrize("kind", OURS)
def test_what_is_stored_reads_back_the_same(kind):
    record = kinds.read(kind, SAMPLES[kind])

    assert kinds.read(kind, kinds.plain(record)) == record

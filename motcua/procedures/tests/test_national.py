import json

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from motcua.procedures.definition import read_folder
from motcua.procedures.national import from_national
from motcua.procedures.writing import write_folder

WHOLE = {
    "MATTHC": "2.001209.000.00.00.H34",
    "TENTTHC": "Đăng ký công bố hợp chuẩn dựa trên kết quả chứng nhận",
    "LINHVUCTHUCHIEN": {"MALINHVUC": "G06-KC03", "TENLINHVUC": "Tiêu chuẩn đo lường chất lượng"},
    "TRINHTUTHUCHIEN": [
        {"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "<p>Bước 1: Nộp hồ sơ.</p>"}, {"TENTRINHTU": "Bước 2: Nhận kết quả."}]}
    ],
    "CACHTHUCTHUCHIEN": [
        {
            "KENH": "2",
            "THOIGIAN": [
                {
                    "THOIGIANGIAIQUYET": "05",
                    "DONVITINH": "Ngày làm việc",
                    "MOTA": "Kể từ ngày nhận đủ hồ sơ.",
                    "PHILEPHI": [{"SOTIEN": "150.000", "DONVI": "Đồng", "MOTA": "Lệ phí: 150.000 đồng"}],
                }
            ],
        },
        {"KENH": "Trực tiếp", "THOIGIAN": {"THOIGIANGIAIQUYET": "7 Ngày"}},
        {"KENH": "Dịch vụ bưu chính", "THOIGIAN": [{"THOIGIANGIAIQUYET": "", "DONVITINH": "Ngày"}]},
    ],
    "THANHPHANHOSO": [
        {
            "TRUONGHOP": "Cấp mới",
            "GIAYTO": [
                {"MAGIAYTO": "KQ.1", "TENGIAYTO": "Bản công bố", "TENMAUDON": "Mẫu 2", "SOBANCHINH": "1", "SOBANSAO": "0"},
                {"TENGIAYTO": "Bản công bố", "SOBANSAO": 1},
            ],
        }
    ],
    "YEUCAU": "Không",
    "DOITUONGTHUCHIEN": "Công dân Việt Nam;Doanh nghiệp;Tổ chức khác",
    "KETQUATHUCHIEN": [{"MAKETQUA": "KQ.2", "TENKETQUA": "Thông báo tiếp nhận"}],
    "CANCUPHAPLY": [{"SOVANBAN": "28/2012/TT-BKHCN", "TENVANBAN": "Thông tư về công bố hợp chuẩn"}],
    "COQUANTHUCHIEN": [{"MADONVI": "H34.12", "TENDONVI": "Sở Khoa học và Công nghệ"}],
}


def test_a_procedure_of_the_national_database_becomes_a_folder_to_complete(tmp_path):
    [found] = from_national(WHOLE)
    record, fees = found.definition.record, found.definition.fees
    assert (record.number, record.old_numbers) == ("2.001209", ("2.001209.000.00.00.H34",))
    assert record.sequence == ("Bước 1: Nộp hồ sơ.", "Bước 2: Nhận kết quả.")
    assert [(row.channel, row.time_limit and str(row.time_limit)) for row in record.channels] == [
        ("online", "5 ngày làm việc"), ("in_person", "7 ngày"), ("post", None),
    ]  # fmt: skip
    assert [(paper.id, paper.originals, paper.copies, paper.code) for paper in record.components] == [
        ("ban_cong_bo", 1, 0, "KQ.1"), ("ban_cong_bo_2", 0, 1, ""),
    ]  # fmt: skip
    assert record.components[0].note == "Trường hợp: Cấp mới"
    assert record.subjects == ("citizen", "business", "organisation")
    assert [(result.type, result.code) for result in record.results] == [("notice", "KQ.2")]
    assert [(line.kind, line.amount) for line in fees.lines] == [("levy", 150_000)]
    assert record.agencies.implementing == ("H34.12",)
    write_folder(found.definition, tmp_path / record.number, {})
    definition, mistakes = read_folder(tmp_path / record.number)
    assert mistakes == []
    assert definition == found.definition


def test_what_is_not_given_is_marked_as_unverified():
    [found] = from_national({"MATTHC": "1.014393.H38"})
    assert found.definition.number == "1.014393"
    assert {"kind", "name", "sector.code", "agencies.implementing", "components", "channels", "decision"} <= set(
        found.definition.record.unverified
    )
    assert found.definition.record.agencies.implementing == ("H38",)


def test_even_a_number_alone_makes_a_folder_that_can_be_read(tmp_path):
    [found] = from_national({"MATTHC": "1.014393"})
    write_folder(found.definition, tmp_path / "1.014393", {})
    assert read_folder(tmp_path / "1.014393") == (found.definition, [])


def test_several_cases_stand_one_after_the_other_and_are_marked():
    cases = [{"TRUONGHOP": name, "TRINHTU": {"TENTRINHTU": f"Bước của {name}"}} for name in ("cấp mới", "cấp lại")]
    [found] = from_national({"matthc": "1.014393", "trinhtuthuchien": cases})
    assert found.definition.record.sequence == (
        "Trường hợp: cấp mới", "Bước của cấp mới", "Trường hợp: cấp lại", "Bước của cấp lại",
    )  # fmt: skip
    assert "scenarios" in found.definition.record.unverified


def test_many_procedures_may_stand_within_other_keys():
    found = from_national({"data": {"items": [WHOLE, {"MATTHC": "x", "TENTTHC": "Không mã"}]}})
    assert [one.definition is not None for one in found] == [True, False]
    assert "không đúng dạng" in found[1].problem


@pytest.mark.parametrize("content", [None, 5, "x", [], {}, [[[]]], {"a": {"b": [1, None]}}])
def test_a_file_without_procedures_is_said(content):
    [found] = from_national(content)
    assert found.definition is None
    assert "không có thủ tục nào" in found.problem


def _keys(content) -> set[str]:
    if isinstance(content, list):
        return set().union(*map(_keys, content))
    if isinstance(content, dict):
        return set(content).union(*map(_keys, content.values()))
    return set()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["05", "<p>1", "Ngày"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(_keys(WHOLE))), inner, max_size=4),
    max_leaves=12,
)


@effort(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), anything))
def test_whatever_comes_gives_folders_or_sentences(tmp_path_factory, content):
    for found in from_national(json.loads(json.dumps({**content, "MATTHC": "1.014393"}))):
        if found.definition is None:
            assert found.problem
            continue
        folder = tmp_path_factory.mktemp("national") / found.definition.number
        write_folder(found.definition, folder, {})
        definition, mistakes = read_folder(folder)
        assert mistakes == []
        assert definition == found.definition

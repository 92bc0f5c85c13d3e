"""A small procedure to try everything on, and its edits."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from motcua.foundation.actor import Actor
from motcua.foundation.time import HANOI
from motcua.procedures.definition import Definition, read_folder
from motcua.procedures.search import catalogue

AT = datetime(2026, 11, 24, 9, 15, tzinfo=HANOI)
CONTROLLER = Actor("officer", "7", "Kiểm soát thủ tục", frozenset({(1, "controller")}))

FILES = {
    "procedure.yaml": """\
format: 2
number: "2.009999"
name: Khai báo máy đo độ ồn
short_name: Khai báo máy đo
sector: {code: G06-KC03, name: Tiêu chuẩn đo lường chất lượng}
kind: filed_here
decision: {number: 12/QĐ-UBND, issued_on: 2026-01-15}
type: statutory
administrative_level: province
agencies: {implementing: [H34.12], reception: H34.01}
subjects: [citizen, business]
service_level: full
validity: {from: 2026-02-01, to: null}
summary: Dành cho người có máy đo độ ồn.
sequence: [Bước 1. Nộp hồ sơ., Bước 2. Nhận kết quả.]
channels:
  - {channel: online, time_limit: {amount: 5, unit: working_days}}
  - {channel: in_person, time_limit: {amount: 6, unit: working_days}}
components:
  - {id: phieu, name: Phiếu khai báo, form: true}
  - {id: giay_dang_ky, name: Giấy đăng ký kinh doanh, copies: 1, when: loai_chu == 'doanh_nghiep'}
  - {id: anh_may, name: Ảnh máy, originals: 1, required: false}
results:
  - {id: thong_bao, name: Thông báo tiếp nhận, type: notice, template: result_notice}
requirements: []
legal_basis: [{number: 1/2026/TT-BKHCN, title: Thông tư về máy đo, issued_on: 2026-01-01, issuer: Bộ KHCN}]
related: ["2.001207"]
unverified: [sector.code, components.phieu, fees.account]
""",
    "form.yaml": """\
sections:
  - id: chu_may
    title: Chủ máy
    fields:
      - {id: ho_ten, label: Họ và tên, type: text, required: true, max_length: 60, prefill: applicant.name}
      - id: loai_chu
        label: Loại chủ máy
        type: choice
        required: true
        options: [{value: ca_nhan, label: Cá nhân}, {value: doanh_nghiep, label: Doanh nghiệp}]
      - {id: ma_so_thue, label: Mã số thuế, type: tax_code, required: true, when: loai_chu == 'doanh_nghiep'}
      - {id: dien_thoai, label: Số điện thoại, type: phone}
  - id: may
    title: Máy
    fields:
      - {id: so_luong, label: Số lượng, type: number, required: true, min: 1, max: 100}
      - {id: gia_tri, label: Giá trị, type: money}
      - {id: do_chinh_xac, label: Độ chính xác, type: number, decimals: 2}
      - {id: ngay_mua, label: Ngày mua, type: date, not_after: today, max_age_months: 24}
      - {id: ngay_dung, label: Ngày sử dụng, type: date}
      - id: noi_dung
        label: Nơi sử dụng
        type: choices
        options: [{value: nha_may, label: Nhà máy}, {value: cong_truong, label: Công trường}]
      - {id: cho_thue, label: Cho thuê, type: yes_no}
      - id: thiet_bi
        label: Danh sách máy
        type: table
        required: true
        max_rows: 3
        columns:
          - {id: ten, label: Tên máy, type: text, required: true}
          - {id: gia, label: Giá, type: money}
checks:
  - {rule: ngay_dung == '' || ngay_dung >= ngay_mua, message: Ngày sử dụng không được trước ngày mua., field: ngay_dung}
""",
    "fees.yaml": """\
account: {number: "0000000000", bank: Kho bạc Nhà nước, holder: Sở Khoa học và Công nghệ, bin: "970436"}
lines:
  - {code: PHI, name: Phí khai báo, kind: fee, amount: 150000, due: before_acceptance, basis: TT 1/2026, unit: giấy}
  - {code: THEM, name: Phí theo máy, kind: fee, formula: "so_luong * 20000", due: before_result, when: so_luong > 1}
  - {code: LE_PHI, name: Lệ phí, kind: levy, formula: "double(gia_tri) * 0.001", due: before_result, when: channel != 'online'}
""",
    "process.yaml": """\
intake_hours: 8
steps:
  - {id: phan_cong, act: assign, role: head, unit: agency, hours: 4, outcomes: [{id: chuyen, name: Chuyển, to: tham_dinh}]}
  - id: tham_dinh
    name: Thẩm định
    act: appraise
    role: appraiser
    unit: agency
    hours: 20
    outcomes: [{id: dat, name: Đạt, to: tra}, {id: tra_lai, name: Trả lại, to: phan_cong}]
  - {id: tra, act: return_result, role: returner, unit: reception, hours: 8, outcomes: [{id: da_tra, name: Đã trả, to: end}]}
""",
    "tests/doanh_nghiep.yaml": """\
name: Doanh nghiệp có ba máy
answers: {loai_chu: doanh_nghiep, so_luong: 3, ngay_mua: 2026-11-01, cho_thue: false, thiet_bi: [{ten: M1, gia: 5}]}
channel: in_person
expect:
  components: [phieu, giay_dang_ky, anh_may]
  fee_vnd: 210000
  time_limit: {amount: 6, unit: working_days}
  route: [phan_cong, tham_dinh, tra]
""",
}


def write_package(
    root: Path, number: str = "2.009999", edits: dict[str, tuple[str, str]] | None = None
) -> Path:
    """The small procedure in a folder; `edits` replaces in a file the text that must be there."""
    folder = root / number
    for name, good in FILES.items():
        text = good
        if name in (edits or {}):
            old, new = (edits or {})[name]
            assert old in text, old
            text = text.replace(old, new, 1)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("2.009999", number), encoding="utf-8")
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Path]:
    return lambda number="2.009999", **edits: write_package(tmp_path, number, edits.get("edits"))


@pytest.fixture(scope="session")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Definition:
    read, mistakes = read_folder(write_package(tmp_path_factory.mktemp("procedures")))
    assert read is not None, mistakes
    return read


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Each test searches its own database."""
    catalogue.forget()
    yield
    catalogue.forget()

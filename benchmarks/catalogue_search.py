"""Search of the catalogue at 5,000 procedures: how fast, and how often the right one is among the first five.

The real catalogue stands among made-up procedures with the words that real names are made of. The queries and
the synonyms were written by the same people, so the recall of everyday words is an upper bound.

    python benchmarks/catalogue_search.py [--procedures 5000] [--rounds 20] [--misses]
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
django.setup()

import yaml  # noqa: E402

from motcua.foundation.vietnamese import fold, sort_key  # noqa: E402
from motcua.procedures.definition import package_folders, read_folder  # noqa: E402
from motcua.procedures.search import Hit, Snapshot, build  # noqa: E402

# fmt: off
QUERIES = {  # kind: [(what is typed, numbers any of which is right)]
    "as written": [
        ("Đăng ký công bố hợp chuẩn dựa trên kết quả tự đánh giá", "2.001207"),
        ("công bố hợp quy", "2.001277 1.013337"),
        ("khai báo thiết bị X-quang", "2.002131"),
        ("giấy phép tiến hành công việc bức xạ", "2.002380"),
        ("chứng chỉ nhân viên bức xạ", "2.002379"),
        ("dấu định lượng", "2.000212 1.000449"),
        ("doanh nghiệp khoa học và công nghệ", "1.014445 1.014446"),
        ("trung tâm nghiên cứu và phát triển", "1.014393"),
        ("hàng hóa nhập khẩu", "2.001259"),
        ("văn phòng đại diện, chi nhánh của tổ chức khoa học", "1.014392"),
    ],
    "no accents": [
        ("cong bo hop chuan tu danh gia", "2.001207"),
        ("cong bo hop chuan ket qua chung nhan", "2.001209"),
        ("khai bao thiet bi x quang", "2.002131"),
        ("cap lai chung chi nhan vien buc xa", "2.002379"),
        ("dang ky hoat dong khoa hoc va cong nghe lan dau", "1.001786"),
        ("dang ky ket qua nhiem vu", "1.004473"),
        ("dieu chinh ban cong bo dau dinh luong", "1.000449"),
        ("dang ky hoat dong thu nghiem", "3.000453"),
        ("kiem tra chat luong hang hoa nhap khau", "2.001259"),
    ],
    "typos": [
        ("cong bo hop chaun", "2.001207 2.001209"),
        ("công bó hợp chuẫn", "2.001207 2.001209"),
        ("khai báo thiêt bị x-quangg", "2.002131"),
        ("chung chi nhan vien bucc xa", "2.002379"),
        ("doanh nghiep khoa hoc cong nghje", "1.014445 1.014446"),
        ("dau dinh luongg", "2.000212 1.000449"),
        ("giay phep tien hnah cong viec buc xa", "2.002380"),
        ("hang hoa nhap khua", "2.001259"),
    ],
    "Telex left over": [
        ("ddangw kys coong boos howpj chuaanr", "2.001207 2.001209"),
        ("khai baos thieets bij x quang", "2.002131"),
        ("daaus ddinhj luwowngj", "2.000212 1.000449"),
        ("chuwngs chir nhaan vieen buwcs xaj", "2.002379"),
        ("giaays phesp buwcs xaj", "2.002380"),
    ],
    "abbreviations": [
        ("CBHC", "2.001207 2.001209"),
        ("GCN doanh nghiệp KHCN", "1.014445 1.014446"),
        ("CCNVBX", "2.002379"),
        ("GP bức xạ", "2.002380"),
        ("kết quả NVKHCN", "1.004473"),
        ("trung tâm R&D", "1.014393"),
        ("cấp lại GCN DN KHCN", "1.014446"),
    ],
    "everyday words": [
        ("xin giấy phép máy chụp x quang", "2.002380"),
        ("dán tem hợp chuẩn", "2.001207 2.001209"),
        ("máy x-quang răng", "2.002131 2.002380"),
        ("công bố chất lượng sản phẩm", "2.001207 2.001209 2.001277"),
        ("bản quyền nghiên cứu", "1.004473"),
        ("tôi muốn dán tem hợp quy", "2.001277 1.013337"),
        ("ghi khối lượng trên bao bì", "2.000212"),
        ("thẻ an toàn bức xạ", "2.002379"),
        ("nộp kết quả đề tài", "1.004473"),
        ("thành lập viện nghiên cứu", "1.001786"),
        ("khởi nghiệp công nghệ", "1.014445"),
        ("kiểm tra hàng nhập", "2.001259"),
    ],
    "numbers": [
        ("2.001207", "2.001207"),
        ("2001207", "2.001207"),
        ("2.001209.000.00.00.H34", "2.001209"),
        ("1.0144", "1.014445 1.014446"),
    ],
    "while typing": [
        ("cong bo hop ch", "2.001207 2.001209"),
        ("dau dinh lu", "2.000212 1.000449"),
        ("chung chi nhan vi", "2.002379"),
        ("giấy phép tiến hành công việc b", "2.002380"),
    ],
}
ACTS = ["Cấp", "Cấp lại", "Gia hạn", "Thu hồi", "Đăng ký", "Thay đổi, bổ sung", "Công nhận", "Thẩm định", "Phê duyệt",
        "Xác nhận", "Chấm dứt", "Thông báo", "Khai báo", "Điều chỉnh", "Hỗ trợ", "Kiểm tra", "Chuyển nhượng"]
THINGS = ["giấy phép", "giấy chứng nhận", "chứng chỉ hành nghề", "quyết định", "hồ sơ", "kế hoạch", "phương án",
          "báo cáo đánh giá tác động", "danh mục", "bản cam kết", "hợp đồng", "điều lệ", "quy hoạch chi tiết", "dự án"]
OBJECTS = ["kinh doanh dược", "xây dựng nhà ở riêng lẻ", "khai thác khoáng sản", "hoạt động dạy thêm", "đất đai",
           "quyền sử dụng đất", "thủy sản", "an toàn thực phẩm", "khám bệnh, chữa bệnh", "vận tải hành khách",
           "lái xe", "đăng ký kết hôn", "hộ kinh doanh", "doanh nghiệp tư nhân", "công ty cổ phần", "quảng cáo",
           "biểu diễn nghệ thuật", "hướng dẫn viên du lịch", "cơ sở lưu trú", "chăn nuôi", "thuốc bảo vệ thực vật",
           "phân bón", "nước dưới đất", "xả thải", "chất thải nguy hại", "phòng cháy", "giáo dục mầm non",
           "trung tâm ngoại ngữ", "người lao động nước ngoài", "bảo trợ xã hội", "người có công", "trẻ em",
           "công chứng", "luật sư", "đấu giá tài sản", "hóa chất", "vật liệu nổ", "điện lực", "khí hóa lỏng", "rượu",
           "thuốc lá", "bưu chính", "viễn thông", "xuất bản", "in ấn", "trang thông tin điện tử", "di tích", "thể thao",
           "công nghệ thông tin", "phương tiện đo", "tiêu chuẩn cơ sở", "chất lượng công trình", "hàng hóa xuất khẩu",
           "tổ chức hành nghề", "chi nhánh ngân hàng", "kết quả học tập", "nhân viên y tế", "thiết bị y tế"]
TAILS = ["cấp tỉnh", "cấp xã", "đối với tổ chức", "đối với cá nhân", "có vốn đầu tư nước ngoài", "trên địa bàn tỉnh",
         "trong trường hợp bị mất, hỏng", "theo quy định của Luật", "thuộc thẩm quyền của Ủy ban nhân dân tỉnh",
         "do Sở Tư pháp thực hiện", "trong khu kinh tế", "do thay đổi địa chỉ", "lần đầu", "tại vùng đặc biệt khó khăn"]
# fmt: on


def catalogue(size: int) -> tuple[Snapshot, float]:
    """The real catalogue among made-up procedures, `size` in all, and the seconds that indexing took."""
    rows = list(real()) + list(made_up(size - len(package_folders(ROOT / "procedures"))))
    rows.sort(key=lambda row: sort_key(row[0].name))
    synonyms = yaml.safe_load((ROOT / "procedures" / "synonyms.yaml").read_text(encoding="utf-8"))
    started = time.perf_counter()
    return build(rows, synonyms, None), time.perf_counter() - started


def real() -> Iterator[tuple[Hit, str]]:
    for folder in package_folders(ROOT / "procedures"):
        definition, mistakes = read_folder(folder)
        if definition is None:
            sys.exit(f"{folder}: {mistakes[0]}")
        record = definition.record
        yield (
            hit(record.number, record.name, record.short_name, record.sector.code, record.service_level),
            fold(definition.search_text),
        )


def made_up(count: int) -> Iterator[tuple[Hit, str]]:
    chance = random.Random(7)
    for place in range(count):
        words = [chance.choice(part) for part in (ACTS, THINGS, OBJECTS, TAILS)]
        more = " ".join(chance.choice(part) for part in (THINGS, OBJECTS, TAILS) for _ in range(6))
        yield (
            hit(
                f"9.{place:06}", " ".join(words), "", f"S{place % 60:02}", chance.choice(["full", "partial"])
            ),
            fold(more),
        )


def hit(number: str, name: str, short_name: str, sector: str, level: str) -> Hit:
    agency = f"H34.{int(number[-2:]) % 20:02}"
    return Hit(
        0,
        0,
        number,
        name,
        short_name,
        "",
        sector,
        sector,
        "filed_here",
        level,
        (agency,),
        ("citizen", "business"),
    )


def times(*, procedures: int, rounds: int) -> list[float]:
    """How long each search of all queries took, in milliseconds."""
    snapshot, _seconds = catalogue(procedures)
    measured = []
    for text, _numbers in (query for queries in QUERIES.values() for query in queries):
        for _ in range(rounds):
            started = time.perf_counter()
            snapshot.search(text, {}, offset=0, limit=20)
            measured.append((time.perf_counter() - started) * 1000)
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--procedures", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument(
        "--misses", action="store_true", help="Show queries whose right procedure is not the first."
    )
    options = parser.parse_args()
    snapshot, seconds = catalogue(options.procedures)
    print(
        f"{len(snapshot.hits)} procedures, indexed in {seconds:.2f} s; {len(snapshot.vocabulary)} syllables"
    )
    print(f"{'kind':18}{'queries':>8}{'recall@5':>10}{'MRR':>7}{'p50 ms':>9}{'p95 ms':>9}")
    everything: dict[str, list[float]] = defaultdict(list)
    for kind, queries in QUERIES.items():
        found, ranks, times = [], [], []
        for text, numbers in queries:
            hits = [hit.number for hit in snapshot.search(text, {}, offset=0, limit=20).hits]
            right = set(numbers.split())
            found.append(len(right & set(hits[:5])) / len(right))
            ranks.append(next((1 / place for place, number in enumerate(hits, 1) if number in right), 0.0))
            if options.misses and (ranks[-1] < 1 or found[-1] < 1):
                print(
                    f"    {text!r}: rank {ranks[-1]:.2f}, first {[snapshot_name(snapshot, n) for n in hits[:5]]}"
                )
            for _ in range(options.rounds):
                started = time.perf_counter()
                snapshot.search(text, {}, offset=0, limit=20)
                times.append((time.perf_counter() - started) * 1000)
        report(kind, len(queries), found, ranks, times)
        for name, values in (("found", found), ("ranks", ranks), ("times", times)):
            everything[name] += values
    count = sum(map(len, QUERIES.values()))
    report("all", count, everything["found"], everything["ranks"], everything["times"])


def snapshot_name(snapshot: Snapshot, number: str) -> str:
    return next(f"{hit.number} {hit.display_name[:40]}" for hit in snapshot.hits if hit.number == number)


def report(kind: str, count: int, found: list[float], ranks: list[float], times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{kind:18}{count:8}{statistics.mean(found):10.3f}{statistics.mean(ranks):7.3f}"
        f"{statistics.median(times):9.2f}{p95:9.2f}"
    )


if __name__ == "__main__":
    main()

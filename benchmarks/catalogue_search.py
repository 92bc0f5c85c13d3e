"""Search of the catalogue at 5,000 procedures: how fast, and how often the right one is among the first five.

The real catalogue stands among made-up procedures with the words that real names are made of. The queries are in
queries.yaml, in two halves: one was looked at while synonyms and ranking were tuned, the other was not.

    python benchmarks/catalogue_search.py [--procedures 5000] [--rounds 10] [--misses]
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
django.setup()

import yaml  # noqa: E402

from benchmarks.bounds import Bound, at_least, below  # noqa: E402
from motcua.foundation.vietnamese import fold, sort_key  # noqa: E402
from motcua.procedures.definition import package_folders, read_folder  # noqa: E402
from motcua.procedures.search import Hit, Snapshot, build  # noqa: E402

QUERIES_FILE = Path(__file__).with_name("queries.yaml")
WANTED_SHARE, WANTED_MS = 0.95, 20
FIRST = 5  # of these the right one must be among

# fmt: off
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
                f"8.{place:06}", " ".join(words), "", f"S{place % 60:02}", chance.choice(["full", "partial"])
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


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody types, and the numbers of the procedures of which any is right."""

    half: str  # "tuning" or "kept out"
    kind: str
    text: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the first right procedure stood, from 1 (0: nowhere), and how long the search took, in ms."""

    query: Query
    place: int
    times: list[float]
    hits: list[str]

    @property
    def is_found(self) -> bool:
        return 1 <= self.place <= FIRST


def queries() -> list[Query]:
    """All labelled queries. The half kept out was written by others, who knew neither synonyms nor the engine."""
    content = yaml.safe_load(QUERIES_FILE.read_text(encoding="utf-8"))
    return [
        Query(half, kind, text, frozenset(numbers.split()))
        for half, kinds in content.items()
        for kind, rows in kinds.items()
        for text, numbers in rows.items()
    ]


def outcomes(snapshot: Snapshot, rounds: int) -> list[Outcome]:
    return [_outcome(snapshot, query, rounds) for query in queries()]


def _outcome(snapshot: Snapshot, query: Query, rounds: int) -> Outcome:
    measured = []
    for _ in range(rounds):
        started = time.perf_counter()
        found = snapshot.search(query.text, {}, offset=0, limit=20).hits
        measured.append((time.perf_counter() - started) * 1000)
    numbers = [one.number for one in found]
    place = next((place for place, number in enumerate(numbers, 1) if number in query.right), 0)
    return Outcome(query, place, measured, numbers)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--procedures", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument(
        "--misses", action="store_true", help="Show the tuning queries whose right procedure is not among the first."
    )
    options = parser.parse_args()
    snapshot, seconds = catalogue(options.procedures)
    print(
        f"{len(snapshot.hits)} procedures, indexed in {seconds:.2f} s; {len(snapshot.vocabulary)} syllables"
    )
    found = outcomes(snapshot, options.rounds)
    if options.misses:  # the half kept out stays unseen
        for one in found:
            if not one.is_found and one.query.half == "tuning":
                named = [snapshot_name(snapshot, number) for number in one.hits[:3]]
                print(f"    {one.query.text!r} wants {' '.join(sorted(one.query.right))}: {named}")
    print("\n".join(table(found)))


def table(found: list[Outcome]) -> list[str]:
    """Figures by half and kind: how many, how many of them right among the first five, how high, how fast."""
    lines = [f"{'queries':28}{'count':>6}{f'in first {FIRST}':>12}{'MRR':>7}{'p95 ms':>9}{'max ms':>9}"]
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        groups[f"{one.query.half}, all"].append(one)
        groups[f"{one.query.half}, {one.query.kind}"].append(one)
    for name, group in sorted(groups.items(), key=lambda pair: (pair[0].split(",")[0], not pair[0].endswith(" all"))):
        times = [statistics.median(one.times) for one in group]
        slow = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        rank = statistics.mean(1 / one.place if one.place else 0 for one in group)
        lines.append(
            f"{name:28}{len(group):6}{share(group):12.1%}{rank:7.3f}{slow:9.2f}{max(times):9.2f}"
        )
    return lines


def share(found: list[Outcome]) -> float:
    """How many of the queries have a right procedure among the first five, from 0 to 1."""
    return statistics.mean(one.is_found for one in found)


def bounds(found: list[Outcome]) -> list[Bound]:
    halves = [
        at_least(
            f"right procedure among the first {FIRST}, queries {half}",
            share([one for one in found if one.query.half == half]),
            WANTED_SHARE,
        )
        for half in ("tuning", "kept out")
    ]
    slowest = max(statistics.median(one.times) for one in found)
    return [*halves, below("the slowest query at 5,000 procedures", slowest, WANTED_MS, "ms")]


def snapshot_name(snapshot: Snapshot, number: str) -> str:
    return next(f"{hit.number} {hit.display_name[:40]}" for hit in snapshot.hits if hit.number == number)


if __name__ == "__main__":
    main()

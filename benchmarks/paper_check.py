"""How well the check of papers judges: `python -m benchmarks.paper_check`, on more than 300 made files.

Certain defects must be refused (at least 95 of 100), files without defects must not be (at most 1 of 100). What is
only warned of is reported.
"""

import io
import os
import sys
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from benchmarks.bounds import Bound, at_least

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")
    django.setup()

if TYPE_CHECKING:
    from motcua.dossiers.tests.made_papers import Made

EACH = 9
LEAST_REFUSED, MOST_BLOCKED = 0.95, 0.01


def judge(paper: "Made") -> str:
    """What is wrong with the verdict on this paper: "right", "refused", "missed", or the kind that was invented."""
    from motcua.dossiers import paper_check
    from motcua.dossiers.uploads import inspect
    from motcua.foundation.errors import Refusal

    try:
        kind = inspect(io.BytesIO(paper.content), paper.name)
    except Refusal:
        return "right" if paper.expected == "refused" else "refused"
    if paper.expected == "refused":
        return "missed"
    found = [one["kind"] for one in paper_check.look(io.BytesIO(paper.content), kind.content_type)]
    if paper.expected:
        return "right" if paper.expected in found else "missed"
    return ",".join(found) or "right"


def bounds() -> list[Bound]:
    """Judge made papers with known defects; print how each kind was judged."""
    from motcua.dossiers.tests.made_papers import made

    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    times = []
    for paper in made(EACH):
        began = time.perf_counter()
        verdicts[paper.expected][judge(paper)] += 1
        times.append(time.perf_counter() - began)
    print(f"{len(times)} files; one took {1000 * sorted(times)[len(times) // 2]:.0f} ms in the middle, {1000 * max(times):.0f} ms at most\n")
    print(f"{'Files':24}{'of':>6}{'right':>8}   otherwise")
    for expected, counted in verdicts.items():
        others = ", ".join(f"{word} {amount}" for word, amount in counted.items() if word != "right")
        total = sum(counted.values())
        print(f"{expected or 'without a defect':24}{total:>6}{counted['right'] / total:>8.1%}   {others}")
    refused = verdicts["refused"]["right"] / sum(verdicts["refused"].values())
    usable = [counted for expected, counted in verdicts.items() if expected != "refused"]
    blocked = sum(counted["refused"] for counted in usable) / sum(sum(counted.values()) for counted in usable)
    return [
        at_least("papers with certain defects refused", refused, LEAST_REFUSED),
        Bound("usable papers refused", f"<= {MOST_BLOCKED:.0%}", f"{blocked:.1%}", blocked <= MOST_BLOCKED),
    ]


def main() -> int:
    found = bounds()
    for bound in found:
        print(f"{bound.name:40}{bound.wanted:>10}{bound.measured:>10}")
    return 0 if all(bound.is_met for bound in found) else 1


if __name__ == "__main__":
    sys.exit(main())

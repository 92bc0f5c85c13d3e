"""kill -9 while many dossiers are accepted at once: each is accepted once, and the run ends."""

import pytest

from tests.crash.clients import kill_worker
from tests.product import wait_for

pytestmark = pytest.mark.crash

COUNT = 40
RESCUED = 120  # seconds until another worker has taken over what a dead one had begun, twice


def test_a_run_that_loses_its_workers_ends_and_does_nothing_twice(product):
    (made,) = product.prepare("bulk", accounts=1, of_each=COUNT)
    codes, run = made["codes"], made["run"]

    def tried() -> int:
        found: int = product.one(
            "SELECT count(*) FROM dossiers_bulkitem WHERE run_id = %s AND state <> 'waiting'", run
        )
        return found

    killed_at = []
    for share in (0.1, 0.5):
        wait_for(lambda share=share: tried() >= COUNT * share, "the run to go on", seconds=RESCUED)  # type: ignore[misc]
        kill_worker(product)
        killed_at.append(tried())
    wait_for(
        lambda: product.one("SELECT finished_at IS NOT NULL FROM dossiers_bulkrun WHERE id = %s", run),
        "the run to end",
        seconds=RESCUED,
    )

    assert killed_at[0] < COUNT, "nothing was left to do when the worker was killed"
    assert tried() == COUNT
    done = product.one("SELECT count(*) FROM dossiers_bulkitem WHERE run_id = %s AND state = 'done'", run)
    assert done == COUNT, "what was done was tried again"
    rows = product.rows(
        "SELECT d.state IN ('accepted', 'processing'),"
        " (SELECT count(*) FROM foundation_event e WHERE e.subject = 'dossier:' || d.id AND e.type = 'dossier.accepted'),"
        " (SELECT count(*) FROM papers_paper p WHERE p.subject = 'dossier:' || d.id AND p.kind = 'acceptance_slip')"
        " FROM dossiers_dossier d WHERE d.code = ANY(%s)",
        codes,
    )
    assert rows == [(True, 1, 1)] * COUNT
    numbers = [
        int(number.partition("/")[0])
        for (number,) in product.rows(
            "SELECT p.number FROM papers_paper p JOIN dossiers_dossier d ON p.subject = 'dossier:' || d.id"
            " WHERE p.kind = 'acceptance_slip' AND d.code = ANY(%s)",
            codes,
        )
    ]
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + COUNT)), "numbers of slips have gaps"

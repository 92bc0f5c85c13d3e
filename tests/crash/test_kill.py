"""kill -9 in the middle of the work: what was acknowledged is there once, what was repeated is not there twice."""

import os
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from tests.crash.clients import (
    Citizen,
    Tally,
    all_at_once,
    kill_database,
    kill_web_process,
    kill_web_server,
    notice_of,
)
from tests.product import Product, wait_for

pytestmark = pytest.mark.crash

Kill = Callable[[Product], None]
IS_OURS = not os.environ.get("DATABASE_URL")  # the database server, to kill it
ON_OUR_SERVER = pytest.mark.skipif(not IS_OURS, reason="the server of DATABASE_URL is not ours to kill")


def killed_after(product: Product, tally: Tally, kills: dict[int, Kill]) -> None:
    """Kill when so many requests were acknowledged."""
    for count, kill in sorted(kills.items()):
        wait_for(lambda count=count: len(tally.acknowledged) >= count, f"{count} answers", seconds=60)  # type: ignore[misc]
        kill(product)


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param({3: kill_web_process, 9: kill_web_server, 16: kill_web_process}, id="web"),
        pytest.param({4: kill_database, 15: kill_database}, id="database", marks=ON_OUR_SERVER),
    ],
)
def test_every_submit_makes_one_dossier_whatever_is_killed(product, kills):
    accounts = product.prepare("drafts", accounts=6, of_each=4)
    tally = Tally()
    citizens = []
    for account in accounts:
        citizen = Citizen(product, account["login"])
        for public_id in account["drafts"]:
            citizen.prepare(public_id)
        citizens.append(citizen)

    def file_all(citizen: Citizen) -> None:
        for public_id in citizen.forms:
            tally.note(public_id, tally.until_answered(partial(citizen.submit, public_id)))

    all_at_once(
        [partial(file_all, citizen) for citizen in citizens],
        meanwhile=partial(killed_after, product, tally, kills),
    )

    wait_for(product.healthy, "the web to answer again")
    assert tally.unanswered > 0, "nothing was killed while somebody waited"
    drafts = {public_id for account in accounts for public_id in account["drafts"]}
    assert tally.acknowledged.keys() == drafts
    logins = [account["login"] for account in accounts]
    filed = product.rows(
        "SELECT d.public_id::text, d.code, d.state,"
        " (SELECT count(*) FROM foundation_event e WHERE e.subject = 'dossier:' || d.id AND e.type = 'dossier.submitted'),"
        " (SELECT count(*) FROM payments_charge c WHERE c.subject = 'dossier:' || d.id AND c.reference = d.code)"
        " FROM dossiers_dossier d JOIN accounts_user u ON u.id = d.applicant_id WHERE u.username = ANY(%s)",
        logins,
    )
    assert len(filed) == len(drafts)
    assert {public_id: code for public_id, code, *_ in filed} == tally.acknowledged
    assert {tuple(rest) for _, _, *rest in filed} == {("submitted", 1, 1)}
    assert_codes_without_gaps(product)


def assert_codes_without_gaps(product: Product) -> None:
    days: dict[str, list[int]] = {}
    for (code,) in product.rows("SELECT code FROM dossiers_dossier WHERE code IS NOT NULL"):
        day, _, number = code.rpartition("-")
        days.setdefault(day, []).append(int(number))
    for day, numbers in days.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), day


def test_every_server_message_settles_once_whatever_is_killed(product):
    payments = product.prepare("payments", accounts=2, of_each=12)
    tally = Tally()
    notices = {payment["code"]: notice_of(payment, number) for number, payment in enumerate(payments)}
    kills = {3: kill_web_process, 8: kill_database if IS_OURS else kill_web_process, 15: kill_web_server}

    def tell(codes: list[str]) -> None:
        with httpx.Client(base_url=product.base_url, timeout=15) as http:

            def send(code: str) -> str:
                answer = http.get(f"/thanh-toan/thong-bao/vnpay/?{notices[code]}")
                said = answer.json()["RspCode"] if answer.status_code == 200 else ""
                assert said in ("00", "02", "99", ""), answer.text
                return "settled" if said in ("00", "02") else ""

            for code in codes:
                tally.note(code, tally.until_answered(partial(send, code)))

    codes = list(notices)
    shares = [codes[::2], codes[1::2], codes[::-2], codes[-2::-2]]  # each message from two senders at once
    all_at_once(
        [partial(tell, share) for share in shares], meanwhile=partial(killed_after, product, tally, kills)
    )

    assert tally.unanswered > 0, "nothing was killed while somebody waited"
    assert tally.acknowledged.keys() == notices.keys()
    settled = product.rows(
        "SELECT c.state, p.status, p.flag,"
        " (SELECT count(*) FROM payments_payment o WHERE o.charge_id = c.id),"
        " (SELECT count(*) FROM foundation_event e WHERE e.subject = c.subject AND e.type = 'payment.settled')"
        " FROM payments_payment p JOIN payments_charge c ON c.id = p.charge_id WHERE p.code = ANY(%s)",
        codes,
    )
    assert settled == [("paid", "paid", "", 1, 1)] * len(codes)

    # The workers fell with the database; when they are back, each payment gets its one receipt.
    def receipts() -> list[tuple[int, int]]:
        return product.rows(
            "SELECT r.number, p.id FROM payments_receipt r JOIN payments_payment p ON p.id = r.payment_id"
            " WHERE p.code = ANY(%s) ORDER BY r.number",
            codes,
        )

    wait_for(lambda: len(receipts()) == len(codes), "a receipt for every payment", seconds=75)
    numbers = [number for number, _ in receipts()]
    assert numbers == list(range(numbers[0], numbers[0] + len(codes)))
    assert len({payment for _, payment in receipts()}) == len(codes)

"""kill -9 while leaders sign and clerks seal: no signature is lost, none is doubled, no number is skipped."""

import re
from functools import partial

import httpx
import pytest

from motcua.demo.accounts import PASSWORD, PIN
from tests.crash.clients import Tally, _hidden, all_at_once, kill_web_process, kill_web_server
from tests.crash.test_kill import killed_after
from tests.product import Product, wait_for

pytestmark = pytest.mark.crash

DOSSIERS = 8


class Officer:
    """A session of an officer's own, whose forms are fetched before the killing begins."""

    def __init__(self, product: Product, login: str) -> None:
        self.http = httpx.Client(base_url=product.base_url, timeout=15)
        given = {"login": f"{login}@motcua.example", "password": PASSWORD}
        answer = self.http.post("/tai-khoan/dang-nhap/", data=given | _hidden(self.http.get("/tai-khoan/dang-nhap/")))
        assert answer.status_code == 302, answer.text
        self.forms: dict[str, dict[str, str]] = {}

    def prepare(self, code: str, slug: str, credential: int) -> None:
        page = self.http.get(f"/can-bo/ho-so/{code}/{slug}/").raise_for_status()
        outcome = re.search(r'name="outcome" value="(\w+)"', page.text)
        assert outcome, page.text
        self.forms[code] = _hidden(page) | {"credential": str(credential), "pin": PIN, "outcome": outcome[1]}

    def press(self, code: str, slug: str) -> str:
        """"done" once the server says that it is; "" when it says nothing of the kind."""
        answer = self.http.post(f"/can-bo/ho-so/{code}/{slug}/", data=self.forms[code])
        if answer.status_code == 302 or (answer.status_code == 409 and "đã thực hiện bước" in answer.text):
            return "done"
        passing = ("đang ký", "Lần ký này đã kết thúc")  # the same officer's other session is at it
        assert answer.status_code >= 500 or any(words in answer.text for words in passing), (
            answer.status_code,
            re.sub(r"<[^>]+>|\s+", " ", answer.text)[:3000],
        )
        return ""


def press_all(product: Product, login: str, slug: str, codes: list[str], credential: int) -> Tally:
    """Two sessions press the same buttons, one from the front, one from the back, while the web is killed."""
    sessions = [Officer(product, login) for _ in range(2)]
    tally = Tally()
    for session in sessions:
        for code in codes:
            session.prepare(code, slug, credential)

    def press(session: Officer, order: list[str]) -> None:
        for code in order:
            tally.note(code, tally.until_answered(partial(session.press, code, slug)))

    kills = {1: kill_web_process, 3: kill_web_server, 5: kill_web_process}
    all_at_once(
        [partial(press, sessions[0], codes), partial(press, sessions[1], codes[::-1])],
        meanwhile=partial(killed_after, product, tally, kills),
    )
    wait_for(product.healthy, "the web to answer again")
    assert tally.acknowledged.keys() == set(codes)
    return tally


def test_every_result_is_signed_once_and_sealed_once_whatever_is_killed(product):
    made = product.prepare("signing", accounts=1, of_each=DOSSIERS)
    codes = [one["code"] for one in made]

    signed = press_all(product, "lanhdao", "phe-duyet", codes, made[0]["credential"])
    sealed = press_all(product, "vanthu", "ban-hanh", codes, made[0]["seal"])

    assert signed.unanswered + sealed.unanswered > 0, "nothing was killed while somebody waited"
    counted = product.rows(
        "SELECT d.code, r.number,"
        " (SELECT count(*) FROM papers_signature s WHERE s.subject = 'dossier:' || d.id AND s.part = 'ky' AND s.state = 'signed'),"
        " (SELECT count(*) FROM papers_signature s WHERE s.subject = 'dossier:' || d.id AND s.part = 'dau' AND s.state = 'signed'),"
        " (SELECT count(*) FROM foundation_event e WHERE e.subject = 'dossier:' || d.id AND e.type = 'dossier.approved'),"
        " (SELECT count(*) FROM foundation_event e WHERE e.subject = 'dossier:' || d.id AND e.type = 'dossier.settled'),"
        " (SELECT count(*) FROM papers_paper p WHERE p.subject = 'dossier:' || d.id AND p.number = r.number)"
        " FROM dossiers_dossier d JOIN dossiers_result r ON r.dossier_id = d.id WHERE d.code = ANY(%s)",
        codes,
    )
    assert len(counted) == DOSSIERS
    assert {tuple(rest) for _code, _number, *rest in counted} == {(1, 1, 1, 1, 1)}
    numbers = sorted(int(number.partition("/")[0]) for _code, number, *_ in counted)
    assert numbers == list(range(numbers[0], numbers[0] + DOSSIERS))

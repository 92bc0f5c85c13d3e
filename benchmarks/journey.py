"""A citizen's whole journey, request by request as a browser with scripts makes them, from the first page to the
page that says what was received. Styles, scripts and pictures of the pages are left out: browsers keep them."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from benchmarks.wire import Answer, Browser

_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
_CODE_KEY = re.compile(rb'name="code_key" value="([^"]+)"')


class Failed(Exception):
    """The site answered otherwise than it should; the message says where and what."""


@dataclass
class Record:
    """How long each page took (seconds), and what the counting pass says of it."""

    times: dict[str, list[float]] = field(default_factory=dict)
    costs: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # statements, CPU in microseconds

    def note(self, page: str, seconds: float, answer: Answer) -> None:
        self.times.setdefault(page, []).append(seconds)
        if cost := answer.header(b"X-Cost"):
            statements, cpu = cost.split()
            self.costs.setdefault(page, []).append((int(statements), int(cpu)))


class Journey:
    """One dossier filed by one account. `scenario` is what benchmarks.place wrote; `code_of` reads the
    confirmation code that belongs to a challenge, which only the database knows."""

    def __init__(
        self, browser: Browser, scenario: dict[str, Any], record: Record, code_of: Callable[[str], str]
    ) -> None:
        self.browser, self.scenario, self.record, self.code_of = browser, scenario, record, code_of
        self.page = b""

    def make(self, login: str, big: bytes, small: bytes) -> None:
        """Go the whole way. Raises Failed."""
        number, query = self.scenario["number"], self.scenario["query"]
        start = f"/thu-tuc/{number}/nop/"
        self._get("home", "/")
        self._get("search", f"/thu-tuc/?q={quote(query)}")
        self._get("procedure", f"/thu-tuc/{number}/")
        self._get("login page", f"/tai-khoan/dang-nhap/?next={start}")
        credentials = {"login": login, "password": self.scenario["password"], "next": start}
        self._post("log in", "/tai-khoan/dang-nhap/", credentials)
        self._get("start page", start)
        at = self._post("start draft", start, {"agency": self.scenario["agency"]})
        draft = at.removesuffix("nguoi-nop/")
        self._step(draft, "submitter", at)
        self._step(draft, "form", f"{draft}to-khai/")
        self._get("papers page", f"{draft}giay-to/")
        for place, component in enumerate(self.scenario["papers"]):
            address = f"{draft}giay-to/{component}/tai-len/"
            name, content = ("upload 1 MB", big) if place == 0 else ("upload small", small)
            answer = self._timed(name, self.browser.upload, address, f"{component}.pdf", content)
            self._expect(name, answer, 200)
        self._post("save papers", f"{draft}giay-to/", {"mc.action": "next"})
        self._step(draft, "delivery", f"{draft}nhan-ket-qua/")
        self._step(draft, "fees", f"{draft}le-phi/")
        self._get("review page", f"{draft}kiem-tra/")
        self._submit(draft)

    def _step(self, draft: str, step: str, address: str) -> None:
        self._get(f"{step} page", address)
        for groups in self.scenario["typed"].get(step, ()):  # saved while one types
            data = {name: texts for part in groups.values() for name, texts in part.items()}
            content = {
                "step": address.removesuffix("/").rpartition("/")[2],
                "groups": list(groups),
                "data": data,
            }
            self._expect(
                "autosave", self._timed("autosave", self.browser.post_json, f"{draft}luu-nhap/", content), 200
            )
        self._post(f"save {step}", address, self.scenario["posted"].get(step, {}) | {"mc.action": "next"})

    def _submit(self, draft: str) -> None:
        found = _CODE_KEY.search(self.page)
        if not found:
            raise Failed(f"no confirmation code on the review page: {_words(self.page)}")
        key = found[1].decode()
        self._get("code picture", f"/ma-xac-nhan/{key}/anh.png")
        fields = {"mc.action": "submit", "commitment": "yes", "code_key": key, "code": self.code_of(key)}
        at = self._post("submit", f"{draft}kiem-tra/", fields)
        if not at.endswith("/da-nop/"):
            raise Failed(f"submit leads to {at}")
        self._get("submitted page", at)

    def _get(self, name: str, path: str) -> None:
        answer = self._timed(name, self.browser.get, path)
        self._expect(name, answer, 200)
        if name != "code picture":
            self.page = answer.body

    def _post(self, name: str, path: str, fields: dict[str, str]) -> str:
        """Post with the token of the page that was read last; return where the answer leads."""
        token = _TOKEN.search(self.page)
        if not token:
            raise Failed(f"{name}: the page before has no form: {_words(self.page)}")
        answer = self._timed(
            name, self.browser.post, path, {"csrfmiddlewaretoken": token[1].decode(), **fields}
        )
        self._expect(name, answer, 302)
        return answer.header(b"Location")

    def _timed(self, name: str, ask: Callable[..., Answer], *arguments: Any) -> Answer:
        began = time.perf_counter()
        answer = ask(*arguments)
        self.record.note(name, time.perf_counter() - began, answer)
        return answer

    def _expect(self, name: str, answer: Answer, status: int) -> None:
        if answer.status != status:
            where = answer.header(b"Location")
            raise Failed(f"{name}: {answer.status} instead of {status}. {where or _words(answer.body)}")


def _words(page: bytes) -> str:
    """What a page says, for a message."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page.decode(errors="replace"), flags=re.S)
    return " ".join(text.split())[:600]

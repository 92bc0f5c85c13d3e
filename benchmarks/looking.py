"""A process that looks at the officers' pages, one at a time, and says how long each took: median and p95 in ms."""

import json
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")

from django.test import Client

import motcua.config.wsgi  # noqa: F401 - the process is set up as one that serves
from motcua.accounts.models import User
from motcua.dossiers.models import Dossier
from motcua.dossiers.states import State

TIMES = 60
_WORDS = ["nguyen van", "Trần Thị", "pham", "hoang minh tuan", "cong bo hop chuan", "0905", "thi", "h34.12"]


def main() -> None:
    receiver, appraiser, head, controller = (
        _client(f"{login}@motcua.example") for login in ("tiepnhan", "thuly", "phong", "kiemsoat")
    )
    department = Dossier.objects.filter(agency__code="H34.12")
    running = list(department.filter(state=State.PROCESSING).order_by("-pk").values_list("code", flat=True)[:TIMES])
    ended = list(department.filter(state=State.RETURNED).order_by("pk").values_list("code", flat=True)[:TIMES])
    pages: dict[str, tuple[Client, Callable[[int], str]]] = {
        "inbox": (receiver, lambda _n: "/can-bo/"),
        "inbox of an appraiser": (appraiser, lambda _n: "/can-bo/"),
        "inbox of a head": (head, lambda _n: "/can-bo/"),
        "filtered list": (head, lambda _n: "/can-bo/?muc=dang-xu-ly&thu-tuc=2.001207&don-vi=H34.12"),
        "list of what is late": (head, lambda _n: "/can-bo/?muc=qua-han"),
        "list of what has ended": (receiver, lambda _n: "/can-bo/?muc=ket-thuc"),
        "search": (receiver, lambda n: f"/can-bo/?q={_WORDS[n % len(_WORDS)]}"),
        "search by code": (head, lambda n: f"/can-bo/?q={ended[n % len(ended)]}"),
        "dossier": (head, lambda n: f"/can-bo/ho-so/{(running + ended)[n % len(running + ended)]}/"),
        "board": (head, lambda _n: "/can-bo/tong-hop/"),
        "board of the province": (controller, lambda _n: "/can-bo/tong-hop/"),
    }
    found = {name: _measured(client, address) for name, (client, address) in pages.items()}
    found["report"] = _measured(controller, lambda _n: "/can-bo/bao-cao/?ky=nam&nam=2026", times=3)
    print(json.dumps(found))


def _client(email: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email=email))
    return client


def _measured(client: Client, address: Callable[[int], str], times: int = TIMES) -> dict[str, float]:
    for number in range(3 if times > 3 else 0):  # templates compiled, statements prepared
        _looked(client, address(number))
    took = []
    for number in range(times):
        began = time.perf_counter()
        _looked(client, address(number))
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    return {"median": statistics.median(took), "p95": took[max(0, -(-len(took) * 95 // 100) - 1)]}


def _looked(client: Client, address: str) -> None:
    answer = client.get(address, follow=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")


if __name__ == "__main__":
    main()

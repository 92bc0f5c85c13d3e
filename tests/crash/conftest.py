"""The product that is killed in these tests, and what is prepared in it before."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from tests.product import ROOT, Product, running_product

Prepare = Callable[..., list[dict[str, Any]]]
logging.getLogger("httpx").setLevel(logging.WARNING)
_numbers = count(1, 100)  # of accounts: each call takes its own hundred


@pytest.fixture(scope="package")
def product() -> Iterator[Product]:
    with running_product(dossiers=0, port=18600) as product:
        yield product


@pytest.fixture
def prepare(product: Product) -> Prepare:
    """prepare("drafts", accounts=8, of_each=4): what is there before the killing begins."""

    def run(kind: str, *, accounts: int, of_each: int) -> list[dict[str, Any]]:
        theirs = {"MOTCUA_VAR": str(product.var), "DJANGO_SETTINGS_MODULE": "motcua.config.settings"}
        if os.environ.get("DATABASE_URL"):
            theirs["DATABASE_URL"] = product.database_url
        command = [sys.executable, "-m", "tests.crash.prepare", kind]
        command += [str(number) for number in (accounts, of_each, next(_numbers))]
        said = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | product.environment | theirs,
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
        )
        made: list[dict[str, Any]] = json.loads(said.stdout)
        return made

    return run

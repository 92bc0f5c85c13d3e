"""The product, running, and browsers that visit it. What a page does wrong on the side fails the test as well."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.citizen import Person
from tests.product import Product, running_product

expect.set_options(timeout=10_000)
logging.getLogger("httpx").setLevel(logging.WARNING)
Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The demonstration; MOTCUA_JOURNEY_VAR names the folder of one that runs already, while writing journeys."""
    if folder := os.environ.get("MOTCUA_JOURNEY_VAR"):
        yield Product(Path(folder))
        return
    with running_product(dossiers=12, port=18500) as product:
        yield product


@pytest.fixture(scope="session")
def people(product: Product) -> Iterator[Person]:
    """next(people): a citizen with an account, of whom no other test has heard."""
    return (Person(**facts) for facts in product.prepare("citizens", accounts=8))


@pytest.fixture(scope="session")
def base_url(product: Product) -> str:
    return product.base_url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    return {
        **browser_context_args,
        "base_url": base_url,
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture
def visit(new_context: Callable[..., BrowserContext], base_url: str) -> Iterator[Visit]:
    """Open a page in a browser of its own, for one more person: visit(java_script_enabled=False)."""
    wrong: list[str] = []

    def note_error(error: Any) -> None:
        wrong.append(f"{error.error} at {error.page and error.page.url}")

    def note_answer(response: Any) -> None:
        if response.status >= 500 and response.url.startswith(base_url):
            wrong.append(f"{response.status} {response.request.method} {response.url}")

    def open_page(viewport: dict[str, int] | None = None, **options: Any) -> Page:
        context = new_context(**options)
        context.set_default_timeout(10_000)
        context.on("weberror", note_error)
        context.on("response", note_answer)
        page = context.new_page()
        if viewport:
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
        return page

    yield open_page
    assert not wrong, "\n".join(wrong)

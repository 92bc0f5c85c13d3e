"""The product that is killed in these tests."""

import logging
from collections.abc import Iterator

import pytest

from tests.product import Product, running_product

logging.getLogger("httpx").setLevel(logging.WARNING)


@pytest.fixture(scope="package")
def product() -> Iterator[Product]:
    with running_product(dossiers=0, port=18600) as product:
        yield product

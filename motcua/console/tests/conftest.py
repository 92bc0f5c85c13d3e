import pytest
from django.test import Client

from motcua.agencies.models import Role
from motcua.ui import kept


@pytest.fixture(autouse=True)
def read_anew():
    kept.forget()
    yield
    kept.forget()


@pytest.fixture
def thao(hire, province):
    """Y Thảo administers."""
    return hire("thao@example.vn", "Y Thảo", province, Role.ADMINISTRATOR)


@pytest.fixture
def console(thao):
    """A browser in which Thảo is logged in."""
    client = Client(raise_request_exception=True)
    client.force_login(thao)
    return client

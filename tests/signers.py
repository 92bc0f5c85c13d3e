"""Certificates for trying out: an authority, officers who can sign, agencies that can seal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from motcua.accounts.middleware import actor_of
from motcua.accounts.models import User
from motcua.agencies.models import Agency
from motcua.papers import signing
from motcua.papers.models import Credential
from motcua.sandboxes.authority import Authority
from tests.cast import MONDAY_9AM

PIN = "246810"


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority, settings) -> Path:
    """The installation trusts the authority."""
    settings.SIGNATURE_ROOTS = str(authority.folder)
    return authority.root


@pytest.fixture
def certified(authority, trusted) -> Callable[..., Credential]:
    """Give an officer, or the agency whose seal he keeps, a certificate in a file: certified(dung)."""

    def make(user: User, agency: Agency | None = None, at=MONDAY_9AM) -> Credential:
        name = agency.name if agency else user.full_name
        identity = authority.identity(name, "Sở Khoa học và Công nghệ")
        return signing.add_credential(
            adapter="pkcs12",
            label="Tệp dùng thử",
            given={},
            file=identity.pkcs12(PIN, [authority.own.certificate]),
            pin=PIN,
            image=b"",
            agency=agency,
            actor=actor_of(user),
            at=at,
        )

    return make

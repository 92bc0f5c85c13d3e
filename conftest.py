"""What all tests stand on: a PostgreSQL of their own and a folder of their own for files."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql
from pytest_django import DjangoDbBlocker

from motcua.foundation.postgres import Embedded

pytest_plugins = ["tests.cast", "tests.signers"]  # people, agencies and certificates that every story knows

_NOT_WORTH_KEEPING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests' files out of the folder where real ones lie."""
    folder = tempfile.TemporaryDirectory(prefix="motcua-tests-")
    config.add_cleanup(folder.cleanup)
    settings.STORAGES["default"]["OPTIONS"]["location"] = Path(folder.name)


@pytest.fixture(scope="session")
def database_server() -> Iterator[dict[str, object]]:
    """Point Django at the tests' server: that of DATABASE_URL, or an embedded one, and yield its settings.

    The embedded one is shared by everybody who tests in this checkout at once; it ends with the last.
    """
    database = connections["default"].settings_dict
    if settings.DATABASE_URL:
        _drop_leftovers(database)
        yield database
        return
    server = Embedded(
        settings.VAR / "postgres-tests", binaries=settings.POSTGRES_BINARIES, options=_NOT_WORTH_KEEPING
    )
    server.start()
    database["HOST"] = str(server.socket_folder)
    _drop_leftovers(database)
    yield database
    server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: dict[str, object]) -> None:
    """Give each process a database of its own: parallel runs do not meet."""
    database_server["TEST"]["NAME"] = f"test_{database_server['NAME']}_{os.getpid()}"  # type: ignore[index]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let tests with real commits empty their tables afterwards: triggers against TRUNCATE stand aside."""
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 32 = 32"
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Use the system's Chromium where there is one; root's may not use its sandbox."""
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    system = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **system, "args": arguments}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter, as PostgreSQL's must when root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="motcua-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def database_url(db: None) -> str:
    """The address of the database of this test, for a program that the test starts."""
    database = connections["default"].settings_dict
    login = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    if str(database["HOST"]).startswith("/"):
        return f"postgresql://{login}@/{database['NAME']}?host={database['HOST']}"
    return f"postgresql://{login}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def _drop_leftovers(database: dict[str, object]) -> None:
    """Drop the databases of test runs that were killed."""
    keys = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    address = {word: database[key] for key, word in keys.items() if database[key]}
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as connection:  # type: ignore[arg-type]
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()]
        for name in names:
            match = re.fullmatch(rf"test_{database['NAME']}_(\d+)", name)
            if match and not Path(f"/proc/{match[1]}").exists():
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

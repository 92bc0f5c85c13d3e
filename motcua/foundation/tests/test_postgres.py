import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from motcua.foundation.postgres import (
    Account,
    Embedded,
    PostgresError,
    _may_reach,
    _unpack,
    embedded_url,
    ensure_database,
    service_account,
)

CHECKOUT = Path(__file__).resolve().parents[3]

HOLD_AND_SAY = """
import sys, time
from pathlib import Path
from motcua.foundation.postgres import Embedded
server = Embedded(Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.readline()
print(server.stop(), flush=True)
"""


@pytest.fixture
def server(open_folder):
    server = Embedded(open_folder / "postgres")
    yield server
    server.stop()


def somebody_else(server):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_SAY, str(server.data_dir)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def postmaster(server):
    return int((server.data() / "postmaster.pid").read_text().split()[0])


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def one(connection, query, *values):
    (value,) = connection.execute(query, values).fetchone()
    return value


def write_row(url, text):
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [text])


def rows(url):
    with psycopg.connect(url) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM kept ORDER BY text")]


def test_it_starts_and_stops_and_keeps_its_rows(server):
    url = server.start()
    write_row(url, "hồ sơ")

    assert server.running()
    assert server.stop()
    assert not server.running()
    assert rows(server.start()) == ["hồ sơ"]


def test_its_settings_are_safe_and_it_knows_vietnamese(server):
    with psycopg.connect(server.start()) as connection:

        def setting(name):
            return one(connection, "SELECT current_setting(%s)", name)

        assert setting("fsync") == "on"
        assert setting("listen_addresses") == ""
        assert setting("server_encoding") == "UTF8"
        assert int(setting("server_version_num")) >= 150000
        assert connection.execute("SELECT lower('ĐẶNG THỊ Ở')").fetchone() == ("đặng thị ở",)
        connection.execute("CREATE EXTENSION unaccent; CREATE EXTENSION pg_trgm")
    assert server.socket_folder.stat().st_mode & 0o777 == 0o700


def test_a_socket_path_is_short_however_deep_the_data_lies(tmp_path):
    deep = tmp_path / ("a" * 90) / ("b" * 90)

    folder = Embedded(deep).socket_folder

    assert len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= 107
    assert embedded_url(deep) == f"postgresql://motcua@/motcua?host={folder}"


def test_after_kill_9_it_starts_again_with_every_committed_row(server):
    url = server.start()
    open_connections = [psycopg.connect(url) for _ in range(3)]  # their processes outlive the postmaster a moment
    write_row(url, "đã ghi")

    os.kill(postmaster(server), signal.SIGKILL)
    again = server.start()

    assert rows(again) == ["đã ghi"]
    for connection in open_connections:
        connection.close()


def test_a_dead_server_that_nobody_collected_does_not_stand_in_the_way(server):
    write_row(server.start(), "đã ghi")
    server.stop()
    account = service_account()
    uncollected = subprocess.Popen(["true"], user=account.uid if account else None)
    wait_until(lambda: Path(f"/proc/{uncollected.pid}/stat").read_text().split()[2] == "Z")
    (server.data() / "postmaster.pid").write_text(f"{uncollected.pid}\n{server.data()}\n1\n5432\n\n\n\nready\n")

    assert not server.running()
    assert rows(server.start()) == ["đã ghi"]
    uncollected.wait()


def test_two_who_start_at_once_share_one_server(server):
    others = [somebody_else(server) for _ in range(3)]
    urls = {other.stdout.readline().strip() for other in others}

    assert urls == {server.start()}

    for other in others:
        other.communicate("\n")
    assert server.running()
    assert server.stop()


def test_the_starter_leaves_a_server_that_another_still_uses(server):
    server.start()
    other = somebody_else(server)
    other.stdout.readline()

    assert not server.stop()
    assert server.running()

    said, _ = other.communicate("\n")
    assert said.strip() == "True"
    assert not server.running()


def test_it_ends_when_its_only_user_is_killed(server):
    other = somebody_else(server)
    other.stdout.readline()
    assert server.running()

    other.kill()
    other.wait()

    wait_until(lambda: not server.running())


def test_the_data_lies_in_a_folder_of_the_major_version(server):
    server.start()

    major = (server.data() / "PG_VERSION").read_text().strip()

    assert server.data() == server.place / major


def test_an_interrupted_first_start_is_begun_anew(server):
    server._make_place()
    half = server.data().with_suffix(".new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    assert server.start()
    assert not half.exists()


@pytest.mark.skipif(not Path("/usr/lib/postgresql/15/bin/initdb").exists(), reason="no PostgreSQL 15 here")
def test_a_named_folder_of_programs_is_used_and_keeps_its_own_data(server):
    write_row(server.start(), "18")
    server.stop()

    older = Embedded(server.data_dir, binaries=Path("/usr/lib/postgresql/15/bin"))
    with older as url, psycopg.connect(url) as connection:
        assert one(connection, "SHOW server_version").startswith("15")

    assert (server.place / "15").is_dir()
    assert rows(server.start()) == ["18"]


def test_ensure_database_makes_it_once(server):
    url = server.start()
    ensure_database(url, "đô thị")
    ensure_database(url, "đô thị")

    with psycopg.connect(url, dbname="đô thị") as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("đô thị",)


def test_a_folder_without_programs_is_refused_in_plain_words(tmp_path):
    with pytest.raises(PostgresError, match="pg_ctl is missing"):
        Embedded(tmp_path / "data", binaries=tmp_path).start()


def test_a_package_without_a_server_is_refused_in_plain_words(tmp_path):
    (tmp_path / "pg0").write_bytes(b"no archive in here")

    with pytest.raises(PostgresError, match="POSTGRES_BINARIES"):
        _unpack(tmp_path / "pg0", tmp_path / "out")


def test_a_closed_parent_folder_is_seen(open_folder):
    inner = open_folder / "closed" / "inner"
    inner.mkdir(parents=True)
    stranger = Account("stranger", 54321, 54321)

    assert _may_reach(stranger, inner)
    inner.parent.chmod(0o700)
    assert not _may_reach(stranger, inner)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
class TestAsRoot:
    def test_the_server_is_not_root(self, server):
        server.start()

        assert Path(f"/proc/{postmaster(server)}").stat().st_uid != 0

    def test_a_checkout_that_others_cannot_enter_keeps_its_data_elsewhere(self, open_folder):
        open_folder.chmod(0o700)
        server = Embedded(open_folder / "postgres")
        try:
            write_row(server.start(), "ở nơi khác")
            server.stop()

            assert server.data_dir.is_symlink()
            assert server.place.parent == Path("/var/lib/motcua")
            assert rows(server.start()) == ["ở nơi khác"]
        finally:
            server.stop()
            subprocess.run(["rm", "-rf", str(server.place)], check=True)

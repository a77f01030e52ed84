"""Connections that would take memory, time or descriptors from all others (reliability.md, 26 and 27)."""

import json
import resource
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.faults.conftest import Stage
from tests.faults.load import scaled
from tests.faults.test_requests import resident
from tests.service import Service
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.stack]

Measured = Callable[[str], None]
FILES = 1024  # what most machines allow a process
HALF = b"GET /v1/domains/firm1.com HTTP/1.1\r\nHost: t\r\n"
WHOLE = HALF + b"Connection: close\r\n\r\n"
CHUNKED = b"POST /v1/lookups HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n"
# What an attacker begins with, and goes on with for ever.
ENDLESS = {
    "headers": (HALF, b"X-A: b\r\n" * 8_000),
    "value": (HALF + b"X-A: ", b"a" * 65_536),
    "url": (b"GET /", b"a" * 65_536),
    "trailers": (CHUNKED, b"X-A: b\r\n" * 8_000),
}
ENDS_WITHIN = 25.0  # seconds
ENOUGH = 64 * 2**20  # bytes; without a bound they take a GiB


@pytest.fixture(scope="module")
def limited(stage: Stage) -> Iterator[Service]:
    """A service that may open few files, and begins with fewer."""
    with stage.service("limited", files=f"{FILES // 2}:{FILES}") as service:
        yield service


def ask(port: int) -> tuple[float, bytes]:
    """Seconds and status of a whole request on a connection of its own; status 0 is no reply."""
    started, reply = time.monotonic(), b""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(WHOLE)
        while part := connection.recv(65_536):
            reply += part
    return time.monotonic() - started, reply[9:12] or b"0"


def median(replies: list[tuple[float, bytes]]) -> float:
    """Milliseconds that half of the replies took at most; all must be 200."""
    assert {status for _, status in replies} == {b"200"}
    return 1e3 * statistics.median(seconds for seconds, _ in replies)


class Attack(threading.Thread):
    """Sends until the connection breaks, or until it has sent more, or for longer, than it should be let."""

    def __init__(self, port: int, begun: bytes, piece: bytes) -> None:
        super().__init__(daemon=True)
        self._port, self._begun, self._piece = port, begun, piece
        self.sent, self.seconds, self.broken = 0, 0.0, False

    def run(self) -> None:
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", self._port), timeout=ENDS_WITHIN) as connection:
            try:
                connection.sendall(self._begun)
                while self.sent < ENOUGH and self.seconds < ENDS_WITHIN:
                    self.sent += connection.send(self._piece)
                    self.seconds = time.monotonic() - started
            except ConnectionError:
                self.broken = True


@pytest.mark.parametrize("kind", ENDLESS)
def test_26_requests_without_end(limited: Service, kind: str, measured: Measured) -> None:
    quiet, before = median([ask(limited.port) for _ in range(30)]), resident(limited.pid)
    attack = Attack(limited.port, *ENDLESS[kind])
    attack.start()
    replies = [ask(limited.port) for _ in range(30)]
    while attack.is_alive():  # for twice 25 seconds at most
        replies.append(ask(limited.port))
    others = median(replies)
    grown = resident(limited.pid) - before
    measured(
        f"ended after {attack.seconds:.2f} s and {attack.sent / 2**20:.1f} MiB; memory grew by {grown:.1f} MiB; "
        f"others' median {others:.1f} ms, {quiet:.1f} ms before"
    )
    assert attack.broken
    assert grown <= 60
    assert others <= 3 * max(
        quiet, scaled(100, 5)
    )  # of less than that, another program's moment is three times as much


@pytest.fixture
def many_files() -> Iterator[None]:
    """This process may open enough files itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (2 * FILES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_27_more_half_sent_requests_than_descriptors(stage: Stage, limited: Service, measured: Measured) -> None:
    log = stage.folder / "limited" / "log"
    before = log.stat().st_size
    with ExitStack() as opened:
        half = []
        for _ in range(1_100):
            half.append(opened.enter_context(socket.create_connection(("127.0.0.1", limited.port))))
            half[-1].sendall(HALF)
        replies = list(asked_for(scaled(2, 30), limited.port))
        files = len(list(Path(f"/proc/{limited.pid}/fd").iterdir()))
        told = Counter(status(connection) for connection in half)
    statuses, slowest = Counter(one for _, one in replies), max(seconds for seconds, _ in replies)
    measured(
        f"{statuses[b'200']} of {len(replies)} × 200, slowest {slowest:.2f} s; {files} descriptors; attacker {told}"
    )
    assert set(statuses) == {b"200"}
    assert slowest <= scaled(30, 2)
    assert told[b"503"] >= 1_100 - FILES
    until(lambda: b"connections_ended" in log.read_bytes()[before:], 30, "a line in the log")
    (line, *_) = [line for line in log.read_text()[before:].splitlines() if "connections_ended" in line]
    assert json.loads(line)["unavailable"] >= 1_100 - FILES
    if scaled(0, 1):
        assert not told[b"open"], "all end within 25 s"


def asked_for(seconds: float, port: int) -> Iterator[tuple[float, bytes]]:
    """Replies to a client that asks every 50 ms."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        yield ask(port)
        time.sleep(0.05)


def status(connection: socket.socket) -> bytes:
    """What a half-sent request was answered with by now."""
    connection.setblocking(False)
    try:
        return connection.recv(65_536)[9:12] or b"closed"
    except BlockingIOError:
        return b"open"
    except ConnectionError:
        return b"reset"


def test_27_the_limit_is_raised_at_start(limited: Service) -> None:
    assert resource.prlimit(limited.pid, resource.RLIMIT_NOFILE) == (FILES, FILES)

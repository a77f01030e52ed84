"""The shipped proxy: half-sent requests, who is refused and how, and clients behind TLS (reliability.md, 27 and 28)."""

import http.client
import json
import re
import resource
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

import pytest

from app.db import Database
from app.settings import ROOT
from tests.conftest import make_settings
from tests.faults.load import scaled
from tests.keys import publish
from tests.proxy import PLACES, SHIPPED, shipped_proxy, tls_proxy
from tests.service import free_port, service_process
from tests.waiting import until
from tests.worlds import World

pytestmark = [pytest.mark.slow, pytest.mark.stack]

Measured = Callable[[str], None]
SENTINEL = "sentinel-of-a-visitor"
BATCH = json.dumps({"queries": ["shoes.com"]}).encode()
# 127.0.0.1 is a proxy, all other addresses of this machine are clients.
SETTINGS = {"GOVTIES_TRUSTED_PROXIES": "127.0.0.1", "GOVTIES_LIMIT_BATCH": "5/minute"}


@dataclass(frozen=True, slots=True)
class Shipped:
    """The shipped proxy in front of a service."""

    port: int
    web: int
    folder: Path

    def refused(self) -> list[dict[str, object]]:
        """What it has logged."""
        return [json.loads(line) for line in (self.folder / "log").read_text().splitlines()]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    folder, proxy = tmp_path_factory.mktemp("web"), tmp_path_factory.mktemp("proxy")
    settings = make_settings(folder, seed_dir=World(folder / "seed").write())
    database = Database(settings)
    database.migrate()
    publish(database, settings.seed_dir)
    database.close()
    with service_process(settings.data_dir, folder / "log", **SETTINGS) as web, shipped_proxy(proxy, web.port) as port:
        yield Shipped(port, web.port, proxy)


@contextmanager
def connected(port: int, source: str) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, 30, (source, 0))) as connection:
        yield connection


def ask(port: int, source: str, path: str, **headers: str) -> tuple[int, HTTPMessage, bytes]:
    """An answer to a client with an address of its own, on a connection of its own."""
    with connected(port, source) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def batches(port: int, source: str, count: int, forged: bool = False) -> list[int]:
    """The statuses of as many batches, over TLS; forged: each says that it comes from somewhere else."""
    context = ssl._create_unverified_context()
    found = []
    for at in range(count):
        made = {"X-Forwarded-For": f"198.51.100.{at}"} if forged else {}
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=30, source_address=(source, 0), context=context
        )
        with closing(connection):
            connection.request("POST", "/v1/lookups", BATCH, {"Content-Type": "application/json", **made})
            found.append(connection.getresponse().status)
    return found


def begun(stack: ExitStack, port: int, source: str, sent: str) -> socket.socket:
    """A connection on which something has been sent; its reader does not wait."""
    made = stack.enter_context(socket.create_connection(("127.0.0.1", port), 30, (source, 0)))
    with suppress(ConnectionError):  # closed at once
        made.sendall(sent.encode())
    made.setblocking(False)
    return made


def arrived(connection: socket.socket) -> bytes | None:
    """What has arrived; None while nothing has, empty once the connection has ended."""
    try:
        return connection.recv(65_536)
    except BlockingIOError:
        return None
    except ConnectionResetError:
        return b""


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Enough of them for 2,000 connections at this end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard < 4096 else max(soft, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_what_is_tested_is_what_is_shipped(shipped: Shipped) -> None:
    """But for the resolver, the upstream block and the port, byte for byte."""
    tested, file = (shipped.folder / "nginx.conf").read_bytes().decode(), SHIPPED.read_bytes().decode()
    assert PLACES.split(tested) == PLACES.split(file)
    assert [found.split(maxsplit=1)[0] for found in PLACES.findall(file)] == ["resolver", "upstream", "listen"]


def test_27_half_sent_requests(shipped: Shipped, descriptors: None, measured: Measured) -> None:
    def good() -> float:
        started = time.monotonic()
        assert ask(shipped.port, "127.0.0.2", "/v1/domains/shoes.com")[0] == 200
        return time.monotonic() - started

    def ended() -> bool:
        took.append(good())
        return all(arrived(one) == b"" for one in opened)

    half = f"GET /v1/domains/{SENTINEL}.com HTTP/1.1\r\nHost: t\r\n"
    took: list[float] = []
    opened: list[socket.socket] = []
    with ExitStack() as stack:
        for _ in range(100):
            opened += [begun(stack, shipped.port, "127.0.0.66", half) for _ in range(20)]
            took.append(good())
        took += [good() for _ in range(100)]
        assert {arrived(one) for one in opened} == {None}, "they were all open meanwhile"
        if scaled(0, 1):  # at full length: until they have run out of time
            until(ended, 30)
            assert [line["status"] for line in shipped.refused()].count(408) == 2_000
    measured(f"2,000 half-sent requests, {len(took)} whole ones answered, the slowest within {max(took):.3f} s")
    assert max(took) <= scaled(10, 2)


def test_27_who_is_refused_gets_a_503_and_a_line_in_the_log(shipped: Shipped, measured: Measured) -> None:
    def refused() -> bool:
        answers.extend(found for one in opened if (found := arrived(one)))
        return len(answers) >= 30

    before = len(shipped.refused())
    answers: list[bytes] = []
    half = f"POST /v1/lookups?{SENTINEL} HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\n{{"
    with ExitStack() as stack:
        opened = [begun(stack, shipped.port, "127.0.0.67", half) for _ in range(230)]
        until(refused)
        assert ask(shipped.port, "127.0.0.2", "/v1/domains/shoes.com")[0] == 200, "another client is not concerned"
        assert len(answers) == 30
    until(lambda: len(shipped.refused()) >= before + 30)
    head, _, body = answers[0].decode().partition("\r\n\r\n")
    assert re.match(r"HTTP/1.1 503 ", head)
    assert {"Content-Type: application/problem+json", "Retry-After: 5", "Access-Control-Allow-Origin: *"} <= set(
        head.split("\r\n")
    )
    assert json.loads(body)["type"] == "/problems/unavailable"
    lines = shipped.refused()[before:]
    measured(f"{len(answers)} of 230 refused, {len(lines)} lines in the log")
    assert [(line["status"], line["upstream"]) for line in lines] == [(503, "")] * 30
    log = (shipped.folder / "log").read_text()
    assert "127.0.0." not in log
    assert SENTINEL not in log
    assert "lookups" not in log


def test_28_clients_behind_tls_are_counted_apart(shipped: Shipped, tmp_path: Path, measured: Measured) -> None:
    with tls_proxy(tmp_path, shipped.port, appends=False) as port:
        statuses = [batches(port, f"127.0.0.{10 + at}", 5) for at in range(8)]
        greedy = batches(port, "127.0.0.18", 12)
    measured(f"8 clients at a limit of 5: {sum(one.count(200) for one in statuses)} of 40 let through")
    assert statuses == [[200] * 5] * 8
    # Where the minute changes meanwhile the window begins anew, once.
    assert 5 <= greedy.count(200) <= 10
    assert set(greedy) == {200, 429}


def test_28_a_forged_address_does_not_count(shipped: Shipped, tmp_path: Path) -> None:
    """Not even behind a proxy that only appends: only the address that it has written itself is believed."""
    with tls_proxy(tmp_path, shipped.port, appends=True) as port:
        statuses = batches(port, "127.0.0.20", 12, forged=True)
        assert batches(port, "127.0.0.21", 1) == [200]
    assert 5 <= statuses.count(200) <= 10
    assert set(statuses) == {200, 429}


@pytest.mark.parametrize("path", ["/about", "/v1/domains/shoes.com", "/healthz"])
def test_compression_is_the_services_own(shipped: Shipped, path: str) -> None:
    for coding in ("br", "gzip", "identity"):
        direct, through = (
            ask(port, "127.0.0.2", path, **{"Accept-Encoding": coding}) for port in (shipped.web, shipped.port)
        )
        assert direct[2] == through[2]
        for name in ("Content-Encoding", "Vary", "ETag", "Content-Length", "Cache-Control"):
            assert direct[1][name] == through[1][name], (coding, name)
        if path == "/about":
            assert through[1]["Content-Encoding"] == (None if coding == "identity" else coding)
            assert "Accept-Encoding" in through[1]["Vary"]


def test_when_connections_run_out_the_log_says_so_and_names_nobody(tmp_path: Path) -> None:
    with shipped_proxy(tmp_path, free_port(), connections=64) as port, ExitStack() as stack:
        for _ in range(200):
            begun(stack, port, "127.0.0.68", f"GET /{SENTINEL} HTTP/1.1\r\nHost: {SENTINEL}\r\n")
        until((tmp_path / "log").read_text)
    log = (tmp_path / "log").read_text()
    assert "64 worker_connections are not enough" in log
    assert "127.0.0." not in log
    assert SENTINEL not in log


@pytest.mark.parametrize(
    ("sent", "status", "type"),
    [
        ("GET / HTTP/1.1\r\n\r\n", 400, "bad-request"),
        ("GET / HTTP/3.7\r\nHost: t\r\n\r\n", 400, "bad-request"),
        (f"GET / HTTP/1.1\r\nHost: t\r\nX: {'x' * 40_000}\r\n\r\n", 400, "bad-request"),
        ("TRACE / HTTP/1.1\r\nHost: t\r\n\r\n", 400, "bad-request"),
        ("POST /v1/lookups HTTP/1.1\r\nHost: t\r\nContent-Length: 65537\r\n\r\n", 413, "body-too-large"),
        (f"GET /{'x' * 9_000} HTTP/1.1\r\nHost: t\r\n\r\n", 414, "uri-too-long"),
    ],
)
def test_what_the_proxy_refuses_is_a_problem(shipped: Shipped, sent: str, status: int, type: str) -> None:  # noqa: A002
    with ExitStack() as stack:
        connection = begun(stack, shipped.port, "127.0.0.2", sent)
        connection.setblocking(True)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        problem = json.loads(answer.read())
    assert (answer.status, problem["status"], problem["type"]) == (status, status, f"/problems/{type}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"`{type}`" in (ROOT / "docs/problems.md").read_text("utf-8")


def test_a_service_that_is_away_is_a_503_that_says_when_to_come_back(tmp_path: Path) -> None:
    with shipped_proxy(tmp_path, free_port()) as port:
        status, headers, body = ask(port, "127.0.0.2", f"/v1/domains/{SENTINEL}.com")
        until((tmp_path / "log").read_text)
    assert (status, headers["Retry-After"], json.loads(body)["type"]) == (503, "5", "/problems/unavailable")
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert {name: json.loads(line)[name] for name in ("status", "upstream", "event")} == {
        "status": 503,
        "upstream": "502",
        "event": "refused",
    }
    assert SENTINEL not in line


def test_what_the_service_refuses_passes_as_it_is(shipped: Shipped) -> None:
    status, headers, body = ask(shipped.port, "127.0.0.2", "/v1/domains/a..b")
    assert (status, json.loads(body)["type"]) == (422, "/problems/invalid-host")
    assert headers.get_all("Access-Control-Allow-Origin") == ["*"]

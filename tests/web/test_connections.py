"""The bounds of a connection, on real sockets: a server in a thread, with seconds made short."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import uvicorn
from prometheus_client import REGISTRY
from starlette.types import Receive, Scope, Send

from app.web import connections
from app.web.connections import MOST_BYTES, MOST_FIELDS, Connection, Connections
from tests.waiting import until

WAIT = 0.3  # seconds, of a hasty server; else it is 20
PATIENCE = 30  # seconds, a deadline
HEAD = b"GET /held HTTP/1.1\r\nHost: t\r\n"
WHOLE = b"GET / HTTP/1.1\r\nHost: t\r\n\r\n"
HELD = HEAD + b"\r\n"
LARGE = 32 * 2**20  # bytes, more than the kernel keeps for a client that does not read
BODIES = {"/large": (b"." * LARGE, 1), "/pieces": (b"." * 2**20, LARGE // 2**20)}  # and in how many pieces


class Application:
    """Answers at once, but for `/held`, which waits to be released. `/large` is long, `/pieces` too and in pieces."""

    def __init__(self) -> None:
        self.held = self.taken = 0
        self.released = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, times = BODIES.get(scope["path"], (b"ok", 1))
        more = scope["method"] == "POST"
        while more:
            message = await receive()
            self.taken += len(message.get("body", b""))
            more = message.get("more_body", False)
        if scope["path"] == "/held":
            self.held += 1
            while not self.released.is_set():
                await asyncio.sleep(0.01)
        headers = [(b"content-length", str(len(body) * times).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for at in range(times):
            await send({"type": "http.response.body", "body": body, "more_body": at + 1 < times})


class Served:
    """A server, its application, and how to connect to it."""

    def __init__(self, most: int) -> None:
        self.application = Application()
        http: Any = Connections(most)
        config = uvicorn.Config(self.application, http=http, ws="none", log_config=None, timeout_graceful_shutdown=5)
        self.server = uvicorn.Server(config)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection over which something has been sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(sent)
        return connection

    def told(self, sent: bytes) -> bytes:
        """All that the server says until it closes."""
        with self.connect(sent) as connection:
            return rest(connection)

    def hold(self) -> socket.socket:
        """A connection whose request is at work."""
        before = self.application.held
        connection = self.connect(HELD)
        until(lambda: self.application.held > before, PATIENCE)
        return connection


def rest(connection: socket.socket) -> bytes:
    """What still comes until the server closes."""
    found = b""
    while part := connection.recv(65_536):
        found += part
    return found


def is_answered(connection: socket.socket) -> bool:
    """Whether the application's short reply comes, whole."""
    found = b""
    while not found.endswith(b"ok"):
        part = connection.recv(65_536)
        if not part:
            return False
        found += part
    return found.startswith(b"HTTP/1.1 200")


def problem(reply: bytes) -> tuple[int, str]:
    """Status and type of a problem, which has all that problems have."""
    head, _, body = reply.partition(b"\r\n\r\n")
    status, *lines = head.decode().lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert headers["content-type"] == "application/problem+json"
    assert headers["access-control-allow-origin"] == "*"
    assert (headers["cache-control"], headers["connection"]) == ("no-store", "close")
    told = json.loads(body)
    assert status.split()[1] == str(told["status"])
    assert (told["status"] == 503) == ("retry-after" in headers)
    return told["status"], told["type"].removeprefix("/problems/")


def closed_for(why: str) -> float:
    return REGISTRY.get_sample_value("govties_connections_ended_total", {"why": why}) or 0.0


@contextmanager
def serving(most: int = 1000) -> Iterator[Served]:
    """A server of so many connections; when told to stop it stops soon, whatever is open."""
    served = Served(most)
    thread = threading.Thread(target=served.server.run, args=([served.listener],))
    thread.start()
    try:
        yield served
    finally:
        served.application.released.set()
        served.server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as made:
        yield made


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server whose seconds are short."""
    monkeypatch.setattr(connections, "WAIT_SECONDS", WAIT)
    monkeypatch.setattr(connections, "LOOK_SECONDS", 0.05)
    with serving() as made:
        yield made


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"X: y\r\n" * MOST_FIELDS + b"X",
        HEAD + b"X: " + b"a" * MOST_BYTES,
        b"GET /" + b"a" * MOST_BYTES,
        b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
        + b"X: y\r\n" * MOST_FIELDS
        + b"X",
        HEAD + b"X: y\r\n" * MOST_FIELDS + b"\r\n",
        HEAD + b"X: " + b"a" * MOST_BYTES + b"\r\n\r\n",
    ],
    ids=["fields", "value", "url", "trailers", "fields of a whole one", "value of a whole one"],
)
def test_a_head_is_bounded(served: Served, sent: bytes) -> None:
    assert problem(served.told(sent)) == (431, "headers-too-large")


def test_what_is_within_the_bounds_is_answered(served: Served) -> None:
    most = WHOLE[:-2] + b"Connection: close\r\n" + b"X: y\r\n" * (MOST_FIELDS - 2) + b"\r\n"
    # Of many requests in one piece none is taken for a long one.
    many = WHOLE[:-2] + b"X: " + b"a" * 1000 + b"\r\n\r\n"
    for sent, count in ((most, 1), (many * 80 + most, 81)):
        assert served.told(sent).count(b"HTTP/1.1 200") == count
    before = served.application.taken
    with served.connect(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 50001\r\n\r\n" + b"a" * 50_000) as connection:
        until(lambda: served.application.taken == before + 50_000, PATIENCE)
        connection.sendall(b"a")
        assert is_answered(connection), "a body does not count as a head"


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b"\x16\x03\x01\x02\x00\x01", b"not an HTTP request"),
        (b"GET / HTTP/9.9\r\n\r\n", b"not an HTTP request"),
        (WHOLE.replace(b"Host: t", b"Host : t"), b"not an HTTP request"),
        ("GET /v1/lookup?url=https://münchen.de/ HTTP/1.1\r\nHost: t\r\n\r\n".encode(), b"percent-encode"),
        (b"GET / HTTP/1.1\r\n\r\n", b"exactly one Host"),
        (b"OPTIONS / HTTP/1.1\r\n\r\n", b"exactly one Host"),
        (b"GET / HTTP/1.1\r\nHost: t\r\nHost: t\r\n\r\n", b"exactly one Host"),
        (b"GET / HTTP/1.0\r\nHost: t\r\nHost: u\r\n\r\n", b"exactly one Host"),
    ],
)
def test_what_is_no_request_is_told_so(served: Served, sent: bytes, detail: bytes) -> None:
    reply = served.told(sent)
    assert problem(reply) == (400, "bad-request")
    assert detail in reply


@pytest.mark.parametrize("upgrade", [b"websocket", b"h2c"])
def test_another_protocol_is_not_taken_up(served: Served, upgrade: bytes) -> None:
    asked = b"Connection: Upgrade\r\nUpgrade: " + upgrade + b"\r\nSec-WebSocket-Key: eA==\r\n"
    with served.connect(WHOLE[:-2] + asked + b"\r\n") as connection:
        assert is_answered(connection)
    assert served.told(b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200"), "HTTP/1.0 needs no Host"


def test_a_request_that_does_not_become_whole_is_given_up(hasty: Served) -> None:
    body = b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nhalf"
    for connection in [hasty.connect(sent) for sent in (HEAD, b"G", body)]:
        with connection:
            assert problem(rest(connection)) == (408, "request-timeout")


def test_who_asks_nothing_is_told_nothing(hasty: Served) -> None:
    unread = b"GET / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nhalf"  # the reply does not wait for the body
    crumb = WHOLE + b"\r\n"  # uvicorn would wait for ever, once a byte has come
    before = closed_for("request-timeout")
    for connection, replies in [
        (hasty.connect(sent), count) for sent, count in ((b"", 0), (WHOLE, 1), (crumb, 1), (unread, 1))
    ]:
        with connection:
            reply = rest(connection)
            assert reply.count(b"HTTP/1.1 200") == reply.count(b"HTTP/1.1") == replies
    assert closed_for("request-timeout") == before + 1, "an idle connection is nothing to report"


def test_work_takes_as_long_as_it_takes(hasty: Served) -> None:
    with hasty.hold() as first, hasty.hold() as worked, hasty.connect(HEAD) as waiting:
        assert problem(rest(waiting))[0] == 408, "longer than a client may take"
        first.sendall(b"\x00")  # what follows is no request; it is not said in the place of the reply that is owed
        assert rest(first) == b""
        hasty.application.released.set()
        assert is_answered(worked)


def test_a_connection_goes_on_after_requests_that_came_at_once() -> None:
    with serving() as served, served.connect(HELD + WHOLE) as connection:
        until(lambda: served.application.held, PATIENCE)
        served.application.released.set()
        replies = b""
        while replies.count(b"ok") < 2:
            replies += connection.recv(65_536)
        connection.sendall(WHOLE)
        assert is_answered(connection)


def test_a_client_that_takes_nothing_of_its_reply_is_left(hasty: Served) -> None:
    before = closed_for("request-timeout")
    asked = WHOLE.replace(b" / ", b" /pieces ")
    with hasty.connect(asked * 2) as connection:  # even with another request that is whole
        until(lambda: closed_for("request-timeout") > before, PATIENCE)
        until(lambda: not hasty.server.server_state.connections, PATIENCE)
        with suppress(ConnectionResetError):
            assert len(rest(connection)) < LARGE


def test_a_client_that_takes_its_reply_slowly_gets_it() -> None:
    with serving() as served, served.connect(WHOLE.replace(b" / ", b" /large ")) as connection:
        until(lambda: served.server.server_state.connections, PATIENCE)
        (ours,) = served.server.server_state.connections
        assert isinstance(ours, Connection)

        def looked_at() -> bool:
            """Whether it is still open after it has been looked at once more."""
            done = threading.Event()
            ours.loop.call_soon_threadsafe(ours.has_waited)
            ours.loop.call_soon_threadsafe(done.set)
            assert done.wait(PATIENCE)
            return not ours.transport.is_closing()

        until(ours.transport.get_write_buffer_size, PATIENCE)
        for _ in range(3):
            assert looked_at()
            before = ours.transport.get_write_buffer_size()
            while ours.transport.get_write_buffer_size() == before:
                assert connection.recv(2**20)
        assert looked_at()
        assert not looked_at(), "it has taken nothing meanwhile"


def test_the_longest_wait_makes_room() -> None:
    with serving(4) as served, served.hold() as worked, served.connect(WHOLE) as active:
        assert is_answered(active)
        with served.connect(HEAD) as first, served.connect(HEAD) as second:
            until(lambda: len(served.server.server_state.connections) == 4, PATIENCE)
            active.sendall(WHOLE)
            assert is_answered(active)
            with served.connect(WHOLE) as another:
                assert is_answered(another)
            assert problem(rest(first)) == (503, "unavailable")
            served.application.released.set()
            active.sendall(WHOLE)
            second.sendall(b"\r\n")
            assert is_answered(active)
            assert is_answered(second)
        assert is_answered(worked)


def test_whole_requests_are_refused_only_where_so_many_are_at_work() -> None:
    with serving(2) as served, served.hold() as one, served.hold() as two:
        for _ in range(3):
            assert problem(served.told(WHOLE)) == (503, "unavailable")
        served.application.released.set()
        assert all(is_answered(each) for each in (one, two))
        with served.connect(WHOLE) as third:
            assert is_answered(third)

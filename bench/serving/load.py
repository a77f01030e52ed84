"""A load generator: one thread, plain sockets that are kept alive, one request at a time on each. It reads just enough
of a reply to know its status and where it ends, so that it takes less of a core than any server here."""

import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

END, LENGTH = b"\r\n\r\n", b"ontent-length: "


@dataclass(slots=True)
class Result:
    """What a run of load found. `busy` is the share of its core that the generator itself took; `failed` are replies
    with another status than expected; latencies are in microseconds."""

    seconds: float = 0.0
    replies: int = 0
    failed: int = 0
    bytes: int = 0
    busy: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Replies a second."""
        return self.replies / self.seconds

    def percentile(self, share: float) -> float:
        """The latency, in µs, that this share (0 to 1) of the replies stayed within."""
        return statistics.quantiles(self.latencies, n=1000, method="inclusive")[int(share * 1000) - 1]


def get(path: str, headers: str = "") -> bytes:
    """The bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    """The bytes of a POST of JSON."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection:
    """One connection and what it waits for."""

    __slots__ = ("buffer", "sent_at", "socket", "whole")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.whole = 0
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def finish(self) -> None:
        """Take the last reply, then close: no server is left with a request whose client is gone."""
        self.whole_reply()
        self.socket.close()

    def whole_reply(self) -> bytes:
        """Wait until the reply is all here."""
        while True:
            if found := self.reply():
                return found

    def reply(self) -> bytes | None:
        """The reply when it is all here."""
        received = self.socket.recv(262_144)
        if not received:
            raise ConnectionError("the server closed a connection")
        self.buffer = self.buffer + received if self.buffer else received
        if not self.whole:
            head = self.buffer.find(END)
            if head < 0:
                return None
            at = self.buffer.find(LENGTH, 0, head)
            length = int(self.buffer[at + 15 : self.buffer.index(b"\r", at)]) if at >= 0 else 0
            self.whole = head + 4 + length
        if len(self.buffer) < self.whole:
            return None
        reply, self.buffer, self.whole = self.buffer, b"", 0
        return reply


def load(port: int, asked: Iterator[bytes], seconds: float, connections: int = 32, status: bytes = b"200") -> Result:
    """Ask for so many seconds on so many connections."""
    found = Result()
    with selectors.DefaultSelector() as selector:
        opened = [Connection(port) for _ in range(connections)]
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        started, used = time.perf_counter(), time.process_time()
        for connection in opened:
            connection.send(next(asked))
        _exchange(selector, asked, found, started + seconds, status)
        found.seconds = time.perf_counter() - started
        found.busy = (time.process_time() - used) / found.seconds
        for connection in opened:
            connection.finish()
    return found


def _exchange(
    selector: selectors.BaseSelector, asked: Iterator[bytes], found: Result, deadline: float, status: bytes
) -> None:
    latencies, now = found.latencies, 0.0
    while now < deadline or found.replies < 2:  # a percentile needs two
        for key, _ in selector.select(30):
            connection: Connection = key.data
            reply = connection.reply()
            if reply is None:
                continue
            now = time.perf_counter()
            latencies.append((now - connection.sent_at) * 1e6)
            found.replies += 1
            found.bytes += len(reply)
            found.failed += reply[9:12] != status
            connection.send(next(asked))


def ask_all(port: int, requests: list[bytes], connections: int = 32) -> list[bytes]:
    """The replies, whole, in the order of the requests."""
    opened = [Connection(port) for _ in range(min(connections, len(requests)))]
    replies: list[bytes] = []
    for at in range(0, len(requests), len(opened) or 1):
        part = list(zip(opened, requests[at : at + len(opened)], strict=False))
        for connection, request in part:
            connection.send(request)
        replies += [connection.whole_reply() for connection, _ in part]
    for connection in opened:
        connection.socket.close()
    return replies


def ask(port: int, request: bytes) -> bytes:
    """One reply, whole."""
    return ask_all(port, [request])[0]

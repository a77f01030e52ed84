"""uvicorn's HTTP connections with the bounds that they lack: bytes and seconds until a request is whole, seconds
without the client taking its reply, and how many may be open at once.

A connection waits for its client, or works for it: from the moment a request is whole until its reply is written. All
stand in one line, and go to its end when a reply is complete. From its head those that wait are closed: when it has
been too long, and when there is no room for another connection.
"""

import resource
from collections import Counter
from typing import Any, Final

import httptools
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from app import logs
from app.errors import AppError
from app.metrics import ENDED
from app.web.guard import ALWAYS, OF_CONTENT, Guard
from app.web.problems import UNFINISHED
from app.web.respond import problem

# Of the request line, the fields and the trailers. The guard bounds the body.
MOST_BYTES: Final = 32 * 1024
# Each field costs memory many times its bytes.
MOST_FIELDS: Final = 100
WAIT_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 2.0
# macOS allows a process no more; it is room for 7,680 connections.
MOST_FILES: Final = 10_240

MALFORMED = AppError("bad-request", 400, "This is not an HTTP request we can read.")
NOT_ASCII = AppError(
    "bad-request", 400, "The address has characters that aren't ASCII: percent-encode them (ü is %C3%BC)."
)
ONE_HOST = AppError("bad-request", 400, "Send exactly one Host header.")
LARGE = AppError(
    "headers-too-large",
    431,
    f"The address and headers are too long: send at most {MOST_BYTES:,} bytes and {MOST_FIELDS} headers.",
)
CROWDED = AppError("unavailable", 503, "Too many connections are open: try again in a moment.", retry_after=2)


def room_for_connections() -> int:
    """Let this process open as many files as it may, and return how many of them may be connections: three quarters."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted * 3 // 4


class Connections:
    """The connections of one process. uvicorn calls it to make one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._line: dict[Connection, float] = {}  # with the time when each came to its end
        self._ended: Counter[str] = Counter()
        self._looks = False

    def __call__(self, **given: Any) -> "Connection":
        """Make a connection."""
        return Connection(self, **given)

    def line_up(self, connection: "Connection") -> None:
        """Put a connection at the end of the line."""
        self._line.pop(connection, None)
        self._line[connection] = connection.loop.time()
        if not self._looks:
            self._looks = True
            connection.loop.call_later(LOOK_SECONDS, self._look, connection.loop)

    def leave(self, connection: "Connection") -> None:
        """Take a connection out of the line, if it stands there."""
        self._line.pop(connection, None)

    def make_room(self, opened: int) -> None:
        """Close the connection that has waited longest, if more are open than there is room for."""
        if opened > self._most and (longest := next((one for one in self._line if not one.works), None)):
            longest.end(CROWDED)

    def is_busy(self, opened: int) -> bool:
        """Tell whether so many connections work that there is no room for another one."""
        return opened > self._most and sum(one.works for one in self._line) >= self._most

    def count(self, why: str) -> None:
        """One more that was closed for its bounds."""
        ENDED.labels(why).inc()
        self._ended[why] += 1

    def _look(self, loop: Any) -> None:
        since = loop.time() - WAIT_SECONDS
        for connection in [one for one, began in self._line.items() if began < since and not one.works]:
            connection.has_waited()
        if self._ended:  # one line, however many a flood brings
            logs.get().warning("connections_ended", **self._ended)
            self._ended.clear()
        self._looks = bool(self._line)
        if self._looks:
            loop.call_later(LOOK_SECONDS, self._look, loop)


class Connection(HttpToolsProtocol):
    """One connection."""

    # The exchange whose head came last. uvicorn says that there is always one.
    cycle: RequestResponseCycle | None  # type: ignore[assignment]

    def __init__(self, connections: Connections, **given: Any) -> None:
        super().__init__(**given)
        self.headers = []
        self._all = connections
        self._taken = 0  # bytes of the request that is not whole yet, without its body
        self._untaken = 0  # bytes of the reply that the client had not taken when it was last looked at

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._all.make_room(len(self.connections))
        self._all.line_up(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave."""
        super().connection_lost(exc)
        self._all.leave(self)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._taken += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # no other protocol is spoken here: the request is answered as it is (RFC 9110, 7.8)
        except httptools.HttpParserInvalidURLError:
            self.end(NOT_ASCII)
        except httptools.HttpParserError:
            self.end(MALFORMED)
        if self._taken and self._is_large() and not self.transport.is_closing():
            self.end(LARGE)

    def on_headers_complete(self) -> None:
        """Give the request to the application, or to what refuses it."""
        self.app = self._refusal() or self.config.loaded_app
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._taken -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin to work: the request is whole."""
        super().on_message_complete()
        self._taken = 0

    def on_response_complete(self) -> None:
        """Begin with the next request if it is here already, or wait for it.

        uvicorn would start a timer, which a single byte stops for good: a client could stay for ever.
        """
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.flow.resume_reading()
            if self.pipeline:
                self._start_asgi_task(*self.pipeline.pop())
        self._all.line_up(self)

    def pause_writing(self) -> None:
        """Wait until the client takes more of its reply."""
        super().pause_writing()
        self._all.line_up(self)

    @property
    def works(self) -> bool:
        """Whether a request is whole and its reply is not written, for no reason that lies with the client."""
        cycle = self.cycle
        return cycle is not None and not (cycle.more_body or cycle.response_complete or self.flow.write_paused)

    def has_waited(self) -> None:
        """Close, unless the client has taken some of its reply since the last look."""
        untaken = self.transport.get_write_buffer_size()
        if untaken not in (0, self._untaken):
            self._untaken = untaken
            self._all.line_up(self)
        elif untaken or self._taken:
            self.end(UNFINISHED)
        else:
            self.transport.close()

    def end(self, error: AppError) -> None:
        """Close, and say why to a client that is owed a reply. One that does not take it is left without."""
        self._all.count(error.type)
        if self.transport.is_closing() or self.transport.get_write_buffer_size():
            self.transport.abort()
            self._all.leave(self)
            return
        if self._taken and self._is_next():
            self.transport.write(_written(error, self.server_state.default_headers))
        self.transport.close()
        self._all.line_up(self)  # until that is written

    def _is_next(self) -> bool:
        """Whether a reply sent now would be the one to the request that is not whole."""
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope:
            return cycle is None or cycle.response_complete
        return cycle.more_body and not cycle.response_started and not self.pipeline

    def _is_large(self) -> bool:
        """Whether too much has come of a request that is not whole."""
        return self._taken > MOST_BYTES or len(self.headers) > MOST_FIELDS

    def _has_large_head(self) -> bool:
        if self._is_large():  # perhaps only with what came in one piece with it
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            return size > MOST_BYTES or len(self.headers) > MOST_FIELDS
        return False

    def _refusal(self) -> ASGIApp | None:
        """What answers instead of the application."""
        named = [name for name, _ in self.headers].count(b"host")
        if named > 1 or (not named and self.parser.get_http_version() == "1.1"):  # RFC 9112, 3.2
            return REFUSALS[ONE_HOST]
        if self._has_large_head():
            return REFUSALS[LARGE]
        return REFUSALS[CROWDED] if self._all.is_busy(len(self.connections)) else None


REFUSALS: Final = {
    error: Guard(problem(error, {"Connection": "close"}), preflights=False) for error in (ONE_HOST, LARGE, CROWDED)
}


def _written(error: AppError, standing: list[tuple[bytes, bytes]]) -> bytes:
    """A whole reply, as bytes."""
    reply = problem(error, {"Connection": "close"})
    headers = [*standing, *reply.raw_headers, *ALWAYS, *OF_CONTENT]
    return b"".join([STATUS_LINE[error.status], *(b"%s: %s\r\n" % pair for pair in headers), b"\r\n", reply.body])

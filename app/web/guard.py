"""The outermost layer: CORS on every answer, security headers, the body limit, one log line a request (by route
template, never by path), and a problem instead of a traceback.

Starlette's CORS middleware leaves the header out when a request has no Origin, which breaks shared caches; here it is
always sent.
"""

import time
from collections.abc import Callable
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.errors import AppError
from app.metrics import REQUESTS, SECONDS
from app.web.problems import INTERNAL
from app.web.respond import problem

MAX_BODY: Final = 64 * 1024
ALWAYS: Final = ((b"access-control-allow-origin", b"*"),)
# A 304 leaves these out: whoever is sent one keeps those that came with the content (RFC 9111, 4.3.4).
OF_CONTENT: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"content-type, if-none-match"),
    (b"access-control-max-age", b"86400"),
)


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, *, preflights: bool = True) -> None:
        """With `preflights`, OPTIONS is answered here and not by the application."""
        self.app = app
        self._preflights = preflights

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        method, head_only = scope["method"], scope["method"] == "HEAD"
        if head_only:
            # Routes know GET. The server keeps its own scope and leaves the body out.
            scope = {**scope, "method": "GET"}

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                guarding = ALWAYS if status == 304 else (*ALWAYS, *OF_CONTENT)
                message["headers"] = [*message["headers"], *_standing(scope), *guarding]
            await send(message)

        try:
            await self._answer(scope, _limited(receive), sending, lambda: status)
        finally:
            route = scope.get("route")
            template = getattr(route, "path", "unmatched")
            seconds = round(time.perf_counter() - started, 6)
            REQUESTS.labels(template, str(status)).inc()
            SECONDS.labels(template).observe(seconds)
            logs.get().info("request", method=method, route=template, status=status, seconds=seconds)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, status: Callable[[], int]) -> None:
        error: AppError
        try:
            if self._preflights and scope["method"] == "OPTIONS":
                await _preflight(send)
                return
            if _declared_length(scope) > MAX_BODY:
                raise _too_large()
            await self.app(scope, receive, send)
            return
        except AppError as expected:
            error = expected
        except ClientDisconnect:  # nobody is left to be answered, and nothing is amiss
            return
        except Exception as unexpected:  # noqa: BLE001  the last line of defence: no traceback reaches a client
            logs.get().error("unexpected", error=logs.place(unexpected))
            error = INTERNAL
        if status() == 0:
            await problem(error)(scope, receive, send)


def _standing(scope: Scope) -> list[tuple[bytes, bytes]]:
    """How the client stands with the limit of this route, where it has one (app/web/limits.py)."""
    standing = scope.get("state", {}).get("standing")
    if standing is None:
        return []
    shown = {"limit": standing.limit, "remaining": standing.remaining, "reset": standing.reset}
    return [(f"ratelimit-{name}".encode(), str(number).encode()) for name, number in shown.items()]


def _too_large() -> AppError:
    return AppError("body-too-large", 413, f"A body has at most {MAX_BODY:,} bytes.")


def _declared_length(scope: Scope) -> int:
    length = Request(scope).headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY:
            raise _too_large()
        return message

    return limited


async def _preflight(send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": list(PREFLIGHT)})
    await send({"type": "http.response.body", "body": b""})

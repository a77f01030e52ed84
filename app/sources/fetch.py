"""One page, politely: one request to a host at a time with a pause between, hop by hop, and never more than so many
bytes or seconds."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import anyio
import httpx2

MAX_BYTES = 2_000_000
MAX_HOPS = 6
MAX_SECONDS = 60.0
PAUSE = 1.0
AT_ONCE = 8
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stood at the end. `url` is the last hop's; `body` is empty where the bytes are packed, `whole` says whether
    they were all read."""

    url: str
    status: int
    media_type: str
    body: bytes
    whole: bool


class BadHop(Exception):  # noqa: N818
    """A redirect that no browser would follow, or one too many."""


class Fetcher:
    """Fetches pages within the limits above."""

    def __init__(self, client: httpx2.AsyncClient, *, pause: float = PAUSE, at_once: int = AT_ONCE) -> None:
        self._client = client
        self._pause = pause
        self._slots = anyio.Semaphore(at_once)
        self._turns: defaultdict[str, anyio.Lock] = defaultdict(anyio.Lock)
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """This host's turn: nobody else asks it meanwhile, and not sooner than a pause after the last."""
        async with self._turns[host]:
            await anyio.sleep(max(0.0, self._free_at.get(host, 0.0) - anyio.current_time()))
            async with self._slots:
                try:
                    yield
                finally:
                    self._free_at[host] = anyio.current_time() + self._pause

    async def get(self, url: str) -> Fetched:
        """The page at an address, over redirects. Raises BadHop, httpx2.HTTPError, TimeoutError."""
        for _ in range(MAX_HOPS):
            async with self.turn(_host(url)):
                with anyio.fail_after(MAX_SECONDS):
                    found, location = await self._hop(url)
            if location is None:
                return found
            url = urljoin(url, location)
        raise BadHop(f"more than {MAX_HOPS - 1} redirects")

    async def _hop(self, url: str) -> tuple[Fetched, str | None]:
        async with self._client.stream("GET", url) as response:
            location = response.headers.get("location") if response.status_code in REDIRECTS else None
            body, whole = (b"", True) if location else await _read(response)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Fetched(str(response.url), response.status_code, media_type, body, whole), location


async def _read(response: httpx2.Response) -> tuple[bytes, bool]:
    """At most MAX_BYTES as they come: bytes that are packed in spite of our asking are not unpacked."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        return b"", False
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= MAX_BYTES:
            return bytes(body[:MAX_BYTES]), False
    return bytes(body), True


def _host(url: str) -> str:
    """The host of an http or https address. Raises BadHop for any other."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not host or not re.match(r"https?://", url, re.IGNORECASE):
        raise BadHop(f"leads to {url[:100]}, which is no web address")
    return host.lower()

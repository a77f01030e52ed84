"""The hot path: `GET /v1/domains/{host}` and `GET /v1/lookup?url=` from this process's memory, in front of FastAPI,
whose routing costs ten times the lookup.

It says what the routes in app/web/lookup.py say, byte for byte (tests/web/test_hot.py). Whatever it is not sure of goes
on to them: other parameters, what is no host, companies whose answer is not in memory yet. It never waits.
"""

from typing import Final
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from app import logs
from app.domains.names import Host, HostError, parse_host, parse_url
from app.metrics import LOOKUPS, REQUESTS, Tally
from app.render.wording import Lang
from app.web.answers import known_answer
from app.web.current import Edition, Library
from app.web.guard import ALWAYS, OF_CONTENT
from app.web.memo import Generations, Heads, Memo, Message, Reply
from app.web.respond import FRESH, JSON, knows

DOMAINS: Final = b"/v1/domains/"
LOOKUP: Final = b"/v1/lookup"
LANGUAGES: Final[dict[bytes, Lang]] = {b"": "en", b"lang=en": "en", b"lang=es": "es"}
SPOKEN: Final[dict[str, Lang]] = {"en": "en", "es": "es"}
# Longer queries go to the routes, whose threads may take their time.
MAX_QUERY: Final = 2048
CACHE: Final = (b"cache-control", FRESH.encode())
OF_200: Final = ((b"content-type", JSON.encode()), *ALWAYS, *OF_CONTENT)
# Starts of so many replies are kept, about 1 KB each. Hosts of one length that one name speaks for share theirs.
KEPT: Final = 8_192
NO_BODY: Final[Message] = {"type": "http.response.body", "body": b""}

ROUTES: Final = ("/v1/domains/{host}", "/v1/lookup")
# Places in the tally: 200 and 304 of the first route, of the second, then memo hits and misses.
TALLIED: Final = [
    *(REQUESTS.labels(route, status) for route in ROUTES for status in ("200", "304")),
    *(LOOKUPS.labels("memo", outcome) for outcome in ("hit", "miss")),
]
HIT, MISS = 4, 5


class Hot:
    """Wraps the guarded application."""

    def __init__(self, app: ASGIApp, library: Library, room: int, *, logs_requests: bool) -> None:
        """`room` is what whole replies may take, in bytes. Requests are counted, and logged only at level debug."""
        self._app = app
        self._library = library
        self._room = room
        self._logs_requests = logs_requests
        self._edition: Edition | None = None
        self._memo = Memo(room)
        self._heads = Generations[tuple[str, int], Heads](KEPT)
        self._tally = Tally(*TALLIED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        found = self._found(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        if found is None:
            await self._app(scope, receive, send)
        else:
            await send(found[0])
            await send(found[1])

    def _found(self, scope: Scope) -> tuple[Message, Message] | None:
        """Start and body of the response, where memory has them."""
        edition = self._library.current.known
        path: bytes = scope.get("raw_path") or b""
        if edition is None or not path.startswith((DOMAINS, LOOKUP)):
            return None
        if edition is not self._edition:
            self._edition, self._memo, self._heads = edition, Memo(self._room), Generations(KEPT)
        known = b""
        for name, value in scope["headers"]:
            if name == b"if-none-match":
                known = known or value
            elif name in (b"content-length", b"transfer-encoding"):  # a body is the guard's concern
                return None
        query: bytes = scope["query_string"]
        key = path + b"?" + query
        reply = self._memo.get(key)
        self._tally.count(MISS if reply is None else HIT)
        reply = reply or self._made(key, edition, path, query)
        if reply is None:
            return None
        heads = reply.heads
        same = known and (known == heads.quoted_tag or knows(known.decode("latin-1"), heads.tag))
        self._tally.count(2 * (path == LOOKUP) + bool(same))
        if self._logs_requests:
            _log(scope["method"], path, 304 if same else 200)
        return (heads.same, NO_BODY) if same else (heads.start, reply.body)

    def _made(self, key: bytes, edition: Edition, path: bytes, query: bytes) -> Reply | None:
        """The reply of what memory holds, kept if it is asked for often; None where a route must answer."""
        asked = _asked(path, query)
        if asked is None:
            return None
        found = known_answer(self._library, edition, *asked)
        if found is None:
            return None
        heads = self._started(found.tag, len(found.body), edition)
        reply = Reply(heads, {"type": "http.response.body", "body": found.body}, len(found.body))
        self._memo.offer(key, reply)
        return reply

    def _started(self, tag: str, length: int, edition: Edition) -> Heads:
        """How replies of this tag and length start."""
        key = tag, length
        heads = self._heads.get(key)
        if heads is None:
            heads = _heads(tag, length, edition.release.version)
            self._heads.put(key, heads)
        return heads


def _log(method: str, path: bytes, status: int) -> None:
    logs.get().debug("request", method=method, route=ROUTES[path == LOOKUP], status=status, seconds=0.0)


def _asked(path: bytes, query: bytes) -> tuple[Host, Lang] | None:
    """Host and language, where the request is as plain as nearly all are."""
    try:
        if path.startswith(DOMAINS):
            return _host_asked(path, query)
        return _url_asked(query) if path == LOOKUP and len(query) <= MAX_QUERY else None
    except (HostError, UnicodeDecodeError):
        return None


def _host_asked(path: bytes, query: bytes) -> tuple[Host, Lang] | None:
    lang = LANGUAGES.get(query)
    text = path[len(DOMAINS) :].decode("ascii")
    if lang is None or "/" in text or "%" in text or len(text) > MAX_QUERY:
        return None
    return parse_host(text), lang


def _url_asked(query: bytes) -> tuple[Host, Lang] | None:
    # As Starlette's QueryParams reads it. What is repeated or unknown is the routes' concern.
    pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True)
    names = [name for name, _ in pairs]
    if names not in (["url"], ["url", "lang"], ["lang", "url"]):
        return None
    given = dict(pairs)
    lang = SPOKEN.get(given.get("lang", "en"))
    return (parse_url(given["url"]), lang) if lang and given["url"].isascii() else None


def _heads(tag: str, length: int, release: int) -> Heads:
    quoted = f'"{tag}"'.encode()
    both = [(b"etag", quoted), CACHE, (b"govties-release", str(release).encode())]
    size = (b"content-length", str(length).encode())
    return Heads(
        quoted,
        tag,
        start={"type": "http.response.start", "status": 200, "headers": [*both, size, *OF_200]},
        same={"type": "http.response.start", "status": 304, "headers": [*both, *ALWAYS]},
    )

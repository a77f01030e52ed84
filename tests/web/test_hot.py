"""The hot path says what the routes behind it say, byte for byte, and follows every release."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.metrics import TALLY_SECONDS
from app.settings import Settings
from app.web.hot import TALLIED, Hot
from tests.copies import publish_first
from tests.keys import publish
from tests.worlds import World, tie

App = Callable[..., Awaitable[None]]
Got = tuple[int, list[tuple[bytes, bytes]], bytes]

HOSTS = [
    *("bigco.com", "www.bigco.com", "shoes.com", "old.com", "looked.com", "quiet.com", "nobody.org", "notbigco.com"),
    *("tenant.pages.com", "www.pages.com", "a.sites.bigco.com", "mail.bigco.com", "127.1", "[::1]", "localhost"),
    *("x.onion", "intranet", "co.uk", "other.co.uk", "www.ice.gov", "BigCo.COM.", "a.local", "0x7f.1", "a_b.shoes.com"),
    *("xn--fa-hia.de", "xn--a", "a..b", "-a.com", "a" * 64 + ".com", "a!b.com", "a'b.com", "a&b.com", "$.com", "~.com"),
    *("shoes.com:80", "user@shoes.com", "a." * 130 + "com", "%73hoes.com", "%C3%BC.shoes.com", "shoes.com%00", "%ff"),
    *("", "/", "shoes.com/", "shoes.com/x", "shoes%2ecom", "shoes.com%2F", "home.arpa", "a.home.arpa", "1.2.3.4.5"),
]
URLS = [
    *("https%3A%2F%2Fwww.shoes.com%2Fa%3Fb", "http://shoes.com", "https://user@shoes.com:8443/a#b", "shoes.com", ""),
    *("HTTPS://SHOES.com/%25", "javascript:alert(1)", "http://%C3%BC.com", "http://%ff.com", "+http://shoes.com+"),
    *(r"http://shoes.com\@bigco.com/", "http://a%09b.com", "ftp://old.com", "http://[::1]/", "http://shoes.com./"),
]
TAILS = ["", "?", "?lang=en", "?lang=es", "?lang=xx", "?lang=", "?lang=en&lang=es", "?x=1", "?lang=es&x=1", "?LANG=es"]
MORE = ["", "&lang=es", "&lang=xx", "&url=http://old.com", "&lang=en&lang=es", "&x=1", "&lang", "&", ";lang=es"]
PATHS = [
    *(f"/v1/domains/{host}" for host in HOSTS),
    *(f"/v1/domains/shoes.com{tail}" for tail in TAILS),
    *(f"/v1/lookup?url={url}" for url in URLS),
    *(f"/v1/lookup?url=https://www.shoes.com/{more}" for more in MORE),
    *("/v1/lookup", "/v1/lookup?lang=es&url=http://shoes.com", "/v1/lookup/", "/v1/lookup/x", "/v1/lookups"),
    *("/v1/domains", "/v1//domains/shoes.com", "/v1/domains/shoes.com;x", "/v1/domains/../lookup?url=http://old.com"),
]


async def ask(app: App, path: str, method: str = "GET", **headers: str) -> Got:
    """One request as a server hands it on, without a client that would tidy its path."""
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": decoded(raw),
        "raw_path": raw.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"host", b"t"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    return start["status"], list(start["headers"]), b"".join(message.get("body", b"") for message in sent)


def decoded(raw: str) -> str:
    from_bytes = raw.encode()
    for at in range(256):
        from_bytes = from_bytes.replace(f"%{at:02x}".encode(), bytes([at])).replace(f"%{at:02X}".encode(), bytes([at]))
    return from_bytes.decode("utf-8", "replace")


class Twin:
    """The application, and the routes alone behind its hot path."""

    def __init__(self, hot: Hot) -> None:
        self.hot, self.routes, self.reached = hot, hot._app, 0
        hot._app = self._counted

    async def _counted(self, *asked: Any) -> None:
        self.reached += 1
        await self.routes(*asked)

    def asked(self, path: str, method: str = "GET", **headers: str) -> tuple[Got, bool]:
        """What the application says, and whether its memory alone said it."""
        before = self.reached
        got = anyio.run(lambda: ask(self.hot, path, method, **headers))
        return got, self.reached == before

    def route(self, path: str, method: str = "GET", **headers: str) -> Got:
        return anyio.run(lambda: ask(self.routes, path, method, **headers))


@pytest.fixture
def polled(settings: Settings) -> Settings:
    """With a thread that looks for releases: without it every request looks, and nothing is hot."""
    return settings.model_copy(update={"release_poll": 3600.0})


@pytest.fixture
def twin(polled: Settings, database: Database) -> Iterator[Twin]:
    publish_first(database, polled.seed_dir)
    app = create_app(polled)
    assert isinstance(app, Hot)
    with TestClient(app):
        app._library.current.look()
        yield Twin(app)


def test_the_hot_path_and_the_routes_say_the_same(twin: Twin) -> None:
    for path in PATHS:
        for method in ("GET", "HEAD", "GET"):
            routed = twin.route(path, method)
            assert twin.asked(path, method)[0] == routed, path
            tag = dict(routed[1]).get(b"etag", b'"x"').decode()
            for known in (tag, f"W/{tag}", f'"a", {tag}', "*", " * ", '"other"', tag.strip('"'), "", f"{tag}x"):
                there = twin.asked(path, method, if_none_match=known)[0]
                assert there == twin.route(path, method, if_none_match=known), (path, known)


def test_it_answers_itself_what_is_plain(twin: Twin) -> None:
    plain = [
        *("/v1/domains/www.shoes.com", "/v1/domains/shoes.com?lang=es", "/v1/domains/nobody.org", "/v1/domains/127.1"),
        *("/v1/lookup?url=https%3A%2F%2Fwww.shoes.com%2F", "/v1/lookup?url=http://shoes.com&lang=es"),
        "/v1/domains/tenant.pages.com",
    ]
    for path in plain:
        twin.route(path)
        assert [twin.asked(path)[1] for _ in range(3)] == [True] * 3, path
        assert twin.asked(path, "HEAD")[1]


def test_what_is_odd_is_left_to_the_routes(twin: Twin) -> None:
    for path in ("/v1/domains/%73hoes.com", "/v1/domains/shoes.com?x=1", "/v1/domains/a..b", "/v1/lookup", "/healthz"):
        assert not twin.asked(path)[1], path
    assert not twin.asked("/v1/domains/shoes.com", content_length="3")[1]
    assert not twin.asked("/v1/domains/shoes.com", transfer_encoding="chunked")[1]
    assert not twin.asked("/v1/domains/shoes.com", "POST")[1]


def test_a_company_is_read_once_then_answered_from_memory_for_all_its_hosts(twin: Twin) -> None:
    assert [twin.asked(f"/v1/domains/{host}")[1] for host in ("bigco.com", "www.bigco.com", "bigco.co.uk")] == [
        False,
        True,
        True,
    ]


def test_a_new_release_takes_the_place_of_all_that_was_kept(twin: Twin, world: World, database: Database) -> None:
    path = "/v1/domains/shoes.com"
    before = [twin.asked(path)[0] for _ in range(4)][-1]
    world.companies["shoes"]["ties"] = [tie("shoes-ice-new")]
    world.companies["shoes"]["sources"]["award"] = world.companies["bigco"]["sources"]["award"]
    world.write()
    publish(database, world.folder)
    assert twin.asked(path)[0] == before
    twin.hot._library.current.look()
    after = twin.asked(path)[0]
    assert after[0] == 200
    assert b"shoes-ice-new" in after[2]
    assert dict(after[1])[b"govties-release"] == b"2"
    assert [twin.asked(path)[0] for _ in range(4)] == [after] * 4


def test_before_the_first_release_the_routes_say_so(polled: Settings, database: Database) -> None:
    with TestClient(create_app(polled)) as client:
        assert client.get("/v1/domains/shoes.com").status_code == 503


def test_it_counts_what_it_answers(twin: Twin) -> None:
    async def ask_and_wait() -> None:
        for _ in range(3):
            await ask(twin.hot, "/v1/domains/nobody.org")
        await ask(twin.hot, "/v1/lookup?url=http://nobody.org", if_none_match="*")
        await anyio.sleep(TALLY_SECONDS + 0.2)

    before = [child._value.get() for child in TALLIED]
    anyio.run(ask_and_wait)
    grown = [child._value.get() - old for child, old in zip(TALLIED, before, strict=True)]
    assert grown == [3, 0, 0, 1, 1, 3]

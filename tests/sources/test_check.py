"""What became of a source, and how politely it was asked."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import anyio
import pytest

from app.errors import AppError
from app.seeding.reader import read_tree
from app.sources import fetch
from app.sources.check import Checked, Source, Standing, check, check_all, sources_of
from app.sources.fetch import Fetcher
from app.sources.network import public_client, user_agent
from app.sources.state import State
from tests.sources.site import HERE, Reply, Request, Site, html, local_network, serving
from tests.worlds import World

QUOTE = "we officially closed the deal – “at last”"
STORY = html(
    '<html><head><title> A &amp; B\n story</title></head><p>Then <b>we officially</b> closed the deal - "at last".'
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as site:
        yield site


def look(url: str, *quotes: str, before: Checked | None = None, names: dict[str, str] | None = None) -> Checked:
    async def run() -> Checked:
        async with public_client("test", local_network(names)) as client:
            return await check(Source(url, quotes, ("x:1",)), Fetcher(client, pause=0), before)

    return anyio.run(run)


def packed(text: str) -> Reply:
    body = gzip.compress(text.encode())
    return 200, {"Content-Type": "text/html", "Content-Encoding": "gzip", "Content-Length": str(len(body))}, body


@pytest.mark.parametrize(
    ("reply", "standing", "detail"),
    [
        (STORY, Standing.OK, ""),
        (html("<p>Something else"), Standing.CHANGED, "does not say"),
        (html(f"<script>'{QUOTE}'</script><!-- {QUOTE} --><style>{QUOTE}"), Standing.CHANGED, "does not say"),
        ((200, {"Content-Type": "text/plain"}, QUOTE.encode()), Standing.OK, ""),
        ((200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"), Standing.OK, ""),
        ((200, {}, b""), Standing.OK, ""),
        (packed("<p>Something else"), Standing.OK, ""),
        (html("gone", 404), Standing.DEAD, "answers 404"),
        (html("gone", 410), Standing.DEAD, "answers 410"),
        (html("no", 403), Standing.UNCLEAR, "answers 403"),
        (html("slow down", 429), Standing.UNCLEAR, "answers 429"),
        (html("broken", 503), Standing.UNCLEAR, "answers 503"),
        ((302, {}, b""), Standing.UNCLEAR, "answers 302"),
        ((301, {"Location": "/a"}, b""), Standing.DEAD, "redirects"),
        ((302, {"Location": "/moved"}, b""), Standing.REDIRECTED, "/moved"),
        ((302, {"Location": "/a/"}, b""), Standing.OK, ""),
    ],
)
def test_standing(site: Site, reply: Reply, standing: Standing, detail: str) -> None:
    site.pages = {"/a": reply, "/moved": STORY, "/a/": STORY}
    found = look(site.url("/a"), QUOTE)
    assert (found.standing, detail in found.detail) == (standing, True), found


def test_another_title_than_last_time_is_a_change(site: Site) -> None:
    site.pages = {"/a": STORY}
    first = look(site.url("/a"))
    assert first.title == "A & B story"
    assert look(site.url("/a"), before=first).standing == Standing.OK
    site.pages = {"/a": html("<title>Domain for sale</title>")}
    assert look(site.url("/a"), before=first).standing == Standing.CHANGED


def test_no_such_host_and_no_server_are_dead_when_it_stays_so(site: Site) -> None:
    for url in ("http://nobody.test/", "http://paper.test:1/"):
        first = look(url, names={"paper.test": HERE})
        assert first.standing == Standing.UNCLEAR, "it may be the network, or this machine"
        again = look(url, before=first, names={"paper.test": HERE})
        assert (again.standing, again.since) == (Standing.UNCLEAR, first.since)
        old = replace(first, since="2020-01-01T00:00:00+00:00")
        dead = look(url, before=old, names={"paper.test": HERE})
        assert (dead.standing, "since 2020-01-01" in dead.detail) == (Standing.DEAD, True)
    for url in (
        "http://",
        "ftp://paper.test/",
        "http://[",
        "x",
        "http://paper.test:99999/",
        "http://ä\ud800/",
    ):
        assert look(url).standing == Standing.DEAD, url


def test_what_answers_too_slowly_is_unclear(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.2)
    site.linger = 60.0
    assert look(site.url("/")).standing == Standing.UNCLEAR


def test_no_more_is_read_than_the_limit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 10_000)
    endless = {"Content-Type": "text/html", "Content-Length": "999999999"}
    site.pages = {"/a": (200, endless, b"x" * 200_000)}
    found = look(site.url("/a"), QUOTE)
    assert found.standing == Standing.OK, "a page that was not read whole may say it further down"


@pytest.mark.parametrize("junk", ["<", "<script", "<script>", "<!--", "<title>", "<title", "&", "<style>x</style"])
def test_no_page_takes_long_to_read(site: Site, junk: str) -> None:
    site.pages = {"/a": html(junk * (1_900_000 // len(junk)))}
    assert look(site.url("/a"), QUOTE).standing == Standing.CHANGED


def test_a_host_is_asked_one_at_a_time_with_a_pause_and_others_meanwhile(site: Site) -> None:
    site.linger = 0.02
    sources = [Source(site.url(f"/{n}", host), (), ()) for host in ("a.test", "b.test", "c.test") for n in range(4)]
    done: list[Checked] = []

    async def run() -> None:
        agent = user_agent("1", "https://govties.test")
        async with public_client(agent, local_network()) as client:
            await check_all(sources, Fetcher(client, pause=0.2, at_once=2), {}, done.append)

    anyio.run(run)
    assert len(done) == len(site.asked) == 12
    assert site.most_at_once <= 2
    by_host: dict[str, list[Request]] = {}
    for request in site.asked:
        by_host.setdefault(request.headers["host"], []).append(request)
    assert len(by_host) == 3
    for asked in by_host.values():
        times = sorted(request.at for request in asked)
        assert all(later - earlier >= 0.19 for earlier, later in pairwise(times))
    assert {request.headers["user-agent"] for request in site.asked} == {"govties-sources/1 (+https://govties.test)"}
    assert not any("cookie" in request.headers or "referer" in request.headers for request in site.asked)


def test_sources_of_the_seed_once_each_with_their_places(world: World) -> None:
    found = sources_of(read_tree(world.write()))
    story = next(source for source in found if source.url == "https://paper.example/story")
    assert len(story.places) > 2
    assert all(place.startswith("seed/companies/") and place.rpartition(":")[2].isdigit() for place in story.places)
    assert len({source.url for source in found}) == len(found)
    assert len(sources_of(read_tree(world.folder), "quiet")) == 1


def seen(url: str, standing: Standing = Standing.OK, at: str = "2999-01-01T00:00:00+00:00") -> Checked:
    return Checked(url, standing, "", 200, None, None, at)


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.keep(seen("a", at="2020-01-01T00:00:00+00:00"))
    state.keep(seen("a"))
    state.keep(seen("b", Standing.UNCLEAR))
    path = tmp_path / "sources.jsonl"
    with path.open("a") as file:
        file.write('{"url": "c", "stand')
    again = State(tmp_path)
    assert again.is_fresh("a", 7)
    assert not again.is_fresh("b", 7), "what was unclear is asked again"
    assert not again.is_fresh("c", 7)
    assert len(path.read_text().splitlines()) == 2


def test_a_state_that_cannot_be_kept_ends_the_run_in_one_line(site: Site, tmp_path: Path) -> None:
    state = State(tmp_path)
    (tmp_path / "sources.jsonl").unlink()
    (tmp_path / "sources.jsonl").mkdir()

    async def run() -> None:
        async with public_client("test", local_network()) as client:
            await check_all([Source(site.url("/"), (), ())], Fetcher(client, pause=0), {}, state.keep)

    with pytest.raises(AppError, match=r"sources\.jsonl cannot be used"):
        anyio.run(run)
    with pytest.raises(AppError):
        State(tmp_path)

"""Looks at every source of the seed: is the page still there, still at this address, does it still say so?"""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import anyio
import httpx2

from app.errors import AppError
from app.seeding.reader import Tree
from app.sources.fetch import BadHop, Fetched, Fetcher
from app.sources.network import Refused

DAY = timedelta(hours=20)  # tomorrow's run may be a little earlier
GONE = frozenset({404, 410})
TAG = re.compile(r"<[^<>]*>")
TITLE, END_OF_TITLE = re.compile(r"(?i)<title[^<>]*>"), re.compile(r"(?i)</title")
UNREAD = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE))
    for opening, closing in ((r"<!--", r"-->"), (r"<script\b", r"</script\s*>"), (r"<style\b", r"</style\s*>"))
)
READABLE = frozenset({"text/html", "application/xhtml+xml", "text/plain"})


class Standing(StrEnum):
    """What became of a source. `unclear`: the host would not tell (403, 429, 5xx, too
    slow) or could not be reached today; `refused`: it leads to no
    public address and was not asked."""

    OK = "ok"
    REDIRECTED = "redirected"
    CHANGED = "changed"
    DEAD = "dead"
    UNCLEAR = "unclear"
    REFUSED = "refused"


# What somebody has to mend.
BAD = frozenset({Standing.REDIRECTED, Standing.CHANGED, Standing.DEAD, Standing.REFUSED})


@dataclass(frozen=True, slots=True)
class Source:
    """An address of the seed: its quotes, and the places (`file:line`) where it stands."""

    url: str
    quotes: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was seen of a source, when. `title` is the page's, to compare with next time; `since` when its host could
    not be reached."""

    url: str
    standing: Standing
    detail: str
    status: int | None
    location: str | None
    title: str | None
    at: str
    since: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For the state file and for programs."""
        return asdict(self)


def sources_of(tree: Tree, company: str | None = None) -> list[Source]:
    """Every address that a source of the seed has, once, sorted; of all companies or of one."""
    quotes: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for name, (record, file) in sorted(tree.companies.items()):
        for key, source in record.sources.items() if company in (None, name) else ():
            places.setdefault(source.url, []).append(f"{file.path}:{file.line(('sources', key, 'url'))}")
            quotes.setdefault(source.url, []).extend([source.quote] if source.quote else [])
    return [Source(url, tuple(quotes[url]), tuple(places[url])) for url in sorted(places)]


async def check_all(
    sources: Iterable[Source], fetcher: Fetcher, known: dict[str, Checked], done: Callable[[Checked], None]
) -> None:
    """Check sources, many at once; `done` gets each as it is known. `known` is what was seen before."""

    async def one(source: Source) -> None:
        done(await check(source, fetcher, known.get(source.url)))

    try:
        async with anyio.create_task_group() as group:
            for source in sources:
                group.start_soon(one, source)
    except ExceptionGroup as failed:
        # Not `except*`: what is raised in there leaves as a group again.
        first = failed.exceptions[0]
        if isinstance(first, AppError):
            raise first from None
        raise


async def check(source: Source, fetcher: Fetcher, before: Checked | None = None) -> Checked:
    """What a source is like now."""
    try:
        page = await fetcher.get(source.url)
    except Refused as error:
        return _seen(source, Standing.REFUSED, str(error))
    except (httpx2.TimeoutException, TimeoutError):
        return _seen(source, Standing.UNCLEAR, "no answer in time")
    except httpx2.ConnectError as error:
        return _unreached(source, str(error), before)
    except (BadHop, httpx2.InvalidURL, httpx2.UnsupportedProtocol, ValueError) as error:
        return _seen(source, Standing.DEAD, str(error) or type(error).__name__)
    except httpx2.HTTPError as error:
        return _seen(source, Standing.UNCLEAR, str(error) or type(error).__name__)
    except Exception as error:  # noqa: BLE001  one page must not keep the others from being looked at
        return _seen(source, Standing.UNCLEAR, f"could not be asked ({type(error).__name__})")
    return _judged(source, page, before)


def _unreached(source: Source, detail: str, before: Checked | None) -> Checked:
    """No such host, no connection, no TLS: dead when it stays so for a day; until then it may be the network, or us."""
    now = datetime.now(UTC)
    since = before.since if before and before.since else now.isoformat(timespec="seconds")
    is_dead = now - datetime.fromisoformat(since) >= DAY
    standing = Standing.DEAD if is_dead else Standing.UNCLEAR
    return replace(_seen(source, standing, f"cannot be reached since {since[:10]}: {detail}"), since=since)


def _judged(source: Source, page: Fetched, before: Checked | None) -> Checked:
    said = readable_text(page)
    title = _title(page)
    if page.status in GONE:
        return _seen(source, Standing.DEAD, f"answers {page.status}", page)
    if page.status != 200:
        return _seen(source, Standing.UNCLEAR, f"answers {page.status}", page)
    lost = [quote for quote in source.quotes if said is not None and f" {plain(quote)} " not in f" {said} "]
    if lost and page.whole:
        return _seen(source, Standing.CHANGED, f"does not say “{lost[0]}” any more", page, title)
    if before and before.title and title and before.title != title:
        return _seen(source, Standing.CHANGED, f"was titled “{before.title}”, now “{title}”", page, title)
    if _bare(page.url) != _bare(source.url):
        return _seen(source, Standing.REDIRECTED, f"is at {page.url}", page, title)
    return _seen(source, Standing.OK, "", page, title)


def _seen(
    source: Source, standing: Standing, detail: str, page: Fetched | None = None, title: str | None = None
) -> Checked:
    moved = page.url if page and _bare(page.url) != _bare(source.url) else None
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Checked(source.url, standing, detail, page.status if page else None, moved, title, now)


def _bare(url: str) -> str:
    """An address without what is no move: the scheme, a final slash, the fragment, an empty path."""
    return re.sub(r"^https?://", "", url, flags=re.IGNORECASE).partition("#")[0].rstrip("/")


def readable_text(page: Fetched) -> str | None:
    """The words of a page, to look for a quote in; none where it is no text."""
    if page.media_type not in READABLE or not page.body:
        return None
    text = page.body.decode("utf-8", "replace")
    if page.media_type != "text/plain":
        for opening, closing in UNREAD:
            text = _without(text, opening, closing)
        text = html.unescape(TAG.sub(" ", text))
    return plain(text)


def _without(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """The text without what stands between two marks; in one pass, whatever a page holds."""
    kept, at = [], 0
    while begins := opening.search(text, at):
        kept.append(text[at : begins.start()])
        ends = closing.search(text, begins.end())
        if ends is None:
            return " ".join(kept)
        at = ends.end()
    return " ".join([*kept, text[at:]])


def plain(text: str) -> str:
    """Words alone, in lower case: papers differ in quotes, dashes and spaces from one day to the next."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _title(page: Fetched) -> str | None:
    if page.media_type not in READABLE:
        return None
    text = page.body.decode("utf-8", "replace")
    begins = TITLE.search(text)
    ends = END_OF_TITLE.search(text, begins.end()) if begins else None
    if begins is None or ends is None:
        return None
    return " ".join(html.unescape(text[begins.end() : ends.start()]).split())[:200]

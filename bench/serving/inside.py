"""What an application itself costs, without a server and a network: CPU of one call, in this process. And what the
index of names costs to open. Prints JSON.

python -m bench.serving.inside --folder WORLD --calls 20000
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message

from app.domains.index import map_index
from app.main import create_app
from app.settings import Settings
from bench.serving import peers
from bench.serving.process import memory

ROUNDS = 7


def scope(path: str, tag: str = "") -> dict[str, Any]:
    """The scope of a GET as uvicorn makes it."""
    headers = [(b"host", b"bench")] + ([(b"if-none-match", tag.encode())] if tag else [])
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
        "method": "GET",
        "root_path": "",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "state": {},
    }


async def receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(_: Message) -> None:
    pass


@asynccontextmanager
async def started(app: ASGIApp) -> AsyncIterator[None]:
    """An application between its start-up and its shutdown."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    done: asyncio.Queue[Message] = asyncio.Queue()
    await told.put({"type": "lifespan.startup"})
    spoken = app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, told.get, done.put)
    task = asyncio.ensure_future(spoken)
    await done.get()
    yield
    await told.put({"type": "lifespan.shutdown"})
    await task


async def reply(app: ASGIApp, asked: dict[str, Any]) -> tuple[int, dict[str, str]]:
    """Status and headers of one call."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(dict(asked), receive, keep)
    headers = {name.decode().lower(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], headers


async def cost(app: ASGIApp, scopes: list[dict[str, Any]], calls: int) -> float:
    """Microseconds of CPU a call."""
    made = [dict(one) for one in islice(cycle(scopes), calls)]
    started = time.process_time()
    for one in made:
        await app(one, receive, send)
    return (time.process_time() - started) / calls * 1e6


async def costs(folder: Path, names: list[str], calls: int) -> dict[str, float]:
    """Medians of interleaved rounds, by what was called."""
    ours = create_app(Settings(_env_file=None, data_dir=folder, log_level="warning"))
    async with started(ours):
        plain = [scope(f"/v1/domains/{name}") for name in names]
        for _ in range(3):
            tags = [(await reply(ours, one))[1]["etag"] for one in plain]
        known = [scope(f"/v1/domains/{name}", tag) for name, tag in zip(names, tags, strict=True)]
        # Each is asked once in a round: no memo holds it.
        fresh = (scope(f"/v1/domains/w{at}.{name}") for at, name in enumerate(cycle(names)))
        assert (await reply(ours, known[0]))[0] == 304
        bare, fastapi = peers.bare(folder, ""), peers.fastapi(folder, "")
        found: dict[str, list[float]] = {name: [] for name in ("bare", "fastapi", "304", "memo", "outside")}
        for _ in range(ROUNDS):
            found["bare"].append(await cost(bare, plain, calls))
            found["fastapi"].append(await cost(fastapi, plain, max(1, calls // 10)))
            found["304"].append(await cost(ours, known, calls))
            found["memo"].append(await cost(ours, plain, calls))
            found["outside"].append(await cost(ours, list(islice(fresh, calls)), calls))
    return {name: statistics.median(many) for name, many in found.items()}


def opening(folder: Path) -> dict[str, float]:
    """What it costs to open the index of names that lies in the folder, and to ask it once: ms, MiB of one's own."""
    path = next((folder / "names").glob("*.index"))
    release = path.read_bytes()[8:88].rstrip(b"\0").decode()
    before = memory()[1]
    started = time.perf_counter()
    index = map_index(path, release)
    assert index.get("not.there") is None
    spent = (time.perf_counter() - started) * 1e3
    return {"ms": spent, "private": memory()[1] - before, "bytes": path.stat().st_size, "names": len(index)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--names", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=10_000)
    given = parser.parse_args()
    opened = [opening(given.folder) for _ in range(3)]
    names = (given.folder / "hot.txt").read_text().split()[: given.names]
    found = asyncio.run(costs(given.folder, names, given.calls))
    print(json.dumps({"opening": sorted(opened, key=lambda one: one["ms"])[1], "costs": found}))


if __name__ == "__main__":
    main()

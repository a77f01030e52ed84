"""What the service is measured against, each under uvicorn as the service is:

python -m bench.serving.peers NAME --port 8001 --folder WORLD [--redis redis://…]
"""

import argparse
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Response
from fastapi_cache import FastAPICache
from fastapi_cache.backends.redis import RedisBackend
from fastapi_cache.decorator import cache
from redis import asyncio as redis
from starlette.types import ASGIApp, Receive, Scope, Send

from app.lookup import facts
from bench.serving import naive

# An answer's bytes: as many as the service's own have on average, set by the bench.
SAMPLE = "sample.json"
RELEASE = "release.json"


def sample(folder: Path) -> bytes:
    return (folder / SAMPLE).read_bytes()


def bare(folder: Path, _: str) -> ASGIApp:
    """The least that an ASGI server can do: the same bytes to everybody."""
    body = sample(folder)
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": body})

    return app


def fastapi(folder: Path, _: str) -> ASGIApp:
    """A FastAPI route that has its bytes ready."""
    app, body = FastAPI(), sample(folder)

    @app.get("/v1/domains/{host}")
    async def domain(host: str) -> Response:  # noqa: ARG001  it reads its parameter as the others do
        return Response(body, media_type="application/json")

    return app


def cached(folder: Path, address: str) -> ASGIApp:
    """fastapi-cache2 on Redis, as its own documentation sets it up; each host has its entry."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        FastAPICache.init(RedisBackend(redis.from_url(address)), prefix="bench")
        yield

    app, answer = FastAPI(lifespan=lifespan), json.loads(sample(folder))

    @app.get("/v1/domains/{host}")
    @cache(expire=3600)
    async def domain(host: str) -> dict[str, Any]:
        return {**answer, "query": host}

    return app


def orm(folder: Path, _: str) -> ASGIApp:
    """The naive service."""
    release = facts.Release(**json.loads((folder / RELEASE).read_bytes()))
    return naive.create_app(folder / "naive.db", release)


PEERS: dict[str, Callable[[Path, str], ASGIApp]] = {"bare": bare, "fastapi": fastapi, "cached": cached, "naive": orm}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--redis", default="")
    given = parser.parse_args()
    app = PEERS[given.name](given.folder, given.redis)
    uvicorn.run(app, port=given.port, access_log=False, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()

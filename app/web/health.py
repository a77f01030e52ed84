"""Liveness, readiness, and the schemas and documentation of the interface."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from app.errors import AppError, NotFound
from app.render.schemas import PUBLIC, SEED, public_schema, seed_schema
from app.web.deps import TheLibrary
from app.web.lookup import PROBLEMS
from app.web.respond import content

router = APIRouter(tags=["Service"])


@router.get("/healthz")
async def live() -> dict[str, str]:
    """Whether the process runs."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: PROBLEMS[503]})
def ready(library: TheLibrary) -> dict[str, Any]:
    """Whether lookups can be answered, and what is down. A cache that is away makes things slower, not wrong."""
    state: dict[str, Any] = {"database": "ok", "cache": "none", "release": None}
    down = []
    if library.cache.shared:
        state["cache"] = "ok" if library.cache.shared.ping() else "down"
    try:
        library.database.ping()
    except AppError as error:
        down.append(f"database: down ({error.detail})")
    try:
        state["release"] = library.current.edition().release.version
    except AppError as error:
        down.append(f"release: none ({error.detail})")
    if down:
        raise AppError("not-ready", 503, "; ".join([*down, f"cache: {state['cache']}"]), retry_after=5)
    return {"status": "ready", **state}


@router.get("/schemas/{name}.json", response_class=Response, responses={404: PROBLEMS[422]})
def schema(name: str, request: Request) -> Response:
    """JSON Schema of a public shape, or (`seed-company`, `seed-agency`, `seed-hosted`) of a seed file."""
    if name in PUBLIC:
        found = public_schema(name)
    elif name.removeprefix("seed-") in SEED and name.startswith("seed-"):
        found = seed_schema(name.removeprefix("seed-"))
    else:
        known = ", ".join([*PUBLIC, *(f"seed-{each}" for each in SEED)])
        raise NotFound("schema", f"{name[:40]} (there are: {known})")
    return content(request, json.dumps(found).encode(), media_type="application/schema+json")

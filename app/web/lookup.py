"""`/v1/domains/{host}`, `/v1/lookup`, `/v1/lookups`: the answer about a host."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from app.domains.names import parse_host, parse_query, parse_url
from app.errors import AppError
from app.lookup.answer import Answer
from app.render.schemas import Answers, Problem, Queries
from app.render.wording import Lang
from app.web.answers import Tagged, answer
from app.web.current import Edition, Library
from app.web.deps import Language, TheEdition, TheLibrary
from app.web.limits import TOO_MANY, limited
from app.web.respond import JSON, content, problem_body, tagged

PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"model": Problem, "description": "No host"},
    503: {
        "model": Problem,
        "description": "The data cannot be reached",
        "content": {"application/problem+json": {}},
    },
}
BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Queries.model_json_schema()}},
    }
}

TOO_LARGE: dict[int | str, dict[str, Any]] = {413: {"model": Problem, "description": "The body is over 64 KiB"}}

router = APIRouter(prefix="/v1", tags=["Lookup"], responses=PROBLEMS)


@router.get("/domains/{host}", response_model=Answer)
def domain(host: str, request: Request, library: TheLibrary, edition: TheEdition, lang: Language = "en") -> Response:
    """The answer for a host name: Unicode or punycode, any case, a trailing dot allowed."""
    return replied(request, answer(library, edition, parse_host(host), lang))


@router.get("/lookup", response_model=Answer)
def lookup(
    url: Annotated[str, Query(description="A whole URL, read as a browser reads it (WHATWG).")],
    request: Request,
    library: TheLibrary,
    edition: TheEdition,
    lang: Language = "en",
) -> Response:
    """The answer for a URL."""
    return replied(request, answer(library, edition, parse_url(url), lang))


@router.post(
    "/lookups",
    response_model=Answers,
    responses=TOO_LARGE | TOO_MANY,
    openapi_extra=BATCH_BODY,
    dependencies=[Depends(limited("batch"))],
)
async def lookups(request: Request, library: TheLibrary, edition: TheEdition, lang: Language = "en") -> Response:
    """The answers for up to 100 hosts or URLs, in their order; what is no host has an error in its place."""
    body = await request.body()
    try:
        queries = Queries.model_validate_json(body).queries
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        detail = f'{where}: {first["msg"]}. Send {{"queries": [at most 100 hosts or URLs]}}.'
        raise AppError("invalid-body", 422, detail) from None
    parts = await run_in_threadpool(lambda: [_one(library, edition, query, lang) for query in queries])
    return content(request, b'{"answers":[' + b",".join(parts) + b"]}")


def replied(request: Request, found: Tagged) -> Response:
    """The response of an answer."""
    return tagged(request, found.body, JSON, found.tag)


def _one(library: Library, edition: Edition, query: str, lang: Lang) -> bytes:
    try:
        return answer(library, edition, parse_query(query), lang).body
    except AppError as error:
        return json.dumps({"query": query, "error": problem_body(error)}).encode()

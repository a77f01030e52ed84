"""`/v1/domains/{host}`, `/v1/lookup`, `/v1/lookups`: the answer about a host."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from app.domains.names import Host, parse_host, parse_query, parse_url
from app.errors import AppError
from app.lookup.answer import Answer
from app.lookup.service import Hit, resolve
from app.render.schemas import ANSWER, Answers, Problem, Queries
from app.render.wording import Lang, with_summary
from app.web.current import Edition, Library
from app.web.deps import Language, TheEdition, TheLibrary
from app.web.respond import content, problem_body

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

# How a company's cached answer begins; the host asked about goes in its place.
EMPTY = b'{"query":"","domain":null,'


def answer_bytes(library: Library, edition: Edition, host: Host, lang: Lang) -> bytes:
    """The JSON answer about a host."""
    found = resolve(host, edition.index, edition.release)
    if not isinstance(found, Hit):
        return ANSWER.dump_json(with_summary(found, lang))
    rest = library.answer(edition, found.company, lang).removeprefix(EMPTY)
    return json.dumps({"query": host.name, "domain": found.domain}, separators=(",", ":"))[:-1].encode() + b"," + rest


@router.get("/domains/{host}", response_model=Answer)
def domain(host: str, request: Request, library: TheLibrary, edition: TheEdition, lang: Language = "en") -> Response:
    """The answer for a host name: Unicode or punycode, any case, a trailing dot allowed."""
    return content(request, answer_bytes(library, edition, parse_host(host), lang))


@router.get("/lookup", response_model=Answer)
def lookup(
    url: Annotated[str, Query(description="A whole URL, read as a browser reads it (WHATWG).")],
    request: Request,
    library: TheLibrary,
    edition: TheEdition,
    lang: Language = "en",
) -> Response:
    """The answer for a URL."""
    return content(request, answer_bytes(library, edition, parse_url(url), lang))


@router.post("/lookups", response_model=Answers, responses=TOO_LARGE, openapi_extra=BATCH_BODY)
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


def _one(library: Library, edition: Edition, query: str, lang: Lang) -> bytes:
    try:
        return answer_bytes(library, edition, parse_query(query), lang)
    except AppError as error:
        return json.dumps({"query": query, "error": problem_body(error)}).encode()

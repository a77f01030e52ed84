"""Responses: strong ETags and 304s, cache headers, problem+json, pages."""

import hashlib
import json
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import FileResponse

from app.errors import PROBLEM_BASE, AppError

JSON = "application/json"
FRESH = "public, max-age=60"
# Shared caches ask again after a minute: a release whose claim was retracted must be gone from them too.
IMMUTABLE = "public, max-age=31536000, s-maxage=60, immutable"
ETAG = re.compile(r'(?:W/)?"([^"]*)"')


def content(
    request: Request,
    body: bytes,
    *,
    media_type: str = JSON,
    cache: str = FRESH,
    headers: dict[str, str] | None = None,
) -> Response:
    """A 200 with its ETag, or a 304 when the client has these very bytes."""
    return tagged(request, body, media_type, hashlib.sha256(body).hexdigest()[:32], cache=cache, headers=headers)


def tagged(
    request: Request,
    body: bytes,
    media_type: str,
    tag: str,
    *,
    cache: str = FRESH,
    headers: dict[str, str] | None = None,
) -> Response:
    """A 200 under a tag that is known already, or a 304."""
    sent = _headers(request, tag, cache, headers)
    if is_known(request, tag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=media_type, headers=sent)


def file_content(request: Request, path: Path, media_type: str, tag: str, filename: str) -> Response:
    """A file of a release that lies on the disk, under a tag of its content, to be saved under a name."""
    sent = _headers(request, tag, IMMUTABLE, None)
    if is_known(request, tag):
        return Response(status_code=304, headers=sent)
    return FileResponse(path, media_type=media_type, headers=sent, filename=filename)


def is_known(request: Request, tag: str) -> bool:
    """Whether the client has the content of this tag."""
    return request.method == "GET" and knows(request.headers.get("if-none-match", ""), tag)


def knows(if_none_match: str, tag: str) -> bool:
    """Whether a header If-None-Match names a tag, weakly or not (RFC 9110, 13.1.2)."""
    return if_none_match.strip() == "*" or tag in ETAG.findall(if_none_match)


def _headers(request: Request, tag: str, cache: str, headers: dict[str, str] | None) -> dict[str, str]:
    return {"ETag": f'"{tag}"', "Cache-Control": cache, **_release(request), **(headers or {})}


def _release(request: Request) -> dict[str, str]:
    """Which release an answer was made from, where it was made from one."""
    number = getattr(request.state, "release", None)
    return {} if number is None else {"Govties-Release": str(number)}


def encodings(request: Request) -> set[str]:
    """The content codings that a client takes (RFC 9110, Accept-Encoding)."""
    listed = [part.partition(";") for part in request.headers.get("accept-encoding", "").lower().split(",")]
    return {name.strip() for name, _, weight in listed if not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)}


def problem_body(error: AppError) -> dict[str, Any]:
    """The members of a problem (RFC 9457)."""
    return {
        "type": PROBLEM_BASE + error.type,
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
    }


def problem(error: AppError, headers: dict[str, str] | None = None) -> Response:
    """An error as problem+json; never cached."""
    sent = {"Cache-Control": "no-store", **(headers or {})}
    if error.retry_after is not None:
        sent["Retry-After"] = str(error.retry_after)
    body = json.dumps(problem_body(error), ensure_ascii=False).encode()
    return Response(body, error.status, media_type="application/problem+json", headers=sent)

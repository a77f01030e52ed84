"""Responses: strong ETags and 304s, cache headers, problem+json, pages."""

import hashlib
import json
import re
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response

from app.errors import PROBLEM_BASE, AppError

JSON = "application/json"
FRESH = "public, max-age=60"
IMMUTABLE = "public, max-age=31536000, immutable"
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
    tag = hashlib.sha256(body).hexdigest()[:32]
    sent = {"ETag": f'"{tag}"', "Cache-Control": cache, **(headers or {})}
    known = request.headers.get("if-none-match", "")
    if request.method == "GET" and (known.strip() == "*" or tag in ETAG.findall(known)):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=media_type, headers=sent)


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

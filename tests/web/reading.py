"""Reading a page as a browser asks for it and a person sees it."""

import html
import re

from starlette.testclient import TestClient

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def page(client: TestClient, path: str, status: int = 200, **params: str) -> str:
    response = client.get(path, params=params or None, headers=BROWSER)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.text


def text(body: str) -> str:
    """What a reader sees, roughly: without tags, white space as single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())

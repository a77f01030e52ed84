"""Asks a web archive to save a page, and believes only an address that the archive itself gives.

The form is that of the Internet Archive's Save Page Now (SPN2): `POST {save}` with `url=` answers `{"job_id": …}`;
`GET {save}/status/{job_id}` answers `pending`, `error` with a message, or `success` with `timestamp` and
`original_url`, of which the copy's address is made: `/web/{timestamp}/{original_url}`. The copy is opened before it is
recorded.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx2
from ruamel.yaml.comments import CommentedMap

from app.errors import AppError
from app.seeding.editing import parse, replace, written
from app.sources.fetch import BadHop, Fetcher

POLL_SECONDS = 5.0
POLLS = 36
# Members of a source that stand before archive_url (seed/README.md).
BEFORE = ("url", "publisher", "type", "title", "published_at", "retrieved_at")
MAX_REPLY = 100_000


class NotSaved(Exception):  # noqa: N818
    """The archive has no copy for us, and says why."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A web archive: its save address, and the key that it gave us (`access:secret`), if any."""

    save_url: str
    key: str | None
    client: httpx2.AsyncClient
    fetcher: Fetcher
    poll_seconds: float = POLL_SECONDS

    async def save(self, url: str) -> str:
        """The address of a fresh copy. Raises NotSaved."""
        try:
            job = await self._asked("POST", self.save_url, {"url": url})
            if not isinstance(job.get("job_id"), str) or not re.fullmatch(r"[\w.-]{1,100}", job["job_id"]):
                raise NotSaved(str(job.get("message") or "the archive named no job")[:200])
            copy = self._copy(await self._finished(job["job_id"]), url)
            page = await self.fetcher.get(copy)
        except (httpx2.HTTPError, httpx2.InvalidURL, BadHop, TimeoutError) as error:
            raise NotSaved(str(error) or type(error).__name__) from None
        if page.status != 200:
            raise NotSaved(f"{copy} answers {page.status}: run this again later")
        return copy

    async def _finished(self, job: str) -> dict[str, Any]:
        for _ in range(POLLS):
            reply = await self._asked("GET", f"{self.save_url}/status/{job}")
            if reply.get("status") == "success":
                return reply
            if reply.get("status") != "pending":
                raise NotSaved(str(reply.get("message") or reply.get("status_ext") or reply.get("status"))[:200])
            await anyio.sleep(self.poll_seconds)
        raise NotSaved("the archive had not finished in time: run this again later")

    def _copy(self, reply: dict[str, Any], url: str) -> str:
        stamp, original = str(reply.get("timestamp")), str(reply.get("original_url"))
        if not re.fullmatch(r"[0-9]{14}", stamp):
            raise NotSaved("the archive gave no time of its copy")
        if _same(original) != _same(url):
            raise NotSaved(f"the archive saved {original[:100]} instead")
        parts = urlsplit(self.save_url)
        return f"{parts.scheme}://{parts.netloc}/web/{stamp}/{original}"

    async def _asked(self, method: str, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        headers = {"Accept": "application/json"} | ({"Authorization": f"LOW {self.key}"} if self.key else {})
        async with (
            self.fetcher.turn(urlsplit(url).hostname or ""),
            self.client.stream(method, url, data=form, headers=headers) as response,
        ):
            if response.status_code in (401, 403):
                raise NotSaved(f"the archive refuses us ({response.status_code}): set GOVTIES_ARCHIVE_KEY")
            if response.status_code != 200:
                raise NotSaved(f"the archive answers {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_REPLY:
                    raise NotSaved("the archive's answer has no end")
        try:
            reply = httpx2.Response(200, content=bytes(body)).json()
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            raise NotSaved("the archive's answer is no JSON object")
        return reply


def _same(url: str) -> str:
    return re.sub(r"^https?://", "", url, flags=re.IGNORECASE).rstrip("/")


def record(paths: list[Path], url: str, copy: str) -> int:
    """Write a copy's address into every source of these files that has the page's and no copy yet; all else in the
    files stays as it is. Returns how many there were. Raises AppError where a file cannot be written."""
    found = 0
    for path in paths:
        try:
            body = parse(path.read_text("utf-8"))
            open_ones = [s for s in body.get("sources", {}).values() if s["url"] == url and not s.get("archive_url")]
            for source in open_ones:
                _insert(source, copy)
            if open_ones:
                replace(path, written(body))
        except OSError as error:
            raise AppError("file", 422, f"{path} cannot be written ({error.strerror}).") from None
        found += len(open_ones)
    return found


def _insert(source: CommentedMap, copy: str) -> None:
    source.pop("archive_url", None)
    at = max((list(source).index(name) + 1 for name in BEFORE if name in source), default=0)
    source.insert(at, "archive_url", copy)

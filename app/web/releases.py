"""`/v1/release` and its signature, the immutable files of releases, and the log of changes."""

import base64
from typing import Annotated, Any

import brotli
from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from app.errors import NotFound
from app.queries import releases as query
from app.releases.build import gone
from app.releases.downloads import DOWNLOADS
from app.render.feed import atom
from app.render.schemas import ChangeList, Manifest, Problem
from app.web.companies import MISSING
from app.web.deps import TheEdition, TheLibrary, TheSettings
from app.web.limits import TOO_MANY, count
from app.web.lookup import PROBLEMS
from app.web.respond import IMMUTABLE, JSON, content, encodings, file_content, is_known, tagged

GONE: dict[int | str, dict[str, Any]] = {410: {"model": Problem, "description": "A claim in it was retracted"}}
PAGE = 100
FEED = 50

router = APIRouter(prefix="/v1", tags=["Releases"], responses=PROBLEMS)
feed = APIRouter(include_in_schema=False)
CHANGES: TypeAdapter[ChangeList] = TypeAdapter(ChangeList)


@router.get("/release", response_model=Manifest)
def release(request: Request, edition: TheEdition) -> Response:
    """The manifest of the current release: its files, each with its size and SHA-256. These are the signed bytes."""
    return content(request, edition.manifest.body)


@router.get("/release.sig", response_class=Response)
def signature(request: Request, edition: TheEdition) -> Response:
    """The Ed25519 signature over the bytes of the manifest, in base64."""
    return content(request, base64.b64encode(edition.manifest.signature) + b"\n", media_type="text/plain")


@router.get("/releases/{version}/{name}", responses=MISSING | GONE | TOO_MANY, response_class=Response)
def release_file(version: int, name: str, request: Request, library: TheLibrary) -> Response:
    """A file of a release: the snapshot, a delta, or a download. It never changes."""
    if not 0 < version < 2**31 or len(name) > 100 or "\0" in name:
        raise NotFound("release file", f"{version}/{name}")
    if name in DOWNLOADS:
        count(request, "exports")
        return _download(request, library, version, name)
    return _packed(request, library, version, name)


def _packed(request: Request, library: TheLibrary, version: int, name: str) -> Response:
    """A file in the best encoding that the client takes. Its hash is that of the decoded bytes, so each encoding has an
    ETag of its own."""
    coding = next((one for one in ("br", "gzip") if one in encodings(request)), None)
    with library.database.read() as session:
        found = query.described_file(session, version, name)
        if found is None:
            raise NotFound("release file", f"{version}/{name}")
        sha256, withdrawn = found
        if withdrawn:
            raise gone()
        tag, headers = f"{sha256[:32]}-{coding or 'identity'}", {"Vary": "Accept-Encoding"}
        if is_known(request, tag):
            return tagged(request, b"", JSON, tag, cache=IMMUTABLE, headers=headers)
        body = query.file_bytes(session, version, name, coding or "br")
        if body is None:  # withdrawn between the two looks
            raise gone()
    if coding is None:
        body = brotli.decompress(body)
    else:
        headers |= {"Content-Encoding": coding}
    return tagged(request, body, JSON, tag, cache=IMMUTABLE, headers=headers)


def _download(request: Request, library: TheLibrary, version: int, name: str) -> Response:
    path, tag = library.downloads.path(version, name)
    return file_content(
        request, path, DOWNLOADS[name], f"{tag}-{name}", name.replace("govties", f"govties-{version}", 1)
    )


@router.get("/changes", response_model=ChangeList)
def changes(
    request: Request,
    library: TheLibrary,
    edition: TheEdition,
    since: Annotated[int, Query(ge=0, le=2**31 - 1, description="The cursor of the last change that you have.")] = 0,
) -> Response:
    """What changed, record by record, oldest first: every change once, 100 a page. `next` is null at the end; ask
    again later with the last cursor you got."""
    with library.database.read() as session:
        found = query.changes(session, since=since, limit=PAGE + 1, up_to=edition.row.number)
    page = tuple(found[:PAGE])
    following = f"/v1/changes?since={page[-1].cursor}" if len(found) > PAGE else None
    return content(request, CHANGES.dump_json(ChangeList(changes=page, next=following)))


@feed.get("/changes.atom")
def changes_feed(request: Request, library: TheLibrary, edition: TheEdition, settings: TheSettings) -> Response:
    """The latest changes as an Atom feed."""
    with library.database.read() as session:
        found = query.latest_changes(session, up_to=edition.row.number, limit=FEED)
    body = atom(found, settings.address, edition.release.published_at)
    return content(request, body, media_type="application/atom+xml")

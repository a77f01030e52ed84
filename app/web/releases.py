"""`/v1/release` and the immutable files of releases."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from app.errors import AppError, NotFound
from app.queries import read
from app.render.schemas import Manifest, Problem, ReleaseFile
from app.web.companies import MISSING
from app.web.deps import TheEdition, TheLibrary
from app.web.lookup import PROBLEMS
from app.web.respond import IMMUTABLE, content

GONE: dict[int | str, dict[str, Any]] = {410: {"model": Problem, "description": "A claim in it was retracted"}}

router = APIRouter(prefix="/v1", tags=["Releases"], responses=PROBLEMS)
MANIFEST: TypeAdapter[Manifest] = TypeAdapter(Manifest)


@router.get("/release", response_model=Manifest)
def release(request: Request, edition: TheEdition) -> Response:
    """The current release and its files, each with its size and SHA-256."""
    files = tuple(
        ReleaseFile(role=file.role, url=f"/v1/releases/{file.release}/{file.name}", size=file.size, sha256=file.sha256)
        for file in edition.files
    )
    manifest = Manifest(
        version=edition.release.version,
        published_at=edition.release.published_at,
        content_hash=edition.row.content_hash,
        counts=edition.row.counts,
        files=files,
    )
    return content(request, MANIFEST.dump_json(manifest))


@router.get("/releases/{version}/{name}", responses=MISSING | GONE, response_class=Response)
def release_file(version: int, name: str, request: Request, library: TheLibrary) -> Response:
    """A file of a release. It never changes."""
    found = None
    if 0 < version < 2**31 and len(name) <= 100 and "\0" not in name:
        with library.database.read() as session:
            found = read.release_file(session, version, name)
            if found and read.retracted_since(session, version):
                raise AppError("gone", 410, "This release held a claim that has been retracted; take the current one.")
    if found is None:
        raise NotFound("release file", f"{version}/{name}")
    file, body = found
    return content(request, body, media_type=file.media_type, cache=IMMUTABLE)

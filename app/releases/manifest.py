"""The manifest: what a release consists of and how long that may be believed, signed as the bytes it is served in."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.db import ReadSession, WriteSession
from app.models import Manifest, Release, ReleaseFile
from app.queries.read import iso
from app.queries.releases import release_files
from app.releases.signing import Keys, key_id
from app.releases.snapshot import dump

LIFETIME: Final = timedelta(days=7)

# Signed afresh when it is older than this; readers ask once a day.
FRESH: Final = timedelta(hours=20)


def file_url(file: ReleaseFile) -> str:
    """The path under which a release file is served."""
    return f"/v1/releases/{file.release}/{file.name}"


def sign(session: WriteSession, release: Release, keys: Keys, now: datetime) -> Manifest:
    """Write the manifest of a release, signed with the current key, in place of an older one."""
    issued, signer = now.replace(microsecond=0), keys.public[0]
    body = dump(_members(session, release, keys, issued))
    manifest = Manifest(
        release=release.number,
        issued_at=issued,
        expires_at=issued + LIFETIME,
        key_id=key_id(signer),
        body=body,
        signature=keys.current.sign(body),
    )
    session.merge(manifest)
    session.flush()
    return manifest


def _members(session: WriteSession, release: Release, keys: Keys, issued: datetime) -> dict[str, Any]:
    reader = ReadSession(session.connection())
    return {
        "version": release.number,
        "published_at": iso(release.published_at),
        "issued_at": iso(issued),
        "expires_at": iso(issued + LIFETIME),
        "key_id": key_id(keys.public[0]),
        "content_hash": release.content_hash,
        "counts": release.counts,
        "shrunk": release.shrunk,
        "files": [_file(file) for file in release_files(reader, release.number)],
        "keys": keys.described(),
    }


def _file(file: ReleaseFile) -> dict[str, Any]:
    start = {} if file.from_release is None else {"from": file.from_release}
    return {"role": file.role, **start, "url": file_url(file), "size": file.size, "sha256": file.sha256}


def is_due(manifest: Manifest | None, keys: Keys, now: datetime) -> bool:
    """Whether the manifest wants to be signed afresh: it is a day old, or another key signs now."""
    if manifest is None or manifest.key_id != key_id(keys.public[0]):
        return True
    return now - manifest.issued_at.replace(tzinfo=UTC) > FRESH

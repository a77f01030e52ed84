"""The manifest: what a release consists of and how long that may be believed, signed as the bytes it is served in."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.db import ReadSession, WriteSession
from app.errors import ClockBehind
from app.models import Manifest, Release, ReleaseFile
from app.queries.read import iso
from app.queries.releases import newest_check, release_files
from app.releases.signing import Keys, key_id
from app.releases.snapshot import dump
from app.releases.verify import SKEW

LIFETIME: Final = timedelta(days=7)

# Signed afresh when it is older than this; readers ask once a day.
FRESH: Final = timedelta(hours=20)


def file_url(file: ReleaseFile) -> str:
    """The path under which a release file is served."""
    return f"/v1/releases/{file.release}/{file.name}"


def require_clock(session: ReadSession, now: datetime) -> None:
    """Raise ClockBehind if published records were checked on a later day than today, with a day's grace for time zones.

    The times of earlier signatures prove nothing: a clock that was ahead once leaves the same times as one that is
    behind now. Refusing to sign would then cost readers their release for as long as it was ahead (docs/releases.md).
    """
    newest = newest_check(session)
    if newest and newest > now.date() + timedelta(days=1):
        raise ClockBehind(now.date(), f"what is published was checked on {newest}")


def sign(session: WriteSession, release: Release, keys: Keys, now: datetime) -> Manifest:
    """Write the manifest of a release, signed with the current key, in place of an older one. Raises ClockBehind."""
    require_clock(ReadSession(session.connection()), now)
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
    """Whether the manifest wants to be signed afresh: it is a day old, another key signs now, or it was issued so far
    ahead, by a wrong clock, that readers refuse it."""
    if manifest is None or manifest.key_id != key_id(keys.public[0]):
        return True
    age = now - manifest.issued_at.replace(tzinfo=UTC)
    return age > FRESH or age < -SKEW

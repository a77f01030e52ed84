"""The manifest of the current release, signed afresh before it expires."""

from datetime import UTC, datetime

from app.db import Database, ReadSession
from app.queries import read
from app.queries import releases as query
from app.releases import manifest
from app.releases.signing import Keys


def renew(database: Database, keys: Keys, now: datetime | None = None, *, force: bool = False) -> int | None:
    """Sign the current manifest afresh where that is due (or `force`): the same release, a later expiry. Returns the
    release, or None where nothing was due or nothing is published. Raises ClockBehind."""
    moment = now or datetime.now(UTC)
    with database.write() as session:
        reader = ReadSession(session.connection())
        release = read.current_release(reader)
        if release is None:
            return None
        if not force and not manifest.is_due(query.manifest(reader, release.number), keys, moment):
            return None
        manifest.sign(session, release, keys, moment)
        return release.number

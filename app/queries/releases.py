"""Selects releases, their files and manifests, and the log of changes."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, undefer

from app.db import ReadSession
from app.lookup.dates import earliest
from app.models import Change, Manifest, Record, Release, ReleaseFile, Step
from app.queries.read import in_release, iso

PART = 10_000

# What people read of in the log of corrections.
CLAIMS = ("company", "domain", "note", "ownership", "tie")

# Records that carry the day on which somebody compared them with their source.
CHECKED = ("domain", "note", "ownership")

# In a record as it is written (seeding/store.py). To decode them all would take every publication far longer.
CHECKED_ON = re.compile(r'"verified_at":"([0-9-]+)"')

BEFORE, AFTER = aliased(Record), aliased(Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOut:
    """One change of one record. `before` and `after` are null where there was or is none, and where the text is not
    repeated because the claim was retracted."""

    cursor: int
    release: int
    type: str
    claim: str
    company: str | None
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    note: str | None
    at: str


def releases(session: ReadSession) -> list[Release]:
    """All releases, the newest first."""
    return list(session.scalars(select(Release).order_by(Release.number.desc())))


def release(session: ReadSession, number: int) -> Release | None:
    """One release by its number."""
    return session.get(Release, number)


def release_files(session: ReadSession, release: int) -> list[ReleaseFile]:
    """The files of a release, without their bytes."""
    query = select(ReleaseFile).where(ReleaseFile.release == release)
    return list(session.scalars(query.order_by(ReleaseFile.role.desc(), ReleaseFile.from_release.desc())))


def release_file(session: ReadSession, release: int, name: str) -> ReleaseFile | None:
    """A file of a release and its bytes."""
    query = select(ReleaseFile).where(ReleaseFile.release == release, ReleaseFile.name == name)
    return session.scalars(query.options(undefer(ReleaseFile.br), undefer(ReleaseFile.gzip))).first()


def described_file(session: ReadSession, release: int, name: str) -> tuple[str, bool] | None:
    """The SHA-256 of a file of a release, and whether it was withdrawn; its bytes are not read."""
    query = select(ReleaseFile.sha256, ReleaseFile.br.is_(None)).where(ReleaseFile.release == release)
    found = session.execute(query.where(ReleaseFile.name == name)).first()
    return (found[0], found[1]) if found else None


def file_bytes(session: ReadSession, release: int, name: str, coding: str) -> bytes | None:
    """The bytes of a file in one encoding, `br` or `gzip`."""
    column = {"br": ReleaseFile.br, "gzip": ReleaseFile.gzip}[coding]
    return session.scalars(select(column).where(ReleaseFile.release == release, ReleaseFile.name == name)).first()


def manifest(session: ReadSession, release: int) -> Manifest | None:
    """The signed manifest of a release."""
    return session.get(Manifest, release)


def steps(session: ReadSession, first: int, last: int) -> dict[int, str]:
    """The steps of the releases from `first` to `last`, by number."""
    query = select(Step.release, Step.body).where(Step.release >= first, Step.release <= last)
    return {row.release: row.body for row in session.execute(query)}


def newest_check(session: ReadSession) -> date | None:
    """The newest day on which a site, an owner or a note of the current release was compared with its source. Ties are
    left out: those made of award files carry a day that stands in the file, and nobody has looked at that."""
    query = select(Record.body).where(
        Record.type.in_(CHECKED), Record.to_release.is_(None), Record.retracted.is_(False)
    )
    bodies = session.scalars(query.execution_options(yield_per=PART))
    days = {found[1] for body in bodies if (found := CHECKED_ON.search(body))}
    return max(map(earliest, days), default=None)


def records(session: ReadSession, release: int) -> list[tuple[str, str, str]]:
    """(type, id, JSON) of every record of a release, retracted ones too, sorted. Read in parts, so that no single
    query runs into the time limit of readers."""
    query = select(Record.row, Record.type, Record.id, Record.body).where(in_release(release, retracted=True))
    found: list[tuple[str, str, str]] = []
    last = 0
    while part := session.execute(query.where(Record.row > last).order_by(Record.row).limit(PART)).all():
        found += [(type_, id_, body) for _, type_, id_, body in part]
        last = part[-1].row
    return sorted(found)


def was_published(session: ReadSession, name: str) -> bool:
    """Whether any release ever had a record under this id."""
    return session.scalar(select(Record.row).where(Record.id == name).limit(1)) is not None


def changes(
    session: ReadSession, *, up_to: int, since: int = 0, limit: int = 100, release: int | None = None
) -> list[ChangeOut]:
    """The log after the cursor `since` as of the release `up_to`, oldest first; all of it or of one release."""
    query = _logged().where(Change.cursor > since, Change.release <= up_to)
    query = query.where(Change.release == release) if release is not None else query
    return _changes(session, query.order_by(Change.cursor).limit(limit))


def latest_changes(
    session: ReadSession,
    *,
    up_to: int,
    limit: int,
    before: int | None = None,
    company: str | None = None,
    tie: str | None = None,
    corrections: bool = False,
    types: Collection[str] = (),
) -> list[ChangeOut]:
    """The log as of the release `up_to`, newest first, before a cursor; all of it, or what became of claims that had
    been published (`corrections`), or of one company's, of one of its ties, of records of some types."""
    query = _logged().where(Change.release <= up_to)
    if before is not None:
        query = query.where(Change.cursor < before)
    if company is not None:
        query = query.where(Change.company == company)
    if tie is not None:
        query = query.where(Change.type == "tie", Change.claim == tie)
    if corrections:
        query = query.where(Change.kind != "added", Change.type.in_(CLAIMS))
    if types:
        query = query.where(Change.type.in_(types))
    return _changes(session, query.order_by(Change.cursor.desc()).limit(limit))


def retraction(session: ReadSession, up_to: int, tie: str) -> ChangeOut | None:
    """The last retraction of a tie as of a release: its id, date and reason are all that is left of it."""
    query = _logged().where(Change.kind == "retracted", Change.type == "tie", Change.claim == tie)
    found = _changes(session, query.where(Change.release <= up_to).order_by(Change.cursor.desc()).limit(1))
    return found[0] if found else None


def _changes(session: ReadSession, query: Select[Change, str, str]) -> list[ChangeOut]:
    return [_change(change, before, after) for change, before, after in session.execute(query)]


def _logged() -> Select[Change, str, str]:
    before = (BEFORE.row == Change.before_row) & BEFORE.retracted.is_(False)
    after = (AFTER.row == Change.after_row) & AFTER.retracted.is_(False)
    return select(Change, BEFORE.body, AFTER.body).outerjoin(BEFORE, before).outerjoin(AFTER, after)


def _change(change: Change, before: str | None, after: str | None) -> ChangeOut:
    return ChangeOut(
        cursor=change.cursor,
        release=change.release,
        type=change.type,
        claim=change.claim,
        company=change.company,
        kind=change.kind,
        before=json.loads(before) if before else None,
        after=json.loads(after) if after else None,
        note=change.note,
        at=iso(change.at),
    )


def net_changes(session: ReadSession, old: int, new: int) -> list[ChangeOut]:
    """What differs between two releases, record by record, whatever happened in between; kinds are `added`, `removed`
    and `changed`."""
    before, after = _states(session, old, new), _states(session, new, old)
    keys = sorted(before.keys() | after.keys())
    return [_net(new, key, before.get(key), after.get(key)) for key in keys]


def _states(session: ReadSession, number: int, other: int) -> dict[tuple[str, str], tuple[str, str | None]]:
    """(JSON, company) of the rows of one release that are no rows of another."""
    query = select(Record.type, Record.id, Record.body, Record.company).where(in_release(number), ~in_release(other))
    return {(type_, id_): (body, company) for type_, id_, body, company in session.execute(query)}


def _net(
    release: int, key: tuple[str, str], before: tuple[str, str | None] | None, after: tuple[str, str | None] | None
) -> ChangeOut:
    kind = "added" if before is None else "removed" if after is None else "changed"
    return ChangeOut(
        cursor=0,
        release=release,
        type=key[0],
        claim=key[1],
        company=(after or before or ("", None))[1],
        kind=kind,
        before=json.loads(before[0]) if before else None,
        after=json.loads(after[0]) if after else None,
        note=None,
        at="",
    )

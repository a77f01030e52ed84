"""The one place where a change becomes a release: facts → rows → snapshot → pointer, in one transaction.

The release's files are rows too (docs/architecture.md says why), so nothing can be half-published: a reader sees the
old release or the new one.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from app import models
from app.db import Database, ReadSession, WriteSession
from app.errors import AppError
from app.queries import read
from app.releases.snapshot import build_snapshot
from app.seeding.checks import check
from app.seeding.reader import Problem, read_tree
from app.seeding.store import Difference, Fact, difference, facts_of, write

SNAPSHOT = "snapshot.json"


class BadSeed(AppError):  # noqa: N818
    """The seed has problems; nothing was applied."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("bad-seed", 422, f"{len(problems)} problems in the seed; nothing was applied.")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `changes` is 0 where nothing had changed, and then `release` is the old one."""

    release: int
    changes: int
    counts: dict[str, int]


def publish_seed(database: Database, seed: Path, progress: Callable[[str], None] = lambda _: None) -> Published:
    """Check the seed and publish it as the next release, or nothing when nothing changed.

    Raises BadSeed with all problems, AppError `busy` when another publication runs.
    """
    progress("Reading the seed")
    tree = read_tree(seed)
    problems = check(tree)
    if problems:
        raise BadSeed(problems)
    facts = list(facts_of(tree))
    with database.write() as session:
        progress("Comparing with the current release")
        last = session.scalars(select(models.Release).order_by(models.Release.number.desc()).limit(1)).first()
        changes = difference(session, facts)
        if last and not changes:
            return Published(last.number, 0, last.counts)
        progress("Writing the release")
        release = _open_release(session, last, facts)
        _log_changes(session, changes, release)
        write(session, changes, release.number)
        progress("Building the snapshot")
        _write_snapshot(session, release)
        total = len(changes.added) + len(changes.changed) + len(changes.removed)
        return Published(release.number, total, release.counts)


def _open_release(session: WriteSession, last: models.Release | None, facts: list[Fact]) -> models.Release:
    lines = sorted(f"{fact.table.__name__} {fact.id} {fact.digest}" for fact in facts)
    kinds = [fact.body.get("type") for fact in facts if fact.table is models.Claim]
    release = models.Release(
        number=last.number + 1 if last else 1,
        published_at=datetime.now(UTC).replace(microsecond=0),
        content_hash=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        counts={
            "companies": sum(fact.table is models.Company for fact in facts),
            "domains": kinds.count("domain"),
            "ties": kinds.count("tie"),
        },
    )
    session.add(release)
    session.flush()
    return release


def _log_changes(session: WriteSession, changes: Difference, release: models.Release) -> None:
    def log(claim: str, kind: str, after: Fact | None) -> None:
        note = (after.body.get("history") or [{}])[-1].get("note") if after else None
        body: dict[str, Any] | None = after.body if after and kind != "retracted" else None
        if kind == "retracted":  # its text is not repeated: the log keeps id, date and reason (trust.md 12)
            session.execute(update(models.Change).where(models.Change.claim == claim).values(before=None, after=None))
        session.add(
            models.Change(
                release=release.number, claim=claim, kind=kind, after=body, note=note, at=release.published_at
            )
        )

    for fact in changes.added:
        log(fact.id, "retracted" if _status(fact) == "retracted" else "added", fact)
    for _, fact in changes.changed:
        status = _status(fact)
        log(fact.id, "changed" if status == "published" else status, fact)
    for row in changes.removed:
        log(row.id, "removed", None)


def _status(fact: Fact) -> str:
    status: str = fact.body.get("claim_status", "published")
    return status


def _write_snapshot(session: WriteSession, release: models.Release) -> None:
    reader = ReadSession(session.connection())
    body = build_snapshot(read.load_world(reader, release), read.entries(reader, release.number))
    session.add(
        models.ReleaseFile(
            release=release.number,
            name=SNAPSHOT,
            role="snapshot",
            media_type="application/json",
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            body=body,
        )
    )

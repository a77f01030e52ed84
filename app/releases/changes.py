"""The log of changes: what became of each record from one release to the next, with the maintainer's note.

A retraction is published at once and its text is not repeated (trust.md 12): it is taken out of every row, file and
step that held it, and the log keeps id, date and reason.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from app.db import WriteSession
from app.models import Change, Record, Release, ReleaseFile, Step, TieAward
from app.releases.build import TABLES
from app.releases.delta import Step as Changed
from app.seeding.store import Closed, Difference, Fact, Opened, chunks

Body = dict[str, Any]


def log(session: WriteSession, release: Release, changes: Difference, closed: Closed, opened: Opened) -> None:
    """Write one entry a change. `closed` and `opened` are the rows that this release closed and opened."""
    first = (session.scalar(select(func.max(Change.cursor))) or 0) + 1
    common = {"release": release.number, "at": release.published_at}
    entries = [{**entry, **common} for entry in _entries(changes, closed, opened)]
    for at in range(0, len(entries), 10_000):
        part = entries[at : at + 10_000]
        session.execute(insert(Change), [entry | {"cursor": first + at + n} for n, entry in enumerate(part)])


def _entries(changes: Difference, closed: Closed, opened: Opened) -> Iterator[Body]:
    for fact in changes.added:
        yield _entry(fact, "retracted" if _is_retracted(fact) else "added", None, opened, {})
    for row, fact in changes.changed:
        before = json.loads(closed[row].body)
        yield _entry(fact, kind_of(before, fact.body), row, opened, before)
    for number in changes.removed:
        gone = closed[number]
        yield {
            "type": gone.type,
            "claim": gone.id,
            "company": gone.company,
            "kind": "removed",
            "before_row": number,
            "after_row": None,
            "note": None,
        }


def _entry(fact: Fact, kind: str, row: int | None, opened: Opened, before: Body) -> Body:
    after = fact.body
    return {
        "type": fact.type,
        "claim": fact.id,
        "company": fact.company,
        "kind": kind,
        "before_row": row,
        "after_row": opened[fact.type, fact.id],
        "note": _note(before, after, kind),
    }


def kind_of(before: Body, after: Body) -> str:
    """What became of a record: `disputed`, `corrected` or `retracted` where its status or its history says so newly;
    `ended` where a tie, a site or an ownership is over; else `changed`."""
    status = after.get("claim_status", "published")
    if status == "retracted":
        return "retracted"
    told = [change["status"] for change in _newly_told(before, after)]
    if status != before.get("claim_status", "published") or status in told:
        return str(status) if status != "published" else "changed"
    over = _is_over(after) and not _is_over(before)
    return "ended" if over else "changed"


def _is_over(body: Body) -> bool:
    return body.get("valid_to") is not None or body.get("status") == "ended"


def _newly_told(before: Body, after: Body) -> list[Body]:
    known = before.get("history", [])
    return [change for change in after.get("history", []) if change not in known]


def _note(before: Body, after: Body, kind: str) -> str | None:
    """The note of this change: the last new one of the history, of a retraction the last reason."""
    told = after.get("history", []) if kind == "retracted" else _newly_told(before, after)
    return told[-1]["note"] if told else None


def _is_retracted(fact: Fact) -> bool:
    return fact.body.get("claim_status") == "retracted"


def withdraw(session: WriteSession, changes: Difference, release: int) -> None:
    """Take the text of every claim that this release retracts out of all that was published before."""
    for fact in changes.opening:
        if _is_retracted(fact):
            _withdraw(session, fact, release)


def _withdraw(session: WriteSession, fact: Fact, release: int) -> None:
    held = (Record.type == fact.type) & (Record.id == fact.id) & Record.retracted.is_(False)
    spans = session.execute(select(Record.row, Record.from_release, Record.to_release).where(held)).all()
    for _, start, end in spans:
        _withdraw_files(session, start, end or release)
        _withdraw_from_step(session, start, fact)
    scrubbed = {"body": fact.text, "digest": fact.digest, "retracted": True}
    emptied: Body = {"name": None, "owner": None, "agency": None, "kind": None, "valid_to": None}
    for part in chunks([row for row, _, _ in spans]):
        session.execute(update(Record).where(Record.row.in_(part)).values(**scrubbed, **emptied))
        session.execute(delete(TieAward).where(TieAward.record_row.in_(part)))
    earlier = (Change.type == fact.type) & (Change.claim == fact.id) & (Change.release < release)
    session.execute(update(Change).where(earlier).values(note=None))


def _withdraw_files(session: WriteSession, start: int, end: int) -> None:
    """Releases from `start` to before `end` held the claim: their files answer 410 from now on."""
    number = Release.number
    session.execute(update(Release).where(number >= start, number < end).values(withdrawn=True))
    held = (ReleaseFile.release >= start) & (ReleaseFile.release < end)
    session.execute(update(ReleaseFile).where(held).values(br=None, gzip=None))


def _withdraw_from_step(session: WriteSession, number: int, fact: Fact) -> None:
    """Later deltas are made of old steps: the row must not come back with them."""
    found, table = session.get(Step, number), TABLES.get(fact.type)
    if found is None or table is None:
        return
    step = Changed.from_json(found.body)
    step.rows[table][fact.id] = None
    found.body = step.to_json()
    session.flush()


def retracted_facts(session: WriteSession) -> list[Fact]:
    """What is retracted today: a rollback keeps it."""
    query = select(Record.type, Record.id, Record.body, Record.digest)
    now = session.execute(query.where(Record.to_release.is_(None), Record.retracted.is_(True)))
    return [Fact(type_, id_, body, digest) for type_, id_, body, digest in now]

"""From seed records to rows: what a release holds, and the difference between it and the release before.

Each record has a digest; an edit closes the old row and opens a new one. Work is in proportion to the change.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from app import models
from app.db import ReadSession, WriteSession
from app.domains.suffixes import private_suffixes_under, suffixes_above
from app.models import Record
from app.seeding import record
from app.seeding.claims import claim_id, claims
from app.seeding.reader import Tree

Body = dict[str, Any]
# Rows of a release by their number, (row, type, id, company, JSON); and the new row of every (type, id).
Closed = dict[int, Row[int, str, str, str | None, str]]
Opened = dict[tuple[str, str], int]
KINDS = {"domains": "domain", "owners": "ownership", "ties": "tie", "notes": "note"}

# Databases bound the parameters of one statement: SQLite 32,766, PostgreSQL 65,535.
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One row-to-be: its type, its id, the record as JSON with sorted keys, and the SHA-256 of that."""

    type: str
    id: str
    text: str
    digest: str

    @property
    def body(self) -> Body:
        """The record."""
        body: Body = json.loads(self.text)
        return body

    @property
    def company(self) -> str | None:
        """The company that the record is about or of."""
        return self.id if self.type == "company" else self.body.get("company")

    @classmethod
    def of_text(cls, type_: str, id_: str, text: str) -> "Fact":
        """A fact of its record's canonical JSON."""
        return cls(type_, id_, text, hashlib.sha256(text.encode()).hexdigest())


@dataclass(slots=True)
class Difference:
    """What changes from one release to the next. Numbers are rows that close."""

    added: list[Fact] = field(default_factory=list)
    changed: list[tuple[int, Fact]] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)

    @property
    def closing(self) -> list[int]:
        """The rows that are no part of the next release."""
        return [*self.removed, *(row for row, _ in self.changed)]

    @property
    def opening(self) -> list[Fact]:
        """The facts that get a row."""
        return [*self.added, *(fact for _, fact in self.changed)]


def fact(type_: str, id_: str, body: Body) -> Fact:
    """A fact of a record. Of a retracted claim only its company and the reasons remain: its text is not repeated
    (trust.md 12)."""
    if body.get("claim_status") == "retracted":
        reasons = [change for change in body["history"] if change["status"] == "retracted"]
        body = {"company": body["company"], "claim_status": "retracted", "history": reasons}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Fact.of_text(type_, id_, text)


def facts_of(tree: Tree) -> Iterator[Fact]:
    """Every row of a release made from this tree, in a fixed order."""
    for agency, _ in tree.agencies.values():
        codes = agency.codes
        body = _plain(agency) | {"toptier": codes.toptier, "subtier": codes.subtier}
        yield fact("agency", agency.id, _without(body, "id", "codes", "aliases") | _aliases(agency))
    for company, _ in tree.companies.values():
        body = {"name": company.name, "legal_name": company.legal_name}
        yield fact("company", company.id, body | _aliases(company))
        yield from _claims(company)
        for entry in company.research:
            yield fact("research", entry.id, {"company": company.id, **_without(_plain(entry), "id")})
    for redirect in tree.redirects.values():
        body = _without(_plain(redirect), "old_id", "new_id") | {"company": redirect.new_id}
        yield fact("redirect", redirect.old_id, body)
    yield from _hosted(tree)
    yield from _suffix_stops(tree)


def _aliases(named: record.Company | record.Agency) -> Body:
    """Left out where there are none, so that records without them are what they were."""
    return {"aliases": list(named.aliases)} if named.aliases else {}


def _plain(value: record.Record) -> Body:
    return value.model_dump(mode="json", exclude_none=True)


def _without(body: Body, *names: str) -> Body:
    return {name: value for name, value in body.items() if name not in names}


def _claims(company: record.Company) -> Iterator[Fact]:
    sources = {key: _plain(source) for key, source in company.sources.items()}
    for name, _, claim in claims(company):
        body = {"company": company.id, **_without(_plain(claim), "id"), "sources": [sources[k] for k in claim.sources]}
        if isinstance(claim, record.TieClaim):
            body |= _positions(claim)
        yield fact(KINDS[name], claim_id(company, claim), body)


def _positions(tie: record.TieClaim) -> Body:
    """Amounts and statements point at their source by its place in the tie's list. Cents only where there are any."""

    def numbered(part: record.Amount | record.Statement) -> Body:
        return {**_plain(part), "source": tie.sources.index(part.source)}

    return {
        "amounts": [numbered(a) | {"value": f"{Decimal(a.value):.2f}".removesuffix(".00")} for a in tie.amounts],
        "statements": [numbered(s) for s in tie.statements],
    }


def _hosted(tree: Tree) -> Iterator[Fact]:
    for platform in tree.hosted.platforms:
        yield _stop(platform.name, "hosted", platform.apex, platform.children, platform.platform, platform.company)
        for child in platform.own:
            name = f"{child}.{platform.name}"
            yield _stop(name, "hosted", "company", "company", platform.platform, platform.company)
    for government in tree.hosted.governments:
        yield _stop(government.suffix, "government", "stop", "stop")


def _stop(
    name: str, kind: str, apex: str, children: str, platform: str | None = None, company: str | None = None
) -> Fact:
    body = {"kind": kind, "apex": str(apex), "children": str(children), "platform": platform, "company": company}
    return fact("stop", name, body)


def _suffix_stops(tree: Tree) -> Iterator[Fact]:
    """Stops that follow from the Public Suffix List: suffixes above a company's name (`co.uk`), and suffixes below
    one, under which others keep their sites (`s3.amazonaws.com`)."""
    listed = {platform.name for platform in tree.hosted.platforms} | {g.suffix for g in tree.hosted.governments}
    names = {claim.name for company, _ in tree.companies.values() for claim in company.domains}
    platforms = {platform.name for platform in tree.hosted.platforms}
    above = {suffix for name in names | platforms for suffix in suffixes_above(name)}
    below = {suffix: name for name in sorted(names) for suffix in private_suffixes_under(name)}
    for suffix in sorted(above - listed - names):
        yield _stop(suffix, "suffix", "stop", "stop")
    for suffix in sorted(below.keys() - listed - names):
        yield _stop(suffix, "hosted", "stop", "stop", platform=suffix)


def difference(session: ReadSession | WriteSession, facts: Iterable[Fact]) -> Difference:
    """What publishing these facts would change against the current rows."""
    query = select(Record.type, Record.id, Record.row, Record.digest).where(Record.to_release.is_(None))
    current = {(type_, id_): (row, digest) for type_, id_, row, digest in session.execute(query)}
    found = Difference()
    for new in facts:
        row, digest = current.pop((new.type, new.id), (None, None))
        if row is None:
            found.added.append(new)
        elif digest != new.digest:
            found.changed.append((row, new))
    found.removed = [row for row, _ in current.values()]
    return found


def rows_by_number(session: ReadSession | WriteSession, numbers: list[int]) -> Closed:
    """(row, type, id, company, body) of rows."""
    query = select(Record.row, Record.type, Record.id, Record.company, Record.body)
    return {row.row: row for part in chunks(numbers) for row in session.execute(query.where(Record.row.in_(part)))}


def chunks(numbers: list[int]) -> Iterator[list[int]]:
    """The numbers in parts that one statement takes."""
    return (numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK))


def write(session: WriteSession, changes: Difference, release: int) -> Opened:
    """Close and open rows for a release; returns the new row of every (type, id) that got one."""
    for part in chunks(changes.closing):
        session.execute(update(Record).where(Record.row.in_(part)).values(to_release=release))
    first = (session.scalar(select(func.max(Record.row))) or 0) + 1
    rows = [_row(new, first + at, release) for at, new in enumerate(changes.opening)]
    if rows:
        session.execute(insert(Record), rows)
    awards = [award for row in rows for award in _awards(row)]
    if awards:
        session.execute(insert(models.TieAward), awards)
    return {(row["type"], row["id"]): row["row"] for row in rows}


def _row(new: Fact, number: int, release: int) -> Body:
    body = new.body
    return {
        "row": number,
        "type": new.type,
        "id": new.id,
        "digest": new.digest,
        "from_release": release,
        "body": new.text,
        "company": new.company,
        "name": body.get("name"),
        "legal_name": body.get("legal_name"),
        "owner": body.get("owner"),
        "agency": body.get("agency"),
        "kind": body.get("kind"),
        "valid_to": body.get("valid_to"),
        "retracted": body.get("claim_status") == "retracted",
    }


def _awards(row: Body) -> Iterator[Body]:
    if row["type"] == "tie":
        for at, key in enumerate(json.loads(row["body"]).get("awards", [])):
            yield {"record_row": row["row"], "position": at, "key": key}

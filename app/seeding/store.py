"""From seed records to rows: what a release holds, and the difference between it and the release before.

Each record has a digest; an edit closes the old row and opens a new one. Work is in proportion to the change.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from app import models
from app.db import WriteSession
from app.domains.suffixes import private_suffixes_under, suffixes_above
from app.models import Base, Versioned
from app.seeding import record
from app.seeding.checks import claim_id, claims
from app.seeding.reader import Tree

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One row-to-be: its table, its id, and the record as plain JSON, from which digest and row are made."""

    table: type[Versioned]
    id: str
    body: Body

    @property
    def digest(self) -> str:
        """Hash of the content."""
        text = json.dumps(self.body, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class Difference:
    """What changes from one release to the next."""

    added: list[Fact] = field(default_factory=list)
    changed: list[tuple[Versioned, Fact]] = field(default_factory=list)
    removed: list[Versioned] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


TABLES: tuple[type[Versioned], ...] = (
    models.Company,
    models.Agency,
    models.Stop,
    models.Research,
    models.Claim,
)


def facts_of(tree: Tree) -> Iterator[Fact]:
    """Every row of a release made from this tree, in a fixed order."""
    for agency, _ in tree.agencies.values():
        yield Fact(models.Agency, agency.id, _plain(agency))
    for company, _ in tree.companies.values():
        yield Fact(models.Company, company.id, {"name": company.name, "legal_name": company.legal_name})
        yield from _claims(company)
        for entry in company.research:
            yield Fact(models.Research, entry.id, {"company": company.id, **_plain(entry)})
    yield from _hosted(tree)
    yield from _suffix_stops(tree)


def _plain(value: record.Record) -> Body:
    return value.model_dump(mode="json", exclude_none=True)


def _claims(company: record.Company) -> Iterator[Fact]:
    for name, _, claim in claims(company):
        kind = {"domains": "domain", "owners": "ownership", "ties": "tie", "notes": "note"}[name]
        sources = [_plain(company.sources[key]) for key in claim.sources]
        body = {"type": kind, "company": company.id, **_plain(claim), "sources": sources}
        if isinstance(claim, record.TieClaim):
            body |= _positions(claim)
        yield Fact(models.Claim, claim_id(company, claim), body)


def _positions(tie: record.TieClaim) -> Body:
    """Amounts and statements point at their source by its place in the tie's list."""

    def numbered(part: record.Amount | record.Statement) -> Body:
        return {**_plain(part), "source": tie.sources.index(part.source)}

    return {
        "amounts": [numbered(a) for a in tie.amounts],
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
    body = {
        "kind": kind,
        "apex": str(apex),
        "children": str(children),
        "platform": platform,
        "company": company,
    }
    return Fact(models.Stop, name, body)


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


def difference(session: WriteSession, facts: list[Fact]) -> Difference:
    """What publishing these facts would change against the current rows."""
    found = Difference()
    for table in TABLES:
        wanted = {fact.id: fact for fact in facts if fact.table is table}
        current = {row.id: row for row in session.scalars(select(table).where(table.to_release.is_(None)))}
        found.added += [wanted[name] for name in wanted if name not in current]
        found.removed += [current[name] for name in current if name not in wanted]
        found.changed += [
            (current[name], fact)
            for name, fact in wanted.items()
            if name in current and current[name].digest != fact.digest
        ]
    return found


def write(session: WriteSession, changes: Difference, release: int) -> None:
    """Close and open rows for a release."""
    closing = [*changes.removed, *(row for row, _ in changes.changed)]
    for row in closing:
        table = models.Claim if isinstance(row, models.Claim) else type(row)
        session.execute(update(table).where(table.row == row.row).values(to_release=release))
    session.flush()
    opening = [*changes.added, *(fact for _, fact in changes.changed)]
    session.add_all(_row(fact, release) for fact in opening)
    session.flush()


def _row(fact: Fact, release: int) -> Base:
    body = dict(fact.body)
    body.pop("id", None)
    common = {"id": fact.id, "digest": fact.digest, "from_release": release}
    if fact.table is models.Claim:
        return _claim_row(body, common)
    if fact.table is models.Agency:
        codes = body.pop("codes", {})
        body |= {"toptier": codes.get("toptier"), "subtier": codes.get("subtier")}
    row: Base = fact.table(**common, **body)  # type: ignore[assignment]
    return row


CLAIM_TABLES: dict[str, type[models.Claim]] = {
    "domain": models.DomainClaim,
    "ownership": models.Ownership,
    "tie": models.Tie,
    "note": models.Note,
}


def _claim_row(body: Body, common: Body) -> models.Claim:
    table = CLAIM_TABLES[body.pop("type")]
    body["sources"] = [models.Source(position=n, **source) for n, source in enumerate(body["sources"])]
    body.setdefault("history", [])
    if table is models.Tie:
        body["amounts"] = [
            models.Amount(position=n, **{**amount, "value": Decimal(amount["value"])})
            for n, amount in enumerate(body["amounts"])
        ]
        body["statements"] = [models.Statement(position=n, **said) for n, said in enumerate(body["statements"])]
        body["awards"] = [models.TieAward(position=n, key=key) for n, key in enumerate(body.get("awards", []))]
    return table(**common, **body)

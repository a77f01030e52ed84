"""The only place that selects what answers are made of.

Every query takes the release number, so a reader that pins one sees exactly that release.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app import models
from app.db import ReadSession
from app.domains.match import Entry, company_site
from app.lookup import facts
from app.lookup.agency import with_components
from app.lookup.redirects import resolved
from app.models import Record
from app.queries import rows

# More companies than this are not named in a query: then the whole release is read.
NAMED = 500

# Rows that are read at once where all are wanted.
PART = 5_000

# The same table once more, for queries about companies by their claims.
CLAIM = aliased(Record)


def current_release(session: ReadSession) -> models.Release | None:
    """The release that the world reads, or none before the first."""
    return session.scalars(select(models.Release).order_by(models.Release.number.desc()).limit(1)).first()


def release_facts(release: models.Release) -> facts.Release:
    """The release as answers name it."""
    return facts.Release(version=release.number, published_at=iso(release.published_at))


def iso(moment: datetime) -> str:
    """A moment as the public JSON has it: ISO 8601 in UTC, whole seconds. SQLite gives times without their zone."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def in_release(release: int, table: type[Record] = Record, *, retracted: bool = False) -> ColumnElement[bool]:
    """Whether a row belongs to a release; what has been retracted only where it is asked for."""
    still = or_(table.to_release.is_(None), table.to_release > release)
    there = and_(table.from_release <= release, still)
    return there if retracted else and_(there, table.retracted.is_(False))


def published(type_: str, release: int, table: type[Record] = Record) -> ColumnElement[bool]:
    """Whether a record is of a type, belongs to a release and has not been retracted."""
    return and_(table.type == type_, in_release(release, table))


def entries(session: ReadSession, release: int, names: Collection[str] | None = None) -> list[Entry]:
    """All names of a release, or at least those of `names` that are in it: companies' domains and stops. A domain that
    a company no longer operates is none; where a stop has the name of a domain, the stop stands."""
    domains = select(Record.name, Record.company).where(published("domain", release), Record.valid_to.is_(None))
    stops = select(Record.id, Record.body).where(published("stop", release))
    if names is not None and len(names) <= NAMED:
        domains, stops = domains.where(Record.name.in_(names)), stops.where(Record.id.in_(names))
    found = {name: company_site(name or "", company or "") for name, company in session.execute(domains)}
    found |= {id_: rows.stop(id_, json.loads(body)) for id_, body in session.execute(stops)}
    return list(found.values())


def each_entry(session: ReadSession, release: int) -> Iterator[Entry]:
    """All names of a release as `entries` has them, one after the other. Read in parts: no single query may run into
    the time limit of readers, and a million rows need not stand in memory at once."""
    stops = select(Record.id, Record.body).where(published("stop", release))
    stopped = {id_: rows.stop(id_, json.loads(body)) for id_, body in session.execute(stops)}
    yield from stopped.values()
    query = select(Record.row, Record.name, Record.company)
    query = query.where(published("domain", release), Record.valid_to.is_(None)).order_by(Record.row).limit(PART)
    last = 0
    while part := session.execute(query.where(Record.row > last)).all():
        yield from (company_site(name or "", company or "") for _, name, company in part if name not in stopped)
        last = part[-1][0]


def load_world(session: ReadSession, release: models.Release, companies: Collection[str] | None = None) -> facts.World:
    """The facts of a release: all of it, or what answers about `companies` need (their owners, what they control
    or controlled, and the contractors and speakers their ties name)."""
    number = release.number
    if companies is not None and len(companies) > NAMED:
        companies = None
    edges = _load_ownership(session, number, companies)
    wanted = None if companies is None else {*companies, *(n for e in edges for n in (e.company, e.owner))}
    found = _records(session, number, wanted)
    ties = rows.group((rows.tie(id_, body) for id_, body in found["tie"]), "held_by")
    named = {tie.via for held in ties.values() for tie in held if tie.via}
    named |= {said.by for held in ties.values() for tie in held for said in tie.statements}
    if wanted is not None and named - wanted:
        found["company"] += _records(session, number, named - wanted, ("company",))["company"]
    return facts.World(
        release=release_facts(release),
        companies=rows.companies(found, ties),
        agencies={id_: rows.agency(id_, body) for id_, body in _agencies(session, number)},
        owners=rows.group(edges, "company"),
        owned=rows.group(edges, "owner"),
    )


def _load_ownership(session: ReadSession, release: int, companies: Collection[str] | None) -> list[facts.Ownership]:
    query = select(Record.id, Record.body).where(published("ownership", release))
    if companies is None:
        edges = (rows.ownership(id_, json.loads(body)) for id_, body in session.execute(query))
        return sorted(edges, key=lambda edge: edge.id)
    found: dict[str, facts.Ownership] = {}
    for near, far in ((Record.company, "owner"), (Record.owner, "company")):
        waiting, seen = set(companies), set(companies)
        while waiting:
            step = [rows.ownership(id_, json.loads(body)) for id_, body in _named(session, query, near, waiting)]
            found |= {edge.id: edge for edge in step}
            waiting = {getattr(edge, far) for edge in step} - seen
            seen |= waiting
    return [found[name] for name in sorted(found)]


def redirects(session: ReadSession, release: int) -> dict[str, str]:
    """Every retired company id of a release, and the company that it stands for now."""
    query = select(Record.id, Record.company).where(published("redirect", release))
    return resolved({old: new or "" for old, new in session.execute(query)})


def related(session: ReadSession, release: int, companies: Collection[str]) -> set[str]:
    """These companies, their owners and what they control or controlled, up and down the chains."""
    named = None if len(companies) > NAMED else companies
    edges = _load_ownership(session, release, named)
    return {*companies, *(name for edge in edges for name in (edge.company, edge.owner))}


def _named(session: ReadSession, query: Any, column: Any, names: Collection[str]) -> Iterator[Any]:
    """The rows of a query in which a column is one of `names`, however many they are."""
    ordered = sorted(names)
    for at in range(0, len(ordered), NAMED):
        yield from session.execute(query.where(column.in_(ordered[at : at + NAMED])))


OF_COMPANIES = ("company", "domain", "note", "research", "tie")


def _records(
    session: ReadSession, release: int, companies: Collection[str] | None, types: tuple[str, ...] = OF_COMPANIES
) -> dict[str, list[tuple[str, Any]]]:
    """(id, JSON) of the records that belong to companies, by type, in the order of their ids."""
    query = select(Record.type, Record.id, Record.body).where(Record.type.in_(types), in_release(release))
    found: dict[str, list[tuple[str, Any]]] = {type_: [] for type_ in types}
    everything = companies is None
    read: Iterable[Any] = (
        session.execute(query) if everything else _named(session, query, Record.company, companies or ())
    )
    for type_, id_, body in read:
        found[type_].append((id_, json.loads(body)))
    for listed in found.values():
        listed.sort(key=lambda pair: pair[0])
    return found


def _agencies(session: ReadSession, release: int) -> Iterator[tuple[str, Any]]:
    query = select(Record.id, Record.body).where(published("agency", release))
    for id_, body in sorted(tuple(row) for row in session.execute(query)):
        yield id_, json.loads(body)


def agency_names(session: ReadSession, release: int) -> dict[str, str]:
    """The short names of agencies, by id."""
    return {id_: body["short_name"] for id_, body in _agencies(session, release)}


def list_companies(
    session: ReadSession,
    release: int,
    *,
    agency: str | None = None,
    kind: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[tuple[str, str]]:
    """(name, id) of companies by name, in alphabetical order, after a (lower-cased name, id); `agency` and `kind`
    keep companies that hold such a tie themselves."""
    lowered = func.lower(Record.name)
    query = select(Record.name, Record.id).where(published("company", release))
    if agency or kind:
        query = query.where(Record.id.in_(_holders(release, agency, kind)))
    if after:
        query = query.where(or_(lowered > after[0], and_(lowered == after[0], Record.id > after[1])))
    return [(name or "", id_) for name, id_ in session.execute(query.order_by(lowered, Record.id).limit(limit))]


def holders(session: ReadSession, release: int, *, agency: str | None, kind: str | None) -> set[str]:
    """The companies that hold a tie with an agency, of a kind, or both."""
    return {company or "" for company in session.scalars(_holders(release, agency, kind))}


def _holders(release: int, agency: str | None, kind: str | None) -> Select[str | None]:
    wanted = [column == value for column, value in ((CLAIM.agency, agency), (CLAIM.kind, kind)) if value]
    return select(CLAIM.company).where(published("tie", release, CLAIM), *wanted)


def agency(session: ReadSession, release: int, name: str) -> facts.Agency | None:
    """One agency."""
    body = session.scalars(select(Record.body).where(published("agency", release), Record.id == name)).first()
    return rows.agency(name, json.loads(body)) if body else None


def last_release_with(session: ReadSession, type_: str, name: str, up_to: int) -> int | None:
    """The last release, up to one, that a record is part of, unless it has been retracted."""
    query = select(func.max(func.coalesce(Record.to_release - 1, up_to)))
    held = query.where(Record.type == type_, Record.id == name, Record.retracted.is_(False))
    found = session.scalar(held.where(Record.from_release <= up_to))
    return None if found is None else min(found, up_to)


def tie_holder(session: ReadSession, release: int, tie: str) -> str | None:
    """The company that holds a tie."""
    return session.scalars(select(Record.company).where(published("tie", release), Record.id == tie)).first()


def agency_ties(session: ReadSession, release: int, agency: str) -> list[tuple[str, str]]:
    """(company, tie) of all ties with one agency, by company."""
    query = select(Record.company, Record.id).where(published("tie", release), Record.agency == agency)
    return sorted((company or "", tie) for company, tie in session.execute(query))


def tie_holders(session: ReadSession, release: int, agency: str) -> set[str]:
    """The companies that have ties with an agency or with anything below it."""
    agencies = {id_: rows.agency(id_, body) for id_, body in _agencies(session, release)}
    meant = with_components(agencies, agency)
    query = select(Record.company).where(published("tie", release), Record.agency.in_(meant))
    return {company or "" for company in session.scalars(query)}
